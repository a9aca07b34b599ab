import { amount, min } from "./check";
import { MIN_DURATION } from "./constants";
import { refuse } from "./machine";

// Source: protocol, Token and bridge, Rate limits per path and direction.

/** A rate limit: flow fills it, time and opposite flow drain it. Amounts in the chain's base units. */
export interface Bucket {
  /** The most that can have flowed net within about one window; 0 lets nothing through. */
  capacity: bigint;
  /** Seconds in which a full bucket drains. */
  window: bigint;
  /** What flowed and had not drained at `updatedAt`. */
  used: bigint;
  updatedAt: bigint;
}

/** What every direction of a path has until a limit is set: nothing passes. */
export const CLOSED: Bucket = { capacity: 0n, window: MIN_DURATION, used: 0n, updatedAt: 0n };

/** The bucket with another limit from `at` on; what has flowed stays counted. Errors: NEGATIVE, BELOW_MINIMUM. */
export function configure(bucket: Bucket, capacity: bigint, window: bigint, at: bigint): Bucket {
  amount("capacity", capacity);
  amount("window", window, MIN_DURATION);
  return { capacity, window, used: drained(bucket, at), updatedAt: at };
}

/** What is still counted at `at`: what was, less `capacity * elapsed / window`, rounded down. */
export function drained(bucket: Bucket, at: bigint): bigint {
  if (at <= bucket.updatedAt) return bucket.used;
  const out = (bucket.capacity * (at - bucket.updatedAt)) / bucket.window;
  return out < bucket.used ? bucket.used - out : 0n;
}

/** What can pass at `at`. */
export function available(bucket: Bucket, at: bigint): bigint {
  const used = drained(bucket, at);
  return used < bucket.capacity ? bucket.capacity - used : 0n;
}

/** The bucket after `value` has passed. Errors: LIMIT_EXCEEDED with what is available. */
export function consume(bucket: Bucket, value: bigint, at: bigint): Bucket {
  const left = available(bucket, at);
  if (value > bucket.capacity) {
    refuse("LIMIT_EXCEEDED", `${value} is above the capacity of ${bucket.capacity}: send it in parts.`, {
      value,
      capacity: bucket.capacity,
    });
  }
  if (value > left) {
    refuse("LIMIT_EXCEEDED", `${value} is above the ${left} that can pass now: wait or send less.`, { value, left });
  }
  return { ...bucket, used: drained(bucket, at) + value, updatedAt: at };
}

/** The bucket after `value` has flowed the opposite way: it makes room again. */
export function refill(bucket: Bucket, value: bigint, at: bigint): Bucket {
  if (bucket.used === 0n) return bucket;
  const used = drained(bucket, at);
  return { ...bucket, used: used - min(used, value), updatedAt: at };
}
