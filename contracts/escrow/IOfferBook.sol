// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What staking and the registry may ask of a job escrow
/// @notice The escrow keeps the offers of a provider and counts its fees. The fees lie in a slot that a settlement writes anyway,
/// as the slashes, the other half of a reputation, lie in one that a slash writes.
interface IOfferBook {
    /// @notice Kills every offer that `provider` has signed so far: its offer floor rises to the next window.
    /// Called by the staking contract in `requestExit`; refused from anybody else. Cannot fail for another reason.
    /// @param provider Who signed the offers, or did the work.
    function killOffers(address provider) external;

    /// @notice What the work of `provider` paid in `asset` has paid in fees.
    /// @param provider Who signed the offers, or did the work.
    /// @param asset STUN or an allowed asset.
    /// @return In 1e-6 of the asset (base units when it has fewer decimals), each fee rounded down.
    function feesPaidOf(address provider, address asset) external view returns (uint256);
}
