// The interfaces of this repository's programs, as committed beside their binaries.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { StunError } from "../errors";

const ARTIFACTS = resolve(__dirname, "..", "..", "programs", "artifacts");

export interface Idl {
  readonly address: string;
  readonly metadata: { readonly name: string };
  readonly errors?: readonly { readonly code: number; readonly name: string; readonly msg?: string }[];
}

let known: Map<string, Idl> | undefined;

function idls(): Map<string, Idl> {
  if (known) return known;
  known = new Map();
  for (const file of readdirSync(ARTIFACTS).filter((name) => name.endsWith(".json") && name !== "manifest.json")) {
    const idl = JSON.parse(readFileSync(join(ARTIFACTS, file), "utf8")) as Idl;
    known.set(idl.address, idl);
  }
  return known;
}

/** The interface of the program at `address`, when it is one of ours. */
export function idlOf(address: string): Idl | undefined {
  return idls().get(address);
}

/** The binary of one of this repository's programs. */
export function programBinary(name: string): Buffer {
  const file = join(ARTIFACTS, `${name}.so`);
  if (!existsSync(file)) throw new StunError(`There is no ${file}: build the Solana programs first.`);
  return readFileSync(file);
}

/** The address that a program of this repository was built for. */
export function programId(name: string): string {
  const file = join(ARTIFACTS, `${name}.json`);
  if (!existsSync(file)) throw new StunError(`There is no ${file}: build the Solana programs first.`);
  return (JSON.parse(readFileSync(file, "utf8")) as Idl).address;
}
