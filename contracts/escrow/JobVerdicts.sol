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

    /// @notice Reverts with `ZeroAddress` without a committee.
    /// @param committee_ Whose quorum judges.
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
                (bytes32 jobId, bytes32 leaf) = _leaf(verdict);
                _set(tree, 2 * count - 1 + i, jobId);
                _set(tree, 2 * count - 2 - i, leaf);
            }
            for (uint256 i = count - 1; i > 0; --i) {
                _set(tree, i - 1, Hashes.commutativeKeccak256(_get(tree, 2 * i - 1), _get(tree, 2 * i)));
            }
        }
        bytes32 target = bytes32(uint256(uint160(address(this))));
        bytes32 structHash = keccak256(abi.encode(VERDICTS_TYPEHASH, target, version, tree[0]));
        committee.assertSigned(structHash, version, signatures);
        unchecked {
            for (uint256 i; i < count; ++i) {
                Verdict calldata verdict = verdicts[i];
                bytes32 jobId = _get(tree, 2 * count - 1 + i);
                if (!_apply(jobId, verdict, Ending.Valid)) emit VerdictSkipped(jobId, verdict.attempt);
            }
        }
    }

    /// @dev False when the job cannot take the verdict; never reverts for the job's state. A verdict Valid ends it as `valid`.
    function _apply(bytes32 jobId, Verdict calldata verdict, Ending valid) internal returns (bool) {
        Job storage job = _at(jobId);
        JobWord word = job.word;
        if (word.state() < JobWords.SUBMITTED) return false;
        (uint256 attempt, uint256 provider, uint256 outcome, uint256 units, uint256 claimed) = _words(verdict);
        if (word.attempt() != attempt || uint160(word.provider()) != provider) return false;
        Terms calldata terms = verdict.terms;
        bytes32 hash = _hash(terms);
        if (job.commitment != _commitment(hash, verdict.submission)) return false;
        Ending ending = valid;
        uint256 price;
        uint256 slashBps;
        if (outcome == VALID) {
            if (units > claimed) units = claimed;
            price = _priceOf(terms, units);
            unchecked {
                if (claimed * FeeMath.BPS > units * (FeeMath.BPS + OVERCLAIM_BPS)) slashBps = MISSED_BPS;
            }
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
            ending = Ending.Wrong;
            units = 0;
            if (terms.verifier != SCORED) slashBps = FeeMath.BPS;
        }
        _end(jobId, job, verdict.payer, terms, word, End(ending, price, uint64(units), slashBps));
        return true;
    }

    /// @dev The words of a leaf as they came. One with bits above its type is no job's attempt or provider, no outcome, or
    /// counts as more units than were claimed; these are of the commitment.
    function _words(
        Verdict calldata verdict
    ) private pure returns (uint256 attempt, uint256 provider, uint256 outcome, uint256 units, uint256 claimed) {
        assembly ("memory-safe") {
            attempt := calldataload(add(verdict, 64))
            provider := calldataload(add(verdict, 96))
            outcome := calldataload(add(verdict, 128))
            units := calldataload(add(verdict, 160))
            claimed := calldataload(add(verdict, 224))
        }
    }

    /// @dev Reads a tree of `3 * count - 1` words, in which every index above lies.
    function _get(bytes32[] memory tree, uint256 index) private pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := mload(add(add(tree, 32), shl(5, index)))
        }
    }

    /// @dev Writes to it.
    function _set(bytes32[] memory tree, uint256 index, bytes32 value) private pure {
        assembly ("memory-safe") {
            mstore(add(add(tree, 32), shl(5, index)), value)
        }
    }

    /// @dev `jobIdOf` the job, and keccak256(keccak256(abi.encode(jobId, attempt, provider, outcome, units, resultHash))): payer
    /// and nonce are the last words of the one, and those after them all but the first of the other.
    function _leaf(Verdict calldata verdict) private view returns (bytes32 jobId, bytes32 leaf) {
        uint256 eid_ = eid;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, eid_)
            mstore(add(free, 32), address())
            calldatacopy(add(free, 64), verdict, 64)
            jobId := keccak256(free, 128)
            mstore(free, jobId)
            calldatacopy(add(free, 32), add(verdict, 64), 160)
            mstore(0, keccak256(free, 192))
            leaf := keccak256(0, 32)
        }
    }
}
