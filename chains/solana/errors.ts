// What a failed transaction says, in one sentence.
import { PublicKey } from "@solana/web3.js";
import { StunError } from "../errors";
import { idlOf } from "./idl";
import { ENDPOINT, EXECUTOR, LIBRARY } from "./layerzero/addresses";
import type { RawOutcome } from "./transport";

const LAYERZERO: Record<string, { name: string; errors: Record<number, string> }> = {
  [ENDPOINT.toBase58()]: {
    name: "LayerZero's endpoint",
    errors: {
      6000: "the send library is another",
      6001: "the receive library is another",
      6002: "the value is the one that is set",
      6009: "the nonce is out of turn or out of the window",
      6010: "the signer is neither the OApp nor its delegate",
      6011: "the message is not the one that was verified",
      6012: "the composed message was taken before",
      6013: "the payload hash is empty",
    },
  },
  [LIBRARY.toBase58()]: {
    name: "LayerZero's message library",
    errors: {
      6013: "not all required DVNs have attested",
      6019: "the number of worker accounts is wrong",
      6023: "the fee is too low",
    },
  },
  [EXECUTOR.toBase58()]: {
    name: "LayerZero's executor",
    errors: { 6004: "no gas is asked for the delivery", 6014: "the delivery costs more than its sender paid for" },
  },
};

const ANCHOR: Record<number, string> = {
  2001: "an account does not belong to another one that was given",
  2006: "an account is not at the address it must have",
  2012: "an account is not the one it must be",
  2015: "the token account belongs to another owner",
  3007: "an account belongs to another program",
  3010: "an account that must sign does not",
  3012: "an account does not exist",
};

/** A transaction that failed, with the innermost program that refused it and its error code where there is one. */
export class SolanaError extends StunError {
  constructor(
    message: string,
    readonly program: PublicKey | undefined,
    readonly code: number | undefined,
    readonly logs: readonly string[],
  ) {
    super(message);
  }
}

export interface Refusal {
  readonly program?: PublicKey;
  readonly code?: number;
  readonly reason: string;
}

/** Who refused and why; the first program to fail is the innermost. */
export function refusal(outcome: RawOutcome): Refusal {
  for (const line of outcome.logs) {
    const custom = /^Program (\w+) failed: custom program error: 0x([0-9a-f]+)$/.exec(line);
    if (custom) {
      const code = parseInt(custom[2]!, 16);
      return { program: new PublicKey(custom[1]!), code, reason: describe(custom[1]!, code) };
    }
    const other = /^Program (\w+) failed: (.+)$/.exec(line);
    if (other) return { program: new PublicKey(other[1]!), reason: `program ${other[1]} failed: ${other[2]}` };
  }
  return { reason: outcome.failure ?? "nothing" };
}

function describe(program: string, code: number): string {
  const own = idlOf(program);
  const known = own?.errors?.find((error) => error.code === code);
  if (known) return `${known.msg ?? known.name} (${known.name} ${code})`;
  const layerZero = LAYERZERO[program];
  const text = layerZero?.errors[code] ?? (code < 6000 ? ANCHOR[code] : undefined);
  const who = layerZero?.name ?? own?.metadata.name ?? `program ${program}`;
  return text ? `${who}: ${text} (${code})` : `${who} refuses with error ${code}`;
}

export function failure(what: string, outcome: RawOutcome): SolanaError {
  const { program, code, reason } = refusal(outcome);
  return new SolanaError(`Cannot ${what}: ${reason}.`, program, code, outcome.logs);
}
