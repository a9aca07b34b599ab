// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { AccessControl } from "@openzeppelin/contracts/access/AccessControl.sol";
import { AccessControlEnumerable } from "@openzeppelin/contracts/access/extensions/AccessControlEnumerable.sol";
import { TimelockController } from "@openzeppelin/contracts/governance/TimelockController.sol";
import { TakesOwnership } from "./TakesOwnership.sol";

/// @title The timelock: owner of every module of the home chain
/// @notice What the governor has queued waits for two days. A deployment gives the roles of proposer, executor and canceller
/// to the governor alone and ends with nobody as administrator but the timelock itself. The holders of a role can be
/// listed, so that anyone sees that there is no other.
contract StunTimelock is TimelockController, AccessControlEnumerable, TakesOwnership {
    /// @notice The delay of two days is fixed.
    /// @param delay The delay, in seconds.
    error DelayIsFixed(uint256 delay);

    /// @notice Two days of delay and no role for anybody but `admin`.
    /// @param admin Who hands the roles to the governor and then renounces its own.
    constructor(address admin) TimelockController(2 days, new address[](0), new address[](0), admin) {}

    /// @notice Refused always.
    function updateDelay(uint256) public view override {
        revert DelayIsFixed(getMinDelay());
    }

    /// @notice Whether this contract offers an interface (ERC-165).
    /// @param interfaceId First four bytes that name an interface.
    /// @return Whether it is offered.
    function supportsInterface(
        bytes4 interfaceId
    ) public view override(TimelockController, AccessControlEnumerable) returns (bool) {
        return super.supportsInterface(interfaceId);
    }

    function _grantRole(
        bytes32 role,
        address account
    ) internal override(AccessControl, AccessControlEnumerable) returns (bool) {
        return super._grantRole(role, account);
    }

    function _revokeRole(
        bytes32 role,
        address account
    ) internal override(AccessControl, AccessControlEnumerable) returns (bool) {
        return super._revokeRole(role, account);
    }
}
