// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Votes } from "@openzeppelin/contracts/governance/utils/Votes.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { Staking } from "./Staking.sol";

/// @title Staking of the home chain: principal votes
/// @notice Votes are checkpointed by time (ERC-6372). A position's principal votes from its opening to its exit request,
/// slashes included. An owner who has not delegated votes for itself from its first position on.
contract VotingStaking is Staking, Votes {
    mapping(address account => uint256) private _units;

    /// @notice Votes are on from the first position.
    /// @param token_ The STUN token of the home chain.
    /// @param owner_ The timelock's role: it names the guardian and reaches nothing else.
    constructor(IERC20 token_, address owner_) Staking(token_, owner_) EIP712("STUN Staking", "1") {}

    /// @notice Unix seconds.
    /// @return The time of the block.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice What `clock` counts, as ERC-6372 says it.
    /// @return "mode=timestamp".
    function CLOCK_MODE() public pure override returns (string memory) {
        // solhint-disable-previous-line func-name-mixedcase
        return "mode=timestamp";
    }

    function _addVotes(address account, uint256 amount) internal override {
        if (delegates(account) == address(0)) _delegate(account, account);
        _units[account] += amount;
        _transferVotingUnits(address(0), account, amount);
    }

    function _removeVotes(address account, uint256 amount) internal override {
        _units[account] -= amount;
        _transferVotingUnits(account, address(0), amount);
    }

    function _getVotingUnits(address account) internal view override returns (uint256) {
        return _units[account];
    }
}
