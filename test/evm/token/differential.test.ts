import { expect } from "chai";
import { MaxUint256, type ContractTransactionResponse } from "ethers";
import { HOME, newBridge, stepBridge, type BridgeAction, type BridgeState } from "../../../model/bridge";
import { available } from "../../../model/bucket";
import { ModelError } from "../../../model/errors";
import { checkBridge } from "../../../model/supply";
import { explain } from "../../../chains/evm/revert";
import { encodeForward } from "../../../chains/evm/forwarder";
import type { Compose, EvmChain } from "../../../localnet/evm";
import { executorOptions } from "../../../localnet/evm-layerzero";
import { localWallet } from "../../../localnet/keys";
import type { Packet } from "../../../localnet/types";
import { Differential } from "../differential";
import type { Random } from "../random";
import { SHARES } from "../shares";
import {
  CAPACITY,
  COMPOSE_GAS,
  DAY,
  ETHEREUM,
  MINT_CAP,
  STUN,
  SUPPLY,
  UNIT,
  freshBridge,
  heldCompose,
  recipient,
  sendParam,
  sendUnquoted,
  type Bridge,
  type Oft,
  type SendOptions,
} from "./fixture";

const KINDS = [
  ...["send", "sendThroughHome", "deliver", "failDelivery", "compose", "release", "void", "burn", "donate", "pause"],
  ...["unpause", "setCap", "setLimit", "collectWaiting"],
] as const;
const USERS = ["alice", "bob", "carol"] as const;
/** What Bob and Carol begin with. */
const POCKET = 10_000n * STUN;
const REMOTES = ["base", "arbitrum"] as const;
type RemoteName = (typeof REMOTES)[number];

/** Errors of the contracts that mean what an error of the model means. */
const SAME: Record<string, readonly string[]> = {
  PAUSED: ["EntryPaused"],
  LIMIT_EXCEEDED: ["AboveCapacity", "RateLimited", "NothingReleasable"],
  BELOW_MINIMUM: ["AmountBelowPrecision", "SlippageExceeded"],
  MISMATCH: ["SlippageExceeded", "AmountBelowPrecision"],
  INSUFFICIENT: ["ERC20InsufficientBalance"],
  TOO_EARLY: ["PauseCooldown"],
  NOT_FOUND: ["NothingHeld"],
  NOTHING_TO_DO: ["NothingWaiting"],
  WRONG_PARTY: ["OwnableUnauthorizedAccount", "NotGuardian"],
  ABOVE_MAXIMUM: ["InvalidMintCap", "InvalidPause"],
};

/** The bridge and its model, one step at a time. */
class Pair {
  state: BridgeState;
  readonly packets = new Map<string, { packet: Packet; fee: bigint }>();
  readonly composes = new Map<string, { compose: Compose; fee: bigint }>();
  readonly held = new Map<string, { guid: string; fee: bigint; composed: boolean }>();

  constructor(
    readonly bridge: Bridge,
    readonly run: Differential,
  ) {
    const limit = { capacity: CAPACITY, window: DAY };
    const remotes = REMOTES.map((name) => ({ name, decimals: 18 as const, cap: MINT_CAP, limit }));
    const holders = { alice: SUPPLY - 2n * POCKET, bob: POCKET, carol: POCKET };
    this.state = newBridge(holders, remotes);
  }

  get random(): Random {
    return this.run.random;
  }

  /** Mostly somebody who has something there, and an amount that he has. */
  sender(chain: string): { sender: string; amount: bigint } {
    const { random } = this;
    const rich = USERS.filter((user) => (this.state.balances[chain]?.[user] ?? 0n) > UNIT);
    if (rich.length === 0 || random.oneIn(10n)) {
      return { sender: random.pick(USERS), amount: random.between(1n, 2_000n * STUN) };
    }
    const sender = random.pick(rich);
    const most = this.state.balances[chain]![sender]!;
    return { sender, amount: random.between(UNIT, most < 400n * STUN ? most : 400n * STUN) };
  }

  chain(name: string): EvmChain {
    return name === HOME ? this.bridge.network.ethereum : this.bridge.network[name as RemoteName];
  }

  oft(name: string): Oft {
    return name === HOME ? this.bridge.adapter : this.bridge[name as RemoteName];
  }

  as(name: string, role: string): Oft {
    return this.oft(name).connect(this.chain(name).signer(role));
  }

