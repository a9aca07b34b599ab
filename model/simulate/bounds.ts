import { BUYBACK } from "../buyback";
import { CLOSE_DELAY } from "../channel";
import { BPS, DAY } from "../constants";
import { emitted, pot } from "../emission";
import { MAX_MINT_CAP, LEDGER_UNIT } from "../bridge";
import { MESSAGE_LIFE, QUORUM, REPAIR_DELAY, REPAIR_SILENCE, TREASURY_LIMIT } from "../governance";
import { INCENTIVES } from "../incentives";
import { MAX_PAUSE, PAUSE_COOLDOWN } from "../pause";
import { EXIT_DELAY } from "../position";
import { MAX_STOP, STOP_COOLDOWN } from "../quorum";
import { MAX_LOCK } from "../staking";
import { DISPUTE_BPS, GRACE, LONGEST_JOB, MISSED_BPS, OVERCLAIM_BPS, TERM_BOUNDS, VERDICT_TIME } from "../terms";
import { REPEAT_DELAY, VETOES, VETO_TIME } from "../vault";
import { sum } from "../check";
import { markdownTable, thousands } from "./table";

// Source: docs/threat-model.md.

/** A bound of the threat model with its value in words. */
export type Bound = readonly [what: string, value: string];

/** Emission budget of a chain with this share, in whole STUN. */
const budget = (percent: bigint): bigint => 4_000_000n * percent * LEDGER_UNIT;
const stun = (amount: bigint): string => `${thousands(amount)} STUN`;
const whole = (amount: bigint): string => stun(amount / LEDGER_UNIT);
const seconds = (time: bigint): string => `${thousands(time)} s`;
const percent = (bps: bigint): string => `${bps / 100n} %`;

/** The numbers that bound what anybody can take or delay, from the model's constants. */
export function bounds(): Bound[] {
  const day = (share: bigint): bigint => 2n * pot(budget(share), 0n);
  const incentives = sum(Object.values(INCENTIVES).map(({ cap, stun: each }) => cap * each));
  return [
    ["STUN out of one treasury in any 30 days", stun(TREASURY_LIMIT.stun)],
    ["another asset out of one treasury in any 30 days", percent(TREASURY_LIMIT.otherBps)],
    ["a proposal's quorum, at least", stun(QUORUM.stun)],
    ["life of a message of governance", seconds(MESSAGE_LIFE)],
    [
      "silence of governance before a repair of its path, and delay of the repair",
      `${seconds(REPAIR_SILENCE)} + ${seconds(REPAIR_DELAY)}`,
    ],
    [
      "one epoch's report on Ethereum (15 % of the emission), Base (30 %), Arbitrum (20 %)",
      [15n, 30n, 20n].map((share) => whole(day(share))).join(", "),
    ],
    ["all epochs of the first 30 days on Base, with nothing paid before", whole(emitted(budget(30n), 30n))],
    [
      "time in which an epoch can be vetoed, and from a veto to the next report",
      `${seconds(VETO_TIME)}, ${seconds(REPEAT_DELAY)}`,
    ],
    ["delay of rewards by all of the guardian's vetoes on a chain", seconds(VETOES * (VETO_TIME + REPEAT_DELAY))],
    ["a pause, and from its end to the next", `${seconds(MAX_PAUSE)}, ${seconds(PAUSE_COOLDOWN)}`],
    ["a stop of the committee, and from its end to the next", `${seconds(MAX_STOP)}, ${seconds(STOP_COOLDOWN)}`],
    ["a job from its creation to its end", seconds(LONGEST_JOB)],
    ["wait for a verdict", seconds(VERDICT_TIME)],
    ["a missed deadline, with its grace", seconds(TERM_BOUNDS.workSeconds.max + GRACE)],
    ["dispute stake, of the budget", percent(DISPUTE_BPS)],
    ["slash of a missed deadline, and of a wrong result, of the bond", `${percent(MISSED_BPS)}, ${percent(BPS)}`],
    ["units that can be claimed too much without a slash", percent(OVERCLAIM_BPS)],
    ["close of a channel by its payer", `${seconds(CLOSE_DELAY.min)} to ${seconds(CLOSE_DELAY.max)}`],
    [
      "exit of a bonded position after its request, and the longest lock",
      `${seconds(EXIT_DELAY)}, ${seconds(MAX_LOCK)}`,
    ],
    ["sale by the buyback vault of one asset in any hour", `${thousands(BUYBACK.hourlyUnits)} units`],
    [
      "loss of such a sale against the larger of average and report",
      `${percent(BPS - BUYBACK.minOutBps)}, ${thousands((BUYBACK.hourlyUnits * (BPS - BUYBACK.minOutBps)) / BPS)} units an hour`,
    ],
    ["age of a price report that still counts", seconds(BUYBACK.maxReportAge)],
    ["STUN on one remote", whole(MAX_MINT_CAP)],
    ["incentives that vest in a day", `${thousands((incentives * DAY) / MAX_LOCK)} STUN`],
  ];
}

/** The table as Markdown. */
export function renderBounds(rows: readonly Bound[]): string {
  return markdownTable([["what", "at most"], ...rows]);
}
