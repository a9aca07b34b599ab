// Compiles the Tolk contracts with the compiler from npm; a contract takes about a tenth of a second.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Cell } from "@ton/core";
import { runTolkCompiler } from "@ton/tolk-js";
import { StunError } from "../errors";

const ROOT = resolve(__dirname, "..", "..", "ton", "contracts");
const compiled = new Map<string, Promise<Cell>>();

/** The code of a contract named by its path below ton/contracts, without the ending: `token/oft`. */
export function compileTolk(contract: string): Promise<Cell> {
  let code = compiled.get(contract);
  if (!code) {
    code = compile(contract);
    compiled.set(contract, code);
  }
  return code;
}

async function compile(contract: string): Promise<Cell> {
  const result = await runTolkCompiler({
    entrypointFileName: `${contract}.tolk`,
    fsReadCallback: (path) => readFileSync(join(ROOT, path), "utf8"),
  });
  if (result.status === "error") throw new StunError(`ton/contracts/${contract}.tolk: ${result.message}`);
  return Cell.fromBase64(result.codeBoc64);
}
