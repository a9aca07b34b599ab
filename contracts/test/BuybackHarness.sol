// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { BuybackMath } from "../fees/BuybackMath.sol";
import { HourlyLimit } from "../fees/HourlyLimit.sol";

/// @title The pure maths of a buyback and its limit, callable one by one
contract BuybackHarness {
    using HourlyLimit for HourlyLimit.Window;

    mapping(uint256 id => HourlyLimit.Window) private _windows;

    function averageTick(int256 ticks, int256 time, bool isToken0) external pure returns (int256) {
        return BuybackMath.averageTick(ticks, time, isToken0);
    }

    function priceAt(int256 tick) external pure returns (uint256) {
        return BuybackMath.priceAt(tick);
    }

    function minimumOut(uint256 amount, uint256 average, uint256 reported) external pure returns (uint256) {
        return BuybackMath.minimumOut(amount, average, reported);
    }

    /// @notice What can be sold at this transaction's time; then counts `amount` when it fits.
    function sell(uint256 id, uint256 amount, uint256 unit) external returns (uint256 left, bool refused) {
        left = _windows[id].available(unit);
        refused = amount > left;
        if (!refused) _windows[id].take(amount, unit);
    }
}
