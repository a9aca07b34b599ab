import { ZeroHash, getAddress, zeroPadValue, type Contract, type JsonRpcApiProvider, type Signer } from "ethers";
import { contractInterface } from "../chains/evm/artifacts";
import { contractAt, transact } from "../chains/evm/client";
import { StunError, messageOf } from "../chains/errors";
import { committeeDigest, merkleRoot } from "../model";
import type { ContentStore } from "./content";
import { SignatureJournal } from "./journal";
import { askPeer, servePeers, type SignAnswer, type SignRequest } from "./peers";
import { signerOf, type DigestSigner } from "./signer";
import { awaitsVerdict, judge, type Judged } from "./verdict";
import { JobError } from "./wasm/errors";
import { JobWatch, type WatchedJob } from "./watch";

/** Verdicts of one transaction: nodes take none above 128 KB, and a full batch of the escrow's 256 would have 172. */
const MAX_BATCH = 128;
/** How long one round judges before it submits what it has. */
const JUDGE_MS = 30_000;
/** Seconds of the chain after which a job that this machine could not run is tried again; twice as many each time. */
const RETRY_SECONDS = 600;

export interface OracleOptions {
  /** Nodes of one chain that must agree. */
  providers: readonly JsonRpcApiProvider[];
  escrow: string;
  committee: string;
  /** Signs verdicts. */
  signer: DigestSigner;
  /** Pays for the transactions of this oracle. */
  sender: Signer;
  content: ContentStore;
  journal: SignatureJournal;
  /** Base URLs of the other oracles. */
  peers: () => readonly string[];
  /** Seconds of the chain after which the next member leads. */
  leaderSeconds: number;
  port: number;
  fromBlock?: number;
  /** Milliseconds that one round judges, 30,000 by default. A job that has begun is run to its end. */
  judgeMs?: number;
  log?: (line: string) => void;
}

/** What a committee is now. */
interface CommitteeNow {
  members: string[];
  version: bigint;
  threshold: number;
  stoppedUntil: number;
  chainId: bigint;
}

/** One member of the committee: judges jobs, signs verdicts, and submits them when it leads. */
export class OracleNode {
  private readonly watch: JobWatch;
  private readonly judged = new Map<string, Judged>();
  /** Jobs that this machine could not run: how often, and when to try again. */
  private readonly failed = new Map<string, { times: number; again: number }>();
  private readonly committees: readonly Contract[];
  /** For the journal and for peers: one address has one text. */
  private readonly escrow: string;
  private server: { url: string; close: () => Promise<void> } | undefined;
  private now: CommitteeNow = { members: [], version: 0n, threshold: 0, stoppedUntil: 0, chainId: 0n };
  private time = 0;
  private lastTick = 0;

  constructor(private readonly options: OracleOptions) {
    this.escrow = getAddress(options.escrow);
    this.watch = new JobWatch(options.providers, this.escrow, contractInterface("JobEscrow"), options.fromBlock);
    this.committees = options.providers.map((provider) => contractAt("Committee", options.committee, provider));
  }

  get address(): string {
    return this.options.signer.address;
  }

  /** Base URL at which the other oracles reach this one. */
  get url(): string {
    if (!this.server) throw new StunError("The oracle is not started: call start first.");
    return this.server.url;
  }

  async start(): Promise<void> {
    this.now = await this.readCommittee();
    if (!this.now.members.includes(this.address)) {
      throw new StunError(`${this.address} is no member of the committee ${this.options.committee}: check the key.`);
    }
    this.server = await servePeers({
      port: this.options.port,
      members: () => this.now.members,
      now: () => this.time,
      answer: (request) => this.sign(request),
      healthy: () => Date.now() - this.lastTick < 60_000,
    });
  }

  async stop(): Promise<void> {
    await this.server?.close();
    this.options.journal.close();
  }

  /** One round: read what is final, judge what waits, and submit it when this member leads. Returns the jobs it settled. */
  async tick(): Promise<string[]> {
    this.time = await this.watch.advance();
    this.now = await this.readCommittee();
    const waiting = [...this.watch.jobs.values()].filter(awaitsVerdict);
    this.forget();
    await this.judgeAll(waiting);
    const mine = waiting.filter((job) => this.leads(job.jobId, job.since)).map((job) => this.verdictOn(job));
    const open = await this.unsettled(mine.filter((j): j is Judged => j !== undefined));
    const settled = this.time < this.now.stoppedUntil ? [] : await this.submit(open);
    this.lastTick = Date.now();
    return settled;
  }

