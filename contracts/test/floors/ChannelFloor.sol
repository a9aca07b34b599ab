// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SignedFloor } from "./SignedFloor.sol";

/// @title The unavoidable writes of redeeming a voucher, and nothing else
/// @notice One slot a channel, named by the hash of its parties; the payee is paid by a transfer, without any fee. It has no
/// close and is measured, never used.
contract ChannelFloor is SignedFloor {
    struct Channel {
        uint128 deposit;
        uint128 redeemed;
    }

    IERC20 private immutable _token;
    mapping(bytes32 id => Channel) private _channels;

    event Opened(bytes32 indexed id, address indexed payer, address indexed payee, uint256 deposit);
    event Redeemed(bytes32 indexed id, address indexed payee, uint256 cumulative);

    error Refused(bytes32 id);

    constructor(IERC20 token) {
        _token = token;
    }

    function open(address payee, uint256 salt, uint128 deposit) external {
        bytes32 id = keccak256(abi.encode(msg.sender, payee, salt));
        _channels[id].deposit += deposit;
        emit Opened(id, msg.sender, payee, deposit);
        _token.transferFrom(msg.sender, address(this), deposit);
    }

    function redeem(address payer, uint256 salt, uint128 cumulative, bytes32 r, bytes32 vs) external {
        bytes32 id = keccak256(abi.encode(payer, msg.sender, salt));
        _check(keccak256(abi.encode(id, cumulative)), r, vs, payer);
        Channel memory channel = _channels[id];
        if (cumulative <= channel.redeemed || cumulative > channel.deposit) revert Refused(id);
        _channels[id] = Channel(channel.deposit, cumulative);
        emit Redeemed(id, msg.sender, cumulative);
        _token.transfer(msg.sender, cumulative - channel.redeemed);
    }
}
