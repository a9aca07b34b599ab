// Random transfers over all five chains, with everything that can go wrong on the way. After each step the supply
// identity of every remote must hold to the last unit.
import { expect } from "chai";
import { contractAt, transact } from "../../chains/evm/client";
import { explain } from "../../chains/evm/revert";
import type { BridgeEnd } from "../../localnet/bridge";
import { EvmEnd } from "../../localnet/bridge-evm";
import { EvmChain } from "../../localnet/evm";
import { TonChain } from "../../localnet/ton";
import type { Packet } from "../../localnet/types";
import { supplyReport } from "../../scripts/demo/bridge";
import type { World } from "../../scripts/demo/world";
import { generator } from "../../scripts/jobs/random";

const STUN = 10n ** 18n;
const DAY = 86_400n;
const USERS = ["alice", "bob", "carol"];

/** Steps of one kind and how often they were taken. */
export type Tally = Record<string, number>;

export class Sequence {
  readonly tally: Tally = {};
  readonly trail: string[] = [];
  private readonly random: () => number;
  private readonly delivered: Packet[] = [];
  private readonly held: { end: EvmEnd; guid: string }[] = [];
  private readonly burned: Record<string, bigint> = {};
  private narrow: EvmEnd | undefined;

  constructor(
    private readonly world: World,
    seed: number,
    /** What was burned on each remote before, in 1e-18 STUN. */
    burned: Readonly<Record<string, bigint>> = {},
  ) {
    this.random = generator(seed);
    Object.assign(this.burned, burned);
  }

