// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { EmissionMath } from "../../contracts/emission/EmissionMath.sol";
import { IEmissionVault } from "../../contracts/emission/IEmissionVault.sol";
import { GovernanceCall } from "../../contracts/governance/GovernanceCall.sol";
import { Bridges } from "./Bridges.sol";
import { Campaign } from "./Campaign.sol";
import {
    Fee,
    IBridge,
    IEmission,
    IForwarder,
    IReceiver,
    ISender,
    IToken,
    RateLimitParam,
    Repair,
    RepairParam,
    SendParam
} from "./Interfaces.sol";

/// @title The token on three EVM chains: bridge, forwarder, governance's messages, a remote vault's carry
contract BridgeHandler is Bridges {
    ISender public sender;
    IReceiver public receiver;
    IEmission public homeVault;
    uint64 private _seq;

    constructor() {
        address home = address(_endpoints[HOME]);
        bytes memory ends = abi.encode(stun, home, timelock, guardian, timelock);
        adapter = IBridge(_deploy("token", "StunOFTAdapter", ends));
        forwarder = IForwarder(_deploy("token", "StunForwarder", abi.encode(home, adapter)));
        sender = ISender(_deploy("governance", "GovernanceSender", abi.encode(home, timelock)));
        receiver = IReceiver(
            _deploy(
                "governance",
                "GovernanceReceiver",
                abi.encode(_endpoints[BASE], HOME, _word(address(sender)), guardian, timelock)
            )
        );
        vm.startPrank(timelock);
        sender.setPeer(BASE, _word(address(receiver)));
        receiver.finishSetUp();
        vm.stopPrank();
        vm.deal(address(sender), 1e18);
        for (uint256 i; i < 2; ++i) _deployRemote(i);
        _owned = [address(adapter), address(remotes[0]), address(remotes[1]), address(emission)];
        homeVault = emission;
        _deployVault();
        _owned.push(address(sender));
        _pausable = 4;
    }

    // ------------------------------------------------------------------ governance's messages

    function sender_send(uint256 seed) public step watched {
        GovernanceCall[] memory calls = new GovernanceCall[](1);
        uint256 cap = _fold(_part(seed, 1), 1, 300_000_000) * STUN;
        calls[0] = GovernanceCall(address(remotes[0]), 0, abi.encodeCall(IBridge.setMintCap, (cap)));
        // One message in eight cannot be executed and expires.
        if (seed % 8 == 0) calls[0].target = _stranger(seed);
        uint64 before = sender.lastSeq(BASE);
        address owner = sender.owner();
        vm.prank(owner);
        uint64 seq = sender.send(BASE, abi.encode(calls), OPTIONS);
        if (seq != before + 1) _break(19, "a number of governance was skipped or used twice");
    }

    function sender_setPeer(uint256) external step {
        vm.prank(sender.owner());
        sender.setPeer(BASE, _word(address(receiver)));
    }

    function sender_setDelegate(uint256) external step {
        vm.prank(sender.owner());
        sender.setDelegate(timelock);
    }

    function receiver_lzReceive(uint256 seed) external step {
        if (_undelivered(seed, address(receiver)) == type(uint256).max) sender_send(_part(seed, 60));
        uint256 index = _undelivered(seed, address(receiver));
        if (seed % 8 == 1) _reach(clock + 14 days);
        uint64 before = receiver.lastSeq();
        uint64 given = uint64(_number(_packets[index].message, 0, 8));
        _deliver(index, 0);
        uint64 now_ = receiver.lastSeq();
        if (now_ != before + 1 || now_ != given) _break(19, "governance executed a message out of its order");
    }

    function receiver_setup_refused(uint256 seed) external step {
        bytes[6] memory calls = [
            abi.encodeCall(receiver.finishSetUp, ()),
            abi.encodeCall(receiver.setGuardian, (_stranger(seed))),
            abi.encodeCall(receiver.setPeer, (HOME, _word(_stranger(seed)))),
            abi.encodeCall(receiver.setDelegate, (_stranger(seed))),
            abi.encodeCall(receiver.transferOwnership, (_stranger(seed))),
            abi.encodeCall(receiver.renounceOwnership, ())
        ];
        address as_ =
            seed % 3 == 0
                ? timelock
                : seed % 3 == 1
                    ? guardian
                    : _stranger(seed);
        _refused(12, as_, address(receiver), calls[_part(seed, 1) % 6], "somebody but governance set the receiver");
    }

    /// @notice Before half a year of silence the guardian can propose nothing; then only what it proposed, a month later.
    function receiver_proposeRepair(uint256 seed) external step {
        Repair memory repair = _repair();
        uint256 when = receiver.lastExecutedAt() + 180 days;
        bytes memory data = abi.encodeCall(receiver.proposeRepair, (repair));
        if (when > clock + 1) {
            vm.warp(when - 1);
            _refused(12, receiver.guardian(), address(receiver), data, "a repair was proposed without silence");
        }
        // Half a year would end every other thing of a campaign: seldom.
        if (seed % 8 != 0) return;
        _reach(when);
        vm.prank(receiver.guardian());
        receiver.proposeRepair(repair);
    }

    function receiver_executeRepair_refused(uint256 seed) external step {
        Repair memory repair = _repair();
        if (receiver.repairAt() != 0 && clock >= receiver.repairAt()) repair.library_ = _stranger(seed);
        bytes memory data = abi.encodeCall(receiver.executeRepair, (repair));
        _refused(12, guardian, address(receiver), data, "a repair was executed early, or another one");
    }

    /// @notice The receiver takes what was offered to it, and nothing else.
    function receiver_takeOwnership(uint256 seed) external step {
        IBridge at = remotes[1];
        address owner = at.owner();
        bytes memory data = abi.encodeCall(receiver.takeOwnership, (address(at)));
        if (at.pendingOwner() != address(receiver)) {
            _refused(12, _stranger(seed), address(receiver), data, "the receiver took what nobody offered");
            vm.prank(owner);
            at.transferOwnership(address(receiver));
        }
        vm.prank(_stranger(seed));
        receiver.takeOwnership(address(at));
    }

    // ------------------------------------------------------------------ the token itself, at home and on a remote

    function token_transfer(uint256 seed) external step {
        (IToken token, address who) = _holder(seed);
        uint256 amount = _fold(_part(seed, 2), 0, token.balanceOf(who));
        vm.prank(who);
        token.transfer(_actor(_part(seed, 1)), amount);
    }

    function token_transferFrom(uint256 seed) external step {
        (IToken token, address who) = _holder(seed);
        address to = _actor(_part(seed, 1));
        vm.prank(who);
        token.approve(to, 1e6);
        vm.prank(to);
        token.transferFrom(who, to, 1e6);
        bytes memory data = abi.encodeCall(token.transferFrom, (who, _stranger(seed), 1));
        _refused(12, _stranger(seed), address(token), data, "a stranger moved another's tokens");
        if (address(token) != address(stun)) return;
        vm.prank(who);
        token.approve(address(adapter), type(uint256).max);
    }

    function token_approve(uint256 seed) external step {
        (IToken token, address who) = _holder(seed);
        vm.prank(who);
        token.approve(_actor(_part(seed, 1)), _part(seed, 2) % 1e24);
    }

    function token_permit(uint256 seed) external step {
        (IToken token, address who) = _holder(seed);
        address to = _actor(_part(seed, 1));
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 hash = keccak256(abi.encode(typeHash, who, to, seed, token.nonces(who), clock));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), hash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keys[who], digest);
        token.permit(who, to, seed, clock, v, r, s);
        bytes memory again = abi.encodeCall(token.permit, (who, to, seed, clock, v, r, s));
        _refused(15, _stranger(seed), address(token), again, "a permit was used twice");
    }

    function token_burn(uint256 seed) external step {
        (IToken token, address who) = _holder(seed);
        uint256 amount = _fold(_part(seed, 2), 0, token.balanceOf(who) / 10);
        vm.prank(who);
        token.burn(amount);
        burnedGhost[address(token)] += amount;
    }

    function token_burnFrom(uint256 seed) external step {
        (IToken token, address who) = _holder(seed);
        address by = _actor(_part(seed, 1));
        vm.prank(who);
        token.approve(by, 1e6);
        vm.prank(by);
        token.burnFrom(who, 1e6);
        burnedGhost[address(token)] += 1e6;
    }

    // ------------------------------------------------------------------ rules

    function ruleSelectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](11);
        list[0] = this.rule_01_supply_identity.selector;
        list[1] = this.rule_02_adapter_and_forwarder_hold_what_they_owe.selector;
        list[2] = this.rule_03_supply_grows_by_receipts_only.selector;
        list[3] = this.rule_04_a_remote_vault_pays_below_what_it_emits.selector;
        list[4] = this.rule_05_paid_is_the_largest_cumulative.selector;
        list[5] = this.rule_12_no_stranger_has_a_power.selector;
        list[6] = this.rule_13_the_timelock_reaches_no_user_money.selector;
        list[7] = this.rule_14_no_pause_stops_an_exit.selector;
        list[8] = this.rule_15_16_nothing_again_and_nothing_foreign.selector;
        list[9] = this.rule_19_governance_keeps_its_order.selector;
        list[10] = this.rule_09_exits_come_at_their_time.selector;
    }

    /// @notice What is outstanding on a remote is there, on its way, held, voided or burned; forged messages counted apart.
    function rule_01_supply_identity() external view {
        uint256 sum;
        for (uint256 i; i < 2; ++i) {
            uint32 eid = _eids[i];
            uint256 there = IToken(address(remotes[i])).totalSupply() + _inFlight(eid);
            there += remotes[i].heldFrom(HOME) + adapter.heldFrom(eid);
            there += remotes[i].burned() + remotes[i].voidedFrom(HOME) + adapter.voidedFrom(eid);
            require(adapter.outstanding(eid) + forgedFrom[eid] == there, "outstanding is not what is there");
            sum += adapter.outstanding(eid);
        }
        require(adapter.locked() == sum, "locked is not the sum of what is outstanding");
    }

    function rule_02_adapter_and_forwarder_hold_what_they_owe() external view {
        require(bytes(broken[2]).length == 0, broken[2]);
        require(stun.balanceOf(address(adapter)) >= adapter.locked(), "the adapter holds less than is locked");
        uint256 waits;
        uint256 native;
        for (uint256 i; i < ACTORS; ++i) {
            (uint128 tokens, uint128 wei_) = forwarder.waiting(_word(actors[i]));
            (waits, native) = (waits + tokens, native + wei_);
            for (uint256 j; j < 2; ++j) {
                (tokens, wei_) = forwarder.waiting(keccak256(abi.encode(_eids[j], _word(actors[i]))));
                (waits, native) = (waits + tokens, native + wei_);
            }
        }
        require(stun.balanceOf(address(forwarder)) >= waits, "the forwarder holds less than waits");
        require(address(forwarder).balance >= native, "the forwarder holds less native currency than waits");
    }

    /// @notice Minted on a remote: what arrived there. Home's supply: what was minted once, less what was burned.
    function rule_03_supply_grows_by_receipts_only() external view {
        require(bytes(broken[3]).length == 0, broken[3]);
        require(stun.totalSupply() + burnedGhost[address(stun)] == 1_000_000_000 * STUN, "home's supply is wrong");
        for (uint256 i; i < 2; ++i) {
            uint256 arrived;
            uint256 left;
            for (uint256 j; j < _packets.length; ++j) {
                Packet storage p = _packets[j];
                if (p.forged || p.receiver == address(receiver)) continue;
                if (p.dst == _eids[i] && p.delivered) arrived += _amount(p);
                if (p.src == _eids[i]) left += _amount(p);
            }
            uint256 credited = arrived - remotes[i].heldFrom(HOME) - remotes[i].voidedFrom(HOME);
            uint256 burned = burnedGhost[address(remotes[i])];
            require(remotes[i].burned() == burned, "a remote counted another sum of burns");
            uint256 supply = IToken(address(remotes[i])).totalSupply();
            require(
                supply + left + burned == credited,
                "a remote minted what did not arrive, or burned what did not leave"
            );
        }
    }

    function rule_04_a_remote_vault_pays_below_what_it_emits() external view {
        require(bytes(broken[4]).length == 0, broken[4]);
        IEmissionVault.Status memory at = emission.status();
        uint256 emitted = EmissionMath.emitted(emission.budget(), at.nextEpoch);
        require(at.paid <= at.accepted && at.accepted + at.pendingTotal <= emitted, "more was accepted than emitted");
        require(at.carry + at.accepted + at.pendingTotal + carrySent == emitted, "the carry is wrong");
        uint256 has = IToken(address(remotes[0])).balanceOf(address(emission));
        require(has + at.paid + carrySent == emission.budget(), "the remote vault lost or gained money");
    }

    function rule_05_paid_is_the_largest_cumulative() external view {
        require(bytes(broken[5]).length == 0, broken[5]);
        for (uint256 i; i < ACTORS; ++i) {
            require(emission.paidTo(actors[i]) == largestClaimed[actors[i]], "paid is not the largest claimed");
            require(emission.paidTo(actors[i]) == receivedReward[actors[i]], "an account received something else");
        }
    }

    function rule_09_exits_come_at_their_time() external view {
        require(bytes(broken[9]).length == 0, broken[9]);
    }

    function rule_12_no_stranger_has_a_power() external view {
        require(bytes(broken[12]).length == 0, broken[12]);
    }

    function rule_13_the_timelock_reaches_no_user_money() external view {
        require(bytes(broken[13]).length == 0, broken[13]);
    }

    function rule_14_no_pause_stops_an_exit() external view {
        require(bytes(broken[14]).length == 0, broken[14]);
    }

    function rule_15_16_nothing_again_and_nothing_foreign() external view {
        require(bytes(broken[15]).length == 0, broken[15]);
        require(bytes(broken[16]).length == 0, broken[16]);
    }

    function rule_19_governance_keeps_its_order() external view {
        require(bytes(broken[19]).length == 0, broken[19]);
        require(receiver.lastSeq() <= sender.lastSeq(BASE), "more was executed than sent");
    }

    // ------------------------------------------------------------------ helpers

    function _inFlight(uint32 eid) private view returns (uint256 sum) {
        for (uint256 i; i < _packets.length; ++i) {
            Packet storage p = _packets[i];
            if (p.delivered || p.forged || p.receiver == address(receiver)) continue;
            if (p.src == eid || p.dst == eid) sum += _amount(p);
        }
    }

    function _holder(uint256 seed) private view returns (IToken, address) {
        if (seed % 3 == 0) return (stun, _actor(seed));
        for (uint256 i; i < 2 * ACTORS; ++i) {
            IToken token = IToken(address(remotes[(_part(seed, 9) + i) % 2]));
            if (token.balanceOf(_actor((seed % ACTORS) + i / 2)) >= 1e18)
                return (token, _actor((seed % ACTORS) + i / 2));
        }
        return (stun, _actor(seed));
    }

    function _repair() private view returns (Repair memory) {
        return Repair(address(_libraries[BASE]), new RepairParam[](0));
    }

    function _deployRemote(uint256 i) private {
        bytes memory arguments = abi.encode(
            _endpoints[_eids[i]],
            HOME,
            300_000_000 * STUN,
            timelock,
            guardian,
            timelock
        );
        remotes[i] = IBridge(_deploy("token", "StunOFT", arguments));
        _wire(adapter, _eids[i], address(remotes[i]));
        _wire(remotes[i], HOME, address(adapter));
        for (uint256 a; a < ACTORS; ++a) {
            vm.prank(actors[a]);
            stun.approve(address(adapter), type(uint256).max);
        }
        if (i == 1) return;
        vm.prank(timelock);
        remotes[0].transferOwnership(address(receiver));
        receiver.takeOwnership(address(remotes[0]));
    }

    function _wire(IBridge at, uint32 eid, address peer) private {
        RateLimitParam[] memory limits = new RateLimitParam[](2);
        limits[0] = RateLimitParam(eid, true, uint96(100_000_000 * STUN), 1 days);
        limits[1] = RateLimitParam(eid, false, uint96(100_000_000 * STUN), 1 days);
        vm.startPrank(timelock);
        at.setPeer(eid, _word(peer));
        at.setEnforcedOptions(_options(eid));
        at.setRateLimits(limits);
        vm.stopPrank();
    }

    /// @dev Sends from home before the campaign, and delivers.
    function _fund(uint32 eid, uint256 amount, address to) private {
        stun.approve(address(adapter), amount);
        _sendFrom(eid, amount, to);
        _deliver(_packets.length - 1, 0);
    }

    function _sendFrom(uint32 eid, uint256 amount, address to) private watched {
        SendParam memory param;
        (param.dstEid, param.to, param.amountLD) = (eid, _word(to), amount);
        adapter.send{ value: FEE }(param, Fee(FEE, 0), address(this));
    }

    /// @dev A vault on Base, funded over the bridge like a real one; its carry goes home over the bridge.
    function _deployVault() private {
        uint96 budget = uint96(40_000_000 * STUN);
        bytes memory arguments = abi.encode(
            remotes[0],
            committee,
            uint40(clock),
            budget,
            remotes[0],
            HOME,
            _word(address(homeVault)),
            timelock
        );
        emission = IEmission(_deploy("emission", "EmissionVault", arguments));
        rewardToken = IToken(address(remotes[0]));
        vm.prank(timelock);
        emission.setGuardian(guardian);
        _owned[3] = address(emission);
        _fund(BASE, budget, address(emission));
        for (uint256 i; i < ACTORS; ++i) _fund(_eids[i % 2], 100_000 * STUN, actors[i]);
    }
}

contract BridgeTest is Campaign {
    function setUp() external {
        _target(address(new BridgeHandler()));
    }
}