  /** Runs a transaction on a chain and the same action in the model; both do it, or both refuse for the same reason. */
  async both(
    chain: string,
    transaction: () => Promise<ContractTransactionResponse>,
    action: (at: bigint) => BridgeAction,
  ): Promise<boolean> {
    let refusal: string | undefined;
    const before = await this.chain(chain).now();
    try {
      await (await transaction()).wait();
    } catch (error) {
      refusal = explain(error);
    }
    const after = await this.chain(chain).now();
    const step = action(refusal === undefined ? after : before + 1n);
    try {
      this.state = stepBridge(this.state, step).state;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const expected = SAME[error.code] ?? [];
      if (!expected.some((name) => refusal?.startsWith(name))) {
        throw new Error(
          `${step.type}: the model says ${error.code} (${error.message}), the chain ${refusal ?? "did it"}`,
        );
      }
      this.run.refused(/^\w*/.exec(refusal ?? "")?.[0] ?? "");
      return false;
    }
    if (refusal !== undefined) throw new Error(`${step.type}: the model did it, the chain says ${refusal}`);
    this.run.done(step.type);
    return true;
  }

  /** The packet that the last step emitted, verified at once, as real DVNs do. */
  async track(chain: string, fee: bigint): Promise<void> {
    const [packet] = await this.chain(chain).takePackets();
    const guid = Object.keys(this.state.packets).find((key) => key.endsWith(`#${this.state.nonce}`));
    const destination = packet!.dstEid === ETHEREUM ? HOME : REMOTES.find((r) => this.chain(r).eid === packet!.dstEid)!;
    await this.chain(destination).verify(packet!);
    this.packets.set(guid!, { packet: packet!, fee });
  }

  async send(): Promise<void> {
    const { random } = this;
    const remote = random.pick(REMOTES);
    const [from, to] = random.oneIn(2n) ? [HOME, remote] : [remote, HOME];
    const receiver = random.pick(USERS);
    const { sender, amount: some } = this.sender(from);
    const amount = random.oneIn(12n) ? random.between(1n, UNIT) : some;
    const minAmount = random.oneIn(10n) ? amount : 0n;
    const order: SendOptions = { dstEid: this.chain(to).eid, to: localWallet(receiver).address, amount, minAmount };
    const done = await this.both(
      from,
      () => sendUnquoted(this.oft(from), this.chain(from).signer(sender), order),
      (at) => ({ type: "send", at, from, to, sender, recipient: receiver, amount, minAmount }),
    );
    if (done) await this.track(from, 0n);
  }

  async sendThroughHome(): Promise<void> {
    const { random, bridge } = this;
    const [from, to] = random.oneIn(2n) ? REMOTES : [REMOTES[1], REMOTES[0]];
    const receiver = random.pick(USERS);
    const { sender, amount } = this.sender(from);
    const target = { dstEid: this.chain(to).eid, to: localWallet(receiver).address, amount: STUN };
    // A named fee of 1 wei cannot pay the second leg.
    const paid = !random.oneIn(3n);
    const fee = paid ? (await bridge.adapter.quoteSend(sendParam(target), false))[0] * 2n : 1n;
    const compose = encodeForward({
      dstEid: target.dstEid,
      to: recipient(target.to),
      nativeFee: fee,
      deadline: 0n,
      claimant: localWallet(sender).address,
    });
    const order: SendOptions = {
      dstEid: ETHEREUM,
      to: await bridge.forwarder.getAddress(),
      amount,
      compose,
      extraOptions: executorOptions({ kind: "compose", gas: COMPOSE_GAS, value: fee }),
    };
    const done = await this.both(
      from,
      () => sendUnquoted(this.oft(from), this.chain(from).signer(sender), order),
      (at) => ({ type: "sendThroughHome", at, from, to, sender, recipient: receiver, amount, minAmount: 0n }),
    );
    if (done) await this.track(from, fee);
  }

  async deliver(): Promise<void> {
    const [guid, { packet, fee }] = this.random.pick([...this.packets]);
    const to = this.state.packets[guid]!.to;
    const fails = this.random.oneIn(6n);
    const result = await this.chain(to).execute(packet, fails ? { gas: 30_000n } : {});
    expect(result.delivered, guid).to.equal(!fails);
    const at = await this.chain(to).now();
    this.state = stepBridge(this.state, { type: fails ? "failDelivery" : "deliver", at, guid }).state;
    this.run.done(fails ? "failDelivery" : "deliver");
    if (fails) return;
    this.packets.delete(guid);
    const [compose] = to === HOME ? await this.chain(to).takeComposes() : [];
    if (compose) this.composes.set(guid, { compose, fee });
    const entry = this.state.held[guid];
    if (entry) this.held.set(guid, { guid: packet.guid, fee, composed: entry.onward !== null });
  }

