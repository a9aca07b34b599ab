// How the engine reads and writes a Solana chain: versioned transactions, signed before anything is sent.
import {
  ComputeBudgetProgram,
  Keypair,
  PublicKey,
  TransactionMessage,
  VersionedTransaction,
  type TransactionInstruction,
} from "@solana/web3.js";
import { encodeBase58, getBytes } from "ethers";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StunError } from "../../chains/errors";
import { MAX_TRANSACTION_BYTES } from "../../chains/solana/client";
import type { SolanaAccount, SolanaTransport } from "../../chains/solana/transport";
import { localKey } from "../../localnet/keys";
import type { Holder } from "../network";
import { SignerAbsent, type Driver, type Outcome, type Signed } from "../types";
import { seedIn } from "./seed";

export interface SolanaCall {
  readonly vm: "solana";
  readonly instructions: readonly TransactionInstruction[];
  /** Roles whose keys sign beside the payer's, such as those of new accounts. */
  readonly signers?: readonly string[];
}

/** What the driver needs beyond what every Solana client needs. */
export interface SolanaDeployTransport extends SolanaTransport {
  /** Hands a signed transaction to the network; doing it twice is harmless. */
  broadcast(transaction: VersionedTransaction): Promise<void>;
  /** What became of a transaction: undefined while the chain does not know it. */
  status(signature: string): Promise<{ failure?: string; slot: bigint; final: boolean } | undefined>;
  /** A blockhash, and the last block height at which a transaction with it can land. */
  lifetime(): Promise<{ blockhash: string; last: bigint }>;
  /** The height below which nothing changes any more. */
  height(): Promise<bigint>;
}

export interface SolanaDriverOptions {
  chain: string;
  transport: SolanaDeployTransport;
  identity(): Promise<string>;
  holder(role: string): Holder;
}

const UNITS = 400_000;
const POLL_MS = 500;

export class SolanaDriver implements Driver {
  readonly chain: string;
  readonly transport: SolanaDeployTransport;

  constructor(private readonly options: SolanaDriverOptions) {
    this.chain = options.chain;
    this.transport = options.transport;
  }

  identity(): Promise<string> {
    return this.options.identity();
  }

  async account(address: PublicKey): Promise<SolanaAccount | undefined> {
    return (await this.transport.accounts([address]))[0] ?? undefined;
  }

  addressOf(role: string): string {
    return this.keyOf(role).toBase58();
  }

  keyOf(role: string): PublicKey {
    const holder = this.options.holder(role);
    if (holder.kind === "local") return localSolanaKey(holder.name).publicKey;
    if (holder.kind === "contract") {
      throw new StunError(
        `Role '${role}' is the contract '${holder.name}' on ${this.chain}, which this deployment does not create; correct the network file.`,
      );
    }
    return new PublicKey(holder.address);
  }

  async sign(call: SolanaCall, role: string): Promise<Signed> {
    const signers = [role, ...(call.signers ?? [])].map((name) => this.keypair(name));
    const { blockhash, last } = await this.transport.lifetime();
    const message = new TransactionMessage({
      payerKey: signers[0]!.publicKey,
      recentBlockhash: blockhash,
      instructions: [ComputeBudgetProgram.setComputeUnitLimit({ units: UNITS }), ...call.instructions],
    }).compileToV0Message();
    const transaction = new VersionedTransaction(message);
    transaction.sign(signers);
    const bytes = transaction.serialize();
    if (bytes.length > MAX_TRANSACTION_BYTES) {
      throw new StunError(`the transaction has ${bytes.length} bytes, and the network takes ${MAX_TRANSACTION_BYTES}`);
    }
    const { failure } = await this.transport.simulate(transaction);
    if (failure !== undefined) throw new StunError(`the transaction would fail: ${failure}`);
    return {
      id: encodeBase58(transaction.signatures[0]!),
      from: signers[0]!.publicKey.toBase58(),
      raw: Buffer.from(bytes).toString("base64"),
      limit: last.toString(),
    };
  }

  async broadcast(signed: Signed): Promise<void> {
    await this.transport.broadcast(VersionedTransaction.deserialize(Buffer.from(signed.raw, "base64")));
  }

  async outcome(signed: Signed): Promise<Outcome> {
    // The height is read first: what lands in between is then seen by its status.
    const height = await this.transport.height();
    const status = await this.transport.status(signed.id);
    if (status?.failure !== undefined) return { state: "failed", reason: status.failure };
    if (status) return { state: "landed", block: status.slot.toString(), final: status.final };
    if (height > BigInt(signed.limit))
      return { state: "dead", reason: `its blockhash was too old after block ${signed.limit}` };
    return { state: "pending" };
  }

  async settle(signed: Signed, final = false): Promise<Outcome> {
    for (;;) {
      const outcome = await this.outcome(signed);
      if (outcome.state !== "pending" && !(final && outcome.state === "landed" && !outcome.final)) return outcome;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (outcome.state === "pending") await this.broadcast(signed).catch(() => undefined);
    }
  }

  /** Instructions in the form in which Squads and other signers' tools take them. */
  async writeUnsigned(directory: string, role: string, calls: { title: string; call: SolanaCall }[]): Promise<string> {
    const path = join(directory, `${this.chain}-${role}.json`);
    const request = {
      payer: this.addressOf(role),
      transactions: calls.map(({ title, call }) => ({
        title,
        signers: [role, ...(call.signers ?? [])].map((name) => this.addressOf(name)),
        instructions: call.instructions.map(({ programId, keys, data }) => ({
          programId: programId.toBase58(),
          accounts: keys.map(({ pubkey, isSigner, isWritable }) => ({
            pubkey: pubkey.toBase58(),
            isSigner,
            isWritable,
          })),
          data: data.toString("base64"),
        })),
      })),
    };
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${path}.new`, `${JSON.stringify(request, null, 2)}\n`);
    renameSync(`${path}.new`, path);
    return path;
  }

  private keypair(role: string): Keypair {
    const holder = this.options.holder(role);
    if (holder.kind === "local") return localSolanaKey(holder.name);
    if (holder.kind === "env") {
      const seed = seedIn(holder.variable);
      if (seed !== undefined) {
        const key = Keypair.fromSeed(getBytes(seed));
        if (key.publicKey.toBase58() === holder.address) return key;
        throw new StunError(
          `The seed in ${holder.variable} belongs to ${key.publicKey.toBase58()}, not to ${holder.address}: set the right one or correct the network file.`,
        );
      }
    }
    throw new SignerAbsent(role, this.addressOf(role));
  }
}

/** The key of a name on local networks. */
export function localSolanaKey(name: string): Keypair {
  return Keypair.fromSeed(getBytes(localKey(name)));
}
