// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Vm } from "forge-std/Vm.sol";

/// @title What every test here needs of Foundry
/// @notice The contracts under test are deployed from the artifacts of the ordinary build: what is fuzzed is the code that is
/// deployed, and Foundry compiles these sources alone.
abstract contract Cheats {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error NotDeployed(string artifact);

    /// @dev Deploys `contracts/<path>.sol` of this repository; `path` is `module/Name`.
    function _deploy(string memory module, string memory name, bytes memory arguments) internal returns (address at) {
        string memory path = string.concat("artifacts/contracts/", module, "/", name, ".sol/", name, ".json");
        return _deployArtifact(path, arguments);
    }

    function _deployArtifact(string memory path, bytes memory arguments) internal returns (address at) {
        bytes memory code = bytes.concat(vm.getCode(path), arguments);
        assembly ("memory-safe") {
            at := create(0, add(code, 32), mload(code))
        }
        if (at == address(0)) revert NotDeployed(path);
    }

    /// @dev `value` folded into `min` to `max`, both included.
    function _fold(uint256 value, uint256 min, uint256 max) internal pure returns (uint256) {
        return min + (value % (max - min + 1));
    }

    /// @dev Another number out of a seed.
    function _part(uint256 seed, uint256 n) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, n)));
    }

    /// @dev Fails as the called contract failed.
    function _bubble(bytes memory reason) internal pure {
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
