// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Origin } from "@layerzerolabs/oapp-evm/contracts/oapp/OApp.sol";
import { OFTCore } from "@layerzerolabs/oft-evm/contracts/OFTCore.sol";
import {
    MessagingFee,
    MessagingReceipt,
    OFTFeeDetail,
    OFTLimit,
    OFTReceipt,
    SendParam
} from "@layerzerolabs/oft-evm/contracts/interfaces/IOFT.sol";
import { OFTMsgCodec } from "@layerzerolabs/oft-evm/contracts/libs/OFTMsgCodec.sol";
import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { GuardianPause } from "../governance/GuardianPause.sol";
import { Destinations } from "./Destinations.sol";
import { HeldCredits } from "./HeldCredits.sol";
import { RateLimit } from "./RateLimit.sol";

/// @title What both ends of a bridge path do beyond LayerZero's OFT
/// @notice A send that cannot be credited at the other end is refused here, while it is still the sender's. What
/// arrives is never refused: an amount that cannot be credited now is booked to `held` and released later.
/// @dev Amounts are base units of 1e-18 STUN. A delivery can only fail for lack of gas, and is then retried by anyone.
abstract contract StunBridge is OFTCore, GuardianPause, HeldCredits {
    using OFTMsgCodec for bytes;
    using RateLimit for RateLimit.Bucket;

    /// @notice One limit to set.
    /// @param eid The endpoint id of the other end.
    /// @param inbound True for what arrives from there, false for what is sent there.
    /// @param capacity Most that may flow net within about one window, at most the whole supply; 0 closes the direction.
    /// @param window Seconds in which a full bucket drains, `MIN_WINDOW` to `MAX_WINDOW`.
    struct RateLimitParam {
        uint32 eid;
        bool inbound;
        uint96 capacity;
        uint32 window;
    }

    /// @notice Shortest and longest time in which a full bucket drains, in seconds.
    uint32 public constant MIN_WINDOW = 600;
    /// @notice See `MIN_WINDOW`.
    uint32 public constant MAX_WINDOW = 30 days;
    /// @notice Largest capacity of a limit: the whole supply, in base units.
    uint96 public constant MAX_CAPACITY = 1_000_000_000e18;
    /// @dev Recipient and amount: the shortest message that says what to credit.
    uint256 private constant SHORTEST_MESSAGE = 40;

    mapping(uint32 eid => mapping(bool inbound => RateLimit.Bucket)) private _limits;

    /// @notice A limit was set.
    /// @param eid Endpoint id of the other end.
    /// @param inbound True for what arrives from there, false for what is sent there.
    /// @param capacity Base units.
    /// @param window Seconds.
    event RateLimitSet(uint32 indexed eid, bool inbound, uint96 capacity, uint32 window);
    /// @notice A message of a peer was too short to say what to credit; nothing was credited.
    /// @param guid LayerZero's id of the message.
    /// @param srcEid Endpoint id of the chain that it came from.
    /// @param message What arrived.
    event UnreadableMessage(bytes32 indexed guid, uint32 indexed srcEid, bytes message);

    /// @notice The amount is below one unit of the shared decimals.
    /// @param amount Base units.
    /// @param unit Base units in one unit of the shared decimals.
    error AmountBelowPrecision(uint256 amount, uint256 unit);
    /// @notice The amount is above the capacity of the path; it can never pass in one transfer.
    /// @param amount Base units.
    /// @param capacity Base units.
    error AboveCapacity(uint256 amount, uint256 capacity);
    /// @notice The amount is above what the path lets through at the moment.
    /// @param amount Base units.
    /// @param available Base units.
    error RateLimited(uint256 amount, uint256 available);
    /// @notice The recipient is zero, is not an address of the destination's kind, or is the bridge itself.
    /// @param dstEid Endpoint id of the destination.
    /// @param recipient As the sender named it.
    error InvalidRecipient(uint32 dstEid, bytes32 recipient);
    /// @notice The destination takes no compose message.
    /// @param dstEid Endpoint id of the destination.
    error ComposeNotSupported(uint32 dstEid);
    /// @notice The path has no enforced options for this kind of message, so that it might not be deliverable.
    /// @param dstEid Endpoint id of the destination.
    /// @param msgType 1 for a transfer, 2 for one with a compose message.
    error NoEnforcedOptions(uint32 dstEid, uint16 msgType);
    /// @notice An unused fee would have no owner.
    error InvalidRefundAddress();
    /// @notice The limit is outside its bounds.
    /// @param capacity Base units.
    /// @param window Seconds.
    error InvalidRateLimit(uint96 capacity, uint32 window);

    /// @notice Limits are zero and peers unset: nothing flows yet.
    /// @param decimals_ Decimals of the token here.
    /// @param endpoint_ LayerZero's endpoint.
    /// @param owner_ The timelock or governance receiver, or who hands over to it.
    /// @param guardian_ Who may pause; zero for nobody.
    /// @param delegate_ Who may set the LayerZero configuration of this contract.
    constructor(
        uint8 decimals_,
        address endpoint_,
        address owner_,
        address guardian_,
        address delegate_
    ) OFTCore(decimals_, endpoint_, delegate_) Ownable(owner_) {
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }

    // ------------------------------------------------------------------ parameters

    /// @notice The token of this end of the path.
    /// @return Its address.
    function token() public view virtual returns (address);

    /// @notice Offers the ownership to `newOwner`, who takes it by `acceptOwnership`. Owner only.
    /// @param newOwner Zero withdraws the offer.
    function transferOwnership(address newOwner) public override(Ownable, Ownable2Step) onlyOwner {
        super.transferOwnership(newOwner);
    }

    function _transferOwnership(address newOwner) internal override(Ownable, Ownable2Step) {
        super._transferOwnership(newOwner);
    }

    /// @notice Sets limits. Owner only. Until a limit is set its capacity is zero: nothing is sent, all that arrives is
    /// held.
    /// @param params The limits; a capacity or window outside its bounds reverts with `InvalidRateLimit`.
    function setRateLimits(RateLimitParam[] calldata params) external onlyOwner {
        for (uint256 i; i < params.length; ++i) {
            RateLimitParam calldata p = params[i];
            if (p.capacity > MAX_CAPACITY || p.window < MIN_WINDOW || p.window > MAX_WINDOW) {
                revert InvalidRateLimit(p.capacity, p.window);
            }
            _limits[p.eid][p.inbound].configure(p.capacity, p.window);
            emit RateLimitSet(p.eid, p.inbound, p.capacity, p.window);
        }
    }

    /// @notice The limit of a direction and what it lets through now, in base units and seconds.
    /// @param eid Endpoint id of the other end.
    /// @param inbound True for what arrives from there, false for what is sent there.
    /// @return capacity Base units.
    /// @return window Seconds.
    /// @return available Base units, rounded down.
    function rateLimit(
        uint32 eid,
        bool inbound
    ) public view returns (uint256 capacity, uint256 window, uint256 available) {
        RateLimit.Bucket memory bucket = _limits[eid][inbound];
        return (bucket.capacity, bucket.window, bucket.available());
    }

    // ------------------------------------------------------------------ sending

    /// @notice What can be sent now, and what a send of `sendParam` would move: amounts in base units, dust removed.
    /// @param sendParam As for `send`.
    /// @return oftLimit Least and most that can be sent now, in base units; most is 0 while paused.
    /// @return oftFeeDetails Empty: the bridge takes no fee.
    /// @return oftReceipt What would leave the sender and reach the recipient, in base units.
    function quoteOFT(
        SendParam calldata sendParam
    )
        external
        view
        override
        returns (OFTLimit memory oftLimit, OFTFeeDetail[] memory oftFeeDetails, OFTReceipt memory oftReceipt)
    {
        (, , uint256 available) = rateLimit(sendParam.dstEid, false);
        oftLimit = OFTLimit(decimalConversionRate, block.timestamp < pausedUntil ? 0 : _removeDust(available));
        oftFeeDetails = new OFTFeeDetail[](0);
        (uint256 sent, uint256 received) = _debitView(sendParam.amountLD, sendParam.minAmountLD, sendParam.dstEid);
        oftReceipt = OFTReceipt(sent, received);
    }

    function _send(
        SendParam calldata sendParam,
        MessagingFee calldata fee,
        address refundAddress
    ) internal override whenNotPaused returns (MessagingReceipt memory, OFTReceipt memory) {
        if (refundAddress == address(0)) revert InvalidRefundAddress();
        return super._send(sendParam, fee, refundAddress);
    }

    function _debitView(
        uint256 amountLD,
        uint256 minAmountLD,
        uint32 dstEid
    ) internal view override returns (uint256 sent, uint256 received) {
        (sent, received) = super._debitView(amountLD, minAmountLD, dstEid);
        if (sent == 0) revert AmountBelowPrecision(amountLD, decimalConversionRate);
    }

    /// @dev Runs for quotes and sends alike, so that a quote already says what a send would refuse.
    function _buildMsgAndOptions(
        SendParam calldata p,
        uint256 amountLD
    ) internal view override returns (bytes memory message, bytes memory options) {
        bool evm = Destinations.isEvm(p.dstEid);
        bool valid = p.to != bytes32(0) && p.to != peers[p.dstEid] && (!evm || uint256(p.to) <= type(uint160).max);
        if (!valid) revert InvalidRecipient(p.dstEid, p.to);
        if (p.composeMsg.length > 0 && !evm) revert ComposeNotSupported(p.dstEid);
        uint16 msgType = p.composeMsg.length > 0 ? SEND_AND_CALL : SEND;
        if (enforcedOptions[p.dstEid][msgType].length == 0) revert NoEnforcedOptions(p.dstEid, msgType);
        return super._buildMsgAndOptions(p, amountLD);
    }

    /// @dev Counts a send against its limit and gives the opposite direction as much back.
    function _countSent(uint32 dstEid, uint256 amount) internal {
        RateLimit.Bucket storage outbound = _limits[dstEid][false];
        if (amount > outbound.capacity) revert AboveCapacity(amount, outbound.capacity);
        uint256 available = outbound.available();
        if (amount > available) revert RateLimited(amount, available);
        outbound.take(amount);
        _limits[dstEid][true].refill(amount);
    }

    // ------------------------------------------------------------------ receiving

    function _lzReceive(
        Origin calldata origin,
        bytes32 guid,
        bytes calldata message,
        address,
        bytes calldata
    ) internal override {
        uint32 srcEid = origin.srcEid;
        if (message.length < SHORTEST_MESSAGE) {
            emit UnreadableMessage(guid, srcEid, message);
            return;
        }
        uint64 amountSD = message.amountSD();
        if (amountSD == 0) return;
        uint256 amount = _toLD(amountSD);
        bytes32 to = message.sendTo();
        address recipient = uint256(to) <= type(uint160).max ? address(uint160(uint256(to))) : address(0);
        bytes memory compose;
        if (message.isComposed()) compose = abi.encodePacked(origin.nonce, message.composeMsg());

        HoldReason reason = _holdReason(srcEid, recipient, amount);
        if (reason == HoldReason.None) {
            _countReceived(srcEid, amount);
            _credit(recipient, amount, srcEid);
            if (compose.length > 0) _sendCompose(recipient, guid, 0, srcEid, amount, compose);
            emit OFTReceived(guid, srcEid, recipient, amount);
        } else {
            _hold(guid, srcEid, reason == HoldReason.NoRecipient ? address(0) : recipient, amountSD, reason, compose);
        }
    }

    function _holdReason(uint32 srcEid, address recipient, uint256 amount) private view returns (HoldReason) {
        if (!_canReceive(recipient)) return HoldReason.NoRecipient;
        if (block.timestamp < pausedUntil) return HoldReason.Paused;
        if (amount > _limits[srcEid][true].available()) return HoldReason.RateLimited;
        if (amount > _creditRoom(srcEid)) return HoldReason.NoRoom;
        return HoldReason.None;
    }

    /// @dev Counts a credit against its limit and gives the opposite direction as much back.
    function _countReceived(uint32 srcEid, uint256 amount) private {
        _limits[srcEid][true].take(amount);
        _limits[srcEid][false].refill(amount);
    }

    function _sendCompose(
        address recipient,
        bytes32 guid,
        uint16 index,
        uint32 srcEid,
        uint256 amount,
        bytes memory compose
    ) private {
        endpoint.sendCompose(recipient, guid, index, _composeMessage(srcEid, amount, compose));
    }

    // ------------------------------------------------------------------ hooks of the held credits

    function _toAmount(uint64 amountSD) internal view override returns (uint256) {
        return _toLD(amountSD);
    }

    function _releasable(uint32 srcEid) internal view override whenNotPaused returns (uint256 limit, uint256 capacity) {
        RateLimit.Bucket memory inbound = _limits[srcEid][true];
        limit = inbound.available();
        uint256 room = _creditRoom(srcEid);
        return (limit < room ? limit : room, inbound.capacity);
    }

    function _payOut(
        bytes32 guid,
        uint32 srcEid,
        address recipient,
        uint256 amount,
        uint16 index,
        bytes memory compose
    ) internal override {
        _countReceived(srcEid, amount);
        _credit(recipient, amount, srcEid);
        if (compose.length > 0) _sendCompose(recipient, guid, index, srcEid, amount, compose);
        emit OFTReceived(guid, srcEid, recipient, amount);
    }

    /// @dev Whether tokens credited to `account` can be reached by somebody.
    function _canReceive(address account) internal view override returns (bool) {
        return account != address(0) && account != address(this) && account != token();
    }

    /// @dev The most that may be credited for messages of `srcEid`, in base units, whatever the limits say.
    function _creditRoom(uint32 srcEid) internal view virtual returns (uint256);
}
