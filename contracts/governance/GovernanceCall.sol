// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice One call that governance makes on a remote EVM chain.
/// @param target The contract to call.
/// @param value Native currency of the remote chain, in wei, from the receiver's balance.
/// @param data Selector and arguments.
struct GovernanceCall {
    address target;
    uint256 value;
    bytes data;
}
