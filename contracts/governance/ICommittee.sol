// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title The committee of result oracles of one chain
/// @notice Domain of every signature: `{name: "STUN Committee", version: "1", chainId, verifyingContract: this}`.
interface ICommittee {
    /// @notice Reverts unless `signatures` are at least k signatures of distinct current members over the EIP-712
    /// digest of `structHash`, and `version` is the current version and the committee is not stopped.
    /// @param structHash EIP-712 struct hash whose first two members are `bytes32 target, uint64 version`; the caller
    /// has put its own address and `version` there.
    /// @param version The committee version that the caller put in the struct.
    /// @param signatures 65 bytes each (r, s, v), in ascending order of signer; high s and zero signers are refused.
    function assertSigned(bytes32 structHash, uint64 version, bytes calldata signatures) external view;
}
