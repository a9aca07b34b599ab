// A Solana network behind JSON-RPC.
import { Connection, PublicKey, type VersionedTransaction } from "@solana/web3.js";
import { decodeBase58, encodeBase58, toBeArray } from "ethers";
import { StunError, messageOf } from "../errors";
import type { RawOutcome, SolanaAccount, SolanaTransport } from "./transport";

/** How long a transaction may take to be seen before the caller is told that its end is unknown. */
const PATIENCE_MS = 90_000;
const POLL_MS = 500;

type Wire = { owner: PublicKey; lamports: number; data: Buffer };

function account(wire: Wire): SolanaAccount {
  return { owner: wire.owner, lamports: BigInt(wire.lamports), data: wire.data };
}

function base58Bytes(text: string): Buffer {
  const zeros = /^1*/.exec(text)![0].length;
  const number = decodeBase58(text);
  return Buffer.concat([Buffer.alloc(zeros), number === 0n ? Buffer.alloc(0) : toBeArray(number)]);
}

export class RpcTransport implements SolanaTransport {
  private constructor(private readonly connection: Connection) {}

  /** Connects to `url`; fails when nothing answers there. Messages call the URL `name`, where it is a secret. */
  static async connect(url: string, name = url): Promise<RpcTransport> {
    const transport = new RpcTransport(new Connection(url, "confirmed"));
    try {
      await transport.slot();
    } catch (error) {
      const reason = messageOf(error).replaceAll(url, name);
      throw new StunError(`The Solana node at ${name} does not answer: ${reason}. Check the URL.`, error);
    }
    return transport;
  }

  /** Differs between any two clusters. */
  genesisHash(): Promise<string> {
    return this.connection.getGenesisHash();
  }

  async lifetime(): Promise<{ blockhash: string; last: bigint }> {
    const { blockhash, lastValidBlockHeight } = await this.connection.getLatestBlockhash();
    return { blockhash, last: BigInt(lastValidBlockHeight) };
  }

  /** Of the newest final block, so that no fork can still bring a transaction of an earlier one. */
  async height(): Promise<bigint> {
    return BigInt(await this.connection.getBlockHeight("finalized"));
  }

  /** Hands a signed transaction to the node and does not wait for its end. */
  async broadcast(transaction: VersionedTransaction): Promise<void> {
    await this.connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
  }

  /** What became of a transaction, once most validators have voted on its block; `depth` is absent when it is final. */
  async status(signature: string): Promise<{ failure?: string; slot: bigint; depth?: bigint } | undefined> {
    const { value } = await this.connection.getSignatureStatus(signature, { searchTransactionHistory: true });
    if (!value || value.confirmationStatus === "processed") return undefined;
    return {
      slot: BigInt(value.slot),
      ...(value.err === null ? {} : { failure: JSON.stringify(value.err) }),
      ...(value.confirmations === null ? {} : { depth: BigInt(value.confirmations) }),
    };
  }

  async accounts(addresses: readonly PublicKey[]): Promise<(SolanaAccount | null)[]> {
    const found: (SolanaAccount | null)[] = [];
    // a node answers for at most a hundred accounts at once
    for (let from = 0; from < addresses.length; from += 100) {
      const part = await this.connection.getMultipleAccountsInfo(addresses.slice(from, from + 100) as PublicKey[]);
      found.push(...part.map((info) => (info ? account(info) : null)));
    }
    return found;
  }

  async programAccounts(
    program: PublicKey,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ address: PublicKey; account: SolanaAccount }[]> {
    const filters = [{ memcmp: { offset, bytes: encodeBase58(bytes) } }];
    const found = await this.connection.getProgramAccounts(program, { filters });
    return found.map(({ pubkey, account: info }) => ({ address: pubkey, account: account(info) }));
  }

  async blockhash(): Promise<string> {
    return (await this.connection.getLatestBlockhash()).blockhash;
  }

  async slot(): Promise<bigint> {
    return BigInt(await this.connection.getSlot());
  }

  async time(): Promise<bigint> {
    const time = await this.connection.getBlockTime(await this.connection.getSlot());
    if (time === null) throw new StunError("The Solana node does not know the time of its last block. Try again.");
    return BigInt(time);
  }

  async rent(bytes: number): Promise<bigint> {
    return BigInt(await this.connection.getMinimumBalanceForRentExemption(bytes));
  }

  async send(transaction: VersionedTransaction): Promise<RawOutcome> {
    const signature = await this.connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const found = await this.connection.getTransaction(signature, {
        commitment: "confirmed",
        maxSupportedTransactionVersion: 0,
      });
      if (found?.meta) {
        const { meta } = found;
        const failure = meta.err === null ? undefined : JSON.stringify(meta.err);
        const returned = (meta as { returnData?: { programId: string; data: [string, string] } }).returnData;
        const loaded = meta.loadedAddresses;
        const keys = found.transaction.message.getAccountKeys(loaded ? { accountKeysFromLookups: loaded } : undefined);
        return {
          signature,
          ...(failure === undefined ? {} : { failure }),
          logs: meta.logMessages ?? [],
          units: BigInt(meta.computeUnitsConsumed ?? 0),
          ...(returned
            ? {
                returned: { program: new PublicKey(returned.programId), data: Buffer.from(returned.data[0], "base64") },
              }
            : {}),
          inner: (meta.innerInstructions ?? [])
            .flatMap((group) => group.instructions)
            .map((call) => ({ program: keys.get(call.programIdIndex)!, data: base58Bytes(call.data) })),
        };
      }
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
    throw new StunError(`Transaction ${signature} was sent and is not confirmed after ${PATIENCE_MS / 1_000} s.`);
  }

  async simulate(transaction: VersionedTransaction): Promise<RawOutcome> {
    const { value } = await this.connection.simulateTransaction(transaction, { replaceRecentBlockhash: true });
    const failure = value.err === null ? undefined : JSON.stringify(value.err);
    return {
      signature: "",
      ...(failure === undefined ? {} : { failure }),
      logs: value.logs ?? [],
      units: BigInt(value.unitsConsumed ?? 0),
      ...(value.returnData
        ? {
            returned: {
              program: new PublicKey(value.returnData.programId),
              data: Buffer.from(value.returnData.data[0], "base64"),
            },
          }
        : {}),
      inner: [],
    };
  }
}
