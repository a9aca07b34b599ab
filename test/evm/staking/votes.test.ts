import { expect } from "chai";
import { Signature } from "ethers";
import { DAY, mined, nextAt, now, read, send, STUN } from "../kit";
import { bonded, MIN_LOCK, opened, staking, type Staking } from "./fixture";

const PRINCIPAL = 1_000n * STUN;
const home = (): Promise<Staking> => opened(PRINCIPAL, MIN_LOCK, "VotingStaking");
const votes = (state: Staking, who: { address: string }): Promise<bigint> =>
  read<bigint>(state.staking, "getVotes", who.address);

describe("VotingStaking: votes", () => {
  it("counts time, as its clock mode says", async () => {
    const state = await home();
    expect(await read<string>(state.staking, "CLOCK_MODE")).to.equal("mode=timestamp");
    expect(await read<bigint>(state.staking, "clock")).to.be.at.least(await now());
  });

  it("gives the owner the votes of its principal when it opens", async () => {
    const state = await home();
    expect(await votes(state, state.alice)).to.equal(PRINCIPAL);
    expect(await read<string>(state.staking, "delegates", state.alice.address)).to.equal(state.alice.address);
  });

  it("keeps to a delegation made before the first position", async () => {
    const state = await staking("VotingStaking");
    await mined(state.alice, state.staking, "delegate", state.bob.address);
    await mined(state.alice, state.staking, "open", PRINCIPAL, MIN_LOCK, 0n);
    expect([await votes(state, state.alice), await votes(state, state.bob)]).to.deep.equal([0n, PRINCIPAL]);
  });

  it("moves all votes of an owner with its delegation", async () => {
    const state = await home();
    await mined(state.alice, state.staking, "open", PRINCIPAL, MIN_LOCK, 0n);
    await mined(state.alice, state.staking, "delegate", state.bob.address);
    expect([await votes(state, state.alice), await votes(state, state.bob)]).to.deep.equal([0n, 2n * PRINCIPAL]);
  });

  it("answers for the past by checkpoints", async () => {
    const state = await home();
    const before = await now();
    await nextAt(before + DAY);
    await mined(state.alice, state.staking, "renew", 1n, PRINCIPAL, MIN_LOCK, 0n);
    await nextAt(before + 2n * DAY);
    await mined(state.bob, state.staking, "open", STUN, MIN_LOCK, 0n);
    expect(await read<bigint>(state.staking, "getPastVotes", state.alice.address, before)).to.equal(PRINCIPAL);
    expect(await read<bigint>(state.staking, "getPastVotes", state.alice.address, before + DAY)).to.equal(
      2n * PRINCIPAL,
    );
    expect(await read<bigint>(state.staking, "getPastTotalSupply", before + DAY)).to.equal(2n * PRINCIPAL);
    await expect(read<bigint>(state.staking, "getPastTotalSupply", before + 100n * DAY)).to.be.revertedWithCustomError(
      state.staking,
      "ERC5805FutureLookup",
    );
  });

  it("takes the votes of a position that asks to exit, and gives them back when it is unbonded", async () => {
    const state = await bonded(PRINCIPAL, 30n * DAY, "VotingStaking");
    await mined(state.alice, state.staking, "requestExit", 1n);
    expect(await votes(state, state.alice)).to.equal(0n);
    await nextAt((await now()) + 7n * DAY);
    await mined(state.alice, state.staking, "unbond", 1n);
    expect(await votes(state, state.alice)).to.equal(PRINCIPAL);
  });

  it("takes the votes once, whether the position asked first or not", async () => {
    const state = await bonded(PRINCIPAL, MIN_LOCK, "VotingStaking");
    await mined(state.alice, state.staking, "open", STUN, MIN_LOCK, 0n);
    await mined(state.alice, state.staking, "requestExit", 1n);
    await nextAt((await now()) + 8n * DAY);
    await mined(state.alice, state.staking, "exit", 1n);
    expect(await votes(state, state.alice)).to.equal(STUN);
    await mined(state.alice, state.staking, "exit", 2n);
    expect(await votes(state, state.alice)).to.equal(0n);
  });

  it("takes the votes of slashed principal, and of an exiting position none twice", async () => {
    const state = await bonded(PRINCIPAL, MIN_LOCK, "VotingStaking");
    await mined(state.escrow, state.staking, "lockBond", state.alice.address, 2n * STUN);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, STUN, STUN);
    expect(await votes(state, state.alice)).to.equal(PRINCIPAL - STUN);
    await mined(state.alice, state.staking, "requestExit", 1n);
    await mined(state.escrow, state.staking, "slashBond", state.alice.address, STUN, STUN);
    expect(await votes(state, state.alice)).to.equal(0n);
    expect(await read<bigint>(state.staking, "getPastTotalSupply", (await now()) - 1n)).to.equal(0n);
  });

  it("delegates by signature once", async () => {
    const state = await home();
    const { chainId } = await state.alice.provider.getNetwork();
    const domain = {
      name: "STUN Staking",
      version: "1",
      chainId,
      verifyingContract: await state.staking.getAddress(),
    };
    const types = {
      Delegation: [
        { name: "delegatee", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "expiry", type: "uint256" },
      ],
    };
    const expiry = (await now()) + DAY;
    const message = { delegatee: state.bob.address, nonce: 0n, expiry };
    const { r, s, v } = Signature.from(await state.alice.signTypedData(domain, types, message));
    await mined(state.stranger, state.staking, "delegateBySig", state.bob.address, 0n, expiry, v, r, s);
    expect(await votes(state, state.bob)).to.equal(PRINCIPAL);
    await expect(
      send(state.stranger, state.staking, "delegateBySig", state.bob.address, 0n, expiry, v, r, s),
    ).to.be.revertedWithCustomError(state.staking, "InvalidAccountNonce");
  });
});
