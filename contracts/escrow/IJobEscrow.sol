// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice How a job came to its end.
enum Ending {
    None,
    Accepted,
    Unchallenged,
    Valid,
    Proven,
    Silent,
    Wrong,
    Refunded,
    Cancelled
}

/// @notice What payer and provider agree on. The escrow keeps only the hash, `keccak256(abi.encode(terms))`.
/// @param specHash Content hash of the job's specification.
/// @param verifier 1 committee, deterministic; 2 committee, scored (never slashes a wrong result); 3 zk proof.
/// @param verifierConfigHash Policy of the verifier; for zk the key id.
/// @param asset What the job is paid in: STUN or an allowed asset.
/// @param unitPrice Base units of the asset for one unit of work.
/// @param maxUnits Most units that the provider may submit.
/// @param budget Most that the job can cost, in base units of the asset.
/// @param bond STUN of the provider that is locked, in base units, at least 1 STUN.
/// @param modelId Model whose creator earns a royalty; zero for none.
/// @param workSeconds From assignment to the deadline, 600 to 604,800.
/// @param challengeSeconds From submission to the end of the challenge window, 3,600 to 259,200.
/// @param finalSeconds From creation to when the job can be refunded, at most 1,814,400.
/// @param attested The job waits for a verdict instead of being settled unchallenged.
struct Terms {
    bytes32 specHash;
    uint8 verifier;
    bytes32 verifierConfigHash;
    address asset;
    uint128 unitPrice;
    uint64 maxUnits;
    uint96 budget;
    uint96 bond;
    bytes32 modelId;
    uint32 workSeconds;
    uint32 challengeSeconds;
    uint32 finalSeconds;
    bool attested;
}

/// @notice A provider's signed readiness to be assigned: EIP-712 `Offer(bytes32 terms,address payer,uint64 nonce,uint64 expiry)`.
/// @param payer Who may use it; the zero address for anybody.
/// @param nonce Used once, see `IJobEscrow.offerWindow`.
/// @param expiry Unix seconds; dead from then on.
/// @param r First half of the signature.
/// @param vs Second half with the parity in its highest bit (EIP-2098).
struct Offer {
    address payer;
    uint64 nonce;
    uint64 expiry;
    bytes32 r;
    bytes32 vs;
}

/// @notice What a provider has submitted.
/// @param resultHash `keccak256(abi.encode(jobId, attempt, provider, outputHash))`.
/// @param units Units of work that it claims.
struct Submission {
    bytes32 resultHash;
    uint64 units;
}

/// @notice One leaf of a signed batch, with what the escrow needs to apply it.
/// @param payer Payer of the job.
/// @param payerNonce Nonce of the job; with the payer it gives the jobId of the leaf.
/// @param attempt Assignment that is judged.
/// @param provider Provider of that assignment.
/// @param outcome 1 Valid, 2 Wrong, 3 Undelivered.
/// @param units Units that were really delivered.
/// @param submission What was submitted; its resultHash is the one of the leaf.
/// @param terms Terms of the job.
struct Verdict {
    address payer;
    uint64 payerNonce;
    uint8 attempt;
    address provider;
    uint8 outcome;
    uint64 units;
    Submission submission;
    Terms terms;
}

/// @title Events and errors of the job escrow
/// @notice A job is named by (payer, payerNonce); `jobId = keccak256(abi.encode(eid, escrow, payer, payerNonce))`.
interface IJobEscrow {
    /// @notice A job was created and funded. Whoever acts on it later supplies these terms again. With a `provider`, which
    /// is not zero when an offer was used, the job is in its first assignment and the bond is locked.
    /// @param jobId Id of the job.
    /// @param payer Who pays for the job and may dispute.
    /// @param provider Provider of the assignment; zero when there was none.
    /// @param payerNonce Number that the escrow gave the job.
    /// @param terms Terms of the job.
    event JobCreated(
        bytes32 indexed jobId,
        address indexed payer,
        address indexed provider,
        uint64 payerNonce,
        Terms terms
    );
    /// @notice `provider` accepted an open job and its bond was locked.
    /// @param jobId Id of the job.
    /// @param provider Provider of the assignment; zero when there was none.
    /// @param attempt Number of the assignment, 1 to 3.
    event JobAssigned(bytes32 indexed jobId, address indexed provider, uint8 attempt);
    /// @notice The provider submitted a result.
    /// @param jobId Id of the job.
    /// @param provider Provider of the assignment; zero when there was none.
    /// @param attempt Number of the assignment, 1 to 3.
    /// @param resultHash `keccak256(abi.encode(jobId, attempt, provider, outputHash))`.
    /// @param units Units of work.
    event JobSubmitted(
        bytes32 indexed jobId,
        address indexed provider,
        uint8 attempt,
        bytes32 resultHash,
        uint64 units
    );
    /// @notice The payer disputes the result; the committee has until `verdictBy`.
    /// @param jobId Id of the job.
    /// @param verdictBy From when anyone can settle without a verdict, in unix seconds.
    event JobDisputed(bytes32 indexed jobId, uint256 verdictBy);
    /// @notice The provider did not deliver and lost a part of its bond, of which `bounty` is for who is paid for the job.
    /// The job is open for another provider, unless `JobEnded` follows in the same transaction.
    /// @param jobId Id of the job.
    /// @param provider Provider of the assignment; zero when there was none.
    /// @param attempt Number of the assignment, 1 to 3.
    /// @param bounty Half of the slash, rounded down, in base units of STUN.
    event JobMissed(bytes32 indexed jobId, address indexed provider, uint8 attempt, uint256 bounty);
    /// @notice The job is over and deleted. `price`, for `units`, was split; the rest went back to the payer.
    /// @param jobId Id of the job.
    /// @param provider Provider of the assignment; zero when there was none.
    /// @param ending How the job came to its end.
    /// @param price Base units of the job's asset.
    /// @param fee Protocol's part of the price, which the provider's reward is bounded by.
    /// @param units Units of work.
    event JobEnded(
        bytes32 indexed jobId,
        address indexed provider,
        Ending ending,
        uint256 price,
        uint256 fee,
        uint64 units
    );
    /// @notice A part of the provider's bond was slashed at the end of a job and `paid` credited to the payer.
    /// @param jobId Id of the job.
    /// @param provider Provider of the assignment; zero when there was none.
    /// @param slashed Taken from the bond, in base units of STUN.
    /// @param paid Credited to the payer, in base units of STUN; the rest is burned.
    event BondSlashed(bytes32 indexed jobId, address indexed provider, uint256 slashed, uint256 paid);
    /// @notice A leaf of a batch did not fit its job's state and was passed over.
    /// @param jobId Id of the job.
    /// @param attempt Number of the assignment, 1 to 3.
    event VerdictSkipped(bytes32 indexed jobId, uint8 attempt);
    /// @notice Offers of `provider` below `floor` are dead.
    /// @param provider Provider of the assignment; zero when there was none.
    /// @param floor Lowest nonce that may still be used.
    event OfferFloorRaised(address indexed provider, uint64 floor);

