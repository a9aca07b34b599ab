// zk jobs on the escrow's world: a key of the local ceremony, pictures to recognise, and proofs of them.
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { keccak256, type ContractTransactionReceipt } from "ethers";
import { digitsCircuit, type Circuit } from "../../../circuits/build";
import { OUTPUTS, packPixels, proveDigits, runDigits } from "../../../circuits/digits";
import { resultHashOf, type Terms, type VerdictEntry } from "../../../chains/evm/escrow";
import { encodeKey, encodeProof, keyIdOf, proofContext, ZK, zkOutputHash, zkSpec } from "../../../chains/evm/proofs";
import { picture } from "../../../scripts/jobs/digits";
import { generator } from "../../../scripts/jobs/random";
import { mined } from "../kit";
import { assigned, jobOf, VALID, verdictOn, world, type Placed, type World } from "./fixture";

/** Units that one proof is worth under the key of the tests; the terms' price is 1 STUN a unit. */
export const WORTH = 80n;

/** A zk job with what was computed for it. */
export interface ZkJob extends Placed {
  input: bigint[];
  output: bigint[];
}

export interface ZkWorld extends World {
  circuit: Circuit;
  key: string;
  keyId: string;
  input: bigint[];
  output: bigint[];
}

/** A noisy picture of `digit`, the same in every run. */
export function pictureOf(digit: number): bigint[] {
  return packPixels(picture(digit, generator(digit + 1)));
}

/** The world with one key that the owner has admitted. */
export async function zkWorld(): Promise<ZkWorld> {
  const circuit = await digitsCircuit();
  const w = await world();
  const key = encodeKey(circuit.key, { units: WORTH, outputs: OUTPUTS });
  await mined(w.owner, w.proofs, "addKey", key);
  const input = pictureOf(4);
  return { ...w, circuit, key, keyId: keyIdOf(key), input, output: await runDigits(circuit, input) };
}

/** Terms that name the key, and the input in the spec. */
export function zkTerms(w: ZkWorld, input = w.input): Partial<Terms> {
  return { verifier: ZK, verifierConfigHash: w.keyId, specHash: keccak256(zkSpec(w.keyId, input)) };
}

/** A provider submits the right output for its assigned job. */
export async function answered(
  w: ZkWorld,
  job: Placed,
  units = WORTH,
  by: HardhatEthersSigner = w.provider,
  output = w.output,
): Promise<ZkJob> {
  const { attempt } = await jobOf(w, job);
  const resultHash = resultHashOf(job.jobId, attempt, by.address, zkOutputHash(output));
  const submission = { resultHash, units };
  await mined(by, w.escrow, "submit", w.payer.address, job.nonce, job.terms, submission);
  return { ...job, submission, input: w.input, output };
}

/** A zk job, posted, accepted and answered. */
export async function zkSubmitted(w: ZkWorld, change: Partial<Terms> = {}, units = WORTH): Promise<ZkJob> {
  return answered(w, await assigned(w, { ...zkTerms(w), ...change }), units);
}

/** The same, disputed by the payer. */
export async function zkDisputed(w: ZkWorld, change: Partial<Terms> = {}, units = WORTH): Promise<ZkJob> {
  const job = await zkSubmitted(w, change, units);
  await mined(w.payer, w.escrow, "dispute", job.nonce, job.terms, job.submission);
  return job;
}

const made = new Map<string, string>();

/** A proof of the picture in `input`, made for `context`; each is computed once. */
export async function proofFor(w: ZkWorld, context: bigint, input = w.input): Promise<string> {
  const name = [context, ...input].join();
  const known = made.get(name);
  if (known !== undefined) return known;
  const { proof, output } = await proveDigits(w.circuit, input, context);
  const encoded = encodeProof(proof, input, output);
  made.set(name, encoded);
  return encoded;
}

/** A proof of what was submitted for the job. */
export function proofOf(w: ZkWorld, job: ZkJob): Promise<string> {
  return proofFor(w, proofContext(job.terms, job.submission), job.input);
}

/** Arguments of `prove` for a submitted job. */
export async function proving(
  w: ZkWorld,
  job: ZkJob,
  change: Partial<VerdictEntry> = {},
): Promise<[VerdictEntry, string]> {
  return [{ ...(await verdictOn(w, job, VALID, WORTH)), ...change }, await proofOf(w, job)];
}

/** Anybody brings the proof. */
export async function proven(w: ZkWorld, job: ZkJob): Promise<ContractTransactionReceipt> {
  return mined(w.stranger, w.escrow, "prove", ...(await proving(w, job)));
}

/** The encoded key or proof with the word at `index` replaced. */
export function withWord(data: string, index: number, value: bigint): string {
  const at = 2 + index * 64;
  return data.slice(0, at) + value.toString(16).padStart(64, "0") + data.slice(at + 64);
}

/** The word at `index` of an encoded key or proof. */
export function wordAt(data: string, index: number): bigint {
  return BigInt(`0x${data.slice(2 + index * 64, 66 + index * 64)}`);
}
