import { toHex, bytes32, type Bytes } from "./bytes";
import { amount, integer, sum, type Integer } from "./check";
import { OUTCOME } from "./committee";
import { BPS } from "./constants";
import { MAX_FEE_BPS, STUN_FEE_BPS, jobPrice, splitPrice } from "./fees";
import { mustEqual, mustNotExceed, refuse, transition, type Step } from "./machine";
import {
  DISPUTE_BPS,
  GRACE,
  MAX_ATTEMPTS,
  MISSED_BPS,
  OVERCLAIM_BPS,
  VERDICT_TIME,
  VERIFIER,
  checkTerms,
  type JobTerms,
} from "./terms";
import {
  JOB_TRANSITIONS,
  type JobEvent,
  type JobMoment,
  type JobParty,
  type JobState,
  type JobTransition,
} from "./escrow";
/** A job with its money. Amounts in base units: of the asset, except what concerns the bond, which is STUN. */
export interface Job {
  readonly terms: JobTerms;
  readonly payer: string;
  /** The price is paid in STUN: its fee is lower. */
  readonly inStun: boolean;
  /** The terms name a model that has a creator. */
  readonly hasCreator: boolean;
  state: JobState;
  /** Provider of the last assignment. */
  provider: string | null;
  hasReferrer: boolean;
  attempt: bigint;
  created: bigint;
  /** When the job came into its state. */
  since: bigint;
  submission: { resultHash: string; units: bigint } | null;
  /** Budget and dispute stake that are held. */
  held: bigint;
  /** The provider's STUN that is locked. */
  bondLocked: bigint;
  /** STUN of earlier slashes that waits for who is paid. */
  bounty: bigint;
  /** Everything that ever moved, by which the job is audited. */
  totals: { funded: bigint; paid: bigint; slashed: bigint; burned: bigint; slashPaid: bigint };
}

/** To whom a part of a price goes. */
export type JobPart = "payer" | "provider" | "royalty" | "referral" | "burn" | "buyback" | "treasury";

/** What an event causes. The staking module applies the bond's; when it refuses a lock, the whole step is refused. */
export type JobEffect =
  | { type: "funded"; from: string; amount: bigint }
  | { type: "paid"; part: JobPart; to: string | null; amount: bigint }
  /** STUN of slashes, to a rescuer or to the payer. */
  | { type: "bountyPaid"; to: string; amount: bigint }
  | { type: "bondLocked"; provider: string; amount: bigint }
  | { type: "bondFreed"; provider: string; amount: bigint }
  /** `locked` is freed, and of it `slashed` is taken: `burned` (half, rounded up) and `paid` to the escrow. */
  | { type: "bondSlashed"; provider: string; locked: bigint; slashed: bigint; burned: bigint; paid: bigint }
  | { type: "ended"; event: JobEvent; price: bigint; fee: bigint };

/** An event with who causes it and when. `actor` is an account, or "committee" for a quorum's signatures. */
export type JobAction =
  | { event: "post"; actor: string; at: bigint; paused?: boolean }
  | { event: "create"; actor: string; at: bigint; provider: string; hasReferrer: boolean; paused?: boolean }
  | { event: "accept"; actor: string; at: bigint; hasReferrer: boolean; paused?: boolean }
  | { event: "submit"; actor: string; at: bigint; resultHash: Bytes; units: bigint }
  | {
      event: "cancel" | "refund" | "reopen" | "acceptResult" | "dispute" | "settle" | "settleSilent";
      actor: string;
      at: bigint;
    }
  | {
      event: "verdict";
      actor: string;
      at: bigint;
      outcome: Integer;
      attempt: Integer;
      provider: string;
      units: bigint;
      resultHash: Bytes;
    }
  /** A proof of the result that was submitted in this assignment; `units` are those that the verifying key is worth. */
  | {
      event: "proven";
      actor: string;
      at: bigint;
      attempt: Integer;
      provider: string;
      units: bigint;
      resultHash: Bytes;
    };

/** A job before its creation. `unit` is 10^decimals of STUN. Errors: as checkTerms. */
export function newJob(
  payer: string,
  terms: JobTerms,
  options: { unit: bigint; inStun?: boolean; hasCreator?: boolean },
): Job {
  checkTerms(terms, options.unit);
  return {
    terms,
    payer,
    inStun: options.inStun ?? true,
    hasCreator: options.hasCreator ?? false,
    state: "none",
    provider: null,
    hasReferrer: false,
    attempt: 0n,
    created: 0n,
    since: 0n,
    submission: null,
    held: 0n,
    bondLocked: 0n,
    bounty: 0n,
    totals: { funded: 0n, paid: 0n, slashed: 0n, burned: 0n, slashPaid: 0n },
  };
}

