// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SignedFloor } from "./SignedFloor.sol";

/// @title The unavoidable writes of a job, and nothing else
/// @notice Two slots a job, one a provider's offers, one a credit, one for all fees; the royalty's creator is read from a
/// slot of the model, the signers of a result from one slot each. It has no disputes, no second attempt and no bond
/// locked at creation. It is measured, never used.
contract JobFloor is SignedFloor {
    struct Offer {
        address provider;
        uint96 price;
        uint256 model;
        uint96 bond;
        uint40 deadline;
        uint256 nonce;
        bytes32 spec;
    }

    struct Job {
        address payer;
        uint40 deadline;
        uint8 state;
        uint48 model;
        address provider;
        uint96 price;
    }

    struct Result {
        bytes32 job;
        bytes32 result;
    }

    struct House {
        uint128 treasury;
        uint128 burn;
    }

    IERC20 private immutable _token;
    mapping(bytes32 job => Job) private _jobs;
    mapping(address provider => mapping(uint256 word => uint256)) private _used;
    mapping(uint256 model => address) private _creators;
    mapping(address account => uint256) private _credits;
    mapping(address provider => uint256) private _stakes;
    address[5] private _members;
    House private _house = House(1, 1);

    event Created(bytes32 indexed job, address indexed provider, address indexed payer, uint256 price);
    event Settled(bytes32 indexed job, address indexed provider, uint256 price, bytes32 result);
    event Slashed(bytes32 indexed job, address indexed provider, uint256 refund, uint256 slashed);

    error Refused(bytes32 job);

    constructor(IERC20 token, address[5] memory members) {
        _token = token;
        _members = members;
    }

    /// @notice Makes what an operation finds non-zero: creators, their credits, and the providers' credits and stakes.
    function prepare(address[] calldata providers, address[] calldata creators, uint256 stake) external {
        for (uint256 i; i < providers.length; ++i) {
            (_credits[providers[i]], _stakes[providers[i]]) = (1, stake);
            (_creators[i], _credits[creators[i]]) = (creators[i], 1);
        }
    }

    function create(Offer calldata offer, bytes32 r, bytes32 vs) external {
        bytes32 job = keccak256(abi.encode(offer));
        _check(job, r, vs, offer.provider);
        uint256 bit = 1 << (offer.nonce & 255);
        uint256 word = _used[offer.provider][offer.nonce >> 8];
        if (word & bit != 0 || offer.deadline <= block.timestamp) revert Refused(job);
        _used[offer.provider][offer.nonce >> 8] = word | bit;
        _jobs[job] = Job(msg.sender, offer.deadline, 1, uint48(offer.model), offer.provider, offer.price);
        emit Created(job, offer.provider, msg.sender, offer.price);
        _token.transferFrom(msg.sender, address(this), offer.price);
    }

    function settle(bytes32 job, bytes32 result, uint256 signers, Signature[] calldata signatures) external {
        _quorum(keccak256(abi.encode(job, result)), signers, signatures);
        _addFee(_settle(job, result));
    }

    function settleBatch(Result[] calldata results, uint256 signers, Signature[] calldata signatures) external {
        _quorum(keccak256(abi.encode(results)), signers, signatures);
        uint256 fees;
        for (uint256 i; i < results.length; ++i) fees += _settle(results[i].job, results[i].result);
        _addFee(fees);
    }

    function slash(bytes32 job) external {
        Job storage record = _jobs[job];
        if (record.state != 1 || block.timestamp <= record.deadline) revert Refused(job);
        record.state = 3;
        uint256 slashed = record.price / 5;
        _stakes[record.provider] -= slashed;
        _house.burn += uint128(slashed / 2);
        uint256 refund = record.price + slashed / 2;
        emit Slashed(job, record.provider, refund, slashed);
        _token.transfer(record.payer, refund);
    }

    function _settle(bytes32 job, bytes32 result) private returns (uint256 fee) {
        Job storage record = _jobs[job];
        if (record.state != 1 || block.timestamp > record.deadline) revert Refused(job);
        record.state = 2;
        uint256 price = record.price;
        uint256 royalty = price / 20;
        fee = price / 50;
        unchecked {
            _credits[record.provider] += price - royalty - fee;
            _credits[_creators[record.model]] += royalty;
        }
        emit Settled(job, record.provider, price, result);
    }

    function _addFee(uint256 fee) private {
        House memory house = _house;
        unchecked {
            _house = House(house.treasury + uint128(fee / 2), house.burn + uint128(fee - fee / 2));
        }
    }

    /// @dev `signers` names one member a byte, ascending.
    function _quorum(bytes32 hash, uint256 signers, Signature[] calldata signatures) private view {
        uint256 next;
        for (uint256 i; i < signatures.length; ++i) {
            uint256 member = (signers >> (8 * i)) & 255;
            if (member < next) revert Refused(hash);
            next = member + 1;
            _check(hash, signatures[i].r, signatures[i].vs, _members[member]);
        }
        if (signatures.length < 3) revert Refused(hash);
    }
}
