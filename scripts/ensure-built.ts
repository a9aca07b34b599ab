// Compiles what has changed since the last time; the compiler runs in a process of its own, so that progress stays live.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { StunError } from "../chains/errors";

const ROOT = resolve(__dirname, "..");

/** What is deployed, proposed or shown is then what `contracts/` says. @throws StunError with the compiler's words. */
export function ensureBuilt(): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["--require", "tsx/cjs", join(ROOT, "scripts", "build.ts")], { cwd: ROOT });
    const stop = (): void => void child.kill();
    process.once("exit", stop);
    let text = "";
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", fail);
    child.on("close", (code) => {
      process.removeListener("exit", stop);
      if (code === 0) done();
      else fail(new StunError(`The contracts do not compile: ${text.trim()}`));
    });
  });
}
