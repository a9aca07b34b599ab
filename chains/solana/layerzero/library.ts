// The message library: what a send must be given, and how DVNs verify.
import { type AccountMeta, PublicKey, TransactionInstruction } from "@solana/web3.js";
import { getBytes, keccak256 } from "ethers";
import { StunError } from "../../errors";
import { accountTag, instructionTag } from "../anchor";
import { BorshReader, BorshWriter } from "../borsh";
import type { SolanaClient } from "../client";
import { ENDPOINT, LIBRARY, endpointAccounts as at, eventAuthority, libraryAccounts, type Channel } from "./addresses";
import { SYSTEM, meta, verifyAccounts } from "./endpoint";
import {
  effectiveExecutor,
  effectiveUln,
  readReceiveConfig,
  readSendConfig,
  readTreasury,
  type ExecutorConfig,
  type UlnConfig,
} from "./state";

/** A worker with the accounts that its price comes from. */
interface Worker {
  readonly program: PublicKey;
  readonly config: PublicKey;
  readonly feedProgram: PublicKey;
  readonly feed: PublicKey;
}

/** How messages leave on a path now. */
export interface SendPath {
  readonly channel: Channel;
  readonly uln: UlnConfig;
  readonly executor: ExecutorConfig;
  readonly treasury: PublicKey | null;
  readonly workers: readonly Worker[];
}

/** Reads a worker's price feed out of its configuration, behind lists of any length. */
function feedOf(kind: "executor" | "dvn", data: Buffer): PublicKey {
  const reader = new BorshReader(data, accountTag(kind === "executor" ? "ExecutorConfig" : "DvnConfig"), kind);
  const keys = (lists: number): void => {
    for (let i = 0; i < lists; i++) reader.list(() => reader.key());
  };
  if (kind === "executor") {
    // bump, owner; allowed, denied, admins, executors, libraries; paused, multiplier
    reader.raw(1 + 32);
    keys(5);
    reader.raw(1 + 2);
  } else {
    // id, bump; signers, quorum; allowed, denied; paused; libraries, admins
    reader.raw(4 + 1);
    reader.list(() => reader.raw(64));
    reader.u8();
    keys(2);
    reader.bool();
    keys(2);
  }
  return reader.key();
}

export async function readSendPath(client: SolanaClient, channel: Channel): Promise<SendPath> {
  const eid = channel.remoteEid;
  const [own, fallback, settings] = await client.transport.accounts([
    libraryAccounts.send(eid, channel.local),
    libraryAccounts.send(eid),
    libraryAccounts.settings(),
  ]);
  if (!fallback || !settings) throw new StunError(`LayerZero has no path from Solana to endpoint ${eid}.`);
  const defaults = readSendConfig(fallback.data);
  const chosen = own ? readSendConfig(own.data) : null;
  const uln = effectiveUln(defaults.uln, chosen?.uln ?? null);
  const executor = effectiveExecutor(defaults.executor, chosen?.executor ?? null);
  const configs = [executor.executor, ...uln.required, ...uln.optional];
  const accounts = await client.transport.accounts(configs);
  const feeds = accounts.map((account, i) => {
    if (!account) throw new StunError(`There is no worker at ${configs[i]!.toBase58()}.`);
    return feedOf(i === 0 ? "executor" : "dvn", account.data);
  });
  const feedAccounts = await client.transport.accounts(feeds);
  const workers = configs.map((config, i) => ({
    program: accounts[i]!.owner,
    config,
    feedProgram: feedAccounts[i]!.owner,
    feed: feeds[i]!,
  }));
  return { channel, uln, executor, treasury: readTreasury(settings.data), workers };
}

function workerAccounts(path: SendPath, paid: boolean): AccountMeta[] {
  return path.workers.flatMap((worker) => [
    meta(worker.program),
    meta(worker.config, paid ? "w" : ""),
    meta(worker.feedProgram),
    meta(worker.feed),
  ]);
}

/** The three configurations that stand at the head of the library's accounts. */
function configurations(path: SendPath): AccountMeta[] {
  const { local, remoteEid } = path.channel;
  return [
    meta(libraryAccounts.settings()),
    meta(libraryAccounts.send(remoteEid, local)),
    meta(libraryAccounts.send(remoteEid)),
  ];
}

