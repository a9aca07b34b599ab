// Random sequences on the chain, held to the model's ledger: after every step the same supply, balances, held entries and
// limits, and what one refuses the other refuses.
import { createBurnInstruction } from "@solana/spl-token";
import type { TransactionInstruction } from "@solana/web3.js";
import { expect } from "chai";
import { getBytes } from "ethers";
import { SolanaError } from "../../../chains/solana/errors";
import {
  assignHeld,
  available as tokens,
  pauseFor,
  releaseHeld,
  setOftConfig,
  setPause,
  setPeerConfig,
  tokenAccount,
  voidHeld,
} from "../../../chains/solana/oft";
import { solanaKey } from "../../../localnet/solana";
import type { Packet } from "../../../localnet/types";
import {
  MAX_MINT_CAP,
  ModelError,
  SUPPLY,
  available,
  newBridge,
  stepBridge,
  type BridgeAction,
  type BridgeEffect,
  type BridgeState,
} from "../../../model";
import { Random } from "../../evm/random";
import { HOME_EID, LIMIT, RATE, STUN, World, evmAddress, message } from "./setup";
import { onEachWorld } from "./worlds";

const USERS = ["alice", "bob", "carol", "dave"] as const;
/** 1e-18 STUN in one base unit of Solana's. */
const UNIT = 10n ** 9n;
const STEPS = 120;
const WINDOW = LIMIT.capacity / LIMIT.refillPerSecond;

/** The chain and the model, driven together. */
class Pair {
  state: BridgeState;
  /** Packets on the way to Solana by the model's name for them. */
  readonly packets = new Map<string, Packet>();
  /** Entries by the model's name for them; delivered packets stay here. */
  readonly guids = new Map<string, Uint8Array>();
  private readonly fee = { native: 10n ** 10n, token: 0n };

  constructor(
    readonly world: World,
    readonly random: Random,
  ) {
    this.state = newBridge({ holder: SUPPLY }, [
      { name: "solana", decimals: 9, cap: MAX_MINT_CAP, limit: { capacity: LIMIT.capacity * UNIT, window: WINDOW } },
    ]);
    for (const direction of ["out", "in"] as const) {
      const wide = { by: "timelock", remote: "solana", end: "home", capacity: SUPPLY, window: 600n } as const;
      this.state = stepBridge(this.state, { type: "setLimit", at: 0n, direction, ...wide }).state;
    }
  }

  /** Steps the model; null when it refuses. */
  private step(action: BridgeAction): BridgeEffect[] | null {
    const count = (this.counts[action.type] ??= [0, 0]);
    try {
      const { state, effects } = stepBridge(this.state, action);
      this.state = state;
      count[0] += 1;
      for (const effect of effects)
        if (effect.type === "held") (this.counts[`held: ${effect.reason}`] ??= [0, 0])[0] += 1;
      return [...effects];
    } catch (error) {
      count[1] += 1;
      if (error instanceof ModelError) return null;
      throw error;
    }
  }

  /** How often each kind of step was accepted and refused. */
  readonly counts: Record<string, [number, number]> = {};

  /** Does the same on the chain, and expects both to accept or both to refuse. */
  private async both(action: BridgeAction, chain: () => Promise<unknown>): Promise<BridgeEffect[] | null> {
    const effects = this.step(action);
    let refusal: unknown;
    try {
      await chain();
    } catch (error) {
      if (!(error instanceof SolanaError)) throw error;
      refusal = error;
    }
    const said = refusal instanceof Error ? refusal.message : "accepted";
    expect(refusal === undefined, `${JSON.stringify(action, (_, v: unknown) => String(v))}: ${said}`).to.equal(
      effects !== null,
    );
    return effects;
  }

  private call(who: string, make: (client: World["client"]) => TransactionInstruction): () => Promise<unknown> {
    const client = this.world.as(who);
    return () => client.client.send("do it", [make(client)]);
  }

