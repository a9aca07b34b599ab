import { expect } from "chai";
import * as model from "../../model";

const DAY = 86_400n;
const HOUR = 3_600n;

/** The numbers of economics.md and protocol.md, written here once more: a rule's test may take a constant from the model. */
const NUMBERS: Record<string, unknown> = {
  SUPPLY_STUN: 1_000_000_000n,
  MIN_DURATION: 600n,
  ERA_DAYS: 730n,
  ERA_WEIGHTS: [16n, 8n, 4n, 2n, 1n],
  TOTAL_WEIGHT: 22_630n,
  STUN_FEE_BPS: 200n,
  MAX_FEE_BPS: 300n,
  ROYALTY_BPS: 500n,
  REFERRAL_BPS: 500n,
  BURN_BPS: 200n,
  BUYBACK_BPS: 5_000n,
  TIER_RATES: [100n, 50n, 25n, 10n],
  BONUS: { uptime: 2_000n, speed: 1_500n, quality: 1_000n },
  SUBSIDY: { min: 1n, max: 100n, genesis: 10n },
  EARLY_SECONDS: 180n * DAY,
  EARLY_RANKS: 10_000n,
  MIN_LOCK: 7n * DAY,
  MAX_LOCK: 730n * DAY,
  REQUIRED_STAKE: [10_000n, 5_000n, 2_500n, 1_000n],
  MIN_BONDED_STAKE: 1_000n,
  EXIT_DELAY: 7n * DAY,
  HELD_ROOTS: 64,
  VETO_TIME: 12n * HOUR,
  REPEAT_DELAY: 24n * HOUR,
  CLOSE_DELAY_EPOCH: HOUR,
  VETOES: 14n,
  MAX_PROOF_DEPTH: 20,
  GRACE: HOUR,
  VERDICT_TIME: 3n * DAY,
  MAX_ATTEMPTS: 3n,
  DISPUTE_BPS: 500n,
  MISSED_BPS: 1_000n,
  OVERCLAIM_BPS: 1_000n,
  LONGEST_JOB: 27n * DAY,
  TERM_BOUNDS: {
    workSeconds: { min: 600n, max: 604_800n },
    challengeSeconds: { min: 3_600n, max: 259_200n },
    finalSeconds: { max: 1_814_400n },
  },
  MIN_REDEEM: 1_000n,
  CLOSE_DELAY: { min: HOUR, max: 7n * DAY, usual: DAY },
  COMMITTEE: { maxMembers: 13, maxThreshold: 7 },
  MAX_BATCH: 256,
  MAX_PAUSE: 7n * DAY,
  PAUSE_COOLDOWN: 30n * DAY,
  MAX_STOP: 14n * DAY,
  STOP_COOLDOWN: 60n * DAY,
  MESSAGE_LIFE: 14n * DAY,
  REPAIR_SILENCE: 180n * DAY,
  REPAIR_DELAY: 30n * DAY,
  TREASURY_LIMIT: { window: 30n * DAY, stun: 2_000_000n, otherBps: 1_000n },
  QUORUM: { stun: 10_000_000n, bps: 400n },
  PROPOSAL_THRESHOLD: 1_000_000n,
  MAX_ATTESTATION: 90n * DAY,
  COMMITMENT: { delay: 600n, lifetime: 7n * DAY },
  VALIDATOR_RELEASE: 730n * DAY,
  INCENTIVES: {
    developer: { cap: 1_000n, stun: 10_000n },
    model: { cap: 5_000n, stun: 1_000n },
    validator: { cap: 100n, stun: 50_000n },
    tester: { cap: 1_000n, stun: 5_000n },
  },
  MAX_MINT_CAP: 300_000_000n * 10n ** 18n,
  BUYBACK: {
    ...{ averageTime: 1_800n, maxReportAge: HOUR, minOutBps: 9_800n, maxDeviation: 2n, hourlyUnits: 10_000n },
    priceScale: 10n ** 18n,
  },
};

describe("model: constants", () => {
  for (const [name, value] of Object.entries(NUMBERS)) {
    it(`${name} is that of the economics`, () => {
      expect((model as Record<string, unknown>)[name]).to.deep.equal(value);
    });
  }
});
