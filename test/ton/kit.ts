import { type Address, Cell, beginCell } from "@ton/core";
import { type BlockchainSnapshot, createShardAccount } from "@ton/sandbox";
import { keccak256, solidityPacked, toBeHex } from "ethers";
import { bytes32Of, hashOf } from "../../chains/ton/address";
import { compileTolk } from "../../chains/ton/compile";
import { messages } from "../../chains/ton/messages";
import { TonChain } from "../../localnet/ton";
import { HOME_EID, deployToken, quoteSend, sendToken, type LocalToken } from "../../localnet/ton-token";
import { encodePacket } from "../../localnet/packet";
import type { Trace } from "../../localnet/ton-sandbox";
import type { Packet } from "../../localnet/types";

export const STUN = 10n ** 9n;
export const TON = 10n ** 9n;
export const DAY = 86_400n;
export const FUNDED = 1_000n * STUN;
export const PEER = 0x77652d5aba086137b595875263fc200182919b92n;
export const EVM_USER = 0x00a329c0648769a73afac7f9381e08fb43dbea72n;

const bytes32 = (value: bigint): string => toBeHex(value, 32);

/** LayerZero's identity of a packet. */
export function guidOf(nonce: bigint, srcEid: number, sender: string, dstEid: number, receiver: string): string {
  return keccak256(
    solidityPacked(["uint64", "uint32", "bytes32", "uint32", "bytes32"], [nonce, srcEid, sender, dstEid, receiver]),
  );
}

/** The 40 bytes of LayerZero's OFT, as the EVM's OFTMsgCodec writes them. */
export function oftMessage(to: bigint, amountShared: bigint): Uint8Array {
  return Buffer.from(`${bytes32(to).slice(2)}${toBeHex(amountShared, 8).slice(2)}`, "hex");
}

let withTokens: Promise<BlockchainSnapshot> | undefined;
let shared: Promise<{ kit: Kit; snapshot: BlockchainSnapshot }> | undefined;

/** A local token with a home chain that the test plays: it makes the packets that a home adapter would send. */
export class Kit {
  private homeNonce = 0n;

  private constructor(
    readonly local: LocalToken,
    /** LayerZero's fee of a send at the prices of the start, nanotons. */
    readonly fee: bigint,
  ) {}

  /** A token on a chain of its own. */
  static async start(options: Parameters<typeof deployToken>[2] = {}): Promise<Kit> {
    const chain = await TonChain.start();
    const local = await deployToken(chain, PEER, options);
    return new Kit(local, options.upTo ? 0n : await quoteSend(local));
  }

  /** The shared chain in the state after deployment: starting LayerZero takes seconds, going back takes none. */
  static async fresh(): Promise<Kit> {
    shared ??= Kit.start().then((kit) => ({ kit, snapshot: kit.sandbox.snapshot() }));
    const { kit, snapshot } = await shared;
    await kit.sandbox.restore(snapshot);
    await kit.chain.takePackets();
    kit.homeNonce = 0n;
    return kit;
  }

  /** The same a month later, with `FUNDED` in alice's wallet and the limits full. */
  static async funded(): Promise<Kit> {
    withTokens ??= (async () => {
      const kit = await Kit.fresh();
      await kit.fund("alice", FUNDED);
      await kit.chain.advance(30n * DAY);
      return kit.sandbox.snapshot();
    })();
    const snapshot = await withTokens;
    const { kit } = await shared!;
    await kit.sandbox.restore(snapshot);
    await kit.chain.takePackets();
    kit.homeNonce = 1n;
    return kit;
  }

  get chain() {
    return this.local.chain;
  }

  get sandbox() {
    return this.local.chain.sandbox;
  }

  get token() {
    return this.local.token;
  }

  /** A packet of the home adapter, with the next nonce unless one is given. */
  packet(message: Uint8Array, change: { nonce?: bigint; sender?: bigint; srcEid?: number } = {}): Packet {
    const fields = {
      nonce: change.nonce ?? ++this.homeNonce,
      srcEid: change.srcEid ?? HOME_EID,
      sender: bytes32(change.sender ?? PEER),
      dstEid: this.chain.eid,
      receiver: bytes32Of(this.token.address),
      message,
    };
    const guid = guidOf(fields.nonce, fields.srcEid, fields.sender, fields.dstEid, fields.receiver);
    return { ...fields, guid, bytes: encodePacket({ ...fields, guid }) };
  }