/** The dispute stake of a budget, rounded down. */
export function disputeStake(budget: bigint): bigint {
  return (budget * DISPUTE_BPS) / BPS;
}

/** When a moment of the job is, in unix seconds. */
export function moment(job: Job, name: JobMoment): bigint {
  const { workSeconds, challengeSeconds, finalSeconds } = job.terms;
  switch (name) {
    case "missed":
      return job.since + workSeconds + GRACE;
    case "final":
      return job.created + finalSeconds;
    case "challengeEnd":
      return job.since + challengeSeconds;
    case "verdictEnd":
      return job.since + VERDICT_TIME + (job.state === "submitted" ? challengeSeconds : 0n);
  }
}

/**
 * One event of a job, by the rows of JOB_TRANSITIONS. Bad input throws and changes nothing.
 * Errors: WRONG_STATE when the state has no such event; WRONG_PARTY; PAUSED; TOO_EARLY, TOO_LATE with the moment;
 * NOT_ALLOWED for a job that is (or is not) attested, or has no zk verifier; LIMIT_EXCEEDED without an assignment left; MISMATCH for a verdict or proof of another assignment
 * or result; ABOVE_MAXIMUM for too many units; INVALID_BYTES for an empty result.
 */
export function stepJob(job: Job, action: JobAction): Step<Job, JobEffect> {
  return transition<Job, JobEffect>(job, (draft, emit) => {
    const event = action.event === "verdict" ? verdictEvent(action.outcome) : action.event;
    const row = transitionOf(draft, event);
    if (row === undefined) {
      return refuse("WRONG_STATE", `A job that is ${draft.state} takes no '${event}'.`, { state: draft.state, event });
    }
    requireParty(draft, row.by, action.actor);
    if (row.entry && "paused" in action && action.paused) {
      refuse("PAUSED", "New jobs and assignments are paused: try again later.", { event });
    }
    checkRow(draft, row, action.at);
    if (action.event === "verdict" || action.event === "proven") checkVerdict(draft, action);
    apply(draft, row, action, emit);
  });
}

/** The row of the table by which this job takes an event, whatever the time and the caller; undefined when its state has no such event. */
export function transitionOf(job: Job, event: JobEvent): JobTransition | undefined {
  const rows = JOB_TRANSITIONS.filter((row) => row.state === job.state && row.event === event);
  return rows.find((row) => matches(job, row)) ?? rows[0];
}

/** Every event that this job could take from this party now; for liveness tests. */
export function possibleEvents(job: Job, by: readonly JobParty[], at: bigint): JobEvent[] {
  return JOB_TRANSITIONS.filter((row) => {
    if (row.state !== job.state || !by.includes(row.by) || !matches(job, row)) return false;
    try {
      checkRow(job, row, at);
      return true;
    } catch {
      return false;
    }
  }).map((row) => row.event);
}

/**
 * What entered a job is held or has left, exactly once. Errors: INVARIANT_BROKEN. Source: protocol, invariant 6.
 */
export function checkJobConservation(job: Job): void {
  const { budget, bond } = job.terms;
  const locked = job.state === "none" || job.state === "ended" ? 0n : budget + disputeStake(budget);
  mustEqual("held = budget + dispute stake until the end", job.held, locked);
  mustEqual("funded = held + paid", job.totals.funded, job.held + job.totals.paid);
  const working = job.state === "assigned" || job.state === "submitted" || job.state === "disputed";
  mustEqual("the bond is locked while a provider works", job.bondLocked, working ? bond : 0n);
  const { slashed, burned, slashPaid } = job.totals;
  mustEqual("slashed = burned + paid out + waiting", slashed, burned + slashPaid + job.bounty);
  if (job.state === "ended") mustEqual("no bounty stays behind", job.bounty, 0n);
  mustNotExceed("a slash is at most the bond of its assignment", slashed, job.attempt * bond);
}

type Emit = (effect: JobEffect) => void;
type Verdict = Extract<JobAction, { event: "verdict" | "proven" }>;

