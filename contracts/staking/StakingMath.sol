// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Rates and multipliers of a stake
/// @notice Amounts are base units, times seconds, rates basis points. Every division rounds down.
library StakingMath {
    /// @notice Basis points of one whole.
    uint256 internal constant BPS = 10_000;
    /// @notice Shortest lock.
    uint256 internal constant MIN_LOCK = 7 days;
    /// @notice Longest lock, with the largest rate and multiplier.
    uint256 internal constant MAX_LOCK = 730 days;
    /// @notice A year of 365 days.
    uint256 internal constant YEAR = 365 days;

    /// @notice Multiplier of a lock, 10,000 to 20,000 basis points.
    /// @param lock Seconds, `MIN_LOCK` to `MAX_LOCK`.
    /// @return Basis points, rounded down.
    function lockMultiplier(uint256 lock) internal pure returns (uint256) {
        return BPS + (BPS * lock) / MAX_LOCK;
    }

    /// @notice Yearly rate of a lock, 1,000 to 1,500 basis points.
    /// @param lock Seconds, `MIN_LOCK` to `MAX_LOCK`.
    /// @return Basis points a year, rounded down.
    function rate(uint256 lock) internal pure returns (uint256) {
        return 1_000 + (500 * lock) / MAX_LOCK;
    }

    /// @notice What `principal` earns in `elapsed` seconds at `yearly` basis points a year, for at most `lock` seconds.
    /// @param principal Base units.
    /// @param yearly Basis points a year.
    /// @param lock Length of the lock, in seconds.
    /// @param elapsed Seconds since the lock began.
    /// @return Base units, rounded down once.
    function reward(uint256 principal, uint256 yearly, uint256 lock, uint256 elapsed) internal pure returns (uint256) {
        return (principal * yearly * (elapsed < lock ? elapsed : lock)) / (BPS * YEAR);
    }

    /// @notice Multiplier of a provider's rewards: the lock's, in proportion to how much of `required` is staked.
    /// @param principal What is staked and bonded.
    /// @param multiplier Multiplier of the position's lock, in basis points.
    /// @param required What the provider's hardware asks for; not zero.
    /// @return Basis points, 10,000 to 20,000, rounded down.
    function providerMultiplier(
        uint256 principal,
        uint256 multiplier,
        uint256 required
    ) internal pure returns (uint256) {
        return BPS + ((multiplier - BPS) * (principal < required ? principal : required)) / required;
    }
}
