import { expect } from "chai";
import { DAY, mined, nextAt, read, send, STUN, ZERO } from "../kit";
import { providerMultiplier } from "../../../model";
import { bonded, bondOf, MAX_LOCK, MIN_LOCK, opened, positionOf } from "./fixture";

const PRINCIPAL = 1_000n * STUN;

describe("Staking: bond", () => {
  it("binds a position to one escrow", async () => {
    const state = await opened();
    await expect(send(state.alice, state.staking, "bond", 1n, state.escrow.address))
      .to.emit(state.staking, "Bonded")
      .withArgs(state.alice.address, 1n, state.escrow.address);
    expect(await bondOf(state, state.alice)).to.deep.equal([state.escrow.address, 1n, PRINCIPAL, 0n, 0n]);
    expect((await positionOf(state, state.alice)).bondedTo).to.equal(state.escrow.address);
  });

  it("binds one position of an owner and no second", async () => {
    const state = await bonded();
    await mined(state.alice, state.staking, "open", STUN, MIN_LOCK, 0n);
    for (const id of [1n, 2n]) {
      await expect(send(state.alice, state.staking, "bond", id, await state.token.getAddress()))
        .to.be.revertedWithCustomError(state.staking, "AlreadyBonded")
        .withArgs(state.escrow.address, 1n);
    }
  });

  it("binds to contracts alone", async () => {
    const state = await opened();
    for (const escrow of [ZERO, state.bob.address]) {
      await expect(send(state.alice, state.staking, "bond", 1n, escrow))
        .to.be.revertedWithCustomError(state.staking, "InvalidEscrow")
        .withArgs(escrow);
    }
  });

  it("is for the owner of the position alone", async () => {
    const state = await opened();
    for (const who of [state.bob, state.escrow, state.owner]) {
      await expect(send(who, state.staking, "bond", 1n, state.escrow.address)).to.be.revertedWithCustomError(
        state.staking,
        "UnknownPosition",
      );
    }
  });

  it("multiplies by the lock in proportion to what is required, and by one after the end or without a bond", async () => {
    const state = await bonded(PRINCIPAL, 365n * DAY);
    for (const required of [500n * STUN, PRINCIPAL, 12_345n * STUN]) {
      expect(await read<bigint>(state.staking, "providerMultiplier", state.alice.address, required)).to.equal(
        providerMultiplier(PRINCIPAL, 365n * DAY, required),
      );
    }
    expect(await read<bigint>(state.staking, "providerMultiplier", state.bob.address, STUN)).to.equal(10_000n);
    const { end } = await positionOf(state, state.alice);
    await nextAt(end);
    await mined(state.alice, state.staking, "open", STUN, MAX_LOCK, 0n);
    expect(await read<bigint>(state.staking, "providerMultiplier", state.alice.address, STUN)).to.equal(10_000n);
  });
});

describe("Staking: lockBond and unlockBond", () => {
  it("locks free principal and no more", async () => {
    const state = await bonded();
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, PRINCIPAL - 1n);
    await expect(send(state.escrow, state.staking, "lockBond", state.alice.address, 2n))
      .to.be.revertedWithCustomError(state.staking, "InsufficientBond")
      .withArgs(state.alice.address, 1n, 2n);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 1n);
    expect((await bondOf(state, state.alice)).locked).to.equal(PRINCIPAL);
  });

  it("has nothing to lock for anybody but the provider's escrow", async () => {
    const state = await bonded();
    for (const who of [state.alice, state.bob, state.owner, state.guardian]) {
      await expect(send(who, state.staking, "lockBond", state.alice.address, 1n))
        .to.be.revertedWithCustomError(state.staking, "InsufficientBond")
        .withArgs(state.alice.address, 0n, 1n);
    }
  });

  it("does not take an amount beyond 96 bits for a small one", async () => {
    const state = await bonded();
    await expect(
      send(state.escrow, state.staking, "lockBond", state.alice.address, 2n ** 96n + 1n),
    ).to.be.revertedWithCustomError(state.staking, "InsufficientBond");
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 5n);
    await mined(state.escrow, state.staking, "unlockBond", state.alice.address, 2n ** 96n + 1n);
    expect((await bondOf(state, state.alice)).locked).to.equal(0n);
  });

  it("frees at most what is locked and never blocks", async () => {
    const state = await bonded();
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 10n);
    await mined(state.escrow, state.staking, "unlockBond", state.alice.address, 4n);
    expect((await bondOf(state, state.alice)).locked).to.equal(6n);
    await mined(state.escrow, state.staking, "unlockBond", state.alice.address, 7n);
    expect((await bondOf(state, state.alice)).locked).to.equal(0n);
    await mined(state.escrow, state.staking, "unlockBond", state.stranger.address, 7n);
  });

  it("cannot be unlocked by anybody but the escrow", async () => {
    const state = await bonded();
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 10n);
    for (const who of [state.alice, state.bob, state.owner]) {
      await mined(who, state.staking, "unlockBond", state.alice.address, 10n);
    }
    expect((await bondOf(state, state.alice)).locked).to.equal(10n);
  });
});
