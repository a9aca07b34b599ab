import { amount } from "./check";
import { DAY } from "./constants";
import { mustEqual, mustNotExceed, only, refuse, transition, type Step } from "./machine";

/** What an incentive is for, how many there are, and what each receives in whole STUN. */
export const INCENTIVES = {
  developer: { cap: 1_000n, stun: 10_000n },
  model: { cap: 5_000n, stun: 1_000n },
  validator: { cap: 100n, stun: 50_000n },
  tester: { cap: 1_000n, stun: 5_000n },
} as const;
/** How long a validator's incentive is released, in seconds. */
export const VALIDATOR_RELEASE = 730n * DAY;

/** What an incentive is for. */
export type IncentiveKind = keyof typeof INCENTIVES;

/** Who has claimed what of the incentives. Amounts in base units. */
export interface Incentives {
  /** 10^decimals of STUN. */
  readonly unit: bigint;
  balance: bigint;
  /** Who is eligible, by kind; a text that stands for the list. */
  lists: Record<IncentiveKind, string>;
  /** Keys that were claimed, by kind. */
  claimed: Record<IncentiveKind, string[]>;
  /** Holders of the testers' badge. */
  badges: string[];
}

/** Everything that can happen to the incentives. */
export type IncentiveAction =
  | { type: "fund"; at: bigint; amount: bigint }
  | { type: "setList"; by: "timelock" | "anyone"; at: bigint; kind: IncentiveKind; list: string }
  /** `key` is the account, or the content hash of a model; `list` is the one that the proof leads to, null for none. */
  | { type: "claim"; at: bigint; kind: IncentiveKind; key: string; account: string; list: string | null };

/** What an action causes. */
export type IncentiveEffect =
  | { type: "paid"; to: string; amount: bigint }
  /** An irrevocable grant of the vesting vault, from `at` over two years. */
  | { type: "granted"; to: string; amount: bigint }
  | { type: "badge"; to: string };

/** Nothing received, nobody eligible. Errors: BELOW_MINIMUM. */
export function newIncentives(unit: bigint): Incentives {
  amount("unit", unit, 1n);
  return {
    ...{ unit, balance: 0n, badges: [] },
    lists: { developer: "", model: "", validator: "", tester: "" },
    claimed: { developer: [], model: [], validator: [], tester: [] },
  };
}

/**
 * One action of the incentives: each key is claimed once, no kind beyond its cap, and nothing leaves in another way.
 * Errors: WRONG_PARTY; MISMATCH for a key that is not the account or a proof of another list; ALREADY_USED; LIMIT_EXCEEDED;
 * INSUFFICIENT while the vault has not received enough. Source: economics, Incentives.
 */
export function stepIncentives(state: Incentives, action: IncentiveAction): Step<Incentives, IncentiveEffect> {
  return transition<Incentives, IncentiveEffect>(state, (draft, emit) => {
    if (action.type === "fund") {
      draft.balance += amount("amount", action.amount, 1n);
      return;
    }
    const { kind } = action;
    if (action.type === "setList") {
      only(action.by, "timelock");
      draft.lists[kind] = action.list;
      return;
    }
    const { key, account } = action;
    const { cap, stun } = INCENTIVES[kind];
    const value = stun * draft.unit;
    if (kind !== "model" && key !== account) refuse("NOT_ALLOWED", `The key of ${account} is not ${key}.`, { key });
    if (draft.claimed[kind].includes(key)) refuse("ALREADY_USED", `${key} was claimed before.`, { key });
    if (BigInt(draft.claimed[kind].length) >= cap) refuse("LIMIT_EXCEEDED", `All ${cap} are claimed.`, { cap });
    if (action.list === null || action.list !== draft.lists[kind]) {
      refuse("MISMATCH", `${key} is not on the list of the ${kind}s.`, { key });
    }
    if (draft.balance < value) {
      refuse("INSUFFICIENT", `The vault has ${draft.balance} of ${value}.`, { balance: draft.balance, needed: value });
    }
    draft.claimed[kind].push(key);
    draft.balance -= value;
    emit({ type: kind === "validator" ? "granted" : "paid", to: account, amount: value });
    if (kind === "tester") {
      draft.badges.push(account);
      emit({ type: "badge", to: account });
    }
  });
}

/** No kind is claimed beyond its cap, no key twice. Errors: INVARIANT_BROKEN. */
export function checkIncentives(state: Incentives): void {
  for (const kind of Object.keys(INCENTIVES) as IncentiveKind[]) {
    const { claimed } = state;
    mustNotExceed("claimed ≤ cap", BigInt(claimed[kind].length), INCENTIVES[kind].cap);
    mustEqual("each key once", BigInt(new Set(claimed[kind]).size), BigInt(claimed[kind].length));
  }
}
