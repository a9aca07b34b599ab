// Measured numbers, committed so that a change shows in the diff. `npm run snapshots` takes the new ones.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const WRITE = process.env.STUN_SNAPSHOT === "write";

/**
 * What differs from the committed snapshot, one line each.
 * @param suite Folder of the suite, whose `snapshots/<name>.json` it is.
 */
export function compareSnapshot(suite: "evm" | "solana", name: string, measured: Record<string, number>): string[] {
  const file = join(__dirname, suite, "snapshots", `${name}.json`);
  if (WRITE) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
    return [];
  }
  const committed = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, number>) : {};
  return [...new Set([...Object.keys(committed), ...Object.keys(measured)])]
    .filter((key) => committed[key] !== measured[key])
    .map((key) => `${key}: ${committed[key] ?? "new"} became ${measured[key] ?? "nothing"}`);
}
