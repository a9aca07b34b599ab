// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { FeeMath } from "../fees/FeeMath.sol";
import { PartsLedger } from "../fees/PartsLedger.sol";
import { ICommittee } from "../governance/ICommittee.sol";
import { IRegistry } from "../registry/IRegistry.sol";
import { IStakeBond } from "../staking/IStakeBond.sol";
import { Ending, Offer, Submission, Terms } from "./IJobEscrow.sol";
import { IOfferBook } from "./IOfferBook.sol";
import { JobBase } from "./JobBase.sol";
import { JobVerdicts } from "./JobVerdicts.sol";
import { JobWord, JobWords } from "./JobWord.sol";
import { OfferBook } from "./OfferBook.sol";

/// @title Job escrow
/// @notice Locks a payer's budget and dispute stake for one job and a provider's bond for each assignment, and pays by
/// what happened: accepted, unchallenged, judged, or silent. The transition table is in docs/decisions/job-escrow.md.
/// Every call on a job names it by (payer, payerNonce) and supplies its terms.
contract JobEscrow is JobVerdicts, OfferBook {
    uint256 private constant MIN_WORK = 600;
    uint256 private constant MAX_WORK = 7 days;
    uint256 private constant MIN_CHALLENGE = 1 hours;
    uint256 private constant MAX_CHALLENGE = 3 days;
    uint256 private constant MAX_FINAL = 21 days;
    uint256 private constant MAX_VERIFIER = 3;

    /// @notice Nonce of a payer's next job; never falls.
    mapping(address payer => uint64) public nextNonce;

    /// @notice Addresses and settings of one escrow.
    struct Setup {
        address owner;
        address guardian;
        ERC20Burnable stun;
        IRegistry registry;
        IStakeBond staking;
        ICommittee committee;
        address treasury;
        uint32 eid;
    }

    constructor(
        Setup memory setup
    )
        PartsLedger(setup.owner, setup.guardian, setup.stun, setup.registry, setup.treasury)
        JobBase(setup.eid, setup.staking)
        JobVerdicts(setup.committee)
        EIP712("STUN Escrow", "1")
    {}

    /// @notice Creates and funds a job that any bonded provider may accept.
    /// @param fromCredit Take budget and dispute stake from the caller's credit instead of its tokens.
    /// @return jobId The job's id.
    function post(Terms memory terms, bool fromCredit) external nonReentrant whenNotPaused returns (bytes32 jobId) {
        (jobId, ) = _create(terms, JobWords.OPEN, address(0));
        _fund(terms.asset, msg.sender, terms.budget + FeeMath.share(terms.budget, DISPUTE_BPS), fromCredit);
    }

    /// @notice Creates and funds a job and assigns it to the provider who signed the offer.
    /// @param fromCredit Take budget and dispute stake from the caller's credit instead of its tokens.
    /// @return jobId The job's id.
    function create(
        Terms memory terms,
        Offer calldata offer,
        bool fromCredit
    ) external nonReentrant whenNotPaused returns (bytes32 jobId) {
        address provider = _useOffer(_hash(terms), offer);
        JobWord word;
        (jobId, word) = _create(terms, JobWords.ASSIGNED, provider);
        _requireTime(jobId, terms, word);
        emit JobAssigned(jobId, provider, 1);
        staking.lockBond(provider, terms.bond);
        _fund(terms.asset, msg.sender, terms.budget + FeeMath.share(terms.budget, DISPUTE_BPS), fromCredit);
    }

    /// @notice Assigns an open job to the caller and locks its bond. Accepting states that the caller holds spec and input.
    function accept(address payer, uint64 payerNonce, Terms memory terms) external whenNotPaused {
        (bytes32 jobId, JobWord word) = _find(payer, payerNonce, JobWords.OPEN);
        _requireTerms(jobId, terms);
        uint256 attempt = word.attempt() + 1;
        if (attempt > MAX_ATTEMPTS) revert NoAttemptsLeft(jobId);
        _requireTime(jobId, terms, word);
        _move(
            jobId,
            JobWords.pack(msg.sender, word.created(), block.timestamp, JobWords.ASSIGNED, attempt, word.bounties())
        );
        emit JobAssigned(jobId, msg.sender, uint8(attempt));
        staking.lockBond(msg.sender, terms.bond);
    }

    /// @notice Submits the result of the caller's assignment, once, before its deadline and the grace have passed.
    function submit(address payer, uint64 payerNonce, Terms memory terms, Submission calldata submission) external {
        (bytes32 jobId, JobWord word) = _find(payer, payerNonce, JobWords.ASSIGNED);
        bytes32 hash = _requireTerms(jobId, terms);
        if (msg.sender != word.provider()) revert NotProvider(msg.sender, word.provider());
        uint256 latest = word.since() + terms.workSeconds + GRACE;
        if (block.timestamp >= latest) revert TooLate(jobId, latest);
        if (submission.resultHash == 0) revert EmptyResult();
        if (submission.units > terms.maxUnits) revert TooManyUnits(submission.units, terms.maxUnits);
        _put(
            jobId,
            _commitment(hash, submission.resultHash, submission.units),
            word.moved(JobWords.SUBMITTED, block.timestamp)
        );
        emit JobSubmitted(jobId, msg.sender, uint8(word.attempt()), submission.resultHash, submission.units);
    }

    /// @notice The caller, who is the payer, accepts what was submitted. After a dispute it concedes its stake.
    function acceptResult(uint64 payerNonce, Terms memory terms, Submission calldata submission) external {
        (bytes32 jobId, JobWord word) = _findSubmitted(msg.sender, payerNonce, terms, submission);
        uint256 price = _priceOf(terms, submission.units);
        _end(jobId, msg.sender, terms, word, End(Ending.Accepted, price, submission.units, 0));
    }

    /// @notice The caller, who is the payer, disputes what was submitted, within the challenge window.
    function dispute(uint64 payerNonce, Terms memory terms, Submission calldata submission) external {
        (bytes32 jobId, JobWord word) = _findSubmitted(msg.sender, payerNonce, terms, submission);
        if (word.state() != JobWords.SUBMITTED) revert WrongState(jobId, word.state());
        uint256 latest = word.since() + terms.challengeSeconds;
        if (block.timestamp >= latest) revert TooLate(jobId, latest);
        _move(jobId, word.moved(JobWords.DISPUTED, block.timestamp));
        emit JobDisputed(jobId, block.timestamp + VERDICT_TIME);
    }

    /// @notice Settles what nobody has challenged. Anyone, from the end of the challenge window on.
    function settle(address payer, uint64 payerNonce, Terms memory terms, Submission calldata submission) external {
        (bytes32 jobId, JobWord word) = _findSubmitted(payer, payerNonce, terms, submission);
        if (word.state() != JobWords.SUBMITTED) revert WrongState(jobId, word.state());
        if (terms.attested) revert JobIsAttested(jobId);
        uint256 earliest = word.since() + terms.challengeSeconds;
        if (block.timestamp < earliest) revert TooEarly(jobId, earliest);
        uint256 price = _priceOf(terms, submission.units);
        _end(jobId, payer, terms, word, End(Ending.Unchallenged, price, submission.units, 0));
    }

    /// @notice Settles half of a job that waits for a verdict which has not come in time. Anyone.
    function settleSilent(
        address payer,
        uint64 payerNonce,
        Terms memory terms,
        Submission calldata submission
    ) external {
        (bytes32 jobId, JobWord word) = _findSubmitted(payer, payerNonce, terms, submission);
        uint256 earliest = word.since() + VERDICT_TIME;
        if (word.state() == JobWords.SUBMITTED) {
            if (!terms.attested) revert WrongState(jobId, JobWords.SUBMITTED);
            earliest += terms.challengeSeconds;
        }
        if (block.timestamp < earliest) revert TooEarly(jobId, earliest);
        uint256 half = _priceOf(terms, submission.units) / 2;
        _end(jobId, payer, terms, word, End(Ending.Silent, half, submission.units, 0));
    }

    /// @notice Takes a job from a provider who has missed its deadline and the grace, and opens it again. Anyone.
    function reopen(address payer, uint64 payerNonce, Terms memory terms) external {
        (bytes32 jobId, JobWord word) = _find(payer, payerNonce, JobWords.ASSIGNED);
        _requireTerms(jobId, terms);
        _requireMissed(jobId, terms, word);
        _move(jobId, _missed(jobId, payer, terms, word));
    }

    /// @notice Ends a job that can no longer be done: past its final time or without an assignment left, and open or missed. Anyone.
    function refund(address payer, uint64 payerNonce, Terms memory terms) external {
        bytes32 jobId = jobIdOf(payer, payerNonce);
        JobWord word = _word(jobId);
        bool assigned = word.state() == JobWords.ASSIGNED;
        if (!assigned && word.state() != JobWords.OPEN) revert WrongState(jobId, word.state());
        _requireTerms(jobId, terms);
        if (word.attempt() < MAX_ATTEMPTS) {
            uint256 earliest = word.created() + terms.finalSeconds;
            if (block.timestamp < earliest) revert TooEarly(jobId, earliest);
        }
        if (assigned) {
            _requireMissed(jobId, terms, word);
            word = _missed(jobId, payer, terms, word);
        }
        _end(jobId, payer, terms, word, End(Ending.Refunded, 0, 0, 0));
    }

    /// @notice The caller, who is the payer, takes an open job back.
    function cancel(uint64 payerNonce, Terms memory terms) external {
        (bytes32 jobId, JobWord word) = _find(msg.sender, payerNonce, JobWords.OPEN);
        _requireTerms(jobId, terms);
        _end(jobId, msg.sender, terms, word, End(Ending.Cancelled, 0, 0, 0));
    }

    /// @inheritdoc IOfferBook
    function killOffers(address provider) external {
        if (msg.sender != address(staking)) revert NotStaking(msg.sender);
        _killOffers(provider);
    }

    /// @inheritdoc IOfferBook
    function reputationOf(address provider, address asset) external view returns (uint256 feesPaid, uint256 failures) {
        return _reputation(provider, asset);
    }

    function _create(
        Terms memory terms,
        uint256 state,
        address provider
    ) private returns (bytes32 jobId, JobWord word) {
        _checkTerms(terms);
        uint64 nonce = nextNonce[msg.sender]++;
        jobId = jobIdOf(msg.sender, nonce);
        word = JobWords.pack(provider, block.timestamp, block.timestamp, state, state == JobWords.ASSIGNED ? 1 : 0, 0);
        _put(jobId, _hash(terms), word);
        emit JobCreated(jobId, msg.sender, nonce, terms);
    }

    function _checkTerms(Terms memory terms) private view {
        if (!isAllowed(terms.asset)) revert AssetNotAllowed(terms.asset);
        bytes32 field;
        if (terms.verifier == 0 || terms.verifier > MAX_VERIFIER) field = "verifier";
        if (terms.unitPrice == 0) field = "unitPrice";
        if (terms.maxUnits == 0) field = "maxUnits";
        if (terms.budget == 0) field = "budget";
        if (terms.bond < MIN_BOND) field = "bond";
        if (_outside(terms.workSeconds, MIN_WORK, MAX_WORK)) field = "workSeconds";
        if (_outside(terms.challengeSeconds, MIN_CHALLENGE, MAX_CHALLENGE)) field = "challengeSeconds";
        if (_outside(terms.finalSeconds, terms.workSeconds + GRACE, MAX_FINAL)) field = "finalSeconds";
        if (field != 0) revert TermsOutOfBounds(field);
    }

    function _outside(uint256 value, uint256 min, uint256 max) private pure returns (bool) {
        return value < min || value > max;
    }

    /// @dev An assignment must be able to end, grace included, before the job can be refunded.
    function _requireTime(bytes32 jobId, Terms memory terms, JobWord word) private view {
        uint256 latest = word.created() + terms.finalSeconds;
        if (block.timestamp + terms.workSeconds + GRACE > latest) revert TooLate(jobId, latest);
    }

    function _requireMissed(bytes32 jobId, Terms memory terms, JobWord word) private view {
        uint256 earliest = word.since() + terms.workSeconds + GRACE;
        if (block.timestamp < earliest) revert TooEarly(jobId, earliest);
    }
}
