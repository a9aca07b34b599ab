import { time } from "@nomicfoundation/hardhat-network-helpers";
import {
  AbiCoder,
  keccak256,
  toBeHex,
  type BaseContract,
  type ContractTransactionReceipt,
  type ContractTransactionResponse,
  type Signer,
} from "ethers";
import hre from "hardhat";
import { explain } from "../../chains/evm/revert";

export const STUN = 10n ** 18n;
export const HOUR = 3_600n;
export const DAY = 86_400n;
export const YEAR = 365n * DAY;
/** Instrumented code takes more gas: what a test grants is multiplied when coverage is measured. */
export const GAS_SCALE = process.env.STUN_COVERAGE_POINTS === undefined ? 1n : 4n;
export const ZERO = "0x0000000000000000000000000000000000000000";

/** Deploys one of our contracts by its name. */
export async function deploy(name: string, ...args: unknown[]): Promise<BaseContract> {
  const contract = await hre.ethers.deployContract(name, args);
  return contract.waitForDeployment();
}

/** Sends a transaction as `from`; rejects with the custom error when it reverts. */
export function send(
  from: Signer,
  contract: BaseContract,
  method: string,
  ...args: unknown[]
): Promise<ContractTransactionResponse> {
  return (contract.connect(from) as BaseContract).getFunction(method).send(...args);
}

/** Sends a transaction and waits for its receipt. */
export async function mined(
  from: Signer,
  contract: BaseContract,
  method: string,
  ...args: unknown[]
): Promise<ContractTransactionReceipt> {
  const receipt = await (await send(from, contract, method, ...args)).wait();
  if (!receipt) throw new Error(`${method} was not mined.`);
  return receipt;
}

/** Why a call was refused, for reasons that depend on a recovered address. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return explain(error);
  }
  throw new Error("The call was not refused.");
}

/** Gas of a whole transaction. */
export async function gasOf(from: Signer, contract: BaseContract, method: string, ...args: unknown[]): Promise<bigint> {
  return (await mined(from, contract, method, ...args)).gasUsed;
}

/** Calls a view; the caller names the type that the ABI gives it. */
export async function read<T>(contract: BaseContract, method: string, ...args: unknown[]): Promise<T> {
  return (await contract.getFunction(method).staticCall(...args)) as T;
}

/** Time of the newest block, unix seconds. */
export async function now(): Promise<bigint> {
  return BigInt(await time.latest());
}

/** Mines a block at this time; the next transaction is one second later. */
export async function moveTo(when: bigint): Promise<void> {
  await time.increaseTo(when);
}

/** The next transaction's block has exactly this time. */
export async function nextAt(when: bigint): Promise<void> {
  await time.setNextBlockTimestamp(when);
}

/** A token of the whole supply, all of it held by `holder`. */
export async function deployStun(holder: Signer): Promise<BaseContract> {
  return deploy("StunToken", [await holder.getAddress()], [1_000_000_000n * STUN]);
}

/** Approves `spender` without limit. */
export async function approve(token: BaseContract, owner: Signer, spender: BaseContract): Promise<void> {
  await mined(owner, token, "approve", await spender.getAddress(), 2n ** 256n - 1n);
}

/**
 * Where a word of a mapping by an address, or of a mapping of a mapping by two, lies: found by its content, so that the layout may change.
 * @returns The slot and what is in it.
 */
export async function nestedWord(
  contract: BaseContract,
  keys: readonly string[],
  is: (word: bigint) => boolean,
): Promise<{ slot: string; word: bigint }> {
  const at = await contract.getAddress();
  const under = (slot: string, key: string): string =>
    keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [key, slot]));
  for (let variable = 0; variable < 32; variable++) {
    const slot = keys.reduce(under, toBeHex(variable, 32));
    const word = BigInt(await hre.ethers.provider.getStorage(at, slot));
    if (word !== 0n && is(word)) return { slot, word };
  }
  throw new Error("No variable holds such a word.");
}
