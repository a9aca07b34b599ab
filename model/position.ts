import { amount, min, sum } from "./check";
import { DAY } from "./constants";
import { mustEqual, mustNotExceed, refuse, transition, type Step } from "./machine";
import { MAX_LOCK, MIN_LOCK, lockMultiplier, rewardAtRate, stakeRate, stakeReward } from "./staking";

/** Time from the request of an exit to the end of a bond, in seconds. */
export const EXIT_DELAY = 7n * DAY;

/** One position. Amounts in base units of STUN, times in unix seconds, rates in basis points. */
export interface Position {
  readonly owner: string;
  principal: bigint;
  /** 0 when the reserve did not cover the reward. */
  rate: bigint;
  /** From when the present terms count: opening, renewal or the last slash. */
  start: bigint;
  end: bigint;
  multiplier: bigint;
  /** Reward promised from `start` on, paid or not. */
  reserved: bigint;
  /** Part of `reserved` that was paid. */
  paid: bigint;
  /** Earned before `start` and not paid. */
  kept: bigint;
  exiting: boolean;
}

/** The bond of a provider's one bonded position to one escrow. */
export interface Bond {
  id: string;
  escrow: string;
  locked: bigint;
  exitRequestedAt: bigint | null;
}

/** All positions of a chain, and the reserve that pays them. */
export interface StakePool {
  /** 10^decimals: a position holds at least one STUN. */
  readonly unit: bigint;
  /** Tokens in the module. */
  balance: bigint;
  /** What the slashes of an escrow left and nobody has collected yet: one half to burn, one half owed to it. */
  slashed: Record<string, { toBurn: bigint; owed: bigint }>;
  burned: bigint;
  /** How often an escrow slashed a provider, over all its bonds there; by escrow, then by provider. */
  slashes: Record<string, Record<string, bigint>>;
  lastId: bigint;
  positions: Record<string, Position>;
  /** By owner. */
  bonds: Record<string, Bond>;
  /** Whom an owner's principal votes for; the owner itself from its first votes on, unless it has said otherwise. */
  delegates: Record<string, string>;
}

/** Everything that can happen to the pool. `id` is the decimal text of a position's number. */
export type StakeAction =
  | { type: "addReserve"; at: bigint; amount: bigint }
  | { type: "open"; at: bigint; owner: string; principal: bigint; lock: bigint; minReward: bigint; paused?: boolean }
  | { type: "renew"; at: bigint; owner: string; id: string; add: bigint; lock: bigint; minReward: bigint }
  | { type: "claim"; at: bigint; owner: string; id: string }
  | { type: "bond"; at: bigint; owner: string; id: string; escrow: string }
  | { type: "requestExit"; at: bigint; owner: string; id: string }
  | { type: "unbond"; at: bigint; owner: string; id: string }
  | { type: "exit"; at: bigint; owner: string; id: string }
  | { type: "lockBond"; at: bigint; escrow: string; provider: string; amount: bigint }
  | { type: "unlockBond"; at: bigint; escrow: string; provider: string; amount: bigint }
  | { type: "slashBond"; at: bigint; escrow: string; provider: string; locked: bigint; slash: bigint }
  | { type: "collectSlashed"; at: bigint; escrow: string }
  | { type: "delegate"; at: bigint; owner: string; to: string };

/** What an action causes. */
export type StakeEffect =
  | { type: "opened"; id: string; rate: bigint }
  | { type: "pulled"; from: string; amount: bigint }
  | { type: "paid"; to: string; amount: bigint }
  | { type: "offersKilled"; provider: string; escrow: string }
  | { type: "slashed"; provider: string; burned: bigint; paid: bigint }
  | { type: "burned"; amount: bigint };

/** An empty pool. */
export function newStakePool(unit: bigint): StakePool {
  amount("unit", unit, 1n);
  return {
    ...{ unit, balance: 0n, slashed: {}, burned: 0n, slashes: {} },
    ...{ lastId: 0n, positions: {}, bonds: {}, delegates: {} },
  };
}

