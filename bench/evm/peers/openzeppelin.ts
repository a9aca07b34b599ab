// OpenZeppelin's VestingWallet: one contract for each grant. Its package is one of ours.
import hre from "hardhat";
import { DAY, deployStun, mined, nextAt, now, STUN } from "../../../test/evm/kit";
import { deployPeer, type Measures, type PeerArtifact } from "../chain";
import VestingWallet from "@openzeppelin/contracts/build/contracts/VestingWallet.json";

export async function vestingWallet(): Promise<Measures> {
  const [owner, alice] = await hre.ethers.getSigners();
  const token = await deployStun(owner!);
  const stun = await token.getAddress();
  const args = [alice!.address, await now(), 400n * DAY];
  const wallet = await deployPeer(owner!, VestingWallet as PeerArtifact, args);
  const grant = await wallet.deploymentTransaction()!.wait();
  await mined(owner!, token, "transfer", await wallet.getAddress(), 1_000n * STUN);
  const claim = async (): Promise<number> => Number((await mined(alice!, wallet, "release(address)", stun)).gasUsed);
  await nextAt((await now()) + 100n * DAY);
  const first = await claim();
  await nextAt((await now()) + DAY);
  return { "wallet.grant": Number(grant!.gasUsed), "wallet.claim.first": first, "wallet.claim.later": await claim() };
}
