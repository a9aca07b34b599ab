import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { measure } from "../../bench/evm/chain";
import { FLOORS } from "../../bench/evm/floors";
import { OURS } from "../../bench/evm/ours";
import { open, WrongPackage } from "../../bench/evm/peers/packages";
import { committed, differences, DOCUMENT, overruns, withTable, type Run } from "../../bench/evm/report";

const CACHE = resolve(__dirname, "..", "..", "cache", "peers");

describe("EVM gas beside peers and floors", () => {
  let run: Run;

  before(async () => {
    run = { ours: await measure(OURS), floor: await measure(FLOORS), peers: {} };
  });

  it("is what is committed, to the last unit of gas (else run `npm run snapshots` and look at the diff)", () => {
    expect(differences(committed(), run, Object.keys(committed().peers))).to.deep.equal([]);
  });

  it("is the same in a second run: no clock, no randomness", async () => {
    expect(await measure(OURS.slice(0, 1))).to.deep.equal(await measure(OURS.slice(0, 1)));
  });

  it("stands in docs/gas.md as it is committed", () => {
    const document = readFileSync(DOCUMENT, "utf8");
    expect(document.split("\n")).to.deep.equal(withTable(document, committed()).split("\n"));
  });

  it("names the row that changed, and by how much", () => {
    const changed = { ...run, ours: { ...run.ours, "stake.open": run.ours["stake.open"]! + 250 } };
    const [line, ...rest] = differences(run, changed);
    expect(rest).to.deep.equal([]);
    expect(line).to.match(/^ours stake\.open: \d+ became \d+ \(\+250 gas, 0\.2\d %\)$/);
  });

  it("leaves out a peer that cannot be had, and no other number", () => {
    const before = { ...run, peers: { "raiden.withdraw": 80_236, "hopr.redeem": 85_752 } };
    expect(differences(before, run, ["raiden.withdraw"])).to.deep.equal([
      "peers hopr.redeem: 85752 gas is committed, and nothing measured it",
    ]);
  });

  it("says which operation is above its ceiling", () => {
    const dear = { ...run, ours: { ...run.ours, "claim.later": 66_001 } };
    expect(overruns(dear)).to.include("cumulative claim at depth 17, later: 66001 gas is 1 above the ceiling of 66000");
  });

  it("reads no package but the one that was pinned", () => {
    const file = join(CACHE, "nobody@1.0.0");
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(file, "another package");
    const nobody = { registry: "npm", name: "nobody", version: "1.0.0", hash: "sha512-AAAA" } as const;
    expect(() => open(nobody)).to.throw(WrongPackage, "nobody@1.0.0 has the hash sha512-");
    expect(existsSync(file), "it is thrown away").to.equal(false);
  });
});
