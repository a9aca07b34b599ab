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
    /// @dev Time after a deadline in which the provider may still submit, in seconds.
    uint256 internal constant GRACE = 1 hours;
    /// @notice Time that the committee has after a dispute, or after the challenge window of an attested job, in seconds.
    uint256 public constant VERDICT_TIME = 3 days;
    /// @dev Most assignments of one job.
    uint256 internal constant MAX_ATTEMPTS = 3;
    /// @dev Dispute stake in basis points of the budget.
    uint256 internal constant DISPUTE_BPS = 500;
    /// @dev Slash for a missed deadline in basis points of the bond.
    uint256 internal constant MISSED_BPS = 1_000;
    /// @dev By how much a provider may exceed the verdict's units, in basis points of these.
    uint256 internal constant OVERCLAIM_BPS = 1_000;
    /// @dev Smallest bond: 1 STUN.
    uint256 internal constant MIN_BOND = 1e18;

    uint8 internal constant SCORED = 2;

    /// @dev Which words of the terms are what an end reads.
    uint256 private constant ASSET = 3;
    uint256 private constant UNIT_PRICE = 4;
    uint256 private constant BUDGET = 6;
    uint256 private constant BOND = 7;
    uint256 private constant MODEL_ID = 8;

    /// @notice What is stored of one job.
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

    /// @notice Reverts with `ZeroAddress` without a staking contract.
    /// @param eid_ LayerZero endpoint id of this chain.
    /// @param staking_ Where the bonds of providers are.
    constructor(uint32 eid_, IStakeBond staking_) {
        if (address(staking_) == address(0)) revert ZeroAddress();
        eid = eid_;
        staking = staking_;
    }

    /// @notice The id of a payer's job: keccak256(abi.encode(eid, escrow, payer, payerNonce)).
    /// @param payer Who pays for the job.
    /// @param payerNonce Number that the escrow gave the job.
    /// @return jobId The id, whether or not such a job exists.
    function jobIdOf(address payer, uint64 payerNonce) public view returns (bytes32 jobId) {
        uint256 eid_ = eid;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, eid_)
            mstore(add(free, 32), address())
            mstore(add(free, 64), payer)
            mstore(add(free, 96), payerNonce)
            jobId := keccak256(free, 128)
        }
    }

    /// @notice State of a job; all zero when it does not exist or is over.
    /// @param jobId Id of the job, see `jobIdOf`.
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

    /// @dev keccak256(abi.encode(terms)), of the words as they came. Words with bits above their type give another hash than
    /// any job's: creation reads every member, which refuses them.
    function _hash(Terms calldata terms) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, terms, 416)
            hash := keccak256(free, 416)
        }
    }

    /// @dev keccak256(abi.encode(hash of the terms, resultHash, units)).
    function _commitment(bytes32 terms, Submission calldata given) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, terms)
            calldatacopy(add(free, 32), given, 64)
            hash := keccak256(free, 96)
        }
    }

    /// @dev Where a job is.
    function _at(bytes32 jobId) internal view returns (Job storage) {
        return _jobs[jobId];
    }

    /// @dev Finds a job without a submission by its terms, or says in which state it is.
    function _find(
        address payer,
        uint64 payerNonce,
        Terms calldata terms,
        uint256 state
    ) internal view returns (bytes32 jobId, Job storage job, JobWord word) {
        jobId = jobIdOf(payer, payerNonce);
        job = _jobs[jobId];
        word = job.word;
        if (word.state() != state) revert WrongState(jobId, word.state());
        if (job.commitment != _hash(terms)) revert TermsMismatch(jobId);
    }

    /// @dev Finds a job that has a submission, disputed or not.
    function _findSubmitted(
        address payer,
        uint64 payerNonce,
        Terms calldata terms,
        Submission calldata submission
    ) internal view returns (bytes32 jobId, Job storage job, JobWord word) {
        jobId = jobIdOf(payer, payerNonce);
        job = _jobs[jobId];
        word = job.word;
        if (word.state() < JobWords.SUBMITTED) revert WrongState(jobId, word.state());
        if (job.commitment != _commitment(_hash(terms), submission)) revert TermsMismatch(jobId);
    }

    /// @dev A word of the terms of a stored job, as it came: creation has checked every member, and the hash is the same.
    function _word(Terms calldata terms, uint256 index) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(add(terms, shl(5, index)))
        }
    }

    /// @dev `units` has at most 64 bits and the price of one at most 128.
    function _priceOf(Terms calldata terms, uint256 units) internal pure returns (uint256 price) {
        uint256 budget = _word(terms, BUDGET);
        unchecked {
            price = _word(terms, UNIT_PRICE) * units;
        }
        if (price > budget) price = budget;
    }

    /// @dev Ends a job. Up to `Ending.Silent` the provider is paid: the price is split, the rest goes back. After that the
    /// payer gets everything. A stake goes with it, except that a dispute which was lost or conceded pays it to
    /// the provider; bounties go to who is paid. A bond that is still locked is freed or slashed.
    function _end(
        bytes32 jobId,
        Job storage job,
        address payer,
        Terms calldata terms,
        JobWord word,
        End memory end
    ) internal {
        job.commitment = 0;
        job.word = JobWord.wrap(0);
        address provider = word.provider();
        address asset = address(uint160(_word(terms, ASSET)));
        uint256 toPayer = _word(terms, BUDGET);
        uint256 stake = FeeMath.share(toPayer, DISPUTE_BPS);
        uint256 fee;
        bool paid = end.ending <= Ending.Silent;
        // A price is at most the budget.
        unchecked {
            toPayer += stake - end.price;
            if (paid) {
                if (word.state() == JobWords.DISPUTED && end.ending != Ending.Silent) toPayer -= stake;
                else stake = 0;
                fee = _book(asset, provider, bytes32(_word(terms, MODEL_ID)), 0, end.price, stake);
            }
        }
        _credit(asset, payer, toPayer);
        if (word.bounties() != 0) {
            _credit(address(stun), paid ? provider : payer, word.bounties() * _bountyOf(_word(terms, BOND)));
        }
        emit JobEnded(jobId, provider, end.ending, end.price, fee, end.units);
        if (word.state() == JobWords.OPEN) return;
        uint256 bond = _word(terms, BOND);
        if (end.slashBps == 0) return staking.unlockBond(provider, bond);
        uint256 slashed = FeeMath.share(bond, end.slashBps);
        uint256 received = staking.slashBond(provider, bond, slashed);
        _credit(address(stun), payer, received);
        emit BondSlashed(jobId, provider, slashed, received);
    }

    /// @dev Slashes the assignment as missed and opens the job again. Gives the job's new word, which is not yet in storage.
    function _missed(bytes32 jobId, address payer, Terms calldata terms, JobWord old) internal returns (JobWord word) {
        address provider = old.provider();
        uint256 bond = _word(terms, BOND);
        uint256 bounty = _bountyOf(bond);
        uint256 paid = staking.slashBond(provider, bond, FeeMath.share(bond, MISSED_BPS));
        uint256 bounties = old.bounties();
        // The bond was locked, so all of it is there; should staking ever owe less, nobody is promised what is not there.
        if (paid == bounty) ++bounties;
        else _credit(address(stun), payer, paid);
        emit JobMissed(jobId, provider, uint8(old.attempt()), paid);
        return JobWords.pack(provider, old.created(), block.timestamp, JobWords.OPEN, old.attempt(), bounties);
    }

    /// @dev The halves of slashes that this contract is owed stay in staking until a payment needs them.
    function _gather(uint256 amount) internal override {
        if (stun.balanceOf(address(this)) < amount) staking.collectSlashed(address(this));
    }

    /// @dev What a missed assignment leaves for a rescuer: the half of the slash that is not burned, rounded down.
    function _bountyOf(uint256 bond) private pure returns (uint256) {
        return FeeMath.share(bond, MISSED_BPS) / 2;
    }
}
