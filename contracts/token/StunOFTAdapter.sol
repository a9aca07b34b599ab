// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    MessagingFee,
    MessagingReceipt,
    OFTReceipt,
    SendParam
} from "@layerzerolabs/oft-evm/contracts/interfaces/IOFT.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { StunBridge } from "./StunBridge.sol";

/// @title The home end of the bridge: locks STUN
/// @notice Counts what went to each remote and never releases more than that, so that a fault of one remote is bounded
/// by what it was sent. Tokens that somebody transfers here by himself count for nothing and are lost.
/// @dev `locked` is the sum of `outstanding` and at most the balance. What is held or voided here is still outstanding.
contract StunOFTAdapter is StunBridge {
    using SafeERC20 for IERC20;

    /// @notice A permit for the adapter over the amount of the send.
    struct Permit {
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    IERC20 private immutable _token;

    /// @notice What went to a remote and has not come back, in base units.
    mapping(uint32 eid => uint256) public outstanding;
    /// @notice What all remotes together have outstanding, in base units.
    uint256 public locked;

    /// @notice What a remote has outstanding became `amount`.
    /// @param eid Endpoint id of the remote.
    /// @param amount Base units.
    event OutstandingChanged(uint32 indexed eid, uint256 amount);

    /// @notice Locks nothing yet.
    /// @param token_ STUN, of 18 decimals.
    /// @param endpoint_ LayerZero's endpoint.
    /// @param owner_ The timelock, or who hands over to it.
    /// @param guardian_ Who may pause; zero for nobody.
    /// @param delegate_ Who may set the LayerZero configuration of this contract.
    constructor(
        address token_,
        address endpoint_,
        address owner_,
        address guardian_,
        address delegate_
    ) StunBridge(IERC20Metadata(token_).decimals(), endpoint_, owner_, guardian_, delegate_) {
        _token = IERC20(token_);
    }

    /// @notice The token that is locked here: STUN.
    /// @return Its address.
    function token() public view override returns (address) {
        return address(_token);
    }

    /// @notice True: a sender approves the adapter, or uses `sendWithPermit`.
    /// @return Always true.
    function approvalRequired() external pure returns (bool) {
        return true;
    }

    /// @notice `send` with a permit instead of an approval. A permit that somebody else has used before does no harm.
    /// @param sendParam As for `send`.
    /// @param fee As for `send`; all of it native currency.
    /// @param refundAddress Who gets what LayerZero does not use; not zero.
    /// @param permit The sender's signature over the amount, for this contract.
    /// @return What LayerZero has taken over: id, number and fee of the message.
    /// @return What has left the sender and will reach the recipient, in base units.
    function sendWithPermit(
        SendParam calldata sendParam,
        MessagingFee calldata fee,
        address refundAddress,
        Permit calldata permit
    ) external payable returns (MessagingReceipt memory, OFTReceipt memory) {
        try
            IERC20Permit(address(_token)).permit(
                msg.sender,
                address(this),
                sendParam.amountLD,
                permit.deadline,
                permit.v,
                permit.r,
                permit.s
            )
        {} catch {} // solhint-disable-line no-empty-blocks -- without an allowance the transfer says what is missing
        return _send(sendParam, fee, refundAddress);
    }

    function _debit(
        address from,
        uint256 amountLD,
        uint256 minAmountLD,
        uint32 dstEid
    ) internal override returns (uint256 sent, uint256 received) {
        (sent, received) = _debitView(amountLD, minAmountLD, dstEid);
        _countSent(dstEid, sent);
        uint256 outstanding_ = outstanding[dstEid] + sent;
        outstanding[dstEid] = outstanding_;
        locked += sent;
        emit OutstandingChanged(dstEid, outstanding_);
        _token.safeTransferFrom(from, address(this), sent);
    }

    function _credit(address to, uint256 amount, uint32 srcEid) internal override returns (uint256) {
        uint256 outstanding_ = outstanding[srcEid] - amount;
        outstanding[srcEid] = outstanding_;
        locked -= amount;
        emit OutstandingChanged(srcEid, outstanding_);
        _token.safeTransfer(to, amount);
        return amount;
    }

    function _creditRoom(uint32 srcEid) internal view override returns (uint256) {
        return outstanding[srcEid];
    }
}
