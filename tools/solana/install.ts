// Brings the parts of the second compiler onto this machine: Debian's rustc with its library sources, LLVM unpacked
// beside the system, sbpf-linker from crates.io. Each part is pinned in toolchain.json by version, LLVM also by hash.
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { patchStd } from "./patch-std";
import { cleanEnvironment, onPath, run, ToolchainError } from "./shell";
import { CARGO, hashFiles, home, pins, RUSTC, rustEnvironment, stdSources, sysroot, tool, TOOLS } from "./toolchain";

type Say = (line: string) => void;

const APT = "/usr/bin/apt-get";
/** Without it, apt calls an update a success although no archive answered. */
const STRICT_UPDATE = ["-o", "APT::Update::Error-Mode=any", "-qq", "update"];
const LLVM_TOOLS = ["opt", "llc", "llvm-as", "llvm-nm", "llvm-extract", "llvm-objdump"];

const SYSTEM_RUSTLIB = "/usr/lib/rustlib";

const llvmFolder = (): string => join(home(), "llvm");
const llvmLibraries = (): string => join(llvmFolder(), "usr", "lib", "x86_64-linux-gnu");
const llvmPackages = pins.llvm.packages as unknown as Readonly<
  Record<string, readonly [version: string, sha256: string]>
>;

/** What must be there before anything is fetched, so that a machine that cannot do it hears so at once. */
export function checkMachine(): void {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new ToolchainError(
      `The second compiler runs on x86-64 Debian 12 and this is ${process.platform} on ${process.arch}: use anchor build, see docs/solana-build.md.`,
    );
  }
  const missing = [
    ["apt-get", "dpkg-deb"].filter((name) => !onPath(name)).map((name) => `${name} (a Debian system)`),
    ["cc", "ar"].filter((name) => !onPath(name)).map((name) => `${name} (apt-get install gcc libc6-dev binutils)`),
  ].flat();
  if (missing.length > 0) {
    throw new ToolchainError(`The second compiler cannot be set up here, as these are missing: ${missing.join(", ")}.`);
  }
}

const installedPackage = (name: string): string | undefined => {
  try {
    return run("/usr/bin/dpkg-query", ["-W", "-f", "${Version}", name], { failure: name }).trim();
  } catch {
    return undefined;
  }
};

/** rustc, cargo, the core of the BPF target and the library sources: packages of Debian's security suite. */
export function installRust(say: Say): void {
  const wanted = pins.rust.packages;
  if (wanted.every((name) => installedPackage(name) === pins.rust.version)) return;
  const pinned = wanted.map((name) => `${name}=${pins.rust.version}`);
  const command = `apt-get install -t ${pins.rust.suite} ${wanted.join(" ")}`;
  if (process.getuid?.() !== 0) {
    throw new ToolchainError(
      `rustc ${pins.rust.release} of Debian is not installed and installing it needs root: run '${command}' as root, then npm run setup:solana again.`,
    );
  }
  say(`installing ${pinned.join(", ")} (280 MB)`);
  const env = cleanEnvironment({ DEBIAN_FRONTEND: "noninteractive" });
  const failure = `Debian's ${pins.rust.suite} archive did not give ${wanted.join(", ")}`;
  run(APT, STRICT_UPDATE, { env, failure });
  const install = (packages: readonly string[]): string =>
    run(APT, ["-qq", "install", "-y", "--no-install-recommends", "-t", pins.rust.suite, ...packages], { env, failure });
  try {
    install(pinned);
  } catch (error) {
    say(
      `version ${pins.rust.version} was refused, taking what the archive has: ${(error as Error).message.split("\n").pop()?.trim()}`,
    );
    install(wanted);
  }
  const version = run(RUSTC, ["--version"], { failure: "rustc did not start" });
  if (!version.startsWith(`rustc ${pins.rust.release} `) || !existsSync(pins.rust.sources)) {
    throw new ToolchainError(
      `Debian's ${pins.rust.suite} archive now gives '${version.trim()}' and this toolchain is written for rustc ${pins.rust.release}.`,
    );
  }
}

/**
 * A sysroot whose std is the patched copy, and a rustc that uses it. Cargo hashes the place of std relative to the sysroot
 * into every symbol: so the place is the same in every home, and with it the order of functions in the program.
 */
export function makeSysroot(): void {
  const rustlib = join(sysroot(), "lib", "rustlib");
  const made = join(sysroot(), "made");
  const wanted = `${run(RUSTC, ["--version"], { failure: "rustc did not start" })}${hashFiles([join(TOOLS, "patch-std.ts")])}`;
  // new files would make cargo compile std again
  if (existsSync(made) && existsSync(tool("rustc")) && readFileSync(made, "utf8") === wanted) return;
  rmSync(sysroot(), { recursive: true, force: true });
  mkdirSync(rustlib, { recursive: true });
  for (const name of readdirSync(SYSTEM_RUSTLIB)) {
    if (name !== "src") symlinkSync(join(SYSTEM_RUSTLIB, name), join(rustlib, name));
  }
  patchStd(pins.rust.sources, stdSources());
  writeScript("rustc", `exec ${RUSTC} --sysroot "${sysroot()}" "$@"`);
  writeFileSync(made, wanted);
}

/** The archive that this machine takes Debian from. */
function mirror(): { uri: string; keyring: string } {
  const folder = "/etc/apt/sources.list.d";
  const files = [
    ...(existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => /\.(sources|list)$/.test(name))
          .sort()
          .map((name) => join(folder, name))
      : []),
    "/etc/apt/sources.list",
  ].filter(existsSync);
  const uris = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/^(?:URIs:|deb(?:\s+\[[^\]]*\])?)\s*(\S+)/gm)].map(
      (match) => match[1] as string,
    ),
  );
  const uri = uris.find((candidate) => /\/debian\/?$/.test(candidate));
  if (!uri)
    throw new ToolchainError(
      `No Debian archive is configured in ${folder}: LLVM ${pins.llvm.release} cannot be fetched.`,
    );
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  if (!existsSync(keyring))
    throw new ToolchainError(`${keyring} is missing: run 'apt-get install debian-archive-keyring' as root.`);
  return { uri, keyring };
}

