import { expect } from "chai";
import { id } from "ethers";
import { splitPrice } from "../../../model";
import { DAY, HOUR, mined, read, send, STUN } from "../kit";
import {
  after,
  assigned,
  bondProvider,
  creditOf,
  disputed,
  ENDING,
  jobOf,
  judged,
  lockedOf,
  MODEL,
  named,
  registerModels,
  STATE,
  submitFor,
  submitted,
  UNDELIVERED,
  VALID,
  VERDICT_TIME,
  world,
  WRONG,
  type World,
} from "./fixture";

/** All that was booked of a price. */
async function parts(w: World): Promise<Record<string, bigint>> {
  const token = await w.token.getAddress();
  const [toBurn, toTreasury] = await read<[bigint, bigint]>(w.escrow, "feesOf", token);
  return {
    provider: await creditOf(w, w.provider),
    payer: await creditOf(w, w.payer),
    referral: await read<bigint>(w.escrow, "referralOf", token, w.provider.address),
    royalty: await read<bigint>(w.escrow, "royaltyOf", token, MODEL),
    toBurn,
    toTreasury,
  };
}

describe("JobEscrow: accepted and unchallenged", () => {
  it("pays the price in the parts of the economics, and returns the rest and the stake", async () => {
    const w = await world();
    const job = await submitted(w, {}, 80n);
    await expect(send(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission))
      .to.emit(w.escrow, "JobEnded")
      .withArgs(job.jobId, w.provider.address, ENDING.accepted, 80n * STUN, (80n * STUN) / 50n, 80n);
    const split = splitPrice(80n * STUN, 200n, { model: true, referrer: true });
    expect(await parts(w)).to.deep.equal({
      provider: split.provider,
      payer: 25n * STUN,
      referral: split.referral,
      royalty: split.royalty,
      toBurn: split.burn + split.buyback,
      toTreasury: split.treasury,
    });
    expect(await lockedOf(w, w.provider)).to.equal(0n);
    expect((await jobOf(w, job)).state).to.equal(STATE.none);
  });

  it("never costs more than the budget", async () => {
    const w = await world();
    const job = await submitted(w, { unitPrice: 2n * STUN }, 100n);
    await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
    expect(await creditOf(w, w.payer)).to.equal(5n * STUN);
  });

  it("takes no royalty for a model that nobody has registered, and one from then on", async () => {
    const w = await world();
    const modelId = id("unregistered model");
    const job = await submitted(w, { modelId }, 80n);
    await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
    const split = splitPrice(80n * STUN, 200n, { model: false, referrer: true });
    expect(await creditOf(w, w.provider)).to.equal(split.provider);
    await registerModels(w, w.creator, [modelId]);
    const next = await submitted(w, { modelId }, 80n);
    await mined(w.payer, w.escrow, "acceptResult", next.nonce, next.terms, next.submission);
    const full = splitPrice(80n * STUN, 200n, { model: true, referrer: true });
    expect(await creditOf(w, w.provider)).to.equal(split.provider + full.provider);
  });

  it("takes no referral from a provider that is not registered, and one from then on", async () => {
    const w = await world();
    await bondProvider(w, w.stranger, 10_000n * STUN);
    const asset = await w.token.getAddress();
    for (const [referrer, earned] of [
      [false, 0n],
      [true, splitPrice(80n * STUN, 200n, { model: true, referrer: true }).referral],
    ] as const) {
      if (referrer) await mined(w.stranger, w.registry, "register", "https://late.example", w.referrer.address);
      const job = await submitFor(w, await assigned(w, {}, w.stranger), 80n, w.stranger);
      await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
      expect(await read(w.escrow, "referralOf", asset, w.stranger.address)).to.equal(earned);
    }
  });

  it("lets anyone settle at the end of the challenge window, and nobody before", async () => {
    const w = await world();
    const job = await submitted(w);
    const { since } = await jobOf(w, job);
    await after(w, job, 2n * HOUR - 1n);
    await expect(send(w.provider, w.escrow, "settle", ...named(w, job)))
      .to.be.revertedWithCustomError(w.escrow, "TooEarly")
      .withArgs(job.jobId, since + 2n * HOUR);
    await expect(send(w.stranger, w.escrow, "settle", ...named(w, job))).to.emit(w.escrow, "JobEnded");
  });

  it("lets an attested job wait for its verdict", async () => {
    const w = await world();
    const job = await submitted(w, { attested: true });
    await after(w, job, 3n * HOUR);
    await expect(send(w.stranger, w.escrow, "settle", ...named(w, job)))
      .to.be.revertedWithCustomError(w.escrow, "JobIsAttested")
      .withArgs(job.jobId);
    await judged(w, job, VALID);
    expect(await creditOf(w, w.payer)).to.equal(25n * STUN);
  });

  it("lets only the payer accept: another caller names another job", async () => {
    const w = await world();
    const job = await submitted(w);
    await expect(send(w.stranger, w.escrow, "acceptResult", job.nonce, job.terms, job.submission))
      .to.be.revertedWithCustomError(w.escrow, "WrongState")
      .withArgs(await read(w.escrow, "jobIdOf", w.stranger.address, job.nonce), STATE.none);
  });
});

