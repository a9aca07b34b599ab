import { ZeroAddress, ZeroHash, id } from "ethers";
import type { Terms } from "../../../chains/evm/escrow";
import { JOB_TRANSITIONS, OFFER_REACH, moment, transitionOf, type JobAction, type JobTransition } from "../../../model";
import { Differential, latest, type Meanings } from "../differential";
import { DAY, HOUR, STUN } from "../kit";
import { PAUSE_KINDS, PAUSE_REFUSALS, pauseFacts, randomPause } from "../pauses";
import type { Random } from "../random";
import { LEDGER_KINDS, LEDGER_REFUSALS } from "./ledgers";
import { EscrowPair, WORTH, nameOf, type JobPair, type Leaf, type OfferPlan } from "./pair";

/** Calls in one world. */
const WORLD = 1_000;
/** Jobs in work at a time. */
const LIVE = 5;

const MEANINGS: Meanings = {
  WRONG_STATE: ["WrongState", "ProviderExiting", "NotBonded", "Exiting", "ExitNotRequested", "BondLocked"],
  // a payer names its own jobs, so that another payer's call finds none
  WRONG_PARTY: ["NotProvider", "WrongState", "NotGuardian"],
  TOO_EARLY: ["TooEarly", "PauseCooldown", "ExitDelay"],
  TOO_LATE: ["TooLate"],
  NOT_ALLOWED: ["JobIsAttested", "WrongState", "AssetNotAllowed", "PushFailed", "Frozen"],
  LIMIT_EXCEEDED: ["NoAttemptsLeft"],
  ABOVE_MAXIMUM: ["TooManyUnits", "TermsOutOfBounds", "OfferDead", "InvalidFloor", "InvalidPause"],
  BELOW_MINIMUM: ["TermsOutOfBounds", "InvalidFloor", "InvalidPause"],
  INVALID_BYTES: ["EmptyResult"],
  INSUFFICIENT: ["InsufficientBond", "CreditTooSmall"],
  MISMATCH: [
    ...["TermsMismatch", "OfferForAnotherPayer", "NotProvable", "InputMismatch", "OutputMismatch", "KeyNotEnabled"],
  ],
  EXPIRED: ["OfferExpired"],
  ALREADY_USED: ["OfferDead", "AlreadyBonded"],
  NOTHING_TO_DO: ["NothingOwed"],
  PAUSED: ["EntryPaused"],
};

const KINDS = [
  ...["post", "create", "accept", "cancel", "refund", "submit", "reopen", "acceptResult", "dispute", "settle"],
  ...["settleSilent", "verdict", "batch", "prove", "passed over: MISMATCH", ...JOB_TRANSITIONS.map(nameOf)],
  ...["passed over: TOO_LATE", "passed over: WRONG_STATE", "cancelOffers", "requestExit", "unbond", "bond", "renew"],
  ...[...LEDGER_KINDS, ...PAUSE_KINDS],
];
const REFUSALS = [
  ...["WrongState", "TermsMismatch", "TooEarly", "TooLate", "NotProvider", "NoAttemptsLeft", "TooManyUnits"],
  ...["EmptyResult", "JobIsAttested", "OfferExpired", "OfferForAnotherPayer", "OfferDead", "InvalidFloor"],
  ...["TermsOutOfBounds", "AssetNotAllowed", "InsufficientBond", "ProviderExiting"],
  ...[...LEDGER_REFUSALS, ...PAUSE_REFUSALS],
];

const OUTCOMES: Readonly<Record<string, bigint>> = { verdictValid: 1n, verdictWrong: 2n, verdictUndelivered: 3n };
const RARE: ReadonlySet<string> = new Set(["cancel", "refund"]);

