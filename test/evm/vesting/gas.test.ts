import { expect } from "chai";
import { gasOf, nextAt, YEAR, ZERO } from "../kit";
import { granted, vesting } from "./fixture";

describe("VestingVault: gas of whole transactions", () => {
  it("claims for at most 66,000 the first time and 48,000 later", async () => {
    const { vault, beneficiary, terms } = await granted();
    await nextAt(terms.start + YEAR);
    const first = await gasOf(beneficiary, vault, "claim", 1n);
    await nextAt(terms.start + 2n * YEAR);
    const later = await gasOf(beneficiary, vault, "claim", 1n);
    expect(first).to.be.at.most(66_000n);
    expect(later).to.be.at.most(48_000n);
  });

  it("grants for at most 121,000 alone and 53,000 each in a batch of fifty", async () => {
    const { vault, funder, revoker, terms } = await vesting();
    await gasOf(funder, vault, "grant", terms, revoker.address);
    for (const who of [ZERO, revoker.address]) {
      const alone = await gasOf(funder, vault, "grant", terms, who);
      const batch = await gasOf(funder, vault, "grantBatch", new Array(50).fill(terms), who);
      expect(alone).to.be.at.most(121_000n);
      expect(batch / 50n).to.be.at.most(53_000n);
    }
  });
});
