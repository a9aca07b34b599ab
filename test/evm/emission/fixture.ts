import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ZeroHash, type BaseContract, type ContractTransactionResponse } from "ethers";
import hre from "hardhat";
import { packSignatures } from "../../../chains/evm/committee";
import { epochReportDigest, RewardBook, type EpochReport } from "../../../chains/evm/emission";
import { keySigner } from "../../../oracle/signer";
import { DAY, deploy, deployStun, HOUR, mined, nextAt, now, read, send, STUN, ZERO } from "../kit";

export const BUDGET = 60_000_000n * STUN;
export const VETO_TIME = 12n * HOUR;
export const REPEAT_DELAY = 24n * HOUR;

const MEMBERS = [1, 2, 3].map((n) => keySigner(`0x${n.toString(16).padStart(64, "0")}`));
const OUTSIDER = keySigner(`0x${"0f".repeat(32)}`);

export interface Emission {
  token: BaseContract;
  committee: BaseContract;
  vault: BaseContract;
  /** First second of epoch 0. */
  start: bigint;
  owner: HardhatEthersSigner;
  guardian: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
}

export interface Status {
  nextEpoch: bigint;
  roots: bigint;
  waiting: bigint;
  since: bigint;
  vetoesLeft: bigint;
  subsidy: bigint;
  carry: bigint;
  accepted: bigint;
  paid: bigint;
  pendingRoot: string;
  pendingTotal: bigint;
}

async function setUp(): Promise<Emission> {
  const [owner, guardian, alice, bob, stranger] = await hre.ethers.getSigners();
  if (!owner || !guardian || !alice || !bob || !stranger) throw new Error("The network has fewer than five accounts.");
  const token = await deployStun(owner);
  const members = MEMBERS.map((m) => m.address).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const committee = await deploy("Committee", owner.address, guardian.address, members, 2);
  const start = (await now()) + DAY;
  const vault = await deploy(
    "EmissionVault",
    ...[await token.getAddress(), await committee.getAddress(), start, BUDGET, ZERO, 0, ZeroHash, owner.address],
  );
  await mined(owner, vault, "setGuardian", guardian.address);
  return { token, committee, vault, start, owner, guardian, alice, bob, stranger };
}

async function setUpFunded(): Promise<Emission> {
  const state = await setUp();
  await mined(state.owner, state.token, "transfer", await state.vault.getAddress(), BUDGET);
  return state;
}

/** The home chain's vault, holding its budget or nothing yet; epoch 0 begins tomorrow. */
export function emission(kind: "funded" | "unfunded" = "funded"): Promise<Emission> {
  return loadFixture(kind === "funded" ? setUpFunded : setUp);
}

export function statusOf(state: Emission): Promise<Status> {
  return read<Status>(state.vault, "status");
}

/** When an epoch may be reported, as far as its own days go. */
export function closesAt(state: Emission, epoch: bigint): bigint {
  return state.start + (epoch + 1n) * DAY - 1n + HOUR;
}

export interface Signing {
  by?: number;
  version?: bigint;
  /** Signed for another vault. */
  target?: string;
  chainId?: bigint;
  outsider?: boolean;
}

/** Signs a report as the committee does. */
export async function signed(
  state: Emission,
  report: EpochReport,
  how: Signing = {},
): Promise<[EpochReport, bigint, string]> {
  const { chainId } = await state.owner.provider.getNetwork();
  const version = how.version ?? 1n;
  const of = { chainId: how.chainId ?? chainId, committee: await state.committee.getAddress(), version };
  const digest = epochReportDigest(of, how.target ?? (await state.vault.getAddress()), report);
  const signers = MEMBERS.slice(0, how.by ?? 2);
  if (how.outsider) signers[0] = OUTSIDER;
  const signatures = await Promise.all(signers.map((m) => m.signDigest(digest)));
  return [report, version, packSignatures(digest, signatures)];
}

/** The report that would follow now, with these cumulative rewards and this total. */
export async function following(state: Emission, root: string, total: bigint): Promise<EpochReport> {
  const { nextEpoch, roots, pendingRoot, waiting } = await statusOf(state);
  const last = roots === 0n ? ZeroHash : await read<string>(state.vault, "rootAt", roots - 1n);
  return {
    epoch: nextEpoch,
    root,
    total,
    previousRoot: waiting === 1n ? pendingRoot : last,
    datasetHash: `0x${"da".repeat(32)}`,
  };
}

/** Submits the next report. */
export async function report(
  state: Emission,
  root: string,
  total: bigint,
  how: Signing = {},
): Promise<ContractTransactionResponse> {
  return send(
    state.stranger,
    state.vault,
    "report",
    ...(await signed(state, await following(state, root, total), how)),
  );
}

/** Moves to the first second at which the next epoch can be reported. */
export async function epochEnds(state: Emission): Promise<void> {
  const { nextEpoch } = await statusOf(state);
  const at = closesAt(state, nextEpoch);
  if (at > (await now())) await nextAt(at);
}

/** Reports the next epoch with these cumulative amounts and waits until it is claimable. */
export async function accepted(state: Emission, amounts: [string, bigint][], total: bigint): Promise<RewardBook> {
  const book = new RewardBook(amounts.map(([account, cumulative]) => ({ account, cumulative })));
  await epochEnds(state);
  await (await report(state, book.root, total)).wait();
  await nextAt((await now()) + VETO_TIME);
  return book;
}
