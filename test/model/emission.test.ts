import { expect } from "chai";
import fc from "fast-check";
import { EMISSION_DAYS, TOTAL_WEIGHT, emitted, pot, spendable, weightBefore } from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const BUDGET = 400_000_000n * 10n ** 18n;
const budgets = fc.bigInt({ min: 0n, max: 10n ** 30n });
const days = fc.bigInt({ min: 0n, max: 4_000n });

describe("model: emission", () => {
  it("has the pots that economics.md names", () => {
    expect(pot(BUDGET, 0n)).to.equal(282_810_428_634_555_899_248_784n);
    expect(pot(BUDGET, 730n)).to.equal(141_405_214_317_277_949_624_392n);
    expect(pot(BUDGET, 3_649n)).to.equal(17_675_651_789_659_743_703_050n);
  });

  it("halves at the first day of each era", () => {
    const weights = [0n, 729n, 730n, 1_460n, 2_190n, 2_920n, 3_649n].map((d) => weightBefore(d + 1n) - weightBefore(d));
    expect(weights).to.deep.equal([16n, 16n, 8n, 4n, 2n, 1n, 1n]);
    expect(weightBefore(EMISSION_DAYS)).to.equal(TOTAL_WEIGHT);
    expect(TOTAL_WEIGHT).to.equal(22_630n);
  });

  it("ends exactly on the budget with its last day, and stays there", () => {
    holds(
      fc.property(budgets, fc.bigInt({ min: EMISSION_DAYS, max: 10n ** 9n }), (budget, day) => {
        expect(emitted(budget, day)).to.equal(budget);
        expect(pot(budget, day)).to.equal(0n);
      }),
    );
  });

  it("pays out the sum of its pots, to the unit", () => {
    let total = 0n;
    for (let day = 0n; day < EMISSION_DAYS; day++) total += pot(BUDGET + 7n, day);
    expect(total).to.equal(BUDGET + 7n);
  });

  it("never goes down, never exceeds the budget and starts at nothing", () => {
    holds(
      fc.property(budgets, days, (budget, day) => {
        expect(emitted(budget, 0n)).to.equal(0n);
        expect(pot(budget, day) >= 0n).to.equal(true);
        expect(emitted(budget, day) <= budget).to.equal(true);
        // the cumulative floor loses less than one unit against the exact share
        expect(emitted(budget, day) * TOTAL_WEIGHT > budget * weightBefore(day) - TOTAL_WEIGHT).to.equal(true);
      }),
    );
  });

  it("never lets one epoch pay more than two first days, and pays all the carry that fits", () => {
    holds(
      fc.property(budgets, days, budgets, (budget, day, carry) => {
        const most = spendable(budget, day, carry);
        const limit = 2n * pot(budget, 0n);
        expect(most <= limit).to.equal(true);
        expect(most === limit || most === pot(budget, day) + carry).to.equal(true);
      }),
    );
    expect(spendable(BUDGET, EMISSION_DAYS, 5n)).to.equal(5n);
  });

  it("refuses what is not a budget, a day or a carry", () => {
    expectError("NEGATIVE", () => emitted(-1n, 0n));
    expectError("NEGATIVE", () => emitted(1n, -1n));
    expectError("NEGATIVE", () => pot(1n, -1n));
    expectError("NEGATIVE", () => spendable(1n, 0n, -1n));
    expectError("NOT_AN_INTEGER", () => pot(1n, 0.5));
    expectError("NOT_AN_INTEGER", () => pot(1.5 as unknown as bigint, 0n));
  });

  it("takes a day as a number too", () => expect(pot(BUDGET, 730)).to.equal(pot(BUDGET, 730n)));
});
