import { expect } from "chai";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { VECTOR_FILES } from "../../model/vectors/cases";
import { renderVectors } from "../../model/vectors/json";

const FOLDER = join(__dirname, "../../model/vectors");

describe("model: vectors", () => {
  for (const [name, make] of Object.entries(VECTOR_FILES)) {
    it(`${name}.json is what the model gives`, () => {
      const stored = readFileSync(join(FOLDER, `${name}.json`), "utf8");
      expect(stored === renderVectors(make()), `${name}.json is stale: run 'npm run vectors'`).to.equal(true);
    });

    it(`${name}.json has good and bad input for its functions, and no case twice`, () => {
      const { functions } = make();
      const all = Object.values(functions).flat();
      expect(JSON.stringify(all)).to.contain('"error"');
      for (const list of Object.values(functions)) {
        expect(new Set(list.map((c) => JSON.stringify(c.in))).size).to.equal(list.length);
        expect(list.some((c) => "out" in c)).to.equal(true);
      }
    });
  }

  it("has no file that the model does not make, and stays below 300 KB", () => {
    const stored = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));
    expect(stored.sort()).to.deep.equal(
      Object.keys(VECTOR_FILES)
        .map((name) => `${name}.json`)
        .sort(),
    );
    const size = stored.reduce((total, file) => total + statSync(join(FOLDER, file)).size, 0);
    expect(size).to.be.lessThan(300_000);
  });
});
