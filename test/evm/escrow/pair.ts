// The job escrow with real staking, registry and committee, and the model of all of it beside it.
import { ZeroAddress, ZeroHash, id, keccak256, type BaseContract } from "ethers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import hre from "hardhat";
import { digitsCircuit, type Circuit } from "../../../circuits/build";
import { OUTPUTS, proveDigits, runDigits } from "../../../circuits/digits";
import {
  committeeSignatures,
  jobIdOf,
  resultHashOf,
  signOffer,
  verdictBatch,
  type Submission,
  type Terms,
  type VerdictEntry,
} from "../../../chains/evm/escrow";
import { ZK, encodeKey, encodeProof, keyIdOf, proofContext, zkOutputHash, zkSpec } from "../../../chains/evm/proofs";
import {
  NEVER_PAUSED,
  ModelError,
  cancelOffers,
  checkJobConservation,
  checkOfferBook,
  checkStakePool,
  disputeStake,
  killOffers,
  ledgerOwes,
  newJob,
  newLedger,
  newOfferBook,
  newStakePool,
  outstandingReward,
  claimable,
  requireOpen,
  stepJob,
  stepLedger,
  stepStake,
  sum,
  termsHash,
  transitionOf,
  useOffer,
  verdictEvent,
  type Job,
  type JobAction,
  type JobEffect,
  type JobTransition,
  type Ledger,
  type OfferBook,
  type Pause,
  type StakeAction,
  type StakePool,
  type Step,
} from "../../../model";
import type { Differential, Fact } from "../differential";
import { STUN, YEAR, approve, deploy, deployStun, mined, read } from "../kit";
import { EID, deployWork } from "../work";
import { Ledgers, type Book } from "./ledgers";
import { bondProvider, registerModels } from "./fixture";
import { pictureOf } from "./proof-fixture";

const BOND = 20_000n * STUN;
/** Nonces that one word of the offer book tells apart. */
const WINDOW = 192n;
const STATES = ["none", "open", "assigned", "submitted", "disputed", "ended"];
const CHAIN_ID = 31_337n;
/** Units that a proof is worth here. */
export const WORTH = 250n;

/** What the zk jobs compute. */
interface Zk {
  circuit: Circuit;
  keyId: string;
  input: bigint[];
  output: bigint[];
  /** The last proof that was made: as good as any where none can help. */
  last: string;
}

/** A row of the transition table in words. */
export function nameOf(row: JobTransition): string {
  const of = (value: boolean | undefined, yes: string, no: string): string[] =>
    value === undefined ? [] : [value ? yes : no];
  return [
    ...[row.state, row.event, ...of(row.attested, "attested", "not attested")],
    ...of(row.attemptsLeft, "attempts left", "no attempt left"),
  ].join(" ");
}

/** A job on chain and in the model. */
export interface JobPair {
  nonce: bigint;
  jobId: string;
  payer: string;
  terms: Terms;
  model: Job;
  submission: Submission;
}

/** A signed offer to use, right or wrong in one point. */
export interface OfferPlan {
  provider: string;
  nonce: bigint;
  expiry: bigint;
  /** Zero for anybody. */
  payer: string;
}

/** Leaves of one batch: the job and what is said of it. */
export type Leaf = { job: JobPair; action: Extract<JobAction, { event: "verdict" }> };

/** Everything that one step of the escrow can change in the model. */
interface State {
  job: Job | null;
  pool: StakePool;
  ledgers: Record<string, Ledger>;
  offers: Record<string, OfferBook>;
}

/** The model's side of the whole escrow, and the calls that change it. */
export class EscrowPair {
  readonly jobs: JobPair[] = [];
  pause: Pause = NEVER_PAUSED;
  pool: StakePool = newStakePool(STUN);
  offers: Record<string, OfferBook> = {};

  private constructor(
    private readonly run: Differential,
    readonly contracts: Record<"escrow" | "staking" | "committee" | "stun" | "other", BaseContract>,
    readonly ledgers: Ledgers,
    readonly people: Record<"owner" | "guardian" | "stranger", { address: string }>,
    readonly payers: readonly HardhatEthersSigner[],
    /** Bonded; the first has a referrer, the second none, the third is not registered. */
    readonly providers: readonly HardhatEthersSigner[],
    readonly models: readonly string[],
    private readonly member: HardhatEthersSigner,
    private readonly zk: Zk,
  ) {}

