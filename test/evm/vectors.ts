import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deploy, read } from "./kit";

interface Vector {
  in: Record<string, string>;
  out?: string;
  error?: string;
}

/** The vectors of one formula that the model answers; what it refuses is refused by the contracts' entries, not here. */
export function vectors(file: string, formula: string): Vector[] {
  const path = join(__dirname, "..", "..", "model", "vectors", `${file}.json`);
  const { functions } = JSON.parse(readFileSync(path, "utf8")) as { functions: Record<string, Vector[]> };
  const found = functions[formula];
  if (!found) throw new Error(`model/vectors/${file}.json has no formula '${formula}'.`);
  return found.filter((vector) => vector.out !== undefined);
}

/** Holds formulas of the harness to the vectors of the same name. */
export function holdsToVectors(file: string, formulas: readonly string[]): void {
  for (const formula of formulas) {
    it(`gives what the model gives for every vector of ${formula}`, async () => {
      const harness = await deploy("MathHarness");
      const list = vectors(file, formula);
      expect(list.length).to.be.greaterThan(5);
      for (const vector of list) {
        const values = Object.values(vector.in);
        // A clock of the EVM never runs backwards, so negative times exist in the model alone.
        if (values.some((value) => BigInt(value) < 0n)) continue;
        const actual = await read<bigint>(harness, formula, ...values);
        expect(actual, `${formula}(${values.join(", ")})`).to.equal(BigInt(vector.out ?? ""));
      }
    });
  }
}
