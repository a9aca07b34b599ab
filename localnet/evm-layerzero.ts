// LayerZero V2 as it is deployed on a real EVM chain, from the artifacts of its npm packages: endpoint, ULN302 for both
// directions, executor, price feed, treasury and two DVNs, wired for every chain of the protocol.
import { AbiCoder, Contract, ContractFactory, Interface, ZeroAddress, getBytes, hexlify, keccak256 } from "ethers";
import { solidityPackedKeccak256, type InterfaceAbi, type TransactionReceipt } from "ethers";
import type { EvmNode } from "./evm-node";
import { localWallet } from "./keys";
import { StunError } from "../chains/errors";

const PROTOCOL = "@layerzerolabs/lz-evm-protocol-v2/artifacts/contracts/";
const LIBRARY = "@layerzerolabs/lz-evm-messagelib-v2/artifacts/contracts/";
const SOURCES = {
  EndpointV2: `${PROTOCOL}EndpointV2.sol/EndpointV2.json`,
  SendUln302: `${LIBRARY}uln/uln302/SendUln302.sol/SendUln302.json`,
  ReceiveUln302: `${LIBRARY}uln/uln302/ReceiveUln302.sol/ReceiveUln302.json`,
  Treasury: `${LIBRARY}Treasury.sol/Treasury.json`,
  PriceFeed: `${LIBRARY}PriceFeed.sol/PriceFeed.json`,
  Executor: `${LIBRARY}Executor.sol/Executor.json`,
  ExecutorFeeLib: `${LIBRARY}ExecutorFeeLib.sol/ExecutorFeeLib.json`,
  DVN: `${LIBRARY}uln/dvn/DVN.sol/DVN.json`,
  DVNFeeLib: `${LIBRARY}uln/dvn/DVNFeeLib.sol/DVNFeeLib.json`,
} as const;
type Name = keyof typeof SOURCES;

interface Artifact {
  abi: InterfaceAbi;
  bytecode: string;
}

const RATE = 10n ** 18n;
const CONFIRMATIONS = 15n;
const SETUP_GAS = 15_000_000n;

/** What another chain's gas costs, as the price feed wants it: native tokens of the remote in ours, times 1e20. */
const PRICES: Record<number, { priceRatio: bigint; gasPriceInUnit: bigint; gasPerByte: bigint; receiveGas: bigint }> = {
  30101: { priceRatio: 10n ** 20n, gasPriceInUnit: 10n ** 9n, gasPerByte: 16n, receiveGas: 60_000n },
  30110: { priceRatio: 10n ** 20n, gasPriceInUnit: 10n ** 7n, gasPerByte: 16n, receiveGas: 60_000n },
  30184: { priceRatio: 10n ** 20n, gasPriceInUnit: 10n ** 7n, gasPerByte: 16n, receiveGas: 60_000n },
  // lamports and nanoTON are 1e-9, wei 1e-18: the ratio carries the difference of the units
  30168: { priceRatio: 5n * 10n ** 27n, gasPriceInUnit: 1n, gasPerByte: 1n, receiveGas: 100_000n },
  30343: { priceRatio: 10n ** 26n, gasPriceInUnit: 1n, gasPerByte: 1n, receiveGas: 100_000_000n },
};

const artifacts = new Map<Name, Artifact>();
const interfaces = new Map<Name, Interface>();

function artifact(name: Name): Artifact {
  let found = artifacts.get(name);
  if (!found) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a JSON file of a package, chosen at run time
    found = require(SOURCES[name]) as Artifact;
    artifacts.set(name, found);
  }
  return found;
}

/** The ABI of one of LayerZero's contracts. */
export function layerZeroInterface(name: Name): Interface {
  let found = interfaces.get(name);
  if (!found) {
    found = new Interface(artifact(name).abi);
    interfaces.set(name, found);
  }
  return found;
}

/** Where LayerZero's contracts of one chain are. */
export interface LayerZeroAddresses {
  readonly endpoint: string;
  readonly sendLibrary: string;
  readonly receiveLibrary: string;
  readonly executor: string;
  readonly priceFeed: string;
  readonly treasury: string;
  /** Both DVNs, ascending. */
  readonly dvns: readonly [string, string];
}

/** LayerZero's contracts of one chain, and what their operators do. */
export class LayerZeroStack {
  private attestations = 0n;

  private constructor(
    readonly eid: number,
    readonly node: EvmNode,
    readonly addresses: LayerZeroAddresses,
  ) {}

