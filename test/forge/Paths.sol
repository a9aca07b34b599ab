// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Vm } from "forge-std/Vm.sol";
import { Cheats } from "./Cheats.sol";
import { IEndpoint, IMessageLibrary, Origin } from "./Interfaces.sol";
import { System } from "./System.sol";

/// @title LayerZero's endpoints of three chains side by side, and the messages between them
/// @notice Messages are delivered in any order, again, or with too little gas, by anybody. The endpoints are LayerZero's own;
/// its simple library stands for DVNs and executor, whose real contracts carry the other bridge tests.
abstract contract Paths is System {
    uint32 internal constant BASE = 30_184;
    uint32 internal constant ARBITRUM = 30_110;
    uint256 internal constant FEE = 100;
    bytes32 private constant PACKET_SENT = keccak256("PacketSent(bytes,bytes,address)");
    bytes32 private constant COMPOSE_SENT = keccak256("ComposeSent(address,address,bytes32,uint16,bytes)");

    struct Packet {
        uint32 src;
        uint32 dst;
        uint64 nonce;
        bytes32 sender;
        address receiver;
        bytes32 guid;
        bytes message;
        bytes encoded;
        bool forged;
        bool delivered;
    }

    struct Compose {
        address from;
        address to;
        bytes32 guid;
        uint16 index;
        bytes message;
        bool done;
    }

    mapping(uint32 eid => IEndpoint) internal _endpoints;
    mapping(uint32 eid => IMessageLibrary) internal _libraries;
    Packet[] internal _packets;
    Compose[] internal _composes;
    bool private _forging;

    constructor() {
        uint32[3] memory eids = [HOME, BASE, ARBITRUM];
        string memory path = "node_modules/@layerzerolabs/lz-evm-protocol-v2/artifacts/contracts/";
        for (uint256 i; i < 3; ++i) {
            bytes memory arguments = abi.encode(eids[i], address(this));
            address endpoint = _deployArtifact(string.concat(path, "EndpointV2.sol/EndpointV2.json"), arguments);
            address library_ = _deployArtifact(
                string.concat(path, "messagelib/SimpleMessageLib.sol/SimpleMessageLib.json"),
                abi.encode(endpoint, address(this))
            );
            IEndpoint at = IEndpoint(endpoint);
            at.registerLibrary(library_);
            for (uint256 j; j < 3; ++j) {
                if (j == i) continue;
                at.setDefaultSendLibrary(eids[j], library_);
                at.setDefaultReceiveLibrary(eids[j], library_, 0);
            }
            (_endpoints[eids[i]], _libraries[eids[i]]) = (at, IMessageLibrary(library_));
        }
        vm.deal(address(this), 1e24);
        for (uint256 i; i < ACTORS; ++i) vm.deal(actors[i], 1e24);
    }

    /// @dev Keeps every message that a call sends.
    modifier watched() {
        vm.recordLogs();
        _;
        _take();
    }

    /// @notice A message that was delivered is not delivered again, however it is brought.
    function path_deliver_again_refused(uint256 seed) external step {
        for (uint256 i; i < _packets.length; ++i) {
            Packet storage p = _packets[_at(seed, i)];
            if (!p.delivered) continue;
            // solhint-disable-next-line avoid-low-level-calls
            (bool verified, ) = address(_libraries[p.dst]).call(
                abi.encodeCall(IMessageLibrary.validatePacket, (p.encoded))
            );
            verified;
            bytes memory data = abi.encodeCall(
                IEndpoint.lzReceive,
                (Origin(p.src, p.sender, p.nonce), p.receiver, p.guid, p.message, "")
            );
            _refused(15, _stranger(seed), address(_endpoints[p.dst]), data, "a message was delivered twice");
            return;
        }
    }

    /// @dev A message that is not delivered yet and is for `receiver`, or any when that is zero; the largest number without one.
    function _undelivered(uint256 seed, address receiver) internal view returns (uint256) {
        for (uint256 i; i < _packets.length; ++i) {
            Packet storage p = _packets[_at(seed, i)];
            if (!p.delivered && (receiver == address(0) || p.receiver == receiver)) return _at(seed, i);
        }
        return type(uint256).max;
    }

    /// @dev Verifies and delivers; with `gasLimit` not zero with no more gas than that. What fails can be repeated.
    function _deliver(uint256 index, uint256 gasLimit) internal watched {
        Packet storage p = _packets[index];
        // The nonces before must be verified as well: delivery is unordered, verification is not.
        for (uint256 i; i < _packets.length; ++i) {
            Packet storage q = _packets[i];
            if (q.dst == p.dst && q.sender == p.sender && !q.delivered && q.nonce <= p.nonce) {
                _libraries[p.dst].validatePacket(q.encoded);
            }
        }
        Origin memory origin = Origin(p.src, p.sender, p.nonce);
        if (gasLimit == 0) {
            _endpoints[p.dst].lzReceive(origin, p.receiver, p.guid, p.message, "");
            p.delivered = true;
            return;
        }
        try _endpoints[p.dst].lzReceive{ gas: gasLimit }(origin, p.receiver, p.guid, p.message, "") {
            p.delivered = true;
        } catch {}
    }

    /// @dev What this call sends comes from a contract that has a fault, or was taken over.
    function _forge() internal {
        _forging = true;
    }

    function _at(uint256 seed, uint256 i) internal view returns (uint256) {
        return ((seed % _packets.length) + i) % _packets.length;
    }

    function _take() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == PACKET_SENT) {
                (bytes memory encoded, , ) = abi.decode(logs[i].data, (bytes, bytes, address));
                _keep(encoded);
            } else if (logs[i].topics[0] == COMPOSE_SENT) {
                Compose memory c;
                (c.from, c.to, c.guid, c.index, c.message) = abi.decode(
                    logs[i].data,
                    (address, address, bytes32, uint16, bytes)
                );
                _composes.push(c);
            }
        }
        _forging = false;
    }

    /// @dev The wire packet: version 1, nonce 8, source 4, sender 32, destination 4, receiver 32, guid 32, message.
    function _keep(bytes memory encoded) private {
        Packet memory p;
        p.encoded = encoded;
        p.nonce = uint64(_number(encoded, 1, 8));
        p.src = uint32(_number(encoded, 9, 4));
        p.sender = bytes32(_number(encoded, 13, 32));
        p.dst = uint32(_number(encoded, 45, 4));
        p.receiver = address(uint160(_number(encoded, 49, 32)));
        p.guid = bytes32(_number(encoded, 81, 32));
        p.message = new bytes(encoded.length - 113);
        for (uint256 i; i < p.message.length; ++i) p.message[i] = encoded[113 + i];
        p.forged = _forging;
        _packets.push(p);
    }

    function _number(bytes memory data, uint256 from, uint256 length) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(sub(256, mul(8, length)), mload(add(add(data, 32), from)))
        }
    }
}
