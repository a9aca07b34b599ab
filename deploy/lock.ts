// One apply at a time for each network: a lock file that names its process. The lock of a process that died is taken over.
import { linkSync, mkdirSync, readFileSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { StunError } from "../chains/errors";

/** Takes the lock or throws a sentence that names its holder; returns the function that gives it back. */
export function takeLock(path: string, network: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    if (!tryLink(own, path)) {
      removeIfDead(path);
      if (!tryLink(own, path)) {
        throw new StunError(
          `Another apply of network '${network}' is running (process ${readHolder(path)}): wait until it ends, or stop it.`,
        );
      }
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/** A hard link appears whole or not at all, and never over an existing one. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Two processes must not both find the lock dead and remove each other's new one: a directory admits one of them. */
function removeIfDead(path: string): void {
  const gate = `${path}.gate`;
  try {
    mkdirSync(gate);
  } catch {
    return;
  }
  try {
    if (!isAlive(readHolder(path))) rmSync(path, { force: true });
  } finally {
    rmdirSync(gate);
  }
}

function readHolder(path: string): number {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
