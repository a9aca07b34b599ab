// Measured numbers, committed so that a change shows in the diff. `npm run snapshots` takes the new ones.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const WRITE = process.env.STUN_SNAPSHOT === "write";

/**
 * What differs from the committed snapshot by more than `tolerance` (a fraction), one line each.
 * @param suite Folder of the suite, whose `snapshots/<name>.json` it is.
 */
export function compareSnapshot(
  suite: "evm" | "solana",
  name: string,
  measured: Record<string, number>,
  tolerance = 0,
): string[] {
  const file = join(__dirname, suite, "snapshots", `${name}.json`);
  const committed = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, number>) : {};
  const same = (key: string): boolean => {
    const [was, is] = [committed[key], measured[key]];
    return was !== undefined && is !== undefined && Math.abs(is - was) <= was * tolerance;
  };
  if (WRITE) {
    const next = Object.fromEntries(
      Object.entries(measured).map(([key, is]) => [key, same(key) ? committed[key]! : is]),
    );
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(next, null, 2)}\n`);
    return [];
  }
  const keys = [...new Set([...Object.keys(committed), ...Object.keys(measured)])];
  return keys
    .filter((key) => !same(key))
    .map((key) => `${key}: ${committed[key] ?? "new"} became ${measured[key] ?? "nothing"}`);
}
