// The bridge on the three EVM chains, with LayerZero's real contracts, as every test of this folder starts with it.
import "hardhat"; // its chai matchers read custom errors and compare bigints
import {
  MaxUint256,
  concat,
  getBytes,
  solidityPackedKeccak256,
  toBeHex,
  type ContractTransactionResponse,
  type TransactionReceipt,
  type Wallet,
} from "ethers";
import { deployContract } from "../../../chains/evm/client";
import { pathCalls } from "../../../chains/evm/uln";
import { startEvm, type EvmChain, type EvmName, type EvmNetwork } from "../../../localnet/evm";
import { addressToBytes32, executorOptions } from "../../../localnet/evm-layerzero";
import { localWallet } from "../../../localnet/keys";
import { encodePacket } from "../../../localnet/packet";
import type { Packet } from "../../../localnet/types";
import {
  StunForwarder__factory,
  StunOFTAdapter__factory,
  StunOFT__factory,
  StunToken__factory,
  type StunForwarder,
  type StunOFT,
  type StunOFTAdapter,
  type StunToken,
} from "../../../typechain-types";
import { GAS_SCALE } from "../kit";

export const STUN = 10n ** 18n;
/** One unit of the shared decimals, in base units. */
export const UNIT = 10n ** 12n;
export const SUPPLY = 1_000_000_000n * STUN;
export const ETHEREUM = 30_101;
export const BASE = 30_184;
export const ARBITRUM = 30_110;
export const SOLANA = 30_168;
export const TON = 30_343;
export const DAY = 86_400n;
export const MINT_CAP = 300_000_000n * STUN;
/** The limit of every path and direction in these tests: a million STUN, drained in a day. */
export const CAPACITY = 1_000_000n * STUN;
export const COMPOSE_GAS = 900_000n * GAS_SCALE;
export const SOLANA_PEER = `0x${"50".repeat(32)}`;
export const TON_PEER = `0x${"70".repeat(32)}`;

export const alice = localWallet("alice");
export const bob = localWallet("bob");

export interface Bridge {
  readonly network: EvmNetwork;
  readonly token: StunToken;
  readonly adapter: StunOFTAdapter;
  readonly forwarder: StunForwarder;
  readonly base: StunOFT;
  readonly arbitrum: StunOFT;
}

export type Oft = StunOFT | StunOFTAdapter;

const RECEIVE = executorOptions({ kind: "receive", gas: 200_000n * GAS_SCALE });

async function wire(chain: EvmChain, oft: Oft, eid: number, peer: string): Promise<void> {
  const owner = chain.signer("timelock");
  const { endpoint, sendLibrary, receiveLibrary, executor, dvns } = chain.layerZero.addresses;
  const settings = {
    sendLibrary,
    receiveLibrary,
    executor,
    maxMessageSize: 10_000,
    sendConfirmations: 15n,
    receiveConfirmations: 15n,
    dvns,
  };
  for (const call of pathCalls(endpoint, await oft.getAddress(), eid, settings)) {
    await (await owner.sendTransaction(call)).wait();
  }
  const as = oft.connect(owner);
  await as.setPeer(eid, peer);
  await as.setEnforcedOptions([
    { eid, msgType: 1, options: RECEIVE },
    { eid, msgType: 2, options: RECEIVE },
  ]);
  await as.setRateLimits([true, false].map((inbound) => ({ eid, inbound, capacity: CAPACITY, window: DAY })));
}

