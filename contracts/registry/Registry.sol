// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ICommittee } from "../governance/ICommittee.sol";
import { IOfferBook } from "../escrow/IOfferBook.sol";
import { IStaking } from "../staking/IStaking.sol";
import { IRegistry } from "./IRegistry.sol";

/// @title Providers, their GPUs, and models
/// @notice Nobody owns it: a provider speaks for itself, the committee attests to hardware, and what is first stays first.
/// Amounts are base units of STUN, times unix seconds.
contract Registry is IRegistry {
    /// @notice Longest validity of a tier attestation, in seconds.
    uint256 public constant MAX_ATTESTATION = 90 days;
    /// @notice Principal that a provider must have bonded for its first attestation, in base units.
    uint256 public constant MIN_BONDED = 1_000e18;
    /// @notice How long an early provider earns twice, in seconds.
    uint256 public constant EARLY_SECONDS = 180 days;
    /// @notice Least and longest time from a model's commitment to its registration, in seconds.
    uint256 public constant COMMIT_DELAY = 600;
    /// @notice A commitment is void after this time, in seconds.
    uint256 public constant COMMIT_LIFETIME = 7 days;

    bytes32 private constant TIER_TYPEHASH = keccak256(
        "TierAttestation(bytes32 target,uint64 version,bytes32 provider,bytes32 gpuId,uint8 tier,uint64 expiry)"
    );

    /// @notice A provider as it stands.
    /// @param referrer Who referred it; fixed at registration, zero for nobody.
    /// @param earlyUntil Before this time its work earns twice; zero when it has no early rank.
    /// @param gpus How many GPUs are attested to it.
    struct Provider {
        address referrer;
        uint40 earlyUntil;
        uint32 gpus;
        bool registered;
    }

    /// @notice A GPU as the committee last attested it.
    /// @param provider The provider of the first attestation, for ever.
    /// @param tier 1 (fastest) to 4.
    /// @param expiry The attestation counts before this time.
    struct Gpu {
        address provider;
        uint8 tier;
        uint40 expiry;
    }

    /// @notice A model, for ever.
    /// @param creator First registrant.
    /// @param version 1 for a first version.
    struct Model {
        address creator;
        uint32 version;
    }

    /// @notice Who attests to hardware.
    ICommittee public immutable committee;
    /// @notice Where providers have their bonded positions.
    IStaking public immutable staking;
    /// @notice How many providers of this chain get an early rank.
    uint256 public immutable earlyRanks;
    /// @notice How many have one.
    uint256 public earlyTaken;

    /// @notice Providers by account.
    mapping(address account => Provider) public providers;
    /// @notice GPUs by their id, which is unique over all chains.
    mapping(bytes32 gpuId => Gpu) public gpus;
    /// @notice Models by content hash.
    mapping(bytes32 contentHash => Model) public models;
    /// @notice When a commitment to register a model was made.
    mapping(bytes32 commitment => uint256) public committedAt;

    /// @notice A provider registered; `referrer` is fixed from now on.
    /// @param provider Account of the provider.
    /// @param referrer Who earns a part of its work; zero for nobody.
    /// @param endpoint Where it is reached.
    event ProviderRegistered(address indexed provider, address indexed referrer, string endpoint);
    /// @notice A provider is reached at another endpoint.
    /// @param provider Account of the provider.
    /// @param endpoint Where it is reached.
    event EndpointSet(address indexed provider, string endpoint);
    /// @notice The committee attested that a GPU is of a tier.
    /// @param provider Account of the provider.
    /// @param gpuId Id of the GPU, unique over all chains.
    /// @param tier 1 (fastest) to 4.
    /// @param expiry The attestation counts before this time, in unix seconds.
    event TierAttested(address indexed provider, bytes32 indexed gpuId, uint8 tier, uint64 expiry);
    /// @notice A provider earns twice until `until`.
    /// @param provider Account of the provider.
    /// @param rank Number of the early rank, counted from 1.
    /// @param until Unix seconds.
    event EarlyRankGiven(address indexed provider, uint256 rank, uint256 until);
    /// @notice Somebody will register a model.
    /// @param commitment See `commitmentOf`.
    event ModelCommitted(bytes32 indexed commitment);
    /// @notice A model was registered; its creator is fixed from now on.
    /// @param contentHash keccak256 of the model's content.
    /// @param creator Who registered it first.
    /// @param previous The version that it follows; zero for a first version.
    /// @param version 1 for a first version.
    event ModelRegistered(
        bytes32 indexed contentHash,
        address indexed creator,
        bytes32 indexed previous,
        uint32 version
    );

    /// @notice A contract address is zero.
    error ZeroAddress();
    /// @notice The caller is registered already.
    /// @param provider Account of the provider.
    error AlreadyRegistered(address provider);
    /// @notice The provider is not registered.
    /// @param provider Account of the provider.
    error NotRegistered(address provider);
    /// @notice Nobody refers itself.
    /// @param provider Account of the provider.
    error SelfReferral(address provider);
    /// @notice A tier is 1 to 4.
    /// @param tier 1 (fastest) to 4.
    error InvalidTier(uint8 tier);
    /// @notice The attestation has expired, or lasts longer than `MAX_ATTESTATION`.
    /// @param expiry The attestation counts before this time, in unix seconds.
    /// @param earliest Least expiry that is taken, in unix seconds.
    /// @param latest Largest expiry that is taken, in unix seconds.
    error InvalidExpiry(uint64 expiry, uint256 earliest, uint256 latest);
    /// @notice Another provider's GPU: the first attestation wins.
    /// @param gpuId Id of the GPU, unique over all chains.
    /// @param provider Whose GPU it is.
    error GpuTaken(bytes32 gpuId, address provider);
    /// @notice A later attestation of the GPU is known already.
    /// @param gpuId Id of the GPU, unique over all chains.
    /// @param expiry The attestation counts before this time, in unix seconds.
    /// @param known Expiry of the attestation known, in unix seconds.
    error StaleAttestation(bytes32 gpuId, uint64 expiry, uint40 known);
    /// @notice The provider has bonded less than the first attestation needs, or is leaving.
    /// @param provider Account of the provider.
    /// @param principal What is bonded, in base units of STUN; 0 for one that is leaving.
    /// @param min What must be bonded, in base units of STUN.
    error BondTooSmall(address provider, uint256 principal, uint256 min);
    /// @notice The model is registered already.
    /// @param contentHash keccak256 of the model's content.
    /// @param creator Who registered it first.
    error ModelTaken(bytes32 contentHash, address creator);
    /// @notice A content hash is not zero.
    error EmptyContent();
    /// @notice The commitment was made before.
    /// @param commitment See `commitmentOf`.
    error AlreadyCommitted(bytes32 commitment);
    /// @notice The commitment is missing, too young or too old.
    /// @param commitment See `commitmentOf`.
    /// @param committedAt When it was committed to, in unix seconds; zero when it was not.
    error CommitmentNotReady(bytes32 commitment, uint256 committedAt);
    /// @notice Only the creator of a model adds a version to it.
    /// @param contentHash keccak256 of the model's content.
    /// @param creator Who registered it first.
    error NotCreator(bytes32 contentHash, address creator);

    /// @notice Reverts with `ZeroAddress` without committee or staking.
    /// @param committee_ Attests to hardware.
    /// @param staking_ Has the bonded positions.
    /// @param earlyRanks_ Early ranks of this chain: 10,000 times its share of the emission.
    constructor(ICommittee committee_, IStaking staking_, uint256 earlyRanks_) {
        if (address(committee_) == address(0) || address(staking_) == address(0)) revert ZeroAddress();
        committee = committee_;
        staking = staking_;
        earlyRanks = earlyRanks_;
    }

    /// @notice Registers the caller as a provider.
    /// @param endpoint Where it is reached.
    /// @param referrer Who referred it, for ever; zero for nobody.
    function register(string calldata endpoint, address referrer) external {
        if (providers[msg.sender].registered) revert AlreadyRegistered(msg.sender);
        if (referrer == msg.sender) revert SelfReferral(msg.sender);
        providers[msg.sender] = Provider(referrer, 0, 0, true);
        emit ProviderRegistered(msg.sender, referrer, endpoint);
    }

    /// @notice The caller, a provider, is reached at `endpoint` from now on.
    /// @param endpoint Where it is reached; in the event alone, not in storage.
    function setEndpoint(string calldata endpoint) external {
        if (!providers[msg.sender].registered) revert NotRegistered(msg.sender);
        emit EndpointSet(msg.sender, endpoint);
    }

    /// @notice Takes the committee's attestation that a GPU of `provider` is of `tier`. Anyone may bring it.
    /// The first attestation of a provider needs `MIN_BONDED` bonded, and gives it an early rank while there are any.
    /// @param provider A registered provider.
    /// @param gpuId Unique over all chains; another provider's reverts with `GpuTaken`.
    /// @param tier 1 (fastest) to 4.
    /// @param expiry Unix seconds, at most `MAX_ATTESTATION` from now; never earlier than the attestation known.
    /// @param version Committee version that signed; see `ICommittee.assertSigned` for it and `signatures`.
    /// @param signatures See `ICommittee.assertSigned`.
    function attest(
        address provider,
        bytes32 gpuId,
        uint8 tier,
        uint64 expiry,
        uint64 version,
        bytes calldata signatures
    ) external {
        Provider memory known = providers[provider];
        if (!known.registered) revert NotRegistered(provider);
        if (tier == 0 || tier > 4) revert InvalidTier(tier);
        if (expiry <= block.timestamp || expiry > block.timestamp + MAX_ATTESTATION) {
            revert InvalidExpiry(expiry, block.timestamp + 1, block.timestamp + MAX_ATTESTATION);
        }
        Gpu memory gpu = gpus[gpuId];
        if (gpu.provider != address(0) && gpu.provider != provider) revert GpuTaken(gpuId, gpu.provider);
        if (expiry <= gpu.expiry) revert StaleAttestation(gpuId, expiry, gpu.expiry);
        bytes32 target = bytes32(uint256(uint160(address(this))));
        bytes32 account = bytes32(uint256(uint160(provider)));
        committee.assertSigned(
            keccak256(abi.encode(TIER_TYPEHASH, target, version, account, gpuId, tier, expiry)),
            version,
            signatures
        );
        gpus[gpuId] = Gpu(provider, tier, uint40(expiry));
        if (gpu.provider == address(0)) _addGpu(provider, known);
        emit TierAttested(provider, gpuId, tier, expiry);
    }

    /// @notice Announces a registration without saying of what, so that nobody can be first with another's model.
    /// @param commitment `commitmentOf` of the model, the registrant and a salt of its own.
    function commitModel(bytes32 commitment) external {
        if (committedAt[commitment] != 0) revert AlreadyCommitted(commitment);
        committedAt[commitment] = block.timestamp;
        emit ModelCommitted(commitment);
    }

    /// @notice Registers a model that the caller committed to between `COMMIT_DELAY` and `COMMIT_LIFETIME` ago.
    /// @param contentHash keccak256 of the model's content; its id.
    /// @param previous The version that it follows, of the same creator; zero for a first version.
    /// @param salt The commitment's salt.
    function registerModel(bytes32 contentHash, bytes32 previous, bytes32 salt) external {
        if (contentHash == 0) revert EmptyContent();
        address taken = models[contentHash].creator;
        if (taken != address(0)) revert ModelTaken(contentHash, taken);
        bytes32 commitment = commitmentOf(contentHash, msg.sender, salt);
        uint256 at = committedAt[commitment];
        if (at == 0 || block.timestamp < at + COMMIT_DELAY || block.timestamp > at + COMMIT_LIFETIME) {
            revert CommitmentNotReady(commitment, at);
        }
        uint32 version = 1;
        if (previous != 0) {
            Model memory before = models[previous];
            if (before.creator != msg.sender) revert NotCreator(previous, before.creator);
            version = before.version + 1;
        }
        models[contentHash] = Model(msg.sender, version);
        emit ModelRegistered(contentHash, msg.sender, previous, version);
    }

    /// @inheritdoc IRegistry
    function referrerOf(address provider) external view returns (bool registered, address referrer) {
        Provider storage known = providers[provider];
        return (known.registered, known.referrer);
    }

    /// @inheritdoc IRegistry
    function creatorOf(bytes32 modelId) external view returns (address creator) {
        return models[modelId].creator;
    }

    /// @notice Tier of a GPU for its provider, or 0 when no attestation is valid now.
    /// @param gpuId Id of the GPU, unique over all chains.
    /// @return tier 1 (fastest) to 4, or 0.
    function tierOf(bytes32 gpuId) external view returns (uint8 tier) {
        Gpu storage gpu = gpus[gpuId];
        return block.timestamp < gpu.expiry ? gpu.tier : 0;
    }

    /// @notice Reputation of a provider as `escrow` counts it: name the escrow that you would trust with a job. A provider can bond
    /// to a contract of its own, which would say anything.
    /// @param escrow A job escrow.
    /// @param provider Account of the provider.
    /// @param asset STUN or an allowed asset.
    /// @return feesPaid Fees that its work in `asset` has paid there; see `IOfferBook.feesPaidOf` for the unit.
    /// @return failures Assignments that ended in a slash, by all the positions that it ever bonded there.
    function reputationOf(
        address escrow,
        address provider,
        address asset
    ) external view returns (uint256 feesPaid, uint256 failures) {
        return (IOfferBook(escrow).feesPaidOf(provider, asset), staking.slashesOf(escrow, provider));
    }

    /// @notice What `commitModel` takes.
    /// @param contentHash keccak256 of the model's content.
    /// @param registrant Who will register the model.
    /// @param salt A number that nobody can guess.
    /// @return keccak256 of the three.
    function commitmentOf(bytes32 contentHash, address registrant, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(contentHash, registrant, salt));
    }

    function _addGpu(address provider, Provider memory known) private {
        if (known.gpus == 0) {
            IStaking.Bond memory bond = staking.bondOf(provider);
            uint256 counted = bond.exitRequestedAt == 0 ? bond.principal : 0;
            if (counted < MIN_BONDED) revert BondTooSmall(provider, counted, MIN_BONDED);
            if (earlyTaken < earlyRanks) {
                known.earlyUntil = uint40(block.timestamp + EARLY_SECONDS);
                emit EarlyRankGiven(provider, ++earlyTaken, known.earlyUntil);
            }
        }
        ++known.gpus;
        providers[provider] = known;
    }
}
