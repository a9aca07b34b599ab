// The token on TON: the OFT, the jetton that it mints, and the accounts of both. State comes from get-methods; messages
// are built by messages.ts and sent by whoever may send them.
import {
  type Address,
  type Cell,
  Dictionary,
  type StateInit,
  type TupleItem,
  type TupleReader,
  beginCell,
  contractAddress,
} from "@ton/core";
import { createHash } from "node:crypto";
import { addressOf, hashOf } from "./address";
import { compileTolk } from "./compile";
import { messages, sendParams } from "./messages";
import type { TonMessage, TonTransport } from "./transport";

export const DECIMALS = 9;
/** Base units in one unit of LayerZero's shared decimals. */
export const SHARED_RATE = 1_000n;
export const MAX_CAP = 300_000_000n * 10n ** 9n;

export interface TokenCode {
  readonly oft: Cell;
  readonly minter: Cell;
  readonly wallet: Cell;
  readonly held: Cell;
}

/** What a deployment decides; the OFT's address commits to all of it. */
export interface TokenConfig {
  readonly admin: Address;
  readonly guardian: Address | null;
  readonly eid: number;
  readonly homeEid: number;
  /** LayerZero's contracts on this chain. */
  readonly controller: Address;
  readonly ulnManager: Address;
  /** The Endpoint for the home chain. */
  readonly endpoint: Address;
  readonly cap: bigint;
  readonly outbound: { readonly limit: bigint; readonly window: number };
  readonly inbound: { readonly limit: bigint; readonly window: number };
  readonly metadata: Readonly<Record<string, string>>;
}

export async function tokenCode(): Promise<TokenCode> {
  const [oft, minter, wallet, held] = await Promise.all(
    ["oft", "jetton-minter", "jetton-wallet", "held-account"].map((name) => compileTolk(`token/${name}`)),
  );
  return { oft: oft!, minter: minter!, wallet: wallet!, held: held! };
}

/** TEP-64 metadata kept on chain. */
export function jettonContent(metadata: Readonly<Record<string, string>>): Cell {
  const entries = Dictionary.empty(Dictionary.Keys.Buffer(32), Dictionary.Values.Cell());
  for (const [key, value] of Object.entries(metadata)) {
    const text = beginCell().storeUint(0, 8).storeStringTail(value).endCell();
    entries.set(createHash("sha256").update(key).digest(), text);
  }
  return beginCell().storeUint(0, 8).storeDict(entries).endCell();
}

const rateLimit = (limit: bigint, window: number) => (cell: ReturnType<typeof beginCell>) =>
  cell.storeUint(limit, 64).storeUint(window, 32).storeUint(0, 64).storeUint(0, 40);

/** The first state of the OFT. */
export function oftInit(code: TokenCode, config: TokenConfig): StateInit {
  const fixed = beginCell()
    .storeUint(hashOf(config.controller), 256)
    .storeUint(hashOf(config.ulnManager), 256)
    .storeUint(hashOf(config.endpoint), 256)
    .storeUint(config.eid, 32)
    .storeUint(config.homeEid, 32)
    .storeRef(code.held)
    .endCell();
  const route = beginCell()
    .storeUint(0, 256)
    .storeUint(0, 256)
    .storeBit(false)
    .storeRef(beginCell().endCell())
    .storeRef(fixed)
    .endCell();
  const limits = beginCell();
  rateLimit(config.outbound.limit, config.outbound.window)(limits);
  rateLimit(config.inbound.limit, config.inbound.window)(limits);
  const ledger = beginCell().storeUint(config.cap, 64);
  for (let counter = 0; counter < 7; counter++) ledger.storeUint(0, 96);
  const receipts = beginCell().storeUint(0, 56).storeBit(false).storeBit(false).endCell();
  const genesis = beginCell()
    .storeRef(code.minter)
    .storeRef(code.wallet)
    .storeRef(jettonContent(config.metadata))
    .endCell();
  const roles = beginCell()
    .storeAddress(config.admin)
    .storeAddress(null)
    .storeAddress(config.guardian)
    .storeUint(0, 40)
    .storeMaybeRef(genesis);
  const data = beginCell()
    .storeAddress(null)
    .storeUint(0, 40)
    .storeUint(1, 64)
    .storeRef(route)
    .storeRef(ledger.storeRef(limits.endCell()).endCell())
    .storeRef(beginCell().storeBit(false).storeBit(false).storeRef(receipts).endCell())
    .storeRef(roles.endCell())
    .endCell();
  return { code: code.oft, data };
}

