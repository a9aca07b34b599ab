// What somebody could try with the same stake twice, with stake of a moment, and with delegation.
import { expect } from "chai";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { BaseContract } from "ethers";
import { DAY, mined, nextAt, now, read, refusal, send, STUN, ZERO } from "../kit";
import { args, governance, payment, propose, stake, State, voted, type Governance } from "./fixture";

const PAY = 1_000n * STUN;
const TEN = 10_000_000n * STUN;

async function votesOf(state: Governance, id: bigint): Promise<{ against: bigint; for: bigint; abstain: bigint }> {
  const [against, yes, abstain] = await read<[bigint, bigint, bigint]>(state.governor, "proposalVotes", id);
  return { against, for: yes, abstain };
}

/** Opens a position of seven days, bonded, so that its owner can ask to leave. */
async function bonded(state: Governance, who: HardhatEthersSigner, amount: bigint): Promise<bigint> {
  const staking = state.staking.connect(who) as BaseContract;
  const id = await read<bigint>(staking, "open", amount, 7n * DAY, 0n);
  await mined(who, state.staking, "open", amount, 7n * DAY, 0n);
  await mined(who, state.staking, "bond", id, await state.treasury.getAddress());
  return id;
}

const voteFor = (state: Governance, who: HardhatEthersSigner, id: bigint): ReturnType<typeof send> =>
  send(who, state.governor, "castVote", id, 1);

