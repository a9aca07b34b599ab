import { keccak256, toUtf8Bytes } from "ethers";
import type { ContentStore } from "./content";
import { decodeSpec, WASM_ABI } from "./spec";
import { JobError } from "./wasm/errors";
import { runModule } from "./wasm/run";

/** What a job's module and input give on every machine. */
export interface Outcome {
  outputHash: string;
  units: bigint;
  /** Absent when the job ends in a fault, which is a result too: the work was done. */
  output?: Uint8Array;
}

/** The output hash of a job that ends in a fault which is the same everywhere. */
export function faultHash(fault: "refused" | "trap" | "fuel"): string {
  return keccak256(toUtf8Bytes(`${WASM_ABI} fault: ${fault}`));
}

/**
 * Runs the job of a specification.
 * @throws StunError when spec, module or input is missing; JobError `stack`, `memory` or `time` when this machine cannot tell:
 * then there is no verdict.
 */
export async function reexecute(content: ContentStore, specHash: string, maxUnits: bigint): Promise<Outcome> {
  const spec = decodeSpec(content.get(specHash));
  const module = content.get(spec.module);
  const input = content.get(spec.input);
  try {
    const { output, units } = await runModule(module, input, { maxUnits });
    return { output, units, outputHash: keccak256(output) };
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    const { fault } = error;
    if (fault === "stack" || fault === "memory" || fault === "time") throw error;
    return { outputHash: faultHash(fault), units: fault === "fuel" ? maxUnits : 1n };
  }
}
