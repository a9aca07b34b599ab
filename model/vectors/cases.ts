import { toHex } from "../bytes";
import { sum } from "../check";
import { committeeDigest, verdictLeaf, verdictRoot, type CommitteeType, type Verdict } from "../committee";
import { DAY, YEAR } from "../constants";
import type { StructMessage } from "../eip712";
import { EMISSION_DAYS, emitted, pot, spendable } from "../emission";
import { splitPrice, splitStep, type SplitParties } from "../fees";
import { rewardLeaf, rewardProof, rewardRoot, type RewardEntry } from "../merkle";
import { allocateEpoch, countedSeconds, nominalReward, speedBonus } from "../rewards";
import { MAX_LOCK, MIN_LOCK, lockMultiplier, providerMultiplier, stakeRate, stakeReward } from "../staking";
import { vested } from "../vesting";
import { cases, many, type VectorFile } from "./json";
import { buyback, escrow, jobs, limits } from "./machines";
import { Random } from "./random";

const STUN18 = 10n ** 18n;
const STUN9 = 10n ** 9n;
const U64 = 2n ** 64n - 1n;
const BUDGET = 400_000_000n;
const START = 1_800_000_000n;
const PARTIES: readonly [SplitParties, ...SplitParties[]] = [
  { model: false, referrer: false },
  { model: true, referrer: false },
  { model: false, referrer: true },
  { model: true, referrer: true },
];

function emission(): VectorFile {
  const random = new Random("emission");
  const budgets = [BUDGET * STUN18, BUDGET * STUN9];
  const edges = [0n, 1n, 729n, 730n, 731n, 1_459n, 1_460n, 2_190n, 2_920n, 3_648n, 3_649n, 3_650n, 3_651n, 100_000n];
  const days = [
    ...budgets.flatMap((budget) => edges.map((day) => ({ budget, day }))),
    { budget: 0n, day: 5n },
    { budget: 1n, day: 3_649n },
    { budget: 1n, day: 3_650n },
    ...many(30, () => ({ budget: random.magnitude(BUDGET * STUN18), day: random.between(0n, 3_700n) })),
    ...many(20, () => ({ budget: random.magnitude(U64), day: random.between(0n, 3_700n) })),
  ];
  const bad = [
    { budget: -1n, day: 0n },
    { budget: 1n, day: -1n },
  ];
  const carries = [
    ...days.slice(0, 10).map((d) => ({ ...d, carry: 0n })),
    ...days.map((d) => ({ ...d, carry: random.magnitude(3n * pot(d.budget, 0n)) })),
    { budget: BUDGET * STUN18, day: 5n, carry: pot(BUDGET * STUN18, 0n) },
    { budget: BUDGET * STUN18, day: 5n, carry: pot(BUDGET * STUN18, 0n) + 1n },
    { budget: BUDGET * STUN18, day: EMISSION_DAYS, carry: BUDGET * STUN18 },
    ...bad.map((d) => ({ ...d, carry: 0n })),
    { budget: 1n, day: 0n, carry: -1n },
  ];
  return {
    functions: {
      emitted: cases([...days, ...bad], (c) => emitted(c.budget, c.day)),
      pot: cases([...days, ...bad], (c) => pot(c.budget, c.day)),
      spendable: cases(carries, (c) => spendable(c.budget, c.day, c.carry)),
    },
  };
}