/** The event that a verdict of this outcome is. Errors: BELOW_MINIMUM, ABOVE_MAXIMUM. */
export function verdictEvent(outcome: Integer): JobEvent {
  switch (amount("outcome", integer("outcome", outcome), 1n, 3n)) {
    case OUTCOME.valid:
      return "verdictValid";
    case OUTCOME.wrong:
      return "verdictWrong";
    default:
      return "verdictUndelivered";
  }
}

function requireParty(job: Job, by: JobParty, actor: string): void {
  const allowed =
    by === "anyone" ||
    by === "bonded" ||
    (by === "payer" && actor === job.payer) ||
    (by === "provider" && actor === job.provider) ||
    (by === "committee" && actor === "committee");
  if (!allowed) refuse("WRONG_PARTY", `${actor} cannot do this: only the ${by} of the job can.`, { actor, by });
}

/** Whether the row is the one for this job, whatever the time. */
function matches(job: Job, row: JobTransition): boolean {
  return (
    (row.attested === undefined || row.attested === job.terms.attested) &&
    (row.attemptsLeft === undefined || row.attemptsLeft === job.attempt < MAX_ATTEMPTS) &&
    (row.zk === undefined || isZk(job))
  );
}

function isZk(job: Job): boolean {
  return integer("verifier", job.terms.verifier) === VERIFIER.zk;
}

function checkRow(job: Job, row: JobTransition, at: bigint): void {
  amount("at", at);
  if (row.attested !== undefined && row.attested !== job.terms.attested) {
    const kind = row.attested ? "only an attested job does" : "an attested job waits for its verdict";
    refuse("NOT_ALLOWED", `The job cannot take '${row.event}' now: ${kind}.`, { event: row.event });
  }
  if (row.zk && !isZk(job)) {
    refuse("NOT_ALLOWED", "No proof settles this job: its terms name another verifier than zk.", { event: row.event });
  }
  if (row.attemptsLeft === true && job.attempt >= MAX_ATTEMPTS) {
    refuse("LIMIT_EXCEEDED", `The job has had ${job.attempt} assignments: it can only be refunded.`, {
      attempt: job.attempt,
    });
  }
  for (const name of row.from ?? []) {
    const earliest = moment(job, name);
    if (at < earliest)
      refuse("TOO_EARLY", `It is ${at}: '${row.event}' is possible from ${earliest} on.`, { at, earliest });
  }
  if (row.until !== undefined) {
    const latest = moment(job, row.until);
    if (at >= latest) refuse("TOO_LATE", `It is ${at}: '${row.event}' was possible until ${latest}.`, { at, latest });
  }
  if (row.fits) {
    const latest = row.state === "none" ? at + job.terms.finalSeconds : moment(job, "final");
    if (at + job.terms.workSeconds + GRACE > latest) {
      refuse("TOO_LATE", `The work could not end before ${latest}, when the job can be refunded.`, { at, latest });
    }
  }
}

/** A verdict or a proof binds one assignment and one result; any other is passed over. */
function checkVerdict(job: Job, verdict: Verdict): void {
  amount("units", verdict.units, 0n, (1n << 64n) - 1n);
  const result = toHex(bytes32("resultHash", verdict.resultHash));
  const same =
    integer("attempt", verdict.attempt) === job.attempt &&
    verdict.provider === job.provider &&
    result === job.submission?.resultHash;
  if (!same)
    refuse("MISMATCH", "The verdict or proof is for another assignment or another result of the job.", { result });
}

function apply(job: Job, row: JobTransition, action: JobAction, emit: Emit): void {
  const from = job.state;
  if (action.event === "submit") submit(job, action);
  const end = row.to === "ended";
  // What a missed assignment leaves is part of what a refund in the same step pays.
  if (row.bond === "missed") slash(job, MISSED_BPS, emit);
  if (end) settle(job, row, action, emit);
  else if (row.bond === "judged" || row.bond === "free" || row.bond === "wrong") {
    refuse("INVARIANT_BROKEN", `The row ${from}/${row.event} frees a bond without an end.`);
  }
  if (row.money === "lock") {
    job.created = action.at;
    job.held = job.terms.budget + disputeStake(job.terms.budget);
    job.totals.funded = job.held;
    emit({ type: "funded", from: job.payer, amount: job.held });
  }
  if (row.bond === "lock") assign(job, action, emit);
  if (row.to === "open") job.submission = null;
  job.state = row.to;
  job.since = action.at;
}

