import { ZeroHash, id, keccak256, type BaseContract, type ContractTransactionReceipt } from "ethers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import hre from "hardhat";
import { expect } from "chai";
import {
  committeeSignatures,
  jobIdOf,
  resultHashOf,
  signOffer,
  verdictBatch,
  type Submission,
  type Terms,
} from "../../../chains/evm/escrow";
import { digitsCircuit, type Circuit } from "../../../circuits/build";
import { OUTPUTS, packPixels, proveDigits, runDigits } from "../../../circuits/digits";
import { ZK, encodeKey, encodeProof, keyIdOf, proofContext, zkOutputHash, zkSpec } from "../../../chains/evm/proofs";
import { explain } from "../../../chains/evm/revert";
import {
  ModelError,
  checkJobConservation,
  checkStakePool,
  disputeStake,
  newJob,
  newStakePool,
  stepJob,
  stepStake,
  termsHash,
  type Job,
  type JobAction,
  type JobEffect,
  type StakePool,
} from "../../../model";
import { DAY, STUN, YEAR, approve, deploy, deployStun, mined, nextAt, now, read, send } from "../kit";

const EID = 30_184;
const BOND = 3_000n * STUN;
/** Units that a proof is worth in this world. */
export const WORTH = 250n;
const STATES = ["none", "open", "assigned", "submitted", "disputed"] as const;

/** Errors of the contracts that mean what an error of the model means. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  WRONG_STATE: ["WrongState", "ProviderExiting"],
  // a payer names its own jobs, so that another payer's call finds none
  WRONG_PARTY: ["NotProvider", "WrongState"],
  TOO_EARLY: ["TooEarly"],
  TOO_LATE: ["TooLate"],
  NOT_ALLOWED: ["JobIsAttested", "WrongState"],
  LIMIT_EXCEEDED: ["NoAttemptsLeft"],
  ABOVE_MAXIMUM: ["TooManyUnits"],
  INSUFFICIENT: ["InsufficientBond"],
};
/** Why the chain takes no proof, in whatever way it is not one of the job's submission. */
const UNPROVEN = ["NotProvable", "InputMismatch", "OutputMismatch", "KeyNotEnabled"];

/** What a zk job of this world computes. */
interface Zk {
  circuit: Circuit;
  keyId: string;
  input: bigint[];
  output: bigint[];
}

/** A job on chain and in the model. */
export interface JobPair {
  nonce: bigint;
  jobId: string;
  terms: Terms;
  model: Job;
  submission: Submission;
}

/** What the ledger owes in one asset, as the model counts it. */
interface Debts {
  credits: Map<string, bigint>;
  referrals: Map<string, bigint>;
  royalty: bigint;
  toBurn: bigint;
  treasury: bigint;
}

/** The escrow with real staking, registry and committee, and the model beside it, one step at a time. */
export class EscrowPair {
  readonly jobs: JobPair[] = [];
  readonly people: Record<string, HardhatEthersSigner>;
  pool: StakePool = newStakePool(STUN);
  private readonly debts: Record<string, Debts> = {};
  private offers = 0n;

  private constructor(
    readonly escrow: BaseContract,
    private readonly at: string,
    private readonly staking: BaseContract,
    private readonly committee: BaseContract,
    readonly assets: readonly [stun: BaseContract, other: BaseContract],
    readonly assetsAt: readonly [string, string],
    private readonly member: HardhatEthersSigner,
    people: Record<string, HardhatEthersSigner>,
    readonly modelId: string,
    private readonly zk: Zk,
  ) {
    this.people = people;
    for (const asset of assetsAt) {
      this.debts[asset] = { credits: new Map(), referrals: new Map(), royalty: 0n, toBurn: 0n, treasury: 0n };
    }
  }

