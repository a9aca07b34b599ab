// Proofs of the pure maths by halmos. It comes from PyPI, so that its own environment is made in cache/, once.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { expect } from "chai";
import { findForge } from "../forge/forge";

const ROOT = resolve(__dirname, "..", "..");
const HOME = join(ROOT, "cache", "halmos-python");
const PACKAGES = ["halmos==0.3.3", "cvc5==1.4.2"];
/** Eras of the emission, which is the longest loop, and what halmos takes beyond it to see that it has ended. */
const LOOP = 7;

/** Where the proofs are: lemmas go to a solver of whole numbers, what is put together of them to halmos's own of bits. */
const PROOFS = [
  { file: "Lemmas", contract: "LemmasProofs", solver: "integers" },
  { file: "Maths", contract: "MathsProofs", solver: "bits" },
] as const;

interface Report {
  test_results: Record<string, { name: string; exitcode: number; num_bounded_loops: number | null }[]>;
}

const source = (file: string): string => readFileSync(join(ROOT, "test", "halmos", `${file}.sol`), "utf8");
const checksOf = (file: string): string[] => [...source(file).matchAll(/function (check_\w+)\(/g)].map((m) => m[1]!);

/** The environment's folder of programs, or why there is none. */
function install(): { bin: string } | { reason: string } {
  const bin = join(HOME, "bin");
  const works = (): boolean => spawnSync(join(bin, "python"), ["-c", "import cvc5, halmos"]).status === 0;
  if (existsSync(bin) && works()) return { bin };
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(dirname(HOME), { recursive: true });
  for (const [command, ...args] of [
    ["python3", "-m", "venv", HOME],
    [join(bin, "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PACKAGES],
  ] as const) {
    const done = spawnSync(command, args, { encoding: "utf8" });
    if (done.status === 0) continue;
    const why = done.error?.message ?? done.stderr.trim().split("\n").at(-1) ?? "no reason was given";
    return { reason: `${PACKAGES.join(" and ")} could not be installed (${command}): ${why}` };
  }
  return works() ? { bin } : { reason: `${PACKAGES.join(" and ")} were installed and cannot be imported` };
}

describe("halmos proves, for every value", function () {
  this.timeout(3_600_000);
  const results = new Map<string, { exitcode: number; bounded: number }>();

  before(function () {
    const forge = findForge();
    const there = "reason" in forge ? forge : install();
    if ("reason" in forge || "reason" in there) {
      process.stdout.write(`    SKIPPED, nothing is proved: ${"reason" in there ? there.reason : ""}\n`);
      return this.skip();
    }
    const { bin } = there;
    const scratch = mkdtempSync(join(tmpdir(), "stun-halmos-"));
    const integers = `${join(bin, "python")} ${join(ROOT, "tools", "integer-solver.py")}`;
    for (const { contract, solver } of PROOFS) {
      const out = join(scratch, `${contract}.json`);
      const started = Date.now();
      const done = spawnSync(
        join(bin, "halmos"),
        [
          ...["--forge-build-out", "out/halmos", "--contract", contract, "--no-status", "--json-output", out],
          ...["--loop", String(LOOP), "--solver-timeout-assertion", "600s"],
          ...(solver === "integers" ? ["--solver-command", integers] : ["--solver", "yices"]),
        ],
        {
          cwd: ROOT,
          encoding: "utf8",
          env: {
            ...process.env,
            FOUNDRY_PROFILE: "halmos",
            PATH: [bin, dirname(forge.path), process.env.PATH].join(delimiter),
          },
        },
      );
      if (!existsSync(out)) throw new Error(`halmos said nothing that could be read: ${done.stdout}${done.stderr}`);
      const { test_results } = JSON.parse(readFileSync(out, "utf8")) as Report;
      for (const { name, exitcode, num_bounded_loops } of Object.values(test_results).flat()) {
        results.set(`${contract}.${name.split("(")[0]}`, { exitcode, bounded: num_bounded_loops ?? 0 });
      }
      process.stdout.write(`      ${contract}: ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
    }
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const { file, contract } of PROOFS) {
    for (const check of checksOf(file)) {
      it(`${contract}: ${check.slice("check_".length).replaceAll("_", " ")}`, () => {
        // 0 is a proof; a counterexample, a time-out and a loop that was cut off are none.
        expect(results.get(`${contract}.${check}`)).to.deep.equal({ exitcode: 0, bounded: 0 });
      });
    }
  }
});
