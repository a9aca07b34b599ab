// Runs the programs that the toolchain is made of, with an environment that is the same on every machine.
import { spawnSync } from "node:child_process";
import { homedir } from "node:os";

/** What the person at the keyboard can act on: printed as it is, without a stack. */
export class ToolchainError extends Error {}

/** Variables that a build may take from its surroundings: where things are and how to reach the network, never flags. */
const INHERITED = [
  "CARGO_HOME",
  "SBF_HOME",
  "TMPDIR",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "CARGO_HTTP_CAINFO",
  "CARGO_HTTP_PROXY",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
];

/** The environment of every tool: a person's RUSTFLAGS, cargo profiles or rustup toolchain must not reach the binary. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", HOME: homedir(), LC_ALL: "C" };
  for (const name of INHERITED) {
    if (process.env[name] !== undefined) environment[name] = process.env[name];
  }
  return { ...environment, ...extra };
}

let deadline = Number.POSITIVE_INFINITY;

/** From now on, programs are ended when so many seconds have passed. */
export function setTimeLimit(seconds: number): void {
  deadline = Date.now() + seconds * 1000;
}

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  /** Shows the tool's own progress on stderr instead of keeping it for the error message. */
  show?: boolean;
  /** What failed, for the error: "The IDL of oft was not made". */
  failure: string;
}

/** Runs a program to its end and returns what it printed; ends in one sentence when it cannot start or fails. */
export function run(command: string, args: readonly string[], options: RunOptions): string {
  const left = deadline - Date.now();
  if (left <= 0) throw new ToolchainError(`${options.failure}: the time limit has passed.`);
  const child = spawnSync(command, [...args], {
    cwd: options.cwd,
    env: options.env ?? cleanEnvironment(),
    input: options.input,
    encoding: "utf8",
    timeout: Number.isFinite(left) ? left : undefined,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["pipe", "pipe", options.show ? "inherit" : "pipe"],
  });
  if (child.error && (child.error as NodeJS.ErrnoException).code === "ETIMEDOUT") {
    throw new ToolchainError(`${options.failure}: the time limit has passed.`);
  }
  if (child.error) throw new ToolchainError(`${options.failure}: ${command} did not start (${child.error.message}).`);
  if (child.status !== 0) {
    const said = (child.stderr ?? "").trim().split("\n").slice(-12).join("\n  ");
    const how = child.status === null ? `was ended by ${child.signal}` : `ended with exit code ${child.status}`;
    throw new ToolchainError(`${options.failure}: ${command} ${how}${said ? `, saying\n  ${said}` : "."}`);
  }
  return child.stdout;
}

/** True when `command` can be started from the caller's PATH. */
export function onPath(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" }).status === 0;
}
