// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IVestingVault } from "../../contracts/vesting/IVestingVault.sol";
import { IOwned } from "./Interfaces.sol";
import { Emission } from "./Emission.sol";

/// @title Every call of vesting, incentives and a treasury
abstract contract Grants is Emission {
    struct Payment {
        address asset;
        uint256 time;
        uint256 amount;
    }

    Payment[] internal _payments;
    /// @dev Released so far by each grant; never shrinks.
    mapping(uint256 id => uint256) internal _releasedGhost;

    // ------------------------------------------------------------------ vesting

    function vesting_grant(uint256 seed) public step {
        vm.prank(_actor(seed));
        vesting.grant(_grantTerms(seed), _revoker(seed));
    }

    function vesting_grantBatch(uint256 seed) external step {
        IVestingVault.Terms[] memory list = new IVestingVault.Terms[](_fold(seed, 1, 3));
        for (uint256 i; i < list.length; ++i) list[i] = _grantTerms(_part(seed, 20 + i));
        vm.prank(_actor(seed));
        vesting.grantBatch(list, _revoker(seed));
    }

    function vesting_claim(uint256 seed) external step {
        uint256 id = _grant(seed);
        IVestingVault.Grant memory g = vesting.grantOf(id);
        if (vesting.claimableOf(id) == 0) _reach(uint256(g.start) + _fold(_part(seed, 1), g.cliff, g.duration));
        _exit(_stranger(seed), address(vesting), abi.encodeCall(vesting.claim, (id)));
        uint256 released = vesting.grantOf(id).released;
        if (released < _releasedGhost[id]) _break(13, "a grant released less than before");
        _releasedGhost[id] = released;
    }

    function vesting_revoke(uint256 seed) external step {
        uint256 id = _grant(seed);
        IVestingVault.Grant memory g = vesting.grantOf(id);
        uint256 vested = vesting.vestedOf(id);
        bytes memory data = abi.encodeCall(vesting.revoke, (id));
        _refused(13, seed % 2 == 0 ? timelock : _stranger(seed), address(vesting), data, "a stranger revoked a grant");
        if (g.revoker == address(0)) return;
        if (g.revoker == address(treasury)) {
            vm.prank(treasury.owner());
            treasury.revoke(vesting, id);
        } else {
            vm.prank(g.revoker);
            vesting.revoke(id);
        }
        if (vesting.vestedOf(id) != vested) _break(13, "a revocation took what had vested");
    }

    function vesting_proposeBeneficiary(uint256 seed) external step {
        uint256 id = _grant(seed);
        bytes memory data = abi.encodeCall(vesting.proposeBeneficiary, (id, _stranger(seed)));
        _refused(12, _stranger(seed), address(vesting), data, "a stranger proposed a beneficiary");
        vm.prank(vesting.grantOf(id).beneficiary);
        vesting.proposeBeneficiary(id, _actor(_part(seed, 1)));
    }

    function vesting_acceptBeneficiary(uint256 seed) external step {
        uint256 id = _grant(seed);
        address heir = _actor(_part(seed, 1));
        vm.prank(vesting.grantOf(id).beneficiary);
        vesting.proposeBeneficiary(id, heir);
        bytes memory data = abi.encodeCall(vesting.acceptBeneficiary, (id));
        _refused(12, _stranger(seed), address(vesting), data, "a stranger took over a grant");
        vm.prank(heir);
        vesting.acceptBeneficiary(id);
    }

    // ------------------------------------------------------------------ incentives

    function incentives_setRoot(uint256 seed) public step {
        uint8 kind = uint8(seed % 4);
        vm.prank(IOwned(address(incentives)).owner());
        incentives.setRoot(kind, _pair(_eligible(kind, 0), _eligible(kind, 1)));
    }

    function incentives_claim(uint256 seed) external step {
        uint8 kind = uint8(seed % 4);
        incentives_setRoot(kind);
        uint256 i = _part(seed, 1) % 2;
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = _eligible(kind, 1 - i);
        bytes memory data = abi.encodeCall(incentives.claim, (kind, _key(kind, i), actors[i], proof));
        vm.prank(_stranger(seed));
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, ) = address(incentives).call(data);
        _refused(15, _stranger(seed), address(incentives), data, "an incentive was claimed twice");
        data = abi.encodeCall(incentives.claim, (kind, _key(kind, i), _stranger(seed), proof));
        _refused(16, _stranger(seed), address(incentives), data, "an incentive went to another account");
        done;
    }

    /// @notice A badge stays where it was minted, and nobody but the vault mints.
    function badge_moves_refused(uint256 seed) external step {
        address badge = incentives.badge();
        vm.prank(actors[0]);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, ) = badge.call(
            seed % 3 == 0
                ? abi.encodeWithSignature("approve(address,uint256)", actors[1], 1)
                : abi.encodeWithSignature("setApprovalForAll(address,bool)", actors[1], true)
        );
        done;
        bytes memory move = abi.encodeWithSignature(
            seed % 2 == 0 ? "transferFrom(address,address,uint256)" : "safeTransferFrom(address,address,uint256)",
            actors[0],
            actors[1],
            1
        );
        _refused(12, actors[0], badge, move, "a badge moved");
        _refused(12, actors[1], badge, move, "a badge moved by another");
        _refused(12, _actor(seed), badge, abi.encodeWithSignature("mint(address)", actors[2]), "a stranger minted");
    }

    // ------------------------------------------------------------------ treasury

    function treasury_pay(uint256 seed) external step {
        address asset =
            seed % 3 == 0
                ? address(stun)
                : seed % 3 == 1
                    ? address(stable)
                    : address(0);
        uint256 left = treasury.available(asset);
        address owner = treasury.owner();
        bytes memory above = abi.encodeCall(treasury.pay, (asset, actors[1], left + 1));
        _refused(17, owner, address(treasury), above, "the treasury paid above its limit");
        if (left == 0) {
            _reach(clock + _fold(_part(seed, 2), 1 days, 31 days));
            left = treasury.available(asset);
        }
        uint256 amount = seed % 4 == 0 ? left : _fold(_part(seed, 1), 1, left);
        uint256 held = _held(asset);
        vm.prank(owner);
        // One time in five to an account that takes no native currency: the payment fails as a whole.
        treasury.pay(asset, seed % 5 == 0 && asset == address(0) ? address(this) : actors[1], amount);
        _payments.push(Payment(asset, clock, amount));
        uint256 sum = _paidWithin(asset, clock);
        uint256 limit = asset == address(stun) ? 2_000_000 * STUN : ((held + sum - amount) * 1_000) / 10_000;
        if (sum > limit) _break(17, "more than its limit left the treasury within 30 days");
    }

    function treasury_revoke(uint256 seed) external step {
        vm.prank(_actor(seed));
        uint256 id = vesting.grant(_grantTerms(seed), address(treasury));
        bytes memory data = abi.encodeCall(treasury.revoke, (vesting, id));
        _refused(12, _stranger(seed), address(treasury), data, "a stranger revoked through the treasury");
        vm.prank(treasury.owner());
        treasury.revoke(vesting, id);
    }

    function treasury_forget(uint256 seed) external step {
        address asset = seed % 2 == 0 ? address(stun) : address(0);
        uint256 left = treasury.available(asset);
        vm.prank(_actor(_part(seed, 1)));
        treasury.forget(asset);
        if (treasury.available(asset) != left) _break(17, "what a treasury forgot changed what it may pay");
    }

    // ------------------------------------------------------------------ helpers

    /// @dev What the treasury paid in the 30 days that end at `until`.
    function _paidWithin(address asset, uint256 until) internal view returns (uint256 sum) {
        for (uint256 i; i < _payments.length; ++i) {
            Payment storage p = _payments[i];
            if (p.asset == asset && p.time <= until && p.time + 30 days > until) sum += p.amount;
        }
    }

    function _held(address asset) private view returns (uint256) {
        if (asset == address(0)) return address(treasury).balance;
        return asset == address(stun) ? stun.balanceOf(address(treasury)) : stable.balanceOf(address(treasury));
    }

    function _grantTerms(uint256 seed) private view returns (IVestingVault.Terms memory terms) {
        terms.beneficiary = _actor(_part(seed, 1));
        terms.total = uint96(_fold(_part(seed, 2), 1, 10_000 * STUN));
        terms.duration = uint32(_fold(_part(seed, 3), 600, 60 days));
        terms.cliff = seed % 2 == 0 ? 0 : uint32(_fold(_part(seed, 4), 0, terms.duration));
        terms.start = uint40(_fold(_part(seed, 5), clock - 30 days, clock + 10 days));
    }

    function _revoker(uint256 seed) private view returns (address) {
        return
            seed % 3 == 0
                ? address(0)
                : seed % 3 == 1
                    ? address(treasury)
                    : _actor(_part(seed, 6));
    }

    function _grant(uint256 seed) private returns (uint256) {
        if (vesting.nextId() == 1) vesting_grant(_part(seed, 7));
        return _fold(seed, 1, vesting.nextId() - 1);
    }

    function _key(uint8 kind, uint256 i) private view returns (bytes32) {
        return kind == 1 ? keccak256(abi.encode("model", i)) : bytes32(uint256(uint160(actors[i])));
    }

    function _eligible(uint8 kind, uint256 i) private view returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(kind, _key(kind, i), actors[i]))));
    }
}
