import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { emitted, pot, spendable } from "../../../model";
import { DAY, mined, nextAt, now, read, refusal, send, STUN } from "../kit";
import {
  accepted,
  BUDGET,
  closesAt,
  emission,
  epochEnds,
  following,
  report,
  signed,
  statusOf,
  VETO_TIME,
  type Signing,
} from "./fixture";

const ROOT = id("root");
const TOTAL = 1_000n * STUN;

describe("EmissionVault: report", () => {
  it("closes epoch 0 one hour after its last second, not a second before", async () => {
    const state = await emission();
    await nextAt(closesAt(state, 0n) - 1n);
    await expect(report(state, ROOT, TOTAL))
      .to.be.revertedWithCustomError(state.vault, "TooEarly")
      .withArgs(closesAt(state, 0n));
    await nextAt(closesAt(state, 0n));
    await expect(report(state, ROOT, TOTAL))
      .to.emit(state.vault, "Reported")
      .withArgs(0n, ROOT, TOTAL, ZeroHash, `0x${"da".repeat(32)}`, closesAt(state, 0n) + VETO_TIME);
    const status = await statusOf(state);
    expect([status.nextEpoch, status.roots, status.pendingTotal, status.pendingRoot, status.carry]).to.deep.equal([
      1n,
      0n,
      TOTAL,
      ROOT,
      pot(BUDGET, 0n) - TOTAL,
    ]);
  });

  it("carries what an epoch does not pay, and never lets an epoch pay more than two first days", async () => {
    const state = await emission();
    for (let epoch = 0n; epoch < 3n; epoch++) {
      expect(await read<bigint>(state.vault, "spendable")).to.equal(spendable(BUDGET, epoch, emitted(BUDGET, epoch)));
      await epochEnds(state);
      await (await report(state, ROOT, 0n)).wait();
    }
    expect((await statusOf(state)).carry).to.equal(emitted(BUDGET, 3n));
    await epochEnds(state);
    await expect(report(state, ROOT, 2n * pot(BUDGET, 0n) + 1n))
      .to.be.revertedWithCustomError(state.vault, "TotalTooLarge")
      .withArgs(2n * pot(BUDGET, 0n) + 1n, 2n * pot(BUDGET, 0n));
    await (await report(state, ROOT, 2n * pot(BUDGET, 0n))).wait();
    expect((await statusOf(state)).carry).to.equal(emitted(BUDGET, 4n) - 2n * pot(BUDGET, 0n));
  });

  it("closes epochs in order, one by one", async () => {
    const state = await emission();
    await nextAt(closesAt(state, 5n));
    const next = await following(state, ROOT, TOTAL);
    await expect(send(state.stranger, state.vault, "report", ...(await signed(state, { ...next, epoch: 1n }))))
      .to.be.revertedWithCustomError(state.vault, "WrongEpoch")
      .withArgs(1n, 0n);
    await (await report(state, ROOT, TOTAL)).wait();
    await nextAt((await now()) + VETO_TIME);
    await expect(
      send(state.stranger, state.vault, "report", ...(await signed(state, { ...next, epoch: 0n }))),
    ).to.be.revertedWithCustomError(state.vault, "WrongEpoch");
  });

  it("refuses a report within twelve hours of the one before, however late the epochs are", async () => {
    const state = await emission();
    await nextAt(closesAt(state, 5n));
    await (await report(state, ROOT, TOTAL)).wait();
    const at = await now();
    await nextAt(at + VETO_TIME - 1n);
    await expect(report(state, ROOT, TOTAL))
      .to.be.revertedWithCustomError(state.vault, "TooEarly")
      .withArgs(at + VETO_TIME);
    await nextAt(at + VETO_TIME);
    await expect(report(state, ROOT, TOTAL))
      .to.emit(state.vault, "Accepted")
      .withArgs(0n, ROOT, TOTAL);
    expect((await statusOf(state)).accepted).to.equal(TOTAL);
  });

  it("keeps twelve hours between reports when a claim has settled the one before", async () => {
    const state = await emission();
    await nextAt(closesAt(state, 5n));
    await (await report(state, ROOT, TOTAL)).wait();
    const at = await now();
    await nextAt(at + VETO_TIME);
    await mined(state.bob, state.vault, "settle");
    await (await report(state, ROOT, TOTAL)).wait();
  });

  it("names the accepted root before", async () => {
    const state = await emission();
    await accepted(state, [[state.alice.address, TOTAL]], TOTAL);
    await epochEnds(state);
    const next = await following(state, ROOT, TOTAL);
    for (const previousRoot of [ZeroHash, ROOT]) {
      await expect(send(state.bob, state.vault, "report", ...(await signed(state, { ...next, previousRoot }))))
        .to.be.revertedWithCustomError(state.vault, "WrongPreviousRoot")
        .withArgs(previousRoot, next.previousRoot);
    }
    await mined(state.bob, state.vault, "report", ...(await signed(state, next)));
  });

  it("refuses everything while the vault has not received its budget, to the last unit", async () => {
    const state = await emission("unfunded");
    await nextAt(closesAt(state, 0n));
    await expect(report(state, ROOT, 0n))
      .to.be.revertedWithCustomError(state.vault, "Unfunded")
      .withArgs(0n, BUDGET);
    await mined(state.owner, state.token, "transfer", await state.vault.getAddress(), BUDGET - 1n);
    await expect(report(state, ROOT, 0n)).to.be.revertedWithCustomError(state.vault, "Unfunded");
    await mined(state.owner, state.token, "transfer", await state.vault.getAddress(), 1n);
    await (await report(state, ROOT, 0n)).wait();
  });

  it("refuses too few signatures, outsiders, another version, vault or chain, and a changed report", async () => {
    const state = await emission();
    await nextAt(closesAt(state, 0n));
    const next = await following(state, ROOT, TOTAL);
    const refused = async (how: Signing, error: string): Promise<void> => {
      const args = await signed(state, next, how);
      await expect(send(state.bob, state.vault, "report", ...args)).to.be.revertedWithCustomError(
        state.committee,
        error,
      );
    };
    await refused({ by: 1 }, "TooFewSignatures");
    await refused({ outsider: true }, "NotMember");
    await refused({ version: 2n }, "StaleCommittee");
    // A signature over anything else recovers some other address.
    const nobody = /NotMember|SignersNotAscending/;
    for (const how of [{ target: state.bob.address }, { chainId: 1n }]) {
      const args = await signed(state, next, how);
      expect(await refusal(send(state.bob, state.vault, "report", ...args))).to.match(nobody);
    }
    const [, version, signatures] = await signed(state, next);
    for (const change of [{ root: id("other") }, { total: TOTAL + 1n }, { datasetHash: ROOT }]) {
      const call = send(state.bob, state.vault, "report", { ...next, ...change }, version, signatures);
      expect(await refusal(call)).to.match(nobody);
    }
  });

  it("refuses reports while the guardian has stopped the committee", async () => {
    const state = await emission();
    await nextAt(closesAt(state, 0n));
    await mined(state.guardian, state.committee, "stop", DAY);
    await expect(report(state, ROOT, TOTAL)).to.be.revertedWithCustomError(state.committee, "CommitteeIsStopped");
  });

  it("stops while the guardian has paused entries, and claims do not", async () => {
    const state = await emission();
    const book = await accepted(state, [[state.alice.address, TOTAL]], TOTAL);
    await mined(state.guardian, state.vault, "pause", 3n * DAY);
    await expect(report(state, ROOT, TOTAL)).to.be.revertedWithCustomError(state.vault, "EntryPaused");
    await mined(state.bob, state.vault, "claim", ...book.claim(state.alice.address, 0n));
  });
});