function assign(job: Job, action: JobAction, emit: Emit): void {
  if (action.event !== "create" && action.event !== "accept") return;
  job.provider = action.event === "create" ? action.provider : action.actor;
  job.hasReferrer = action.hasReferrer;
  job.attempt += 1n;
  job.bondLocked = job.terms.bond;
  emit({ type: "bondLocked", provider: job.provider, amount: job.terms.bond });
}

function submit(job: Job, action: Extract<JobAction, { event: "submit" }>): void {
  amount("units", action.units, 0n, job.terms.maxUnits);
  const result = toHex(bytes32("resultHash", action.resultHash));
  if (/^0x0*$/.test(result))
    refuse("INVALID_BYTES", "The result hash is zero: submit the hash of an output.", { result });
  job.submission = { resultHash: result, units: action.units };
}

/** Ends the job: everything that is held leaves, the bond is freed or slashed. */
function settle(job: Job, row: JobTransition, action: JobAction, emit: Emit): void {
  const { terms } = job;
  const claimed = job.submission?.units ?? 0n;
  const found = action.event === "verdict" || action.event === "proven" ? action.units : claimed;
  const judged = found < claimed ? found : claimed;
  const units = row.money === "verdict" ? judged : claimed;
  const full = jobPrice(terms.budget, terms.unitPrice, units);
  const price = row.money === "refund" ? 0n : row.money === "half" ? full / 2n : full;
  const parts = splitPrice(price, job.inStun ? STUN_FEE_BPS : MAX_FEE_BPS, {
    model: job.hasCreator,
    referrer: job.hasReferrer,
  });
  const stake = disputeStake(terms.budget);
  const toProvider = row.stake === "provider" ? stake : 0n;
  pay(job, "provider", job.provider, parts.provider + toProvider, emit);
  pay(job, "royalty", null, parts.royalty, emit);
  pay(job, "referral", null, parts.referral, emit);
  pay(job, "burn", null, parts.burn, emit);
  pay(job, "buyback", null, parts.buyback, emit);
  pay(job, "treasury", null, parts.treasury, emit);
  pay(job, "payer", job.payer, terms.budget - price + stake - toProvider, emit);

  const paidProvider = row.money !== "refund" && job.provider !== null;
  if (job.bounty > 0n) payBounty(job, paidProvider && job.provider !== null ? job.provider : job.payer, emit);
  if (row.bond === "wrong" && integer("verifier", terms.verifier) !== VERIFIER.scored) slash(job, BPS, emit);
  else if (row.bond === "judged" && claimed * BPS > judged * (BPS + OVERCLAIM_BPS)) slash(job, MISSED_BPS, emit);
  else if (job.bondLocked > 0n) free(job, emit);
  // The payer is who a slash at the end is for: there is no rescuer any more.
  if (job.bounty > 0n) payBounty(job, job.payer, emit);
  emit({ type: "ended", event: row.event, price, fee: parts.fee });
}

function pay(job: Job, part: JobPart, to: string | null, value: bigint, emit: Emit): void {
  if (value === 0n) return;
  job.held -= value;
  job.totals.paid += value;
  emit({ type: "paid", part, to, amount: value });
}

function payBounty(job: Job, to: string, emit: Emit): void {
  job.totals.slashPaid += job.bounty;
  emit({ type: "bountyPaid", to, amount: job.bounty });
  job.bounty = 0n;
}

function free(job: Job, emit: Emit): void {
  emit({ type: "bondFreed", provider: job.provider ?? "", amount: job.bondLocked });
  job.bondLocked = 0n;
}

/** Half of a slash, rounded up, is burned; the rest waits in the job for who gets it. */
function slash(job: Job, bps: bigint, emit: Emit): void {
  const slashed = (job.terms.bond * bps) / BPS;
  const paid = slashed / 2n;
  const burned = slashed - paid;
  emit({ type: "bondSlashed", provider: job.provider ?? "", locked: job.bondLocked, slashed, burned, paid });
  job.bondLocked = 0n;
  job.bounty += paid;
  job.totals.slashed += slashed;
  job.totals.burned += burned;
}

/** Sum of what an effect list pays in the job's asset, and of STUN bounties; for comparing with a chain. */
export function paidTo(effects: readonly JobEffect[], account: string): { asset: bigint; bounty: bigint } {
  const asset = effects.map((e) => (e.type === "paid" && e.to === account ? e.amount : 0n));
  const bounty = effects.map((e) => (e.type === "bountyPaid" && e.to === account ? e.amount : 0n));
  return { asset: sum(asset), bounty: sum(bounty) };
}
