// Instructions of LayerZero's endpoint that an OApp's delegate or anyone calls directly, and account lists of those that
// an OApp calls itself. Such a list begins with the endpoint's program.
import { type AccountMeta, PublicKey, SystemProgram, TransactionInstruction } from "@solana/web3.js";
import { instructionTag } from "../anchor";
import { BorshWriter } from "../borsh";
import { ENDPOINT, LIBRARY, endpointAccounts as at, eventAuthority, libraryAccounts, type Channel } from "./addresses";

type Flags = "" | "s" | "w" | "sw";

/** An account of an instruction: `s` signs, `w` is written. */
export function meta(pubkey: PublicKey, flags: Flags = ""): AccountMeta {
  return { pubkey, isSigner: flags.includes("s"), isWritable: flags.includes("w") };
}

export const SYSTEM = meta(SystemProgram.programId);

function tail(program: PublicKey): AccountMeta[] {
  return [meta(eventAuthority(program)), meta(program)];
}

function call(name: string, keys: AccountMeta[], args: BorshWriter): TransactionInstruction {
  const data = Buffer.concat([instructionTag(name), args.finish()]);
  return new TransactionInstruction({ programId: ENDPOINT, keys, data });
}

/** For `register_oapp` inside an OApp's own initialization. */
export function registerAccounts(payer: PublicKey, oapp: PublicKey): AccountMeta[] {
  return [meta(ENDPOINT), meta(payer, "sw"), meta(oapp), meta(at.registry(oapp), "w"), SYSTEM, ...tail(ENDPOINT)];
}

/** For `set_delegate` inside an OApp's own configuration. */
export function setDelegateAccounts(oapp: PublicKey): AccountMeta[] {
  return [meta(ENDPOINT), meta(oapp), meta(at.registry(oapp), "w"), ...tail(ENDPOINT)];
}

export function initNonce(delegate: PublicKey, channel: Channel): TransactionInstruction {
  const keys = [
    meta(delegate, "sw"),
    meta(at.registry(channel.local)),
    meta(at.nonce(channel), "w"),
    meta(at.pending(channel), "w"),
    SYSTEM,
  ];
  return call("init_nonce", keys, new BorshWriter().key(channel.local).u32(channel.remoteEid).raw(channel.remote));
}

export function initSendLibrary(delegate: PublicKey, oapp: PublicKey, eid: number): TransactionInstruction {
  const keys = [meta(delegate, "sw"), meta(at.registry(oapp)), meta(at.sendLibrary(eid, oapp), "w"), SYSTEM];
  return call("init_send_library", keys, new BorshWriter().key(oapp).u32(eid));
}

export function initReceiveLibrary(delegate: PublicKey, oapp: PublicKey, eid: number): TransactionInstruction {
  const keys = [meta(delegate, "sw"), meta(at.registry(oapp)), meta(at.receiveLibrary(eid, oapp), "w"), SYSTEM];
  return call("init_receive_library", keys, new BorshWriter().key(oapp).u32(eid));
}

export function setSendLibrary(
  delegate: PublicKey,
  oapp: PublicKey,
  eid: number,
  library = libraryAccounts.settings(),
): TransactionInstruction {
  const keys = [
    meta(delegate, "s"),
    meta(at.registry(oapp)),
    meta(at.sendLibrary(eid, oapp), "w"),
    meta(at.libraryInfo(library)),
    ...tail(ENDPOINT),
  ];
  return call("set_send_library", keys, new BorshWriter().key(oapp).u32(eid).key(library));
}

/** `grace` is in slots: how long the library before may still deliver; 0 for none. */
export function setReceiveLibrary(
  delegate: PublicKey,
  oapp: PublicKey,
  eid: number,
  grace: bigint,
  library = libraryAccounts.settings(),
): TransactionInstruction {
  const keys = [
    meta(delegate, "s"),
    meta(at.registry(oapp)),
    meta(at.receiveLibrary(eid, oapp), "w"),
    meta(at.libraryInfo(library)),
    ...tail(ENDPOINT),
  ];
  return call("set_receive_library", keys, new BorshWriter().key(oapp).u32(eid).key(library).u64(grace));
}

/** Creates the path's own configuration at the message library. */
export function initConfig(
  delegate: PublicKey,
  payer: PublicKey,
  oapp: PublicKey,
  eid: number,
): TransactionInstruction {
  const library = libraryAccounts.settings();
  const keys = [
    meta(delegate, "s"),
    meta(at.registry(oapp)),
    meta(at.libraryInfo(library)),
    meta(library),
    meta(LIBRARY),
    meta(payer, "sw"),
    meta(library),
    meta(libraryAccounts.send(eid, oapp), "w"),
    meta(libraryAccounts.receive(eid, oapp), "w"),
    SYSTEM,
  ];
  return call("init_config", keys, new BorshWriter().key(oapp).u32(eid));
}

