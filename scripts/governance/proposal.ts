// The way of a proposal, one transaction at a time, by whoever has a key: proposed, voted on, queued, executed, and its
// messages seen to their end on every other chain.
import { mkdirSync, readFileSync, renameSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { Contract, Interface, keccak256, concat, type EventLog, type Signer, type TransactionReceipt } from "ethers";
import { transact } from "../../chains/evm/client";
import { StunError } from "../../chains/errors";
import {
  PROPOSAL_STATES,
  proposalArgs,
  proposalId,
  type Proposal,
  type ProposalState,
} from "../../chains/evm/governance";
import { proposalOf, type Action, type Governed } from "./action";
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
  state: "executed or skipped" | "delivered now" | "waits for the DVNs";
}

export class Proposals {
  /** @param directory where proposals are kept, so that later steps need no search of the chain's events */
  constructor(
    private readonly world: Governed,
    private readonly signer: SignerOf,
    private readonly directory?: string,
  ) {}

  async propose(of: Action): Promise<Proposal> {
    const { proposal } = await proposalOf(this.world, of);
    const { targets, values, calldatas, description } = proposal;
    await this.send("governor", "propose", targets, values, calldatas, description);
    this.keep(proposal);
    return proposal;
  }

  async vote(id: bigint, support: keyof typeof SUPPORT): Promise<void> {
    await this.send("governor", "castVote", id, SUPPORT[support]);
  }

  async queue(id: bigint): Promise<void> {
    await this.send("governor", "queue", ...proposalArgs(await this.find(id)));
  }

  /** Executes, after the sender has been given what the messages cost. */
  async execute(id: bigint): Promise<TransactionReceipt> {
    const proposal = await this.find(id);
    await this.fill(proposal);
    return this.send("governor", "execute", ...proposalArgs(proposal));
  }

  async state(id: bigint): Promise<ProposalState> {
    const { world } = this;
    return PROPOSAL_STATES[Number(await world.at(world.home, "governor").getFunction("state")(id))]!;
  }

  /** Sees a proposal's messages to their end: delivers those that LayerZero has verified and nobody has executed. */
  async relay(id: bigint): Promise<Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const { packet } of packetsOf(await this.executed(id))) {
      const chain = this.world.chainOf(packet.dstEid);
      const receiver = this.world.at(chain, "governanceReceiver");
      const seq = BigInt(`0x${Buffer.from(packet.message.subarray(0, 8)).toString("hex")}`);
      if (((await receiver.getFunction("lastSeq")()) as bigint) >= seq) {
        deliveries.push({ chain, seq, state: "executed or skipped" });
        continue;
      }
      const endpoint = new Contract((await receiver.getFunction("endpoint")()) as string, ENDPOINT, this.signer(chain));
      const origin = { srcEid: packet.srcEid, sender: packet.sender, nonce: packet.nonce };
      const waiting = await endpoint.getFunction("inboundPayloadHash")(
        ...[receiver.target, packet.srcEid, packet.sender, packet.nonce],
      );
      if (waiting !== keccak256(concat([packet.guid, packet.message]))) {
        if (waiting !== EMPTY)
          throw new StunError(`${chain} has verified another message as number ${seq} of governance.`);
        deliveries.push({ chain, seq, state: "waits for the DVNs" });
        continue;
      }
      const receive = endpoint.getFunction("lzReceive");
      const args = [origin, receiver.target, packet.guid, packet.message, "0x"];
      await transact(`deliver message ${seq} on ${chain}`, receive.send(...args));
      deliveries.push({ chain, seq, state: "delivered now" });
    }
    return deliveries;
  }

  /** A proposal by its number: from the folder, else from the governor's events. */
  async find(id: bigint): Promise<Proposal> {
    const file = this.file(id);
    if (file !== undefined && existsSync(file))
      return this.checked(id, JSON.parse(readFileSync(file, "utf8")) as Stored);
    const { world } = this;
    for (const log of await world.at(world.home, "governor").queryFilter("ProposalCreated")) {
      const { proposalId: found, targets, values, calldatas, description } = (log as EventLog).args;
      // `values` is also the name of a method of what ethers returns, so it is read by its place.
      if (found !== id) continue;
      const list = typeof values === "function" ? ((log as EventLog).args[3] as bigint[]) : (values as bigint[]);
      return this.checked(id, {
        targets: [...targets],
        values: list.map(String),
        calldatas: [...calldatas],
        description,
      });
    }
    throw new StunError(`The governor knows no proposal ${id}: copy the number that 'propose' printed.`);
  }

  private async executed(id: bigint): Promise<TransactionReceipt> {
    const { home } = this.world;
    for (const log of await this.world.at(home, "governor").queryFilter("ProposalExecuted")) {
      if ((log as EventLog).args.proposalId !== id) continue;
      return (await this.world.provider(home).getTransactionReceipt(log.transactionHash))!;
    }
    throw new StunError(`Proposal ${id} is ${await this.state(id)}, not executed: there is nothing to relay yet.`);
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
    await transact("fill the governance sender", this.signer(home).sendTransaction({ to, value: missing }));
  }

  private async send(key: string, method: string, ...args: unknown[]): Promise<TransactionReceipt> {
    const { home } = this.world;
    const contract = this.world.at(home, key).connect(this.signer(home)) as Contract;
    return transact(method === "castVote" ? "vote" : method, contract.getFunction(method).send(...args));
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

interface Stored {
  targets: string[];
  values: string[];
  calldatas: string[];
  description: string;
}
