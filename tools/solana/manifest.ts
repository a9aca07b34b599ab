// programs/artifacts/manifest.json: which sources and which compiler gave each committed program. It lets any machine,
// without a Rust compiler, see that a source was edited and its program was not built again.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ToolchainError } from "./shell";
import { hashFiles, ROOT, TOOLCHAIN_FILES, TOOLS } from "./toolchain";

export const ARTIFACTS = join(ROOT, "programs", "artifacts");
const MANIFEST = join(ARTIFACTS, "manifest.json");

export interface ArtifactRecord {
  /** SHA-256 over the program's folder, the shared crates it uses, the workspace's files and the files of the toolchain. */
  inputs: string;
  so: string;
  /** Absent when the program has no IDL. */
  idl?: string;
}

export interface Manifest {
  /** The parts of the compiler and their versions. */
  compiler: Record<string, string>;
  programs: Record<string, ArtifactRecord>;
}

export interface Artifact {
  so: Buffer;
  /** Absent when the program has no feature idl-build. */
  idl?: string;
}

/** The files of an artifact by name. */
const filesOf = <T>(name: string, so: T, idl: T | undefined): [string, T][] => [
  [`${name}.so`, so],
  ...(idl === undefined ? [] : [[`${name}.json`, idl] as [string, T]]),
];

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** Folders of programs/ that are programs, by name; plain reading, as cargo may not be here. */
export function programFolders(): string[] {
  const programs = join(ROOT, "programs");
  return readdirSync(programs)
    .filter((name) => existsSync(join(programs, name, "Cargo.toml")))
    .sort();
}

/** The name of a program's files: cargo writes a library with underscores. */
export const artifactName = (folder: string): string => folder.replaceAll("-", "_");

/** Crates of this repository that a manifest depends on, and those that they depend on. */
function sharedCrates(manifest: string): string[] {
  const text = readFileSync(manifest, "utf8");
  return readdirSync(join(ROOT, "crates"))
    .filter((crate) => new RegExp(`^${crate}\\s*[.=]`, "m").test(text))
    .flatMap((crate) => [crate, ...sharedCrates(join(ROOT, "crates", crate, "Cargo.toml"))]);
}

export function inputsHash(folder: string): string {
  const crates = [...new Set(sharedCrates(join(ROOT, "programs", folder, "Cargo.toml")))].sort();
  return hashFiles([
    ...["Cargo.toml", "Cargo.lock"].map((name) => join(ROOT, name)),
    ...crates.flatMap((crate) => ["Cargo.toml", "src"].map((name) => join(ROOT, "crates", crate, name))),
    ...TOOLCHAIN_FILES.map((name) => join(TOOLS, name)),
    ...["Cargo.toml", "build.rs", "src"].map((name) => join(ROOT, "programs", folder, name)),
  ]);
}

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(MANIFEST, "utf8")) as Manifest;
}

/** A new file takes the old one's place in one step: a build that is interrupted leaves no half of a file. */
function replaceFile(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/** Writes programs and IDLs, and last the manifest. Programs that were not built keep their record. */
export function writeArtifacts(compiler: Record<string, string>, built: ReadonlyMap<string, Artifact>): void {
  mkdirSync(ARTIFACTS, { recursive: true });
  const folders = programFolders();
  const manifest: Manifest = { compiler, programs: {} };
  for (const folder of folders) {
    const name = artifactName(folder);
    const artifact = built.get(folder);
    if (artifact) {
      for (const [file, content] of filesOf<string | Buffer>(name, artifact.so, artifact.idl)) {
        replaceFile(join(ARTIFACTS, file), content);
      }
      const idl = artifact.idl === undefined ? {} : { idl: sha256(artifact.idl) };
      manifest.programs[name] = { inputs: inputsHash(folder), so: sha256(artifact.so), ...idl };
    } else {
      const record = readManifest().programs[name];
      if (record) manifest.programs[name] = record;
    }
  }
  replaceFile(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** What is wrong with the committed artifacts, as far as it can be seen without a compiler; nothing when all is well. */
export function staleArtifacts(): string[] {
  const manifest = readManifest();
  const folders = programFolders();
  const names = new Set(folders.map(artifactName));
  const wrong: string[] = [];
  for (const folder of folders) {
    const name = artifactName(folder);
    const record = manifest.programs[name];
    if (!record) {
      wrong.push(`programs/${folder} has no program in programs/artifacts: run npm run build:solana.`);
      continue;
    }
    if (record.inputs !== inputsHash(folder)) {
      wrong.push(`programs/artifacts/${name}.so is older than its sources: run npm run build:solana.`);
    }
    for (const [file, hash] of filesOf(name, record.so, record.idl)) {
      const path = join(ARTIFACTS, file);
      if (!existsSync(path)) wrong.push(`programs/artifacts/${file} is missing: run npm run build:solana.`);
      else if (sha256(readFileSync(path)) !== hash)
        wrong.push(`programs/artifacts/${file} is not what npm run build:solana wrote.`);
    }
  }
  const known = new Set(["manifest.json"]);
  for (const [name, record] of Object.entries(manifest.programs)) {
    if (names.has(name)) for (const [file] of filesOf(name, record.so, record.idl)) known.add(file);
  }
  for (const file of readdirSync(ARTIFACTS)) {
    if (!known.has(file)) {
      wrong.push(`programs/artifacts/${file} belongs to no program: delete it.`);
    }
  }
  return wrong;
}

/** Compares what was built now with what is committed; throws at the first difference. */
export function compareArtifacts(built: ReadonlyMap<string, Artifact>): void {
  for (const [folder, artifact] of built) {
    const name = artifactName(folder);
    const idl = artifact.idl === undefined ? undefined : Buffer.from(artifact.idl);
    for (const [file, content] of filesOf(name, artifact.so, idl)) {
      const path = join(ARTIFACTS, file);
      if (!existsSync(path))
        throw new ToolchainError(`programs/artifacts/${file} is missing: run npm run build:solana.`);
      const committed = readFileSync(path);
      if (!committed.equals(content)) {
        throw new ToolchainError(
          `programs/artifacts/${file} (${sha256(committed)}) is not what the sources give (${sha256(content)}): run npm run build:solana.`,
        );
      }
    }
  }
}
