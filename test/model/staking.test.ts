import { expect } from "chai";
import fc from "fast-check";
import {
  MAX_LOCK,
  MIN_LOCK,
  YEAR,
  lockMultiplier,
  providerMultiplier,
  requiredStake,
  stakeRate,
  stakeReward,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const locks = fc.bigInt({ min: MIN_LOCK, max: MAX_LOCK });
const principals = fc.bigInt({ min: 0n, max: 10n ** 27n });

describe("model: staking formulas", () => {
  it("multiplies by two and pays 15 % a year for the longest lock", () => {
    expect(lockMultiplier(MAX_LOCK)).to.equal(20_000n);
    expect(stakeRate(MAX_LOCK)).to.equal(1_500n);
    expect(stakeReward(10_000n, MAX_LOCK, YEAR)).to.equal(1_500n);
  });

  it("starts a little above one and 10 % for the shortest lock", () => {
    expect(lockMultiplier(MIN_LOCK)).to.equal(10_095n);
    expect(stakeRate(MIN_LOCK)).to.equal(1_004n);
  });

  it("earns nothing after the lock and nothing when time goes backwards", () => {
    expect(stakeReward(10n ** 18n, MIN_LOCK, 10n * MIN_LOCK)).to.equal(stakeReward(10n ** 18n, MIN_LOCK, MIN_LOCK));
    expect(stakeReward(10n ** 18n, MIN_LOCK, -5n)).to.equal(0n);
  });

  it("grows with time and lock, and splitting a position gains nothing", () => {
    holds(
      fc.property(principals, principals, locks, fc.bigInt({ min: 0n, max: 2n * MAX_LOCK }), (a, b, lock, time) => {
        const whole = stakeReward(a + b, lock, time);
        const parts = stakeReward(a, lock, time) + stakeReward(b, lock, time);
        expect(parts <= whole && whole <= parts + 1n).to.equal(true);
        expect(stakeReward(a, lock, time) <= stakeReward(a, lock, time + 1n)).to.equal(true);
        expect(whole <= ((a + b) * 3n) / 10n).to.equal(true);
      }),
    );
  });

  it("scales a provider's multiplier by what is staked of what is required", () => {
    expect(providerMultiplier(5_000n, MAX_LOCK, 10_000n)).to.equal(15_000n);
    expect(providerMultiplier(0n, MAX_LOCK, 10_000n)).to.equal(10_000n);
    holds(
      fc.property(principals, locks, fc.bigInt({ min: 1n, max: 10n ** 24n }), (principal, lock, required) => {
        const value = providerMultiplier(principal, lock, required);
        expect(value >= 10_000n && value <= lockMultiplier(lock)).to.equal(true);
        if (principal >= required) expect(value).to.equal(lockMultiplier(lock));
      }),
    );
  });

  it("requires 10,000, 5,000, 2,500 and 1,000 STUN for GPUs of tiers 1 to 4", () => {
    expect(requiredStake([1, 2n, 3, 4], 10n ** 9n)).to.equal(18_500n * 10n ** 9n);
    expectError("INVALID_TIER", () => requiredStake([5], 1n));
    expectError("INVALID_TIER", () => requiredStake([0n], 1n));
  });

  it("refuses a lock outside 7 to 730 days, a negative principal and a provider without GPUs", () => {
    for (const formula of [lockMultiplier, stakeRate]) {
      expectError("BELOW_MINIMUM", () => formula(MIN_LOCK - 1n));
      expectError("ABOVE_MAXIMUM", () => formula(MAX_LOCK + 1n));
      expectError("NEGATIVE", () => stakeReward(-1n, MIN_LOCK, 0n));
    }
    expectError("BELOW_MINIMUM", () => stakeReward(1n, 0n, 0n));
    expectError("NEGATIVE", () => providerMultiplier(-1n, MIN_LOCK, 1n));
    expectError("ZERO_REQUIRED", () => providerMultiplier(1n, MIN_LOCK, 0n));
  });
});
