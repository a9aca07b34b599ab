// The differential check: random inputs through the same operations on chain (litesvm) and on the host. A compiler that
// disagrees in one word of one input is not trusted.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ComputeBudgetProgram,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
} from "@solana/web3.js";
import { FailedTransactionMetadata, LiteSVM, type TransactionMetadata } from "litesvm";
import { compileProgram, listPrograms, targetFolder } from "../compile";
import { run, ToolchainError } from "../shell";
import { ROOT, RUSTC, rustEnvironment, TOOLS } from "../toolchain";

export const INPUTS = 20_000;

const PROGRAM = new PublicKey("D1ffTest11111111111111111111111111111111111");
const WORD = (1n << 64n) - 1n;
const EDGES = [
  ...[0n, 1n, 2n, 3n, 7n, 63n, 64n, 65n, 127n, 128n, 1_000n, 10n ** 9n, 10n ** 18n],
  ...[0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n],
  ...[0x7fffffffffffffffn, 0x8000000000000000n, 0x8000000000000001n, 0xffffffffffffffffn],
];

type Input = readonly [bigint, bigint, bigint, bigint];

/** Numbers of every size, the edges more often than chance would have them; the same for the same seed. */
function numbers(seed: bigint): () => bigint {
  let state = seed;
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 128n) - 1n);
    const x = (state >> 64n) & WORD;
    switch (Number((state >> 60n) & 7n)) {
      case 0:
      case 1:
        return EDGES[Number(x % BigInt(EDGES.length))] as bigint;
      case 4:
        return x & 0xffffn;
      case 5:
        return x & 0xffffffffn;
      case 6:
        return x | 0xffffffff00000000n;
      case 7:
        return x >> 20n;
      default:
        return x;
    }
  };
}

const discriminator = (name: string): Buffer => createHash("sha256").update(`global:${name}`).digest().subarray(0, 8);

function words(...values: bigint[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => bytes.writeBigUInt64LE(value, 8 * index));
  return bytes;
}

type Sent = TransactionMetadata | FailedTransactionMetadata;
type LiteTransaction = Parameters<LiteSVM["sendTransaction"]>[0];

/** The program on a chain of its own; signatures are not checked, as nothing here depends on them. */
class Chain {
  readonly svm = new LiteSVM().withSigverify(false).withBlockhashCheck(false).withTransactionHistory(0n);
  readonly payer = Keypair.generate().publicKey;

  constructor(program: Buffer) {
    this.svm.airdrop(this.payer.toBase58() as never, 100_000_000_000n as never);
    this.svm.addProgram(PROGRAM.toBase58() as never, program);
  }

  message(data: Buffer, keys: TransactionInstruction["keys"] = []): Buffer {
    const transaction = new Transaction({
      feePayer: this.payer,
      blockhash: PROGRAM.toBase58(),
      lastValidBlockHeight: 0,
    });
    transaction.add(ComputeBudgetProgram.setComputeUnitLimit({ units: 1_400_000 }));
    transaction.add(new TransactionInstruction({ programId: PROGRAM, keys, data }));
    return transaction.serializeMessage();
  }

  send(messageBytes: Uint8Array): Sent {
    const signatures = { [this.payer.toBase58()]: new Uint8Array(64) };
    return this.svm.sendTransaction({ messageBytes, signatures } as unknown as LiteTransaction);
  }

  call(name: string, data: Buffer, keys?: TransactionInstruction["keys"]): Sent {
    return this.send(this.message(Buffer.concat([discriminator(name), data]), keys));
  }
}

const logs = (sent: Sent): string => (sent instanceof FailedTransactionMetadata ? sent.meta() : sent).logs().join("\n");

function returned(sent: Sent, what: string): Buffer {
  if (sent instanceof FailedTransactionMetadata)
    throw new ToolchainError(`The differential check failed: ${what} ended with\n${logs(sent)}`);
  return Buffer.from(sent.returnData().data());
}

/** The host's program, built with the same overflow checks as the chain's. */
function buildHost(folder: string): string {
  const program = join(folder, "host");
  const flags = ["-C", "opt-level=2", "-C", "overflow-checks=on", "--edition", "2021", "-A", "warnings"];
  run(RUSTC, [...flags, join(TOOLS, "difftest", "host", "main.rs"), "-o", program], {
    env: rustEnvironment(),
    failure: "The differential check's host program was not built",
  });
  return program;
}

/** Compares `count` inputs and returns the number of words of one answer. */
function compareOperations(chain: Chain, host: string, count: number, say: (line: string) => void): number {
  const next = numbers(12345n);
  const message = chain.message(Buffer.concat([discriminator("compute"), Buffer.alloc(32)]));
  let width = 0;
  for (let done = 0; done < count; done += 1_000) {
    const inputs = Array.from({ length: Math.min(1_000, count - done) }, (): Input => [next(), next(), next(), next()]);
    const answers = run(host, [], {
      input: inputs.map((input) => `${input.join(" ")}\n`).join(""),
      failure: "The differential check's host program did not run",
    }).split("\n");
    inputs.forEach((input, index) => {
      // the instruction's data are the last bytes of the message
      words(...input).copy(message, message.length - 32);
      const data = returned(chain.send(message), `compute(${input.join(", ")})`);
      width = data.readUInt32LE(0);
      const got = Array.from({ length: width }, (_, word) => data.readBigUInt64LE(4 + 8 * word).toString());
      const expected = (answers[index] as string).split(" ");
      const wrong = expected.findIndex((word, at) => got[at] !== word);
      if (wrong >= 0 || got.length !== expected.length) {
        throw new ToolchainError(
          `The differential check failed: word ${wrong} of compute(${input.join(", ")}) is ${got[wrong]} on chain and ${expected[wrong]} on the host; this compiler must not be used.`,
        );
      }
    });
    if ((done + 1_000) % 5_000 === 0) say(`${done + inputs.length} inputs are equal`);
  }
  return width;
}