  /** What this oracle has judged of the job's present assignment. */
  private verdictOn(job: WatchedJob): Judged | undefined {
    const known = this.judged.get(job.jobId);
    const same = known?.verdict.attempt === job.attempt && known.verdict.resultHash === job.submission?.resultHash;
    return same ? known : undefined;
  }

  /** Drops what is known of jobs that are over. */
  private forget(): void {
    for (const known of [this.judged, this.failed]) {
      for (const jobId of known.keys()) if (!this.watch.jobs.has(jobId)) known.delete(jobId);
    }
  }

  /**
   * Judges what is not judged yet, the shortest jobs first, for a bounded time: whoever posts jobs that take long, or that no
   * machine can finish, keeps nobody else's waiting.
   */
  private async judgeAll(waiting: readonly WatchedJob[]): Promise<void> {
    const units = (job: WatchedJob): bigint => job.terms.maxUnits as bigint;
    const open = waiting.filter((job) => !this.verdictOn(job) && this.time >= (this.failed.get(job.jobId)?.again ?? 0));
    open.sort((a, b) => (units(a) < units(b) ? -1 : units(a) > units(b) ? 1 : 0));
    const until = Date.now() + (this.options.judgeMs ?? JUDGE_MS);
    for (const job of open) {
      if (Date.now() >= until) return;
      try {
        this.judged.set(job.jobId, await judge(this.options.content, job));
        this.failed.delete(job.jobId);
      } catch (error) {
        this.judged.delete(job.jobId);
        if (error instanceof JobError) {
          const times = (this.failed.get(job.jobId)?.times ?? 0) + 1;
          this.failed.set(job.jobId, { times, again: this.time + RETRY_SECONDS * 2 ** (times - 1) });
        }
        this.log(`no verdict on ${job.jobId}: ${messageOf(error)}`);
      }
    }
  }

  /** The leader moves on by one member every `leaderSeconds`, beginning at one that the job's id picks. */
  private leads(jobId: string, since: number): boolean {
    const turn = Math.floor(Math.max(0, this.time - since) / this.options.leaderSeconds);
    const { members } = this.now;
    const first = Number(BigInt(jobId) % BigInt(members.length));
    return members[(first + turn) % members.length] === this.address;
  }

  /** At most one batch of those that no verdict has settled yet in a block that is not final: sending it again only costs. */
  private async unsettled(batch: readonly Judged[]): Promise<Judged[]> {
    const escrow = contractAt("JobEscrow", this.escrow, this.options.providers[0]!);
    const open: Judged[] = [];
    for (const judged of batch) {
      const { commitment } = (await escrow.getFunction("jobOf")(judged.job.jobId)) as unknown as { commitment: string };
      if (commitment !== ZeroHash) open.push(judged);
      if (open.length === MAX_BATCH) break;
    }
    return open;
  }

  /** The committee as all nodes see it. @throws StunError when they differ. */
  private async readCommittee(): Promise<CommitteeNow> {
    const answers = await Promise.all(this.committees.map((committee, i) => this.committeeAt(committee, i)));
    const text = ({ version, members, threshold, stoppedUntil, chainId }: CommitteeNow): string =>
      [version, members.join(), threshold, stoppedUntil, chainId].join();
    const other = answers.findIndex((answer) => text(answer) !== text(answers[0]!));
    if (other > 0) {
      throw new StunError(`Nodes 1 and ${other + 1} disagree on the committee: nothing is signed until they agree.`);
    }
    return answers[0]!;
  }

  private async committeeAt(committee: Contract, index: number): Promise<CommitteeNow> {
    const [members, version, threshold, stoppedUntil, network] = await Promise.all([
      committee.getFunction("members")() as Promise<string[]>,
      committee.getFunction("version")() as Promise<bigint>,
      committee.getFunction("threshold")() as Promise<bigint>,
      committee.getFunction("stoppedUntil")() as Promise<bigint>,
      this.options.providers[index]!.getNetwork(),
    ]);
    return {
      members: members.map((m) => getAddress(m)),
      version,
      threshold: Number(threshold),
      stoppedUntil: Number(stoppedUntil),
      chainId: network.chainId,
    };
  }

  private digest(version: bigint, leaves: readonly string[]): string {
    const domain = { chainId: this.now.chainId, verifyingContract: this.options.committee };
    const target = zeroPadValue(this.escrow, 32).toLowerCase();
    return committeeDigest(domain, "JobVerdicts", { target, version, root: merkleRoot([...leaves]) });
  }

