import { resultHashOf } from "../chains/evm/escrow";
import { OUTCOME, verdictLeaf, type Verdict } from "../model";
import type { ContentStore } from "./content";
import { reexecute, type Outcome } from "./reexecute";
import { REEXECUTE } from "./spec";
import type { WatchedJob } from "./watch";

/** Whether this oracle's policy judges the job now: attested or disputed, submitted, and run again to be checked. */
export function awaitsVerdict(job: WatchedJob): boolean {
  const { verifier, verifierConfigHash, attested } = job.terms;
  return (
    job.submission !== undefined && verifier === 1n && verifierConfigHash === REEXECUTE && (attested || job.disputed)
  );
}

/** A verdict and its leaf in a batch. */
export interface Judged {
  job: WatchedJob;
  verdict: Verdict & { attempt: bigint; outcome: bigint };
  leaf: string;
}

/** Runs the job and compares: Valid with the units it really took, or Wrong. Errors: as `reexecute`. */
export async function judge(content: ContentStore, job: WatchedJob): Promise<Judged> {
  const { specHash, maxUnits } = job.terms as unknown as { specHash: string; maxUnits: bigint };
  const submitted = job.submission?.resultHash ?? "";
  const result: Outcome = await reexecute(content, specHash, maxUnits);
  const right = resultHashOf(job.jobId, job.attempt, job.provider, result.outputHash) === submitted;
  const verdict = {
    jobId: job.jobId,
    attempt: job.attempt,
    provider: job.provider,
    outcome: right ? OUTCOME.valid : OUTCOME.wrong,
    units: right ? result.units : 0n,
    resultHash: submitted,
  };
  return { job, verdict, leaf: verdictLeaf(verdict) };
}
