import type { BaseContract } from "ethers";
import { deployContract } from "../../../chains/evm/client";
import { RewardBook, type EpochReport } from "../../../chains/evm/emission";
import { localWallet } from "../../../localnet/keys";
import {
  REPEAT_DELAY,
  checkVault,
  closesAt,
  newVault,
  paidToAccount,
  spendable,
  stepVault,
  type RewardEntry,
  type Vault,
  type VaultAction,
} from "../../../model";
import { Differential, latest, type Call, type Fact, type Meanings } from "../differential";
import { DAY, STUN, ZERO } from "../kit";
import { bridgeOut } from "../token/fixture";
import { BUDGET, emission, signed, VETO_TIME } from "./fixture";
import { REMOTE_BUDGET, funded, signedRemote } from "./remote";

/** Calls in the world of the remote vault, and in each of the home vault. */
const REMOTE_CALLS = 300;
const HOME_CALLS = 1_150;
const NONE = `0x${"00".repeat(32)}`;
const DUST = 10n ** 12n;

const MEANINGS: Meanings = {
  TOO_EARLY: ["TooEarly", "NotClaimableYet", "PauseCooldown"],
  TOO_LATE: ["NothingToVeto"],
  MISMATCH: ["WrongEpoch", "WrongPreviousRoot", "InvalidProof"],
  LIMIT_EXCEEDED: ["TotalTooLarge", "NoVetoLeft", "AboveAccepted"],
  INSUFFICIENT: ["Unfunded", "InvalidAmount"],
  NOT_FOUND: ["RootNotHeld"],
  NOTHING_TO_DO: ["NothingToVeto", "NotClaimableYet", "NothingToClaim", "NothingReceived"],
  WRONG_PARTY: ["NotGuardian", "OwnableUnauthorizedAccount"],
  PAUSED: ["EntryPaused"],
  NOT_ALLOWED: ["OnlyOnOtherChains", "OnlyOnHomeChain"],
  BELOW_MINIMUM: ["InvalidAmount", "InvalidSubsidy", "InvalidPause"],
  ABOVE_MAXIMUM: ["InvalidSubsidy", "InvalidPause"],
};

const TYPES = [
  ...(["report", "report", "report", "report", "claim", "claim", "claim", "claim", "veto", "veto", "settle"] as const),
  ...(["rare", "rare"] as const),
];
const RARE = ["refillVetoes", "setSubsidy", "receiveCarry", "fund", "pause", "unpause", "sendCarryHome"] as const;
const KINDS = ["report", "claim", "veto", "settle", ...RARE];

/** A vault with who acts on it. */
interface World {
  vault: BaseContract;
  token: BaseContract;
  /** By the names of the model's actors. */
  people: Record<"committee" | "guardian" | "timelock" | "anyone", string>;
  /** Holds STUN. */
  rich: string;
  accounts: readonly string[];
  sign(report: EpochReport): Promise<unknown[]>;
}

type Made = { action: VaultAction; call: Call };

/** One vault against the model, and the rewards that its reports stand for. */
class Pair {
  /** The tree of each root that was ever reported. */
  private readonly books = new Map<string, RewardBook>();
  private readonly history: RewardEntry[][] = [];
  private latest: RewardEntry[];
  private reported: RewardEntry[] | undefined;

  constructor(
    private readonly run: Differential,
    private readonly world: World,
    private model: Vault,
    /** Whether the guardian vetoes until it has no veto left. */
    private readonly strict: boolean,
  ) {
    this.latest = world.accounts.map((account) => ({ account, cumulative: 0n }));
  }

  async step(at: bigint): Promise<void> {
    const { run } = this;
    const before = this.model.nextEpoch;
    this.reported = undefined;
    const made = await this.random(at);
    if (made === null) return;
    const { action, call } = made;
    this.model = (await run.step(call, () => stepVault(this.model, action)))?.state ?? this.model;
    checkVault(this.model);
    if (this.reported && this.model.nextEpoch > before) {
      this.history.push(this.latest);
      this.latest = this.reported;
    } else if (this.model.nextEpoch < before) {
      this.latest = this.history.pop() ?? this.latest;
    }
    await run.compare(this.facts());
  }

  /** The time of the next step: sometimes when a veto ends, a report can come again, the epoch closes or a pause ends. */
  edge(at: bigint): bigint {
    const { waiting, nextEpoch, pause } = this.model;
    const since = waiting.kind === "nothing" ? [] : [waiting.since + VETO_TIME, waiting.since + REPEAT_DELAY];
    return this.run.edge(at, [...since, closesAt(this.model, nextEpoch), pause.until]);
  }

