// npm run snapshots: writes every committed number and text that the contracts decide (ABI, storage layout, code size, gas) anew,
// so that a change of theirs shows in the diff. The peers of bench/evm keep their numbers: nothing is fetched.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import hre from "hardhat";
import { writeSnapshots } from "./compiled";
import { updateTypes } from "./types";

const ROOT = resolve(__dirname, "..");
const node = (...args: string[]): number =>
  spawnSync(
    process.execPath,
    args.map((arg) => (arg.startsWith("-") ? arg : join(ROOT, arg))),
    {
      cwd: ROOT,
      stdio: "inherit",
      env: { ...process.env, STUN_SNAPSHOT: "write" },
    },
  ).status ?? 1;

async function main(): Promise<void> {
  await hre.run("compile", { quiet: true });
  await updateTypes();
  writeSnapshots();
  const mocha = "node_modules/mocha/bin/mocha.js";
  const tsx = "node_modules/tsx/dist/cli.mjs";
  const failed = [
    node(mocha, "test/evm/token/gas.test.ts"),
    node(mocha, "test/bench/entries.test.ts"),
    node(mocha, "test/solana/oft/compute.test.ts"),
    node(tsx, "bench/evm/run.ts", "--update", "--no-peers"),
  ].some((status) => status !== 0);
  process.exit(failed ? 1 : 0);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
