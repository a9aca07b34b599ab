// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IProofVerifier } from "../../contracts/escrow/IProofVerifier.sol";
import { Cheats } from "./Cheats.sol";
import {
    EscrowSetup,
    IChannels,
    ICommitteeOf,
    IEmission,
    IEscrow,
    IGuarded,
    IHostileToken,
    IIncentives,
    IOwned,
    IRegister,
    IStake,
    IToken,
    ITreasury,
    IVesting
} from "./Interfaces.sol";

/// @title Says of every proof what it was told to say
/// @notice Stands for the verifier of zk proofs, because no proof can be made inside of a random sequence; the real one
/// and real proofs have tests of their own.
contract Proofs is IProofVerifier {
    error Unproven();

    uint64 private _units;
    bool private _valid;

    function say(bool valid, uint64 units) external {
        (_valid, _units) = (valid, units);
    }

    function provenUnits(
        bytes32,
        bytes32,
        bytes32,
        uint256,
        address,
        bytes32,
        bytes32,
        bytes calldata
    ) external view returns (uint64) {
        if (!_valid) revert Unproven();
        return _units;
    }
}

/// @title The whole home chain, deployed once for a campaign, and what every handler shares
/// @notice A handler performs one call of the protocol as one of a few actors. When the protocol refuses, the handler
/// reverts, which Foundry counts; a handler whose name ends in `_refused` performs what must be refused and notes a
/// broken rule when it is not. Time is kept here, because Foundry forgets it between calls.
abstract contract System is Cheats {
    uint256 internal constant ACTORS = 4;
    uint256 internal constant STUN = 1e18;
    uint32 internal constant HOME = 30_101;

    address internal immutable timelock = _named("timelock");
    address internal immutable guardian = _named("guardian");
    address[] public actors;
    mapping(address actor => uint256) internal _keys;
    /// @dev Two sets of committee keys, each ascending by address; two of three sign.
    uint256[3][2] private _members;
    uint256 internal _set;

    IToken public stun;
    IHostileToken public stable;
    ICommitteeOf public committee;
    IStake public staking;
    IRegister public registry;
    Proofs public proofs;
    IEscrow public escrow;
    IChannels public channels;
    ITreasury public treasury;
    IVesting public vesting;
    IEmission public emission;
    IIncentives public incentives;

    uint256 public clock = 1_800_000_000;
    /// @dev What a handler saw that must not be, by the number of the rule.
    mapping(uint256 rule => string) public broken;

    /// @dev Sets the time of the call.
    modifier step() {
        vm.warp(clock);
        _;
    }

    constructor() {
        vm.warp(clock);
        for (uint256 i; i < ACTORS; ++i) {
            (address who, uint256 key) = _keyed(string.concat("actor ", vm.toString(i)));
            actors.push(who);
            _keys[who] = key;
        }
        _members[0] = _sorted("first");
        _members[1] = _sorted("second");
        _deployAll();
        for (uint256 i; i < ACTORS; ++i) {
            stun.transfer(actors[i], 10_000_000 * STUN);
            stable.mint(actors[i], 1e15);
            _approveAll(actors[i]);
        }
        stun.transfer(address(treasury), 100_000_000 * STUN);
        stun.transfer(address(incentives), 25_000_000 * STUN);
        stun.transfer(address(emission), emission.budget());
        stable.mint(address(treasury), 1e15);
        vm.deal(address(treasury), 1_000 ether);
    }

    // ------------------------------------------------------------------ time

    /// @notice Lets from a second to a week pass, more often a little than much.
    function warp(uint256 seed) external {
        clock += _fold(
            seed >> 8,
            1,
            seed % 4 == 0
                ? 7 days
                : seed % 4 == 1
                    ? 1 days
                    : 2 hours
        );
    }

    /// @dev Moves to `when`, or stays when it has passed.
    function _reach(uint256 when) internal {
        if (when > clock) {
            clock = when;
            vm.warp(when);
        }
    }

    // ------------------------------------------------------------------ rules

    /// @dev Notes that a rule was seen broken, for the invariant of its number to report.
    function _break(uint256 rule, string memory what) internal {
        broken[rule] = what;
    }

    /// @dev Performs an exit: one that fails because of a pause breaks rule 14; any other failure is the handler's.
    function _exit(address as_, address target, bytes memory data) internal returns (bytes memory answer) {
        bool done;
        vm.prank(as_);
        // solhint-disable-next-line avoid-low-level-calls
        (done, answer) = target.call(data);
        if (done) return answer;
        if (bytes4(answer) != IGuarded.EntryPaused.selector) _bubble(answer);
        _break(14, string.concat("a pause stopped an exit of ", vm.toString(target)));
    }

    /// @dev Performs what nobody can prevent: its time has come and nothing else is needed. Any failure breaks rule 9.
    function _must(address as_, address target, bytes memory data) internal {
        vm.prank(as_);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, bytes memory answer) = target.call(data);
        if (done) return;
        bool paused = bytes4(answer) == IGuarded.EntryPaused.selector;
        _break(paused ? 14 : 9, string.concat("an exit failed at its time, of ", vm.toString(target)));
    }

    /// @dev Performs what must be refused.
    function _refused(uint256 rule, address as_, address target, bytes memory data, string memory what) internal {
        vm.prank(as_);
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, ) = target.call(data);
        if (done) _break(rule, what);
    }

    // ------------------------------------------------------------------ actors and signatures

    function _actor(uint256 seed) internal view returns (address) {
        return actors[seed % ACTORS];
    }

    /// @dev An address that owns nothing and that nobody has the key of.
    function _stranger(uint256 seed) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("stranger", seed % 3)))));
    }

    function _committeeKeys() internal view returns (uint256[3] memory) {
        return _members[_set];
    }

    function _membersOf(uint256 set) internal view returns (address[] memory list) {
        list = new address[](3);
        for (uint256 i; i < 3; ++i) list[i] = vm.addr(_members[set][i]);
    }

    /// @dev Signatures of two members in force over a struct of theirs.
    function _quorum(bytes32 structHash) internal view returns (bytes memory) {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", committee.domainSeparator(), structHash));
        uint256[3] memory keys = _committeeKeys();
        return bytes.concat(_sign(keys[0], digest), _sign(keys[2], digest));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev r and vs of EIP-2098.
    function _compact(uint256 key, bytes32 digest) internal pure returns (bytes32 r, bytes32 vs) {
        uint8 v;
        bytes32 s;
        (v, r, s) = vm.sign(key, digest);
        vs = v == 28 ? bytes32(uint256(s) | (1 << 255)) : s;
    }

    function _domain(string memory name, address at) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        );
        return keccak256(abi.encode(typeHash, keccak256(bytes(name)), keccak256("1"), block.chainid, at));
    }

    // ------------------------------------------------------------------ deployment

    function _deployAll() private {
        address[] memory to = new address[](1);
        uint256[] memory amounts = new uint256[](1);
        (to[0], amounts[0]) = (address(this), 1_000_000_000 * STUN);
        stun = IToken(_deploy("token", "StunToken", abi.encode(to, amounts)));
        stable = IHostileToken(_deploy("test", "HostileToken", abi.encode(uint8(6))));
        committee = ICommitteeOf(
            _deploy("governance", "Committee", abi.encode(timelock, guardian, _membersOf(0), uint256(2)))
        );
        staking = IStake(_deploy("staking", "VotingStaking", abi.encode(stun, timelock)));
        vm.prank(timelock);
        staking.setGuardian(guardian);
        registry = IRegister(_deploy("registry", "Registry", abi.encode(committee, staking, uint256(2))));
        treasury = ITreasury(_deploy("governance", "Treasury", abi.encode(stun, timelock)));
        vesting = IVesting(_deploy("vesting", "VestingVault", abi.encode(stun)));
        incentives = IIncentives(_deploy("emission", "IncentivesVault", abi.encode(stun, vesting, timelock)));
        emission = IEmission(
            _deploy(
                "emission",
                "EmissionVault",
                abi.encode(
                    stun,
                    committee,
                    uint40(clock),
                    uint96(60_000_000 * STUN),
                    0,
                    uint32(0),
                    bytes32(0),
                    timelock
                )
            )
        );
        vm.prank(timelock);
        emission.setGuardian(guardian);
        _deployWork();
    }

    function _deployWork() private {
        proofs = new Proofs();
        EscrowSetup memory setup = EscrowSetup({
            owner: timelock,
            guardian: guardian,
            stun: address(stun),
            registry: address(registry),
            staking: address(staking),
            committee: address(committee),
            proofs: address(proofs),
            treasury: address(treasury),
            eid: HOME
        });
        escrow = IEscrow(_deploy("escrow", "JobEscrow", abi.encode(setup)));
        channels = IChannels(
            _deploy("escrow", "PaymentChannels", abi.encode(timelock, guardian, stun, registry, treasury, HOME))
        );
        vm.startPrank(timelock);
        escrow.setAsset(address(stable), true);
        channels.setAsset(address(stable), true);
        vm.stopPrank();
    }

    function _approveAll(address who) private {
        address[4] memory spenders = [address(staking), address(vesting), address(escrow), address(channels)];
        vm.startPrank(who);
        for (uint256 i; i < 4; ++i) {
            stun.approve(spenders[i], type(uint256).max);
            stable.approve(spenders[i], type(uint256).max);
        }
        vm.stopPrank();
    }

    function _named(string memory name) private pure returns (address who) {
        (who, ) = _keyed(name);
    }

    function _keyed(string memory name) internal pure returns (address who, uint256 key) {
        key = uint256(keccak256(bytes(name)));
        who = vm.addr(key);
    }

    /// @dev Three keys, ascending by address.
    function _sorted(string memory name) private pure returns (uint256[3] memory keys) {
        for (uint256 i; i < 3; ++i) (, keys[i]) = _keyed(string.concat(name, vm.toString(i)));
        for (uint256 i; i < 3; ++i) {
            for (uint256 j; j < 2; ++j) {
                if (vm.addr(keys[j]) > vm.addr(keys[j + 1])) (keys[j], keys[j + 1]) = (keys[j + 1], keys[j]);
            }
        }
    }
}
