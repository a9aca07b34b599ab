// Typed clients of the EVM contracts, made from the ABIs that the compiler wrote.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { id } from "ethers";
import { runTypeChain } from "typechain";

const ROOT = resolve(__dirname, "..");
const ARTIFACTS = join(ROOT, "artifacts");
const ABIS = join(ROOT, "cache", "abi");
const TYPES = join(ROOT, "typechain-types");
/** What the last generation was made from and gave; kept out of the repository. */
const STAMP = join(ROOT, "cache", "typechain.stamp");

/** An interface of LayerZero that our clients talk to, and where it goes among our own. */
const ENDPOINT = join("@layerzerolabs", "lz-evm-protocol-v2", "contracts", "interfaces", "ILayerZeroEndpointV2.sol");

/** ABIs of our contracts by the path of their artifact; hostile test contracts are not part of the clients. */
export function abis(): Map<string, string> {
  const found = new Map<string, string>();
  const contracts = join(ARTIFACTS, "contracts");
  const own = readdirSync(contracts, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json") && !entry.name.endsWith(".dbg.json"))
    .map((entry) => relative(ARTIFACTS, join(entry.parentPath, entry.name)));
  const add = (path: string, file: string): void => {
    found.set(path, JSON.stringify((JSON.parse(readFileSync(join(ARTIFACTS, file), "utf8")) as { abi: unknown }).abi));
  };
  for (const path of own) if (!path.startsWith(join("contracts", "test"))) add(path, path);
  const endpoint = join(ENDPOINT, "ILayerZeroEndpointV2.json");
  if (existsSync(join(ARTIFACTS, endpoint))) add(join("contracts", "layerzero", "ILayerZeroEndpointV2.json"), endpoint);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The files of a folder by their path in it. */
export function contents(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  if (!existsSync(folder)) return found;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    found.set(relative(folder, file), readFileSync(file, "utf8"));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Writes the typed clients of `all` to `folder`. */
export async function generateTypes(all: Map<string, string>, folder: string): Promise<void> {
  rmSync(ABIS, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  // From bare ABIs, so that the clients hold no bytecode and change only when an interface does.
  const files = [...all].map(([path, abi]) => {
    const file = join(ABIS, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, abi);
    return file;
  });
  await runTypeChain({
    cwd: ABIS,
    filesToProcess: files,
    allFiles: files,
    outDir: folder,
    target: "ethers-v6",
    prettier: { printWidth: 120 },
  });
}

function stamp(all: Map<string, string>): string {
  return id([...all, ...contents(TYPES)].flat().join("\n"));
}

/** Brings typechain-types/ up to date with the compiled contracts; does nothing when it is. */
export async function updateTypes(): Promise<void> {
  const all = abis();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === stamp(all)) return;
  await generateTypes(all, TYPES);
  writeFileSync(STAMP, stamp(all));
}
