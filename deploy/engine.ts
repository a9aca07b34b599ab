// Compares what is declared with what the chains say, and makes them equal one step at a time.
import { StunError, messageOf } from "../chains/errors";
import type { Journal } from "./journal";
import {
  SignerAbsent,
  type Call,
  type Check,
  type Deployment,
  type Driver,
  type Outcome,
  type Power,
  type Reading,
  type Signed,
  type Step,
} from "./types";

export type Drivers = ReadonlyMap<string, Driver>;

export interface Progress {
  step: Step;
  state: "running" | "done" | "unchanged" | "unsigned";
  /** Steps that need nothing more, and all of them. */
  completed: number;
  total: number;
}

/** Where a run can be cut off; tests do it at each. */
export type Point = "reading" | "signed" | "sent" | "landed";

export interface ApplyOptions {
  journal: Journal;
  onStep?: (progress: Progress) => void;
  /** Moves what one chain sent to the others, on networks where nobody else does. */
  relay?: () => Promise<void>;
  /** Where transactions for absent signers are written. */
  unsignedDirectory?: string;
  /** Sends what is stuck again at the present price. */
  reprice?: boolean;
  /** Called at each point where a crash could happen. */
  at?: (point: Point, step: Step) => void;
  /** How long a step that waits for another chain may take, in milliseconds. */
  patience?: number;
}

export interface ApplyResult {
  /** Steps that sent a transaction in this run. */
  executed: string[];
  /** Files with transactions that others have to sign. */
  unsigned: { role: string; chain: string; file: string; steps: string[] }[];
  /** Steps that could not begin because of those. */
  blocked: string[];
}

export interface Planned {
  step: Step;
  reading: Reading;
}

/** @param hasLanded whether a transaction of a step is on its chain, as far as one knows beside what the chains say */
export async function readStep(step: Step, hasLanded?: (id: string) => boolean): Promise<Reading> {
  if (step.once && hasLanded?.(step.id)) return { state: "done", found: step.wanted };
  const found = await step.found();
  if (found === undefined) return { state: "missing" };
  return found === step.wanted ? { state: "done", found } : { state: "different", found };
}

/** Reads every step; changes nothing. */
export async function plan(deployment: Deployment): Promise<Planned[]> {
  return Promise.all(deployment.steps.map(async (step) => ({ step, reading: await readStep(step) })));
}

/** Makes the chains as declared. Chains advance side by side, the steps of one chain in their order. */
export async function apply(deployment: Deployment, drivers: Drivers, options: ApplyOptions): Promise<ApplyResult> {
  const run = new Run(deployment, drivers, options);
  return run.all();
}

class Run {
  private readonly finished = new Map<string, { promise: Promise<boolean>; resolve: (ok: boolean) => void }>();
  /** Transactions that are on a chain but not yet irrevocable. */
  private readonly young: { step: string; chain: string; signed: Signed }[] = [];
  private readonly absent = new Map<string, { role: string; chain: string; calls: { step: Step; call: Call }[] }>();
  private readonly executed: string[] = [];
  private readonly blocked: string[] = [];
  private completed = 0;
  private failure: unknown;

  constructor(
    private readonly deployment: Deployment,
    private readonly drivers: Drivers,
    private readonly options: ApplyOptions,
  ) {
    checkSteps(deployment.steps, drivers);
    for (const step of deployment.steps) {
      let resolve: (ok: boolean) => void = () => undefined;
      const promise = new Promise<boolean>((done) => (resolve = done));
      this.finished.set(step.id, { promise, resolve });
    }
  }

  async all(): Promise<ApplyResult> {
    const { journal } = this.options;
    for (const [chain, driver] of this.drivers) journal.bind(chain, await driver.identity());
    await this.resolveOpen();
    await Promise.all([...this.drivers.keys()].map((chain) => this.runChain(chain)));
    if (this.failure !== undefined) throw this.failure;
    await this.waitForDepth();
    return { executed: this.executed, unsigned: await this.writeUnsigned(), blocked: this.blocked };
  }

