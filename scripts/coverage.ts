// npm run coverage [-- --only escrow,fees]: runs the EVM tests on instrumented contracts (solidity-coverage) and fails
// unless every line and every branch of ours was reached. docs/coverage.md says what is not counted, and why.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import { coverageApi, prepare, type FileCoverage, type Point } from "./coverage/instrumented";

const ROOT = resolve(__dirname, "..");
const WORK = join(ROOT, "cache", "coverage");
const TREE = join(WORK, "tree");
const REPORT = join(ROOT, "coverage");
const POINTS = join(WORK, "points.json");
/** What each group of tests has reached of the contracts as they are. */
const HITS = join(WORK, "hits");

/** Bounds of gas are those of the code that ships; random sequences against the model and the table of liveness reach nothing of their own. */
const NOT_RUN = /(^|\/)(gas|liveness\/liveness|[a-z-]*differential)\.test\.ts$/;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** So many files of one folder of test/evm run in one process. */
const FILES = 6;

function groups(only: string[] | undefined): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const entry of readdirSync(join(TREE, "test", "evm"), { recursive: true, withFileTypes: true })) {
    const file = relative(TREE, join(entry.parentPath, entry.name));
    if (!entry.isFile() || !file.endsWith(".test.ts") || NOT_RUN.test(file)) continue;
    const folder = file.split(/[\\/]/).slice(2, -1)[0];
    if (folder === undefined || (only && !only.includes(folder))) continue;
    found.set(folder, [...(found.get(folder) ?? []), file]);
  }
  // the longest first: the others then fill the second process
  const size = (files: string[]): number => files.reduce((sum, f) => sum + readFileSync(join(TREE, f)).length, 0);
  const parts = [...found].flatMap(([folder, files]) =>
    Array.from({ length: Math.ceil(files.length / FILES) }, (_, i): [string, string[]] => [
      files.length > FILES ? `${folder}-${i + 1}` : folder,
      files.slice(i * FILES, (i + 1) * FILES),
    ]),
  );
  return parts.sort(([, a], [, b]) => size(b) - size(a));
}

/** Runs a group; true when all of it passed. */
function runTests(name: string, files: string[]): Promise<boolean> {
  const started = Date.now();
  const mocha = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
  return new Promise((done) => {
    const child = spawn(
      process.execPath,
      [
        mocha,
        "--require",
        "tsx/cjs",
        "--require",
        join(TREE, "scripts", "coverage", "collect.ts"),
        "--reporter",
        "dot",
        ...files,
      ],
      {
        cwd: TREE,
        env: {
          ...process.env,
          STUN_COVERAGE_POINTS: POINTS,
          STUN_COVERAGE_HITS: join(HITS, `${name}.json`),
          FORCE_COLOR: "0",
          CI: "true",
        },
      },
    );
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("close", (code) => {
      say(`${code === 0 ? "ok     " : "FAILED "} test/evm/${name} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
      if (code !== 0) say(Buffer.concat(output).toString());
      done(code === 0);
    });
  });
}

interface Share {
  reached: number;
  all: number;
}

const percent = ({ reached, all }: Share): string =>
  all === 0 ? "–" : `${((100 * reached) / all).toFixed(2)} % (${reached}/${all})`;

function summary(data: Record<string, FileCoverage>): { table: string; missing: string[] } {
  const missing: string[] = [];
  const rows: string[] = [];
  const total = { lines: { reached: 0, all: 0 }, branches: { reached: 0, all: 0 } };
  for (const [path, { l, b, branchMap }] of Object.entries(data).sort(([x], [y]) => (x < y ? -1 : 1))) {
    const name = relative(TREE, path);
    const lines = { reached: 0, all: 0 };
    const branches = { reached: 0, all: 0 };
    const [unreached, untaken]: [string[], string[]] = [[], []];
    for (const [line, count] of Object.entries(l)) {
      lines.all++;
      if (count > 0) lines.reached++;
      else unreached.push(line);
    }
    for (const [id, counts] of Object.entries(b)) {
      counts.forEach((count, i) => {
        branches.all++;
        if (count > 0) branches.reached++;
        else
          untaken.push(`${branchMap[id]?.line}${branchMap[id]?.type === "cond-expr" ? "|" : ""}${i === 0 ? "+" : "-"}`);
      });
    }
    if (unreached.length > 0) missing.push(`${name}: lines ${unreached.join(" ")}`);
    if (untaken.length > 0) missing.push(`${name}: branches ${untaken.join(" ")}`);
    for (const key of ["lines", "branches"] as const) {
      const part = key === "lines" ? lines : branches;
      total[key].reached += part.reached;
      total[key].all += part.all;
    }
    if (lines.all > 0) rows.push(`| ${name} | ${percent(lines)} | ${percent(branches)} |`);
  }
  rows.push(`| **all** | ${percent(total.lines)} | ${percent(total.branches)} |`);
  return { table: ["| contract | lines | branches |", "|---|---|---|", ...rows].join("\n"), missing };
}

async function main(): Promise<void> {
  const options = new Command()
    .option(
      "--only <folders>",
      "comma-separated folders of test/evm to run; counts what others reached before, requires nothing",
    )
    .option("--jobs <n>", "test processes at a time", String(Math.min(2, availableParallelism())))
    .parse()
    .opts<{ only?: string; jobs: string }>();
  const only = options.only?.split(",");
  for (const folder of [WORK, REPORT]) mkdirSync(folder, { recursive: true });
  const api = await coverageApi();
  const anew = await prepare(api, WORK, (folder, seconds) => say(`compiled ${folder} (${seconds.toFixed(0)} s)`));
  if (anew || !only) rmSync(HITS, { recursive: true, force: true });
  mkdirSync(HITS, { recursive: true });
  const points = api.getInstrumentationData();
  writeFileSync(POINTS, JSON.stringify(points));
  const queue = groups(only);
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let group = queue.shift(); group; group = queue.shift()) {
      if (!(await runTests(...group))) failed = true;
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
  for (const file of readdirSync(HITS)) {
    const hits = JSON.parse(readFileSync(join(HITS, file), "utf8")) as Record<string, number>;
    for (const [hash, count] of Object.entries(hits)) (points[hash] as Point).hits += count;
  }

  api.setInstrumentationData(points);
  await api.report(REPORT);
  const { table, missing } = summary(api.coverage.data);
  say(`\n${table}\n`);
  for (const line of missing) say(line);
  if (failed) say("Some tests failed: the figures are too low until they pass.");
  if (!only && missing.length > 0)
    say(`Not reached by any test, see above; a branch is its line and + (true) or - (false).`);
  process.exit(failed || (!only && missing.length > 0) ? 1 : 0);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
