// The peers' own compiled contracts, out of their published packages. A package is fetched by its pinned version with the
// registry's ordinary client, kept in a folder that git ignores, and read only while its hash is the pinned one. Their licences
// allow no more than that: nothing of them becomes part of this repository.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";

const CACHE = resolve(__dirname, "..", "..", "..", "cache", "peers");
const BLOCK = 512;
/** Without a network, npm's own retries would take a minute for each package. */
const ONE_RETRY = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];

/** A package of the npm registry, or of PyPI. */
export interface Package {
  registry: "npm" | "pypi";
  name: string;
  version: string;
  /** Of the package file: `sha512-…` as npm writes it, `sha256:…` as pip does. */
  hash: string;
}

/** A peer's package cannot be had here; says why. */
export class PeerMissing extends Error {}

/** Files of a package by their path in it. */
export interface Files {
  text(path: string): string;
}

/** A package whose file is not the one that was pinned. */
export class WrongPackage extends Error {}

function command(name: string, args: string[]): { output: Buffer; problem?: string } {
  const run = spawnSync(name, args, { shell: process.platform === "win32", maxBuffer: 64 * 1024 * 1024 });
  if (run.error) return { output: Buffer.alloc(0), problem: `${name} did not start (${run.error.message})` };
  if (run.status === 0) return { output: run.stdout };
  const lines = run.stderr.toString().split("\n");
  const said = lines.find((line) => /error/i.test(line)) ?? `exit code ${run.status}`;
  return { output: run.stdout, problem: `${name} ${args[0]}: ${said.trim().slice(0, 200)}` };
}

function download(pack: Package, into: string): string | undefined {
  return pack.registry === "npm"
    ? command("npm", ["pack", `${pack.name}@${pack.version}`, "--pack-destination", into, ...ONE_RETRY]).problem
    : command("python3", [
        ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"],
        ...["--dest", into, `${pack.name}==${pack.version}`],
      ]).problem;
}

/** The package's file in the cache, fetched when it is not there. Errors: it cannot be had, or is not what was pinned. */
function fetched(pack: Package): string {
  const id = `${pack.name}@${pack.version}`;
  const file = join(CACHE, id.replace(/[^\w.@-]/g, "_"));
  if (!existsSync(file)) {
    const scratch = `${file}.part`;
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true });
    const problem = download(pack, scratch);
    const [name] = readdirSync(scratch);
    if (name) renameSync(join(scratch, name), file);
    rmSync(scratch, { recursive: true, force: true });
    if (!name) throw new PeerMissing(`${id} could not be fetched: ${problem ?? "no file came"}`);
  }
  const data = readFileSync(file);
  const hash = pack.hash.startsWith("sha512-")
    ? `sha512-${createHash("sha512").update(data).digest("base64")}`
    : `sha256:${createHash("sha256").update(data).digest("hex")}`;
  if (hash !== pack.hash) {
    rmSync(file);
    throw new WrongPackage(`The file of ${id} has the hash ${hash} instead of ${pack.hash}: it was thrown away.`);
  }
  return file;
}

/** Files of a tar archive by their path. */
export function untar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let longPath: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const text = (from: number, length: number): string =>
      archive
        .subarray(at + from, at + from + length)
        .toString()
        .replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 12), 8);
    const data = archive.subarray(at + BLOCK, at + BLOCK + size);
    const kind = text(156, 1);
    if (kind === "x") {
      longPath = /\d+ path=(.*)\n/.exec(data.toString())?.[1];
    } else {
      const [prefix, name] = [text(345, 155), text(0, 100)];
      if (kind === "0" || kind === "") files.set(longPath ?? (prefix ? `${prefix}/${name}` : name), data);
      longPath = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/** Opens a package. Errors: `PeerMissing` with the reason, `WrongPackage` when its hash is another one. */
export function open(pack: Package): Files {
  const file = fetched(pack);
  if (pack.registry === "pypi") {
    const script = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    return {
      text(path) {
        const { output, problem } = command("python3", ["-c", script, file, path]);
        if (problem) throw new PeerMissing(`${path} of ${pack.name} could not be read: ${problem}`);
        return output.toString();
      },
    };
  }
  const files = untar(gunzipSync(readFileSync(file)));
  return {
    text(path) {
      const found = files.get(`package/${path}`);
      if (!found) throw new PeerMissing(`${pack.name}@${pack.version} has no file ${path}`);
      return found.toString();
    },
  };
}

/** A compiled contract of a package. */
export function json<T>(files: Files, path: string): T {
  return JSON.parse(files.text(path)) as T;
}
