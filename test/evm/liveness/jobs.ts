// A job in each of its states, and the parties around it. A stranger drives whatever can be driven, at the first second
// at which the escrow lets it, and pays out what is owed to anybody.
import { expect } from "chai";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { Offer, VerdictEntry } from "../../../chains/evm/escrow";
import { mined, nextAt, now, read, send } from "../kit";
import {
  assigned,
  creditOf,
  disputed,
  GRACE,
  held,
  jobOf,
  lockedOf,
  MODEL,
  named,
  offered,
  open,
  placed,
  posted,
  signedBatch,
  STATE,
  submitFor,
  submitted,
  termsIn,
  UNDELIVERED,
  VALID,
  VERDICT_TIME,
  verdictOn,
  world,
  WRONG,
  type JobView,
  type Placed,
  type World,
} from "../escrow/fixture";
import { proving, zkSubmitted, zkTerms, zkWorld, type ZkJob, type ZkWorld } from "../escrow/proof-fixture";
import { DAY, type Mood, type Outcome, type Party, type Row } from "./table";

/** Longest life of a job, from its creation. */
const LIFE = 27n * DAY;
/** Terms as slow as their bounds allow. */
export const SLOW = { workSeconds: 7n * DAY, challengeSeconds: 3n * DAY, finalSeconds: 21n * DAY };
/** Offers of these tests are good for a day. */
const OFFER = DAY;

/** A job on its way; what was submitted last is known to everybody from the chain's events. */
export interface Live {
  w: World;
  job: Placed;
  /** A batch that the committee has signed and nobody has brought. */
  batch?: [VerdictEntry[], bigint, string];
  /** The job with its proof's words. */
  zk?: { w: ZkWorld; job: ZkJob };
}

/** Acts when it can in this state, and says whether it did. */
type Actor = (live: Live, job: JobView) => Promise<boolean>;

/** The next block is at `when`, or as soon as can be. */
export async function at(when: bigint): Promise<void> {
  const soon = (await now()) + 1n;
  await nextAt(when > soon ? when : soon);
}

async function judge(live: Live, outcome: bigint, when: bigint): Promise<boolean> {
  const { w, job } = live;
  const batch = await signedBatch(w, [await verdictOn(w, job, outcome)]);
  await at(when);
  await mined(w.members[0]!, w.escrow, "applyVerdicts", ...batch);
  return true;
}

async function accept(live: Live, when: bigint): Promise<boolean> {
  const { w, job } = live;
  await at(when);
  await mined(w.provider, w.escrow, "accept", ...open(w, job));
  return true;
}

async function submitAt(live: Live, when: bigint, units: bigint): Promise<boolean> {
  await at(when);
  live.job = await submitFor(live.w, live.job, units);
  return true;
}

/** The last second at which the provider can accept the open job. */
function lastAccept({ job }: Live, { created, attempt }: JobView): bigint | undefined {
  return attempt < 3n ? created + job.terms.finalSeconds - job.terms.workSeconds - GRACE : undefined;
}

/** What a party does that wants the job to go well. */
const helpful: Partial<Record<Party, Actor>> = {
  async provider(live, job) {
    const last = lastAccept(live, job);
    if (job.state === STATE.open && last !== undefined && (await now()) < last) return accept(live, 0n);
    if (job.state === STATE.assigned) return submitAt(live, 0n, 80n);
    if (job.state !== STATE.submitted || !live.zk) return false;
    const { w } = live;
    await mined(w.provider, w.escrow, "prove", ...(await proving(live.zk.w, live.zk.job)));
    return true;
  },
  async payer(live, job) {
    if (job.state !== STATE.submitted) return false;
    const { w, job: known } = live;
    await mined(w.payer, w.escrow, "acceptResult", known.nonce, known.terms, known.submission);
    return true;
  },
  async committee(live, job) {
    return job.state >= STATE.submitted ? judge(live, VALID, 0n) : false;
  },
};

