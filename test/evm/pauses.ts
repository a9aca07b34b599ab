// The guardian's pause of a module's entries: the same steps in every module that has one.
import type { BaseContract } from "ethers";
import { DAY } from "./kit";
import { stepPause, type Pause, type PauseAction } from "../../model";
import type { Differential, Fact, Meanings } from "./differential";

/** Kinds of steps and refusals that a sequence with pauses meets. */
export const PAUSE_KINDS = ["pause", "unpause"] as const;
export const PAUSE_REFUSALS = ["NotGuardian", "InvalidPause", "PauseCooldown", "EntryPaused"] as const;
/** What the model's codes mean here; a module adds its own. */
export const PAUSE_MEANINGS: Meanings = { WRONG_PARTY: ["NotGuardian"], PAUSED: ["EntryPaused"] };

interface People {
  owner: { address: string };
  guardian: { address: string };
  stranger: { address: string };
}

/** Pauses or opens the entries again, by one who may or may not. */
export async function randomPause(
  run: Differential,
  people: People,
  to: BaseContract,
  pause: Pause,
  at: bigint,
  /** Longest pause that is not refused for its length, in seconds. */
  most = 7n * DAY,
): Promise<Pause> {
  const { random } = run;
  const by = random.pick(["guardian", "guardian", "timelock", "anyone"] as const);
  const from = { guardian: people.guardian, timelock: people.owner, anyone: people.stranger }[by].address;
  const duration = random.oneIn(4n) ? random.pick([0n, 7n * DAY + 1n]) : random.between(1n, most);
  const action: PauseAction = random.oneIn(4n) ? { type: "unpause", by, at } : { type: "pause", by, at, duration };
  const args = action.type === "pause" ? [action.duration] : [];
  const call = { kind: action.type, at, from, to, method: action.type, args };
  const step = await run.step(call, () => ({ state: stepPause(pause, action), effects: [] }));
  return step?.state ?? pause;
}

/** What the contract says of its pause. */
export function pauseFacts(run: Differential, to: BaseContract, pause: Pause): Fact[] {
  return [run.fact(to, "pausedUntil", [], [pause.until]), run.fact(to, "pauseAllowedAt", [], [pause.allowedAt])];
}
