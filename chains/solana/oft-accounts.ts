// The accounts of the OFT program, as their bytes say them.
import { PublicKey } from "@solana/web3.js";
import { accountTag } from "./anchor";
import { BorshReader } from "./borsh";

export interface OftStore {
  readonly type: number;
  readonly rate: bigint;
  readonly mint: PublicKey;
  readonly escrow: PublicKey;
  readonly endpoint: PublicKey;
  readonly admin: PublicKey;
  readonly feeBps: number;
  readonly paused: boolean;
  readonly pauser: PublicKey | null;
  readonly unpauser: PublicKey | null;
  readonly version: number;
  readonly pendingAdmin: PublicKey | null;
  readonly limiter: PublicKey | null;
  readonly mintCap: bigint;
  readonly held: bigint;
  readonly pausedUntil: bigint;
  readonly pauseAllowedAt: bigint;
}

export function readStore(data: Uint8Array): OftStore {
  const r = new BorshReader(data, accountTag("OFTStore"), "OFT store");
  const key = (): PublicKey => r.key();
  const [type, rate, mint, escrow, endpoint] = [r.u8(), r.u64(), r.key(), r.key(), r.key()];
  r.u8();
  r.u64();
  return {
    type,
    rate,
    mint,
    escrow,
    endpoint,
    admin: r.key(),
    feeBps: r.u16(),
    paused: r.bool(),
    pauser: r.option(key),
    unpauser: r.option(key),
    version: r.u8(),
    pendingAdmin: r.option(key),
    limiter: r.option(key),
    mintCap: r.u64(),
    held: r.u64(),
    pausedUntil: r.i64(),
    pauseAllowedAt: r.i64(),
  };
}

export interface RateLimit {
  readonly capacity: bigint;
  readonly tokens: bigint;
  readonly refillPerSecond: bigint;
  readonly lastRefill: bigint;
}

export interface Peer {
  readonly address: Buffer;
  readonly send: Buffer;
  readonly sendAndCall: Buffer;
  readonly outbound: RateLimit | null;
  readonly inbound: RateLimit | null;
  readonly feeBps: number | null;
  readonly version: number;
  /** What flowed beyond a capacity that was lowered afterwards; it is refilled first. */
  readonly outboundDebt: bigint;
  readonly inboundDebt: bigint;
}

export function readPeer(data: Uint8Array): Peer {
  const r = new BorshReader(data, accountTag("PeerConfig"), "peer");
  const limit = (): RateLimit => ({
    capacity: r.u64(),
    tokens: r.u64(),
    refillPerSecond: r.u64(),
    lastRefill: r.u64(),
  });
  const peer = {
    address: r.raw(32),
    send: r.bytes(),
    sendAndCall: r.bytes(),
    outbound: r.option(limit),
    inbound: r.option(limit),
    feeBps: r.option(() => r.u16()),
  };
  r.u8();
  return { ...peer, version: r.u8(), outboundDebt: r.u64(), inboundDebt: r.u64() };
}

/** What a limit lets through at `now`; a direction without a limit is closed. */
export function available(limit: RateLimit | null, debt: bigint, now: bigint): bigint {
  if (!limit) return 0n;
  const elapsed = now > limit.lastRefill ? now - limit.lastRefill : 0n;
  const gained = elapsed * limit.refillPerSecond;
  const tokens = limit.tokens + (gained > debt ? gained - debt : 0n);
  return tokens < limit.capacity ? tokens : limit.capacity;
}

export const HELD_REASONS = ["", "Paused", "RateLimit", "MintCap", "NoRecipient", "Destination"] as const;

export interface HeldEntry {
  readonly version: number;
  readonly reason: number;
  readonly srcEid: number;
  readonly recipient: PublicKey;
  readonly guid: Buffer;
  readonly amount: bigint;
  readonly remaining: bigint;
  readonly heldAt: bigint;
}

/** Where the recipient stands in an entry's bytes. */
export const HELD_RECIPIENT_OFFSET = 15;

export function readHeld(data: Uint8Array): HeldEntry {
  const r = new BorshReader(data, accountTag("HeldEntry"), "held entry");
  const version = r.u8();
  r.u8();
  return {
    version,
    reason: r.u8(),
    srcEid: r.u32(),
    recipient: r.key(),
    guid: r.raw(32),
    amount: r.u64(),
    remaining: r.u64(),
    heldAt: r.i64(),
  };
}