export const CONFIG = { executor: 1, send: 2, receive: 3 } as const;

/** Sets one part of the path's own configuration; `config` is as `writeUln` or `writeExecutor` gives it. */
export function setConfig(
  delegate: PublicKey,
  oapp: PublicKey,
  eid: number,
  type: keyof typeof CONFIG,
  config: Uint8Array,
): TransactionInstruction {
  const library = libraryAccounts.settings();
  const keys = [
    meta(delegate, "s"),
    meta(at.registry(oapp)),
    meta(at.libraryInfo(library)),
    meta(library),
    meta(LIBRARY),
    meta(library),
    meta(libraryAccounts.send(eid, oapp), "w"),
    meta(libraryAccounts.receive(eid, oapp), "w"),
    meta(libraryAccounts.send(eid)),
    meta(libraryAccounts.receive(eid)),
    ...tail(LIBRARY),
  ];
  return call("set_config", keys, new BorshWriter().key(oapp).u32(eid).u32(CONFIG[type]).bytes(config));
}

/** Anyone: makes room for a message that is about to be verified. */
export function initVerify(payer: PublicKey, channel: Channel, nonce: bigint): TransactionInstruction {
  const keys = [meta(payer, "sw"), meta(at.nonce(channel)), meta(at.payload(channel, nonce), "w"), SYSTEM];
  const args = new BorshWriter().u32(channel.remoteEid).raw(channel.remote).key(channel.local).u64(nonce);
  return call("init_verify", keys, args);
}

/** Accounts of the endpoint's `verify`, called by the receive library when a verification is committed. */
export function verifyAccounts(channel: Channel, nonce: bigint): AccountMeta[] {
  return [
    meta(ENDPOINT),
    meta(libraryAccounts.settings()),
    meta(at.receiveLibrary(channel.remoteEid, channel.local)),
    meta(at.receiveLibrary(channel.remoteEid)),
    meta(at.nonce(channel), "w"),
    meta(at.pending(channel), "w"),
    meta(at.payload(channel, nonce), "w"),
    ...tail(ENDPOINT),
  ];
}

function channelArgs(channel: Channel, nonce: bigint): BorshWriter {
  return new BorshWriter().key(channel.local).u32(channel.remoteEid).raw(channel.remote).u64(nonce);
}

/** The OApp or its delegate takes a verified message without executing it: whatever it carried is lost. */
export function clear(
  signer: PublicKey,
  channel: Channel,
  nonce: bigint,
  guid: Uint8Array,
  message: Uint8Array,
): TransactionInstruction {
  const keys = [
    meta(signer, "s"),
    meta(at.registry(channel.local)),
    meta(at.nonce(channel)),
    meta(at.payload(channel, nonce), "w"),
    meta(at.settings(), "w"),
    ...tail(ENDPOINT),
  ];
  return call("clear", keys, channelArgs(channel, nonce).raw(guid).bytes(message));
}

export function skip(signer: PublicKey, channel: Channel, nonce: bigint): TransactionInstruction {
  const keys = [
    meta(signer, "s"),
    meta(at.registry(channel.local)),
    meta(at.nonce(channel), "w"),
    meta(at.pending(channel), "w"),
    meta(at.payload(channel, nonce), "w"),
    meta(at.settings(), "w"),
    ...tail(ENDPOINT),
  ];
  return call("skip", keys, channelArgs(channel, nonce));
}

/** Takes a verification back; the message can be verified again. */
export function nilify(
  signer: PublicKey,
  channel: Channel,
  nonce: bigint,
  payloadHash: Uint8Array,
): TransactionInstruction {
  const keys = [
    meta(signer, "s"),
    meta(at.registry(channel.local)),
    meta(at.nonce(channel), "w"),
    meta(at.pending(channel), "w"),
    meta(at.payload(channel, nonce), "w"),
    ...tail(ENDPOINT),
  ];
  return call("nilify", keys, channelArgs(channel, nonce).raw(payloadHash));
}

/** Destroys a verified message for ever. */
export function burn(
  signer: PublicKey,
  channel: Channel,
  nonce: bigint,
  payloadHash: Uint8Array,
): TransactionInstruction {
  const keys = [
    meta(signer, "s"),
    meta(at.registry(channel.local)),
    meta(at.nonce(channel)),
    meta(at.payload(channel, nonce), "w"),
    meta(at.settings(), "w"),
    ...tail(ENDPOINT),
  ];
  return call("burn", keys, channelArgs(channel, nonce).raw(payloadHash));
}