  /** Deploys everything; provider and rescuer have a bond each, the provider a referrer, one model a creator. */
  static async deploy(): Promise<EscrowPair> {
    const [owner, payer, provider, rescuer, stranger, referrer, member] = await hre.ethers.getSigners();
    if (!owner || !payer || !provider || !rescuer || !stranger || !referrer || !member) {
      throw new Error("The network has too few accounts.");
    }
    const [stun, other] = [await deployStun(owner), await deployStun(payer)];
    const staking = await deploy("Staking", await stun.getAddress(), owner.address);
    const committee = await deploy("Committee", owner.address, owner.address, [member.address], 1n);
    const registry = await deploy("Registry", await committee.getAddress(), await staking.getAddress(), 1n);
    const proofs = await deploy("ProofVerifier", owner.address);
    const escrow = await deploy("JobEscrow", {
      owner: owner.address,
      guardian: owner.address,
      stun: await stun.getAddress(),
      registry: await registry.getAddress(),
      staking: await staking.getAddress(),
      committee: await committee.getAddress(),
      proofs: await proofs.getAddress(),
      treasury: owner.address,
      eid: EID,
    });
    const at = await escrow.getAddress();
    const assetsAt = [await stun.getAddress(), await other.getAddress()] as const;
    await mined(owner, escrow, "setAsset", assetsAt[1], true);
    await mined(owner, stun, "transfer", payer.address, 100_000_000n * STUN);
    for (const token of [stun, other]) await approve(token, payer, escrow);

    const modelId = id("a model");
    await mined(
      stranger,
      registry,
      "commitModel",
      await read(registry, "commitmentOf", modelId, stranger.address, ZeroHash),
    );
    await nextAt((await now()) + 3_600n);
    await mined(stranger, registry, "registerModel", modelId, ZeroHash, ZeroHash);

    const circuit = await digitsCircuit();
    const key = encodeKey(circuit.key, { units: WORTH, outputs: OUTPUTS });
    await mined(owner, proofs, "addKey", key);
    const input = packPixels(new Uint8Array(64).fill(77));
    const zk = { circuit, keyId: keyIdOf(key), input, output: await runDigits(circuit, input) };

    const people = { payer, provider, rescuer, stranger };
    const pair = new EscrowPair(escrow, at, staking, committee, [stun, other], assetsAt, member, people, modelId, zk);
    for (const who of [provider, rescuer]) {
      await mined(
        who,
        registry,
        "register",
        "https://gpu.example",
        who === provider ? referrer.address : owner.address,
      );
      await mined(owner, stun, "transfer", who.address, BOND);
      await approve(stun, who, staking);
      const position = await read<bigint>(staking.connect(who) as BaseContract, "open", BOND, 2n * YEAR, 0n);
      const receipt = await mined(who, staking, "open", BOND, 2n * YEAR, 0n);
      await mined(who, staking, "bond", position, at);
      const opened = BigInt((await hre.ethers.provider.getBlock(receipt.blockNumber))?.timestamp ?? 0);
      const name = who === provider ? "provider" : "rescuer";
      pair.stake({ type: "open", at: opened, owner: name, principal: BOND, lock: 2n * YEAR, minReward: 0n });
      pair.stake({ type: "bond", at: opened, owner: name, id: position.toString(), escrow: "escrow" });
    }
    return pair;
  }

  /** Creates a job, open or assigned by an offer; undefined when both sides refuse it. */
  async create(terms: Terms, offered: boolean, at: bigint): Promise<string> {
    const payer = this.person("payer");
    const nonce = BigInt(this.jobs.length);
    const options = { unit: STUN, inStun: terms.asset === this.assetsAt[0], hasCreator: terms.modelId !== ZeroHash };
    const pair: JobPair = {
      nonce,
      jobId: jobIdOf(EID, this.at, payer.address, nonce),
      terms,
      model: newJob("payer", terms, options),
      submission: { resultHash: ZeroHash, units: 0n },
    };
    const action: JobAction = offered
      ? { event: "create", actor: "payer", at, provider: "provider", hasReferrer: true }
      : { event: "post", actor: "payer", at };
    const step = this.plan(pair, action);
    // the payer's credit is as good as its tokens
    const credit = this.creditOf(terms.asset, "payer");
    const fromCredit = nonce % 2n === 1n && credit >= terms.budget + disputeStake(terms.budget);
    const chainId = (await hre.ethers.provider.getNetwork()).chainId;
    const offer = await signOffer(
      this.person("provider"),
      { chainId, escrow: this.at },
      { terms, nonce: this.offers, expiry: at + DAY },
    );
    await nextAt(at);
    const call = offered
      ? send(payer, this.escrow, "create", terms, offer, fromCredit)
      : send(payer, this.escrow, "post", terms, fromCredit);
    const outcome = await this.compare(call, step);
    if (step.refused === null) {
      this.commit(pair, step);
      this.jobs.push(pair);
      if (offered) this.offers += 1n;
      if (fromCredit) this.addCredit(terms.asset, "payer", -(terms.budget + disputeStake(terms.budget)));
    }
    return outcome;
  }