  static async deploy(run: Differential): Promise<EscrowPair> {
    const signers = await hre.ethers.getSigners();
    const [owner, guardian, member, referrer, creator, treasury, stranger, ...rest] = signers as [
      ...[HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner],
      ...[HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner, ...HardhatEthersSigner[]],
    ];
    const [payers, providers] = [rest.slice(0, 2), rest.slice(2, 5)];
    const stun = await deployStun(owner);
    const other = await deploy("HostileToken", 6n);
    const { staking, committee, registry, proofs, escrow } = await deployWork(stun, {
      owner: owner.address,
      guardian: guardian.address,
      treasury: treasury.address,
      members: [member.address],
      threshold: 1n,
      earlyRanks: 1n,
    });
    const circuit = await digitsCircuit();
    const key = encodeKey(circuit.key, { units: WORTH, outputs: OUTPUTS });
    await mined(owner, proofs, "addKey", key);
    const input = pictureOf(4);
    const zk = { circuit, keyId: keyIdOf(key), input, output: await runDigits(circuit, input), last: "0x" };
    const at = await escrow.getAddress();
    await mined(owner, escrow, "setAsset", await other.getAddress(), true);
    for (const payer of payers) {
      await mined(owner, stun, "transfer", payer.address, 50_000_000n * STUN);
      await mined(owner, other, "mint", payer.address, 10n ** 24n);
      for (const token of [stun, other]) await approve(token, payer, escrow);
    }
    const models = [id("a model"), id("a model of nobody")];
    await registerModels({ registry }, creator, models.slice(0, 1));
    const [first, second] = providers as [HardhatEthersSigner, HardhatEthersSigner];
    await mined(first, registry, "register", "https://first.example", referrer.address);
    await mined(second, registry, "register", "https://second.example", ZeroAddress);
    const parties = {
      module: escrow,
      owner: owner.address,
      treasury: treasury.address,
      vault: signers.at(-1)?.address ?? ZeroAddress,
      accounts: [...payers, ...providers, referrer, creator].map((who) => who.address),
      providers: new Map(providers.map((who) => [who.address, who === first ? referrer.address : null])),
      models: new Map([[models[0] ?? "", creator.address]]),
    };
    const books: Book[] = [
      { asset: stun, at: await stun.getAddress(), isStun: true, ledger: newLedger(10n ** 12n) },
      { asset: other, at: await other.getAddress(), isStun: false, ledger: newLedger(1n) },
    ];
    const contracts = { escrow, staking, committee, stun, other };
    const ledgers = new Ledgers(run, parties, books);
    const people = { owner, guardian, stranger };
    const pair = new EscrowPair(run, contracts, ledgers, people, payers, providers, models, member, zk);
    for (const who of providers) {
      pair.offers[who.address] = newOfferBook(WINDOW);
      await bondProvider({ owner, token: stun, staking, at }, who, BOND);
      await approve(stun, who, staking);
      await mined(owner, stun, "transfer", who.address, 100n * BOND);
      const bond = await read<{ id: bigint }>(staking, "bondOf", who.address);
      const { start } = await read<{ start: bigint }>(staking, "positionOf", who.address, bond.id);
      const owned = { at: start, owner: who.address };
      pair.stake({ type: "open", ...owned, principal: BOND, lock: 2n * YEAR, minReward: 0n });
      pair.stake({ type: "bond", ...owned, id: bond.id.toString(), escrow: at });
    }
    await run.begin([escrow, staking, committee, stun, other, proofs]);
    return pair;
  }

  get at(): string {
    return String(this.contracts.escrow.target);
  }

