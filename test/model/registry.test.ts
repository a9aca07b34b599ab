import { expect } from "chai";
import {
  COMMITMENT,
  EARLY_SECONDS,
  MAX_ATTESTATION,
  checkRegistry,
  newRegistry,
  stepRegistry,
  type Registry,
  type RegistryAction,
} from "../../model";
import { expectError } from "./expect-error";

const T0 = 1_800_000_000n;
const MIN = 1_000n;
const register = (by: string, referrer: string | null = null): RegistryAction => ({
  type: "register",
  at: T0,
  by,
  referrer,
});
const attest = (
  provider: string,
  gpu: string,
  change: Partial<Extract<RegistryAction, { type: "attest" }>> = {},
): RegistryAction => ({
  ...{ type: "attest", at: T0, provider, gpu, tier: 1n, expiry: T0 + 100n, bonded: MIN },
  ...change,
});
const commit = (commitment: string, at = T0): RegistryAction => ({ type: "commitModel", at, commitment });
const model = (
  by: string,
  name: string,
  at: bigint,
  previous: string | null = null,
  commitment = "c",
): RegistryAction => ({
  ...{ type: "registerModel", at, by, model: name, previous, commitment },
});

function run(...actions: RegistryAction[]): Registry {
  return actions.reduce(
    (state, action) => {
      const next = stepRegistry(state, action).state;
      checkRegistry(next);
      return next;
    },
    newRegistry(1n, 2n),
  );
}

describe("model: registry", () => {
  it("registers each provider once, with a referrer that is another", () => {
    const state = run(register("a", "b"), { type: "setEndpoint", at: T0, by: "a" });
    expect(state.providers.a).to.deep.equal({ referrer: "b", earlyUntil: 0n, gpus: 0n });
    expectError("ALREADY_USED", () => stepRegistry(state, register("a")));
    expectError("NOT_ALLOWED", () => run(register("a", "a")));
    expectError("NOT_FOUND", () => run({ type: "setEndpoint", at: T0, by: "a" }));
  });

  it("attests tiers 1 to 4 for 1 second to 90 days", () => {
    const a = register("a");
    for (const tier of [1n, 4n]) expect(run(a, attest("a", "g", { tier })).gpus.g?.tier).to.equal(tier);
    for (const tier of [0n, 5n]) expectError("INVALID_TIER", () => run(a, attest("a", "g", { tier })));
    run(a, attest("a", "g", { expiry: T0 + 1n }));
    run(a, attest("a", "g", { expiry: T0 + MAX_ATTESTATION }));
    expectError("TOO_LATE", () => run(a, attest("a", "g", { expiry: T0 })));
    expectError("ABOVE_MAXIMUM", () => run(a, attest("a", "g", { expiry: T0 + MAX_ATTESTATION + 1n })));
    expectError("NOT_FOUND", () => run(attest("a", "g")));
  });

  it("keeps a GPU with its first provider, and takes only later attestations of it", () => {
    const state = run(register("a"), register("b"), attest("a", "g"));
    expectError("ALREADY_USED", () => stepRegistry(state, attest("b", "g")));
    expectError("MISMATCH", () => stepRegistry(state, attest("a", "g", { expiry: T0 + 100n })));
    const later = stepRegistry(state, attest("a", "g", { expiry: T0 + 101n, bonded: 0n })).state;
    expect(later.providers.a?.gpus).to.equal(1n);
    expect(later.gpus.g).to.deep.equal({ provider: "a", tier: 1n, expiry: T0 + 101n });
  });

  it("asks for a bond at the first attestation of a provider only, and gives the early ranks in their order", () => {
    const state = run(register("a"), register("b"), register("c"), attest("a", "1"), attest("a", "2", { bonded: 0n }));
    expect(state.providers.a).to.deep.equal({ referrer: null, earlyUntil: T0 + EARLY_SECONDS, gpus: 2n });
    expectError("INSUFFICIENT", () => stepRegistry(state, attest("b", "3", { bonded: MIN - 1n })));
    const step = stepRegistry(state, attest("b", "3"));
    expect(step.effects).to.deep.equal([{ type: "earlyRank", provider: "b", rank: 2n, until: T0 + EARLY_SECONDS }]);
    const last = stepRegistry(step.state, attest("c", "4"));
    expect([last.effects.length, last.state.providers.c?.earlyUntil, last.state.earlyTaken]).to.deep.equal([0, 0n, 2n]);
  });

  it("gives a model to who has committed to it, between ten minutes and seven days before", () => {
    const [first, last] = [T0 + COMMITMENT.delay, T0 + COMMITMENT.lifetime];
    for (const at of [first, last]) {
      expect(run(commit("c"), model("a", "m", at)).models.m).to.deep.equal({ creator: "a", version: 1n });
    }
    expectError("TOO_EARLY", () => run(commit("c"), model("a", "m", first - 1n)));
    expectError("TOO_LATE", () => run(commit("c"), model("a", "m", last + 1n)));
    expectError("NOT_FOUND", () => run(model("a", "m", first)));
    expectError("ALREADY_USED", () => run(commit("c"), commit("c", T0 + 1n)));
    expectError("INVALID_BYTES", () => run(commit("c"), model("a", "", first)));
    expectError("ALREADY_USED", () => run(commit("c"), model("a", "m", first), model("b", "m", first)));
  });

  it("counts versions, by the creator of the one before", () => {
    const at = T0 + COMMITMENT.delay;
    const state = run(commit("c"), model("a", "m", at), model("a", "n", at, "m"), model("a", "o", at, "n"));
    expect(state.models.o).to.deep.equal({ creator: "a", version: 3n });
    expectError("WRONG_PARTY", () => stepRegistry(state, model("b", "p", at, "m")));
    expectError("WRONG_PARTY", () => stepRegistry(state, model("a", "p", at, "nothing")));
  });

  it("finds each way in which a registry can be wrong", () => {
    const state = run(register("a"), attest("a", "g"));
    const broken: Registry[] = [
      { ...state, earlyTaken: 3n },
      { ...state, earlyTaken: 0n },
      { ...state, gpus: {} },
    ];
    for (const each of broken) expectError("INVARIANT_BROKEN", () => checkRegistry(each));
    expectError("BELOW_MINIMUM", () => newRegistry(0n, 1n));
    expectError("NEGATIVE", () => newRegistry(1n, -1n));
  });
});
