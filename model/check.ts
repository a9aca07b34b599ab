import { ModelError } from "./errors";

/** A small count or index (a day, a tier): a bigint, or a number that is a safe integer. */
export type Integer = bigint | number;

/** The value as a bigint. Errors: NOT_AN_INTEGER for anything but a bigint or a safe integer. */
export function integer(name: string, value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw new ModelError("NOT_AN_INTEGER", `${name} is ${String(value)}: pass a whole number.`, {
    [name]: String(value),
  });
}

/**
 * Checks an amount, a time or a rate: a bigint of at least `min` and at most `max`.
 * Errors: NOT_AN_INTEGER for another type (amounts are never floats), NEGATIVE, BELOW_MINIMUM, ABOVE_MAXIMUM.
 */
export function amount(name: string, value: unknown, min = 0n, max?: bigint): bigint {
  if (typeof value !== "bigint") {
    throw new ModelError("NOT_AN_INTEGER", `${name} is ${String(value)}: pass a bigint.`, { [name]: String(value) });
  }
  if (value < 0n && min >= 0n) {
    throw new ModelError("NEGATIVE", `${name} is ${value}: it cannot be negative.`, { [name]: value });
  }
  if (value < min) {
    throw new ModelError("BELOW_MINIMUM", `${name} is ${value}: it must be at least ${min}.`, { [name]: value, min });
  }
  if (max !== undefined && value > max) {
    throw new ModelError("ABOVE_MAXIMUM", `${name} is ${value}: it must be at most ${max}.`, { [name]: value, max });
  }
  return value;
}

/** The smaller of two amounts. */
export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The larger of two amounts. */
export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The sum of a list of amounts. */
export function sum(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}
