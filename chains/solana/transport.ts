// What a client needs of a Solana network: read accounts, send, simulate. An embedded network and a JSON-RPC node both
// give it, so that everything above works on either.
import type { PublicKey, VersionedTransaction } from "@solana/web3.js";

export interface SolanaAccount {
  readonly owner: PublicKey;
  readonly lamports: bigint;
  readonly data: Buffer;
}

/** An instruction that a program ran inside another. */
export interface InnerCall {
  readonly program: PublicKey;
  readonly data: Buffer;
}

export interface RawOutcome {
  readonly signature: string;
  /** What the network says of a transaction that failed; absent when it succeeded. */
  readonly failure?: string;
  readonly logs: readonly string[];
  readonly units: bigint;
  readonly returned?: { readonly program: PublicKey; readonly data: Buffer };
  readonly inner: readonly InnerCall[];
}

export interface SolanaTransport {
  accounts(addresses: readonly PublicKey[]): Promise<(SolanaAccount | null)[]>;
  /** The accounts of `program` whose data has `bytes` at `offset`. */
  programAccounts(
    program: PublicKey,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ address: PublicKey; account: SolanaAccount }[]>;
  blockhash(): Promise<string>;
  slot(): Promise<bigint>;
  /** Unix seconds. */
  time(): Promise<bigint>;
  /** Lamports that an account of so many bytes must have. */
  rent(bytes: number): Promise<bigint>;
  /** Sends a signed transaction and waits for its end; a transaction that fails is an outcome, not an exception. */
  send(transaction: VersionedTransaction): Promise<RawOutcome>;
  simulate(transaction: VersionedTransaction): Promise<RawOutcome>;
}
