import { Interface, ZeroAddress, type JsonRpcApiProvider, type Log, type Result } from "ethers";
import { StunError } from "../chains/errors";

/** Where a job stands, as its events say. */
export interface WatchedJob {
  jobId: string;
  payer: string;
  payerNonce: bigint;
  terms: Result;
  attempt: bigint;
  provider: string;
  submission: { resultHash: string; units: bigint } | undefined;
  disputed: boolean;
  /** Time of the last change, unix seconds. */
  since: number;
}

/** How many blocks one request for logs covers. */
const LOG_SPAN = 2_000;

/**
 * The jobs of one escrow, rebuilt from its events in final blocks alone. Several nodes may be asked; they must give the
 * same logs.
 */
export class JobWatch {
  readonly jobs = new Map<string, WatchedJob>();
  private next: number;

  constructor(
    private readonly providers: readonly JsonRpcApiProvider[],
    private readonly escrow: string,
    private readonly abi: Interface,
    fromBlock = 0,
  ) {
    if (providers.length === 0) throw new StunError("The oracle has no node to read from: name at least one RPC URL.");
    this.next = fromBlock;
  }

  /** Reads what has become final since the last call; returns the time of the newest final block, unix seconds. */
  async advance(): Promise<number> {
    const blocks = await Promise.all(this.providers.map((p) => p.getBlock("finalized")));
    const heights = blocks.map((b) => b?.number ?? -1);
    const height = Math.min(...heights);
    while (this.next <= height) {
      const to = Math.min(height, this.next + LOG_SPAN - 1);
      for (const log of await this.agreedLogs(this.next, to)) await this.apply(log);
      this.next = to + 1;
    }
    return blocks[heights.indexOf(height)]?.timestamp ?? 0;
  }

  private async agreedLogs(fromBlock: number, toBlock: number): Promise<Log[]> {
    const filter = { address: this.escrow, fromBlock, toBlock };
    const answers = await Promise.all(this.providers.map((p) => p.getLogs(filter)));
    const first = answers[0] ?? [];
    const text = (logs: readonly Log[]): string =>
      JSON.stringify(logs.map((l) => [l.blockHash, l.transactionHash, l.index, l.topics, l.data]));
    const other = answers.findIndex((logs) => text(logs) !== text(first));
    if (other > 0) {
      throw new StunError(
        `Nodes 1 and ${other + 1} disagree on blocks ${fromBlock} to ${toBlock}: nothing is signed until they agree.`,
      );
    }
    return first;
  }

  private async apply(log: Log): Promise<void> {
    const event = this.abi.parseLog(log);
    if (!event) return;
    const { args, name } = event;
    if (name === "JobCreated") {
      this.jobs.set(args.jobId as string, {
        jobId: args.jobId as string,
        payer: args.payer as string,
        payerNonce: args.payerNonce as bigint,
        terms: args.terms as Result,
        // A job created with an offer is in its first assignment.
        attempt: args.provider === ZeroAddress ? 0n : 1n,
        provider: args.provider as string,
        submission: undefined,
        disputed: false,
        since: 0,
      });
      return;
    }
    const job = this.jobs.get((args.jobId as string | undefined) ?? "");
    if (!job) return;
    if (name === "JobEnded") this.jobs.delete(job.jobId);
    if (name === "JobMissed") job.submission = undefined;
    if (name === "JobAssigned")
      Object.assign(job, { provider: args.provider, attempt: args.attempt, submission: undefined });
    if (name === "JobSubmitted") {
      job.submission = { resultHash: args.resultHash as string, units: args.units as bigint };
      job.disputed = false;
    }
    if (name === "JobDisputed") job.disputed = true;
    if (name !== "JobEnded") job.since = (await this.providers[0]?.getBlock(log.blockNumber))?.timestamp ?? 0;
  }
}
