import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { abis, contents, generateTypes } from "../../scripts/types";

const COMMITTED = resolve(__dirname, "..", "..", "typechain-types");

describe("The typed clients of the EVM contracts", () => {
  it("are what the compiled contracts give (else run `npm run build` and commit typechain-types)", async () => {
    const scratch = mkdtempSync(join(tmpdir(), "stun-types-"));
    try {
      await generateTypes(abis(), scratch);
      const [fresh, committed] = [contents(scratch), contents(COMMITTED)];
      expect([...committed.keys()]).to.deep.equal([...fresh.keys()]);
      // The lines of an index may stand in another order after two branches were merged.
      const lines = (text = ""): string[] => text.split("\n").sort();
      for (const [path, text] of fresh) expect(lines(committed.get(path)), path).to.deep.equal(lines(text));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
