import { expect } from "chai";
import {
  INCENTIVES,
  checkIncentives,
  newIncentives,
  stepIncentives,
  sum,
  type IncentiveAction,
  type IncentiveKind,
  type Incentives,
} from "../../model";
import { expectError } from "./expect-error";

const T0 = 1_800_000_000n;
const fund = (amount: bigint): IncentiveAction => ({ type: "fund", at: T0, amount });
const list = (kind: IncentiveKind, by: "timelock" | "anyone" = "timelock"): IncentiveAction => ({
  ...{ type: "setList", by, at: T0, kind, list: `${kind}s` },
});
const claim = (
  kind: IncentiveKind,
  account: string,
  key = account,
  of: string | null = `${kind}s`,
): IncentiveAction => ({
  ...{ type: "claim", at: T0, kind, key, account, list: of },
});

function run(...actions: IncentiveAction[]): Incentives {
  return actions.reduce((state, action) => {
    const next = stepIncentives(state, action).state;
    checkIncentives(next);
    return next;
  }, newIncentives(1n));
}

describe("model: incentives", () => {
  it("are 25,000,000 STUN in all", () => {
    expect(sum(Object.values(INCENTIVES).map(({ cap, stun }) => cap * stun))).to.equal(25_000_000n);
  });

  it("pay each kind its amount, validators by a grant and testers with a badge", () => {
    const paid = (kind: IncentiveKind) => stepIncentives(run(fund(50_000n), list(kind)), claim(kind, "a"));
    expect(paid("developer").effects).to.deep.equal([{ type: "paid", to: "a", amount: 10_000n }]);
    expect(paid("model").effects).to.deep.equal([{ type: "paid", to: "a", amount: 1_000n }]);
    expect(paid("validator").effects).to.deep.equal([{ type: "granted", to: "a", amount: 50_000n }]);
    expect(paid("validator").state.balance).to.equal(0n);
    const tester = paid("tester");
    expect(tester.effects).to.deep.equal([
      { type: "paid", to: "a", amount: 5_000n },
      { type: "badge", to: "a" },
    ]);
    expect(tester.state.badges).to.deep.equal(["a"]);
  });

  it("are claimed once by a key on the list in force, which is the account but for models", () => {
    const ready = run(fund(100_000n), list("tester"), list("model"));
    const once = stepIncentives(ready, claim("tester", "a")).state;
    expectError("ALREADY_USED", () => stepIncentives(once, claim("tester", "a")));
    expectError("NOT_ALLOWED", () => stepIncentives(ready, claim("tester", "a", "b")));
    stepIncentives(ready, claim("model", "a", "content"));
    for (const of of [null, "another list"]) {
      expectError("MISMATCH", () => stepIncentives(ready, claim("tester", "a", "a", of)));
    }
    expectError("MISMATCH", () => run(fund(10n), claim("tester", "a")));
    expectError("WRONG_PARTY", () => run(list("tester", "anyone")));
  });

  it("end at the cap of their kind, and wait while the vault is too poor", () => {
    const all = Array.from({ length: 100 }, (_, i) => claim("validator", `account ${i}`));
    const state = run(fund(5_000_001n), list("validator"), ...all);
    expect(state.balance).to.equal(1n);
    expectError("LIMIT_EXCEEDED", () => stepIncentives(state, claim("validator", "one more")));
    expectError("INSUFFICIENT", () => run(fund(9_999n), list("developer"), claim("developer", "a")));
    expectError("BELOW_MINIMUM", () => run(fund(0n)));
    expectError("BELOW_MINIMUM", () => newIncentives(0n));
  });

  it("finds each way in which the claims can be wrong", () => {
    const state = run();
    const many = Array.from({ length: 101 }, (_, i) => `${i}`);
    for (const validator of [many, ["a", "a"]]) {
      expectError("INVARIANT_BROKEN", () => checkIncentives({ ...state, claimed: { ...state.claimed, validator } }));
    }
  });
});
