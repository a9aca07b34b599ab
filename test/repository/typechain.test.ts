import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { abiStamp, abis } from "../../scripts/build";

const STAMP = resolve(__dirname, "..", "..", "typechain-types", "abi.sha");

describe("The typed clients of the EVM contracts", () => {
  it("were made from the ABIs that the contracts have (run `npm run build` and commit typechain-types)", () => {
    expect(readFileSync(STAMP, "utf8").trim()).to.equal(abiStamp(abis()));
  });

  it("change when an ABI changes", () => {
    const all = abis();
    const before = abiStamp(all);
    const [path, abi] = [...all][0]!;
    all.set(path, `${abi} `);
    expect(abiStamp(all)).not.to.equal(before);
    expect(join(path).startsWith(join("contracts", "test"))).to.equal(false);
  });
});
