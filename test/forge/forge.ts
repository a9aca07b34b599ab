// Runs Foundry on the sources of this folder and reads what it says. The native binary alone is used: npm's shim of the
// same name ends with 0 when tests fail.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { id } from "ethers";
import { SEED } from "../evm/random";

const ROOT = resolve(__dirname, "..", "..");
const NATIVE = join(ROOT, "node_modules", "@foundry-rs", "forge-linux-amd64", "bin", "forge");

/** How long a campaign is. */
export interface Tier {
  readonly runs: number;
  readonly depth: number;
  /** Calls between two checks of the rules; the last call of a run is always checked. */
  readonly checkInterval: number;
  readonly fuzzRuns: number;
  /** The runs are made in so many rounds, each from a seed of its own and with a line of its own; one when not said. */
  readonly rounds?: number;
}

interface Metrics {
  calls: number;
  reverts: number;
}

interface TestResult {
  status: "Success" | "Failure" | "Skipped";
  reason: string | null;
  counterexample: unknown;
  kind: { Invariant?: { runs: number; calls: number; reverts: number; metrics: Record<string, Metrics> } };
}

type Report = Record<string, { test_results: Record<string, TestResult> }>;

/** One campaign: its handler's functions and the rules that are checked after its calls. */
export interface Campaign {
  readonly name: string;
  readonly rules: readonly string[];
  readonly handlers: readonly string[];
}

const sources = new Map(
  readdirSync(__dirname)
    .filter((file) => file.endsWith(".sol"))
    .map((file) => [file, readFileSync(join(__dirname, file), "utf8")]),
);

/** A contract's own functions and those of its parents in this folder that anybody may call and that change something. */
function functionsOf(contract: string): string[] {
  for (const text of sources.values()) {
    const head = new RegExp(`contract ${contract}(?: is ([\\w, ]+))? \\{`).exec(text);
    if (!head) continue;
    const body = text.slice(head.index).split(/\n\}/)[0] ?? "";
    const own = [...body.matchAll(/function (\w+)\([^)]*\)\s+(?:public|external)(?! (?:view|pure))/g)].map(
      (m) => m[1]!,
    );
    const parents = (head[1] ?? "").split(",").map((parent) => parent.trim());
    return [...own, ...parents.filter(Boolean).flatMap(functionsOf)];
  }
  return [];
}

