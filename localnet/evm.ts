// The three EVM chains of a local network in one process, each with LayerZero's real contracts.
import { JsonRpcSigner, getBytes, hexlify, type Contract, type LogDescription, type TransactionReceipt } from "ethers";
import { explain, explainData } from "../chains/evm/revert";
import { StunError } from "../chains/errors";
import { EvmSigner } from "../chains/evm/signer";
import { LayerZeroStack, layerZeroInterface, readExecutorOptions } from "./evm-layerzero";
import { EvmNode } from "./evm-node";
import { localKey, type Role } from "./keys";
import { decodePacket } from "./packet";
import type { Execution, LayerZeroChain, Packet } from "./types";

export const EVM_CHAINS = ["ethereum", "base", "arbitrum"] as const;
export type EvmName = (typeof EVM_CHAINS)[number];

const SETTINGS: Record<EvmName, { chainId: number; eid: number; start: bigint }> = {
  // The clocks differ, so that nothing can rely on two chains having the same time.
  ethereum: { chainId: 31_337, eid: 30_101, start: 1_800_000_000n },
  base: { chainId: 31_338, eid: 30_184, start: 1_800_000_400n },
  arbitrum: { chainId: 31_339, eid: 30_110, start: 1_799_999_300n },
};

/** What the executor gives a delivery whose sender named no options. */
const DEFAULT_GAS = 300_000n;

/** A message that a delivery left at the endpoint for its recipient to be called with. */
export interface Compose {
  readonly from: string;
  readonly to: string;
  readonly guid: string;
  readonly index: number;
  readonly message: string;
}

export class EvmChain implements LayerZeroChain {
  private packetsFrom: number;
  private composesFrom: number;

  private constructor(
    readonly name: EvmName,
    readonly eid: number,
    readonly chainId: number,
    readonly node: EvmNode,
    readonly layerZero: LayerZeroStack,
    height: number,
  ) {
    this.packetsFrom = height + 1;
    this.composesFrom = height + 1;
  }

  static async start(name: EvmName): Promise<EvmChain> {
    const { chainId, eid, start } = SETTINGS[name];
    const node = await EvmNode.start(chainId, start);
    const layerZero = await LayerZeroStack.deploy(node, eid);
    return new EvmChain(name, eid, chainId, node, layerZero, await node.provider.getBlockNumber());
  }

  get provider(): EvmNode["provider"] {
    return this.node.provider;
  }

  get endpoint(): Contract {
    return this.layerZero.contract("EndpointV2");
  }

  /** The wallet of a role (funded) or of any other name (not funded), connected to this chain. */
  signer(name: Role | (string & {})): EvmSigner {
    return new EvmSigner(localKey(name), this.provider);
  }

  /**
   * Speaks as a contract, which only an in-process chain allows: what governance would have it say after a vote, for tests
   * and simulations of what follows from it.
   */
  async as(contract: string): Promise<JsonRpcSigner> {
    await this.node.speakAs(contract);
    return new JsonRpcSigner(this.provider, contract);
  }

  async now(): Promise<bigint> {
    return this.node.now();
  }

  async advance(seconds: bigint): Promise<void> {
    await this.node.advance(seconds);
  }

  async takePackets(): Promise<Packet[]> {
    const height = await this.provider.getBlockNumber();
    const events = await this.events("PacketSent", this.packetsFrom, height);
    this.packetsFrom = height + 1;
    return events.map(({ args }) => decodePacket(getBytes(args.encodedPayload), getBytes(args.options)));
  }

  async verify(packet: Packet): Promise<void> {
    try {
      await this.layerZero.attest(0, packet.bytes);
      await this.layerZero.attest(1, packet.bytes);
      await this.layerZero.commit(packet.bytes);
    } catch (error) {
      throw new StunError(`${this.name} refused packet ${packet.nonce} of ${packet.srcEid}: ${explain(error)}`, error);
    }
  }

  /**
   * The executor delivers a verified packet with the gas and value that its sender asked for, or with `gas` and `value`
   * when they are given (a later try with more).
   */
  async execute(packet: Packet, override: { gas?: bigint; value?: bigint } = {}): Promise<Execution> {
    const asked = packet.options ? readExecutorOptions(packet.options, "receive") : { gas: DEFAULT_GAS, value: 0n };
    const params = {
      receiver: `0x${packet.receiver.slice(26)}`,
      origin: { srcEid: packet.srcEid, sender: packet.sender, nonce: packet.nonce },
      guid: packet.guid,
      message: hexlify(packet.message),
      extraData: "0x",
      gasLimit: override.gas ?? asked.gas,
    };
    const receipt = await this.layerZero.execute("execute302", [params], override.value ?? asked.value);
    return this.outcome(receipt, "LzReceiveAlert");
  }

  /** Forgets what was emitted so far: `takePackets` and `takeComposes` begin after the latest block. */
  async skipEvents(): Promise<void> {
    const height = await this.provider.getBlockNumber();
    this.packetsFrom = height + 1;
    this.composesFrom = height + 1;
  }

  /** Messages left for a recipient since the last call, oldest first. */
  async takeComposes(): Promise<Compose[]> {
    const height = await this.provider.getBlockNumber();
    const events = await this.events("ComposeSent", this.composesFrom, height);
    this.composesFrom = height + 1;
    return events.map(({ args }) => ({
      from: args.from as string,
      to: args.to as string,
      guid: args.guid as string,
      index: Number(args.index),
      message: args.message as string,
    }));
  }

  /** The executor calls the recipient of a compose; a failing one stays at the endpoint and can be tried again. */
  async compose(compose: Compose, gas: bigint, value = 0n): Promise<Execution> {
    const { from, to, guid, index, message } = compose;
    const receipt = await this.layerZero.execute("compose302", [from, to, guid, index, message, "0x", gas], value);
    return this.outcome(receipt, "LzComposeAlert");
  }

  private outcome(receipt: TransactionReceipt, alert: string): Execution {
    for (const log of receipt.logs) {
      if (log.address !== this.layerZero.addresses.endpoint) continue;
      const event = layerZeroInterface("EndpointV2").parseLog(log);
      if (event?.name === alert) return { delivered: false, reason: explainData(event.args.reason as string) };
    }
    return { delivered: true };
  }

  private async events(name: string, fromBlock: number, toBlock: number): Promise<LogDescription[]> {
    if (fromBlock > toBlock) return [];
    const abi = layerZeroInterface("EndpointV2");
    const topic = abi.getEvent(name)!.topicHash;
    const address = this.layerZero.addresses.endpoint;
    const logs = await this.provider.getLogs({ address, topics: [topic], fromBlock, toBlock });
    return logs.map((log) => abi.parseLog(log)!);
  }
}

export type EvmNetwork = Record<EvmName, EvmChain>;

/** Starts the named chains; all three by default. */
export async function startEvm(names: readonly EvmName[] = EVM_CHAINS): Promise<EvmNetwork> {
  const chains = await Promise.all(names.map((name) => EvmChain.start(name)));
  return Object.fromEntries(chains.map((chain) => [chain.name, chain])) as EvmNetwork;
}
