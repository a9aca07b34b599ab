import { UNLIMITED, consume, fits, newBucket, refill, type Bucket } from "./bucket";
import { amount, sum } from "./check";
import { SUPPLY_STUN } from "./constants";
import { only, refuse, transition, type Step } from "./machine";
import { NEVER_PAUSED, isPaused, pauseEntries, requireOpen, unpauseEntries, type Pause } from "./pause";

/** Name of the home chain in the ledger. */
export const HOME = "home";
/** Base units of the ledger for each STUN: everything is counted in 1e-18 STUN. */
export const LEDGER_UNIT = 10n ** 18n;
/** The smallest amount that crosses: 6 shared decimals. */
export const DUST = 10n ** 12n;
/** Upper bound of a remote's mint cap. */
export const MAX_MINT_CAP = 300_000_000n * LEDGER_UNIT;
/** The whole supply. */
export const SUPPLY = SUPPLY_STUN * LEDGER_UNIT;

/** A path's limits at one of its ends, in that chain's base units. */
export interface Limits {
  out: Bucket;
  in: Bucket;
}

/** One remote chain. */
export interface Remote {
  /** 1e-18 STUN in one base unit: 1 with 18 decimals, 1e9 with 9. */
  unit: bigint;
  supply: bigint;
  /** Burned by holders directly. */
  burned: bigint;
  /** Held entries that the timelock voided, at either end. */
  voided: bigint;
  /** Messages without a burn or a lock behind them: a fault of the remote or of its path. */
  forged: bigint;
  cap: bigint;
  pause: Pause;
  /** Limits at the remote's own end. */
  limits: Limits;
  /** Limits at home's end of this path. */
  homeLimits: Limits;
  /** What home's adapter lets come back from here. */
  outstanding: bigint;
}

/** A message on its way. */
export interface BridgePacket {
  from: string;
  to: string;
  sender: string;
  recipient: string;
  amount: bigint;
  /** Set on the first leg of remote to remote: where the forwarder sends it on. */
  onward: { to: string; recipient: string } | null;
}

/** What arrived while paused, over the limit or over the cap: owed to its recipient on `chain`. */
export interface HeldEntry {
  chain: string;
  /** The remote of the path. */
  remote: string;
  recipient: string;
  amount: bigint;
}

/** The ledger of the whole bridge. Amounts in 1e-18 STUN. */
export interface BridgeState {
  home: {
    burned: bigint;
    /** Tokens in the adapter's account; donations included. */
    balance: bigint;
    /** Sum of outstanding. */
    locked: bigint;
    /** Owed by the adapter to held entries at home. */
    held: bigint;
    pause: Pause;
  };
  remotes: Record<string, Remote>;
  /** Undelivered messages by GUID. */
  packets: Record<string, BridgePacket>;
  held: Record<string, HeldEntry>;
  /** First legs that arrived at the forwarder and wait for the second, by GUID. */
  composed: Record<string, BridgePacket>;
  /** Tokens at the forwarder whose onward leg could not be paid, by user. */
  waiting: Record<string, bigint>;
  /** Balances of users by chain. */
  balances: Record<string, Record<string, bigint>>;
  /** Messages ever sent: a GUID never comes back. */
  nonce: bigint;
}

/** Who acts. */
export type BridgeActor = "anyone" | "guardian" | "timelock";

/** Everything that can happen to the bridge. `at` is the time of the chain where it happens, in unix seconds. */
export type BridgeAction =
  | {
      type: "send";
      at: bigint;
      from: string;
      to: string;
      sender: string;
      recipient: string;
      amount: bigint;
      minAmount: bigint;
    }
  | {
      type: "sendThroughHome";
      at: bigint;
      from: string;
      to: string;
      /** The user on the source chain, who is also who the tokens wait for at home. */
      sender: string;
      recipient: string;
      amount: bigint;
      minAmount: bigint;
    }
  | { type: "deliver"; at: bigint; guid: string }
  /** A delivery that reverts: out of gas, or executed in vain. The message stays deliverable. */
  | { type: "failDelivery"; at: bigint; guid: string }
  /** The forwarder's second leg; `paid` false when the fee it was given does not cover it. */
  | { type: "compose"; at: bigint; guid: string; paid: boolean }
  | { type: "collectWaiting"; at: bigint; user: string }
  | { type: "release"; at: bigint; guid: string; amount: bigint }
  | { type: "void"; at: bigint; by: BridgeActor; guid: string }
  | { type: "burn"; at: bigint; chain: string; holder: string; amount: bigint }
  | { type: "donate"; at: bigint; sender: string; amount: bigint }
  | { type: "forge"; at: bigint; from: string; to: string; recipient: string; amount: bigint }
  | { type: "pause"; at: bigint; by: BridgeActor; chain: string; duration: bigint }
  | { type: "unpause"; at: bigint; by: BridgeActor; chain: string }
  | { type: "setCap"; at: bigint; by: BridgeActor; remote: string; cap: bigint }
  | {
      type: "setLimit";
      at: bigint;
      by: BridgeActor;
      remote: string;
      end: "home" | "remote";
      direction: "out" | "in";
      /** Base units of the chain at that end. */
      capacity: bigint;
      window: bigint;
    };

