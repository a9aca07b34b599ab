// What jobs need on one chain, deployed in the order of its dependencies.
import type { BaseContract } from "ethers";
import { deploy } from "./kit";

/** Endpoint id under which the tests' escrows name their jobs. */
export const EID = 30_184;

export interface WorkRoles {
  owner: string;
  guardian: string;
  treasury: string;
  /** Members of the committee, ascending, and how many of them sign. */
  members: readonly string[];
  threshold: bigint;
  /** Early ranks of the registry. */
  earlyRanks: bigint;
}

export interface Work {
  staking: BaseContract;
  committee: BaseContract;
  registry: BaseContract;
  proofs: BaseContract;
  escrow: BaseContract;
}

/** Staking, committee, registry, verifier of proofs and job escrow for a STUN token.. */
export async function deployWork(stun: BaseContract, roles: WorkRoles): Promise<Work> {
  const { owner, guardian, treasury, members, threshold, earlyRanks } = roles;
  const token = await stun.getAddress();
  const staking = await deploy("Staking", token, owner);
  const committee = await deploy("Committee", owner, guardian, members, threshold);
  const registry = await deploy("Registry", await committee.getAddress(), await staking.getAddress(), earlyRanks);
  const proofs = await deploy("ProofVerifier", owner);
  const escrow = await deploy("JobEscrow", {
    owner,
    guardian,
    stun: token,
    registry: await registry.getAddress(),
    staking: await staking.getAddress(),
    committee: await committee.getAddress(),
    proofs: await proofs.getAddress(),
    treasury,
    eid: EID,
  });
  return { staking, committee, registry, proofs, escrow };
}
