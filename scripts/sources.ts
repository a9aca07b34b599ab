// The files that belong to the repository, as git sees them: committed ones and new ones that nothing ignores.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");

/** Paths relative to the root, of all files or of those that match one of git's patterns. */
export function sourceFiles(...patterns: string[]): string[] {
  const list = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...patterns], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (list.status !== 0) {
    throw new Error(
      `git did not list the files of ${ROOT}: ${list.error?.message ?? list.stderr.trim()}; use a clone of the repository and have git on PATH.`,
    );
  }
  return list.stdout.split("\0").filter((file) => file !== "" && existsSync(join(ROOT, file)));
}
