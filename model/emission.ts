import { amount, integer, min, type Integer } from "./check";
import { ModelError } from "./errors";

/** Length of an era, in days. */
export const ERA_DAYS = 730n;
/** Weight of one day of each era: each era halves the one before. */
export const ERA_WEIGHTS: readonly bigint[] = [16n, 8n, 4n, 2n, 1n];
/** Days on which something is emitted. */
export const EMISSION_DAYS = ERA_DAYS * BigInt(ERA_WEIGHTS.length);
/** Sum of the weights of all days: 22,630. */
export const TOTAL_WEIGHT = ERA_DAYS * ERA_WEIGHTS.reduce((sum, weight) => sum + weight, 0n);

function dayNumber(day: Integer): bigint {
  const value = integer("day", day);
  if (value < 0n) throw new ModelError("NEGATIVE", `day is ${value}: days are counted from 0.`, { day: value });
  return value;
}

/** The sum of the weights of the days before `day`; from day 3,650 on it stays at TOTAL_WEIGHT. */
export function weightBefore(day: Integer): bigint {
  let left = dayNumber(day);
  let weight = 0n;
  for (const eraWeight of ERA_WEIGHTS) {
    const days = min(left, ERA_DAYS);
    weight += days * eraWeight;
    left -= days;
  }
  return weight;
}

/**
 * What the days before `day` have emitted of `budget`.
 * Units: base units. Rounding: one floor of the cumulative amount, so that the last day ends exactly on the budget.
 * Errors: NEGATIVE, NOT_AN_INTEGER. Source: economics, Emission.
 */
export function emitted(budget: bigint, day: Integer): bigint {
  amount("budget", budget);
  return (budget * weightBefore(day)) / TOTAL_WEIGHT;
}

/**
 * The pot of one day: the difference of two cumulative amounts; 0 from day 3,650 on.
 * Units: base units. Errors: NEGATIVE, NOT_AN_INTEGER. Source: economics, Emission.
 */
export function pot(budget: bigint, day: Integer): bigint {
  return emitted(budget, dayNumber(day) + 1n) - emitted(budget, day);
}

/**
 * The most that the report of one day can pay: its pot and what was carried, but never more than two first days.
 * Units: base units. Errors: NEGATIVE, NOT_AN_INTEGER. Source: economics, Emission.
 */
export function spendable(budget: bigint, day: Integer, carry: bigint): bigint {
  amount("carry", carry);
  return min(pot(budget, day) + carry, 2n * pot(budget, 0n));
}
