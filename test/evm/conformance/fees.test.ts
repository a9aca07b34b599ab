import { expect } from "chai";
import type { BaseContract } from "ethers";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deploy, read } from "../kit";

interface Vector {
  in: Record<string, string | boolean>;
  out?: Record<string, string>;
  error?: string;
}

const PARTS = ["fee", "royalty", "referral", "provider", "burn", "buyback", "treasury"] as const;

function vectors(formula: string): Vector[] {
  const path = join(__dirname, "../../../model/vectors/fees.json");
  const { functions } = JSON.parse(readFileSync(path, "utf8")) as { functions: Record<string, Vector[]> };
  // bad input is refused by the entries of the contracts, which pass only prices and fees that they have checked
  return (functions[formula] ?? []).filter((vector) => vector.out !== undefined);
}

async function agrees(harness: BaseContract, formula: string, vector: Vector): Promise<void> {
  const split = await read<Record<string, bigint>>(harness, formula, ...Object.values(vector.in));
  const actual = PARTS.map((part) => split[part]);
  expect(actual, `${formula}(${Object.values(vector.in).join(", ")})`).to.deep.equal(
    PARTS.map((part) => BigInt(vector.out?.[part] ?? "")),
  );
}

describe("FeeMath against the model's vectors", () => {
  for (const formula of ["splitPrice", "splitStep"]) {
    it(`gives what the model gives for every vector of ${formula}`, async () => {
      const harness = await deploy("ConformanceHarness");
      const list = vectors(formula);
      expect(list.length).to.be.greaterThan(50);
      for (const vector of list) await agrees(harness, formula, vector);
    });
  }
});
