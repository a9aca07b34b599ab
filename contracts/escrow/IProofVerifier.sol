// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Checks that a zk proof is one of a job's result
/// @notice What the job escrow asks of the contract that holds the verifying keys.
interface IProofVerifier {
    /// @notice Reverts unless `proof` proves that the circuit of `keyId` gives the job's output on the job's input, and was
    /// made for this very submission.
    /// @param keyId Key that the job's terms name.
    /// @param specHash `keccak256` of the key id and the input words.
    /// @param jobId Id of the job.
    /// @param attempt Assignment that submitted.
    /// @param provider Provider of that assignment.
    /// @param resultHash `keccak256(abi.encode(jobId, attempt, provider, keccak256(output words)))`.
    /// @param commitment What the proof was made for: hash of the terms, result and units, as the escrow keeps it.
    /// @param proof The points of the proof, the input and the output, see `ProofVerifier`.
    /// @return units Units of work that the circuit is worth.
    function provenUnits(
        bytes32 keyId,
        bytes32 specHash,
        bytes32 jobId,
        uint256 attempt,
        address provider,
        bytes32 resultHash,
        bytes32 commitment,
        bytes calldata proof
    ) external view returns (uint64 units);
}
