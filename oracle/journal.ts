import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { StunError } from "../chains/errors";

/** What a line says: escrow, committee version, job and attempt, then the leaf. */
const LINE = /^(0x[0-9A-Za-z]+:\d+:0x[0-9a-f]{64}:\d+) (0x[0-9a-f]{64})$/;

/**
 * What this oracle has signed: one verdict for each job, attempt and committee version, for ever. A line is on the disk
 * before the signature leaves the process, so that a crash at any instruction cannot lead to a second verdict.
 */
export class SignatureJournal {
  private readonly signed = new Map<string, string>();
  private readonly file: number;
  /** A line did not reach the disk whole: what would be appended to it could not be read again. */
  private broken = false;

  constructor(path: string) {
    const torn = existsSync(path) && this.load(path);
    this.file = openSync(path, "a");
    if (torn) writeSync(this.file, " torn\n");
  }

  /** Returns whether a crash cut off the last line: what it says was never signed, and the line is then closed as torn. */
  private load(path: string): boolean {
    const lines = readFileSync(path, "utf8").split("\n");
    for (const [i, line] of lines.slice(0, -1).entries()) {
      if (line.endsWith(" torn")) continue;
      const [, key, leaf] = LINE.exec(line) ?? [];
      if (!key || !leaf) {
        throw new StunError(
          `Line ${i + 1} of the signature journal ${path} is damaged: restore it from a backup before signing.`,
        );
      }
      this.signed.set(key, leaf);
    }
    return lines.at(-1) !== "";
  }

  /** Whether `leaf` may be recorded: no other verdict on this attempt was signed before. */
  permits(target: string, version: bigint, jobId: string, attempt: bigint, leaf: string): boolean {
    return (this.signed.get(`${target}:${version}:${jobId}:${attempt}`) ?? leaf) === leaf;
  }

  /**
   * Records that `leaf` is the verdict on this attempt; the same leaf may be recorded again.
   * @throws StunError when another verdict on it was signed before.
   */
  record(target: string, version: bigint, jobId: string, attempt: bigint, leaf: string): void {
    const key = `${target}:${version}:${jobId}:${attempt}`;
    const before = this.signed.get(key);
    if (before === leaf) return;
    if (before !== undefined) {
      throw new StunError(
        `Job ${jobId} attempt ${attempt} was signed as ${before}: a second verdict ${leaf} is refused.`,
      );
    }
    if (this.broken) {
      throw new StunError("The signature journal could not be written before: free space on its disk and start again.");
    }
    this.broken = true;
    const line = Buffer.from(`${key} ${leaf}\n`);
    if (writeSync(this.file, line) !== line.length) {
      throw new StunError(
        `The signature journal took only a part of job ${jobId}: free space on its disk and start again.`,
      );
    }
    fsyncSync(this.file);
    this.broken = false;
    this.signed.set(key, leaf);
  }

  close(): void {
    closeSync(this.file);
  }
}
