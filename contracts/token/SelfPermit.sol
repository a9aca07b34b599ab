// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import { Multicall } from "@openzeppelin/contracts/utils/Multicall.sol";

/// @title Approval by signature in the same transaction
/// @notice `multicall([selfPermit, open])` saves the transaction of an approval. A contract that inherits this has no
/// payable function, so that nothing is paid once and counted twice.
abstract contract SelfPermit is Multicall {
    /// @notice Uses the caller's permit for this contract. A permit that somebody else has used before does no harm:
    /// the allowance is there, and the call that needs it fails by its own error when it is not.
    /// @param permitToken An ERC-2612 token.
    /// @param value Base units to approve.
    /// @param deadline Last second of the signature.
    /// @param v Recovery value of the signature.
    /// @param r First word of the signature.
    /// @param s Second word of the signature.
    function selfPermit(
        IERC20Permit permitToken,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        try permitToken.permit(msg.sender, address(this), value, deadline, v, r, s) {} catch {}
    }
}
