import { amount, min } from "./check";
import { MIN_DURATION } from "./constants";
import { refuse } from "./machine";

/** A rate limit: a token bucket that fills from empty to full in `window` seconds. Amounts in the chain's base units. */
export interface Bucket {
  /** The most that can pass at once; null while no limit is set. */
  capacity: bigint | null;
  window: bigint;
  available: bigint;
  updatedAt: bigint;
}

/** No limit: what a path has until genesis funding is done. */
export const UNLIMITED: Bucket = { capacity: null, window: 0n, available: 0n, updatedAt: 0n };

/** A full bucket. Errors: NEGATIVE; BELOW_MINIMUM for a window below 600 s. */
export function newBucket(capacity: bigint, window: bigint, at: bigint): Bucket {
  amount("capacity", capacity);
  amount("window", window, MIN_DURATION);
  return { capacity, window, available: capacity, updatedAt: at };
}

/** What can pass at `at`: what was left, and `capacity * elapsed / window`, rounded down, at most the capacity. */
export function available(bucket: Bucket, at: bigint): bigint | null {
  if (bucket.capacity === null) return null;
  const elapsed = at > bucket.updatedAt ? at - bucket.updatedAt : 0n;
  return min(bucket.capacity, bucket.available + (bucket.capacity * elapsed) / bucket.window);
}

/** Whether `value` can pass at `at`. */
export function fits(bucket: Bucket, value: bigint, at: bigint): boolean {
  const left = available(bucket, at);
  return left === null || value <= left;
}

/** The bucket after `value` has passed. Errors: LIMIT_EXCEEDED with what is available. */
export function consume(bucket: Bucket, value: bigint, at: bigint): Bucket {
  const left = available(bucket, at);
  if (left === null) return bucket;
  if (value > left) {
    const [action, when] =
      value > (bucket.capacity ?? 0n) ? ["send it in parts", "at once"] : ["wait or send less", "now"];
    refuse("LIMIT_EXCEEDED", `${value} is above the ${left} that can pass ${when}: ${action}.`, {
      value,
      available: left,
    });
  }
  return { ...bucket, available: left - value, updatedAt: later(bucket, at) };
}

/** The bucket after `value` has flowed the opposite way: it makes room again, up to the capacity. */
export function refill(bucket: Bucket, value: bigint, at: bigint): Bucket {
  const left = available(bucket, at);
  if (left === null || bucket.capacity === null) return bucket;
  return { ...bucket, available: min(bucket.capacity, left + value), updatedAt: later(bucket, at) };
}

function later(bucket: Bucket, at: bigint): bigint {
  return at > bucket.updatedAt ? at : bucket.updatedAt;
}
