import { setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { toBeHex } from "ethers";
import { stakeReward, stakeRate } from "../../../model";
import { DAY, mined, nestedWord, nextAt, now, read, send, STUN } from "../kit";
import { bonded, bondOf, MAX_LOCK, MIN_LOCK, positionOf } from "./fixture";

const PRINCIPAL = 1_000n * STUN;

describe("Staking: slashBond", () => {
  it("sets half, rounded up, apart to be burned and the rest for the escrow, until anyone collects them", async () => {
    const state = await bonded();
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 101n);
    const supply = await read<bigint>(state.token, "totalSupply");
    const slash = send(state.escrow, state.staking, "slashBond", state.alice.address, 101n, 101n);
    await expect(slash).to.emit(state.staking, "Slashed").withArgs(state.alice.address, 1n, 51n, 50n);
    await expect(slash).to.changeTokenBalances(state.token, [state.escrow, state.staking], [0n, 0n]);
    const free = await read<bigint>(state.staking, "freeReserve");
    const at = state.escrow.address;
    expect(await read<bigint[]>(state.staking, "slashedAt", at)).to.deep.equal([51n, 50n]);
    expect((await read<bigint[]>(state.staking, "totals"))[0], "not collected yet").to.equal(PRINCIPAL);
    const collected = send(state.stranger, state.staking, "collectSlashed", at);
    await expect(collected).to.emit(state.staking, "SlashedCollected").withArgs(at, 51n, 50n);
    await expect(collected).to.emit(state.staking, "Burned").withArgs(51n, 51n);
    await expect(collected).to.changeTokenBalances(state.token, [state.escrow, state.staking], [50n, -101n]);
    expect(await read<bigint[]>(state.staking, "slashedAt", at)).to.deep.equal([0n, 0n]);
    expect(await read<bigint>(state.staking, "burned")).to.equal(51n);
    expect((await read<bigint[]>(state.staking, "totals"))[0]).to.equal(PRINCIPAL - 101n);
    expect(await read<bigint>(state.staking, "freeReserve")).to.equal(free);
    expect(await read<bigint>(state.token, "totalSupply")).to.equal(supply - 51n);
    await expect(send(state.stranger, state.staking, "collectSlashed", at))
      .to.be.revertedWithCustomError(state.staking, "NothingSlashed")
      .withArgs(at);
    const bond = await bondOf(state, state.alice);
    expect([bond.principal, bond.locked]).to.deep.equal([PRINCIPAL - 101n, 0n]);
    expect((await positionOf(state, state.alice)).principal).to.equal(PRINCIPAL - 101n);
  });

  it("keeps what was earned to that second and shrinks the rest of the promise in proportion", async () => {
    const state = await bonded();
    const { start, end } = await positionOf(state, state.alice);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, PRINCIPAL);
    const at = start + 100n * DAY;
    await nextAt(at);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, PRINCIPAL, PRINCIPAL / 3n);
    const earned = stakeReward(PRINCIPAL, MAX_LOCK, 100n * DAY);
    const left = PRINCIPAL - PRINCIPAL / 3n;
    const rest = ((stakeReward(PRINCIPAL, MAX_LOCK, MAX_LOCK) - earned) * left) / PRINCIPAL;
    const position = await positionOf(state, state.alice);
    expect([position.claimable, position.reserved]).to.deep.equal([earned, earned + rest]);
    expect((await read<bigint[]>(state.staking, "totals"))[1]).to.equal(earned + rest);
    await mined(state.alice, state.staking, "claim", 1n);
    await mined(state.alice, state.staking, "requestExit", 1n);
    await nextAt(end);
    const lastPart = (left * 1_500n * (end - at)) / (10_000n * 365n * DAY);
    const paid = lastPart < rest ? lastPart : rest;
    const afterClaim = (left * 1_500n * 1n) / (10_000n * 365n * DAY);
    await expect(send(state.alice, state.staking, "exit", 1n)).to.changeTokenBalance(
      state.token,
      state.alice,
      left + paid - afterClaim,
    );
    expect(await read<bigint[]>(state.staking, "totals"), "what was taken waits").to.deep.equal([PRINCIPAL / 3n, 0n]);
    await mined(state.stranger, state.staking, "collectSlashed", state.escrow.address);
    expect(await read<bigint[]>(state.staking, "totals")).to.deep.equal([0n, 0n]);
  });

  it("leaves no more to earn than it leaves reserved, when both are rounded", async () => {
    // a principal whose whole reward is rounded by nine tenths of a unit
    const principal = PRINCIPAL + 3n;
    const state = await bonded(principal);
    const { start, end } = await positionOf(state, state.alice);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 1n);
    const earned = (seconds: bigint): bigint => stakeReward(principal, MAX_LOCK, seconds);
    const promised = (seconds: bigint): bigint => ((earned(MAX_LOCK) - earned(seconds)) * (principal - 1n)) / principal;
    const unbounded = (seconds: bigint): bigint =>
      ((principal - 1n) * stakeRate(MAX_LOCK) * (MAX_LOCK - seconds)) / (10_000n * 365n * DAY);
    const tried = Array.from({ length: 1_000 }, (_, i) => 100n * DAY + BigInt(i));
    const seconds = tried.find((at) => unbounded(at) > promised(at))!;
    await nextAt(start + seconds);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, 1n, 1n);
    await nextAt(end);
    await expect(send(state.alice, state.staking, "claim", 1n)).to.changeTokenBalance(
      state.token,
      state.alice,
      earned(seconds) + promised(seconds),
    );
    expect((await read<bigint[]>(state.staking, "totals"))[1], "nothing is promised any more").to.equal(0n);
  });

  it("changes no promise of a rate-0 position and of one whose lock has ended", async () => {
    const state = await bonded(8_000_000n * STUN, MAX_LOCK);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, STUN);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, STUN, STUN);
    expect((await read<bigint[]>(state.staking, "totals"))[1]).to.equal(0n);

    const ended = await bonded(PRINCIPAL, MIN_LOCK);
    await mined(ended.escrow, ended.staking, "lockBond", ended.alice.address, STUN);
    const { end } = await positionOf(ended, ended.alice);
    await nextAt(end + DAY);
    await mined(ended.escrow, ended.staking, "slashBond", ended.alice.address, STUN, STUN);
    expect((await positionOf(ended, ended.alice)).claimable).to.equal(stakeReward(PRINCIPAL, MIN_LOCK, MIN_LOCK));
  });

  it("takes at most what it frees and frees at most what is locked", async () => {
    const state = await bonded();
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 10n);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, 4n, 9n);
    let bond = await bondOf(state, state.alice);
    expect([bond.principal, bond.locked]).to.deep.equal([PRINCIPAL - 4n, 6n]);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, 2n ** 200n, 2n ** 200n);
    bond = await bondOf(state, state.alice);
    expect([bond.principal, bond.locked]).to.deep.equal([PRINCIPAL - 10n, 0n]);
  });

  it("never blocks: it takes nothing when nothing is locked, also for an unknown provider", async () => {
    const state = await bonded();
    for (const provider of [state.alice.address, state.stranger.address]) {
      await expect(send(state.escrow, state.staking, "slashBond", provider, STUN, STUN)).to.changeTokenBalance(
        state.token,
        state.escrow,
        0n,
      );
    }
  });

  it("takes the whole principal when all of it is locked, and the owner still leaves", async () => {
    const state = await bonded(STUN, MIN_LOCK);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, STUN);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, STUN, STUN);
    expect((await positionOf(state, state.alice)).principal).to.equal(0n);
    await mined(state.alice, state.staking, "requestExit", 1n);
    const { end } = await positionOf(state, state.alice);
    await nextAt(end + 7n * DAY);
    await mined(state.alice, state.staking, "exit", 1n);
  });

  it("burns the odd unit when one unit is taken and owes nothing", async () => {
    const state = await bonded();
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 1n);
    await expect(send(state.escrow, state.staking, "slashBond", state.alice.address, 1n, 1n))
      .to.emit(state.staking, "Slashed")
      .withArgs(state.alice.address, 1n, 1n, 0n);
    await expect(send(state.stranger, state.staking, "collectSlashed", state.escrow.address))
      .to.emit(state.staking, "SlashedCollected")
      .withArgs(state.escrow.address, 1n, 0n);
  });

  it("counts the slashes of a provider at an escrow beyond the end of its bond", async () => {
    const state = await bonded();
    const count = (): Promise<bigint> =>
      read<bigint>(state.staking, "slashesOf", state.escrow.address, state.alice.address);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 10n);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, 4n, 1n);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, 1n, 0n);
    expect(await count(), "nothing taken, nothing counted").to.equal(1n);
    await mined(state.escrow, state.staking, "unlockBond", state.alice.address, 10n);
    await mined(state.alice, state.staking, "requestExit", 1n);
    await nextAt((await now()) + 7n * DAY);
    await mined(state.alice, state.staking, "unbond", 1n);
    expect(await count()).to.equal(1n);
    await mined(state.alice, state.staking, "bond", 1n, state.escrow.address);
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 10n);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, 10n, 1n);
    expect(await count()).to.equal(2n);
    expect(await read<bigint>(state.staking, "slashesOf", state.stranger.address, state.alice.address)).to.equal(0n);
  });

  it("stops counting slashes at the largest number", async () => {
    const state = await bonded();
    const { address } = state.alice;
    await mined(state.escrow, state.staking, "lockBond", address, 10n);
    const keys = [state.escrow.address, address] as const;
    const { slot, word } = await nestedWord(state.staking, keys, (bond) => (bond >> 96n) % 2n ** 96n === 10n);
    const most = 2n ** 24n - 1n;
    await setStorageAt(await state.staking.getAddress(), slot, toBeHex(word | (most << 224n), 32));
    expect(await read<bigint>(state.staking, "slashesOf", state.escrow.address, address)).to.equal(most);
    await mined(state.escrow, state.staking, "slashBond", address, 10n, 10n);
    expect(await read<bigint>(state.staking, "slashesOf", state.escrow.address, address)).to.equal(most);
  });

  it("reaches no position by anybody but its escrow", async () => {
    const state = await bonded();
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, STUN);
    for (const who of [state.bob, state.owner, state.guardian, state.alice]) {
      await mined(who, state.staking, "slashBond", state.alice.address, STUN, STUN);
    }
    const bond = await bondOf(state, state.alice);
    expect([bond.principal, bond.locked]).to.deep.equal([PRINCIPAL, STUN]);
  });
});
