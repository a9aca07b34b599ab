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
import { IProofVerifier } from "./IProofVerifier.sol";
import { JobBase } from "./JobBase.sol";
import { JobProofs } from "./JobProofs.sol";
import { JobVerdicts } from "./JobVerdicts.sol";
import { JobWord, JobWords } from "./JobWord.sol";
import { OfferBook } from "./OfferBook.sol";

/// @title Job escrow
/// @notice Locks a payer's budget and dispute stake for one job and a provider's bond for each assignment, and pays by
/// what happened: accepted, unchallenged, judged, or silent. The transition table is in docs/decisions/job-escrow.md.
/// Every call on a job names it by (payer, payerNonce) and supplies its terms.
contract JobEscrow is JobProofs, OfferBook {
    uint256 private constant MIN_WORK = 600;
    uint256 private constant MAX_WORK = 7 days;
    uint256 private constant MIN_CHALLENGE = 1 hours;
    uint256 private constant MAX_CHALLENGE = 3 days;
    uint256 private constant MAX_FINAL = 21 days;
    uint256 private constant MAX_VERIFIER = 3;

    /// @notice Addresses and settings of one escrow.
    struct Setup {
        address owner;
        address guardian;
        ERC20Burnable stun;
        IRegistry registry;
        IStakeBond staking;
        ICommittee committee;
        IProofVerifier proofs;
        address treasury;
        uint32 eid;
    }

    /// @notice Fixes all but the parameters of `PartsLedger`. Reverts with `ZeroAddress` for a missing contract.
    /// @param setup Addresses and settings.
    constructor(
        Setup memory setup
    )
        PartsLedger(setup.owner, setup.guardian, setup.stun, setup.registry, setup.treasury)
        JobBase(setup.eid, setup.staking)
        JobVerdicts(setup.committee)
        JobProofs(setup.proofs)
        EIP712("STUN Escrow", "1")
    {}

    /// @notice Creates and funds a job that any bonded provider may accept.
    /// @param terms Terms of the job, within their bounds.
    /// @param fromCredit Take budget and dispute stake from the caller's credit instead of its tokens.
    /// @return jobId The job's id.
    function post(Terms calldata terms, bool fromCredit) external returns (bytes32 jobId) {
        jobId = _create(terms, _hash(terms), address(0));
        _lockFunds(terms, fromCredit);
    }

    /// @notice Creates and funds a job and assigns it to the provider who signed the offer.
    /// @param terms Terms of the job, within their bounds.
    /// @param offer The provider's offer for these terms.
    /// @param fromCredit Take budget and dispute stake from the caller's credit instead of its tokens.
    /// @return jobId The job's id.
    function create(Terms calldata terms, Offer calldata offer, bool fromCredit) external returns (bytes32 jobId) {
        bytes32 hash = _hash(terms);
        address provider = _useOffer(hash, offer);
        jobId = _create(terms, hash, provider);
        staking.lockBond(provider, terms.bond);
        _lockFunds(terms, fromCredit);
    }

    /// @notice Assigns an open job to the caller and locks its bond. Accepting states that the caller holds spec and
    /// input.
    /// @param payer Who pays for the job.
    /// @param payerNonce Number of the job, from its `JobCreated` event.
    /// @param terms Terms of the job, as created; others revert with `TermsMismatch`.
    function accept(address payer, uint64 payerNonce, Terms calldata terms) external whenNotPaused {
        (bytes32 jobId, Job storage job, JobWord word) = _find(payer, payerNonce, terms, JobWords.OPEN);
        uint256 attempt = word.attempt() + 1;
        if (attempt > MAX_ATTEMPTS) revert NoAttemptsLeft(jobId);
        // The work must be able to end, grace included, before the job can be refunded.
        uint256 latest = word.created() + terms.finalSeconds;
        if (block.timestamp + terms.workSeconds + GRACE > latest) revert TooLate(jobId, latest);
        job.word = JobWords.pack(
            msg.sender,
            word.created(),
            block.timestamp,
            JobWords.ASSIGNED,
            attempt,
            word.bounties()
        );
        emit JobAssigned(jobId, msg.sender, uint8(attempt));
        staking.lockBond(msg.sender, terms.bond);
    }

    /// @notice Submits the result of the caller's assignment, once, before its deadline and the grace have passed.
    /// @param payer Who pays for the job.
    /// @param payerNonce Number of the job, from its `JobCreated` event.
    /// @param terms Terms of the job, as created; others revert with `TermsMismatch`.
    /// @param submission Result hash, not zero, and units, at most those of the terms.
    function submit(address payer, uint64 payerNonce, Terms calldata terms, Submission calldata submission) external {
        (bytes32 jobId, Job storage job, JobWord word) = _find(payer, payerNonce, terms, JobWords.ASSIGNED);
        if (msg.sender != word.provider()) revert NotProvider(msg.sender, word.provider());
        uint256 latest = word.since() + terms.workSeconds + GRACE;
        if (block.timestamp >= latest) revert TooLate(jobId, latest);
        if (submission.resultHash == 0) revert EmptyResult();
        if (submission.units > terms.maxUnits) revert TooManyUnits(submission.units, terms.maxUnits);
        job.commitment = _commitment(job.commitment, submission);
        job.word = word.moved(JobWords.SUBMITTED, block.timestamp);
        emit JobSubmitted(jobId, msg.sender, uint8(word.attempt()), submission.resultHash, submission.units);
    }

    /// @notice The caller, who is the payer, accepts what was submitted. After a dispute it concedes its stake.
    /// @param payerNonce Number of the job, from its `JobCreated` event.
    /// @param terms Terms of the job, as created; others revert with `TermsMismatch`.
    /// @param submission What the provider submitted; anything else reverts with `TermsMismatch`.
    function acceptResult(uint64 payerNonce, Terms calldata terms, Submission calldata submission) external {
        (bytes32 jobId, Job storage job, JobWord word) = _findSubmitted(msg.sender, payerNonce, terms, submission);
        uint256 price = _priceOf(terms, submission.units);
        _end(jobId, job, msg.sender, terms, word, End(Ending.Accepted, price, submission.units, 0));
    }

    /// @notice The caller, who is the payer, disputes what was submitted, within the challenge window.
    /// @param payerNonce Number of the job, from its `JobCreated` event.
    /// @param terms Terms of the job, as created; others revert with `TermsMismatch`.
    /// @param submission What the provider submitted; anything else reverts with `TermsMismatch`.
    function dispute(uint64 payerNonce, Terms calldata terms, Submission calldata submission) external {
        (bytes32 jobId, Job storage job, JobWord word) = _findSubmitted(msg.sender, payerNonce, terms, submission);
        if (word.state() != JobWords.SUBMITTED) revert WrongState(jobId, word.state());
        uint256 latest = word.since() + terms.challengeSeconds;
        if (block.timestamp >= latest) revert TooLate(jobId, latest);
        job.word = word.moved(JobWords.DISPUTED, block.timestamp);
        emit JobDisputed(jobId, block.timestamp + VERDICT_TIME);
    }

    /// @notice Settles what nobody has challenged. Anyone, from the end of the challenge window on.
    /// @param payer Who pays for the job.
    /// @param payerNonce Number of the job, from its `JobCreated` event.
    /// @param terms Terms of the job, as created; others revert with `TermsMismatch`.
    /// @param submission What the provider submitted; anything else reverts with `TermsMismatch`.
    function settle(address payer, uint64 payerNonce, Terms calldata terms, Submission calldata submission) external {
        (bytes32 jobId, Job storage job, JobWord word) = _findSubmitted(payer, payerNonce, terms, submission);
        if (word.state() != JobWords.SUBMITTED) revert WrongState(jobId, word.state());
        if (terms.attested) revert JobIsAttested(jobId);
        uint256 earliest = word.since() + terms.challengeSeconds;
        if (block.timestamp < earliest) revert TooEarly(jobId, earliest);
        uint256 price = _priceOf(terms, submission.units);
        _end(jobId, job, payer, terms, word, End(Ending.Unchallenged, price, submission.units, 0));
    }

    /// @notice Settles half of a job that waits for a verdict which has not come in time. Anyone.
    /// @param payer Who pays for the job.
    /// @param payerNonce Number of the job, from its `JobCreated` event.
    /// @param terms Terms of the job, as created; others revert with `TermsMismatch`.
    /// @param submission What the provider submitted; anything else reverts with `TermsMismatch`.
    function settleSilent(
        address payer,
        uint64 payerNonce,
        Terms calldata terms,
        Submission calldata submission
    ) external {
        (bytes32 jobId, Job storage job, JobWord word) = _findSubmitted(payer, payerNonce, terms, submission);
        uint256 earliest = word.since() + VERDICT_TIME;
        if (word.state() == JobWords.SUBMITTED) {
            if (!terms.attested) revert WrongState(jobId, JobWords.SUBMITTED);
            earliest += terms.challengeSeconds;
        }
        if (block.timestamp < earliest) revert TooEarly(jobId, earliest);
        uint256 half = _priceOf(terms, submission.units) / 2;
        _end(jobId, job, payer, terms, word, End(Ending.Silent, half, submission.units, 0));
    }

    /// @notice Takes a job from a provider who has missed its deadline and the grace, and opens it again. Anyone.
    /// @param payer Who pays for the job.
    /// @param payerNonce Number of the job, from its `JobCreated` event.
    /// @param terms Terms of the job, as created; others revert with `TermsMismatch`.
    function reopen(address payer, uint64 payerNonce, Terms calldata terms) external {
        (bytes32 jobId, Job storage job, JobWord word) = _find(payer, payerNonce, terms, JobWords.ASSIGNED);
        _requireMissed(jobId, terms, word);
        job.word = _missed(jobId, payer, terms, word);
    }

    /// @notice Ends a job that can no longer be done: past its final time or without an assignment left, and open or
    /// missed. Anyone.
    /// @param payer Who pays for the job.
    /// @param payerNonce Number of the job, from its `JobCreated` event.
    /// @param terms Terms of the job, as created; others revert with `TermsMismatch`.
    function refund(address payer, uint64 payerNonce, Terms calldata terms) external {
        bool assigned = _at(jobIdOf(payer, payerNonce)).word.state() == JobWords.ASSIGNED;
        (bytes32 jobId, Job storage job, JobWord word) = _find(
            payer,
            payerNonce,
            terms,
            assigned ? JobWords.ASSIGNED : JobWords.OPEN
        );
        if (word.attempt() < MAX_ATTEMPTS) {
            uint256 earliest = word.created() + terms.finalSeconds;
            if (block.timestamp < earliest) revert TooEarly(jobId, earliest);
        }
        if (assigned) {
            _requireMissed(jobId, terms, word);
            word = _missed(jobId, payer, terms, word);
        }
        _end(jobId, job, payer, terms, word, End(Ending.Refunded, 0, 0, 0));
    }

    /// @notice The caller, who is the payer, takes an open job back.
    /// @param payerNonce Number of the job, from its `JobCreated` event.
    /// @param terms Terms of the job, as created; others revert with `TermsMismatch`.
    function cancel(uint64 payerNonce, Terms calldata terms) external {
        (bytes32 jobId, Job storage job, JobWord word) = _find(msg.sender, payerNonce, terms, JobWords.OPEN);
        _end(jobId, job, msg.sender, terms, word, End(Ending.Cancelled, 0, 0, 0));
    }

    /// @inheritdoc IOfferBook
    function killOffers(address provider) external {
        if (msg.sender != address(staking)) revert NotStaking(msg.sender);
        _killOffers(provider);
    }

    /// @inheritdoc IOfferBook
    function feesPaidOf(address provider, address asset) external view returns (uint256) {
        return _feesPaid(provider, asset);
    }

    /// @dev Writes a job of the caller, open or, with a provider, in its first assignment.
    function _create(Terms calldata terms, bytes32 hash, address provider) private returns (bytes32 jobId) {
        _checkTerms(terms);
        uint64 nonce = _enter();
        jobId = jobIdOf(msg.sender, nonce);
        Job storage job = _at(jobId);
        job.commitment = hash;
        job.word =
            provider == address(0)
                ? JobWords.pack(provider, block.timestamp, block.timestamp, JobWords.OPEN, 0, 0)
                : JobWords.pack(provider, block.timestamp, block.timestamp, JobWords.ASSIGNED, 1, 0);
        emit JobCreated(jobId, msg.sender, provider, nonce, terms);
    }

    function _lockFunds(Terms calldata terms, bool fromCredit) private {
        _fund(terms.asset, msg.sender, terms.budget + FeeMath.share(terms.budget, DISPUTE_BPS), fromCredit);
    }

    /// @dev The bounds of `Terms`. Reads every narrow member, so that words with bits above their type are refused.
    function _checkTerms(Terms calldata terms) private view {
        bytes32 field;
        if (_outside(terms.verifier, 1, MAX_VERIFIER)) field = "verifier";
        if (terms.unitPrice == 0) field = "unitPrice";
        if (terms.maxUnits == 0) field = "maxUnits";
        if (terms.budget == 0) field = "budget";
        if (terms.bond < MIN_BOND) field = "bond";
        uint256 work = terms.workSeconds;
        if (_outside(work, MIN_WORK, MAX_WORK)) field = "workSeconds";
        if (_outside(terms.challengeSeconds, MIN_CHALLENGE, MAX_CHALLENGE)) field = "challengeSeconds";
        if (_outside(terms.finalSeconds, work + GRACE, MAX_FINAL)) field = "finalSeconds";
        if (field != 0) revert TermsOutOfBounds(field);
        if (!isAllowed(terms.asset)) revert AssetNotAllowed(terms.asset);
    }

    function _outside(uint256 value, uint256 min, uint256 max) private pure returns (bool) {
        return value < min || value > max;
    }

    function _requireMissed(bytes32 jobId, Terms calldata terms, JobWord word) private view {
        uint256 earliest = word.since() + terms.workSeconds + GRACE;
        if (block.timestamp < earliest) revert TooEarly(jobId, earliest);
    }
}
