import { accountWord, bytes32, toHex, type Bytes } from "./bytes";
import { amount, integer, type Integer } from "./check";
import { DAY } from "./constants";
import { emitted, pot, spendable } from "./emission";
import { mustEqual, mustNotExceed, only, refuse, transition, type Step } from "./machine";
import { rewardLeaf, verifyProof } from "./merkle";
import { SUBSIDY } from "./rewards";
import { NEVER_PAUSED, pauseEntries, requireOpen, unpauseEntries, type Pause } from "./pause";

/** Accepted roots against which claims are honoured. */
export const HELD_ROOTS = 64;
/** Time from a report to its first claim, and the least time between two reports, in seconds. */
export const VETO_TIME = 12n * 3_600n;
/** Time from a veto to the next report, in seconds. */
export const REPEAT_DELAY = 24n * 3_600n;
/** Time from the last second of an epoch to its report, in seconds. */
export const CLOSE_DELAY_EPOCH = 3_600n;
/** Vetoes of the guardian until the timelock refills them. */
export const VETOES = 14n;
/** previousRoot of the first report. */
export const NO_ROOT = `0x${"00".repeat(32)}`;

/** What waits: a report for its 12 hours, or a vetoed epoch for its repetition. */
export type VaultWaiting =
  | { kind: "nothing" }
  | { kind: "report"; root: string; total: bigint; since: bigint }
  | { kind: "repeat"; since: bigint };

/** The rewards of one chain. Amounts in base units, times in unix seconds. */
export interface Vault {
  readonly budget: bigint;
  /** First second of epoch 0. */
  readonly start: bigint;
  readonly home: boolean;
  /** The smallest amount that the bridge carries. */
  readonly dust: bigint;
  balance: bigint;
  nextEpoch: bigint;
  /** Budget of closed epochs that no report has spent; the pot of a waiting report is in it already. */
  carry: bigint;
  waiting: VaultWaiting;
  /** The last accepted roots, oldest first; the newest has number `rootCount - 1`. */
  roots: string[];
  rootCount: bigint;
  accepted: bigint;
  paid: bigint;
  /** By account, as 32 bytes. */
  paidTo: Record<string, bigint>;
  vetoesLeft: bigint;
  /** Carry that went home, or came home. */
  carrySent: bigint;
  carryReceived: bigint;
  /** How many times the fees of its work a provider's reward may be. */
  subsidy: bigint;
  pause: Pause;
}

/** Who acts on a vault. */
export type VaultActor = "committee" | "guardian" | "timelock" | "anyone";

/** Everything that can happen to a vault. */
export type VaultAction =
  | { type: "fund"; at: bigint; amount: bigint }
  | { type: "report"; by: VaultActor; at: bigint; epoch: Integer; root: Bytes; total: bigint; previousRoot: Bytes }
  | { type: "veto"; by: VaultActor; at: bigint }
  | { type: "settle"; at: bigint }
  | { type: "claim"; at: bigint; account: string; cumulative: bigint; index: Integer; proof: readonly Bytes[] }
  | { type: "sendCarryHome"; by: VaultActor; at: bigint; amount: bigint }
  | { type: "receiveCarry"; at: bigint }
  | { type: "refillVetoes"; by: VaultActor; at: bigint }
  | { type: "setSubsidy"; by: VaultActor; at: bigint; subsidy: bigint }
  | { type: "pause"; by: VaultActor; at: bigint; duration: bigint }
  | { type: "unpause"; by: VaultActor; at: bigint };

/** What an action causes. */
export type VaultEffect =
  | { type: "reported"; epoch: bigint; claimableAt: bigint }
  | { type: "accepted"; index: bigint; root: string; total: bigint }
  | { type: "vetoed"; epoch: bigint; returned: bigint }
  | { type: "paid"; account: string; amount: bigint }
  | { type: "carrySent"; amount: bigint }
  | { type: "carryReceived"; amount: bigint };

