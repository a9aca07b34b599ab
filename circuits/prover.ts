// What a provider does with an assigned zk job: reads it from the chain, runs the circuit, submits, proves. Every reason why a
// proof would be refused is found here first, before any work and before any gas is paid.
import { readFileSync } from "node:fs";
import { keccak256, type Contract, type EventLog, type Result } from "ethers";
import { groth16, zKey } from "snarkjs";
import { resultHashOf, type Submission, type Terms, type VerdictEntry } from "../chains/evm/escrow";
import { encodeKey, encodeProof, keyIdOf, proofContext, words, ZK, zkOutputHash, zkSpec } from "../chains/evm/proofs";
import { messageOf, StunError } from "../chains/errors";
import type { Circuit } from "./build";
import { OUTPUTS, proveDigits, runDigits } from "./digits";

/** States of a job on chain in which a provider or a prover acts. */
const ASSIGNED = 2n;
const SUBMITTED = 3n;
const VALID = 1n;

/** A circuit under one key: what `verifierConfigHash` of a job names. */
export interface Prover {
  circuit: Circuit;
  /** Units of work that one proof is worth, by the key. */
  units: bigint;
  /** The bytes that governance admits. */
  key: string;
  keyId: string;
}

/** The next call that a job needs, for a wallet or for anyone. */
export interface NextCall {
  method: "submit" | "prove";
  args: unknown[];
  /** What it does, in a clause. */
  title: string;
}

/**
 * @param zkey file of a finished ceremony for this circuit; without one the local ceremony's, under which anybody can forge proofs.
 * Errors: a file that snarkjs cannot read.
 */
export async function proverOf(circuit: Circuit, units: bigint, zkey?: string): Promise<Prover> {
  const own = zkey === undefined ? circuit : { ...circuit, zkey, key: await readKey(zkey) };
  const key = encodeKey(own.key, { units, outputs: OUTPUTS });
  return { circuit: own, units, key, keyId: keyIdOf(key) };
}

async function readKey(zkey: string): Promise<Circuit["key"]> {
  try {
    // snarkjs leaves a file open that is not one of its own
    if (readFileSync(zkey).subarray(0, 4).toString() !== "zkey") throw new StunError("it does not begin like one");
    return await zKey.exportVerificationKey(zkey);
  } catch (error) {
    throw new StunError(`${zkey} is no zkey of a ceremony: ${messageOf(error)}.`, error);
  }
}

/** Where a job stands, from its events and state. */
interface FoundJob {
  jobId: string;
  payer: string;
  payerNonce: bigint;
  terms: Terms;
  state: bigint;
  attempt: bigint;
  provider: string;
  submission?: Submission;
}

async function findJob(escrow: Contract, jobId: string, fromBlock: number): Promise<FoundJob> {
  const last = async (event: string): Promise<Result | undefined> => {
    const filter = escrow.filters[event]!(jobId);
    const found = (await escrow.queryFilter(filter, fromBlock)).filter((log): log is EventLog => "args" in log);
    return found.at(-1)?.args;
  };
  const created = await last("JobCreated");
  if (!created) {
    throw new StunError(
      `The escrow ${String(escrow.target)} has created no job ${jobId} since block ${fromBlock}: check both.`,
    );
  }
  const { state, attempt, provider } = (await escrow.getFunction("jobOf")(jobId)) as FoundJob;
  const submitted = state >= SUBMITTED ? await last("JobSubmitted") : undefined;
  return {
    jobId,
    payer: created.payer as string,
    payerNonce: created.payerNonce as bigint,
    terms: (created.terms as Result).toObject() as Terms,
    state,
    attempt,
    provider,
    submission: submitted && { resultHash: submitted.resultHash as string, units: submitted.units as bigint },
  };
}

/** Refuses, in one sentence, a job whose proof the chain would refuse, whatever the prover does. */
async function check(escrow: Contract, verifier: Contract, job: FoundJob, input: readonly bigint[], prover: Prover) {
  const { terms, jobId } = job;
  if (terms.verifier !== ZK) {
    throw new StunError(`Job ${jobId} names verifier ${terms.verifier}, not ${ZK}: no proof settles it.`);
  }
  if (terms.verifierConfigHash !== prover.keyId) {
    throw new StunError(
      `Job ${jobId} names the key ${terms.verifierConfigHash}, this circuit with ${prover.units} units has ${prover.keyId}: give --zkey and --units of its key.`,
    );
  }
  if (terms.specHash !== keccak256(zkSpec(prover.keyId, input))) {
    throw new StunError(`Job ${jobId} is about another input than the one given: ask its payer for the specification.`);
  }
  if (!((await verifier.getFunction("keyOf")(prover.keyId)) as { enabled: boolean }).enabled) {
    throw new StunError(
      `The key ${prover.keyId} is not admitted at ${String(verifier.target)}: without it job ${jobId} ends by its payer, the committee or time.`,
    );
  }
  if (job.state < ASSIGNED) {
    throw new StunError(
      `Job ${jobId} is ${job.state === 0n ? "over" : "not assigned"} at ${String(escrow.target)}: there is nothing to prove.`,
    );
  }
}

/**
 * The next call of a zk job: `submit` while its provider works on it, `prove` once its result was submitted.
 * @param by who would send the call
 * @param fromBlock where the search for the job's events begins
 * Errors: every reason why the call would be refused.
 */
export async function nextCall(
  escrow: Contract,
  verifier: Contract,
  jobId: string,
  prover: Prover,
  input: readonly bigint[],
  by: string,
  fromBlock = 0,
): Promise<NextCall> {
  const job = await findJob(escrow, jobId, fromBlock);
  await check(escrow, verifier, job, input, prover);
  const { payer, payerNonce, terms, attempt, provider, submission } = job;
  const output = await runDigits(prover.circuit, input);
  const resultHash = resultHashOf(jobId, attempt, provider, zkOutputHash(output));
  if (!submission) {
    if (by !== provider) throw new StunError(`Job ${jobId} is assigned to ${provider}, who alone submits, not ${by}.`);
    const units = prover.units < terms.maxUnits ? prover.units : terms.maxUnits;
    const args = [payer, payerNonce, terms, { resultHash, units }];
    return { method: "submit", args, title: `submit the output ${words(output)}` };
  }
  if (submission.resultHash !== resultHash) {
    throw new StunError(
      `What ${provider} submitted for job ${jobId} is not what the circuit gives: no proof of it exists.`,
    );
  }
  const context = proofContext(terms, submission);
  const made = await proveDigits(prover.circuit, input, context);
  const signals = [...made.output, context, ...input].map(String);
  if (!(await groth16.verify(prover.circuit.key, signals, made.proof))) {
    throw new StunError(
      `The proof for job ${jobId} does not hold under ${prover.keyId}: the zkey is of another circuit.`,
    );
  }
  const verdict: VerdictEntry = {
    payer,
    payerNonce,
    attempt,
    provider,
    outcome: VALID,
    units: prover.units,
    submission,
    terms,
  };
  return { method: "prove", args: [verdict, encodeProof(made.proof, input, made.output)], title: "prove the result" };
}