  private get ends(): BridgeEnd[] {
    return [this.world.home, ...Object.values(this.world.remotes)];
  }

  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)]!;
  }

  private amount(most: bigint): bigint {
    // Half of the amounts have dust below the shared decimals.
    const part = (most * BigInt(1 + Math.floor(this.random() * 400))) / 1_000n;
    return this.random() < 0.5 ? part : part - (part % 10n ** 12n);
  }

  /** Takes one random step and checks every chain. */
  async step(): Promise<void> {
    const kinds: [string, () => Promise<string | undefined>, number][] = [
      ["send", () => this.send(), 8],
      ["deliver", () => this.deliver(), 8],
      ["repeat", () => this.repeat(), 2],
      ["fail", () => this.fail(), 2],
      ["burn", () => this.burn(), 2],
      ["narrow a limit", () => this.narrowLimit(), 2],
      ["release", () => this.release(), 3],
      ["wait", () => this.wait(), 1],
    ];
    const bag = kinds.flatMap(([name, run, weight]) => Array.from({ length: weight }, () => [name, run] as const));
    const [name, run] = this.pick(bag);
    const what = await run();
    if (what === undefined) return;
    this.tally[name] = (this.tally[name] ?? 0) + 1;
    this.trail.push(what);
    await this.check();
  }

  async check(): Promise<void> {
    const { home, remotes, relayer } = this.world;
    const report = await supplyReport(home, remotes, relayer, this.burned);
    expect(report.holds, `burned ${JSON.stringify(this.burned, (_k, v: unknown) => String(v))}`).to.equal(true);
  }

  /** Delivers everything and opens every limit: nothing may be left on the way or held. */
  async settle(): Promise<void> {
    await this.widen();
    for (const end of this.ends) await end.chain.advance(DAY);
    await this.world.relayer.collect();
    while (this.world.relayer.inFlight.size > 0) {
      const [packet] = [...this.world.relayer.inFlight.values()];
      await this.deliverOne(packet!);
      await this.world.relayer.collect();
    }
    for (const end of this.ends) await end.chain.advance(DAY);
    while (this.held.length > 0) expect(await this.release()).to.not.equal(undefined);
    await this.check();
  }

  private async send(): Promise<string | undefined> {
    const { home, remotes } = this.world;
    const remote = this.pick(Object.values(remotes));
    const [from, to] = this.random() < 0.5 ? [home, remote] : [remote, home];
    const [sender, receiver] = [this.pick(USERS), this.pick(USERS)];
    const balance = await from.balance(sender);
    const most = (5_000n * STUN) / from.unit;
    const amount = this.amount(balance < most ? balance : most);
    if (amount * from.unit < 10n ** 12n) return undefined;
    await from.send(sender, to.chain.eid, await to.recipient(receiver), amount);
    const left = balance - (await from.balance(sender));
    expect(left * from.unit, "dust left its owner").to.equal(amount * from.unit - ((amount * from.unit) % 10n ** 12n));
    await this.world.relayer.collect();
    return `${sender} sends ${amount} from ${from.chain.name} to ${receiver} on ${to.chain.name}`;
  }

  private async deliver(): Promise<string | undefined> {
    const waiting = [...this.world.relayer.inFlight.values()];
    if (waiting.length === 0) return undefined;
    return this.deliverOne(this.pick(waiting));
  }

  private async deliverOne(packet: Packet): Promise<string> {
    const end = this.endOf(packet.dstEid);
    const before = end instanceof EvmEnd ? await end.heldFrom(packet.srcEid) : 0n;
    // Execution waits for every lower nonce of its path to be verified; its order after that is free.
    for (const lower of this.world.relayer.inFlight.values()) {
      if (lower.srcEid === packet.srcEid && lower.dstEid === packet.dstEid && lower.nonce < packet.nonce) {
        await this.world.relayer.verify(lower);
      }
    }
    const execution = await this.world.relayer.deliver(packet);
    if (!execution.delivered)
      throw new Error(`Packet ${packet.nonce} to ${end.chain.name} failed: ${execution.reason}`);
    this.delivered.push(packet);
    if (end instanceof EvmEnd && (await end.heldFrom(packet.srcEid)) > before)
      this.held.push({ end, guid: packet.guid });
    return `packet ${packet.nonce} from ${packet.srcEid} is delivered on ${end.chain.name}`;
  }

  /** A packet that was delivered comes again, from the DVNs and from the executor. */
  private async repeat(): Promise<string | undefined> {
    if (this.delivered.length === 0) return undefined;
    const packet = this.pick(this.delivered);
    const { chain } = this.endOf(packet.dstEid);
    const verified = await chain.verify(packet).then(
      () => true,
      () => false,
    );
    const execution = await chain
      .execute(packet)
      .catch((error: unknown) => ({ delivered: false, reason: explain(error) }));
    expect(execution.delivered, `packet ${packet.nonce} was delivered twice (verified again: ${verified})`).to.equal(
      false,
    );
    return `packet ${packet.nonce} from ${packet.srcEid} is refused the second time`;
  }

  /** A delivery that is given too little, and can be tried again. */
  private async fail(): Promise<string | undefined> {
    const waiting = [...this.world.relayer.inFlight.values()].filter((p) => {
      const { chain } = this.endOf(p.dstEid);
      const first = [...this.world.relayer.inFlight.values()].every(
        (q) => q.srcEid !== p.srcEid || q.dstEid !== p.dstEid || q.nonce >= p.nonce,
      );
      return first && (chain instanceof EvmChain || chain instanceof TonChain);
    });
    if (waiting.length === 0) return undefined;
    const packet = this.pick(waiting);
    const { chain } = this.endOf(packet.dstEid);
    await this.world.relayer.verify(packet);
    const execution =
      chain instanceof EvmChain
        ? await chain.execute(packet, { gas: 20_000n })
        : await (chain as TonChain).execute(packet, 1_000_000n);
    expect(execution.delivered, `packet ${packet.nonce} was delivered with next to nothing`).to.equal(false);
    return `packet ${packet.nonce} to ${chain.name} fails, and stays`;
  }

  private async burn(): Promise<string | undefined> {
    const [name, end] = this.pick(Object.entries(this.world.remotes));
    const user = this.pick(USERS);
    const amount = (await end.balance(user)) / 50n;
    if (amount === 0n) return undefined;
    await end.burn(user, amount);
    this.burned[name] = (this.burned[name] ?? 0n) + amount * end.unit;
    return `${user} burns ${amount} on ${name}`;
  }

  /** Governance narrows what a chain takes in, so that deliveries are held; or widens it again. No vote is held for it. */
  private async narrowLimit(): Promise<string> {
    if (this.narrow) {
      await this.widen();
      return "the limit is wide again";
    }
    const evm = [this.world.home, ...Object.values(this.world.remotes)].filter((e): e is EvmEnd => e instanceof EvmEnd);
    this.narrow = this.pick(evm);
    await this.setLimits(this.narrow, 10n * STUN);
    return `the limit into ${this.narrow.chain.name} is narrow`;
  }

  private async widen(): Promise<void> {
    if (this.narrow) await this.setLimits(this.narrow, 10_000_000n * STUN);
    this.narrow = undefined;
  }

  private async setLimits(end: EvmEnd, capacity: bigint): Promise<void> {
    const home = end === this.world.home;
    const eids = home ? Object.values(this.world.remotes).map((r) => r.chain.eid) : [this.world.home.chain.eid];
    const name = home ? "StunOFTAdapter" : "StunOFT";
    const owner = (await contractAt(name, end.bridgeAddress, end.chain.provider).getFunction("owner")()) as string;
    const bridge = contractAt(name, end.bridgeAddress, await end.chain.as(owner));
    const limits = eids.map((eid) => ({ eid, inbound: true, capacity, window: DAY }));
    await transact("set limits", bridge.getFunction("setRateLimits").send(limits));
  }

  /** Anybody releases what of a held delivery the limits let through. */
  private async release(): Promise<string | undefined> {
    const entry = this.held[0];
    if (!entry) return undefined;
    const { end, guid } = entry;
    const home = end === this.world.home;
    const bridge = contractAt(home ? "StunOFTAdapter" : "StunOFT", end.bridgeAddress, end.chain.signer("keeper"));
    const most = this.random() < 0.5 ? 7n * STUN : 1_000_000_000n * STUN;
    try {
      await transact("release", bridge.getFunction("release").send(guid, most, "0x"));
    } catch (error) {
      // Nothing fits through a narrow limit right now: the entry stays.
      expect(String(error)).to.match(/NothingReleasable/);
      return `nothing of ${guid.slice(0, 10)} can be released on ${end.chain.name}`;
    }
    const left = (await bridge.getFunction("held")(guid)) as { amountSD: bigint };
    if (left.amountSD === 0n) this.held.shift();
    return `${guid.slice(0, 10)} is released on ${end.chain.name}, ${left.amountSD} left`;
  }

  private async wait(): Promise<string> {
    const { chain } = this.pick(this.ends);
    await chain.advance(3_600n);
    return `an hour passes on ${chain.name}`;
  }

  private endOf(eid: number): BridgeEnd {
    return this.ends.find(({ chain }) => chain.eid === eid)!;
  }
}
