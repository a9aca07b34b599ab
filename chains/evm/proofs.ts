// zk jobs as payers, provers and governance build them: specification, key and proof in the words that ProofVerifier takes.
// A circuit's public signals are a context, the words of its input and the words of its output.
import { AbiCoder, concat, keccak256, toBeHex } from "ethers";
import { StunError } from "../errors";
import { termsHash, type Submission, type Terms } from "./escrow";

/** Order of BN254's groups: every signal is below it. */
export const ORDER = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;
/** `verifier` of the terms of a zk job. */
export const ZK = 3n;

/** A Groth16 key in the layout of snarkjs: coordinates as decimal text, points of the second group real part first. */
export interface Groth16Key {
  vk_alpha_1: string[];
  vk_beta_2: string[][];
  vk_gamma_2: string[][];
  vk_delta_2: string[][];
  /** The constant, then the signals: outputs, context, inputs. */
  IC: string[][];
}

/** A Groth16 proof in the layout of snarkjs. */
export interface Groth16Points {
  pi_a: string[];
  pi_b: string[][];
  pi_c: string[];
}

const word = (value: bigint | string | undefined): string => toBeHex(BigInt(value ?? 0n), 32);
const first = (point: readonly string[] = []): string[] => [word(point[0]), word(point[1])];
const second = (point: readonly string[][]): string[] =>
  point.slice(0, 2).flatMap((pair) => [word(pair[1]), word(pair[0])]);

/** Bytes of words, for specifications and outputs. */
export function words(values: readonly bigint[]): string {
  return concat(values.map(word));
}

/**
 * A key as `ProofVerifier.addKey` takes it.
 * @param circuit `units` that one proof is worth, and how many words the circuit gives.
 */
export function encodeKey(key: Groth16Key, circuit: { units: bigint; outputs: number }): string {
  const { units, outputs } = circuit;
  const [constant, ...signals] = key.IC;
  const inputs = signals.length - outputs - 1;
  if (inputs < 0) {
    throw new StunError(`The key has ${signals.length} signals, too few for a context and ${outputs} outputs.`);
  }
  const [context, ...rest] = signals.slice(outputs);
  const points = [constant, context, ...rest, ...signals.slice(0, outputs)];
  return concat([
    word(units),
    word(BigInt(inputs)),
    ...first(key.vk_alpha_1),
    ...[key.vk_beta_2, key.vk_gamma_2, key.vk_delta_2].flatMap(second),
    ...points.flatMap(first),
  ]);
}

/** The name of a key, `verifierConfigHash` of its jobs. */
export function keyIdOf(key: string): string {
  return keccak256(key);
}

/** The bytes of a zk job's specification; their keccak256 is its `specHash`. */
export function zkSpec(keyId: string, input: readonly bigint[]): string {
  return concat([keyId, words(input)]);
}

/** The hash of a zk job's output. */
export function zkOutputHash(output: readonly bigint[]): string {
  return keccak256(words(output));
}

/** The context that a proof must be made for: what the escrow stores of a submitted job, below the order. */
export function proofContext(terms: Terms, submission: Submission): bigint {
  const { resultHash, units } = submission;
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ["bytes32", "bytes32", "uint64"],
    [termsHash(terms), resultHash, units],
  );
  return BigInt(keccak256(encoded)) % ORDER;
}

/** A proof as `JobEscrow.prove` takes it. */
export function encodeProof(proof: Groth16Points, input: readonly bigint[], output: readonly bigint[]): string {
  return concat([...first(proof.pi_a), ...second(proof.pi_b), ...first(proof.pi_c), words(input), words(output)]);
}
