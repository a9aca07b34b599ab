// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Treasury } from "../governance/Treasury.sol";

/// @title An owner of a treasury that makes payments without number
contract PaymentFlood {
    Treasury private immutable _treasury;

    constructor(Treasury treasury) {
        _treasury = treasury;
    }

    /// @notice Takes the treasury.
    function take() external {
        _treasury.acceptOwnership();
    }

    /// @notice Makes `count` payments of one base unit.
    function flood(address asset, address to, uint256 count) external {
        for (uint256 i; i < count; ++i) _treasury.pay(asset, to, 1);
    }

    /// @notice Makes one payment.
    function pay(address asset, address to, uint256 amount) external {
        _treasury.pay(asset, to, amount);
    }
}
