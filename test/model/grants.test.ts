import { expect } from "chai";
import fc from "fast-check";
import {
  DAY,
  ModelError,
  checkGrants,
  newGrantVault,
  stepGrants,
  type GrantAction,
  type GrantTerms,
  type GrantVault,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const T0 = 1_800_000_000n;
const TERMS: GrantTerms = { beneficiary: "alice", total: 1_000n, start: T0, cliff: 10n * DAY, duration: 100n * DAY };

function run(vault: GrantVault, ...actions: GrantAction[]): GrantVault {
  return actions.reduce((current, action) => {
    const next = stepGrants(current, action).state;
    checkGrants(next);
    return next;
  }, vault);
}

const grant = (change: Partial<GrantTerms> = {}, revoker: string | null = "dao"): GrantAction => ({
  type: "grant",
  at: T0,
  funder: "funder",
  terms: [{ ...TERMS, ...change }],
  revoker,
});
const claim = (at: bigint): GrantAction => ({ type: "claim", at, id: "1" });
const revoke = (at: bigint, by = "dao"): GrantAction => ({ type: "revoke", at, by, id: "1" });

describe("model: vesting grants", () => {
  it("pays what vested, to the beneficiary, whoever pushes it", () => {
    let vault = run(newGrantVault(), grant());
    expectError("NOTHING_TO_DO", () => stepGrants(vault, claim(T0 + 10n * DAY - 1n)));
    vault = run(vault, claim(T0 + 50n * DAY));
    expect(vault.balance).to.equal(500n);
    expect(run(vault, claim(T0 + 100n * DAY)).balance).to.equal(0n);
  });

  it("keeps what had vested when it is revoked, and returns the rest", () => {
    const vault = run(newGrantVault(), grant(), claim(T0 + 20n * DAY), revoke(T0 + 30n * DAY));
    expect(vault.balance).to.equal(100n);
    expect(run(vault, claim(T0 + 31n * DAY)).balance).to.equal(0n);
    expectError("NOTHING_TO_DO", () => stepGrants(vault, revoke(T0 + 31n * DAY)));
  });

  it("cannot be revoked by anybody else, nor when it names no revoker", () => {
    expectError("WRONG_PARTY", () => stepGrants(run(newGrantVault(), grant()), revoke(T0, "alice")));
    expectError("WRONG_PARTY", () => stepGrants(run(newGrantVault(), grant({}, null)), revoke(T0)));
  });

  it("changes its beneficiary in two steps", () => {
    let vault = run(newGrantVault(), grant());
    const propose = (by: string): GrantAction => ({ type: "propose", at: T0, by, id: "1", to: "bob" });
    const accept: GrantAction = { type: "accept", at: T0, by: "bob", id: "1" };
    expectError("WRONG_PARTY", () => stepGrants(vault, propose("bob")));
    expectError("WRONG_PARTY", () => stepGrants(vault, accept));
    vault = run(vault, propose("alice"), accept);
    const { effects } = stepGrants(vault, claim(T0 + 50n * DAY));
    expect(effects).to.deep.equal([{ type: "paid", to: "bob", amount: 500n }]);
    expectError("WRONG_PARTY", () => stepGrants(vault, accept));
  });

  it("makes a batch whole or not at all, and refuses bad terms", () => {
    const batch = { ...(grant() as Extract<GrantAction, { type: "grant" }>), terms: [TERMS, { ...TERMS, total: 5n }] };
    expect(run(newGrantVault(), batch).balance).to.equal(1_005n);
    const bad: [Partial<GrantTerms>, "BELOW_MINIMUM" | "CLIFF_AFTER_END" | "NOT_ALLOWED" | "NEGATIVE"][] = [
      [{ total: 0n }, "BELOW_MINIMUM"],
      [{ total: -1n }, "NEGATIVE"],
      [{ duration: 599n, cliff: 0n }, "BELOW_MINIMUM"],
      [{ cliff: 101n * DAY }, "CLIFF_AFTER_END"],
      [{ beneficiary: "" }, "NOT_ALLOWED"],
    ];
    for (const [change, code] of bad) {
      const action = { ...batch, terms: [TERMS, { ...TERMS, ...change }] };
      expectError(code, () => stepGrants(newGrantVault(), action));
    }
    expectError("NOTHING_TO_DO", () => stepGrants(newGrantVault(), { ...batch, terms: [] }));
    expectError("NOT_FOUND", () => stepGrants(newGrantVault(), claim(T0)));
  });

  it("holds exactly what it owes through random grants, claims and revocations", () => {
    const choice = fc.record({
      type: fc.constantFrom("grant", "claim", "claim", "revoke"),
      total: fc.bigInt({ min: 1n, max: 10n ** 24n }),
      cliff: fc.bigInt({ min: 0n, max: 100n * DAY }),
      duration: fc.bigInt({ min: 600n, max: 400n * DAY }),
      id: fc.integer({ min: 1, max: 5 }),
      wait: fc.bigInt({ min: 0n, max: 30n * DAY }),
    });
    holds(
      fc.property(fc.array(choice, { maxLength: 40 }), (list) => {
        let vault = newGrantVault();
        let at = T0;
        for (const c of list) {
          at += c.wait;
          const id = c.id.toString();
          const terms = { beneficiary: "alice", total: c.total, start: at, cliff: c.cliff, duration: c.duration };
          const action: GrantAction =
            c.type === "grant"
              ? { type: "grant", at, funder: "funder", terms: [terms], revoker: c.id % 2 ? "dao" : null }
              : c.type === "claim"
                ? { type: "claim", at, id }
                : { type: "revoke", at, by: "dao", id };
          try {
            vault = run(vault, action);
          } catch (error) {
            if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
          }
        }
        at += 500n * DAY;
        for (const [id, g] of Object.entries(vault.grants)) {
          if (g.released < g.total) vault = run(vault, { type: "claim", at, id });
        }
        expect(vault.balance).to.equal(0n);
      }),
    );
  });
});
