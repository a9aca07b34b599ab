// A copy of the repository whose artifacts are the instrumented contracts: the tests run there as they are, and nothing
// that ships knows of it.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix, relative, resolve } from "node:path";
import { sourceFiles } from "../sources";

const ROOT = resolve(__dirname, "..", "..");
const MODULES = join(ROOT, "node_modules");

/** Not instrumented: declarations without code, and the contracts that only tests deploy. */
export const SKIPPED = /^contracts\/(test\/|\w+\/I[A-Z]\w*\.sol$)/;

/** One place where solidity-coverage put a hash: what it stands for and how often it was reached. */
export interface Point {
  id: number;
  type: string;
  contractPath: string;
  hits: number;
}

/** What solidity-coverage counted of one file, in the format of istanbul. */
export interface FileCoverage {
  l: Record<string, number>;
  b: Record<string, [number, number]>;
  branchMap: Record<string, { line: number; type: string }>;
}

/** solidity-coverage's programming interface, as far as it is used here; the package has no types. */
export interface CoverageApi {
  coverage: { data: Record<string, FileCoverage> };
  instrument(targets: { source: string; canonicalPath: string; relativePath: string }[]): { source: string }[];
  getInstrumentationData(): Record<string, Point>;
  setInstrumentationData(points: Record<string, Point>): void;
  report(folder: string): Promise<void>;
}

interface Compiled {
  abi: unknown[];
  evm: { bytecode: Code; deployedBytecode: Code };
}

interface Code {
  object: string;
  linkReferences: Record<string, Record<string, { start: number; length: number }[]>>;
  immutableReferences?: Record<string, { start: number; length: number }[]>;
}

interface Output {
  errors?: { severity: string; errorCode?: string; formattedMessage: string }[];
  contracts?: Record<string, Record<string, Compiled>>;
}

interface Compiler {
  compile(input: string): string;
}

type Sources = Record<string, { content: string }>;

/** solidity-coverage's `api`, told to inject what both code generators keep. */
export async function coverageApi(): Promise<CoverageApi> {
  const { default: Api } = (await import("solidity-coverage/api" as string)) as {
    default: new (options: Record<string, unknown>) => CoverageApi;
  };
  return new Api({
    viaIR: true,
    cwd: join(ROOT, "coverage"),
    silent: true,
    log: () => undefined,
    istanbulReporter: ["lcovonly", "html"],
  });
}

/** Every source that the contracts of `tree` need, ours instrumented, by the name that the compiler knows it by. */
function sourcesOf(api: CoverageApi, tree: string): Sources {
  const sources: Sources = {};
  const add = (name: string): void => {
    if (sources[name]) return;
    const own = name.startsWith("contracts/");
    const canonicalPath = join(own ? tree : MODULES, name);
    const source = readFileSync(canonicalPath, "utf8");
    const [instrumented] =
      own && !SKIPPED.test(name) ? api.instrument([{ source, canonicalPath, relativePath: name }]) : [{ source }];
    sources[name] = { content: instrumented!.source };
    for (const [, path = ""] of source.matchAll(/^\s*import\s[^;]*?["']([^"']+)["']\s*;/gm)) {
      add(path.startsWith(".") ? posix.join(posix.dirname(name), path) : path);
    }
  };
  for (const file of sourceFiles("contracts/*.sol")) add(file);
  return sources;
}

/**
 * Compiles the contracts of one folder. The old code generator takes a tenth of the time; a folder in which it runs out
 * of stack is compiled by the one that ships, with as few of its optimizer's steps as still move variables to memory.
 */
function compile(solc: Compiler, sources: Sources, folder: string): Output {
  const wanted = Object.keys(sources).filter((name) => dirname(name) === folder);
  const code = ["object", "linkReferences"];
  const outputs = [
    "abi",
    ...code.map((part) => `evm.bytecode.${part}`),
    ...[...code, "immutableReferences"].map((part) => `evm.deployedBytecode.${part}`),
  ];
  const run = (settings: Record<string, unknown>): Output => {
    const outputSelection = Object.fromEntries(wanted.map((name) => [name, { "*": outputs }]));
    const all = { evmVersion: "cancun", metadata: { bytecodeHash: "none" }, outputSelection, ...settings };
    return JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings: all }))) as Output;
  };
  const failure = (output: Output): string | undefined =>
    output.errors?.find((error) => error.severity === "error")?.formattedMessage;
  let output = run({ viaIR: false, optimizer: { enabled: true, runs: 1 } });
  if (failure(output)?.includes("Stack too deep")) {
    const details = { yul: true, yulDetails: { stackAllocation: true, optimizerSteps: "u" } };
    output = run({ viaIR: true, optimizer: { enabled: true, runs: 1, details } });
  }
  const failed = failure(output);
  if (failed) throw new Error(`The instrumented contracts of ${folder} do not compile:\n${failed}`);
  return output;
}

function writeArtifacts(artifacts: string, folder: string, output: Output): void {
  // The deploy engine compares code without its immutables, which it finds in here.
  const buildInfo = join(artifacts, "immutables", `${folder.replaceAll("/", "-")}.json`);
  mkdirSync(dirname(buildInfo), { recursive: true });
  writeFileSync(buildInfo, JSON.stringify({ output: { contracts: output.contracts } }));
  for (const [sourceName, contracts] of Object.entries(output.contracts ?? {})) {
    for (const [contractName, { abi, evm }] of Object.entries(contracts)) {
      const artifact = {
        _format: "hh-sol-artifact-1",
        contractName,
        sourceName,
        abi,
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
        linkReferences: evm.bytecode.linkReferences,
        deployedLinkReferences: evm.deployedBytecode.linkReferences,
      };
      const place = join(artifacts, sourceName);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, `${contractName}.json`), JSON.stringify(artifact));
      const debug = { _format: "hh-sol-dbg-1", buildInfo: relative(place, buildInfo) };
      writeFileSync(join(place, `${contractName}.dbg.json`), JSON.stringify(debug));
    }
  }
}

/** Folders of packages whose artifacts the tests read by name. */
const NEEDED = ["@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces"];

/**
 * Makes the copy at `work`/tree, compiled; `progress` is told each folder and its seconds. Artifacts of the same
 * sources are kept from one time to the next.
 * @returns Whether it compiled them anew.
 */
export async function prepare(
  api: CoverageApi,
  work: string,
  progress: (folder: string, seconds: number) => void,
): Promise<boolean> {
  const [tree, artifacts, stampFile] = [join(work, "tree"), join(work, "artifacts"), join(work, "stamp")];
  rmSync(tree, { recursive: true, force: true });
  for (const file of sourceFiles()) cpSync(join(ROOT, file), join(tree, file));
  symlinkSync(MODULES, join(tree, "node_modules"), "junction");
  symlinkSync(artifacts, join(tree, "artifacts"), "junction");
  const sources = sourcesOf(api, tree);
  const stamp = createHash("sha256")
    .update(readFileSync(__filename))
    .update(JSON.stringify(sources))
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return false;
  for (const path of [stampFile, artifacts]) rmSync(path, { recursive: true, force: true });
  const { default: solc } = (await import("solc" as string)) as { default: Compiler };
  for (const folder of new Set(Object.keys(sources).map((name) => dirname(name)))) {
    if (!folder.startsWith("contracts/") && !NEEDED.includes(folder)) continue;
    const started = Date.now();
    writeArtifacts(artifacts, folder, compile(solc, sources, folder));
    progress(basename(folder), (Date.now() - started) / 1000);
  }
  writeFileSync(stampFile, stamp);
  return true;
}
