import { expect } from "chai";
import { id } from "ethers";
import { verdictBatch } from "../../../chains/evm/escrow";
import { DAY, HOUR, mined, read, send, STUN } from "../kit";
import {
  after,
  chainId,
  creditOf,
  disputed,
  EID,
  jobOf,
  judged,
  signedBatch,
  STATE,
  submitted,
  UNDELIVERED,
  VALID,
  verdictOn,
  world,
  WRONG,
} from "./fixture";
import { committeeSignatures } from "../../../chains/evm/escrow";

describe("JobEscrow: batches of verdicts", () => {
  it("apply many outcomes by one quorum, in the order of the tree", async () => {
    const w = await world();
    const [a, b, c] = [await submitted(w), await disputed(w), await submitted(w)];
    const entries = [await verdictOn(w, a, VALID), await verdictOn(w, b, WRONG), await verdictOn(w, c, UNDELIVERED)];
    await mined(w.stranger, w.escrow, "applyVerdicts", ...(await signedBatch(w, entries)));
    expect((await jobOf(w, a)).state).to.equal(STATE.none);
    expect((await jobOf(w, b)).state).to.equal(STATE.none);
    expect((await jobOf(w, c)).state).to.equal(STATE.open);
  });

  it("give the same root as the model for every size from 1 to 9", async () => {
    const w = await world();
    const jobs = [];
    for (let i = 0; i < 9; i++) jobs.push(await verdictOn(w, await submitted(w), VALID));
    for (let size = 1; size <= 9; size++) {
      // A list that gave another root would be refused as a whole; applied leaves are passed over.
      await mined(w.stranger, w.escrow, "applyVerdicts", ...(await signedBatch(w, jobs.slice(0, size))));
    }
    expect(await creditOf(w, w.payer)).to.equal(9n * 25n * STUN);
  });

  it("pass over a leaf whose job cannot take it, with an event, and apply the others", async () => {
    const w = await world();
    const good = await submitted(w);
    const late = await submitted(w);
    const over = await submitted(w);
    const entries = [await verdictOn(w, good, VALID), await verdictOn(w, late, WRONG), await verdictOn(w, over, VALID)];
    await mined(w.payer, w.escrow, "acceptResult", over.nonce, over.terms, over.submission);
    await after(w, late, 2n * HOUR);
    const receipt = await mined(w.stranger, w.escrow, "applyVerdicts", ...(await signedBatch(w, entries)));
    const skipped = receipt.logs
      .map((log) => w.escrow.interface.parseLog(log))
      .filter((event) => event?.name === "VerdictSkipped")
      .map((event) => event?.args.jobId as string);
    expect(new Set(skipped)).to.deep.equal(new Set([late.jobId, over.jobId]));
    expect((await jobOf(w, good)).state).to.equal(STATE.none);
    expect((await jobOf(w, late)).state).to.equal(STATE.submitted);
  });

  it("pass over another attempt, provider, result, units claimed, terms and outcome", async () => {
    const w = await world();
    const job = await submitted(w);
    const right = await verdictOn(w, job, VALID);
    for (const [why, wrong] of [
      ["attempt", { ...right, attempt: 2n }],
      ["provider", { ...right, provider: w.rescuer.address }],
      ["result", { ...right, submission: { ...right.submission, resultHash: id("another") } }],
      ["claimed units", { ...right, submission: { ...right.submission, units: 81n } }],
      ["terms", { ...right, terms: { ...right.terms, budget: 1n } }],
    ] as const) {
      await mined(w.stranger, w.escrow, "applyVerdicts", ...(await signedBatch(w, [wrong])));
      expect((await jobOf(w, job)).state, why).to.equal(STATE.submitted);
    }
    await mined(w.stranger, w.escrow, "applyVerdicts", ...(await signedBatch(w, [right, right])));
    expect(await creditOf(w, w.payer), "twice the same leaf pays once").to.equal(25n * STUN);
  });

  it("judge Wrong and Undelivered at any time when the job is disputed or attested", async () => {
    const w = await world();
    for (const outcome of [WRONG, UNDELIVERED]) {
      const waiting = await submitted(w, { attested: true });
      await after(w, waiting, DAY);
      await judged(w, waiting, outcome);
      expect((await jobOf(w, waiting)).state).to.not.equal(STATE.submitted);
      const fought = await disputed(w);
      await after(w, fought, DAY);
      await judged(w, fought, outcome);
      expect((await jobOf(w, fought)).state).to.not.equal(STATE.disputed);
    }
  });

  it("are refused when empty, when larger than 256, and when the list does not give the signed root", async () => {
    const w = await world();
    const entry = await verdictOn(w, await submitted(w), VALID);
    const [list, version, signatures] = await signedBatch(w, [entry]);
    await expect(send(w.stranger, w.escrow, "applyVerdicts", [], version, signatures))
      .to.be.revertedWithCustomError(w.escrow, "InvalidBatch")
      .withArgs(0n, 256n);
    await expect(send(w.stranger, w.escrow, "applyVerdicts", Array(257).fill(entry), version, signatures))
      .to.be.revertedWithCustomError(w.escrow, "InvalidBatch")
      .withArgs(257n, 256n);
    const more = list.map((v) => ({ ...v, units: v.units + 1n }));
    await expect(send(w.stranger, w.escrow, "applyVerdicts", more, version, signatures)).to.be.revertedWithCustomError(
      w.committee,
      "NotMember",
    );
  });

  it("are refused with signatures for another target, chain, type or version", async () => {
    const w = await world();
    const { verdicts, root } = verdictBatch(EID, w.at, [await verdictOn(w, await submitted(w), VALID)]);
    const right = { chainId: await chainId(), committee: await w.committee.getAddress(), target: w.at, version: 1n };
    const signers = w.members.slice(0, 3);
    for (const [why, at] of [
      ["target", { ...right, target: w.stranger.address }],
      ["chain", { ...right, chainId: 1n }],
      ["committee", { ...right, committee: w.stranger.address }],
      ["version in the struct", { ...right, version: 2n }],
    ] as const) {
      const signatures = await committeeSignatures(signers, at, "JobVerdicts", { root });
      await expect(send(w.stranger, w.escrow, "applyVerdicts", verdicts, 1n, signatures), why).to.be.reverted;
    }
    const signatures = await committeeSignatures(signers, right, "JobVerdicts", { root });
    const members = w.members.map((m) => m.address);
    await mined(w.owner, w.committee, "setMembers", members, 3n);
    await expect(send(w.stranger, w.escrow, "applyVerdicts", verdicts, 1n, signatures))
      .to.be.revertedWithCustomError(w.committee, "StaleCommittee")
      .withArgs(1n, 2n);
    expect(await read<bigint>(w.committee, "version")).to.equal(2n);
  });
});
