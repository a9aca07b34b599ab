import { amount, min, sum } from "./check";
import { BPS, DAY } from "./constants";
import { mustEqual, mustNotExceed, only, refuse, transition, type Step } from "./machine";

/** Life of a message of the timelock to a remote, in seconds. */
export const MESSAGE_LIFE = 14n * DAY;
/** Without an execution for so long the guardian may propose other settings of the governance path. */
export const REPAIR_SILENCE = 180n * DAY;
/** Time from a proposed repair to its effect. */
export const REPAIR_DELAY = 30n * DAY;
/** What a treasury pays at most in any 30 days: whole STUN, and basis points of any other asset. */
export const TREASURY_LIMIT = { window: 30n * DAY, stun: 2_000_000n, otherBps: 1_000n } as const;
/** Quorum: the larger of so many whole STUN and so many basis points of the principal staked. */
export const QUORUM = { stun: 10_000_000n, bps: 400n } as const;
/** Votes that a proposal needs to be made, in whole STUN. */
export const PROPOSAL_THRESHOLD = 1_000_000n;

/** Votes that a proposal needs, of `staked` base units of principal. Rounding: down. Errors: NEGATIVE. */
export function quorum(staked: bigint, unit: bigint): bigint {
  const share = (amount("staked", staked) * QUORUM.bps) / BPS;
  const floor = QUORUM.stun * amount("unit", unit, 1n);
  return share > floor ? share : floor;
}

/** One message of the timelock. `id` stands for its calls. */
export interface GovernanceMessage {
  id: string;
  seq: bigint;
  expiresAt: bigint;
}

/** The timelock's side of one path. */
export interface GovernanceSender {
  lastSeq: bigint;
  sent: GovernanceMessage[];
}

/** The receiver on a remote. */
export interface GovernanceReceiver {
  lastSeq: bigint;
  /** Delivered and not executed or skipped, by seq. */
  delivered: Record<string, GovernanceMessage>;
  executed: string[];
  skipped: string[];
  /** When a message was executed last, or the receiver deployed. */
  lastExecutedAt: bigint;
  repair: { settings: string; effectiveAt: bigint } | null;
  /** DVN and library settings of this path alone. */
  settings: string;
}

/** Who acts on the receiver. */
export type GovernanceActor = "endpoint" | "guardian" | "anyone";

/** What can happen to the receiver. */
export type GovernanceAction =
  | { type: "deliver"; by: GovernanceActor; at: bigint; message: GovernanceMessage }
  /** `works` false when one of the calls reverts: all or nothing. */
  | { type: "execute"; at: bigint; seq: bigint; works: boolean }
  | { type: "skip"; at: bigint; seq: bigint }
  | { type: "proposeRepair"; by: GovernanceActor; at: bigint; settings: string }
  | { type: "applyRepair"; at: bigint };

/** What an action causes. */
export type GovernanceEffect =
  | { type: "executed"; seq: bigint; id: string }
  | { type: "skipped"; seq: bigint; id: string }
  | { type: "repairProposed"; effectiveAt: bigint }
  | { type: "repaired"; settings: string };

/** A message of the timelock, which gets the next number and 14 days to be executed. */
export function sendGovernance(sender: GovernanceSender, id: string, at: bigint): GovernanceSender {
  const message = { id, seq: sender.lastSeq + 1n, expiresAt: at + MESSAGE_LIFE };
  return { lastSeq: message.seq, sent: [...sender.sent, message] };
}

/** A receiver as it was deployed. */
export function newReceiver(at: bigint, settings: string): GovernanceReceiver {
  return { lastSeq: 0n, delivered: {}, executed: [], skipped: [], lastExecutedAt: at, repair: null, settings };
}

/**
 * One action of a receiver. Only `seq = last + 1` executes, all or nothing, before it expires; from then on anyone may skip it. A silent
 * path of 180 days may be repaired by the guardian after 30 more days; an execution in between ends the repair.
 * Errors: WRONG_PARTY, ALREADY_USED for a number that was delivered or is over, NOT_FOUND, MISMATCH for a number out of order, EXPIRED, TOO_EARLY,
 * NOT_ALLOWED when a call reverts, NOTHING_TO_DO. Source: protocol, Committee and governance.
 */
