// The compiled contracts of this repository, read from what `npm run build` wrote.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Interface, type InterfaceAbi } from "ethers";
import { StunError } from "../errors";

const ROOT = resolve(__dirname, "..", "..", "artifacts", "contracts");

export interface Artifact {
  readonly contractName: string;
  /** `contracts/<module>/<file>.sol`. */
  readonly sourceName: string;
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
  readonly deployedBytecode: string;
  readonly linkReferences: Record<string, Record<string, { start: number; length: number }[]>>;
}

let paths: Map<string, string> | undefined;
const loaded = new Map<string, Artifact>();
const interfaces = new Map<string, Interface>();

function index(): Map<string, string> {
  if (paths) return paths;
  if (!existsSync(ROOT)) throw new StunError("The contracts are not compiled: run `npm run build`.");
  paths = new Map();
  for (const entry of readdirSync(ROOT, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".json") || entry.name.endsWith(".dbg.json")) continue;
    paths.set(entry.name.slice(0, -".json".length), join(entry.parentPath, entry.name));
  }
  return paths;
}

/** The names of all compiled contracts, interfaces and libraries of this repository, sorted. */
export function artifactNames(): string[] {
  return [...index().keys()].sort();
}

/** The compiled contract `name`. */
export function artifact(name: string): Artifact {
  let found = loaded.get(name);
  if (!found) {
    const path = index().get(name);
    if (!path)
      throw new StunError(`There is no compiled contract '${name}': check its name, or run \`npm run build\`.`);
    found = JSON.parse(readFileSync(path, "utf8")) as Artifact;
    loaded.set(name, found);
  }
  return found;
}

/** The parsed ABI of the contract `name`. */
export function contractInterface(name: string): Interface {
  let found = interfaces.get(name);
  if (!found) {
    found = new Interface(artifact(name).abi);
    interfaces.set(name, found);
  }
  return found;
}
