// Drives contracts and the model side by side. Transactions and views go straight to the node, with calldata encoded here:
// a step with the comparison of the whole state takes one or two milliseconds.
import { expect } from "chai";
import { type BaseContract, type ErrorFragment, type Interface } from "ethers";
import hre from "hardhat";
import { ModelError, type ModelErrorCode, type Step } from "../../model";
import { revertData } from "../../chains/evm/revert";
import { deploy } from "./kit";
import { Random } from "./random";
import { SHARES, type Share } from "./shares";
import { note } from "./total";

/** Which custom errors of the contracts stand for a code of the model. */
export type Meanings = Partial<Record<ModelErrorCode, readonly string[]>>;

/** One transaction. Its block has exactly the time `at`, accepted or refused. */
export interface Call {
  /** What the step is counted as. */
  kind: string;
  at: bigint;
  from: string;
  to: BaseContract;
  method: string;
  args: readonly unknown[];
  /** wei */
  value?: bigint;
}

/** The custom error that refused a call, with its values by name. */
export interface Refusal {
  name: string;
  values: Readonly<Record<string, unknown>>;
}

/** What a view must answer, word by word, undefined being any word; null when it must refuse. */
export interface Fact {
  label: string;
  /** The view, see `Differential.view`. */
  view: string;
  expected: Expected;
}

/** Numbers, truth values, addresses and hashes: each is one word of an answer. */
export type Word = bigint | boolean | string | number;
type Expected = readonly (Word | undefined)[] | null;

/** A node that is spoken to directly; by default Hardhat's own. */
export interface Node {
  request(args: { method: string; params?: unknown[] }): Promise<unknown>;
}

/** What a sequence must have met before it may end. */
export interface Wanted {
  /** Kinds of steps that were accepted. */
  kinds: readonly string[];
  /** Custom errors that refused a step. */
  refusals: readonly string[];
  /** Values of errors, as `Error.value`, that have the model's name and another meaning. */
  apart?: readonly string[];
}

const REFUSED = 2n ** 256n - 1n;
const GAS = "0x989680";
const GAS_PRICE = "0x77359400";
/** A sequence that has not met everything by its share goes on up to so many times its share. */
const PATIENCE = 3;

/** One random sequence of calls, over any number of fresh worlds. */
export class Differential {
  readonly random: Random;
  private accepted = 0;
  private readonly kinds = new Map<string, number>();
  private readonly refusals = new Map<string, number>();
  private readonly seen = new Map<string, number>();
  private values = 0;
  private facts = 0;
  private errors = new Map<string, { abi: Interface; error: ErrorFragment }>();
  private views = new Map<string, string>();
  private lens = "";
  private node: Node = hre.network.provider;

  constructor(
    readonly name: Share,
    private readonly meanings: Meanings,
    private readonly wanted: Wanted,
  ) {
    this.random = new Random(name);
  }

  /** Turns to a fresh world. `contracts` are those whose errors can come back; `at` is another node than Hardhat's, with its Lens. */
  async begin(contracts: readonly BaseContract[], at?: { node: Node; lens: BaseContract }): Promise<void> {
    this.node = at?.node ?? hre.network.provider;
    this.lens = await (at?.lens ?? (await deploy("Lens"))).getAddress();
    this.views = new Map();
    this.errors = new Map();
    for (const { interface: abi } of contracts) {
      abi.forEachError((error) => this.errors.set(error.selector, { abi, error }));
    }
  }

  /** Whether there is more to do: the share, and then whatever was wanted and has not come yet. */
  get unfinished(): boolean {
    const share = SHARES[this.name];
    return this.calls < share || (this.missing().length > 0 && this.calls < share * PATIENCE);
  }

  get calls(): number {
    return this.accepted + [...this.refusals.values()].reduce((sum, times) => sum + times, 0);
  }

  /**
   * Does the same in the model and on the chain. Both accept, and the model's step is given back; or both refuse for the same
   * reason and with the same values, as far as both name them, and null is given back.
   */
  async step<State, Effect>(call: Call, step: () => Step<State, Effect>): Promise<Step<State, Effect> | null> {
    const label = `call ${this.calls}, ${call.kind}`;
    let next: Step<State, Effect> | ModelError;
    try {
      next = step();
    } catch (error) {
      if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
      next = error;
    }
    const refusal = await this.send(call);
    if (next instanceof ModelError) {
      this.sameReason(label, next, refusal);
      this.count(this.refusals, refusal?.name ?? "");
      return null;
    }
    expect(refusal, `${label}: the model does it, the contract says ${refusal?.name}`).to.equal(null);
    this.done(call.kind);
    return next;
  }

  /** Counts an accepted call whose step of the model the test has made itself. */
  done(kind: string): void {
    this.accepted += 1;
    this.count(this.kinds, kind);
  }

  /** Counts a refused call whose reason the test has compared itself. */
  refused(reason: string): void {
    this.count(this.refusals, reason);
  }

  /** Notes something that happened within a call, which can be wanted as a kind. */
  saw(what: string): void {
    this.count(this.seen, what);
  }

  /** `at`, or once in six times one of the next moments at which a rule changes, or the second before: there a rule can be wrong by one. */
  edge(at: bigint, moments: readonly bigint[]): bigint {
    const near = moments
      .filter((moment) => moment > at)
      .sort((a, b) => (a < b ? -1 : 1))
      .slice(0, 3);
    return near.length > 0 && this.random.oneIn(6n) ? this.random.pick(near) - this.random.between(0n, 1n) : at;
  }

