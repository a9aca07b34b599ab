// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Groth16 over BN254, by the precompiles of EIP-196 and EIP-197
/// @notice A proof (A, B, C) holds for signals s when e(A, B) = e(alpha, beta) e(L, gamma) e(C, delta), with L the constant point of
/// the key plus the sum of each signal times its point (Groth, On the Size of Pairing-based Non-interactive Arguments, 2016).
/// @dev The precompiles refuse coordinates that are not below the field's modulus, points off the curve, and points of
/// the second group outside its subgroup. A proof can be changed into another one of the same statement, which is why nothing may depend
/// on a proof being used once. The words of a key are described at `ProofVerifier`.
library Groth16 {
    /// @notice Order of the groups; a signal must be below it, or one statement would have several forms.
    uint256 internal constant ORDER = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @notice Words of A, B and C at the head of a proof.
    uint256 internal constant PROOF_WORDS = 8;

    /// @dev Modulus of the field that coordinates lie in.
    uint256 private constant MODULUS = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    uint256 private constant EC_ADD = 6;
    uint256 private constant EC_MUL = 7;
    uint256 private constant PAIRING = 8;

    /// @dev Where the parts of a key begin, in words.
    uint256 private constant ALPHA = 2;
    uint256 private constant BETA = 4;
    uint256 private constant GAMMA = 8;
    uint256 private constant DELTA = 12;
    uint256 private constant POINTS = 16;

    /// @notice How many points of the input commitment a key of `length` bytes has, rounded down.
    /// @param length Bytes of the key.
    /// @return Points; 0 when the key is shorter than its head.
    function pointsOf(uint256 length) internal pure returns (uint256) {
        return length < POINTS * 32 ? 0 : (length - POINTS * 32) / 64;
    }

    /// @notice Bytes of a key with this many points of the input commitment.
    /// @param points Points of the input commitment.
    /// @return Bytes.
    function lengthOf(uint256 points) internal pure returns (uint256) {
        return POINTS * 32 + points * 64;
    }

    /// @notice The word of `data` with this index, within it.
    /// @param data Words of 32 bytes.
    /// @param index Counted from 0.
    /// @return The word; reverts beyond the end.
    function wordOf(bytes calldata data, uint256 index) internal pure returns (uint256) {
        return uint256(bytes32(data[index * 32:]));
    }

    /// @notice The word of `data` with this index; the caller has checked that it lies within.
    /// @param data Words of 32 bytes.
    /// @param index Counted from 0.
    /// @return word The word as a number.
    function wordAt(bytes memory data, uint256 index) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), mul(index, 32)))
        }
    }

    /// @notice Where a point begins, in words, that no honest key has: off its curve, or zero. Zero when there is none.
    /// @dev A zero gamma or delta takes the inputs or C out of the equation, a zero point of a signal the signal: each would
    /// let anybody prove anything. Only the constant point may be zero.
    /// @param key Words of the key, see `ProofVerifier`.
    /// @param points Points of the input commitment.
    /// @return Index of the point's first word.
    function badPoint(bytes memory key, uint256 points) internal view returns (uint256) {
        if (!_onFirst(key, ALPHA, false)) return ALPHA;
        if (!_onSecond(key, BETA)) return BETA;
        if (!_onSecond(key, GAMMA)) return GAMMA;
        if (!_onSecond(key, DELTA)) return DELTA;
        for (uint256 i; i < points; ++i) {
            if (!_onFirst(key, POINTS + 2 * i, i == 0)) return POINTS + 2 * i;
        }
        return 0;
    }

    /// @notice Whether gamma and delta are one point, as they are before the second phase of a ceremony.
    /// @param key Words of the key, see `ProofVerifier`.
    /// @return True when anybody could forge proofs under the key.
    function isUnfinished(bytes memory key) internal pure returns (bool) {
        for (uint256 i; i < 4; ++i) {
            if (wordAt(key, GAMMA + i) != wordAt(key, DELTA + i)) return false;
        }
        return true;
    }

    /// @notice Whether the proof holds. The signals are the context, then the words of `proof` after its points; the caller has
    /// checked that each is below `ORDER`, and that key and proof have the lengths that belong together.
    /// @dev False, and never a revert, for points that are none.
    /// @param key Words of the key, see `ProofVerifier`.
    /// @param proof Points, then the words of inputs and outputs.
    /// @param context The first signal, below `ORDER`.
    /// @return holds True when the pairing equation holds.
    function verify(bytes memory key, bytes calldata proof, uint256 context) internal view returns (bool holds) {
        assembly ("memory-safe") {
            let words := add(key, 32)
            let free := mload(0x40)
            // L grows in words 12 and 13 of the pairing's input; 14 to 16 take the next point and its factor.
            let sum := add(free, 384)
            let next := add(sum, 64)
            let point := add(words, 512)
            let end := add(words, mload(key))
            mcopy(sum, point, 64)
            let factor := context
            let rest := add(proof.offset, 256)
            let ok := 1
            for {
                point := add(point, 64)
            } lt(point, end) {
                point := add(point, 64)
            } {
                mcopy(next, point, 64)
                mstore(add(next, 64), factor)
                ok := and(ok, staticcall(gas(), EC_MUL, next, 96, next, 64))
                ok := and(ok, staticcall(gas(), EC_ADD, sum, 128, sum, 64))
                factor := calldataload(rest)
                rest := add(rest, 32)
            }
            // (-A, B)
            let y := calldataload(add(proof.offset, 32))
            ok := and(ok, lt(y, MODULUS))
            calldatacopy(free, proof.offset, 192)
            mstore(add(free, 32), mod(sub(MODULUS, y), MODULUS))
            // (alpha, beta), (L, gamma), (C, delta)
            mcopy(add(free, 192), add(words, 64), 192)
            mcopy(add(free, 448), add(words, 256), 128)
            calldatacopy(add(free, 576), add(proof.offset, 192), 64)
            mcopy(add(free, 640), add(words, 384), 128)
            ok := and(ok, staticcall(gas(), PAIRING, free, 768, free, 32))
            holds := and(ok, eq(mload(free), 1))
        }
    }

    /// @dev Whether the words from `at` on are a point of the first group.
    function _onFirst(bytes memory key, uint256 at, bool mayBeZero) private view returns (bool ok) {
        uint256[4] memory pair = [wordAt(key, at), wordAt(key, at + 1), 0, 0];
        if (pair[0] | pair[1] == 0) return mayBeZero;
        assembly ("memory-safe") {
            ok := staticcall(gas(), EC_ADD, pair, 128, pair, 64)
        }
    }

    /// @dev Whether the words from `at` on are a point of the second group, in its subgroup, and not zero.
    function _onSecond(bytes memory key, uint256 at) private view returns (bool ok) {
        uint256[6] memory pair;
        uint256 any;
        for (uint256 i; i < 4; ++i) {
            pair[2 + i] = wordAt(key, at + i);
            any |= pair[2 + i];
        }
        if (any == 0) return false;
        assembly ("memory-safe") {
            ok := staticcall(gas(), PAIRING, pair, 192, 0, 32)
        }
    }
}
