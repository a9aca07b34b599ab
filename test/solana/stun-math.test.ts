import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect } from "chai";

const ROOT = resolve(__dirname, "..", "..");

function cargo(...args: string[]): { status: number | null; output: string } {
  const child = spawnSync("cargo", args, { cwd: ROOT, encoding: "utf8" });
  return {
    status: child.error ? null : child.status,
    output: `${child.stdout ?? ""}${child.stderr ?? ""}${child.error?.message ?? ""}`,
  };
}

describe("The maths crate of the Solana programs", () => {
  it("gives what the model gives on every vector that fits into u64", function () {
    const fetched = cargo("fetch", "--locked");
    if (fetched.status !== 0) {
      const why = fetched.output.trim().split("\n").pop();
      process.stdout.write(`    SKIPPED: cargo cannot be used here (${why})\n`);
      return this.skip();
    }
    const result = cargo("test", "--locked", "--quiet", "-p", "stun-math");
    expect(result.status, result.output).to.equal(0);
    expect(result.output).to.match(/5 passed/);
  });
});
