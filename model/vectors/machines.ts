import { CLOSED, available, configure, consume, refill } from "../bucket";
import { BUYBACK, MAX_TICK, NEVER_SOLD, averageTick, countSale, minimumOut, priceAt, sellable } from "../buyback";
import { toHex, type Hex } from "../bytes";
import { DAY, YEAR } from "../constants";
import { ModelError } from "../errors";
import { JOB_TRANSITIONS, type JobEvent, type JobParty } from "../escrow";
import { moment, newJob, stepJob, type Job, type JobAction } from "../job";
import { checkTerms, jobId, offerDigest, resultHash, termsHash, type JobTerms } from "../terms";
import { channelId, voucherDigest } from "../vouchers";
import { cases, many, toJson, type Case, type Json, type VectorFile } from "./json";
import { Random } from "./random";

const STUN9 = 10n ** 9n;
const U64 = 2n ** 64n - 1n;
const START = 1_800_000_000n;

/** Terms, ids and hashes of the escrow. */
export function escrow(): VectorFile {
  const random = new Random("escrow");
  const word = (): string => toHex(random.bytes());
  const address = (): string => `0x${word().slice(26)}`;
  const terms = (): JobTerms => ({
    specHash: word(),
    verifier: random.between(1n, 3n),
    verifierConfigHash: word(),
    asset: random.bool() ? word() : address(),
    unitPrice: random.between(1n, 10n ** 12n),
    maxUnits: random.between(1n, 10_000n),
    budget: random.between(1n, 10n ** 15n),
    bond: random.between(STUN9, 10_000n * STUN9),
    modelId: random.bool() ? word() : toHex(new Uint8Array(32)),
    workSeconds: random.between(600n, 604_800n),
    challengeSeconds: random.between(3_600n, 259_200n),
    finalSeconds: random.between(608_400n, 1_814_400n),
    attested: random.bool(),
  });
  const good = terms();
  const checked = [
    good,
    ...many(4, terms),
    { ...good, workSeconds: 599n },
    { ...good, workSeconds: 604_801n },
    { ...good, challengeSeconds: 3_599n },
    { ...good, challengeSeconds: 259_201n },
    { ...good, finalSeconds: 1_814_401n },
    { ...good, finalSeconds: good.workSeconds + 3_599n },
    { ...good, bond: STUN9 - 1n },
    { ...good, budget: 0n },
    { ...good, unitPrice: 0n },
    { ...good, maxUnits: 0n },
    { ...good, verifier: 0n },
    { ...good, verifier: 4n },
  ];
  const ids = many(5, () => ({
    eid: random.pick([30101n, 30184n, 30168n, 30343n]),
    escrow: random.bool() ? word() : address(),
    payer: random.bool() ? word() : address(),
    payerNonce: random.magnitude(U64),
  }));
  const results = many(4, () => ({
    jobId: word(),
    attempt: random.between(1n, 3n),
    provider: random.bool() ? word() : address(),
    outputHash: word(),
  }));
  const offers = many(4, () => ({
    domain: { chainId: random.pick([1n, 8453n, 31338n]), verifyingContract: address() },
    offer: { terms: word(), payer: address(), nonce: random.magnitude(U64), expiry: START + random.magnitude(YEAR) },
  }));
  const channels = many(4, () => ({
    eid: random.pick([30101n, 30184n]),
    module: address(),
    channel: {
      payer: address(),
      provider: address(),
      signer: address(),
      asset: address(),
      modelId: word(),
      closeDelay: random.between(3_600n, 604_800n),
      nonce: random.magnitude(U64),
    },
  }));
  const vouchers = many(4, () => ({
    domain: { chainId: random.pick([1n, 8453n, 31338n]), verifyingContract: address() },
    voucher: { channelId: word(), cumulative: random.magnitude(2n ** 96n), receiptsRoot: word() },
  }));
  return {
    functions: {
      // unit is 10^9, as on Solana and TON
      checkTerms: cases(checked, (c) => (checkTerms(c, STUN9), termsHash(c))),
      jobId: cases([...ids, { eid: 1n, escrow: "0x01", payer: address(), payerNonce: 0n }], (c) =>
        jobId(c.eid, c.escrow, c.payer, c.payerNonce),
      ),
      resultHash: cases(results, (c) => resultHash(c.jobId, c.attempt, c.provider, c.outputHash)),
      offerDigest: cases(offers, (c) => offerDigest(c.domain, c.offer)),
      channelId: cases(channels, (c) => channelId(c.eid, c.module, c.channel)),
      voucherDigest: cases(vouchers, (c) => voucherDigest(c.domain, c.voucher)),
    },
  };
}

