import { expect } from "chai";
import fc from "fast-check";
import {
  DAY,
  MESSAGE_LIFE,
  ModelError,
  REPAIR_DELAY,
  REPAIR_SILENCE,
  TREASURY_LIMIT,
  checkReceiver,
  newReceiver,
  payFromTreasury,
  quorum,
  recentOutflow,
  sendGovernance,
  stepReceiver,
  sum,
  treasuryLimit,
  type GovernanceAction,
  type GovernanceMessage,
  type GovernanceReceiver,
  type TreasuryOutflow,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const T0 = 1_800_000_000n;
const [FIRST, SECOND] = sendGovernance(sendGovernance({ lastSeq: 0n, sent: [] }, "a", T0), "b", T0 + DAY).sent as [
  GovernanceMessage,
  GovernanceMessage,
];

function run(receiver: GovernanceReceiver, ...actions: GovernanceAction[]): GovernanceReceiver {
  return actions.reduce((current, action) => {
    const next = stepReceiver(current, action).state;
    checkReceiver(next);
    return next;
  }, receiver);
}

const fresh = (): GovernanceReceiver => newReceiver(T0, "dvn a");
const deliver = (message: GovernanceMessage): GovernanceAction => ({
  type: "deliver",
  by: "endpoint",
  at: T0,
  message,
});
const execute = (seq: bigint, at = T0, works = true): GovernanceAction => ({ type: "execute", at, seq, works });
const skip = (seq: bigint, at: bigint): GovernanceAction => ({ type: "skip", at, seq });

describe("model: governance", () => {
  it("executes messages in the order of their numbers, whatever the order of delivery", () => {
    let receiver = run(fresh(), deliver(SECOND));
    expectError("MISMATCH", () => stepReceiver(receiver, execute(2n)));
    expectError("NOT_FOUND", () => stepReceiver(receiver, execute(1n)));
    receiver = run(receiver, deliver(FIRST), execute(1n), execute(2n));
    expect(receiver.executed).to.deep.equal(["a", "b"]);
    for (const message of [FIRST, SECOND]) expectError("ALREADY_USED", () => stepReceiver(receiver, deliver(message)));
    expectError("MISMATCH", () => stepReceiver(receiver, execute(2n)));
  });

  it("executes all or nothing: a failing call leaves the message waiting", () => {
    const receiver = run(fresh(), deliver(FIRST));
    expectError("NOT_ALLOWED", () => stepReceiver(receiver, execute(1n, T0, false)));
    run(receiver, execute(1n));
  });

  it("expires after 14 days, and can only be skipped from then on, by anyone", () => {
    const receiver = run(fresh(), deliver(FIRST), deliver(SECOND));
    expectError("TOO_EARLY", () => stepReceiver(receiver, skip(1n, T0 + MESSAGE_LIFE - 1n)));
    run(receiver, execute(1n, T0 + MESSAGE_LIFE - 1n));
    expectError("EXPIRED", () => stepReceiver(receiver, execute(1n, T0 + MESSAGE_LIFE)));
    const skipped = run(receiver, skip(1n, T0 + MESSAGE_LIFE), execute(2n, T0 + MESSAGE_LIFE));
    expect([skipped.skipped, skipped.executed]).to.deep.equal([["a"], ["b"]]);
  });

  it("is delivered by the endpoint alone, once", () => {
    expectError("WRONG_PARTY", () => stepReceiver(fresh(), { ...deliver(FIRST), by: "anyone" } as GovernanceAction));
    expectError("ALREADY_USED", () => stepReceiver(run(fresh(), deliver(FIRST)), deliver(FIRST)));
  });

  it("lets the guardian repair a path that was silent for 180 days, 30 days later", () => {
    const at = T0 + REPAIR_SILENCE;
    const propose = (when: bigint, by: "guardian" | "anyone" = "guardian"): GovernanceAction => ({
      type: "proposeRepair",
      by,
      at: when,
      settings: "dvn b",
    });
    expectError("WRONG_PARTY", () => stepReceiver(fresh(), propose(at, "anyone")));
    expectError("TOO_EARLY", () => stepReceiver(fresh(), propose(at - 1n)));
    expectError("NOTHING_TO_DO", () => stepReceiver(fresh(), { type: "applyRepair", at }));
    const proposed = run(fresh(), propose(at));
    expectError("TOO_EARLY", () => stepReceiver(proposed, { type: "applyRepair", at: at + REPAIR_DELAY - 1n }));
    expect(run(proposed, { type: "applyRepair", at: at + REPAIR_DELAY }).settings).to.equal("dvn b");
    const late = { ...FIRST, expiresAt: at + DAY };
    const alive = run(proposed, deliver(late), execute(1n, at + 1n));
    expectError("NOTHING_TO_DO", () => stepReceiver(alive, { type: "applyRepair", at: at + REPAIR_DELAY }));
  });

  it("strictly counts up through random deliveries, executions and skips", () => {
    const choice = fc.record({
      kind: fc.constantFrom("deliver", "execute", "skip"),
      index: fc.nat(9),
      wait: fc.bigInt({ min: 0n, max: 5n * DAY }),
      works: fc.boolean(),
    });
    let sender = { lastSeq: 0n, sent: [] as GovernanceMessage[] };
    for (let i = 0n; i < 10n; i++) sender = sendGovernance(sender, `message ${i}`, T0 + i * DAY);
    holds(
      fc.property(fc.array(choice, { maxLength: 60 }), (list) => {
        let receiver = fresh();
        let at = T0;
        for (const c of list) {
          at += c.wait;
          const message = sender.sent[c.index] as GovernanceMessage;
          const seq = c.index % 2 ? message.seq : receiver.lastSeq + 1n;
          const action: GovernanceAction =
            c.kind === "deliver" ? deliver(message) : c.kind === "execute" ? execute(seq, at, c.works) : skip(seq, at);
          const before = receiver.lastSeq;
          try {
            receiver = run(receiver, action);
          } catch (error) {
            if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
          }
          expect(receiver.lastSeq === before || receiver.lastSeq === before + 1n).to.equal(true);
        }
        expect(new Set([...receiver.executed, ...receiver.skipped]).size).to.equal(Number(receiver.lastSeq));
      }),
    );
  });

  it("needs 4 % of what is staked, and never less than 10,000,000 STUN", () => {
    const unit = 10n ** 18n;
    expect(quorum(1_000n * unit, unit)).to.equal(10_000_000n * unit);
    expect(quorum(250_000_000n * unit, unit)).to.equal(10_000_000n * unit);
    expect(quorum(300_000_000n * unit, unit)).to.equal(12_000_000n * unit);
    expectError("NEGATIVE", () => quorum(-1n, unit));
  });

  it("pays at most its limit out of a treasury in any 30 days", () => {
    const limit = 100n;
    let outflow: TreasuryOutflow = payFromTreasury({ payments: [] }, 60n, limit, T0);
    expectError("LIMIT_EXCEEDED", () => payFromTreasury(outflow, 41n, limit, T0 + DAY));
    outflow = payFromTreasury(outflow, 40n, limit, T0 + DAY);
    expectError("LIMIT_EXCEEDED", () => payFromTreasury(outflow, 1n, limit, T0 + TREASURY_LIMIT.window - 1n));
    payFromTreasury(outflow, 60n, limit, T0 + TREASURY_LIMIT.window);
    expectError("BELOW_MINIMUM", () => payFromTreasury(outflow, 0n, limit, T0));
    const payment = fc.record({
      value: fc.bigInt({ min: 1n, max: 120n }),
      wait: fc.bigInt({ min: 0n, max: 20n * DAY }),
    });
    holds(
      fc.property(fc.array(payment, { maxLength: 40 }), (list) => {
        let paid: TreasuryOutflow = { payments: [] };
        let at = T0;
        const all: { at: bigint; amount: bigint }[] = [];
        for (const p of list) {
          at += p.wait;
          try {
            paid = payFromTreasury(paid, p.value, limit, at);
            all.push({ at, amount: p.value });
          } catch (error) {
            if (!(error instanceof ModelError)) throw error;
          }
        }
        for (const end of all) {
          const window = all.filter((p) => p.at <= end.at && p.at + TREASURY_LIMIT.window > end.at);
          expect(sum(window.map((p) => p.amount)) <= limit).to.equal(true);
        }
      }),
    );
  });

  it("limits a treasury to 2,000,000 STUN, to a tenth of what another asset was, and to what it holds", () => {
    const paid: TreasuryOutflow = { payments: [{ at: T0, amount: 60n }] };
    const none: TreasuryOutflow = { payments: [] };
    const window = 30n * DAY;
    expect(treasuryLimit(none, 5_000_000n, 1n, T0)).to.equal(2_000_000n);
    expect(treasuryLimit(none, 7n, 1n, T0)).to.equal(7n);
    expect(treasuryLimit(paid, 1_000n, null, T0)).to.equal(106n);
    expect(treasuryLimit(paid, 1_000n, null, T0 + window)).to.equal(100n);
    expect(recentOutflow(paid, T0 + window - 1n)).to.equal(60n);
    expectError("NEGATIVE", () => treasuryLimit(none, -1n, null, T0));
  });
});
