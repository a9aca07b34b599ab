// The way of a proposal, one transaction at a time, by whoever has a key: proposed, voted on, queued, executed, and its
// messages seen to their end on every other chain.
import { mkdirSync, readFileSync, renameSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { Contract, Interface, ZeroAddress, keccak256, concat, type Signer, type TransactionReceipt } from "ethers";
import { transact } from "../../chains/evm/client";
import { latestEvent } from "../../chains/evm/logs";
import { explain } from "../../chains/evm/revert";
import { StunError } from "../../chains/errors";
import {
  PROPOSAL_STATES,
  proposalArgs,
  proposalId,
  type Proposal,
  type ProposalState,
} from "../../chains/evm/governance";
import { proposalOf, type Action, type Governed } from "./action";
import { stun } from "../amounts";
import { packetsOf } from "./simulate";

const ENDPOINT = new Interface([
  "function inboundPayloadHash(address receiver,uint32 srcEid,bytes32 sender,uint64 nonce) view returns (bytes32)",
  "function lzReceive((uint32 srcEid,bytes32 sender,uint64 nonce) origin,address receiver,bytes32 guid,bytes message,bytes extraData) payable",
]);
const EMPTY = `0x${"00".repeat(32)}`;
export const SUPPORT = { against: 0, for: 1, abstain: 2 } as const;

/** Who signs on a chain. */
export type SignerOf = (chain: string) => Signer;

export interface Delivery {
  chain: string;
  seq: bigint;
  state:
    | "executed"
    | "skipped: it had expired"
    | "delivered now"
    | "verified: 'relay' delivers it"
    | "waits for the DVNs"
    | `waits for message ${bigint}, which comes before it`;
}

/** Where a proposal stands; times in unix seconds, votes in base units. */
export interface Standing {
  state: ProposalState;
  proposer: string;
  voteBegins: bigint;
  voteEnds: bigint;
  /** When it can be executed, and until when; 0 while it is not queued. */
  eta: bigint;
  votes: Record<keyof typeof SUPPORT, bigint>;
  /** 0 until the vote begins. */
  quorum: bigint;
}

/** What a transaction would be, for whoever signs elsewhere. */
export interface Unsent {
  what: string;
  chain: string;
  to: string;
  value: bigint;
  data: string;
}

export class Proposals {
  /**
   * @param directory where proposals are kept, so that later steps need no search of the chain's events
   * @param dry takes what would be sent, after the chain has been asked whether it would succeed; then nothing is sent
   */
  constructor(
    private readonly world: Governed,
    private readonly signer: SignerOf,
    private readonly directory?: string,
    private readonly dry?: (unsent: Unsent) => void,
  ) {}

  async propose(of: Action): Promise<Proposal> {
    const { proposal } = await proposalOf(this.world, of);
    const { targets, values, calldatas, description } = proposal;
    const id = proposalId(proposal);
    const existing = await this.stateOf(id);
    if (existing) {
      throw new StunError(
        `This very proposal is ${existing}, with the number ${id}: to propose it again, say in its text why.`,
      );
    }
    const governor = this.governor();
    const who = await this.who();
    if (who !== undefined) {
      const [threshold, votes] = (await Promise.all([
        governor.getFunction("proposalThreshold")(),
        governor.getFunction("getVotes")(who, (await this.now()) - 1n),
      ])) as [bigint, bigint];
      if (votes < threshold) {
        throw new StunError(
          `${who} has ${stun(votes)} votes and proposing takes ${stun(threshold)}: stake more, or have votes delegated to it.`,
        );
      }
    }
    await this.send("governor", "propose", targets, values, calldatas, description);
    this.keep(proposal);
    return proposal;
  }

  async vote(id: bigint, support: keyof typeof SUPPORT): Promise<void> {
    const { state, voteBegins, voteEnds } = await this.standing(id);
    if (state === "pending") throw new StunError(`The vote on ${id} begins at ${date(voteBegins)}: vote then.`);
    if (state !== "active") throw new StunError(`Proposal ${id} is ${state}; its vote ended at ${date(voteEnds)}.`);
    const who = await this.who();
    if (who !== undefined) {
      const governor = this.governor();
      if (await governor.getFunction("hasVoted")(id, who))
        throw new StunError(`${who} has voted on ${id} already; a vote cannot be changed.`);
      if ((await governor.getFunction("getVotes")(who, voteBegins)) === 0n) {
        throw new StunError(
          `${who} had no votes at ${date(voteBegins)}, when those of this proposal were counted: stake before the next one.`,
        );
      }
    }
    await this.send("governor", "castVote", id, SUPPORT[support]);
  }

  async queue(id: bigint): Promise<void> {
    const standing = await this.standing(id);
    if (standing.state === "active" || standing.state === "pending")
      throw new StunError(`Proposal ${id} is ${standing.state}: its vote ends at ${date(standing.voteEnds)}.`);
    if (standing.state !== "succeeded")
      throw new StunError(`Proposal ${id} is ${standing.state}${why(standing)}: only one that has won is queued.`);
    await this.send("governor", "queue", ...proposalArgs(await this.find(id)));
  }

  /** Executes, after the sender has been given what the messages cost. */
  async execute(id: bigint): Promise<TransactionReceipt | undefined> {
    const standing = await this.standing(id);
    const { state, eta } = standing;
    if (state === "succeeded") throw new StunError(`Proposal ${id} has won and is not queued: queue it first.`);
    if (state === "expired") {
      const last = (eta === 0n ? standing.voteEnds : eta) + GRACE;
      throw new StunError(`Proposal ${id} expired at ${date(last)}: propose it again.`);
    }
    if (state !== "queued")
      throw new StunError(`Proposal ${id} is ${state}${why(standing)}: only a queued one is executed.`);
    if ((await this.now()) < eta) throw new StunError(`Proposal ${id} can be executed from ${date(eta)} on.`);
    const proposal = await this.find(id);
    await this.fill(proposal);
    return this.send("governor", "execute", ...proposalArgs(proposal));
  }

  /** The guardian stops what is queued, in the first two years; a proposer withdraws what nobody votes on yet. */
  async cancel(id: bigint): Promise<void> {
    const { state, proposer } = await this.standing(id);
    const guardian = (await this.governor().getFunction("guardian")()) as string;
    const who = await this.who();
    if (state === "queued") {
      if (who !== undefined && who !== guardian)
        throw new StunError(`Proposal ${id} is queued: only the guardian ${guardian} can cancel it, not ${who}.`);
      await this.send("governor", "guardianCancel", ...proposalArgs(await this.find(id)));
    } else if (state === "pending") {
      if (who !== undefined && who !== proposer)
        throw new StunError(`Proposal ${id} is pending: only its proposer ${proposer} can withdraw it, not ${who}.`);
      await this.send("governor", "cancel", ...proposalArgs(await this.find(id)));
    } else {
      throw new StunError(
        `Proposal ${id} is ${state}: its proposer can withdraw it while it is pending, and the guardian cancel it while it is queued.`,
      );
    }
  }

  async state(id: bigint): Promise<ProposalState> {
    return (await this.standing(id)).state;
  }

  async standing(id: bigint): Promise<Standing> {
    const state = await this.stateOf(id);
    if (!state) throw new StunError(`The governor knows no proposal ${id}: copy the number that 'propose' printed.`);
    const governor = this.governor();
    const [proposer, voteBegins, voteEnds, eta, votes] = (await Promise.all(
      ["proposalProposer", "proposalSnapshot", "proposalDeadline", "proposalEta", "proposalVotes"].map((method) =>
        governor.getFunction(method)(id),
      ),
    )) as [string, bigint, bigint, bigint, [bigint, bigint, bigint]];
    const begun = (await this.now()) > voteBegins;
    const quorum = begun ? ((await governor.getFunction("quorum")(voteBegins)) as bigint) : 0n;
    const [against, yes, abstain] = votes;
    return { state, proposer, voteBegins, voteEnds, eta, quorum, votes: { against, for: yes, abstain } };
  }

  /** Where a proposal's messages are. */
  deliveries(id: bigint): Promise<Delivery[]> {
    return this.relay(id, false);
  }

  /** Sees a proposal's messages to their end: delivers those that LayerZero has verified and nobody has executed. */
  async relay(id: bigint, deliver = true): Promise<Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const { packet } of packetsOf(await this.executed(id))) {
      const chain = this.world.chainOf(packet.dstEid);
      const seq = BigInt(`0x${Buffer.from(packet.message.subarray(0, 8)).toString("hex")}`);
      deliveries.push({ chain, seq, state: await this.deliver(chain, seq, packet, deliver) });
    }
    return deliveries;
  }

  private async deliver(
    chain: string,
    seq: bigint,
    packet: ReturnType<typeof packetsOf>[number]["packet"],
    send: boolean,
  ): Promise<Delivery["state"]> {
    const receiver = this.world.at(chain, "governanceReceiver");
    const last = (await receiver.getFunction("lastSeq")()) as bigint;
    if (last >= seq) {
      const skipped = await latestEvent(receiver, "GovernanceSkipped", ({ args }) => args.seq === seq);
      return skipped ? "skipped: it had expired" : "executed";
    }
    if (last + 1n < seq) return `waits for message ${last + 1n}, which comes before it`;
    const endpoint = new Contract(
      (await receiver.getFunction("endpoint")()) as string,
      ENDPOINT,
      this.world.provider(chain),
    );
    const origin = { srcEid: packet.srcEid, sender: packet.sender, nonce: packet.nonce };
    const waiting = await endpoint.getFunction("inboundPayloadHash")(
      ...[receiver.target, packet.srcEid, packet.sender, packet.nonce],
    );
    if (waiting !== keccak256(concat([packet.guid, packet.message]))) {
      if (waiting !== EMPTY)
        throw new StunError(`${chain} has verified another message as number ${seq} of governance.`);
      return "waits for the DVNs";
    }
    if (!send) return "verified: 'relay' delivers it";
    await this.transact(
      `deliver message ${seq} on ${chain}`,
      chain,
      endpoint,
      "lzReceive",
      origin,
      receiver.target,
      packet.guid,
      packet.message,
      "0x",
    );
    return "delivered now";
  }

  /** A proposal by its number: from the folder, else from the governor's events. */
  async find(id: bigint): Promise<Proposal> {
    const file = this.file(id);
    if (file !== undefined && existsSync(file))
      return this.checked(id, JSON.parse(readFileSync(file, "utf8")) as Stored);
    const log = await latestEvent(this.governor(), "ProposalCreated", ({ args }) => args.proposalId === id);
    if (log) {
      const { targets, calldatas, description } = log.args;
      // `values` is also the name of a method of what ethers returns, so it is read by its place.
      const values = (log.args[3] as bigint[]).map(String);
      return this.checked(id, { targets: [...targets], values, calldatas: [...calldatas], description });
    }
    throw new StunError(`The governor knows no proposal ${id}: copy the number that 'propose' printed.`);
  }

  private async executed(id: bigint): Promise<TransactionReceipt> {
    const standing = await this.standing(id);
    if (standing.state !== "executed") {
      throw new StunError(`Proposal ${id} is ${standing.state}, not executed: there is nothing to relay yet.`);
    }
    const log = await latestEvent(this.governor(), "ProposalExecuted", ({ args }) => args.proposalId === id);
    if (!log)
      throw new StunError(
        `The node of ${this.world.home} has no event of proposal ${id}: use one that keeps all logs.`,
      );
    return (await this.world.provider(this.world.home).getTransactionReceipt(log.transactionHash))!;
  }

  private governor(): Contract {
    return this.world.at(this.world.home, "governor");
  }

  private async stateOf(id: bigint): Promise<ProposalState | undefined> {
    try {
      return PROPOSAL_STATES[Number(await this.governor().getFunction("state")(id))]!;
    } catch (error) {
      if (/^GovernorNonexistentProposal/.test(explain(error))) return undefined;
      throw new StunError(`The governor does not say where proposal ${id} stands: ${explain(error)}.`, error);
    }
  }

  private async now(): Promise<bigint> {
    return BigInt((await this.world.provider(this.world.home).getBlock("latest"))!.timestamp);
  }

  /** Who would sign, where that is known. */
  private async who(): Promise<string | undefined> {
    const address = await this.signer(this.world.home).getAddress();
    return address === ZeroAddress ? undefined : address;
  }

  private async fill({ targets, calldatas }: Proposal): Promise<void> {
    const { home } = this.world;
    const sender = this.world.at(home, "governanceSender");
    let cost = 0n;
    for (const [i, target] of targets.entries()) {
      const call = target === sender.target ? sender.interface.parseTransaction({ data: calldatas[i]! }) : null;
      if (call?.name === "send") cost += (await sender.getFunction("quote")(...call.args)) as bigint;
    }
    const held = await this.world.provider(home).getBalance(sender.target);
    // A tenth more: prices move between the quote and the block, and the rest stays for the next message.
    const missing = (cost * 11n) / 10n - held;
    if (missing <= 0n) return;
    const to = sender.target as string;
    const what = "give the governance sender what its messages cost";
    if (this.dry) this.dry({ what, chain: home, to, value: missing, data: "0x" });
    else await transact(what, this.signer(home).sendTransaction({ to, value: missing }));
  }

  private send(key: string, method: string, ...args: unknown[]): Promise<TransactionReceipt | undefined> {
    const what = { castVote: "vote", guardianCancel: "cancel" }[method] ?? method;
    return this.transact(what, this.world.home, this.world.at(this.world.home, key), method, ...args);
  }

  private async transact(
    what: string,
    chain: string,
    at: Contract,
    method: string,
    ...args: unknown[]
  ): Promise<TransactionReceipt | undefined> {
    const contract = at.connect(this.signer(chain)) as Contract;
    if (!this.dry) return transact(what, contract.getFunction(method).send(...args));
    // Executing is not asked for: what its messages cost has not been paid in.
    if ((await this.who()) !== undefined && method !== "execute") {
      try {
        await contract.getFunction(method).staticCall(...args);
      } catch (error) {
        throw new StunError(`Cannot ${what}: ${explain(error)}.`, error);
      }
    }
    const data = contract.interface.encodeFunctionData(method, args);
    this.dry({ what, chain, to: at.target as string, value: 0n, data });
    return undefined;
  }

  private file(id: bigint): string | undefined {
    return this.directory === undefined ? undefined : join(this.directory, "proposals", `${id}.json`);
  }

  private keep(proposal: Proposal): void {
    const file = this.file(proposalId(proposal));
    if (file === undefined) return;
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify({ ...proposal, values: proposal.values.map(String) }, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  }

  private checked(id: bigint, { targets, values, calldatas, description }: Stored): Proposal {
    const proposal = { targets, values: values.map(BigInt), calldatas, description };
    if (proposalId(proposal) !== id)
      throw new StunError(`The stored proposal ${id} is not the one with this number: delete its file.`);
    return proposal;
  }
}