  private async random(at: bigint): Promise<Made | null> {
    const { random } = this.run;
    const { waiting } = this.model;
    const vetoes = this.strict && waiting.kind === "report" && at < waiting.since + VETO_TIME && !random.oneIn(4n);
    const type = vetoes ? "veto" : random.pick(TYPES);
    switch (type) {
      case "report":
        return this.report(at);
      case "claim":
        return this.claim(at);
      case "veto": {
        const by = random.oneIn(8n) ? random.pick(["anyone", "timelock"] as const) : "guardian";
        return this.made({ type, by, at }, by);
      }
      case "settle":
        return this.made({ type, at }, "anyone");
      default:
        if (!this.model.home && !random.oneIn(3n)) return this.rare(at, "sendCarryHome");
        return this.rare(at, random.pick(RARE.filter((each) => each !== "refillVetoes" || !this.strict)));
    }
  }

  private made(action: VaultAction, by: keyof World["people"], ...args: unknown[]): Made {
    const from = this.world.people[by];
    return {
      action,
      call: { kind: action.type, at: action.at, from, to: this.world.vault, method: action.type, args },
    };
  }

  private rare(at: bigint, type: (typeof RARE)[number]): Made {
    const { random } = this.run;
    const { vault, token, rich } = this.world;
    const by = random.pick(["timelock", "timelock", "guardian", "anyone"] as const);
    const guardian = random.pick(["guardian", "guardian", "timelock", "anyone"] as const);
    switch (type) {
      case "refillVetoes":
        return this.made({ type, by, at }, by);
      case "setSubsidy": {
        const subsidy = random.pick([0n, 1n, 10n, 100n, 101n, 255n]);
        return this.made({ type, by, at, subsidy }, by, subsidy);
      }
      case "receiveCarry":
        return this.made({ type, at }, "anyone");
      case "fund": {
        // all at once in a vault that waits for its budget, later gifts
        const missing = this.model.budget - this.model.balance - this.model.paid - this.model.carrySent;
        const amount = missing > 0n ? missing : random.between(1n, 1_000n * STUN);
        const call = { kind: type, at, from: rich, to: token, method: "transfer", args: [vault.target, amount] };
        return { action: { type, at, amount }, call };
      }
      case "pause": {
        const duration = random.oneIn(4n) ? random.pick([0n, 7n * DAY + 1n]) : random.between(1n, 2n * DAY);
        return this.made({ type, by: guardian, at, duration }, guardian, duration);
      }
      case "unpause":
        return this.made({ type, by: guardian, at }, guardian);
      default: {
        const most = this.model.carry / DUST;
        const good = most > 0n ? random.between(1n, most) * DUST : DUST;
        const amount = random.oneIn(4n) ? random.pick([0n, good + 1n, (most + 1n) * DUST]) : good;
        const { action, call } = this.made({ type, by, at, amount }, by, amount, "0x");
        return { action, call: { ...call, value: STUN } };
      }
    }
  }

  private async report(at: bigint): Promise<Made> {
    const { random } = this.run;
    const { model } = this;
    const most = spendable(model.budget, model.nextEpoch, model.carry);
    let total = 0n;
    // dishonest reports promise more to accounts than they are worth, too large ones more than there is
    const honest = !random.oneIn(12n);
    const entries = this.latest.map(({ account, cumulative }) => {
      const part = random.between(0n, most / 3n);
      total += part;
      return { account, cumulative: cumulative + part * (honest ? 1n : 5n) };
    });
    if (random.oneIn(12n)) total = most + 1n;
    const book = new RewardBook(entries);
    this.books.set(book.root, book);
    // Mostly the report that is due; sometimes one for another epoch or after another root.
    const { waiting } = model;
    const ripe = waiting.kind === "report" && at >= waiting.since + VETO_TIME;
    const due = ripe ? waiting.root : (model.roots.at(-1) ?? NONE);
    const given = {
      epoch: model.nextEpoch + (random.oneIn(15n) ? 1n : 0n),
      root: book.root,
      total,
      previousRoot: random.oneIn(15n) ? book.root : due,
      datasetHash: NONE,
    };
    this.reported = entries;
    const made = this.made({ type: "report", by: "committee", at, ...given }, "committee");
    return { ...made, call: { ...made.call, args: await this.world.sign(given) } };
  }

