import { amount } from "./check";
import { COMMITTEE, checkCommitteeSize } from "./committee";
import { DAY } from "./constants";
import { mustEqual, only, refuse, transition, type Step } from "./machine";

/** Longest stop of a committee by the guardian, in seconds. */
export const MAX_STOP = 14n * DAY;
/** Time from the end of a stop, as it was announced, to the next one. */
export const STOP_COOLDOWN = 60n * DAY;

/** The committee of one chain. Times in unix seconds. */
export interface CommitteeState {
  /** Rises with every set; signatures name it. */
  version: bigint;
  /** Ascending. */
  members: readonly bigint[];
  threshold: number;
  stoppedUntil: bigint;
  stopAllowedAt: bigint;
}

/** Who acts on a committee. */
export type CommitteeActor = "owner" | "guardian" | "anyone";

/** Everything that can happen to a committee. */
export type CommitteeAction =
  | { type: "setMembers"; by: CommitteeActor; at: bigint; members: readonly bigint[]; threshold: number }
  | { type: "stop"; by: CommitteeActor; at: bigint; duration: bigint }
  | { type: "resume"; by: CommitteeActor; at: bigint }
  /** A module asks whether a quorum has signed; `signers` as the signatures recover, in their order, null for one that recovers nobody. */
  | { type: "check"; at: bigint; version: bigint; signers: readonly (bigint | null)[] };

/** A committee as it is deployed. Errors: as setMembers. */
export function newCommittee(members: readonly bigint[], threshold: number): CommitteeState {
  const empty: CommitteeState = { version: 0n, members: [], threshold: 0, stoppedUntil: 0n, stopAllowedAt: 0n };
  return stepCommittee(empty, { type: "setMembers", by: "owner", at: 0n, members, threshold }).state;
}

/**
 * One action of a committee. A new set is a new version, and every older one is refused from that second.
 * Errors: WRONG_PARTY; BELOW_MINIMUM, ABOVE_MAXIMUM for sizes and durations; MISMATCH for members or signers that do not ascend;
 * TOO_EARLY; EXPIRED for another version; PAUSED while stopped; LIMIT_EXCEEDED for more than 13 signatures; INSUFFICIENT below the
 * threshold; INVALID_BYTES for a signature that recovers nobody; NOT_FOUND for a signer who is no member.
 * Source: protocol, Committee and governance, Committee signatures.
 */
export function stepCommittee(committee: CommitteeState, action: CommitteeAction): Step<CommitteeState, never> {
  return transition<CommitteeState, never>(committee, (draft) => {
    switch (action.type) {
      case "setMembers":
        only(action.by, "owner");
        checkCommitteeSize(action.members.length, action.threshold);
        ascending(action.members);
        draft.version += 1n;
        draft.members = [...action.members];
        draft.threshold = action.threshold;
        return;
      case "stop":
        only(action.by, "guardian");
        amount("duration", action.duration, 1n, MAX_STOP);
        if (action.at < draft.stopAllowedAt) {
          refuse("TOO_EARLY", `The next stop can begin at ${draft.stopAllowedAt}.`, { allowedAt: draft.stopAllowedAt });
        }
        draft.stoppedUntil = action.at + action.duration;
        draft.stopAllowedAt = draft.stoppedUntil + STOP_COOLDOWN;
        return;
      case "resume":
        only(action.by, "owner", "guardian");
        draft.stoppedUntil = 0n;
        return;
      case "check":
        return check(draft, action);
    }
  });
}

/** The rules of a committee at any time. Errors: INVARIANT_BROKEN. Source: protocol, Committee and governance. */
export function checkCommittee(committee: CommitteeState): void {
  const { members, threshold } = committee;
  mustEqual("2k > n ≥ k", 2 * threshold > members.length && threshold <= members.length ? 1n : 0n, 1n);
  mustEqual("members are told apart", BigInt(new Set(members).size), BigInt(members.length));
}

function check(committee: CommitteeState, action: Extract<CommitteeAction, { type: "check" }>): void {
  const { version, signers, at } = action;
  if (version !== committee.version) {
    refuse("EXPIRED", `Version ${version} signed, and ${committee.version} is in force.`, {
      version,
      current: committee.version,
    });
  }
  if (at < committee.stoppedUntil) {
    refuse("PAUSED", `The committee is stopped until ${committee.stoppedUntil}.`, { until: committee.stoppedUntil });
  }
  if (signers.length > COMMITTEE.maxMembers)
    refuse("LIMIT_EXCEEDED", `${signers.length} signatures are more than there are members.`);
  if (signers.length < committee.threshold) {
    refuse("INSUFFICIENT", `${signers.length} signatures are fewer than ${committee.threshold}.`, {
      given: BigInt(signers.length),
      needed: BigInt(committee.threshold),
    });
  }
  let previous = 0n;
  for (const [index, signer] of signers.entries()) {
    if (signer === null) {
      return refuse("INVALID_BYTES", `Signature ${index} recovers nobody.`, { index: BigInt(index) });
    }
    if (signer <= previous) refuse("MISMATCH", "Signers must ascend, each once.");
    if (!committee.members.includes(signer)) refuse("NOT_FOUND", `The signer ${signer.toString(16)} is no member.`);
    previous = signer;
  }
}

function ascending(members: readonly bigint[]): void {
  members.reduce((previous, member) => {
    if (member <= previous) refuse("MISMATCH", "Members must ascend, none zero, each once.");
    return member;
  }, 0n);
}
