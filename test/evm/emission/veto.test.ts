import { expect } from "chai";
import { id } from "ethers";
import { pot } from "../../../model";
import { DAY, mined, nextAt, now, send, STUN } from "../kit";
import { accepted, BUDGET, closesAt, emission, epochEnds, REPEAT_DELAY, report, statusOf, VETO_TIME } from "./fixture";

const ROOT = id("root");
const TOTAL = 1_000n * STUN;

describe("EmissionVault: veto", () => {
  it("returns the epoch with its total, to be reported again after twenty-four hours", async () => {
    const state = await emission();
    await epochEnds(state);
    await (await report(state, ROOT, TOTAL)).wait();
    await expect(send(state.guardian, state.vault, "veto"))
      .to.emit(state.vault, "Vetoed")
      .withArgs(0n, ROOT, 13n);
    const at = await now();
    const status = await statusOf(state);
    expect([status.nextEpoch, status.carry, status.pendingTotal, status.vetoesLeft]).to.deep.equal([0n, 0n, 0n, 13n]);
    await nextAt(at + REPEAT_DELAY - 1n);
    await expect(report(state, ROOT, TOTAL))
      .to.be.revertedWithCustomError(state.vault, "TooEarly")
      .withArgs(at + REPEAT_DELAY);
    await nextAt(at + REPEAT_DELAY);
    await (await report(state, id("other"), 2n * TOTAL)).wait();
    expect((await statusOf(state)).carry).to.equal(pot(BUDGET, 0n) - 2n * TOTAL);
  });

  it("returns what the epoch took from the carry of earlier ones", async () => {
    const state = await emission();
    for (let i = 0; i < 3; i++) {
      await epochEnds(state);
      await (await report(state, ROOT, 0n)).wait();
    }
    const before = (await statusOf(state)).carry;
    await epochEnds(state);
    await (await report(state, ROOT, 2n * pot(BUDGET, 0n))).wait();
    await mined(state.guardian, state.vault, "veto");
    expect((await statusOf(state)).carry).to.equal(before);
  });

  it("ends after twelve hours", async () => {
    const state = await emission();
    await epochEnds(state);
    await (await report(state, ROOT, TOTAL)).wait();
    await nextAt((await now()) + VETO_TIME);
    await expect(send(state.guardian, state.vault, "veto")).to.be.revertedWithCustomError(state.vault, "NothingToVeto");
  });

  it("works in the last second of the twelve hours", async () => {
    const state = await emission();
    await epochEnds(state);
    await (await report(state, ROOT, TOTAL)).wait();
    await nextAt((await now()) + VETO_TIME - 1n);
    await mined(state.guardian, state.vault, "veto");
    await expect(send(state.guardian, state.vault, "veto")).to.be.revertedWithCustomError(state.vault, "NothingToVeto");
  });

  it("does not touch what was accepted before", async () => {
    const state = await emission();
    const book = await accepted(state, [[state.alice.address, TOTAL]], TOTAL);
    await epochEnds(state);
    await (await report(state, ROOT, TOTAL)).wait();
    await mined(state.guardian, state.vault, "veto");
    await expect(send(state.bob, state.vault, "claim", ...book.claim(state.alice.address, 0n))).to.changeTokenBalance(
      state.token,
      state.alice,
      TOTAL,
    );
  });

  it("is for the guardian alone", async () => {
    const state = await emission();
    await epochEnds(state);
    await (await report(state, ROOT, TOTAL)).wait();
    for (const who of [state.owner, state.alice, state.stranger]) {
      await expect(send(who, state.vault, "veto"))
        .to.be.revertedWithCustomError(state.vault, "NotGuardian")
        .withArgs(who.address);
    }
  });

  it("runs out after fourteen, until the timelock refills them", async () => {
    const state = await emission();
    await nextAt(closesAt(state, 0n));
    for (let i = 0; i < 14; i++) {
      await (await report(state, ROOT, TOTAL)).wait();
      await mined(state.guardian, state.vault, "veto");
      await nextAt((await now()) + REPEAT_DELAY);
    }
    await (await report(state, ROOT, TOTAL)).wait();
    await expect(send(state.guardian, state.vault, "veto")).to.be.revertedWithCustomError(state.vault, "NoVetoLeft");
    for (const who of [state.guardian, state.stranger]) {
      await expect(send(who, state.vault, "refillVetoes")).to.be.revertedWithCustomError(
        state.vault,
        "OwnableUnauthorizedAccount",
      );
    }
    await expect(send(state.owner, state.vault, "refillVetoes")).to.emit(state.vault, "VetoesRefilled");
    await mined(state.guardian, state.vault, "veto");
  });

  it("delays rewards and never loses them: with a veto each time the epoch is paid in the end", async () => {
    const state = await emission();
    await nextAt(closesAt(state, 0n));
    for (let i = 0; i < 14; i++) {
      await (await report(state, ROOT, TOTAL)).wait();
      await mined(state.guardian, state.vault, "veto");
      await nextAt((await now()) + DAY);
    }
    const book = await accepted(state, [[state.alice.address, TOTAL]], TOTAL);
    await expect(send(state.bob, state.vault, "claim", ...book.claim(state.alice.address, 0n))).to.changeTokenBalance(
      state.token,
      state.alice,
      TOTAL,
    );
  });
});