describe("JobEscrow: dispute", () => {
  it("is the payer's alone, once, within the window", async () => {
    const w = await world();
    const job = await submitted(w);
    const { since } = await jobOf(w, job);
    await expect(
      send(w.stranger, w.escrow, "dispute", job.nonce, job.terms, job.submission),
    ).to.be.revertedWithCustomError(w.escrow, "WrongState");
    await after(w, job, 2n * HOUR);
    await expect(send(w.payer, w.escrow, "dispute", job.nonce, job.terms, job.submission))
      .to.be.revertedWithCustomError(w.escrow, "TooLate")
      .withArgs(job.jobId, since + 2n * HOUR);
    const other = await submitted(w);
    await after(w, other, 2n * HOUR - 1n);
    await expect(send(w.payer, w.escrow, "dispute", other.nonce, other.terms, other.submission)).to.emit(
      w.escrow,
      "JobDisputed",
    );
    await expect(send(w.payer, w.escrow, "dispute", other.nonce, other.terms, other.submission))
      .to.be.revertedWithCustomError(w.escrow, "WrongState")
      .withArgs(other.jobId, STATE.disputed);
    await expect(send(w.stranger, w.escrow, "settle", ...named(w, other)))
      .to.be.revertedWithCustomError(w.escrow, "WrongState")
      .withArgs(other.jobId, STATE.disputed);
  });

  it("that is lost pays the stake to the provider", async () => {
    const w = await world();
    const job = await disputed(w);
    await judged(w, job, VALID);
    const { provider } = splitPrice(80n * STUN, 200n, { model: true, referrer: true });
    expect(await creditOf(w, w.provider)).to.equal(provider + 5n * STUN);
    expect(await creditOf(w, w.payer)).to.equal(20n * STUN);
  });

  it("that is conceded pays the stake to the provider", async () => {
    const w = await world();
    const job = await disputed(w);
    await mined(w.payer, w.escrow, "acceptResult", job.nonce, job.terms, job.submission);
    expect(await creditOf(w, w.payer)).to.equal(20n * STUN);
  });

  it("that is won returns everything and slashes the whole bond: half burned, half to the payer", async () => {
    const w = await world();
    const job = await disputed(w);
    await judged(w, job, WRONG);
    expect(await creditOf(w, w.payer)).to.equal(105n * STUN + 500n * STUN);
    expect(await creditOf(w, w.provider)).to.equal(0n);
    expect(await lockedOf(w, w.provider)).to.equal(0n);
    const { principal } = await read<{ principal: bigint }>(w.staking, "bondOf", w.provider.address);
    expect(principal).to.equal(99_000n * STUN);
  });

  it("with a scored verifier refunds and never slashes", async () => {
    const w = await world();
    const job = await disputed(w, { verifier: 2n });
    await judged(w, job, WRONG);
    expect(await creditOf(w, w.payer)).to.equal(105n * STUN);
    const { principal, locked } = await read<{ principal: bigint; locked: bigint }>(
      w.staking,
      "bondOf",
      w.provider.address,
    );
    expect([principal, locked]).to.deep.equal([100_000n * STUN, 0n]);
  });
});

