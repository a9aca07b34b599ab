import { expect } from "chai";
import { campaigns } from "../forge/forge";
import { documentText, filesOf, missingTests, testRows, titlesOf } from "./named-tests";

const DOC = documentText("invariants.md");
const ROWS = testRows(DOC);

describe("docs/invariants.md", () => {
  it("has the twenty invariants, each with a test", () => {
    const sections = DOC.split(/^### /m).slice(1);
    expect(sections.map((section) => Number.parseInt(section, 10))).to.deep.equal(
      [...Array(20).keys()].map((i) => i + 1),
    );
    for (const section of sections) expect(section, section.split("\n")[0]).to.match(/^- `test\/[^`]+`.*: "/m);
  });

  it("names tests that exist, in files that exist", () => {
    expect(missingTests(ROWS)).to.deep.equal([]);
  });

  it("names every rule of the random sequences", () => {
    const named = new Set(
      ROWS.flatMap((row) => filesOf(row).flatMap((file) => titlesOf(row).map((t) => `${file} ${t}`))),
    );
    const rules = campaigns().flatMap(({ name, rules }) => rules.map((rule) => `test/forge/${name}.t.sol ${rule}`));
    expect(rules.filter((rule) => !named.has(rule))).to.deep.equal([]);
  });
});
