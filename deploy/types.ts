// The words that the engine, the drivers and the steps share.
import type { EvmCall } from "./drivers/evm";
import type { SolanaCall } from "./drivers/solana";
import type { TonCall } from "./drivers/ton";

/** A transaction before it is signed; each driver knows its own. */
export type Call = EvmCall | SolanaCall | TonCall;

/** A signed transaction. It is in the journal, on disk, before any node sees it. */
export interface Signed {
  /** How the chain names it: hash or signature. */
  readonly id: string;
  readonly from: string;
  /** The signed bytes, in the encoding that the chain's nodes take. */
  readonly raw: string;
  /** After this nonce, block height or time the transaction can no longer land; read by its driver alone. */
  readonly limit: string;
}

/** What became of a signed transaction. */
export type Outcome =
  /** On the chain; `final` when so deep that it counts as irrevocable. */
  | { state: "landed"; block: string; final: boolean }
  /** It is on the chain and did nothing. */
  | { state: "failed"; reason: string }
  /** It is not on the chain and can still land: only this same transaction may be sent again. */
  | { state: "pending" }
  /** It is not on the chain and can never land: signing another one is safe. */
  | { state: "dead"; reason: string };

/** What the engine needs of a chain. */
export interface Driver {
  readonly chain: string;
  /** Differs between any two chains, also between two runs of a local one: a journal belongs to one of each. */
  identity(): Promise<string>;
  /** Signs and sends nothing. Throws a `SignerAbsent` when the key of `role` is not here. */
  sign(call: Call, role: string): Promise<Signed>;
  /** Hands a signed transaction to the chain; doing it twice is harmless. */
  broadcast(signed: Signed): Promise<void>;
  outcome(signed: Signed): Promise<Outcome>;
  /** Waits until a transaction that was broadcast is no longer pending (or is final), or a few minutes have passed. */
  settle(signed: Signed, final?: boolean): Promise<Outcome>;
  /** The same transaction at the present price, where at most one of the two can land; absent where prices do not matter. */
  reprice?(signed: Signed, role: string): Promise<Signed>;
  /** How long after its transaction a state may take to change, in milliseconds; 0 when it does so at once. */
  readonly lagMs?: number;
  /** Writes calls that await another signer to a file in `directory`; returns its path. */
  writeUnsigned(directory: string, role: string, calls: { title: string; call: Call }[]): Promise<string>;
}

/** One thing that must be true of a chain, how to see whether it is, and one transaction that makes it so. */
export interface Step {
  /** Unique in the network, such as `base/token/peer`. */
  readonly id: string;
  readonly title: string;
  readonly chain: string;
  /** Ids of steps, on any chain, that come first. Steps of one chain also run in their order. */
  readonly needs?: readonly string[];
  /** A transfer: doing it again would do it twice, so the journal's word counts before the chain's. */
  readonly once?: boolean;
  /** What `found` returns when the step is done. */
  readonly wanted: string;
  /** What the chain says now; undefined when nothing is there yet. */
  found(): Promise<string | undefined>;
  /** The role that signs: a function where it changes hands during the deployment. */
  readonly by?: string | (() => Promise<string>);
  /** Absent when the step only waits for something that another step set in motion. */
  call?(): Promise<Call>;
  /** Done again and again while the step waits. */
  readonly meanwhile?: () => Promise<void>;
}

export type Reading = { state: "done"; found: string } | { state: "missing" } | { state: "different"; found: string };

/** Who holds a power on a chain, and who should. */
export interface Power {
  readonly chain: string;
  /** The contract, program or account that the power is over. */
  readonly subject: string;
  readonly power: string;
  /** Every address that holds it now; empty when nobody does. */
  holders(): Promise<string[]>;
  /** The addresses that may hold it; empty when nobody may. */
  readonly declared: readonly string[];
}

/** A fact that only `verify` looks at: it follows from steps and cannot be set on its own, such as code. */
export interface Check {
  readonly chain: string;
  readonly title: string;
  readonly wanted: string;
  found(): Promise<string | undefined>;
}

/** All that is to be true of a network. */
export interface Deployment {
  readonly steps: readonly Step[];
  readonly powers: readonly Power[];
  readonly checks: readonly Check[];
  /** Names of addresses, for people. */
  readonly names: ReadonlyMap<string, string>;
  /** Addresses by chain and contract. */
  readonly contracts: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The key of a role is not on this machine; its transactions can be written to a file for whoever has it. */
export class SignerAbsent extends Error {
  override readonly name = "SignerAbsent";

  constructor(
    readonly role: string,
    readonly address: string,
  ) {
    super(`The key of role '${role}' (${address}) is not here.`);
  }
}