  async act(): Promise<void> {
    const { random, world } = this;
    const at = await world.chain.now();
    const user = random.pick(USERS);
    const amount = random.between(1n, 3_000n) * random.pick([1n, RATE, STUN, 400n * STUN]);
    switch (random.between(0n, 13n)) {
      case 0n:
      case 1n:
      case 2n:
        return this.arrive(user, amount - (amount % RATE) || RATE, at);
      case 3n:
      case 4n:
      case 5n:
        return this.deliver(at);
      case 6n:
      case 7n:
        return this.send(user, amount, at);
      case 8n:
      case 9n:
        return this.release(amount, at);
      case 10n:
        return this.random.oneIn(2n) ? this.decide(user, at) : this.release(STUN ** 2n, at);
      case 11n:
        return this.configure(amount, at);
      case 12n:
        await this.both(
          { type: "burn", at, chain: "solana", holder: user, amount: amount * UNIT },
          this.call(user, ({ oft, client }) =>
            createBurnInstruction(tokenAccount(oft, client.payer.publicKey), oft.mint, client.payer.publicKey, amount),
          ),
        );
        return;
      default:
        return world.chain.advance(random.pick([1n, 60n, 3_600n, 86_400n, 3n * 86_400n]));
    }
  }

  /** A packet leaves home: paid for, or forged, and then perhaps for nobody. */
  private async arrive(user: string, amount: bigint, at: bigint): Promise<void> {
    const forged = this.random.oneIn(5n);
    const recipient = forged && this.random.oneIn(2n) ? "" : user;
    const way = { at, from: "home", to: "solana", recipient, amount: amount * UNIT };
    const effects = forged
      ? this.step({ type: "forge", ...way })
      : this.step({ type: "send", sender: "holder", minAmount: 0n, ...way });
    const sent = effects?.find((effect) => effect.type === "sent");
    if (sent?.type !== "sent") return;
    const to = recipient === "" ? new Uint8Array(32) : solanaKey(recipient).publicKey;
    const packet = this.world.packet(message(to, amount / RATE));
    await this.world.chain.verify(packet);
    this.packets.set(sent.guid, packet);
  }

  /** In any order, and sometimes twice. */
  private async deliver(at: bigint): Promise<void> {
    const all = [...this.packets];
    if (all.length === 0) return;
    const [guid, packet] = this.random.pick(all);
    const outcome = await this.world.chain.tryExecute(packet);
    const effects = this.step({ type: "deliver", at, guid });
    expect(outcome.failure === undefined, outcome.logs.join("\n")).to.equal(effects !== null);
    this.guids.set(guid, getBytes(packet.guid));
    if (!this.random.oneIn(3n)) this.packets.delete(guid);
  }

  private async send(user: string, amount: bigint, at: bigint): Promise<void> {
    const { world } = this;
    const minAmount = this.random.oneIn(4n) ? amount : 0n;
    const transfer = { dstEid: HOME_EID, to: evmAddress(user), amount, minAmount };
    await this.both(
      {
        type: "send",
        at,
        from: "solana",
        to: "home",
        sender: user,
        recipient: user,
        amount: amount * UNIT,
        minAmount: minAmount * UNIT,
      },
      () => world.as(user).send(transfer, { tables: [world.table], fee: this.fee }),
    );
  }

  private async release(amount: bigint, at: bigint): Promise<void> {
    const open = Object.keys(this.state.held);
    // mostly what is held, sometimes what is not or no longer
    const names = open.length > 0 && !this.random.oneIn(4n) ? open : [...this.guids.keys()];
    if (names.length === 0) return;
    const guid = this.random.pick(names);
    const id = this.guids.get(guid)!;
    const entry = await this.world.client.held(id);
    if (!entry) {
      expect(this.state.held[guid]).to.equal(undefined);
      return;
    }
    await this.both(
      { type: "release", at, guid, maxAmount: amount * UNIT },
      this.call("keeper", ({ oft, client }) => releaseHeld(oft, client.payer.publicKey, entry, amount)),
    );
  }

  /** The timelock voids an entry or names its recipient; sometimes somebody else tries. */
  private async decide(user: string, at: bigint): Promise<void> {
    const open = Object.keys(this.state.held);
    if (open.length === 0) return;
    const guid = this.random.pick(open);
    const id = this.guids.get(guid)!;
    const [who, by] = this.random.oneIn(3n) ? (["mallory", "anyone"] as const) : (["timelock", "timelock"] as const);
    if (this.random.oneIn(2n)) {
      await this.both(
        { type: "assign", at, by, guid, recipient: user },
        this.call(who, ({ oft, client }) => assignHeld(oft, client.payer.publicKey, id, solanaKey(user).publicKey)),
      );
    } else {
      await this.both(
        { type: "void", at, by, guid },
        this.call(who, ({ oft, client }) => voidHeld(oft, client.payer.publicKey, id)),
      );
    }
  }