/**
 * One action of staking.
 * - `open` and `renew` reserve the whole reward of the lock; when the free reserve does not cover it they give rate 0 if `minReward` is 0,
 *   else refuse. `renew` pays what is earned and begins again now with a lock of at least what remains.
 * - `lockBond` needs free principal and no exit; `unlockBond` and `slashBond` never refuse: they act on what is locked.
 * - `slashBond` sets half, rounded up, apart to be burned, owes the rest to the escrow, and keeps what was earned to that second; the
 *   rest of the reservation shrinks in proportion. `collectSlashed` burns and sends what the slashes of an escrow have left.
 * - `exit` needs the end of the lock and, if bonded, 7 days since the request and nothing locked.
 * Errors: BELOW_MINIMUM, ABOVE_MAXIMUM, NEGATIVE, INSUFFICIENT, NOT_FOUND, WRONG_STATE, ALREADY_USED, TOO_EARLY, NOTHING_TO_DO, PAUSED.
 * Source: economics, Staking, Bond and slashing.
 */
export function stepStake(pool: StakePool, action: StakeAction): Step<StakePool, StakeEffect> {
  return transition<StakePool, StakeEffect>(pool, (draft, emit) => {
    switch (action.type) {
      case "addReserve":
        draft.balance += amount("amount", action.amount, 1n);
        return;
      case "open":
        return open(draft, action, emit);
      case "renew":
        return renew(draft, action, emit);
      case "claim": {
        const position = positionOf(draft, action.owner, action.id);
        const due = claimable(position, action.at);
        if (due === 0n) refuse("NOTHING_TO_DO", `Position ${action.id} has earned nothing new.`, { id: action.id });
        position.paid += due - position.kept;
        position.kept = 0n;
        return payOut(draft, action.owner, due, emit);
      }
      case "bond":
        return bond(draft, action);
      case "requestExit":
        return requestExit(draft, action, emit);
      case "unbond": {
        const position = positionOf(draft, action.owner, action.id);
        endBond(draft, action.owner, action.id, action.at);
        position.exiting = false;
        return votesFor(draft, action.owner);
      }
      case "exit":
        return exit(draft, action, emit);
      case "lockBond":
        return lockBond(draft, action);
      case "unlockBond": {
        amount("amount", action.amount);
        const held = bondAt(draft, action.escrow, action.provider);
        if (held) held.locked -= min(held.locked, action.amount);
        return;
      }
      case "slashBond":
        return slashBond(draft, action, emit);
      case "collectSlashed": {
        const { escrow } = action;
        const left = draft.slashed[escrow];
        if (!left)
          return refuse("NOTHING_TO_DO", `No slashed principal of ${escrow} waits to be collected.`, { escrow });
        delete draft.slashed[escrow];
        draft.burned += left.toBurn;
        draft.balance -= left.toBurn;
        emit({ type: "burned", amount: left.toBurn });
        return payOut(draft, escrow, left.owed, emit);
      }
      case "delegate":
        draft.delegates[action.owner] = action.to;
        return;
    }
  });
}

/** Earned since `start`, paid or not, and never more than what is reserved. */
export function earned(position: Position, at: bigint): bigint {
  const lock = position.end - position.start;
  return min(rewardAtRate(position.principal, position.rate, lock, at - position.start), position.reserved);
}

/** What a claim would pay at `at`. */
export function claimable(position: Position, at: bigint): bigint {
  return position.kept + earned(position, at) - position.paid;
}

/** What of a position's promise is not paid yet. */
export function outstandingReward(position: Position): bigint {
  return position.kept + position.reserved - position.paid;
}

/** What new positions can still be promised. */
export function freeReserve(pool: StakePool): bigint {
  const positions = Object.values(pool.positions);
  return pool.balance - uncollected(pool) - sum(positions.map((p) => p.principal + outstandingReward(p)));
}

/** What slashes left in the pool, to be burned and owed to escrows. */
export function uncollected(pool: StakePool): bigint {
  return sum(Object.values(pool.slashed).map((left) => left.toBurn + left.owed));
}

/** Votes of an account: the principal of positions that are not exiting and whose owners have delegated to it, or are it. */
export function stakeVotes(pool: StakePool, account: string): bigint {
  const voting = Object.values(pool.positions).filter((p) => !p.exiting && pool.delegates[p.owner] === account);
  return sum(voting.map((p) => p.principal));
}

