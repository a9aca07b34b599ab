// Plain Node: brings node_modules up to date, then runs a TypeScript entry point with tsx.
// Usage: node tools/bootstrap.mjs <entry.ts> [arguments]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stampFile = join(root, "node_modules", ".stun-lock-hash");
const [entry, ...args] = process.argv.slice(2);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function run(command, commandArgs, options = {}) {
  const child = spawnSync(command, commandArgs, { cwd: root, stdio: "inherit", ...options });
  if (child.error) fail(`Could not start ${command}: ${child.error.message}; check that Node 20 and npm are on PATH.`);
  return child.status ?? 1;
}

const major = Number(process.versions.node.split(".")[0]);
if (major < 20) fail(`Node ${process.versions.node} is too old: install Node 20 or later.`);
if (!entry || !existsSync(join(root, entry)))
  fail(`No entry point '${entry ?? ""}': pass a TypeScript file of this repository.`);

// The lock names every dependency; npm ci itself fails when package.json asks for others.
const lockHash = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const installed = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "";
if (installed !== lockHash) {
  process.stderr.write(
    "Installing dependencies with npm ci (about a minute, once per change of package-lock.json) …\n",
  );
  // Everything needed ships in the packages themselves, so no install script has to run.
  // npm's own output goes to stderr: a command's stdout stays what the command prints.
  const status = run(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"],
    {
      shell: process.platform === "win32",
      stdio: ["ignore", 2, 2],
    },
  );
  if (status !== 0) fail(`npm ci ended with exit code ${status}: read npm's message above and run the command again.`);
  writeFileSync(stampFile, lockHash);
}

const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
process.exit(run(process.execPath, [tsx, join(root, entry), ...args], { cwd: process.cwd() }));