  /** One event of a job on both sides. Gives what happened: the event's name, or the error's. */
  async act(pair: JobPair, action: JobAction): Promise<string> {
    const step = this.plan(pair, action);
    const { nonce, terms } = pair;
    const payer = this.person("payer").address;
    const actor = this.people[action.actor] ?? this.person("stranger");
    let submission = pair.submission;
    if (action.event === "submit") submission = { resultHash: String(action.resultHash), units: action.units };
    const batch = action.event === "verdict" ? await this.signed(pair, action) : null;
    const proof = action.event === "proven" ? await this.proof(pair, action) : [];
    await nextAt(action.at);
    const by = actor.address === payer ? payer : null;
    const call = (): Promise<unknown> => {
      switch (action.event) {
        case "accept":
        case "reopen":
        case "refund":
          return send(actor, this.escrow, action.event, payer, nonce, terms);
        case "submit":
        case "settle":
        case "settleSilent":
          return send(actor, this.escrow, action.event, payer, nonce, terms, submission);
        case "cancel":
          return send(actor, this.escrow, "cancel", nonce, terms);
        case "acceptResult":
        case "dispute":
          return send(actor, this.escrow, action.event, nonce, terms, submission);
        case "proven":
          return send(actor, this.escrow, "prove", ...proof);
        case "verdict":
          return send(this.person("stranger"), this.escrow, "applyVerdicts", ...(batch ?? []));
        default:
          throw new Error(`${action.event} creates a job${by ?? ""}.`);
      }
    };
    // a batch passes over a verdict that its job cannot take, and changes nothing
    if (action.event === "verdict" && step.refused !== null) {
      const receipt = await ((await call()) as { wait(): Promise<ContractTransactionReceipt> }).wait();
      const skipped = receipt.logs.some((log) => this.escrow.interface.parseLog(log)?.name === "VerdictSkipped");
      expect(skipped, `${pair.jobId}: the verdict is passed over`).to.equal(true);
      return `skipped ${step.refused.code}`;
    }
    const outcome = await this.compare(
      call() as Promise<{ wait(): Promise<unknown> }>,
      step,
      action.event === "proven",
    );
    if (step.refused === null) {
      if (action.event === "submit") pair.submission = submission;
      this.commit(pair, step);
    }
    return outcome;
  }

  /** Pays a credit out. */
  async withdraw(asset: string, who: string): Promise<string> {
    const credit = this.creditOf(asset, who);
    const short = asset === this.assetsAt[0] && (await read<bigint>(this.assets[0], "balanceOf", this.at)) < credit;
    const call = send(this.person("stranger"), this.escrow, "withdraw", asset, this.person(who).address);
    if (credit === 0n) {
      expect(await refusalOf(call)).to.equal("NothingOwed");
      return "withdraw nothing";
    }
    await (await call).wait();
    this.addCredit(asset, who, -credit);
    if (!short) return "withdraw";
    this.stake({ type: "collectSlashed", at: await now(), escrow: "escrow" });
    return "withdraw what slashes left";
  }

  /** Fetches what the slashes have left in staking. */
  async collect(): Promise<string> {
    const call = send(this.person("stranger"), this.staking, "collectSlashed", this.at);
    if (!this.pool.slashed["escrow"]) {
      expect(await refusalOf(call)).to.equal("NothingSlashed");
      return "collect nothing";
    }
    await (await call).wait();
    this.stake({ type: "collectSlashed", at: await now(), escrow: "escrow" });
    return "collect";
  }

