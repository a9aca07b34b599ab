// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What a job escrow may do with the bonded position of a provider
/// @notice A provider has one bonded position, bonded by its owner (the provider's account) to one escrow address.
/// Only that escrow may call these. All amounts are in base units of STUN.
interface IStakeBond {
    /// @notice Locks `amount` of the provider's free bonded principal for one assignment.
    /// Reverts when the free principal does not cover it, or the provider has asked to exit.
    /// @param provider Account of the provider, who owns the position.
    /// @param amount Base units.
    function lockBond(address provider, uint256 amount) external;

    /// @notice Frees `amount` that this escrow locked. Never blocks a settlement: an amount above what is locked frees
    /// what is locked.
    /// @param provider Account of the provider, who owns the position.
    /// @param amount Base units.
    function unlockBond(address provider, uint256 amount) external;

    /// @notice Frees `lockedAmount` and takes `slashAmount` (at most `lockedAmount`) from the principal: half, rounded
    /// up, is set apart to be burned, the rest is owed to the calling escrow, which books it to whom it is due. Both
    /// wait for `collectSlashed`. Never blocks.
    /// @param provider Account of the provider, who owns the position.
    /// @param lockedAmount What was locked for the assignment, in base units.
    /// @param slashAmount What is taken, in base units.
    /// @return paid What is owed to the escrow for this slash.
    function slashBond(address provider, uint256 lockedAmount, uint256 slashAmount) external returns (uint256 paid);

    /// @notice Burns one half of all slashes by `escrow` so far and sends it the other half. Anyone may call; an escrow
    /// does so before a payment that needs it. Moving tokens in each slash would cost 24,000 gas more for the same sums.
    /// @param escrow The escrow whose slashes they were; without any the call reverts with `NothingSlashed`.
    /// @return paid What was sent to the escrow.
    function collectSlashed(address escrow) external returns (uint256 paid);
}
