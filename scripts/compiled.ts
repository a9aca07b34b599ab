// What the compiler gives for every contract that can be deployed: its ABI, its storage layout and the size of its code, as text
// that shows a change in the diff. `npm run snapshots` writes it to test/evm/snapshots, a test in test/repository compares.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Interface, type JsonFragment } from "ethers";

const ROOT = resolve(__dirname, "..");
const CONTRACTS = join(ROOT, "artifacts", "contracts");
/** Where the snapshots lie. */
export const SNAPSHOTS = join(ROOT, "test", "evm", "snapshots");
/** Most bytes of code that a chain accepts (EIP-170), and of code with constructor arguments (EIP-3860). */
export const CODE_LIMIT = 24_576;
export const INIT_CODE_LIMIT = 49_152;

interface StorageEntry {
  label: string;
  offset: number;
  slot: string;
  type: string;
}

interface StorageLayout {
  storage: StorageEntry[];
  types: Record<string, { label: string; numberOfBytes: string; members?: StorageEntry[] }> | null;
}

interface BuildInfo {
  output: {
    contracts: Record<string, Record<string, { storageLayout: StorageLayout }>>;
    sources: Record<string, { ast: { nodes: { nodeType: string; name?: string; contractKind?: string }[] } }>;
  };
}

/** A contract that somebody can deploy. */
export interface Deployable {
  name: string;
  abi: JsonFragment[];
  layout: StorageLayout;
  codeBytes: number;
  /** Without constructor arguments. */
  initCodeBytes: number;
}

const parse = <T>(file: string): T => JSON.parse(readFileSync(file, "utf8")) as T;
const bytes = (hex: string): number => hex.length / 2 - 1;

/** Every contract of contracts/ that has code of its own; those of contracts/test are never deployed. */
export function deployables(): Deployable[] {
  const builds = new Map<string, BuildInfo>();
  const found: Deployable[] = [];
  for (const entry of readdirSync(CONTRACTS, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!file.endsWith(".json") || file.endsWith(".dbg.json") || relative(CONTRACTS, file).startsWith("test")) continue;
    const { abi, bytecode, deployedBytecode, contractName, sourceName } = parse<{
      abi: JsonFragment[];
      bytecode: string;
      deployedBytecode: string;
      contractName: string;
      sourceName: string;
    }>(file);
    if (bytecode === "0x") continue;
    const build = join(dirname(file), parse<{ buildInfo: string }>(file.replace(/\.json$/, ".dbg.json")).buildInfo);
    if (!builds.has(build)) builds.set(build, parse<BuildInfo>(build));
    const { contracts, sources } = builds.get(build)!.output;
    const node = sources[sourceName]!.ast.nodes.find(({ name }) => name === contractName);
    if (node?.contractKind !== "contract") continue;
    found.push({
      name: contractName,
      abi,
      layout: contracts[sourceName]![contractName]!.storageLayout,
      codeBytes: bytes(deployedBytecode),
      initCodeBytes: bytes(bytecode),
    });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One line for each part of an ABI, sorted: what a caller, a wallet or an indexer depends on. */
export function abiText(abi: readonly JsonFragment[]): string {
  const order = ["constructor", "receive", "fallback", "function", "event", "error"];
  const rank = (line: string): number => order.findIndex((kind) => line.startsWith(kind));
  const lines = new Interface(abi).format();
  return lines.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).join("\n");
}

/** The variables of a contract by slot and byte, then the members of each struct that they use. */
export function storageText({ storage, types }: StorageLayout): string {
  const table = (entries: readonly StorageEntry[]): string[] => [
    "slot  byte  size  variable",
    ...entries.map(({ slot, offset, type, label }) => {
      const { label: typeName, numberOfBytes } = types![type]!;
      const place = [slot.padStart(4), `${offset}`.padStart(4), numberOfBytes.padStart(4)].join("  ");
      return `${place}  ${typeName} ${label}`;
    }),
  ];
  const structs = Object.values(types ?? {})
    .flatMap(({ label, members }) => (members ? [{ label, members }] : []))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  if (storage.length === 0) return "no storage";
  return [...table(storage), ...structs.flatMap(({ label, members }) => ["", label, ...table(members)])].join("\n");
}

/** The snapshots by their path, as the compiled contracts give them. */
export function compiledSnapshots(): Map<string, string> {
  const all = deployables();
  const sizes = Object.fromEntries(all.map(({ name, codeBytes }) => [name, codeBytes]));
  return new Map([
    ...all.map(({ name, abi }) => [join("abi", `${name}.txt`), `${abiText(abi)}\n`] as const),
    ...all.map(({ name, layout }) => [join("storage", `${name}.txt`), `${storageText(layout)}\n`] as const),
    [join("size.json"), `${JSON.stringify(sizes, null, 2)}\n`],
  ]);
}

/** The committed snapshots of the same kinds. */
export function committedSnapshots(): Map<string, string> {
  const read = (path: string): [string, string] => [path, readFileSync(join(SNAPSHOTS, path), "utf8")];
  const folder = (name: string): string[] =>
    existsSync(join(SNAPSHOTS, name)) ? readdirSync(join(SNAPSHOTS, name)).map((file) => join(name, file)) : [];
  const size = existsSync(join(SNAPSHOTS, "size.json")) ? ["size.json"] : [];
  return new Map([...folder("abi"), ...folder("storage"), ...size].map(read));
}

export function writeSnapshots(): void {
  for (const name of ["abi", "storage"]) rmSync(join(SNAPSHOTS, name), { recursive: true, force: true });
  for (const [path, text] of compiledSnapshots()) {
    mkdirSync(dirname(join(SNAPSHOTS, path)), { recursive: true });
    writeFileSync(join(SNAPSHOTS, path), text);
  }
}
