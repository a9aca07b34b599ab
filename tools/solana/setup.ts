// npm run setup:solana [-- --if-possible]: sets up the second compiler of the Solana programs in SBF_HOME (default
// ~/.cache/stun-sbf) and trusts it only after the differential check. What is there already is kept.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { buildIdlGenerator, buildRuntime } from "./compile";
import { compare, INPUTS } from "./difftest/compare";
import { checkMachine, installLinker, installLlvm, installRust, makeSysroot } from "./install";
import { setTimeLimit, ToolchainError } from "./shell";
import {
  describe,
  home,
  installedVersions,
  stampFile,
  toolchainFilesHash,
  trustedToolchain,
  type Stamp,
} from "./toolchain";

const say = (line: string): void => void process.stderr.write(`solana toolchain: ${line}\n`);

/** One set-up at a time in a home: throws when another process is at it. */
function lockHome(): void {
  const lock = join(home(), "lock");
  mkdirSync(home(), { recursive: true });
  const holder = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
  if (holder && holder !== process.pid && isRunning(holder)) {
    throw new ToolchainError(
      `process ${holder} is setting up the toolchain in ${home()}: wait for it, or name another SBF_HOME.`,
    );
  }
  writeFileSync(lock, String(process.pid));
  process.on("exit", () => rmSync(lock, { force: true }));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function setUp(): Promise<void> {
  const present = trustedToolchain();
  if ("stamp" in present) {
    say(`${describe(present.stamp.versions)} is set up in ${home()} and has passed the differential check`);
    return;
  }
  checkMachine();
  lockHome();
  rmSync(stampFile(), { force: true });
  const started = Date.now();
  installRust(say);
  installLlvm(say);
  installLinker(say);
  makeSysroot();
  say("building the runtime and the IDL generator");
  buildRuntime();
  buildIdlGenerator();
  const versions = installedVersions();
  say(`differential check of ${describe(versions)}: ${INPUTS} random inputs on chain and on the host`);
  const result = await compare(say);
  const stamp: Stamp = { versions, files: toolchainFilesHash(), ...result };
  writeFileSync(stampFile(), `${JSON.stringify(stamp, null, 2)}\n`);
  say(
    `ready in ${home()} after ${((Date.now() - started) / 1000).toFixed(0)} s: ${result.inputs} inputs × ${result.words} words are equal`,
  );
}

const options = new Command()
  .option("--if-possible", "end with exit code 0 and the reason when it cannot be set up")
  .option("--limit <seconds>", "give up after so many seconds", Number)
  .parse()
  .opts<{ ifPossible?: boolean; limit?: number }>();
if (options.limit) setTimeLimit(options.limit);

setUp().catch((error: unknown) => {
  if (!(error instanceof ToolchainError)) throw error;
  say(error.message);
  process.exit(options.ifPossible ? 0 : 1);
});
