// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { EmissionMath } from "../../contracts/emission/EmissionMath.sol";
import { IEmissionVault } from "../../contracts/emission/IEmissionVault.sol";
import { IToken } from "./Interfaces.sol";
import { System } from "./System.sol";

/// @title Every call of an emission vault, with a committee that may also report wrongly
abstract contract Emission is System {
    /// @dev Cumulative amounts of the four actors under a root.
    mapping(bytes32 root => uint256[4]) internal _book;
    bytes32[] internal _accepted;
    uint256[4] internal _last;
    /// @dev Largest cumulative amount that each actor has claimed, and what it received for it.
    mapping(address actor => uint256) public largestClaimed;
    mapping(address actor => uint256) public receivedReward;
    /// @dev STUN on the chain of the vault.
    IToken public rewardToken;
    uint256 public carryReceived;
    uint256 public carrySent;
    /// @dev Sent to the vault and not taken into the carry yet.
    uint256 public emissionDonated;

    constructor() {
        rewardToken = stun;
    }

    function emission_report(uint256 seed) public step {
        bytes32 previous = _ready();
        uint32 epoch = emission.status().nextEpoch;
        uint256 total = _fold(_part(seed, 1), 0, emission.spendable());
        if (total > 2 * EmissionMath.pot(emission.budget(), 0)) _break(4, "an epoch may pay more than two first days");
        bytes32 root = _tree(seed, total);
        (IEmissionVault.Report memory given, bytes memory signatures) = _signed(epoch, root, total, previous);
        emission.report(given, committee.version(), signatures);
        _accepted.push(root);
    }

    /// @notice More than is spendable, an epoch again or skipped, too early, on another root, or signed for another vault.
    function emission_report_refused(uint256 seed) external step {
        bytes32 previous = _ready();
        uint32 epoch = emission.status().nextEpoch;
        uint256 total = emission.spendable();
        uint256 kind = seed % 5;
        if (kind == 0) total += 1;
        if (kind == 1) epoch += 1;
        if (kind == 2) vm.warp(emission.closesAt(epoch) - 1);
        if (kind == 3) previous = keccak256(abi.encode(previous));
        (IEmissionVault.Report memory given, bytes memory signatures) = _signed(epoch, bytes32(seed), total, previous);
        if (kind == 4) given.total = total / 2 + 1;
        bytes memory data = abi.encodeCall(emission.report, (given, committee.version(), signatures));
        _refused(kind == 4 ? 16 : 4, _stranger(seed), address(emission), data, "a wrong report was taken");
    }

    function emission_veto(uint256 seed) external step {
        if (emission.status().waiting != IEmissionVault.Waiting.Report) emission_report(seed);
        if (emission.status().vetoesLeft == 0) {
            vm.prank(emission.owner());
            emission.refillVetoes();
        }
        vm.prank(emission.guardian());
        emission.veto();
        _accepted.pop();
        _last = _accepted.length == 0 ? [uint256(0), 0, 0, 0] : _book[_accepted[_accepted.length - 1]];
    }

    function emission_settle(uint256 seed) external step {
        if (emission.status().waiting != IEmissionVault.Waiting.Report) emission_report(seed);
        IEmissionVault.Status memory at = emission.status();
        bytes memory data = abi.encodeCall(emission.settle, ());
        if (at.since + 12 hours > clock + 1) {
            vm.warp(at.since + 12 hours - 1);
            _refused(4, _stranger(seed), address(emission), data, "a report was settled within its veto time");
        }
        _reach(at.since + 12 hours);
        _must(_stranger(seed), address(emission), data);
    }

    function emission_claim(uint256 seed) external step {
        if (_accepted.length == 0) emission_report(seed);
        IEmissionVault.Status memory at = emission.status();
        if (at.waiting == IEmissionVault.Waiting.Report) _reach(at.since + 12 hours);
        uint256 count = _accepted.length;
        uint256 index = seed % 2 == 0 ? count - 1 : _part(seed, 1) % count;
        uint256 i = _part(seed, 2) % 4;
        uint256 cumulative = _book[_accepted[index]][i];
        uint256 before = rewardToken.balanceOf(actors[i]);
        bytes memory data = abi.encodeCall(emission.claim, (actors[i], cumulative, index, _proof(_accepted[index], i)));
        _exit(_stranger(seed), address(emission), data);
        receivedReward[actors[i]] += rewardToken.balanceOf(actors[i]) - before;
        if (cumulative > largestClaimed[actors[i]]) largestClaimed[actors[i]] = cumulative;
        _refused(5, _stranger(seed), address(emission), data, "a cumulative amount was claimed twice");
    }

    /// @notice One unit more than the root says, or the amount of another.
    function emission_claim_forged_refused(uint256 seed) external step {
        if (_accepted.length == 0) return;
        uint256 index = _part(seed, 1) % _accepted.length;
        uint256 i = _part(seed, 2) % 4;
        uint256 cumulative = _book[_accepted[index]][i] + 1;
        address who = seed % 2 == 0 ? actors[i] : _stranger(seed);
        bytes memory data = abi.encodeCall(emission.claim, (who, cumulative, index, _proof(_accepted[index], i)));
        _refused(5, who, address(emission), data, "an amount that no root has was claimed");
    }

    function emission_setSubsidy(uint256 seed) external step {
        vm.prank(emission.owner());
        emission.setSubsidy(uint8(_fold(seed, 1, 100)));
    }

    function emission_refillVetoes(uint256) external step {
        vm.prank(emission.owner());
        emission.refillVetoes();
    }

    // ------------------------------------------------------------------ helpers

    function acceptedCount() external view returns (uint256) {
        return _accepted.length;
    }

    /// @dev Moves to when the next report may come, and returns the root that it must name.
    function _ready() private returns (bytes32) {
        IEmissionVault.Status memory at = emission.status();
        if (at.waiting == IEmissionVault.Waiting.Report) _reach(at.since + 12 hours);
        if (at.waiting == IEmissionVault.Waiting.Repeat) _reach(at.since + 24 hours);
        _reach(emission.closesAt(at.nextEpoch));
        return _accepted.length == 0 ? bytes32(0) : _accepted[_accepted.length - 1];
    }

    function _signed(
        uint32 epoch,
        bytes32 root,
        uint256 total,
        bytes32 previous
    ) private view returns (IEmissionVault.Report memory given, bytes memory signatures) {
        given = IEmissionVault.Report(epoch, root, total, previous, bytes32(uint256(7)));
        bytes32 typeHash = keccak256(
            "EpochReport(bytes32 target,uint64 version,uint32 epoch,bytes32 root,uint256 total,bytes32 previousRoot,bytes32 datasetHash)"
        );
        bytes32 to = bytes32(uint256(uint160(address(emission))));
        uint64 version = committee.version();
        signatures = _quorum(
            keccak256(abi.encode(typeHash, to, version, epoch, root, total, previous, given.datasetHash))
        );
    }

    /// @dev A book whose amounts add `total`; one time in four a wrong one, that promises more or takes back.
    function _tree(uint256 seed, uint256 total) private returns (bytes32 root) {
        uint256[4] memory book = _last;
        uint256 left = total;
        for (uint256 i; i < 4; ++i) {
            uint256 share = i == 3 ? left : _fold(_part(seed, 10 + i), 0, left);
            left -= share;
            book[i] += share;
        }
        if (seed % 8 == 0) for (uint256 i; i < 4; ++i) book[i] = book[i] * 3 + 1e24;
        if (seed % 8 == 1) for (uint256 i; i < 4; ++i) book[i] /= 2;
        _last = book;
        root = _rootOf(book);
        _book[root] = book;
    }

    function _rootOf(uint256[4] memory book) private view returns (bytes32) {
        return _pair(_pair(_leafOf(0, book[0]), _leafOf(1, book[1])), _pair(_leafOf(2, book[2]), _leafOf(3, book[3])));
    }

    function _proof(bytes32 root, uint256 i) private view returns (bytes32[] memory proof) {
        uint256[4] memory book = _book[root];
        proof = new bytes32[](2);
        uint256 other = i ^ 1;
        proof[0] = _leafOf(other, book[other]);
        uint256 pair = i < 2 ? 2 : 0;
        proof[1] = _pair(_leafOf(pair, book[pair]), _leafOf(pair + 1, book[pair + 1]));
    }

    function _leafOf(uint256 i, uint256 cumulative) private view returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(actors[i], cumulative))));
    }

    function _pair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }
}
