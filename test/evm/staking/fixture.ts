import { loadFixture, impersonateAccount, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { BaseContract } from "ethers";
import hre from "hardhat";
import { approve, DAY, deploy, deployStun, mined, read, STUN } from "../kit";

export const MAX_LOCK = 730n * DAY;
export const MIN_LOCK = 7n * DAY;
export const RESERVE = 1_000_000n * STUN;

export interface Staking {
  token: BaseContract;
  staking: BaseContract;
  owner: HardhatEthersSigner;
  guardian: HardhatEthersSigner;
  /** Holds 10,000,000 STUN and has approved all of it. */
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  /** The address of a contract, able to send transactions: stands where the job escrow stands. */
  escrow: HardhatEthersSigner;
}

export interface Position {
  principal: bigint;
  rate: bigint;
  start: bigint;
  end: bigint;
  multiplier: bigint;
  bondedTo: string;
  reserved: bigint;
  claimable: bigint;
  exiting: boolean;
}

export interface Bond {
  escrow: string;
  id: bigint;
  principal: bigint;
  locked: bigint;
  exitRequestedAt: bigint;
}

export type Kind = "Staking" | "VotingStaking";

/** Lets the address of a contract send transactions. */
export async function sendAs(contract: BaseContract): Promise<HardhatEthersSigner> {
  const address = await contract.getAddress();
  await impersonateAccount(address);
  await setBalance(address, 100n * 10n ** 18n);
  return hre.ethers.getSigner(address);
}

async function setUp(kind: Kind): Promise<Staking> {
  const [owner, guardian, alice, bob, stranger] = await hre.ethers.getSigners();
  if (!owner || !guardian || !alice || !bob || !stranger) throw new Error("The network has fewer than five accounts.");
  const token = await deployStun(owner);
  const staking = await deploy(kind, await token.getAddress(), owner.address);
  await mined(owner, staking, "setGuardian", guardian.address);
  for (const who of [alice, bob]) {
    await mined(owner, token, "transfer", who.address, 10_000_000n * STUN);
    await approve(token, who, staking);
  }
  await mined(owner, token, "transfer", await staking.getAddress(), RESERVE);
  const escrow = await sendAs(await deploy("HostileEscrow"));
  return { token, staking, owner, guardian, alice, bob, stranger, escrow };
}

const remote = (): Promise<Staking> => setUp("Staking");
const home = (): Promise<Staking> => setUp("VotingStaking");

/** A remote chain's staking with 1,000,000 STUN in its reserve, or the home chain's. */
export function staking(kind: Kind = "Staking"): Promise<Staking> {
  return loadFixture(kind === "Staking" ? remote : home);
}

/** The same with alice's position 1 of `principal` for `lock` seconds. */
export async function opened(principal = 1_000n * STUN, lock = MAX_LOCK, kind: Kind = "Staking"): Promise<Staking> {
  const state = await staking(kind);
  await mined(state.alice, state.staking, "open", principal, lock, 0n);
  return state;
}

/** The same, bonded to the escrow. */
export async function bonded(principal = 1_000n * STUN, lock = MAX_LOCK, kind: Kind = "Staking"): Promise<Staking> {
  const state = await opened(principal, lock, kind);
  await mined(state.alice, state.staking, "bond", 1n, state.escrow.address);
  return state;
}

export function positionOf(state: Staking, owner: HardhatEthersSigner, id = 1n): Promise<Position> {
  return read<Position>(state.staking, "positionOf", owner.address, id);
}

export function bondOf(state: Staking, provider: HardhatEthersSigner): Promise<Bond> {
  return read<Bond>(state.staking, "bondOf", provider.address);
}

export function balanceOf(state: Staking, account: string): Promise<bigint> {
  return read<bigint>(state.token, "balanceOf", account);
}
