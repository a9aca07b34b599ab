// A Solana network in this process.
import { AddressLookupTableAccount, PublicKey, type VersionedTransaction } from "@solana/web3.js";
import { encodeBase58 } from "ethers";
import { FailedTransactionMetadata, LiteSVM, type TransactionMetadata } from "litesvm";
import type { RawOutcome, SolanaAccount, SolanaTransport } from "./transport";

type Address = Parameters<LiteSVM["getAccount"]>[0];
type Transaction = Parameters<LiteSVM["sendTransaction"]>[0];

export function svmAddress(key: PublicKey): Address {
  return key.toBase58() as Address;
}

/** The shape of a signed transaction that the machine takes. */
function signed(transaction: VersionedTransaction): Transaction {
  const { message, signatures } = transaction;
  const entries = signatures.map((signature, i) => [message.staticAccountKeys[i]!.toBase58(), signature]);
  return { messageBytes: message.serialize(), signatures: Object.fromEntries(entries) } as unknown as Transaction;
}

function outcome(
  meta: TransactionMetadata,
  signature: Uint8Array,
  key: (index: number) => PublicKey,
  failure?: string,
): RawOutcome {
  const returned = meta.returnData();
  const data = Buffer.from(returned.data());
  return {
    signature: encodeBase58(signature),
    ...(failure === undefined ? {} : { failure }),
    logs: meta.logs(),
    units: meta.computeUnitsConsumed(),
    ...(data.length === 0 ? {} : { returned: { program: new PublicKey(returned.programId()), data } }),
    inner: meta
      .innerInstructions()
      .flat()
      .map((call) => ({
        program: key(call.instruction().programIdIndex()),
        data: Buffer.from(call.instruction().data()),
      })),
  };
}

export class EmbeddedTransport implements SolanaTransport {
  /** `onSent` is told of every transaction that succeeds. */
  constructor(
    readonly svm: LiteSVM,
    private readonly onSent: (outcome: RawOutcome) => void = () => undefined,
  ) {}

  async accounts(addresses: readonly PublicKey[]): Promise<(SolanaAccount | null)[]> {
    return addresses.map((address) => this.read(address));
  }

  private read(address: PublicKey): SolanaAccount | null {
    const account = this.svm.getAccount(svmAddress(address));
    if (!account.exists || account.lamports === 0n) return null;
    return {
      owner: new PublicKey(account.programAddress),
      lamports: BigInt(account.lamports),
      data: Buffer.from(account.data),
    };
  }

  async programAccounts(
    program: PublicKey,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ address: PublicKey; account: SolanaAccount }[]> {
    return this.svm
      .getProgramAccounts(svmAddress(program))
      .filter(({ data }) =>
        Buffer.from(data)
          .subarray(offset, offset + bytes.length)
          .equals(bytes),
      )
      .map(({ address, lamports, data }) => ({
        address: new PublicKey(address),
        account: { owner: program, lamports: BigInt(lamports), data: Buffer.from(data) },
      }));
  }

  async blockhash(): Promise<string> {
    return this.svm.latestBlockhash();
  }

  async slot(): Promise<bigint> {
    return this.svm.getClock().slot;
  }

  async time(): Promise<bigint> {
    return this.svm.getClock().unixTimestamp;
  }

  async rent(bytes: number): Promise<bigint> {
    return this.svm.minimumBalanceForRentExemption(BigInt(bytes));
  }

  async send(transaction: VersionedTransaction): Promise<RawOutcome> {
    const key = this.keysOf(transaction);
    const result = this.svm.sendTransaction(signed(transaction));
    this.nextSlot();
    const sent = this.result(result, transaction, key);
    if (sent.failure === undefined) this.onSent(sent);
    return sent;
  }

  async simulate(transaction: VersionedTransaction): Promise<RawOutcome> {
    const key = this.keysOf(transaction);
    const result = this.svm.simulateTransaction(signed(transaction));
    if (result instanceof FailedTransactionMetadata) return this.result(result, transaction, key);
    return outcome(result.meta(), transaction.signatures[0]!, key);
  }

  private result(
    result: TransactionMetadata | FailedTransactionMetadata,
    transaction: VersionedTransaction,
    key: (index: number) => PublicKey,
  ): RawOutcome {
    const signature = transaction.signatures[0]!;
    if (result instanceof FailedTransactionMetadata) {
      return outcome(result.meta(), signature, key, result.err().toString());
    }
    return outcome(result, signature, key);
  }

  /** The transaction's accounts by their index, those of lookup tables included. */
  private keysOf(transaction: VersionedTransaction): (index: number) => PublicKey {
    const addressLookupTableAccounts = transaction.message.addressTableLookups.flatMap(({ accountKey }) => {
      const table = this.read(accountKey);
      return table
        ? [new AddressLookupTableAccount({ key: accountKey, state: AddressLookupTableAccount.deserialize(table.data) })]
        : [];
    });
    const keys = transaction.message.getAccountKeys({ addressLookupTableAccounts });
    return (index) => keys.get(index)!;
  }

  /** One transaction a slot, so that every one has a blockhash of its own and lookup tables become usable. */
  private nextSlot(): void {
    this.svm.expireBlockhash();
    const clock = this.svm.getClock();
    const hashes = this.svm.getSlotHashes();
    hashes[0]!.slot = clock.slot;
    hashes[0]!.hash = this.svm.latestBlockhash();
    this.svm.setSlotHashes(hashes);
    clock.slot += 1n;
    this.svm.setClock(clock);
  }
}