  async compose(): Promise<void> {
    const [guid, { compose, fee }] = this.random.pick([...this.composes]);
    const { ethereum } = this.bridge.network;
    expect(await ethereum.compose(compose, COMPOSE_GAS, fee)).to.deep.equal({ delivered: true });
    this.composes.delete(guid);
    const at = await ethereum.now();
    const before = this.state.nonce;
    this.state = stepBridge(this.state, { type: "compose", at, guid, paid: fee > 1n }).state;
    this.run.done("compose");
    if (this.state.nonce > before) await this.track(HOME, 0n);
  }

  async release(): Promise<void> {
    const [key, { guid, fee, composed }] = this.random.pick([...this.held]);
    const entry = this.state.held[key]!;
    const { chain, remote } = entry;
    const maxAmount = composed || this.random.oneIn(2n) ? MaxUint256 : this.random.between(1n, 100n * STUN);
    const data = composed ? await heldCompose(this.oft(chain), guid) : "0x";
    const limits = chain === HOME ? this.state.remotes[remote]!.homeLimits : this.state.remotes[remote]!.limits;
    const action = (at: bigint): BridgeAction => ({ type: "release", at, guid: key, maxAmount });
    if (composed) {
      // The EVM refuses parts of a composed delivery below a quarter of the capacity; the model knows no such detail.
      const at = (await this.chain(chain).now()) + 1n;
      const most = available(limits.in, at);
      if (most > 0n && most < entry.amount && most < limits.in.capacity / 4n) return;
    }
    const done = await this.both(chain, () => this.as(chain, "keeper").release(guid, maxAmount, data), action);
    if (!done) return;
    const left = this.state.held[key];
    if (composed && chain === HOME) {
      const [compose] = await this.chain(chain).takeComposes();
      this.composes.set(`${key}/${entry.parts + 1}`, { compose: compose!, fee });
    }
    if (!left) this.held.delete(key);
  }

  async voidHeld(): Promise<void> {
    const [key, { guid }] = this.random.pick([...this.held]);
    const { chain } = this.state.held[key]!;
    const by = this.random.pick(["timelock", "guardian"] as const);
    const done = await this.both(
      chain,
      () => this.as(chain, by).voidHeld(guid),
      (at) => ({ type: "void", at, by, guid: key }),
    );
    if (done) this.held.delete(key);
  }

  async simple(): Promise<void> {
    const { random, bridge } = this;
    const chain = random.pick([HOME, ...REMOTES]);
    const user = random.pick(USERS);
    const by = random.pick(["guardian", "timelock"] as const);
    const amount = random.between(1n, 50n * STUN);
    const remote = random.pick(REMOTES);
    const kinds = ["burn", "burn", "donate", "pause", "unpause", "setCap", "setLimit", "setLimit", "collectWaiting"];
    const fresh = kinds.filter((each) => this.run.lacks(each));
    const kind = random.pick(fresh.length > 0 && random.oneIn(3n) ? fresh : kinds);
    if (kind === "burn") {
      const token = chain === HOME ? bridge.token : bridge[chain as RemoteName];
      await this.both(
        chain,
        () => token.connect(this.chain(chain).signer(user)).burn(amount),
        (at) => ({ type: "burn", at, chain, holder: user, amount }),
      );
    } else if (kind === "donate") {
      await this.both(
        HOME,
        () => bridge.token.connect(this.chain(HOME).signer(user)).transfer(bridge.adapter, amount),
        (at) => ({ type: "donate", at, sender: user, amount }),
      );
    } else if (kind === "pause") {
      const duration = random.between(1n, DAY);
      await this.both(
        chain,
        () => this.as(chain, by).pause(duration),
        (at) => ({ type: "pause", at, by, chain, duration }),
      );
    } else if (kind === "unpause") {
      await this.both(
        chain,
        () => this.as(chain, by).unpause(),
        (at) => ({ type: "unpause", at, by, chain }),
      );
    } else if (kind === "setCap") {
      const cap = random.oneIn(8n) ? MINT_CAP + 1n : random.oneIn(2n) ? MINT_CAP : random.between(0n, 2_000n * STUN);
      await this.both(
        remote,
        () => bridge[remote].connect(this.chain(remote).signer(by)).setMintCap(cap),
        (at) => ({ type: "setCap", at, by, remote, cap }),
      );
    } else if (kind === "setLimit") {
      const end = random.pick(["home", "remote"] as const);
      const direction = random.pick(["out", "in"] as const);
      const capacity = !random.oneIn(3n) ? CAPACITY : random.between(0n, 1_500n * STUN);
      const window = random.between(600n, 2n * DAY);
      const at = end === "home" ? HOME : remote;
      const eid = end === "home" ? this.chain(remote).eid : ETHEREUM;
      await this.both(
        at,
        () => this.as(at, by).setRateLimits([{ eid, inbound: direction === "in", capacity, window }]),
        (time) => ({ type: "setLimit", at: time, by, remote, end, direction, capacity, window }),
      );
    } else {
      // A claim also pays native currency that waits; without tokens the model has nothing to say about it.
      if ((this.state.waiting[user] ?? 0n) === 0n) return;
      const { address } = localWallet(user);
      await this.both(
        HOME,
        () => bridge.forwarder.connect(this.chain(HOME).signer(user)).claim(address),
        (at) => ({ type: "collectWaiting", at, user }),
      );
    }
  }

