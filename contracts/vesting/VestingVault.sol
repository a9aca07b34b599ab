// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { IVestingVault } from "./IVestingVault.sol";
import { VestingMath } from "./VestingMath.sol";

/// @title VestingVault
/// @notice Holds and pays linear grants of STUN, see `IVestingVault`.
/// @dev Two slots a grant. Revokers are few, so a grant stores a number for its revoker instead of a third slot.
contract VestingVault is IVestingVault {
    using SafeERC20 for IERC20;

    /// @notice Shortest duration of a grant, in seconds.
    uint256 public constant MIN_DURATION = 600;

    /// @notice The token that vests.
    IERC20 public immutable token;

    /// @notice A grant in storage, in two slots; see `Grant`. `revoker` is a number, 0 for nobody.
    struct Record {
        uint96 total;
        uint96 released;
        uint40 start;
        bool revoked;
        // second slot
        address beneficiary;
        uint32 cliff;
        uint32 duration;
        uint32 revoker;
    }

    /// @notice Id of the next grant; ids begin at 1.
    uint256 public nextId = 1;
    mapping(uint256 id => Record) private _records;
    /// @notice To whom the beneficiary has offered the grant; zero for nobody.
    mapping(uint256 id => address) public proposedBeneficiary;
    address[] private _revokers;
    mapping(address revoker => uint256) private _revokerNumber;

    /// @notice Nobody owns the vault.
    /// @param token_ The STUN token: it takes no fee and calls nobody.
    constructor(IERC20 token_) {
        token = token_;
        _revokers.push(address(0));
    }

    /// @inheritdoc IVestingVault
    function grant(Terms calldata terms, address revoker) external returns (uint256 id) {
        id = nextId;
        nextId = id + 1;
        _record(id, terms, revoker, _numberOf(revoker));
        token.safeTransferFrom(msg.sender, address(this), terms.total);
    }

    /// @inheritdoc IVestingVault
    function grantBatch(Terms[] calldata terms, address revoker) external returns (uint256 firstId) {
        if (terms.length == 0) revert EmptyBatch();
        firstId = nextId;
        nextId = firstId + terms.length;
        uint32 number = _numberOf(revoker);
        uint256 sum;
        for (uint256 i; i < terms.length; ++i) {
            _record(firstId + i, terms[i], revoker, number);
            sum += terms[i].total;
        }
        token.safeTransferFrom(msg.sender, address(this), sum);
    }

    /// @inheritdoc IVestingVault
    function claim(uint256 id) external returns (uint256 amount) {
        Record storage record = _existing(id);
        uint256 vested = _vested(record);
        amount = vested - record.released;
        if (amount == 0) revert NothingToClaim(id);
        record.released = uint96(vested);
        address beneficiary = record.beneficiary;
        emit Claimed(id, beneficiary, amount);
        token.safeTransfer(beneficiary, amount);
    }

    /// @inheritdoc IVestingVault
    function revoke(uint256 id) external {
        Record storage record = _existing(id);
        if (record.revoker == 0 || _revokers[record.revoker] != msg.sender) revert NotRevoker(id, msg.sender);
        uint256 kept = _vested(record);
        uint256 rest = record.total - kept;
        if (rest == 0) revert NothingToRevoke(id);
        record.total = uint96(kept);
        record.revoked = true;
        emit Revoked(id, kept, rest);
        token.safeTransfer(msg.sender, rest);
    }

    /// @inheritdoc IVestingVault
    function proposeBeneficiary(uint256 id, address to) external {
        if (_existing(id).beneficiary != msg.sender) revert NotBeneficiary(id, msg.sender);
        if (to == address(this)) revert InvalidBeneficiary(to);
        proposedBeneficiary[id] = to;
        emit BeneficiaryProposed(id, to);
    }

    /// @inheritdoc IVestingVault
    function acceptBeneficiary(uint256 id) external {
        if (proposedBeneficiary[id] != msg.sender) revert NotProposedBeneficiary(id, msg.sender);
        delete proposedBeneficiary[id];
        Record storage record = _records[id];
        emit BeneficiaryChanged(id, record.beneficiary, msg.sender);
        record.beneficiary = msg.sender;
    }

    /// @inheritdoc IVestingVault
    function grantOf(uint256 id) external view returns (Grant memory) {
        Record storage record = _existing(id);
        return
            Grant({
                beneficiary: record.beneficiary,
                total: record.total,
                released: record.released,
                start: record.start,
                cliff: record.cliff,
                duration: record.duration,
                revoker: _revokers[record.revoker],
                revoked: record.revoked
            });
    }

    /// @inheritdoc IVestingVault
    function vestedOf(uint256 id) external view returns (uint256) {
        return _vested(_existing(id));
    }

    /// @inheritdoc IVestingVault
    function claimableOf(uint256 id) external view returns (uint256) {
        Record storage record = _existing(id);
        return _vested(record) - record.released;
    }

    function _record(uint256 id, Terms calldata terms, address revoker, uint32 number) private {
        if (terms.beneficiary == address(0) || terms.beneficiary == address(this)) {
            revert InvalidBeneficiary(terms.beneficiary);
        }
        if (terms.total == 0) revert ZeroTotal();
        if (terms.duration < MIN_DURATION || terms.cliff > terms.duration) {
            revert InvalidSchedule(terms.cliff, terms.duration);
        }
        _records[id] = Record({
            total: terms.total,
            released: 0,
            start: terms.start,
            revoked: false,
            beneficiary: terms.beneficiary,
            cliff: terms.cliff,
            duration: terms.duration,
            revoker: number
        });
        emit Granted(id, terms.beneficiary, revoker, terms.total, terms.start, terms.cliff, terms.duration);
    }

    function _numberOf(address revoker) private returns (uint32) {
        if (revoker == address(0)) return 0;
        uint256 number = _revokerNumber[revoker];
        if (number == 0) {
            number = _revokers.length;
            _revokerNumber[revoker] = number;
            _revokers.push(revoker);
        }
        return uint32(number);
    }

    function _existing(uint256 id) private view returns (Record storage record) {
        record = _records[id];
        if (record.beneficiary == address(0)) revert UnknownGrant(id);
    }

    function _vested(Record storage record) private view returns (uint256) {
        if (record.revoked) return record.total;
        return VestingMath.vested(record.total, record.start, record.cliff, record.duration, block.timestamp);
    }
}
