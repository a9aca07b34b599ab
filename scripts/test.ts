// npm test [-- --suite evm,model]: builds the contracts once, runs the suites two at a time, each in a process of its
// own, and ends with one line 'N passed, N failed, N skipped'. `npm run test:deep` adds the long ones.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { SUITES, type Suite } from "./suites";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const ROOT = resolve(__dirname, "..");
const MOCHA = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
const PARALLEL = 2;

function hasFiles(suite: Suite): boolean {
  const folder = join(ROOT, suite.files.slice(0, suite.files.indexOf("/**")));
  return existsSync(folder) && readdirSync(folder, { recursive: true }).some((f) => String(f).endsWith(".test.ts"));
}

function build(): void {
  const tsx = join(ROOT, "node_modules", "tsx", "dist", "cli.mjs");
  const done = spawnSync(process.execPath, [tsx, join(ROOT, "scripts", "build.ts")], { cwd: ROOT, stdio: "inherit" });
  if (done.status !== 0) {
    process.stdout.write("0 passed, 1 failed, 0 skipped\n");
    process.exit(1);
  }
}

/** Runs one suite; a suite that dies before it reports counts as one failure. */
function run(suite: Suite, scratch: string): Promise<Counts> {
  const countsFile = join(scratch, `${suite.name}.json`);
  const started = Date.now();
  process.stdout.write(`▶ ${suite.name}\n`);
  return new Promise((done) => {
    const child = spawn(
      process.execPath,
      [MOCHA, "--reporter", join(ROOT, "tools", "mocha-reporter.cjs"), suite.files],
      { cwd: ROOT, env: { ...process.env, STUN_TEST_COUNTS: countsFile, FORCE_COLOR: "0" } },
    );
    const output: Buffer[] = [];
    // What takes hours says how far it is; the others speak at their end, so that two do not speak at once.
    const hear = (chunk: Buffer): unknown => (suite.deep ? process.stdout.write(chunk) : output.push(chunk));
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("close", (code) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(0);
      process.stdout.write(`\n──── ${suite.name} (${seconds} s) ────\n${Buffer.concat(output).toString()}`);
      const counts: Counts = existsSync(countsFile)
        ? (JSON.parse(readFileSync(countsFile, "utf8")) as Counts)
        : { passed: 0, failed: 1, skipped: 0 };
      if (code !== 0 && counts.failed === 0) counts.failed = 1;
      done(counts);
    });
  });
}

async function main(): Promise<void> {
  const options = new Command()
    .option("--suite <names>", "comma-separated names of suites to run")
    .option("--deep", "also run the long suites")
    .parse()
    .opts<{ suite?: string; deep?: boolean }>();
  const wanted = options.suite?.split(",");
  for (const name of wanted ?? []) {
    if (!SUITES.some((s) => s.name === name)) {
      throw new Error(`There is no suite '${name}': choose from ${SUITES.map((s) => s.name).join(", ")}.`);
    }
  }
  const queue = SUITES.filter((s) => (wanted ? wanted.includes(s.name) : options.deep || !s.deep)).filter(hasFiles);
  build();
  const scratch = mkdtempSync(join(tmpdir(), "stun-test-"));
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const worker = async (): Promise<void> => {
    for (let suite = queue.shift(); suite; suite = queue.shift()) {
      const counts = await run(suite, scratch);
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped += counts.skipped;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  rmSync(scratch, { recursive: true, force: true });
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
