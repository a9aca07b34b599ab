/**
 * Why a module did not yield a result. `refused` is found before it runs; the others end a run. `refused`, `trap` and
 * `fuel` are the same on every machine; `stack` and `time` depend on the machine, so that no verdict follows from them.
 */
export type JobFault = "refused" | "trap" | "fuel" | "stack" | "time";

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
