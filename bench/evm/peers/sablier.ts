// Sablier Lockup behind its real comptroller, fees zero.
import { ZeroAddress, id } from "ethers";
import hre from "hardhat";
import { approve, DAY, deployStun, mined, nextAt, now, STUN } from "../../../test/evm/kit";
import { deployPeer, type Measures, type PeerArtifact } from "../chain";
import { json, open } from "./packages";

const LOCKUP = {
  registry: "npm",
  name: "@sablier/lockup",
  version: "4.0.1",
  hash: "sha512-jEWd1RqcYpjFx9X5SCju9Aqlge+R5zSxb+7K2jYt7wtytTQmUzIRN+q4UadMcJMSmskHU+6mf9lDfkng9Bgjrw==",
} as const;
const UTILS = {
  registry: "npm",
  name: "@sablier/evm-utils",
  version: "2.0.1",
  hash: "sha512-LRyCMKTHMbnUbiTTO1IGsCVXzl+KL63K3qSjynwmXOZhUfPDE0MIqvvRlvF34JukWGy60IkdmnsPD0lWk+fzuw==",
} as const;

export async function sablier(): Promise<Measures> {
  const [lockupFiles, utilsFiles] = [open(LOCKUP), open(UTILS)];
  const artifact = (name: string): PeerArtifact => json(lockupFiles, `artifacts/${name}.json`);
  const [owner, alice, bob] = await hre.ethers.getSigners();
  const token = await deployStun(owner!);
  const stun = await token.getAddress();

  const implementation = await deployPeer(owner!, json(utilsFiles, "artifacts/SablierComptroller.json"), [
    owner!.address,
  ]);
  const start = implementation.interface.encodeFunctionData("initialize", [owner!.address, 0, 0, 0, 0, ZeroAddress]);
  const proxyArgs = [await implementation.getAddress(), start];
  const comptroller = await deployPeer(owner!, json(utilsFiles, "artifacts/ERC1967Proxy.json"), proxyArgs);
  const libraries = {
    LockupHelpers: await deployPeer(owner!, artifact("libraries/LockupHelpers")),
    LockupMath: await deployPeer(owner!, artifact("libraries/LockupMath")),
  };
  const descriptor = await deployPeer(owner!, artifact("LockupNFTDescriptor"));
  const args = [await comptroller.getAddress(), await descriptor.getAddress()];
  const lockup = await deployPeer(owner!, artifact("SablierLockup"), args, libraries);
  const batch = await deployPeer(owner!, artifact("SablierBatchLockup"));
  await approve(token, owner!, lockup);
  await approve(token, owner!, batch);

  const common = {
    sender: owner!.address,
    depositAmount: 1_000n * STUN,
    cancelable: true,
    transferable: true,
    shape: "",
  };
  const unlock = { start: 0, cliff: 0 };
  const durations = { cliff: 0, total: 400n * DAY };
  const grant = async (recipient: string): Promise<number> => {
    const terms = { ...common, recipient, token: stun };
    return Number((await mined(owner!, lockup, "createWithDurationsLL", terms, unlock, 0, durations)).gasUsed);
  };
  await grant(alice!.address);
  const alone = await grant(bob!.address);
  const fifty = Array.from({ length: 50 }, (_, i) => ({
    ...common,
    recipient: id(`beneficiary ${i}`).slice(0, 42),
    durations,
    unlockAmounts: unlock,
    granularity: 0,
  }));
  const all = await mined(owner!, batch, "createWithDurationsLL", await lockup.getAddress(), stun, fifty);

  const claim = async (): Promise<number> =>
    Number((await mined(alice!, lockup, "withdraw", 1, alice!.address, 10n * STUN)).gasUsed);
  await nextAt((await now()) + 100n * DAY);
  const first = await claim();
  await nextAt((await now()) + DAY);
  return {
    "sablier.grant": alone,
    "sablier.grant.batch": Math.round(Number(all.gasUsed) / 50),
    "sablier.claim.first": first,
    "sablier.claim.later": await claim(),
  };
}
