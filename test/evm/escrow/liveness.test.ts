import { expect } from "chai";
import { DAY, mined, nextAt, read, STUN } from "../kit";
import {
  after,
  assigned,
  creditOf,
  disputed,
  GRACE,
  held,
  jobOf,
  lockedOf,
  named,
  open,
  posted,
  STATE,
  submitFor,
  submitted,
  VERDICT_TIME,
  world,
  type Placed,
  type World,
} from "./fixture";

/** The longest that a job's money can stay, whoever is silent. */
const LONGEST = 27n * DAY;
/** Terms as slow as their bounds allow. */
const SLOW = { workSeconds: 7n * DAY, challengeSeconds: 3n * DAY, finalSeconds: 21n * DAY };

/** The committee is stopped, the guardian pauses what it can, and only a stranger acts. */
async function silenced(w: World): Promise<World> {
  await mined(w.guardian, w.committee, "stop", 14n * DAY);
  await mined(w.guardian, w.escrow, "pause", 7n * DAY);
  return w;
}

/** Nothing of the job is left, nothing is locked, and everything that came in is owed to somebody or burned. */
async function over(w: World, job: Placed): Promise<void> {
  expect((await jobOf(w, job)).state).to.equal(STATE.none);
  for (const who of [w.provider, w.rescuer]) expect(await lockedOf(w, who)).to.equal(0n);
  const token = await w.token.getAddress();
  const [toBurn, toTreasury] = await read<[bigint, bigint]>(w.escrow, "feesOf", token);
  let owed = toBurn + toTreasury + (await read<bigint>(w.escrow, "royaltyOf", token, job.terms.modelId));
  for (const who of [w.payer, w.provider, w.rescuer]) {
    owed += (await creditOf(w, who)) + (await read<bigint>(w.escrow, "referralOf", token, who.address));
  }
  expect(await held(w)).to.equal(owed);
}

/** The next transaction happens when 27 days of the job's life are over. */
async function atTheLatest(w: World, job: Placed): Promise<void> {
  await nextAt((await jobOf(w, job)).created + LONGEST);
}

describe("JobEscrow: with everybody silent but a stranger, and the guardian at its worst", () => {
  it("an open job is refunded", async () => {
    const w = await world();
    const job = await posted(w, SLOW);
    await silenced(w);
    await after(w, job, 21n * DAY);
    await mined(w.stranger, w.escrow, "refund", ...open(w, job));
    await over(w, job);
    expect(await creditOf(w, w.payer)).to.equal(105n * STUN);
  });

  it("an assigned job is reopened or refunded", async () => {
    const w = await world();
    const job = await assigned(w, SLOW);
    await silenced(w);
    await after(w, job, 7n * DAY + GRACE);
    await mined(w.stranger, w.escrow, "reopen", ...open(w, job));
    expect(await lockedOf(w, w.provider), "the bond is free at once").to.equal(0n);
    await atTheLatest(w, job);
    await mined(w.stranger, w.escrow, "refund", ...open(w, job));
    await over(w, job);
  });

  it("a submitted job is settled", async () => {
    const w = await world();
    const job = await submitted(w, SLOW);
    await silenced(w);
    await atTheLatest(w, job);
    await mined(w.stranger, w.escrow, "settle", ...named(w, job));
    await over(w, job);
  });

  it("an attested job and a disputed one are settled by half", async () => {
    for (const make of [
      (w: World): Promise<Placed> => submitted(w, { ...SLOW, attested: true }),
      (w: World): Promise<Placed> => disputed(w, SLOW),
    ]) {
      const w = await world();
      const job = await make(w);
      await silenced(w);
      await atTheLatest(w, job);
      await mined(w.stranger, w.escrow, "settleSilent", ...named(w, job));
      await over(w, job);
      expect(await creditOf(w, w.payer), "budget 100 less half of 80, and the stake").to.equal(65n * STUN);
    }
  });

  it("the slowest life of a job ends within 27 days", async () => {
    const w = await world();
    const job = await posted(w, SLOW);
    // The last second at which the work still fits, the last of the grace, the last of the challenge window.
    await after(w, job, 14n * DAY - GRACE);
    await mined(w.provider, w.escrow, "accept", ...open(w, job));
    await after(w, job, 7n * DAY + GRACE - 1n);
    const done = await submitFor(w, job, 80n);
    await after(w, done, 3n * DAY - 1n);
    await mined(w.payer, w.escrow, "dispute", done.nonce, done.terms, done.submission);
    const { created } = await jobOf(w, done);
    await after(w, done, VERDICT_TIME);
    const receipt = await mined(w.stranger, w.escrow, "settleSilent", ...named(w, done));
    const ended = BigInt((await receipt.getBlock()).timestamp);
    expect(ended - created <= LONGEST).to.equal(true);
    await over(w, done);
  });

  it("a provider who wants to leave has its bond back when its last job is over", async () => {
    const w = await world();
    const job = await submitted(w);
    await mined(w.provider, w.staking, "requestExit", 1n);
    await after(w, job, 7n * DAY);
    await mined(w.stranger, w.escrow, "settle", ...named(w, job));
    await mined(w.provider, w.staking, "unbond", 1n);
  });
});