function vesting(): VectorFile {
  const random = new Random("vesting");
  const end = START + 4n * YEAR;
  const edge = { total: 150_000_000n * STUN9, start: START, cliff: YEAR, duration: 4n * YEAR };
  const moments = [0n, START - 1n, START, START + YEAR - 1n, START + YEAR, START + YEAR + 1n, end - 1n, end, end + 1n];
  const list = [
    ...moments.map((now) => ({ ...edge, now })),
    ...moments.map((now) => ({ ...edge, cliff: 0n, now })),
    { ...edge, cliff: 4n * YEAR, now: end - 1n },
    { ...edge, cliff: 4n * YEAR, now: end },
    { ...edge, total: 0n, now: START + 2n * YEAR },
    ...many(60, (i) => {
      const duration = random.between(600n, 5n * YEAR);
      return {
        total: random.magnitude(i % 2 === 0 ? 10n ** 27n : U64),
        start: random.between(START - YEAR, START),
        cliff: random.bool() ? 0n : random.between(0n, duration),
        duration,
        now: random.between(START - YEAR, START + 5n * YEAR),
      };
    }),
    { ...edge, total: -1n, now: START },
    { ...edge, duration: 0n, now: START },
    { ...edge, cliff: 4n * YEAR + 1n, now: START },
  ];
  return { functions: { vested: cases(list, (c) => vested(c.total, c.start, c.cliff, c.duration, c.now)) } };
}

function staking(): VectorFile {
  const random = new Random("staking");
  const good = [MIN_LOCK, MIN_LOCK + 1n, 30n * DAY, YEAR, MAX_LOCK - 1n, MAX_LOCK];
  const edges = [...good, MIN_LOCK - 1n, MAX_LOCK + 1n, 0n];
  const locks = [...edges, ...many(30, () => random.between(MIN_LOCK, MAX_LOCK))].map((lock) => ({ lock }));
  const rewards = [
    ...edges.map((lock) => ({ principal: STUN18, lock, elapsed: lock })),
    ...good.map((lock) => ({ principal: STUN9, lock, elapsed: lock + 1n })),
    ...good.map((lock) => ({ principal: STUN9, lock, elapsed: 0n })),
    ...many(50, (i) => ({
      principal: random.magnitude(i % 2 === 0 ? 10n ** 27n : 10n ** 18n),
      lock: random.between(MIN_LOCK, MAX_LOCK),
      elapsed: random.magnitude(MAX_LOCK),
    })),
    { principal: -1n, lock: MIN_LOCK, elapsed: 1n },
  ];
  const multipliers = [
    ...edges.map((lock) => ({ principal: 1_000n * STUN9, lock, required: 10_000n * STUN9 })),
    { principal: 0n, lock: MAX_LOCK, required: 1n },
    { principal: 1n, lock: MAX_LOCK, required: 1n },
    { principal: 1n, lock: MAX_LOCK, required: 0n },
    ...many(40, (i) => {
      const unit = i % 2 === 0 ? STUN18 : STUN9;
      return {
        principal: random.magnitude(50_000n * unit),
        lock: random.between(MIN_LOCK, MAX_LOCK),
        required: random.between(1n, 40n) * 500n * unit,
      };
    }),
  ];
  return {
    functions: {
      lockMultiplier: cases(locks, (c) => lockMultiplier(c.lock)),
      stakeRate: cases(locks, (c) => stakeRate(c.lock)),
      stakeReward: cases(rewards, (c) => stakeReward(c.principal, c.lock, c.elapsed)),
      providerMultiplier: cases(multipliers, (c) => providerMultiplier(c.principal, c.lock, c.required)),
    },
  };
}