  /** The payer posts a job, or creates it with an offer. */
  async create(payer: HardhatEthersSigner, terms: Terms, at: bigint, plan: OfferPlan | null, fromCredit: boolean) {
    const nonce = BigInt(this.jobs.length);
    const jobId = jobIdOf(EID, this.at, payer.address, nonce);
    let { offers } = this;
    const step = (): Step<State, never> => {
      if (plan) {
        if (at >= plan.expiry) throw new ModelError("EXPIRED", "The offer has expired.", { expiry: plan.expiry });
        if (plan.payer !== ZeroAddress && plan.payer !== payer.address) {
          throw new ModelError("MISMATCH", "The offer is for another payer.");
        }
        const book = useOffer(this.offers[plan.provider] ?? newOfferBook(WINDOW), plan.nonce);
        checkOfferBook(book);
        offers = { ...this.offers, [plan.provider]: book };
      }
      const hasCreator = this.ledgers.parties.models.has(terms.modelId);
      const isStun = this.isStun(terms.asset);
      const job = newJob(payer.address, terms, { unit: STUN, inStun: isStun, hasCreator });
      if (terms.asset === ZeroAddress) throw new ModelError("NOT_ALLOWED", "The asset is not allowed.");
      requireOpen(this.pause, at);
      const action: JobAction = plan
        ? {
            event: "create",
            actor: payer.address,
            at,
            provider: plan.provider,
            hasReferrer: this.referred(plan.provider),
          }
        : { event: "post", actor: payer.address, at };
      const next = this.after(job, terms, action, at);
      const amount = terms.budget + disputeStake(terms.budget);
      if (fromCredit) {
        const ledger = next.ledgers[terms.asset] as Ledger;
        next.ledgers[terms.asset] = stepLedger(ledger, { type: "fund", account: payer.address, amount }).state;
      } else if (!isStun && this.ledgers.frozen.has(payer.address)) {
        throw new ModelError("NOT_ALLOWED", "The asset takes nothing from the payer.");
      }
      return { state: { ...next, offers }, effects: [] };
    };
    const { escrow } = this.contracts;
    const call = { at, from: payer.address, to: escrow };
    const done = plan
      ? await this.run.step(
          {
            ...{ ...call, kind: "create", method: "create" },
            args: [terms, await this.signed(terms, plan), fromCredit],
          },
          step,
        )
      : await this.run.step({ ...call, kind: "post", method: "post", args: [terms, fromCredit] }, step);
    if (!done?.state.job) return;
    this.run.saw(`none ${plan ? "create" : "post"}`);
    this.commit(done.state);
    const submission = { resultHash: ZeroHash, units: 0n };
    this.jobs.push({ nonce, jobId, payer: payer.address, terms, model: done.state.job, submission });
  }

  /** One event of a job, apart from verdicts and creation. `terms` are wrong when `mismatch` is set. */
  async act(pair: JobPair, action: JobAction, mismatch = false): Promise<void> {
    const { nonce, payer } = pair;
    let { submission } = pair;
    if (action.event === "submit") submission = { resultHash: String(action.resultHash), units: action.units };
    const terms = mismatch ? { ...pair.terms, budget: pair.terms.budget + 1n } : pair.terms;
    const byPayer = ["cancel", "acceptResult", "dispute"].includes(action.event);
    const withSubmission = ["submit", "settle", "settleSilent", "acceptResult", "dispute"].includes(action.event);
    const args = [...(byPayer ? [] : [payer]), nonce, terms, ...(withSubmission ? [submission] : [])];
    const call = {
      ...{ kind: String(action.event), at: action.at, from: action.actor, to: this.contracts.escrow },
      ...{ method: String(action.event), args },
    };
    const done = await this.run.step(call, () => {
      // the contract's first look is at the pause
      if (action.event === "accept") requireOpen(this.pause, action.at);
      if (mismatch && this.finds(pair, action)) throw new ModelError("MISMATCH", "These are not the terms of the job.");
      return { state: this.after(pair.model, pair.terms, action, action.at), effects: [] };
    });
    if (!done?.state.job) return;
    this.sawRow(pair, action);
    if (action.event === "submit") pair.submission = submission;
    pair.model = done.state.job;
    this.commit(done.state);
  }

