// HOPR's ticket channels and Raiden's token network.
import {
  SigningKey,
  concat,
  computeAddress,
  getBytes,
  id,
  keccak256,
  solidityPacked,
  solidityPackedKeccak256,
} from "ethers";
import { MaxUint256, Wallet, type Signer } from "ethers";
import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import hre from "hardhat";
import { approve, deployStun, mined, read, STUN } from "../../../test/evm/kit";
import { deployPeer, type Measures, type PeerArtifact } from "../chain";
import { json, open } from "./packages";

const HOPR = {
  registry: "npm",
  name: "@hoprnet/hopr-ethereum",
  version: "1.91.24",
  hash: "sha512-GrHRZfL8iX+55xLMLS/MfyDyV0E/AbLm81PyEHzdgDgcGgl4Z6CXwequv4AaS6/n5ZV21blVM6cqqpLzgiTmww==",
} as const;
const RAIDEN = {
  registry: "pypi",
  name: "raiden-contracts",
  version: "0.50.2",
  hash: "sha256:2c89496bda40e55079ea221a804573bfa579678b453af34a121990b96d33eaad",
} as const;
/** HOPR's constructor calls the ERC-1820 registry at its one address; an empty contract is enough for that. */
const ERC1820 = "0x1820a4B7618BdE71Dce8cdc73aAB6C95905faD24";

/** An account whose key is known: both peers want a public key or a plain signature. */
async function account(name: string): Promise<Wallet> {
  const wallet = new Wallet(id(name), hre.ethers.provider);
  await setBalance(wallet.address, 100n * 10n ** 18n);
  return wallet;
}

/** Redeems tickets that always win. */
export async function hopr(): Promise<Measures> {
  const artifact: PeerArtifact = json(open(HOPR), "deployments/monte_rosa/xdai/HoprChannels.json");
  const [owner] = await hre.ethers.getSigners();
  const token = await deployStun(owner!);
  await hre.network.provider.send("hardhat_setCode", [ERC1820, "0x00"]);
  const channels = await deployPeer(owner!, artifact, [await token.getAddress(), 300]);
  await approve(token, owner!, channels);
  const [source, payee] = [await account("source"), await account("payee")];
  for (const who of [source, payee]) {
    await mined(who, channels, "announce", `0x${who.signingKey.publicKey.slice(4)}`, "0x1234");
  }
  const commitments = [id("commitment")];
  for (let i = 1; i <= 3; i++) commitments.push(keccak256(commitments[i - 1]!));
  await mined(owner!, channels, "fundChannelMulti", source.address, payee.address, 100n * STUN, 0);
  await mined(payee, channels, "bumpChannel", source.address, commitments[3]!);
  const redeem = async (index: number): Promise<number> => {
    const secret = new SigningKey(id(`response ${index}`));
    const ticket = solidityPackedKeccak256(
      ["address", "address", "uint256", "uint256", "uint256", "uint256", "uint256"],
      [payee.address, computeAddress(secret.publicKey), 1, STUN, MaxUint256, index, 1],
    );
    const signature = await source.signMessage(getBytes(ticket));
    const what = [source.address, commitments[3 - index]!, 1, index, secret.privateKey, STUN, MaxUint256, signature];
    return Number((await mined(payee, channels, "redeemTicket", ...what)).gasUsed);
  };
  await redeem(1);
  await redeem(2);
  return { "hopr.redeem": await redeem(3) };
}

/** Withdraws by a total that both parties have signed. */
export async function raiden(): Promise<Measures> {
  const file = open(RAIDEN).text("raiden_contracts/data/contracts.json");
  const { contracts } = JSON.parse(file) as { contracts: Record<string, { abi: PeerArtifact["abi"]; bin: string }> };
  const artifact = (name: string): PeerArtifact => ({ abi: contracts[name]!.abi, bytecode: contracts[name]!.bin });
  const [owner] = await hre.ethers.getSigners();
  const token = await deployStun(owner!);
  const secrets = await (await deployPeer(owner!, artifact("SecretRegistry"))).getAddress();
  const limits = [owner!.address, 10n ** 24n, 10n ** 27n];
  const network = await deployPeer(owner!, artifact("TokenNetwork"), [
    await token.getAddress(),
    secrets,
    500,
    ...limits,
  ]);
  const [payer, payee] = [await account("payer"), await account("payee")];
  await mined(owner!, token, "transfer", payer.address, 1_000n * STUN);
  await approve(token, payer, network);
  await mined(payer, network, "openChannelWithDeposit", payer.address, payee.address, 100n * STUN);
  const channel = await read<bigint>(network, "channel_counter");
  const { chainId } = await hre.ethers.provider.getNetwork();
  const until = 2n ** 40n;
  const signed = async (by: Signer, total: bigint): Promise<string> => {
    const message = solidityPacked(
      ["address", "uint256", "uint256", "uint256", "address", "uint256", "uint256"],
      [await network.getAddress(), chainId, 3, channel, payer.address, total, until],
    );
    return by.signMessage(getBytes(concat([message])));
  };
  const withdraw = async (total: bigint): Promise<number> => {
    const signatures = [await signed(payer, total), await signed(payee, total)];
    const what = [channel, payer.address, total, until, ...signatures];
    return Number((await mined(payer, network, "setTotalWithdraw", ...what)).gasUsed);
  };
  await withdraw(STUN);
  return { "raiden.withdraw": await withdraw(2n * STUN) };
}
