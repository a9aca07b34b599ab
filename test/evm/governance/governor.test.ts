import { expect } from "chai";
import { AbiCoder, Interface, zeroPadValue } from "ethers";
import { executorOptions } from "../../../chains/evm/options";
import { DAY, deploy, mined, nextAt, now, read, send, STUN } from "../kit";
import {
  args,
  call,
  enacted,
  governance,
  GRACE,
  payment,
  proposalId,
  propose,
  queued,
  stake,
  State,
  voted,
} from "./fixture";

const PAY = 1_000n * STUN;

describe("StunGovernor: the way of a proposal", () => {
  it("waits a day, votes three, waits two in the timelock, and executes", async () => {
    const state = await governance();
    const { governor, alice, stranger } = state;
    await stake(state, alice, 10_000_000n * STUN);
    const p = await payment(state, stranger.address, PAY);
    const id = await propose(state, alice, p);
    const at = await now();
    const stateOf = (): Promise<bigint> => read<bigint>(governor, "state", id);
    expect(await read<bigint>(governor, "proposalSnapshot", id)).to.equal(at + DAY);
    expect(await read<bigint>(governor, "proposalDeadline", id)).to.equal(at + 4n * DAY);
    await nextAt(at + DAY);
    await expect(send(alice, governor, "castVote", id, 1)).to.be.revertedWithCustomError(
      governor,
      "GovernorUnexpectedProposalState",
    );
    await nextAt(at + DAY + 1n);
    await mined(alice, governor, "castVote", id, 1);
    await nextAt(at + 4n * DAY);
    await expect(send(alice, governor, "queue", ...args(p))).to.be.revertedWithCustomError(
      governor,
      "GovernorUnexpectedProposalState",
    );
    await nextAt(at + 4n * DAY + 1n);
    await mined(stranger, governor, "queue", ...args(p));
    expect(await stateOf()).to.equal(State.Queued);
    const eta = await read<bigint>(governor, "proposalEta", id);
    expect(eta).to.equal(at + 6n * DAY + 1n);
    await nextAt(eta - 1n);
    await expect(send(stranger, governor, "execute", ...args(p))).to.be.revertedWithCustomError(
      state.timelock,
      "TimelockUnexpectedOperationState",
    );
    await nextAt(eta);
    await expect(send(stranger, governor, "execute", ...args(p))).to.changeTokenBalance(state.token, stranger, PAY);
    expect(await stateOf()).to.equal(State.Executed);
  });

  it("expires fourteen days after it could first be executed, and the timelock takes it from nobody else", async () => {
    const state = await governance();
    const { governor, timelock, alice, stranger } = state;
    await stake(state, alice, 10_000_000n * STUN);
    const p = await payment(state, stranger.address, PAY);
    const id = await queued(state, alice, p);
    const eta = await read<bigint>(governor, "proposalEta", id);
    await nextAt(eta + GRACE + 1n);
    await expect(send(alice, governor, "execute", ...args(p))).to.be.revertedWithCustomError(
      governor,
      "GovernorUnexpectedProposalState",
    );
    expect(await read<bigint>(governor, "state", id)).to.equal(State.Expired);
    const zero = `0x${"00".repeat(32)}`;
    await expect(
      send(stranger, timelock, "executeBatch", p.targets, p.values, p.calldatas, zero, zero),
    ).to.be.revertedWithCustomError(timelock, "AccessControlUnauthorizedAccount");
  });

  it("executes in the last second of the fourteen days", async () => {
    const state = await governance();
    await stake(state, state.alice, 10_000_000n * STUN);
    const p = await payment(state, state.stranger.address, PAY);
    const id = await queued(state, state.alice, p);
    await nextAt((await read<bigint>(state.governor, "proposalEta", id)) + GRACE);
    await mined(state.alice, state.governor, "execute", ...args(p));
  });

  it("takes 1,000,000 staked STUN to propose", async () => {
    const state = await governance();
    const { governor, alice, bob } = state;
    await stake(state, alice, 1_000_000n * STUN - 1n);
    const p = await payment(state, bob.address, PAY);
    await expect(send(alice, governor, "propose", p.targets, p.values, p.calldatas, p.description))
      .to.be.revertedWithCustomError(governor, "GovernorInsufficientProposerVotes")
      .withArgs(alice.address, 1_000_000n * STUN - 1n, 1_000_000n * STUN);
    await stake(state, bob, 1_000_000n * STUN);
    await propose(state, bob, p);
  });

  it("counts the votes that were staked when the vote began, not later ones", async () => {
    const state = await governance();
    const { governor, alice, bob } = state;
    await stake(state, alice, 1_000_000n * STUN);
    const id = await propose(state, alice, await payment(state, bob.address, PAY));
    await nextAt((await now()) + DAY + 1n);
    await mined(bob, state.staking, "open", 40_000_000n * STUN, 7n * DAY, 0n);
    await mined(bob, governor, "castVote", id, 1);
    await nextAt((await now()) + 4n * DAY);
    await mined(bob, state.token, "approve", alice.address, 0n);
    expect(await read<bigint>(governor, "state", id)).to.equal(State.Defeated);
  });
});

