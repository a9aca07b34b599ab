import { expect } from "chai";
import fc from "fast-check";
import { jobPrice, splitPrice, splitStep, type Split } from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const prices = fc.bigInt({ min: 0n, max: 10n ** 30n });
const parties = fc.record({ model: fc.boolean(), referrer: fc.boolean() });
const fees = fc.constantFrom(200n, 300n);
const leaving = (s: Split): bigint => s.burn + s.buyback + s.treasury + s.royalty + s.referral + s.provider;

describe("model: fees", () => {
  it("splits a price of 1,000,000 as economics.md says", () => {
    expect(splitPrice(1_000_000n, 200n, { model: true, referrer: true })).to.deep.equal({
      fee: 20_000n,
      royalty: 50_000n,
      referral: 46_500n,
      provider: 883_500n,
      burn: 400n,
      buyback: 10_000n,
      treasury: 9_600n,
    });
    const plain = splitPrice(1_000_000n, 300n, { model: false, referrer: false });
    expect([plain.fee, plain.royalty, plain.referral, plain.provider]).to.deep.equal([30_000n, 0n, 0n, 970_000n]);
  });

  it("adds up to the price exactly, no part negative", () => {
    holds(
      fc.property(prices, fc.bigInt({ min: 0n, max: 300n }), parties, (price, feeBps, who) => {
        const split = splitPrice(price, feeBps, who);
        expect(leaving(split)).to.equal(price);
        expect(split.burn + split.buyback + split.treasury).to.equal(split.fee);
        for (const part of Object.values(split)) expect(part >= 0n).to.equal(true);
      }),
      500,
    );
  });

  it("lets no part of a channel's step be negative when it advances by 1,000", () => {
    const step = fc.oneof(fc.bigInt({ min: 1_000n, max: 1_100n }), fc.bigInt({ min: 1_000n, max: 10n ** 20n }));
    holds(
      fc.property(prices, step, fees, parties, (redeemed, advance, feeBps, who) => {
        const split = splitStep(redeemed, redeemed + advance, feeBps, who);
        expect(leaving(split)).to.equal(advance);
        expect(split.fee).to.equal(split.burn + split.buyback + split.treasury);
        for (const part of Object.values(split)) expect(part >= 0n).to.equal(true);
      }),
      1_000,
    );
  });

  it("would underflow without that minimum: that is why it exists", () => {
    const split = splitStep(199n, 200n, 200n, { model: true, referrer: false });
    expect(split.provider).to.equal(-1n);
  });

  it("prices units up to the budget", () => {
    expect(jobPrice(100n, 7n, 10n)).to.equal(70n);
    expect(jobPrice(100n, 7n, 20n)).to.equal(100n);
    expectError("NEGATIVE", () => jobPrice(100n, 7n, -1n));
  });

  it("refuses a negative price, a fee above 300 BPS and a step backwards", () => {
    expectError("NEGATIVE", () => splitPrice(-1n, 200n, { model: false, referrer: false }));
    expectError("ABOVE_MAXIMUM", () => splitPrice(1n, 301n, { model: false, referrer: false }));
    expectError("NEGATIVE", () => splitPrice(1n, -1n, { model: false, referrer: false }));
    expectError("BELOW_MINIMUM", () => splitStep(2n, 1n, 200n, { model: false, referrer: false }));
  });
});