  /** Finds out what became of every transaction that an earlier run signed, before anything new is signed. */
  private async resolveOpen(): Promise<void> {
    for (const entry of this.options.journal.unresolved()) {
      const step = this.deployment.steps.find((s) => s.id === entry.step);
      const driver = this.driver(entry.chain);
      if ((await driver.outcome(entry.signed)).state === "pending") {
        // It may never have been sent, or have been forgotten; a node that knows it refuses it, which is as well.
        await driver.broadcast(entry.signed).catch(() => undefined);
      }
      await this.conclude(entry.step, step?.title ?? entry.step, entry.chain, entry.signed, step);
    }
  }

  private async runChain(chain: string): Promise<void> {
    let open = true;
    for (const step of this.deployment.steps.filter((s) => s.chain === chain)) {
      const needs = await Promise.all((step.needs ?? []).map((id) => this.finished.get(id)!.promise));
      let ok = false;
      if (this.failure === undefined && open && needs.every(Boolean)) {
        try {
          ok = await this.runStep(step);
        } catch (error) {
          this.failure ??= error;
        }
      } else if (this.failure === undefined) this.blocked.push(step.id);
      // A step that waits for an absent signer blocks the rest of its chain, except what the same signer can sign with it.
      if (!ok && !this.isAbsent(step)) open = false;
      this.finished.get(step.id)!.resolve(ok);
    }
  }

  private isAbsent(step: Step): boolean {
    return [...this.absent.values()].some((entry) => entry.calls.some((item) => item.step === step));
  }

  private async runStep(step: Step): Promise<boolean> {
    this.options.at?.("reading", step);
    const before = await readStep(step, this.hasLanded);
    if (before.state === "done") return this.done(step, "unchanged");
    this.report(step, "running");
    if (!step.call) await this.waitFor(step);
    else {
      const role = typeof step.by === "function" ? await step.by() : (step.by ?? "deployer");
      const call = await step.call();
      try {
        await this.execute(step, call, role);
      } catch (error) {
        if (!(error instanceof SignerAbsent)) throw error;
        return this.hold(step, call, error.role);
      }
      const after = await this.readAfter(step);
      if (after.state !== "done") {
        const now = after.state === "missing" ? "nothing" : `'${after.found}'`;
        throw new StunError(
          `Step ${step.id} (${step.title}) was executed, but ${step.chain} still reads ${now} instead of '${step.wanted}': look into it before running apply again.`,
        );
      }
      this.executed.push(step.id);
    }
    return this.done(step, "done");
  }