  private claim(at: bigint): Made | null {
    const { random } = this.run;
    const { model } = this;
    const oldest = model.rootCount - BigInt(model.roots.length);
    const from = oldest > 1n && random.oneIn(10n) ? oldest - 1n : oldest;
    const newest = model.rootCount > 0n && random.oneIn(2n) ? model.rootCount - 1n : model.rootCount;
    const index = random.oneIn(2n) ? newest : random.between(from, model.rootCount + 1n);
    const waiting = model.waiting.kind === "report" ? model.waiting.root : undefined;
    const book =
      this.books.get(model.roots[Number(index - oldest)] ?? waiting ?? "") ?? [...this.books.values()].at(-1);
    if (!book) return null;
    const [account, amount, , proof] = book.claim(random.pick(this.world.accounts), index);
    const cumulative = amount + (random.oneIn(15n) ? 1n : 0n);
    const action: VaultAction = { type: "claim", at, account, cumulative, index, proof };
    return this.made(action, "anyone", account, cumulative, index, proof);
  }

  private facts(): Fact[] {
    const { run, model } = this;
    const { vault, token, accounts } = this.world;
    const { waiting } = model;
    const oldest = model.rootCount - BigInt(model.roots.length);
    const kind = { nothing: 0n, report: 1n, repeat: 2n }[waiting.kind];
    const report = waiting.kind === "report" ? waiting : { root: 0n, total: 0n };
    return [
      run.fact(
        vault,
        "status",
        [],
        [
          ...[model.nextEpoch, model.rootCount, kind, waiting.kind === "nothing" ? undefined : waiting.since],
          ...[model.vetoesLeft, model.subsidy, model.carry, model.accepted, model.paid, report.root, report.total],
        ],
      ),
      ...model.roots.map((root, i) => run.fact(vault, "rootAt", [oldest + BigInt(i)], [root])),
      run.fact(vault, "rootAt", [model.rootCount], null),
      ...(oldest > 0n ? [run.fact(vault, "rootAt", [oldest - 1n], null)] : []),
      ...accounts.map((account) => run.fact(vault, "paidTo", [account], [paidToAccount(model, account)])),
      run.fact(vault, "spendable", [], [spendable(model.budget, model.nextEpoch, model.carry)]),
      run.fact(vault, "closesAt", [model.nextEpoch], [closesAt(model, model.nextEpoch)]),
      run.fact(vault, "pausedUntil", [], [model.pause.until]),
      run.fact(vault, "pauseAllowedAt", [], [model.pause.allowedAt]),
      run.fact(token, "balanceOf", [vault.target], [model.balance]),
    ];
  }
}

async function homeWorld(): Promise<{ world: World; start: bigint }> {
  const state = await emission("unfunded");
  const { vault, token, start, owner, guardian, alice, bob, stranger } = state;
  const people = {
    committee: stranger.address,
    guardian: guardian.address,
    timelock: owner.address,
    anyone: bob.address,
  };
  const accounts = [alice.address, bob.address, stranger.address];
  return { start, world: { vault, token, people, rich: owner.address, accounts, sign: (r) => signed(state, r) } };
}

describe("EmissionVault against the model", () => {
  it("agrees to the last unit, in all that it stores, after each random call, at home and on a remote", async () => {
    const run = new Differential("emission", MEANINGS, {
      kinds: KINDS,
      refusals: [...new Set(Object.values(MEANINGS).flat())],
    });
    const advance = (): bigint => run.random.between(1n, run.random.oneIn(3n) ? 2n * DAY : DAY / 4n);

    const state = await funded();
    await bridgeOut(state, "base", 400_000n * STUN);
    const { base } = state.network;
    const address = (name: string): string => localWallet(name).address;
    await (await state.remote.connect(base.signer("timelock")).setGuardian(address("guardian"))).wait();
    const remote: World = {
      vault: state.remote,
      token: state.base,
      people: {
        committee: address("alice"),
        guardian: address("guardian"),
        timelock: address("timelock"),
        anyone: address("bob"),
      },
      rich: address("alice"),
      accounts: [address("alice"), address("bob"), ZERO.replace(/0$/, "1")],
      sign: (report) => signedRemote(state, report),
    };
    const start = await state.remote.start();
    let vault = newVault({ budget: REMOTE_BUDGET, start });
    vault = stepVault(vault, { type: "fund", at: start, amount: REMOTE_BUDGET }).state;
    const pair = new Pair(run, remote, vault, false);
    await run.begin([state.remote, state.base], {
      node: base.node,
      lens: await deployContract(base.signer("deployer"), "Lens"),
    });
    let at = await base.now();
    for (let i = 0; i < REMOTE_CALLS; i++) await pair.step((at = pair.edge(at + advance())));

    for (let strict = false; run.unfinished; strict = !strict) {
      const { world, start } = await homeWorld();
      await run.begin([world.vault, world.token]);
      const pair = new Pair(run, world, newVault({ budget: BUDGET, start, home: true }), strict);
      let at = await latest();
      for (let i = 0; i < HOME_CALLS && run.unfinished; i++) await pair.step((at = pair.edge(at + advance())));
    }
    run.finish();
  }).timeout(1_800_000);
});
