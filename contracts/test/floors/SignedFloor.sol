// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What a signature check costs at least: one typed hash and one recovery
abstract contract SignedFloor {
    struct Signature {
        bytes32 r;
        bytes32 vs;
    }

    bytes32 private immutable _domain = keccak256(abi.encode(block.chainid, address(this)));

    error WrongSigner(address recovered, address expected);

    function _check(bytes32 hash, bytes32 r, bytes32 vs, address expected) internal view {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", _domain, hash));
        address recovered = ecrecover(digest, uint8(uint256(vs) >> 255) + 27, r, (vs << 1) >> 1);
        if (recovered == address(0) || recovered != expected) revert WrongSigner(recovered, expected);
    }

    /// @notice What signers sign of `hash`.
    function digestOf(bytes32 hash) external view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", _domain, hash));
    }
}
