import { expect } from "chai";
import { ZeroHash, id } from "ethers";
import type { Terms } from "../../../chains/evm/escrow";
import { JOB_TRANSITIONS, moment, type JobAction, type JobTransition } from "../../../model";
import { DAY, STUN, now } from "../kit";
import { Random } from "../random";
import { EscrowPair, WORTH, type JobPair } from "./job-pair";

const STEPS = 450;
/** Jobs in work at a time. */
const LIVE = 4;
const OUTCOMES: Readonly<Record<string, bigint>> = { verdictValid: 1n, verdictWrong: 2n, verdictUndelivered: 3n };

const RARE: ReadonlySet<string> = new Set(["cancel", "refund"]);

function randomTerms(random: Random, pair: EscrowPair): Terms {
  return {
    specHash: id("spec"),
    verifier: random.between(1n, 2n),
    verifierConfigHash: id("policy"),
    asset: random.pick(pair.assetsAt),
    unitPrice: random.between(1n, 10n ** 17n),
    maxUnits: random.between(1n, 500n),
    budget: random.between(1n, 20n * STUN),
    bond: random.between(STUN, 900n * STUN),
    modelId: random.oneIn(2n) ? pair.modelId : ZeroHash,
    workSeconds: random.between(600n, 200_000n),
    challengeSeconds: random.between(3_600n, 60_000n),
    finalSeconds: random.oneIn(5n) ? random.between(203_600n, 3n * DAY) : 21n * DAY,
    attested: random.oneIn(3n),
    ...(random.oneIn(2n) ? pair.zkTerms() : {}),
  };
}

/** An event that the table has for the job's state, mostly by the right party and about when it becomes possible. */
function randomAction(random: Random, pair: EscrowPair, job: JobPair, from: bigint): JobAction {
  const wait = (row: JobTransition): bigint => {
    const latest = (row.from ?? []).map((name) => moment(job.model, name)).sort((x, y) => (x < y ? 1 : -1))[0] ?? from;
    return latest > from ? latest - from : 0n;
  };
  // a long wait ends the windows of every other job, and some endings need nothing but time: both are rare
  const rows = JOB_TRANSITIONS.filter(
    (row) =>
      row.state === job.model.state &&
      (!row.zk || job.terms.verifier === 3n || random.oneIn(6n)) &&
      (wait(row) < 3_000n || random.oneIn(6n)) &&
      (random.oneIn(8n) || !RARE.has(row.event)),
  );
  const anywhere = JOB_TRANSITIONS.filter((row) => row.state !== "none" && wait(row) < 3_000n);
  const row: JobTransition =
    rows.length > 0 && !random.oneIn(12n)
      ? random.pick([
          ...rows,
          ...rows.flatMap((each) => (each.zk ? [each, each, each] : each.event === "dispute" ? [each] : [])),
        ])
      : random.pick(anywhere);
  let at = from + random.between(0n, 2_000n);
  const early = (row.from ?? []).map((name) => moment(job.model, name) - (random.oneIn(4n) ? 1n : 0n));
  const late = row.until && random.oneIn(8n) ? [moment(job.model, row.until) - random.between(0n, 1n)] : [];
  // the moments of a row, and the second before, are where a rule can be wrong by one
  for (const each of [...early, ...late]) if (each > at) at = each;

  const wrong = random.oneIn(12n);
  const provider = job.model.provider ?? "provider";
  const rightful = {
    payer: "payer",
    provider,
    bonded: random.pick(["provider", "rescuer"]),
    committee: "committee",
    anyone: "stranger",
  };
  const actor = wrong ? "stranger" : rightful[row.by];
  const outcome = OUTCOMES[row.event];
  const units = random.between(0n, job.terms.maxUnits + (random.oneIn(10n) ? 3n : 0n));
  if (outcome !== undefined) {
    const attempt = job.model.attempt + (random.oneIn(10n) ? 1n : 0n);
    const resultHash = random.oneIn(12n) ? id("another result") : job.submission.resultHash;
    return { event: "verdict", actor: "committee", at, outcome, attempt, provider, units, resultHash };
  }
  if (row.event === "proven") {
    const attempt = job.model.attempt + (random.oneIn(10n) ? 1n : 0n);
    return { event: "proven", actor, at, attempt, provider, units: WORTH, resultHash: job.submission.resultHash };
  }
  if (row.event === "submit") return { event: "submit", actor, at, resultHash: pair.resultOf(job, provider), units };
  if (row.event === "accept") return { event: "accept", actor, at, hasReferrer: true };
  return { event: row.event, actor, at } as JobAction;
}

describe("JobEscrow against the model's transition table", () => {
  it(`agrees to the last unit after each of ${STEPS} random events, and holds exactly what it owes`, async () => {
    const pair = await EscrowPair.deploy();
    const random = new Random("jobs");
    const seen = new Map<string, number>();
    const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
    for (let step = 0; step < STEPS; step++) {
      const from = (await now()) + 1n;
      const live = pair.jobs.filter((job) => job.model.state !== "ended");
      let job: JobPair | undefined;
      if (live.length < LIVE) {
        const at = from + random.between(0n, 500n);
        const made = await pair.create(randomTerms(random, pair), random.oneIn(3n), at);
        count(made);
        job = pair.jobs.at(-1);
      } else if (random.oneIn(15n)) {
        job = random.pick(pair.jobs);
        count(await pair.withdraw(job.terms.asset, random.pick(["payer", "provider", "rescuer"])));
      } else if (random.oneIn(40n)) {
        job = random.pick(live);
        count(await pair.collect());
      } else {
        job = random.oneIn(20n) ? random.pick(pair.jobs) : random.pick(live);
        const action = randomAction(random, pair, job, from);
        count(`${action.event}: ${await pair.act(job, action)}`);
      }
      if (job) await pair.check(job, `step ${step}, job ${job.nonce}`);
    }
    process.stdout.write(`      ${[...seen].map(([what, times]) => `${what} ${times}`).join(", ")}\n`);
    for (const event of [
      "post",
      "create",
      "accept: accept",
      "submit: submit",
      "dispute: dispute",
      "verdict: verdict",
      "proven: proven",
      "reopen: reopen",
    ]) {
      expect(seen.get(event) ?? 0, `${event} happened`).to.be.greaterThan(0);
    }
  });
});
