// npm run build:solana [-- --check] [--compiler anchor|debian] [--program name]: builds every program of programs/ and writes
// programs/artifacts/<name>.so and <name>.json; with --check it compares them with what is there and writes nothing.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { buildIdl, compileProgram, listPrograms, targetFolder } from "./compile";
import { artifactName, compareArtifacts, programFolders, writeArtifacts, type Artifact } from "./manifest";
import { onPath, run, ToolchainError } from "./shell";
import { ROOT, trustedToolchain } from "./toolchain";

const say = (line: string): void => void process.stderr.write(`solana build: ${line}\n`);

interface Built {
  compiler: Record<string, string>;
  artifacts: Map<string, Artifact>;
}

/** Solana's own tools: `anchor build` of the whole workspace. */
function buildWithAnchor(folders: readonly string[]): Built {
  const missing = ["anchor", "cargo-build-sbf"].filter((name) => !onPath(name));
  if (missing.length > 0)
    throw new ToolchainError(`${missing.join(" and ")} cannot be found on PATH: see docs/solana-build.md.`);
  const environment = { ...process.env };
  const options = { cwd: ROOT, env: environment, failure: "anchor build did not succeed" };
  const version = run("anchor", ["--version"], options)
    .trim()
    .replace(/^anchor-cli /, "");
  const wanted = /anchor_version = "(.*)"/.exec(readFileSync(join(ROOT, "Anchor.toml"), "utf8"))?.[1];
  if (version !== wanted) {
    throw new ToolchainError(
      `anchor ${version} is on PATH and Anchor.toml asks for ${wanted}: run 'avm use ${wanted}'.`,
    );
  }
  run("anchor", ["build", "--no-idl"], { ...options, show: true });
  const artifacts = new Map<string, Artifact>();
  for (const folder of folders) {
    const name = artifactName(folder);
    const so = join(ROOT, "target", "deploy", `${name}.so`);
    if (!existsSync(so)) throw new ToolchainError(`anchor build did not make ${name}.so.`);
    const hasIdl = /^idl-build =/m.test(readFileSync(join(ROOT, "programs", folder, "Cargo.toml"), "utf8"));
    const idl = hasIdl
      ? run("anchor", ["idl", "build", "--program-name", name], { ...options, show: true })
      : undefined;
    artifacts.set(folder, { so: readFileSync(so), idl });
  }
  const platform = run("cargo-build-sbf", ["--version"], options).trim().split("\n").join(", ");
  return { compiler: { anchor: version, platform }, artifacts };
}

/** Debian's rustc, LLVM and sbpf-linker, as npm run setup:solana brought them. */
export function buildWithDebian(folders: readonly string[], root = ROOT): Built {
  const trusted = trustedToolchain();
  if ("reason" in trusted) {
    throw new ToolchainError(
      `The programs cannot be built: neither anchor and cargo-build-sbf are on PATH, nor may the second compiler be used, as ${trusted.reason}.`,
    );
  }
  const programs = listPrograms(root);
  const artifacts = new Map<string, Artifact>();
  for (const folder of folders) {
    const program = programs.find((candidate) => candidate.folder === join(root, "programs", folder));
    if (!program)
      throw new ToolchainError(
        `programs/${folder} is not a program: its Cargo.toml has no library of the type cdylib.`,
      );
    const so = compileProgram(root, program, targetFolder(root));
    const idl = program.hasIdl ? buildIdl(program, join(root, "target", "sbf-idl")) : undefined;
    artifacts.set(folder, { so, idl });
    say(`${program.library}.so ${so.length} bytes`);
  }
  return { compiler: { ...trusted.stamp.versions }, artifacts };
}

function main(): void {
  const options = new Command()
    .option("--check", "compare with the committed artifacts and write nothing")
    .addOption(new Option("--compiler <name>", "which compiler to use").choices(["anchor", "debian"]))
    .option("--program <folder>", "only this folder of programs/")
    .parse()
    .opts<{ check?: boolean; compiler?: "anchor" | "debian"; program?: string }>();
  const all = programFolders();
  if (options.program && !all.includes(options.program)) {
    throw new ToolchainError(`There is no program '${options.program}': choose from ${all.join(", ")}.`);
  }
  const folders = options.program ? [options.program] : all;
  if (folders.length === 0) throw new ToolchainError("There is no program in programs/.");
  const compiler = options.compiler ?? (onPath("anchor") && onPath("cargo-build-sbf") ? "anchor" : "debian");
  const started = Date.now();
  const { compiler: versions, artifacts } = compiler === "anchor" ? buildWithAnchor(folders) : buildWithDebian(folders);
  if (options.check) compareArtifacts(artifacts);
  else writeArtifacts(versions, artifacts);
  const verb = options.check ? "are what the sources give" : "were written to programs/artifacts";
  say(`${folders.join(", ")} ${verb} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
}

if (require.main === module) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    say(error.message);
    process.exit(1);
  }
}
