// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Hashes } from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import { FeeMath } from "../fees/FeeMath.sol";
import { ICommittee } from "../governance/ICommittee.sol";
import { Ending, Submission, Terms, Verdict } from "./IJobEscrow.sol";
import { JobBase } from "./JobBase.sol";
import { JobWord, JobWords } from "./JobWord.sol";

/// @title Verdicts of the committee
/// @notice One quorum speaks for up to 256 outcomes: it signs the Merkle root of their leaves, the escrow takes the list
/// and computes the root again. A leaf names no recipient and chooses among the outcomes of one assignment of one job.
abstract contract JobVerdicts is JobBase {
    /// @notice Most leaves of one batch.
    uint256 public constant MAX_BATCH = 256;

    uint8 private constant VALID = 1;
    uint8 private constant WRONG = 2;
    uint8 private constant UNDELIVERED = 3;
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
        bytes32[] memory leaves = new bytes32[](count);
        bytes32[] memory ids = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            ids[i] = jobIdOf(verdicts[i].payer, verdicts[i].payerNonce);
            leaves[i] = _leaf(ids[i], verdicts[i]);
        }
        bytes32 target = bytes32(uint256(uint160(address(this))));
        committee.requireQuorum(
            keccak256(abi.encode(VERDICTS_TYPEHASH, target, version, _root(leaves))),
            version,
            signatures
        );
        for (uint256 i; i < count; ++i) {
            if (!_apply(ids[i], verdicts[i])) emit VerdictSkipped(ids[i], verdicts[i].attempt);
        }
    }

    /// @dev Finds a job and its state, or says in which state it is.
    function _find(
        address payer,
        uint64 payerNonce,
        uint256 state
    ) internal view returns (bytes32 jobId, JobWord word) {
        jobId = jobIdOf(payer, payerNonce);
        word = _word(jobId);
        if (word.state() != state) revert WrongState(jobId, word.state());
    }

    /// @dev Finds a job that has a submission, disputed or not.
    function _findSubmitted(
        address payer,
        uint64 payerNonce,
        Terms memory terms,
        Submission calldata submission
    ) internal view returns (bytes32 jobId, JobWord word) {
        jobId = jobIdOf(payer, payerNonce);
        word = _word(jobId);
        if (word.state() < JobWords.SUBMITTED) revert WrongState(jobId, word.state());
        if (!_isSubmission(jobId, terms, submission)) revert TermsMismatch(jobId);
    }

    /// @dev False when the job cannot take the verdict; never reverts for the job's state.
    function _apply(bytes32 jobId, Verdict calldata verdict) private returns (bool) {
        JobWord word = _word(jobId);
        Terms memory terms = verdict.terms;
        if (word.state() < JobWords.SUBMITTED) return false;
        if (word.attempt() != verdict.attempt || word.provider() != verdict.provider) return false;
        if (!_isSubmission(jobId, terms, verdict.submission)) return false;
        if (verdict.outcome == VALID) {
            uint64 claimed = verdict.submission.units;
            uint64 units = verdict.units < claimed ? verdict.units : claimed;
            bool overclaimed = claimed * FeeMath.BPS > units * (FeeMath.BPS + OVERCLAIM_BPS);
            uint256 price = _priceOf(terms, units);
            End memory end = End(Ending.Valid, price, units, overclaimed ? MISSED_BPS : 0);
            _end(jobId, verdict.payer, terms, word, end);
            return true;
        }
        bool late =
            word.state() == JobWords.SUBMITTED &&
                !terms.attested &&
                block.timestamp >= word.since() + terms.challengeSeconds;
        if (late || verdict.outcome > UNDELIVERED || verdict.outcome == 0) return false;
        if (verdict.outcome == WRONG) {
            uint256 slashBps = terms.verifier == SCORED ? 0 : FeeMath.BPS;
            _end(jobId, verdict.payer, terms, word, End(Ending.Wrong, 0, 0, slashBps));
        } else {
            _put(jobId, _hash(terms), _missed(jobId, verdict.payer, terms, word));
        }
        return true;
    }

    function _leaf(bytes32 jobId, Verdict calldata verdict) private pure returns (bytes32) {
        bytes32 inner = keccak256(
            abi.encode(
                jobId,
                verdict.attempt,
                verdict.provider,
                verdict.outcome,
                verdict.units,
                verdict.submission.resultHash
            )
        );
        return keccak256(abi.encode(inner));
    }

    /// @dev Root of the complete binary tree whose leaves, last first, close the array: the layout of OpenZeppelin's
    /// StandardMerkleTree.
    function _root(bytes32[] memory leaves) private pure returns (bytes32) {
        uint256 count = leaves.length;
        bytes32[] memory tree = new bytes32[](2 * count - 1);
        for (uint256 i; i < count; ++i) tree[2 * count - 2 - i] = leaves[i];
        for (uint256 i = count - 1; i > 0;) {
            --i;
            tree[i] = Hashes.commutativeKeccak256(tree[2 * i + 1], tree[2 * i + 2]);
        }
        return tree[0];
    }
}
