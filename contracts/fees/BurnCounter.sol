// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

/// @title Burns that are seen and counted
/// @notice Every burn of the protocol is an event and adds to a counter of the module that burned.
abstract contract BurnCounter {
    /// @notice STUN that this module has burned, in base units.
    uint256 public burned;

    /// @notice `amount` was burned; `total` is the counter after it.
    /// @param amount Base units.
    /// @param total Base units.
    event Burned(uint256 amount, uint256 total);

    /// @dev Burns what this contract holds.
    function _burn(ERC20Burnable token, uint256 amount) internal {
        uint256 total = burned + amount;
        burned = total;
        token.burn(amount);
        emit Burned(amount, total);
    }
}
