import { expect } from "chai";
import { AbiCoder, TypedDataEncoder, ZeroAddress, keccak256, zeroPadValue } from "ethers";
import fc from "fast-check";
import {
  GRACE,
  JOB_TRANSITIONS,
  LONGEST_JOB,
  ModelError,
  VERDICT_TIME,
  checkJobConservation,
  checkTerms,
  disputeStake,
  jobId,
  moment,
  newJob,
  offerDigest,
  paidTo,
  possibleEvents,
  resultHash,
  stepJob,
  termsHash,
  type Job,
  type JobAction,
  type JobEffect,
  type JobEvent,
  type JobState,
  type JobTerms,
} from "../../model";
import { expectError } from "./expect-error";
import { holds } from "./seed";

const STUN = 10n ** 18n;
const T0 = 1_800_000_000n;
const RESULT = "0x" + "ab".repeat(32);
const TERMS: JobTerms = {
  specHash: "0x" + "01".repeat(32),
  verifier: 1,
  verifierConfigHash: "0x" + "02".repeat(32),
  asset: "0x" + "03".repeat(20),
  unitPrice: 10n ** 16n,
  maxUnits: 200n,
  budget: STUN,
  bond: 100n * STUN,
  modelId: "0x" + "04".repeat(32),
  workSeconds: 3_600n,
  challengeSeconds: 7_200n,
  finalSeconds: 86_400n,
  attested: false,
};

function job(change: Partial<JobTerms> = {}, options: { inStun?: boolean; hasCreator?: boolean } = {}): Job {
  return newJob("payer", { ...TERMS, ...change }, { unit: STUN, ...options });
}

/** Runs the actions one after the other, checks the money after each, and gives the last step's effects. */
function run(state: Job, ...actions: JobAction[]): { job: Job; effects: readonly JobEffect[] } {
  let effects: readonly JobEffect[] = [];
  for (const action of actions) {
    const step = stepJob(state, action);
    checkJobConservation(step.state);
    ({ state, effects } = step);
  }
  return { job: state, effects };
}

const simple = (
  event: "cancel" | "refund" | "reopen" | "acceptResult" | "dispute" | "settle" | "settleSilent",
  at: bigint,
  actor = "payer",
) => ({ event, at, actor }) as JobAction;
const create: JobAction = { event: "create", actor: "payer", at: T0, provider: "provider", hasReferrer: true };
const post: JobAction = { event: "post", actor: "payer", at: T0 };
const accept = (at: bigint, actor = "provider"): JobAction => ({ event: "accept", actor, at, hasReferrer: false });
const submit = (at: bigint, units = 50n, actor = "provider"): JobAction => ({
  event: "submit",
  actor,
  at,
  resultHash: RESULT,
  units,
});
const verdict = (at: bigint, outcome: number, units = 50n, attempt = 1): JobAction => ({
  event: "verdict",
  actor: "committee",
  at,
  outcome,
  attempt,
  provider: "provider",
  units,
  resultHash: RESULT,
});

const proven = (at: bigint, units = 50n, change: Partial<Extract<JobAction, { event: "proven" }>> = {}): JobAction => ({
  event: "proven",
  actor: "stranger",
  at,
  attempt: 1,
  provider: "provider",
  units,
  resultHash: RESULT,
  ...change,
});

/** The same job in each state, at T0 + 2 for the later ones. */
function inState(state: JobState, change: Partial<JobTerms> = {}): Job {
  const fresh = job(change);
  const path: Record<JobState, JobAction[]> = {
    none: [],
    open: [post],
    assigned: [create],
    submitted: [create, submit(T0 + 1n)],
    disputed: [create, submit(T0 + 1n), simple("dispute", T0 + 2n)],
    ended: [post, simple("cancel", T0)],
  };
  return run(fresh, ...path[state]).job;
}