describe("StunGovernor: a mandate", () => {
  it("that nobody queues within fourteen days of its vote is void: it cannot wait until the guardian's time is over", async () => {
    const state = await governance();
    await stake(state, state.alice, 10_000_000n * STUN);
    const [p, q] = [
      await payment(state, state.alice.address, PAY),
      await payment(state, state.alice.address, 2n * PAY),
    ];
    const [kept, used] = [
      await voted(state, state.alice, p, [state.alice]),
      await voted(state, state.alice, q, [state.alice]),
    ];
    const end = async (id: bigint): Promise<bigint> => read<bigint>(state.governor, "proposalDeadline", id);
    await nextAt((await end(used)) + GRACE);
    await mined(state.stranger, state.governor, "queue", ...args(q));
    expect(await read<bigint>(state.governor, "state", kept)).to.equal(State.Expired);
    await expect(send(state.alice, state.governor, "queue", ...args(p))).to.be.revertedWithCustomError(
      state.governor,
      "GovernorUnexpectedProposalState",
    );
    await nextAt(state.genesis + 731n * DAY);
    await expect(send(state.alice, state.governor, "queue", ...args(p))).to.be.revertedWithCustomError(
      state.governor,
      "GovernorUnexpectedProposalState",
    );
    await expect(send(state.alice, state.governor, "execute", ...args(p))).to.be.revertedWithCustomError(
      state.governor,
      "GovernorUnexpectedProposalState",
    );
  });
});

describe("StunGovernor: quorum", () => {
  it("is 10,000,000 STUN, or 4 % of what can vote when that is more", async () => {
    const state = await governance();
    const { governor, alice, bob } = state;
    await stake(state, alice, 50_000_000n * STUN);
    await mined(bob, state.token, "approve", alice.address, 0n);
    expect(await read<bigint>(governor, "quorum", (await now()) - 1n)).to.equal(10_000_000n * STUN);
    const { rich } = state;
    await mined(rich, state.token, "approve", await state.staking.getAddress(), 2n ** 255n);
    await stake(state, rich, 600_000_000n * STUN);
    await mined(bob, state.token, "approve", alice.address, 0n);
    expect(await read<bigint>(governor, "quorum", (await now()) - 1n)).to.equal(26_000_000n * STUN);
  });

  it("lets no proposal pass with less than 10,000,000 staked, whoever votes", async () => {
    const state = await governance();
    const { governor, alice, bob } = state;
    await stake(state, alice, 9_999_999n * STUN);
    const p = await payment(state, alice.address, PAY);
    const id = await voted(state, alice, p, [alice]);
    await mined(bob, state.token, "approve", alice.address, 0n);
    expect(await read<bigint>(governor, "state", id)).to.equal(State.Defeated);
    await expect(send(alice, governor, "queue", ...args(p))).to.be.revertedWithCustomError(
      governor,
      "GovernorUnexpectedProposalState",
    );
  });
});

