// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title The unavoidable writes of a stake, and nothing else
/// @notice Two slots a position, one for the sums, one transfer, one event: what a lock with a fixed reserved reward
/// cannot do without. It has none of the checks and is measured, never used.
contract StakeFloor {
    struct Position {
        uint256 terms;
        uint256 progress;
    }

    IERC20 private immutable _token;
    uint256 private _sums = 1;
    mapping(address owner => mapping(uint256 id => Position)) private _positions;

    event Opened(address indexed owner, uint256 indexed id, uint256 principal, uint256 lock, uint256 rate);
    event RewardPaid(address indexed owner, uint256 indexed id, uint256 amount);
    event Exited(address indexed owner, uint256 indexed id, uint256 principal, uint256 reward);

    constructor(IERC20 token) {
        _token = token;
    }

    function open(uint256 principal, uint256 lock, uint256 minReward) external {
        uint256 id = _sums++;
        _positions[msg.sender][id] = Position((principal << 160) | lock | minReward, lock);
        emit Opened(msg.sender, id, principal, lock, 0);
        _token.transferFrom(msg.sender, address(this), principal);
    }

    function claim(uint256 id) external {
        Position storage position = _positions[msg.sender][id];
        uint256 amount = (position.terms >> 160) / 100;
        position.progress += 1;
        _sums++;
        emit RewardPaid(msg.sender, id, amount);
        _token.transfer(msg.sender, amount);
    }

    function exit(uint256 id) external {
        Position storage position = _positions[msg.sender][id];
        uint256 principal = position.terms >> 160;
        uint256 reward = position.progress & 1;
        delete _positions[msg.sender][id];
        _sums++;
        emit Exited(msg.sender, id, principal, reward);
        _token.transfer(msg.sender, principal + reward);
    }
}