  /** What a step reads once its transaction has landed and whatever that set off has arrived. */
  private async readAfter(step: Step): Promise<Reading> {
    const end = Date.now() + (this.driver(step.chain).lagMs ?? 0);
    for (;;) {
      const reading = await readStep(step, this.hasLanded);
      if (reading.state === "done" || Date.now() > end) return reading;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  private async execute(step: Step, call: Call, role: string): Promise<void> {
    const { journal } = this.options;
    const driver = this.driver(step.chain);
    let signed: Signed;
    try {
      signed = await driver.sign(call, role);
    } catch (error) {
      if (error instanceof SignerAbsent) throw error;
      throw new StunError(`Step ${step.id} (${step.title}) was not sent: ${messageOf(error)}.`, error);
    }
    journal.write({ kind: "signed", step: step.id, chain: step.chain, signed });
    this.options.at?.("signed", step);
    let refusal: unknown;
    await driver.broadcast(signed).catch((error: unknown) => (refusal = error));
    this.options.at?.("sent", step);
    if (refusal !== undefined && (await driver.outcome(signed)).state === "pending") {
      throw new StunError(
        `The node of ${step.chain} did not take step ${step.id} (${step.title}): ${messageOf(refusal)}. Run apply again when the cause is gone: it sends the same transaction.`,
        refusal,
      );
    }
    const outcome = await this.conclude(step.id, step.title, step.chain, signed, step);
    if (outcome.state === "dead") {
      throw new StunError(`Step ${step.id} (${step.title}) did not land: ${outcome.reason}. Run apply again.`);
    }
  }

  /** Waits for the outcome of a signed transaction and writes it down. */
  private async conclude(
    id: string,
    title: string,
    chain: string,
    signed: Signed,
    step: Step | undefined,
  ): Promise<Outcome> {
    const { journal } = this.options;
    const driver = this.driver(chain);
    let current = signed;
    let outcome = await driver.settle(current);
    if (outcome.state === "pending" && this.options.reprice && driver.reprice && step) {
      const role = typeof step.by === "function" ? await step.by() : (step.by ?? "deployer");
      current = await driver.reprice(signed, role);
      journal.write({ kind: "signed", step: id, chain, signed: current });
      await driver.broadcast(current);
      outcome = await driver.settle(current);
    }
    if (outcome.state === "landed") {
      if (outcome.final) journal.write({ kind: "landed", step: id, id: current.id, block: outcome.block });
      else this.young.push({ step: id, chain, signed: current });
      if (step) this.options.at?.("landed", step);
    } else if (outcome.state === "pending") {
      throw new StunError(
        `Transaction ${current.id} of step ${id} (${title}) is neither on ${chain} nor certain to fail: run apply again later, or with --reprice if its fee is too low.`,
      );
    } else {
      journal.write({ kind: "failed", step: id, id: current.id, reason: outcome.reason });
      if (outcome.state === "failed") {
        throw new StunError(
          `Transaction ${current.id} of step ${id} (${title}) failed on ${chain}: ${outcome.reason}.`,
        );
      }
    }
    return outcome;
  }

  /** A block can be replaced; what was in one counts only when it is deep enough. */
  private async waitForDepth(): Promise<void> {
    for (const { step, chain, signed } of this.young) {
      const driver = this.driver(chain);
      for (let outcome = await driver.settle(signed, true); ; outcome = await driver.settle(signed, true)) {
        if (outcome.state === "landed" && outcome.final) {
          this.options.journal.write({ kind: "landed", step, id: signed.id, block: outcome.block });
          break;
        }
        if (outcome.state === "pending") await driver.broadcast(signed).catch(() => undefined);
        else if (outcome.state !== "landed") {
          throw new StunError(
            `Transaction ${signed.id} of step ${step} left ${chain} again (${outcome.reason}): run apply again.`,
          );
        }
      }
    }
  }

  private async waitFor(step: Step): Promise<void> {
    const end = Date.now() + (this.options.patience ?? 3_600_000);
    for (;;) {
      await this.options.relay?.();
      await step.meanwhile?.();
      if ((await readStep(step)).state === "done") return;
      if (this.failure !== undefined) throw this.failure;
      if (Date.now() > end) {
        throw new StunError(
          `Step ${step.id} (${step.title}) still waits on ${step.chain}: see whether its message was delivered, then run apply again.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, this.options.relay ? 20 : 5_000));
    }
  }

  private hold(step: Step, call: Call, role: string): false {
    const key = `${step.chain}/${role}`;
    const entry = this.absent.get(key) ?? { role, chain: step.chain, calls: [] };
    entry.calls.push({ step, call });
    this.absent.set(key, entry);
    this.report(step, "unsigned");
    return false;
  }

  private async writeUnsigned(): Promise<ApplyResult["unsigned"]> {
    const directory = this.options.unsignedDirectory;
    if (this.absent.size > 0 && directory === undefined) {
      const [first] = this.absent.values();
      throw new StunError(`The key of '${first!.role}' is needed on ${first!.chain} and is not here.`);
    }
    return Promise.all(
      [...this.absent.values()].map(async ({ role, chain, calls }) => ({
        role,
        chain,
        steps: calls.map(({ step }) => step.id),
        file: await this.driver(chain).writeUnsigned(
          directory!,
          role,
          calls.map(({ step, call }) => ({ title: step.title, call })),
        ),
      })),
    );
  }

  private done(step: Step, state: "done" | "unchanged"): true {
    this.completed++;
    this.report(step, state);
    return true;
  }

  private report(step: Step, state: Progress["state"]): void {
    this.options.onStep?.({ step, state, completed: this.completed, total: this.deployment.steps.length });
  }

  /** Also what is not deep enough yet for the journal: until it has left the chain again, it must not be done twice. */
  private readonly hasLanded = (id: string): boolean =>
    this.options.journal.hasLanded(id) || this.young.some(({ step }) => step === id);

  private driver(chain: string): Driver {
    return this.drivers.get(chain)!;
  }
}

/** A mistake in the list of steps would show as a deployment that never ends. */
function checkSteps(steps: readonly Step[], drivers: Drivers): void {
  const before = new Map<string, string[]>();
  const last = new Map<string, string>();
  for (const step of steps) {
    if (before.has(step.id)) throw new TypeError(`Two steps have the id '${step.id}'.`);
    if (!drivers.has(step.chain))
      throw new TypeError(`Step ${step.id} is on the chain '${step.chain}' without a driver.`);
    const previous = last.get(step.chain);
    before.set(step.id, [...(step.needs ?? []), ...(previous === undefined ? [] : [previous])]);
    last.set(step.chain, step.id);
  }
  // Steps of several chains may wait for each other in any order, as long as no wait leads back to its own beginning.
  const settled = new Map<string, boolean>();
  const visit = (id: string, by: string): void => {
    const needs = before.get(id);
    if (!needs) throw new TypeError(`Step ${by} needs '${id}', which does not exist.`);
    if (settled.get(id)) return;
    if (settled.get(id) === false) throw new TypeError(`Step ${id} needs itself, by way of '${by}'.`);
    settled.set(id, false);
    needs.forEach((need) => visit(need, id));
    settled.set(id, true);
  };
  steps.forEach((step) => visit(step.id, step.id));
}

// ---- verify ----

export interface Finding {
  chain: string;
  title: string;
  wanted: string;
  /** What the chain says; undefined when there is nothing. */
  found: string | undefined;
  ok: boolean;
}

export interface PowerRow {
  chain: string;
  subject: string;
  power: string;
  holders: string[];
  declared: readonly string[];
  ok: boolean;
}

export interface Verification {
  findings: Finding[];
  powers: PowerRow[];
  ok: boolean;
}

/** Reads every chain back; the journal is not asked, and neither is any file but the declared state. */
export async function verify(deployment: Deployment, drivers: Drivers): Promise<Verification> {
  await Promise.all([...drivers.values()].map((driver) => driver.identity()));
  const read = async (item: Step | Check): Promise<Finding> => {
    const found = await item.found();
    return { chain: item.chain, title: item.title, wanted: item.wanted, found, ok: found === item.wanted };
  };
  const [findings, powers] = await Promise.all([
    Promise.all([...deployment.steps, ...deployment.checks].map(read)),
    Promise.all(deployment.powers.map(readPower)),
  ]);
  return { findings, powers, ok: findings.every((f) => f.ok) && powers.every((p) => p.ok) };
}

/** Declared holders may be absent (a guardian that was removed); anyone else may not be there. */
async function readPower(power: Power): Promise<PowerRow> {
  const holders = await power.holders();
  const declared = new Set(power.declared);
  return {
    chain: power.chain,
    subject: power.subject,
    power: power.power,
    holders,
    declared: power.declared,
    ok: holders.every((holder) => declared.has(holder)) && power.declared.every((holder) => holders.includes(holder)),
  };
}
