// npm run slither: static analysis of the contracts. Fails when it finds what docs/static-analysis.md does not explain, or no
// longer finds what that page explains; skips, with its reason, where slither cannot be had.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import solc from "solc";
import { sourceFiles } from "./sources";

const ROOT = resolve(__dirname, "..");
const VERSION = "0.11.6";
const WORK = join(ROOT, "cache", "slither");
const BASELINE = join(ROOT, "docs", "static-analysis.md");
const INSTALLED = join(WORK, process.platform === "win32" ? "Scripts" : "bin", "slither");

interface Element {
  type: string;
  name: string;
  type_specific_fields?: { parent?: Element };
}

interface Finding {
  check: string;
  impact: string;
  description: string;
  elements: Element[];
}

const isThere = (command: string): boolean =>
  spawnSync(command, ["--version"], { encoding: "utf8" }).stdout?.trim() === VERSION;

/** The command to run, or why there is none. */
function find(): { command: string } | { reason: string } {
  const candidates = [process.env.SLITHER, INSTALLED, "slither"].filter((c) => c !== undefined);
  const found = candidates.find(isThere);
  if (found) return { command: found };
  if (spawnSync("python3", ["--version"], { stdio: "ignore" }).status !== 0) {
    return { reason: `there is neither slither ${VERSION} nor python3 on PATH` };
  }
  process.stdout.write(`Installing slither ${VERSION} into cache/slither …\n`);
  rmSync(WORK, { recursive: true, force: true });
  const steps: [string, string[]][] = [
    ["python3", ["-m", "venv", WORK]],
    [INSTALLED.replace(/slither$/, "pip"), ["install", "--quiet", `slither-analyzer==${VERSION}`]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) {
      const last = stderr?.trim().split("\n").at(-1) ?? "";
      return { reason: `slither ${VERSION} could not be installed (${last})` };
    }
  }
  return isThere(INSTALLED) ? { command: INSTALLED } : { reason: `slither ${VERSION} was installed and does not run` };
}

/** `Contract.function`, or the nearest that a finding names. */
function place(element: Element): string {
  const parent = element.type_specific_fields?.parent;
  if (!parent) return element.name;
  if (element.type === "node" || parent.type === "function") return place(parent);
  return parent.type === "contract" ? `${parent.name}.${element.name}` : element.name;
}

/** Check and place of each accepted finding: the bullets under a heading that is a check's name. */
export function accepted(page: string): Set<string> {
  const found = new Set<string>();
  for (const section of page.split(/^### /m).slice(1)) {
    const check = /^`([\w-]+)`/.exec(section)?.[1];
    for (const [, names = ""] of section.matchAll(/^- ((?:`[\w.]+`[,\s]*)+):/gm)) {
      for (const [, name] of names.matchAll(/`([\w.]+)`/g)) found.add(`${check} ${name}`);
    }
  }
  return found;
}

/** What one list has and the other has not, in sentences. */
export function differences(findings: readonly Finding[], baseline: ReadonlySet<string>): string[] {
  const now = new Map(findings.map((f) => [`${f.check} ${f.elements[0] ? place(f.elements[0]) : "?"}`, f]));
  const fresh = [...now]
    .filter(([key]) => !baseline.has(key))
    .map(([key, f]) => `new: ${key} (${f.impact})\n    ${f.description.trim().replaceAll("\n", "\n    ")}`);
  const stale = [...baseline].filter((key) => !now.has(key)).map((key) => `no longer found: ${key}; delete its entry`);
  return [...fresh, ...stale];
}

interface Parsed {
  errors?: { severity: string; formattedMessage: string }[];
  contracts: Record<string, Record<string, object>>;
}

/** Gives slither the contracts as the compiler has parsed them, in the form of a Hardhat build. No code is made: it takes seconds,
 * and what an earlier build left cannot be analysed in place of the sources. */
function parse(): void {
  const files = sourceFiles("contracts/**/*.sol").filter((file) => !file.startsWith("contracts/test/"));
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(files.map((file) => [file, { content: readFileSync(join(ROOT, file), "utf8") }])),
    settings: { evmVersion: "cancun", viaIR: true, outputSelection: { "*": { "*": ["abi"], "": ["ast"] } } },
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), {
      import: (path: string) => ({ contents: readFileSync(join(ROOT, "node_modules", path), "utf8") }),
    }),
  ) as Parsed;
  const error = output.errors?.find(({ severity }) => severity === "error");
  if (error) throw new Error(error.formattedMessage);
  const code = { object: "", sourceMap: "" };
  for (const contracts of Object.values(output.contracts)) {
    for (const contract of Object.values(contracts)) {
      Object.assign(contract, { evm: { bytecode: code, deployedBytecode: code } });
    }
  }
  const folder = join(WORK, "artifacts", "build-info");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "contracts.json"), JSON.stringify({ solcVersion: "0.8.30", input, output }));
}

function main(): void {
  const tool = find();
  if ("reason" in tool) {
    process.stdout.write(`SKIPPED slither: ${tool.reason}.\n`);
    return;
  }
  parse();
  const report = join(WORK, "findings.json");
  rmSync(report, { force: true });
  const { stderr } = spawnSync(tool.command, [".", "--json", report], { cwd: ROOT, encoding: "utf8" });
  if (!existsSync(report)) throw new Error(`slither wrote no report: ${stderr?.trim().slice(-2_000)}`);
  const { success, error, results } = JSON.parse(readFileSync(report, "utf8")) as {
    success: boolean;
    error: string | null;
    results: { detectors?: Finding[] };
  };
  if (!success) throw new Error(`slither failed: ${error}`);
  const findings = results.detectors ?? [];
  const wrong = differences(findings, accepted(readFileSync(BASELINE, "utf8")));
  for (const line of wrong) process.stdout.write(`${line}\n`);
  process.stdout.write(
    wrong.length === 0
      ? `slither: ${findings.length} findings, all explained in docs/static-analysis.md\n`
      : `slither: correct the code, or explain the finding in docs/static-analysis.md\n`,
  );
  process.exit(wrong.length === 0 ? 0 : 1);
}

if (require.main === module) main();
