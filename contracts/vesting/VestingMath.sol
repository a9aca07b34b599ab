// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The vesting curve
/// @notice Linear from `start`, nothing before the cliff, everything from `start + duration` on.
library VestingMath {
    /// @notice What has vested at `time`.
    /// @param total Amount of the whole grant, in base units.
    /// @param start When the line begins, in unix seconds.
    /// @param cliff Seconds after `start` before which nothing has vested.
    /// @param duration Length of the line, in seconds; not zero.
    /// @param time The moment asked about, in unix seconds.
    /// @return Base units, rounded down; never decreases with time and never exceeds `total`.
    function vested(
        uint256 total,
        uint256 start,
        uint256 cliff,
        uint256 duration,
        uint256 time
    ) internal pure returns (uint256) {
        if (time < start + cliff) return 0;
        if (time >= start + duration) return total;
        return (total * (time - start)) / duration;
    }
}
