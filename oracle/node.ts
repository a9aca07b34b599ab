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
import { JobWatch } from "./watch";

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
  log?: (line: string) => void;
}

/** One member of the committee: judges jobs, signs verdicts, and submits them when it leads. */
export class OracleNode {
  private readonly watch: JobWatch;
  private readonly judged = new Map<string, Judged>();
  private readonly committee: Contract;
  private server: { url: string; close: () => Promise<void> } | undefined;
  private members: string[] = [];
  private version = 0n;
  private threshold = 0;
  private chainId = 0n;
  private time = 0;
  private lastTick = 0;

  constructor(private readonly options: OracleOptions) {
    const provider = options.providers[0];
    if (!provider) throw new StunError("The oracle has no node to read from: name at least one RPC URL.");
    this.watch = new JobWatch(options.providers, options.escrow, contractInterface("JobEscrow"), options.fromBlock);
    this.committee = contractAt("Committee", options.committee, provider);
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
    await this.readCommittee();
    if (!this.members.includes(this.address)) {
      throw new StunError(`${this.address} is no member of the committee ${this.options.committee}: check the key.`);
    }
    this.server = await servePeers({
      port: this.options.port,
      members: () => this.members,
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
    await this.readCommittee();
    const waiting = [...this.watch.jobs.values()].filter(awaitsVerdict);
    for (const job of waiting) {
      const known = this.judged.get(job.jobId);
      if (known?.verdict.attempt === job.attempt && known.verdict.resultHash === job.submission?.resultHash) continue;
      try {
        this.judged.set(job.jobId, await judge(this.options.content, job));
      } catch (error) {
        this.judged.delete(job.jobId);
        this.log(`no verdict on ${job.jobId}: ${messageOf(error)}`);
      }
    }
    for (const jobId of this.judged.keys()) if (!this.watch.jobs.has(jobId)) this.judged.delete(jobId);
    const mine = waiting.filter((job) => this.leads(job.jobId, job.since)).map((job) => this.judged.get(job.jobId));
    const settled = await this.submit(await this.unsettled(mine.filter((j): j is Judged => j !== undefined)));
    this.lastTick = Date.now();
    return settled;
  }

  /** The leader moves on by one member every `leaderSeconds`, beginning at one that the job's id picks. */
  private leads(jobId: string, since: number): boolean {
    const turn = Math.floor(Math.max(0, this.time - since) / this.options.leaderSeconds);
    const first = Number(BigInt(jobId) % BigInt(this.members.length));
    return this.members[(first + turn) % this.members.length] === this.address;
  }

  /** At most one batch of those that no verdict has settled yet in a block that is not final: sending it again only costs. */
  private async unsettled(batch: readonly Judged[]): Promise<Judged[]> {
    const escrow = contractAt("JobEscrow", this.options.escrow, this.options.providers[0]!);
    const open: Judged[] = [];
    for (const judged of batch) {
      const { commitment } = (await escrow.getFunction("jobOf")(judged.job.jobId)) as unknown as { commitment: string };
      if (commitment !== ZeroHash) open.push(judged);
      if (open.length === 256) break;
    }
    return open;
  }

  private async readCommittee(): Promise<void> {
    const [members, version, threshold, network] = await Promise.all([
      this.committee.getFunction("members")() as Promise<string[]>,
      this.committee.getFunction("version")() as Promise<bigint>,
      this.committee.getFunction("threshold")() as Promise<bigint>,
      this.options.providers[0]!.getNetwork(),
    ]);
    this.members = members.map((m) => getAddress(m));
    this.version = version;
    this.threshold = Number(threshold);
    this.chainId = network.chainId;
  }

  private digest(version: bigint, leaves: readonly string[]): string {
    const domain = { chainId: this.chainId, verifyingContract: this.options.committee };
    const target = zeroPadValue(this.options.escrow, 32).toLowerCase();
    return committeeDigest(domain, "JobVerdicts", { target, version, root: merkleRoot([...leaves]) });
  }

  /** Signs a batch when every leaf is this oracle's own verdict; each is in the journal before the signature exists. */
  private async sign(request: SignRequest): Promise<SignAnswer> {
    const version = BigInt(request.version);
    if (request.target !== this.options.escrow || version !== this.version) return { refused: request.leaves };
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
    const { signatures, refused } = await this.collect(sorted.map((j) => j.leaf));
    if (signatures.length < this.threshold) {
      this.log(`${signatures.length} of ${this.threshold} signatures for ${sorted.length} verdicts`);
      return this.submitLess(sorted, refused);
    }
    const verdicts = sorted.map(({ job, verdict }) => ({
      ...job,
      ...verdict,
      submission: job.submission,
      terms: [...job.terms],
    }));
    const escrow = contractAt("JobEscrow", this.options.escrow, this.options.sender);
    const sent = escrow.getFunction("applyVerdicts").send(verdicts, this.version, `0x${signatures.join("")}`);
    await transact(`submit ${sorted.length} verdicts`, sent);
    return sorted.map((j) => j.job.jobId);
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
    if (agreed.length > 0) return this.submit(agreed);
    const half = batch.length >> 1;
    return [...(await this.submit(batch.slice(0, half))), ...(await this.submit(batch.slice(half)))];
  }

  /** Own and peers' signatures, checked, in ascending order of signer, no more than needed; and how many refuse a leaf. */
  private async collect(leaves: string[]): Promise<{ signatures: string[]; refused: Map<string, number> }> {
    const request: SignRequest = {
      target: this.options.escrow,
      version: String(this.version),
      leaves,
      time: this.time,
    };
    const digest = this.digest(this.version, leaves);
    const refused = new Map<string, number>();
    const bySigner = new Map<string, string>();
    const take = (answer: SignAnswer): void => {
      if ("refused" in answer) answer.refused.forEach((leaf) => refused.set(leaf, (refused.get(leaf) ?? 0) + 1));
      else {
        const signer = signerOf(digest, answer.signature);
        if (signer && this.members.includes(signer)) bySigner.set(signer, answer.signature.slice(2));
      }
    };
    take(await this.sign(request));
    const asked = this.options.peers().map((url) => askPeer(url, request, this.options.signer));
    for (const result of await Promise.allSettled(asked)) {
      if (result.status === "fulfilled") take(result.value);
      else this.log(messageOf(result.reason));
    }
    const ordered = [...bySigner].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1)).slice(0, this.threshold);
    return { signatures: ordered.map(([, signature]) => signature), refused };
  }

  private log(line: string): void {
    this.options.log?.(`oracle ${this.address.slice(0, 8)}: ${line}`);
  }
}