/** apt with its own lists and the unstable suite as its only source: the system's package state is not touched. */
function sidOptions(): string[] {
  const { uri, keyring } = mirror();
  const folder = join(home(), "apt");
  mkdirSync(join(folder, "lists", "partial"), { recursive: true });
  const source = join(folder, "sid.list");
  writeFileSync(source, `deb [signed-by=${keyring}] ${uri} ${pins.llvm.suite} main\n`);
  return [
    `Dir::Etc::sourcelist=${source}`,
    "Dir::Etc::sourceparts=/dev/null",
    "Dir::Etc::preferencesparts=/dev/null",
    `Dir::State::lists=${join(folder, "lists")}`,
    "Dir::Cache::pkgcache=",
    "Dir::Cache::srcpkgcache=",
    "APT::Sandbox::User=root",
    "APT::Default-Release=",
  ].flatMap((option) => ["-o", option]);
}

const debName = (name: string, version: string): RegExp =>
  new RegExp(`^${name.replaceAll("+", "\\+")}_${version.replaceAll(":", "%3a").replace(/[.+]/g, "\\$&")}_`);

/** Fetches LLVM's packages into `folder`; one that the archive no longer has at the pinned version is taken as it is now. */
function fetchLlvm(folder: string, say: Say): void {
  const failure = `LLVM ${pins.llvm.release} of Debian's ${pins.llvm.suite} was not fetched`;
  const options = sidOptions();
  run(APT, [...options, ...STRICT_UPDATE], { failure: `${failure}, as ${mirror().uri} did not answer` });
  for (const [name, [version, sha256]] of Object.entries(llvmPackages)) {
    try {
      run(APT, [...options, "-qq", "download", `${name}=${version}`], { cwd: folder, failure });
    } catch {
      say(
        `${pins.llvm.suite} no longer has ${name} ${version}, taking its present version: the differential check will decide`,
      );
      run(APT, [...options, "-qq", "download", name], { cwd: folder, failure });
      continue;
    }
    const file = readdirSync(folder).find((candidate) => debName(name, version).test(candidate));
    const found =
      file &&
      createHash("sha256")
        .update(readFileSync(join(folder, file)))
        .digest("hex");
    if (found !== sha256)
      throw new ToolchainError(
        `${name} ${version} has the SHA-256 ${found ?? "of no file"} instead of ${sha256}: it is not the package that was tested.`,
      );
  }
}

/** LLVM from Debian's unstable suite, unpacked beside its own libc and started with its own loader. */
export function installLlvm(say: Say): void {
  const folder = llvmFolder();
  if (!existsSync(join(folder, "usr", "lib", "llvm-23", "bin", "llc"))) {
    const debs = join(home(), "debs");
    mkdirSync(debs, { recursive: true });
    say(`fetching LLVM ${pins.llvm.release} (61 MB)`);
    fetchLlvm(debs, say);
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    for (const name of readdirSync(debs)) {
      run("/usr/bin/dpkg-deb", ["-x", join(debs, name), partial], { failure: `${name} was not unpacked` });
    }
    rmSync(folder, { recursive: true, force: true });
    run("/bin/mv", [partial, folder], { failure: "LLVM was not unpacked" });
    rmSync(debs, { recursive: true, force: true });
  }
  for (const name of LLVM_TOOLS) writeStarter(name, join(folder, "usr", "lib", "llvm-23", "bin", name));
}

function writeScript(name: string, command: string): void {
  mkdirSync(join(home(), "bin"), { recursive: true });
  writeFileSync(tool(name), `#!/bin/sh\n${command}\n`);
  chmodSync(tool(name), 0o755);
}

/** A script that starts a program with LLVM's own loader and libraries. */
function writeStarter(name: string, program: string): void {
  const libraries = llvmLibraries();
  const loader = join(libraries, "ld-linux-x86-64.so.2");
  writeScript(name, `exec "${loader}" --library-path "${libraries}" "${program}" "$@"`);
}

/** sbpf-linker, built here against that LLVM. */
export function installLinker(say: Say): void {
  const { crate, version, features } = pins.linker;
  const program = join(home(), "linker", "bin", crate);
  if (!existsSync(program)) {
    say(`building ${crate} ${version}`);
    const prefix = join(home(), "llvm-link", "lib");
    mkdirSync(prefix, { recursive: true });
    rmSync(join(prefix, "libLLVM.so"), { force: true });
    symlinkSync(join(llvmLibraries(), "libLLVM.so.23.1"), join(prefix, "libLLVM.so"));
    const build = join(home(), "linker-build");
    run(
      CARGO,
      [
        "install",
        `${crate}@${version}`,
        "--locked",
        "--no-default-features",
        "--features",
        features,
        "--root",
        join(home(), "linker"),
      ],
      {
        // the unpacked LLVM's own dependencies are found when it is started, not when it is linked
        env: rustEnvironment({
          LLVM_PREFIX: join(home(), "llvm-link"),
          RUSTFLAGS: "-C link-arg=-Wl,--allow-shlib-undefined",
          CARGO_TARGET_DIR: build,
        }),
        failure: `${crate} ${version} was not built (crates.io must be reachable)`,
      },
    );
    rmSync(build, { recursive: true, force: true });
  }
  writeStarter(crate, program);
}
