import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "chai";
import { artifact, artifactNames, contractInterface } from "../../chains/evm/artifacts";

const DOC = readFileSync(resolve(__dirname, "..", "..", "docs", "errors.md"), "utf8");

/** `Name(parameter, …)` of every custom error that a contract of ours can raise. */
function raised(): Set<string> {
  const found = new Set<string>();
  for (const name of artifactNames()) {
    if (artifact(name).sourceName.startsWith("contracts/test/")) continue;
    contractInterface(name).forEachError((error) => {
      if (error.name !== "Error" && error.name !== "Panic") {
        found.add(`${error.name}(${error.inputs.map((input) => input.name).join(", ")})`);
      }
    });
  }
  return found;
}

describe("docs/errors.md", () => {
  const documented = new Set([...DOC.matchAll(/`([A-Z]\w*\([^`)]*\))`/g)].map((match) => match[1]!));

  it("has a row for each custom error of the contracts", () => {
    expect([...raised()].filter((error) => !documented.has(error)).sort()).to.deep.equal([]);
  });

  it("has no row for an error that no contract raises", () => {
    const known = raised();
    expect([...documented].filter((error) => !known.has(error)).sort()).to.deep.equal([]);
  });

  it("says in each row why and what to do", () => {
    for (const row of DOC.split("\n").filter((line) => line.startsWith("| `"))) {
      const cells = row.split("|").slice(1, -1);
      expect(cells.length, row).to.be.within(3, 4);
      for (const cell of cells) expect(cell.trim(), row).not.to.equal("");
    }
  });
});
