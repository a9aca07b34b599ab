// What can be held without slither: that its page and its comparison are sound. test/deep/slither.test.ts runs the tool.
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect } from "chai";
import { accepted, differences } from "../../scripts/slither";
import { sourceFiles } from "../../scripts/sources";

const ROOT = resolve(__dirname, "..", "..");
const PAGE = readFileSync(join(ROOT, "docs", "static-analysis.md"), "utf8");

const finding = (check: string, contract: string, name: string): Parameters<typeof differences>[0][number] => ({
  check,
  impact: "High",
  description: "a fault",
  elements: [{ type: "function", name, type_specific_fields: { parent: { type: "contract", name: contract } } }],
});

/** Sources by the name of their contract, which is the name of their file. */
const sources = new Map(
  sourceFiles("contracts/**/*.sol").map((file) => [basename(file, ".sol"), readFileSync(join(ROOT, file), "utf8")]),
);

function exists(place: string): boolean {
  const [contract = "", member] = place.split(".");
  const source = sources.get(contract);
  // slither's name for the initial values of constants
  if (source === undefined || member === undefined || member.startsWith("slither")) return source !== undefined;
  if (member === "constructor") return source.includes("constructor(");
  return new RegExp(`\\b(function|event|modifier) ${member}\\(`).test(source);
}

describe("docs/static-analysis.md", () => {
  it("is compared with what slither finds by check, contract and function, both ways", () => {
    const page =
      "### `suicidal`\n\nWhy.\n\n- `A.f`, `A.g`,\n  `B.f`: because.\n- `C`: because.\n\n### `weak-prng`\n\n- `A.f`: no.\n";
    const baseline = accepted(page);
    expect([...baseline]).to.deep.equal([
      "suicidal A.f",
      "suicidal A.g",
      "suicidal B.f",
      "suicidal C",
      "weak-prng A.f",
    ]);
    const known = [finding("suicidal", "A", "f"), finding("suicidal", "A", "g"), finding("suicidal", "B", "f")];
    const missing = differences([...known, finding("weak-prng", "A", "g")], baseline);
    expect(missing.map((line) => line.split("\n")[0])).to.deep.equal([
      "new: weak-prng A.g (High)",
      "no longer found: suicidal C; delete its entry",
      "no longer found: weak-prng A.f; delete its entry",
    ]);
  });

  it("names places that are in the contracts", () => {
    const places = [...accepted(PAGE)].map((entry) => entry.split(" ")[1]!);
    expect(places.length).to.be.greaterThan(50);
    expect(places.filter((place) => !exists(place))).to.deep.equal([]);
  });

  it("gives each accepted finding a reason", () => {
    for (const [entry] of PAGE.slice(PAGE.indexOf("## Accepted")).matchAll(/^- [^]*?(?=\n- |\n\n|\n*$(?![^]))/gm)) {
      expect(entry.trim(), entry).to.match(/`:\s+\S[^]{6,}\.$/);
    }
  });

  it("says why of every check that slither is told to leave out", () => {
    const config = JSON.parse(readFileSync(join(ROOT, "slither.config.json"), "utf8")) as {
      detectors_to_exclude: string;
    };
    const asked = [...PAGE.matchAll(/^\| `([\w-]+)` \| \w/gm)].map(([, name]) => name);
    expect(asked).to.deep.equal(config.detectors_to_exclude.split(","));
  });
});
