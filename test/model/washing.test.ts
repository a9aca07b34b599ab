import { expect } from "chai";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SUBSIDY, splitPrice } from "../../model";
import {
  bestWashDay,
  renderWashingTable,
  volumeFor,
  washDay,
  washerNominal,
  washingTable,
} from "../../model/simulate/washing";
import { holds } from "./seed";

const STUN = 10n ** 18n;
const amounts = fc.bigInt({ min: 0n, max: 10n ** 23n });
const days = fc.record({
  subsidy: fc.bigInt({ min: SUBSIDY.min, max: SUBSIDY.max }),
  spendable: amounts,
  honest: fc.array(amounts, { maxLength: 5 }),
  nominal: amounts,
});

describe("model: paying oneself", () => {
  it("gains nothing at SUBSIDY 1, and at s at most s - 1 for each unit of fee, whatever others do", () => {
    holds(
      fc.property(days, amounts, (day, fees) => {
        const { reward, gain, taken } = washDay(day, fees);
        expect(gain <= (day.subsidy - 1n) * fees).to.equal(true);
        expect(reward <= day.nominal && reward <= day.spendable).to.equal(true);
        // scaling rounds each other provider down by at most one unit
        expect(taken <= reward + BigInt(day.honest.length)).to.equal(true);
        if (day.subsidy === 1n) expect(bestWashDay(day, 20n).gain).to.equal(0n);
      }),
    );
  });

  it("earns more by more fees, up to its hardware and no further", () => {
    const day = { subsidy: 10n, spendable: 10n ** 24n, honest: [], nominal: 1_000n };
    expect([0n, 50n, 100n, 200n].map((fees) => washDay(day, fees).reward)).to.deep.equal([0n, 500n, 1_000n, 1_000n]);
    expect(bestWashDay(day).fees).to.equal(100n);
  });

  it("knows the most that a GPU earns in a day", () => {
    const bonuses = { uptime: true, speed: true, quality: true };
    expect(washerNominal(1n, STUN, bonuses)).to.equal(13_920n * STUN);
    expect(washerNominal(3n, STUN, bonuses)).to.equal(41_760n * STUN);
  });

  it("finds the smallest volume that pays a fee", () => {
    holds(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 24n }), (fees) => {
        const volume = volumeFor(fees);
        const fee = (price: bigint): bigint => splitPrice(price, 200n, { model: true, referrer: true }).fee;
        expect(fee(volume) >= fees && fee(volume - 1n) < fees).to.equal(true);
      }),
    );
  });

  it("gives the table of docs/washing.md", () => {
    const text = readFileSync(join(__dirname, "../../docs/washing.md"), "utf8");
    expect(text).to.contain(renderWashingTable(washingTable()));
  });
});
