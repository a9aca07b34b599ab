// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { PartsLedger } from "../fees/PartsLedger.sol";
import { IRegistry } from "../registry/IRegistry.sol";

/// @notice A channel. The contract keeps only its id and one word; later calls supply this again.
/// @param payer Who has deposited.
/// @param provider Who redeems.
/// @param signer Key that signs vouchers for the payer.
/// @param asset STUN or an allowed asset.
/// @param modelId Model whose creator earns a royalty; zero for none.
/// @param closeDelay Seconds from the payer's close to the end, 3,600 to 604,800.
/// @param nonce Number that the contract gave out at opening.
struct Channel {
    address payer;
    address provider;
    address signer;
    address asset;
    bytes32 modelId;
    uint32 closeDelay;
    uint64 nonce;
}

/// @notice The payer's promise, EIP-712 `Voucher(bytes32 channelId,uint128 cumulative,bytes32 receiptsRoot)`.
/// @param cumulative All that the channel pays with this voucher, earlier ones included, in base units.
/// @param receiptsRoot Root over the receipts of the tasks that it pays for.
/// @param r First half of the signature.
/// @param vs Second half with the parity in its highest bit (EIP-2098).
struct Voucher {
    uint128 cumulative;
    bytes32 receiptsRoot;
    bytes32 r;
    bytes32 vs;
}

