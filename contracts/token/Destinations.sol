// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What kind of chain a LayerZero endpoint id names
/// @notice Solana and TON take recipients of 32 bytes and no compose; every other chain of the protocol is an EVM.
library Destinations {
    uint32 internal constant SOLANA = 30_168;
    uint32 internal constant SOLANA_TESTNET = 40_168;
    uint32 internal constant TON = 30_343;
    uint32 internal constant TON_TESTNET = 40_343;

    /// @notice Whether accounts of the chain are 20-byte addresses.
    /// @param eid LayerZero endpoint id.
    /// @return False for Solana and TON.
    function isEvm(uint32 eid) internal pure returns (bool) {
        return eid != SOLANA && eid != TON && eid != SOLANA_TESTNET && eid != TON_TESTNET;
    }
}
