import { expect } from "chai";
import fc from "fast-check";
import { vested } from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const grants = fc
  .record({
    total: fc.bigInt({ min: 0n, max: 10n ** 27n }),
    start: fc.bigInt({ min: 0n, max: 10n ** 10n }),
    duration: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    part: fc.bigInt({ min: 0n, max: 1_000n }),
  })
  .map(({ part, ...grant }) => ({ ...grant, cliff: (grant.duration * part) / 1_000n }));

describe("model: vesting", () => {
  it("gives nothing before the cliff and the linear part at its second", () => {
    expect(vested(1_000n, 100n, 25n, 100n, 124n)).to.equal(0n);
    expect(vested(1_000n, 100n, 25n, 100n, 125n)).to.equal(250n);
  });

  it("rounds down and ends with all of it", () => {
    expect(vested(10n, 0n, 0n, 3n, 2n)).to.equal(6n);
    expect(vested(10n, 0n, 0n, 3n, 3n)).to.equal(10n);
  });

  it("counts a time before the start as no time passed", () => expect(vested(10n, 100n, 0n, 3n, 5n)).to.equal(0n));

  it("never goes down and never exceeds the total", () => {
    holds(
      fc.property(grants, fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.bigInt({ min: 0n, max: 10n ** 9n }), (g, a, b) => {
        const at = (t: bigint): bigint => vested(g.total, g.start, g.cliff, g.duration, t);
        const first = at(g.start + a);
        const second = at(g.start + a + b);
        expect(first >= 0n && first <= second && second <= g.total).to.equal(true);
        expect(at(g.start + g.duration)).to.equal(g.total);
        if (g.cliff > 0n) expect(at(g.start + g.cliff - 1n)).to.equal(0n);
      }),
    );
  });

  it("refuses negative input, a duration of zero and a cliff after the end", () => {
    expectError("NEGATIVE", () => vested(-1n, 0n, 0n, 1n, 0n));
    expectError("NEGATIVE", () => vested(1n, -1n, 0n, 1n, 0n));
    expectError("NEGATIVE", () => vested(1n, 0n, -1n, 1n, 0n));
    expectError("NEGATIVE", () => vested(1n, 0n, 0n, 1n, -1n));
    expectError("BELOW_MINIMUM", () => vested(1n, 0n, 0n, 0n, 0n));
    expectError("CLIFF_AFTER_END", () => vested(1n, 0n, 2n, 1n, 0n));
  });
});