  static async deploy(node: EvmNode, eid: number): Promise<LayerZeroStack> {
    const owner = localWallet("layerzero").address;
    const admin = localWallet("executor").address;
    const send = (data: string, to?: string): Promise<TransactionReceipt> => submit(node, owner, data, to);
    const deploy = async (name: Name, ...args: unknown[]): Promise<string> => {
      const { abi, bytecode } = artifact(name);
      const { data } = await new ContractFactory(abi, bytecode).getDeployTransaction(...args);
      const { contractAddress } = await send(data);
      if (!contractAddress) throw new StunError(`LayerZero's ${name} was not deployed.`);
      return contractAddress;
    };
    const call = (name: Name, to: string, method: string, ...args: unknown[]): Promise<TransactionReceipt> =>
      send(layerZeroInterface(name).encodeFunctionData(method, args), to);
    const remotes = Object.keys(PRICES)
      .map(Number)
      .filter((remote) => remote !== eid);

    const endpoint = await deploy("EndpointV2", eid, owner);
    const sendLibrary = await deploy("SendUln302", endpoint, 100_000, 100_000);
    const receiveLibrary = await deploy("ReceiveUln302", endpoint);
    await call("EndpointV2", endpoint, "registerLibrary", sendLibrary);
    await call("EndpointV2", endpoint, "registerLibrary", receiveLibrary);

    const treasury = await deploy("Treasury");
    await call("Treasury", treasury, "setNativeFeeBP", 1_000);
    await call("SendUln302", sendLibrary, "setTreasury", treasury);

    const priceFeed = await deploy("PriceFeed");
    await call("PriceFeed", priceFeed, "initialize", owner);
    // The price feed looks prices up by `eid % 30000`; stored under the eid itself, every quote would be zero.
    const prices = remotes.map((remote) => ({ eid: remote % 30_000, price: PRICES[remote]! }));
    await call("PriceFeed", priceFeed, "setPrice", prices);
    await call("PriceFeed", priceFeed, "setNativeTokenPriceUSD", 3_000n * 10n ** 20n);

    const executor = await deploy("Executor");
    await call("Executor", executor, "initialize", endpoint, ZeroAddress, [sendLibrary], priceFeed, owner, [
      owner,
      admin,
    ]);
    await call("Executor", executor, "setWorkerFeeLib", await deploy("ExecutorFeeLib", eid, RATE));
    const executorConfig = remotes.map((dstEid) => ({
      dstEid,
      lzReceiveBaseGas: PRICES[dstEid]!.receiveGas,
      lzComposeBaseGas: 60_000,
      multiplierBps: 12_000,
      floorMarginUSD: 0,
      nativeCap: RATE,
    }));
    await call("Executor", executor, "setDstConfig", executorConfig);

    const dvnFeeLib = await deploy("DVNFeeLib", eid, RATE);
    const dvnConfig = remotes.map((dstEid) => ({
      dstEid,
      gas: PRICES[dstEid]!.receiveGas * 2n,
      multiplierBps: 12_000,
      floorMarginUSD: 0,
    }));
    const dvns: string[] = [];
    for (const operator of ["dvn1", "dvn2"]) {
      const signer = localWallet(operator).address;
      const libraries = [sendLibrary, receiveLibrary];
      const dvn = await deploy("DVN", eid, eid % 30_000, libraries, priceFeed, [signer], 1, [owner, signer]);
      await call("DVN", dvn, "setWorkerFeeLib", dvnFeeLib);
      await call("DVN", dvn, "setDstConfig", dvnConfig);
      dvns.push(dvn);
    }

    const sorted = [...dvns].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const config = {
      confirmations: CONFIRMATIONS,
      requiredDVNCount: 2,
      optionalDVNCount: 0,
      optionalDVNThreshold: 0,
      requiredDVNs: sorted,
      optionalDVNs: [],
    };
    const defaults = remotes.map((remote) => ({ eid: remote, config }));
    await call("SendUln302", sendLibrary, "setDefaultUlnConfigs", defaults);
    await call("ReceiveUln302", receiveLibrary, "setDefaultUlnConfigs", defaults);
    const executors = remotes.map((remote) => ({ eid: remote, config: { maxMessageSize: 10_000, executor } }));
    await call("SendUln302", sendLibrary, "setDefaultExecutorConfigs", executors);
    for (const remote of remotes) {
      await call("EndpointV2", endpoint, "setDefaultSendLibrary", remote, sendLibrary);
      await call("EndpointV2", endpoint, "setDefaultReceiveLibrary", remote, receiveLibrary, 0);
    }
    return new LayerZeroStack(eid, node, {
      endpoint,
      sendLibrary,
      receiveLibrary,
      executor,
      priceFeed,
      treasury,
      dvns: [dvns[0]!, dvns[1]!],
    });
  }

