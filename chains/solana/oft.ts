// The OFT program: addresses, instructions and events; its accounts are in oft-accounts.ts.
import { type AccountMeta, PublicKey, TransactionInstruction } from "@solana/web3.js";
import { ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_PROGRAM_ID } from "@solana/spl-token";
import { instructionTag, recordedEvents } from "./anchor";
import { BorshReader, BorshWriter } from "./borsh";
import type { Outcome } from "./client";
import { programId } from "./idl";
import { be32, derive, eventAuthority, programData } from "./layerzero/addresses";
import { SYSTEM, meta, registerAccounts, setDelegateAccounts } from "./layerzero/endpoint";
import type { HeldEntry } from "./oft-accounts";

export * from "./oft-accounts";

/** One deployed OFT: the program, its store, and the mint it alone can mint. */
export interface Oft {
  readonly program: PublicKey;
  readonly store: PublicKey;
  readonly mint: PublicKey;
  readonly escrow: PublicKey;
}

/** The OFT whose escrow is at `escrow`. */
export function oftAt(mint: PublicKey, escrow: PublicKey, program = new PublicKey(programId("oft"))): Oft {
  return { program, store: derive(program, "OFT", escrow)[0], mint, escrow };
}

export const peerAddress = (oft: Oft, eid: number): PublicKey => derive(oft.program, "Peer", oft.store, be32(eid))[0];
export const heldAddress = (oft: Oft, guid: Uint8Array): PublicKey => derive(oft.program, "Held", oft.store, guid)[0];
export const typesAddress = (oft: Oft): PublicKey => derive(oft.program, "LzReceiveTypes", oft.store)[0];

/** Where an owner's tokens lie. */
export function tokenAccount(oft: Oft, owner: PublicKey): PublicKey {
  return derive(ASSOCIATED_TOKEN_PROGRAM_ID, owner, TOKEN_PROGRAM_ID, oft.mint)[0];
}

// ------------------------------------------------------------------ instructions

function call(oft: Oft, name: string, keys: AccountMeta[], args: BorshWriter): TransactionInstruction {
  const data = Buffer.concat([instructionTag(name), args.finish()]);
  return new TransactionInstruction({ programId: oft.program, keys, data });
}

const own = (oft: Oft): AccountMeta[] => [meta(eventAuthority(oft.program)), meta(oft.program)];
const TOKEN = meta(TOKEN_PROGRAM_ID);

/** Opens the store. `payer` must be the program's upgrade authority; the escrow signs, as a new account. */
export function initOft(oft: Oft, payer: PublicKey, admin: PublicKey): TransactionInstruction {
  const keys = [
    meta(payer, "sw"),
    meta(oft.store, "w"),
    meta(typesAddress(oft), "w"),
    meta(oft.mint),
    meta(oft.escrow, "sw"),
    TOKEN,
    SYSTEM,
    ...registerAccounts(payer, oft.store),
    meta(programData(oft.program)),
  ];
  return call(oft, "init_oft", keys, new BorshWriter().u8(0).key(admin).u8(6).u8(0));
}

export type OftSetting =
  | { readonly admin: PublicKey }
  | { readonly delegate: PublicKey }
  | { readonly fee: number }
  | { readonly paused: boolean }
  | { readonly pauser: PublicKey | null }
  | { readonly unpauser: PublicKey | null }
  | { readonly limiter: PublicKey | null }
  | { readonly mintCap: bigint };

export function setOftConfig(oft: Oft, admin: PublicKey, setting: OftSetting): TransactionInstruction {
  const w = new BorshWriter();
  const key = (value: PublicKey): BorshWriter => w.key(value);
  if ("admin" in setting) w.u8(0).key(setting.admin);
  else if ("delegate" in setting) w.u8(1).key(setting.delegate);
  else if ("fee" in setting) w.u8(2).u16(setting.fee);
  else if ("paused" in setting) w.u8(3).bool(setting.paused);
  else if ("pauser" in setting) w.u8(4).option(setting.pauser, key);
  else if ("unpauser" in setting) w.u8(5).option(setting.unpauser, key);
  else if ("limiter" in setting) w.u8(6).option(setting.limiter, key);
  else w.u8(7).u64(setting.mintCap);
  const more = "delegate" in setting ? setDelegateAccounts(oft.store) : [];
  return call(oft, "set_oft_config", [meta(admin, "s"), meta(oft.store, "w"), ...more], w);
}

export function acceptAdmin(oft: Oft, pending: PublicKey): TransactionInstruction {
  return call(oft, "accept_admin", [meta(pending, "s"), meta(oft.store, "w")], new BorshWriter());
}

export interface LimitChange {
  readonly capacity: bigint | null;
  readonly refillPerSecond: bigint | null;
}

