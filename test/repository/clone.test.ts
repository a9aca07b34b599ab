import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect } from "chai";
import { sourceFiles } from "../../scripts/sources";

const ROOT = resolve(__dirname, "..", "..");

describe("A clone in which nothing is compiled yet", () => {
  let clone: string;

  before(() => {
    clone = mkdtempSync(join(tmpdir(), "stun-clone-"));
    for (const file of sourceFiles()) {
      mkdirSync(dirname(join(clone, file)), { recursive: true });
      copyFileSync(join(ROOT, file), join(clone, file));
    }
    symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
  });

  after(() => rmSync(clone, { recursive: true, force: true }));

  for (const [script, ...args] of [
    ["demo", "--help"],
    ["deploy", "--help"],
    ["governance", "list"],
  ] as [string, ...string[]][]) {
    it(`starts \`npm run ${script}\`: no module reads a compiled contract while it is loaded`, () => {
      const entry = join(clone, "scripts", `${script}.ts`);
      const tsx = join(clone, "node_modules", "tsx", "dist", "cli.mjs");
      const ran = spawnSync(process.execPath, [tsx, entry, ...args], {
        cwd: clone,
        encoding: "utf8",
      });
      expect(ran.status, ran.stderr).to.equal(0);
      expect(ran.stdout).to.not.equal("");
    });
  }
});