/** A vault without tokens. Errors: NEGATIVE, BELOW_MINIMUM. */
export function newVault(options: { budget: bigint; start: bigint; home?: boolean; dust?: bigint }): Vault {
  return {
    budget: amount("budget", options.budget, 1n),
    start: amount("start", options.start, 1n),
    home: options.home ?? false,
    dust: amount("dust", options.dust ?? 10n ** 12n, 1n),
    balance: 0n,
    nextEpoch: 0n,
    carry: 0n,
    waiting: { kind: "nothing" },
    roots: [],
    rootCount: 0n,
    accepted: 0n,
    paid: 0n,
    paidTo: {},
    vetoesLeft: VETOES,
    carrySent: 0n,
    carryReceived: 0n,
    subsidy: SUBSIDY.genesis,
    pause: NEVER_PAUSED,
  };
}

/** From when an epoch can be reported, as far as its own day goes: its last second and one hour. */
export function closesAt(vault: Pick<Vault, "start">, epoch: bigint): bigint {
  return vault.start + (epoch + 1n) * DAY - 1n + CLOSE_DELAY_EPOCH;
}

/** What an account has been paid so far; an EVM address is the same account as its 32 bytes. */
export function paidToAccount(vault: Vault, account: Bytes): bigint {
  return vault.paidTo[toHex(accountWord("account", account))] ?? 0n;
}

/**
 * One action of an emission vault.
 * Epochs are reported one by one, in order, by a funded vault; each names the last accepted root; no report is worth more than
 * `spendable`. A report is claimable after 12 hours unless vetoed; a veto returns its total, and the epoch can be reported again
 * after 24 hours. Claims are honoured against the last 64 accepted roots and never exceed all accepted totals.
 * Errors: TOO_EARLY, TOO_LATE, MISMATCH, LIMIT_EXCEEDED, INSUFFICIENT, NOT_FOUND, NOTHING_TO_DO, WRONG_PARTY, WRONG_STATE, NOT_ALLOWED,
 * PAUSED. Source: economics, Emission and Provider rewards.
 */
export function stepVault(vault: Vault, action: VaultAction): Step<Vault, VaultEffect> {
  return transition<Vault, VaultEffect>(vault, (draft, emit) => {
    switch (action.type) {
      case "fund":
        draft.balance += amount("amount", action.amount, 1n);
        return;
      case "report":
        only(action.by, "committee");
        return report(draft, action, emit);
      case "veto":
        only(action.by, "guardian");
        return veto(draft, action.at, emit);
      case "settle":
        if (!accept(draft, action.at, emit))
          refuse("NOTHING_TO_DO", "No report has passed its 12 hours.", { at: action.at });
        return;
      case "claim":
        return claim(draft, action, emit);
      case "sendCarryHome":
        only(action.by, "timelock");
        return sendCarryHome(draft, action, emit);
      case "receiveCarry": {
        if (!draft.home) refuse("NOT_ALLOWED", "Carry arrives at the home vault only.");
        const value = draft.balance + draft.paid - draft.budget - draft.carryReceived;
        if (value <= 0n) refuse("NOTHING_TO_DO", "Nothing has arrived above the budget.", { value });
        draft.carryReceived += value;
        draft.carry += value;
        return emit({ type: "carryReceived", amount: value });
      }
      case "refillVetoes":
        only(action.by, "timelock");
        draft.vetoesLeft = VETOES;
        return;
      case "setSubsidy":
        only(action.by, "timelock");
        draft.subsidy = amount("subsidy", action.subsidy, SUBSIDY.min, SUBSIDY.max);
        return;
      case "pause":
        only(action.by, "guardian");
        draft.pause = pauseEntries(draft.pause, action.duration, action.at);
        return;
      case "unpause":
        only(action.by, "guardian", "timelock");
        draft.pause = unpauseEntries(draft.pause);
        return;
    }
  });
}

