import { expect } from "chai";
import { stakeReward } from "../../../model";
import { DAY, mined, nextAt, read, send, STUN } from "../kit";
import { MAX_LOCK, MIN_LOCK, opened, positionOf, RESERVE } from "./fixture";

const PRINCIPAL = 1_000n * STUN;

describe("Staking: claim", () => {
  it("pays what was earned to the second, rounded down", async () => {
    const state = await opened();
    const { start } = await positionOf(state, state.alice);
    const earned = stakeReward(PRINCIPAL, MAX_LOCK, 12_345n);
    await nextAt(start + 12_345n);
    await expect(send(state.alice, state.staking, "claim", 1n))
      .to.emit(state.staking, "RewardPaid")
      .withArgs(state.alice.address, 1n, earned);
    expect(await read<bigint[]>(state.staking, "totals")).to.deep.equal([
      PRINCIPAL,
      stakeReward(PRINCIPAL, MAX_LOCK, MAX_LOCK) - earned,
    ]);
  });

  it("pays no less in many claims than in one, and no more", async () => {
    const state = await opened(PRINCIPAL, 30n * DAY);
    const { start } = await positionOf(state, state.alice);
    const before = await read<bigint>(state.token, "balanceOf", state.alice.address);
    for (let day = 1n; day <= 30n; day++) {
      await nextAt(start + day * DAY - 7n * (30n - day));
      await mined(state.alice, state.staking, "claim", 1n);
    }
    const after = await read<bigint>(state.token, "balanceOf", state.alice.address);
    expect(after - before).to.equal(stakeReward(PRINCIPAL, 30n * DAY, 30n * DAY));
  });

  it("earns nothing after the end of the lock", async () => {
    const state = await opened(PRINCIPAL, MIN_LOCK);
    const { end } = await positionOf(state, state.alice);
    await nextAt(end + 1_000n * DAY);
    await mined(state.alice, state.staking, "claim", 1n);
    await nextAt(end + 2_000n * DAY);
    await expect(send(state.alice, state.staking, "claim", 1n))
      .to.be.revertedWithCustomError(state.staking, "NothingEarned")
      .withArgs(1n);
    expect(await read<bigint>(state.staking, "freeReserve")).to.equal(
      RESERVE - stakeReward(PRINCIPAL, MIN_LOCK, MIN_LOCK),
    );
  });

  it("has nothing for a rate-0 position", async () => {
    const state = await opened(8_000_000n * STUN, MAX_LOCK);
    await expect(send(state.alice, state.staking, "claim", 1n)).to.be.revertedWithCustomError(
      state.staking,
      "NothingEarned",
    );
  });

  it("is for the owner alone", async () => {
    const state = await opened();
    for (const who of [state.bob, state.stranger, state.owner, state.guardian]) {
      await expect(send(who, state.staking, "claim", 1n))
        .to.be.revertedWithCustomError(state.staking, "UnknownPosition")
        .withArgs(who.address, 1n);
    }
  });
});
