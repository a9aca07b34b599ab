// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { MessagingFee, MessagingReceipt } from "@layerzerolabs/oapp-evm/contracts/oapp/OAppSender.sol";
import { IOAppComposer } from "@layerzerolabs/oapp-evm/contracts/oapp/interfaces/IOAppComposer.sol";
import { IOFT, SendParam } from "@layerzerolabs/oft-evm/contracts/interfaces/IOFT.sol";
import { OFTComposeMsgCodec } from "@layerzerolabs/oft-evm/contracts/libs/OFTComposeMsgCodec.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Makes a transfer between two remotes one action of the user
/// @notice The user sends STUN from a remote to this contract at home with a compose message that names the destination
/// and carries the native fee of the second leg. What cannot be sent on waits here for its owner. Nobody has any power.
/// @dev The message is six words of 32 bytes, big-endian, so that every chain can write it:
/// 1 `dstEid`; 2 `to`, the recipient there; 3 `nativeFee`, wei that the executor was asked to attach; 4 `deadline`, unix
/// seconds after which anyone may give up the second leg when less than that is attached; 5 `claimant`, an EVM address of
/// the user at home, or zero; 6 `collect`, 1 to add what waits for the same sender, else 0.
/// What waits belongs to the claimant that its message named, or, without one, to the sender on the source chain, who
/// reaches it by another message with `collect`. An address of the source chain is never taken for one at home: a
/// contract wallet may have another owner here. Amounts are base units of 1e-18 STUN and wei.
contract StunForwarder is IOAppComposer {
    using SafeERC20 for IERC20;
    using OFTComposeMsgCodec for bytes;

    /// @notice What waits for one owner: base units of STUN, and wei.
    struct Waiting {
        uint128 tokens;
        uint128 native;
    }

    /// @notice The six words of a message, see the contract's description.
    struct Instruction {
        uint32 dstEid;
        bytes32 to;
        uint256 nativeFee;
        uint256 deadline;
        address claimant;
        bool collect;
    }

    /// @notice Gas that the second leg gets at least; a call with less reverts and can be tried again.
    uint256 public constant FORWARD_GAS = 600_000;
    /// @dev Gas kept to book what could not be sent.
    uint256 private constant BOOKING_GAS = 80_000;
    /// @dev Nonce, source, amount and sender come before the user's own message.
    uint256 private constant HEADER = 76;
    uint256 private constant INSTRUCTION = 6 * 32;

    /// @notice LayerZero's endpoint.
    address public immutable endpoint;
    /// @notice The home end of the bridge.
    IOFT public immutable adapter;
    /// @notice STUN.
    IERC20 public immutable token;

    /// @notice What waits, by owner: an address at home as a number, or `senderKey` of an account elsewhere.
    mapping(bytes32 owner => Waiting) public waiting;

    /// @notice A transfer was sent on under the message `onwardGuid`.
    /// @param guid LayerZero's id of the first leg.
    /// @param onwardGuid LayerZero's id of the second leg.
    /// @param dstEid Endpoint id of the destination.
    /// @param to The recipient there.
    /// @param amount Base units of STUN.
    /// @param fee What the second leg cost, in wei.
    event Forwarded(
        bytes32 indexed guid,
        bytes32 indexed onwardGuid,
        uint32 indexed dstEid,
        bytes32 to,
        uint256 amount,
        uint256 fee
    );
    /// @notice A transfer was not sent on and waits for `owner`; `reason` is the error of the second leg, if any.
    /// @param guid LayerZero's id of the first leg.
    /// @param owner `claimantKey` of an address at home, or `senderKey` of an account elsewhere.
    /// @param tokens Base units of STUN.
    /// @param native Wei.
    /// @param reason What the second leg reverted with; empty when it was not tried.
    event Waits(bytes32 indexed guid, bytes32 indexed owner, uint256 tokens, uint256 native, bytes reason);
    /// @notice The unused part of a fee waits for `owner`.
    /// @param guid LayerZero's id of the first leg.
    /// @param owner `claimantKey` of an address at home, or `senderKey` of an account elsewhere.
    /// @param native Wei.
    event FeeWaits(bytes32 indexed guid, bytes32 indexed owner, uint256 native);
    /// @notice What waited was paid out.
    /// @param owner `claimantKey` of an address at home, or `senderKey` of an account elsewhere.
    /// @param to Who was paid.
    /// @param tokens Base units of STUN.
    /// @param native Wei.
    event Claimed(bytes32 indexed owner, address indexed to, uint256 tokens, uint256 native);

    /// @notice Only LayerZero's endpoint calls this.
    /// @param caller Who called.
    error OnlyEndpoint(address caller);
    /// @notice Only the adapter's messages are taken.
    /// @param from The OFT that the message came from.
    error OnlyAdapter(address from);
    /// @notice Only this contract calls this.
    /// @param caller Who called.
    error OnlySelf(address caller);
    /// @notice Less native currency is attached than the message named, and its deadline has not passed.
    /// @param attached Wei.
    /// @param named Wei.
    /// @param deadline Unix seconds after which anyone may give up the second leg.
    error Underpaid(uint256 attached, uint256 named, uint256 deadline);
    /// @notice The call has too little gas for the second leg.
    /// @param available Gas.
    /// @param needed Gas.
    error TooLittleGas(uint256 available, uint256 needed);
    /// @notice The second leg costs more than there is.
    /// @param fee Wei.
    /// @param budget Wei that the second leg may cost.
    error FeeAboveBudget(uint256 fee, uint256 budget);
    /// @notice Nothing waits for the caller.
    /// @param claimant Who called.
    error NothingWaiting(address claimant);
    /// @notice The recipient of the claim is zero or refused the native currency.
    /// @param to Who was to be paid.
    error ClaimFailed(address to);

    /// @notice Lets the adapter take what it sends on.
    /// @param endpoint_ LayerZero's endpoint at home.
    /// @param adapter_ The adapter that locks STUN.
    constructor(address endpoint_, address adapter_) {
        endpoint = endpoint_;
        adapter = IOFT(adapter_);
        token = IERC20(IOFT(adapter_).token());
        token.forceApprove(adapter_, type(uint256).max);
    }

    /// @notice Takes over a transfer that the adapter has credited to this contract. Never reverts for good: an underpaid
    /// call and one with too little gas can be repeated, everything else is sent on or booked.
    /// @param from The adapter.
    /// @param guid LayerZero's id of the first leg.
    /// @param message Nonce, source, amount, sender, then the six words of the contract's description.
    /// @param executor Who delivers; the claimant may give up the second leg by delivering itself.
    function lzCompose(
        address from,
        bytes32 guid,
        bytes calldata message,
        address executor,
        bytes calldata
    ) external payable {
        if (msg.sender != endpoint) revert OnlyEndpoint(msg.sender);
        if (from != address(adapter)) revert OnlyAdapter(from);
        uint256 amount = message.amountLD();
        bytes32 sender = senderKey(message.srcEid(), message.length < HEADER ? bytes32(0) : message.composeFrom());
        (bool valid, Instruction memory order) = _read(message);
        if (!valid) return _book(guid, sender, amount, msg.value, "");

        bytes32 owner = order.claimant == address(0) ? sender : claimantKey(order.claimant);
        if (msg.value < order.nativeFee) {
            bool mayGiveUp = executor == order.claimant || block.timestamp >= order.deadline;
            if (!mayGiveUp) revert Underpaid(msg.value, order.nativeFee, order.deadline);
            return _book(guid, owner, amount, msg.value, "");
        }
        uint256 gasNeeded = FORWARD_GAS + BOOKING_GAS;
        // A call may pass on 63/64 of its gas.
        if (gasleft() < (gasNeeded * 64) / 63) revert TooLittleGas(gasleft(), (gasNeeded * 64) / 63);

        uint256 native = msg.value;
        if (order.collect) {
            Waiting memory more = waiting[sender];
            delete waiting[sender];
            amount += more.tokens;
            native += more.native;
        }
        try this.sendOn{ gas: gasleft() - BOOKING_GAS }(order.dstEid, order.to, amount, native) returns (
            bytes32 onwardGuid,
            uint256 fee
        ) {
            emit Forwarded(guid, onwardGuid, order.dstEid, order.to, amount, fee);
            if (native > fee) {
                waiting[owner].native += uint128(native - fee);
                emit FeeWaits(guid, owner, native - fee);
            }
        } catch (bytes memory reason) {
            _book(guid, owner, amount, native, reason);
        }
    }

    /// @notice The second leg, as a call of its own so that a failure can be booked. Only this contract calls it.
    /// @param dstEid Endpoint id of the destination.
    /// @param to The recipient there.
    /// @param amount Base units of STUN.
    /// @param budget Wei that the second leg may cost.
    /// @return onwardGuid LayerZero's id of the second leg.
    /// @return fee What it cost, in wei.
    function sendOn(
        uint32 dstEid,
        bytes32 to,
        uint256 amount,
        uint256 budget
    ) external returns (bytes32 onwardGuid, uint256 fee) {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        SendParam memory param = SendParam(dstEid, to, amount, amount, "", "", "");
        fee = adapter.quoteSend(param, false).nativeFee;
        if (fee > budget) revert FeeAboveBudget(fee, budget);
        (MessagingReceipt memory receipt, ) = adapter.send{ value: fee }(param, MessagingFee(fee, 0), address(this));
        onwardGuid = receipt.guid;
    }

    /// @notice Pays out all that waits for the caller.
    /// @param to Who receives the tokens and the native currency.
    function claim(address to) external {
        bytes32 owner = claimantKey(msg.sender);
        Waiting memory due = waiting[owner];
        if (due.tokens == 0 && due.native == 0) revert NothingWaiting(msg.sender);
        if (to == address(0)) revert ClaimFailed(to);
        delete waiting[owner];
        emit Claimed(owner, to, due.tokens, due.native);
        if (due.tokens > 0) token.safeTransfer(to, due.tokens);
        if (due.native > 0) {
            (bool paid, ) = to.call{ value: due.native }("");
            if (!paid) revert ClaimFailed(to);
        }
    }

    /// @notice The key under which something waits for an address at home.
    /// @param claimant An address at home.
    /// @return The address as a number.
    function claimantKey(address claimant) public pure returns (bytes32) {
        return bytes32(uint256(uint160(claimant)));
    }

    /// @notice The key under which something waits for an account of another chain.
    /// @param srcEid Endpoint id of the chain.
    /// @param sender The account there.
    /// @return Never an address as a number.
    function senderKey(uint32 srcEid, bytes32 sender) public pure returns (bytes32) {
        return keccak256(abi.encode(srcEid, sender));
    }

    function _book(bytes32 guid, bytes32 owner, uint256 tokens, uint256 native, bytes memory reason) private {
        Waiting storage entry = waiting[owner];
        // Both are bounded far below 2^128: by the supply of STUN and by that of the native currency.
        entry.tokens += uint128(tokens);
        entry.native += uint128(native);
        emit Waits(guid, owner, tokens, native, reason);
    }

    /// @dev A message of another length, or with a word above its type, is not an instruction.
    function _read(bytes calldata message) private pure returns (bool valid, Instruction memory order) {
        if (message.length != HEADER + INSTRUCTION) return (false, order);
        (uint256 dstEid, bytes32 to, uint256 nativeFee, uint256 deadline, uint256 claimant, uint256 collect) = abi
            .decode(message[HEADER:], (uint256, bytes32, uint256, uint256, uint256, uint256));
        if (dstEid > type(uint32).max || claimant > type(uint160).max || collect > 1) return (false, order);
        order = Instruction(uint32(dstEid), to, nativeFee, deadline, address(uint160(claimant)), collect == 1);
        valid = true;
    }
}
