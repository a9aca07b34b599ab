import { amount, integer, max, type Integer } from "./check";
import { BPS } from "./constants";
import { ModelError } from "./errors";
import { mustEqual, mustNotExceed, only, refuse, transition, type Step } from "./machine";

/** The numbers of the buyback vault; times in seconds. */
export const BUYBACK = {
  averageTime: 1_800n,
  maxReportAge: 3_600n,
  minOutBps: 9_800n,
  /** A report further than this factor from the pool's average is refused. */
  maxDeviation: 2n,
  /** Most whole units of an asset in any hour. */
  hourlyUnits: 10_000n,
  /** A price is STUN base units for so many base units of the asset. */
  priceScale: 10n ** 18n,
} as const;

/** Largest tick of a pool, either way. */
export const MAX_TICK = 887_272n;
const MAX_PRICE = 2n ** 160n - 1n;

// ---- price ----

/**
 * The average tick of an asset, rounded towards the lower price of the asset.
 * `ticks` is what the pool's sum of tick times seconds has grown by in `time` seconds; an asset that is not the pool's token0
 * has the negative tick. Errors: NOT_AN_INTEGER, BELOW_MINIMUM. Source: economics, Fees of one job.
 */
export function averageTick(ticks: bigint, time: bigint, isToken0: boolean): bigint {
  amount("time", time, 1n);
  const own = isToken0 ? integer("ticks", ticks) : -integer("ticks", ticks);
  const remainder = ((own % time) + time) % time;
  return (own - remainder) / time;
}

/**
 * What 1e18 base units of an asset are worth at a tick, in base units of STUN: 1.0001^tick * 1e18, rounded down, right to one part
 * in 2^100. 1.0001 is raised by squaring, in numbers m * 2^e with 128 bits in m, the same on every chain.
 * Errors: ABOVE_MAXIMUM beyond the ticks of a pool, and for a price of 2^160 or more.
 */
export function priceAt(tick: bigint): bigint {
  let power = tick < 0n ? -integer("tick", tick) : integer("tick", tick);
  if (power > MAX_TICK) {
    throw new ModelError("ABOVE_MAXIMUM", `tick is ${tick}: a pool has ticks of ±${MAX_TICK} at most.`, { tick });
  }
  let result: Float = { m: 1n << 127n, e: -127n };
  let base: Float = { m: ((1n << 127n) * 10_001n) / 10_000n, e: -127n };
  for (; power > 0n; power >>= 1n) {
    if (power % 2n === 1n) result = product(result, base);
    base = product(base, base);
  }
  const { m, e } = result;
  if (tick < 0n) return (BUYBACK.priceScale << -e) / m;
  const price = (BUYBACK.priceScale * m) >> -e;
  if (price > MAX_PRICE) {
    throw new ModelError("ABOVE_MAXIMUM", `tick is ${tick}: its price does not fit 160 bits.`, { tick });
  }
  return price;
}

interface Float {
  /** 2^127 to 2^128 - 1. */
  m: bigint;
  e: bigint;
}

function product(a: Float, b: Float): Float {
  const m = a.m * b.m;
  const e = a.e + b.e + 127n;
  return m >= 1n << 255n ? { m: m >> 128n, e: e + 1n } : { m: m >> 127n, e };
}

/**
 * What a sale of `sold` base units must bring: 98 % at the larger of the pool's average and the reported price, rounded up.
 * Errors: NEGATIVE, NOT_AN_INTEGER. Source: economics, Fees of one job.
 */
export function minimumOut(sold: bigint, average: bigint, reported: bigint): bigint {
  const price = max(amount("average", average), amount("reported", reported));
  const divisor = BUYBACK.priceScale * BPS;
  return (amount("sold", sold) * price * BUYBACK.minOutBps + divisor - 1n) / divisor;
}

// ---- hourly limit ----

const SLOT = 600n;
const SLOTS = 7;
/** A unit is counted in so many parts, rounded up. */
const PARTS = 10_000n;

/**
 * What was sold in the newest slots of ten minutes, newest first. Whatever lies within 3,600 seconds touches at most seven
 * slots, so what the seven hold bounds what was sold in any hour; a sale is forgotten after 60 to 70 minutes.
 */
export interface HourWindow {
  slot: bigint;
  /** In ten thousandths of a unit. */
  counts: bigint[];
}

/** The window of an asset that was never sold. */
export const NEVER_SOLD: HourWindow = { slot: 0n, counts: Array<bigint>(SLOTS).fill(0n) };

function countsAt(window: HourWindow, at: bigint): bigint[] {
  const passed = at / SLOT - window.slot;
  // Time that goes backwards counts as no time passed.
  const fresh = passed <= 0n ? 0 : passed < BigInt(SLOTS) ? Number(passed) : SLOTS;
  return [...Array<bigint>(fresh).fill(0n), ...window.counts].slice(0, SLOTS);
}

