import { expect } from "chai";
import { measure, type Measures } from "../../bench/evm/chain";
import { ELSEWHERE, ENTRIES } from "../../bench/evm/entries";
import { deployables } from "../../scripts/compiled";
import { compareSnapshot } from "../snapshot";

describe("Gas of every entry", () => {
  let gas: Measures;

  before(async () => {
    const all = await measure(ENTRIES);
    gas = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  });

  it("is what is committed (else run `npm run snapshots` and look at the diff)", () => {
    expect(compareSnapshot("evm", "gas", gas)).to.deep.equal([]);
  });

  it("is measured for each function that changes state, or it is said why not", () => {
    const measured = (contract: string, name: string): boolean =>
      Object.keys(gas).some((entry) => entry === `${contract}.${name}` || entry.startsWith(`${contract}.${name} (`));
    const named = (list: readonly string[], name: string): boolean => list.includes(name) || list.includes("*");
    const missing = deployables().flatMap(({ name: contract, abi }) =>
      abi
        .filter(({ type, stateMutability }) => type === "function" && !/view|pure/.test(stateMutability ?? ""))
        .map(({ name }) => name!)
        .filter((name) => !measured(contract, name))
        .filter((name) => !ELSEWHERE.some(({ contracts, names }) => named(contracts, contract) && named(names, name)))
        .map((name) => `${contract}.${name}`),
    );
    expect(missing, "measure it in bench/evm/entries.ts").to.deep.equal([]);
  });
});