  /** A batch of verdicts; leaves that their jobs cannot take are passed over. */
  async judge(leaves: readonly Leaf[], at: bigint): Promise<void> {
    const entries = leaves.map(({ job, action }): VerdictEntry & { leaf: Leaf } => ({
      ...{ payer: job.payer, payerNonce: job.nonce, attempt: BigInt(action.attempt), provider: action.provider },
      ...{ outcome: BigInt(action.outcome), units: action.units, terms: job.terms, leaf: { job, action } },
      submission: { ...job.submission, resultHash: String(action.resultHash) },
    }));
    const { verdicts, root } = verdictBatch(EID, this.at, entries);
    const target = {
      chainId: CHAIN_ID,
      committee: String(this.contracts.committee.target),
      target: this.at,
      version: 1n,
    };
    const signatures = await committeeSignatures([this.member], target, "JobVerdicts", { root });
    const call = { at, from: this.people.stranger.address, to: this.contracts.escrow, method: "applyVerdicts" };
    const refused = await this.run.send({ ...call, args: [verdicts, 1n, signatures] });
    if (refused) throw new Error(`A batch was refused: ${refused.name}.`);
    this.run.done(leaves.length > 1 ? "batch" : "verdict");
    for (const entry of verdicts as (typeof entries)[number][]) {
      const { job, action } = entry.leaf;
      try {
        const next = this.after(job.model, job.terms, { ...action, at }, at);
        this.sawRow(job, action);
        if (next.job) job.model = next.job;
        this.commit(next);
        this.run.saw(`verdict ${action.outcome}`);
      } catch (error) {
        if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
        this.run.saw(`passed over: ${error.code}`);
      }
    }
  }

  /** Terms by which a job is a zk job of this world. */
  zkTerms(): Partial<Terms> {
    const { keyId, input } = this.zk;
    return { verifier: ZK, verifierConfigHash: keyId, specHash: keccak256(zkSpec(keyId, input)) };
  }

  /** Somebody brings a real proof of what was submitted, with the words that the action says. */
  async prove(pair: JobPair, action: Extract<JobAction, { event: "proven" }>): Promise<void> {
    const { circuit, input, output } = this.zk;
    const of = pair.model.submission !== null && pair.terms.verifierConfigHash === this.zk.keyId;
    if (of || this.zk.last === "0x") {
      const made = await proveDigits(circuit, input, proofContext(pair.terms, pair.submission));
      this.zk.last = encodeProof(made.proof, input, output);
    }
    const entry: VerdictEntry = {
      ...{ payer: pair.payer, payerNonce: pair.nonce, attempt: BigInt(action.attempt), provider: action.provider },
      ...{ outcome: 1n, units: action.units, terms: pair.terms },
      submission: { ...pair.submission, resultHash: String(action.resultHash) },
    };
    const call = { kind: "prove", at: action.at, from: action.actor, to: this.contracts.escrow, method: "prove" };
    const done = await this.run.step({ ...call, args: [entry, this.zk.last] }, () => {
      if (pair.terms.verifierConfigHash !== this.zk.keyId) throw new ModelError("MISMATCH", "No such key.");
      try {
        return { state: this.after(pair.model, pair.terms, action, action.at), effects: [] };
      } catch (error) {
        if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
        // the contract says no more than that this proves nothing for this job
        throw new ModelError("MISMATCH", `${error.code}: ${error.message}`);
      }
    });
    if (!done?.state.job) return;
    this.sawRow(pair, action);
    pair.model = done.state.job;
    this.commit(done.state);
  }

  /** A provider raises the floor of its offers. */
  async cancelOffers(provider: string, floor: bigint, at: bigint): Promise<void> {
    const call = { at, from: provider, to: this.contracts.escrow, method: "cancelOffers", args: [floor] };
    const book = this.offers[provider] ?? newOfferBook(WINDOW);
    const done = await this.run.step({ kind: "cancelOffers", ...call }, () => ({
      state: cancelOffers(book, floor),
      effects: [],
    }));
    if (done) this.offers = { ...this.offers, [provider]: done.state };
  }

  /** A provider leaves, comes back, or adds to its bond; all at the staking module. */
  async moveBond(provider: string, kind: "requestExit" | "unbond" | "bond" | "renew", at: bigint): Promise<void> {
    const [position] = Object.entries(this.pool.positions).filter(([, each]) => each.owner === provider);
    if (!position) return;
    const [id_] = position;
    const owned = { at, owner: provider, id: id_ };
    const add = 500n * STUN;
    const actions: Record<typeof kind, { action: StakeAction; args: unknown[] }> = {
      requestExit: { action: { type: "requestExit", ...owned }, args: [id_] },
      unbond: { action: { type: "unbond", ...owned }, args: [id_] },
      bond: { action: { type: "bond", ...owned, escrow: this.at }, args: [id_, this.at] },
      renew: {
        action: { type: "renew", ...owned, add, lock: 2n * YEAR, minReward: 0n },
        args: [id_, add, 2n * YEAR, 0n],
      },
    };
    const { action, args } = actions[kind];
    const call = { kind, at, from: provider, to: this.contracts.staking, method: kind, args };
    const done = await this.run.step(call, () => stepStake(this.pool, action));
    if (!done) return;
    this.pool = done.state;
    for (const effect of done.effects) {
      if (effect.type !== "offersKilled") continue;
      const book = this.offers[provider] ?? newOfferBook(WINDOW);
      this.offers = { ...this.offers, [provider]: killOffers(book) };
    }
  }

