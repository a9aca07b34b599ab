import { expect } from "chai";
import { lockMultiplier, stakeRate, stakeReward } from "../../../model";
import { DAY, mined, nextAt, now, read, send, STUN } from "../kit";
import { bonded, bondOf, MAX_LOCK, MIN_LOCK, opened, positionOf, RESERVE } from "./fixture";

const PRINCIPAL = 1_000n * STUN;

describe("Staking: renew", () => {
  it("pays what is earned, returns the rest of the promise and starts again with more principal", async () => {
    const state = await opened();
    const { start } = await positionOf(state, state.alice);
    const at = start + 100n * DAY;
    const earned = stakeReward(PRINCIPAL, MAX_LOCK, 100n * DAY);
    await nextAt(at);
    await expect(send(state.alice, state.staking, "renew", 1n, 500n * STUN, MAX_LOCK, 0n)).to.changeTokenBalance(
      state.token,
      state.alice,
      earned - 500n * STUN,
    );
    const reward = stakeReward(1_500n * STUN, MAX_LOCK, MAX_LOCK);
    const position = await positionOf(state, state.alice);
    expect([position.principal, position.start, position.end, position.reserved, position.claimable]).to.deep.equal([
      1_500n * STUN,
      at,
      at + MAX_LOCK,
      reward,
      0n,
    ]);
    expect(await read<bigint>(state.staking, "freeReserve")).to.equal(RESERVE - earned - reward);
  });

  it("adds to the bond of a bonded position", async () => {
    const state = await bonded();
    await mined(state.alice, state.staking, "renew", 1n, 500n * STUN, MAX_LOCK, 0n);
    expect((await bondOf(state, state.alice)).principal).to.equal(1_500n * STUN);
  });

  it("takes a lock of exactly what remains, and refuses a second less", async () => {
    const state = await opened(PRINCIPAL, 30n * DAY);
    const { end } = await positionOf(state, state.alice);
    const at = (await now()) + 10n * DAY;
    await nextAt(at);
    await expect(send(state.alice, state.staking, "renew", 1n, 0n, end - at - 1n, 0n))
      .to.be.revertedWithCustomError(state.staking, "InvalidLock")
      .withArgs(end - at - 1n, end - at, MAX_LOCK);
    await nextAt(at + 1n);
    await mined(state.alice, state.staking, "renew", 1n, 0n, end - at - 1n, 0n);
    expect((await positionOf(state, state.alice)).end).to.equal(end);
  });

  it("needs at least seven days once the lock has ended, and multiplies again", async () => {
    const state = await opened(PRINCIPAL, MIN_LOCK);
    const { end } = await positionOf(state, state.alice);
    await nextAt(end + DAY);
    await expect(send(state.alice, state.staking, "renew", 1n, 0n, MIN_LOCK - 1n, 0n)).to.be.revertedWithCustomError(
      state.staking,
      "InvalidLock",
    );
    await mined(state.alice, state.staking, "renew", 1n, 0n, MIN_LOCK, 0n);
    expect((await positionOf(state, state.alice)).multiplier).to.equal(lockMultiplier(MIN_LOCK));
  });

  it("gives a rate-0 position its rate once the reserve covers it", async () => {
    const state = await opened(8_000_000n * STUN, MAX_LOCK);
    expect((await positionOf(state, state.alice)).rate).to.equal(0n);
    await mined(state.owner, state.token, "transfer", await state.staking.getAddress(), 10_000_000n * STUN);
    await mined(state.alice, state.staking, "renew", 1n, 0n, MAX_LOCK, 1n);
    expect((await positionOf(state, state.alice)).rate).to.equal(stakeRate(MAX_LOCK));
  });

  it("honours minReward with the reserve that is free after the payment", async () => {
    const state = await opened((6_000_000n * STUN) / 2n, MAX_LOCK);
    const { start } = await positionOf(state, state.alice);
    await nextAt(start + 365n * DAY);
    const earned = stakeReward(3_000_000n * STUN, MAX_LOCK, 365n * DAY);
    const reward = stakeReward(3_000_000n * STUN, MAX_LOCK, MAX_LOCK);
    await expect(send(state.alice, state.staking, "renew", 1n, 0n, MAX_LOCK, reward))
      .to.be.revertedWithCustomError(state.staking, "RewardUnavailable")
      .withArgs(RESERVE - earned, reward, reward);
    await mined(state.alice, state.staking, "renew", 1n, 0n, MAX_LOCK, 0n);
    expect((await positionOf(state, state.alice)).rate).to.equal(0n);
  });

  it("refuses another's position, an unknown one and one that is exiting", async () => {
    const state = await bonded();
    await expect(send(state.bob, state.staking, "renew", 1n, 0n, MAX_LOCK, 0n))
      .to.be.revertedWithCustomError(state.staking, "UnknownPosition")
      .withArgs(state.bob.address, 1n);
    await mined(state.alice, state.staking, "requestExit", 1n);
    await expect(send(state.alice, state.staking, "renew", 1n, 0n, MAX_LOCK, 0n))
      .to.be.revertedWithCustomError(state.staking, "Exiting")
      .withArgs(1n);
  });

  it("refuses a sum that a position cannot hold", async () => {
    const state = await opened();
    await expect(send(state.alice, state.staking, "renew", 1n, 2n ** 96n, MAX_LOCK, 0n)).to.be.revertedWithCustomError(
      state.staking,
      "InvalidPrincipal",
    );
  });
});
