import { expect } from "chai";
import {
  ledgerOwes,
  newLedger,
  splitPrice,
  stepLedger,
  sum,
  type Ledger,
  type LedgerAction,
  type LedgerEffect,
} from "../../model";
import { expectError } from "./expect-error";

const PARTS = splitPrice(1_000_000n, 200n, { model: true, referrer: true });
const book: LedgerAction = { type: "book", provider: "provider", model: "model", parts: PARTS };
const referral = (pushed: boolean, referrer: string | null = "referrer"): LedgerAction => ({
  ...{ type: "sweepReferral", provider: "provider", referrer, pushed },
});
const royalty = (pushed: boolean): LedgerAction => ({
  type: "sweepRoyalty",
  model: "model",
  creator: "creator",
  pushed,
});
const fees = (burns: boolean, treasuryTakes = true, vaultTakes = false): LedgerAction => ({
  ...{ type: "sweepFees", burns, treasuryTakes, vaultTakes },
});
const withdraw = (account: string, pushed = true, to = account): LedgerAction => ({
  ...{ type: "withdraw", account, to, pushed },
});

function run(...actions: LedgerAction[]): { ledger: Ledger; effects: readonly LedgerEffect[] } {
  let ledger = newLedger(10n);
  let effects: readonly LedgerEffect[] = [];
  for (const action of actions) ({ state: ledger, effects } = stepLedger(ledger, action));
  return { ledger, effects };
}

describe("model: ledger", () => {
  it("books each part of a price apart, and the fee in 1e-6 of the asset, rounded down", () => {
    const { ledger } = run(book, book);
    expect(ledger.credits).to.deep.equal({ provider: 2n * PARTS.provider });
    expect(ledger.referrals).to.deep.equal({ provider: 2n * PARTS.referral });
    expect(ledger.royalties).to.deep.equal({ model: 2n * PARTS.royalty });
    expect(ledger.toBurn).to.equal(2n * (PARTS.burn + PARTS.buyback));
    expect(ledger.treasury).to.equal(2n * PARTS.treasury);
    expect(ledger.fees).to.deep.equal({ provider: 2n * (PARTS.fee / 10n) });
    expect(ledgerOwes(ledger)).to.equal(2_000_000n);
    expect(run({ ...book, model: null }).ledger.royalties).to.deep.equal({});
  });

  it("pays a credit as a whole and once, to whom its owner says", () => {
    const { ledger, effects } = run(book, withdraw("provider", true, "elsewhere"));
    expect(effects).to.deep.equal([{ type: "paid", to: "elsewhere", amount: PARTS.provider }]);
    expectError("NOTHING_TO_DO", () => stepLedger(ledger, withdraw("provider")));
    expectError("NOT_ALLOWED", () => run(book, withdraw("provider", false)));
  });

  it("pays new work from a credit that covers it, to the last unit", () => {
    const credit: LedgerAction = { type: "credit", account: "payer", amount: 5n };
    const fund = (amount: bigint): LedgerAction => ({ type: "fund", account: "payer", amount });
    expect(run(credit, credit, fund(10n)).ledger.credits).to.deep.equal({ payer: 0n });
    expectError("INSUFFICIENT", () => run(credit, fund(6n)));
    expectError("INSUFFICIENT", () => run(fund(1n)));
  });

  it("turns a sweep that cannot be pushed into a credit", () => {
    const paid = run(book, referral(true));
    expect(paid.effects).to.deep.equal([{ type: "paid", to: "referrer", amount: PARTS.referral }]);
    expect(ledgerOwes(paid.ledger)).to.equal(1_000_000n - PARTS.referral);
    const kept = run(book, referral(false), royalty(false)).ledger;
    expect(kept.credits).to.deep.equal({
      ...{ provider: PARTS.provider, referrer: PARTS.referral, creator: PARTS.royalty },
    });
    expect(ledgerOwes(kept)).to.equal(1_000_000n);
    expect(run(book, royalty(true)).effects).to.deep.equal([{ type: "paid", to: "creator", amount: PARTS.royalty }]);
    for (const again of [referral(true), royalty(true)]) {
      expectError("NOTHING_TO_DO", () => run(book, again, again));
    }
    expectError("NOTHING_TO_DO", () => run(book, referral(true, null)));
  });

  it("burns what is to be burned of STUN and sends it on of another asset, when there is somebody to take it", () => {
    const waits = PARTS.burn + PARTS.buyback;
    const burned = run(book, fees(true));
    expect(burned.ledger.burned).to.equal(waits);
    expect(burned.effects).to.deep.equal([
      { type: "paid", to: "treasury", amount: PARTS.treasury },
      { type: "burned", amount: waits },
    ]);
    const sent = run(book, fees(false, true, true));
    expect(sent.ledger.burned).to.equal(0n);
    expect(sent.effects.at(-1)).to.deep.equal({ type: "paid", to: "buyback", amount: waits });
    const kept = run(book, fees(false, false, false));
    expect(kept.effects).to.deep.equal([]);
    expect([kept.ledger.toBurn, kept.ledger.treasury]).to.deep.equal([waits, PARTS.treasury]);
    expect(run(book, fees(false), fees(false)).effects).to.deep.equal([]);
    expectError("NOTHING_TO_DO", () => run(book, fees(true), fees(true)));
  });

  it("owes what came in and has not left, in every order", () => {
    const orders = [
      [book, fees(true), withdraw("provider"), referral(false), withdraw("referrer")],
      [book, referral(true), royalty(false), fees(false, false, true)],
    ];
    for (const order of orders) {
      let [ledger, left] = [newLedger(1n), 0n];
      for (const action of order) {
        const step = stepLedger(ledger, action);
        ledger = step.state;
        left += sum(step.effects.map((effect) => effect.amount));
      }
      expect(ledgerOwes(ledger) + left).to.equal(1_000_000n);
    }
    expectError("BELOW_MINIMUM", () => newLedger(0n));
  });
});
