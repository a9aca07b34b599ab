// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { Groth16 } from "./Groth16.sol";
import { IProofVerifier } from "./IProofVerifier.sol";

/// @title Verifying keys of zk jobs, and the check of their proofs (Groth16 over BN254)
/// @notice A key is named by the hash of its bytes, so that no decision of the owner can give a job's terms another meaning:
/// the owner admits keys and removes them. A job whose key is removed is still settled by the committee or by time.
///
/// A key is a list of words: units of work that one proof is worth, number of input words, alpha (2), beta, gamma, delta (4
/// each), then two for each point of the input commitment: the constant, the context, the inputs, the outputs.
/// A proof is the words of A (2), B (4), C (2), then the inputs and the outputs. Points of the second group have the imaginary
/// part of each coordinate first, as the pairing precompile takes them.
/// @dev The words of a key lie in the code of a contract that only stops: 2,600 gas for all of them instead of 2,100 for each.
contract ProofVerifier is IProofVerifier, Ownable2Step {
    /// @notice Most input and output words of one circuit.
    uint256 public constant MAX_WORDS = 64;

    /// @dev Points of the input commitment before those of the inputs: the constant and the context.
    uint256 private constant FIXED_POINTS = 2;

    /// @notice Where the words of a key lie, and whether its proofs settle jobs.
    struct Key {
        address code;
        bool enabled;
    }

    mapping(bytes32 keyId => Key) private _keys;

    /// @notice Proofs under this key settle jobs from here on.
    /// @param keyId keccak256 of the key.
    /// @param units Units of work that one proof is worth.
    /// @param inputs Number of input words.
    /// @param outputs Number of output words.
    event KeyAdded(bytes32 indexed keyId, uint64 units, uint256 inputs, uint256 outputs);
    /// @notice Proofs under this key are refused from here on.
    /// @param keyId keccak256 of the key.
    event KeyRemoved(bytes32 indexed keyId);

    /// @notice The bytes are no key: of a length that no key has, or units or inputs out of range.
    /// @param length Bytes of the key.
    error MalformedKey(uint256 length);
    /// @notice A point of the key is not on its curve, or is zero where that would let anybody prove anything. `word` is where
    /// it begins in the key.
    /// @param word Index of the point's first word.
    error InvalidKeyPoint(uint256 word);
    /// @notice Gamma and delta are equal: the second phase of the key's ceremony never happened, anybody can forge proofs.
    error UnfinishedSetup();
    /// @notice The key could not be stored.
    error KeyNotStored();
    /// @notice The key is not known, or was removed.
    /// @param keyId keccak256 of the key.
    error KeyNotEnabled(bytes32 keyId);
    /// @notice The proof has not as many bytes as the key asks for.
    /// @param length Bytes of the proof.
    /// @param expected Bytes that the key asks for.
    error MalformedProof(uint256 length, uint256 expected);
    /// @notice The proof is about another input than the job's.
    /// @param specHash The job's input.
    /// @param proven The input that the proof is about.
    error InputMismatch(bytes32 specHash, bytes32 proven);
    /// @notice The proof is about another output, or another assignment, than what was submitted.
    /// @param resultHash What was submitted.
    /// @param proven The result that the proof is about.
    error OutputMismatch(bytes32 resultHash, bytes32 proven);
    /// @notice An input or output word is not below the order of the curve; `index` counts inputs, then outputs.
    /// @param index Counted from 0.
    /// @param value The word.
    error WordOutOfField(uint256 index, uint256 value);
    /// @notice The pairing does not hold: the proof is wrong, was made for another submission, or has a point off its curve.
    error InvalidProof();

    /// @notice Holds no key at first.
    /// @param owner_ Who admits and removes keys: the timelock, or the governance receiver of a remote chain.
    constructor(address owner_) Ownable(owner_) {}

    /// @notice Admits a key, or one again that was removed. Owner only.
    /// @param key Words of the key, see the contract's description. Whoever knows the secrets of its ceremony can forge
    /// proofs, which nothing on chain can show: only what must never hold is refused.
    /// @return keyId keccak256 of `key`, the `verifierConfigHash` of its jobs.
    function addKey(bytes memory key) external onlyOwner returns (bytes32 keyId) {
        keyId = keccak256(key);
        uint256 points = Groth16.pointsOf(key.length);
        if (points < FIXED_POINTS || points > FIXED_POINTS + MAX_WORDS || key.length != Groth16.lengthOf(points)) {
            revert MalformedKey(key.length);
        }
        uint256 units = Groth16.wordAt(key, 0);
        uint256 inputs = Groth16.wordAt(key, 1);
        uint256 words = points - FIXED_POINTS;
        if (units == 0 || units > type(uint64).max || inputs > words) revert MalformedKey(key.length);
        uint256 problem = Groth16.badPoint(key, points);
        if (problem != 0) revert InvalidKeyPoint(problem);
        if (Groth16.isUnfinished(key)) revert UnfinishedSetup();
        address code = _keys[keyId].code;
        if (code == address(0)) code = _store(key);
        _keys[keyId] = Key(code, true);
        emit KeyAdded(keyId, uint64(units), inputs, words - inputs);
    }

    /// @notice Removes a key. Owner only. Jobs in flight are settled by the committee or by time.
    /// @param keyId keccak256 of the key.
    function removeKey(bytes32 keyId) external onlyOwner {
        if (!_keys[keyId].enabled) revert KeyNotEnabled(keyId);
        _keys[keyId].enabled = false;
        emit KeyRemoved(keyId);
    }

    /// @inheritdoc IProofVerifier
    function provenUnits(
        bytes32 keyId,
        bytes32 specHash,
        bytes32 jobId,
        uint256 attempt,
        address provider,
        bytes32 resultHash,
        bytes32 commitment,
        bytes calldata proof
    ) external view returns (uint64 units) {
        if (!_keys[keyId].enabled) revert KeyNotEnabled(keyId);
        bytes memory key = _load(_keys[keyId].code);
        uint256 words = Groth16.pointsOf(key.length) - FIXED_POINTS;
        uint256 expected = (Groth16.PROOF_WORDS + words) * 32;
        if (proof.length != expected) revert MalformedProof(proof.length, expected);
        uint256 split = (Groth16.PROOF_WORDS + Groth16.wordAt(key, 1)) * 32;
        bytes32 spec = keccak256(abi.encodePacked(keyId, proof[Groth16.PROOF_WORDS * 32:split]));
        if (spec != specHash) revert InputMismatch(specHash, spec);
        bytes32 result = keccak256(abi.encode(jobId, attempt, provider, keccak256(proof[split:])));
        if (result != resultHash) revert OutputMismatch(resultHash, result);
        for (uint256 i; i < words; ++i) {
            uint256 word = Groth16.wordOf(proof, Groth16.PROOF_WORDS + i);
            if (word >= Groth16.ORDER) revert WordOutOfField(i, word);
        }
        // The commitment is a hash: that five values share one remainder helps nobody.
        if (!Groth16.verify(key, proof, uint256(commitment) % Groth16.ORDER)) revert InvalidProof();
        return uint64(Groth16.wordAt(key, 0));
    }

    /// @notice A key as it was admitted.
    /// @param keyId keccak256 of the key.
    /// @return enabled Whether its proofs settle jobs now.
    /// @return key Its words; empty when it was never admitted.
    function keyOf(bytes32 keyId) external view returns (bool enabled, bytes memory key) {
        Key memory found = _keys[keyId];
        return (found.enabled, found.code == address(0) ? key : _load(found.code));
    }

    /// @dev Deploys `key` after a STOP as the code of a new address: PUSH2 size, DUP1, PUSH1 10, 0, CODECOPY, 0, RETURN.
    function _store(bytes memory key) private returns (address at) {
        bytes memory init = bytes.concat(hex"61", bytes2(uint16(key.length + 1)), hex"80600a3d393df300", key);
        assembly ("memory-safe") {
            at := create(0, add(init, 32), mload(init))
        }
        if (at == address(0)) revert KeyNotStored();
    }

    /// @dev The key in the code of `at`, without the STOP before it.
    function _load(address at) private view returns (bytes memory key) {
        assembly ("memory-safe") {
            let length := sub(extcodesize(at), 1)
            key := mload(0x40)
            mstore(key, length)
            extcodecopy(at, add(key, 32), 1, length)
            // A key is a whole number of words.
            mstore(0x40, add(key, add(length, 32)))
        }
    }
}
