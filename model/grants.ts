import { amount, sum } from "./check";
import { MIN_DURATION } from "./constants";
import { mustEqual, mustNotExceed, refuse, transition, type Step } from "./machine";
import { vested } from "./vesting";

/** What a grant is made of. Base units, unix seconds. */
export interface GrantTerms {
  beneficiary: string;
  total: bigint;
  start: bigint;
  cliff: bigint;
  duration: bigint;
}

/** One grant. */
export interface Grant extends GrantTerms {
  released: bigint;
  /** Who may revoke it, and gets what had not vested; null for nobody. */
  readonly revoker: string | null;
  revoked: boolean;
  /** To whom the beneficiary has offered it. */
  proposed: string | null;
}

/** All grants of a vesting vault, by number from 1. */
export interface GrantVault {
  balance: bigint;
  lastId: bigint;
  grants: Record<string, Grant>;
}

/** Everything that can happen to a vesting vault. */
export type GrantAction =
  | { type: "grant"; at: bigint; funder: string; terms: readonly GrantTerms[]; revoker: string | null }
  | { type: "claim"; at: bigint; id: string }
  | { type: "revoke"; at: bigint; by: string; id: string }
  | { type: "propose"; at: bigint; by: string; id: string; to: string }
  | { type: "accept"; at: bigint; by: string; id: string };

/** What an action causes. */
export type GrantEffect =
  | { type: "granted"; id: string; beneficiary: string }
  | { type: "pulled"; from: string; amount: bigint }
  | { type: "paid"; to: string; amount: bigint };

/** A vault without grants. */
export function newGrantVault(): GrantVault {
  return { balance: 0n, lastId: 0n, grants: {} };
}

/**
 * One action of a vesting vault. A grant is funded as it is made, so none exists that the vault does not hold. Anyone may push a
 * claim to its beneficiary. A revoked grant keeps what had vested; the rest returns to its revoker. A beneficiary hands over in two steps.
 * Errors: BELOW_MINIMUM, NEGATIVE, CLIFF_AFTER_END, NOT_ALLOWED, NOT_FOUND, WRONG_PARTY, NOTHING_TO_DO. Source: economics, Vesting.
 */
export function stepGrants(vault: GrantVault, action: GrantAction): Step<GrantVault, GrantEffect> {
  return transition<GrantVault, GrantEffect>(vault, (draft, emit) => {
    if (action.type === "grant") return make(draft, action, emit);
    const grant = draft.grants[action.id] ?? refuse("NOT_FOUND", `There is no grant ${action.id}.`, { id: action.id });
    switch (action.type) {
      case "claim": {
        const value = vestedOf(grant, action.at) - grant.released;
        if (value === 0n) refuse("NOTHING_TO_DO", `Grant ${action.id} has nothing new to pay.`, { id: action.id });
        grant.released += value;
        draft.balance -= value;
        return emit({ type: "paid", to: grant.beneficiary, amount: value });
      }
      case "revoke": {
        if (grant.revoker === null || grant.revoker !== action.by) {
          return refuse("WRONG_PARTY", `${action.by} cannot revoke grant ${action.id}.`, { by: action.by });
        }
        const kept = vestedOf(grant, action.at);
        const rest = grant.total - kept;
        if (rest === 0n) refuse("NOTHING_TO_DO", `All of grant ${action.id} has vested.`, { id: action.id });
        grant.total = kept;
        grant.revoked = true;
        draft.balance -= rest;
        return emit({ type: "paid", to: action.by, amount: rest });
      }
      case "propose":
        if (grant.beneficiary !== action.by)
          refuse("WRONG_PARTY", `Grant ${action.id} is not ${action.by}'s.`, { by: action.by });
        grant.proposed = action.to;
        return;
      case "accept":
        if (grant.proposed !== action.by)
          refuse("WRONG_PARTY", `Grant ${action.id} was not offered to ${action.by}.`, { by: action.by });
        grant.beneficiary = action.by;
        grant.proposed = null;
        return;
    }
  });
}

/** What of a grant has vested at `at`; of a revoked one, what it kept. */
export function vestedOf(grant: Grant, at: bigint): bigint {
  if (grant.revoked) return grant.total;
  return vested(grant.total, grant.start, grant.cliff, grant.duration, at);
}

/** The vault holds exactly what it owes. Errors: INVARIANT_BROKEN. */
export function checkGrants(vault: GrantVault): void {
  const grants = Object.values(vault.grants);
  mustEqual("balance = Σ total - released", vault.balance, sum(grants.map((g) => g.total - g.released)));
  for (const grant of grants) mustNotExceed("released ≤ total", grant.released, grant.total);
}

function make(
  vault: GrantVault,
  action: Extract<GrantAction, { type: "grant" }>,
  emit: (effect: GrantEffect) => void,
): void {
  if (action.terms.length === 0) refuse("NOTHING_TO_DO", "The list of grants is empty.");
  for (const terms of action.terms) {
    if (terms.beneficiary === "") refuse("NOT_ALLOWED", "The beneficiary is zero: name an account.");
    amount("total", terms.total, 1n);
    amount("duration", terms.duration, MIN_DURATION);
    vested(terms.total, terms.start, terms.cliff, terms.duration, action.at);
    vault.lastId += 1n;
    const id = vault.lastId.toString();
    vault.grants[id] = { ...terms, released: 0n, revoker: action.revoker, revoked: false, proposed: null };
    emit({ type: "granted", id, beneficiary: terms.beneficiary });
  }
  const total = sum(action.terms.map((terms) => terms.total));
  vault.balance += total;
  emit({ type: "pulled", from: action.funder, amount: total });
}
