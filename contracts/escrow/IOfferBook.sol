// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What staking and the registry may ask of a job escrow
/// @notice The escrow keeps the offers of a provider and the figures that its reputation is made of: they lie in slots
/// that a settlement writes anyway, so that a settlement calls no other module for them.
interface IOfferBook {
    /// @notice Kills every offer that `provider` has signed so far: its offer floor rises to the next window.
    /// Called by the staking contract in `requestExit`; refused from anybody else. Cannot fail for another reason.
    function killOffers(address provider) external;

    /// @notice What the work of `provider` has paid in fees and how often it failed, for work paid in `asset`.
    /// @return feesPaid Fees of its settled jobs and redeemed vouchers, in 1e-6 of the asset (base units when it has fewer decimals), each rounded down.
    /// @return failures Assignments of any asset that ended in a slash.
    function reputationOf(address provider, address asset) external view returns (uint256 feesPaid, uint256 failures);
}