function randomTerms(random: Random, pair: EscrowPair): Terms {
  const terms: Terms = {
    specHash: id("spec"),
    verifier: random.between(1n, 3n),
    verifierConfigHash: id("policy"),
    asset: random.pick(pair.ledgers.books).at,
    unitPrice: random.between(1n, 10n ** 17n),
    maxUnits: random.between(1n, 500n),
    budget: random.between(1n, 20n * STUN) / (random.oneIn(4n) ? 10n ** 15n : 1n) + 1n,
    bond: random.between(STUN, random.oneIn(12n) ? 30_000n * STUN : 900n * STUN),
    modelId: random.oneIn(2n) ? random.pick(pair.models) : ZeroHash,
    workSeconds: random.between(600n, 200_000n),
    challengeSeconds: random.between(3_600n, 60_000n),
    finalSeconds: random.oneIn(4n) ? random.between(203_600n, 3n * DAY) : 21n * DAY,
    attested: random.oneIn(3n),
    ...(random.oneIn(3n) ? pair.zkTerms() : {}),
  };
  if (!random.oneIn(10n)) return terms;
  return {
    ...terms,
    ...random.pick<Partial<Terms>>([
      ...[{ verifier: 0n }, { verifier: 4n }, { unitPrice: 0n }, { maxUnits: 0n }, { budget: 0n }, { bond: STUN - 1n }],
      ...[
        { workSeconds: 599n },
        { workSeconds: 604_801n },
        { challengeSeconds: 3_599n },
        { challengeSeconds: 259_201n },
      ],
      ...[{ finalSeconds: terms.workSeconds + 3_599n }, { finalSeconds: 1_814_401n }, { asset: ZeroAddress }],
    ]),
  };
}

/** An offer that works, or one that fails in one point. */
function randomOffer(random: Random, pair: EscrowPair, payer: string, at: bigint): OfferPlan {
  const provider = random.pick(pair.providers).address;
  const floor = pair.offers[provider]?.floor ?? 0n;
  const other = pair.payers.find((each) => each.address !== payer)?.address ?? ZeroAddress;
  const plan = {
    provider,
    // within the window, often the same again; sometimes far beyond it
    nonce: floor + (random.oneIn(8n) ? random.between(150n, 1_000n) : random.between(0n, 190n)),
    expiry: at + random.between(1n, DAY),
    payer: random.oneIn(2n) ? payer : ZeroAddress,
  };
  if (!random.oneIn(8n)) return plan;
  const below = floor > 0n ? floor - 1n : floor + OFFER_REACH;
  return {
    ...plan,
    ...random.pick<Partial<OfferPlan>>([
      ...[{ expiry: at }, { payer: other }, { nonce: below }, { nonce: floor + OFFER_REACH }],
      { nonce: floor + OFFER_REACH - 1n },
    ]),
  };
}

/** An event that the table has for the job's state, mostly by the right party and about when it becomes possible. */
function randomAction(run: Differential, pair: EscrowPair, job: JobPair, from: bigint): JobAction {
  const { random } = run;
  const { model } = job;
  const wait = (row: JobTransition): bigint => {
    const last = (row.from ?? []).map((name) => moment(model, name)).sort((x, y) => (x < y ? 1 : -1))[0] ?? from;
    return last > from ? last - from : 0n;
  };
  // a long wait ends the windows of every other job, and some endings need nothing but time: both are rare
  const rows = JOB_TRANSITIONS.filter(
    (row) =>
      row.state === model.state &&
      // a proof takes about a second
      (!row.zk || random.oneIn(job.terms.verifier === 3n ? (model.state === "disputed" ? 3n : 12n) : 60n)) &&
      (wait(row) < 3_000n || random.oneIn(model.state === "disputed" ? 2n : 5n)) &&
      (random.oneIn(8n) || !RARE.has(row.event)),
  );
  const anywhere = JOB_TRANSITIONS.filter((row) => row.state !== "none" && !row.zk && wait(row) < 3_000n);
  // what this run has not met yet comes first, where this job can take it
  const fresh = JOB_TRANSITIONS.filter(
    (row) => run.lacks(nameOf(row)) && row.state === model.state && transitionOf(model, row.event) === row,
  );
  const row =
    fresh.length > 0 && random.oneIn(4n)
      ? random.pick(fresh)
      : rows.length > 0 && !random.oneIn(12n)
        ? random.pick([...rows, ...rows.filter((each) => each.event === "dispute" || each.event === "accept")])
        : random.pick(anywhere);
  let at = from + random.between(0n, 2_000n);
  const early = (row.from ?? []).map((name) => moment(model, name) - (random.oneIn(4n) ? 1n : 0n));
  const late = row.until && random.oneIn(6n) ? [moment(model, row.until) - random.between(0n, 1n)] : [];
  // the moments of a row, and the second before, are where a rule can be wrong by one
  for (const each of [...early, ...late]) if (each > at) at = each;

  const provider = model.provider ?? random.pick(pair.providers).address;
  const stranger = random.pick([pair.people.stranger, ...pair.payers, ...pair.providers]).address;
  const rightful = {
    payer: job.payer,
    provider,
    bonded: random.oneIn(12n) ? pair.people.stranger.address : random.pick(pair.providers).address,
    committee: "committee",
    anyone: stranger,
  };
  const actor = random.oneIn(12n) ? stranger : rightful[row.by];
  const outcome = OUTCOMES[row.event];
  const units = random.between(0n, job.terms.maxUnits);
  if (outcome !== undefined) {
    const attempt = model.attempt + (random.oneIn(10n) ? 1n : 0n);
    const resultHash = random.oneIn(12n) ? id("another result") : job.submission.resultHash;
    // far less than was claimed, nearly that, or all: an overclaim begins at a tenth
    const claimed = job.submission.units;
    const judged = random.pick([units, claimed, (claimed * 10n) / 11n, (claimed * 10n) / 11n + 1n]);
    return { event: "verdict", actor: "committee", at, outcome, attempt, provider, units: judged, resultHash };
  }
  if (row.event === "proven") {
    const attempt = model.attempt + (random.oneIn(10n) ? 1n : 0n);
    const { resultHash } = job.submission;
    return { event: "proven", actor, at, attempt, provider, units: WORTH, resultHash };
  }
  if (row.event === "submit") {
    const resultHash = random.oneIn(15n) ? ZeroHash : pair.resultOf(job, provider);
    const given = resultHash !== ZeroHash && random.oneIn(12n) ? job.terms.maxUnits + 1n : units;
    return { event: "submit", actor, at, resultHash, units: given };
  }
  if (row.event === "accept") return { event: "accept", actor, at, hasReferrer: pair.referred(actor) };
  return { event: row.event, actor, at } as JobAction;
}

