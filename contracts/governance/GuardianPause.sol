// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title Pause of a module's entries by the guardian
/// @notice The guardian can stop the entries of a module for at most seven days, and not again for thirty days after
/// that. A pause stops entries only: a function that lets value leave never carries `whenNotPaused`.
/// @dev An entry reads `pausedUntil` alone. It begins a slot whose rest a module may use for what its entries write
/// anyway, so that the pause costs them nothing more.
abstract contract GuardianPause is Ownable2Step {
    /// @notice Longest pause, in seconds.
    uint48 public constant MAX_PAUSE = 7 days;
    /// @notice Time from the end of a pause to the next one, in seconds.
    uint48 public constant PAUSE_COOLDOWN = 30 days;

    /// @notice Who may pause; set by the owner.
    address public guardian;
    /// @notice No new pause can begin before this time, in unix seconds.
    uint96 public pauseAllowedAt;
    /// @notice Entries are refused before this time, in unix seconds.
    uint48 public pausedUntil;

    /// @notice The entries of this module were stopped.
    /// @param until Entries are refused before this time, in unix seconds.
    event Paused(uint48 until);
    /// @notice The entries of this module were opened again before the pause had run out.
    event Unpaused();
    /// @notice The guardian was replaced.
    /// @param guardian Who may pause from now on; zero for nobody.
    event GuardianSet(address indexed guardian);

    /// @notice The module is paused until `until`.
    /// @param until Entries are refused before this time, in unix seconds.
    error EntryPaused(uint48 until);
    /// @notice The caller is not the guardian.
    /// @param caller Who called.
    error NotGuardian(address caller);
    /// @notice The pause is zero or longer than `MAX_PAUSE`.
    /// @param duration Seconds.
    /// @param max Seconds.
    error InvalidPause(uint48 duration, uint48 max);
    /// @notice The last pause was too short a time ago.
    /// @param allowedAt From when a pause can begin, in unix seconds.
    error PauseCooldown(uint48 allowedAt);

    modifier whenNotPaused() {
        if (block.timestamp < pausedUntil) revert EntryPaused(pausedUntil);
        _;
    }

    /// @notice Stops the entries of this module for `duration` seconds, 1 to `MAX_PAUSE`. Guardian only.
    /// @param duration Seconds.
    function pause(uint48 duration) external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        if (duration == 0 || duration > MAX_PAUSE) revert InvalidPause(duration, MAX_PAUSE);
        if (block.timestamp < pauseAllowedAt) revert PauseCooldown(uint48(pauseAllowedAt));
        uint48 until = uint48(block.timestamp) + duration;
        pausedUntil = until;
        pauseAllowedAt = until + PAUSE_COOLDOWN;
        emit Paused(until);
    }

    /// @notice Ends a pause early; the cooldown stays. Guardian or owner.
    function unpause() external {
        if (msg.sender != guardian && msg.sender != owner()) revert NotGuardian(msg.sender);
        pausedUntil = 0;
        emit Unpaused();
    }

    /// @notice Replaces the guardian; the zero address leaves the module without one. Owner only.
    /// @param newGuardian Who may pause from now on.
    function setGuardian(address newGuardian) external onlyOwner {
        guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }
}
