import { amount, integer, min, type Integer } from "./check";
import { BPS, DAY, YEAR } from "./constants";
import { ModelError } from "./errors";

/** Shortest lock of a position, in seconds. */
export const MIN_LOCK = 7n * DAY;
/** Longest lock of a position, in seconds. */
export const MAX_LOCK = 730n * DAY;
/** What a provider's position must hold for each GPU of tiers 1 to 4 to count in full, in whole STUN. */
export const REQUIRED_STAKE: readonly bigint[] = [10_000n, 5_000n, 2_500n, 1_000n];
/** Least bonded principal with which a GPU earns, in whole STUN. */
export const MIN_BONDED_STAKE = 1_000n;

function checkLock(lock: bigint): void {
  amount("lock", lock, MIN_LOCK, MAX_LOCK);
}

/**
 * Multiplier of a lock in basis points, 10,000 to 20,000.
 * Units: seconds to basis points. Rounding: down.
 * Errors: BELOW_MINIMUM, ABOVE_MAXIMUM for a lock outside 7 to 730 days. Source: economics, Staking.
 */
export function lockMultiplier(lock: bigint): bigint {
  checkLock(lock);
  return BPS + (BPS * lock) / MAX_LOCK;
}

/**
 * Yearly rate of a lock in basis points, 1,000 to 1,500.
 * Units: seconds to basis points. Rounding: down. Errors: as lockMultiplier. Source: economics, Staking.
 */
export function stakeRate(lock: bigint): bigint {
  checkLock(lock);
  return 1_000n + (500n * lock) / MAX_LOCK;
}

/**
 * What a position earns in `elapsed` seconds of its lock; nothing is earned after the lock.
 * Units: base units, seconds. Rounding: down, once. A negative `elapsed` is time that went backwards: it earns nothing.
 * Errors: NEGATIVE for the principal; as lockMultiplier for the lock. Source: economics, Staking.
 */
export function stakeReward(principal: bigint, lock: bigint, elapsed: bigint): bigint {
  const rate = stakeRate(lock);
  return rewardAtRate(principal, rate, lock, elapsed);
}

/**
 * As stakeReward, for a position that has already fixed its rate (0 when it opened without a reserve).
 * Units: base units, basis points a year, seconds. Rounding: down, once.
 */
export function rewardAtRate(principal: bigint, rate: bigint, lock: bigint, elapsed: bigint): bigint {
  amount("principal", principal);
  amount("elapsed", elapsed < 0n ? 0n : elapsed);
  if (elapsed <= 0n) return 0n;
  return (principal * rate * min(elapsed, lock)) / (BPS * YEAR);
}

/**
 * Multiplier of a provider's rewards in basis points: the lock's, in proportion to how much of `required` is staked.
 * Units: base units, seconds, basis points. Rounding: down.
 * Errors: NEGATIVE; ZERO_REQUIRED when `required` is 0 (a provider without a GPU has no multiplier); as lockMultiplier
 * for the lock. Source: economics, Staking.
 */
export function providerMultiplier(principal: bigint, lock: bigint, required: bigint): bigint {
  amount("principal", principal);
  amount("required", required);
  const bonus = lockMultiplier(lock) - BPS;
  if (required === 0n) {
    throw new ModelError("ZERO_REQUIRED", "required is 0: a provider without an attested GPU has no multiplier.", {
      required,
    });
  }
  return BPS + (bonus * min(principal, required)) / required;
}

/**
 * The `required` of a provider: the sum over its GPUs, in base units, `unit` being 10^decimals.
 * Errors: INVALID_TIER, NEGATIVE.
 */
export function requiredStake(tiers: readonly Integer[], unit: bigint): bigint {
  amount("unit", unit, 1n);
  return tiers.reduce<bigint>((sum, tier) => sum + tierValue(REQUIRED_STAKE, tier) * unit, 0n);
}

/** The entry of a tier, 1 to 4, in a list by tier. Errors: INVALID_TIER. */
export function tierValue(list: readonly bigint[], tier: Integer): bigint {
  const number = integer("tier", tier);
  const value = number >= 1n && number <= 4n ? list[Number(number) - 1] : undefined;
  if (value === undefined) {
    throw new ModelError("INVALID_TIER", `tier is ${number}: choose 1, 2, 3 or 4.`, { tier: number });
  }
  return value;
}
