import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { expect } from "chai";
import { SEED } from "../evm/random";
import { brokenRule, campaigns, findForge, forgeOnce } from "../forge/forge";
import { MUTANTS, type Mutant } from "../forge/mutants";

const ROOT = resolve(__dirname, "..", "..");
const COPIED = ["contracts", "test/forge", "tools", "foundry.toml", "artifacts", "out/forge", "cache/forge"];
/** As long as the tier of `npm test`; what that misses by chance is tried from other seeds. */
const TIER = { runs: 64, depth: 32, checkInterval: 1, fuzzRuns: 1_000 };
const TRIES = 4;

interface BuildInfo {
  input: { language: string; sources: Record<string, { content: string }>; settings: Record<string, unknown> };
}

/** What the compiler was given when the contract was built, changed in one file: the new code of that contract alone. */
function compiled(folder: string, artifact: string, file: string, content: string): string {
  const path = join(folder, artifact);
  const { buildInfo } = JSON.parse(readFileSync(path.replace(/\.json$/, ".dbg.json"), "utf8")) as { buildInfo: string };
  const { input } = JSON.parse(readFileSync(resolve(dirname(path), buildInfo), "utf8")) as BuildInfo;
  const source = artifact.slice("artifacts/".length, artifact.lastIndexOf("/"));
  const name = basename(artifact, ".json");
  const outputSelection = { [source]: { [name]: ["evm.bytecode.object"] } };
  const given = {
    ...input,
    sources: { ...input.sources, [file]: { content } },
    settings: { ...input.settings, outputSelection },
  };
  const done = spawnSync(process.execPath, [join(ROOT, "tools", "solc.cjs"), "--standard-json"], {
    input: JSON.stringify(given),
    encoding: "utf8",
    maxBuffer: 1024 * 1024 * 1024,
  });
  const output = JSON.parse(done.stdout) as {
    contracts?: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
    errors?: { severity: string; formattedMessage: string }[];
  };
  const code = output.contracts?.[source]?.[name]?.evm.bytecode.object;
  if (!code)
    throw new Error(output.errors?.find(({ severity }) => severity === "error")?.formattedMessage ?? "no code");
  return `0x${code}`;
}

describe("A fault in a contract", function () {
  this.timeout(3_600_000);
  let folder = "";
  let forge = "";

  before(function () {
    const found = findForge();
    if ("reason" in found) {
      process.stdout.write(`    SKIPPED, no faults are tried: ${found.reason}\n`);
      return this.skip();
    }
    forge = found.path;
    folder = mkdtempSync(join(tmpdir(), "stun-mutants-"));
    for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  });

  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** What the random sequences say of the copy: the broken rule, or undefined when they found nothing. */
  function finding({ campaign }: Mutant): string | undefined {
    for (let round = 0; round < TRIES; round++) {
      const results = forgeOnce(forge, folder, SEED + BigInt(round), TIER, ["--match-contract", `^${campaign}Test$`]);
      if (results.has(`${campaign}Test.setUp`)) throw new Error("the fault shows before any call: choose another");
      for (const [test, result] of results) {
        if (result.status === "Success") continue;
        if (campaign === "Maths") return test;
        const broken = brokenRule(
          campaigns().find(({ name }) => name === campaign)!,
          result,
        );
        return broken ? `${broken.rule}: ${broken.why} (after ${round * TIER.runs} runs at least)` : result.reason!;
      }
    }
    return undefined;
  }

  for (const mutant of MUTANTS) {
    const { file, from, to, contract, invariants } = mutant;
    it(`that breaks ${invariants.join(" and ")} is found: ${basename(file)}, ${from.trim().slice(0, 70)}`, () => {
      const source = readFileSync(join(ROOT, file), "utf8");
      expect(source.split(from).length, `${file} has this line once`).to.equal(2);
      const content = source.replace(from, () => to);
      const [module, name] = contract?.split("/") ?? [];
      const artifact = `artifacts/contracts/${module}/${name}.sol/${name}.json`;
      try {
        writeFileSync(join(folder, file), content);
        if (contract) {
          const built = JSON.parse(readFileSync(join(ROOT, artifact), "utf8")) as object;
          const bytecode = compiled(folder, artifact, file, content);
          writeFileSync(join(folder, artifact), JSON.stringify({ ...built, bytecode }));
        }
        const found = finding(mutant);
        process.stdout.write(`      ${found ?? "nothing was found"}\n`);
        expect(found).not.to.equal(undefined);
      } finally {
        writeFileSync(join(folder, file), source);
        if (contract) cpSync(join(ROOT, artifact), join(folder, artifact));
        // A sequence that failed is kept and tried first: it belongs to this fault alone.
        rmSync(join(folder, "cache", "invariant"), { recursive: true, force: true });
      }
    });
  }
});