  /** What leaves a ledger: STUN that is short is first fetched from staking. */
  pay(book: Book, amounts: readonly bigint[]): void {
    if (!book.isStun) return;
    const owed = (): bigint => this.pool.slashed[this.at]?.owed ?? 0n;
    // the ledger owes them no more
    let held = this.owedIn(book.at) + sum(amounts) - owed();
    for (const amount of amounts) {
      if (held < amount) {
        held += owed();
        this.stake({ type: "collectSlashed", at: 0n, escrow: this.at });
      }
      held -= amount;
    }
  }

  /** Everything that the model knows, as the contracts say it. */
  facts(at: bigint): Fact[] {
    const { run } = this;
    const { escrow, staking } = this.contracts;
    const facts = [...this.jobFacts(), ...this.ledgers.facts()];
    for (const { address } of this.providers) {
      const book = this.offers[address] ?? newOfferBook(WINDOW);
      const held = this.pool.bonds[address];
      const principal = held ? (this.pool.positions[held.id]?.principal ?? 0n) : 0n;
      facts.push(run.fact(escrow, "offerWindow", [address], [book.floor, book.used]));
      facts.push(
        run.fact(
          staking,
          "bondOf",
          [address],
          [...[held?.escrow ?? 0n, held?.id ?? 0n, principal, held?.locked ?? 0n, held?.exitRequestedAt ?? 0n]],
        ),
      );
      facts.push(run.fact(staking, "slashesOf", [this.at, address], [this.pool.slashes[this.at]?.[address] ?? 0n]));
    }
    for (const [id_, p] of Object.entries(this.pool.positions)) {
      const held = this.pool.bonds[p.owner];
      facts.push(
        run.fact(
          staking,
          "positionOf",
          [p.owner, id_],
          [
            ...[p.principal, p.rate, p.start, p.end, p.multiplier, held?.id === id_ ? held.escrow : 0n],
            ...[outstandingReward(p), claimable(p, at), p.exiting],
          ],
        ),
      );
    }
    const left = this.pool.slashed[this.at] ?? { toBurn: 0n, owed: 0n };
    facts.push(run.fact(staking, "slashedAt", [this.at], [left.toBurn, left.owed]));
    for (const book of this.ledgers.books) {
      const elsewhere = book.isStun ? left.owed : 0n;
      facts.push(run.fact(book.asset, "balanceOf", [this.at], [this.owedIn(book.at) - elsewhere]));
    }
    facts.push(run.fact(escrow, "nextNonce", [], [BigInt(this.jobs.length)]));
    return facts;
  }

  /** What a provider submits for the job's current assignment. */
  resultOf(pair: JobPair, provider: string): string {
    const output = pair.terms.verifierConfigHash === this.zk.keyId ? zkOutputHash(this.zk.output) : id("output");
    return resultHashOf(pair.jobId, pair.model.attempt, provider, output);
  }

  get live(): JobPair[] {
    return this.jobs.filter((job) => job.model.state !== "ended");
  }

  referred(provider: string): boolean {
    return (this.ledgers.parties.providers.get(provider) ?? null) !== null;
  }

  private sawRow({ model }: JobPair, action: JobAction): void {
    const row = transitionOf(model, action.event === "verdict" ? verdictEvent(action.outcome) : action.event);
    if (row) this.run.saw(nameOf(row));
  }

  private isStun(asset: string): boolean {
    return asset === String(this.contracts.stun.target);
  }

  /** Whether the contract comes as far as comparing the terms. */
  private finds(pair: JobPair, action: JobAction): boolean {
    const { state } = pair.model;
    switch (action.event) {
      case "accept":
      case "cancel":
        return state === "open" && (action.event === "accept" || action.actor === pair.payer);
      case "submit":
      case "reopen":
        return state === "assigned";
      case "refund":
        return state === "open" || state === "assigned";
      default:
        if (action.event === "acceptResult" || action.event === "dispute") {
          if (action.actor !== pair.payer) return false;
        }
        return state === "submitted" || state === "disputed";
    }
  }

