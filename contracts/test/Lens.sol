// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Many views in one call
/// @notice Differential tests compare the whole state after every call; one request for all of it keeps that cheap.
contract Lens {
    /// @notice Takes `target (20 bytes), length (2), data` any number of times; answers `length (32), returned data` for each, the
    /// length being the largest number when the view was refused.
    fallback() external {
        assembly {
            let out := 0
            for {
                let at := 0
            } lt(at, calldatasize()) {} {
                let head := calldataload(at)
                let size := and(shr(80, head), 0xffff)
                let answer := add(out, 32)
                calldatacopy(answer, add(at, 22), size)
                switch staticcall(gas(), shr(96, head), answer, size, 0, 0)
                case 0 {
                    mstore(out, not(0))
                    out := answer
                }
                default {
                    mstore(out, returndatasize())
                    returndatacopy(answer, 0, returndatasize())
                    out := add(answer, returndatasize())
                }
                at := add(at, add(22, size))
            }
            return(0, out)
        }
    }
}
