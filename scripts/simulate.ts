// npm run simulate [-- --write]: prints the computed tables of docs/threat-model.md and docs/washing.md; with --write they
// replace those in the documents, whose tests fail when a table is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { bounds, renderBounds } from "../model/simulate/bounds";
import { renderWashingTable, washingTable } from "../model/simulate/washing";

const DOCS = join(resolve(__dirname, ".."), "docs");
const TABLES: readonly [string, () => string][] = [
  ["threat-model.md", () => renderBounds(bounds())],
  ["washing.md", () => renderWashingTable(washingTable())],
];

/** The text with the table that has the same head replaced. */
function withTable(text: string, table: string, file: string): string {
  const [head = ""] = table.split("\n");
  const lines = text.split("\n");
  const from = lines.indexOf(head);
  if (from < 0) throw new Error(`docs/${file} has no table with the head '${head}': add that line where it belongs.`);
  let to = from;
  while (lines[to]?.startsWith("|")) to++;
  return [...lines.slice(0, from), table, ...lines.slice(to)].join("\n");
}

const { write } = new Command().option("--write", "replace the tables in docs/").parse().opts<{ write?: boolean }>();
for (const [file, make] of TABLES) {
  const table = make();
  process.stdout.write(`docs/${file}\n\n${table}\n\n`);
  const path = join(DOCS, file);
  if (write) writeFileSync(path, withTable(readFileSync(path, "utf8"), table, file));
}