  private jobFacts(): Fact[] {
    const ended = this.jobs.filter((job) => job.model.state === "ended").slice(-2);
    return [...this.live, ...ended].map(({ jobId, model, terms }) => {
      if (model.state === "ended") return this.run.fact(this.contracts.escrow, "jobOf", [jobId], [0, 0, 0, 0, 0, 0, 0]);
      const bounty = (terms.bond * 1_000n) / 10_000n / 2n;
      const before = model.submission === null;
      return this.run.fact(
        this.contracts.escrow,
        "jobOf",
        [jobId],
        [
          before ? termsHash(terms) : undefined,
          STATES.indexOf(model.state),
          model.provider ?? 0n,
          model.attempt,
          bounty === 0n ? undefined : model.bounty / bounty,
          model.created,
          model.since,
        ],
      );
    });
  }

  private owedIn(asset: string): bigint {
    let owed = ledgerOwes(this.ledgers.bookOf(asset).ledger);
    for (const { model, terms } of this.live) {
      if (terms.asset === asset) owed += model.held;
      if (this.isStun(asset)) owed += model.bounty;
    }
    return owed;
  }

  /** The model after an event of a job: the job, the bonds and the ledgers. Refuses as the model does. */
  private after(job: Job, terms: Terms, action: JobAction, at: bigint): State {
    const step = stepJob(job, action);
    checkJobConservation(step.state);
    let { pool } = this;
    for (const effect of step.effects) pool = this.bonded(pool, effect, at);
    checkStakePool(pool);
    const ledgers = Object.fromEntries(this.ledgers.books.map(({ at: asset, ledger }) => [asset, ledger]));
    const to = (asset: string, change: Parameters<typeof stepLedger>[1]): void => {
      ledgers[asset] = stepLedger(ledgers[asset] as Ledger, change).state;
    };
    const parts = { fee: 0n, royalty: 0n, referral: 0n, provider: 0n, burn: 0n, buyback: 0n, treasury: 0n };
    const stun = String(this.contracts.stun.target);
    for (const effect of step.effects) {
      if (effect.type === "bountyPaid") to(stun, { type: "credit", account: effect.to, amount: effect.amount });
      if (effect.type === "ended") parts.fee = effect.fee;
      if (effect.type !== "paid") continue;
      if (effect.part === "payer") to(terms.asset, { type: "credit", account: effect.to ?? "", amount: effect.amount });
      else parts[effect.part] += effect.amount;
    }
    const model = job.hasCreator ? terms.modelId : null;
    if (job.provider !== null) to(terms.asset, { type: "book", provider: job.provider, model, parts });
    return { job: step.state, pool, ledgers, offers: this.offers };
  }

  private bonded(pool: StakePool, effect: JobEffect, at: bigint): StakePool {
    const escrow = this.at;
    if (effect.type === "bondLocked") {
      const { provider, amount } = effect;
      return stepStake(pool, { type: "lockBond", at, escrow, provider, amount }).state;
    }
    if (effect.type === "bondFreed") {
      const { provider, amount } = effect;
      return stepStake(pool, { type: "unlockBond", at, escrow, provider, amount }).state;
    }
    if (effect.type === "bondSlashed") {
      const { provider, locked, slashed } = effect;
      return stepStake(pool, { type: "slashBond", at, escrow, provider, locked, slash: slashed }).state;
    }
    return pool;
  }

  private commit(state: State): void {
    this.pool = state.pool;
    this.offers = state.offers;
    for (const book of this.ledgers.books) book.ledger = state.ledgers[book.at] ?? book.ledger;
  }

  private stake(action: StakeAction): void {
    this.pool = stepStake(this.pool, action).state;
  }

  private async signed(terms: Terms, plan: OfferPlan): Promise<unknown> {
    const provider = this.providers.find((who) => who.address === plan.provider);
    if (!provider) throw new Error(`${plan.provider} is no provider.`);
    const { nonce, expiry, payer } = plan;
    return signOffer(provider, { chainId: CHAIN_ID, escrow: this.at }, { terms, nonce, expiry, payer });
  }
}
