import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { id, zeroPadValue, type BaseContract } from "ethers";
import hre from "hardhat";
import { committeeSignatures } from "../../../chains/evm/escrow";
import { approve, DAY, deploy, deployStun, mined, now, read, STUN } from "../kit";

export const CHAIN_ID = 31_337n;
export const GPU = id("gpu 1");

export interface World {
  token: BaseContract;
  staking: BaseContract;
  committee: BaseContract;
  registry: BaseContract;
  /** Any contract will do as the escrow that the provider is bonded to. */
  escrow: BaseContract;
  owner: HardhatEthersSigner;
  provider: HardhatEthersSigner;
  other: HardhatEthersSigner;
  referrer: HardhatEthersSigner;
  creator: HardhatEthersSigner;
  members: HardhatEthersSigner[];
}

async function setUp(): Promise<World> {
  const [owner, provider, other, referrer, creator, ...rest] = await hre.ethers.getSigners();
  if (!owner || !provider || !other || !referrer || !creator) throw new Error("The network has too few accounts.");
  const members = rest.slice(0, 3).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const token = await deployStun(owner);
  const staking = await deploy("Staking", await token.getAddress(), owner.address);
  const list = members.map((m) => m.address);
  const committee = await deploy("Committee", owner.address, owner.address, list, 2n);
  const registry = await deploy("Registry", await committee.getAddress(), await staking.getAddress(), 1n);
  for (const who of [provider, other]) {
    await mined(owner, token, "transfer", who.address, 10_000n * STUN);
    await approve(token, who, staking);
  }
  const proofs = await deploy("ProofVerifier", owner.address);
  const escrow = await deploy("JobEscrow", {
    owner: owner.address,
    guardian: owner.address,
    stun: await token.getAddress(),
    registry: await registry.getAddress(),
    staking: await staking.getAddress(),
    committee: await committee.getAddress(),
    proofs: await proofs.getAddress(),
    treasury: owner.address,
    eid: 30_184,
  });
  return { token, staking, committee, registry, escrow, owner, provider, other, referrer, creator, members };
}

export function world(): Promise<World> {
  return loadFixture(setUp);
}

/** Opens a position of `amount` and bonds it to the escrow. */
export async function bond(w: World, who: HardhatEthersSigner, amount: bigint): Promise<void> {
  const id_ = await read<bigint>(w.staking.connect(who) as BaseContract, "open", amount, 365n * DAY, 0n);
  await mined(who, w.staking, "open", amount, 365n * DAY, 0n);
  await mined(who, w.staking, "bond", id_, await w.escrow.getAddress());
}

export interface Attestation {
  provider: string;
  gpuId: string;
  tier: bigint;
  expiry: bigint;
  version: bigint;
}

/** The arguments of `attest`, signed by `signers` members, or by all that are named. */
export async function attestation(
  w: World,
  change: Partial<Attestation> = {},
  signers = w.members.slice(0, 2),
): Promise<unknown[]> {
  const a = {
    provider: w.provider.address,
    gpuId: GPU,
    tier: 2n,
    expiry: (await now()) + 30n * DAY,
    version: 1n,
    ...change,
  };
  const target = await w.registry.getAddress();
  const at = { chainId: CHAIN_ID, committee: await w.committee.getAddress(), target, version: a.version };
  const message = { provider: zeroPadValue(a.provider, 32), gpuId: a.gpuId, tier: a.tier, expiry: a.expiry };
  const signatures = await committeeSignatures(signers, at, "TierAttestation", message);
  return [a.provider, a.gpuId, a.tier, a.expiry, a.version, signatures];
}