  /** Signs a batch when every leaf is this oracle's own verdict; each is in the journal before the signature exists. */
  private async sign(request: SignRequest): Promise<SignAnswer> {
    const version = BigInt(request.version);
    const member = this.now.members.includes(this.address);
    if (!member || request.target !== this.escrow || version !== this.now.version) return { refused: request.leaves };
    const own = new Map([...this.judged.values()].map((j) => [j.leaf, j]));
    const refused = request.leaves.filter((leaf) => {
      const verdict = own.get(leaf)?.verdict;
      if (!verdict) return true;
      // Signed otherwise before: one such job must not keep the others of its batch waiting.
      return !this.options.journal.permits(request.target, version, String(verdict.jobId), verdict.attempt, leaf);
    });
    if (refused.length > 0) return { refused };
    for (const leaf of request.leaves) {
      const { verdict } = own.get(leaf)!;
      this.options.journal.record(request.target, version, String(verdict.jobId), verdict.attempt, leaf);
    }
    return { signature: await this.options.signer.signDigest(this.digest(version, request.leaves)) };
  }

  private async submit(batch: Judged[]): Promise<string[]> {
    if (batch.length === 0) return [];
    const sorted = [...batch].sort((a, b) => (a.leaf < b.leaf ? -1 : 1));
    const { version, threshold } = this.now;
    const { signatures, refused } = await this.collect(sorted.map((j) => j.leaf));
    if (signatures.length < threshold) {
      this.log(`${signatures.length} of ${threshold} signatures for ${sorted.length} verdicts`);
      return this.submitLess(sorted, refused);
    }
    const verdicts = sorted.map(({ job, verdict }) => ({
      ...job,
      ...verdict,
      submission: job.submission,
      terms: [...job.terms],
    }));
    const escrow = contractAt("JobEscrow", this.escrow, this.options.sender);
    try {
      const sent = escrow.getFunction("applyVerdicts").send(verdicts, version, `0x${signatures.join("")}`);
      await transact(`submit ${sorted.length} verdicts`, sent);
    } catch (error) {
      this.log(messageOf(error));
      // Too large for the chain or its nodes at present, or not to be taken as a whole for a reason of one job.
      return this.submitHalves(sorted);
    }
    return sorted.map((j) => j.job.jobId);
  }

  private async submitHalves(batch: Judged[]): Promise<string[]> {
    if (batch.length === 1) return [];
    const half = batch.length >> 1;
    return [...(await this.submit(batch.slice(0, half))), ...(await this.submit(batch.slice(half)))];
  }

  /**
   * Tries again without what most oracles refuse, or, when all is refused alike, each half by itself: no single peer can
   * keep back what the others agree on.
   */
  private async submitLess(batch: Judged[], refused: ReadonlyMap<string, number>): Promise<string[]> {
    if (batch.length === 1 || refused.size === 0) return [];
    const refusals = ({ leaf }: Judged): number => refused.get(leaf) ?? 0;
    const most = Math.max(...batch.map(refusals));
    const agreed = batch.filter((j) => refusals(j) < most);
    return agreed.length > 0 ? this.submit(agreed) : this.submitHalves(batch);
  }

  /** Own and peers' signatures, checked, in ascending order of signer, no more than needed; and how many refuse a leaf. */
  private async collect(leaves: string[]): Promise<{ signatures: string[]; refused: Map<string, number> }> {
    const request: SignRequest = {
      target: this.escrow,
      version: String(this.now.version),
      leaves,
      time: this.time,
    };
    const digest = this.digest(this.now.version, leaves);
    const refused = new Map<string, number>();
    const bySigner = new Map<string, string>();
    const take = (answer: SignAnswer): void => {
      if ("refused" in answer) answer.refused.forEach((leaf) => refused.set(leaf, (refused.get(leaf) ?? 0) + 1));
      else {
        const signer = signerOf(digest, answer.signature);
        if (signer && this.now.members.includes(signer)) bySigner.set(signer, answer.signature.slice(2));
      }
    };
    take(await this.sign(request));
    const asked = this.options.peers().map((url) => askPeer(url, request, this.options.signer));
    for (const result of await Promise.allSettled(asked)) {
      if (result.status === "fulfilled") take(result.value);
      else this.log(messageOf(result.reason));
    }
    const ordered = [...bySigner].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1)).slice(0, this.now.threshold);
    return { signatures: ordered.map(([, signature]) => signature), refused };
  }

  private log(line: string): void {
    this.options.log?.(`oracle ${this.address.slice(0, 8)}: ${line}`);
  }
}
