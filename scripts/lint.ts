// npm run lint: every tool that has an opinion about the sources, one line each; exits with 1 when one of them objects.
// npm run format (--fix) lets those that can correct the sources do so.
import { spawn, spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { sourceFiles } from "./sources";

const ROOT = resolve(__dirname, "..");

interface Tool {
  name: string;
  command: string;
  args: string[];
  /** Printed instead of running the tool. */
  skipped?: string;
}

const npmTool = (name: string, file: string, args: string[]): Tool => ({
  name,
  command: process.execPath,
  args: [join(ROOT, "node_modules", file), ...args],
});

/** What a tool found right and has not changed since is not read again. */
const cache = (name: string): string[] => {
  const location = join(ROOT, "node_modules", ".cache", `stun-${name}`);
  return ["--cache", "--cache-strategy", "content", "--cache-location", location];
};

/** rustfmt of the PATH, formatting every Rust file of the repository by rustfmt.toml. */
function rustfmt(fix: boolean): Tool {
  const files = sourceFiles("*.rs");
  const args = [...(fix ? [] : ["--check"]), "--edition", "2021", "--config-path", ROOT, ...files];
  // rustup's own stand-in exists without the tool: only a version says that it works
  const works = spawnSync("rustfmt", ["--version"], { stdio: "ignore" }).status === 0;
  const reason = "there is no rustfmt on PATH (Debian: rustfmt-web, rustup: rustup component add rustfmt)";
  return { name: "rustfmt", command: "rustfmt", args, skipped: works ? undefined : reason };
}

function tools(fix: boolean): Tool[] {
  const prettier = sourceFiles("*.ts", "*.mts", "*.mjs", "*.cjs", "*.js", "*.json", "*.sol", "*.yml", "*.yaml");
  return [
    npmTool("typecheck", "typescript/bin/tsc", ["--noEmit"]),
    npmTool("eslint", "eslint/bin/eslint.js", [
      ...cache("eslint"),
      "--max-warnings",
      "0",
      ...(fix ? ["--fix"] : []),
      ".",
    ]),
    npmTool("prettier", "prettier/bin/prettier.cjs", [
      ...cache("prettier"),
      ...["--log-level", "warn", "--no-error-on-unmatched-pattern"],
      ...[fix ? "--write" : "--check", ...prettier],
    ]),
    npmTool("solhint", "solhint/solhint.js", ["--noPoster", "--disc", "--max-warnings", "0", "contracts/**/*.sol"]),
    rustfmt(fix),
  ];
}

function run(tool: Tool): Promise<{ ok: boolean; output: string; seconds: number }> {
  const started = Date.now();
  return new Promise((done) => {
    const child = spawn(tool.command, tool.args, {
      cwd: ROOT,
      env: { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1" },
    });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("error", (error) => output.push(Buffer.from(error.message)));
    child.on("close", (code) =>
      done({ ok: code === 0, output: Buffer.concat(output).toString().trim(), seconds: (Date.now() - started) / 1000 }),
    );
  });
}

async function main(): Promise<void> {
  const { fix = false } = new Command()
    .option("--fix", "let the tools correct what they can")
    .parse()
    .opts<{ fix?: boolean }>();
  let failed = 0;
  for (const tool of tools(fix)) {
    if (tool.skipped) {
      process.stdout.write(`SKIPPED ${tool.name}: ${tool.skipped}\n`);
      continue;
    }
    const { ok, output, seconds } = await run(tool);
    process.stdout.write(`${ok ? "ok     " : "FAILED "} ${tool.name} (${seconds.toFixed(1)} s)\n`);
    if (ok) continue;
    failed++;
    process.stdout.write(
      `${output
        .split("\n")
        .map((line) => `    ${line}`)
        .join("\n")}\n`,
    );
  }
  if (failed > 0) {
    process.stdout.write(
      `${failed} ${failed === 1 ? "tool objects" : "tools object"}${fix ? "" : "; npm run format corrects what can be corrected"}\n`,
    );
    process.exit(1);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