/**
 * The rules of a vault at any time. Errors: INVARIANT_BROKEN. Source: protocol, invariants 2, 4 and 5.
 */
export function checkVault(vault: Vault): void {
  const waiting = vault.waiting.kind === "report" ? vault.waiting.total : 0n;
  const promised = vault.accepted + waiting;
  const closed = emitted(vault.budget, vault.nextEpoch);
  mustNotExceed("paid ≤ accepted totals", vault.paid, vault.accepted);
  mustEqual(
    "emitted + carry received = promised + carry + carry sent",
    closed + vault.carryReceived,
    promised + vault.carry + vault.carrySent,
  );
  mustNotExceed("emitted ≤ budget", closed, vault.budget);
  mustNotExceed("0 ≤ carry", 0n, vault.carry);
  const paid = Object.values(vault.paidTo).reduce((total, value) => total + value, 0n);
  mustEqual("paid = Σ paid to each account", vault.paid, paid);
  mustNotExceed("at most 64 roots are held", BigInt(vault.roots.length), BigInt(HELD_ROOTS));
  if (vault.rootCount > 0n || vault.waiting.kind === "report") {
    const owed = promised - vault.paid + vault.carry + (vault.budget - closed);
    mustNotExceed("promised + carry + future pots ≤ balance", owed, vault.balance);
  }
}

type Of<Type extends VaultAction["type"]> = Extract<VaultAction, { type: Type }>;
type Emit = (effect: VaultEffect) => void;

function report(vault: Vault, action: Of<"report">, emit: Emit): void {
  const { at } = action;
  requireOpen(vault.pause, at);
  accept(vault, at, emit);
  const { waiting } = vault;
  if (waiting.kind !== "nothing") {
    const earliest = waiting.since + (waiting.kind === "report" ? VETO_TIME : REPEAT_DELAY);
    if (waiting.kind === "report" || at < earliest) tooEarly(at, earliest);
  }
  const epoch = integer("epoch", action.epoch);
  if (epoch !== vault.nextEpoch) {
    refuse("MISMATCH", `Epoch ${epoch} cannot be reported: ${vault.nextEpoch} is next.`, {
      epoch,
      next: vault.nextEpoch,
    });
  }
  if (at < closesAt(vault, epoch)) tooEarly(at, closesAt(vault, epoch));
  const has = vault.balance + vault.paid + vault.carrySent;
  if (has < vault.budget) {
    refuse("INSUFFICIENT", `The vault has had ${has} of its budget of ${vault.budget}: fund it first.`, {
      has,
      budget: vault.budget,
    });
  }
  const previous = vault.roots.at(-1) ?? NO_ROOT;
  const named = toHex(bytes32("previousRoot", action.previousRoot));
  if (named !== previous)
    refuse("MISMATCH", `The report follows ${named}, but ${previous} was accepted last.`, { named, previous });
  const most = spendable(vault.budget, epoch, vault.carry);
  amount("total", action.total);
  if (action.total > most) {
    refuse("LIMIT_EXCEEDED", `The report is worth ${action.total}: epoch ${epoch} can spend ${most}.`, {
      total: action.total,
      spendable: most,
    });
  }
  vault.carry += pot(vault.budget, epoch) - action.total;
  vault.waiting = { kind: "report", root: toHex(bytes32("root", action.root)), total: action.total, since: at };
  vault.nextEpoch += 1n;
  emit({ type: "reported", epoch, claimableAt: at + VETO_TIME });
}

