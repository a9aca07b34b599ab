// What a PartsLedger owes, against the model: the same steps in the job escrow and in the channels.
import type { BaseContract } from "ethers";
import { stepLedger, type Ledger, type LedgerAction } from "../../../model";
import type { Call, Differential, Fact, Meanings } from "../differential";

/** Kinds of steps and refusals that a sequence on a ledger meets. */
export const LEDGER_KINDS = [
  ...["withdraw", "withdrawTo", "sweepReferral", "sweepRoyalty", "sweepFees", "freeze", "setFeeTargets"],
] as const;
export const LEDGER_REFUSALS = ["NothingOwed", "PushFailed", "CreditTooSmall"] as const;
/** What the model's codes mean here; a module adds its own. */
export const LEDGER_MEANINGS: Meanings = {
  NOTHING_TO_DO: ["NothingOwed"],
  NOT_ALLOWED: ["PushFailed"],
  INSUFFICIENT: ["CreditTooSmall"],
};

/** One asset of a ledger. The second of the two can refuse accounts. */
export interface Book {
  asset: BaseContract;
  at: string;
  isStun: boolean;
  ledger: Ledger;
}

/** Who and what a ledger's debts are owed to. */
export interface Parties {
  module: BaseContract;
  owner: string;
  treasury: string;
  vault: string;
  /** Everybody who can have a credit. */
  accounts: readonly string[];
  /** Providers, with who referred them. */
  providers: ReadonlyMap<string, string | null>;
  /** Models with a creator. */
  models: ReadonlyMap<string, string>;
}

/** The ledgers of one module. */
export class Ledgers {
  readonly frozen = new Set<string>();
  private vaultSet = false;

  constructor(
    private readonly run: Differential,
    readonly parties: Parties,
    readonly books: readonly Book[],
  ) {}

  bookOf(asset: string): Book {
    const found = this.books.find((book) => book.at === asset);
    if (!found) throw new Error(`The module takes no asset ${asset}.`);
    return found;
  }

  creditOf(asset: string, account: string): bigint {
    return this.bookOf(asset).ledger.credits[account] ?? 0n;
  }

  /** Applies an action that is part of another module's step. */
  apply(asset: string, action: LedgerAction): void {
    const book = this.bookOf(asset);
    book.ledger = stepLedger(book.ledger, action).state;
  }

  /** A withdrawal or sweep by anybody, or a change of what they meet. `paying` is told of what leaves, payment by payment. */
  async step(at: bigint, from: string, paying: (book: Book, amounts: readonly bigint[]) => void): Promise<void> {
    const { run, parties } = this;
    const { random } = run;
    const book = random.pick(this.books);
    const kind = random.pick(LEDGER_KINDS);
    const call = (args: unknown[], by = from, to = parties.module): Call => ({
      kind,
      at,
      from: by,
      to,
      method: kind,
      args,
    });
    switch (kind) {
      case "freeze": {
        const other = this.books.find((each) => !each.isStun);
        if (!other) return;
        const who = random.pick([...parties.accounts, parties.treasury]);
        const frozen = !this.frozen.has(who) && this.frozen.size < 2;
        const refused = await run.send(call([who, frozen], from, other.asset));
        if (refused) throw new Error(`The asset refused to freeze: ${refused.name}.`);
        if (frozen) this.frozen.add(who);
        else this.frozen.delete(who);
        return run.done(kind);
      }
      case "setFeeTargets": {
        const vault = !this.vaultSet || random.oneIn(3n) ? parties.vault : `0x${"00".repeat(20)}`;
        const refused = await run.send(call([parties.treasury, vault], parties.owner));
        if (refused) throw new Error(`The owner cannot set the targets: ${refused.name}.`);
        this.vaultSet = vault === parties.vault;
        return run.done(kind);
      }
      case "withdraw": {
        const account = random.pick(parties.accounts);
        const action: LedgerAction = { type: "withdraw", account, to: account, pushed: this.takes(book, account) };
        return this.do(book, call([book.at, account]), action, paying);
      }
      case "withdrawTo": {
        const [account, to] = [random.pick(parties.accounts), random.pick(parties.accounts)];
        const action: LedgerAction = { type: "withdraw", account, to, pushed: this.takes(book, to) };
        return this.do(book, call([book.at, to], account), action, paying);
      }
      case "sweepReferral": {
        const [provider, referrer] = random.pick([...parties.providers]);
        const pushed = referrer !== null && this.takes(book, referrer);
        return this.do(book, call([book.at, provider]), { type: "sweepReferral", provider, referrer, pushed }, paying);
      }
      case "sweepRoyalty": {
        const [model, creator] = random.pick([...parties.models]);
        const pushed = this.takes(book, creator);
        return this.do(book, call([book.at, model]), { type: "sweepRoyalty", model, creator, pushed }, paying);
      }
      default: {
        const treasuryTakes = this.takes(book, parties.treasury);
        const action: LedgerAction = {
          type: "sweepFees",
          burns: book.isStun,
          treasuryTakes,
          vaultTakes: this.vaultSet,
        };
        return this.do(book, call([book.at]), action, paying);
      }
    }
  }

  /** Everything that the module owes. */
  facts(): Fact[] {
    const { run, parties } = this;
    const { module } = parties;
    return this.books.flatMap(({ at, ledger, isStun }) => [
      ...parties.accounts.map((who) => run.fact(module, "creditOf", [at, who], [ledger.credits[who] ?? 0n])),
      ...[...parties.providers.keys()].flatMap((who) => [
        run.fact(module, "referralOf", [at, who], [ledger.referrals[who] ?? 0n]),
        run.fact(module, "feesPaidOf", [who, at], [ledger.fees[who] ?? 0n]),
      ]),
      ...[...parties.models.keys()].map((model) =>
        run.fact(module, "royaltyOf", [at, model], [ledger.royalties[model] ?? 0n]),
      ),
      run.fact(module, "feesOf", [at], [ledger.toBurn, ledger.treasury]),
      ...(isStun ? [run.fact(module, "burned", [], [ledger.burned])] : []),
    ]);
  }

  private takes(book: Book, who: string): boolean {
    return book.isStun || !this.frozen.has(who);
  }

  private async do(
    book: Book,
    call: Call,
    action: LedgerAction,
    paying: (book: Book, amounts: readonly bigint[]) => void,
  ): Promise<void> {
    const step = await this.run.step(call, () => stepLedger(book.ledger, action));
    if (!step) return;
    book.ledger = step.state;
    paying(
      book,
      step.effects.map((effect) => effect.amount),
    );
  }
}