/** A panic is logged with the place in the source, relative to the repository. */
function panicAt(code: string): string {
  const lines = readFileSync(join(TOOLS, "difftest", "src", "lib.rs"), "utf8").split("\n");
  const line = lines.findIndex((text) => text.includes(code)) + 1;
  return `Panicked in tools/solana/difftest/src/lib.rs at ${line}:`;
}

/** Ways to abort: method, argument, and what the log must say. */
const ABORTS: readonly [how: number, n: bigint, log: string][] = [
  [0, 9n, panicAt("0 => list[n as usize]")],
  [1, 9n, panicAt("1 => u64::MAX - 3 + n")],
  [2, 7n, panicAt("2 => 10 / (n - 7)")],
  [2, 6n, panicAt("2 => 10 / (n - 7)")],
  [3, 4n, panicAt('expect("no such item")')],
  [4, 5n, "memory allocation failed, out of memory"],
  [5, 1n, panicAt("let second = ")],
  [6, 1n, "call depth"],
];
const ANSWERS: readonly [how: number, n: bigint, answer: bigint][] = [
  [0, 1n, 2n],
  [1, 3n, WORD],
  [2, 9n, 5n],
  [3, 2n, 3n],
  [7, 0n, 0n],
];

function compareAborts(chain: Chain): void {
  const data = (how: number, n: bigint): Buffer => Buffer.concat([Buffer.from([how]), words(n)]);
  for (const [how, n, log] of ABORTS) {
    const sent = chain.call("abort", data(how, n));
    if (!(sent instanceof FailedTransactionMetadata) || !logs(sent).includes(log)) {
      throw new ToolchainError(
        `The differential check failed: abort(${how}, ${n}) must fail with '${log}' and said\n${logs(sent)}`,
      );
    }
  }
  for (const [how, n, answer] of ANSWERS) {
    const got = returned(chain.call("abort", data(how, n)), `abort(${how}, ${n})`).readBigUInt64LE(0);
    if (got !== answer)
      throw new ToolchainError(`The differential check failed: abort(${how}, ${n}) is ${got} instead of ${answer}.`);
  }
}

/** Accounts: zero copy, an event through a call of the program itself, an account made when it is missing. */
function compareAccounts(chain: Chain): void {
  const find = (...seeds: Buffer[]): PublicKey => PublicKey.findProgramAddressSync(seeds, PROGRAM)[0];
  const account = (pubkey: PublicKey, isSigner: boolean, isWritable: boolean) => ({ pubkey, isSigner, isWritable });
  const table = find(Buffer.from("table"));
  const note = find(Buffer.from("note"), chain.payer.toBuffer());
  const events = find(Buffer.from("__event_authority"));
  const payer = account(chain.payer, true, true);
  const system = account(SystemProgram.programId, false, false);
  const must = (fact: boolean, what: string): void => {
    if (!fact) throw new ToolchainError(`The differential check failed: ${what}.`);
  };
  const dataOf = (address: PublicKey): Buffer => {
    const found = chain.svm.getAccount(address.toBase58() as never);
    return found.exists ? Buffer.from(found.data) : Buffer.alloc(0);
  };
  const succeed = (sent: Sent, what: string): TransactionMetadata => {
    if (sent instanceof FailedTransactionMetadata)
      throw new ToolchainError(`The differential check failed: ${what} ended with\n${logs(sent)}`);
    return sent;
  };

  succeed(chain.call("create_table", Buffer.alloc(0), [payer, account(table, false, true), system]), "create_table");
  const keys = [payer, account(table, false, true), account(events, false, false), account(PROGRAM, false, false)];
  const item = Buffer.concat([Buffer.from([3, 0]), words(99n)]);
  const set = succeed(chain.call("set_item", item, keys), "set_item");
  must(set.innerInstructions().flat().length === 1, "set_item did not emit its event through itself");
  const state = dataOf(table);
  must(state.subarray(8, 40).equals(chain.payer.toBuffer()), "the table's owner is wrong");
  must(state.readBigUInt64LE(40) === 1n, "the table's count is wrong");
  must(
    state.readBigUInt64LE(48 + 8 * 3) === 99n && state.readBigUInt64LE(48 + 8 * 199) === 42n,
    "the table's items are wrong",
  );

  const text = (length: number): Buffer => {
    const bytes = Buffer.alloc(4 + length, "x");
    bytes.writeUInt32LE(length);
    return bytes;
  };
  const write = (length: number): Sent =>
    chain.call("write_note", text(length), [payer, account(note, false, true), system]);
  succeed(write(2), "write_note");
  succeed(write(500), "write_note");
  const written = dataOf(note);
  must(written.readUInt32LE(8) === 500 && written.readUInt32LE(8 + 4 + 500) === 2, "the note was not written");
  const refused = write(600);
  must(
    refused instanceof FailedTransactionMetadata && logs(refused).includes("TooLong"),
    "a note of 600 bytes was not refused",
  );
}

/** Builds the program with the toolchain and compares everything; throws at the first difference. */
export async function compare(say: (line: string) => void): Promise<{ inputs: number; words: number }> {
  const program = listPrograms(ROOT).find((candidate) => candidate.package === "difftest");
  if (!program) throw new ToolchainError("The workspace has no member 'difftest'.");
  const chain = new Chain(compileProgram(ROOT, program, targetFolder(ROOT)));
  const folder = mkdtempSync(join(tmpdir(), "difftest-"));
  try {
    const host = buildHost(folder);
    compareAccounts(chain);
    compareAborts(chain);
    return { inputs: INPUTS, words: compareOperations(chain, host, INPUTS, say) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