async function step(run: Differential, pair: EscrowPair, from: bigint): Promise<bigint> {
  const { random } = run;
  let at = from + random.between(0n, 600n);
  if (random.oneIn(50n)) {
    pair.pause = await randomPause(run, pair.people, pair.contracts.escrow, pair.pause, at, HOUR);
  } else if (pair.live.length < LIVE && !random.oneIn(4n)) {
    const payer = random.pick(pair.payers);
    const plan = random.oneIn(2n) ? randomOffer(random, pair, payer.address, at) : null;
    await pair.create(payer, randomTerms(random, pair), at, plan, random.oneIn(3n));
  } else if (random.oneIn(6n)) {
    await pair.ledgers.step(at, pair.people.stranger.address, (book, amounts) => pair.pay(book, amounts));
  } else if (random.oneIn(8n)) {
    const provider = random.pick(pair.providers).address;
    const bond = pair.pool.bonds[provider];
    if (random.oneIn(3n)) {
      const floor = pair.offers[provider]?.floor ?? 0n;
      const raised = [floor, floor + OFFER_REACH + 1n, floor + random.between(1n, 300n)];
      await pair.cancelOffers(provider, random.pick(raised), at);
    } else if (!bond) {
      await pair.moveBond(provider, "bond", at);
    } else if (bond.exitRequestedAt !== null) {
      at = random.oneIn(3n) && bond.exitRequestedAt + 7n * DAY > at ? bond.exitRequestedAt + 7n * DAY : at;
      await pair.moveBond(provider, "unbond", at);
    } else {
      await pair.moveBond(provider, random.oneIn(6n) ? "requestExit" : "renew", at);
    }
  } else if (pair.jobs.length > 0) {
    const pool = random.oneIn(20n) || pair.live.length === 0 ? pair.jobs : pair.live;
    const job = random.pick(pool);
    const action = randomAction(run, pair, job, from);
    at = action.at;
    if (action.event === "verdict") {
      const more = random.oneIn(3n) ? [...pair.live, job] : [];
      const leaves: Leaf[] = [{ job, action }];
      for (const each of more) {
        const said = randomAction(run, pair, each, from);
        if (said.event === "verdict") leaves.push({ job: each, action: said });
      }
      await pair.judge(leaves, at);
    } else if (action.event === "proven") {
      await pair.prove(job, action);
    } else {
      await pair.act(job, action, random.oneIn(15n));
    }
  }
  return at;
}

describe("JobEscrow against the model", () => {
  it("agrees to the last unit after each random call: jobs, bonds, offers, ledgers and balances", async () => {
    const run = new Differential("jobs", MEANINGS, { kinds: KINDS, refusals: REFUSALS });
    while (run.unfinished) {
      const pair = await EscrowPair.deploy(run);
      let at = await latest();
      const last = run.calls + WORLD;
      while (run.unfinished && run.calls < last) {
        at = await step(run, pair, at + 1n);
        await run.compare([...pair.facts(await latest()), ...pauseFacts(run, pair.contracts.escrow, pair.pause)]);
      }
    }
    run.finish();
  }).timeout(1_800_000);
});
