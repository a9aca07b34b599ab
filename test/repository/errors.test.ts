import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "chai";
import { artifact, artifactNames, contractInterface } from "../../chains/evm/artifacts";

const DOC = readFileSync(resolve(__dirname, "..", "..", "docs", "errors.md"), "utf8");

/** Anchor numbers a program's errors from here on. */
const ANCHOR_FIRST = 6_000;

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

  it("has a row for each error of the Solana program, with its code, and no other", () => {
    const source = readFileSync(resolve(__dirname, "..", "..", "programs", "oft", "src", "errors.rs"), "utf8");
    const names = [...source.matchAll(/^ {4}(\w+),$/gm)].map((match) => match[1]!);
    const rows = [...DOC.matchAll(/^\| `([A-Z][a-z]\w*)` (6\d{3}) \|/gm)].map((match) => [match[1]!, Number(match[2])]);
    expect(names.length).to.be.greaterThan(20);
    expect(rows).to.deep.equal(names.map((name, i) => [name, ANCHOR_FIRST + i]));
  });

  it("names nothing but instructions of the Solana program in its rows", () => {
    const source = readFileSync(resolve(__dirname, "..", "..", "programs", "oft", "src", "lib.rs"), "utf8");
    const known = new Set([...source.matchAll(/pub fn (\w+)/g)].map((match) => match[1]!));
    for (const [, cell] of DOC.matchAll(/^\| `\w+` 6\d{3} \|([^|]*)\|/gm)) {
      for (const [, name] of (cell ?? "").matchAll(/`(\w+)`/g)) expect(known.has(name!), name).to.equal(true);
    }
  });

  it("says in each row why and what to do", () => {
    for (const row of DOC.split("\n").filter((line) => line.startsWith("| `"))) {
      const cells = row.split("|").slice(1, -1);
      expect(cells.length, row).to.be.within(3, 4);
      for (const cell of cells) expect(cell.trim(), row).not.to.equal("");
    }
  });
});
