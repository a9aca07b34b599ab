import { amount, integer, min, sum, type Integer } from "./check";
import { BPS, DAY } from "./constants";
import { ModelError } from "./errors";
import { tierValue } from "./staking";

/** Reward of one hour of a GPU of tiers 1 to 4, in whole STUN. */
export const TIER_RATES: readonly bigint[] = [100n, 50n, 25n, 10n];
/** Bonuses in basis points; they add up. */
export const BONUS = { uptime: 2_000n, speed: 1_500n, quality: 1_000n } as const;
/** Bounds of the timelock's parameter SUBSIDY. */
export const SUBSIDY = { min: 1n, max: 100n, genesis: 10n } as const;
/** Seconds of the early phase of a provider, and ranks for each percent of the emission that a chain has. */
export const EARLY_SECONDS = 180n * DAY;
/** Early ranks of all chains together. */
export const EARLY_RANKS = 10_000n;

/** Which bonuses a provider has earned in an epoch; `quality` is the accuracy bonus. */
export interface Bonuses {
  uptime: boolean;
  speed: boolean;
  quality: boolean;
}

/**
 * Reward of one GPU in one epoch before the cap by fees and the scaling to the pot.
 * Units: seconds of counted work (at most 86,400), `unit` = 10^decimals base units for each STUN, `multiplier` in basis points
 * (10,000 to 20,000), `early` true or 2 inside the early phase, false or 1 after. Rounding: down, one division at the end.
 * Errors: NEGATIVE, NOT_AN_INTEGER, ABOVE_MAXIMUM, BELOW_MINIMUM, INVALID_TIER, INVALID_UNIT.
 * Source: economics, Provider rewards of one epoch.
 */
export function nominalReward(
  seconds: bigint,
  tier: Integer,
  unit: bigint,
  bonuses: Bonuses,
  multiplier: bigint,
  early: boolean | Integer,
): bigint {
  amount("seconds", seconds, 0n, DAY);
  const rate = tierValue(TIER_RATES, tier);
  if (typeof unit !== "bigint" || !/^10*$/.test(unit.toString())) {
    throw new ModelError("INVALID_UNIT", `unit is ${String(unit)}: pass 10^decimals of the chain's token.`, {
      unit: String(unit),
    });
  }
  amount("multiplier", multiplier, BPS, 2n * BPS);
  const factor = amount("early", typeof early === "boolean" ? (early ? 2n : 1n) : integer("early", early), 1n, 2n);
  return (seconds * rate * unit * bonusRate(bonuses) * multiplier * factor) / (3_600n * BPS * BPS);
}

/** The bonuses as one factor in basis points, 10,000 to 14,500. */
export function bonusRate(bonuses: Bonuses): bigint {
  return (
    BPS +
    (bonuses.uptime ? BONUS.uptime : 0n) +
    (bonuses.speed ? BONUS.speed : 0n) +
    (bonuses.quality ? BONUS.quality : 0n)
  );
}

/** Whether the uptime bonus is earned: 99 % of at least 96 probes answered. Errors: NEGATIVE, ABOVE_MAXIMUM. */
export function uptimeBonus(answered: bigint, probes: bigint): boolean {
  amount("probes", probes);
  amount("answered", answered, 0n, probes);
  return probes >= 96n && answered * 100n >= 99n * probes;
}

/** Whether the accuracy bonus is earned: 99.9 % of at least 100 verdicts valid. Errors: NEGATIVE, ABOVE_MAXIMUM. */
export function qualityBonus(valid: bigint, verdicts: bigint): boolean {
  amount("verdicts", verdicts);
  amount("valid", valid, 0n, verdicts);
  return verdicts >= 100n && valid * 1_000n >= 999n * verdicts;
}

/** A provider's measured speed in an epoch. */
export interface Speed {
  /** Seconds of counted work. */
  seconds: bigint;
  /** Median over verdicts of units a second against the tier's reference, as an integer that grows with speed. */
  median: bigint;
}

/**
 * Who earns the speed bonus, in the order of the input: of the n providers with at least 3,600 counted seconds those with
 * fewer than (n + 9) / 10 strictly faster ones. Equal providers are in or out together.
 */
export function speedBonus(providers: readonly Speed[]): boolean[] {
  const eligible = providers.filter((p) => amount("seconds", p.seconds) >= 3_600n);
  const places = Math.floor((eligible.length + 9) / 10);
  return providers.map(
    (p) => p.seconds >= 3_600n && eligible.filter((other) => other.median > p.median).length < places,
  );
}

/**
 * Counted seconds of a GPU: the length of the union of the intervals [assigned, submitted], at most 86,400.
 * Units: unix seconds. Errors: NEGATIVE. An interval that ends before it begins counts as empty.
 */
export function countedSeconds(intervals: readonly (readonly [assigned: bigint, submitted: bigint])[]): bigint {
  const sorted = intervals
    .map(([from, to]) => [amount("assigned", from), amount("submitted", to)] as const)
    .filter(([from, to]) => to > from)
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  let total = 0n;
  let covered = 0n;
  for (const [from, to] of sorted) {
    const begin = from > covered ? from : covered;
    if (to > begin) total += to - begin;
    if (to > covered) covered = to;
  }
  return min(total, DAY);
}

/**
 * What a provider earns in an epoch at most: no more than `subsidy` times the protocol fees that its settled work paid.
 * Units: base units of STUN. Errors: NEGATIVE; BELOW_MINIMUM, ABOVE_MAXIMUM for a subsidy outside 1 to 100.
 * Source: economics, Against paying oneself.
 */
export function cappedReward(nominal: bigint, fees: bigint, subsidy: bigint): bigint {
  amount("nominal", nominal);
  amount("fees", fees);
  amount("subsidy", subsidy, SUBSIDY.min, SUBSIDY.max);
  return min(nominal, subsidy * fees);
}

/**
 * Shares a spendable amount: everybody in full when it suffices, else in proportion; what is left over is carried.
 * Units: base units, in the order of the input. Rounding: down for each. Errors: NEGATIVE, NOT_AN_INTEGER.
 * Source: economics, Provider rewards of one epoch.
 */
export function allocateEpoch(spendable: bigint, nominals: readonly bigint[]): bigint[] {
  amount("spendable", spendable);
  for (const nominal of nominals) amount("nominal", nominal);
  const total = sum(nominals);
  if (total <= spendable) return [...nominals];
  return nominals.map((nominal) => (nominal * spendable) / total);
}
