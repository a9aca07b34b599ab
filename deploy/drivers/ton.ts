// How the engine reads and writes a TON chain: external messages of a V5 wallet, signed before anything is sent.
import { Address, Cell, SendMode, beginCell, external, internal, storeMessage, storeStateInit } from "@ton/core";
import { keyPairFromSeed, type KeyPair } from "@ton/crypto";
import { WalletContractV5R1 } from "@ton/ton";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StunError } from "../../chains/errors";
import type { TonMessage, TonTransport } from "../../chains/ton/transport";
import { localKey } from "../../localnet/keys";
import type { Holder } from "../network";
import { SignerAbsent, type Driver, type Outcome, type Signed } from "../types";
import { seedIn } from "./seed";

export interface TonCall {
  readonly vm: "ton";
  readonly message: TonMessage;
}

/** What the driver needs beyond what every TON client needs. */
export interface TonDeployTransport extends TonTransport {
  /** Hands an external message, in the base64 of its bag of cells, to the network. */
  sendExternal(boc: string): Promise<void>;
}

export interface TonDriverOptions {
  chain: string;
  transport: TonDeployTransport;
  identity: string;
  /** The network's global id, which wallets sign: -239 for the main network and local ones, -3 for the test network. */
  globalId: number;
  holder(role: string): Holder;
}

/** The id that wallets of the main network and of local ones sign. */
export const MAIN_GLOBAL_ID = -239;
/** How long a signed message may wait to be taken, in seconds of the chain. */
const VALIDITY = 300n;
const POLL_MS = 1_500;

export class TonDriver implements Driver {
  readonly chain: string;
  readonly transport: TonDeployTransport;
  /** A message to a contract is on its way for some blocks after its wallet has sent it. */
  readonly lagMs = 60_000;

  constructor(private readonly options: TonDriverOptions) {
    this.chain = options.chain;
    this.transport = options.transport;
  }

  async identity(): Promise<string> {
    return this.options.identity;
  }

  addressOf(role: string): string {
    return this.accountOf(role).toString();
  }

  accountOf(role: string): Address {
    const holder = this.options.holder(role);
    if (holder.kind === "local") return this.walletOf(keysOf(localKey(holder.name))).address;
    if (holder.kind === "contract") {
      throw new StunError(
        `Role '${role}' is the contract '${holder.name}' on ${this.chain}, which this deployment does not create; correct the network file.`,
      );
    }
    return Address.parse(holder.address);
  }

  async sign(call: TonCall, role: string): Promise<Signed> {
    const keys = this.keys(role);
    const wallet = this.walletOf(keys);
    const account = await this.transport.account(wallet.address);
    const seqno = account.state === "active" ? await this.seqno(wallet.address) : 0;
    if (account.balance < call.message.value) {
      throw new StunError(
        `wallet ${wallet.address.toString()} has ${account.balance} nanotons and needs more than ${call.message.value}`,
      );
    }
    const validUntil = (await this.transport.now()) + VALIDITY;
    const { to, value, body, init, bounce = true } = call.message;
    const transfer = wallet.createTransfer({
      seqno,
      secretKey: keys.secretKey,
      timeout: Number(validUntil),
      sendMode: SendMode.PAY_GAS_SEPARATELY + SendMode.IGNORE_ERRORS,
      messages: [internal({ to, value, bounce, body, init })],
    });
    const message = external({
      to: wallet.address,
      body: transfer,
      init: account.state === "active" ? undefined : wallet.init,
    });
    const cell = beginCell().store(storeMessage(message)).endCell();
    return {
      id: cell.hash().toString("hex"),
      from: wallet.address.toString(),
      raw: cell.toBoc().toString("base64"),
      limit: `${seqno}/${validUntil}`,
    };
  }

  async broadcast(signed: Signed): Promise<void> {
    await this.transport.sendExternal(signed.raw);
  }

  /**
   * A wallet takes one message for each number, so a later number means that this one was taken: no key of a deployment
   * signs anything beside it. What the message then did shows in the state that its step reads.
   */
  async outcome(signed: Signed): Promise<Outcome> {
    const [seqno, validUntil] = signed.limit.split("/").map(BigInt) as [bigint, bigint];
    const now = await this.transport.now();
    const address = Address.parse(signed.from);
    const { state } = await this.transport.account(address);
    const next = state === "active" ? BigInt(await this.seqno(address)) : 0n;
    if (next > seqno) return { state: "landed", block: `seqno ${seqno}`, final: true };
    if (now > validUntil) return { state: "dead", reason: `it was valid until ${validUntil}` };
    return { state: "pending" };
  }

  async settle(signed: Signed): Promise<Outcome> {
    for (;;) {
      const outcome = await this.outcome(signed);
      if (outcome.state !== "pending") return outcome;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      await this.broadcast(signed).catch(() => undefined);
    }
  }

  /** The request format of wallets that speak TON Connect. */
  async writeUnsigned(directory: string, role: string, calls: { title: string; call: TonCall }[]): Promise<string> {
    const path = join(directory, `${this.chain}-${role}.json`);
    const base64 = (cell: Cell): string => cell.toBoc().toString("base64");
    const request = {
      from: this.addressOf(role),
      network: String(this.options.globalId),
      messages: calls.map(({ title, call: { message } }) => ({
        title,
        address: message.to.toString(),
        amount: message.value.toString(),
        payload: message.body && base64(message.body),
        stateInit: message.init && base64(beginCell().store(storeStateInit(message.init)).endCell()),
      })),
    };
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${path}.new`, `${JSON.stringify(request, null, 2)}\n`);
    renameSync(`${path}.new`, path);
    return path;
  }

  private walletOf(keys: KeyPair): WalletContractV5R1 {
    return WalletContractV5R1.create({
      publicKey: keys.publicKey,
      walletId: { networkGlobalId: this.options.globalId },
    });
  }

  private async seqno(wallet: Address): Promise<number> {
    return (await this.transport.get(wallet, "seqno")).readNumber();
  }

  private keys(role: string): KeyPair {
    const holder = this.options.holder(role);
    if (holder.kind === "local") return keysOf(localKey(holder.name));
    if (holder.kind === "env") {
      const seed = seedIn(holder.variable);
      if (seed !== undefined) {
        const keys = keysOf(seed);
        const { address } = this.walletOf(keys);
        if (address.equals(Address.parse(holder.address))) return keys;
        throw new StunError(
          `The seed in ${holder.variable} belongs to the wallet ${address.toString()}, not to ${holder.address}: set the right one or correct the network file.`,
        );
      }
    }
    throw new SignerAbsent(role, this.addressOf(role));
  }
}

/** The wallet of a well-known local key. */
export function localTonWallet(name: string, networkGlobalId = MAIN_GLOBAL_ID): Address {
  const { publicKey } = keysOf(localKey(name));
  return WalletContractV5R1.create({ publicKey, walletId: { networkGlobalId } }).address;
}

function keysOf(seed: string): KeyPair {
  return keyPairFromSeed(Buffer.from(seed.slice(2), "hex"));
}
