import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { BaseContract } from "ethers";
import hre from "hardhat";
import { approve, deploy, deployStun, mined, now, STUN, YEAR, ZERO } from "../kit";

export interface Terms {
  beneficiary: string;
  total: bigint;
  start: bigint;
  cliff: bigint;
  duration: bigint;
}

export interface Vesting {
  token: BaseContract;
  vault: BaseContract;
  funder: HardhatEthersSigner;
  beneficiary: HardhatEthersSigner;
  revoker: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  /** Four years, 4,000,000 STUN, one year of cliff, beginning now. */
  terms: Terms;
}

async function setUp(): Promise<Vesting> {
  const [funder, beneficiary, revoker, stranger] = await hre.ethers.getSigners();
  if (!funder || !beneficiary || !revoker || !stranger) throw new Error("The network has fewer than four accounts.");
  const token = await deployStun(funder);
  const vault = await deploy("VestingVault", await token.getAddress());
  await approve(token, funder, vault);
  const terms: Terms = {
    beneficiary: beneficiary.address,
    total: 4_000_000n * STUN,
    start: await now(),
    cliff: YEAR,
    duration: 4n * YEAR,
  };
  return { token, vault, funder, beneficiary, revoker, stranger, terms };
}

export function vesting(): Promise<Vesting> {
  return loadFixture(setUp);
}

/** The same with grant 1 made: revocable by `revoker`, or irrevocable. */
export async function granted(kind: "revocable" | "irrevocable" = "irrevocable"): Promise<Vesting> {
  const state = await vesting();
  const { vault, funder, revoker, terms } = state;
  await mined(funder, vault, "grant", terms, kind === "revocable" ? revoker.address : ZERO);
  return state;
}