  /** Whether a kind or a refusal is wanted and has not come yet: what is drawn can lean to it. */
  lacks(what: string): boolean {
    return this.missing().includes(what);
  }

  /** Sends a transaction in a block of its own. Gives the custom error, or null when it was accepted. */
  async send(call: Omit<Call, "kind">): Promise<Refusal | null> {
    const { node } = this;
    await node.request({ method: "evm_setNextBlockTimestamp", params: [`0x${call.at.toString(16)}`] });
    const data = call.to.interface.encodeFunctionData(call.method, call.args);
    const value = `0x${(call.value ?? 0n).toString(16)}`;
    const transaction = { from: call.from, to: call.to.target, data, value, gas: GAS, gasPrice: GAS_PRICE };
    try {
      await node.request({ method: "eth_sendTransaction", params: [transaction] });
      return null;
    } catch (error) {
      return this.refusalOf(error);
    }
  }

  /** A view, encoded once. */
  view(contract: BaseContract, method: string, ...args: readonly unknown[]): string {
    const key = `${String(contract.target)} ${method} ${args.join(" ")}`;
    let view = this.views.get(key);
    if (view === undefined) {
      const data = contract.interface.encodeFunctionData(method, args).slice(2);
      view = String(contract.target).slice(2) + (data.length / 2).toString(16).padStart(4, "0") + data;
      this.views.set(key, view);
    }
    return view;
  }

  /** A view and its answer by the model. */
  fact(contract: BaseContract, method: string, args: readonly unknown[], expected: Expected): Fact {
    return { label: `${method}(${args.join(", ")})`, view: this.view(contract, method, ...args), expected };
  }

  /** Compares all facts with the chain as it is now. */
  async compare(facts: readonly Fact[]): Promise<void> {
    const data = `0x${facts.map((fact) => fact.view).join("")}`;
    const answer = (await this.node.request({
      method: "eth_call",
      params: [{ to: this.lens, data }, "latest"],
    })) as string;
    let at = 2;
    const word = (): bigint => BigInt(`0x${answer.slice(at, (at += 64))}`);
    for (const { label, expected } of facts) {
      const size = word();
      const actual = size === REFUSED ? null : Array.from({ length: Number(size / 32n) }, word);
      const due = expected?.map((value, i) => (value === undefined ? actual?.[i] : BigInt(value))) ?? null;
      const same = due?.length === actual?.length && (due ?? []).every((value, i) => value === actual?.[i]);
      if (!same) expect(actual, `after call ${this.calls - 1}: ${label}`).to.deep.equal(due);
      this.facts += 1;
    }
  }

  /** Ends the sequence: prints what it did, and fails when it was too short or has missed a kind of step or refusal. */
  finish(): void {
    const list = (map: Map<string, number>): string =>
      [...map]
        .sort(([, a], [, b]) => b - a)
        .map(([name, times]) => `${name} ${times}`)
        .join(", ");
    process.stdout.write(
      `      ${this.name}: ${this.calls} calls and ${this.facts} views compared; ${this.accepted} accepted (${list(this.kinds)}${this.seen.size > 0 ? `; of them ${list(this.seen)}` : ""}); ` +
        `${this.calls - this.accepted} refused, ${this.values} values of errors compared (${list(this.refusals)})\n`,
    );
    expect(this.calls).to.be.at.least(SHARES[this.name]);
    note(this.name, this.accepted, this.calls - this.accepted);
    expect(this.missing(), "wanted and never met").to.deep.equal([]);
  }

  private missing(): string[] {
    const { kinds, refusals } = this.wanted;
    return [
      ...kinds.filter((kind) => !this.kinds.has(kind) && !this.seen.has(kind)),
      ...refusals.filter((name) => !this.refusals.has(name)),
    ];
  }

  private sameReason(label: string, reason: ModelError, refusal: Refusal | null): void {
    const said = `${label}: the model says ${reason.code} (${reason.message})`;
    if (refusal === null) throw new Error(`${said}, the contract did it.`);
    expect(this.meanings[reason.code] ?? [], said).to.include(refusal.name);
    for (const [key, value] of Object.entries(refusal.values)) {
      const expected = reason.values[key];
      if (typeof expected !== "bigint" || typeof value !== "bigint") continue;
      if (this.wanted.apart?.includes(`${refusal.name}.${key}`)) continue;
      expect(value, `${said}: ${refusal.name}.${key}`).to.equal(expected);
      this.values += 1;
    }
  }

  private refusalOf(error: unknown): Refusal {
    const data = revertData(error);
    if (data === undefined) throw error;
    const found = this.errors.get(data.slice(0, 10));
    if (!found) return { name: data === "0x" ? "(no reason)" : `(unknown ${data})`, values: {} };
    return { name: found.error.name, values: found.abi.decodeErrorResult(found.error, data).toObject() };
  }

  private count(map: Map<string, number>, name: string): void {
    map.set(name, (map.get(name) ?? 0) + 1);
  }
}

/** Time of the newest block. */
export async function latest(node: Node = hre.network.provider): Promise<bigint> {
  const block = (await node.request({
    method: "eth_getBlockByNumber",
    params: ["latest", false],
  })) as { timestamp: string };
  return BigInt(block.timestamp);
}
