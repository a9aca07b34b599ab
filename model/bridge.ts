import {
  DUST,
  HOME,
  MAX_MINT_CAP,
  removeDust,
  type BridgeAction,
  type BridgeEffect,
  type BridgePacket,
  type BridgeState,
  type HeldEntry,
  type HoldReason,
  type Limits,
  type Remote,
} from "./bridge-state";
import { available, configure, consume, refill } from "./bucket";
import { amount, min } from "./check";
import { only, refuse, transition, type Step } from "./machine";
import { isPaused, pauseEntries, requireOpen, unpauseEntries, type Pause } from "./pause";

export * from "./bridge-state";

/**
 * One step of the bridge. The same state and action give the same step; bad input throws and changes nothing.
 * - `send` refuses the zero recipient, an amount below 1e-6 STUN, less than `minAmount`, remote to remote, more than the limit.
 * - `deliver` works in any order and once, and is never refused: what cannot be credited is held (see HoldReason). Home pays no more
 *   than is outstanding for the sender's chain: a faulty remote takes no more than went there.
 * - `release` pays what limits and room permit of a held entry, by anyone. `assign` and `void` are the timelock's.
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
      case "assign":
        only(action.by, "timelock");
        return assign(draft, action.guid, action.recipient);
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
        limits[action.direction] = configure(limits[action.direction], action.capacity, action.window, action.at);
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
  delete draft.packets[guid];
  const reason = holdReason(draft, packet, at);
  if (reason !== null) {
    const { to: chain, recipient, onward, sender } = packet;
    draft.held[guid] = { chain, remote: name, recipient, amount: packet.amount, onward, sender, parts: 0 };
    emit({ type: "held", guid, chain: packet.to, recipient: packet.recipient, amount: packet.amount, reason });
    return;
  }
  pass(limitsAt(draft, name, packet.to), "in", packet.amount / unitOf(draft, packet.to), at);
  if (packet.to === HOME && packet.onward !== null) {
    return toForwarder(draft, name, guid, packet, emit);
  }
  payOut(draft, packet.to, name, packet.recipient, packet.amount, emit);
}

/** Gives the first leg of remote to remote to the forwarder, which sends it on. */
function toForwarder(draft: BridgeState, remote: string, guid: string, packet: BridgePacket, emit: Emit): void {
  unlock(draft, remote, packet.amount);
  draft.composed[guid] = packet;
  emit({ type: "composed", guid, amount: packet.amount });
}

function holdReason(draft: BridgeState, packet: BridgePacket, at: bigint): HoldReason | null {
  const name = pathOf(packet);
  const local = packet.amount / unitOf(draft, packet.to);
  if (packet.recipient === "") return "recipient";
  if (isPaused(pauseOf(draft, packet.to), at)) return "paused";
  if (local > available(limitsAt(draft, name, packet.to).in, at)) return "limit";
  return packet.amount > roomFor(draft, name, packet.to) ? "room" : null;
}

/** The most that may be credited on `chain` for messages of a path, whatever the limits say. */
function roomFor(draft: BridgeState, name: string, chain: string): bigint {
  const remote = remoteOf(draft, name);
  if (chain === HOME) return remote.outstanding;
  return remote.supply < remote.cap ? remote.cap - remote.supply : 0n;
}

function limitsAt(draft: BridgeState, name: string, chain: string): Limits {
  const remote = remoteOf(draft, name);
  return chain === HOME ? remote.homeLimits : remote.limits;
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
    !action.paid ||
    isPaused(draft.home.pause, action.at) ||
    packet.amount > available(remote.homeLimits.out, action.at);
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
  const { chain, remote, recipient } = entry;
  amount("maxAmount", action.maxAmount, 1n);
  if (recipient === "") {
    refuse("NOT_ALLOWED", `The entry ${action.guid} names nobody: the timelock must assign it first.`, {
      guid: action.guid,
    });
  }
  requireOpen(pauseOf(draft, chain), action.at);
  const limits = limitsAt(draft, remote, chain);
  const unit = unitOf(draft, chain);
  const most = min(available(limits.in, action.at) * unit, roomFor(draft, remote, chain));
  const part = removeDust(min(min(action.maxAmount, most), entry.amount));
  if (part === 0n) {
    refuse(
      "LIMIT_EXCEEDED",
      `The limits let ${most} through now, and ${action.maxAmount} was asked for: try again later.`,
      {
        most,
        maxAmount: action.maxAmount,
      },
    );
  }
  pass(limits, "in", part / unit, action.at);
  entry.amount -= part;
  if (entry.amount === 0n) delete draft.held[action.guid];
  if (chain === HOME && entry.onward !== null) {
    entry.parts += 1;
    const { sender, onward } = entry;
    const leg = { from: remote, to: HOME, sender, recipient, amount: part, onward };
    return toForwarder(draft, remote, `${action.guid}/${entry.parts}`, leg, emit);
  }
  payOut(draft, chain, remote, recipient, part, emit);
}

function assign(draft: BridgeState, guid: string, recipient: string): void {
  const entry = heldOf(draft, guid);
  if (entry.recipient !== "") {
    refuse("NOT_ALLOWED", `The entry ${guid} belongs to ${entry.recipient}: nobody can change that.`, { guid });
  }
  if (recipient === "") refuse("NOT_ALLOWED", "The recipient is zero: name an account.", { guid });
  entry.recipient = recipient;
}

function voidHeld(draft: BridgeState, guid: string, emit: Emit): void {
  const entry = heldOf(draft, guid);
  delete draft.held[guid];
  remoteOf(draft, entry.remote).voided += entry.amount;
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

function payOut(draft: BridgeState, chain: string, remote: string, user: string, value: bigint, emit: Emit): void {
  if (chain === HOME) unlock(draft, remote, value);
  else remoteOf(draft, chain).supply += value;
  credit(draft, chain, user, value, emit);
}

/** Tokens leave the adapter for a message of the remote. */
function unlock(draft: BridgeState, name: string, value: bigint): void {
  remoteOf(draft, name).outstanding -= value;
  draft.home.locked -= value;
  draft.home.balance -= value;
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