function libraryChoice(path: SendPath): AccountMeta[] {
  const { local, remoteEid } = path.channel;
  return [
    meta(LIBRARY),
    meta(at.sendLibrary(remoteEid, local)),
    meta(at.sendLibrary(remoteEid)),
    meta(at.libraryInfo(libraryAccounts.settings())),
    meta(at.settings()),
  ];
}

/** Remaining accounts of an OApp's instruction that asks for a price: all read-only. */
export function quoteAccounts(path: SendPath): AccountMeta[] {
  return [
    meta(ENDPOINT),
    ...libraryChoice(path),
    meta(at.nonce(path.channel)),
    ...configurations(path),
    ...workerAccounts(path, false),
  ];
}

/** Remaining accounts of an OApp's instruction that sends; `payer` pays the workers. */
export function sendAccounts(path: SendPath, payer: PublicKey): AccountMeta[] {
  return [
    meta(ENDPOINT),
    meta(path.channel.local),
    ...libraryChoice(path),
    meta(at.nonce(path.channel), "w"),
    meta(eventAuthority(ENDPOINT)),
    meta(ENDPOINT),
    ...configurations(path),
    meta(payer, "sw"),
    meta(path.treasury ?? LIBRARY, path.treasury ? "w" : ""),
    SYSTEM,
    meta(eventAuthority(LIBRARY)),
    meta(LIBRARY),
    ...workerAccounts(path, true),
  ];
}

export function payloadHash(guid: Uint8Array, message: Uint8Array): Buffer {
  return Buffer.from(getBytes(keccak256(Buffer.concat([guid, message]))));
}

/** The parts of a wire packet that DVNs attest to: header (81 bytes) and payload hash. */
export function attested(packet: Uint8Array): { header: Buffer; hash: Buffer } {
  return {
    header: Buffer.from(packet.subarray(0, 81)),
    hash: payloadHash(packet.subarray(81, 113), packet.subarray(113)),
  };
}

function call(name: string, keys: AccountMeta[], args: BorshWriter): TransactionInstruction {
  const data = Buffer.concat([instructionTag(name), args.finish()]);
  return new TransactionInstruction({ programId: LIBRARY, keys, data });
}

/** Anyone: makes room for a DVN's attestation. */
export function initAttestation(payer: PublicKey, packet: Uint8Array, dvn: PublicKey): TransactionInstruction {
  const { header, hash } = attested(packet);
  const keys = [meta(payer, "sw"), meta(libraryAccounts.confirmations(header, hash, dvn), "w"), SYSTEM];
  return call("init_verify", keys, new BorshWriter().raw(header).raw(hash).key(dvn));
}

/** A DVN attests to a packet. */
export function attest(dvn: PublicKey, packet: Uint8Array, confirmations: bigint): TransactionInstruction {
  const { header, hash } = attested(packet);
  const keys = [
    meta(dvn, "s"),
    meta(libraryAccounts.confirmations(header, hash, dvn), "w"),
    meta(eventAuthority(LIBRARY)),
    meta(LIBRARY),
  ];
  return call("verify", keys, new BorshWriter().raw(header).raw(hash).u64(confirmations));
}

/** How messages arrive on a path now. */
export async function readReceivePath(client: SolanaClient, channel: Channel): Promise<UlnConfig> {
  const eid = channel.remoteEid;
  const [own, fallback] = await client.transport.accounts([
    libraryAccounts.receive(eid, channel.local),
    libraryAccounts.receive(eid),
  ]);
  if (!fallback) throw new StunError(`LayerZero has no path from endpoint ${eid} to Solana.`);
  return effectiveUln(readReceiveConfig(fallback.data), own ? readReceiveConfig(own.data) : null);
}

/** Anyone: commits a packet to the endpoint once enough DVNs have attested to it. */
export function commitVerification(
  uln: UlnConfig,
  channel: Channel,
  nonce: bigint,
  packet: Uint8Array,
): TransactionInstruction {
  const { header, hash } = attested(packet);
  const keys = [
    meta(libraryAccounts.receive(channel.remoteEid, channel.local)),
    meta(libraryAccounts.receive(channel.remoteEid)),
    meta(libraryAccounts.settings()),
    ...[...uln.required, ...uln.optional].map((dvn) => meta(libraryAccounts.confirmations(header, hash, dvn))),
    ...verifyAccounts(channel, nonce),
  ];
  return call("commit_verification", keys, new BorshWriter().raw(header).raw(hash));
}