/** The campaigns of this folder: each `contract XTest is Campaign` over `XHandler`. */
export function campaigns(): Campaign[] {
  return [...sources.values()].flatMap((text) =>
    [...text.matchAll(/contract (\w+)Test is Campaign/g)].map(([, name]) => ({
      name: name!,
      rules: [...text.matchAll(/function (rule_\w+)\(/g)].map((m) => m[1]!),
      handlers: [...new Set(functionsOf(`${name}Handler`))].sort(),
    })),
  );
}

/** What the compiler says that Foundry calls: must be what was read from the sources. */
export function compiledHandlers({ name }: Campaign): string[] {
  const file = join(ROOT, "out", "forge", `${name}.t.sol`, `${name}Handler.json`);
  const { abi } = JSON.parse(readFileSync(file, "utf8")) as {
    abi: { type: string; name: string; stateMutability: string }[];
  };
  const calls = abi.filter((f) => f.type === "function" && !["view", "pure"].includes(f.stateMutability));
  return calls.map((f) => f.name).sort();
}

/** The fuzz tests of single functions, `testFuzz_…`, and those of one case, `test_…`. */
export function singleTests(): string[] {
  return [...sources.values()].flatMap((text) => [...text.matchAll(/function (test\w*)\(/g)].map((m) => m[1]!));
}

/** Where forge is, or why it cannot be had. */
export function findForge(): { path: string } | { reason: string } {
  for (const path of [NATIVE, "forge"]) {
    if (path === NATIVE && !existsSync(path)) continue;
    if (spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0) return { path };
  }
  return { reason: "there is no Foundry for this platform in node_modules and no forge on PATH" };
}

export interface Outcome {
  /** By `Contract.function`. */
  readonly results: ReadonlyMap<string, TestResult>;
  readonly seconds: number;
}

/** One process of Foundry in `root`; `only` says which tests. */
export function forgeOnce(
  path: string,
  root: string,
  seed: bigint,
  tier: Tier,
  only: readonly string[],
): Map<string, TestResult> {
  const done = spawnSync(path, ["test", "--json", "--fuzz-seed", `0x${seed.toString(16)}`, ...only], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1024 * 1024 * 1024,
    env: {
      ...process.env,
      FOUNDRY_INVARIANT_RUNS: String(tier.runs / (tier.rounds ?? 1)),
      FOUNDRY_INVARIANT_DEPTH: String(tier.depth),
      FOUNDRY_INVARIANT_CHECK_INTERVAL: String(tier.checkInterval),
      FOUNDRY_FUZZ_RUNS: String(tier.fuzzRuns),
    },
  });
  const json = done.stdout.slice(done.stdout.indexOf("{"));
  if (!json.startsWith("{")) throw new Error(`forge said nothing that could be read: ${done.stderr || done.stdout}`);
  const results = new Map<string, TestResult>();
  for (const [contract, { test_results }] of Object.entries(JSON.parse(json) as Report)) {
    for (const [signature, result] of Object.entries(test_results)) {
      results.set(`${contract.split(":")[1]}.${signature.split("(")[0]}`, result);
    }
  }
  return results;
}

/** Adds the numbers of a later round; a failure stays. */
function added(sum: TestResult | undefined, round: TestResult): TestResult {
  const [a, b] = [sum?.kind.Invariant, round.kind.Invariant];
  if (!sum || !a || !b || sum.status !== "Success") return sum ?? round;
  const metrics = { ...a.metrics };
  for (const [name, { calls, reverts }] of Object.entries(b.metrics)) {
    const known = metrics[name] ?? { calls: 0, reverts: 0 };
    metrics[name] = { calls: known.calls + calls, reverts: known.reverts + reverts };
  }
  const total = { runs: a.runs + b.runs, calls: a.calls + b.calls, reverts: a.reverts + b.reverts, metrics };
  return { ...round, kind: { Invariant: total } };
}

/** Compiles, where something changed, and runs all tests of this folder; ends with the first round that fails. */
export function runForge(path: string, tier: Tier): Outcome {
  const rounds = tier.rounds ?? 1;
  process.stdout.write(`      Foundry: STUN_SEED=${SEED}, ${tier.runs} runs of ${tier.depth} calls\n`);
  const started = Date.now();
  const seconds = (): number => (Date.now() - started) / 1000;
  if (rounds === 1) return { results: forgeOnce(path, ROOT, SEED, tier, []), seconds: seconds() };
  const results = forgeOnce(path, ROOT, SEED, tier, ["--match-test", "^test"]);
  for (let round = 0; round < rounds; round++) {
    const seed = SEED + BigInt(round);
    const done = [...forgeOnce(path, ROOT, seed, tier, ["--match-test", "^invariant"])];
    for (const [name, result] of done) results.set(name, added(results.get(name), result));
    const failed = done.filter(([, { status }]) => status !== "Success").map(([name]) => name);
    const runs = ((round + 1) * tier.runs) / rounds;
    const what = failed.length > 0 ? `FAILED with STUN_SEED=${seed}: ${failed.join(", ")}` : "all rules hold";
    process.stdout.write(`      ${runs} of ${tier.runs} runs, ${seconds().toFixed(0)} s: ${what}\n`);
    if (failed.length > 0) break;
  }
  return { results, seconds: seconds() };
}

/** The result of a campaign; throws when it did not take place. */
export function resultOf({ results }: Outcome, name: string): TestResult {
  const result = results.get(`${name}Test.invariant_all_rules_hold`);
  if (result) return result;
  const setUp = results.get(`${name}Test.setUp`);
  throw new Error(`The campaign ${name} did not take place: ${setUp?.reason ?? "Foundry does not know it"}.`);
}

/** The rule that a failed campaign names by its selector, with why; undefined when the campaign failed otherwise. */
export function brokenRule(campaign: Campaign, result: TestResult): { rule: string; why: string } | undefined {
  const [, selector, why] = /RuleBroken\((0x[0-9a-f]{8})[0-9a-f]*, "?(.*?)"?\)$/.exec(result.reason ?? "") ?? [];
  const rule = campaign.rules.find((name) => id(`${name}()`).slice(0, 10) === selector);
  return rule ? { rule, why: why ?? "" } : undefined;
}

/** The calls that led to a failure, as Foundry shrank them. */
export function sequenceOf(result: TestResult): string {
  return JSON.stringify(result.counterexample, undefined, 1).slice(0, 6_000);
}

/** How often each handler was called and how often the protocol took the call. */
export function metricsOf(result: TestResult): Map<string, { calls: number; taken: number }> {
  const found = new Map<string, { calls: number; taken: number }>();
  for (const [name, { calls, reverts }] of Object.entries(result.kind.Invariant?.metrics ?? {})) {
    found.set(name.slice(name.lastIndexOf(".") + 1), { calls, taken: calls - reverts });
  }
  return found;
}