/** What may be sold at `at`, in base units; `unit` is 10^decimals. Rounded down. */
export function sellable(window: HourWindow, unit: bigint, at: bigint): bigint {
  const used = countsAt(window, at).reduce((sum, count) => sum + count, 0n);
  return ((BUYBACK.hourlyUnits * PARTS - used) * unit) / PARTS;
}

/** The window after a sale at `at`. Errors: LIMIT_EXCEEDED with what can be sold. */
export function countSale(window: HourWindow, sold: bigint, unit: bigint, at: bigint): HourWindow {
  const left = sellable(window, unit, at);
  if (sold > left) {
    refuse("LIMIT_EXCEEDED", `${sold} is above the ${left} that can be sold now: sell less, or wait.`, {
      amount: sold,
      available: left,
    });
  }
  const [newest = 0n, ...before] = countsAt(window, at);
  const slot = max(window.slot, at / SLOT);
  return { slot, counts: [newest + (sold * PARTS + unit - 1n) / unit, ...before] };
}

// ---- the vault, as one asset sees it ----

/** A buyback vault and one asset that it sells. Amounts in base units, times in unix seconds. */
export interface Buyback {
  /** Whether the asset is the pool's token0; undefined while it has no pool. */
  isToken0: boolean | undefined;
  /** Base units of one unit of the asset; 0 before its first pool. */
  unit: bigint;
  held: bigint;
  received: bigint;
  sold: bigint;
  price: bigint;
  /** Of the last report; 0 when there was none. */
  time: bigint;
  window: HourWindow;
  /** STUN that lies in the vault by itself. */
  stun: bigint;
  stunReceived: bigint;
  burned: bigint;
}

/** What a pool remembers of the last 30 minutes: the growth of its sum of ticks, or nothing. */
export type PoolMemory = bigint | undefined;

/** Everything that can happen to a vault. */
export type BuybackAction =
  | { type: "receive"; amount: bigint }
  | { type: "receiveStun"; amount: bigint }
  | {
      type: "setPool";
      by: "timelock" | "anyone";
      /** What the factory knows for the asset, STUN and the fee; undefined when nothing. */
      pool: { isToken0: boolean; observations: Integer; memory: PoolMemory } | undefined;
      decimals: Integer;
      /** Prices that the chain's pools must remember. */
      needed: Integer;
    }
  | { type: "removePool"; by: "timelock" | "anyone" }
  | {
      type: "report";
      by: "committee" | "anyone";
      at: bigint;
      /** As it came, which may be of any sign. */
      price: bigint;
      time: bigint;
      memory: PoolMemory;
    }
  | {
      type: "buyback";
      at: bigint;
      amount: bigint;
      memory: PoolMemory;
      /** What the pool would pay. */
      out: bigint;
    }
  | { type: "burnHeld" };

/** What an action causes. */
export type BuybackEffect =
  | { type: "reported"; price: bigint; time: bigint }
  | { type: "sold"; amount: bigint; received: bigint; minOut: bigint }
  | { type: "burned"; amount: bigint };

/** A vault without anything. */
export function newBuyback(): Buyback {
  return {
    isToken0: undefined,
    unit: 0n,
    held: 0n,
    received: 0n,
    sold: 0n,
    price: 0n,
    time: 0n,
    window: NEVER_SOLD,
    stun: 0n,
    stunReceived: 0n,
    burned: 0n,
  };
}

/**
 * One action of the buyback vault.
 * A sale brings at least 98 % of the larger of the pool's 30-minute average and the last report, which is at most an hour old; at most
 * 10,000 units are sold in any hour; all that a sale brings is burned. A report is newer than the last, not from the future,
 * at most an hour old, and within a factor of two of the pool's average.
 * Errors: WRONG_PARTY, NOT_ALLOWED, NOT_FOUND, WRONG_STATE, TOO_EARLY, EXPIRED, ALREADY_USED, NOTHING_TO_DO, INSUFFICIENT,
 * LIMIT_EXCEEDED, BELOW_MINIMUM, NEGATIVE. Source: economics, Fees of one job.
 */
