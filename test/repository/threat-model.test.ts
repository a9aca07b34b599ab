import { expect } from "chai";
import { artifact, artifactNames, contractInterface } from "../../chains/evm/artifacts";
import { bounds, renderBounds } from "../../model/simulate/bounds";
import { documentText, missingTests, testRows, titlesOf } from "./named-tests";

const DOC = documentText("threat-model.md");
const ACTORS = [
  ...["Payer", "Provider", "Committee minority", "Committee majority", "Guardian", "Governance majority"],
  ...["Deployer after handover", "LayerZero DVN set", "Keeper", "Uniswap trader", "Stablecoin issuer", "RPC"],
];
const SECTIONS = DOC.split(/^### /m).slice(1);

/** Every function of the contracts that ship. */
function functions(): Set<string> {
  const names = artifactNames().filter((name) => artifact(name).sourceName.startsWith("contracts/"));
  const found = new Set<string>();
  for (const name of names) contractInterface(name).forEachFunction((each) => found.add(each.name));
  return found;
}

describe("docs/threat-model.md", () => {
  it("has every actor, each with rows of four cells and with tests", () => {
    expect(SECTIONS.map((section) => section.split("\n")[0])).to.deep.equal(ACTORS);
    for (const section of SECTIONS) {
      const rows = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| takes"));
      expect(rows.length, section).to.be.greaterThan(0);
      for (const row of rows) {
        const cells = row.split("|").slice(1, -1);
        expect(cells.length, row).to.equal(4);
        for (const cell of cells) expect(cell.trim(), row).not.to.equal("");
      }
      expect(testRows(section).flatMap(titlesOf).length, section).to.be.greaterThan(0);
    }
  });

  it("names tests that exist, in files that exist", () => {
    expect(missingTests(testRows(DOC))).to.deep.equal([]);
  });

  it("names functions that exist", () => {
    const known = functions();
    const named = SECTIONS.flatMap((section) =>
      section
        .split("\n")
        .filter((line) => line.startsWith("| "))
        .flatMap((row) => [...(row.split("|")[2] ?? "").matchAll(/`(?:\w+\.)?(\w+)`/g)].map((match) => match[1]!)),
    );
    expect(named.filter((name) => !known.has(name))).to.deep.equal([]);
  });

  it("has the numbers of the model: npm run simulate -- --write puts them there", () => {
    expect(DOC).to.contain(renderBounds(bounds()));
  });

  it("takes each number of seconds and of STUN in its rows from a computed table", () => {
    const computed = [renderBounds(bounds()), documentText("washing.md"), DOC.split("## Actors")[0]].join("\n");
    const rows = SECTIONS.flatMap((section) => section.split("\n").filter((line) => line.startsWith("| ")));
    const numbers = rows.flatMap((row) => row.match(/\d{1,3}(?:,\d{3})+/g) ?? []);
    expect(numbers.filter((number) => !computed.includes(number) && !STATED.includes(number))).to.deep.equal([]);
  });
});

/** Sizes that the economics state and no bound computes. */
const STATED = ["25,000,000", "1,814,400"];
