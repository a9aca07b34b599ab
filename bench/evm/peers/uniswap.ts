// Uniswap's MerkleDistributor, and StakingRewards as Uniswap published it.
import { concat, id, keccak256, solidityPackedKeccak256 } from "ethers";
import hre from "hardhat";
import { approve, deployStun, mined, nextAt, now, STUN } from "../../../test/evm/kit";
import { deployPeer, type Measures, type PeerArtifact } from "../chain";
import { json, open } from "./packages";

const DISTRIBUTOR = {
  registry: "npm",
  name: "@uniswap/merkle-distributor",
  version: "1.0.1",
  hash: "sha512-5gDiTI5hrXIh5UWTrxKYjw30QQDnpl8ckDSpefldNenDlYO1RKkdUYMYpvrqGi2r7YzLYTlO6+TDlNs6O7hDRw==",
} as const;
const STAKER = {
  registry: "npm",
  name: "@uniswap/liquidity-staker",
  version: "1.0.2",
  hash: "sha512-Rdj+QqapWO3sY1SJdLUQ8dhf26yXg9DC3XU3cpNoh5jrJ0UhAnKqciZss1F6oxBLbNWXzekuigLgSVbVb1BFcw==",
} as const;

export async function merkleDistributor(): Promise<Measures> {
  const artifact = json<PeerArtifact>(open(DISTRIBUTOR), "build/MerkleDistributor.json");
  const [owner, alice, bob] = await hre.ethers.getSigners();
  const token = await deployStun(owner!);
  const amount = 1_000n * STUN;
  const leaf = (index: number, account: string): string =>
    solidityPackedKeccak256(["uint256", "address", "uint256"], [index, account, amount]);
  const pair = (a: string, b: string): string => keccak256(concat(BigInt(a) < BigInt(b) ? [a, b] : [b, a]));
  const leaves = [leaf(0, alice!.address), leaf(1, bob!.address)] as const;
  const above = Array.from({ length: 16 }, (_, i) => id(`sibling ${i}`));
  const root = above.reduce(pair, pair(...leaves));
  const contract = await deployPeer(owner!, artifact, [await token.getAddress(), root]);
  await mined(owner!, token, "transfer", await contract.getAddress(), 10n * amount);
  await mined(owner!, token, "transfer", bob!.address, STUN);
  const first = await mined(alice!, contract, "claim", 0, alice!.address, amount, [leaves[1], ...above]);
  const later = await mined(bob!, contract, "claim", 1, bob!.address, amount, [leaves[0], ...above]);
  return { "distributor.first": Number(first.gasUsed), "distributor.later": Number(later.gasUsed) };
}

export async function stakingRewards(): Promise<Measures> {
  const artifact = json<PeerArtifact>(open(STAKER), "build/StakingRewards.json");
  const [owner, alice, bob] = await hre.ethers.getSigners();
  const [token, reward] = [await deployStun(owner!), await deployStun(owner!)];
  const args = [owner!.address, await reward.getAddress(), await token.getAddress()];
  const contract = await deployPeer(owner!, artifact, args);
  await mined(owner!, reward, "transfer", await contract.getAddress(), 1_000_000n * STUN);
  await mined(owner!, contract, "notifyRewardAmount", 1_000_000n * STUN);
  for (const who of [alice!, bob!]) {
    await mined(owner!, token, "transfer", who.address, 100n * STUN);
    await approve(token, who, contract);
  }
  const next = async (...call: [typeof alice, string, ...unknown[]]): Promise<number> => {
    const [who, method, ...args] = call;
    await nextAt((await now()) + 1_000n);
    return Number((await mined(who!, contract, method, ...args)).gasUsed);
  };
  await next(bob, "stake", STUN);
  const stake = await next(alice, "stake", 2n * STUN);
  await next(alice, "getReward");
  const claim = await next(alice, "getReward");
  // Leaves a reward booked: the exit then writes no fresh slot.
  await next(alice, "withdraw", STUN);
  return { "rewards.open": stake, "rewards.claim": claim, "rewards.exit": await next(alice, "exit") };
}
