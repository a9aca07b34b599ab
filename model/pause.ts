import { amount } from "./check";
import { DAY } from "./constants";
import { only, refuse } from "./machine";

// Source: protocol, Committee and governance, Guardian.

/** Longest pause of a module's entries by the guardian, in seconds. */
export const MAX_PAUSE = 7n * DAY;
/** Time from the end of a pause, as it was announced, to the next one. */
export const PAUSE_COOLDOWN = 30n * DAY;

/** A module's pause: entries are refused before `until`, a new pause before `allowedAt`. */
export interface Pause {
  until: bigint;
  allowedAt: bigint;
}

/** A module that was never paused. */
export const NEVER_PAUSED: Pause = { until: 0n, allowedAt: 0n };

/** Whether entries are refused at this second. */
export function isPaused(pause: Pause, at: bigint): boolean {
  return at < pause.until;
}

/** A pause of `duration` seconds. Errors: BELOW_MINIMUM, ABOVE_MAXIMUM above 7 days, TOO_EARLY within the cooldown. */
export function pauseEntries(pause: Pause, duration: bigint, at: bigint): Pause {
  amount("duration", duration, 1n, MAX_PAUSE);
  if (at < pause.allowedAt) {
    refuse("TOO_EARLY", `It is ${at}: the next pause can begin at ${pause.allowedAt}.`, {
      at,
      allowedAt: pause.allowedAt,
    });
  }
  return { until: at + duration, allowedAt: at + duration + PAUSE_COOLDOWN };
}

/** Ends a pause early; the cooldown stays. */
export function unpauseEntries(pause: Pause): Pause {
  return { ...pause, until: 0n };
}

/** Refuses an entry while its module is paused. Errors: PAUSED. */
export function requireOpen(pause: Pause, at: bigint): void {
  if (isPaused(pause, at)) {
    refuse("PAUSED", `Entries are paused until ${pause.until}: try again then.`, { until: pause.until });
  }
}

/** Who acts on a pause. */
export type PauseActor = "guardian" | "timelock" | "anyone";

/** What can happen to a module's pause. */
export type PauseAction =
  { type: "pause"; by: PauseActor; at: bigint; duration: bigint } | { type: "unpause"; by: PauseActor; at: bigint };

/** One action on a pause. Errors: WRONG_PARTY; as pauseEntries. */
export function stepPause(pause: Pause, action: PauseAction): Pause {
  if (action.type === "pause") {
    only(action.by, "guardian");
    return pauseEntries(pause, action.duration, action.at);
  }
  only(action.by, "guardian", "timelock");
  return unpauseEntries(pause);
}
