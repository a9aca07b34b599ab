// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title The unavoidable writes of a cumulative claim, and nothing else
/// @notice Two of our safeguards are in it: the claim names one of many roots, and the sum paid has a bound. It is measured,
/// never used.
contract ClaimFloor {
    struct Sums {
        uint128 accepted;
        uint128 paid;
    }

    IERC20 private immutable _token;
    mapping(uint256 index => bytes32) private _roots;
    mapping(address account => uint256) private _paid;
    Sums private _sums;

    event Claimed(address indexed account, uint256 amount);

    error Refused(address account);

    constructor(IERC20 token) {
        _token = token;
    }

    function setRoot(uint256 index, bytes32 root, uint128 accepted) external {
        _roots[index] = root;
        _sums.accepted += accepted;
    }

    function claim(address account, uint256 cumulative, uint256 index, bytes32[] calldata proof) external {
        bytes32 root = _roots[index];
        bool valid;
        assembly ("memory-safe") {
            mstore(0, account)
            mstore(32, cumulative)
            mstore(0, keccak256(0, 64))
            let node := keccak256(0, 32)
            let at := proof.offset
            for {
                let end := add(at, shl(5, proof.length))
            } lt(at, end) {
                at := add(at, 32)
            } {
                let sibling := calldataload(at)
                let place := shl(5, gt(node, sibling))
                mstore(place, node)
                mstore(xor(place, 32), sibling)
                node := keccak256(0, 64)
            }
            valid := eq(node, root)
        }
        uint256 amount = cumulative - _paid[account];
        Sums memory sums = _sums;
        if (!valid || amount == 0 || sums.paid + amount > sums.accepted) revert Refused(account);
        _paid[account] = cumulative;
        _sums = Sums(sums.accepted, uint128(sums.paid + amount));
        emit Claimed(account, amount);
        _token.transfer(account, amount);
    }
}
