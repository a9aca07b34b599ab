// Accounts of LayerZero's programs that a client reads.
import { PublicKey } from "@solana/web3.js";
import { accountTag } from "../anchor";
import { BorshReader, BorshWriter } from "../borsh";

/** Counts: 0 means the default's, 255 none. Confirmations: 0 means the default's, 2^64 - 1 none. */
export interface UlnConfig {
  readonly confirmations: bigint;
  readonly requiredCount: number;
  readonly optionalCount: number;
  readonly optionalThreshold: number;
  readonly required: readonly PublicKey[];
  readonly optional: readonly PublicKey[];
}

export interface ExecutorConfig {
  readonly maxMessageSize: number;
  readonly executor: PublicKey;
}

export interface SendConfig {
  readonly uln: UlnConfig;
  readonly executor: ExecutorConfig;
}

const NONE = 255;
const NO_CONFIRMATIONS = 2n ** 64n - 1n;

function readUln(reader: BorshReader): UlnConfig {
  return {
    confirmations: reader.u64(),
    requiredCount: reader.u8(),
    optionalCount: reader.u8(),
    optionalThreshold: reader.u8(),
    required: reader.list(() => reader.key()),
    optional: reader.list(() => reader.key()),
  };
}

export function writeUln(config: UlnConfig): Buffer {
  const writer = new BorshWriter()
    .u64(config.confirmations)
    .u8(config.requiredCount)
    .u8(config.optionalCount)
    .u8(config.optionalThreshold);
  writer.list(config.required, (key) => writer.key(key)).list(config.optional, (key) => writer.key(key));
  return writer.finish();
}

export function writeExecutor(config: ExecutorConfig): Buffer {
  return new BorshWriter().u32(config.maxMessageSize).key(config.executor).finish();
}

export function readSendConfig(data: Uint8Array): SendConfig {
  const reader = new BorshReader(data, accountTag("SendConfig"), "send configuration");
  reader.u8();
  return { uln: readUln(reader), executor: { maxMessageSize: reader.u32(), executor: reader.key() } };
}

export function readReceiveConfig(data: Uint8Array): UlnConfig {
  const reader = new BorshReader(data, accountTag("ReceiveConfig"), "receive configuration");
  reader.u8();
  return readUln(reader);
}

/** Lists of a path that asks for exactly these DVNs, all of them, and inherits nothing. */
export function explicitUln(confirmations: bigint, required: readonly PublicKey[]): UlnConfig {
  const sorted = [...required].sort((a, b) => Buffer.compare(a.toBuffer(), b.toBuffer()));
  return {
    confirmations,
    requiredCount: sorted.length,
    optionalCount: NONE,
    optionalThreshold: 0,
    required: sorted,
    optional: [],
  };
}

/** What holds for a path: each part of its own configuration, or the default's. */
export function effectiveUln(fallback: UlnConfig, own: UlnConfig | null): UlnConfig {
  if (!own) return fallback;
  const confirmations =
    own.confirmations === 0n ? fallback.confirmations : own.confirmations === NO_CONFIRMATIONS ? 0n : own.confirmations;
  const required = own.requiredCount === 0 ? fallback.required : own.requiredCount === NONE ? [] : own.required;
  const optional = own.optionalCount === 0 ? fallback.optional : own.optionalCount === NONE ? [] : own.optional;
  return {
    confirmations,
    requiredCount: required.length,
    optionalCount: optional.length,
    optionalThreshold:
      own.optionalCount === 0 ? fallback.optionalThreshold : own.optionalCount === NONE ? 0 : own.optionalThreshold,
    required,
    optional,
  };
}

export function effectiveExecutor(fallback: ExecutorConfig, own: ExecutorConfig | null): ExecutorConfig {
  if (!own) return fallback;
  return {
    maxMessageSize: own.maxMessageSize || fallback.maxMessageSize,
    executor: own.executor.equals(PublicKey.default) ? fallback.executor : own.executor,
  };
}

/** Where the library's own fee goes, or null. */
export function readTreasury(data: Uint8Array): PublicKey | null {
  const reader = new BorshReader(data, accountTag("UlnSettings"), "library settings");
  reader.u32();
  reader.raw(32 + 32 + 1 + 32);
  return reader.option(() => {
    reader.option(() => reader.key());
    return reader.key();
  });
}

export function readDelegate(data: Uint8Array): PublicKey {
  return new BorshReader(data, accountTag("OAppRegistry"), "OApp registry").key();
}

export function readNonce(data: Uint8Array): { outbound: bigint; inbound: bigint } {
  const reader = new BorshReader(data, accountTag("Nonce"), "nonce");
  reader.u8();
  return { outbound: reader.u64(), inbound: reader.u64() };
}

export function readPayloadHash(data: Uint8Array): Buffer {
  return new BorshReader(data, accountTag("PayloadHash"), "payload hash").raw(32);
}

/** The library that a path names itself; the zero address stands for the default. */
export function readLibrary(data: Uint8Array, kind: "SendLibraryConfig" | "ReceiveLibraryConfig"): PublicKey {
  return new BorshReader(data, accountTag(kind), "library choice").key();
}
