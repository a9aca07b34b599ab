// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title An escrow that tries to keep its provider from leaving
contract HostileEscrow {
    /// @notice Burns all the gas it is given.
    function killOffers(address) external pure {
        assembly {
            invalid()
        }
    }
}
