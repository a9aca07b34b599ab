import { expect } from "chai";
import { DAY, mined, nextAt, now, read, send, STUN } from "../kit";
import { bonded, MIN_LOCK, RESERVE, staking } from "./fixture";

describe("Staking: the reserve and the pause", () => {
  it("grows by addReserve and by plain transfers from anyone", async () => {
    const state = await staking();
    await expect(send(state.alice, state.staking, "addReserve", 5n * STUN))
      .to.emit(state.staking, "ReserveAdded")
      .withArgs(state.alice.address, 5n * STUN);
    await mined(state.bob, state.token, "transfer", await state.staking.getAddress(), STUN);
    expect(await read<bigint>(state.staking, "freeReserve")).to.equal(RESERVE + 6n * STUN);
  });

  it("has no function that takes from it: the owner can only name a guardian and hand over", async () => {
    const state = await staking();
    const changing = state.staking.interface.fragments
      .filter((f) => f.type === "function")
      .map((f) => state.staking.interface.getFunction(f.format())!)
      .filter((f) => f.stateMutability === "nonpayable")
      .map((f) => f.name)
      .sort();
    expect(changing).to.deep.equal(
      [
        ...["acceptOwnership", "renounceOwnership", "transferOwnership", "setGuardian", "pause", "unpause"],
        ...["open", "renew", "claim", "bond", "requestExit", "unbond", "exit", "addReserve"],
        ...["lockBond", "unlockBond", "slashBond", "collectSlashed", "multicall", "selfPermit"],
      ].sort(),
    );
  });

  it("stops new positions while paused and nothing that leaves", async () => {
    const state = await staking();
    await mined(state.alice, state.staking, "open", STUN, MIN_LOCK, 0n);
    await mined(state.guardian, state.staking, "pause", 7n * 86_400n);
    await expect(send(state.alice, state.staking, "open", STUN, MIN_LOCK, 0n)).to.be.revertedWithCustomError(
      state.staking,
      "EntryPaused",
    );
    await mined(state.alice, state.staking, "claim", 1n);
    await mined(state.alice, state.staking, "renew", 1n, 0n, MIN_LOCK, 0n);
    await mined(state.alice, state.staking, "bond", 1n, state.escrow.address);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 2n);
    await mined(state.escrow, state.staking, "unlockBond", state.alice.address, 1n);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, 1n, 1n);
    await mined(state.alice, state.staking, "requestExit", 1n);
  });

  it("lets stake leave with escrow, guardian and owner at their worst", async () => {
    const state = await bonded(STUN, MIN_LOCK);
    await mined(state.alice, state.staking, "open", STUN, MIN_LOCK, 0n);
    await mined(state.owner, state.staking, "setGuardian", state.stranger.address);
    await mined(state.alice, state.staking, "requestExit", 1n);
    await nextAt((await now()) + 7n * DAY);
    await mined(state.stranger, state.staking, "pause", 7n * DAY);
    for (const id of [1n, 2n]) {
      await expect(send(state.alice, state.staking, "exit", id)).to.emit(state.staking, "Exited");
    }
    await expect(send(state.alice, state.staking, "open", STUN, MIN_LOCK, 0n)).to.be.revertedWithCustomError(
      state.staking,
      "EntryPaused",
    );
  });
});
