// Documents that name tests: lines of the form - `file`: "title"; "title".
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..", "..");

/** The text of a document. */
export function documentText(name: string): string {
  return readFileSync(join(ROOT, "docs", name), "utf8");
}

/** Its lines that name tests. */
export function testRows(text: string): string[] {
  return text.split("\n").filter((line) => /^- `test\/[^`]+`/.test(line));
}

/** Files that a line names. */
export function filesOf(row: string): string[] {
  return [...row.matchAll(/`(test\/[^`]+)`/g)].map((match) => match[1]!);
}

/** Titles of tests that a line names. */
export function titlesOf(row: string): string[] {
  return [...row.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
}

/** What the lines name and the repository does not have. */
export function missingTests(rows: readonly string[]): string[] {
  return rows.flatMap((row) =>
    filesOf(row).flatMap((file) => {
      if (!existsSync(join(ROOT, file))) return [`${file}: no such file`];
      const text = readFileSync(join(ROOT, file), "utf8");
      return titlesOf(row)
        .filter((title) => !text.includes(title))
        .map((title) => `${file}: ${title}`);
    }),
  );
}