/** Those who harm from the first second do it once; the others whenever the job comes into a state they have a call for. */
const hostile: Partial<Record<Party, { worst: string; first?: (w: World) => Promise<void>; actor?: Actor }>> = {
  committee: {
    worst: "judges in the last second: Undelivered what was submitted, Wrong what was disputed",
    async actor(live, job) {
      const { challengeSeconds, attested } = live.job.terms;
      if (job.state === STATE.disputed) return judge(live, WRONG, job.since + VERDICT_TIME - 1n);
      if (job.state !== STATE.submitted) return false;
      return judge(live, UNDELIVERED, job.since + challengeSeconds + (attested ? VERDICT_TIME : 0n) - 1n);
    },
  },
  guardian: {
    worst: "pauses entries for 7 days and stops the committee for 14",
    first: (w) => silence(w, w.guardian),
  },
  bridge: {
    worst: "forges governance's messages to a remote chain, and with them does as a hostile governance",
    first: usurp,
  },
  payer: {
    worst: "disputes in the last second of the window, and is gone",
    async actor(live, job) {
      if (job.state !== STATE.submitted) return false;
      const { w, job: known } = live;
      await at(job.since + known.terms.challengeSeconds - 1n);
      await mined(w.payer, w.escrow, "dispute", known.nonce, known.terms, known.submission);
      return true;
    },
  },
  provider: {
    worst: "accepts in the last second that lets it, and claims every unit in the last second of the grace",
    async actor(live, job) {
      const { w, job: known } = live;
      const last = lastAccept(live, job);
      if (job.state === STATE.open && last !== undefined && (await now()) < last) return accept(live, last);
      if (job.state !== STATE.assigned || job.provider !== w.provider.address) return false;
      return submitAt(live, job.since + known.terms.workSeconds + GRACE - 1n, known.terms.maxUnits);
    },
  },
  governance: {
    worst:
      "names itself guardian and pauses, replaces and stops the committee, refuses assets, and takes the treasury's part of fees",
    first: usurp,
  },
};

async function silence(w: World, by: HardhatEthersSigner): Promise<void> {
  await mined(by, w.committee, "stop", 14n * DAY);
  await mined(by, w.escrow, "pause", 7n * DAY);
  await mined(by, w.staking, "pause", 7n * DAY).catch(() => undefined);
}

/** All that the owner of the modules can do to a job. */
async function usurp(w: World): Promise<void> {
  await mined(w.owner, w.escrow, "setFeeTargets", w.owner.address, w.owner.address);
  await mined(w.owner, w.escrow, "setAsset", await w.stable.getAddress(), false);
  for (const module of [w.escrow, w.committee, w.staking]) {
    await mined(w.owner, module, "setGuardian", w.owner.address);
  }
  await mined(w.owner, w.committee, "setMembers", [w.owner.address], 1n);
  await silence(w, w.owner);
}

/** What anybody can do, at the first second at which it is allowed. */
async function stranger(live: Live, job: JobView): Promise<void> {
  const { w, job: known } = live;
  const { workSeconds, challengeSeconds, finalSeconds, attested } = known.terms;
  const last = job.attempt === 3n;
  const call = async (when: bigint, method: string, args: unknown[]): Promise<void> => {
    await at(when);
    await mined(w.stranger, w.escrow, method, ...args);
  };
  if (live.batch) {
    const batch = live.batch;
    delete live.batch;
    if (await applies(live, batch)) return;
  }
  const final = job.created + finalSeconds;
  if (job.state === STATE.open) return call(last ? 0n : final, "refund", open(w, known));
  if (job.state === STATE.assigned) {
    const missed = job.since + workSeconds + GRACE;
    return call(missed, last || missed >= final ? "refund" : "reopen", open(w, known));
  }
  if (job.state === STATE.disputed) return call(job.since + VERDICT_TIME, "settleSilent", named(w, known));
  if (attested) return call(job.since + challengeSeconds + VERDICT_TIME, "settleSilent", named(w, known));
  return call(job.since + challengeSeconds, "settle", named(w, known));
}

/** Whether the signed batch still holds: it does not when the committee was stopped or replaced. */
async function applies(live: Live, batch: NonNullable<Live["batch"]>): Promise<boolean> {
  try {
    await mined(live.w.stranger, live.w.escrow, "applyVerdicts", ...batch);
    return true;
  } catch {
    return false;
  }
}

/** A stranger ends the job, after whatever these do first. */
export async function strangerEnds(live: Live, actors: readonly Actor[]): Promise<void> {
  for (let step = 0; step < 20; ++step) {
    const job = await jobOf(live.w, live.job);
    if (job.state === STATE.none) return;
    let acted = false;
    for (const actor of actors) acted ||= await actor(live, job);
    if (!acted) await stranger(live, job);
  }
  throw new Error("The job does not end.");
}

