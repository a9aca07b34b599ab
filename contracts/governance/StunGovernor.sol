// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Governor } from "@openzeppelin/contracts/governance/Governor.sol";
import { GovernorCountingSimple } from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import { GovernorTimelockControl } from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import { GovernorVotes } from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import { TimelockController } from "@openzeppelin/contracts/governance/TimelockController.sol";
import { IVotes } from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import { GovernanceCall } from "./GovernanceCall.sol";

/// @title Governance by staked STUN
/// @notice Votes are the staked principal at the proposal's start. Every number is a constant. Until 10,000,000 STUN are
/// staked no proposal can pass, by design: no path of a user needs one. Times are unix seconds.
contract StunGovernor is Governor, GovernorCountingSimple, GovernorVotes, GovernorTimelockControl {
    /// @notice Least quorum, in base units.
    uint256 public constant MIN_QUORUM = 10_000_000e18;
    /// @notice Quorum as a part of what is staked, in basis points.
    uint256 public constant QUORUM_BPS = 400;
    /// @notice Time from the end of the vote in which a proposal can be queued, and from the end of the timelock's delay in which it
    /// can be executed, in seconds.
    uint256 public constant GRACE = 14 days;
    /// @notice Time from genesis in which the guardian can cancel, in seconds.
    uint256 public constant GUARDIAN_TIME = 730 days;

    /// @dev LayerZero options of type 3 that hold one order to the executor: gas for the delivery, 16 bytes, without value.
    bytes6 private constant GAS_OPTIONS = 0x000301001101;
    uint256 private constant GAS_OPTIONS_LENGTH = 22;

    /// @notice When the protocol began.
    uint256 public immutable genesis;
    /// @notice The contract that sends governance to other chains.
    address public immutable sender;
    /// @notice Who may cancel a queued proposal until `genesis + GUARDIAN_TIME`.
    address public guardian;

    /// @notice The guardian was replaced.
    /// @param guardian Who may cancel from now on; zero for nobody.
    event GuardianSet(address indexed guardian);
    /// @notice The guardian canceled a queued proposal.
    /// @param proposalId Id of the proposal, see `hashProposal`.
    event GuardianCanceled(uint256 indexed proposalId);

    /// @notice The caller is not the guardian.
    /// @param caller Who called.
    error NotGuardian(address caller);
    /// @notice The guardian's time is over.
    /// @param endedAt Unix seconds.
    error GuardianTimeOver(uint256 endedAt);
    /// @notice The guardian cancels queued proposals only.
    /// @param proposalId Id of the proposal, see `hashProposal`.
    /// @param state The state that it is in.
    error NotQueued(uint256 proposalId, ProposalState state);
    /// @notice The guardian cannot keep itself in office.
    /// @param proposalId Id of the proposal, see `hashProposal`.
    error GuardianReplacement(uint256 proposalId);

    /// @notice Holds no power until the timelock's administrator gives it the roles.
    /// @param votes The staking contract of the home chain.
    /// @param timelock_ Owner of every module; this governor is its only proposer, executor and canceller.
    /// @param sender_ The contract that sends governance to other chains.
    /// @param guardian_ Who may cancel at first.
    /// @param genesis_ When the protocol began.
    constructor(
        IVotes votes,
        TimelockController timelock_,
        address sender_,
        address guardian_,
        uint256 genesis_
    ) Governor("STUN Governor") GovernorVotes(votes) GovernorTimelockControl(timelock_) {
        sender = sender_;
        guardian = guardian_;
        genesis = genesis_;
        emit GuardianSet(guardian_);
    }

    /// @notice Replaces the guardian. By a proposal only, which the guardian cannot cancel.
    /// @param newGuardian Who may cancel from now on.
    function setGuardian(address newGuardian) external onlyGovernance {
        guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }

    /// @notice Cancels a queued proposal. Guardian only, until 730 days after genesis, and not a proposal that does nothing
    /// but replace guardians, here or on other chains.
    /// @param targets As proposed.
    /// @param values As proposed.
    /// @param calldatas As proposed.
    /// @param descriptionHash As proposed.
    function guardianCancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        if (block.timestamp >= genesis + GUARDIAN_TIME) revert GuardianTimeOver(genesis + GUARDIAN_TIME);
        uint256 id = hashProposal(targets, values, calldatas, descriptionHash);
        if (state(id) != ProposalState.Queued) revert NotQueued(id, state(id));
        if (_replacesGuardiansOnly(targets, values, calldatas)) revert GuardianReplacement(id);
        emit GuardianCanceled(id);
        _cancel(targets, values, calldatas, descriptionHash);
    }

    /// @notice Seconds from a proposal to its vote: one day.
    /// @return Seconds.
    function votingDelay() public pure override returns (uint256) {
        return 1 days;
    }

    /// @notice Seconds of a vote: three days.
    /// @return Seconds.
    function votingPeriod() public pure override returns (uint256) {
        return 3 days;
    }

    /// @notice Votes that a proposer needs, in base units.
    /// @return Base units of staked STUN.
    function proposalThreshold() public pure override returns (uint256) {
        return 1_000_000e18;
    }

    /// @notice Votes for and abstentions that a proposal needs: the larger of 10,000,000 STUN and 4 % of what could vote at
    /// `timepoint`, rounded down.
    /// @param timepoint Unix seconds, in the past.
    /// @return Base units of staked STUN.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        uint256 part = (token().getPastTotalSupply(timepoint) * QUORUM_BPS) / 10_000;
        return part > MIN_QUORUM ? part : MIN_QUORUM;
    }

    /// @notice State of a proposal. One that has passed expires 14 days after it could first be queued, or else executed: a mandate
    /// that could wait would outlive its voters, and the guardian's time.
    /// @param proposalId Id of the proposal, see `hashProposal`.
    /// @return current As OpenZeppelin's Governor has it, with `Expired` for a proposal whose time is over.
    function state(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (ProposalState current) {
        current = super.state(proposalId);
        uint256 since;
        if (current == ProposalState.Succeeded) since = proposalDeadline(proposalId);
        else if (current == ProposalState.Queued) since = proposalEta(proposalId);
        else return current;
        if (block.timestamp > since + GRACE) return ProposalState.Expired;
    }

    /// @notice Every proposal waits in the timelock.
    /// @param proposalId Id of the proposal, see `hashProposal`.
    /// @return Always true.
    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }

    /// @dev Every module names its replacement `setGuardian(address)`; on other chains it travels in a message. Native
    /// currency goes with it nowhere but to the sender, which spends it on fees alone.
    function _replacesGuardiansOnly(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas
    ) private view returns (bool) {
        for (uint256 i; i < targets.length; ++i) {
            if (targets[i] == sender) {
                if (!_sendsReplacements(calldatas[i])) return false;
            } else if (values[i] != 0 || !_isReplacement(calldatas[i])) {
                return false;
            }
        }
        return true;
    }

    function _isReplacement(bytes memory data) private pure returns (bool) {
        return data.length == 36 && bytes4(data) == this.setGuardian.selector;
    }

    /// @dev `GovernanceSender.send(uint32,bytes,bytes)` whose payload is a list of replacements, and whose options ask for gas and
    /// nothing else: others would give the sender's native currency away at the destination. Anything that does not
    /// decode as such is an ordinary call, and can be canceled.
    function _sendsReplacements(bytes memory data) private view returns (bool) {
        try this.decodeSend(data) returns (GovernanceCall[] memory calls, bytes memory options) {
            if (options.length != GAS_OPTIONS_LENGTH || bytes6(options) != GAS_OPTIONS) return false;
            for (uint256 i; i < calls.length; ++i) {
                if (calls[i].value != 0 || !_isReplacement(calls[i].data)) return false;
            }
            return calls.length > 0;
        } catch {
            return false;
        }
    }

    /// @notice The calls of a message to another chain, and its LayerZero options; fails for other calldata.
    /// @param data Calldata of `GovernanceSender.send`.
    /// @return The calls that the receiver would make.
    /// @return The options of the message.
    function decodeSend(bytes calldata data) external pure returns (GovernanceCall[] memory, bytes memory) {
        // the only caller asks whether this succeeds and reads no reason
        // solhint-disable-next-line gas-custom-errors, reason-string
        require(bytes4(data[:4]) == bytes4(keccak256("send(uint32,bytes,bytes)")));
        (, bytes memory payload, bytes memory options) = abi.decode(data[4:], (uint32, bytes, bytes));
        return (abi.decode(payload, (GovernanceCall[])), options);
    }
}
