import { expect } from "chai";
import {
  CODE_LIMIT,
  committedSnapshots,
  compiledSnapshots,
  deployables,
  INIT_CODE_LIMIT,
  storageText,
} from "../../scripts/compiled";

describe("The contracts that can be deployed", () => {
  it("have the ABI, storage layout and code size that are committed (else run `npm run snapshots`, look at the diff, commit)", () => {
    const [fresh, committed] = [compiledSnapshots(), committedSnapshots()];
    expect([...committed.keys()].sort()).to.deep.equal([...fresh.keys()].sort());
    for (const [path, text] of fresh) expect(committed.get(path)!.split("\n"), path).to.deep.equal(text.split("\n"));
  });

  it("fit a chain: 24,576 bytes of code, 49,152 of code with constructor", () => {
    const all = deployables();
    expect(all.map(({ name }) => name)).to.include.members(["JobEscrow", "StunOFT", "VotingStaking", "StunGovernor"]);
    for (const { name, codeBytes, initCodeBytes } of all) {
      expect(codeBytes, name).to.be.at.most(CODE_LIMIT);
      expect(initCodeBytes, name).to.be.at.most(INIT_CODE_LIMIT);
    }
  });

  it("would be seen to move a variable", () => {
    const { layout } = deployables().find(({ name }) => name === "Staking")!;
    const moved = { ...layout, storage: layout.storage.map((entry, i) => (i === 4 ? { ...entry, slot: "9" } : entry)) };
    expect(storageText(moved)).not.to.equal(storageText(layout));
  });
});
