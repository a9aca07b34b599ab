// What a TON client needs of a network: a local sandbox and a real node answer the same questions.
import type { Address, Cell, StateInit, TupleItem, TupleReader } from "@ton/core";

export interface TonAccount {
  readonly state: "none" | "uninitialized" | "active" | "frozen";
  /** Nanotons. */
  readonly balance: bigint;
  readonly code: Cell | null;
  readonly data: Cell | null;
}

export interface TonMessage {
  readonly to: Address;
  /** Nanotons. */
  readonly value: bigint;
  readonly body?: Cell;
  readonly init?: StateInit;
  /** True unless the receiver may be without code. */
  readonly bounce?: boolean;
}

/** A wallet that can send messages. */
export interface TonSigner {
  readonly address: Address;
  /** Resolves when the wallet has sent it; what the receiver does with it shows in the receiver's state. */
  send(message: TonMessage): Promise<void>;
}

export interface TonTransport {
  /** The chain's own clock, unix seconds. */
  now(): Promise<bigint>;
  account(address: Address): Promise<TonAccount>;
  /** Runs a get-method; throws when the account has no code or the method fails. */
  get(address: Address, method: string, args?: TupleItem[]): Promise<TupleReader>;
}