  async step(): Promise<void> {
    const { random } = this;
    if (random.oneIn(12n)) await this.chain(random.pick([HOME, ...REMOTES])).advance(random.between(1n, DAY));
    const choices: (() => Promise<void>)[] = [
      ...Array<() => Promise<void>>(5).fill(() => this.send()),
      ...Array<() => Promise<void>>(3).fill(() => this.sendThroughHome()),
      ...Array<() => Promise<void>>(3).fill(() => this.simple()),
      ...Array<() => Promise<void>>(this.packets.size > 0 ? 7 : 0).fill(() => this.deliver()),
      ...Array<() => Promise<void>>(this.composes.size > 0 ? 3 : 0).fill(() => this.compose()),
      ...Array<() => Promise<void>>(this.held.size > 0 ? 4 : 0).fill(() => this.release()),
      ...Array<() => Promise<void>>(this.held.size > 2 || (this.held.size > 0 && this.run.lacks("void")) ? 1 : 0).fill(
        () => this.voidHeld(),
      ),
    ];
    await random.pick(choices)();
  }

  /** Every number that the model has, on the chains. */
  async compare(): Promise<void> {
    const { bridge, state } = this;
    const sumOf = (values: bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
    checkBridge(state);
    expect(await bridge.adapter.locked(), "locked").to.equal(state.home.locked);
    expect(await bridge.token.balanceOf(bridge.adapter), "balance").to.equal(state.home.balance);
    expect(await bridge.token.totalSupply(), "home supply").to.equal(SUPPLY - state.home.burned);
    for (const user of USERS) {
      const { address } = localWallet(user);
      expect(await bridge.token.balanceOf(address), user).to.equal(state.balances[HOME]?.[user] ?? 0n);
      const [tokens] = await bridge.forwarder.waiting(await bridge.forwarder.claimantKey(address));
      expect(tokens, `waiting for ${user}`).to.equal(state.waiting[user] ?? 0n);
    }
    for (const name of REMOTES) {
      const remote = state.remotes[name]!;
      const oft = bridge[name];
      const { eid } = this.chain(name);
      expect(await oft.totalSupply(), `supply of ${name}`).to.equal(remote.supply);
      expect(await oft.burned(), `burned on ${name}`).to.equal(remote.burned);
      expect(await bridge.adapter.outstanding(eid), `outstanding of ${name}`).to.equal(remote.outstanding);
      expect((await oft.voidedFrom(ETHEREUM)) + (await bridge.adapter.voidedFrom(eid))).to.equal(remote.voided);
      for (const [end, held] of [
        [name, await oft.heldFrom(ETHEREUM)],
        [HOME, await bridge.adapter.heldFrom(eid)],
      ] as const) {
        const entries = Object.values(state.held).filter((h) => h.chain === end && h.remote === name);
        expect(held, `held of ${name} at ${end}`).to.equal(sumOf(entries.map((h) => h.amount)));
      }
      for (const user of USERS) {
        const balance = await oft.balanceOf(localWallet(user).address);
        expect(balance, `${user} on ${name}`).to.equal(state.balances[name]?.[user] ?? 0n);
      }
      for (const [at, eidThere, limits] of [
        [name, ETHEREUM, remote.limits],
        [HOME, eid, remote.homeLimits],
      ] as const) {
        const now = await this.chain(at).now();
        for (const direction of ["in", "out"] as const) {
          const [, , left] = await this.oft(at).rateLimit(eidThere, direction === "in");
          expect(left, `${direction} of ${name} at ${at}`).to.equal(available(limits[direction], now));
        }
      }
    }
  }
}

describe("Bridge: against the model", () => {
  it(`agrees to the last unit after each of at least ${SHARES.bridge} random steps on three chains`, async () => {
    const bridge = await freshBridge();
    for (const user of USERS) {
      await bridge.token.connect(bridge.network.ethereum.signer(user)).approve(bridge.adapter, MaxUint256);
    }
    for (const user of ["bob", "carol"]) {
      await bridge.token.connect(bridge.network.ethereum.signer("alice")).transfer(localWallet(user).address, POCKET);
    }
    const run = new Differential("bridge", {}, { kinds: KINDS, refusals: [] });
    const pair = new Pair(bridge, run);
    while (run.unfinished) {
      await pair.step();
      await pair.compare();
    }
    run.finish();
  });
});
