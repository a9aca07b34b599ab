// What a proposal would change, seen on a copy of the chains: it is proposed, voted for, queued and executed there by a voter
// who exists on the copy alone, and its messages are handed to the receivers as LayerZero's endpoint does.
import { Contract, Interface, getAddress, id, zeroPadValue, type TransactionReceipt } from "ethers";
import { contractInterface } from "../../chains/evm/artifacts";
import { transact } from "../../chains/evm/client";
import { explain } from "../../chains/evm/revert";
import { StunError } from "../../chains/errors";
import { proposalArgs, proposalId, type Proposal } from "../../chains/evm/governance";
import {
  describe,
  rpcConnections,
  verifyDeployment,
  type Connections,
  type Described,
  type Network,
} from "../../deploy";
import type { LocalNetwork } from "../../deploy/local";
import { EvmNode } from "../../localnet/evm-node";
import { decodePacket } from "../../localnet/packet";
import { Governed, proposalOf, speaker, type Action, type ActionCall } from "./action";
import { callsOf } from "./words";

const STUN = 10n ** 18n;
const DAY = 86_400n;
const VOTER = getAddress("0x000000000000000000000000000000000000d0d0");
const ENDPOINT = new Interface([
  "event PacketSent(bytes encodedPayload,bytes options,address sendLibrary)",
  "function endpoint() view returns (address)",
]);
const ERC20 = ["function balanceOf(address) view returns (uint256)", "function decimals() view returns (uint8)"];
const TRANSFER = id("Transfer(address,address,uint256)");

/** Chains on which anything may be tried. */
export interface Copies {
  nodes: Readonly<Record<string, EvmNode>>;
  connections: Connections;
  /** Leaves the originals as they were. */
  undo(): Promise<void>;
}

export interface Change {
  chain: string;
  what: string;
  before: string;
  after: string;
}

export interface Move {
  chain: string;
  asset: string;
  from: string;
  to: string;
  amount: bigint;
  /** What one unit of the asset has of decimals. */
  decimals: bigint;
  /** What of its holding the sender parts with, in percent, rounded down. */
  share: bigint;
}

/** What is simulated: an action that may be proposed, or the very calls that somebody has proposed. */
export type Subject = { action: Action } | { proposal: Proposal };

export interface Simulation {
  proposal: Proposal;
  /** The titles are what the bytes of the calls say, not what anybody says of them. */
  calls: ActionCall[];
  changes: Change[];
  moves: Move[];
  events: { chain: string; text: string }[];
  /** What governance costs at home: the fees of all messages, in wei. */
  fees: bigint;
}

/** The embedded chains themselves, put back afterwards. */
export async function copyLocal(local: LocalNetwork): Promise<Copies> {
  const chains = Object.values(local.evm);
  const snapshots = await Promise.all(chains.map((chain) => chain.node.snapshot()));
  return {
    nodes: Object.fromEntries(chains.map((chain) => [chain.name, chain.node])),
    connections: local.connections,
    async undo() {
      await Promise.all(chains.map((chain, i) => chain.node.restore(snapshots[i]!)));
      await Promise.all(chains.map((chain) => chain.skipEvents()));
    },
  };
}

/** Copies of the chains behind the network's RPC URLs; other virtual machines are read where they are. */
export async function copyByUrl(network: Network): Promise<Copies> {
  const connections = { ...(await rpcConnections(network)) };
  const nodes: Record<string, EvmNode> = {};
  for (const [name, spec] of Object.entries(network.chains)) {
    const connection = connections[name]!;
    if (connection.vm !== "evm") continue;
    nodes[name] = await EvmNode.copyOf(process.env[spec.rpc]!, spec.chainId!);
    connections[name] = { ...connection, transport: nodes[name]! };
  }
  return { nodes, connections, undo: async () => undefined };
}

/** Simulates an action or a proposal from its calls to their execution on every chain. */
export async function simulate(network: Network, copies: Copies, of: Action | Proposal): Promise<Simulation> {
  try {
    const described = await describe(network, copies.connections);
    const world = new Governed(described, copies.connections);
    await world.checkNodes();
    return await new Run(world, described, copies, "calldatas" in of ? { proposal: of } : { action: of }).all();
  } finally {
    await copies.undo();
  }
}

class Run {
  private readonly title: string;

