import { expect } from "chai";
import { MAX_PAUSE, NEVER_PAUSED, PAUSE_COOLDOWN, isPaused, requireOpen, stepPause } from "../../model";
import { expectError } from "./expect-error";

const T0 = 1_800_000_000n;
const pause = (duration: bigint, at = T0, by: "guardian" | "timelock" | "anyone" = "guardian") =>
  ({ type: "pause", by, at, duration }) as const;

describe("model: pause", () => {
  it("lasts a second to seven days and ends at its second", () => {
    const paused = stepPause(NEVER_PAUSED, pause(MAX_PAUSE));
    expect([isPaused(paused, T0 + MAX_PAUSE - 1n), isPaused(paused, T0 + MAX_PAUSE)]).to.deep.equal([true, false]);
    expectError("PAUSED", () => requireOpen(paused, T0));
    requireOpen(paused, T0 + MAX_PAUSE);
    expectError("ABOVE_MAXIMUM", () => stepPause(NEVER_PAUSED, pause(MAX_PAUSE + 1n)));
    expectError("BELOW_MINIMUM", () => stepPause(NEVER_PAUSED, pause(0n)));
  });

  it("comes again thirty days after its announced end, however early it was ended", () => {
    for (const by of ["guardian", "timelock"] as const) {
      const ended = stepPause(stepPause(NEVER_PAUSED, pause(100n)), { type: "unpause", by, at: T0 + 1n });
      requireOpen(ended, T0 + 1n);
      const again = T0 + 100n + PAUSE_COOLDOWN;
      expectError("TOO_EARLY", () => stepPause(ended, pause(1n, again - 1n)));
      expect(stepPause(ended, pause(1n, again)).until).to.equal(again + 1n);
    }
  });

  it("is the guardian's alone, and ended by guardian or timelock", () => {
    for (const by of ["timelock", "anyone"] as const) {
      expectError("WRONG_PARTY", () => stepPause(NEVER_PAUSED, pause(1n, T0, by)));
    }
    expectError("WRONG_PARTY", () => stepPause(NEVER_PAUSED, { type: "unpause", by: "anyone", at: T0 }));
  });
});
