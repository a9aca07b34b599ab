import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect } from "chai";

const ROOT = resolve(__dirname, "..", "..");

describe("slither", () => {
  it("finds nothing in the contracts that docs/static-analysis.md does not explain", function () {
    this.timeout(900_000);
    const tsx = join(ROOT, "node_modules", "tsx", "dist", "cli.mjs");
    const run = spawnSync(process.execPath, [tsx, join(ROOT, "scripts", "slither.ts")], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const skipped = /^SKIPPED .*$/m.exec(run.stdout)?.[0];
    if (skipped) {
      process.stdout.write(`      ${skipped}\n`);
      this.skip();
    }
    expect(run.status, run.stdout + run.stderr).to.equal(0);
  });
});