function veto(vault: Vault, at: bigint, emit: Emit): void {
  const { waiting } = vault;
  if (waiting.kind !== "report") return refuse("NOTHING_TO_DO", "No report waits for a veto.");
  if (at >= waiting.since + VETO_TIME) {
    refuse("TOO_LATE", `It is ${at}: a veto was possible until ${waiting.since + VETO_TIME}.`, { at });
  }
  if (vault.vetoesLeft === 0n) refuse("LIMIT_EXCEEDED", "The guardian has used its vetoes: the timelock refills them.");
  vault.nextEpoch -= 1n;
  // The pot leaves the carry again: the repeated report brings it in.
  vault.carry += waiting.total - pot(vault.budget, vault.nextEpoch);
  vault.waiting = { kind: "repeat", since: at };
  vault.vetoesLeft -= 1n;
  emit({ type: "vetoed", epoch: vault.nextEpoch, returned: waiting.total });
}

/** Accepts a report whose 12 hours are over. */
function accept(vault: Vault, at: bigint, emit: Emit): boolean {
  const { waiting } = vault;
  if (waiting.kind !== "report" || at < waiting.since + VETO_TIME) return false;
  vault.roots.push(waiting.root);
  if (vault.roots.length > HELD_ROOTS) vault.roots.shift();
  emit({ type: "accepted", index: vault.rootCount, root: waiting.root, total: waiting.total });
  vault.rootCount += 1n;
  vault.accepted += waiting.total;
  vault.waiting = { kind: "nothing" };
  return true;
}

function claim(vault: Vault, action: Of<"claim">, emit: Emit): void {
  const index = integer("index", action.index);
  amount("cumulative", action.cumulative);
  if (index === vault.rootCount && vault.waiting.kind === "report" && !accept(vault, action.at, emit)) {
    tooEarly(action.at, vault.waiting.since + VETO_TIME);
  }
  const oldest = vault.rootCount - BigInt(vault.roots.length);
  const root = vault.roots[Number(index - oldest)];
  if (index < oldest || root === undefined) {
    return refuse("NOT_FOUND", `Root ${index} is not held: the vault has ${oldest} to ${vault.rootCount}.`, {
      index,
      oldest,
    });
  }
  if (!verifyProof(root, rewardLeaf(action.account, action.cumulative), action.proof)) {
    refuse("MISMATCH", `The proof does not join ${action.account} with ${action.cumulative} to root ${index}.`, {
      index,
    });
  }
  const before = paidToAccount(vault, action.account);
  if (action.cumulative <= before) {
    refuse("NOTHING_TO_DO", `${action.account} has been paid ${before} of ${action.cumulative}.`, { before });
  }
  const value = action.cumulative - before;
  if (vault.paid + value > vault.accepted) {
    refuse("LIMIT_EXCEEDED", `${value} more would exceed all accepted totals of ${vault.accepted}.`, {
      paid: vault.paid + value,
      accepted: vault.accepted,
    });
  }
  vault.paid += value;
  vault.balance -= value;
  vault.paidTo[toHex(accountWord("account", action.account))] = action.cumulative;
  emit({ type: "paid", account: action.account, amount: value });
}

function sendCarryHome(vault: Vault, action: Of<"sendCarryHome">, emit: Emit): void {
  if (vault.home) refuse("NOT_ALLOWED", "This is the home vault: its carry is home.");
  accept(vault, action.at, emit);
  // A veto takes the pot of its epoch out of the carry, so none of it may leave before.
  if (vault.waiting.kind === "report") tooEarly(action.at, vault.waiting.since + VETO_TIME);
  amount("amount", action.amount, vault.dust);
  if (action.amount > vault.carry || action.amount % vault.dust !== 0n) {
    refuse(
      "INSUFFICIENT",
      `${action.amount} cannot leave: the carry is ${vault.carry}, the bridge moves multiples of ${vault.dust}.`,
      {
        amount: action.amount,
        carry: vault.carry,
      },
    );
  }
  vault.carry -= action.amount;
  vault.carrySent += action.amount;
  vault.balance -= action.amount;
  emit({ type: "carrySent", amount: action.amount });
}

function tooEarly(at: bigint, earliest: bigint): never {
  return refuse("TOO_EARLY", `It is ${at}: possible from ${earliest} on.`, { at, earliest });
}
