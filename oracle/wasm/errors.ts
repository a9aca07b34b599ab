/**
 * Why a module did not yield a result. `refused` is found before it runs; the others end a run. `refused`, `trap` and
 * `fuel` are the same on every machine; `stack`, `memory` and `time` depend on it, so that no verdict follows from them.
 */
export type JobFault = "refused" | "trap" | "fuel" | "stack" | "memory" | "time";

/** A job that yields no result; the message is one sentence with what was wrong and what to do. */
export class JobError extends Error {
  override readonly name = "JobError";

  constructor(
    readonly fault: JobFault,
    message: string,
  ) {
    super(message);
  }
}
