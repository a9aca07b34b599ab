// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title The unavoidable writes of a linear grant, and nothing else
/// @notice Two slots a grant and one counter. It cannot be revoked or handed over and is measured, never used.
contract VestingFloor {
    struct Terms {
        address beneficiary;
        uint96 total;
        uint40 start;
        uint32 cliff;
        uint32 duration;
    }

    struct Grant {
        address beneficiary;
        uint96 released;
        uint96 total;
        uint40 start;
        uint32 cliff;
        uint32 duration;
    }

    IERC20 private immutable _token;
    uint256 private _next = 1;
    mapping(uint256 id => Grant) private _grants;

    event Granted(uint256 indexed id, address indexed beneficiary, uint256 total);
    event Claimed(uint256 indexed id, address indexed beneficiary, uint256 amount);

    error NothingVested(uint256 id);

    constructor(IERC20 token) {
        _token = token;
    }

    function grant(Terms calldata terms) external {
        uint256 id = _next;
        _next = id + 1;
        _put(id, terms);
        _token.transferFrom(msg.sender, address(this), terms.total);
    }

    function grantBatch(Terms[] calldata terms) external {
        uint256 first = _next;
        uint256 sum;
        for (uint256 i; i < terms.length; ++i) {
            _put(first + i, terms[i]);
            sum += terms[i].total;
        }
        _next = first + terms.length;
        _token.transferFrom(msg.sender, address(this), sum);
    }

    function claim(uint256 id) external {
        Grant memory record = _grants[id];
        uint256 elapsed = block.timestamp - record.start;
        if (elapsed < record.cliff) revert NothingVested(id);
        uint256 vested = elapsed >= record.duration ? record.total : (record.total * elapsed) / record.duration;
        _grants[id].released = uint96(vested);
        emit Claimed(id, record.beneficiary, vested - record.released);
        _token.transfer(record.beneficiary, vested - record.released);
    }

    function _put(uint256 id, Terms calldata terms) private {
        _grants[id] = Grant(terms.beneficiary, 0, terms.total, terms.start, terms.cliff, terms.duration);
        emit Granted(id, terms.beneficiary, terms.total);
    }
}