async function deployBridge(): Promise<Bridge> {
  const network = await startEvm();
  const [timelock, guardian] = [localWallet("timelock").address, localWallet("guardian").address];
  const { ethereum } = network;
  const home = ethereum.signer("deployer");
  const endpoint = ethereum.layerZero.addresses.endpoint;
  const at = async (chain: EvmChain, name: string, ...args: unknown[]): Promise<string> =>
    (await deployContract(chain.signer("deployer"), name, ...args)).getAddress();

  const token = StunToken__factory.connect(await at(ethereum, "StunToken", [alice.address], [SUPPLY]), home);
  const tokenAddress = await token.getAddress();
  const adapter = StunOFTAdapter__factory.connect(
    await at(ethereum, "StunOFTAdapter", tokenAddress, endpoint, timelock, guardian, timelock),
    home,
  );
  const adapterAddress = await adapter.getAddress();
  const forwarder = StunForwarder__factory.connect(await at(ethereum, "StunForwarder", endpoint, adapterAddress), home);
  const remote = async (name: EvmName): Promise<StunOFT> => {
    const chain = network[name];
    const { endpoint: there } = chain.layerZero.addresses;
    const address = await at(chain, "StunOFT", there, ETHEREUM, MINT_CAP, timelock, guardian, timelock);
    return StunOFT__factory.connect(address, chain.signer("deployer"));
  };
  const [base, arbitrum] = [await remote("base"), await remote("arbitrum")];

  await wire(ethereum, adapter, BASE, addressToBytes32(await base.getAddress()));
  await wire(ethereum, adapter, ARBITRUM, addressToBytes32(await arbitrum.getAddress()));
  await wire(ethereum, adapter, SOLANA, SOLANA_PEER);
  await wire(ethereum, adapter, TON, TON_PEER);
  await wire(network.base, base, ETHEREUM, addressToBytes32(adapterAddress));
  await wire(network.arbitrum, arbitrum, ETHEREUM, addressToBytes32(adapterAddress));
  await token.connect(ethereum.signer("alice")).approve(adapterAddress, MaxUint256);
  return { network, token, adapter, forwarder, base, arbitrum };
}

let deployed: Promise<Bridge> | undefined;
const snapshots = new Map<EvmName, string>();

/** The deployed bridge, with nothing sent yet: each call undoes what the test before did. */
export async function freshBridge(): Promise<Bridge> {
  deployed ??= deployBridge();
  const bridge = await deployed;
  for (const chain of Object.values(bridge.network)) {
    const last = snapshots.get(chain.name);
    if (last) await chain.node.restore(last);
    snapshots.set(chain.name, await chain.node.snapshot());
    await chain.skipEvents();
  }
  return bridge;
}

export interface SendOptions {
  readonly dstEid: number;
  readonly to: string;
  readonly amount: bigint;
  readonly minAmount?: bigint;
  readonly compose?: string;
  readonly extraOptions?: string;
  readonly refund?: string;
  /** Native currency beyond the quote. */
  readonly overpay?: bigint;
}

/** `bytes32` of an address; anything of 32 bytes stays what it is. */
export function recipient(to: string): string {
  return to.length === 42 ? addressToBytes32(to) : to;
}

function param(options: SendOptions): {
  dstEid: number;
  to: string;
  amountLD: bigint;
  minAmountLD: bigint;
  extraOptions: string;
  composeMsg: string;
  oftCmd: string;
} {
  return {
    dstEid: options.dstEid,
    to: recipient(options.to),
    amountLD: options.amount,
    minAmountLD: options.minAmount ?? 0n,
    extraOptions: options.extraOptions ?? "0x",
    composeMsg: options.compose ?? "0x",
    oftCmd: "0x",
  };
}

export { param as sendParam };

/** Sends with the quoted fee. */
export async function send(oft: Oft, from: Wallet, options: SendOptions): Promise<ContractTransactionResponse> {
  const as = oft.connect(from);
  const [quoted] = await as.quoteSend(param(options), false);
  const fee = quoted + (options.overpay ?? 0n);
  return as.send(param(options), { nativeFee: fee, lzTokenFee: 0n }, options.refund ?? from.address, { value: fee });
}

/** Sends as `send`, with a fee that was not quoted: for sends that the quote already refuses. */
export async function sendUnquoted(oft: Oft, from: Wallet, options: SendOptions): Promise<ContractTransactionResponse> {
  return oft.connect(from).send(param(options), { nativeFee: STUN, lzTokenFee: 0n }, from.address, { value: STUN });
}

/** The one packet that `chain` emitted since it was asked last. */
export async function onePacket(chain: EvmChain): Promise<Packet> {
  const packets = await chain.takePackets();
  if (packets.length !== 1) throw new Error(`expected one packet, got ${packets.length}`);
  return packets[0]!;
}

/** Verifies and delivers a packet; throws when it is not delivered. */
export async function deliver(chain: EvmChain, packet: Packet): Promise<void> {
  await chain.verify(packet);
  const result = await chain.execute(packet);
  if (!result.delivered) throw new Error(`not delivered: ${result.reason}`);
}