    /// @notice The member of the terms that `field` names (its name in ASCII) is outside the bounds given at `Terms`.
    /// @param field Name of the member in ASCII, left-aligned.
    error TermsOutOfBounds(bytes32 field);
    /// @notice The job is in another state than the call needs; state 0 means that it does not exist or is over.
    /// @param jobId Id of the job.
    /// @param state State of the job: 0 none, 1 open, 2 assigned, 3 submitted, 4 disputed.
    error WrongState(bytes32 jobId, uint256 state);
    /// @notice These are not the terms (and, after submission, not the submission) of the job.
    /// @param jobId Id of the job.
    error TermsMismatch(bytes32 jobId);
    /// @notice The call comes before `earliest`.
    /// @param jobId Id of the job.
    /// @param earliest From when the call is taken, in unix seconds.
    error TooEarly(bytes32 jobId, uint256 earliest);
    /// @notice The call comes at or after `latest`.
    /// @param jobId Id of the job.
    /// @param latest First second in which the call is refused, in unix seconds.
    error TooLate(bytes32 jobId, uint256 latest);
    /// @notice The caller is not the provider of the assignment.
    /// @param caller Who called.
    /// @param provider Who has the assignment.
    error NotProvider(address caller, address provider);
    /// @notice All assignments of the job are used.
    /// @param jobId Id of the job.
    error NoAttemptsLeft(bytes32 jobId);
    /// @notice More units than the terms allow.
    /// @param units Units of work.
    /// @param maxUnits Most units that the terms allow.
    error TooManyUnits(uint64 units, uint64 maxUnits);
    /// @notice A result hash must not be zero.
    error EmptyResult();
    /// @notice The proof holds, but not for this job: its terms name another verifier than zk, it has no such submission, or the
    /// verdict is not Valid with the units of the key.
    /// @param jobId Id of the job.
    error NotProvable(bytes32 jobId);
    /// @notice The job waits for a verdict.
    /// @param jobId Id of the job.
    error JobIsAttested(bytes32 jobId);
    /// @notice The offer's signature recovers nobody: zero, high s, or malformed.
    error InvalidOfferSignature();
    /// @notice The offer has expired.
    /// @param expiry Unix seconds; the offer is dead from then on.
    error OfferExpired(uint64 expiry);
    /// @notice The offer is for another payer.
    /// @param payer Who may use the offer.
    /// @param caller Who called.
    error OfferForAnotherPayer(address payer, address caller);
    /// @notice The nonce was used, lies below the provider's floor, or is 2^32 or more above it.
    /// @param provider Who signed the offer.
    /// @param nonce Nonce of the offer.
    /// @param floor Lowest nonce of the provider that may still be used.
    error OfferDead(address provider, uint64 nonce, uint64 floor);
    /// @notice The new floor is not above the old one, or too far above it.
    /// @param floor The floor that was asked for.
    /// @param current The floor of now.
    error InvalidFloor(uint64 floor, uint64 current);
    /// @notice The caller is not the staking contract.
    /// @param caller Who called.
    error NotStaking(address caller);
    /// @notice A batch has 1 to 256 leaves.
    /// @param leaves How many leaves were given.
    /// @param max Most that are taken.
    error InvalidBatch(uint256 leaves, uint256 max);
}
