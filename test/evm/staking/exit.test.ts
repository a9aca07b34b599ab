import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { stakeReward } from "../../../model";
import { DAY, mined, nextAt, now, read, send, STUN } from "../kit";
import { bonded, bondOf, MIN_LOCK, opened, positionOf } from "./fixture";

const PRINCIPAL = 1_000n * STUN;
const EXIT_DELAY = 7n * DAY;

describe("Staking: exit", () => {
  it("pays principal and reward at the end of the lock, not a second before", async () => {
    const state = await opened(PRINCIPAL, MIN_LOCK);
    const { end } = await positionOf(state, state.alice);
    await nextAt(end - 1n);
    await expect(send(state.alice, state.staking, "exit", 1n))
      .to.be.revertedWithCustomError(state.staking, "Locked")
      .withArgs(end);
    await nextAt(end);
    const reward = stakeReward(PRINCIPAL, MIN_LOCK, MIN_LOCK);
    await expect(send(state.alice, state.staking, "exit", 1n)).to.changeTokenBalance(
      state.token,
      state.alice,
      PRINCIPAL + reward,
    );
    expect(await read<bigint[]>(state.staking, "totals")).to.deep.equal([0n, 0n]);
    await expect(send(state.alice, state.staking, "exit", 1n)).to.be.revertedWithCustomError(
      state.staking,
      "UnknownPosition",
    );
  });

  it("cannot be made dear by an escrow that burns all gas it is given", async () => {
    const state = await bonded(PRINCIPAL, MIN_LOCK);
    const { gasUsed } = await mined(state.alice, state.staking, "requestExit", 1n);
    expect(gasUsed).to.be.at.most(160_000n);
  });

  it("needs a request for a bonded position", async () => {
    const state = await bonded(PRINCIPAL, MIN_LOCK);
    const { end } = await positionOf(state, state.alice);
    await nextAt(end);
    await expect(send(state.alice, state.staking, "exit", 1n))
      .to.be.revertedWithCustomError(state.staking, "ExitNotRequested")
      .withArgs(1n);
  });

  it("leaves seven days after the request, not a second before, and the bond is gone", async () => {
    const state = await bonded(PRINCIPAL, MIN_LOCK);
    const { end } = await positionOf(state, state.alice);
    await nextAt(end);
    await mined(state.alice, state.staking, "requestExit", 1n);
    await nextAt(end + EXIT_DELAY - 1n);
    await expect(send(state.alice, state.staking, "exit", 1n))
      .to.be.revertedWithCustomError(state.staking, "ExitDelay")
      .withArgs(end + EXIT_DELAY);
    await nextAt(end + EXIT_DELAY);
    await mined(state.alice, state.staking, "exit", 1n);
    expect((await bondOf(state, state.alice)).id).to.equal(0n);
  });

  it("waits while part of the bond is locked in a job", async () => {
    const state = await bonded(PRINCIPAL, MIN_LOCK);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 10n * STUN);
    await mined(state.alice, state.staking, "requestExit", 1n);
    await nextAt((await now()) + EXIT_DELAY);
    await expect(send(state.alice, state.staking, "exit", 1n))
      .to.be.revertedWithCustomError(state.staking, "BondLocked")
      .withArgs(10n * STUN);
    await mined(state.escrow, state.staking, "unlockBond", state.alice.address, 10n * STUN);
    await mined(state.alice, state.staking, "exit", 1n);
  });

  it("leaves other positions of the owner alone", async () => {
    const state = await bonded(PRINCIPAL, MIN_LOCK);
    await mined(state.alice, state.staking, "open", 2n * STUN, MIN_LOCK, 0n);
    const { end } = await positionOf(state, state.alice, 2n);
    await nextAt(end);
    await mined(state.alice, state.staking, "exit", 2n);
    expect((await bondOf(state, state.alice)).principal).to.equal(PRINCIPAL);
  });

  it("is for the owner alone", async () => {
    const state = await opened(PRINCIPAL, MIN_LOCK);
    for (const who of [state.bob, state.owner, state.guardian]) {
      await expect(send(who, state.staking, "exit", 1n)).to.be.revertedWithCustomError(
        state.staking,
        "UnknownPosition",
      );
    }
  });
});

