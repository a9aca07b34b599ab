// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ending, Terms, Verdict } from "./IJobEscrow.sol";
import { IProofVerifier } from "./IProofVerifier.sol";
import { JobVerdicts } from "./JobVerdicts.sol";

/// @title Results that are proven instead of judged
/// @notice A proof is a verdict Valid that nobody has to sign: whoever brings it ends a submitted or disputed job, at any time,
/// and gains nothing by having brought it. A job whose proof never comes ends by the same rules as any other.
abstract contract JobProofs is JobVerdicts {
    uint256 private constant ZK = 3;

    /// @notice Holds the verifying keys that governance has admitted, and checks proofs.
    IProofVerifier public immutable proofs;

    /// @notice Reverts with `ZeroAddress` without a verifier.
    /// @param proofs_ Holds the verifying keys.
    constructor(IProofVerifier proofs_) {
        if (address(proofs_) == address(0)) revert ZeroAddress();
        proofs = proofs_;
    }

    /// @notice Settles a job by a proof of what was submitted. Anyone.
    /// @param verdict As for `applyVerdicts`, of outcome Valid and with the units that the key names.
    /// @param proof See `ProofVerifier`, whose errors this call has beside `NotProvable`.
    function prove(Verdict calldata verdict, bytes calldata proof) external {
        Terms calldata terms = verdict.terms;
        bytes32 jobId = jobIdOf(verdict.payer, verdict.payerNonce);
        uint64 units = proofs.provenUnits(
            terms.verifierConfigHash,
            terms.specHash,
            jobId,
            verdict.attempt,
            verdict.provider,
            verdict.submission.resultHash,
            _commitment(_hash(terms), verdict.submission),
            proof
        );
        // What was proven is about this verdict's words; that they are those of the job is checked as for any verdict.
        bool fits = terms.verifier == ZK && verdict.outcome == VALID && verdict.units == units;
        if (!fits || !_apply(jobId, verdict, Ending.Proven)) revert NotProvable(jobId);
    }
}
