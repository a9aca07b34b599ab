// Random sequences of everything that can happen to the bridge's end on TON, held to model/bridge after each step.
import { expect } from "chai";
import { hashOf } from "../../chains/ton/address";
import { EVENT, messages } from "../../chains/ton/messages";
import { HOME, SUPPLY, newBridge, stepBridge } from "../../model/bridge";
import type { BridgeAction, BridgeEffect, BridgeState } from "../../model/bridge";
import { available } from "../../model/bucket";
import { ModelError } from "../../model/errors";
import { checkBridge } from "../../model/supply";
import type { Packet } from "../../localnet/types";
import { DAY, EVM_USER, Kit, STUN, TON, oftMessage } from "./kit";
import type { Random } from "../evm/random";

const UNIT = 10n ** 9n;
const USERS = ["alice", "bob", "carol"] as const;
const NOBODY = "";
const LIMIT = 1_000n * STUN;
const KINDS = [
  "arrive",
  "arrive",
  "deliver",
  "deliver",
  "deliver",
  "send",
  "send",
  "burn",
  "release",
  "release",
] as const;
const RARE = ["void", "assign", "pause", "unpause", "limit", "cap", "advance", "advance"] as const;
type Kind = (typeof KINDS)[number] | (typeof RARE)[number];

export class LedgerRun {
  private state: BridgeState;
  /** Verified and not yet delivered, by the model's GUID. */
  private readonly packets = new Map<string, Packet>();
  /** Keys of held entries on TON by the model's GUID. */
  private readonly keys = new Map<string, { key: bigint; recipient: bigint }>();
  private readonly recipients = new Map<string, bigint>();
  readonly counts = new Map<string, number>();
  private done = 0;

  private constructor(
    private readonly kit: Kit,
    private readonly random: Random,
  ) {
    const limit = { capacity: LIMIT * UNIT, window: DAY };
    this.state = newBridge({ sale: SUPPLY }, [{ name: "ton", decimals: 9, cap: 3_000n * STUN * UNIT, limit }]);
    // home's own end lets everything through: it is held to the model elsewhere
    const wide = { type: "setLimit", at: 0n, by: "timelock", remote: "ton", end: "home", capacity: SUPPLY } as const;
    this.apply({ ...wide, direction: "out", window: DAY });
    this.apply({ ...wide, direction: "in", window: DAY });
  }

  static async start(kit: Kit, random: Random): Promise<LedgerRun> {
    const run = new LedgerRun(kit, random);
    for (const user of USERS) run.recipients.set(user, hashOf(await kit.sandbox.addressOf(user)));
    run.recipients.set(NOBODY, 0n);
    await kit.oft("timelock", messages.setCap(3_000n * STUN));
    for (const direction of ["out", "in"] as const) {
      await kit.oft("timelock", messages.setLimit(direction, LIMIT, Number(DAY)));
    }
    return run;
  }

  async step(): Promise<void> {
    const before = this.done;
    let kind: Kind;
    do {
      kind = this.random.oneIn(4n) ? this.random.pick(RARE) : this.random.pick(KINDS);
      await this[kind]();
    } while (this.done === before);
    await this.compare(kind);
  }

  private amount(most: bigint): bigint {
    const amount = this.random.between(1n, most);
    return this.random.oneIn(2n) ? amount - (amount % 1_000n) + 1_000n : amount;
  }

  /** The model's step; undefined when it refuses. */
  private apply(action: BridgeAction): readonly BridgeEffect[] | undefined {
    try {
      const { state, effects } = stepBridge(this.state, action);
      this.state = state;
      return effects;
    } catch (error) {
      if (error instanceof ModelError) return undefined;
      throw error;
    }
  }