  /** Everything that the chain says of a job, the ledger and the bonds, against the model. */
  async check(pair: JobPair, note: string): Promise<void> {
    const { model } = pair;
    const chain = await read<{
      commitment: string;
      state: bigint;
      provider: string;
      attempt: bigint;
      bounties: bigint;
      created: bigint;
      since: bigint;
    }>(this.escrow, "jobOf", pair.jobId);
    if (model.state === "ended" || model.state === "none") {
      expect([chain.state, chain.commitment], note).to.deep.equal([0n, ZeroHash]);
    } else {
      expect(STATES[Number(chain.state)], note).to.equal(model.state);
      expect([chain.attempt, chain.created, chain.since], note).to.deep.equal([
        model.attempt,
        model.created,
        model.since,
      ]);
      if (model.provider) expect(chain.provider, note).to.equal(this.person(model.provider).address);
      const bounty = (model.terms.bond / 10n / 2n) * chain.bounties;
      expect(bounty, note).to.equal(model.bounty);
      if (model.state === "open" || model.state === "assigned") {
        expect(chain.commitment, note).to.equal(termsHash(pair.terms));
      }
    }
    const { asset } = pair.terms;
    const debts = this.debtsOf(asset);
    for (const who of ["payer", "provider", "rescuer"]) {
      const credit = await read<bigint>(this.escrow, "creditOf", asset, this.person(who).address);
      expect(credit, `${note}: credit of the ${who}`).to.equal(this.creditOf(asset, who));
    }
    const [toBurn, treasury] = await read<[bigint, bigint]>(this.escrow, "feesOf", asset);
    expect([toBurn, treasury], note).to.deep.equal([debts.toBurn, debts.treasury]);
    expect(await read<bigint>(this.escrow, "royaltyOf", asset, this.modelId), note).to.equal(debts.royalty);
    for (const who of ["provider", "rescuer"]) {
      const referral = await read<bigint>(this.escrow, "referralOf", asset, this.person(who).address);
      expect(referral, `${note}: referral of the ${who}`).to.equal(debts.referrals.get(who) ?? 0n);
      const bond = await read<{ locked: bigint; principal: bigint }>(this.staking, "bondOf", this.person(who).address);
      const held = this.pool.bonds[who];
      const principal = this.pool.positions[held?.id ?? ""]?.principal;
      expect([bond.locked, bond.principal], `${note}: bond of the ${who}`).to.deep.equal([held?.locked, principal]);
    }
    await this.checkBalance(asset, note);
  }

  creditOf(asset: string, who: string): bigint {
    return this.debtsOf(asset).credits.get(who) ?? 0n;
  }

  /** What a provider submits for its current assignment. */
  resultOf(pair: JobPair, who: string): string {
    return resultHashOf(pair.jobId, pair.model.attempt, this.person(who).address, zkOutputHash(this.zk.output));
  }

  /** Terms by which a job is a zk job of this world. */
  zkTerms(): Partial<Terms> {
    const { keyId, input } = this.zk;
    return { verifier: ZK, verifierConfigHash: keyId, specHash: keccak256(zkSpec(keyId, input)) };
  }

  /** The escrow holds exactly what it owes: invariant 2. */
  private async checkBalance(asset: string, note: string): Promise<void> {
    const token = asset === this.assetsAt[0] ? this.assets[0] : this.assets[1];
    const debts = this.debtsOf(asset);
    let owed = debts.royalty + debts.toBurn + debts.treasury;
    for (const value of [...debts.credits.values(), ...debts.referrals.values()]) owed += value;
    for (const { model, terms } of this.jobs) {
      if (terms.asset === asset) owed += model.held;
      if (asset === this.assetsAt[0]) owed += model.bounty;
    }
    let held = await read<bigint>(token, "balanceOf", this.at);
    if (asset === this.assetsAt[0]) {
      const left = this.pool.slashed["escrow"] ?? { toBurn: 0n, owed: 0n };
      const slashed = await read<[bigint, bigint]>(this.staking, "slashedAt", this.at);
      expect(slashed, `${note}: halves of slashes`).to.deep.equal([left.toBurn, left.owed]);
      held += left.owed;
    }
    expect(held, `${note}: balance`).to.equal(owed);
  }

  private plan(pair: JobPair, action: JobAction): Planned {
    try {
      const step = stepJob(pair.model, action);
      checkJobConservation(step.state);
      let pool = this.pool;
      for (const effect of step.effects) pool = applyBond(pool, effect, action.at);
      checkStakePool(pool);
      return { refused: null, job: step.state, effects: step.effects, pool, event: action.event };
    } catch (error) {
      if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
      return { refused: error };
    }
  }

