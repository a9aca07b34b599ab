// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IOFT, MessagingFee, SendParam } from "@layerzerolabs/oft-evm/contracts/interfaces/IOFT.sol";
import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { GuardianPause } from "../governance/GuardianPause.sol";
import { ICommittee } from "../governance/ICommittee.sol";
import { EmissionMath } from "./EmissionMath.sol";
import { IEmissionVault } from "./IEmissionVault.sol";

/// @title EmissionVault
/// @notice Pays the chain's GPU providers by daily reports of the committee, see `IEmissionVault`.
/// @dev A claim reads one word of sums, one root and one word of the account. Only the newest report can still be vetoed,
/// because a report is refused within 12 hours of the one before: it waits in slots of its own and enters the ring of
/// roots, and the sums, when its time is over.
contract EmissionVault is IEmissionVault, GuardianPause {
    using SafeERC20 for IERC20;

    /// @notice Roots that stay claimable.
    uint256 public constant HELD_ROOTS = 64;
    /// @notice Time from a report to its first claim, and the least time between reports, in seconds.
    uint256 public constant VETO_TIME = 12 hours;
    /// @notice Time from a veto to the next report, in seconds.
    uint256 public constant REPEAT_DELAY = 24 hours;
    /// @notice Time from the last second of an epoch to its report, in seconds.
    uint256 public constant CLOSE_DELAY = 1 hours;
    /// @notice Vetoes of the guardian until the timelock refills them.
    uint8 public constant VETOES = 14;
    /// @notice Longest proof.
    uint256 public constant MAX_DEPTH = 20;

    bytes32 private constant REPORT_TYPE = keccak256(
        "EpochReport(bytes32 target,uint64 version,uint32 epoch,bytes32 root,uint256 total,bytes32 previousRoot,bytes32 datasetHash)"
    );
    /// Base units in one shared unit: the bridge carries nothing smaller.
    uint256 private constant SHARED_UNIT = 1e12;

    /// @notice The token that is paid.
    IERC20 public immutable token;
    /// @notice Who signs reports.
    ICommittee public immutable committee;
    /// @notice First second of epoch 0.
    uint256 public immutable start;
    /// @notice What this vault emits over ten years, in base units.
    uint256 public immutable budget;
    /// @notice The OFT that carries carry home; zero on the home chain.
    IOFT public immutable bridge;
    /// @notice Endpoint id of the home chain.
    uint32 public immutable homeEid;
    /// @notice The home vault.
    bytes32 public immutable homeVault;

    /// @notice What a claim reads and writes, in one slot.
    /// @param paid What accounts have been paid, in base units.
    /// @param accepted Sum of the totals of accepted reports, in base units.
    /// @param roots How many roots were accepted.
    /// @param nextEpoch The epoch that the next report closes.
    struct Sums {
        uint96 paid;
        uint96 accepted;
        uint32 roots;
        uint32 nextEpoch;
    }

    /// @notice The report that waits, and what no claim needs, in one slot.
    /// @param total What the report adds to the cumulative amounts, in base units.
    /// @param carry Budget of closed epochs that no report has spent, in base units.
    /// @param since When the report was made or vetoed, in unix seconds.
    /// @param waiting For what the vault waits.
    /// @param vetoesLeft Vetoes of the guardian.
    /// @param subsidy Most reward for each unit of fee.
    struct Pending {
        uint96 total;
        uint96 carry;
        uint40 since;
        Waiting waiting;
        uint8 vetoesLeft;
        uint8 subsidy;
    }

    /// @notice Carry that went home (remote vault) or came in (home vault), in base units.
    struct Moved {
        uint128 sent;
        uint128 received;
    }

    Sums private _sums;
    Pending private _pending;
    bytes32 private _pendingRoot;
    Moved private _moved;
    mapping(uint256 slot => bytes32) private _ring;
    /// @notice What an account has been paid so far.
    mapping(address account => uint256) public paidTo;

    /// @notice Reverts with `InvalidSetup` for a committee, start or budget of zero.
    /// @param token_ The STUN token of this chain.
    /// @param committee_ The committee of this chain.
    /// @param start_ First second of epoch 0.
    /// @param budget_ What this vault emits over ten years, in base units; it is sent here before the first report.
    /// @param bridge_ The OFT of this chain; zero on the home chain.
    /// @param homeEid_ Endpoint id of the home chain.
    /// @param homeVault_ The home vault, left-padded.
    /// @param owner_ The timelock's role.
    constructor(
        IERC20 token_,
        ICommittee committee_,
        uint40 start_,
        uint96 budget_,
        IOFT bridge_,
        uint32 homeEid_,
        bytes32 homeVault_,
        address owner_
    ) Ownable(owner_) {
        if (address(committee_) == address(0) || start_ == 0 || budget_ == 0) revert InvalidSetup();
        token = token_;
        committee = committee_;
        start = start_;
        budget = budget_;
        bridge = bridge_;
        homeEid = homeEid_;
        homeVault = homeVault_;
        _pending.vetoesLeft = VETOES;
        _pending.subsidy = 10;
    }

    /// @inheritdoc IEmissionVault
    function report(Report calldata report_, uint64 version, bytes calldata signatures) external whenNotPaused {
        _settle();
        Pending memory pending = _pending;
        if (pending.waiting == Waiting.Report) revert TooEarly(pending.since + VETO_TIME);
        if (pending.waiting == Waiting.Repeat && block.timestamp < pending.since + REPEAT_DELAY) {
            revert TooEarly(pending.since + REPEAT_DELAY);
        }
        Sums memory sums = _sums;
        if (report_.epoch != sums.nextEpoch) revert WrongEpoch(report_.epoch, sums.nextEpoch);
        if (block.timestamp < closesAt(report_.epoch)) revert TooEarly(closesAt(report_.epoch));
        uint256 has = token.balanceOf(address(this)) + sums.paid + _moved.sent;
        if (has < budget) revert Unfunded(has, budget);
        bytes32 previous = _lastRoot(sums.roots);
        if (report_.previousRoot != previous) revert WrongPreviousRoot(report_.previousRoot, previous);
        uint256 most = EmissionMath.spendable(budget, report_.epoch, pending.carry);
        if (report_.total > most) revert TotalTooLarge(report_.total, most);
        committee.assertSigned(_hash(report_, version), version, signatures);

        pending.carry = uint96(pending.carry + EmissionMath.pot(budget, report_.epoch) - report_.total);
        pending.total = uint96(report_.total);
        pending.since = uint40(block.timestamp);
        pending.waiting = Waiting.Report;
        _pending = pending;
        _pendingRoot = report_.root;
        _sums.nextEpoch = sums.nextEpoch + 1;
        emit Reported(
            report_.epoch,
            report_.root,
            report_.total,
            report_.previousRoot,
            report_.datasetHash,
            block.timestamp + VETO_TIME
        );
    }

    /// @inheritdoc IEmissionVault
    function veto() external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        Pending memory pending = _pending;
        if (pending.waiting != Waiting.Report || block.timestamp >= pending.since + VETO_TIME) revert NothingToVeto();
        if (pending.vetoesLeft == 0) revert NoVetoLeft();
        uint32 epoch = _sums.nextEpoch - 1;
        _sums.nextEpoch = epoch;
        // The pot leaves the carry again: the repeated report brings it in.
        pending.carry = uint96(pending.carry + pending.total - EmissionMath.pot(budget, epoch));
        pending.total = 0;
        pending.since = uint40(block.timestamp);
        pending.waiting = Waiting.Repeat;
        pending.vetoesLeft -= 1;
        _pending = pending;
        emit Vetoed(epoch, _pendingRoot, pending.vetoesLeft);
        _pendingRoot = 0;
    }

    /// @inheritdoc IEmissionVault
    function settle() external {
        Pending memory pending = _pending;
        if (pending.waiting != Waiting.Report || block.timestamp < pending.since + VETO_TIME) {
            revert NotClaimableYet(pending.since + VETO_TIME);
        }
        _settle();
    }

    /// @inheritdoc IEmissionVault
    function claim(
        address account,
        uint256 cumulative,
        uint256 index,
        bytes32[] calldata proof
    ) external returns (uint256 amount) {
        if (proof.length > MAX_DEPTH) revert ProofTooLong(proof.length);
        Sums memory sums = _sums;
        if (index == sums.roots) {
            _settle();
            if (_pending.waiting == Waiting.Report) revert NotClaimableYet(_pending.since + VETO_TIME);
            sums = _sums;
        }
        if (index >= sums.roots || index + HELD_ROOTS < sums.roots) {
            revert RootNotHeld(index, sums.roots > HELD_ROOTS ? sums.roots - HELD_ROOTS : 0, sums.roots);
        }
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(account, cumulative))));
        if (MerkleProof.processProofCalldata(proof, leaf) != _ring[index % HELD_ROOTS]) {
            revert InvalidProof(account, cumulative);
        }
        uint256 before = paidTo[account];
        if (cumulative <= before) revert NothingToClaim(account, cumulative, before);
        amount = cumulative - before;
        if (amount > sums.accepted - sums.paid) revert AboveAccepted(sums.paid + amount, sums.accepted);
        sums.paid += uint96(amount);
        _sums = sums;
        paidTo[account] = cumulative;
        emit Claimed(account, amount, cumulative);
        token.safeTransfer(account, amount);
    }

    /// @inheritdoc IEmissionVault
    function sendCarryHome(uint256 amount, bytes calldata options) external payable onlyOwner {
        if (address(bridge) == address(0)) revert OnlyOnOtherChains();
        _settle();
        Pending memory pending = _pending;
        // A veto takes the pot of its epoch out of the carry, so none of it may leave before.
        if (pending.waiting == Waiting.Report) revert TooEarly(pending.since + VETO_TIME);
        if (amount == 0 || amount > pending.carry || amount % SHARED_UNIT != 0)
            revert InvalidAmount(amount, pending.carry);
        _pending.carry = uint96(pending.carry - amount);
        _moved.sent += uint128(amount);
        emit CarrySent(amount);
        bridge.send{ value: msg.value }(
            SendParam(homeEid, homeVault, amount, amount, options, "", ""),
            MessagingFee(msg.value, 0),
            msg.sender
        );
    }

    /// @inheritdoc IEmissionVault
    function receiveCarry() external {
        if (address(bridge) != address(0)) revert OnlyOnHomeChain();
        uint256 known = budget + _moved.received;
        uint256 has = token.balanceOf(address(this)) + _sums.paid;
        if (has <= known) revert NothingReceived();
        uint256 amount = has - known;
        _moved.received += uint128(amount);
        _pending.carry += uint96(amount);
        emit CarryReceived(amount);
    }

    /// @inheritdoc IEmissionVault
    function refillVetoes() external onlyOwner {
        _pending.vetoesLeft = VETOES;
        emit VetoesRefilled();
    }

    /// @inheritdoc IEmissionVault
    function setSubsidy(uint8 subsidy) external onlyOwner {
        if (subsidy == 0 || subsidy > 100) revert InvalidSubsidy(subsidy);
        _pending.subsidy = subsidy;
        emit SubsidySet(subsidy);
    }

    /// @inheritdoc IEmissionVault
    function status() external view returns (Status memory) {
        Sums memory sums = _sums;
        Pending memory pending = _pending;
        return
            Status({
                nextEpoch: sums.nextEpoch,
                roots: sums.roots,
                waiting: pending.waiting,
                since: pending.since,
                vetoesLeft: pending.vetoesLeft,
                subsidy: pending.subsidy,
                carry: pending.carry,
                accepted: sums.accepted,
                paid: sums.paid,
                pendingRoot: _pendingRoot,
                pendingTotal: pending.total
            });
    }

    /// @inheritdoc IEmissionVault
    function rootAt(uint256 index) external view returns (bytes32) {
        uint256 roots = _sums.roots;
        if (index >= roots || index + HELD_ROOTS < roots) {
            revert RootNotHeld(index, roots > HELD_ROOTS ? roots - HELD_ROOTS : 0, roots);
        }
        return _ring[index % HELD_ROOTS];
    }

    /// @inheritdoc IEmissionVault
    function spendable() external view returns (uint256) {
        return EmissionMath.spendable(budget, _sums.nextEpoch, _pending.carry);
    }

    /// @inheritdoc IEmissionVault
    function closesAt(uint256 epoch) public view returns (uint256) {
        return start + (epoch + 1) * 1 days - 1 + CLOSE_DELAY;
    }

    /// @dev Moves a report whose 12 hours are over into the ring and the sums; does nothing otherwise.
    function _settle() private {
        Pending memory pending = _pending;
        if (pending.waiting != Waiting.Report || block.timestamp < pending.since + VETO_TIME) return;
        Sums memory sums = _sums;
        bytes32 root = _pendingRoot;
        _ring[sums.roots % HELD_ROOTS] = root;
        emit Accepted(sums.roots, root, pending.total);
        sums.accepted += pending.total;
        sums.roots += 1;
        _sums = sums;
        pending.total = 0;
        pending.waiting = Waiting.Nothing;
        _pending = pending;
        _pendingRoot = 0;
    }

    function _lastRoot(uint256 roots) private view returns (bytes32) {
        return roots == 0 ? bytes32(0) : _ring[(roots - 1) % HELD_ROOTS];
    }

    function _hash(Report calldata report_, uint64 version) private view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    REPORT_TYPE,
                    bytes32(uint256(uint160(address(this)))),
                    version,
                    report_.epoch,
                    report_.root,
                    report_.total,
                    report_.previousRoot,
                    report_.datasetHash
                )
            );
    }
}
