// The executor's side of a delivery: ask the receiver's program for its accounts, then execute.
import { type AccountMeta, type AddressLookupTableAccount, PublicKey, TransactionInstruction } from "@solana/web3.js";
import { StunError } from "../../errors";
import { accountTag, instructionTag } from "../anchor";
import { BorshReader, BorshWriter } from "../borsh";
import type { SolanaClient } from "../client";
import { ENDPOINT, EXECUTOR, derive, eventAuthority, executorConfig } from "./addresses";
import { meta } from "./endpoint";

/** One delivery as the receiver's program gets it. */
export interface Delivery {
  readonly receiver: PublicKey;
  readonly srcEid: number;
  readonly sender: Uint8Array;
  readonly nonce: bigint;
  readonly guid: Uint8Array;
  readonly message: Uint8Array;
}

function parameters(delivery: Delivery): Buffer {
  return new BorshWriter()
    .u32(delivery.srcEid)
    .raw(delivery.sender)
    .u64(delivery.nonce)
    .raw(delivery.guid)
    .bytes(delivery.message)
    .bytes(Buffer.alloc(0))
    .finish();
}

/** A delivery's instruction, and the lookup tables that the receiver proposes for it. */
export interface Plan {
  readonly accounts: AccountMeta[];
  readonly tables: AddressLookupTableAccount[];
}

const typesAccount = (program: PublicKey, receiver: PublicKey): PublicKey =>
  derive(program, "LzReceiveTypes", receiver)[0];

async function ask(
  client: SolanaClient,
  program: PublicKey,
  name: string,
  keys: PublicKey[],
  delivery: Delivery,
): Promise<Buffer> {
  const data = Buffer.concat([instructionTag(name), parameters(delivery)]);
  const call = new TransactionInstruction({ programId: program, keys: keys.map((key) => meta(key)), data });
  const { returned } = await client.simulate(`learn the accounts of a delivery (${name})`, [call]);
  if (!returned?.program.equals(program))
    throw new StunError(`Program ${program.toBase58()} answers nothing to ${name}.`);
  return returned.data;
}

async function programOf(client: SolanaClient, receiver: PublicKey): Promise<PublicKey> {
  return (await client.existing(receiver, "receiver")).owner;
}

/** The accounts of a delivery by the first protocol: a list. `executor` stands where the receiver leaves its place. */
export async function planV1(client: SolanaClient, delivery: Delivery, executor: PublicKey): Promise<Plan> {
  const program = await programOf(client, delivery.receiver);
  const { data } = await client.existing(typesAccount(program, delivery.receiver), "delivery description");
  const listed = new BorshReader(data, accountTag("LzReceiveTypesAccounts"), "delivery description");
  const keys: PublicKey[] = [];
  while (listed.left >= 32) keys.push(listed.key());
  const reader = new BorshReader(await ask(client, program, "lz_receive_types", keys, delivery));
  const accounts = reader.list(() => {
    const pubkey = reader.key();
    const [isSigner, isWritable] = [reader.bool(), reader.bool()];
    return { pubkey: isSigner && pubkey.equals(PublicKey.default) ? executor : pubkey, isSigner, isWritable };
  });
  return { accounts, tables: [] };
}

/** The accounts of a delivery by the second protocol: locators, some of them positions in a lookup table. */
export async function planV2(client: SolanaClient, delivery: Delivery, executor: PublicKey): Promise<Plan> {
  const program = await programOf(client, delivery.receiver);
  const types = typesAccount(program, delivery.receiver);
  const info = new BorshReader(
    await ask(client, program, "lz_receive_types_info", [delivery.receiver, types], delivery),
  );
  const version = info.u8();
  if (version !== 2) throw new StunError(`Deliveries of version ${version} are not known, only of version 2.`);
  const keys = info.list(() => info.key());
  const reader = new BorshReader(await ask(client, program, "lz_receive_types_v2", keys, delivery));
  reader.u8();
  const tables = await Promise.all(reader.list(() => reader.key()).map((key) => client.table(key)));
  const instructions = reader.u32();
  const kind = reader.u8();
  if (instructions !== 1 || kind !== 0)
    throw new StunError("A delivery of more than one instruction is not supported.");
  const locate = (): { pubkey: PublicKey; isSigner: boolean } => {
    const tag = reader.u8();
    if (tag === 0) return { pubkey: reader.key(), isSigner: false };
    if (tag === 1) {
      const [table, index] = [reader.u8(), reader.u8()];
      return { pubkey: tables[table]!.state.addresses[index]!, isSigner: false };
    }
    if (tag === 2) return { pubkey: executor, isSigner: true };
    throw new StunError(`A delivery names an account in way ${tag}, which is not supported.`);
  };
  const accounts = reader.list(() => ({ ...locate(), isWritable: reader.bool() }));
  return { accounts, tables };
}

/** The delivery itself, which anyone may call. */
export async function receiveCall(
  client: SolanaClient,
  delivery: Delivery,
  accounts: AccountMeta[],
): Promise<TransactionInstruction> {
  const data = Buffer.concat([instructionTag("lz_receive"), parameters(delivery)]);
  return new TransactionInstruction({ programId: await programOf(client, delivery.receiver), keys: accounts, data });
}

/** The same through the executor's program, which refuses a delivery that costs it more than `value` lamports. */
export async function executeCall(
  client: SolanaClient,
  delivery: Delivery,
  accounts: AccountMeta[],
  executor: PublicKey,
  value: bigint,
  units: bigint,
): Promise<TransactionInstruction> {
  const program = await programOf(client, delivery.receiver);
  const args = new BorshWriter().key(delivery.receiver).raw(parameters(delivery)).u64(value).u64(units).finish();
  const keys = [
    meta(executor, "sw"),
    meta(executorConfig()),
    meta(ENDPOINT),
    meta(eventAuthority(ENDPOINT)),
    meta(eventAuthority(EXECUTOR)),
    meta(EXECUTOR),
    meta(program),
    ...accounts,
  ];
  return new TransactionInstruction({
    programId: EXECUTOR,
    keys,
    data: Buffer.concat([instructionTag("execute"), args]),
  });
}