export function stepBuyback(vault: Buyback, action: BuybackAction): Step<Buyback, BuybackEffect> {
  return transition<Buyback, BuybackEffect>(vault, (draft, emit) => {
    switch (action.type) {
      case "receive":
        draft.held += amount("amount", action.amount);
        draft.received += action.amount;
        return;
      case "receiveStun":
        draft.stun += amount("amount", action.amount);
        draft.stunReceived += action.amount;
        return;
      case "setPool":
        only(action.by, "timelock");
        return setPool(draft, action);
      case "removePool":
        only(action.by, "timelock");
        draft.isToken0 = undefined;
        return;
      case "report":
        return report(draft, action, emit);
      case "buyback":
        return sell(draft, action, emit);
      case "burnHeld": {
        if (draft.stun === 0n) refuse("NOTHING_TO_DO", "The vault holds no STUN.");
        draft.burned += draft.stun;
        emit({ type: "burned", amount: draft.stun });
        draft.stun = 0n;
        return;
      }
    }
  });
}

/** The rules of a vault at any time. Errors: INVARIANT_BROKEN. */
export function checkBuyback(vault: Buyback): void {
  mustEqual("received = held + sold", vault.received, vault.held + vault.sold);
  const used = vault.window.counts.reduce((sum, count) => sum + count, 0n);
  mustNotExceed("sold in an hour ≤ 10,000 units", used, BUYBACK.hourlyUnits * PARTS);
  mustNotExceed("STUN received ≤ burned + held", vault.stunReceived, vault.burned + vault.stun);
}

type Of<Type extends BuybackAction["type"]> = Extract<BuybackAction, { type: Type }>;
type Emit = (effect: BuybackEffect) => void;

function setPool(vault: Buyback, { pool, decimals, needed }: Of<"setPool">): void {
  const places = integer("decimals", decimals);
  if (places > 18n) refuse("NOT_ALLOWED", `The asset has ${places} decimals: at most 18 are taken.`, { places });
  if (!pool) return refuse("NOT_FOUND", "The factory knows no pool of this asset, STUN and this fee.");
  const observations = integer("observations", pool.observations);
  if (observations < integer("needed", needed)) {
    refuse("INSUFFICIENT", `The pool remembers ${observations} prices: it must remember ${needed}.`, { observations });
  }
  averageOf(pool.isToken0, pool.memory);
  vault.isToken0 = pool.isToken0;
  vault.unit = 10n ** places;
}

/** Errors: NOT_FOUND without a pool, WRONG_STATE when it remembers too little. */
function averageOf(isToken0: boolean | undefined, memory: PoolMemory): bigint {
  if (isToken0 === undefined) return refuse("NOT_FOUND", "The asset has no pool: the timelock names one.");
  if (memory === undefined) return refuse("WRONG_STATE", "The pool does not remember the last 30 minutes.");
  return priceAt(averageTick(memory, BUYBACK.averageTime, isToken0));
}

function report(vault: Buyback, action: Of<"report">, emit: Emit): void {
  const { at, price, time } = action;
  if (time > at) refuse("TOO_EARLY", `The report is of ${time}, and it is ${at}.`, { time, at });
  if (time + BUYBACK.maxReportAge < at) stale(time, at);
  if (time <= vault.time) {
    refuse("ALREADY_USED", `The report is of ${time}, the last one of ${vault.time}.`, { time, last: vault.time });
  }
  const average = averageOf(vault.isToken0, action.memory);
  const { maxDeviation } = BUYBACK;
  if (price <= 0n || price > maxDeviation * average || price * maxDeviation < average) {
    refuse("NOT_ALLOWED", `A price of ${price} is too far from the pool's average of ${average}.`, {
      reported: price,
      average,
    });
  }
  only(action.by, "committee");
  vault.price = price;
  vault.time = time;
  emit({ type: "reported", price, time });
}

function sell(vault: Buyback, action: Of<"buyback">, emit: Emit): void {
  const { at, amount: sold } = action;
  amount("amount", sold);
  if (sold === 0n || sold > vault.held) {
    refuse("INSUFFICIENT", `${sold} cannot be sold: the vault holds ${vault.held}.`, { sold, held: vault.held });
  }
  if (vault.isToken0 === undefined) refuse("NOT_FOUND", "The asset has no pool: the timelock names one.");
  vault.window = countSale(vault.window, sold, vault.unit, at);
  if (vault.time + BUYBACK.maxReportAge < at) stale(vault.time, at);
  const minOut = minimumOut(sold, averageOf(vault.isToken0, action.memory), vault.price);
  if (action.out < minOut) {
    refuse("BELOW_MINIMUM", `The sale would bring ${action.out}: it must bring ${minOut}.`, {
      received: action.out,
      minOut,
    });
  }
  vault.held -= sold;
  vault.sold += sold;
  vault.burned += action.out;
  emit({ type: "sold", amount: sold, received: action.out, minOut });
  emit({ type: "burned", amount: action.out });
}

function stale(time: bigint, at: bigint): never {
  return refuse("EXPIRED", `The report is of ${time}, and it is ${at}: a price counts for an hour.`, { time, at });
}
