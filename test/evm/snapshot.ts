// Measured numbers, committed so that a change shows in the diff. `STUN_SNAPSHOT=write` takes the new ones.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FOLDER = join(__dirname, "snapshots");
const WRITE = process.env.STUN_SNAPSHOT === "write";

/** What differs from the committed snapshot by more than `tolerance` (a fraction), one line each. */
export function compareSnapshot(name: string, measured: Record<string, number>, tolerance = 0): string[] {
  const file = join(FOLDER, `${name}.json`);
  if (WRITE) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
    return [];
  }
  const committed = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, number>) : {};
  const keys = [...new Set([...Object.keys(committed), ...Object.keys(measured)])];
  return keys
    .filter((key) => {
      const [was, is] = [committed[key], measured[key]];
      return was === undefined || is === undefined || Math.abs(is - was) > was * tolerance;
    })
    .map((key) => `${key}: ${committed[key] ?? "new"} became ${measured[key] ?? "nothing"}`);
}