describe("JobEscrow: a silent committee", () => {
  it("settles half of the price after the verdict time, returns the rest, slashes nobody", async () => {
    const w = await world();
    const job = await disputed(w);
    const { since } = await jobOf(w, job);
    await after(w, job, VERDICT_TIME - 1n);
    await expect(send(w.stranger, w.escrow, "settleSilent", ...named(w, job)))
      .to.be.revertedWithCustomError(w.escrow, "TooEarly")
      .withArgs(job.jobId, since + VERDICT_TIME);
    await expect(send(w.stranger, w.escrow, "settleSilent", ...named(w, job))).to.emit(w.escrow, "JobEnded");
    const { provider } = splitPrice(40n * STUN, 200n, { model: true, referrer: true });
    expect(await creditOf(w, w.provider)).to.equal(provider);
    expect(await creditOf(w, w.payer)).to.equal(65n * STUN);
    expect(await lockedOf(w, w.provider)).to.equal(0n);
  });

  it("does the same for an attested job, counted from the end of its challenge window", async () => {
    const w = await world();
    const job = await submitted(w, { attested: true });
    await after(w, job, 2n * HOUR + VERDICT_TIME - 1n);
    await expect(send(w.stranger, w.escrow, "settleSilent", ...named(w, job))).to.be.revertedWithCustomError(
      w.escrow,
      "TooEarly",
    );
    await expect(send(w.stranger, w.escrow, "settleSilent", ...named(w, job))).to.emit(w.escrow, "JobEnded");
    const plain = await submitted(w);
    await after(w, plain, 10n * DAY);
    await expect(send(w.stranger, w.escrow, "settleSilent", ...named(w, plain)))
      .to.be.revertedWithCustomError(w.escrow, "WrongState")
      .withArgs(plain.jobId, STATE.submitted);
  });
});

describe("JobEscrow: units of a verdict", () => {
  it("replace the provider's when they are smaller, never when they are larger", async () => {
    const w = await world();
    await judged(w, await submitted(w, {}, 80n), VALID, 75n);
    expect(await creditOf(w, w.payer)).to.equal(30n * STUN);
    await judged(w, await submitted(w, {}, 80n), VALID, 100n);
    expect(await creditOf(w, w.payer)).to.equal(55n * STUN);
  });

  it("slash an overclaim of more than 1,000 BPS as a missed deadline, for the payer", async () => {
    const w = await world();
    await judged(w, await submitted(w, {}, 88n), VALID, 80n);
    expect(await creditOf(w, w.payer), "exactly 1,000 BPS").to.equal(25n * STUN);
    const job = await submitted(w, {}, 89n);
    await expect(judged(w, job, VALID, 80n)).to.not.be.rejected;
    expect(await creditOf(w, w.payer)).to.equal(50n * STUN + 50n * STUN);
    expect(await lockedOf(w, w.provider)).to.equal(0n);
  });

  it("open the job again when nothing was delivered", async () => {
    const w = await world();
    const job = await submitted(w);
    await judged(w, job, UNDELIVERED);
    const view = await jobOf(w, job);
    expect([view.state, view.attempt, view.bounties]).to.deep.equal([STATE.open, 1n, 1n]);
    await mined(w.payer, w.escrow, "cancel", job.nonce, job.terms);
    expect(await creditOf(w, w.payer)).to.equal(105n * STUN + 50n * STUN);
  });
});
