// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { GuardianPause } from "../governance/GuardianPause.sol";

/// @title A number for each entry of a module
/// @notice Jobs and channels are named by their opener and a number that is given out once and never again.
/// @dev One counter for all openers, in the slot of the pause: an entry reads that slot anyway, and an opener's first
/// entry writes no fresh slot. This contract directly follows `GuardianPause` in the order of storage.
abstract contract EntryCounter is GuardianPause {
    /// @notice Number of the next entry.
    uint64 public nextNonce;

    /// @dev Gives out a number, unless entries are paused.
    function _enter() internal returns (uint64 nonce) {
        if (block.timestamp < pausedUntil) revert EntryPaused(pausedUntil);
        nonce = nextNonce;
        nextNonce = nonce + 1;
    }
}