describe("model: job", () => {
  it("locks budget and dispute stake, and the bond at assignment", () => {
    const { job: assigned, effects } = run(job(), create);
    expect(assigned.held).to.equal(STUN + STUN / 20n);
    expect(assigned.bondLocked).to.equal(100n * STUN);
    expect(effects.map((e) => e.type)).to.deep.equal(["funded", "bondLocked"]);
  });

  it("splits the price when the payer accepts, and returns the rest with the stake", () => {
    const done = run(job({}, { hasCreator: true }), create, submit(T0 + 60n), simple("acceptResult", T0 + 61n));
    // 50 units at 0.01 STUN: fee 0.01, royalty 0.025, of the rest 5 % for the referrer
    expect(paidTo(done.effects, "provider").asset).to.equal((465n * 95n * 10n ** 13n) / 1n);
    expect(paidTo(done.effects, "payer").asset).to.equal(STUN / 2n + STUN / 20n);
    expect(done.job.state).to.equal("ended");
    expect(done.job.totals.paid).to.equal(STUN + STUN / 20n);
  });

  it("takes 3 % from a price in another asset and 2 % from one in STUN", () => {
    const fee = (inStun: boolean): bigint | undefined => {
      const done = run(job({}, { inStun }), create, submit(T0 + 60n, 100n), simple("acceptResult", T0 + 61n));
      return done.effects.find((e) => e.type === "ended")?.fee;
    };
    expect([fee(true), fee(false)]).to.deep.equal([STUN / 50n, (STUN * 3n) / 100n]);
  });

  it("settles unchallenged exactly at the end of the challenge window, and disputes only before it", () => {
    const submitted = inState("submitted");
    const end = T0 + 1n + TERMS.challengeSeconds;
    expectError("TOO_EARLY", () => stepJob(submitted, simple("settle", end - 1n, "anybody")));
    run(submitted, simple("settle", end, "anybody"));
    expectError("TOO_LATE", () => stepJob(submitted, simple("dispute", end)));
    run(submitted, simple("dispute", end - 1n));
  });

  it("gives the dispute stake to the provider when a disputed result is Valid, or the payer concedes", () => {
    const stake = disputeStake(TERMS.budget);
    const price = STUN / 2n - STUN / 100n;
    const expected = (price * 95n) / 100n + stake;
    for (const end of [verdict(T0 + 9n, 1), simple("acceptResult", T0 + 9n)]) {
      expect(paidTo(run(inState("disputed"), end).effects, "provider").asset).to.equal(expected);
    }
    expect(paidTo(run(inState("submitted"), verdict(T0 + 9n, 1)).effects, "provider").asset).to.equal(expected - stake);
  });

  it("settles half when the committee is silent, and slashes nobody", () => {
    const disputed = inState("disputed");
    const end = T0 + 2n + VERDICT_TIME;
    expectError("TOO_EARLY", () => stepJob(disputed, simple("settleSilent", end - 1n, "anybody")));
    const { job: done, effects } = run(disputed, simple("settleSilent", end, "anybody"));
    expect(effects.find((e) => e.type === "ended")?.price).to.equal(STUN / 4n);
    expect(done.totals.slashed).to.equal(0n);
    expect(paidTo(effects, "payer").asset).to.equal((STUN * 3n) / 4n + STUN / 20n);
  });

  it("lets an attested job wait for its verdict, then settles half", () => {
    const submitted = inState("submitted", { attested: true });
    const end = T0 + 1n + TERMS.challengeSeconds + VERDICT_TIME;
    expectError("NOT_ALLOWED", () => stepJob(submitted, simple("settle", end, "anybody")));
    expectError("TOO_EARLY", () => stepJob(submitted, simple("settleSilent", end - 1n, "anybody")));
    run(submitted, simple("settleSilent", end, "anybody"));
    run(submitted, verdict(end + 99n, 2));
    expectError("NOT_ALLOWED", () => stepJob(inState("submitted"), simple("settleSilent", end, "anybody")));
  });

  it("takes the smaller units of a verdict, and slashes who claimed more than 10 % above them", () => {
    const at = (claimed: bigint, judged: bigint) =>
      run(
        job({ maxUnits: 1_000n, unitPrice: 1n, budget: 10_000n }),
        create,
        submit(T0 + 1n, claimed),
        verdict(T0 + 2n, 1, judged),
      );
    expect(at(110n, 100n).job.totals.slashed).to.equal(0n);
    const over = at(111n, 100n);
    expect(over.job.totals.slashed).to.equal(10n * STUN);
    expect(paidTo(over.effects, "payer").bounty).to.equal(5n * STUN);
    expect(over.effects.find((e) => e.type === "ended")?.price).to.equal(100n);
    expect(at(90n, 100n).effects.find((e) => e.type === "ended")?.price).to.equal(90n);
    expect(at(1n, 0n).job.totals.slashed).to.equal(10n * STUN);
  });

  it("slashes the whole bond for a wrong result, half to the payer, but never under a scored verifier", () => {
    const wrong = run(inState("disputed"), verdict(T0 + 9n, 2));
    expect(wrong.job.totals).to.deep.include({ slashed: 100n * STUN, burned: 50n * STUN, slashPaid: 50n * STUN });
    expect(paidTo(wrong.effects, "payer")).to.deep.equal({ asset: STUN + STUN / 20n, bounty: 50n * STUN });
    const scored = run(inState("disputed", { verifier: 2 }), verdict(T0 + 9n, 2));
    expect(scored.job.totals.slashed).to.equal(0n);
    expect(scored.effects.some((e) => e.type === "bondFreed")).to.equal(true);
  });

  it("refuses Wrong and Undelivered after the challenge window unless disputed or attested", () => {
    const end = T0 + 1n + TERMS.challengeSeconds;
    for (const outcome of [2, 3]) {
      expectError("TOO_LATE", () => stepJob(inState("submitted"), verdict(end, outcome)));
      run(inState("submitted"), verdict(end - 1n, outcome));
      run(inState("submitted", { attested: true }), verdict(end, outcome));
      run(inState("disputed"), verdict(end, outcome));
    }
    run(inState("submitted"), verdict(end, 1));
  });

  it("gives the bounties of missed deadlines to the rescuer who is paid", () => {
    const missed = T0 + TERMS.workSeconds + GRACE;
    const assigned = inState("assigned");
    expectError("TOO_EARLY", () => stepJob(assigned, simple("reopen", missed - 1n, "anybody")));
    expectError("TOO_LATE", () => stepJob(assigned, submit(missed)));
    run(assigned, submit(missed - 1n));
    const rescued = run(
      assigned,
      simple("reopen", missed, "anybody"),
      accept(missed, "rescuer"),
      submit(missed + 1n, 50n, "rescuer"),
      simple("acceptResult", missed + 2n),
    );
    expect(rescued.job.totals).to.deep.include({ slashed: 10n * STUN, burned: 5n * STUN });
    expect(paidTo(rescued.effects, "rescuer").bounty).to.equal(5n * STUN);
  });

  it("gives them to the payer when the job ends in a refund", () => {
    const final = T0 + TERMS.finalSeconds;
    const refunded = run(inState("assigned"), simple("refund", final, "anybody"));
    expect(paidTo(refunded.effects, "payer")).to.deep.equal({ asset: STUN + STUN / 20n, bounty: 5n * STUN });
    expectError("TOO_EARLY", () => stepJob(inState("assigned"), simple("refund", final - 1n)));
    expectError("TOO_EARLY", () => stepJob(inState("open"), simple("refund", final - 1n)));
    run(inState("open"), simple("refund", final, "anybody"));
  });

  it("has at most three assignments, then anyone refunds it", () => {
    let state = run(job(), post).job;
    let at = T0;
    for (let attempt = 1; attempt <= 3; attempt++) {
      ({ job: state } = run(state, accept(at)));
      at += TERMS.workSeconds + GRACE;
      if (attempt === 3) break;
      ({ job: state } = run(state, simple("reopen", at, "anybody")));
    }
    const reopened = run(state, simple("reopen", at, "anybody")).job;
    expectError("LIMIT_EXCEEDED", () => stepJob(reopened, accept(at)));
    run(reopened, simple("refund", at, "anybody"));
    const done = run(state, simple("refund", at, "anybody"));
    expect(done.job.totals.slashed).to.equal(30n * STUN);
    expect(paidTo(done.effects, "payer").bounty).to.equal(15n * STUN);
  });

  it("lets an assignment begin only when it can end before the job can be refunded", () => {
    const last = T0 + TERMS.finalSeconds - TERMS.workSeconds - GRACE;
    run(inState("open"), accept(last));
    expectError("TOO_LATE", () => stepJob(inState("open"), accept(last + 1n)));
  });

  it("takes no verdict for another attempt, provider or result", () => {
    const submitted = inState("submitted");
    const good = verdict(T0 + 5n, 1) as Extract<JobAction, { event: "verdict" }>;
    for (const other of [
      { ...good, attempt: 2 },
      { ...good, provider: "another" },
      { ...good, resultHash: "0x" + "ac".repeat(32) },
    ]) {
      expectError("MISMATCH", () => stepJob(submitted, other));
    }
    expectError("WRONG_STATE", () => stepJob(inState("assigned"), good));
    expectError("ABOVE_MAXIMUM", () => stepJob(submitted, { ...good, outcome: 4 }));
    run(submitted, good);
  });

  it("refuses too many units, an empty result, and entries while paused", () => {
    expectError("ABOVE_MAXIMUM", () => stepJob(inState("assigned"), submit(T0 + 1n, 201n)));
    expectError("NEGATIVE", () => stepJob(inState("assigned"), submit(T0 + 1n, -1n)));
    const empty = { ...submit(T0 + 1n), resultHash: "0x" + "00".repeat(32) } as JobAction;
    expectError("INVALID_BYTES", () => stepJob(inState("assigned"), empty));
    for (const [state, entry] of [
      ["none", post],
      ["none", create],
      ["open", accept(T0)],
    ] as const) {
      expectError("PAUSED", () => stepJob(inState(state), { ...entry, paused: true } as JobAction));
    }
  });

  it("is settled by a proof as by a verdict Valid with the key's units, at any time, whoever brings it", () => {
    for (const attested of [false, true]) {
      for (const state of ["submitted", "disputed"] as const) {
        const start = inState(state, { verifier: 3, attested });
        for (const units of [20n, 46n, 50n, 90n]) {
          for (const at of [T0 + 3n, T0 + LONGEST_JOB]) {
            const judged = run(start, verdict(at, 1, units));
            const settled = run(start, proven(at, units));
            expect(settled.job).to.deep.equal(judged.job);
            const same = judged.effects.map((each) => (each.type === "ended" ? { ...each, event: "proven" } : each));
            expect(settled.effects).to.deep.equal(same);
          }
        }
      }
    }
  });

  it("takes no proof of another assignment, provider or result, nor for another verifier than zk", () => {
    const start = inState("submitted", { verifier: 3 });
    for (const change of [{ attempt: 2 }, { provider: "rescuer" }, { resultHash: "0x" + "cd".repeat(32) }]) {
      expectError("MISMATCH", () => stepJob(start, proven(T0 + 3n, 50n, change)));
    }
    expectError("NEGATIVE", () => stepJob(start, proven(T0 + 3n, -1n)));
    for (const verifier of [1, 2]) {
      expectError("NOT_ALLOWED", () => stepJob(inState("disputed", { verifier }), proven(T0 + 3n)));
    }
    for (const state of ["none", "open", "assigned", "ended"] as const) {
      expectError("WRONG_STATE", () => stepJob(inState(state, { verifier: 3 }), proven(T0 + 3n)));
    }
  });

  describe("the transition table", () => {
    const STATES: JobState[] = ["none", "open", "assigned", "submitted", "disputed", "ended"];
    const EVENTS = [...new Set(JOB_TRANSITIONS.map((row) => row.event))];
    const ACTORS = ["payer", "provider", "stranger", "committee"];
    const far = T0 + LONGEST_JOB;

    function action(event: JobEvent, actor: string, at: bigint): JobAction {
      const outcomes: Partial<Record<JobEvent, number>> = { verdictValid: 1, verdictWrong: 2, verdictUndelivered: 3 };
      const outcome = outcomes[event];
      if (outcome !== undefined) return { ...verdict(at, outcome), actor } as JobAction;
      if (event === "submit") return submit(at, 50n, actor);
      if (event === "proven") return proven(at, 50n, { actor });
      if (event === "create") return { ...create, actor, at } as JobAction;
      if (event === "accept") return accept(at, actor);
      return { event, actor, at } as JobAction;
    }

    for (const state of STATES) {
      for (const event of EVENTS) {
        it(`${state} × ${event}: only who the table names, only when it says`, () => {
          const rows = JOB_TRANSITIONS.filter((row) => row.state === state && row.event === event);
          for (const [attested, verifier] of [
            [false, 1],
            [true, 2],
            [false, 3],
            [true, 3],
          ] as const) {
            const start = inState(state, { attested, verifier });
            for (const actor of ACTORS) {
              for (const at of [T0 + 3n, far]) {
                let next: JobState | null = null;
                try {
                  next = run(start, action(event, actor, at)).job.state;
                } catch (error) {
                  if (!(error instanceof ModelError)) throw error;
                }
                const names = { payer: "payer", provider: "provider", committee: "committee" } as const;
                const allowed = rows.find(
                  (row) =>
                    (row.by === "anyone" || row.by === "bonded" || names[row.by] === actor) &&
                    (row.attested ?? attested) === attested &&
                    (row.attemptsLeft ?? true) &&
                    (!row.zk || verifier === 3) &&
                    (row.from ?? []).every((name) => at >= moment(start, name)) &&
                    (row.until === undefined || at < moment(start, row.until)) &&
                    !(row.fits && state === "open" && at === far),
                );
                expect(next, `${actor} at +${at - T0}, attested ${attested}, verifier ${verifier}`).to.equal(
                  allowed?.to ?? null,
                );
              }
            }
          }
        });
      }
    }

    it("leaves no state but the end without a way out for anyone", () => {
      for (const state of ["open", "assigned", "submitted", "disputed"] as const) {
        for (const attested of [false, true]) {
          expect(possibleEvents(inState(state, { attested }), ["anyone"], far)).to.not.be.empty;
        }
      }
    });
  });

  it("conserves money through random events, and ends within 27 days with everybody else silent", () => {
    const terms = fc.record({
      verifier: fc.constantFrom(1, 2, 3),
      unitPrice: fc.bigInt({ min: 1n, max: 10n ** 18n }),
      maxUnits: fc.bigInt({ min: 1n, max: 1_000n }),
      budget: fc.bigInt({ min: 1n, max: 10n ** 21n }),
      bond: fc.bigInt({ min: STUN, max: 10n ** 22n }),
      workSeconds: fc.bigInt({ min: 600n, max: 604_800n }),
      challengeSeconds: fc.bigInt({ min: 3_600n, max: 259_200n }),
      finalSeconds: fc.bigInt({ min: 608_400n, max: 1_814_400n }),
      attested: fc.boolean(),
    });
    const choice = fc.record({
      event: fc.constantFrom(
        "accept",
        "submit",
        "submit",
        "dispute",
        "reopen",
        "verdict",
        "settle",
        "settleSilent",
        "acceptResult",
        "refund",
      ),
      actor: fc.constantFrom("payer", "provider", "provider", "rescuer"),
      wait: fc.oneof(fc.bigInt({ min: 0n, max: 5_000n }), fc.bigInt({ min: 0n, max: 700_000n })),
      units: fc.bigInt({ min: 0n, max: 1_000n }),
      outcome: fc.constantFrom(1, 2, 3),
    });
    const endings = new Set<string>();
    holds(
      fc.property(
        terms,
        fc.boolean(),
        fc.boolean(),
        fc.array(choice, { minLength: 10, maxLength: 25 }),
        (change, inStun, posted, list) => {
          let { job: state } = run(job(change, { inStun, hasCreator: inStun }), posted ? post : create);
          let at = T0;
          for (const c of list) {
            at += c.wait;
            const action: JobAction =
              c.event === "verdict"
                ? ({
                    ...verdict(at, c.outcome, c.units, Number(state.attempt)),
                    provider: state.provider ?? "",
                  } as JobAction)
                : c.event === "submit"
                  ? submit(at, c.units, c.actor)
                  : c.event === "accept"
                    ? accept(at, c.actor)
                    : ({ event: c.event, at, actor: c.actor } as JobAction);
            try {
              ({ job: state } = run(state, action));
              if (state.state === "ended") endings.add(c.event);
            } catch (error) {
              if (!(error instanceof ModelError) || error.code === "INVARIANT_BROKEN") throw error;
            }
          }
          // from here on only a stranger acts
          at = T0 + LONGEST_JOB > at ? T0 + LONGEST_JOB : at;
          for (let i = 0; i < 3 && state.state !== "ended"; i++) {
            const [event] = possibleEvents(state, ["anyone"], at).filter((e) => e !== "accept");
            expect(event, `${state.state} has no way out at 27 days`).to.not.equal(undefined);
            ({ job: state } = run(state, { event, at, actor: "stranger" } as JobAction));
          }
          expect(state.state).to.equal("ended");
          expect(state.totals.paid).to.equal(state.totals.funded);
        },
      ),
      400,
    );
    expect(endings.size).to.be.greaterThan(1);
  });

  it("refuses terms out of their bounds", () => {
    const bad: [Partial<JobTerms>, "BELOW_MINIMUM" | "ABOVE_MAXIMUM" | "INVALID_BYTES" | "NEGATIVE"][] = [
      [{ workSeconds: 599n }, "BELOW_MINIMUM"],
      [{ workSeconds: 604_801n }, "ABOVE_MAXIMUM"],
      [{ challengeSeconds: 3_599n }, "BELOW_MINIMUM"],
      [{ challengeSeconds: 259_201n }, "ABOVE_MAXIMUM"],
      [{ finalSeconds: 1_814_401n }, "ABOVE_MAXIMUM"],
      [{ finalSeconds: TERMS.workSeconds + GRACE - 1n }, "BELOW_MINIMUM"],
      [{ bond: STUN - 1n }, "BELOW_MINIMUM"],
      [{ budget: 0n }, "BELOW_MINIMUM"],
      [{ budget: -1n }, "NEGATIVE"],
      [{ unitPrice: 0n }, "BELOW_MINIMUM"],
      [{ maxUnits: 2n ** 64n }, "ABOVE_MAXIMUM"],
      [{ verifier: 4 }, "ABOVE_MAXIMUM"],
      [{ specHash: "0x01" }, "INVALID_BYTES"],
    ];
    for (const [change, code] of bad) expectError(code, () => checkTerms({ ...TERMS, ...change }, STUN));
    checkTerms({ ...TERMS, bond: 10n ** 9n }, 10n ** 9n);
  });

  it("hashes terms, ids, results and offers as Solidity does", () => {
    const coder = AbiCoder.defaultAbiCoder();
    const types = [
      "bytes32",
      "uint8",
      "bytes32",
      "address",
      "uint128",
      "uint64",
      "uint96",
      "uint96",
      "bytes32",
      "uint32",
      "uint32",
      "uint32",
      "bool",
    ];
    expect(termsHash(TERMS)).to.equal(keccak256(coder.encode(types, Object.values(TERMS))));
    const [escrow, payer] = ["0x" + "e0".repeat(20), "0x" + "aa".repeat(20)];
    const id = jobId(30184, escrow, payer, 7);
    expect(id).to.equal(keccak256(coder.encode(["uint32", "address", "address", "uint64"], [30184, escrow, payer, 7])));
    expect(resultHash(id, 2, payer, RESULT)).to.equal(
      keccak256(coder.encode(["bytes32", "uint8", "bytes32", "bytes32"], [id, 2, zeroPadValue(payer, 32), RESULT])),
    );
    const offer = { terms: termsHash(TERMS), payer: ZeroAddress, nonce: 3n, expiry: T0 };
    const domain = { name: "STUN Escrow", version: "1", chainId: 31338, verifyingContract: escrow };
    const fields = ["bytes32 terms", "address payer", "uint64 nonce", "uint64 expiry"].map((field) => {
      const [type = "", name = ""] = field.split(" ");
      return { name, type };
    });
    expect(offerDigest({ chainId: 31338, verifyingContract: escrow }, offer)).to.equal(
      TypedDataEncoder.hash(domain, { Offer: fields }, offer),
    );
  });
});
