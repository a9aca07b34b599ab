import { expect } from "chai";
import {
  MAX_STOP,
  STOP_COOLDOWN,
  checkCommittee,
  newCommittee,
  stepCommittee,
  type CommitteeAction,
  type CommitteeActor,
  type CommitteeState,
} from "../../model";
import { expectError } from "./expect-error";

const T0 = 1_800_000_000n;
const FIVE = [1n, 2n, 3n, 4n, 5n];
const set = (members: readonly bigint[], threshold: number, by: CommitteeActor = "owner"): CommitteeAction => ({
  ...{ type: "setMembers", by, at: T0, members, threshold },
});
const stop = (duration: bigint, at = T0, by: CommitteeActor = "guardian"): CommitteeAction => ({
  type: "stop",
  by,
  at,
  duration,
});
const resume = (by: CommitteeActor): CommitteeAction => ({ type: "resume", by, at: T0 });
const check = (signers: readonly (bigint | null)[], version = 1n, at = T0): CommitteeAction => ({
  ...{ type: "check", at, version, signers },
});

function run(...actions: CommitteeAction[]): CommitteeState {
  return actions.reduce(
    (state, action) => {
      const next = stepCommittee(state, action).state;
      checkCommittee(next);
      return next;
    },
    newCommittee(FIVE, 3),
  );
}

describe("model: quorum", () => {
  it("takes k different members in ascending order, any of them", () => {
    run(check([1n, 2n, 3n]), check([2n, 4n, 5n]), check(FIVE));
    expectError("INSUFFICIENT", () => run(check([1n, 2n])));
    expectError("MISMATCH", () => run(check([1n, 3n, 2n])));
    expectError("MISMATCH", () => run(check([1n, 1n, 2n])));
    expectError("NOT_FOUND", () => run(check([1n, 2n, 6n])));
    expectError("INVALID_BYTES", () => run(check([1n, 2n, null])));
    expectError("LIMIT_EXCEEDED", () => run(check(new Array<bigint>(14).fill(1n))));
    expectError("INSUFFICIENT", () =>
      stepCommittee(newCommittee([...FIVE, ...[6n, 7n, 8n, 9n, 10n, 11n, 12n, 13n]], 7), check([1n])),
    );
  });

  it("refuses the version before from the second of a new one, and one that is not there yet", () => {
    const state = run(set([7n, 8n], 2));
    expect(state.version).to.equal(2n);
    for (const version of [1n, 3n]) expectError("EXPIRED", () => stepCommittee(state, check([7n, 8n], version)));
    stepCommittee(state, check([7n, 8n], 2n));
    expectError("NOT_FOUND", () => stepCommittee(state, check([1n, 2n], 2n)));
  });

  it("is set by its owner alone: 2k > n, ascending, none zero", () => {
    for (const by of ["guardian", "anyone"] as const) expectError("WRONG_PARTY", () => run(set([1n], 1, by)));
    for (const members of [
      [2n, 1n],
      [1n, 1n],
      [0n, 1n],
    ])
      expectError("MISMATCH", () => run(set(members, 2)));
    expectError("BELOW_MINIMUM", () => run(set([1n, 2n], 1)));
    expectError("ABOVE_MAXIMUM", () => run(set([1n, 2n], 3)));
    expectError("BELOW_MINIMUM", () => run(set([], 0)));
  });

  it("is stopped by the guardian for 14 days at most, and again 60 days after its announced end", () => {
    const state = run(stop(MAX_STOP));
    expectError("PAUSED", () => stepCommittee(state, check([1n, 2n, 3n], 1n, T0 + MAX_STOP - 1n)));
    stepCommittee(state, check([1n, 2n, 3n], 1n, T0 + MAX_STOP));
    const again = T0 + MAX_STOP + STOP_COOLDOWN;
    expectError("TOO_EARLY", () => stepCommittee(state, stop(1n, again - 1n)));
    expect(stepCommittee(state, stop(1n, again)).state.stoppedUntil).to.equal(again + 1n);
    expectError("ABOVE_MAXIMUM", () => run(stop(MAX_STOP + 1n)));
    expectError("BELOW_MINIMUM", () => run(stop(0n)));
    for (const by of ["owner", "anyone"] as const) expectError("WRONG_PARTY", () => run(stop(1n, T0, by)));
  });

  it("resumes by guardian or owner, and the cooldown stays", () => {
    for (const by of ["guardian", "owner"] as const) {
      const state = run(stop(MAX_STOP), resume(by), check([1n, 2n, 3n]));
      expectError("TOO_EARLY", () => stepCommittee(state, stop(1n, T0 + MAX_STOP)));
    }
    expectError("WRONG_PARTY", () => run(resume("anyone")));
  });

  it("finds each way in which a committee can be wrong", () => {
    const state = run();
    for (const broken of [{ threshold: 2 }, { threshold: 6 }, { members: [1n, 1n, 2n] }]) {
      expectError("INVARIANT_BROKEN", () => checkCommittee({ ...state, ...broken }));
    }
  });
});
