// The digits circuit from outside: pictures to words, words to sums, and proofs of both.
import { readFileSync } from "node:fs";
import { groth16, wtns, type Groth16Proof, type Signals } from "snarkjs";
import { messageOf, StunError } from "../chains/errors";
import type { Circuit } from "./build";

/** Bytes of one input word. */
const PER_WORD = 31;
const PIXELS = 64;
const CLASSES = 10;
const OFFSET = 1n << 23n;
const BITS = 24n;

/** Units of work that one proof of this circuit is worth: one picture. */
export const UNITS = 1n;
/** Words that the circuit gives. */
export const OUTPUTS = 1;

/** A picture as the circuit's input: 31 pixels in a word, the first one lowest. Errors: not 64 bytes. */
export function packPixels(pixels: ArrayLike<number>): bigint[] {
  const list = Array.from(pixels);
  if (list.length !== PIXELS || list.some((p) => !Number.isInteger(p) || p < 0 || p > 255)) {
    throw new StunError(`A picture is ${PIXELS} bytes, 8 rows of 8 pixels; ${list.length} values were given.`);
  }
  const count = Math.ceil(PIXELS / PER_WORD);
  return Array.from({ length: count }, (_, w) =>
    list.slice(w * PER_WORD, (w + 1) * PER_WORD).reduceRight((sum, pixel) => sum * 256n + BigInt(pixel), 0n),
  );
}

/** The sums of the ten digits in the circuit's output. */
export function unpackSums(output: bigint): number[] {
  return Array.from({ length: CLASSES }, (_, o) => Number(((output >> (BITS * BigInt(o))) % (1n << BITS)) - OFFSET));
}

/** The same as one word. */
export function packSums(sums: readonly number[]): bigint {
  return sums.reduceRight((all, sum) => (all << BITS) + BigInt(sum) + OFFSET, 0n);
}

/** A witness: every signal of the circuit. Errors: an input that the circuit has no proof for. */
export async function witness(circuit: Circuit, input: Signals): Promise<bigint[]> {
  return wtns.exportJson(await calculate(circuit, input));
}

/** A proof that the network gives `output` for `input`, made for `context`. Errors: as `witness`. */
export async function proveDigits(
  circuit: Circuit,
  input: readonly bigint[],
  context: bigint,
): Promise<{ proof: Groth16Proof; output: bigint[] }> {
  const file = await calculate(circuit, { context, pixels: [...input] });
  const { proof, publicSignals } = await groth16.prove(circuit.zkey, file);
  return { proof, output: publicSignals.slice(0, OUTPUTS).map(BigInt) };
}

/** What the network gives, without a proof. */
export async function runDigits(circuit: Circuit, input: readonly bigint[]): Promise<bigint[]> {
  const all = await witness(circuit, { context: 0n, pixels: [...input] });
  return all.slice(1, 1 + OUTPUTS);
}

/** The picture in a file: 64 bytes, a brightness each. Errors: no such file, or of another length. */
export function readPicture(file: string): bigint[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new StunError(`The picture ${file} cannot be read: ${messageOf(error)}.`, error);
  }
  return packPixels(bytes);
}

async function calculate(circuit: Circuit, input: Signals): Promise<{ type: "mem"; data?: Uint8Array }> {
  const file: { type: "mem"; data?: Uint8Array } = { type: "mem" };
  try {
    await wtns.calculate(input, circuit.wasm, file);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new StunError(`The circuit ${circuit.name} has no proof for this input: ${reason}.`);
  }
  return file;
}