function rewards(): VectorFile {
  const random = new Random("rewards");
  const none = { uptime: false, speed: false, quality: false };
  const gpu = { seconds: 3_600n, tier: 1n, unit: STUN18, ...none, multiplier: 10_000n, early: 1n };
  const nominal = [
    ...[1n, 2n, 3n, 4n, 0n, 5n].map((tier) => ({ ...gpu, tier })),
    ...[0n, 1n, 35n, 36n, DAY, DAY + 1n].map((seconds) => ({ ...gpu, unit: STUN9, seconds })),
    ...[9_999n, 20_000n, 20_001n].map((multiplier) => ({ ...gpu, multiplier })),
    ...[0n, 2n, 3n].map((early) => ({ ...gpu, early })),
    { ...gpu, uptime: true, speed: true, quality: true, multiplier: 20_000n, early: 2n, seconds: DAY },
    { ...gpu, unit: 0n },
    { ...gpu, unit: 12n },
    ...many(60, () => ({
      seconds: random.magnitude(DAY),
      tier: random.between(1n, 4n),
      unit: random.pick([STUN18, STUN9]),
      uptime: random.bool(),
      speed: random.bool(),
      quality: random.bool(),
      multiplier: random.between(10_000n, 20_000n),
      early: random.between(1n, 2n),
    })),
  ];
  const allocations = [
    { spendable: 10n, nominals: [3n, 7n] },
    { spendable: 9n, nominals: [3n, 7n] },
    { spendable: 0n, nominals: [0n, 5n] },
    { spendable: 0n, nominals: [] },
    { spendable: 1n, nominals: [1n, 1n, 1n] },
    { spendable: -1n, nominals: [] },
    ...many(25, () => {
      const nominals = many(Number(random.between(1n, 8n)), () => random.magnitude(10_000n * STUN9));
      return { spendable: random.bool() ? random.magnitude(sum(nominals)) : random.magnitude(10n ** 24n), nominals };
    }),
  ];
  const intervals = many(15, () => ({
    intervals: many(Number(random.between(0n, 5n)), () => {
      const from = START + random.between(0n, 2n * DAY);
      return [from, from + random.magnitude(DAY)] as const;
    }),
  }));
  const speeds = many(10, () => ({
    providers: many(Number(random.between(1n, 14n)), () => ({
      seconds: random.between(3_000n, 6_000n),
      median: random.between(0n, 12n),
    })),
  }));
  return {
    functions: {
      nominalReward: cases(nominal, (c) => nominalReward(c.seconds, c.tier, c.unit, c, c.multiplier, c.early)),
      allocateEpoch: cases(allocations, (c) => allocateEpoch(c.spendable, c.nominals)),
      countedSeconds: cases(intervals, (c) => countedSeconds(c.intervals)),
      speedBonus: cases(speeds, (c) => speedBonus(c.providers)),
    },
  };
}

function fees(): VectorFile {
  const random = new Random("fees");
  const price = (): bigint =>
    random.pick([random.magnitude(U64), random.magnitude(10n ** 27n), random.magnitude(10_000n)]);
  const small = [0n, 1n, 19n, 20n, 33n, 34n, 49n, 50n, 99n, 199n, 200n, 9_999n, 10_000n, 1_000_000n, U64];
  const prices = [
    ...small.flatMap((p) => PARTIES.map((who, i) => ({ price: p, feeBps: i % 2 === 0 ? 200n : 300n, ...who }))),
    ...many(60, () => ({ price: price(), feeBps: random.pick([200n, 300n]), ...random.pick(PARTIES) })),
    { price: 1_000n, feeBps: 0n, model: true, referrer: true },
    { price: 1_000n, feeBps: 301n, model: true, referrer: true },
    { price: -1n, feeBps: 200n, model: true, referrer: true },
  ];
  const steps = [
    ...many(60, (i) => {
      const redeemed = price();
      const cumulative = redeemed + 1_000n + random.magnitude(i % 3 === 0 ? 100n : 10n ** 15n);
      return { redeemed, cumulative, feeBps: random.pick([200n, 300n]), ...random.pick(PARTIES) };
    }),
    { redeemed: 2n, cumulative: 1n, feeBps: 200n, model: false, referrer: false },
  ];
  return {
    functions: {
      splitPrice: cases(prices, (c) => splitPrice(c.price, c.feeBps, c)),
      splitStep: cases(steps, (c) => splitStep(c.redeemed, c.cumulative, c.feeBps, c)),
    },
  };
}

