// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IGuarded, IOwned } from "./Interfaces.sol";
import { System } from "./System.sol";

/// @title What owners and the guardian may do to every module, and that nobody else may
abstract contract Powers is System {
    /// @dev Modules with an owner; those with a guardian's pause come first.
    address[] internal _owned;
    uint256 internal _pausable;

    function guarded_pause(uint256 seed) external step {
        IGuarded at = _guarded(seed);
        uint256 allowedAt = at.pauseAllowedAt();
        bytes memory data = abi.encodeCall(at.pause, (uint48(_fold(_part(seed, 1), 1, 7 days))));
        if (allowedAt > clock) {
            _refused(14, at.guardian(), address(at), data, "a module was paused again within 30 days");
            // A month is longer than a campaign is deep: the next pause comes with the time.
            if (seed % 4 != 0) return;
            _reach(allowedAt);
        }
        vm.prank(at.guardian());
        at.pause(uint48(_fold(_part(seed, 1), 1, 7 days)));
    }

    function guarded_unpause(uint256 seed) external step {
        IGuarded at = _guarded(seed);
        vm.prank(seed % 2 == 0 ? at.guardian() : at.owner());
        at.unpause();
    }

    function guarded_setGuardian(uint256 seed) external step {
        IGuarded at = _guarded(seed);
        vm.prank(at.owner());
        at.setGuardian(seed % 4 == 0 ? _actor(seed) : guardian);
    }

    function guarded_pause_too_long_refused(uint256 seed) external step {
        IGuarded at = _guarded(seed);
        bytes memory data = abi.encodeCall(at.pause, (uint48(_fold(_part(seed, 1), 7 days + 1, type(uint48).max))));
        _refused(14, at.guardian(), address(at), data, "a pause was longer than seven days");
    }

    function owned_transferOwnership(uint256 seed) external step {
        IOwned at = IOwned(_owned[seed % _owned.length]);
        vm.prank(at.owner());
        at.transferOwnership(_actor(seed));
    }

    function owned_acceptOwnership(uint256 seed) external step {
        IOwned at = IOwned(_owned[seed % _owned.length]);
        address heir = at.pendingOwner();
        if (heir == address(0)) {
            heir = _actor(seed);
            vm.prank(at.owner());
            at.transferOwnership(heir);
        }
        bytes memory data = abi.encodeCall(at.acceptOwnership, ());
        _refused(12, _stranger(seed), address(at), data, "a stranger took an ownership");
        vm.prank(heir);
        at.acceptOwnership();
    }

    /// @notice Without its owner a module goes on; undone at once, because the campaign needs the owner's calls.
    function owned_renounceOwnership(uint256 seed) external step {
        IOwned at = IOwned(_owned[seed % _owned.length]);
        uint256 before = vm.snapshotState();
        vm.prank(at.owner());
        at.renounceOwnership();
        if (at.owner() != address(0)) revert("still owned");
        vm.revertToState(before);
    }

    /// @notice A stranger tries everything of one module that is the owner's or the guardian's.
    function powers_of_others_refused(uint256 seed) external step {
        address at = _owned[seed % _owned.length];
        bytes[] memory calls = _powers();
        for (uint256 i; i < calls.length; ++i) {
            _refused(12, _stranger(seed), at, calls[i], "a stranger used a power");
        }
    }

    /// @notice The owner of a module makes each of its calls: nothing that a user is owed moves by it. Undone, because the
    /// campaign makes these calls with sense elsewhere.
    function timelock_reaches_no_user_money(uint256 seed) external step {
        address at = _owned[seed % _owned.length];
        address owner = IOwned(at).owner();
        bytes[] memory calls = _powers();
        bytes32 held = _userMoney();
        uint256 before = vm.snapshotState();
        bool moved;
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(owner);
            // solhint-disable-next-line avoid-low-level-calls
            (bool done, ) = at.call(calls[i]);
            if (done && _userMoney() != held) moved = true;
            if (done) vm.revertToState(before);
        }
        if (moved) _break(13, "an owner's call moved what users are owed");
    }

    /// @dev What the modules that hold users' money have, in both assets.
    function _userMoney() private view returns (bytes32 sum) {
        address[5] memory vaults = [
            address(staking),
            address(escrow),
            address(channels),
            address(vesting),
            address(emission)
        ];
        for (uint256 i; i < 5; ++i) {
            sum = keccak256(abi.encode(sum, stun.balanceOf(vaults[i]), stable.balanceOf(vaults[i])));
        }
        (uint256 principal, uint256 reserved) = staking.totals();
        return keccak256(abi.encode(sum, principal, reserved, emission.status().accepted, emission.status().paid));
    }

    function ownedCount() external view returns (uint256) {
        return _owned.length;
    }

    /// @dev Every call that needs an owner or a guardian; a module that does not have it refuses it as well.
    function _powers() internal view virtual returns (bytes[] memory calls) {
        calls = new bytes[](20);
        address me = _stranger(0);
        bytes32 word = bytes32(uint256(1));
        calls[0] = abi.encodeWithSignature("pause(uint48)", 1 days);
        calls[1] = abi.encodeWithSignature("unpause()");
        calls[2] = abi.encodeWithSignature("setGuardian(address)", me);
        calls[3] = abi.encodeWithSignature("transferOwnership(address)", me);
        calls[4] = abi.encodeWithSignature("renounceOwnership()");
        calls[5] = abi.encodeWithSignature("acceptOwnership()");
        calls[6] = abi.encodeWithSignature("setAsset(address,bool)", me, true);
        calls[7] = abi.encodeWithSignature("setFeeTargets(address,address)", me, me);
        calls[8] = abi.encodeWithSignature("setMembers(address[],uint256)", _membersOf(0), 2);
        calls[9] = abi.encodeWithSignature("stop(uint48)", 1 days);
        calls[10] = abi.encodeWithSignature("resume()");
        calls[11] = abi.encodeWithSignature("pay(address,address,uint256)", address(stun), me, 1);
        calls[12] = abi.encodeWithSignature("veto()");
        calls[13] = abi.encodeWithSignature("refillVetoes()");
        calls[14] = abi.encodeWithSignature("setSubsidy(uint8)", 100);
        calls[15] = abi.encodeWithSignature("setRoot(uint8,bytes32)", 0, word);
        calls[16] = abi.encodeWithSignature("sendCarryHome(uint256,bytes)", 1e12, "");
        calls[17] = abi.encodeWithSignature("setMintCap(uint256)", 1);
        calls[18] = abi.encodeWithSignature("voidHeld(bytes32)", word);
        calls[19] = abi.encodeWithSignature("setPeer(uint32,bytes32)", 1, word);
    }

    function _guarded(uint256 seed) internal view returns (IGuarded) {
        return IGuarded(_owned[_part(seed, 98) % _pausable]);
    }
}