describe("StunGovernor: capture", () => {
  it("with 1,000 STUN staked nobody can even propose", async () => {
    const state = await governance();
    await stake(state, state.alice, 1_000n * STUN);
    const p = await payment(state, state.alice.address, PAY);
    await expect(
      send(state.alice, state.governor, "propose", p.targets, p.values, p.calldatas, p.description),
    ).to.be.revertedWithCustomError(state.governor, "GovernorInsufficientProposerVotes");
  });

  it("a hostile majority of 10,000,000 moves at most the metered outflow in any 30 days", async () => {
    const state = await governance();
    const { alice, governor, token, treasury } = state;
    await stake(state, alice, 10_000_000n * STUN);
    const limit = 2_000_000n * STUN;
    const p = await payment(state, alice.address, limit);
    await enacted(state, alice, { ...p, description: "the whole limit" });
    const more = { ...(await payment(state, alice.address, 1n)), description: "one unit more" };
    await queued(state, alice, more);
    await nextAt((await now()) + 2n * DAY);
    await expect(send(alice, governor, "execute", ...args(more))).to.be.revertedWithCustomError(
      treasury,
      "OutflowLimit",
    );
    expect(await read<bigint>(token, "balanceOf", await treasury.getAddress())).to.equal(98_000_000n * STUN);
  });

  it("a hostile majority reaches no principal and no reserve of staking", async () => {
    const state = await governance();
    const { alice, bob, staking, token, timelock } = state;
    await stake(state, bob, 1_000n * STUN);
    await stake(state, alice, 20_000_000n * STUN);
    const address = await staking.getAddress();
    const before = await read<bigint>(token, "balanceOf", address);
    const data = token.interface.encodeFunctionData("transferFrom", [address, alice.address, 1n]);
    const p = call(await token.getAddress(), data);
    await queued(state, alice, p);
    await nextAt((await now()) + 2n * DAY);
    await expect(send(alice, state.governor, "execute", ...args(p))).to.be.reverted;
    expect(await read<bigint>(token, "balanceOf", address)).to.equal(before);
    expect(await read<string>(staking, "owner")).to.equal(await timelock.getAddress());
  });
});