/** Anybody pays everybody: nothing stays in the escrow, or in staking for it. */
async function paidOut(w: World): Promise<void> {
  const token = await w.token.getAddress();
  for (const who of [w.payer, w.provider, w.rescuer]) {
    if ((await creditOf(w, who)) > 0n) await mined(w.stranger, w.escrow, "withdraw", token, who.address);
    const referral = await read<bigint>(w.escrow, "referralOf", token, who.address);
    if (referral > 0n) await mined(w.stranger, w.escrow, "sweepReferral", token, who.address);
  }
  if ((await read<bigint>(w.escrow, "royaltyOf", token, MODEL)) > 0n) {
    await mined(w.stranger, w.escrow, "sweepRoyalty", token, MODEL);
  }
  const fees = await read<[bigint, bigint]>(w.escrow, "feesOf", token);
  if (fees[0] + fees[1] > 0n) await mined(w.stranger, w.escrow, "sweepFees", token);
  expect(await held(w), "nothing is left in the escrow").to.equal(0n);
  for (const who of [w.provider, w.rescuer]) expect(await lockedOf(w, who), "nothing is locked").to.equal(0n);
}

/** Who has how much, and what the provider's bond still is. */
async function holdings(w: World): Promise<Map<string, bigint>> {
  const of = async (who: { address: string }): Promise<bigint> => read<bigint>(w.token, "balanceOf", who.address);
  const bond = await read<{ principal: bigint }>(w.staking, "bondOf", w.provider.address);
  return new Map([
    ["payer", await of(w.payer)],
    ["provider", await of(w.provider)],
    ["governance", await of(w.owner)],
    ["guardian", await of(w.guardian)],
    ["stranger", await of(w.stranger)],
    ["committee", await of(w.members[0]!)],
    ["bond", bond.principal],
  ]);
}

/** Runs a cell from where `live` stands, checks that only who may has gained, and says who did. */
async function run(live: Live, actors: readonly Actor[], usurped: boolean): Promise<Outcome> {
  const { w } = live;
  const before = await holdings(w);
  const { created } = await jobOf(w, live.job);
  const start = await now();
  await strangerEnds(live, actors);
  const end = await now();
  expect(end - created <= LIFE, `a life of ${end - created} s`).to.equal(true);
  await paidOut(w);
  const after = await holdings(w);
  const gain = (name: string): bigint => after.get(name)! - before.get(name)!;
  for (const nobody of ["guardian", "stranger", "committee"]) expect(gain(nobody), nobody).to.equal(0n);
  // 48 % of 2 % of the budget, at most: the treasury's part of the fee.
  expect(gain("governance") <= (usurped ? (live.job.terms.budget * 96n) / 10_000n : 0n), "governance").to.equal(true);
  const gained = ["provider", "payer"].filter((name) => gain(name) > 0n).join(" and ");
  return { seconds: end - start, to: gain("bond") < 0n ? `${gained}; slashed` : gained };
}

interface Start {
  state: string;
  covers: readonly string[];
  place(): Promise<Live>;
}

const placeIn = (make: (w: World) => Promise<Placed>) => async (): Promise<Live> => {
  const w = await world();
  return { w, job: await make(w) };
};

async function reopened(w: World): Promise<Placed> {
  const job = await assigned(w, SLOW);
  await at((await jobOf(w, job)).since + SLOW.workSeconds + GRACE);
  await mined(w.stranger, w.escrow, "reopen", ...open(w, job));
  return job;
}

async function judged(outcome: bigint): Promise<Live> {
  const w = await world();
  const job = await disputed(w, SLOW);
  return { w, job, batch: await signedBatch(w, [await verdictOn(w, job, outcome)]) };
}

