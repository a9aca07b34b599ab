import { amount, sum } from "./check";
import type { Split } from "./fees";
import { refuse, transition, type Step } from "./machine";

/** What a module that is paid for work owes in one asset, in base units; each kind of debt is counted apart. */
export interface Ledger {
  /** 10^(decimals - 6), at least 1: fees are counted in 1e-6 of the asset. */
  readonly unit: bigint;
  /** By account. */
  credits: Record<string, bigint>;
  /** What the work of a provider has earned for its referrer, by provider. */
  referrals: Record<string, bigint>;
  /** What a model has earned for its creator, by model. */
  royalties: Record<string, bigint>;
  /** To be burned (STUN) or bought back (others). */
  toBurn: bigint;
  treasury: bigint;
  /** Fees that the work of a provider has paid, in 1e-6 of the asset, each rounded down. */
  fees: Record<string, bigint>;
  burned: bigint;
}

/** Everything that can happen to a ledger. `pushed` says whether the asset takes the payment. */
export type LedgerAction =
  | { type: "book"; provider: string; model: string | null; parts: Split }
  | { type: "credit"; account: string; amount: bigint }
  /** New work is paid from a credit. */
  | { type: "fund"; account: string; amount: bigint }
  | { type: "withdraw"; account: string; to: string; pushed: boolean }
  | { type: "sweepReferral"; provider: string; referrer: string | null; pushed: boolean }
  | { type: "sweepRoyalty"; model: string; creator: string; pushed: boolean }
  /** `burns` for STUN; else the part goes to the buyback vault, when it takes it. */
  | { type: "sweepFees"; burns: boolean; treasuryTakes: boolean; vaultTakes: boolean };

/** What an action causes. */
export type LedgerEffect = { type: "paid"; to: string; amount: bigint } | { type: "burned"; amount: bigint };

/** A ledger that owes nothing. Errors: BELOW_MINIMUM. */
export function newLedger(unit: bigint): Ledger {
  amount("unit", unit, 1n);
  return { unit, credits: {}, referrals: {}, royalties: {}, toBurn: 0n, treasury: 0n, fees: {}, burned: 0n };
}

/**
 * One action of a ledger. Anyone pushes a debt to its owner; what cannot be pushed by a sweep becomes or stays a credit or a part of
 * the fees, and a withdrawal that cannot be pushed is refused. Errors: INSUFFICIENT, NOTHING_TO_DO, NOT_ALLOWED, NEGATIVE.
 * Source: protocol, A job, Pay-outs.
 */
export function stepLedger(ledger: Ledger, action: LedgerAction): Step<Ledger, LedgerEffect> {
  return transition<Ledger, LedgerEffect>(ledger, (draft, emit) => {
    switch (action.type) {
      case "book": {
        const { parts, provider, model } = action;
        add(draft.credits, provider, parts.provider);
        add(draft.referrals, provider, parts.referral);
        if (model !== null) add(draft.royalties, model, parts.royalty);
        draft.toBurn += parts.burn + parts.buyback;
        draft.treasury += parts.treasury;
        add(draft.fees, provider, parts.fee / draft.unit);
        return;
      }
      case "credit":
        return add(draft.credits, action.account, amount("amount", action.amount));
      case "fund": {
        const credit = draft.credits[action.account] ?? 0n;
        if (credit < action.amount) {
          refuse("INSUFFICIENT", `${action.account} has a credit of ${credit}, less than ${action.amount}.`, {
            credit,
            needed: action.amount,
          });
        }
        return add(draft.credits, action.account, -action.amount);
      }
      case "withdraw": {
        const value = owed(draft.credits, action.account);
        if (!action.pushed) refuse("NOT_ALLOWED", `The asset does not pay ${action.to}.`, { amount: value });
        delete draft.credits[action.account];
        return emit({ type: "paid", to: action.to, amount: value });
      }
      case "sweepReferral": {
        const { referrer } = action;
        if (referrer === null) {
          return refuse("NOTHING_TO_DO", `Nobody has referred ${action.provider}.`, { provider: action.provider });
        }
        const value = owed(draft.referrals, action.provider);
        delete draft.referrals[action.provider];
        return pay(draft, referrer, value, action.pushed, emit);
      }
      case "sweepRoyalty": {
        const value = owed(draft.royalties, action.model);
        delete draft.royalties[action.model];
        return pay(draft, action.creator, value, action.pushed, emit);
      }
      case "sweepFees":
        return sweepFees(draft, action, emit);
    }
  });
}

/** All that a ledger owes. */
export function ledgerOwes(ledger: Ledger): bigint {
  const lists = [ledger.credits, ledger.referrals, ledger.royalties].map((list) => sum(Object.values(list)));
  return sum(lists) + ledger.toBurn + ledger.treasury;
}

type Emit = (effect: LedgerEffect) => void;

function sweepFees(draft: Ledger, action: Extract<LedgerAction, { type: "sweepFees" }>, emit: Emit): void {
  const { toBurn, treasury } = draft;
  if (toBurn === 0n && treasury === 0n) refuse("NOTHING_TO_DO", "No fee waits to be swept.");
  if (action.treasuryTakes && treasury > 0n) {
    draft.treasury = 0n;
    emit({ type: "paid", to: "treasury", amount: treasury });
  }
  if (toBurn === 0n || (!action.burns && !action.vaultTakes)) return;
  draft.toBurn = 0n;
  if (action.burns) {
    draft.burned += toBurn;
    emit({ type: "burned", amount: toBurn });
  } else {
    emit({ type: "paid", to: "buyback", amount: toBurn });
  }
}

function pay(draft: Ledger, to: string, value: bigint, pushed: boolean, emit: Emit): void {
  if (pushed) emit({ type: "paid", to, amount: value });
  else add(draft.credits, to, value);
}

function owed(list: Record<string, bigint>, key: string): bigint {
  const value = list[key] ?? 0n;
  return value > 0n ? value : refuse("NOTHING_TO_DO", `Nothing is owed to ${key}.`, { key });
}

function add(list: Record<string, bigint>, key: string, value: bigint): void {
  list[key] = (list[key] ?? 0n) + value;
}