describe("Staking: requestExit and unbond", () => {
  it("refuses new assignments from the request on", async () => {
    const state = await bonded();
    await expect(send(state.alice, state.staking, "requestExit", 1n))
      .to.emit(state.staking, "ExitRequested")
      .withArgs(state.alice.address, 1n);
    await expect(send(state.escrow, state.staking, "lockBond", state.alice.address, STUN))
      .to.be.revertedWithCustomError(state.staking, "ProviderExiting")
      .withArgs(state.alice.address);
    expect((await positionOf(state, state.alice)).exiting).to.equal(true);
  });

  it("cannot be stopped by an escrow that burns all gas", async () => {
    const state = await bonded();
    await mined(state.alice, state.staking, "requestExit", 1n);
    expect((await bondOf(state, state.alice)).exitRequestedAt).to.equal(await now());
  });

  it("cannot be stopped by an escrow whose code is gone", async () => {
    const state = await bonded(PRINCIPAL, MIN_LOCK);
    await setCode(state.escrow.address, "0x");
    await mined(state.alice, state.staking, "requestExit", 1n);
    await nextAt((await now()) + EXIT_DELAY);
    await mined(state.alice, state.staking, "exit", 1n);
  });

  it("cannot be asked twice, for a position without a bond, or by another", async () => {
    const state = await bonded();
    await mined(state.alice, state.staking, "open", STUN, MIN_LOCK, 0n);
    await expect(send(state.alice, state.staking, "requestExit", 2n))
      .to.be.revertedWithCustomError(state.staking, "NotBonded")
      .withArgs(2n);
    await expect(send(state.bob, state.staking, "requestExit", 1n)).to.be.revertedWithCustomError(
      state.staking,
      "UnknownPosition",
    );
    await mined(state.alice, state.staking, "requestExit", 1n);
    await expect(send(state.alice, state.staking, "requestExit", 1n)).to.be.revertedWithCustomError(
      state.staking,
      "Exiting",
    );
  });

  it("frees a position whose lock still runs for another escrow", async () => {
    const state = await bonded();
    await expect(send(state.alice, state.staking, "unbond", 1n)).to.be.revertedWithCustomError(
      state.staking,
      "ExitNotRequested",
    );
    await mined(state.alice, state.staking, "requestExit", 1n);
    const at = await now();
    await nextAt(at + EXIT_DELAY - 1n);
    await expect(send(state.alice, state.staking, "unbond", 1n)).to.be.revertedWithCustomError(
      state.staking,
      "ExitDelay",
    );
    await expect(send(state.alice, state.staking, "unbond", 1n))
      .to.emit(state.staking, "Unbonded")
      .withArgs(state.alice.address, 1n);
    await mined(state.alice, state.staking, "bond", 1n, await state.token.getAddress());
    const bond = await bondOf(state, state.alice);
    expect([bond.escrow, bond.exitRequestedAt]).to.deep.equal([await state.token.getAddress(), 0n]);
    expect((await positionOf(state, state.alice)).exiting).to.equal(false);
  });

  it("does not unbond what is locked, what is not bonded, or another's", async () => {
    const state = await bonded();
    await mined(state.alice, state.staking, "open", STUN, MIN_LOCK, 0n);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, STUN);
    await mined(state.alice, state.staking, "requestExit", 1n);
    await nextAt((await now()) + EXIT_DELAY);
    await expect(send(state.alice, state.staking, "unbond", 1n)).to.be.revertedWithCustomError(
      state.staking,
      "BondLocked",
    );
    await expect(send(state.alice, state.staking, "unbond", 2n)).to.be.revertedWithCustomError(
      state.staking,
      "NotBonded",
    );
    await expect(send(state.bob, state.staking, "unbond", 1n)).to.be.revertedWithCustomError(
      state.staking,
      "UnknownPosition",
    );
  });
});
