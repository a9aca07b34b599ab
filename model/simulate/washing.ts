import { min, sum } from "../check";
import { BPS, DAY } from "../constants";
import { pot } from "../emission";
import { STUN_FEE_BPS } from "../fees";
import { allocateEpoch, cappedReward, nominalReward, type Bonuses } from "../rewards";
import { markdownTable, thousands } from "./table";
import { MAX_LOCK, providerMultiplier, requiredStake } from "../staking";

// Source: economics, Against paying oneself.

/** One day of a washer: payer, provider, creator and referrer in one, so that of a price only the fee is lost. */
export interface WashDay {
  /** The timelock's parameter, 1 to 100. */
  subsidy: bigint;
  /** What the epoch can spend. */
  spendable: bigint;
  /** Capped rewards of everybody else, before scaling. */
  honest: readonly bigint[];
  /** What the washer's hardware would earn without the cap. */
  nominal: bigint;
}

/** What a day of washing costs and brings, in base units of STUN. */
export interface WashResult {
  /** Protocol fees that were burned, set apart for burning, or went to the treasury: lost to the washer. */
  fees: bigint;
  reward: bigint;
  /** reward - fees; negative when washing loses. */
  gain: bigint;
  /** What others earned less than without the washer. */
  taken: bigint;
}

/** The day of a washer that pays `fees`. Errors: as cappedReward and allocateEpoch. */
export function washDay(day: WashDay, fees: bigint): WashResult {
  const capped = cappedReward(day.nominal, fees, day.subsidy);
  const [reward = 0n, ...others] = allocateEpoch(day.spendable, [capped, ...day.honest]);
  return { fees, reward, gain: reward - fees, taken: sum(allocateEpoch(day.spendable, day.honest)) - sum(others) };
}

/** The best day of a washer: the fees, among `steps` even steps up to what lifts the cap to its hardware, that gain most. */
export function bestWashDay(day: WashDay, steps = 400n): WashResult {
  const most = day.nominal / day.subsidy;
  let best = washDay(day, 0n);
  for (let step = 1n; step <= steps; step++) {
    const result = washDay(day, (most * step) / steps);
    if (result.gain > best.gain) best = result;
  }
  return best;
}

/** What a washer's hardware can earn in a day at most: attested GPUs of tier 1, running all day, with the longest lock, in their early phase. */
export function washerNominal(gpus: bigint, unit: bigint, bonuses: Bonuses): bigint {
  const stake = requiredStake(new Array<bigint>(Number(gpus)).fill(1n), unit);
  const multiplier = providerMultiplier(stake, MAX_LOCK, stake);
  return gpus * nominalReward(DAY, 1n, unit, bonuses, multiplier, 2n);
}

/** The smallest price volume that pays `fees` in STUN: what a washer moves from one of its pockets to another. */
export function volumeFor(fees: bigint): bigint {
  return (fees * BPS + STUN_FEE_BPS - 1n) / STUN_FEE_BPS;
}

/** One row of the table of the threat model, amounts in whole STUN. */
export interface WashRow {
  subsidy: bigint;
  /** What honest providers ask for, in percent of the first pot. */
  honestPercent: bigint;
  gpus: bigint;
  stake: bigint;
  fees: bigint;
  volume: bigint;
  reward: bigint;
  gain: bigint;
  /** Hundredths of STUN gained for each STUN of fee. */
  gainPerFee: bigint;
  taken: bigint;
}

const UNIT = 10n ** 18n;
/** A chain with 30 % of the emission, on its first day. */
const BUDGET = 120_000_000n * UNIT;
/** A washer answers every probe and passes every verdict; it is not faster than others for that. */
const WASHER_BONUSES: Bonuses = { uptime: true, speed: false, quality: true };

/** The table: the best day of a washer at SUBSIDY 1, 10 and 100, alone, beside honest work, and beside more than the pot can pay. */
export function washingTable(): WashRow[] {
  const spendable = pot(BUDGET, 0n);
  return [1n, 10n, 100n].flatMap((subsidy) =>
    [0n, 50n, 200n].flatMap((honestPercent) =>
      [1n, 10n].map((gpus): WashRow => {
        const honest = [(spendable * honestPercent) / 100n];
        const nominal = washerNominal(gpus, UNIT, WASHER_BONUSES);
        const { fees, reward, gain, taken } = bestWashDay({ subsidy, spendable, honest, nominal });
        return {
          subsidy,
          honestPercent,
          gpus,
          stake: requiredStake(new Array<bigint>(Number(gpus)).fill(1n), 1n),
          fees: fees / UNIT,
          volume: volumeFor(fees) / UNIT,
          reward: reward / UNIT,
          gain: gain / UNIT,
          gainPerFee: fees === 0n ? 0n : (100n * gain) / fees,
          taken: min(taken, spendable) / UNIT,
        };
      }),
    ),
  );
}

/** The table as Markdown. */
export function renderWashingTable(rows: readonly WashRow[]): string {
  const head = [
    "SUBSIDY",
    "honest work asks for",
    "GPUs",
    "stake",
    "volume a day",
    "fees lost",
    "reward",
    "gain",
    "gain per fee",
    "taken from others",
  ];
  const lines = rows.map((row) => [
    row.subsidy.toString(),
    `${row.honestPercent} % of the pot`,
    row.gpus.toString(),
    thousands(row.stake),
    thousands(row.volume),
    thousands(row.fees),
    thousands(row.reward),
    thousands(row.gain),
    `${row.gainPerFee / 100n}.${(row.gainPerFee % 100n).toString().padStart(2, "0")}`,
    thousands(row.taken),
  ]);
  return markdownTable([head, ...lines]);
}