/** What an action caused. */
export type BridgeEffect =
  | { type: "sent"; guid: string; from: string; to: string; amount: bigint }
  | { type: "credited"; chain: string; user: string; amount: bigint }
  | { type: "held"; guid: string; chain: string; recipient: string; amount: bigint; reason: "paused" | "limit" | "cap" }
  | { type: "composed"; guid: string; amount: bigint }
  | { type: "waiting"; guid: string; user: string; amount: bigint }
  | { type: "voided"; guid: string; amount: bigint }
  | { type: "burned"; chain: string; amount: bigint };

/** A remote as it is declared. */
export interface RemoteConfig {
  name: string;
  decimals: 18 | 9;
  /** 1e-18 STUN. */
  cap: bigint;
}

/**
 * The bridge after deployment: the whole supply at home, in `holders`; no limits are set yet.
 * Errors: MISMATCH when the holders do not add up to the supply, ALREADY_USED for a remote twice, ABOVE_MAXIMUM for a cap.
 */
export function newBridge(holders: Readonly<Record<string, bigint>>, remotes: readonly RemoteConfig[]): BridgeState {
  const total = sum(Object.values(holders));
  if (total !== SUPPLY) {
    refuse("MISMATCH", `The holders have ${total}: they must have the whole supply of ${SUPPLY}.`, { total, SUPPLY });
  }
  const state: BridgeState = {
    home: { burned: 0n, balance: 0n, locked: 0n, held: 0n, pause: NEVER_PAUSED },
    remotes: {},
    packets: {},
    held: {},
    composed: {},
    waiting: {},
    balances: { [HOME]: { ...holders } },
    nonce: 0n,
  };
  for (const { name, decimals, cap } of remotes) {
    if (name === HOME || name in state.remotes) {
      refuse("ALREADY_USED", `The chain '${name}' is named twice: give each remote its own name.`, { name });
    }
    state.balances[name] = {};
    state.remotes[name] = {
      unit: 10n ** BigInt(18 - decimals),
      supply: 0n,
      burned: 0n,
      voided: 0n,
      forged: 0n,
      cap: amount("cap", cap, 0n, MAX_MINT_CAP),
      pause: NEVER_PAUSED,
      limits: { out: UNLIMITED, in: UNLIMITED },
      homeLimits: { out: UNLIMITED, in: UNLIMITED },
      outstanding: 0n,
    };
  }
  return state;
}

/** What crosses of an amount: multiples of 1e-6 STUN; the rest stays with the sender. Units: 1e-18 STUN. */
export function removeDust(value: bigint): bigint {
  return value - (value % DUST);
}

/**
 * One step of the bridge. The same state and action give the same step; bad input throws and changes nothing.
 * - `send` refuses the zero recipient, an amount below 1e-6 STUN, less than `minAmount`, remote to remote, more than the limit.
 * - `deliver` works in any order and once. What arrives while paused, over the limit or over the mint cap is held, not refused.
 *   Home refuses what is above `outstanding` of the sender's chain: a faulty remote takes no more than went there.
 * - `release` pays a held entry in whole or in part, within limit and cap, by anyone. `void` is the timelock's.
 * Errors: WRONG_PARTY, PAUSED, LIMIT_EXCEEDED, INSUFFICIENT, NOT_FOUND, ALREADY_USED, NOT_ALLOWED, MISMATCH, BELOW_MINIMUM,
 * ABOVE_MAXIMUM, NEGATIVE. Source: protocol, Token and bridge; economics, Supply over all chains.
 */
