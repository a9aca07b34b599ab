// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Offer, Submission, Terms, Verdict } from "../../contracts/escrow/IJobEscrow.sol";
import { IVestingVault } from "../../contracts/vesting/IVestingVault.sol";
import { IEmissionVault } from "../../contracts/emission/IEmissionVault.sol";

// What the handlers call, by signature alone: importing the contracts themselves would compile them a second time. A
// signature that drifts from the contract's shows as a handler that never succeeds, which fails the campaign.

struct Channel {
    address payer;
    address provider;
    address signer;
    address asset;
    bytes32 modelId;
    uint32 closeDelay;
    uint64 nonce;
}

struct Voucher {
    uint128 cumulative;
    bytes32 receiptsRoot;
    bytes32 r;
    bytes32 vs;
}

struct EscrowSetup {
    address owner;
    address guardian;
    address stun;
    address registry;
    address staking;
    address committee;
    address proofs;
    address treasury;
    uint32 eid;
}

interface IToken {
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
    function approve(address spender, uint256 amount) external returns (bool);
    function burn(uint256 amount) external;
    function burnFrom(address account, uint256 amount) external;
    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) external;
    function nonces(address owner) external view returns (uint256);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function balanceOf(address account) external view returns (uint256);
    function totalSupply() external view returns (uint256);
}

interface IHostileToken is IToken {
    enum Mode {
        Plain,
        TakesFee,
        ReturnsFalse,
        ReturnsNothing,
        Reenters,
        BurnsGas,
        ReturnsBomb
    }

    function mint(address to, uint256 amount) external;
    function setMode(Mode mode) external;
    function mode() external view returns (Mode);
    function freeze(address account, bool frozen) external;
    function setCall(address target, bytes calldata data) external;
}

interface IOwned {
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function transferOwnership(address to) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
}

interface IGuarded is IOwned {
    error EntryPaused(uint48 until);

    function guardian() external view returns (address);
    function setGuardian(address guardian) external;
    function pause(uint48 duration) external;
    function unpause() external;
    function pausedUntil() external view returns (uint48);
    function pauseAllowedAt() external view returns (uint96);
}

interface IMulti {
    function multicall(bytes[] calldata data) external returns (bytes[] memory);
    function selfPermit(IToken token, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
}

interface ILedger is IGuarded, IMulti {
    function setAsset(address asset, bool allowed) external;
    function setFeeTargets(address treasury, address buybackVault) external;
    function withdraw(address asset, address account) external returns (uint256);
    function withdrawTo(address asset, address to) external returns (uint256);
    function sweepReferral(address asset, address provider) external;
    function sweepRoyalty(address asset, bytes32 modelId) external;
    function sweepFees(address asset) external;
    function creditOf(address asset, address account) external view returns (uint256);
    function referralOf(address asset, address provider) external view returns (uint256);
    function royaltyOf(address asset, bytes32 modelId) external view returns (uint256);
    function feesOf(address asset) external view returns (uint256 toBurn, uint256 toTreasury);
    function nextNonce() external view returns (uint64);
    function burned() external view returns (uint256);
}

interface IEscrow is ILedger {
    function post(Terms calldata terms, bool fromCredit) external returns (bytes32);
    function create(Terms calldata terms, Offer calldata offer, bool fromCredit) external returns (bytes32);
    function accept(address payer, uint64 nonce, Terms calldata terms) external;
    function submit(address payer, uint64 nonce, Terms calldata terms, Submission calldata given) external;
    function acceptResult(uint64 nonce, Terms calldata terms, Submission calldata given) external;
    function dispute(uint64 nonce, Terms calldata terms, Submission calldata given) external;
    function settle(address payer, uint64 nonce, Terms calldata terms, Submission calldata given) external;
    function settleSilent(address payer, uint64 nonce, Terms calldata terms, Submission calldata given) external;
    function reopen(address payer, uint64 nonce, Terms calldata terms) external;
    function refund(address payer, uint64 nonce, Terms calldata terms) external;
    function cancel(uint64 nonce, Terms calldata terms) external;
    function killOffers(address provider) external;
    function cancelOffers(uint64 floor) external;
    function applyVerdicts(Verdict[] calldata verdicts, uint64 version, bytes calldata signatures) external;
    function prove(Verdict calldata verdict, bytes calldata proof) external;
    function offerWindow(address provider) external view returns (uint64 floor, uint192 used);
    function jobIdOf(address payer, uint64 nonce) external view returns (bytes32);
    function jobOf(
        bytes32 id
    ) external view returns (bytes32, uint256 state, address provider, uint256 attempt, uint256, uint256, uint256);
}

interface IChannels is ILedger {
    function open(Channel memory channel, uint96 deposit, bool fromCredit) external returns (bytes32);
    function redeem(Channel calldata channel, Voucher calldata voucher) external;
    function close(Channel calldata channel) external;
    function finish(Channel calldata channel) external;
    function channelOf(bytes32 id) external view returns (uint256 deposit, uint256 redeemed, uint256 closesAt);
    function channelIdOf(Channel calldata channel) external view returns (bytes32);
}

interface IStake is IGuarded, IMulti {
    struct Position {
        uint256 principal;
        uint256 rate;
        uint256 start;
        uint256 end;
        uint256 multiplier;
        address bondedTo;
        uint256 reserved;
        uint256 claimable;
        bool exiting;
    }