export function stepReceiver(
  receiver: GovernanceReceiver,
  action: GovernanceAction,
): Step<GovernanceReceiver, GovernanceEffect> {
  return transition<GovernanceReceiver, GovernanceEffect>(receiver, (draft, emit) => {
    switch (action.type) {
      case "deliver": {
        only(action.by, "endpoint");
        const { seq } = action.message;
        if (seq <= draft.lastSeq || draft.delivered[seq.toString()]) {
          refuse("ALREADY_USED", `Message ${seq} was delivered before.`, { seq });
        }
        draft.delivered[seq.toString()] = action.message;
        return;
      }
      case "execute": {
        const message = nextMessage(draft, action.seq);
        if (action.at >= message.expiresAt) {
          refuse("EXPIRED", `Message ${message.seq} expired at ${message.expiresAt}: skip it.`, {
            expiresAt: message.expiresAt,
          });
        }
        if (!action.works)
          refuse("NOT_ALLOWED", `A call of message ${message.seq} fails: nothing of it is executed.`, {
            seq: message.seq,
          });
        finish(draft, message, "executed");
        draft.lastExecutedAt = action.at;
        draft.repair = null;
        return emit({ type: "executed", seq: message.seq, id: message.id });
      }
      case "skip": {
        const message = nextMessage(draft, action.seq);
        if (action.at < message.expiresAt) {
          refuse("TOO_EARLY", `Message ${message.seq} can be skipped from ${message.expiresAt} on.`, {
            expiresAt: message.expiresAt,
          });
        }
        finish(draft, message, "skipped");
        return emit({ type: "skipped", seq: message.seq, id: message.id });
      }
      case "proposeRepair": {
        only(action.by, "guardian");
        const earliest = draft.lastExecutedAt + REPAIR_SILENCE;
        if (action.at < earliest) refuse("TOO_EARLY", `The path can be repaired from ${earliest} on.`, { earliest });
        const effectiveAt = action.at + REPAIR_DELAY;
        draft.repair = { settings: action.settings, effectiveAt };
        return emit({ type: "repairProposed", effectiveAt });
      }
      case "applyRepair": {
        const { repair } = draft;
        if (repair === null) return refuse("NOTHING_TO_DO", "No repair is proposed.");
        if (action.at < repair.effectiveAt) {
          refuse("TOO_EARLY", `The repair takes effect at ${repair.effectiveAt}.`, { effectiveAt: repair.effectiveAt });
        }
        draft.settings = repair.settings;
        draft.repair = null;
        return emit({ type: "repaired", settings: repair.settings });
      }
    }
  });
}

/** Numbers rise one by one and each is executed or skipped once. Errors: INVARIANT_BROKEN. Source: protocol, invariant 19. */
export function checkReceiver(receiver: GovernanceReceiver): void {
  const over = receiver.executed.length + receiver.skipped.length;
  mustEqual("executed + skipped = last seq", BigInt(over), receiver.lastSeq);
  for (const message of Object.values(receiver.delivered)) {
    mustNotExceed("last seq < seq of a waiting message", receiver.lastSeq + 1n, message.seq);
  }
}

/** What a treasury has paid, newest last: its outflow in any 30 days is bounded. */
export interface TreasuryOutflow {
  readonly payments: readonly { at: bigint; amount: bigint }[];
}

/** What left a treasury in the 30 days before `at`. Units: base units. */
export function recentOutflow(outflow: TreasuryOutflow, at: bigint): bigint {
  return sum(recentPayments(outflow, at).map((payment) => payment.amount));
}

/**
 * The most that may have left in the window: 2,000,000 STUN (`unit` = 10^decimals), or for another asset (`unit` null) 10 % of what it
 * holds and paid in the window; and never more than it holds and paid. Units: base units. Rounding: down. Source: protocol, invariant 17.
 */
export function treasuryLimit(outflow: TreasuryOutflow, held: bigint, unit: bigint | null, at: bigint): bigint {
  const all = amount("held", held) + recentOutflow(outflow, at);
  return min(all, unit === null ? (all * TREASURY_LIMIT.otherBps) / BPS : TREASURY_LIMIT.stun * unit);
}

/**
 * A payment of STUN (`limit` = 2,000,000 STUN) or of another asset (`limit` = 10 % of what it holds and paid in the window).
 * Units: base units. Errors: LIMIT_EXCEEDED with what is left. Source: protocol, invariant 17.
 */
export function payFromTreasury(outflow: TreasuryOutflow, value: bigint, limit: bigint, at: bigint): TreasuryOutflow {
  amount("amount", value, 1n);
  const paid = recentOutflow(outflow, at);
  if (paid + value > limit) {
    const available = limit > paid ? limit - paid : 0n;
    refuse("LIMIT_EXCEEDED", `${value} is above the ${available} left in these 30 days.`, { amount: value, available });
  }
  return { payments: [...recentPayments(outflow, at), { at, amount: value }] };
}

function recentPayments(outflow: TreasuryOutflow, at: bigint): TreasuryOutflow["payments"] {
  return outflow.payments.filter((payment) => payment.at + TREASURY_LIMIT.window > at);
}

function nextMessage(receiver: GovernanceReceiver, seq: bigint): GovernanceMessage {
  if (seq !== receiver.lastSeq + 1n) {
    refuse("MISMATCH", `Message ${seq} is out of order: ${receiver.lastSeq + 1n} is next.`, {
      seq,
      next: receiver.lastSeq + 1n,
    });
  }
  return receiver.delivered[seq.toString()] ?? refuse("NOT_FOUND", `Message ${seq} has not arrived yet.`, { seq });
}

function finish(receiver: GovernanceReceiver, message: GovernanceMessage, as: "executed" | "skipped"): void {
  delete receiver.delivered[message.seq.toString()];
  receiver.lastSeq = message.seq;
  receiver[as].push(message.id);
}
