// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    AdapterPermit,
    EnforcedOption,
    Fee,
    IBridge,
    IEmission,
    IForwarder,
    IPeer,
    IToken,
    MessagingParams,
    RateLimitParam,
    SendParam
} from "./Interfaces.sol";
import { Emission } from "./Emission.sol";
import { Paths } from "./Paths.sol";
import { Powers } from "./Powers.sol";

/// @title Every call of the bridge's ends and of the forwarder, with a remote that may be at fault
abstract contract Bridges is Paths, Emission, Powers {
    bytes internal constant OPTIONS = hex"00030100110100000000000000000000000000030d40";
    uint256 internal constant UNIT = 1e12;

    IBridge public adapter;
    IBridge[2] public remotes;
    uint32[2] internal _eids = [BASE, ARBITRUM];
    IForwarder public forwarder;
    /// @dev What a remote sent home without having it, and was delivered.
    mapping(uint32 eid => uint256) public forgedFrom;
    /// @dev Burned by holders on a remote, and at home.
    mapping(address token => uint256) public burnedGhost;
    bytes32[] internal _guids;

    // ------------------------------------------------------------------ sending

    function adapter_send(uint256 seed) public step watched {
        address who = _actor(seed);
        vm.prank(who);
        adapter.send{ value: FEE }(_param(seed, _eids[_part(seed, 1) % 2], 100_000 * STUN), Fee(FEE, 0), who);
    }

    function adapter_sendWithPermit(uint256 seed) external step watched {
        address who = _actor(seed);
        SendParam memory param = _param(seed, _eids[_part(seed, 1) % 2], 1_000 * STUN);
        AdapterPermit memory permit;
        permit.deadline = clock;
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 hash = keccak256(abi.encode(typeHash, who, adapter, param.amountLD, stun.nonces(who), permit.deadline));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", stun.DOMAIN_SEPARATOR(), hash));
        (permit.v, permit.r, permit.s) = vm.sign(_keys[who], digest);
        vm.prank(who);
        adapter.sendWithPermit{ value: FEE }(param, Fee(FEE, 0), who, permit);
        vm.prank(who);
        stun.approve(address(adapter), type(uint256).max);
    }

    function oft_send(uint256 seed) public step watched {
        uint256 i = _part(seed, 1) % 2;
        address who = _rich(seed, i);
        uint256 most = IToken(address(remotes[i])).balanceOf(who);
        SendParam memory param = _param(seed, HOME, most);
        if (_part(seed, 5) % 2 == 0) {
            // Two legs: from this remote through home to the other, or to a recipient that home cannot send to.
            param.to = _word(address(forwarder));
            uint256 there = _part(seed, 6) % 4 == 0 ? 7 : _eids[1 - i];
            address claimant = _part(seed, 7) % 2 == 0 ? who : address(0);
            param.composeMsg = abi.encode(
                there,
                _word(_actor(_part(seed, 8))),
                FEE,
                clock + 1 days,
                claimant,
                seed % 2
            );
        }
        vm.prank(who);
        remotes[i].send{ value: FEE }(param, Fee(FEE, 0), who);
    }

    /// @notice A remote that is at fault or taken over tells home of tokens that it never burned.
    function oft_forge(uint256 seed) public step watched {
        uint256 i = seed % 2;
        uint64 amount = uint64(_fold(_part(seed, 1), 1, 400_000_000 * 1e6));
        address to = _part(seed, 3) % 3 == 0 ? address(adapter) : _actor(_part(seed, 2));
        bytes memory message = abi.encodePacked(_word(to), amount);
        _forge();
        vm.deal(address(remotes[i]), FEE);
        vm.prank(address(remotes[i]));
        _endpoints[_eids[i]].send{ value: FEE }(
            MessagingParams(HOME, _word(address(adapter)), message, OPTIONS, false),
            address(this)
        );
    }

    // ------------------------------------------------------------------ delivering

    function path_lzReceive(uint256 seed) external step {
        uint256 index = _undelivered(seed, address(0));
        if (index == type(uint256).max) {
            if (seed % 3 == 0) adapter_send(_part(seed, 50));
            else oft_send(_part(seed, 51));
            index = _packets.length - 1;
        }
        _bring(index, seed % 6 == 0 ? _fold(_part(seed, 1), 30_000, 200_000) : 0);
    }

    function path_lzReceive_refused(uint256 seed) external step {
        IPeer at = seed % 2 == 0 ? IPeer(address(adapter)) : IPeer(address(remotes[(seed % 4) / 2]));
        bytes memory message = abi.encodePacked(_word(_actor(seed)), uint64(1e6));
        uint32 from = seed % 2 == 0 ? BASE : HOME;
        bytes32 peer = seed % 2 == 0 ? _word(address(remotes[0])) : _word(address(adapter));
        bytes memory data = abi.encodeWithSelector(
            IPeer.lzReceive.selector,
            from,
            peer,
            uint64(1),
            bytes32(seed),
            message,
            address(0),
            ""
        );
        _refused(3, _stranger(seed), address(at), data, "somebody else than the endpoint delivered");
    }

    /// @notice Simulations of a delivery change nothing, whoever makes them.
    function path_lzReceiveSimulate_refused(uint256 seed) external step {
        bytes memory data = abi.encodeWithSignature(
            "lzReceiveSimulate((uint32,bytes32,uint64),bytes32,bytes,address,bytes)",
            abi.encode(BASE, bytes32(0), 1)
        );
        _refused(3, _stranger(seed), address(adapter), data, "a simulation was taken");
    }

    function path_lzReceiveAndRevert_refused(uint256 seed) external step {
        bytes memory data = abi.encodeWithSignature("lzReceiveAndRevert(uint256[])", new uint256[](0));
        _refused(3, _stranger(seed), address(adapter), data, "a simulation was taken");
    }

    function path_release(uint256 seed) external step watched {
        (IBridge at, bytes32 guid, bytes memory compose) = _heldEntry(seed);
        if (clock < at.pausedUntil()) revert("paused");
        vm.prank(_stranger(seed));
        at.release(guid, _fold(_part(seed, 1), UNIT, 400_000_000 * STUN), compose);
    }

    function path_voidHeld(uint256 seed) external step {
        (IBridge at, bytes32 guid, ) = _heldEntry(seed);
        vm.prank(at.owner());
        at.voidHeld(guid);
    }

    function path_assignHeld(uint256 seed) external step {
        (IBridge at, bytes32 guid, ) = _heldEntry(seed);
        (address to, , , , ) = at.held(guid);
        bytes memory data = abi.encodeCall(at.assignHeld, (guid, _actor(seed)));
        if (to != address(0)) {
            _refused(13, at.owner(), address(at), data, "the owner changed a recipient");
            return;
        }
        vm.prank(at.owner());
        at.assignHeld(guid, _actor(seed));
    }

    // ------------------------------------------------------------------ forwarder

    function forwarder_lzCompose(uint256 seed) public step watched {
        if (_pendingCompose(seed) == type(uint256).max) _bringCompose(seed);
        uint256 at = _pendingCompose(seed);
        if (at != type(uint256).max) {
            Compose storage c = _composes[at];
            // Sometimes nothing is attached, which is refused until the deadline, and then ends in waiting.
            uint256 value = _part(seed, 1) % 4 == 0 ? 0 : FEE + (_part(seed, 1) % 7);
            if (value == 0) _reach(clock + 1 days + 1);
            _endpoints[HOME].lzCompose{ value: value }(c.from, c.to, c.guid, c.index, c.message, "");
            c.done = true;
            return;
        }
        revert("nothing to compose");
    }

    function forwarder_lzCompose_refused(uint256 seed) external step {
        bytes memory data = abi.encodeCall(
            forwarder.lzCompose,
            (address(adapter), bytes32(seed), new bytes(268), address(0), "")
        );
        _refused(2, _stranger(seed), address(forwarder), data, "somebody else than the endpoint composed");
    }

    function forwarder_sendOn_refused(uint256 seed) external step {
        bytes memory data = abi.encodeCall(forwarder.sendOn, (BASE, _word(_actor(seed)), STUN, FEE));
        _refused(2, _stranger(seed), address(forwarder), data, "a stranger sent what waits");
    }

    function forwarder_claim(uint256 seed) external step {
        for (uint256 i; i < 2 * ACTORS; ++i) {
            if (i == ACTORS) forwarder_lzCompose(_part(seed, 57));
            address who = _actor((seed % ACTORS) + i);
            (uint128 tokens, uint128 native) = forwarder.waiting(_word(who));
            if (tokens + native == 0) continue;
            bytes memory data = abi.encodeCall(forwarder.claim, (_stranger(seed)));
            _refused(2, _stranger(seed), address(forwarder), data, "a stranger claimed what waits");
            vm.prank(who);
            forwarder.claim(who);
            return;
        }
        revert("nothing waits");
    }

    // ------------------------------------------------------------------ parameters

    function path_setRateLimits(uint256 seed) external step {
        uint256 i = seed % 2;
        IBridge at = _part(seed, 1) % 2 == 0 ? adapter : remotes[i];
        RateLimitParam[] memory params = new RateLimitParam[](1);
        uint96 capacity = uint96(_fold(_part(seed, 3), 0, seed % 4 == 0 ? 1_000_000 * STUN : 1e27));
        params[0] = RateLimitParam(at == adapter ? _eids[i] : HOME, seed % 4 < 2, capacity, 1 days);
        vm.prank(at.owner());
        at.setRateLimits(params);
    }

    function oft_setMintCap(uint256 seed) external step {
        IBridge at = remotes[seed % 2];
        vm.prank(at.owner());
        at.setMintCap(_fold(_part(seed, 1), 0, 300_000_000 * STUN));
    }

    /// @notice The owner writes again what LayerZero needs; peers of other chains than home are refused on a remote.
    function path_setPeer(uint256 seed) external step {
        vm.prank(adapter.owner());
        adapter.setPeer(BASE, _word(address(remotes[0])));
        bytes memory data = abi.encodeCall(adapter.setPeer, (ARBITRUM, _word(_stranger(seed))));
        _refused(3, remotes[0].owner(), address(remotes[0]), data, "a remote took another peer than home");
    }

    function path_setEnforcedOptions(uint256 seed) external step {
        IBridge at = seed % 2 == 0 ? adapter : remotes[0];
        vm.prank(at.owner());
        at.setEnforcedOptions(_options(seed % 2 == 0 ? BASE : HOME));
    }

    function path_setDelegate(uint256 seed) external step {
        IBridge at = seed % 2 == 0 ? adapter : remotes[0];
        address owner = at.owner();
        vm.prank(owner);
        at.setDelegate(owner);
    }

    function path_setMsgInspector(uint256 seed) external step {
        IBridge at = seed % 2 == 0 ? adapter : remotes[0];
        vm.prank(at.owner());
        at.setMsgInspector(address(0));
    }

    function path_setPreCrime(uint256 seed) external step {
        IBridge at = seed % 2 == 0 ? adapter : remotes[0];
        vm.prank(at.owner());
        at.setPreCrime(_stranger(seed));
    }

    // ------------------------------------------------------------------ the carry of a remote vault

    function emission_sendCarryHome(uint256 seed) external step {
        if (emission.status().carry < UNIT) emission_report(seed);
        if (uint8(emission.status().waiting) == 1) _reach(emission.status().since + 12 hours);
        uint256 most = emission.status().carry / UNIT;
        uint256 amount = _fold(_part(seed, 1), 1, most == 0 ? 1 : most) * UNIT;
        _sendCarry(amount);
        carrySent += amount;
    }

    function _sendCarry(uint256 amount) private watched {
        address owner = emission.owner();
        vm.deal(owner, FEE);
        vm.prank(owner);
        emission.sendCarryHome{ value: FEE }(amount, "");
    }

    // ------------------------------------------------------------------ helpers

    function _bring(uint256 index, uint256 gasLimit) private {
        _deliver(index, gasLimit);
        Packet storage p = _packets[index];
        if (!p.delivered) return;
        if (p.forged) forgedFrom[p.src] += _amount(p);
        _guids.push(p.guid);
    }

    /// @dev What a message credits, in base units.
    function _amount(Packet storage p) internal view returns (uint256) {
        return _number(p.message, 32, 8) * UNIT;
    }

    function _word(address who) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(who)));
    }

    function _options(uint32 eid) internal pure returns (EnforcedOption[] memory list) {
        list = new EnforcedOption[](2);
        list[0] = EnforcedOption(eid, 1, OPTIONS);
        list[1] = EnforcedOption(eid, 2, OPTIONS);
    }

    function _param(uint256 seed, uint32 eid, uint256 most) private view returns (SendParam memory param) {
        param.dstEid = eid;
        // One time in six to nobody who can receive.
        address to = _part(seed, 3) % 6 == 0 ? address(remotes[0]) : _actor(_part(seed, 2));
        param.to = _word(eid == HOME && to == address(remotes[0]) ? address(stun) : to);
        param.amountLD = most < UNIT ? UNIT : _fold(_part(seed, 4), UNIT, most);
    }

    function _rich(uint256 seed, uint256 i) internal view returns (address) {
        for (uint256 a; a < ACTORS; ++a) {
            if (IToken(address(remotes[i])).balanceOf(_actor((seed % ACTORS) + a)) >= UNIT)
                return _actor((seed % ACTORS) + a);
        }
        revert("nobody has any");
    }

    /// @dev Something that is held; a message that cannot be credited comes first when there is nothing.
    function _heldEntry(uint256 seed) private returns (IBridge at, bytes32 guid, bytes memory compose) {
        for (uint256 round; round < 2; ++round) {
            uint256 count = _guids.length;
            for (uint256 i; i < count; ++i) {
                guid = _guids[((seed % count) + i) % count];
                for (uint256 j; j < 3; ++j) {
                    at = j == 2 ? adapter : remotes[j];
                    (, uint64 amount, , bytes32 composeHash, ) = at.held(guid);
                    if (amount > 0) return (at, guid, composeHash == 0 ? bytes("") : _composeOf(guid));
                }
            }
            oft_forge(_part(seed, 52));
            _bring(_packets.length - 1, 0);
        }
        revert("nothing is held");
    }

    /// @dev A transfer from one remote to another arrives at home.
    function _bringCompose(uint256 seed) private {
        for (uint256 i; i < 6; ++i) {
            oft_send(_part(seed, 70 + i));
            if (_packets[_packets.length - 1].message.length == 40) continue;
            _bring(_packets.length - 1, 0);
            return;
        }
    }

    function _pendingCompose(uint256 seed) private view returns (uint256) {
        uint256 count = _composes.length;
        for (uint256 i; i < count; ++i) {
            uint256 at = ((seed % count) + i) % count;
            if (!_composes[at].done) return at;
        }
        return type(uint256).max;
    }

    /// @dev What `release` needs of a composed message: its nonce, then what follows recipient and amount.
    function _composeOf(bytes32 guid) private view returns (bytes memory compose) {
        for (uint256 i; i < _packets.length; ++i) {
            Packet storage p = _packets[i];
            if (p.guid != guid) continue;
            bytes memory message = p.message;
            bytes memory rest = new bytes(message.length - 40);
            for (uint256 j; j < rest.length; ++j) rest[j] = message[40 + j];
            return abi.encodePacked(p.nonce, rest);
        }
    }
}