/** Whole lives of jobs: each case is a list of events with what every one of them changes, or why it is refused. */
export function jobs(): VectorFile {
  const random = new Random("jobs");
  const table = JOB_TRANSITIONS.map((row, i): Case => ({ in: i.toString(), out: toJson(row) }));
  // the lives of zk jobs stand apart: a chain without that verifier leaves them out, with the rows that say `zk`
  const proofs = new Random("proofs");
  return {
    functions: {
      transitions: table,
      lives: many(36, (i) => life(random, i, false)),
      zkLives: many(10, (i) => life(proofs, i, true)),
    },
  };
}

function life(random: Random, i: number, zk: boolean): Case {
  const hash = toHex(random.bytes());
  const terms: JobTerms = {
    specHash: hash,
    verifier: zk ? 3n : random.between(1n, 2n),
    verifierConfigHash: hash,
    asset: hash,
    unitPrice: random.between(1n, 1_000n),
    maxUnits: random.between(1n, 1_000n),
    budget: random.between(1_000n, 500_000n),
    bond: random.between(STUN9, 100n * STUN9),
    modelId: hash,
    workSeconds: random.between(600n, 30_000n),
    challengeSeconds: random.between(3_600n, 9_000n),
    finalSeconds: random.between(50_000n, 200_000n),
    attested: i % 3 === 0,
  };
  const options = { unit: STUN9, inStun: random.bool(), hasCreator: random.bool() };
  let job = newJob("payer", terms, options);
  let at = START;
  const steps: JobAction[] = [];
  const out: Json[] = [];
  while (steps.length < 9 && job.state !== "ended") {
    // endings that need nothing but time would end most lives early
    const rows = JOB_TRANSITIONS.filter(
      (row) =>
        row.state === job.state &&
        (zk || !row.zk) &&
        (random.between(0n, 3n) === 0n || !["cancel", "refund"].includes(row.event)),
    );
    const [first, ...others] = rows;
    if (first === undefined) continue;
    const row = random.pick([first, ...others]);
    at += random.magnitude(1_000n);
    // the moment from which a row holds, and the one from which it does not, are where a rule can be wrong by one second
    const early = (row.from ?? []).map((name) => moment(job, name) - (random.between(0n, 3n) === 0n ? 1n : 0n));
    const late = row.until && random.between(0n, 3n) === 0n ? [moment(job, row.until) - random.between(0n, 1n)] : [];
    for (const each of [...early, ...late]) at = each > at ? each : at;
    const action = eventOf(random, job, row.event, row.by, at, hash);
    steps.push(action);
    try {
      const step = stepJob(job, action);
      job = step.state;
      const { state, provider, attempt, held, bondLocked, bounty } = job;
      out.push(toJson({ state, provider, attempt, held, bondLocked, bounty, effects: step.effects }));
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      out.push({ error: error.code });
    }
  }
  return { in: toJson({ terms, options, steps }), out };
}

function eventOf(random: Random, job: Job, event: JobEvent, by: JobParty, at: bigint, hash: Hex): JobAction {
  const right = random.between(0n, 9n) > 0n;
  const who = {
    payer: "payer",
    provider: job.provider ?? "provider",
    committee: "committee",
    bonded: "rescuer",
    anyone: "stranger",
  };
  const actor = right ? who[by] : "stranger";
  const hasReferrer = random.bool();
  const outcomes: Partial<Record<JobEvent, bigint>> = { verdictValid: 1n, verdictWrong: 2n, verdictUndelivered: 3n };
  const outcome = outcomes[event];
  const units = random.between(0n, job.terms.maxUnits + (random.between(0n, 9n) === 0n ? 5n : 0n));
  if (outcome !== undefined) {
    const attempt = random.between(0n, 9n) === 0n ? job.attempt + 1n : job.attempt;
    return { event: "verdict", actor, at, outcome, attempt, provider: job.provider ?? "", units, resultHash: hash };
  }
  if (event === "proven") {
    const attempt = right ? job.attempt : job.attempt + 1n;
    return { event, actor: "stranger", at, attempt, provider: job.provider ?? "", units, resultHash: hash };
  }
  if (event === "create") return { event, actor, at, provider: "provider", hasReferrer };
  if (event === "accept") return { event, actor, at, hasReferrer };
  if (event === "submit") return { event, actor, at, resultHash: hash, units };
  return { event, actor, at } as JobAction;
}

