import { expect } from "chai";
import fc from "fast-check";
import {
  BUYBACK,
  MAX_TICK,
  NEVER_SOLD,
  averageTick,
  checkBuyback,
  countSale,
  min,
  minimumOut,
  newBuyback,
  priceAt,
  sellable,
  stepBuyback,
  sum,
  type Buyback,
  type BuybackAction,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const UNIT = 10n ** 6n;
const T0 = 1_800_000_000n;
/** Ten STUN for a unit of six decimals. */
const MEMORY = 299_338n * BUYBACK.averageTime;
const PRICE = priceAt(299_338n);

function run(actions: BuybackAction[], from = newBuyback()): Buyback {
  return actions.reduce((state, action) => stepBuyback(state, action).state, from);
}

const POOL: BuybackAction = {
  type: "setPool",
  by: "timelock",
  pool: { isToken0: true, observations: 151, memory: MEMORY },
  decimals: 6,
  needed: 151,
};
const report = (at: bigint, change: Partial<Extract<BuybackAction, { type: "report" }>> = {}): BuybackAction => ({
  type: "report",
  by: "committee",
  at,
  price: PRICE,
  time: at,
  memory: MEMORY,
  ...change,
});
const sale = (at: bigint, change: Partial<Extract<BuybackAction, { type: "buyback" }>> = {}): BuybackAction => ({
  type: "buyback",
  at,
  amount: 100n * UNIT,
  memory: MEMORY,
  out: minimumOut(100n * UNIT, PRICE, PRICE),
  ...change,
});

/** A vault with 50,000 units, a pool, and a report of T0. */
function ready(): Buyback {
  return run([{ type: "receive", amount: 50_000n * UNIT }, POOL, report(T0)]);
}

describe("model: buyback price", () => {
  it("is 1.0001 to the power of the tick, right to one part in 2^100", () => {
    for (const tick of [1n, 2n, 10n, 1_000n, 23_027n, 60_000n]) {
      // 1.0001^tick as a fraction of whole numbers
      const [above, below] = [10_001n ** tick, 10_000n ** tick];
      const scale = BUYBACK.priceScale;
      for (const [price, exact] of [
        [priceAt(tick), (scale * above) / below],
        [priceAt(-tick), (scale * below) / above],
      ] as const) {
        const off = price > exact ? price - exact : exact - price;
        expect(off <= 1n + (exact >> 100n), `tick ${tick}: ${price} is not ${exact}`).to.equal(true);
      }
    }
  });

  it("rises with every tick", () => {
    for (let tick = -300_000n; tick < 690_000n; tick += 9_973n)
      expect(priceAt(tick) < priceAt(tick + 1n)).to.equal(true);
  });

  it("is refused beyond the ticks of a pool and from 2^160 on", () => {
    expectError("ABOVE_MAXIMUM", () => priceAt(MAX_TICK + 1n));
    expectError("ABOVE_MAXIMUM", () => priceAt(-MAX_TICK - 1n));
    expectError("ABOVE_MAXIMUM", () => priceAt(MAX_TICK));
    expect(priceAt(-MAX_TICK)).to.equal(0n);
  });

  it("is the same whichever token of the pool the asset is", () => {
    for (const ticks of [0n, 1n, -1n, 1_799n, 1_801n, -3_599n, 123_456_789n]) {
      expect(averageTick(ticks, 1_800n, true)).to.equal(averageTick(-ticks, 1_800n, false));
    }
    expect([averageTick(1_799n, 1_800n, true), averageTick(-1n, 1_800n, true)]).to.deep.equal([0n, -1n]);
    expectError("BELOW_MINIMUM", () => averageTick(1n, 0n, true));
  });
});

describe("model: what a sale must bring", () => {
  it("is 98 % at the larger of both prices, never less for being split", () => {
    const scale = BUYBACK.priceScale;
    expect(minimumOut(100n, 5n * scale, 3n * scale)).to.equal(490n);
    expect(minimumOut(100n, 3n * scale, 5n * scale)).to.equal(490n);
    expect(minimumOut(1n, 1n, 0n), "rounded up").to.equal(1n);
    expect(2n * minimumOut(50n, 12_345n, 1n) >= minimumOut(100n, 12_345n, 1n)).to.equal(true);
    expectError("NEGATIVE", () => minimumOut(-1n, 1n, 1n));
    expectError("NEGATIVE", () => minimumOut(1n, 1n, -1n));
  });
});

describe("model: hourly limit", () => {
  it("lets through at most 10,000 units in any hour, wherever it begins", () => {
    const sale = fc.tuple(fc.bigInt(0n, 2_000n), fc.bigInt(1n, 12_000n * UNIT));
    holds(
      fc.property(fc.bigInt(T0, T0 + 600n), fc.array(sale, { minLength: 20, maxLength: 60 }), (begin, list) => {
        let window = NEVER_SOLD;
        let at = begin;
        const sales: { at: bigint; amount: bigint }[] = [];
        for (const [wait, most] of list) {
          at += wait;
          const amount = min(most, sellable(window, UNIT, at));
          window = countSale(window, amount, UNIT, at);
          sales.push({ at, amount });
        }
        for (const first of sales) {
          const hour = sales.filter((s) => s.at >= first.at && s.at <= first.at + 3_600n);
          expect(sum(hour.map((s) => s.amount)) <= 10_000n * UNIT).to.equal(true);
        }
      }),
    );
  });

  it("is there again in full after 70 minutes, and not before 60", () => {
    for (const begin of [T0, T0 + 1n, T0 + 599n]) {
      const window = countSale(NEVER_SOLD, 10_000n * UNIT, UNIT, begin);
      expect(sellable(window, UNIT, begin + 3_600n)).to.equal(0n);
      expect(sellable(window, UNIT, begin + 4_200n)).to.equal(10_000n * UNIT);
      expectError("LIMIT_EXCEEDED", () => countSale(window, 1n, UNIT, begin + 3_600n));
    }
  });

  it("gives nothing back when time goes backwards", () => {
    const window = countSale(NEVER_SOLD, 4_000n * UNIT, UNIT, T0);
    expect(sellable(window, UNIT, T0 - 10_000n)).to.equal(6_000n * UNIT);
    const later = countSale(window, 6_000n * UNIT, UNIT, T0 - 10_000n);
    expect(sellable(later, UNIT, T0 + 3_600n)).to.equal(0n);
  });

  it("counts the smallest sale, and cannot be filled by some thousands of them", () => {
    let window = NEVER_SOLD;
    for (let i = 0; i < 1_000; i++) window = countSale(window, 1n, 10n ** 18n, T0);
    const used = 10_000n * 10n ** 18n - sellable(window, 10n ** 18n, T0);
    expect(used).to.equal(10n ** 17n);
  });
});

describe("model: buyback vault", () => {
  it("burns all that a sale brings", () => {
    const state = run([sale(T0 + 10n)], ready());
    expect([state.held, state.sold]).to.deep.equal([49_900n * UNIT, 100n * UNIT]);
    expect(state.burned).to.equal(minimumOut(100n * UNIT, PRICE, PRICE));
    checkBuyback(state);
  });

  it("takes the larger price: a low report cannot make a sale cheap, nor can a low average", () => {
    const low = run([report(T0 + 1n, { price: PRICE / 2n + 1n })], ready());
    expectError("BELOW_MINIMUM", () =>
      stepBuyback(low, sale(T0 + 2n, { out: minimumOut(100n * UNIT, PRICE, 0n) - 1n })),
    );
    const cheap = MEMORY - 5_000n * BUYBACK.averageTime;
    expectError("BELOW_MINIMUM", () =>
      stepBuyback(ready(), sale(T0 + 2n, { memory: cheap, out: minimumOut(100n * UNIT, 0n, PRICE) - 1n })),
    );
  });

  it("needs a report of at most an hour", () => {
    run([sale(T0 + 3_600n)], ready());
    expectError("EXPIRED", () => stepBuyback(ready(), sale(T0 + 3_601n)));
    expectError("EXPIRED", () => run([{ type: "receive", amount: 10n ** 9n }, POOL, sale(T0)]));
  });

  it("refuses a report that is old, used, from the future, not the committee's, or absurd", () => {
    const state = ready();
    expectError("TOO_EARLY", () => stepBuyback(state, report(T0 + 5n, { time: T0 + 6n })));
    expectError("EXPIRED", () => stepBuyback(state, report(T0 + 5_000n, { time: T0 + 1_399n })));
    stepBuyback(state, report(T0 + 5_000n, { time: T0 + 1_400n }));
    expectError("ALREADY_USED", () => stepBuyback(state, report(T0 + 5n, { time: T0 })));
    expectError("WRONG_PARTY", () => stepBuyback(state, report(T0 + 5n, { by: "anyone" })));
    for (const price of [0n, -1n, -PRICE, 2n * PRICE + 1n, (PRICE - 1n) / 2n, PRICE / 10n ** 12n, PRICE * 10n]) {
      expectError("NOT_ALLOWED", () => stepBuyback(state, report(T0 + 5n, { price })));
    }
    for (const price of [2n * PRICE, (PRICE + 1n) / 2n]) stepBuyback(state, report(T0 + 5n, { price }));
  });

  it("needs a pool that remembers, named by the timelock", () => {
    const state = ready();
    expectError("WRONG_PARTY", () => stepBuyback(state, { ...POOL, by: "anyone" }));
    expectError("NOT_FOUND", () => stepBuyback(state, { ...POOL, pool: undefined }));
    expectError("NOT_ALLOWED", () => stepBuyback(state, { ...POOL, decimals: 19 }));
    const pool = { isToken0: true, observations: 150, memory: MEMORY };
    expectError("INSUFFICIENT", () => stepBuyback(state, { ...POOL, pool }));
    const young = { isToken0: true, observations: 151, memory: undefined };
    expectError("WRONG_STATE", () => stepBuyback(state, { ...POOL, pool: young }));
    expectError("WRONG_STATE", () => stepBuyback(state, sale(T0, { memory: undefined })));
    const removed = run([{ type: "removePool", by: "timelock" }], state);
    expectError("NOT_FOUND", () => stepBuyback(removed, sale(T0)));
    expectError("NOT_FOUND", () => stepBuyback(removed, report(T0 + 1n)));
    expectError("WRONG_PARTY", () => stepBuyback(state, { type: "removePool", by: "anyone" }));
  });

  it("sells what it holds, and at most 10,000 units an hour", () => {
    const state = ready();
    for (const amount of [0n, 50_000n * UNIT + 1n])
      expectError("INSUFFICIENT", () => stepBuyback(state, sale(T0, { amount })));
    expectError("LIMIT_EXCEEDED", () => stepBuyback(state, sale(T0, { amount: 10_000n * UNIT + 1n, out: 10n ** 40n })));
    const sold = run([sale(T0, { amount: 10_000n * UNIT, out: 10n ** 40n })], state);
    expectError("LIMIT_EXCEEDED", () => stepBuyback(sold, sale(T0 + 3_600n, { amount: 1n })));
  });

  it("lets anyone burn STUN that lies in it", () => {
    expectError("NOTHING_TO_DO", () => stepBuyback(newBuyback(), { type: "burnHeld" }));
    const state = run([{ type: "receiveStun", amount: 5n }, { type: "burnHeld" }]);
    expect([state.stun, state.burned]).to.deep.equal([0n, 5n]);
    checkBuyback(state);
    expectError("INVARIANT_BROKEN", () => checkBuyback({ ...state, burned: 4n }));
    expectError("INVARIANT_BROKEN", () => checkBuyback({ ...state, held: 4n }));
  });
});