  private async configure(amount: bigint, at: bigint): Promise<void> {
    const { random } = this;
    switch (random.between(0n, 3n)) {
      case 0n: {
        const duration = random.between(0n, 8n) * 86_400n;
        await this.both(
          { type: "pause", at, by: "guardian", chain: "solana", duration },
          this.call("guardian", ({ oft, client }) => pauseFor(oft, client.payer.publicKey, Number(duration))),
        );
        return;
      }
      case 1n:
        await this.both(
          { type: "unpause", at, by: "guardian", chain: "solana" },
          this.call("guardian", ({ oft, client }) => setPause(oft, client.payer.publicKey, false)),
        );
        return;
      case 2n: {
        const cap = random.oneIn(3n) ? amount : MAX_MINT_CAP / UNIT + random.between(-1n, 1n);
        await this.both(
          { type: "setCap", at, by: "timelock", remote: "solana", cap: cap * UNIT },
          this.call("timelock", ({ oft, client }) => setOftConfig(oft, client.payer.publicKey, { mintCap: cap })),
        );
        return;
      }
      default: {
        // the model's buckets drain in a window, the program's fill by the second: the same where one divides the other
        const window = random.between(600n, 200_000n);
        const refillPerSecond = random.between(0n, 20n * STUN);
        const capacity = refillPerSecond * window;
        const direction = random.pick(["out", "in"] as const);
        const change = { capacity, refillPerSecond };
        await this.both(
          { type: "setLimit", at, by: "timelock", remote: "solana", end: "remote", direction, capacity, window },
          this.call("limiter", ({ oft, client }) =>
            setPeerConfig(
              oft,
              client.payer.publicKey,
              HOME_EID,
              direction === "out" ? { outbound: change } : { inbound: change },
            ),
          ),
        );
      }
    }
  }

  async compare(): Promise<void> {
    const { client, chain } = this.world;
    const now = await chain.now();
    const remote = this.state.remotes.solana!;
    expect((await client.supply()) * UNIT, "supply").to.equal(remote.supply);
    const entries = Object.entries(this.state.held);
    const held = entries.reduce((sum, [, entry]) => sum + entry.amount, 0n);
    const store = await client.store();
    expect(store.held * UNIT, "held").to.equal(held);
    expect(store.paused && now < store.pausedUntil, "paused").to.equal(now < remote.pause.until);
    for (const user of USERS) {
      const balance = this.state.balances.solana![user] ?? 0n;
      expect((await client.balance(solanaKey(user).publicKey)) * UNIT, user).to.equal(balance);
    }
    for (const [guid, entry] of entries) {
      const account = await client.held(this.guids.get(guid)!);
      expect((account?.remaining ?? 0n) * UNIT, guid).to.equal(entry.amount);
    }
    const peer = await client.peer(HOME_EID);
    expect(tokens(peer.outbound, peer.outboundDebt, now), "outbound").to.equal(available(remote.limits.out, now));
    expect(tokens(peer.inbound, peer.inboundDebt, now), "inbound").to.equal(available(remote.limits.in, now));
    // the supply identity of this remote
    const onTheWay = Object.values(this.state.packets).reduce((sum, packet) => sum + packet.amount, 0n);
    const { supply, burned, voided, forged, outstanding } = remote;
    expect(supply + onTheWay + held + burned + voided - forged, "outstanding").to.equal(outstanding);
  }
}

onEachWorld("random sequences", (world) => {
  for (const round of [1, 2]) {
    it(`${STEPS} steps agree with the model after every one (${round})`, async function () {
      const fresh = round === 1 ? world() : await World.start(world().chain.real ? process.env.LZ_SOLANA_SO : "test");
      const pair = new Pair(fresh, new Random(`oft ${round}`));
      for (let i = 0; i < STEPS; i++) {
        await pair.act();
        await pair.compare();
      }
      // a sequence in which nothing happens proves nothing
      for (const kind of ["send", "deliver"]) expect(pair.counts[kind]![0], kind).to.be.greaterThan(5);
    });
  }
});
