import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect } from "chai";

const ROOT = resolve(__dirname, "..", "..");

describe("The sources", () => {
  it("satisfy every tool of `npm run lint`", function () {
    this.timeout(300_000);
    const lint = spawnSync(
      process.execPath,
      ["--require", require.resolve("tsx/cjs"), join(ROOT, "scripts", "lint.ts")],
      {
        cwd: ROOT,
        encoding: "utf8",
      },
    );
    for (const line of lint.stdout.split("\n").filter((text) => /^(ok|SKIPPED)/.test(text))) {
      process.stdout.write(`    ${line}\n`);
    }
    expect(lint.status, `\n${lint.stdout}${lint.stderr}`).to.equal(0);
  });
});