describe("StunGovernor: the guardian", () => {
  it("cancels a queued proposal", async () => {
    const state = await governance();
    await stake(state, state.alice, 10_000_000n * STUN);
    const p = await payment(state, state.alice.address, PAY);
    const id = await queued(state, state.alice, p);
    await expect(send(state.guardian, state.governor, "guardianCancel", ...args(p)))
      .to.emit(state.governor, "GuardianCanceled")
      .withArgs(id);
    expect(await read<bigint>(state.governor, "state", id)).to.equal(State.Canceled);
    await nextAt((await now()) + 2n * DAY);
    await expect(send(state.alice, state.governor, "execute", ...args(p))).to.be.reverted;
  });

  it("cancels nothing that is not queued", async () => {
    const state = await governance();
    await stake(state, state.alice, 10_000_000n * STUN);
    const p = await payment(state, state.alice.address, PAY);
    await propose(state, state.alice, p);
    await expect(send(state.guardian, state.governor, "guardianCancel", ...args(p)))
      .to.be.revertedWithCustomError(state.governor, "NotQueued")
      .withArgs(await proposalId(state, p), State.Pending);
  });

  it("is the only one who can", async () => {
    const state = await governance();
    await stake(state, state.alice, 10_000_000n * STUN);
    const p = await payment(state, state.alice.address, PAY);
    await queued(state, state.alice, p);
    for (const who of [state.alice, state.stranger, state.rich]) {
      await expect(send(who, state.governor, "guardianCancel", ...args(p)))
        .to.be.revertedWithCustomError(state.governor, "NotGuardian")
        .withArgs(who.address);
      await expect(send(who, state.governor, "cancel", ...args(p))).to.be.revertedWithCustomError(
        state.governor,
        "GovernorUnableToCancel",
      );
    }
  });

  it("can no longer after 730 days from genesis", async () => {
    const state = await governance();
    await stake(state, state.alice, 10_000_000n * STUN);
    await nextAt(state.genesis + 725n * DAY);
    const p = await payment(state, state.alice.address, PAY);
    await queued(state, state.alice, p);
    await nextAt(state.genesis + 730n * DAY);
    await expect(send(state.guardian, state.governor, "guardianCancel", ...args(p)))
      .to.be.revertedWithCustomError(state.governor, "GuardianTimeOver")
      .withArgs(state.genesis + 730n * DAY);
  });

  it("cannot keep itself in office, here or on another chain", async () => {
    const state = await governance();
    const { governor, staking, stranger } = state;
    await stake(state, state.alice, 10_000_000n * STUN);
    const replace = governor.interface.encodeFunctionData("setGuardian", [stranger.address]);
    const sends = (data: string): string =>
      new Interface(["function send(uint32,bytes,bytes)"]).encodeFunctionData("send", [
        30_184,
        AbiCoder.defaultAbiCoder().encode(["tuple(address,uint256,bytes)[]"], [[[stranger.address, 0n, data]]]),
        executorOptions({ kind: "receive", gas: 500_000n }),
      ]);
    const targets = [await governor.getAddress(), await staking.getAddress(), state.sender.address];
    const p = {
      targets,
      values: [0n, 0n, 0n],
      calldatas: [replace, replace, sends(replace)],
      description: "new guardian",
    };
    await queued(state, state.alice, p);
    await expect(send(state.guardian, governor, "guardianCancel", ...args(p))).to.be.revertedWithCustomError(
      governor,
      "GuardianReplacement",
    );
    await nextAt((await now()) + 2n * DAY);
    await mined(state.alice, governor, "execute", ...args(p));
    expect(await read<string>(governor, "guardian")).to.equal(stranger.address);
    expect(await read<string>(staking, "guardian")).to.equal(stranger.address);
  });

  it("cancels a proposal that hides something else behind its replacement", async () => {
    const state = await governance();
    const { governor } = state;
    await stake(state, state.alice, 10_000_000n * STUN);
    const replace = governor.interface.encodeFunctionData("setGuardian", [state.alice.address]);
    const pay = await payment(state, state.alice.address, PAY);
    const plain = executorOptions({ kind: "receive", gas: 500_000n });
    const sendsWith = (
      options: string,
      ...calls: [target: string, value: bigint, data: string | undefined][]
    ): string =>
      new Interface(["function send(uint32,bytes,bytes)"]).encodeFunctionData("send", [
        30_184,
        AbiCoder.defaultAbiCoder().encode(["tuple(address,uint256,bytes)[]"], [calls]),
        options,
      ]);
    const sends = (...calls: [target: string, value: bigint, data: string | undefined][]): string =>
      sendsWith(plain, ...calls);
    // LayerZero's executor gives native currency of the other chain to whom the options name, paid by the sender here
    const drop = `${plain}01003102${"0".repeat(31)}1${zeroPadValue(state.alice.address, 32).slice(2)}`;
    const own = await governor.getAddress();
    const there = state.alice.address;
    for (const [target, data, value] of [
      [pay.targets[0], pay.calldatas[0], 0n],
      [own, `${replace}00`, 0n],
      [there, replace, 1n],
      [state.sender.address, sends([there, 0n, replace], [there, 0n, pay.calldatas[0]]), 0n],
      [state.sender.address, sends([there, 1n, replace]), 0n],
      [state.sender.address, sendsWith(drop, [there, 0n, replace]), 0n],
      [
        state.sender.address,
        sendsWith(executorOptions({ kind: "receive", gas: 1n, value: 1n }), [there, 0n, replace]),
        0n,
      ],
      [state.sender.address, sendsWith("0x", [there, 0n, replace]), 0n],
      // as long as an order of gas alone, but to another worker
      [state.sender.address, sendsWith(plain.replace("0x000301", "0x000302"), [there, 0n, replace]), 0n],
      [state.sender.address, sends(), 0n],
      [state.sender.address, replace, 0n],
      [state.sender.address, "0x", 0n],
    ] as [string, string, bigint][]) {
      const p = {
        targets: [own, target],
        values: [0n, value],
        calldatas: [replace, data],
        description: `${target} ${data} ${value}`,
      };
      await queued(state, state.alice, p);
      await mined(state.guardian, governor, "guardianCancel", ...args(p));
    }
  });

  it("is replaced by a proposal and by nothing else", async () => {
    const state = await governance();
    for (const who of [state.guardian, state.alice, state.rich]) {
      await expect(send(who, state.governor, "setGuardian", who.address)).to.be.revertedWithCustomError(
        state.governor,
        "GovernorOnlyExecutor",
      );
    }
  });
});