function merkle(): VectorFile {
  const random = new Random("merkle");
  const account = (i: number): string => {
    const word = toHex(random.bytes());
    return i % 2 === 0 ? word : `0x${word.slice(26)}`;
  };
  const leaves = [
    ...many(12, (i) => ({ account: account(i), cumulative: random.magnitude(i % 3 === 0 ? 2n ** 256n - 1n : U64) })),
    { account: account(0), cumulative: 2n ** 256n - 1n },
    { account: account(1), cumulative: 0n },
    { account: account(1), cumulative: 2n ** 256n },
    { account: account(1), cumulative: -1n },
    { account: "0x1234", cumulative: 1n },
  ];
  const trees: { leaves: RewardEntry[]; index: bigint }[] = [1, 2, 3, 4, 5, 7, 8, 9, 16].map((size) => ({
    leaves: many(size, (i) => ({ account: account(i), cumulative: random.magnitude(U64) })),
    index: random.between(0n, BigInt(size - 1)),
  }));
  const twice = { account: account(1), cumulative: 1n };
  const roots = [...trees, { leaves: [], index: 0n }, { leaves: [twice, { ...twice, cumulative: 2n }], index: 0n }];
  return {
    functions: {
      rewardLeaf: cases(leaves, (c) => rewardLeaf(c.account, c.cumulative)),
      rewardRoot: cases(roots, (c) => ({ root: rewardRoot(c.leaves), proof: rewardProof(c.leaves, Number(c.index)) })),
    },
  };
}

function committee(): VectorFile {
  const random = new Random("committee");
  const word = (): string => toHex(random.bytes());
  const address = (): string => `0x${word().slice(26)}`;
  const head = (): StructMessage => ({ target: random.bool() ? word() : address(), version: random.magnitude(U64) });
  const messages: Record<CommitteeType, () => StructMessage> = {
    JobVerdicts: () => ({ ...head(), root: word() }),
    EpochReport: () => ({
      ...head(),
      epoch: random.magnitude(2n ** 32n - 1n),
      root: word(),
      total: random.magnitude(10n ** 25n),
      previousRoot: word(),
      datasetHash: word(),
    }),
    TierAttestation: () => ({
      ...head(),
      provider: word(),
      gpuId: word(),
      tier: random.between(1n, 4n),
      expiry: START + random.magnitude(90n * DAY),
    }),
    PriceReport: () => ({
      ...head(),
      asset: address(),
      price: random.magnitude(10n ** 30n),
      time: START + random.magnitude(YEAR),
    }),
  };
  const digests = (Object.keys(messages) as CommitteeType[]).flatMap((type) =>
    [1n, 8453n, 31337n, 30168n, 30343n].map((chainId) => ({
      domain: { chainId, verifyingContract: address() },
      type,
      message: messages[type](),
    })),
  );
  const tooLate = { ...messages.EpochReport(), epoch: 2n ** 32n };
  const bad = { domain: { chainId: 1n, verifyingContract: address() }, type: "EpochReport" as const, message: tooLate };
  const verdict = (i: number): Verdict => ({
    jobId: word(),
    attempt: random.between(1n, 3n),
    provider: i % 2 === 0 ? word() : address(),
    outcome: random.between(1n, 3n),
    units: random.magnitude(U64),
    resultHash: word(),
  });
  const verdicts = [
    ...many(8, verdict),
    { ...verdict(0), outcome: 0n },
    { ...verdict(0), outcome: 4n },
    { ...verdict(0), units: U64 + 1n },
  ];
  const batches = [1, 2, 3, 6].map((size) => ({ verdicts: many(size, verdict) }));
  return {
    functions: {
      committeeDigest: cases([...digests, bad], (c) => committeeDigest(c.domain, c.type, c.message)),
      verdictLeaf: cases(verdicts, verdictLeaf),
      verdictRoot: cases([...batches, { verdicts: [] }], (c) => verdictRoot(c.verdicts)),
    },
  };
}

/** Every file of vectors by its name. */
export const VECTOR_FILES: Readonly<Record<string, () => VectorFile>> = {
  emission,
  vesting,
  staking,
  rewards,
  fees,
  buyback,
  merkle,
  committee,
  escrow,
  jobs,
  limits,
};
