// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Hashes } from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import { FeeMath } from "../fees/FeeMath.sol";
import { ICommittee } from "../governance/ICommittee.sol";
import { Ending, Terms, Verdict } from "./IJobEscrow.sol";
import { JobBase } from "./JobBase.sol";
import { JobWord, JobWords } from "./JobWord.sol";

/// @title Verdicts of the committee
/// @notice One quorum speaks for up to 256 outcomes: it signs the Merkle root of their leaves, the escrow takes the list
/// and computes the root again. A leaf names no recipient and chooses among the outcomes of one assignment of one job.
abstract contract JobVerdicts is JobBase {
    /// @dev Most leaves of one batch.
    uint256 private constant MAX_BATCH = 256;

    uint256 internal constant VALID = 1;
    uint256 private constant UNDELIVERED = 3;
    bytes32 private constant VERDICTS_TYPEHASH = keccak256("JobVerdicts(bytes32 target,uint64 version,bytes32 root)");

    /// @notice Whose quorum judges.
    ICommittee public immutable committee;

    constructor(ICommittee committee_) {
        if (address(committee_) == address(0)) revert ZeroAddress();
        committee = committee_;
    }

    /// @notice Applies a batch that the committee has signed. Anyone. A leaf whose job cannot take it is passed over
    /// with `VerdictSkipped`; a list that does not give the signed root is refused as a whole.
    /// @param verdicts The leaves in the order of the tree: ascending by leaf hash for a root of `verdictRoot`.
    /// @param version Version of the committee that signed.
    /// @param signatures See `ICommittee`.
    function applyVerdicts(Verdict[] calldata verdicts, uint64 version, bytes calldata signatures) external {
        uint256 count = verdicts.length;
        if (count == 0 || count > MAX_BATCH) revert InvalidBatch(count, MAX_BATCH);
        // The tree as an array, its root first and its leaves last, in reverse: OpenZeppelin's StandardMerkleTree. The ids follow.
        bytes32[] memory tree = new bytes32[](3 * count - 1);
        unchecked {
            for (uint256 i; i < count; ++i) {
                Verdict calldata verdict = verdicts[i];
                bytes32 jobId = jobIdOf(verdict.payer, verdict.payerNonce);
                tree[2 * count - 1 + i] = jobId;
                tree[2 * count - 2 - i] = _leaf(jobId, verdict);
            }
            for (uint256 i = count - 1; i > 0; --i) {
                tree[i - 1] = Hashes.commutativeKeccak256(tree[2 * i - 1], tree[2 * i]);
            }
        }
        bytes32 target = bytes32(uint256(uint160(address(this))));
        bytes32 structHash = keccak256(abi.encode(VERDICTS_TYPEHASH, target, version, tree[0]));
        committee.requireQuorum(structHash, version, signatures);
        unchecked {
            for (uint256 i; i < count; ++i) {
                Verdict calldata verdict = verdicts[i];
                bytes32 jobId = tree[2 * count - 1 + i];
                if (!_apply(jobId, verdict, Ending.Valid)) emit VerdictSkipped(jobId, verdict.attempt);
            }
        }
    }

    /// @dev False when the job cannot take the verdict; never reverts for the job's state.
    /// @param valid How the job has ended when the verdict is Valid.
    function _apply(bytes32 jobId, Verdict calldata verdict, Ending valid) internal returns (bool) {
        Job storage job = _at(jobId);
        JobWord word = job.word;
        if (word.state() < JobWords.SUBMITTED) return false;
        if (word.attempt() != verdict.attempt || word.provider() != verdict.provider) return false;
        Terms calldata terms = verdict.terms;
        bytes32 hash = _hash(terms);
        if (job.commitment != _commitment(hash, verdict.submission)) return false;
        End memory end;
        uint256 outcome = verdict.outcome;
        if (outcome == VALID) {
            uint64 claimed = verdict.submission.units;
            end.units = verdict.units < claimed ? verdict.units : claimed;
            end.price = _priceOf(terms, end.units);
            end.ending = valid;
            if (claimed * FeeMath.BPS > end.units * (FeeMath.BPS + OVERCLAIM_BPS)) end.slashBps = MISSED_BPS;
        } else {
            bool late =
                word.state() == JobWords.SUBMITTED &&
                    !terms.attested &&
                    block.timestamp >= word.since() + terms.challengeSeconds;
            if (late || outcome > UNDELIVERED || outcome == 0) return false;
            if (outcome == UNDELIVERED) {
                job.commitment = hash;
                job.word = _missed(jobId, verdict.payer, terms, word);
                return true;
            }
            end.ending = Ending.Wrong;
            if (terms.verifier != SCORED) end.slashBps = FeeMath.BPS;
        }
        _end(jobId, job, verdict.payer, terms, word, end);
        return true;
    }

    /// @dev keccak256(keccak256(abi.encode(jobId, attempt, provider, outcome, units, resultHash))): after the payer and its
    /// nonce, the first words of a verdict are those of its leaf.
    function _leaf(bytes32 jobId, Verdict calldata verdict) private pure returns (bytes32 leaf) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, jobId)
            calldatacopy(add(free, 32), add(verdict, 64), 160)
            mstore(0, keccak256(free, 192))
            leaf := keccak256(0, 32)
        }
    }
}
