// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { ICommittee } from "./ICommittee.sol";

/// @title The committee of result oracles of this chain
/// @notice At most 13 members, of whom k sign; a new set takes effect when the owner's call is executed and the old
/// version is refused from that second. The guardian can stop the committee for a while, never speak for it.
/// @dev A check reads one slot and the code of one address: the members lie, sorted, in the code of a contract that
/// only stops, which costs 2,600 gas for all of them instead of 2,100 for each.
contract Committee is ICommittee, Ownable2Step, EIP712 {
    /// @notice Most members.
    uint256 public constant MAX_MEMBERS = 13;
    /// @notice Most signatures that can be asked for.
    uint256 public constant MAX_THRESHOLD = 7;
    /// @notice Longest stop, in seconds.
    uint48 public constant MAX_STOP = 14 days;
    /// @notice Time from the end of a stop to the next one, in seconds.
    uint48 public constant STOP_COOLDOWN = 60 days;

    /// @dev Half the order of secp256k1: of the two forms of a signature only that with the low s is taken.
    uint256 private constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @dev All that a check reads, in one slot.
    struct Current {
        address set;
        uint40 version;
        uint8 threshold;
        uint48 stoppedUntil;
    }

    Current private _current;
    /// @notice Who may stop the committee; set by the owner.
    address public guardian;
    /// @notice No new stop can begin before this time, in unix seconds.
    uint48 public stopAllowedAt;

    /// @notice A new set is in force; every older version is refused from here on.
    /// @param version Number of the set, counted from 1.
    /// @param threshold How many must sign.
    /// @param members The members, ascending.
    event CommitteeSet(uint64 indexed version, uint256 threshold, address[] members);
    /// @notice The guardian stopped the committee.
    /// @param until Signatures are refused before this time, in unix seconds.
    event CommitteeStopped(uint48 until);
    /// @notice The committee speaks again before the stop had run out.
    event CommitteeResumed();
    /// @notice The guardian was replaced.
    /// @param guardian Who may stop the committee from now on; zero for nobody.
    event GuardianSet(address indexed guardian);

    /// @notice The set has no member or more than `MAX_MEMBERS`.
    /// @param members How many were given.
    /// @param max The most that is allowed.
    error InvalidMemberCount(uint256 members, uint256 max);
    /// @notice The threshold is above `max` or not more than half of the members.
    /// @param threshold Asked for.
    /// @param members How many members there are.
    /// @param max The most that is allowed.
    error InvalidThreshold(uint256 threshold, uint256 members, uint256 max);
    /// @notice Members must be given in ascending order, without the zero address and without repetition.
    /// @param member The member that is out of order.
    /// @param previous The one before it.
    error MembersNotAscending(address member, address previous);
    /// @notice The signatures are for another version of the committee.
    /// @param version The version that was given.
    /// @param current The version in force.
    error StaleCommittee(uint64 version, uint64 current);
    /// @notice The committee is stopped until `until`.
    /// @param until Signatures are refused before this time, in unix seconds.
    error CommitteeIsStopped(uint48 until);
    /// @notice The signatures are not a whole number of 65 bytes, or more than there are members.
    /// @param length Bytes.
    error MalformedSignatures(uint256 length);
    /// @notice Fewer signatures than the threshold.
    /// @param given How many were given.
    /// @param needed How many must be given.
    error TooFewSignatures(uint256 given, uint256 needed);
    /// @notice The signature at `index` recovers no signer: zero, high s, or a wrong v.
    /// @param index Counted from 0.
    error InvalidSignature(uint256 index);
    /// @notice Signers must come in ascending order, each once.
    /// @param signer Who has signed.
    /// @param previous Who signed before it in the list.
    error SignersNotAscending(address signer, address previous);
    /// @notice The signer is not a member of the current version.
    /// @param signer Who has signed.
    error NotMember(address signer);
    /// @notice The caller is not the guardian.
    /// @param caller Who called.
    error NotGuardian(address caller);
    /// @notice The stop is zero or longer than `MAX_STOP`.
    /// @param duration Seconds.
    /// @param max Seconds.
    error InvalidStop(uint48 duration, uint48 max);
    /// @notice The last stop was too short a time ago.
    /// @param allowedAt From when a stop can begin, in unix seconds.
    error StopCooldown(uint48 allowedAt);
    /// @notice The set of members could not be stored.
    error SetNotStored();

    /// @notice Starts version 1.
    /// @param owner_ Who may replace the set: the timelock, or the governance receiver of a remote chain.
    /// @param guardian_ Who may stop the committee.
    /// @param firstMembers First members, ascending.
    /// @param firstThreshold How many of them must sign.
    constructor(
        address owner_,
        address guardian_,
        address[] memory firstMembers,
        uint256 firstThreshold
    ) Ownable(owner_) EIP712("STUN Committee", "1") {
        guardian = guardian_;
        emit GuardianSet(guardian_);
        _setMembers(firstMembers, firstThreshold);
    }

    /// @notice Replaces the whole set and starts a new version. Owner only.
    /// @param newMembers New members: ascending, none zero, at most 13.
    /// @param newThreshold How many must sign: at most 7 and more than half of the members.
    function setMembers(address[] calldata newMembers, uint256 newThreshold) external onlyOwner {
        _setMembers(newMembers, newThreshold);
    }

    /// @notice Stops the committee for `duration` seconds, 1 to `MAX_STOP`. Guardian only.
    /// @param duration Seconds.
    function stop(uint48 duration) external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        if (duration == 0 || duration > MAX_STOP) revert InvalidStop(duration, MAX_STOP);
        if (block.timestamp < stopAllowedAt) revert StopCooldown(stopAllowedAt);
        uint48 until = uint48(block.timestamp) + duration;
        _current.stoppedUntil = until;
        stopAllowedAt = until + STOP_COOLDOWN;
        emit CommitteeStopped(until);
    }

    /// @notice Ends a stop early; the cooldown stays. Guardian or owner.
    function resume() external {
        if (msg.sender != guardian && msg.sender != owner()) revert NotGuardian(msg.sender);
        _current.stoppedUntil = 0;
        emit CommitteeResumed();
    }

    /// @notice Replaces the guardian; the zero address leaves the committee without one. Owner only.
    /// @param newGuardian Who may stop the committee from now on.
    function setGuardian(address newGuardian) external onlyOwner {
        guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }

    /// @inheritdoc ICommittee
    function assertSigned(bytes32 structHash, uint64 version_, bytes calldata signatures) external view {
        Current memory current = _current;
        if (version_ != current.version) revert StaleCommittee(version_, current.version);
        if (block.timestamp < current.stoppedUntil) revert CommitteeIsStopped(current.stoppedUntil);
        uint256 count = signatures.length / 65;
        if (signatures.length != count * 65 || count > MAX_MEMBERS) revert MalformedSignatures(signatures.length);
        if (count < current.threshold) revert TooFewSignatures(count, current.threshold);
        bytes memory set = current.set.code;
        bytes32 digest = _hashTypedDataV4(structHash);
        address previous;
        // Members and signers both ascend, so that one walk over the set finds them all.
        uint256 position = 1;
        uint256 end = set.length;
        unchecked {
            for (uint256 i; i < count; ++i) {
                address signer = _signerAt(digest, signatures, i);
                if (signer <= previous) revert SignersNotAscending(signer, previous);
                previous = signer;
                for (address member; member != signer; position += 20) {
                    if (position == end) revert NotMember(signer);
                    member = _memberAt(set, position);
                }
            }
        }
    }

    /// @notice The version whose signatures are accepted.
    /// @return Counted from 1.
    function version() external view returns (uint64) {
        return _current.version;
    }

    /// @notice How many members must sign.
    /// @return At most `MAX_THRESHOLD`, more than half of the members.
    function threshold() external view returns (uint256) {
        return _current.threshold;
    }

    /// @notice Until when signatures are refused, in unix seconds; a time in the past means they are accepted.
    /// @return Unix seconds.
    function stoppedUntil() external view returns (uint48) {
        return _current.stoppedUntil;
    }

    /// @notice The members of the current version, ascending.
    /// @return list At most `MAX_MEMBERS` addresses.
    function members() external view returns (address[] memory list) {
        bytes memory set = _current.set.code;
        list = new address[](set.length / 20);
        for (uint256 i; i < list.length; ++i) list[i] = _memberAt(set, 1 + i * 20);
    }

    /// @notice The EIP-712 separator of this committee's signatures.
    /// @return Of name "STUN Committee", version "1", this chain and this contract.
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    function _setMembers(address[] memory list, uint256 needed) private {
        uint256 count = list.length;
        if (count == 0 || count > MAX_MEMBERS) revert InvalidMemberCount(count, MAX_MEMBERS);
        if (needed > MAX_THRESHOLD || needed > count || 2 * needed <= count) {
            revert InvalidThreshold(needed, count, MAX_THRESHOLD);
        }
        // 0x00 first: whoever calls the set's address stops at once.
        bytes memory set = hex"00";
        address previous;
        for (uint256 i; i < count; ++i) {
            if (list[i] <= previous) revert MembersNotAscending(list[i], previous);
            previous = list[i];
            set = bytes.concat(set, bytes20(previous));
        }
        uint40 next = _current.version + 1;
        _current.set = _store(set);
        _current.version = next;
        _current.threshold = uint8(needed);
        emit CommitteeSet(next, needed, list);
    }

    /// @dev Deploys `data` as the code of a new address: PUSH2 size, DUP1, PUSH1 10, 0, CODECOPY, 0, RETURN.
    function _store(bytes memory data) private returns (address at) {
        bytes memory init = bytes.concat(hex"61", bytes2(uint16(data.length)), hex"80600a3d393df3", data);
        assembly ("memory-safe") {
            at := create(0, add(init, 32), mload(init))
        }
        if (at == address(0)) revert SetNotStored();
    }

    /// @dev Who made the signature at `index`, 65 bytes each. As `ecrecover` of Solidity, with r and s copied as they came.
    function _signerAt(bytes32 digest, bytes calldata signatures, uint256 index) private view returns (address signer) {
        assembly ("memory-safe") {
            let at := add(signatures.offset, mul(index, 65))
            let free := mload(0x40)
            mstore(free, digest)
            mstore(add(free, 32), byte(0, calldataload(add(at, 64))))
            calldatacopy(add(free, 64), at, 64)
            // What cannot be recovered returns nothing and leaves this zero.
            mstore(0, 0)
            if iszero(gt(mload(add(free, 96)), HALF_ORDER)) {
                pop(staticcall(gas(), 1, free, 128, 0, 32))
            }
            signer := mload(0)
        }
        if (signer == address(0)) revert InvalidSignature(index);
    }

    function _memberAt(bytes memory set, uint256 position) private pure returns (address member) {
        assembly ("memory-safe") {
            member := shr(96, mload(add(add(set, 32), position)))
        }
    }
}