describe("StunTimelock", () => {
  it("keeps its two days: not even governance changes them", async () => {
    const state = await governance();
    await stake(state, state.alice, 10_000_000n * STUN);
    expect(await read<bigint>(state.timelock, "getMinDelay")).to.equal(2n * DAY);
    const data = state.timelock.interface.encodeFunctionData("updateDelay", [0n]);
    const p = call(await state.timelock.getAddress(), data);
    await queued(state, state.alice, p);
    await nextAt((await now()) + 2n * DAY);
    await expect(send(state.alice, state.governor, "execute", ...args(p))).to.be.revertedWithCustomError(
      state.timelock,
      "DelayIsFixed",
    );
  });

  it("takes an ownership that it was offered when anyone says so, and no other", async () => {
    const { timelock, token, rich, stranger } = await governance();
    const treasury = await deploy("Treasury", token, rich.address);
    await expect(send(stranger, timelock, "takeOwnership", treasury)).to.be.revertedWithCustomError(
      treasury,
      "OwnableUnauthorizedAccount",
    );
    await mined(rich, treasury, "transferOwnership", timelock);
    await mined(stranger, timelock, "takeOwnership", treasury);
    expect(await read<string>(treasury, "owner")).to.equal(await timelock.getAddress());
  });

  it("lists the holders of its roles", async () => {
    const { timelock, governor } = await governance();
    for (const [role, holder] of [
      ["PROPOSER_ROLE", governor],
      ["EXECUTOR_ROLE", governor],
      ["CANCELLER_ROLE", governor],
      ["DEFAULT_ADMIN_ROLE", timelock],
    ] as const) {
      const hash = await read<string>(timelock, role);
      expect(await read<string[]>(timelock, "getRoleMembers", hash)).to.deep.equal([await holder.getAddress()]);
    }
    expect(await read<boolean>(timelock, "supportsInterface", "0x5a05180f"), "enumerable roles").to.equal(true);
    expect(await read<boolean>(timelock, "supportsInterface", "0x4e2312e0"), "ERC-1155 receiver").to.equal(true);
    expect(await read<boolean>(timelock, "supportsInterface", "0xffffffff")).to.equal(false);
  });

  it("has no administrator but itself, and takes orders from the governor alone", async () => {
    const { timelock, governor, rich, guardian, stranger } = await governance();
    const has = async (role: string, who: string): Promise<boolean> =>
      read<boolean>(timelock, "hasRole", await read<string>(timelock, role), who);
    expect(await has("DEFAULT_ADMIN_ROLE", await timelock.getAddress())).to.equal(true);
    for (const role of ["PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE"]) {
      expect(await has(role, await governor.getAddress())).to.equal(true);
      for (const who of [rich, guardian, stranger]) expect(await has(role, who.address)).to.equal(false);
      expect(await has(role, `0x${"00".repeat(20)}`)).to.equal(false);
    }
    expect(await has("DEFAULT_ADMIN_ROLE", rich.address)).to.equal(false);
  });
});