/** Seconds in which what is queued can be executed once its time has come. */
const GRACE = 14n * 86_400n;

function date(seconds: bigint): string {
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function why({ state, votes, quorum }: Standing): string {
  if (state !== "defeated") return "";
  const counted = votes.for + votes.abstain;
  if (counted < quorum) return ` (${stun(counted)} of the ${stun(quorum)} votes that a quorum takes)`;
  return ` (${stun(votes.for)} for, ${stun(votes.against)} against)`;
}

/** A proposal's standing in words. */
export function printStanding(id: bigint, standing: Standing): string {
  const { state, proposer, voteBegins, voteEnds, eta, votes, quorum } = standing;
  const lines = [`Proposal ${id} by ${proposer} is ${state}.`, `Vote from ${date(voteBegins)} to ${date(voteEnds)}.`];
  if (quorum > 0n) {
    lines.push(
      `For ${stun(votes.for)}, against ${stun(votes.against)}, abstained ${stun(votes.abstain)}; a quorum takes ${stun(quorum)}.`,
    );
  }
  if (eta > 0n) lines.push(`It can be executed from ${date(eta)} to ${date(eta + GRACE)}.`);
  return lines.join("\n");
}

interface Stored {
  targets: string[];
  values: string[];
  calldatas: string[];
  description: string;
}