export type PeerSetting =
  | { readonly peer: Uint8Array }
  | { readonly feeBps: number | null }
  | { readonly send: Uint8Array; readonly sendAndCall: Uint8Array }
  | { readonly outbound: LimitChange | null }
  | { readonly inbound: LimitChange | null };

export function setPeerConfig(oft: Oft, signer: PublicKey, eid: number, setting: PeerSetting): TransactionInstruction {
  const w = new BorshWriter().u32(eid);
  const limit = (change: LimitChange | null): BorshWriter =>
    w.option(change, (c) => {
      w.option(c.refillPerSecond, (v) => w.u64(v)).option(c.capacity, (v) => w.u64(v));
    });
  if ("peer" in setting) w.u8(0).raw(setting.peer);
  else if ("feeBps" in setting) w.u8(1).option(setting.feeBps, (v) => w.u16(v));
  else if ("send" in setting) w.u8(2).bytes(setting.send).bytes(setting.sendAndCall);
  else if ("outbound" in setting) limit((w.u8(3), setting.outbound));
  else limit((w.u8(4), setting.inbound));
  const keys = [meta(signer, "sw"), meta(peerAddress(oft, eid), "w"), meta(oft.store), SYSTEM];
  return call(oft, "set_peer_config", keys, w);
}

/** True pauses for the longest time allowed, false lifts a pause. */
export function setPause(oft: Oft, signer: PublicKey, paused: boolean): TransactionInstruction {
  return call(oft, "set_pause", [meta(signer, "s"), meta(oft.store, "w")], new BorshWriter().bool(paused));
}

export function pauseFor(oft: Oft, pauser: PublicKey, seconds: number): TransactionInstruction {
  return call(oft, "pause_for", [meta(pauser, "s"), meta(oft.store, "w")], new BorshWriter().u32(seconds));
}

export function withdrawFee(oft: Oft, admin: PublicKey, dest: PublicKey, amount: bigint): TransactionInstruction {
  const keys = [meta(admin, "s"), meta(oft.store), meta(oft.mint), meta(oft.escrow, "w"), meta(dest, "w"), TOKEN];
  return call(oft, "withdraw_fee", keys, new BorshWriter().u64(amount));
}

/** The zero address removes the table. */
export function setLookupTable(oft: Oft, admin: PublicKey, table: PublicKey): TransactionInstruction {
  const keys = [meta(admin, "s"), meta(oft.store), meta(typesAddress(oft), "w"), meta(table)];
  return call(oft, "set_lookup_table", keys, new BorshWriter());
}

/** A transfer out of Solana. */
export interface Transfer {
  readonly dstEid: number;
  /** 32 bytes. */
  readonly to: Uint8Array;
  /** Base units, nine decimals; what six cannot carry is left with the sender. */
  readonly amount: bigint;
  readonly minAmount: bigint;
  readonly options?: Uint8Array;
  readonly compose?: Uint8Array;
}

export interface MessagingFee {
  readonly native: bigint;
  readonly token: bigint;
}

function transferArgs(transfer: Transfer): BorshWriter {
  const w = new BorshWriter()
    .u32(transfer.dstEid)
    .raw(transfer.to)
    .u64(transfer.amount)
    .u64(transfer.minAmount)
    .bytes(transfer.options ?? Buffer.alloc(0));
  return w.option(transfer.compose, (bytes) => w.bytes(bytes));
}

/** `path` is empty for `quote_oft`, the endpoint's list for `quote_send`. */
export function quoteCall(
  oft: Oft,
  name: "quote_oft" | "quote_send",
  transfer: Transfer,
  path: AccountMeta[],
): TransactionInstruction {
  const keys = [meta(oft.store), meta(peerAddress(oft, transfer.dstEid)), meta(oft.mint), ...path];
  return call(oft, name, keys, transferArgs(transfer).bool(false));
}

export function readFee(data: Uint8Array): MessagingFee {
  const r = new BorshReader(data);
  return { native: r.u64(), token: r.u64() };
}

export interface OftQuote {
  readonly minAmount: bigint;
  readonly maxAmount: bigint;
  readonly fees: readonly { readonly amount: bigint; readonly description: string }[];
  readonly sent: bigint;
  readonly received: bigint;
}

export function readQuote(data: Uint8Array): OftQuote {
  const r = new BorshReader(data);
  const [minAmount, maxAmount] = [r.u64(), r.u64()];
  const fees = r.list(() => ({ amount: r.u64(), description: r.bytes().toString() }));
  return { minAmount, maxAmount, fees, sent: r.u64(), received: r.u64() };
}

