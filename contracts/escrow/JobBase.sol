// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { PartsLedger } from "../fees/PartsLedger.sol";
import { FeeMath } from "../fees/FeeMath.sol";
import { IStakeBond } from "../staking/IStakeBond.sol";
import { Ending, IJobEscrow, Submission, Terms } from "./IJobEscrow.sol";
import { JobWord, JobWords } from "./JobWord.sol";

/// @title Jobs in storage, and the one way in which their money leaves
/// @notice Two words per job, deleted at its end: the commitment and the packed state. Budget and dispute stake are
/// locked per job and leave once, by `_end`.
abstract contract JobBase is IJobEscrow, PartsLedger {
    /// @notice Time after a deadline in which the provider may still submit, in seconds.
    uint256 public constant GRACE = 1 hours;
    /// @notice Time that the committee has after a dispute, or after the challenge window of an attested job, in seconds.
    uint256 public constant VERDICT_TIME = 3 days;
    /// @notice Most assignments of one job.
    uint256 public constant MAX_ATTEMPTS = 3;
    /// @notice Dispute stake in basis points of the budget.
    uint256 public constant DISPUTE_BPS = 500;
    /// @notice Slash for a missed deadline in basis points of the bond.
    uint256 public constant MISSED_BPS = 1_000;
    /// @notice By how much a provider may exceed the verdict's units, in basis points of these.
    uint256 public constant OVERCLAIM_BPS = 1_000;
    /// @notice Smallest bond: 1 STUN.
    uint256 public constant MIN_BOND = 1e18;

    uint8 internal constant SCORED = 2;

    struct Job {
        bytes32 commitment;
        JobWord word;
    }

    /// @dev How a job ends. In memory, because the compiler writes one copy of `_end` for each set of constant arguments.
    struct End {
        Ending ending;
        uint256 price;
        uint64 units;
        uint256 slashBps;
    }

    /// @notice LayerZero endpoint id of this chain, a part of every jobId.
    uint32 public immutable eid;
    /// @notice Where the bonds of providers are locked and slashed.
    IStakeBond public immutable staking;

    mapping(bytes32 jobId => Job) private _jobs;

    constructor(uint32 eid_, IStakeBond staking_) {
        if (address(staking_) == address(0)) revert ZeroAddress();
        eid = eid_;
        staking = staking_;
    }

    /// @notice The id of a payer's job.
    function jobIdOf(address payer, uint64 payerNonce) public view returns (bytes32) {
        return keccak256(abi.encode(eid, address(this), payer, payerNonce));
    }

    /// @notice State of a job; all zero when it does not exist or is over.
    /// @return commitment Hash of the terms; after submission of `(terms hash, resultHash, units)`.
    /// @return state 1 open, 2 assigned, 3 submitted, 4 disputed.
    /// @return provider Provider of the last assignment.
    /// @return attempt Number of assignments so far.
    /// @return bounties Slashes that wait for who is paid for the job.
    /// @return created When it was created, unix seconds.
    /// @return since When it came into its state, unix seconds.
    function jobOf(
        bytes32 jobId
    )
        external
        view
        returns (
            bytes32 commitment,
            uint256 state,
            address provider,
            uint256 attempt,
            uint256 bounties,
            uint256 created,
            uint256 since
        )
    {
        Job storage job = _jobs[jobId];
        JobWord word = job.word;
        return (
            job.commitment,
            word.state(),
            word.provider(),
            word.attempt(),
            word.bounties(),
            word.created(),
            word.since()
        );
    }

    /// @dev keccak256(abi.encode(terms)): thirteen words, which lie in memory as they are encoded.
    function _hash(Terms memory terms) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            hash := keccak256(terms, 416)
        }
    }

    function _commitment(bytes32 terms, bytes32 resultHash, uint64 units) internal pure returns (bytes32) {
        return keccak256(abi.encode(terms, resultHash, units));
    }

    function _word(bytes32 jobId) internal view returns (JobWord) {
        return _jobs[jobId].word;
    }

    function _requireTerms(bytes32 jobId, Terms memory terms) internal view returns (bytes32 hash) {
        hash = _hash(terms);
        if (_jobs[jobId].commitment != hash) revert TermsMismatch(jobId);
    }

    function _isSubmission(bytes32 jobId, Terms memory terms, Submission calldata given) internal view returns (bool) {
        return _jobs[jobId].commitment == _commitment(_hash(terms), given.resultHash, given.units);
    }

    function _put(bytes32 jobId, bytes32 commitment, JobWord word) internal {
        Job storage job = _jobs[jobId];
        job.commitment = commitment;
        job.word = word;
    }

    function _move(bytes32 jobId, JobWord word) internal {
        _jobs[jobId].word = word;
    }

    function _priceOf(Terms memory terms, uint256 units) internal pure returns (uint256) {
        uint256 price = uint256(terms.unitPrice) * units;
        return price < terms.budget ? price : terms.budget;
    }

    /// @dev Ends a job. Up to `Ending.Silent` the provider is paid: the price is split, the rest goes back. After that the
    /// payer gets everything. A stake goes with it, except that a dispute which was lost or conceded pays it to
    /// the provider; bounties go to who is paid. A bond that is still locked is freed or slashed.
    function _end(bytes32 jobId, address payer, Terms memory terms, JobWord word, End memory end) internal {
        delete _jobs[jobId];
        address provider = word.provider();
        uint256 toPayer = terms.budget - end.price + FeeMath.share(terms.budget, DISPUTE_BPS);
        uint256 fee;
        bool paid = end.ending <= Ending.Silent;
        if (paid) {
            uint256 stake;
            if (word.state() == JobWords.DISPUTED && end.ending != Ending.Silent) {
                stake = FeeMath.share(terms.budget, DISPUTE_BPS);
                toPayer -= stake;
            }
            fee = _book(terms.asset, provider, terms.modelId, 0, end.price, stake);
        }
        _credit(terms.asset, payer, toPayer);
        if (word.bounties() != 0) {
            _credit(address(stun), paid ? provider : payer, word.bounties() * _bountyOf(terms.bond));
        }
        emit JobEnded(jobId, provider, end.ending, end.price, fee, end.units);
        if (word.state() == JobWords.OPEN) return;
        if (end.slashBps == 0) return staking.unlockBond(provider, terms.bond);
        uint256 slashed = FeeMath.share(terms.bond, end.slashBps);
        uint256 received = _slash(provider, terms.bond, slashed);
        _credit(address(stun), payer, received);
        emit BondSlashed(jobId, provider, slashed, received);
    }

    /// @dev Slashes the assignment as missed and opens the job again.
    /// @return word The job's new word, not yet in storage.
    function _missed(bytes32 jobId, address payer, Terms memory terms, JobWord old) internal returns (JobWord word) {
        address provider = old.provider();
        uint256 bounty = _bountyOf(terms.bond);
        uint256 paid = _slash(provider, terms.bond, FeeMath.share(terms.bond, MISSED_BPS));
        uint256 bounties = old.bounties();
        // The bond was locked, so all of it is there; should staking ever pay less, nobody is promised what is not held.
        if (paid == bounty) ++bounties;
        else _credit(address(stun), payer, paid);
        emit JobMissed(jobId, provider, uint8(old.attempt()), paid);
        return JobWords.pack(provider, old.created(), block.timestamp, JobWords.OPEN, old.attempt(), bounties);
    }

    function _slash(address provider, uint256 bond, uint256 amount) private returns (uint256) {
        _countFailure(provider);
        return staking.slashBond(provider, bond, amount);
    }

    /// @dev What a missed assignment leaves for a rescuer: the half of the slash that is not burned, rounded down.
    function _bountyOf(uint256 bond) private pure returns (uint256) {
        return FeeMath.share(bond, MISSED_BPS) / 2;
    }
}