  private commit(pair: JobPair, step: Extract<Planned, { refused: null }>): void {
    pair.model = step.job;
    this.pool = step.pool;
    const debts = this.debtsOf(pair.terms.asset);
    for (const effect of step.effects) {
      if (effect.type === "bountyPaid") this.addCredit(this.assetsAt[0], effect.to, effect.amount);
      if (effect.type !== "paid") continue;
      const { part, amount } = effect;
      if (part === "royalty") debts.royalty += amount;
      else if (part === "treasury") debts.treasury += amount;
      else if (part === "burn" || part === "buyback") debts.toBurn += amount;
      else if (part === "referral") {
        const who = step.job.provider ?? "";
        debts.referrals.set(who, (debts.referrals.get(who) ?? 0n) + amount);
      } else this.addCredit(pair.terms.asset, effect.to ?? "", amount);
    }
  }

  private async compare(call: Promise<{ wait(): Promise<unknown> }>, step: Planned, unproven = false): Promise<string> {
    if (step.refused === null) {
      await (await call).wait();
      return step.event;
    }
    const name = await refusalOf(call);
    const proof = UNPROVEN.includes(name) && unproven;
    expect(
      proof ? UNPROVEN : (SAME[step.refused.code] ?? []),
      `${step.refused.code}: ${step.refused.message}`,
    ).to.include(name);
    return step.refused.code;
  }

  /** A real proof for what was submitted, with the words that the action says. */
  private async proof(pair: JobPair, action: Extract<JobAction, { event: "proven" }>): Promise<unknown[]> {
    const { circuit, input, output } = this.zk;
    const { proof } = await proveDigits(circuit, input, proofContext(pair.terms, pair.submission));
    const entry = {
      payer: this.person("payer").address,
      payerNonce: pair.nonce,
      attempt: BigInt(action.attempt),
      provider: this.people[action.provider]?.address ?? this.person("stranger").address,
      outcome: 1n,
      units: action.units,
      submission: { ...pair.submission, resultHash: String(action.resultHash) },
      terms: pair.terms,
    };
    return [entry, encodeProof(proof, input, output)];
  }

  private async signed(pair: JobPair, action: Extract<JobAction, { event: "verdict" }>): Promise<unknown[]> {
    const provider = this.people[action.provider]?.address ?? this.person("stranger").address;
    const entry = {
      payer: this.person("payer").address,
      payerNonce: pair.nonce,
      attempt: BigInt(action.attempt),
      provider,
      outcome: BigInt(action.outcome),
      units: action.units,
      submission: { ...pair.submission, resultHash: String(action.resultHash) },
      terms: pair.terms,
    };
    const { verdicts, root } = verdictBatch(EID, this.at, [entry]);
    const version = await read<bigint>(this.committee, "version");
    const chainId = (await hre.ethers.provider.getNetwork()).chainId;
    const target = { chainId, committee: await this.committee.getAddress(), target: this.at, version };
    return [verdicts, version, await committeeSignatures([this.member], target, "JobVerdicts", { root })];
  }

  private person(name: string): HardhatEthersSigner {
    const found = this.people[name];
    if (!found) throw new Error(`Nobody is called '${name}'.`);
    return found;
  }

  private debtsOf(asset: string): Debts {
    const found = this.debts[asset];
    if (!found) throw new Error(`The escrow takes no asset ${asset}.`);
    return found;
  }

  private addCredit(asset: string, who: string, amount: bigint): void {
    this.debtsOf(asset).credits.set(who, this.creditOf(asset, who) + amount);
  }

  private stake(action: Parameters<typeof stepStake>[1]): void {
    this.pool = stepStake(this.pool, action).state;
  }
}

type Planned =
  { refused: ModelError } | { refused: null; job: Job; effects: readonly JobEffect[]; pool: StakePool; event: string };

function applyBond(pool: StakePool, effect: JobEffect, at: bigint): StakePool {
  if (effect.type === "bondLocked") {
    const { provider, amount } = effect;
    return stepStake(pool, { type: "lockBond", at, escrow: "escrow", provider, amount }).state;
  }
  if (effect.type === "bondFreed") {
    const { provider, amount } = effect;
    return stepStake(pool, { type: "unlockBond", at, escrow: "escrow", provider, amount }).state;
  }
  if (effect.type === "bondSlashed") {
    const { provider, locked, slashed } = effect;
    return stepStake(pool, { type: "slashBond", at, escrow: "escrow", provider, locked, slash: slashed }).state;
  }
  return pool;
}

/** Name of the custom error with which a call is refused. */
async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return explain(error).match(/^\w+/)?.[0] ?? String(error);
  }
  throw new Error("The call was not refused, but the model refuses it.");
}
