// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { OAppCore, OAppReceiver, Origin } from "@layerzerolabs/oapp-evm/contracts/oapp/OAppReceiver.sol";
import { SetConfigParam } from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/IMessageLibManager.sol";
import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { GovernanceCall } from "./GovernanceCall.sol";
import { TakesOwnership } from "./TakesOwnership.sol";

/// @title The timelock's hand on a remote chain: owner of every module there
/// @notice Executes the timelock's messages in their order, each all or nothing. A message that fails stays with LayerZero
/// and can be tried again by anyone until it expires; after that, delivering it skips it. The contract owns itself.
contract GovernanceReceiver is OAppReceiver, ReentrancyGuardTransient, TakesOwnership {
    /// @notice Silence after which the guardian may propose a repair of the governance path, in seconds.
    uint256 public constant SILENCE = 180 days;
    /// @notice Time from the proposal of a repair to its execution, in seconds.
    uint256 public constant REPAIR_DELAY = 30 days;

    /// @notice New settings of the governance path.
    /// @param library_ The receive library.
    /// @param params Its configuration for the home chain.
    struct Repair {
        address library_;
        SetConfigParam[] params;
    }

    /// @notice Endpoint id of the home chain.
    uint32 public immutable homeEid;
    /// @notice Number of the last message that was executed or skipped.
    uint64 public lastSeq;
    /// @notice When the last message was executed; at first, when this contract was deployed.
    uint64 public lastExecutedAt;
    /// @notice From when the proposed repair can be executed; 0 without one.
    uint64 public repairAt;
    /// @notice Hash of the proposed repair.
    bytes32 public repairHash;
    /// @notice Who may propose a repair, and nothing else.
    address public guardian;

    /// @notice A message was executed.
    /// @param seq Number of the message, counted from 1.
    /// @param guid LayerZero's id of the message.
    /// @param calls How many calls it made.
    event GovernanceExecuted(uint64 indexed seq, bytes32 indexed guid, uint256 calls);
    /// @notice A message had expired and was skipped.
    /// @param seq Number of the message, counted from 1.
    /// @param guid LayerZero's id of the message.
    event GovernanceSkipped(uint64 indexed seq, bytes32 indexed guid);
    /// @notice The guardian proposed new settings of the governance path.
    /// @param library_ The receive library.
    /// @param params Its configuration for the home chain.
    /// @param at From when it can be executed, in unix seconds.
    event RepairProposed(address library_, SetConfigParam[] params, uint256 at);
    /// @notice New settings of the governance path are in force.
    /// @param repairHash keccak256 of the encoded repair.
    event RepairExecuted(bytes32 indexed repairHash);
    /// @notice The guardian was replaced.
    /// @param guardian Who may propose repairs from now on; zero for nobody.
    event GuardianSet(address indexed guardian);
    /// @notice The deployer has handed the contract to itself.
    event SetUp();

    /// @notice Messages execute in order.
    /// @param seq Number of the message, counted from 1.
    /// @param expected Number of the message that comes next.
    error WrongSeq(uint64 seq, uint64 expected);
    /// @notice A message has at least 16 bytes: number and expiry.
    /// @param length Bytes.
    error MalformedMessage(uint256 length);
    /// @notice A call of the message failed; nothing of the message is done.
    /// @param index Number of the call in the message, counted from 0.
    /// @param reason What the call reverted with.
    error CallFailed(uint256 index, bytes reason);
    /// @notice The call needs code at its target.
    /// @param index Number of the call in the message, counted from 0.
    /// @param target The address that was to be called.
    error NotAContract(uint256 index, address target);
    /// @notice The caller is not the guardian.
    /// @param caller Who called.
    error NotGuardian(address caller);
    /// @notice Governance was heard of less than 180 days ago.
    /// @param allowedAt From when a repair can be proposed, in unix seconds.
    error NotSilent(uint256 allowedAt);
    /// @notice A repair concerns the home chain alone.
    /// @param eid Endpoint id that the repair names.
    error NotTheGovernancePath(uint32 eid);
    /// @notice No such repair was proposed, or governance has been heard since.
    /// @param given Hash of the repair given.
    /// @param proposed Hash of the repair proposed; zero without one.
    error NoSuchRepair(bytes32 given, bytes32 proposed);
    /// @notice The repair can be executed from `at` on.
    /// @param at Unix seconds.
    error RepairTooEarly(uint256 at);

    /// @notice Belongs to `setup_` until `finishSetUp`.
    /// @param endpoint_ LayerZero's endpoint of this chain.
    /// @param homeEid_ Endpoint id of the home chain.
    /// @param homeSender The governance sender there, left-padded.
    /// @param guardian_ Who may propose a repair.
    /// @param setup_ Who sets the libraries and DVNs of the path and then calls `finishSetUp`.
    constructor(
        address endpoint_,
        uint32 homeEid_,
        bytes32 homeSender,
        address guardian_,
        address setup_
    ) OAppCore(endpoint_, setup_) Ownable(setup_) {
        homeEid = homeEid_;
        guardian = guardian_;
        lastExecutedAt = uint64(block.timestamp);
        _setPeer(homeEid_, homeSender);
        emit GuardianSet(guardian_);
    }

    /// @notice Takes native currency for calls that carry value.
    receive() external payable {}

    /// @notice Hands ownership and LayerZero's delegation to this contract itself, for good. Owner only.
    function finishSetUp() external onlyOwner {
        endpoint.setDelegate(address(this));
        _transferOwnership(address(this));
        emit SetUp();
    }

    /// @notice Replaces the guardian; the zero address leaves the path without one. Owner only.
    /// @param newGuardian Who may propose repairs from now on.
    function setGuardian(address newGuardian) external onlyOwner {
        guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }

    /// @notice Proposes new settings of the governance path after 180 days of silence. Guardian only. A later proposal
    /// replaces the one before and starts its 30 days again; a message that executes cancels it.
    /// @param repair Library and configuration, for the path from home alone.
    function proposeRepair(Repair calldata repair) external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        if (block.timestamp < lastExecutedAt + SILENCE) revert NotSilent(lastExecutedAt + SILENCE);
        for (uint256 i; i < repair.params.length; ++i) {
            if (repair.params[i].eid != homeEid) revert NotTheGovernancePath(repair.params[i].eid);
        }
        repairHash = keccak256(abi.encode(repair));
        repairAt = uint64(block.timestamp + REPAIR_DELAY);
        emit RepairProposed(repair.library_, repair.params, repairAt);
    }

    /// @notice Puts a proposed repair in force after its 30 days. Anyone may call.
    /// @param repair What was proposed, word by word; anything else reverts with `NoSuchRepair`.
    function executeRepair(Repair calldata repair) external {
        bytes32 given = keccak256(abi.encode(repair));
        if (repairHash == 0 || given != repairHash) revert NoSuchRepair(given, repairHash);
        if (block.timestamp < repairAt) revert RepairTooEarly(repairAt);
        _forgetRepair();
        emit RepairExecuted(given);
        (address current, bool isDefault) = endpoint.getReceiveLibrary(address(this), homeEid);
        if (isDefault || current != repair.library_) {
            endpoint.setReceiveLibrary(address(this), homeEid, repair.library_, 0);
        }
        endpoint.setConfig(address(this), repair.library_, repair.params);
    }

    function _lzReceive(
        Origin calldata,
        bytes32 guid,
        bytes calldata message,
        address,
        bytes calldata
    ) internal override nonReentrant {
        if (message.length < 16) revert MalformedMessage(message.length);
        uint64 seq = uint64(bytes8(message[:8]));
        if (seq != lastSeq + 1) revert WrongSeq(seq, lastSeq + 1);
        lastSeq = seq;
        if (block.timestamp >= uint64(bytes8(message[8:16]))) {
            emit GovernanceSkipped(seq, guid);
            return;
        }
        lastExecutedAt = uint64(block.timestamp);
        _forgetRepair();
        GovernanceCall[] memory calls = abi.decode(message[16:], (GovernanceCall[]));
        emit GovernanceExecuted(seq, guid, calls.length);
        for (uint256 i; i < calls.length; ++i) {
            if (calls[i].target.code.length == 0) revert NotAContract(i, calls[i].target);
            (bool done, bytes memory reason) = calls[i].target.call{ value: calls[i].value }(calls[i].data);
            if (!done) revert CallFailed(i, reason);
        }
    }

    function _forgetRepair() private {
        if (repairHash == 0) return;
        repairHash = 0;
        repairAt = 0;
    }
}
