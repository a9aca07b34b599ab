// Where the second compiler of the Solana programs lives, which versions it is made of, and whether it may be trusted.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { cleanEnvironment, run } from "./shell";
import pins from "./toolchain.json";

export { pins };

export const ROOT = resolve(__dirname, "..", "..");
export const TOOLS = __dirname;

/** The folder of the toolchain: SBF_HOME, or one in the user's cache. Nothing outside it is written by the set-up but apt's packages. */
export function home(): string {
  const folder = resolve(process.env.SBF_HOME ?? join(homedir(), ".cache", "stun-sbf"));
  return existsSync(folder) ? realpathSync(folder) : folder;
}

/** A sysroot of our own: the system's rustlib, and in it std with the operating system "solana". */
export const sysroot = (): string => join(home(), "sysroot");
export const stdSources = (): string => join(sysroot(), "lib", "rustlib", "src", "rust", "library");

export const RUSTC = "/usr/bin/rustc";
export const CARGO = "/usr/bin/cargo";

export const tool = (name: string): string => join(home(), "bin", name);
export const stampFile = (): string => join(home(), "trusted.json");

/** The versions of the three parts that make the bytes. */
export interface Versions {
  rustc: string;
  llvm: string;
  linker: string;
}

/** Written by the set-up when the differential check has passed; valid for these versions and these files alone. */
export interface Stamp {
  versions: Versions;
  /** Hash of the files of tools/solana that decide what the toolchain does. */
  files: string;
  inputs: number;
  words: number;
}

/** Files of tools/solana that decide what the compiler does, without those that only start it. */
export const TOOLCHAIN_FILES = [
  "toolchain.json",
  "sbpf.json",
  "patch-std.ts",
  "libcalls.ts",
  "link.ts",
  "compile.ts",
  "runtime",
  "idlgen",
  "difftest",
];

/** All files below `path` (a file or a folder), sorted, without build output. */
export function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .filter((name) => name !== "target")
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

/** SHA-256 over names and contents, names relative to the repository: the same in every checkout. */
export function hashFiles(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesBelow)) {
    const content = readFileSync(file);
    hash.update(`${relative(ROOT, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

export const toolchainFilesHash = (): string => hashFiles(TOOLCHAIN_FILES.map((name) => join(TOOLS, name)));

/** Versions of what is installed; throws when a part is missing or does not start. */
export function installedVersions(): Versions {
  const failure = "The toolchain is not complete";
  const first = (output: string, pattern: RegExp): string => pattern.exec(output)?.[1] ?? output.trim();
  return {
    rustc: first(run(RUSTC, ["--version"], { failure }), /^rustc (.*)$/m),
    llvm: first(run(tool("llc"), ["--version"], { failure }), /LLVM version (\S+)/),
    linker: first(run(tool("sbpf-linker"), ["--version"], { failure }), /(\d+\.\d+\.\d+)/),
  };
}

/** The stamp of a toolchain that may be used, or the reason why there is none, in one sentence. */
export function trustedToolchain(): { stamp: Stamp } | { reason: string } {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return { reason: `the toolchain runs on x86-64 Linux, this is ${process.platform} on ${process.arch}` };
  }
  if (!existsSync(stampFile())) return { reason: "the toolchain is not installed (npm run setup:solana installs it)" };
  const stamp = JSON.parse(readFileSync(stampFile(), "utf8")) as Stamp;
  let versions: Versions;
  try {
    versions = installedVersions();
  } catch (error) {
    return { reason: `${(error as Error).message.split("\n")[0]} Run npm run setup:solana.` };
  }
  if (JSON.stringify(versions) !== JSON.stringify(stamp.versions)) {
    return {
      reason: `the installed compiler (${describe(versions)}) is not the one that passed the differential check (${describe(stamp.versions)}): run npm run setup:solana`,
    };
  }
  if (stamp.files !== toolchainFilesHash()) {
    return { reason: "tools/solana has changed since the differential check passed: run npm run setup:solana" };
  }
  return { stamp };
}

export function describe(versions: Versions): string {
  return `rustc ${versions.rustc}, LLVM ${versions.llvm}, sbpf-linker ${versions.linker}`;
}

/** The environment in which cargo and rustc of the distribution run. */
export const rustEnvironment = (extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv =>
  cleanEnvironment({ RUSTC, RUSTC_BOOTSTRAP: "1", CARGO_INCREMENTAL: "0", SBF_HOME: home(), ...extra });

export const cargoHome = (): string => resolve(process.env.CARGO_HOME ?? join(homedir(), ".cargo"));