export interface Ledger {
  readonly cap: bigint;
  readonly minted: bigint;
  readonly burned: bigint;
  readonly directBurned: bigint;
  readonly held: bigint;
  readonly pending: bigint;
  readonly sent: bigint;
  readonly voided: bigint;
}

export interface RateLimit {
  readonly limit: bigint;
  readonly window: bigint;
  readonly used: bigint;
  readonly available: bigint;
}

export interface Roles {
  readonly admin: Address;
  readonly nextAdmin: Address | null;
  readonly guardian: Address | null;
  readonly pausedUntil: bigint;
  readonly pauseAllowedAt: bigint;
}

export interface Route {
  readonly channel: Address | null;
  readonly peer: bigint;
  readonly open: boolean;
  readonly options: Cell;
  readonly controller: Address;
  readonly ulnManager: Address;
  readonly endpoint: Address;
  readonly eid: number;
  readonly homeEid: number;
}

export interface PendingSend {
  readonly burner: Address;
  readonly channel: Address;
  readonly amount: bigint;
  readonly bridged: bigint;
  readonly queryId: bigint;
  readonly time: bigint;
}

export interface Send {
  /** Base units; what is below the shared decimals comes back. */
  readonly amount: bigint;
  /** The recipient on the destination, as 32 bytes. */
  readonly to: bigint;
  /** Highest LayerZero fee, nanotons: what is not needed of it comes back. */
  readonly nativeFee: bigint;
  readonly minAmount?: bigint;
  /** Nanotons to attach; what the token asks for by default. */
  readonly value?: bigint;
  readonly dstEid?: number;
  /** Who gets the unused TON; the owner by default. */
  readonly excessesTo?: Address | null;
  readonly queryId?: bigint;
}

const int = (value: bigint): TupleItem => ({ type: "int", value });
const slice = (address: Address): TupleItem => ({
  type: "slice",
  cell: beginCell().storeAddress(address).endCell(),
});

/** The token of one network, by the address of its OFT. */
export class TonToken {
  private knownMinter: Address | null = null;

  constructor(
    readonly transport: TonTransport,
    readonly address: Address,
  ) {}

  /** The token that a configuration will be deployed as. */
  static of(transport: TonTransport, code: TokenCode, config: TokenConfig): TonToken {
    return new TonToken(transport, contractAddress(0, oftInit(code, config)));
  }

  /** The jetton's minter; null until the OFT has deployed it. */
  async minter(): Promise<Address | null> {
    this.knownMinter ??= (await this.get("get_minter")).readAddressOpt();
    return this.knownMinter;
  }

  async walletOf(owner: Address): Promise<Address> {
    return (await this.ofMinter("get_wallet_address", [slice(owner)])).readAddress();
  }

  /** Base units; zero for an owner without a wallet. */
  async balanceOf(owner: Address): Promise<bigint> {
    const wallet = await this.walletOf(owner);
    if ((await this.transport.account(wallet)).state !== "active") return 0n;
    return (await this.transport.get(wallet, "get_wallet_data")).readBigNumber();
  }

  async totalSupply(): Promise<bigint> {
    return (await this.ofMinter("get_jetton_data")).readBigNumber();
  }

  /** What holders have burned without the bridge. */
  async directBurned(): Promise<bigint> {
    return (await this.ofMinter("get_direct_burned")).readBigNumber();
  }

  async ledger(): Promise<Ledger> {
    const stack = await this.get("get_ledger");
    return {
      cap: stack.readBigNumber(),
      minted: stack.readBigNumber(),
      burned: stack.readBigNumber(),
      directBurned: stack.readBigNumber(),
      held: stack.readBigNumber(),
      pending: stack.readBigNumber(),
      sent: stack.readBigNumber(),
      voided: stack.readBigNumber(),
    };
  }

  async limit(direction: "out" | "in"): Promise<RateLimit> {
    const stack = await this.get("get_limit", [int(direction === "out" ? 0n : 1n)]);
    return {
      limit: stack.readBigNumber(),
      window: stack.readBigNumber(),
      used: stack.readBigNumber(),
      available: stack.readBigNumber(),
    };
  }

  async roles(): Promise<Roles> {
    const stack = await this.get("get_roles");
    return {
      admin: stack.readAddress(),
      nextAdmin: stack.readAddressOpt(),
      guardian: stack.readAddressOpt(),
      pausedUntil: stack.readBigNumber(),
      pauseAllowedAt: stack.readBigNumber(),
    };
  }

