// The home chain's governance as a deployment leaves it: the timelock owns everything, the governor alone speaks to it.
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { id, type BaseContract } from "ethers";
import hre from "hardhat";
import { approve, DAY, deploy, deployStun, mined, nextAt, now, read, STUN } from "../kit";

export const GRACE = 14n * DAY;
export const State = { Pending: 0n, Active: 1n, Canceled: 2n, Defeated: 3n, Queued: 5n, Expired: 6n, Executed: 7n };

export interface Governance {
  token: BaseContract;
  staking: BaseContract;
  timelock: BaseContract;
  governor: BaseContract;
  treasury: BaseContract;
  /** Holds what nobody else was given. */
  rich: HardhatEthersSigner;
  guardian: HardhatEthersSigner;
  /** Stand where the governance sender stands: calls to this address count as messages. */
  sender: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  genesis: bigint;
}

export interface Proposal {
  targets: string[];
  values: bigint[];
  calldatas: string[];
  description: string;
}

async function setUp(): Promise<Governance> {
  const [rich, guardian, sender, alice, bob, stranger] = await hre.ethers.getSigners();
  if (!rich || !guardian || !sender || !alice || !bob || !stranger)
    throw new Error("The network has too few accounts.");
  const genesis = await now();
  const token = await deployStun(rich);
  const timelock = await deploy("StunTimelock", rich.address);
  const owner = await timelock.getAddress();
  const staking = await deploy("VotingStaking", await token.getAddress(), owner);
  const governor = await deploy(
    "StunGovernor",
    ...[await staking.getAddress(), owner, sender.address, guardian.address, genesis],
  );
  for (const role of ["PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE"]) {
    await mined(rich, timelock, "grantRole", await read<string>(timelock, role), await governor.getAddress());
  }
  const admin = await read<string>(timelock, "DEFAULT_ADMIN_ROLE");
  await mined(rich, timelock, "renounceRole", admin, rich.address);
  const treasury = await deploy("Treasury", await token.getAddress(), owner);
  await mined(rich, token, "transfer", await treasury.getAddress(), 100_000_000n * STUN);
  for (const who of [alice, bob]) {
    await mined(rich, token, "transfer", who.address, 50_000_000n * STUN);
    await approve(token, who, staking);
  }
  return { token, staking, timelock, governor, treasury, rich, guardian, sender, alice, bob, stranger, genesis };
}

export function governance(): Promise<Governance> {
  return loadFixture(setUp);
}

/** Stakes for the longest lock, and lets a second pass so that the votes count. */
export async function stake(state: Governance, who: HardhatEthersSigner, amount: bigint): Promise<void> {
  await mined(who, state.staking, "open", amount, 730n * DAY, 0n);
  await nextAt((await now()) + 2n);
}

/** The treasury pays `amount` of STUN to `to`. */
export async function payment(state: Governance, to: string, amount: bigint): Promise<Proposal> {
  const data = state.treasury.interface.encodeFunctionData("pay", [await state.token.getAddress(), to, amount]);
  return call(await state.treasury.getAddress(), data);
}

export function call(target: string, data: string, description = "a proposal"): Proposal {
  return { targets: [target], values: [0n], calldatas: [data], description };
}

export function proposalId(state: Governance, p: Proposal): Promise<bigint> {
  return read<bigint>(state.governor, "getProposalId", ...args(p));
}

/** The arguments of queue, execute and cancel. */
export function args(p: Proposal): [string[], bigint[], string[], string] {
  return [p.targets, p.values, p.calldatas, id(p.description)];
}

export async function propose(state: Governance, by: HardhatEthersSigner, p: Proposal): Promise<bigint> {
  await mined(by, state.governor, "propose", p.targets, p.values, p.calldatas, p.description);
  return proposalId(state, p);
}

/** Proposes, votes for it with `voters`, and waits for the end of the vote. */
export async function voted(
  state: Governance,
  by: HardhatEthersSigner,
  p: Proposal,
  voters: readonly HardhatEthersSigner[],
): Promise<bigint> {
  const proposal = await propose(state, by, p);
  await nextAt((await now()) + DAY + 1n);
  for (const voter of voters) await mined(voter, state.governor, "castVote", proposal, 1);
  await nextAt((await now()) + 3n * DAY + 1n);
  return proposal;
}

/** Proposes, votes and queues. */
export async function queued(
  state: Governance,
  by: HardhatEthersSigner,
  p: Proposal,
  voters: readonly HardhatEthersSigner[] = [by],
): Promise<bigint> {
  const proposal = await voted(state, by, p, voters);
  await mined(by, state.governor, "queue", ...args(p));
  return proposal;
}

/** Proposes, votes, queues, waits and executes. */
export async function enacted(
  state: Governance,
  by: HardhatEthersSigner,
  p: Proposal,
  voters: readonly HardhatEthersSigner[] = [by],
): Promise<void> {
  await queued(state, by, p, voters);
  await nextAt((await now()) + 2n * DAY);
  await mined(by, state.governor, "execute", ...args(p));
}
