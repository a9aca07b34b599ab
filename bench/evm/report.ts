// What a run says: one table, and what differs from the committed numbers.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Measures } from "./chain";
import { FRESH_SLOT, ROWS, type Row } from "./rows";

export const SNAPSHOT = join(__dirname, "snapshot.json");
export const DOCUMENT = resolve(__dirname, "..", "..", "docs", "gas.md");

/** Gas by row for ours and the floor, by measurement for peers. */
export interface Run {
  ours: Measures;
  floor: Measures;
  peers: Measures;
}

export function committed(): Run {
  return JSON.parse(readFileSync(SNAPSHOT, "utf8")) as Run;
}

/** What differs between the committed numbers and a run, one line each; peers named in `missing` are left out. */
export function differences(was: Run, is: Run, missing: readonly string[] = []): string[] {
  return (["ours", "floor", "peers"] as const).flatMap((part) => {
    const names = [...new Set([...Object.keys(was[part]), ...Object.keys(is[part])])];
    return names.flatMap((name) => {
      const [old, now] = [was[part][name], is[part][name]];
      if (old === now || (now === undefined && missing.includes(name))) return [];
      if (old === undefined) return [`${part} ${name}: ${now} gas, and no number is committed`];
      if (now === undefined) return [`${part} ${name}: ${old} gas is committed, and nothing measured it`];
      const change = `${now > old ? "+" : ""}${now - old}`;
      return [`${part} ${name}: ${old} became ${now} (${change} gas, ${(((now - old) / old) * 100).toFixed(2)} %)`];
    });
  });
}

/** Most that ours may cost in a row. */
export function ceilingOf(row: Row, run: Run): number {
  return "gas" in row.ceiling ? row.ceiling.gas : Math.floor((run.floor[row.id]! * row.ceiling.bpsOfFloor) / 10_000);
}

/** Rows in which ours costs more than its ceiling, one line each. */
export function overruns(run: Run): string[] {
  return ROWS.flatMap((row) => {
    const [gas, ceiling] = [run.ours[row.id]!, ceilingOf(row, run)];
    return gas > ceiling ? [`${row.operation}: ${gas} gas is ${gas - ceiling} above the ceiling of ${ceiling}`] : [];
  });
}

const grouped = (gas: number): string => gas.toString().replace(/\B(?=(\d{3})+$)/g, ",");

/** Lines of a row: ours, the floor, then each peer; the last column is ours divided by the line's number. */
function lines(row: Row, run: Run): string[][] {
  const ours = run.ours[row.id]!;
  const ceiling = ceilingOf(row, run);
  const times = (gas: number): string => (ours / gas).toFixed(2);
  const verdict = `${ours <= ceiling ? "holds" : "FAILS"}: at most ${grouped(ceiling)}`;
  const first = [row.operation, "**ours**", grouped(ours), "", verdict];
  const floor = ["", "floor: the unavoidable writes alone", grouped(run.floor[row.id]!), times(run.floor[row.id]!), ""];
  const peers = row.peers.map((peer) => {
    if ("gas" in peer) return ["", `${peer.who} (published)`, grouped(peer.gas), times(peer.gas), ""];
    const gas = run.peers[peer.measure];
    return ["", peer.who, gas === undefined ? "missing" : grouped(gas), gas === undefined ? "" : times(gas), ""];
  });
  return [first, floor, ...peers];
}

const HEADER = ["operation", "who", "gas", "ours / this", "ceiling"];

/** The table for a terminal. */
export function terminalTable(run: Run): string {
  const rows = [HEADER, ...ROWS.flatMap((row) => lines(row, run))].map((row) =>
    row.map((cell) => cell.replaceAll("**", "")),
  );
  const widths = HEADER.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 2 || i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join("  "),
    )
    .map((line) => line.trimEnd())
    .join("\n");
}

/** The table for docs/gas.md, with what each row finds and where published numbers come from. */
export function markdownTable(run: Run): string {
  const table = [
    `| ${HEADER.join(" | ")} |`,
    "|---|---|---:|---:|---|",
    ...ROWS.flatMap((row) => lines(row, run)).map((row) => `| ${row.join(" | ")} |`),
  ];
  const states = ROWS.map((row) => `- ${row.operation}: ${row.state}.`);
  const sources = new Set(ROWS.flatMap(({ peers }) => peers.flatMap((peer) => ("gas" in peer ? [peer.source] : []))));
  return [
    ...table,
    "",
    `What a transaction finds; a fresh slot where a row has none adds ${grouped(FRESH_SLOT)}:`,
    "",
    ...states,
    "",
    "Published numbers are the peer's own, not measured here:",
    "",
    ...[...sources].map((source) => `- ${source}`),
  ].join("\n");
}

const [BEGIN, END] = ["<!-- made by npm run bench:evm -- --update -->", "<!-- end -->"];

/** A document with its table replaced by that of a run. */
export function withTable(document: string, run: Run): string {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from)
    throw new Error(`docs/gas.md has no place for the table: put '${BEGIN}' and '${END}' in it.`);
  return `${document.slice(0, from)}${BEGIN}\n\n${markdownTable(run)}\n\n${document.slice(to)}`;
}
