import { expect } from "chai";
import { splitStep, type Split } from "../../../model";
import { deploy, read } from "../kit";
import { Random } from "../random";

const PARTS = ["fee", "royalty", "referral", "provider", "burn", "buyback", "treasury"] as const;
/** The widest price of a chain: a ledger holds at most 96 bits of an asset. */
const WIDEST = 2n ** 96n - 1n;

describe("FeeMath: conservation", () => {
  it("adds up to the price, and steps add up to one split, for 300 random prices and steps", async () => {
    const harness = await deploy("ConformanceHarness");
    const random = new Random("fees");
    for (let i = 0; i < 300; i++) {
      const cumulative = random.between(0n, random.oneIn(2n) ? WIDEST : 1_000_000n);
      const redeemed = random.between(0n, cumulative);
      const feeBps = random.pick([200n, 300n]);
      const who = { model: random.oneIn(2n), referrer: random.oneIn(2n) };
      const got = await read<Split>(harness, "splitStep", redeemed, cumulative, feeBps, who.model, who.referrer);
      const wanted = splitStep(redeemed, cumulative, feeBps, who);
      for (const part of PARTS) expect(got[part], part).to.equal(wanted[part]);
      expect(got.fee + got.royalty + got.referral + got.provider).to.equal(cumulative - redeemed);
      expect(got.burn + got.buyback + got.treasury).to.equal(got.fee);
    }
  });
});