/** The rules of a pool at any time. Errors: INVARIANT_BROKEN. Source: protocol, invariants 2, 8 and 18. */
export function checkStakePool(pool: StakePool): void {
  mustNotExceed("principal + promised rewards + slashed ≤ balance", 0n, freeReserve(pool));
  for (const [owner, held] of Object.entries(pool.bonds)) {
    const position = pool.positions[held.id];
    mustEqual("a bond has its position", position?.owner === owner ? 1n : 0n, 1n);
    mustNotExceed("locked ≤ principal of the bonded position", held.locked, position?.principal ?? 0n);
    mustEqual("exiting = exit requested", position?.exiting ? 1n : 0n, held.exitRequestedAt === null ? 0n : 1n);
  }
  for (const position of Object.values(pool.positions)) {
    mustNotExceed("paid ≤ reserved", position.paid, position.reserved);
    mustNotExceed("0 ≤ principal", 0n, position.principal);
    mustNotExceed("0 ≤ kept", 0n, position.kept);
    // a claim at the end of the lock can pay everything that was reserved
    mustNotExceed("earned ≤ reserved", earned(position, position.end + 1n), position.reserved);
  }
}

type Of<Type extends StakeAction["type"]> = Extract<StakeAction, { type: Type }>;
type Emit = (effect: StakeEffect) => void;

function open(pool: StakePool, action: Of<"open">, emit: Emit): void {
  if (action.paused) refuse("PAUSED", "New positions are paused: try again later.");
  const terms = begin(pool, action.principal, action.lock, action.minReward, action.at, freeReserve(pool));
  pool.lastId += 1n;
  const id = pool.lastId.toString();
  pool.positions[id] = { owner: action.owner, ...terms };
  pool.balance += action.principal;
  votesFor(pool, action.owner);
  emit({ type: "opened", id, rate: terms.rate });
  emit({ type: "pulled", from: action.owner, amount: action.principal });
}

function renew(pool: StakePool, action: Of<"renew">, emit: Emit): void {
  const position = activeOf(pool, action.owner, action.id);
  amount("add", action.add);
  const remaining = position.end > action.at ? position.end - action.at : 0n;
  amount("lock", action.lock, remaining > MIN_LOCK ? remaining : MIN_LOCK, MAX_LOCK);
  const due = claimable(position, action.at);
  const free = freeReserve(pool) + outstandingReward(position) - due;
  const terms = begin(pool, position.principal + action.add, action.lock, action.minReward, action.at, free);
  Object.assign(position, terms);
  pool.balance += action.add;
  if (action.add > 0n) votesFor(pool, action.owner);
  if (due > 0n) payOut(pool, action.owner, due, emit);
  if (action.add > 0n) emit({ type: "pulled", from: action.owner, amount: action.add });
}

/** The terms of a lock that begins at `at`, with its reward reserved out of `free`. */
function begin(
  pool: StakePool,
  principal: bigint,
  lock: bigint,
  minReward: bigint,
  at: bigint,
  free: bigint,
): Omit<Position, "owner"> {
  amount("principal", principal, pool.unit);
  amount("minReward", minReward);
  const reward = stakeReward(principal, lock, lock);
  if (reward < minReward || (reward > free && minReward > 0n)) {
    refuse(
      "INSUFFICIENT",
      `The lock earns ${reward} and ${free} is free: ask for less than ${minReward}, or for nothing.`,
      {
        reward,
        free,
        minReward,
      },
    );
  }
  const covered = reward <= free;
  return {
    principal,
    rate: covered ? stakeRate(lock) : 0n,
    start: at,
    end: at + lock,
    multiplier: lockMultiplier(lock),
    reserved: covered ? reward : 0n,
    paid: 0n,
    kept: 0n,
    exiting: false,
  };
}

function bond(pool: StakePool, action: Of<"bond">): void {
  activeOf(pool, action.owner, action.id);
  const held = pool.bonds[action.owner];
  if (held) {
    refuse("ALREADY_USED", `${action.owner} has bonded position ${held.id}: one position backs all its work.`, {
      id: held.id,
    });
  }
  pool.bonds[action.owner] = { id: action.id, escrow: action.escrow, locked: 0n, exitRequestedAt: null };
}

function requestExit(pool: StakePool, action: Of<"requestExit">, emit: Emit): void {
  const position = activeOf(pool, action.owner, action.id);
  const held = bondOf(pool, action.owner, action.id);
  position.exiting = true;
  held.exitRequestedAt = action.at;
  emit({ type: "offersKilled", provider: action.owner, escrow: held.escrow });
}