const STARTS: readonly Start[] = [
  { state: "job: open", covers: ["JobWords.OPEN"], place: placeIn((w) => posted(w, SLOW)) },
  { state: "job: assigned", covers: ["JobWords.ASSIGNED"], place: placeIn((w) => assigned(w, SLOW)) },
  {
    state: "job: submitted",
    covers: ["JobWords.SUBMITTED", "verifier 1"],
    place: placeIn((w) => submitted(w, SLOW)),
  },
  {
    state: "job: submitted, scored",
    covers: ["verifier 2"],
    place: placeIn((w) => submitted(w, { ...SLOW, verifier: 2n })),
  },
  {
    state: "job: submitted, waits for a verdict",
    covers: ["Terms.attested"],
    place: placeIn((w) => submitted(w, { ...SLOW, attested: true })),
  },
  {
    state: "job: submitted, waits for a proof",
    covers: ["verifier 3"],
    async place() {
      const w = await zkWorld();
      const job = await zkSubmitted(w, { ...SLOW, ...zkTerms(w) });
      return { w, job, zk: { w, job } };
    },
  },
  { state: "job: disputed", covers: ["JobWords.DISPUTED"], place: placeIn((w) => disputed(w, SLOW)) },
  { state: "job: open again after a miss", covers: ["JobWord.bounties"], place: placeIn(reopened) },
  { state: "job: verdict Valid signed, not brought", covers: ["outcome 1"], place: () => judged(VALID) },
  { state: "job: verdict Wrong signed, not brought", covers: ["outcome 2"], place: () => judged(WRONG) },
  { state: "job: verdict Undelivered signed, not brought", covers: ["outcome 3"], place: () => judged(UNDELIVERED) },
];

const worstOf = (parties: readonly Party[]): Row["worst"] =>
  Object.fromEntries(parties.map((party) => [party, hostile[party]!.worst]));

function rowOf({ state, covers, place }: Start): Row {
  return {
    state,
    covers,
    bound: LIFE,
    worst: worstOf(["committee", "guardian", "bridge", "payer", "provider", "governance"]),
    async alone() {
      return run(await place(), [], false);
    },
    async run(party, mood) {
      const live = await place();
      if (mood === "silent") return run(live, helpers(party), false);
      const { first, actor } = hostile[party]!;
      await first?.(live.w);
      return run(live, actor ? [actor] : [], first === usurp);
    },
  };
}

/** Those who want the job to go well, but the silent one. */
export function helpers(silent: Party): Actor[] {
  return (["provider", "payer", "committee"] as const).flatMap((name) => (name === silent ? [] : [helpful[name]!]));
}

/** Before a job is: an offer is signed, and locks nothing. */
const OFFERED: Row = {
  state: "job: offer signed",
  covers: ["JobWords.NONE"],
  bound: LIFE,
  worst: {
    payer: "uses the offer in its last second, and is gone",
    provider: "cancels the offer before it is used",
    ...worstOf(["committee", "guardian", "bridge", "governance"]),
  },
  async alone() {
    const { w, terms, offer } = await offerMade();
    await nextAt(offer.expiry);
    await expect(send(w.payer, w.escrow, "create", terms, offer, false)).to.be.revertedWithCustomError(
      w.escrow,
      "OfferExpired",
    );
    return untouched(w, OFFER);
  },
  async run(party: Party, mood: Mood) {
    const { w, terms, offer } = await offerMade();
    if (mood === "silent" && party === "payer") return untouched(w, 0n);
    if (mood === "hostile") {
      await hostile[party]!.first?.(w);
      if (party === "provider") await mined(w.provider, w.escrow, "cancelOffers", offer.nonce + 1n);
      if (party === "payer") await nextAt(offer.expiry - 1n);
    }
    const created = await mined(w.payer, w.escrow, "create", terms, offer, false).catch(() => undefined);
    if (!created) return untouched(w, 0n);
    const live: Live = { w, job: placed(w, created, terms) };
    const { actor } = hostile[party]!;
    if (mood === "silent") return run(live, helpers(party), false);
    return run(live, actor ? [actor] : [], false);
  },
};

async function offerMade(): Promise<{ w: World; terms: Placed["terms"]; offer: Offer }> {
  const w = await world();
  const terms = await termsIn(w, SLOW);
  return { w, terms, offer: await offered(w, terms, { expiry: (await now()) + OFFER }) };
}

async function untouched(w: World, seconds: bigint): Promise<Outcome> {
  expect(await held(w)).to.equal(0n);
  expect(await lockedOf(w, w.provider)).to.equal(0n);
  return { seconds, to: "nothing was locked" };
}

export const jobRows: readonly Row[] = [OFFERED, ...STARTS.map(rowOf)];
/** What a hostile party does at once to everything, when it can do that. */
export async function startHostile(w: World, party: Party): Promise<void> {
  await hostile[party]!.first?.(w);
}

/** What a hostile party does whenever it can. */
export function driveJob(party: Party): Actor[] {
  const { actor } = hostile[party]!;
  return actor ? [actor] : [];
}