  async route(): Promise<Route> {
    const stack = await this.get("get_route");
    const channel = stack.readBigNumber();
    return {
      channel: channel === 0n ? null : addressOf(channel),
      peer: stack.readBigNumber(),
      open: stack.readBoolean(),
      options: stack.readCell(),
      controller: addressOf(stack.readBigNumber()),
      ulnManager: addressOf(stack.readBigNumber()),
      endpoint: addressOf(stack.readBigNumber()),
      eid: stack.readNumber(),
      homeEid: stack.readNumber(),
    };
  }

  /** A send that LayerZero has not answered; null when there is none of this number. */
  async pendingSend(sendId: bigint): Promise<PendingSend | null> {
    const cell = (await this.get("get_pending_send", [int(sendId)])).readCellOpt();
    if (!cell) return null;
    const data = cell.beginParse();
    return {
      burner: addressOf(data.loadUintBig(256)),
      channel: addressOf(data.loadUintBig(256)),
      amount: data.loadCoins(),
      bridged: data.loadCoins(),
      queryId: data.loadUintBig(64),
      time: data.loadUintBig(40),
    };
  }

  async nextSendId(): Promise<bigint> {
    return (await this.get("get_next_send_id")).readBigNumber();
  }

  async heldAccountOf(recipient: Address | bigint): Promise<Address> {
    const hash = typeof recipient === "bigint" ? recipient : hashOf(recipient);
    return (await this.get("get_held_account", [int(hash)])).readAddress();
  }

  /** What is held for a recipient, base units, in all or under one key (the guid of a packet). */
  async heldOf(recipient: Address | bigint, key?: bigint): Promise<bigint> {
    const account = await this.heldAccountOf(recipient);
    if ((await this.transport.account(account)).state !== "active") return 0n;
    if (key !== undefined) return (await this.transport.get(account, "get_entry", [int(key)])).readBigNumber();
    const stack = await this.transport.get(account, "get_held_data");
    stack.skip(2);
    return stack.readBigNumber();
  }

  /** What the OFT itself remembers for a recipient, because the held account did not take it. */
  async orphanOf(recipient: Address | bigint, key: bigint): Promise<bigint> {
    const hash = typeof recipient === "bigint" ? recipient : hashOf(recipient);
    return (await this.get("get_orphan", [int(hash), int(key)])).readBigNumber();
  }

  /** Nanotons to attach to a burn that sends, for a LayerZero fee of at most `nativeFee`; the rest comes back. */
  async sendValue(nativeFee: bigint): Promise<bigint> {
    return (await this.get("get_send_value", [int(nativeFee)])).readBigNumber();
  }

  /** Nanotons that an executor has to give a delivery. */
  async receiveValue(): Promise<bigint> {
    return (await this.get("get_receive_value")).readBigNumber();
  }

  /** Nanotons to attach to a release; the rest comes back. */
  async releaseValue(): Promise<bigint> {
    return (await this.get("get_release_value")).readBigNumber();
  }

  /** The message with which `owner` sends tokens over the bridge: a burn of his wallet that names where they go. */
  async buildSend(owner: Address, send: Send): Promise<TonMessage> {
    const { homeEid } = await this.route();
    const payload = sendParams({
      dstEid: send.dstEid ?? homeEid,
      to: send.to,
      minAmount: send.minAmount ?? 0n,
      nativeFee: send.nativeFee,
    });
    return {
      to: await this.walletOf(owner),
      value: send.value ?? (await this.sendValue(send.nativeFee)),
      body: messages.burn(send.amount, send.excessesTo === undefined ? owner : send.excessesTo, payload, send.queryId),
    };
  }

  /** The message with which anyone releases up to `amount` of what is held for a recipient under a key. */
  async buildRelease(recipient: Address | bigint, key: bigint, amount: bigint): Promise<TonMessage> {
    return {
      to: await this.heldAccountOf(recipient),
      value: await this.releaseValue(),
      body: messages.release(key, amount),
    };
  }

  private get(method: string, args: TupleItem[] = []): Promise<TupleReader> {
    return this.transport.get(this.address, method, args);
  }

  private async ofMinter(method: string, args: TupleItem[] = []): Promise<TupleReader> {
    const minter = await this.minter();
    if (!minter) throw new Error(`The OFT ${this.address.toString()} has not deployed its minter: send it 'deploy'.`);
    return this.transport.get(minter, method, args);
  }
}
