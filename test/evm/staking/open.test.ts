import { expect } from "chai";
import { Signature } from "ethers";
import { lockMultiplier, stakeRate, stakeReward } from "../../../model";
import { DAY, mined, now, read, send, STUN, ZERO } from "../kit";
import { MAX_LOCK, MIN_LOCK, positionOf, RESERVE, staking } from "./fixture";

describe("Staking: open", () => {
  it("pulls the principal, fixes rate and multiplier by the lock and reserves the whole reward", async () => {
    const state = await staking();
    const lock = 100n * DAY;
    await expect(send(state.alice, state.staking, "open", 5_000n * STUN, lock, 0n))
      .to.emit(state.staking, "Opened")
      .withArgs(state.alice.address, 1n, 5_000n * STUN, lock, stakeRate(lock));
    const reward = stakeReward(5_000n * STUN, lock, lock);
    const start = await now();
    expect(await positionOf(state, state.alice)).to.deep.equal([
      5_000n * STUN,
      stakeRate(lock),
      start,
      start + lock,
      lockMultiplier(lock),
      ZERO,
      reward,
      0n,
      false,
    ]);
    expect(await read<bigint>(state.staking, "freeReserve")).to.equal(RESERVE - reward);
    expect(await read<bigint[]>(state.staking, "totals")).to.deep.equal([5_000n * STUN, reward]);
  });

  it("numbers positions over all owners", async () => {
    const { staking: contract, alice, bob } = await staking();
    await mined(alice, contract, "open", STUN, MIN_LOCK, 0n);
    await mined(bob, contract, "open", STUN, MIN_LOCK, 0n);
    await expect(read(contract, "positionOf", bob.address, 1n))
      .to.be.revertedWithCustomError(contract, "UnknownPosition")
      .withArgs(bob.address, 1n);
    await read(contract, "positionOf", bob.address, 2n);
  });

  it("takes a lock of exactly 7 and exactly 730 days and refuses a second less or more", async () => {
    const { staking: contract, alice } = await staking();
    await mined(alice, contract, "open", STUN, MIN_LOCK, 0n);
    await mined(alice, contract, "open", STUN, MAX_LOCK, 0n);
    for (const lock of [MIN_LOCK - 1n, MAX_LOCK + 1n, 0n]) {
      await expect(send(alice, contract, "open", STUN, lock, 0n))
        .to.be.revertedWithCustomError(contract, "InvalidLock")
        .withArgs(lock, MIN_LOCK, MAX_LOCK);
    }
  });

  it("refuses less than 1 STUN and more than a position can hold", async () => {
    const { staking: contract, alice } = await staking();
    for (const principal of [0n, STUN - 1n, 2n ** 96n]) {
      await expect(send(alice, contract, "open", principal, MIN_LOCK, 0n))
        .to.be.revertedWithCustomError(contract, "InvalidPrincipal")
        .withArgs(principal, STUN);
    }
  });

  it("refuses a principal that the caller has not approved", async () => {
    const { token, staking: contract, stranger } = await staking();
    await expect(send(stranger, contract, "open", STUN, MIN_LOCK, 0n)).to.be.revertedWithCustomError(
      token,
      "ERC20InsufficientAllowance",
    );
  });

  it("opens at rate 0 when the reserve does not cover the reward and minReward is 0", async () => {
    const state = await staking();
    const { staking: contract, alice } = state;
    await mined(alice, contract, "open", 8_000_000n * STUN, MAX_LOCK, 0n);
    const position = await positionOf(state, alice);
    expect(position.rate).to.equal(0n);
    expect(position.reserved).to.equal(0n);
    expect(position.multiplier).to.equal(20_000n);
    expect(await read<bigint>(contract, "freeReserve")).to.equal(RESERVE);
  });

  it("opens with an empty reserve", async () => {
    const state = await staking();
    const { staking: contract, bob, alice } = state;
    await mined(bob, contract, "open", (RESERVE * 10n) / 3n, MAX_LOCK, 1n);
    expect(await read<bigint>(contract, "freeReserve")).to.be.at.most(1n);
    await mined(alice, contract, "open", STUN, MAX_LOCK, 0n);
    expect((await positionOf(state, alice, 2n)).rate).to.equal(0n);
  });

  it("fails with the amounts when the reserve does not cover the reward and minReward is not 0", async () => {
    const { staking: contract, alice } = await staking();
    const reward = stakeReward(8_000_000n * STUN, MAX_LOCK, MAX_LOCK);
    await expect(send(alice, contract, "open", 8_000_000n * STUN, MAX_LOCK, 1n))
      .to.be.revertedWithCustomError(contract, "RewardUnavailable")
      .withArgs(RESERVE, reward, 1n);
  });

  it("fails when the lock earns less than minReward", async () => {
    const { staking: contract, alice } = await staking();
    const reward = stakeReward(1_000n * STUN, MAX_LOCK, MAX_LOCK);
    await mined(alice, contract, "open", 1_000n * STUN, MAX_LOCK, reward);
    await expect(send(alice, contract, "open", 1_000n * STUN, MAX_LOCK, reward + 1n)).to.be.revertedWithCustomError(
      contract,
      "RewardUnavailable",
    );
  });

  it("opens in one transaction by permit, even when somebody used the permit first", async () => {
    const { token, staking: contract, owner, stranger } = await staking();
    await mined(owner, token, "transfer", stranger.address, 10n * STUN);
    const { chainId } = await stranger.provider.getNetwork();
    const domain = { name: "STUN", version: "1", chainId, verifyingContract: await token.getAddress() };
    const types = {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    };
    const deadline = (await now()) + DAY;
    const spender = await contract.getAddress();
    for (const nonce of [0n, 1n]) {
      const value = { owner: stranger.address, spender, value: STUN, nonce, deadline };
      const signature = Signature.from(await stranger.signTypedData(domain, types, value));
      const rest = [STUN, deadline, signature.v, signature.r, signature.s];
      if (nonce === 1n) await mined(owner, token, "permit", stranger.address, spender, ...rest);
      const calls = [
        contract.interface.encodeFunctionData("selfPermit", [await token.getAddress(), ...rest]),
        contract.interface.encodeFunctionData("open", [STUN, MIN_LOCK, 0n]),
      ];
      await mined(stranger, contract, "multicall", calls);
    }
    expect(await read<bigint>(token, "balanceOf", stranger.address)).to.equal(8n * STUN);
  });
});