export function stepBridge(state: BridgeState, action: BridgeAction): Step<BridgeState, BridgeEffect> {
  return transition<BridgeState, BridgeEffect>(state, (draft, emit) => {
    switch (action.type) {
      case "send":
        return send(draft, action, action.recipient, null, emit);
      case "sendThroughHome":
        return sendThroughHome(draft, action, emit);
      case "deliver":
        return deliver(draft, action.guid, action.at, emit);
      case "failDelivery":
        packetOf(draft, action.guid);
        return;
      case "compose":
        return compose(draft, action, emit);
      case "collectWaiting":
        return collectWaiting(draft, action.user, emit);
      case "release":
        return release(draft, action, emit);
      case "void":
        only(action.by, "timelock");
        return voidHeld(draft, action.guid, emit);
      case "burn":
        return burn(draft, action, emit);
      case "donate":
        debit(draft, HOME, action.sender, amount("amount", action.amount, 1n));
        draft.home.balance += action.amount;
        return;
      case "forge":
        return forge(draft, action, emit);
      case "pause":
        only(action.by, "guardian");
        setPause(draft, action.chain, (pause) => pauseEntries(pause, action.duration, action.at));
        return;
      case "unpause":
        only(action.by, "guardian", "timelock");
        setPause(draft, action.chain, unpauseEntries);
        return;
      case "setCap":
        only(action.by, "timelock");
        remoteOf(draft, action.remote).cap = amount("cap", action.cap, 0n, MAX_MINT_CAP);
        return;
      case "setLimit": {
        only(action.by, "timelock");
        const remote = remoteOf(draft, action.remote);
        const limits = action.end === "home" ? remote.homeLimits : remote.limits;
        limits[action.direction] = newBucket(action.capacity, action.window, action.at);
        return;
      }
    }
  });
}

type Emit = (effect: BridgeEffect) => void;
type Send = Extract<BridgeAction, { type: "send" | "sendThroughHome" }>;

function send(
  draft: BridgeState,
  action: Omit<Send, "type">,
  recipient: string,
  onward: BridgePacket["onward"],
  emit: Emit,
): void {
  const { from, to, sender, at } = action;
  amount("minAmount", action.minAmount);
  if (recipient === "") refuse("NOT_ALLOWED", "The recipient is zero: name an account on the other chain.", { to });
  if ((from === HOME) === (to === HOME)) {
    refuse("NOT_ALLOWED", `There is no path from ${from} to ${to}: every path has home at one end.`, { from, to });
  }
  const remote = remoteOf(draft, from === HOME ? to : from);
  requireOpen(pauseOf(draft, from), at);
  const unit = unitOf(draft, from);
  amount("amount", action.amount, 1n);
  if (action.amount % unit !== 0n) {
    refuse("MISMATCH", `${action.amount} is no whole number of base units of ${from}, which are ${unit}.`, { unit });
  }
  const value = removeDust(action.amount);
  if (value === 0n) {
    refuse("BELOW_MINIMUM", `${action.amount} is below the ${DUST} that can cross: send at least 0.000001 STUN.`, {
      amount: action.amount,
      min: DUST,
    });
  }
  if (value < action.minAmount) {
    refuse("MISMATCH", `${value} would arrive, less than the ${action.minAmount} you asked for: lower minAmount.`, {
      value,
      minAmount: action.minAmount,
    });
  }
  pass(from === HOME ? remote.homeLimits : remote.limits, "out", value / unit, at);
  debit(draft, from, sender, value);
  if (from === HOME) {
    draft.home.balance += value;
    draft.home.locked += value;
    remote.outstanding += value;
  } else {
    remote.supply -= value;
  }
  post(draft, { from, to, sender, recipient, amount: value, onward }, emit);
}

function sendThroughHome(draft: BridgeState, action: Extract<Send, { type: "sendThroughHome" }>, emit: Emit): void {
  if (action.from === HOME || action.to === HOME || action.from === action.to) {
    refuse("NOT_ALLOWED", `The forwarder joins two remotes: ${action.from} to ${action.to} needs a plain send.`, {
      from: action.from,
      to: action.to,
    });
  }
  remoteOf(draft, action.to);
  if (action.recipient === "") refuse("NOT_ALLOWED", "The recipient is zero: name an account on the other chain.", {});
  const onward = { to: action.to, recipient: action.recipient };
  send(draft, { ...action, to: HOME }, action.sender, onward, emit);
}

/** The remote that a packet comes from or goes to. */
function pathOf(packet: BridgePacket): string {
  return packet.from === HOME ? packet.to : packet.from;
}

