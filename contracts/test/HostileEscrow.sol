// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title An escrow that tries to keep its provider from leaving, and praises it
contract HostileEscrow {
    /// @notice Burns all the gas it is given.
    function killOffers(address) external pure {
        assembly {
            invalid()
        }
    }

    /// @notice Says that anybody has paid fees without end.
    function feesPaidOf(address, address) external pure returns (uint256) {
        return type(uint256).max;
    }
}
