// Builds, signs and sends transactions, and reads accounts, over any transport.
import {
  AddressLookupTableAccount,
  ComputeBudgetProgram,
  type Keypair,
  type PublicKey,
  type TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from "@solana/web3.js";
import { StunError } from "../errors";
import { failure } from "./errors";
import type { RawOutcome, SolanaAccount, SolanaTransport } from "./transport";

/** The network takes no larger transaction. */
export const MAX_TRANSACTION_BYTES = 1_232;
const DEFAULT_UNITS = 400_000;

export interface SendOptions {
  /** Who signs beside the payer. */
  readonly signers?: readonly Keypair[];
  readonly tables?: readonly AddressLookupTableAccount[];
  /** Compute units asked for. */
  readonly units?: number;
  /** Bytes of heap, for programs that need more than 32 KiB. */
  readonly heap?: number;
}

export interface Outcome extends RawOutcome {
  /** Size of the signed transaction. */
  readonly bytes: number;
}

export class SolanaClient {
  constructor(
    readonly transport: SolanaTransport,
    readonly payer: Keypair,
  ) {}

  /** The same network, paid for by another. */
  as(payer: Keypair): SolanaClient {
    return new SolanaClient(this.transport, payer);
  }

  async account(address: PublicKey): Promise<SolanaAccount | null> {
    return (await this.transport.accounts([address]))[0]!;
  }

  /** The account at `address`, which must exist. */
  async existing(address: PublicKey, what: string): Promise<SolanaAccount> {
    const account = await this.account(address);
    if (!account) throw new StunError(`There is no ${what} at ${address.toBase58()}.`);
    return account;
  }

  async balance(address: PublicKey): Promise<bigint> {
    return (await this.account(address))?.lamports ?? 0n;
  }

  /** Sends and throws a `SolanaError` when the transaction fails; `what` says what it does. */
  async send(what: string, calls: readonly TransactionInstruction[], options: SendOptions = {}): Promise<Outcome> {
    const outcome = await this.attempt(calls, options);
    if (outcome.failure !== undefined) throw failure(what, outcome);
    return outcome;
  }

  /** Sends and returns the outcome, whether the transaction succeeds or fails. */
  async attempt(calls: readonly TransactionInstruction[], options: SendOptions = {}): Promise<Outcome> {
    const transaction = await this.build(calls, options);
    return { ...(await this.transport.send(transaction)), bytes: transaction.serialize().length };
  }

  /** Runs a transaction without keeping what it does; throws when it fails. */
  async simulate(what: string, calls: readonly TransactionInstruction[], options: SendOptions = {}): Promise<Outcome> {
    const transaction = await this.build(calls, options);
    const outcome = { ...(await this.transport.simulate(transaction)), bytes: transaction.serialize().length };
    if (outcome.failure !== undefined) throw failure(what, outcome);
    return outcome;
  }

  private async build(calls: readonly TransactionInstruction[], options: SendOptions): Promise<VersionedTransaction> {
    const units = ComputeBudgetProgram.setComputeUnitLimit({ units: options.units ?? DEFAULT_UNITS });
    const heap = options.heap === undefined ? [] : [ComputeBudgetProgram.requestHeapFrame({ bytes: options.heap })];
    const message = new TransactionMessage({
      payerKey: this.payer.publicKey,
      recentBlockhash: await this.transport.blockhash(),
      instructions: [units, ...heap, ...calls],
    }).compileToV0Message([...(options.tables ?? [])]);
    const transaction = new VersionedTransaction(message);
    const others = (options.signers ?? []).filter((signer) => !signer.publicKey.equals(this.payer.publicKey));
    transaction.sign([this.payer, ...others]);
    const { length } = transaction.serialize();
    if (length > MAX_TRANSACTION_BYTES) {
      throw new StunError(
        `The transaction has ${length} bytes and the network takes ${MAX_TRANSACTION_BYTES}: use a lookup table.`,
      );
    }
    return transaction;
  }

  /** A lookup table as transactions use it. */
  async table(address: PublicKey): Promise<AddressLookupTableAccount> {
    const { data } = await this.existing(address, "lookup table");
    return new AddressLookupTableAccount({ key: address, state: AddressLookupTableAccount.deserialize(data) });
  }
}
