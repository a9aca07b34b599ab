/**
 * An error that a person reads: one clear sentence that says what was wrong, with the value, and what to do. Commands
 * print its message and exit with a code other than zero; anything else that reaches them is a defect and keeps its stack.
 */
export class StunError extends Error {
  override readonly name = "StunError";

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