/** Alice sends `amount` from home to `to` on a remote, and it is delivered. */
export async function bridgeOut(
  bridge: Bridge,
  to: EvmName,
  amount: bigint,
  recipient = alice.address,
): Promise<Packet> {
  const chain = bridge.network[to];
  await send(bridge.adapter, bridge.network.ethereum.signer("alice"), { dstEid: chain.eid, to: recipient, amount });
  const packet = await onePacket(bridge.network.ethereum);
  await deliver(chain, packet);
  return packet;
}

/** The supply identity of an EVM remote and of the whole, with nothing in flight but `inFlight`. */
export async function identity(bridge: Bridge, inFlight: { base?: bigint; arbitrum?: bigint } = {}): Promise<void> {
  const { adapter, token } = bridge;
  let sum = 0n;
  for (const [name, oft, eid] of [
    ["base", bridge.base, BASE],
    ["arbitrum", bridge.arbitrum, ARBITRUM],
  ] as const) {
    const parts = [
      await oft.totalSupply(),
      inFlight[name] ?? 0n,
      await oft.heldFrom(ETHEREUM),
      await adapter.heldFrom(eid),
      await oft.burned(),
      await oft.voidedFrom(ETHEREUM),
      await adapter.voidedFrom(eid),
    ];
    const total = parts.reduce((a, b) => a + b);
    const outstanding = await adapter.outstanding(eid);
    if (total !== outstanding) throw new Error(`${name}: outstanding ${outstanding}, but ${parts.join(" + ")}`);
    sum += outstanding;
  }
  sum += (await adapter.outstanding(SOLANA)) + (await adapter.outstanding(TON));
  const locked = await adapter.locked();
  if (sum !== locked) throw new Error(`locked ${locked}, outstanding ${sum}`);
  const balance = await token.balanceOf(adapter);
  if (balance < locked) throw new Error(`the adapter holds ${balance} of ${locked} locked`);
}

export async function receiptOf(sent: Promise<ContractTransactionResponse>): Promise<TransactionReceipt> {
  return (await (await sent).wait())!;
}

/** LayerZero's OFT message: recipient, amount in shared decimals, and with a compose its sender and message. */
export function oftMessage(to: string, amountSD: bigint, compose?: { from: string; message: string }): string {
  const plain = concat([recipient(to), toBeHex(amountSD, 8)]);
  return compose ? concat([plain, recipient(compose.from), compose.message]) : plain;
}

/** A packet that the peer's chain never emitted, but that both DVNs would attest to: the fault of a remote. */
export function forge(
  from: { eid: number; sender: string },
  to: { eid: number; receiver: string },
  nonce: bigint,
  message: string,
): Packet {
  const sender = recipient(from.sender);
  const receiver = recipient(to.receiver);
  const guid = solidityPackedKeccak256(
    ["uint64", "uint32", "bytes32", "uint32", "bytes32"],
    [nonce, from.eid, sender, to.eid, receiver],
  );
  const packet = { srcEid: from.eid, dstEid: to.eid, nonce, sender, receiver, guid, message: getBytes(message) };
  return { ...packet, bytes: encodePacket(packet) };
}

/** Sets one limit as the owner. */
export async function setLimit(
  chain: EvmChain,
  oft: Oft,
  eid: number,
  inbound: boolean,
  capacity: bigint,
  window = DAY,
): Promise<void> {
  await oft.connect(chain.signer("timelock")).setRateLimits([{ eid, inbound, capacity, window }]);
}

/** The guardian pauses one end. */
export async function pause(chain: EvmChain, oft: Oft, duration = DAY): Promise<void> {
  await oft.connect(chain.signer("guardian")).pause(duration);
}

/** The `CreditHeld` events of one message: what `release` needs. */
export async function heldCompose(oft: Oft, guid: string): Promise<string> {
  const [event] = await oft.queryFilter(oft.filters.CreditHeld(guid));
  if (!event) throw new Error(`nothing was held under ${guid}`);
  return event.args.compose;
}

export enum Reason {
  None,
  Paused,
  RateLimited,
  NoRoom,
  NoRecipient,
}