function exit(pool: StakePool, action: Of<"exit">, emit: Emit): void {
  const position = positionOf(pool, action.owner, action.id);
  if (action.at < position.end) {
    refuse("TOO_EARLY", `Position ${action.id} is locked until ${position.end}.`, { at: action.at, end: position.end });
  }
  if (pool.bonds[action.owner]?.id === action.id) endBond(pool, action.owner, action.id, action.at);
  const due = claimable(position, action.at);
  delete pool.positions[action.id];
  payOut(pool, action.owner, position.principal + due, emit);
}

function endBond(pool: StakePool, owner: string, id: string, at: bigint): void {
  const held = bondOf(pool, owner, id);
  if (held.exitRequestedAt === null) refuse("WRONG_STATE", `Request the exit of position ${id} first.`, { id });
  const until = (held.exitRequestedAt ?? 0n) + EXIT_DELAY;
  if (at < until) refuse("TOO_EARLY", `The bond of position ${id} ends at ${until}.`, { at, until });
  if (held.locked > 0n) {
    refuse("WRONG_STATE", `${held.locked} of position ${id} is locked in jobs: wait for their end.`, {
      locked: held.locked,
    });
  }
  delete pool.bonds[owner];
}

function lockBond(pool: StakePool, action: Of<"lockBond">): void {
  amount("amount", action.amount);
  const held = bondAt(pool, action.escrow, action.provider);
  if (held?.exitRequestedAt !== null && held !== undefined) {
    refuse("WRONG_STATE", `${action.provider} has asked to exit and takes no work.`, { provider: action.provider });
  }
  const free = held ? (pool.positions[held.id]?.principal ?? 0n) - held.locked : 0n;
  if (!held || action.amount > free) {
    return refuse("INSUFFICIENT", `${action.provider} has ${free} of its bond free, less than ${action.amount}.`, {
      free,
      amount: action.amount,
    });
  }
  held.locked += action.amount;
}

function slashBond(pool: StakePool, action: Of<"slashBond">, emit: Emit): void {
  amount("locked", action.locked);
  amount("slash", action.slash);
  const held = bondAt(pool, action.escrow, action.provider);
  const position = held && pool.positions[held.id];
  if (!held || !position) return;
  const freed = min(action.locked, held.locked);
  const taken = min(action.slash, freed);
  held.locked -= freed;
  if (taken === 0n) return;
  const paid = taken / 2n;
  takePrincipal(position, taken, action.at);
  const left = (pool.slashed[action.escrow] ??= { toBurn: 0n, owed: 0n });
  left.toBurn += taken - paid;
  left.owed += paid;
  const counts = (pool.slashes[action.escrow] ??= {});
  counts[action.provider] = (counts[action.provider] ?? 0n) + 1n;
  emit({ type: "slashed", provider: action.provider, burned: taken - paid, paid });
}

function takePrincipal(position: Position, taken: bigint, at: bigint): void {
  const left = position.principal - taken;
  if (position.reserved > 0n) {
    const soFar = earned(position, at);
    position.kept += soFar - position.paid;
    position.paid = 0n;
    position.reserved = ((position.reserved - soFar) * left) / position.principal;
    position.start = min(at, position.end);
  }
  position.principal = left;
}

/** New votes of an owner who has not delegated are its own. */
function votesFor(pool: StakePool, owner: string): void {
  if (!pool.delegates[owner]) pool.delegates[owner] = owner;
}

function payOut(pool: StakePool, to: string, value: bigint, emit: Emit): void {
  pool.balance -= value;
  emit({ type: "paid", to, amount: value });
}

function positionOf(pool: StakePool, owner: string, id: string): Position {
  const position = pool.positions[id];
  if (position === undefined || position.owner !== owner) {
    return refuse("NOT_FOUND", `${owner} has no position ${id}.`, { owner, id });
  }
  return position;
}

function activeOf(pool: StakePool, owner: string, id: string): Position {
  const position = positionOf(pool, owner, id);
  if (position.exiting) refuse("WRONG_STATE", `An exit was requested for position ${id}.`, { id });
  return position;
}

function bondOf(pool: StakePool, owner: string, id: string): Bond {
  const held = pool.bonds[owner];
  if (held === undefined || held.id !== id) return refuse("WRONG_STATE", `Position ${id} is not bonded.`, { id });
  return held;
}

function bondAt(pool: StakePool, escrow: string, provider: string): Bond | undefined {
  const held = pool.bonds[provider];
  return held?.escrow === escrow ? held : undefined;
}
