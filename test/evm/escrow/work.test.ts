import { setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { id, toBeHex, ZeroHash } from "ethers";
import { termsHash } from "../../../chains/evm/escrow";
import { DAY, HOUR, mined, nestedWord, read, send, STUN } from "../kit";
import {
  after,
  assigned,
  creditOf,
  GRACE,
  jobOf,
  lockedOf,
  named,
  open,
  posted,
  STATE,
  submitFor,
  submitted,
  UNDELIVERED,
  judged,
  world,
} from "./fixture";

describe("JobEscrow: accept", () => {
  it("assigns an open job to a bonded provider and locks its bond", async () => {
    const w = await world();
    const job = await posted(w);
    await expect(send(w.provider, w.escrow, "accept", ...open(w, job)))
      .to.emit(w.escrow, "JobAssigned")
      .withArgs(job.jobId, w.provider.address, 1n);
    const view = await jobOf(w, job);
    expect([view.state, view.provider, view.attempt]).to.deep.equal([STATE.assigned, w.provider.address, 1n]);
    expect(await lockedOf(w, w.provider)).to.equal(job.terms.bond);
  });

  it("refuses who has no bond, other terms, and a job that is taken", async () => {
    const w = await world();
    const job = await posted(w);
    await expect(send(w.stranger, w.escrow, "accept", ...open(w, job)))
      .to.be.revertedWithCustomError(w.staking, "InsufficientBond")
      .withArgs(w.stranger.address, 0n, job.terms.bond);
    const other = { ...job, terms: { ...job.terms, bond: STUN } };
    await expect(send(w.provider, w.escrow, "accept", ...open(w, other)))
      .to.be.revertedWithCustomError(w.escrow, "TermsMismatch")
      .withArgs(job.jobId);
    await mined(w.provider, w.escrow, "accept", ...open(w, job));
    await expect(send(w.rescuer, w.escrow, "accept", ...open(w, job)))
      .to.be.revertedWithCustomError(w.escrow, "WrongState")
      .withArgs(job.jobId, STATE.assigned);
  });

  it("refuses when the work could not end, grace included, before the job can be refunded", async () => {
    const w = await world();
    const job = await posted(w);
    const { created } = await jobOf(w, job);
    const last = job.terms.finalSeconds - job.terms.workSeconds - GRACE;
    await after(w, job, last + 1n);
    await expect(send(w.provider, w.escrow, "accept", ...open(w, job)))
      .to.be.revertedWithCustomError(w.escrow, "TooLate")
      .withArgs(job.jobId, created + job.terms.finalSeconds);
    const other = await posted(w);
    await after(w, other, last);
    await mined(w.provider, w.escrow, "accept", ...open(w, other));
  });

  it("takes no fourth assignment", async () => {
    const w = await world();
    const job = await posted(w);
    for (let attempt = 1n; attempt <= 3n; attempt++) {
      await mined(w.provider, w.escrow, "accept", ...open(w, job));
      await after(w, job, HOUR + GRACE);
      await mined(w.stranger, w.escrow, "reopen", ...open(w, job));
      expect((await jobOf(w, job)).attempt).to.equal(attempt);
    }
    await expect(send(w.provider, w.escrow, "accept", ...open(w, job)))
      .to.be.revertedWithCustomError(w.escrow, "NoAttemptsLeft")
      .withArgs(job.jobId);
    // Nobody can do it any more, so that anybody may refund it at once; the payer gets the bounties too.
    await mined(w.stranger, w.escrow, "refund", ...open(w, job));
    expect(await creditOf(w, w.payer)).to.equal(105n * STUN + 3n * 50n * STUN);
  });
});

describe("JobEscrow: submit", () => {
  it("binds what was submitted and starts the challenge window", async () => {
    const w = await world();
    const job = await assigned(w);
    const submission = { resultHash: id("result"), units: 80n };
    await expect(send(w.provider, w.escrow, "submit", ...open(w, job), submission))
      .to.emit(w.escrow, "JobSubmitted")
      .withArgs(job.jobId, w.provider.address, 1n, submission.resultHash, 80n);
    const view = await jobOf(w, job);
    expect(view.state).to.equal(STATE.submitted);
    expect(view.commitment).to.not.equal(termsHash(job.terms));
    await expect(send(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, { ...submission, units: 79n }))
      .to.be.revertedWithCustomError(w.escrow, "TermsMismatch")
      .withArgs(job.jobId);
  });

  it("is taken up to the last second of the grace, and not after", async () => {
    const w = await world();
    const job = await assigned(w);
    const { since } = await jobOf(w, job);
    const submission = { resultHash: id("result"), units: 80n };
    await after(w, job, HOUR + GRACE);
    await expect(send(w.provider, w.escrow, "submit", ...open(w, job), submission))
      .to.be.revertedWithCustomError(w.escrow, "TooLate")
      .withArgs(job.jobId, since + HOUR + GRACE);
    const other = await assigned(w);
    await after(w, other, HOUR + GRACE - 1n);
    await mined(w.provider, w.escrow, "submit", ...open(w, other), submission);
  });

  it("refuses another provider, an empty result, too many units and a second submission", async () => {
    const w = await world();
    const job = await assigned(w);
    const submission = { resultHash: id("result"), units: 80n };
    await expect(send(w.rescuer, w.escrow, "submit", ...open(w, job), submission))
      .to.be.revertedWithCustomError(w.escrow, "NotProvider")
      .withArgs(w.rescuer.address, w.provider.address);
    await expect(
      send(w.provider, w.escrow, "submit", ...open(w, job), { resultHash: ZeroHash, units: 1n }),
    ).to.be.revertedWithCustomError(w.escrow, "EmptyResult");
    await expect(send(w.provider, w.escrow, "submit", ...open(w, job), { ...submission, units: 101n }))
      .to.be.revertedWithCustomError(w.escrow, "TooManyUnits")
      .withArgs(101n, 100n);
    await mined(w.provider, w.escrow, "submit", ...open(w, job), submission);
    await expect(send(w.provider, w.escrow, "submit", ...open(w, job), submission))
      .to.be.revertedWithCustomError(w.escrow, "WrongState")
      .withArgs(job.jobId, STATE.submitted);
  });
});

describe("JobEscrow: missed deadlines", () => {
  it("are slashed by 1,000 BPS: half burned, half kept for who is then paid for the job", async () => {
    const w = await world();
    const job = await assigned(w);
    await after(w, job, HOUR + GRACE);
    await expect(send(w.stranger, w.escrow, "reopen", ...open(w, job)))
      .to.emit(w.escrow, "JobMissed")
      .withArgs(job.jobId, w.provider.address, 1n, 50n * STUN);
    expect(await lockedOf(w, w.provider)).to.equal(0n);
    await mined(w.rescuer, w.escrow, "accept", ...open(w, job));
    const done = await submitFor(w, job, 100n, w.rescuer);
    await mined(w.payer, w.escrow, "acceptResult", done.nonce, done.terms, done.submission);
    // 100 less 2 % fee and 5 % royalty, no referrer, and the bounty.
    expect(await creditOf(w, w.rescuer)).to.equal(93n * STUN + 50n * STUN);
    const stun = await w.token.getAddress();
    expect(await read(w.registry, "reputationOf", w.at, w.provider.address, stun)).to.deep.equal([0n, 1n]);
    const fee = (2n * 100n * STUN) / 100n / 10n ** 12n;
    expect(await read(w.registry, "reputationOf", w.at, w.rescuer.address, stun)).to.deep.equal([fee, 0n]);
  });

  it("promise a rescuer nothing of a slash that staking did not pay in full; the payer gets what came", async () => {
    const w = await world();
    const job = await assigned(w);
    const { bond } = job.terms;
    const keys = [w.at, w.provider.address] as const;
    const { slot, word } = await nestedWord(w.staking, keys, (found) => (found >> 96n) % 2n ** 96n === bond);
    // no call of staking leaves less locked than the job's bond: only this makes it
    await setStorageAt(await w.staking.getAddress(), slot, toBeHex(word - ((bond - 10n) << 96n), 32));
    await after(w, job, HOUR + GRACE);
    await expect(send(w.stranger, w.escrow, "reopen", ...open(w, job)))
      .to.emit(w.escrow, "JobMissed")
      .withArgs(job.jobId, w.provider.address, 1n, 5n);
    expect((await jobOf(w, job)).bounties).to.equal(0n);
    expect(await creditOf(w, w.payer)).to.equal(5n);
    await mined(w.payer, w.escrow, "cancel", job.nonce, job.terms);
    expect(await creditOf(w, w.payer)).to.equal(105n * STUN + 5n);
  });

  it("cannot be called missed one second too early, or reopened when they were kept", async () => {
    const w = await world();
    const job = await assigned(w);
    const { since } = await jobOf(w, job);
    await after(w, job, HOUR + GRACE - 1n);
    await expect(send(w.stranger, w.escrow, "reopen", ...open(w, job)))
      .to.be.revertedWithCustomError(w.escrow, "TooEarly")
      .withArgs(job.jobId, since + HOUR + GRACE);
    const other = await submitted(w);
    await expect(send(w.stranger, w.escrow, "reopen", ...open(w, other)))
      .to.be.revertedWithCustomError(w.escrow, "WrongState")
      .withArgs(other.jobId, STATE.submitted);
  });

  it("past the final time end in a refund with the slashed half", async () => {
    const w = await world();
    const job = await assigned(w, { finalSeconds: 2n * HOUR + 10n });
    const { created } = await jobOf(w, job);
    await after(w, job, 2n * HOUR);
    await expect(send(w.stranger, w.escrow, "refund", ...open(w, job)))
      .to.be.revertedWithCustomError(w.escrow, "TooEarly")
      .withArgs(job.jobId, created + 2n * HOUR + 10n);
    await after(w, job, 2n * HOUR + 10n);
    await mined(w.stranger, w.escrow, "refund", ...open(w, job));
    expect(await creditOf(w, w.payer)).to.equal(105n * STUN + 50n * STUN);
    expect((await jobOf(w, job)).state).to.equal(STATE.none);
  });

  it("leave an open job that was never taken to the payer at any time, to anybody past the final time", async () => {
    const w = await world();
    const job = await posted(w);
    await expect(send(w.stranger, w.escrow, "cancel", job.nonce, job.terms)).to.be.revertedWithCustomError(
      w.escrow,
      "WrongState",
    );
    await after(w, job, 2n * DAY);
    await mined(w.stranger, w.escrow, "refund", ...open(w, job));
    expect(await creditOf(w, w.payer)).to.equal(105n * STUN);
    await expect(send(w.stranger, w.escrow, "refund", ...open(w, job)))
      .to.be.revertedWithCustomError(w.escrow, "WrongState")
      .withArgs(job.jobId, STATE.none);
    const done = await submitted(w);
    await expect(send(w.stranger, w.escrow, "refund", ...open(w, done)))
      .to.be.revertedWithCustomError(w.escrow, "WrongState")
      .withArgs(done.jobId, STATE.submitted);
  });

  it("pay every bounty to the provider who is paid at last", async () => {
    const w = await world();
    const job = await assigned(w);
    await after(w, job, HOUR + GRACE);
    await mined(w.stranger, w.escrow, "reopen", ...open(w, job));
    await mined(w.provider, w.escrow, "accept", ...open(w, job));
    const undelivered = await submitFor(w, job, 10n);
    await judged(w, undelivered, UNDELIVERED);
    expect((await jobOf(w, job)).bounties).to.equal(2n);
    await mined(w.rescuer, w.escrow, "accept", ...open(w, job));
    const done = await submitFor(w, job, 100n, w.rescuer);
    await after(w, job, 2n * HOUR);
    await mined(w.stranger, w.escrow, "settle", ...named(w, done));
    expect(await creditOf(w, w.rescuer)).to.equal(93n * STUN + 100n * STUN);
  });
});