function deliver(draft: BridgeState, guid: string, at: bigint, emit: Emit): void {
  const packet = packetOf(draft, guid);
  const name = pathOf(packet);
  const remote = remoteOf(draft, name);
  const home = packet.to === HOME;
  if (home) {
    if (packet.amount > remote.outstanding) {
      refuse(
        "INSUFFICIENT",
        `${packet.amount} is above the ${remote.outstanding} that went to ${name}: it is not paid.`,
        {
          amount: packet.amount,
          outstanding: remote.outstanding,
        },
      );
    }
    remote.outstanding -= packet.amount;
    draft.home.locked -= packet.amount;
  }
  delete draft.packets[guid];
  const limits = home ? remote.homeLimits : remote.limits;
  const local = packet.amount / unitOf(draft, packet.to);
  const reason = isPaused(pauseOf(draft, packet.to), at)
    ? "paused"
    : !fits(limits.in, local, at)
      ? "limit"
      : !home && remote.supply + packet.amount > remote.cap
        ? "cap"
        : null;
  if (reason !== null) {
    const entry = { chain: packet.to, remote: name, recipient: packet.recipient, amount: packet.amount };
    draft.held[guid] = entry;
    if (home) draft.home.held += packet.amount;
    emit({ type: "held", guid, chain: packet.to, recipient: packet.recipient, amount: packet.amount, reason });
    return;
  }
  pass(limits, "in", local, at);
  if (home && packet.onward !== null) {
    draft.home.balance -= packet.amount;
    draft.composed[guid] = packet;
    emit({ type: "composed", guid, amount: packet.amount });
    return;
  }
  payOut(draft, packet.to, packet.recipient, packet.amount, emit);
}

function compose(draft: BridgeState, action: Extract<BridgeAction, { type: "compose" }>, emit: Emit): void {
  const packet = draft.composed[action.guid];
  if (packet === undefined || packet.onward === null) {
    return refuse("NOT_FOUND", `There is no first leg ${action.guid} at the forwarder: deliver it first.`, {
      guid: action.guid,
    });
  }
  delete draft.composed[action.guid];
  const { to, recipient } = packet.onward;
  const remote = remoteOf(draft, to);
  const blocked =
    !action.paid || isPaused(draft.home.pause, action.at) || !fits(remote.homeLimits.out, packet.amount, action.at);
  if (blocked) {
    draft.waiting[packet.sender] = (draft.waiting[packet.sender] ?? 0n) + packet.amount;
    emit({ type: "waiting", guid: action.guid, user: packet.sender, amount: packet.amount });
    return;
  }
  pass(remote.homeLimits, "out", packet.amount, action.at);
  draft.home.balance += packet.amount;
  draft.home.locked += packet.amount;
  remote.outstanding += packet.amount;
  post(draft, { from: HOME, to, sender: packet.sender, recipient, amount: packet.amount, onward: null }, emit);
}

function collectWaiting(draft: BridgeState, user: string, emit: Emit): void {
  const value = draft.waiting[user] ?? 0n;
  if (value === 0n) refuse("NOTHING_TO_DO", `Nothing waits at home for ${user}.`, { user });
  delete draft.waiting[user];
  credit(draft, HOME, user, value, emit);
}

function release(draft: BridgeState, action: Extract<BridgeAction, { type: "release" }>, emit: Emit): void {
  const entry = heldOf(draft, action.guid);
  const { chain } = entry;
  const remote = remoteOf(draft, entry.remote);
  const unit = unitOf(draft, chain);
  amount("amount", action.amount, 1n);
  if (action.amount > entry.amount) {
    refuse("INSUFFICIENT", `${action.amount} is above the ${entry.amount} held under ${action.guid}: release less.`, {
      amount: action.amount,
      held: entry.amount,
    });
  }
  if (action.amount % unit !== 0n) {
    refuse("MISMATCH", `${action.amount} is no whole number of base units of ${chain}, which are ${unit}.`, { unit });
  }
  requireOpen(pauseOf(draft, chain), action.at);
  if (chain !== HOME && remote.supply + action.amount > remote.cap) {
    refuse("LIMIT_EXCEEDED", `${action.amount} would lift the supply of ${chain} above its cap of ${remote.cap}.`, {
      amount: action.amount,
      cap: remote.cap,
    });
  }
  pass(chain === HOME ? remote.homeLimits : remote.limits, "in", action.amount / unit, action.at);
  entry.amount -= action.amount;
  if (entry.amount === 0n) delete draft.held[action.guid];
  if (chain === HOME) draft.home.held -= action.amount;
  payOut(draft, chain, entry.recipient, action.amount, emit);
}

