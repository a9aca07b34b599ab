import { amount } from "./check";
import { ModelError } from "./errors";

/**
 * What of a grant has vested: nothing before `start + cliff`, all of it from `start + duration` on, linear between.
 * Units: base units and unix seconds. Rounding: down.
 * Errors: NEGATIVE, NOT_AN_INTEGER; BELOW_MINIMUM for a duration of 0; CLIFF_AFTER_END when the cliff is longer than the
 * duration. A `now` before the start is no time passed, not an error. Source: economics, Vesting.
 */
export function vested(total: bigint, start: bigint, cliff: bigint, duration: bigint, now: bigint): bigint {
  amount("total", total);
  amount("start", start);
  amount("duration", duration, 1n);
  amount("cliff", cliff);
  amount("now", now);
  if (cliff > duration) {
    throw new ModelError(
      "CLIFF_AFTER_END",
      `cliff is ${cliff}: it cannot be longer than the duration of ${duration}.`,
      {
        cliff,
        duration,
      },
    );
  }
  if (now < start + cliff) return 0n;
  if (now >= start + duration) return total;
  return (total * (now - start)) / duration;
}
