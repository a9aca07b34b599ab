import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { campaigns } from "../forge/forge";

const ROOT = resolve(__dirname, "..", "..");
const DOC = readFileSync(join(ROOT, "docs", "invariants.md"), "utf8");
/** Lines that name tests: `file`, `file`: "title"; "title". */
const ROWS = DOC.split("\n").filter((line) => /^- `test\/[^`]+`/.test(line));

const filesOf = (row: string): string[] => [...row.matchAll(/`(test\/[^`]+)`/g)].map((match) => match[1]!);
const titlesOf = (row: string): string[] => [...row.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);

describe("docs/invariants.md", () => {
  it("has the twenty invariants, each with a test", () => {
    const sections = DOC.split(/^### /m).slice(1);
    expect(sections.map((section) => Number.parseInt(section, 10))).to.deep.equal(
      [...Array(20).keys()].map((i) => i + 1),
    );
    for (const section of sections) expect(section, section.split("\n")[0]).to.match(/^- `test\/[^`]+`.*: "/m);
  });

  it("names tests that exist, in files that exist", () => {
    const missing = ROWS.flatMap((row) =>
      filesOf(row).flatMap((file) => {
        if (!existsSync(join(ROOT, file))) return [`${file}: no such file`];
        const text = readFileSync(join(ROOT, file), "utf8");
        return titlesOf(row)
          .filter((title) => !text.includes(title))
          .map((title) => `${file}: ${title}`);
      }),
    );
    expect(missing).to.deep.equal([]);
  });

  it("names every rule of the random sequences", () => {
    const named = new Set(
      ROWS.flatMap((row) => filesOf(row).flatMap((file) => titlesOf(row).map((t) => `${file} ${t}`))),
    );
    const rules = campaigns().flatMap(({ name, rules }) => rules.map((rule) => `test/forge/${name}.t.sol ${rule}`));
    expect(rules.filter((rule) => !named.has(rule))).to.deep.equal([]);
  });
});