function voidHeld(draft: BridgeState, guid: string, emit: Emit): void {
  const entry = heldOf(draft, guid);
  const remote = remoteOf(draft, entry.remote);
  delete draft.held[guid];
  // At home the tokens go back to backing the remote; on a remote they were never minted. Either way they are no one's.
  if (entry.chain === HOME) {
    draft.home.held -= entry.amount;
    draft.home.locked += entry.amount;
    remote.outstanding += entry.amount;
  }
  remote.voided += entry.amount;
  emit({ type: "voided", guid, amount: entry.amount });
}

function burn(draft: BridgeState, action: Extract<BridgeAction, { type: "burn" }>, emit: Emit): void {
  amount("amount", action.amount, 1n);
  const unit = unitOf(draft, action.chain);
  if (action.amount % unit !== 0n) {
    refuse("MISMATCH", `${action.amount} is no whole number of base units of ${action.chain}, which are ${unit}.`, {
      unit,
    });
  }
  debit(draft, action.chain, action.holder, action.amount);
  if (action.chain === HOME) {
    draft.home.burned += action.amount;
  } else {
    const remote = remoteOf(draft, action.chain);
    remote.supply -= action.amount;
    remote.burned += action.amount;
  }
  emit({ type: "burned", chain: action.chain, amount: action.amount });
}

function forge(draft: BridgeState, action: Extract<BridgeAction, { type: "forge" }>, emit: Emit): void {
  const { from, to, recipient } = action;
  if ((from === HOME) === (to === HOME)) refuse("NOT_ALLOWED", `There is no path from ${from} to ${to}.`, { from, to });
  amount("amount", action.amount, 1n);
  const value = removeDust(action.amount);
  remoteOf(draft, from === HOME ? to : from).forged += value;
  post(draft, { from, to, sender: "", recipient, amount: value, onward: null }, emit);
}

function payOut(draft: BridgeState, chain: string, user: string, value: bigint, emit: Emit): void {
  if (chain === HOME) draft.home.balance -= value;
  else remoteOf(draft, chain).supply += value;
  credit(draft, chain, user, value, emit);
}

/** Takes from one direction's limit and gives to the other's. */
function pass(limits: Limits, direction: "out" | "in", local: bigint, at: bigint): void {
  const opposite = direction === "out" ? "in" : "out";
  limits[direction] = consume(limits[direction], local, at);
  limits[opposite] = refill(limits[opposite], local, at);
}

function post(draft: BridgeState, packet: BridgePacket, emit: Emit): void {
  draft.nonce += 1n;
  const guid = `${packet.from}>${packet.to}#${draft.nonce}`;
  draft.packets[guid] = packet;
  emit({ type: "sent", guid, from: packet.from, to: packet.to, amount: packet.amount });
}

function credit(draft: BridgeState, chain: string, user: string, value: bigint, emit: Emit): void {
  const accounts = accountsOf(draft, chain);
  accounts[user] = (accounts[user] ?? 0n) + value;
  emit({ type: "credited", chain, user, amount: value });
}

function debit(draft: BridgeState, chain: string, user: string, value: bigint): void {
  const accounts = accountsOf(draft, chain);
  const balance = accounts[user] ?? 0n;
  if (balance < value) {
    refuse("INSUFFICIENT", `${user} has ${balance} on ${chain}, less than ${value}.`, { user, balance, value });
  }
  accounts[user] = balance - value;
}

function setPause(draft: BridgeState, chain: string, change: (pause: Pause) => Pause): void {
  const holder = chain === HOME ? draft.home : remoteOf(draft, chain);
  holder.pause = change(holder.pause);
}

function pauseOf(draft: BridgeState, chain: string): Pause {
  return chain === HOME ? draft.home.pause : remoteOf(draft, chain).pause;
}

function unitOf(draft: BridgeState, chain: string): bigint {
  return chain === HOME ? 1n : remoteOf(draft, chain).unit;
}

function accountsOf(draft: BridgeState, chain: string): Record<string, bigint> {
  return draft.balances[chain] ?? refuse("NOT_FOUND", `There is no chain '${chain}'.`, { chain });
}

function remoteOf(draft: BridgeState, name: string): Remote {
  return draft.remotes[name] ?? refuse("NOT_FOUND", `There is no remote '${name}'.`, { name });
}

function packetOf(draft: BridgeState, guid: string): BridgePacket {
  return (
    draft.packets[guid] ??
    refuse("ALREADY_USED", `Message ${guid} is unknown or was delivered before: it pays once.`, { guid })
  );
}

function heldOf(draft: BridgeState, guid: string): HeldEntry {
  return draft.held[guid] ?? refuse("NOT_FOUND", `Nothing is held under ${guid}.`, { guid });
}
