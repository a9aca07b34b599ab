import { expect } from "chai";
import fc from "fast-check";
import {
  DAY,
  HELD_ROOTS,
  ModelError,
  NO_ROOT,
  REPEAT_DELAY,
  VETOES,
  VETO_TIME,
  checkVault,
  closesAt,
  newVault,
  paidToAccount,
  pot,
  rewardProof,
  rewardRoot,
  spendable,
  stepVault,
  type RewardEntry,
  type Vault,
  type VaultAction,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const BUDGET = 60_000_000n * 10n ** 18n;
const START = 1_800_000_000n;
const ALICE = "0x" + "a1".repeat(20);
const BOB = "0x" + "b0".repeat(20);

function run(vault: Vault, ...actions: VaultAction[]): Vault {
  return actions.reduce((current, action) => {
    const next = stepVault(current, action).state;
    checkVault(next);
    return next;
  }, vault);
}

function funded(home = false): Vault {
  return run(newVault({ budget: BUDGET, start: START, home }), { type: "fund", at: START, amount: BUDGET });
}

function entries(alice: bigint, bob: bigint): RewardEntry[] {
  return [
    { account: ALICE, cumulative: alice },
    { account: BOB, cumulative: bob },
  ];
}

function report(vault: Vault, at: bigint, leaves: RewardEntry[], total: bigint): VaultAction {
  const previousRoot = vault.waiting.kind === "report" ? vault.waiting.root : (vault.roots.at(-1) ?? NO_ROOT);
  return { type: "report", by: "committee", at, epoch: vault.nextEpoch, root: rewardRoot(leaves), total, previousRoot };
}

function claim(leaves: RewardEntry[], who: 0 | 1, index: number, at: bigint): VaultAction {
  const { account, cumulative } = leaves[who] as { account: string; cumulative: bigint };
  return { type: "claim", at, account, cumulative, index, proof: rewardProof(leaves, who) };
}

describe("model: emission vault", () => {
  it("takes a report at the last second of its epoch and one hour, not before", () => {
    const vault = funded();
    const at = START + DAY - 1n + 3_600n;
    expect(closesAt(vault, 0n)).to.equal(at);
    expectError("TOO_EARLY", () => stepVault(vault, report(vault, at - 1n, entries(1n, 2n), 3n)));
    run(vault, report(vault, at, entries(1n, 2n), 3n));
  });

  it("accepts no report while it has not received its budget", () => {
    const vault = run(newVault({ budget: BUDGET, start: START }), { type: "fund", at: START, amount: BUDGET - 1n });
    expectError("INSUFFICIENT", () => stepVault(vault, report(vault, closesAt(vault, 0n), entries(1n, 2n), 3n)));
  });

  it("pays a claim 12 hours after the report, and not twice", () => {
    const leaves = entries(100n, 50n);
    const at = closesAt(funded(), 0n);
    let vault = run(funded(), report(funded(), at, leaves, 150n));
    expectError("TOO_EARLY", () => stepVault(vault, claim(leaves, 0, 0, at + VETO_TIME - 1n)));
    vault = run(vault, claim(leaves, 0, 0, at + VETO_TIME));
    expect(paidToAccount(vault, ALICE)).to.equal(100n);
    expectError("NOTHING_TO_DO", () => stepVault(vault, claim(leaves, 0, 0, at + VETO_TIME)));
    expectError("NOT_FOUND", () => stepVault(vault, claim(leaves, 1, 1, at + VETO_TIME)));
    const padded = `0x${"00".repeat(12)}${ALICE.slice(2)}`;
    expectError("NOTHING_TO_DO", () =>
      stepVault(vault, { ...claim(leaves, 0, 0, at + VETO_TIME), account: padded } as VaultAction),
    );
    const stolen = { ...claim(leaves, 1, 0, at + VETO_TIME), account: ALICE } as VaultAction;
    expectError("MISMATCH", () => stepVault(vault, stolen));
    run(vault, claim(leaves, 1, 0, at + VETO_TIME));
  });

  it("settles every epoch so far with one claim, and an older root cannot take back what it gave", () => {
    const first = entries(100n, 50n);
    const second = entries(40n, 300n);
    let vault = run(funded(), report(funded(), closesAt(funded(), 0n), first, 150n));
    const at = closesAt(vault, 1n);
    vault = run(
      vault,
      report(vault, at, second, 250n),
      claim(second, 1, 1, at + VETO_TIME),
      claim(first, 0, 0, at + VETO_TIME),
    );
    expect([ALICE, BOB].map((who) => paidToAccount(vault, who))).to.deep.equal([100n, 300n]);
    expectError("NOTHING_TO_DO", () => stepVault(vault, claim(second, 0, 1, at + VETO_TIME)));
  });

  it("never pays more than all accepted totals, whatever a root promises", () => {
    const greedy = entries(10n ** 24n, 1n);
    const at = closesAt(funded(), 0n);
    const vault = run(funded(), report(funded(), at, greedy, 100n));
    expectError("LIMIT_EXCEEDED", () => stepVault(vault, claim(greedy, 0, 0, at + VETO_TIME)));
    run(vault, claim(greedy, 1, 0, at + VETO_TIME));
  });

  it("takes epochs in order, with the last accepted root, by the committee, 12 hours apart", () => {
    const leaves = entries(1n, 2n);
    const at = closesAt(funded(), 5n);
    let vault = funded();
    const good = report(vault, at, leaves, 3n) as Extract<VaultAction, { type: "report" }>;
    expectError("MISMATCH", () => stepVault(vault, { ...good, epoch: 1n }));
    expectError("MISMATCH", () => stepVault(vault, { ...good, previousRoot: "0x" + "11".repeat(32) }));
    expectError("WRONG_PARTY", () => stepVault(vault, { ...good, by: "anyone" }));
    vault = run(vault, good);
    expectError("TOO_EARLY", () => stepVault(vault, report(vault, at + VETO_TIME - 1n, leaves, 0n)));
    vault = run(vault, report(vault, at + VETO_TIME, leaves, 0n));
    expect(vault.rootCount).to.equal(1n);
  });

  it("spends a pot and the carry, at most two first pots, and carries what is left", () => {
    let vault = funded();
    const first = pot(BUDGET, 0n);
    expectError("LIMIT_EXCEEDED", () =>
      stepVault(vault, report(vault, closesAt(vault, 0n), entries(1n, 1n), first + 1n)),
    );
    for (let epoch = 0n; epoch < 3n; epoch++)
      vault = run(vault, report(vault, closesAt(vault, epoch), entries(1n, 1n), 0n));
    expect(vault.carry).to.equal(pot(BUDGET, 0n) + pot(BUDGET, 1n) + pot(BUDGET, 2n));
    const at = closesAt(vault, 3n);
    expectError("LIMIT_EXCEEDED", () => stepVault(vault, report(vault, at, entries(1n, 1n), 2n * first + 1n)));
    vault = run(vault, report(vault, at, entries(1n, 1n), 2n * first));
    expect(vault.carry).to.equal(pot(BUDGET, 1n) + pot(BUDGET, 2n) + pot(BUDGET, 3n) - first);
  });

  it("returns the total of a vetoed report, which can be repeated after 24 hours", () => {
    const at = closesAt(funded(), 0n);
    let vault = run(funded(), report(funded(), at, entries(9n, 9n), 18n));
    const veto = (when: bigint, by: "guardian" | "anyone" = "guardian"): VaultAction => ({
      type: "veto",
      by,
      at: when,
    });
    expectError("WRONG_PARTY", () => stepVault(vault, veto(at, "anyone")));
    expectError("TOO_LATE", () => stepVault(vault, veto(at + VETO_TIME)));
    vault = run(vault, veto(at + VETO_TIME - 1n));
    expect([vault.carry, vault.nextEpoch, vault.vetoesLeft]).to.deep.equal([0n, 0n, VETOES - 1n]);
    expectError("NOTHING_TO_DO", () => stepVault(vault, veto(at + VETO_TIME)));
    const again = at + VETO_TIME - 1n + REPEAT_DELAY;
    expectError("TOO_EARLY", () => stepVault(vault, report(vault, again - 1n, entries(1n, 1n), 2n)));
    run(vault, report(vault, again, entries(1n, 1n), 2n));
  });

  it("has 14 vetoes until the timelock refills them", () => {
    let vault = funded();
    let at = closesAt(vault, 0n);
    const once = (): VaultAction[] => [report(vault, at, entries(1n, 1n), 2n), { type: "veto", by: "guardian", at }];
    for (let i = 0n; i < VETOES; i++) {
      vault = run(vault, ...once());
      at += REPEAT_DELAY;
    }
    expectError("LIMIT_EXCEEDED", () => run(vault, ...once()));
    expectError("WRONG_PARTY", () => stepVault(vault, { type: "refillVetoes", by: "guardian", at }));
    vault = run(vault, { type: "refillVetoes", by: "timelock", at });
    run(vault, ...once());
  });

  it("honours the last 64 roots and forgets the one before", () => {
    let vault = funded();
    const leaves = entries(7n, 3n);
    for (let epoch = 0n; epoch <= BigInt(HELD_ROOTS); epoch++) {
      vault = run(vault, report(vault, closesAt(vault, epoch), epoch === 0n ? leaves : entries(7n + epoch, 3n), 10n));
    }
    const at = closesAt(vault, 64n) + VETO_TIME;
    run(vault, claim(leaves, 0, 0, at));
    const later = run(vault, { type: "settle", at });
    expectError("NOT_FOUND", () => stepVault(later, claim(leaves, 0, 0, at)));
    run(later, claim(entries(8n, 3n), 0, 1, at));
    expectError("NOTHING_TO_DO", () => stepVault(later, { type: "settle", at }));
  });

  it("sends carry home, never a pot, and counts it into the home vault's carry", () => {
    let remote = funded();
    remote = run(remote, report(remote, closesAt(remote, 0n), entries(1n, 1n), 0n));
    const at = closesAt(remote, 0n) + VETO_TIME;
    const amount = pot(BUDGET, 0n) - (pot(BUDGET, 0n) % 10n ** 12n);
    const send = (value: bigint, when = at): VaultAction => ({
      type: "sendCarryHome",
      by: "timelock",
      at: when,
      amount: value,
    });
    const refused = expectError("TOO_EARLY", () => stepVault(remote, send(amount, at - 1n)));
    expect(refused.values.earliest).to.equal(at);
    expectError("INSUFFICIENT", () => stepVault(remote, send(amount + 10n ** 12n)));
    expectError("INSUFFICIENT", () => stepVault(remote, send(amount - 1n)));
    expectError("WRONG_PARTY", () => stepVault(remote, { ...send(amount), by: "guardian" } as VaultAction));
    remote = run(remote, send(amount));
    run(remote, report(remote, closesAt(remote, 1n), entries(2n, 2n), pot(BUDGET, 1n)));

    let home = funded(true);
    expectError("NOTHING_TO_DO", () => stepVault(home, { type: "receiveCarry", at }));
    expectError("NOT_ALLOWED", () => stepVault(home, send(amount)));
    expectError("NOT_ALLOWED", () => stepVault(remote, { type: "receiveCarry", at }));
    home = run(home, { type: "fund", at, amount }, { type: "receiveCarry", at });
    expect(spendable(BUDGET, 0n, home.carry)).to.equal(pot(BUDGET, 0n) + amount);
    expect(home.carryReceived).to.equal(amount);
    checkVault(home);
    expectError("INVARIANT_BROKEN", () => checkVault({ ...home, carryReceived: 0n }));
  });

  it("stops reports while paused, never claims", () => {
    const leaves = entries(1n, 2n);
    let vault = run(funded(), report(funded(), closesAt(funded(), 0n), leaves, 3n));
    const at = closesAt(vault, 1n);
    vault = run(vault, { type: "pause", by: "guardian", at, duration: DAY });
    expectError("PAUSED", () => stepVault(vault, report(vault, at, leaves, 0n)));
    run(vault, claim(leaves, 0, 0, at));
    expectError("WRONG_PARTY", () => stepVault(vault, { type: "unpause", by: "anyone", at }));
    const open = run(vault, { type: "unpause", by: "timelock", at });
    run(open, report(open, at, leaves, 0n));
  });

  it("keeps every rule through random reports, vetoes, claims and carry", () => {
    const choice = fc.record({
      kind: fc.nat(9),
      alice: fc.bigInt({ min: 0n, max: 10n ** 22n }),
      bob: fc.bigInt({ min: 0n, max: 10n ** 22n }),
      greed: fc.bigInt({ min: 0n, max: 10n ** 10n }),
      who: fc.constantFrom<0 | 1>(0, 1),
      index: fc.nat(12),
      wait: fc.oneof(fc.bigInt({ min: 0n, max: DAY / 2n }), fc.bigInt({ min: DAY, max: 3n * DAY })),
    });
    let claims = 0;
    holds(
      fc.property(fc.array(choice, { minLength: 15, maxLength: 40 }), fc.boolean(), (list, home) => {
        let vault = funded(home);
        let at = START;
        let [alice, bob] = [0n, 0n];
        let reported: RewardEntry[][] = [];
        for (const c of list) {
          at += c.wait;
          let action: VaultAction;
          const leaves = entries(alice + c.alice, bob + c.bob);
          if (c.kind < 4) action = report(vault, at, leaves, c.alice + c.bob - (c.kind === 0 ? c.greed : 0n));
          else if (c.kind < 7) {
            const chosen = reported[c.index % Math.max(reported.length, 1)];
            if (!chosen) continue;
            action = claim(chosen, c.who, reported.indexOf(chosen), at);
          } else if (c.kind === 7) action = { type: "veto", by: "guardian", at };
          else if (c.kind === 8)
            action = { type: "sendCarryHome", by: "timelock", at, amount: (c.alice / 10n ** 12n) * 10n ** 12n };
          else action = c.index % 2 ? { type: "receiveCarry", at } : { type: "fund", at, amount: c.bob + 1n };
          try {
            vault = run(vault, action);
            if (action.type === "report") {
              reported = [...reported.slice(0, Number(vault.rootCount)), leaves];
              alice += c.alice;
              bob += c.bob;
            }
            if (action.type === "claim") claims++;
          } catch (error) {
            if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
          }
          expect(vault.paid <= vault.accepted).to.equal(true);
        }
      }),
      120,
    );
    expect(claims).to.be.greaterThan(8);
  });
});