  /** One of LayerZero's contracts, to read from or to write to as the signer of `role`. */
  contract(name: "EndpointV2" | "SendUln302" | "ReceiveUln302" | "Executor" | "DVN", role = "layerzero"): Contract {
    const { endpoint, sendLibrary, receiveLibrary, executor, dvns } = this.addresses;
    const at = {
      EndpointV2: endpoint,
      SendUln302: sendLibrary,
      ReceiveUln302: receiveLibrary,
      Executor: executor,
      DVN: dvns[0],
    }[name];
    return new Contract(at, layerZeroInterface(name), localWallet(role).connect(this.node.provider));
  }

  /** DVN `index` attests to a packet with its signature, as its operator would. */
  async attest(index: 0 | 1, packet: Uint8Array, confirmations = CONFIRMATIONS): Promise<TransactionReceipt> {
    const operator = localWallet(index === 0 ? "dvn1" : "dvn2");
    const vid = this.eid % 30_000;
    const target = this.addresses.receiveLibrary;
    const callData = layerZeroInterface("ReceiveUln302").encodeFunctionData("verify", [
      header(packet),
      payloadHash(packet),
      confirmations,
    ]);
    // A DVN takes each instruction once; a different expiry makes the same attestation a new instruction.
    const expiration = 4_000_000_000n + this.attestations++;
    const digest = solidityPackedKeccak256(
      ["uint32", "address", "uint256", "bytes"],
      [vid, target, expiration, callData],
    );
    const signatures = await operator.signMessage(getBytes(digest));
    const data = layerZeroInterface("DVN").encodeFunctionData("execute", [
      [{ vid, target, callData, expiration, signatures }],
    ]);
    const receipt = await submit(this.node, operator.address, data, this.addresses.dvns[index]);
    for (const log of receipt.logs) {
      const event = layerZeroInterface("DVN").parseLog(log);
      if (event && event.name !== "PayloadVerified" && log.address === this.addresses.dvns[index]) {
        throw new StunError(`DVN ${index + 1} did not attest: ${event.name}.`);
      }
    }
    return receipt;
  }

  /** Anyone commits a packet that both DVNs attested to; fails when the endpoint refuses it. */
  async commit(packet: Uint8Array): Promise<TransactionReceipt> {
    const data = layerZeroInterface("ReceiveUln302").encodeFunctionData("commitVerification", [
      header(packet),
      payloadHash(packet),
    ]);
    return submit(this.node, localWallet("executor").address, data, this.addresses.receiveLibrary);
  }

  /** The executor runs one of its methods. */
  async execute(method: "execute302" | "compose302", args: unknown[], value = 0n): Promise<TransactionReceipt> {
    const data = layerZeroInterface("Executor").encodeFunctionData(method, args);
    return submit(this.node, localWallet("executor").address, data, this.addresses.executor, value);
  }
}

function header(packet: Uint8Array): string {
  return hexlify(packet.subarray(0, 81));
}

function payloadHash(packet: Uint8Array): string {
  return keccak256(packet.subarray(81));
}

/** Sends from a key that the node holds; a revert is thrown with its data. */
async function submit(node: EvmNode, from: string, data: string, to?: string, value = 0n): Promise<TransactionReceipt> {
  const transaction = { from, to, data, value: `0x${value.toString(16)}`, gas: `0x${SETUP_GAS.toString(16)}` };
  const hash = (await node.request({ method: "eth_sendTransaction", params: [transaction] })) as string;
  const receipt = await node.provider.getTransactionReceipt(hash);
  if (!receipt) throw new StunError(`The transaction ${hash} was not mined.`);
  return receipt;
}

export { executorOptions, type ExecutorOption } from "../chains/evm/options";

/** The gas and value that options of type 3 ask of the executor. */
export function readExecutorOptions(options: Uint8Array, kind: "receive" | "compose"): { gas: bigint; value: bigint } {
  let gas = 0n;
  let value = 0n;
  for (let at = 2; at + 3 <= options.length;) {
    const size = (options[at + 1]! << 8) | options[at + 2]!;
    const type = options[at + 3]!;
    const body = options.subarray(at + 4, at + 3 + size);
    if (options[at] === 1 && type === (kind === "receive" ? 1 : 3)) {
      const numbers = kind === "receive" ? body : body.subarray(2);
      gas += BigInt(hexlify(numbers.subarray(0, 16)));
      if (numbers.length >= 32) value += BigInt(hexlify(numbers.subarray(16, 32)));
    }
    at += 3 + size;
  }
  return { gas, value };
}

/** `bytes32` of an EVM address, as LayerZero writes peers and recipients. */
export function addressToBytes32(address: string): string {
  return AbiCoder.defaultAbiCoder().encode(["address"], [address]);
}
