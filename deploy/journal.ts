// The write-ahead journal of a deployment: one JSON object a line, on disk before what it announces happens. A signed
// transaction is written before any node sees it; so whatever kills the process, the next run knows each transaction
// that may land, and signs no other in its place until that one has landed or never can.
import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { StunError } from "../chains/errors";
import type { Signed } from "./types";

export type Entry =
  | { kind: "chain"; chain: string; identity: string }
  | { kind: "signed"; step: string; chain: string; signed: Signed }
  | { kind: "landed"; step: string; id: string; block: string }
  | { kind: "failed"; step: string; id: string; reason: string };

/** Told after each entry is safe; tests use it to die there. */
export type JournalListener = (entry: Entry) => void;

export class Journal {
  private readonly entries: Entry[] = [];

  private constructor(
    private readonly descriptor: number | undefined,
    private readonly path: string,
  ) {}

  /** A journal that lives as long as the process: for chains that do so too. */
  static inMemory(): Journal {
    return new Journal(undefined, "in memory");
  }

  /** Opens or creates the journal file. A last line that was cut off in writing announced nothing, and is dropped. */
  static open(path: string): Journal {
    mkdirSync(dirname(path), { recursive: true });
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const descriptor = openSync(path, "a");
    const journal = new Journal(descriptor, path);
    if (whole.length !== text.length) ftruncateSync(descriptor, Buffer.byteLength(whole));
    whole
      .split("\n")
      .filter((line) => line !== "")
      .forEach((line, index) => journal.entries.push(parseEntry(path, line, index + 1)));
    syncDirectory(dirname(path));
    return journal;
  }

  /** Returns when the entry is on disk. */
  write(entry: Entry): void {
    if (this.descriptor !== undefined) {
      writeSync(this.descriptor, `${JSON.stringify(entry)}\n`);
      fsyncSync(this.descriptor);
    }
    this.entries.push(entry);
  }

  /** Binds the journal to a chain on first use; refuses another chain of the same name later. */
  bind(chain: string, identity: string): void {
    const known = this.entries.find((entry) => entry.kind === "chain" && entry.chain === chain);
    if (known === undefined) this.write({ kind: "chain", chain, identity });
    else if (known.kind === "chain" && known.identity !== identity) {
      throw new StunError(
        `${this.path} belongs to another chain '${chain}' (${known.identity}, now ${identity}): check the RPC URL, or move the journal away to deploy anew.`,
      );
    }
  }

  /** Transactions that were signed and of which the journal does not say what became. */
  unresolved(): { step: string; chain: string; signed: Signed }[] {
    // A presigned transaction has the same id on every chain, so the step counts too.
    const key = (step: string, id: string): string => `${step} ${id}`;
    const ended = new Set(
      this.entries.flatMap((e) => (e.kind === "landed" || e.kind === "failed" ? [key(e.step, e.id)] : [])),
    );
    return this.entries.flatMap((e) => (e.kind === "signed" && !ended.has(key(e.step, e.signed.id)) ? [e] : []));
  }

  /** Whether a transaction of this step has landed. */
  hasLanded(step: string): boolean {
    return this.entries.some((entry) => entry.kind === "landed" && entry.step === step);
  }

  /** Ids of the transactions that landed, by step. */
  transactions(): Record<string, string[]> {
    const byStep: Record<string, string[]> = {};
    for (const entry of this.entries) {
      if (entry.kind === "landed") (byStep[entry.step] ??= []).push(entry.id);
    }
    return byStep;
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
  }
}

function parseEntry(path: string, line: string, number: number): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch (error) {
    throw new StunError(
      `Line ${number} of ${path} is damaged: restore the journal from a copy; without it a resumed deployment could repeat a transfer.`,
      error,
    );
  }
}

/** A new file is safe only when its directory entry is. */
function syncDirectory(path: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