export function sendCall(
  oft: Oft,
  signer: PublicKey,
  transfer: Transfer,
  fee: MessagingFee,
  path: AccountMeta[],
  source = tokenAccount(oft, signer),
): TransactionInstruction {
  const keys = [
    meta(signer, "s"),
    meta(peerAddress(oft, transfer.dstEid), "w"),
    meta(oft.store, "w"),
    meta(source, "w"),
    meta(oft.escrow, "w"),
    meta(oft.mint, "w"),
    TOKEN,
    ...own(oft),
    ...path,
  ];
  return call(oft, "send", keys, transferArgs(transfer).u64(fee.native).u64(fee.token));
}

export interface SendReceipt {
  readonly guid: Buffer;
  readonly nonce: bigint;
  readonly fee: MessagingFee;
  readonly sent: bigint;
  readonly received: bigint;
}

export function readReceipt(data: Uint8Array): SendReceipt {
  const r = new BorshReader(data);
  return {
    guid: r.raw(32),
    nonce: r.u64(),
    fee: { native: r.u64(), token: r.u64() },
    sent: r.u64(),
    received: r.u64(),
  };
}

/** `dest` may be another token account of the recipient's, who then has to sign (`recipientSigns`). */
export function releaseHeld(
  oft: Oft,
  payer: PublicKey,
  entry: Pick<HeldEntry, "guid" | "recipient" | "srcEid">,
  amount: bigint,
  dest = tokenAccount(oft, entry.recipient),
  recipientSigns = false,
): TransactionInstruction {
  const keys = [
    meta(payer, "sw"),
    meta(peerAddress(oft, entry.srcEid), "w"),
    meta(oft.store, "w"),
    meta(heldAddress(oft, entry.guid), "w"),
    meta(entry.recipient, recipientSigns ? "s" : ""),
    meta(dest, "w"),
    meta(oft.mint, "w"),
    TOKEN,
    meta(ASSOCIATED_TOKEN_PROGRAM_ID),
    SYSTEM,
    ...own(oft),
  ];
  return call(oft, "release_held", keys, new BorshWriter().raw(entry.guid).u64(amount));
}

export function assignHeld(oft: Oft, admin: PublicKey, guid: Uint8Array, recipient: PublicKey): TransactionInstruction {
  const keys = [meta(admin, "s"), meta(oft.store), meta(heldAddress(oft, guid), "w"), ...own(oft)];
  return call(oft, "assign_held", keys, new BorshWriter().raw(guid).key(recipient));
}

export function voidHeld(oft: Oft, admin: PublicKey, guid: Uint8Array): TransactionInstruction {
  const keys = [meta(admin, "sw"), meta(oft.store, "w"), meta(heldAddress(oft, guid), "w"), ...own(oft)];
  return call(oft, "void_held", keys, new BorshWriter().raw(guid));
}

// ------------------------------------------------------------------ events

export interface OftEvents {
  OFTSent: { guid: Buffer; dstEid: number; from: PublicKey; sent: bigint; received: bigint };
  OFTReceived: { guid: Buffer; srcEid: number; to: PublicKey; amount: bigint };
  OFTHeld: { guid: Buffer; srcEid: number; to: PublicKey; amount: bigint; reason: number };
  OFTHeldReleased: { guid: Buffer; to: PublicKey; amount: bigint; remaining: bigint };
  OFTHeldAssigned: { guid: Buffer; to: PublicKey; amount: bigint };
  OFTHeldVoided: { guid: Buffer; srcEid: number; to: PublicKey; amount: bigint };
  OFTMessageRejected: { guid: Buffer; srcEid: number; nonce: bigint; reason: number };
}

const EVENTS: { [K in keyof OftEvents]: (r: BorshReader) => OftEvents[K] } = {
  OFTSent: (r) => ({ guid: r.raw(32), dstEid: r.u32(), from: r.key(), sent: r.u64(), received: r.u64() }),
  OFTReceived: (r) => ({ guid: r.raw(32), srcEid: r.u32(), to: r.key(), amount: r.u64() }),
  OFTHeld: (r) => ({ guid: r.raw(32), srcEid: r.u32(), to: r.key(), amount: r.u64(), reason: r.u8() }),
  OFTHeldReleased: (r) => ({ guid: r.raw(32), to: r.key(), amount: r.u64(), remaining: r.u64() }),
  OFTHeldAssigned: (r) => ({ guid: r.raw(32), to: r.key(), amount: r.u64() }),
  OFTHeldVoided: (r) => ({ guid: r.raw(32), srcEid: r.u32(), to: r.key(), amount: r.u64() }),
  OFTMessageRejected: (r) => ({ guid: r.raw(32), srcEid: r.u32(), nonce: r.u64(), reason: r.u8() }),
};

/** The OFT's events of one kind in a transaction, in order. */
export function oftEvents<K extends keyof OftEvents>(
  oft: Oft,
  outcome: Pick<Outcome, "inner">,
  name: K,
): OftEvents[K][] {
  return recordedEvents(outcome, oft.program, name).map((body) => EVENTS[name](new BorshReader(body)));
}
