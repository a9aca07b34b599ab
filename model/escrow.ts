/** State of a job. An ended job never comes back: on chain it is deleted. */
export type JobState = "none" | "open" | "assigned" | "submitted" | "disputed" | "ended";
/** What can happen to a job. */
export type JobEvent =
  | "post"
  | "create"
  | "accept"
  | "cancel"
  | "refund"
  | "submit"
  | "reopen"
  | "acceptResult"
  | "dispute"
  | "settle"
  | "settleSilent"
  | "verdictValid"
  | "verdictWrong"
  | "verdictUndelivered"
  | "proven";
/** Who may cause an event: the payer, the provider of the assignment, a provider with a bond, the committee's quorum, or anyone. */
export type JobParty = "payer" | "provider" | "bonded" | "committee" | "anyone";
/** A moment of a job, see `moment`. */
export type JobMoment = "missed" | "final" | "challengeEnd" | "verdictEnd";
/** What a job's money does: stays, goes back to the payer, or pays the price of the provider's units, of half of it, or of the verdict's. */
export type JobMoney = "lock" | "keep" | "refund" | "units" | "half" | "verdict";
/** What the provider's bond does; `judged` frees it, or slashes as missed when the provider has claimed too many units. */
export type JobBond = "none" | "lock" | "keep" | "free" | "missed" | "wrong" | "judged";

/** One row of the transition table. Windows are half open: `from` on, and before `until`. */
export interface JobTransition {
  readonly state: JobState;
  readonly event: JobEvent;
  readonly by: JobParty;
  /** An entry: refused while the module is paused. */
  readonly entry?: true;
  /** Only for jobs that wait for a verdict, or only for others. */
  readonly attested?: boolean;
  /** Only while an assignment is left, or only when none is. */
  readonly attemptsLeft?: boolean;
  /** Only for jobs of the zk verifier, which the EVM alone has: other chains skip these rows. */
  readonly zk?: true;
  /** The work must be able to end, grace included, before the job can be refunded. */
  readonly fits?: true;
  readonly from?: readonly JobMoment[];
  readonly until?: JobMoment;
  readonly to: JobState;
  readonly money: JobMoney;
  readonly bond: JobBond;
  /** Who gets the dispute stake when the job ends by this row. */
  readonly stake?: "payer" | "provider";
}

/**
 * Every transition of a job; what is not here cannot happen. A verdict Valid or Wrong ends the job, Undelivered opens it again; a
 * proof is a verdict Valid that anyone may bring.
 * Source: protocol, A job; docs/decisions/job-escrow.md.
 */
export const JOB_TRANSITIONS: readonly JobTransition[] = [
  { state: "none", event: "post", by: "payer", entry: true, to: "open", money: "lock", bond: "none" },
  { state: "none", event: "create", by: "payer", entry: true, fits: true, to: "assigned", money: "lock", bond: "lock" },
  {
    state: "open",
    event: "accept",
    by: "bonded",
    entry: true,
    attemptsLeft: true,
    fits: true,
    to: "assigned",
    money: "keep",
    bond: "lock",
  },
  { state: "open", event: "cancel", by: "payer", to: "ended", money: "refund", bond: "none", stake: "payer" },
  {
    state: "open",
    event: "refund",
    by: "anyone",
    attemptsLeft: true,
    from: ["final"],
    to: "ended",
    money: "refund",
    bond: "none",
    stake: "payer",
  },
  {
    state: "open",
    event: "refund",
    by: "anyone",
    attemptsLeft: false,
    to: "ended",
    money: "refund",
    bond: "none",
    stake: "payer",
  },
  { state: "assigned", event: "submit", by: "provider", until: "missed", to: "submitted", money: "keep", bond: "keep" },
  { state: "assigned", event: "reopen", by: "anyone", from: ["missed"], to: "open", money: "keep", bond: "missed" },
  {
    state: "assigned",
    event: "refund",
    by: "anyone",
    attemptsLeft: true,
    from: ["final", "missed"],
    to: "ended",
    money: "refund",
    bond: "missed",
    stake: "payer",
  },
  {
    state: "assigned",
    event: "refund",
    by: "anyone",
    attemptsLeft: false,
    from: ["missed"],
    to: "ended",
    money: "refund",
    bond: "missed",
    stake: "payer",
  },
  { state: "submitted", event: "acceptResult", by: "payer", to: "ended", money: "units", bond: "free", stake: "payer" },
  {
    state: "submitted",
    event: "dispute",
    by: "payer",
    until: "challengeEnd",
    to: "disputed",
    money: "keep",
    bond: "keep",
  },
  {
    state: "submitted",
    event: "settle",
    by: "anyone",
    attested: false,
    from: ["challengeEnd"],
    to: "ended",
    money: "units",
    bond: "free",
    stake: "payer",
  },
  {
    state: "submitted",
    event: "settleSilent",
    by: "anyone",
    attested: true,
    from: ["verdictEnd"],
    to: "ended",
    money: "half",
    bond: "free",
    stake: "payer",
  },
  {
    state: "submitted",
    event: "verdictValid",
    by: "committee",
    to: "ended",
    money: "verdict",
    bond: "judged",
    stake: "payer",
  },
  {
    state: "submitted",
    event: "verdictWrong",
    by: "committee",
    attested: true,
    to: "ended",
    money: "refund",
    bond: "wrong",
    stake: "payer",
  },
  {
    state: "submitted",
    event: "verdictWrong",
    by: "committee",
    attested: false,
    until: "challengeEnd",
    to: "ended",
    money: "refund",
    bond: "wrong",
    stake: "payer",
  },
  {
    state: "submitted",
    event: "verdictUndelivered",
    by: "committee",
    attested: true,
    to: "open",
    money: "keep",
    bond: "missed",
  },
  {
    state: "submitted",
    event: "verdictUndelivered",
    by: "committee",
    attested: false,
    until: "challengeEnd",
    to: "open",
    money: "keep",
    bond: "missed",
  },
  {
    state: "submitted",
    event: "proven",
    by: "anyone",
    zk: true,
    to: "ended",
    money: "verdict",
    bond: "judged",
    stake: "payer",
  },
  {
    state: "disputed",
    event: "acceptResult",
    by: "payer",
    to: "ended",
    money: "units",
    bond: "free",
    stake: "provider",
  },
  {
    state: "disputed",
    event: "settleSilent",
    by: "anyone",
    from: ["verdictEnd"],
    to: "ended",
    money: "half",
    bond: "free",
    stake: "payer",
  },
  {
    state: "disputed",
    event: "verdictValid",
    by: "committee",
    to: "ended",
    money: "verdict",
    bond: "judged",
    stake: "provider",
  },
  {
    state: "disputed",
    event: "verdictWrong",
    by: "committee",
    to: "ended",
    money: "refund",
    bond: "wrong",
    stake: "payer",
  },
  { state: "disputed", event: "verdictUndelivered", by: "committee", to: "open", money: "keep", bond: "missed" },
  {
    state: "disputed",
    event: "proven",
    by: "anyone",
    zk: true,
    to: "ended",
    money: "verdict",
    bond: "judged",
    stake: "provider",
  },
];
