import { StunError } from "../chains/errors";

/** Runs a command to its end. What a person can correct is one sentence; anything else is a defect and keeps its stack. */
export function runCommand(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const defect = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${error instanceof StunError ? error.message : defect}\n`);
    process.exit(1);
  });
}