/// @title Payment channels
/// @notice A payer deposits once and signs cumulative vouchers; the provider redeems the newest for any number of tasks,
/// any time before the end. Fees are the difference of two splits, so that the number of redemptions changes nothing. There is no
/// dispute and no slash: what is at stake is the last unsigned task. The payer's close starts a delay in which the
/// provider can still redeem; the provider may close at once.
contract PaymentChannels is PartsLedger, EIP712 {
    /// @notice The least by which a redemption advances, in base units.
    uint256 public constant MIN_STEP = 1_000;
    uint256 private constant MIN_DELAY = 1 hours;
    uint256 private constant MAX_DELAY = 7 days;
    bytes32 private constant VOUCHER_TYPEHASH = keccak256(
        "Voucher(bytes32 channelId,uint128 cumulative,bytes32 receiptsRoot)"
    );

    /// @notice LayerZero endpoint id of this chain, a part of every channelId.
    uint32 public immutable eid;

    /// @notice What is stored of one channel.
    struct State {
        uint96 deposit;
        uint96 redeemed;
        uint64 closesAt;
    }

    mapping(bytes32 channelId => State) private _channels;

    /// @notice A channel was opened with its whole deposit.
    /// @param channelId Id of the channel, see `channelIdOf`.
    /// @param payer Who has deposited.
    /// @param provider Who redeems.
    /// @param channel The channel, which later calls supply again.
    /// @param deposit What the channel can pay at most, in base units.
    event ChannelOpened(
        bytes32 indexed channelId,
        address indexed payer,
        address indexed provider,
        Channel channel,
        uint96 deposit
    );
    /// @notice A voucher was redeemed: `step` was split, of which `fee` is the protocol's.
    /// @param channelId Id of the channel, see `channelIdOf`.
    /// @param provider Who redeems.
    /// @param cumulative All that the channel pays with the voucher, in base units.
    /// @param step What the voucher pays beyond the one before, in base units.
    /// @param fee The protocol's part of the step, in base units.
    /// @param receiptsRoot Root over the receipts of the tasks that the voucher pays for.
    event VoucherRedeemed(
        bytes32 indexed channelId,
        address indexed provider,
        uint256 cumulative,
        uint256 step,
        uint256 fee,
        bytes32 receiptsRoot
    );
    /// @notice The payer closes; from `closesAt` on anyone may end the channel.
    /// @param channelId Id of the channel, see `channelIdOf`.
    /// @param closesAt Unix seconds; zero while nobody has closed it.
    event ChannelClosing(bytes32 indexed channelId, uint256 closesAt);
    /// @notice The channel is over; `returned` was credited to the payer.
    /// @param channelId Id of the channel, see `channelIdOf`.
    /// @param returned What the vouchers have not paid, in base units.
    event ChannelClosed(bytes32 indexed channelId, uint256 returned);

    /// @notice No such channel, or it is over.
    /// @param channelId Id of the channel, see `channelIdOf`.
    error UnknownChannel(bytes32 channelId);
    /// @notice The caller is not the channel's provider, or, to close it, neither payer nor provider.
    /// @param caller Who called.
    error NotParty(address caller);
    /// @notice The close delay is outside its bounds, in seconds.
    /// @param delay Seconds.
    /// @param min Shortest, in seconds.
    /// @param max Longest, in seconds.
    error InvalidCloseDelay(uint256 delay, uint256 min, uint256 max);
    /// @notice The provider or the signer is zero.
    /// @param provider Who redeems.
    /// @param signer Key that signs vouchers for the payer.
    error IncompleteChannel(address provider, address signer);
    /// @notice The deposit is smaller than one redemption.
    /// @param deposit What the channel can pay at most, in base units.
    /// @param min `MIN_STEP`, in base units.
    error DepositTooSmall(uint256 deposit, uint256 min);
    /// @notice A redemption must advance by `MIN_STEP` at least.
    /// @param cumulative All that the channel pays with the voucher, in base units.
    /// @param redeemed What was redeemed before, in base units.
    /// @param min `MIN_STEP`, in base units.
    error StepTooSmall(uint256 cumulative, uint256 redeemed, uint256 min);
    /// @notice The voucher is for more than was deposited.
    /// @param cumulative All that the channel pays with the voucher, in base units.
    /// @param deposit What the channel can pay at most, in base units.
    error AboveDeposit(uint256 cumulative, uint256 deposit);
    /// @notice The voucher is signed by another key than the channel's; zero for a malformed signature.
    /// @param recovered Who has signed.
    /// @param signer Key that signs vouchers for the payer.
    error InvalidVoucher(address recovered, address signer);
    /// @notice The payer has closed before.
    /// @param closesAt Unix seconds; zero while nobody has closed it.
    error AlreadyClosing(uint256 closesAt);
    /// @notice The channel can end at `closesAt` at the earliest; zero when nobody has closed it.
    /// @param closesAt Unix seconds; zero while nobody has closed it.
    error StillOpen(uint256 closesAt);

    /// @notice Reverts with `ZeroAddress` for a missing contract.
    /// @param owner_ The timelock, or the governance receiver of a remote chain.
    /// @param guardian_ Who may pause openings; zero for nobody.
    /// @param stun_ STUN on this chain.
    /// @param registry_ Who referred a provider and who created a model.
    /// @param treasury_ Where the treasury's part of a fee is swept to.
    /// @param eid_ LayerZero endpoint id of this chain.
    constructor(
        address owner_,
        address guardian_,
        ERC20Burnable stun_,
        IRegistry registry_,
        address treasury_,
        uint32 eid_
    ) PartsLedger(owner_, guardian_, stun_, registry_, treasury_) EIP712("STUN Channels", "1") {
        eid = eid_;
    }

    /// @notice Opens a channel from the caller.
    /// @param channel The channel; payer and nonce are filled in here and may be anything.
    /// @param deposit What the channel can pay at most, in base units; made once.
    /// @param fromCredit Take the deposit from the caller's credit instead of its tokens.
    /// @return channelId The channel's id.
    function open(Channel memory channel, uint96 deposit, bool fromCredit) external returns (bytes32 channelId) {
        channel.nonce = _enter();
        channel.payer = msg.sender;
        if (!isAllowed(channel.asset)) revert AssetNotAllowed(channel.asset);
        if (channel.provider == address(0) || channel.signer == address(0)) {
            revert IncompleteChannel(channel.provider, channel.signer);
        }
        if (channel.closeDelay < MIN_DELAY || channel.closeDelay > MAX_DELAY) {
            revert InvalidCloseDelay(channel.closeDelay, MIN_DELAY, MAX_DELAY);
        }
        if (deposit < MIN_STEP) revert DepositTooSmall(deposit, MIN_STEP);
        channelId = keccak256(abi.encode(eid, address(this), channel));
        _channels[channelId] = State({ deposit: deposit, redeemed: 0, closesAt: 0 });
        emit ChannelOpened(channelId, msg.sender, channel.provider, channel, deposit);
        _fund(channel.asset, msg.sender, deposit, fromCredit);
    }

    /// @notice Books what a voucher pays beyond what was redeemed. The caller is the provider.
    /// @param channel The channel, as it was opened; another one reverts with `UnknownChannel`.
    /// @param voucher Signed by the channel's key; pays at least `MIN_STEP` more than the one before.
    function redeem(Channel calldata channel, Voucher calldata voucher) external {
        if (msg.sender != channel.provider) revert NotParty(msg.sender);
        bytes32 channelId = channelIdOf(channel);
        State memory state = _existing(channelId);
        uint256 cumulative = voucher.cumulative;
        if (cumulative > state.deposit) revert AboveDeposit(cumulative, state.deposit);
        if (cumulative < state.redeemed + MIN_STEP) revert StepTooSmall(cumulative, state.redeemed, MIN_STEP);
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(VOUCHER_TYPEHASH, channelId, voucher.cumulative, voucher.receiptsRoot))
        );
        (address signer, , ) = ECDSA.tryRecover(digest, voucher.r, voucher.vs);
        if (signer != channel.signer) revert InvalidVoucher(signer, channel.signer);
        _channels[channelId].redeemed = uint96(cumulative);
        uint256 fee = _book(channel.asset, msg.sender, channel.modelId, state.redeemed, cumulative, 0);
        uint256 step = cumulative - state.redeemed;
        emit VoucherRedeemed(channelId, msg.sender, cumulative, step, fee, voucher.receiptsRoot);
    }

    /// @notice Closes a channel: by its provider at once, by its payer after the close delay.
    /// @param channel The channel, as it was opened; another one reverts with `UnknownChannel`.
    function close(Channel calldata channel) external {
        bytes32 channelId = channelIdOf(channel);
        State memory state = _existing(channelId);
        if (msg.sender == channel.provider) return _end(channelId, channel, state);
        if (msg.sender != channel.payer) revert NotParty(msg.sender);
        if (state.closesAt != 0) revert AlreadyClosing(state.closesAt);
        uint64 closesAt = uint64(block.timestamp) + channel.closeDelay;
        _channels[channelId].closesAt = closesAt;
        emit ChannelClosing(channelId, closesAt);
    }

    /// @notice Ends a channel whose close delay is over. Anyone.
    /// @param channel The channel, as it was opened; another one reverts with `UnknownChannel`.
    function finish(Channel calldata channel) external {
        bytes32 channelId = channelIdOf(channel);
        State memory state = _existing(channelId);
        if (state.closesAt == 0 || block.timestamp < state.closesAt) revert StillOpen(state.closesAt);
        _end(channelId, channel, state);
    }

    /// @notice State of a channel; all zero when it does not exist or is over.
    /// @param channelId Id of the channel, see `channelIdOf`.
    /// @return deposit Base units.
    /// @return redeemed Base units.
    /// @return closesAt Unix seconds; zero while nobody has closed it.
    function channelOf(bytes32 channelId) external view returns (uint256 deposit, uint256 redeemed, uint256 closesAt) {
        State memory state = _channels[channelId];
        return (state.deposit, state.redeemed, state.closesAt);
    }

    /// @notice Fees that the vouchers of `provider` have paid in `asset`, in 1e-6 of the asset.
    /// @param provider Who redeemed.
    /// @param asset STUN or an allowed asset.
    /// @return Each fee rounded down to 1e-6 of the asset.
    function feesPaidOf(address provider, address asset) external view returns (uint256) {
        return _feesPaid(provider, asset);
    }

    /// @notice keccak256(abi.encode(eid, contract, channel)).
    /// @param channel Payer, nonce and all else as the contract completed them.
    /// @return The id, whether or not such a channel exists.
    function channelIdOf(Channel calldata channel) public view returns (bytes32) {
        return keccak256(abi.encode(eid, address(this), channel));
    }

    function _existing(bytes32 channelId) private view returns (State memory state) {
        state = _channels[channelId];
        if (state.deposit == 0) revert UnknownChannel(channelId);
    }

    function _end(bytes32 channelId, Channel calldata channel, State memory state) private {
        delete _channels[channelId];
        uint256 returned = state.deposit - state.redeemed;
        _credit(channel.asset, channel.payer, returned);
        emit ChannelClosed(channelId, returned);
    }
}