  constructor(
    private readonly world: Governed,
    private readonly described: Described,
    private readonly copies: Copies,
    private readonly subject: Subject,
  ) {
    this.title = "action" in subject ? subject.action.title : subject.proposal.description.split("\n")[0]!;
  }

  async all(): Promise<Simulation> {
    const { world, subject } = this;
    const action = "action" in subject ? subject.action : undefined;
    const prepared = await action?.prepare(world);
    const proposal = "action" in subject ? (await proposalOf(world, subject.action)).proposal : subject.proposal;
    const calls = callsOf(world, proposal);
    const watched = async (): Promise<Readonly<Record<string, string>>> =>
      (await action?.simulate(world, prepared)) ?? {};
    // What is proposed already goes the same way on the copy once more, under a text of its own.
    const tried = action ? proposal : { ...proposal, description: `${proposal.description}\n\n(on a copy)` };
    await this.win(tried);
    const sender = world.address(world.home, "governanceSender");
    const balance = (): Promise<bigint> => world.provider(world.home).getBalance(sender);
    const before = await this.state(await watched());
    const funds = await balance();
    const receipts = [{ chain: world.home, receipt: await this.execute(tried) }];
    const fees = funds - (await balance());
    receipts.push(...(await this.deliver(receipts[0]!.receipt)));
    const after = await this.state(await watched());
    if (action) {
      if (!(await action.enacted(world, prepared))) {
        throw new StunError(
          `'${action.title}' was executed on the copy and is not enacted there: its calls do not do what it says.`,
        );
      }
      await action.verify(world, prepared);
    }
    const changes = [...after].flatMap(([key, { chain, what, value }]) => {
      const old = before.get(key)?.value ?? "nothing";
      return old === value ? [] : [{ chain, what, before: old, after: value }];
    });
    const moves = (await Promise.all(receipts.map((r) => this.moves(r)))).flat();
    const events = receipts.flatMap((r) => this.events(r));
    return { proposal, calls, changes, moves, events, fees };
  }

  /** A voter with more than any quorum, on the copy: what he votes for passes, so only the effect of the calls is in question. */
  private async win(p: Proposal): Promise<void> {
    const { world } = this;
    const { home } = world;
    const node = this.copies.nodes[home]!;
    const token = world.at(home, "token");
    const balance = token.getFunction("balanceOf");
    const holders = ["bridge", "treasury", "emission", "vesting"].map((key) => world.address(home, key));
    const balances = (await Promise.all(holders.map((holder) => balance(holder)))) as bigint[];
    const richest = balances.reduce((best, amount, i) => (amount > balances[best]! ? i : best), 0);
    const { principal } = (await world.at(home, "staking").getFunction("totals")()) as { principal: bigint };
    const stake = 11_000_000n * STUN + principal / 20n;
    for (const who of [holders[richest]!, VOTER]) await node.speakAs(who);
    const as = (who: string, key: string): Contract =>
      world.at(home, key).connect(speaker(world.provider(home), who)) as Contract;
    const send = (who: string, key: string, method: string, ...args: unknown[]): Promise<TransactionReceipt> =>
      transact(
        `${method} on the copy`,
        as(who, key)
          .getFunction(method)
          .send(...args),
      );
    await send(holders[richest]!, "token", "transfer", VOTER, stake);
    await send(VOTER, "token", "approve", world.address(home, "staking"), stake);
    await send(VOTER, "staking", "open", stake, 730n * DAY, 0n);
    await node.speakAs(world.address(home, "governanceSender"));
    await this.wait(2n);
    await send(VOTER, "governor", "propose", p.targets, p.values, p.calldatas, p.description);
    await this.wait(DAY + 1n);
    await send(VOTER, "governor", "castVote", proposalId(p), 1);
    await this.wait(3n * DAY + 1n);
    await send(VOTER, "governor", "queue", ...proposalArgs(p));
    await this.wait(2n * DAY);
  }

  /** Time passes on all chains alike. */
  private async wait(seconds: bigint): Promise<void> {
    await Promise.all(this.world.governed.map((chain) => this.copies.nodes[chain]!.advance(seconds)));
  }

  private execute(p: Proposal): Promise<TransactionReceipt> {
    const { world } = this;
    const governor = world.at(world.home, "governor").connect(speaker(world.provider(world.home), VOTER)) as Contract;
    return transact("execute the proposal on the copy", governor.getFunction("execute").send(...proposalArgs(p)));
  }

