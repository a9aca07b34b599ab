// Adds up what the differential tests of one run have done, and fails a whole run that has done too little.
import { expect } from "chai";
import { LEAST_CALLS, SHARES, type Share } from "./shares";

const done = new Map<Share, { accepted: number; refused: number }>();

/** A differential test has ended, with so many calls that contract and model did alike and so many that both refused alike. */
export function note(name: Share, accepted: number, refused: number): void {
  done.set(name, { accepted, refused });
}

// At the end of the process' tests. A part of them, run by hand, is added up and not judged.
after(() => {
  if (done.size === 0) return;
  const rows = [...done].map(([name, { accepted, refused }]) => ({
    name,
    accepted,
    refused,
    calls: accepted + refused,
  }));
  const sum = (key: "accepted" | "refused" | "calls"): number => rows.reduce((total, row) => total + row[key], 0);
  const line = (name: string, calls: number, accepted: number, refused: number): string =>
    `    ${name.padEnd(12)}${[calls, accepted, refused].map((n) => String(n).padStart(10)).join("")}\n`;
  process.stdout.write(
    `\n    ${"against the".padEnd(12)}${["calls", "accepted", "refused"].map((t) => t.padStart(10)).join("")}\n    model\n`,
  );
  for (const { name, calls, accepted, refused } of rows) process.stdout.write(line(name, calls, accepted, refused));
  process.stdout.write(line("all", sum("calls"), sum("accepted"), sum("refused")));
  const missing = (Object.keys(SHARES) as Share[]).filter((name) => !done.has(name));
  if (missing.length > 0 && process.env.STUN_TEST_COUNTS === undefined) return;
  expect(missing, "machines that no test has driven").to.deep.equal([]);
  expect(sum("calls"), "calls of contracts against the model").to.be.at.least(LEAST_CALLS);
});
