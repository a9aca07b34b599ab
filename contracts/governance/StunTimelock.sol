// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { TimelockController } from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The timelock: owner of every module of the home chain
/// @notice What the governor has queued waits for two days. A deployment gives the roles of proposer, executor and canceller
/// to the governor alone and ends with nobody as administrator but the timelock itself.
contract StunTimelock is TimelockController {
    /// @notice The delay of two days is fixed.
    error DelayIsFixed(uint256 delay);

    /// @param admin Who hands the roles to the governor and then renounces its own.
    constructor(address admin) TimelockController(2 days, new address[](0), new address[](0), admin) {}

    /// @notice Refused always.
    function updateDelay(uint256) public view override {
        revert DelayIsFixed(getMinDelay());
    }
}
