// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IStake, IToken } from "./Interfaces.sol";
import { Ledger } from "./Ledger.sol";

/// @title Every call of staking, by owners of positions and by strangers who pass for an escrow
abstract contract Stake is Ledger {
    struct Owned {
        address owner;
        uint256 id;
    }

    Owned[] internal _positions;

    function staking_open(uint256 seed) public step {
        address who = _actor(seed);
        uint256 principal = _fold(_part(seed, 1), STUN, 100_000 * STUN);
        uint256 lock = _fold(_part(seed, 2), 7 days, 730 days);
        vm.prank(who);
        _positions.push(Owned(who, staking.open(principal, lock, seed % 5 == 0 ? 1 : 0)));
    }

    /// @notice Without a promise of a reward a position opens whatever is in the reserve; only a pause stops it.
    function staking_open_without_reserve(uint256 seed) external step {
        address who = _actor(seed);
        if (clock < staking.pausedUntil()) revert("paused");
        vm.prank(who);
        try staking.open(_fold(_part(seed, 1), STUN, 1_000_000 * STUN), 730 days, 0) returns (uint256 id) {
            _positions.push(Owned(who, id));
        } catch {
            _break(18, "a position without a promised reward did not open");
        }
    }

    function staking_renew(uint256 seed) external step {
        Owned memory of_ = _position(seed);
        uint256 end = staking.positionOf(of_.owner, of_.id).end;
        uint256 least = end > clock + 7 days ? end - clock : 7 days;
        vm.prank(of_.owner);
        staking.renew(of_.id, _fold(_part(seed, 1), 0, 10_000 * STUN), _fold(_part(seed, 2), least, 730 days), 0);
    }

    function staking_claim(uint256 seed) external step {
        Owned memory of_ = _position(seed);
        if (staking.positionOf(of_.owner, of_.id).reserved == 0) of_ = _rewarded(seed);
        _reach(clock + 1 hours);
        _exit(of_.owner, address(staking), abi.encodeCall(staking.claim, (of_.id)));
    }

    function staking_bond(uint256 seed) public step {
        address who = _actor(seed);
        IStake.Bond memory bonded = staking.bondOf(who);
        vm.prank(who);
        uint256 id = staking.open(_fold(_part(seed, 1), 20_000 * STUN, 200_000 * STUN), 30 days, 0);
        _positions.push(Owned(who, id));
        bytes memory data = abi.encodeCall(staking.bond, (id, address(escrow)));
        if (bonded.escrow != address(0)) {
            _refused(8, who, address(staking), data, "a provider has two bonds");
            return;
        }
        vm.prank(who);
        staking.bond(id, address(escrow));
    }

    function staking_requestExit(uint256 seed) public step {
        address who = _bondedProvider(seed);
        uint256 id = staking.bondOf(who).id;
        _exit(who, address(staking), abi.encodeCall(staking.requestExit, (id)));
        (, , bool exiting) = _bondState(who);
        if (!exiting) _break(9, "a request to exit was not noted");
    }

    function staking_unbond(uint256 seed) external step {
        _leaveBond(seed, false);
    }

    function staking_exit(uint256 seed) external step {
        if (seed % 2 == 0) return _leaveBond(seed, true);
        Owned memory of_ = _position(seed);
        IStake.Position memory at = staking.positionOf(of_.owner, of_.id);
        _reach(at.end);
        bytes memory data = abi.encodeCall(staking.exit, (of_.id));
        // Stake that backs no work leaves at the end of its lock, whatever happens; bonded stake as above.
        if (at.bondedTo == address(0)) _must(of_.owner, address(staking), data);
        else _exit(of_.owner, address(staking), data);
    }

    /// @notice Before its end nothing leaves a position.
    function staking_exit_early_refused(uint256 seed) external step {
        Owned memory of_ = _position(seed);
        uint256 end = staking.positionOf(of_.owner, of_.id).end;
        if (end <= clock) return;
        vm.warp(_fold(_part(seed, 1), clock, end - 1));
        bytes memory data = abi.encodeCall(staking.exit, (of_.id));
        _refused(9, of_.owner, address(staking), data, "a position left before its end");
    }

    function staking_addReserve(uint256 seed) external step {
        vm.prank(_actor(seed));
        staking.addReserve(_fold(_part(seed, 1), 1, 1_000_000 * STUN));
    }

    /// @notice Somebody who is no escrow locks, frees or slashes: no provider's bond and no position moves.
    function staking_lockBond(uint256 seed) external step {
        _asStranger(seed, abi.encodeCall(staking.lockBond, (_actor(seed), seed % 2 == 0 ? 0 : STUN)));
    }

    function staking_unlockBond(uint256 seed) external step {
        _asStranger(seed, abi.encodeCall(staking.unlockBond, (_actor(seed), STUN)));
    }

    function staking_slashBond(uint256 seed) external step {
        _asStranger(seed, abi.encodeCall(staking.slashBond, (_actor(seed), STUN, STUN)));
    }

    function staking_collectSlashed(uint256 seed) external step {
        (uint256 toBurn, ) = staking.slashedAt(address(escrow));
        if (toBurn == 0) escrow_reopen(seed);
        _exit(_stranger(seed), address(staking), abi.encodeCall(staking.collectSlashed, (address(escrow))));
    }

    function staking_delegate(uint256 seed) external step {
        vm.prank(_actor(seed));
        staking.delegate(_actor(_part(seed, 1)));
    }

    function staking_delegateBySig(uint256 seed) external step {
        address who = _actor(seed);
        uint256 nonce = staking.nonces(who);
        bytes32 typeHash = keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
        bytes32 hash = keccak256(abi.encode(typeHash, actors[1], nonce, clock));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", _domain("STUN Staking", address(staking)), hash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keys[who], digest);
        staking.delegateBySig(actors[1], nonce, clock, v, r, s);
        bytes memory again = abi.encodeCall(staking.delegateBySig, (actors[1], nonce, clock, v, r, s));
        _refused(15, _stranger(seed), address(staking), again, "a delegation was used twice");
    }

    // ------------------------------------------------------------------ of every module that takes tokens

    function multi_selfPermit(uint256 seed) external step {
        address at = _taker(seed);
        address who = _actor(seed);
        bytes memory data = _permit(who, at);
        if (seed % 2 == 0) {
            vm.prank(who);
            // solhint-disable-next-line avoid-low-level-calls
            (bool done, bytes memory reason) = at.call(data);
            if (!done) _bubble(reason);
        }
    }

    function multi_multicall(uint256 seed) external step {
        address who = _actor(seed);
        bytes[] memory calls = new bytes[](2);
        calls[0] = _permit(who, address(staking));
        calls[1] = abi.encodeCall(staking.open, (5 * STUN, 7 days, 0));
        vm.prank(who);
        bytes[] memory answers = staking.multicall(calls);
        _positions.push(Owned(who, abi.decode(answers[1], (uint256))));
        vm.prank(who);
        stun.approve(address(staking), type(uint256).max);
    }

    // ------------------------------------------------------------------ helpers

    function positionCount() public view returns (uint256) {
        return _positions.length;
    }

    function positionAt(uint256 i) external view returns (address owner, uint256 id) {
        return (_positions[i].owner, _positions[i].id);
    }

    function _exists(Owned memory of_) internal view returns (bool) {
        try staking.positionOf(of_.owner, of_.id) returns (IStake.Position memory) {
            return true;
        } catch {
            return false;
        }
    }

    function _position(uint256 seed) internal returns (Owned memory) {
        uint256 count = _positions.length;
        for (uint256 i; i < count; ++i) {
            Owned memory of_ = _positions[((seed % count) + i) % count];
            if (_exists(of_)) return of_;
        }
        staking_open(_part(seed, 9));
        return _positions[_positions.length - 1];
    }

    /// @dev A new position with a reward, for which somebody fills the reserve.
    function _rewarded(uint256 seed) private returns (Owned memory of_) {
        of_.owner = _actor(seed);
        vm.prank(_actor(_part(seed, 10)));
        staking.addReserve(100_000 * STUN);
        vm.prank(of_.owner);
        of_.id = staking.open(10_000 * STUN, 30 days, 1);
        _positions.push(of_);
    }

    function _bondedProvider(uint256 seed) private returns (address) {
        for (uint256 i; i < ACTORS; ++i) {
            address who = _actor((seed % ACTORS) + i);
            (address at, , bool exiting) = _bondState(who);
            if (at != address(0) && !exiting) return who;
        }
        revert("nobody is bonded");
    }

    /// @dev Leaves a bond seven days after the request, when nothing of it is locked.
    function _leaveBond(uint256 seed, bool whole) private {
        for (uint256 i; i < ACTORS; ++i) {
            address who = _actor((seed % ACTORS) + i);
            IStake.Bond memory bond = staking.bondOf(who);
            if (bond.escrow == address(0)) continue;
            if (bond.exitRequestedAt == 0) {
                vm.prank(who);
                staking.requestExit(bond.id);
                bond = staking.bondOf(who);
            }
            bytes memory data =
                whole ? abi.encodeCall(staking.exit, (bond.id)) : abi.encodeCall(staking.unbond, (bond.id));
            if (bond.exitRequestedAt + 7 days > clock + 1) {
                vm.warp(bond.exitRequestedAt + 7 days - 1);
                _refused(9, who, address(staking), data, "a bond was left before its delay was over");
            }
            _reach(bond.exitRequestedAt + 7 days);
            if (whole) _reach(staking.positionOf(who, bond.id).end);
            if (bond.locked > 0) {
                _refused(8, who, address(staking), data, "a bond was left while a job holds it");
                return;
            }
            _must(who, address(staking), data);
            return;
        }
        revert("nobody is bonded");
    }

    function _asStranger(uint256 seed, bytes memory data) private {
        bytes32 before = _bonds();
        vm.prank(seed % 2 == 0 ? _stranger(seed) : _actor(_part(seed, 1)));
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, ) = address(staking).call(data);
        done;
        if (_bonds() != before) _break(8, "somebody who is not the escrow moved a bond");
    }

    function _bonds() private view returns (bytes32 all) {
        for (uint256 i; i < ACTORS; ++i) all = keccak256(abi.encode(all, staking.bondOf(actors[i])));
        (uint256 principal, uint256 reserved) = staking.totals();
        return keccak256(abi.encode(all, principal, reserved));
    }

    function _taker(uint256 seed) private view returns (address) {
        return [address(staking), address(escrow), address(channels)][seed % 3];
    }

    function _permit(address who, address spender) private view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        uint256 value = type(uint256).max;
        bytes32 hash = keccak256(abi.encode(typeHash, who, spender, value, stun.nonces(who), clock));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", stun.DOMAIN_SEPARATOR(), hash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keys[who], digest);
        return abi.encodeCall(staking.selfPermit, (IToken(address(stun)), value, clock, v, r, s));
    }
}