describe("StunGovernor: votes", () => {
  it("of the second in which the vote is taken count, those of the next one do not", async () => {
    const state = await governance();
    await stake(state, state.alice, 1_000_000n * STUN);
    const id = await propose(state, state.alice, await payment(state, state.alice.address, PAY));
    const snapshot = await read<bigint>(state.governor, "proposalSnapshot", id);
    await nextAt(snapshot);
    await mined(state.bob, state.staking, "open", 3_000_000n * STUN, 7n * DAY, 0n);
    await nextAt(snapshot + 1n);
    await mined(state.bob, state.staking, "open", 5_000_000n * STUN, 7n * DAY, 0n);
    await (await voteFor(state, state.bob, id)).wait();
    expect((await votesOf(state, id)).for).to.equal(3_000_000n * STUN);
    expect(await read<bigint>(state.governor, "quorum", snapshot)).to.equal(TEN);
  });

  it("of a stake that was asked back before the vote are gone, of one that was asked back after it still count, once", async () => {
    const state = await governance();
    await stake(state, state.alice, 2_000_000n * STUN);
    const leaves = await bonded(state, state.bob, 4_000_000n * STUN);
    const later = await bonded(state, state.alice, 1_000_000n * STUN);
    const id = await propose(state, state.alice, await payment(state, state.alice.address, PAY));
    await mined(state.bob, state.staking, "requestExit", leaves);
    await nextAt((await now()) + DAY + 1n);
    await (await voteFor(state, state.bob, id)).wait();
    expect((await votesOf(state, id)).for).to.equal(0n);
    await mined(state.alice, state.staking, "requestExit", later);
    await (await voteFor(state, state.alice, id)).wait();
    expect((await votesOf(state, id)).for).to.equal(3_000_000n * STUN);
    // what is no longer there does not raise the quorum either: 4 % of the rest
    const snapshot = await read<bigint>(state.governor, "proposalSnapshot", id);
    expect(await read<bigint>(state.staking, "getPastTotalSupply", snapshot)).to.equal(3_000_000n * STUN);
    expect(await refusal(read(state.governor.connect(state.bob) as BaseContract, "castVote", id, 1))).to.include(
      "GovernorAlreadyCastVote",
    );
  });

  it("are cast once by each stake, however it is delegated meanwhile", async () => {
    const state = await governance();
    await stake(state, state.alice, 6_000_000n * STUN);
    const id = await propose(state, state.alice, await payment(state, state.alice.address, PAY));
    await nextAt((await now()) + DAY + 1n);
    await (await voteFor(state, state.alice, id)).wait();
    await mined(state.alice, state.staking, "delegate", state.bob.address);
    await (await voteFor(state, state.bob, id)).wait();
    expect((await votesOf(state, id)).for).to.equal(6_000_000n * STUN);
  });

  it("do not grow in a ring of delegations, and a delegate has no more than was given", async () => {
    const state = await governance();
    await stake(state, state.alice, 6_000_000n * STUN);
    await stake(state, state.bob, 5_000_000n * STUN);
    await mined(state.alice, state.staking, "delegate", state.bob.address);
    await mined(state.bob, state.staking, "delegate", state.alice.address);
    const votes = (who: HardhatEthersSigner): Promise<bigint> => read<bigint>(state.staking, "getVotes", who.address);
    expect([await votes(state.alice), await votes(state.bob)]).to.deep.equal([5_000_000n * STUN, 6_000_000n * STUN]);
    await mined(state.alice, state.staking, "delegate", state.stranger.address);
    await mined(state.bob, state.staking, "delegate", state.stranger.address);
    expect([await votes(state.alice), await votes(state.bob), await votes(state.stranger)]).to.deep.equal([
      0n,
      0n,
      11_000_000n * STUN,
    ]);
    // nobody's votes: a new position votes for its owner again, with all that it has
    await mined(state.alice, state.staking, "delegate", ZERO);
    expect(await votes(state.stranger)).to.equal(5_000_000n * STUN);
    await mined(state.alice, state.staking, "open", 1_000_000n * STUN, 7n * DAY, 0n);
    expect(await votes(state.alice)).to.equal(7_000_000n * STUN);
  });

  it("cannot be had for a moment: a stake stays for seven days at least", async () => {
    const state = await governance();
    const staking = state.staking.connect(state.alice) as BaseContract;
    const id = await read<bigint>(staking, "open", TEN, 7n * DAY, 0n);
    expect(await refusal(read(staking, "open", TEN, 7n * DAY - 1n, 0n))).to.include("InvalidLock");
    await mined(state.alice, state.staking, "open", TEN, 7n * DAY, 0n);
    await nextAt((await now()) + 7n * DAY - 1n);
    expect(await refusal(mined(state.alice, state.staking, "exit", id))).to.include("Locked");
    // and the proposer's own must be older than the proposal's second
    const p = await payment(state, state.alice.address, PAY);
    await mined(state.bob, state.staking, "open", 999_999n * STUN, 7n * DAY, 0n);
    expect(
      await refusal(send(state.bob, state.governor, "propose", p.targets, p.values, p.calldatas, p.description)),
    ).to.include("GovernorInsufficientProposerVotes");
  });

  it("are none with nothing staked: the quorum stays 10,000,000 and nobody can propose", async () => {
    const state = await governance();
    await nextAt((await now()) + 10n);
    const p = await payment(state, state.alice.address, PAY);
    for (const who of [state.alice, state.guardian, state.rich]) {
      expect(
        await refusal(send(who, state.governor, "propose", p.targets, p.values, p.calldatas, p.description)),
      ).to.include("GovernorInsufficientProposerVotes");
    }
    await nextAt((await now()) + 10n);
    expect(await read<bigint>(state.governor, "quorum", (await now()) - 5n)).to.equal(TEN);
  });

  it("for and abstaining make the quorum, and a tie or a vote against does not pass", async () => {
    const state = await governance();
    await stake(state, state.alice, TEN);
    await stake(state, state.bob, TEN);
    const p = await payment(state, state.alice.address, PAY);
    const id = await propose(state, state.alice, p);
    await nextAt((await now()) + DAY + 1n);
    await mined(state.alice, state.governor, "castVote", id, 1);
    await mined(state.bob, state.governor, "castVote", id, 0);
    await nextAt((await now()) + 3n * DAY + 1n);
    expect(await refusal(send(state.alice, state.governor, "queue", ...args(p)))).to.include(
      "GovernorUnexpectedProposalState",
    );
    const next = await payment(state, state.alice.address, 2n * PAY);
    const second = await propose(state, state.alice, next);
    await nextAt((await now()) + DAY + 1n);
    await mined(state.bob, state.governor, "castVote", second, 2);
    await nextAt((await now()) + 3n * DAY + 1n);
    expect(await refusal(send(state.alice, state.governor, "queue", ...args(next)))).to.include(
      "GovernorUnexpectedProposalState",
    );
  });

  it("cannot be used by another: only the proposer takes back what nobody votes on yet, and nobody once they do", async () => {
    const state = await governance();
    await stake(state, state.alice, TEN);
    const p = await payment(state, state.alice.address, PAY);
    const id = await propose(state, state.alice, p);
    for (const who of [state.bob, state.guardian, state.stranger]) {
      expect(await refusal(send(who, state.governor, "cancel", ...args(p)))).to.include("GovernorUnableToCancel");
    }
    await mined(state.alice, state.governor, "cancel", ...args(p));
    expect(await read<bigint>(state.governor, "state", id)).to.equal(State.Canceled);
    const next = await payment(state, state.alice.address, 2n * PAY);
    await voted(state, state.alice, next, [state.alice]);
    expect(await refusal(send(state.alice, state.governor, "cancel", ...args(next)))).to.include(
      "GovernorUnableToCancel",
    );
  });
});