  private async deliver(receipt: TransactionReceipt): Promise<{ chain: string; receipt: TransactionReceipt }[]> {
    const { world } = this;
    const found = [];
    for (const { packet, gas } of packetsOf(receipt)) {
      const chain = world.chainOf(packet.dstEid);
      const receiver = world.at(chain, "governanceReceiver");
      const endpoint = (await receiver.getFunction("endpoint")()) as string;
      await this.copies.nodes[chain]!.speakAs(endpoint);
      const as = receiver.connect(speaker(world.provider(chain), endpoint)) as Contract;
      const origin = { srcEid: packet.srcEid, sender: packet.sender, nonce: packet.nonce };
      const args = [origin, packet.guid, packet.message, zeroPadValue("0x", 20), "0x"];
      try {
        const sent = as.getFunction("lzReceive").send(...args, { gasLimit: gas });
        found.push({ chain, receipt: await transact("deliver", sent) });
      } catch (error) {
        throw new StunError(`On ${chain} the message of '${this.title}' would fail: ${explain(error)}.`, error);
      }
    }
    return found;
  }

  /** Everything that is declared of the network and every power, and what the action itself watches, by a key of its own. */
  private async state(
    watched: Readonly<Record<string, string>>,
  ): Promise<Map<string, { chain: string; what: string; value: string }>> {
    const found = new Map<string, { chain: string; what: string; value: string }>();
    const { findings, powers } = await verifyDeployment(this.described);
    findings.forEach(({ chain, title, found: value }, i) =>
      found.set(`value ${i}`, { chain, what: title, value: value ?? "nothing" }),
    );
    powers.forEach(({ chain, subject, power, holders }, i) => {
      const value = holders.map((holder) => this.world.named(holder)).join(", ") || "nobody";
      found.set(`power ${i}`, { chain, what: `${power} of ${subject}`, value });
    });
    for (const [what, value] of Object.entries(watched)) {
      const [chain, ...rest] = what.split(": ");
      found.set(what, { chain: chain!, what: rest.join(": "), value });
    }
    return found;
  }

  private async moves({ chain, receipt }: { chain: string; receipt: TransactionReceipt }): Promise<Move[]> {
    const { world } = this;
    const transfers = receipt.logs.filter(({ topics }) => topics[0] === TRANSFER && topics.length === 3);
    return Promise.all(
      transfers.map(async ({ address, topics, data }) => {
        const [from, to] = topics.slice(1).map((topic) => getAddress(`0x${topic.slice(26)}`)) as [string, string];
        const token = new Contract(address, ERC20, world.provider(chain));
        const amount = BigInt(data);
        const [left, decimals] = (await Promise.all([
          token.getFunction("balanceOf")(from),
          token.getFunction("decimals")(),
        ])) as [bigint, bigint];
        const share = amount === 0n ? 0n : (amount * 100n) / (left + amount);
        return {
          chain,
          asset: world.named(address),
          from: world.named(from),
          to: world.named(to),
          amount,
          decimals,
          share,
        };
      }),
    );
  }

  private events({
    chain,
    receipt,
  }: {
    chain: string;
    receipt: TransactionReceipt;
  }): { chain: string; text: string }[] {
    return receipt.logs.flatMap((log) => {
      const name = this.described.deployment.names.get(log.address);
      const parsed = name === undefined ? null : contractInterface(name).parseLog(log);
      if (!parsed) return [];
      const values = parsed.fragment.inputs.map(({ name: of }, i) => `${of} ${short(parsed.args[i])}`);
      return [{ chain, text: `${name}.${parsed.name}(${values.join(", ")})` }];
    });
  }
}

function short(value: unknown): string {
  const text = String(value);
  return text.length <= 44 ? text : `${text.slice(0, 20)}…`;
}

/** LayerZero's packets in a receipt, with the gas that each asks for. */
export function packetsOf(receipt: TransactionReceipt) {
  return receipt.logs.flatMap((log) => {
    const event = ENDPOINT.parseLog(log);
    if (event?.name !== "PacketSent") return [];
    const options = Buffer.from((event.args.options as string).slice(2), "hex");
    const packet = decodePacket(Buffer.from((event.args.encodedPayload as string).slice(2), "hex"), options);
    // Type 3, then one executor option: worker, size (2), kind, gas (16).
    return [{ packet, gas: BigInt(`0x${options.subarray(6, 22).toString("hex")}`) }];
  });
}
