import { expect } from "chai";
import { DAY, gasOf, nextAt, STUN } from "../kit";
import { MIN_LOCK, bonded, opened, positionOf } from "./fixture";

const PRINCIPAL = 1_234n * STUN;

describe("Staking: gas of whole transactions", () => {
  it("locks and unlocks a bond by one packed slot", async () => {
    const state = await bonded();
    await gasOf(state.escrow, state.staking, "lockBond", state.alice.address, STUN);
    expect(await gasOf(state.escrow, state.staking, "lockBond", state.alice.address, STUN)).to.be.at.most(28_500n);
    expect(await gasOf(state.escrow, state.staking, "unlockBond", state.alice.address, STUN)).to.be.at.most(28_500n);
  });

  it("slashes for at most 51,000 on a remote chain", async () => {
    const state = await bonded();
    const { start } = await positionOf(state, state.alice);
    for (let i = 0n; i < 2n; i++) {
      await gasOf(state.escrow, state.staking, "lockBond", state.alice.address, 4n * STUN);
      await nextAt(start + (i + 1n) * DAY);
      const gas = await gasOf(state.escrow, state.staking, "slashBond", state.alice.address, 4n * STUN, STUN);
      if (i === 1n) expect(gas - 21_000n).to.be.at.most(51_000n);
    }
  });

  it("costs the same with a hundred positions as with two", async () => {
    const few = await opened();
    const first = await gasOf(few.bob, few.staking, "open", PRINCIPAL, MIN_LOCK, 0n);
    for (let i = 0; i < 100; i++) await gasOf(few.alice, few.staking, "open", PRINCIPAL, MIN_LOCK, 0n);
    const later = await gasOf(few.bob, few.staking, "open", PRINCIPAL, MIN_LOCK, 0n);
    expect(later).to.be.at.most(first + 24n);
  });
});
