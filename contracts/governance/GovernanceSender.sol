// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    MessagingFee,
    MessagingReceipt,
    OAppCore,
    OAppSender
} from "@layerzerolabs/oapp-evm/contracts/oapp/OAppSender.sol";
import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title The timelock's voice on other chains
/// @notice Each message carries a number of its path and a time after which it is void. Fees are paid from this contract's
/// own balance, which anyone may fill: a fee is not known yet when a proposal is written.
contract GovernanceSender is OAppSender, Ownable2Step {
    /// @notice How long a message can be executed, in seconds.
    uint256 public constant LIFETIME = 14 days;

    /// @notice Number of the last message to each chain.
    mapping(uint32 eid => uint64) public lastSeq;

    /// @notice A message left; its first 16 bytes are `seq` and `expiresAt`.
    /// @param dstEid LayerZero endpoint id of the destination.
    /// @param seq Number of the message on its path, counted from 1.
    /// @param expiresAt From when the receiver skips it, in unix seconds.
    /// @param guid LayerZero's id of the message.
    /// @param payload What the receiver executes.
    event GovernanceSent(uint32 indexed dstEid, uint64 indexed seq, uint64 expiresAt, bytes32 guid, bytes payload);

    /// @notice The fee is above the balance of this contract: anyone can fill it.
    /// @param fee What LayerZero asks for, in wei.
    /// @param balance What this contract has, in wei.
    error FeeNotCovered(uint256 fee, uint256 balance);

    /// @notice Knows no receiver until the owner sets the peers.
    /// @param endpoint_ LayerZero's endpoint.
    /// @param owner_ The timelock; it is LayerZero's delegate as well.
    constructor(address endpoint_, address owner_) OAppCore(endpoint_, owner_) Ownable(owner_) {}

    /// @notice Takes native currency for fees, and refunds of them.
    receive() external payable {}

    /// @notice Sends `payload` to the governance receiver of a chain. Owner only.
    /// @param dstEid The chain.
    /// @param payload What the receiver executes; on EVM chains `abi.encode(GovernanceCall[])`.
    /// @param options LayerZero execution options, with gas for all calls.
    /// @return seq Number of the message; the receiver executes messages in this order only.
    function send(
        uint32 dstEid,
        bytes calldata payload,
        bytes calldata options
    ) external payable onlyOwner returns (uint64 seq) {
        seq = ++lastSeq[dstEid];
        uint64 expiresAt = uint64(block.timestamp + LIFETIME);
        bytes memory message = abi.encodePacked(seq, expiresAt, payload);
        MessagingFee memory fee = _quote(dstEid, message, options, false);
        if (fee.nativeFee > address(this).balance) revert FeeNotCovered(fee.nativeFee, address(this).balance);
        MessagingReceipt memory receipt = _lzSend(dstEid, message, options, fee, address(this));
        emit GovernanceSent(dstEid, seq, expiresAt, receipt.guid, payload);
    }

    /// @notice What the next message would cost, in wei.
    /// @param dstEid LayerZero endpoint id of the destination.
    /// @param payload What the receiver executes.
    /// @param options LayerZero execution options.
    /// @return Wei.
    function quote(uint32 dstEid, bytes calldata payload, bytes calldata options) external view returns (uint256) {
        bytes memory message = abi.encodePacked(lastSeq[dstEid] + 1, uint64(block.timestamp + LIFETIME), payload);
        return _quote(dstEid, message, options, false).nativeFee;
    }

    /// @inheritdoc Ownable2Step
    function transferOwnership(address newOwner) public override(Ownable, Ownable2Step) onlyOwner {
        Ownable2Step.transferOwnership(newOwner);
    }

    function _transferOwnership(address newOwner) internal override(Ownable, Ownable2Step) {
        Ownable2Step._transferOwnership(newOwner);
    }

    /// @dev Fees come from the balance.
    function _payNative(uint256 nativeFee) internal pure override returns (uint256) {
        return nativeFee;
    }
}
