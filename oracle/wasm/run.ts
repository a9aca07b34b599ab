import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { JobError, type JobFault } from "./errors";

/** Instructions in one unit of work; a job's units are its instructions divided by this, rounded up. */
export const FUEL_PER_UNIT = 1_000_000n;
/** Largest output of a job, in bytes. */
export const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** What a run gives: the same on every machine. */
export interface JobResult {
  output: Uint8Array;
  /** Instructions executed. */
  fuel: bigint;
  /** `fuel / FUEL_PER_UNIT`, rounded up, at least 1. */
  units: bigint;
}

export interface JobLimits {
  /** The job ends with fault `fuel` above this many units. */
  maxUnits: bigint;
  /** A guard of this machine against a runner that hangs, in milliseconds; never part of a verdict. Default 120,000. */
  wallClockMs?: number;
}

type Reply = { output: Uint8Array; fuel: number } | { fault: JobFault; reason: string };

function start(module: Uint8Array, input: Uint8Array, fuelLimit: bigint, wallClockMs: number): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(__dirname, "worker.mjs"), {
      workerData: { module, input, fuelLimit: Number(fuelLimit), maxOutputBytes: MAX_OUTPUT_BYTES },
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 512, stackSizeMb: 4 },
    });
    const guard = setTimeout(() => {
      resolve({ fault: "time", reason: `the run took longer than ${wallClockMs} ms` });
      void worker.terminate();
    }, wallClockMs);
    worker.once("message", (reply: Reply) => {
      clearTimeout(guard);
      resolve(reply);
      void worker.terminate();
    });
    worker.once("error", (error) => {
      clearTimeout(guard);
      // For lack of memory, mostly: another machine may have it.
      reject(new JobError("memory", `The job's thread ended: ${error.message}; try a smaller module or input.`));
    });
    // A thread can also die without an error event; after a reply this settles nothing.
    worker.once("exit", (code) => {
      clearTimeout(guard);
      resolve({ fault: "memory", reason: `the thread ended with code ${code}` });
    });
  });
}

/**
 * Runs a job's module on an input: writes the input where `alloc` says, calls `run`, and reads the output that its
 * result names (address in the upper, length in the lower 32 bits).
 * @throws JobError when the module is refused, traps, or needs more than `maxUnits`, or when this machine cannot tell.
 */
export async function runModule(module: Uint8Array, input: Uint8Array, limits: JobLimits): Promise<JobResult> {
  if (limits.maxUnits <= 0n) throw new JobError("refused", `maxUnits is ${limits.maxUnits}: allow at least one unit.`);
  const reply = await start(module, input, limits.maxUnits * FUEL_PER_UNIT, limits.wallClockMs ?? 120_000);
  if ("fault" in reply) {
    const sentence = {
      refused: reply.reason,
      trap: `The module trapped (${reply.reason}): check the module and that the input is in its format.`,
      fuel: `The module needs more than ${limits.maxUnits} units of ${FUEL_PER_UNIT} instructions: raise maxUnits, or check that it ends.`,
      stack: `The module calls too deep for this machine (${reply.reason}): use a loop instead of recursion.`,
      memory: `This machine could not run the module (${reply.reason}): give it more memory, or use a smaller module.`,
      time: `The module was stopped because ${reply.reason}: raise the limit of this machine, or check that it ends.`,
    }[reply.fault];
    throw new JobError(reply.fault, sentence);
  }
  const fuel = BigInt(reply.fuel);
  return { output: reply.output, fuel, units: (fuel + FUEL_PER_UNIT - 1n) / FUEL_PER_UNIT || 1n };
}
