// The linker that rustc calls for sBPF: node link.ts [rustc's arguments]. Lowers atomics in every bitcode file, replaces
// the library calls whose convention LLVM does not share, adds the runtime and lets sbpf-linker make the program.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  closeSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { checkProgram } from "./elf";
import { I128_CALLS, KEPT_CALLS, libcallWrappers, REPLACED_CALLS } from "./libcalls";
import { run, ToolchainError } from "./shell";
import { home, tool } from "./toolchain";

const FAILURE = "The program was not linked";
const RUSTLIB = "/usr/lib/rustlib/bpfel-unknown-none/lib";

/** Instructions that LLVM's newest BPF processor has and sBPF v3 has not, and the limits of its frames. */
const LLVM_ARGUMENTS = [
  "-bpf-stack-size=4096",
  "--bpf-max-stores-per-memfunc=5",
  "--disable-gotox",
  "--disable-ldsx",
  "--disable-movsx",
  "--disable-bswap",
  "--disable-gotol",
];

interface Arguments {
  inputs: string[];
  output: string;
  forwarded: string[];
}

/** rustc's call: inputs, output and a few options; what concerns the processor is decided here. */
function parse(args: readonly string[]): Arguments {
  const ignored = new Set(["-flavor", "-L", "--cpu", "--cpu-features"]);
  const withValue = new Set(["--target", "--export-symbols", "-O", "--emit", "--llvm-args", "--export", "--arch"]);
  const inputs: string[] = [];
  const forwarded: string[] = [];
  let output: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] as string;
    if (argument === "-o") output = args[++i];
    else if (ignored.has(argument)) i++;
    else if (withValue.has(argument)) forwarded.push(argument, args[++i] as string);
    else if (argument.startsWith("-")) forwarded.push(argument);
    else inputs.push(argument);
  }
  if (!output) throw new ToolchainError("The linker was called without -o.");
  return { inputs, output, forwarded };
}

function isBitcode(path: string): boolean {
  const magic = Buffer.alloc(2);
  const file = openSync(path, "r");
  readSync(file, magic, 0, 2, 0);
  closeSync(file);
  return magic.toString("latin1") === "BC";
}

/** The names that llvm-nm lists with the given option. */
function symbols(path: string, option: string): string[] {
  return run(tool("llvm-nm"), [option, path], { failure: FAILURE })
    .split("\n")
    .flatMap((line) => line.trim().split(/\s+/).slice(-1))
    .filter((name) => name !== "");
}

/** Lowers one bitcode file and takes out of compiler_builtins what the runtime replaces. */
function prepare(path: string, scratch: string, name: string): string {
  const lowered = join(scratch, `${name}.bc`);
  run(tool("opt"), ["-passes=lower-atomic", path, "-o", lowered], { failure: FAILURE });
  if (!name.includes("compiler_builtins")) return lowered;
  const replaced = name.includes("solana_compiler_builtins") ? I128_CALLS : REPLACED_CALLS;
  const removed = symbols(lowered, "--defined-only")
    .filter((symbol) => replaced.has(symbol))
    .sort();
  if (removed.length > 0) {
    const functions = removed.map((symbol) => `--func=${symbol}`);
    run(tool("llvm-extract"), ["--delete", ...functions, lowered, "-o", lowered], { failure: FAILURE });
  }
  const callers = symbols(lowered, "--undefined-only").filter((symbol) => I128_CALLS.has(symbol));
  if (callers.length > 0) {
    throw new ToolchainError(
      `${FAILURE}: compiler_builtins calls ${callers.join(", ")} in C's convention, which LLVM does not share.`,
    );
  }
  return lowered;
}

/** The bitcode files of an archive or a single file, prepared. */
function objects(input: string, index: number, scratch: string): string[] {
  const prefix = String(index).padStart(4, "0");
  if (!/\.(rlib|a)$/.test(input)) return isBitcode(input) ? [prepare(input, scratch, prefix)] : [];
  const folder = join(scratch, prefix);
  mkdirSync(folder);
  run("/usr/bin/ar", ["x", "--output", folder, resolve(input)], { failure: FAILURE });
  return readdirSync(folder)
    .filter((name) => name.endsWith(".o"))
    .sort()
    .map((name) => join(folder, name))
    .filter(isBitcode)
    .map((path) => prepare(path, scratch, `${prefix}_${basename(path)}`));
}

/** The runtime, solana-compiler-builtins and the core that both were built against. */
function runtimeArchives(): string[] {
  const built = join(home(), "runtime", "bpfel-unknown-none", "release", "deps");
  const find = (folder: string, pattern: RegExp): string[] =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => pattern.test(name))
          .sort()
          .map((name) => join(folder, name))
      : [];
  const archives = [...find(built, /^libs.*\.rlib$/), ...find(RUSTLIB, /^libcore-.*\.rlib$/)];
  if (archives.length < 3)
    throw new ToolchainError(`${FAILURE}: the runtime is missing in ${home()}; run npm run setup:solana.`);
  return archives;
}

function link(args: readonly string[]): void {
  const { inputs, output, forwarded } = parse(args);
  const scratch = mkdtempSync(join(tmpdir(), "sbpf-link-"));
  try {
    const files = [...inputs, ...runtimeArchives()].flatMap((input, index) => objects(input, index, scratch));
    const wrappers = join(scratch, "libcalls.ll");
    writeFileSync(wrappers, libcallWrappers());
    run(tool("llvm-as"), [wrappers, "-o", join(scratch, "libcalls.bc")], { failure: FAILURE });
    files.push(join(scratch, "libcalls.bc"));
    // cargo links a dependency that is a program too; without its entrypoint there is nothing to make
    if (!files.some((file) => symbols(file, "--defined-only").includes("entrypoint"))) {
      writeFileSync(output, "");
      return;
    }
    run(
      tool("sbpf-linker"),
      [
        ...["--cpu", "v4", "--cpu-features", "+allows-misaligned-mem-access", "--arch=v3", "--deploy=false"],
        ...LLVM_ARGUMENTS.map((argument) => `--llvm-args=${argument}`),
        "--export=entrypoint",
        `--export=${KEPT_CALLS.join(",")}`,
        ...forwarded,
        ...["-o", output, ...files],
      ],
      { failure: FAILURE },
    );
    checkProgram(readFileSync(output), basename(output));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  link(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ToolchainError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
