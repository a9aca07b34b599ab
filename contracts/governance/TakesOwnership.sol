// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title An owner that is a contract and takes what was offered to it
/// @notice A deployment hands every module over in two steps. The second needs no proposal: it can only end an offer that
/// the module's owner has made to this very contract, so anyone may take it.
/// @dev The call has no arguments and no value, and only a contract that was asked to hears of it.
abstract contract TakesOwnership {
    /// @notice Accepts the ownership of `target`, which its owner has offered to this contract. Anyone may call.
    /// @param target A contract whose pending owner is this one; for any other the call fails with the target's own error.
    function takeOwnership(Ownable2Step target) external {
        target.acceptOwnership();
    }
}
