import { expect } from "chai";
import fc from "fast-check";
import {
  DAY,
  SUBSIDY,
  allocateEpoch,
  cappedReward,
  countedSeconds,
  nominalReward,
  qualityBonus,
  speedBonus,
  splitPrice,
  sum,
  uptimeBonus,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const UNIT = 10n ** 18n;
const NONE = { uptime: false, speed: false, quality: false };
const ALL = { uptime: true, speed: true, quality: true };
const nominals = fc.array(fc.bigInt({ min: 0n, max: 10n ** 24n }), { maxLength: 40 });

describe("model: rewards", () => {
  it("pays an hour of each tier its rate", () => {
    const hour = (tier: number): bigint => nominalReward(3_600n, tier, UNIT, NONE, 10_000n, false);
    expect([1, 2, 3, 4].map(hour)).to.deep.equal([100n * UNIT, 50n * UNIT, 25n * UNIT, 10n * UNIT]);
  });

  it("adds the bonuses up, then multiplies by lock and early phase", () => {
    expect(nominalReward(3_600n, 1n, UNIT, ALL, 10_000n, 1n)).to.equal(145n * UNIT);
    expect(nominalReward(DAY, 1n, UNIT, ALL, 20_000n, 2n)).to.equal(24n * 580n * UNIT);
    expect(nominalReward(DAY, 1n, UNIT, ALL, 20_000n, true)).to.equal(24n * 580n * UNIT);
  });

  it("divides once, at the end", () => {
    // 37 s at 100 units an hour are 1.03 units; dividing before the multiplication would give 0
    expect(nominalReward(37n, 4n, 10n, NONE, 10_000n, 1n)).to.equal(1n);
    expect(nominalReward(35n, 4n, 10n, NONE, 10_000n, 1n)).to.equal(0n);
  });

  it("refuses more than a day, an unknown tier, a wrong unit, multiplier or early factor", () => {
    expectError("ABOVE_MAXIMUM", () => nominalReward(DAY + 1n, 1n, UNIT, NONE, 10_000n, 1n));
    expectError("NEGATIVE", () => nominalReward(-1n, 1n, UNIT, NONE, 10_000n, 1n));
    expectError("INVALID_TIER", () => nominalReward(1n, 0n, UNIT, NONE, 10_000n, 1n));
    expectError("INVALID_UNIT", () => nominalReward(1n, 1n, 0n, NONE, 10_000n, 1n));
    expectError("INVALID_UNIT", () => nominalReward(1n, 1n, 12n, NONE, 10_000n, 1n));
    expectError("BELOW_MINIMUM", () => nominalReward(1n, 1n, UNIT, NONE, 9_999n, 1n));
    expectError("ABOVE_MAXIMUM", () => nominalReward(1n, 1n, UNIT, NONE, 20_001n, 1n));
    expectError("ABOVE_MAXIMUM", () => nominalReward(1n, 1n, UNIT, NONE, 10_000n, 3n));
    expectError("BELOW_MINIMUM", () => nominalReward(1n, 1n, UNIT, NONE, 10_000n, 0n));
  });

  it("gives bonuses at exactly 99 % of 96 probes and 99.9 % of 100 verdicts", () => {
    expect(uptimeBonus(96n, 96n)).to.equal(true);
    expect(uptimeBonus(95n, 95n)).to.equal(false);
    expect(uptimeBonus(95n, 96n)).to.equal(false);
    expect(uptimeBonus(99n, 100n)).to.equal(true);
    expect(qualityBonus(100n, 100n)).to.equal(true);
    expect(qualityBonus(99n, 99n)).to.equal(false);
    expect(qualityBonus(998n, 1_000n)).to.equal(false);
    expect(qualityBonus(999n, 1_000n)).to.equal(true);
    expectError("ABOVE_MAXIMUM", () => uptimeBonus(2n, 1n));
  });

  it("counts overlapping jobs of a GPU once, and no more than a day", () => {
    expect(
      countedSeconds([
        [100n, 200n],
        [150n, 180n],
        [50n, 120n],
        [300n, 310n],
      ]),
    ).to.equal(160n);
    expect(countedSeconds([[0n, 2n * DAY]])).to.equal(DAY);
    expect(countedSeconds([[9n, 5n]])).to.equal(0n);
  });

  it("gives the speed bonus to a tenth, rounded up, and to equals alike", () => {
    const at = (median: bigint, seconds = 3_600n): { seconds: bigint; median: bigint } => ({ seconds, median });
    expect(speedBonus([at(5n), at(9n), at(7n)])).to.deep.equal([false, true, false]);
    expect(speedBonus([at(9n), at(9n), at(7n)])).to.deep.equal([true, true, false]);
    expect(speedBonus([at(9n, 3_599n), at(1n)])).to.deep.equal([false, true]);
    const eleven = Array.from({ length: 11 }, (_, i) => at(BigInt(i)));
    expect(speedBonus(eleven).filter(Boolean)).to.have.length(2);
  });

  it("pays in full when the pot suffices, else in proportion, never more than it", () => {
    expect(allocateEpoch(10n, [3n, 7n])).to.deep.equal([3n, 7n]);
    expect(allocateEpoch(9n, [3n, 7n])).to.deep.equal([2n, 6n]);
    expect(allocateEpoch(0n, [])).to.deep.equal([]);
    holds(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 25n }), nominals, (pot, list) => {
        const paid = allocateEpoch(pot, list);
        expect(paid).to.have.length(list.length);
        expect(sum(paid) <= pot).to.equal(true);
        if (sum(list) <= pot) expect(paid).to.deep.equal(list);
        else expect(pot - sum(paid) < BigInt(list.length)).to.equal(true);
        paid.forEach((amount, i) => expect(amount <= (list[i] ?? 0n)).to.equal(true));
      }),
    );
    expectError("NEGATIVE", () => allocateEpoch(-1n, []));
    expectError("NEGATIVE", () => allocateEpoch(1n, [1n, -1n]));
  });

  it("leaves a washer nothing at SUBSIDY 1, and at s at most s - 1 for each unit of fee", () => {
    holds(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 24n }),
        fc.bigInt({ min: 0n, max: 10n ** 26n }),
        fc.bigInt({ min: SUBSIDY.min, max: SUBSIDY.max }),
        (price, nominal, subsidy) => {
          // payer, provider, creator and referrer are one: of the price only the fee leaves
          const { fee } = splitPrice(price, 200n, { model: true, referrer: true });
          const gain = cappedReward(nominal, fee, subsidy) - fee;
          expect(gain <= (subsidy - 1n) * fee).to.equal(true);
          if (subsidy === 1n) expect(gain <= 0n).to.equal(true);
        },
      ),
    );
    expectError("BELOW_MINIMUM", () => cappedReward(1n, 1n, 0n));
    expectError("ABOVE_MAXIMUM", () => cappedReward(1n, 1n, 101n));
  });
});