  /** Verifies and executes a packet; returns the trace of the delivery. */
  async deliver(packet: Packet, nanotons?: bigint): Promise<Trace> {
    await this.chain.verify(packet);
    return this.chain.layerZero.deliver(packet, nanotons ?? TON / 2n);
  }

  /** Gives a user tokens the only way there is: over the bridge. */
  async fund(name: string, amount: bigint): Promise<void> {
    const to = hashOf(await this.sandbox.addressOf(name));
    await this.deliver(this.packet(oftMessage(to, amount / 1_000n)));
  }

  async balance(name: string): Promise<bigint> {
    return this.token.balanceOf(await this.sandbox.addressOf(name));
  }

  /** A send of a user over the bridge; `from` is the name of his wallet. */
  send(send: Parameters<typeof sendToken>[2] & { from: string }): Promise<Trace> {
    return sendToken(this.local, send.from, { queryId: 7n, nativeFee: this.fee, ...send });
  }

  /** A burn; `payload` makes it a send. */
  async burn(
    from: string,
    amount: bigint,
    options: { payload?: Cell; value?: bigint; excessesTo?: Address | null; queryId?: bigint } = {},
  ): Promise<Trace> {
    const owner = await this.sandbox.addressOf(from);
    const excessesTo = options.excessesTo === undefined ? owner : options.excessesTo;
    return this.sandbox.send(from, {
      to: await this.token.walletOf(owner),
      value: options.value ?? TON / 5n,
      body: messages.burn(amount, excessesTo, options.payload ?? null, options.queryId ?? 7n),
    });
  }

  /**
   * Replaces the code of an account by one that throws, and returns how to undo it: what the network does with an
   * account that cannot take a message, whatever the reason.
   */
  async breakAccount(account: Address): Promise<() => Promise<void>> {
    const { blockchain } = this.sandbox;
    const intact = await this.sandbox.account(account);
    const replace = async (code: Cell, data: Cell): Promise<void> => {
      const { balance } = await this.sandbox.account(account);
      await blockchain.setShardAccount(account, createShardAccount({ address: account, code, data, balance }));
    };
    await replace(await compileTolk("test/refuses"), intact.data ?? Cell.EMPTY);
    return () => replace(intact.code ?? Cell.EMPTY, intact.data ?? Cell.EMPTY);
  }

  /** Lets the OFT throw at one opcode until it is repaired: a delivery that stops where none of ours does. */
  async breakOnce(op: number): Promise<() => Promise<void>> {
    const { code, data } = await this.sandbox.account(this.token.address);
    const wrapped = await compileTolk("test/throws-at");
    const replace = async (newCode: Cell, newData: Cell): Promise<void> => {
      const { balance } = await this.sandbox.account(this.token.address);
      const account = { address: this.token.address, code: newCode, data: newData, balance };
      await this.sandbox.blockchain.setShardAccount(this.token.address, createShardAccount(account));
    };
    const broken = beginCell().storeUint(op, 32).storeUint(hashOf(this.local.path.channel), 256).endCell();
    await replace(wrapped, broken);
    return () => replace(code ?? Cell.EMPTY, data ?? Cell.EMPTY);
  }

  /** A message to the OFT from a wallet by name. */
  async oft(from: string, body: Cell, value = TON / 2n): Promise<Trace> {
    return this.sandbox.send(from, { to: this.token.address, value, body });
  }
}

/** Exit code of the first step at an account. */
export function exitAt(trace: Trace, account: Parameters<Trace["at"]>[0]): number | null | undefined {
  return trace.at(account)[0]?.exit;
}

export function describeTrace(trace: Trace): string {
  return trace.steps
    .map(
      (step) =>
        `${step.from.toString().slice(0, 10)} > ${step.to.toString().slice(0, 10)} op ${(step.op ?? 0).toString(16).padStart(8, "0")}${step.bounced ? " BOUNCED" : ""} value ${step.value} exit ${step.exit} action ${step.action} gas ${step.gas}`,
    )
    .join("\n");
}
