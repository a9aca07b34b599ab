// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Powers } from "./Powers.sol";
import { Stake } from "./Stake.sol";

/// @title Every call of the registry and of the committee
abstract contract Register is Stake, Powers {
    struct Attestation {
        address provider;
        bytes32 gpuId;
        uint8 tier;
        uint64 expiry;
        uint64 version;
        bytes signatures;
    }

    /// @dev The first answer for each provider and model, which is final.
    mapping(address provider => address) public referrerGhost;
    mapping(bytes32 gpuId => address) public gpuGhost;
    bytes32[] internal _gpus;
    bytes32[] internal _models;
    mapping(bytes32 model => address) public creatorGhost;
    Attestation[] private _attested;
    uint64 internal _lastVersion;

    function registry_register(uint256 seed) external step {
        address who = _actor(seed);
        (bool known, ) = registry.referrerOf(who);
        if (known) {
            bytes memory again = abi.encodeCall(registry.register, ("again", _stranger(seed)));
            _refused(15, who, address(registry), again, "a provider registered twice");
            return;
        }
        address referrer = seed % 3 == 0 ? address(0) : _actor((seed % ACTORS) + 1 + (seed % (ACTORS - 1)));
        vm.prank(who);
        registry.register("https://provider.example", referrer);
        referrerGhost[who] = referrer;
    }

    function registry_setEndpoint(uint256 seed) external step {
        vm.prank(actors[seed % 2]);
        registry.setEndpoint("https://elsewhere.example");
    }

    function registry_attest(uint256 seed) external step {
        Attestation memory a;
        a.provider = _registered(seed);
        a.gpuId = keccak256(abi.encode("gpu", _part(seed, 1) % 4));
        (address holder, , uint40 known) = registry.gpus(a.gpuId);
        if (holder != address(0)) a.provider = holder;
        a.tier = uint8(_fold(_part(seed, 2), 1, 4));
        a.expiry = uint64(_fold(_part(seed, 3), known > clock ? known + 1 : clock + 1, clock + 90 days));
        a.version = committee.version();
        a.signatures = _quorum(_tierHash(address(registry), a));
        vm.prank(_stranger(seed));
        registry.attest(a.provider, a.gpuId, a.tier, a.expiry, a.version, a.signatures);
        if (holder == address(0)) {
            _gpus.push(a.gpuId);
            gpuGhost[a.gpuId] = a.provider;
        }
        _attested.push(a);
    }

    /// @notice An attestation again, for another provider, or signed for another module.
    function registry_attest_again_refused(uint256 seed) external step {
        if (_attested.length == 0) return;
        Attestation memory a = _attested[seed % _attested.length];
        uint256 rule = 15;
        if (seed % 3 == 1) (a.provider, rule) = (_actor(_part(seed, 1)), 16);
        if (seed % 3 == 2) {
            a.expiry += 1;
            a.version = committee.version();
            a.signatures = _quorum(_tierHash(address(emission), a));
            rule = 16;
        }
        bytes memory data = abi.encodeCall(
            registry.attest,
            (a.provider, a.gpuId, a.tier, a.expiry, a.version, a.signatures)
        );
        _refused(rule, _stranger(seed), address(registry), data, "an attestation was used again");
    }

    function registry_commitModel(uint256 seed) external step {
        vm.prank(_stranger(seed));
        registry.commitModel(bytes32(seed));
    }

    function registry_registerModel(uint256 seed) external step {
        bytes32 model = seed % 2 == 0 ? MODEL : keccak256(abi.encode("model", seed % 5));
        address who = _actor(_part(seed, 1));
        bytes32 salt = bytes32(_part(seed, 2));
        bytes32 commitment = registry.commitmentOf(model, who, salt);
        vm.prank(who);
        registry.commitModel(commitment);
        bytes memory data = abi.encodeCall(registry.registerModel, (model, bytes32(0), salt));
        vm.warp(clock + 599);
        _refused(15, who, address(registry), data, "a model was registered before its commitment was old enough");
        _reach(clock + 600);
        bool taken = creatorGhost[model] != address(0);
        if (taken) {
            _refused(15, who, address(registry), data, "a model was registered twice");
            return;
        }
        vm.prank(who);
        registry.registerModel(model, 0, salt);
        creatorGhost[model] = who;
        _models.push(model);
    }

    function committee_setMembers(uint256 seed) external step {
        uint256 next = 1 - _set;
        vm.prank(committee.owner());
        committee.setMembers(_membersOf(next), 2);
        _set = next;
        uint64 version = committee.version();
        if (version <= _lastVersion) _break(19, "a committee's version did not grow");
        _lastVersion = version;
        seed;
    }

    function committee_stop(uint256 seed) external step {
        bytes memory data = abi.encodeCall(committee.stop, (uint48(_fold(seed, 1, 14 days))));
        if (committee.stopAllowedAt() > clock) {
            _refused(14, committee.guardian(), address(committee), data, "the committee was stopped again too early");
            return;
        }
        vm.prank(committee.guardian());
        committee.stop(uint48(_fold(seed, 1, 14 days)));
    }

    function committee_resume(uint256 seed) external step {
        vm.prank(seed % 2 == 0 ? committee.guardian() : committee.owner());
        committee.resume();
    }

    function committee_setGuardian(uint256 seed) external step {
        vm.prank(committee.owner());
        committee.setGuardian(seed % 4 == 0 ? _actor(seed) : guardian);
    }

    function gpuCount() external view returns (uint256) {
        return _gpus.length;
    }

    function _registered(uint256 seed) private view returns (address) {
        for (uint256 i; i < ACTORS; ++i) {
            address who = _actor((seed % ACTORS) + i);
            (bool known, ) = registry.referrerOf(who);
            (address at, uint256 free, bool exiting) = _bondState(who);
            if (known && at != address(0) && !exiting && free >= 1_000 * STUN) return who;
        }
        revert("nobody is registered and bonded");
    }

    function _tierHash(address target, Attestation memory a) private pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "TierAttestation(bytes32 target,uint64 version,bytes32 provider,bytes32 gpuId,uint8 tier,uint64 expiry)"
        );
        bytes32 to = bytes32(uint256(uint160(target)));
        bytes32 provider = bytes32(uint256(uint160(a.provider)));
        return keccak256(abi.encode(typeHash, to, a.version, provider, a.gpuId, a.tier, a.expiry));
    }
}