  private count(what: string): void {
    this.done++;
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  private async arrive(): Promise<void> {
    const recipient = this.random.oneIn(8n) ? NOBODY : this.random.pick(USERS);
    const amount = this.amount(600n * STUN);
    const at = await this.kit.chain.now();
    // the model's send refuses nobody as a recipient, so that a faulty home forges such a message
    const common = { at, from: HOME, to: "ton", recipient, amount: amount * UNIT };
    const effects =
      recipient === NOBODY
        ? this.apply({ type: "forge", ...common })
        : this.apply({ type: "send", ...common, sender: "sale", minAmount: 0n });
    const sent = effects?.find((effect) => effect.type === "sent");
    if (sent?.type !== "sent") return this.count("arrive: refused at home");
    const packet = this.kit.packet(oftMessage(this.recipients.get(recipient)!, sent.amount / UNIT / 1_000n));
    await this.kit.chain.verify(packet);
    this.packets.set(sent.guid, packet);
    this.count("arrive");
  }

  private async deliver(): Promise<void> {
    const guids = [...this.packets.keys()];
    if (guids.length === 0) return;
    const guid = this.random.pick(guids);
    const packet = this.packets.get(guid)!;
    if (this.random.oneIn(6n)) {
      const failed = await this.kit.chain.execute(packet, 10_000_000n);
      expect(failed.delivered).to.equal(false);
      return this.count("deliver: too little TON");
    }
    const recipient = this.state.packets[guid]!.recipient;
    const effects = this.apply({ type: "deliver", at: await this.kit.chain.now(), guid })!;
    expect(await this.kit.chain.execute(packet, TON / 5n)).to.eql({ delivered: true });
    this.packets.delete(guid);
    const held = effects.some((effect) => effect.type === "held");
    if (held) this.keys.set(guid, { key: BigInt(packet.guid), recipient: this.recipients.get(recipient)! });
    this.count(held ? "deliver: held" : "deliver: minted");
  }

  private async send(): Promise<void> {
    const sender = this.random.pick(USERS);
    const balance = (this.state.balances["ton"]?.[sender] ?? 0n) / UNIT;
    if (balance === 0n) return;
    const amount = this.random.oneIn(8n) ? this.random.between(1n, 999n) : this.amount(balance);
    if (amount > balance) return;
    const minAmount = this.random.oneIn(5n) ? amount : 0n;
    const at = await this.kit.chain.now();
    const expected = this.apply({
      type: "send",
      at,
      from: "ton",
      to: HOME,
      sender,
      recipient: "someone",
      amount: amount * UNIT,
      minAmount: minAmount * UNIT,
    });
    const trace = await this.kit.send({ from: sender, amount, to: EVM_USER, minAmount });
    const [packet] = await this.kit.chain.takePackets();
    const sent = expected?.find((effect) => effect.type === "sent");
    expect(trace.event(EVENT.sent) !== undefined).to.equal(sent !== undefined);
    expect(packet !== undefined).to.equal(sent !== undefined);
    if (sent?.type === "sent") {
      const message = Buffer.from(oftMessage(EVM_USER, sent.amount / UNIT / 1_000n)).toString("hex");
      expect(Buffer.from(packet!.message).toString("hex")).to.equal(message);
      this.apply({ type: "deliver", at, guid: sent.guid });
    }
    this.count(sent ? "send" : "send: refused");
  }

  private async burn(): Promise<void> {
    const holder = this.random.pick(USERS);
    const balance = (this.state.balances["ton"]?.[holder] ?? 0n) / UNIT;
    if (balance === 0n) return;
    const amount = this.random.between(1n, balance < 50n * STUN ? balance : 50n * STUN);
    this.apply({ type: "burn", at: await this.kit.chain.now(), chain: "ton", holder, amount: amount * UNIT });
    await this.kit.burn(holder, amount);
    const minter = (await this.kit.token.minter())!;
    await this.kit.sandbox.send("dave", { to: minter, value: TON / 10n, body: messages.reportBurned(null) });
    this.count("burn");
  }

  private heldGuid(): string | undefined {
    const guids = [...this.keys.keys()].filter((guid) => guid in this.state.held);
    return guids.length === 0 ? undefined : this.random.pick(guids);
  }

  private async release(): Promise<void> {
    const guid = this.heldGuid();
    if (guid === undefined) return;
    const { key, recipient } = this.keys.get(guid)!;
    const maxAmount = this.random.between(1n, 700_000n) * 1_000_000n;
    const at = await this.kit.chain.now();
    const effects = this.apply({ type: "release", at, guid, maxAmount: maxAmount * UNIT });
    await this.kit.sandbox.send("dave", await this.kit.token.buildRelease(recipient, key, maxAmount));
    this.count(effects ? "release" : "release: nothing");
  }

  private async void(): Promise<void> {
    const guid = this.heldGuid();
    if (guid === undefined) return;
    const { key, recipient } = this.keys.get(guid)!;
    this.apply({ type: "void", at: await this.kit.chain.now(), by: "timelock", guid });
    await this.kit.oft("timelock", messages.voidHeld(recipient, key));
    this.count("void");
  }

  private async assign(): Promise<void> {
    const guid = this.heldGuid();
    if (guid === undefined) return;
    const { key, recipient } = this.keys.get(guid)!;
    const user = this.random.pick(USERS);
    const at = await this.kit.chain.now();
    const effects = this.apply({ type: "assign", at, by: "timelock", guid, recipient: user });
    const assignTo = this.recipients.get(user)!;
    await this.kit.oft("timelock", messages.assignHeld(recipient, key, assignTo));
    if (effects) this.keys.set(guid, { key, recipient: assignTo });
    this.count(effects ? "assign" : "assign: refused");
  }

  private async pause(): Promise<void> {
    const duration = this.random.between(0n, 8n * DAY);
    const at = await this.kit.chain.now();
    const effects = this.apply({ type: "pause", at, by: "guardian", chain: "ton", duration });
    await this.kit.oft("guardian", messages.pause(Number(duration)));
    this.count(effects ? "pause" : "pause: refused");
  }

  private async unpause(): Promise<void> {
    this.apply({ type: "unpause", at: await this.kit.chain.now(), by: "guardian", chain: "ton" });
    await this.kit.oft("guardian", messages.unpause());
    this.count("unpause");
  }

  private async limit(): Promise<void> {
    const direction = this.random.pick(["out", "in"] as const);
    const capacity = this.random.between(0n, 2_000n) * STUN;
    const window = this.random.between(600n, 3n * DAY);
    const at = await this.kit.chain.now();
    const end = { by: "timelock", remote: "ton", end: "remote" } as const;
    this.apply({ type: "setLimit", at, ...end, direction, capacity, window });
    await this.kit.oft("timelock", messages.setLimit(direction, capacity, Number(window)));
    this.count("limit");
  }

  private async cap(): Promise<void> {
    const cap = this.random.between(0n, 5_000n) * STUN;
    this.apply({ type: "setCap", at: await this.kit.chain.now(), by: "timelock", remote: "ton", cap: cap * UNIT });
    await this.kit.oft("timelock", messages.setCap(cap));
    this.count("cap");
  }

  private async advance(): Promise<void> {
    await this.kit.chain.advance(this.random.between(1n, 10n * DAY));
    this.count("advance");
  }

  /** Everything that TON shows is what the model has. */
  private async compare(after: string): Promise<void> {
    checkBridge(this.state);
    const remote = this.state.remotes["ton"]!;
    const { token, chain } = this.kit;
    const at = await chain.now();
    expect(await token.totalSupply(), `supply after ${after}`).to.equal(remote.supply / UNIT);
    for (const user of USERS) {
      const balance = (this.state.balances["ton"]?.[user] ?? 0n) / UNIT;
      expect(await this.kit.balance(user), `balance of ${user} after ${after}`).to.equal(balance);
    }
    const held = Object.values(this.state.held).filter((entry) => entry.chain === "ton");
    const ledger = await token.ledger();
    expect(ledger.held, `held after ${after}`).to.equal(held.reduce((sum, entry) => sum + entry.amount, 0n) / UNIT);
    expect(ledger.pending, `pending after ${after}`).to.equal(0n);
    expect(ledger.minted - ledger.burned - ledger.directBurned, `counters after ${after}`).to.equal(
      remote.supply / UNIT,
    );
    for (const [guid, { key, recipient }] of this.keys) {
      const expected = (this.state.held[guid]?.amount ?? 0n) / UNIT;
      expect(await token.heldOf(recipient, key), `entry ${guid} after ${after}`).to.equal(expected);
    }
    for (const direction of ["out", "in"] as const) {
      const limit = await token.limit(direction);
      expect(limit.available, `limit ${direction} after ${after}`).to.equal(available(remote.limits[direction], at));
    }
  }
}