    struct Bond {
        address escrow;
        uint256 id;
        uint256 principal;
        uint256 locked;
        uint256 exitRequestedAt;
    }

    function open(uint256 principal, uint256 lock, uint256 minReward) external returns (uint256);
    function renew(uint256 id, uint256 add, uint256 lock, uint256 minReward) external;
    function claim(uint256 id) external returns (uint256);
    function bond(uint256 id, address escrow) external;
    function requestExit(uint256 id) external;
    function unbond(uint256 id) external;
    function exit(uint256 id) external;
    function addReserve(uint256 amount) external;
    function lockBond(address provider, uint256 amount) external;
    function unlockBond(address provider, uint256 amount) external;
    function slashBond(address provider, uint256 locked, uint256 slashed) external returns (uint256);
    function collectSlashed(address escrow) external returns (uint256);
    function delegate(address to) external;
    function delegateBySig(address to, uint256 nonce, uint256 expiry, uint8 v, bytes32 r, bytes32 s) external;
    function nonces(address owner) external view returns (uint256);
    function getVotes(address account) external view returns (uint256);
    function delegates(address account) external view returns (address);
    function freeReserve() external view returns (uint256);
    function totals() external view returns (uint256 principal, uint256 reserved);
    function slashedAt(address escrow) external view returns (uint256 toBurn, uint256 owed);
    function burned() external view returns (uint256);
    function positionOf(address owner, uint256 id) external view returns (Position memory);
    function bondOf(address provider) external view returns (Bond memory);
}

interface IRegister {
    function register(string calldata endpoint, address referrer) external;
    function setEndpoint(string calldata endpoint) external;
    function attest(address, bytes32 gpuId, uint8 tier, uint64 expiry, uint64 version, bytes calldata) external;
    function commitModel(bytes32 commitment) external;
    function registerModel(bytes32 contentHash, bytes32 previous, bytes32 salt) external;
    function commitmentOf(bytes32 contentHash, address registrant, bytes32 salt) external pure returns (bytes32);
    function referrerOf(address provider) external view returns (bool, address);
    function creatorOf(bytes32 modelId) external view returns (address);
    function gpus(bytes32 gpuId) external view returns (address provider, uint8 tier, uint40 expiry);
    function earlyTaken() external view returns (uint256);
    function earlyRanks() external view returns (uint256);
}

interface ICommitteeOf is IOwned {
    function setMembers(address[] calldata members, uint256 threshold) external;
    function stop(uint48 duration) external;
    function resume() external;
    function setGuardian(address guardian) external;
    function guardian() external view returns (address);
    function version() external view returns (uint64);
    function stoppedUntil() external view returns (uint48);
    function stopAllowedAt() external view returns (uint48);
    function domainSeparator() external view returns (bytes32);
}

interface ITreasury is IOwned {
    function pay(address asset, address to, uint256 amount) external;
    function revoke(IVestingVault vesting, uint256 id) external;
    function forget(address asset) external;
    function available(address asset) external view returns (uint256);
}

interface IVesting is IVestingVault {
    function nextId() external view returns (uint256);
}

interface IEmission is IEmissionVault, IGuarded {
    function paidTo(address account) external view returns (uint256);
    function budget() external view returns (uint256);
    function start() external view returns (uint256);
}

interface IIncentives is IOwned {
    function setRoot(uint8 kind, bytes32 root) external;
    function claim(uint8 kind, bytes32 key, address account, bytes32[] calldata proof) external;
    function claimed(uint8 kind) external view returns (uint256);
    function terms(uint8 kind) external pure returns (uint256 cap, uint256 amount);
    function badge() external view returns (address);
}

interface IBuyback is IOwned {
    function setPool(address asset, uint24 fee) external;
    function report(address asset, uint256 price, uint64 time, uint64 version, bytes calldata signatures) external;
    function buyback(address asset, uint256 amount) external returns (uint256);
    function burnHeld() external returns (uint256);
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external;
    function marketOf(address asset) external view returns (address, uint256, uint256, uint256 time, uint256 available);
    function averagePrice(address asset) external view returns (uint256);
    function burned() external view returns (uint256);
}

interface IPoolFactory {
    function createPool(address a, address b, uint24 fee) external returns (address);
}

interface IPool {
    function initialize(uint160 sqrtPrice) external;
    function increaseObservationCardinalityNext(uint16 count) external;
}

interface ITrader {
    function mint(IPool pool, int24 lower, int24 upper, uint128 liquidity) external;
    function swap(IPool pool, bool zeroForOne, int256 amount) external returns (uint256);
}

struct SendParam {
    uint32 dstEid;
    bytes32 to;
    uint256 amountLD;
    uint256 minAmountLD;
    bytes extraOptions;
    bytes composeMsg;
    bytes oftCmd;
}

struct Fee {
    uint256 nativeFee;
    uint256 lzTokenFee;
}

struct Origin {
    uint32 srcEid;
    bytes32 sender;
    uint64 nonce;
}

struct EnforcedOption {
    uint32 eid;
    uint16 msgType;
    bytes options;
}

struct RateLimitParam {
    uint32 eid;
    bool inbound;
    uint96 capacity;
    uint32 window;
}

struct AdapterPermit {
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

struct MessagingParams {
    uint32 dstEid;
    bytes32 receiver;
    bytes message;
    bytes options;
    bool payInLzToken;
}

interface IPeer is IOwned {
    function setPeer(uint32 eid, bytes32 peer) external;
    function setDelegate(address delegate) external;
    function lzReceive(Origin calldata, bytes32 guid, bytes calldata message, address, bytes calldata) external payable;
}

interface IBridge is IGuarded, IPeer {
    function send(SendParam calldata param, Fee calldata fee, address refund) external payable;
    function sendWithPermit(SendParam calldata, Fee calldata, address, AdapterPermit calldata) external payable;
    function setEnforcedOptions(EnforcedOption[] calldata options) external;
    function setRateLimits(RateLimitParam[] calldata params) external;
    function setMsgInspector(address inspector) external;
    function setPreCrime(address preCrime) external;
    function setMintCap(uint256 cap) external;
    function release(bytes32 guid, uint256 most, bytes calldata compose) external returns (uint256);
    function voidHeld(bytes32 guid) external;
    function assignHeld(bytes32 guid, address recipient) external;
    function held(bytes32 guid) external view returns (address to, uint64 amount, uint32 eid, bytes32 compose, uint16);
    function heldFrom(uint32 eid) external view returns (uint256);
    function heldOf(address recipient) external view returns (uint256);
    function voidedFrom(uint32 eid) external view returns (uint256);
    function outstanding(uint32 eid) external view returns (uint256);
    function locked() external view returns (uint256);
    function burned() external view returns (uint256);
    function mintCap() external view returns (uint256);
}

interface IEndpoint {
    function registerLibrary(address library_) external;
    function setDefaultSendLibrary(uint32 eid, address library_) external;
    function setDefaultReceiveLibrary(uint32 eid, address library_, uint256 grace) external;
    function send(MessagingParams calldata params, address refund) external payable;
    function lzReceive(
        Origin calldata,
        address receiver,
        bytes32 guid,
        bytes calldata,
        bytes calldata
    ) external payable;
    function lzCompose(
        address from,
        address to,
        bytes32 guid,
        uint16 index,
        bytes calldata,
        bytes calldata
    ) external payable;
}

interface IMessageLibrary {
    function validatePacket(bytes calldata packet) external;
}

interface IForwarder {
    function lzCompose(address from, bytes32 guid, bytes calldata, address executor, bytes calldata) external payable;
    function sendOn(uint32 eid, bytes32 to, uint256 amount, uint256 budget) external;
    function claim(address to) external;
    function waiting(bytes32 owner) external view returns (uint128 tokens, uint128 native);
}

interface ISender is IPeer {
    function send(uint32 eid, bytes calldata payload, bytes calldata options) external payable returns (uint64 seq);
    function lastSeq(uint32 eid) external view returns (uint64);
}

interface IReceiver is IPeer {
    function finishSetUp() external;
    function setGuardian(address guardian) external;
    function takeOwnership(address target) external;
    function proposeRepair(Repair calldata repair) external;
    function executeRepair(Repair calldata repair) external;
    function lastSeq() external view returns (uint64);
    function guardian() external view returns (address);
    function lastExecutedAt() external view returns (uint64);
    function repairAt() external view returns (uint64);
}

struct Repair {
    address library_;
    RepairParam[] params;
}

struct RepairParam {
    uint32 eid;
    uint32 configType;
    bytes config;
}
