// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The emission curve
/// @notice Five eras of 730 days with weights 16, 8, 4, 2 and 1. Amounts are base units; days are counted from 0.
library EmissionMath {
    /// @notice Length of an era, in days.
    uint256 internal constant ERA_DAYS = 730;
    /// @notice Sum of the weights of all 3,650 days.
    uint256 internal constant TOTAL_WEIGHT = 730 * 31;

    /// @notice Sum of the weights of the days before `day`.
    /// @param day Days since the start of the emission.
    /// @return weight At most `TOTAL_WEIGHT`, from day 3,650 on always that.
    function weightBefore(uint256 day) internal pure returns (uint256 weight) {
        uint256 dayWeight = 16;
        while (day > ERA_DAYS && dayWeight > 0) {
            weight += ERA_DAYS * dayWeight;
            day -= ERA_DAYS;
            dayWeight /= 2;
        }
        weight += day * dayWeight;
    }

    /// @notice What the days before `day` have emitted of `budget`: one floor of the cumulative amount, so that the last
    /// day ends exactly on the budget.
    /// @param budget What the vault emits over ten years, in base units.
    /// @param day Days since the start of the emission.
    /// @return Base units, rounded down; never decreases with the day and never exceeds `budget`.
    function emitted(uint256 budget, uint256 day) internal pure returns (uint256) {
        return (budget * weightBefore(day)) / TOTAL_WEIGHT;
    }

    /// @notice The pot of one day, the difference of two cumulative amounts; 0 from day 3,650 on.
    /// @param budget What the vault emits over ten years, in base units.
    /// @param day Days since the start of the emission.
    /// @return Base units.
    function pot(uint256 budget, uint256 day) internal pure returns (uint256) {
        return emitted(budget, day + 1) - emitted(budget, day);
    }

    /// @notice The most that the report of one day can pay: its pot and the carry, never more than two first days.
    /// @param budget What the vault emits over ten years, in base units.
    /// @param day Days since the start of the emission.
    /// @param carry What earlier days have not paid, in base units.
    /// @return Base units.
    function spendable(uint256 budget, uint256 day, uint256 carry) internal pure returns (uint256) {
        uint256 most = 2 * pot(budget, 0);
        uint256 there = pot(budget, day) + carry;
        return there < most ? there : most;
    }
}
