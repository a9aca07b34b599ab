// The timelock's sender at home and its receiver on Base, over LayerZero's real contracts, with a treasury that the receiver owns.
import { AbiCoder } from "ethers";
import { deployContract } from "../../../chains/evm/client";
import { pathCalls } from "../../../chains/evm/uln";
import { startEvm, type EvmChain, type EvmNetwork } from "../../../localnet/evm";
import { addressToBytes32, executorOptions } from "../../../localnet/evm-layerzero";
import { localWallet } from "../../../localnet/keys";
import {
  GovernanceReceiver__factory,
  GovernanceSender__factory,
  StunToken__factory,
  Treasury__factory,
  type GovernanceReceiver,
  type GovernanceSender,
  type StunToken,
  type Treasury,
} from "../../../typechain-types";

export const HOME = 30_101;
export const BASE = 30_184;
export const OPTIONS = executorOptions({ kind: "receive", gas: 500_000n });

/** Both ends of the path. */
export interface World {
  network: EvmNetwork;
  sender: GovernanceSender;
  receiver: GovernanceReceiver;
  /** Owned by the receiver, on Base. */
  treasury: Treasury;
  token: StunToken;
}

/** One call of a message. */
export interface Call {
  target: string;
  value: bigint;
  data: string;
}

/** Sets the libraries and DVNs of one end, as a deployment does. */
export async function wire(chain: EvmChain, oapp: string, eid: number, by: string): Promise<void> {
  const { endpoint, sendLibrary, receiveLibrary, executor, dvns } = chain.layerZero.addresses;
  const [sendConfirmations, receiveConfirmations] = [15n, 15n];
  const common = { sendLibrary, receiveLibrary, executor, maxMessageSize: 10_000, dvns };
  for (const call of pathCalls(endpoint, oapp, eid, { ...common, sendConfirmations, receiveConfirmations })) {
    await (await chain.signer(by).sendTransaction(call)).wait();
  }
}

/** Both ends as they are deployed, the receiver in its own hands. */
export async function build(): Promise<World> {
  const network = await startEvm(["ethereum", "base"]);
  const { ethereum, base } = network;
  const timelock = localWallet("timelock").address;
  const guardian = localWallet("guardian").address;
  const deployer = localWallet("deployer").address;
  const at = async (chain: EvmChain, name: string, ...args: unknown[]): Promise<string> =>
    (await deployContract(chain.signer("deployer"), name, ...args)).getAddress();
  const sender = await at(ethereum, "GovernanceSender", ethereum.layerZero.addresses.endpoint, timelock);
  const peer = addressToBytes32(sender);
  const receiver = await at(
    base,
    "GovernanceReceiver",
    ...[base.layerZero.addresses.endpoint, HOME, peer, guardian, deployer],
  );
  await wire(ethereum, sender, BASE, "timelock");
  await wire(base, receiver, HOME, "deployer");
  const home = GovernanceSender__factory.connect(sender, ethereum.signer("timelock"));
  await (await home.setPeer(BASE, addressToBytes32(receiver))).wait();
  await (await ethereum.signer("alice").sendTransaction({ to: sender, value: 10n ** 18n })).wait();
  const remote = GovernanceReceiver__factory.connect(receiver, base.signer("deployer"));
  await (await remote.finishSetUp()).wait();
  const token = await at(base, "StunToken", [deployer], [10n ** 27n]);
  const treasury = await at(base, "Treasury", token, receiver);
  const stun = StunToken__factory.connect(token, base.signer("deployer"));
  await (await stun.transfer(treasury, 10n ** 24n)).wait();
  return {
    network,
    sender: home,
    receiver: remote,
    treasury: Treasury__factory.connect(treasury, base.signer("alice")),
    token: stun,
  };
}

/** Calls as a message carries them. */
export function payload(calls: readonly Call[]): string {
  const tuple = "tuple(address target,uint256 value,bytes data)[]";
  return AbiCoder.defaultAbiCoder().encode([tuple], [calls]);
}
