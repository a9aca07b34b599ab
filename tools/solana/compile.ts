// Compiles one program of the workspace to sBPF with cargo and makes its IDL. No path of the machine reaches the
// result: every prefix is replaced by a name that is the same everywhere.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, run, ToolchainError } from "./shell";
import { CARGO, cargoHome, home, pins, RUSTC, rustEnvironment, stdSources, tool, TOOLS } from "./toolchain";

/** A program of the workspace: cargo's package, the library's name in the file system, and its folder. */
export interface Program {
  package: string;
  library: string;
  folder: string;
  /** True when it can print its IDL. */
  hasIdl: boolean;
}

interface Metadata {
  packages: {
    name: string;
    manifest_path: string;
    features: Record<string, string[]>;
    targets: { name: string; kind: string[] }[];
  }[];
}

/** Programs are the members of the workspace that build a `cdylib`. */
export function listPrograms(root: string): Program[] {
  const output = run(CARGO, ["metadata", "--no-deps", "--format-version", "1", "--offline"], {
    cwd: root,
    env: rustEnvironment(),
    failure: "Cargo could not read the workspace",
  });
  return (JSON.parse(output) as Metadata).packages.flatMap((pack) =>
    pack.targets
      .filter((target) => target.kind.includes("cdylib"))
      .map((target) => ({
        package: pack.name,
        library: target.name.replaceAll("-", "_"),
        folder: pack.manifest_path.slice(0, -"/Cargo.toml".length),
        hasIdl: "idl-build" in pack.features,
      })),
  );
}

/** What `--remap-path-prefix` replaces; later entries win, so the general ones come first. */
function remappings(root: string, target: string): [string, string][] {
  const sources = join(cargoHome(), "registry", "src");
  const registries = existsSync(sources) ? readdirSync(sources).sort() : [];
  return [
    [process.env.HOME ?? "/root", "home"],
    [home(), "toolchain"],
    [cargoHome(), "cargo"],
    ...registries.map((name): [string, string] => [join(sources, name), "crates"]),
    [root, "."],
    [target, "target"],
    [pins.rust.sources, "std"],
    [stdSources(), "std"],
  ];
}

const remapFlags = (entries: readonly [string, string][]): string[] =>
  entries.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);

/** A cargo environment whose flags are exactly these: cargo's separator allows for spaces in paths. */
const withFlags = (flags: readonly string[]): Record<string, string> => ({
  CARGO_ENCODED_RUSTFLAGS: flags.join("\x1f"),
});

/** A script that starts the linker with the Node that runs now; rustc wants one executable. */
function linkerScript(target: string): string {
  const script = join(target, "link.sh");
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const command = [process.execPath, "--require", require.resolve("tsx/cjs"), join(TOOLS, "link.ts")];
  writeFileSync(script, `#!/bin/sh\nexec ${command.map(quote).join(" ")} "$@"\n`);
  chmodSync(script, 0o755);
  return script;
}

/** Builds the runtime for the target's core into the toolchain's folder. */
export function buildRuntime(): void {
  const target = join(home(), "runtime");
  rmSync(target, { recursive: true, force: true });
  const source = join(TOOLS, "runtime");
  const options = { cwd: source, failure: "The runtime was not built" };
  run(CARGO, ["fetch", "--locked"], { ...options, env: rustEnvironment() });
  const flags = [
    ...["-C", "target-cpu=v4", "-C", "target-feature=+allows-misaligned-mem-access"],
    ...remapFlags(remappings(source, target)),
  ];
  run(CARGO, ["build", "--release", "--locked", "--target", "bpfel-unknown-none", "--target-dir", target], {
    ...options,
    env: rustEnvironment(withFlags(flags)),
  });
}

/** Compiles the program and returns its bytes. `target` is cargo's target folder: kept, it makes the next build short. */
export function compileProgram(root: string, program: Program, target: string): Buffer {
  mkdirSync(target, { recursive: true });
  const failure = `${program.package} was not built`;
  run(CARGO, ["fetch", "--locked"], { cwd: root, env: rustEnvironment(), show: true, failure });
  const flags = [
    ...["-Zunstable-options", "--cfg", 'target_feature="static-syscalls"', "-Aexplicit_builtin_cfgs_in_flags"],
    ...remapFlags(remappings(root, target)),
  ];
  const output = join(target, "sbpf", "release", `lib${program.library}.so`);
  rmSync(output, { force: true });
  const args = [
    ...["build", "--release", "--locked", "-p", program.package, "--target", "sbpf"],
    ...["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"],
  ];
  run(CARGO, args, {
    cwd: root,
    show: true,
    failure,
    env: rustEnvironment({
      ...withFlags(flags),
      RUSTC: tool("rustc"),
      CARGO_TARGET_DIR: target,
      CARGO_TARGET_SBPF_LINKER: linkerScript(target),
      RUSTC_BOOTSTRAP_SYNTHETIC_TARGET: "1",
      // the folder of sbpf.json: cargo hashes the path of a target file, but of a target's name only the name
      RUST_TARGET_PATH: TOOLS,
    }),
  });
  const bytes = existsSync(output) ? readFileSync(output) : Buffer.alloc(0);
  if (bytes.length === 0) throw new ToolchainError(`${failure}: it has no entrypoint.`);
  return bytes;
}

/** The IDL as `anchor idl build` prints it, ending with a new line. */
export function buildIdl(program: Program, target: string): string {
  return run(join(home(), "idlgen", "release", "idlgen"), [program.folder], {
    cwd: program.folder,
    env: cleanEnvironment({ RUSTC, CARGO, CARGO_TARGET_DIR: target }),
    failure: `The IDL of ${program.package} was not made`,
  });
}

/** Builds the IDL generator into the toolchain's folder. */
export function buildIdlGenerator(): void {
  run(CARGO, ["build", "--release", "--locked", "--target-dir", join(home(), "idlgen")], {
    cwd: join(TOOLS, "idlgen"),
    env: rustEnvironment(),
    show: true,
    failure: "The IDL generator was not built",
  });
}

/** Cargo's folder for these builds: below the workspace, as its place there is part of what cargo hashes. */
export const targetFolder = (root: string): string => join(root, "target", "sbf");
