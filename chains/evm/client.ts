// What everything off chain uses to talk to an EVM chain: a provider, contracts by their name, and transactions that
// end in a receipt or in one clear sentence.
import {
  BrowserProvider,
  Contract,
  ContractFactory,
  JsonRpcProvider,
  Network,
  getAddress,
  type Eip1193Provider,
  type JsonRpcApiProvider,
  type Signer,
  type TransactionReceipt,
  type TransactionResponse,
} from "ethers";
import { StunError, messageOf } from "../errors";
import { artifact, contractInterface } from "./artifacts";
import { explain } from "./revert";

/** Ethers' own cache would answer a repeated read from memory for 250 ms. */
const NO_CACHE = { cacheTimeout: -1 } as const;

/** A provider over an in-process node. */
export function embeddedProvider(node: Eip1193Provider, chainId: number): JsonRpcApiProvider {
  return new BrowserProvider(node, undefined, {
    ...NO_CACHE,
    staticNetwork: Network.from(chainId),
    pollingInterval: 20,
  });
}

/** A provider over JSON-RPC; fails when the node is not on the chain `chainId`. */
export async function rpcProvider(url: string, chainId: number): Promise<JsonRpcApiProvider> {
  const provider = new JsonRpcProvider(url, Network.from(chainId), { ...NO_CACHE, staticNetwork: true });
  let answer: unknown;
  try {
    answer = await provider.send("eth_chainId", []);
  } catch (error) {
    provider.destroy();
    throw new StunError(`The node at ${url} does not answer: ${messageOf(error)}. Check the URL and the node.`, error);
  }
  if (BigInt(answer as string) !== BigInt(chainId)) {
    provider.destroy();
    throw new StunError(`The node at ${url} is on chain ${BigInt(answer as string)}, not on chain ${chainId}.`);
  }
  return provider;
}

/** Waits for a transaction; `what` says what it does, for the sentence when it is refused. */
export async function transact(what: string, pending: Promise<TransactionResponse>): Promise<TransactionReceipt> {
  try {
    const receipt = await (await pending).wait();
    if (!receipt) throw new StunError("it was not mined");
    return receipt;
  } catch (error) {
    throw new StunError(`Cannot ${what}: ${explain(error)}.`, error);
  }
}

/** The contract `name` of this repository at `address`. */
export function contractAt(name: string, address: string, runner: Signer | JsonRpcApiProvider): Contract {
  return new Contract(getAddress(address), contractInterface(name), runner);
}

/** Deploys the contract `name` of this repository with a plain transaction. */
export async function deployContract(signer: Signer, name: string, ...args: unknown[]): Promise<Contract> {
  const { abi, bytecode } = artifact(name);
  const what = `deploy ${name}`;
  let sent;
  try {
    sent = await new ContractFactory(abi, bytecode, signer).deploy(...args);
  } catch (error) {
    throw new StunError(`Cannot ${what}: ${explain(error)}.`, error);
  }
  await transact(what, Promise.resolve(sent.deploymentTransaction()!));
  return contractAt(name, await sent.getAddress(), signer);
}
