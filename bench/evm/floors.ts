// What the micro-contracts of contracts/test/floors cost: the least that each operation has to write, and nothing else.
import { setBalance, takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import { AbiCoder, Signature, SigningKey, Wallet, ZeroHash, id, keccak256 } from "ethers";
import hre from "hardhat";
import { hashPair, rewardLeaf, type Hex } from "../../model";
import { approve, DAY, deploy, deployStun, mined, nextAt, now, read, STUN, YEAR } from "../../test/evm/kit";
import { vesting } from "../../test/evm/vesting/fixture";
import type { Measures, Scenario } from "./chain";
import { siblings, stakes } from "./ours";

const gas = async (...call: Parameters<typeof mined>): Promise<number> => Number((await mined(...call)).gasUsed);
const coder = AbiCoder.defaultAbiCoder();
const MEMBERS = Array.from({ length: 5 }, (_, i) => new SigningKey(id(`member ${i}`)));
const OFFER = "tuple(address,uint96,uint256,uint96,uint40,uint256,bytes32)";
/** Members 0, 2 and 4. */
const SIGNERS = [0, 2, 4];
const SIGNERS_PACKED = 0x040200n;

type Signed = { r: string; vs: string };

async function signed(contract: Awaited<ReturnType<typeof deploy>>, hash: string, key: SigningKey): Promise<Signed> {
  const { r, yParityAndS } = Signature.from(key.sign(await read<string>(contract, "digestOf", hash)));
  return { r, vs: yParityAndS };
}

async function jobs(): Promise<Measures> {
  const [payer] = await hre.ethers.getSigners();
  const token = await deployStun(payer!);
  const members = MEMBERS.map((key) => new Wallet(key).address);
  const floor = await deploy("JobFloor", await token.getAddress(), members);
  await approve(token, payer!, floor);
  const providers = Array.from({ length: 50 }, (_, i) => new Wallet(id(`provider ${i}`)));
  const creators = providers.map((_, i) => new Wallet(id(`creator ${i}`)).address);
  await mined(
    payer!,
    floor,
    "prepare",
    providers.map((p) => p.address),
    creators,
    1_000_000n * STUN,
  );
  let nonce = 0n;
  const create = async (index: number, lifetime: bigint): Promise<{ job: string; gasUsed: number }> => {
    const provider = providers[index]!;
    const deadline = (await now()) + lifetime;
    const offer = [provider.address, 100n * STUN, index, STUN, deadline, nonce++, id("spec")];
    const job = keccak256(coder.encode([OFFER], [offer]));
    const { r, vs } = await signed(floor, job, provider.signingKey);
    return { job, gasUsed: await gas(payer!, floor, "create", offer, r, vs) };
  };
  const quorum = (hash: string): Promise<Signed[]> => Promise.all(SIGNERS.map((i) => signed(floor, hash, MEMBERS[i]!)));
  const settle = async (job: string): Promise<number> => {
    const hash = keccak256(coder.encode(["bytes32", "bytes32"], [job, id("result")]));
    return gas(payer!, floor, "settle", job, id("result"), SIGNERS_PACKED, await quorum(hash));
  };
  await settle((await create(0, 100n * DAY)).job);
  const creation = await create(0, 100n * DAY);
  const settlement = await settle(creation.job);

  const results: { job: string; result: string }[] = [];
  for (let i = 0; i < 50; i++) results.push({ job: (await create(i, 100n * DAY)).job, result: id("result") });
  const settleBatch = async (list: typeof results): Promise<number> => {
    const pairs = list.map(({ job, result }) => [job, result]);
    const hash = keccak256(coder.encode(["tuple(bytes32,bytes32)[]"], [pairs]));
    return gas(payer!, floor, "settleBatch", list, SIGNERS_PACKED, await quorum(hash));
  };
  const snapshot = await takeSnapshot();
  const one = await settleBatch(results.slice(0, 1));
  await snapshot.restore();
  const all = await settleBatch(results);

  const missed = await create(0, 600n);
  await time.increase(601);
  const slash = await gas(payer!, floor, "slash", missed.job);
  return {
    "job.create": creation.gasUsed,
    "job.settle": settlement,
    "job.batch": Math.round((all - one) / 49),
    "job.slash.reopen": slash,
    "job.slash.refund": slash,
  };
}

async function channels(): Promise<Measures> {
  const [owner, payee] = await hre.ethers.getSigners();
  const payer = new Wallet(id("payer"), hre.ethers.provider);
  await setBalance(payer.address, STUN);
  const token = await deployStun(owner!);
  await mined(owner!, token, "transfer", payer.address, 1_000n * STUN);
  await mined(owner!, token, "transfer", payee!.address, STUN);
  const floor = await deploy("ChannelFloor", await token.getAddress());
  await approve(token, payer, floor);
  await mined(payer, floor, "open", payee!.address, 1n, 100n * STUN);
  const channel = keccak256(coder.encode(["address", "address", "uint256"], [payer.address, payee!.address, 1n]));
  const redeem = async (cumulative: bigint): Promise<number> => {
    const hash = keccak256(coder.encode(["bytes32", "uint128"], [channel, cumulative]));
    const { r, vs } = await signed(floor, hash, payer.signingKey);
    return gas(payee!, floor, "redeem", payer.address, 1n, cumulative, r, vs);
  };
  await redeem(STUN);
  return { "channel.redeem": await redeem(3n * STUN) };
}

async function grants(): Promise<Measures> {
  const { token, funder, beneficiary, terms } = await vesting();
  const floor = await deploy("VestingFloor", await token.getAddress());
  await approve(token, funder, floor);
  await mined(funder, floor, "grant", terms);
  const alone = await gas(funder, floor, "grant", terms);
  const fifty = Array.from({ length: 50 }, (_, i) => ({ ...terms, beneficiary: id(`beneficiary ${i}`).slice(0, 42) }));
  const all = await gas(funder, floor, "grantBatch", fifty);
  await nextAt(terms.start + YEAR);
  const first = await gas(beneficiary, floor, "claim", 1n);
  await nextAt(terms.start + 2n * YEAR);
  return {
    "vesting.grant": alone,
    "vesting.grant.batch": Math.round(all / 50),
    "vesting.claim.first": first,
    "vesting.claim.later": await gas(beneficiary, floor, "claim", 1n),
  };
}

async function claims(): Promise<Measures> {
  const [owner, alice, bob] = await hre.ethers.getSigners();
  const token = await deployStun(owner!);
  const floor = await deploy("ClaimFloor", await token.getAddress());
  await mined(owner!, token, "transfer", await floor.getAddress(), 1_000_000n * STUN);
  await mined(owner!, floor, "setRoot", 99n, ZeroHash, 1n);
  const claim = async (who: typeof alice, cumulative: bigint, index: bigint): Promise<number> => {
    const proof = siblings(`${cumulative}`);
    const root = proof.reduce(hashPair, rewardLeaf(who!.address as Hex, cumulative));
    await mined(owner!, floor, "setRoot", index, root, 1_000n * STUN);
    return gas(who!, floor, "claim", who!.address, cumulative, index, proof);
  };
  await claim(bob, 3n * STUN, 0n);
  const first = await claim(alice, 123_456_789n * 10n ** 12n, 1n);
  return { "claim.first": first, "claim.later": await claim(alice, 987_654_321n * 10n ** 12n, 2n) };
}

export const FLOORS: readonly Scenario[] = [jobs, channels, grants, claims, () => stakes("StakeFloor")];