/** Sequences of flows through a rate limit. */
export function limits(): VectorFile {
  const random = new Random("limits");
  const sequences = many(10, () => {
    let at = START;
    const capacity = random.pick([0n, random.magnitude(U64), random.between(1_000n, 10n ** 12n)]);
    const window = random.between(600n, 30n * DAY);
    const flows = many(12, () => {
      at += random.magnitude(window);
      return { at, out: random.bool(), amount: random.magnitude(capacity + capacity / 4n + 1n) };
    });
    return { capacity, window, flows };
  });
  const bad = { capacity: 1n, window: 599n, flows: [] };
  return {
    functions: {
      // `available` before each flow; a flow out that does not fit is refused and changes nothing
      limit: cases([...sequences, bad], (c) => {
        let bucket = configure(CLOSED, c.capacity, c.window, START);
        return c.flows.map((flow) => {
          const left = available(bucket, flow.at);
          const refused = flow.out && flow.amount > left;
          if (!refused)
            bucket = flow.out ? consume(bucket, flow.amount, flow.at) : refill(bucket, flow.amount, flow.at);
          return { available: left, refused, used: bucket.used };
        });
      }),
    },
  };
}

/** Prices from ticks, what a sale must bring, and sequences of sales under the hourly limit. */
export function buyback(): VectorFile {
  const random = new Random("buyback");
  const { averageTime: time, hourlyUnits } = BUYBACK;
  const tick = (): bigint => random.between(-MAX_TICK, MAX_TICK);
  const edges = [
    0n,
    1n,
    -1n,
    2n,
    3n,
    299_000n,
    -299_000n,
    694_608n,
    694_609n,
    -MAX_TICK,
    MAX_TICK + 1n,
    -MAX_TICK - 1n,
  ];
  const averages = [
    ...[0n, 1n, -1n, time - 1n, 1n - time, time, -time, time + 1n, -time - 1n].flatMap((ticks) =>
      [true, false].map((isToken0) => ({ ticks, time, isToken0 })),
    ),
    ...many(12, () => ({ ticks: tick() * random.between(1n, time), time, isToken0: random.bool() })),
    { ticks: 5n, time: 0n, isToken0: true },
  ];
  const sales = [
    ...many(16, () => ({
      sold: random.magnitude(hourlyUnits * 10n ** 18n),
      average: random.magnitude(10n ** 32n),
      reported: random.magnitude(10n ** 32n),
    })),
    { sold: 1n, average: 1n, reported: 0n },
    { sold: 0n, average: 5n, reported: 7n },
    { sold: -1n, average: 1n, reported: 1n },
  ];
  const sequences = [0n, 2n, 6n, 8n, 18n].map((decimals) => {
    const unit = 10n ** decimals;
    let at = START;
    return {
      unit,
      sales: many(12, () => {
        at += random.between(1n, random.bool() ? 300n : 2_400n);
        return { at, amount: random.between(1n, 4_000n * unit) };
      }),
    };
  });
  return {
    functions: {
      averageTick: cases(averages, (c) => averageTick(c.ticks, c.time, c.isToken0)),
      priceAt: cases(
        [...edges, ...many(24, tick)].map((t) => ({ tick: t })),
        (c) => priceAt(c.tick),
      ),
      minimumOut: cases(sales, (c) => minimumOut(c.sold, c.average, c.reported)),
      // what can be sold before each sale; one that does not fit is refused and changes nothing
      hourlyLimit: cases(sequences, (c) => {
        let window = NEVER_SOLD;
        return c.sales.map((sale) => {
          const left = sellable(window, c.unit, sale.at);
          const refused = sale.amount > left;
          if (!refused) window = countSale(window, sale.amount, c.unit, sale.at);
          return { available: left, refused };
        });
      }),
    },
  };
}
