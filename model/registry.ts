import { amount } from "./check";
import { DAY } from "./constants";
import { mustEqual, mustNotExceed, refuse, transition, type Step } from "./machine";
import { EARLY_SECONDS } from "./rewards";
import { MIN_BONDED_STAKE } from "./staking";

/** Longest validity of a tier attestation, in seconds. */
export const MAX_ATTESTATION = 90n * DAY;
/** Least and longest time from a model's commitment to its registration, in seconds. */
export const COMMITMENT = { delay: 600n, lifetime: 7n * DAY } as const;

/** Providers, their GPUs, and models of one chain. Accounts, GPUs and models by any text that names them. */
export interface Registry {
  /** 10^decimals of STUN. */
  readonly unit: bigint;
  /** How many providers get an early rank. */
  readonly earlyRanks: bigint;
  earlyTaken: bigint;
  /** `earlyUntil` is 0 without an early rank. */
  providers: Record<string, { referrer: string | null; earlyUntil: bigint; gpus: bigint }>;
  gpus: Record<string, { provider: string; tier: bigint; expiry: bigint }>;
  models: Record<string, { creator: string; version: bigint }>;
  /** When each commitment was made. */
  commitments: Record<string, bigint>;
}

/** Everything that can happen to a registry. */
export type RegistryAction =
  | { type: "register"; at: bigint; by: string; referrer: string | null }
  | { type: "setEndpoint"; at: bigint; by: string }
  /** By a quorum's signatures. `bonded` is what the provider has bonded, 0 when it is leaving. */
  | { type: "attest"; at: bigint; provider: string; gpu: string; tier: bigint; expiry: bigint; bonded: bigint }
  | { type: "commitModel"; at: bigint; commitment: string }
  /** `commitment` is the one over the model, who registers it, and its salt. */
  | { type: "registerModel"; at: bigint; by: string; model: string; previous: string | null; commitment: string };

/** What an action causes. */
export type RegistryEffect = { type: "earlyRank"; provider: string; rank: bigint; until: bigint };

/** A registry that knows nobody. Errors: NEGATIVE, BELOW_MINIMUM. */
export function newRegistry(unit: bigint, earlyRanks: bigint): Registry {
  amount("unit", unit, 1n);
  amount("earlyRanks", earlyRanks);
  return { unit, earlyRanks, earlyTaken: 0n, providers: {}, gpus: {}, models: {}, commitments: {} };
}

/**
 * One action of a registry: what is first stays first. A referrer is fixed at registration, a GPU belongs to the provider of its first
 * attestation, a model to its first registrant; an early rank is given at a provider's first attestation, which needs 1,000 STUN bonded.
 * Errors: ALREADY_USED, NOT_ALLOWED, NOT_FOUND, INVALID_TIER, INVALID_BYTES, TOO_LATE, TOO_EARLY, ABOVE_MAXIMUM, MISMATCH, INSUFFICIENT,
 * WRONG_PARTY. Source: protocol, Modules, Registry; economics, Provider rewards of one epoch.
 */
export function stepRegistry(registry: Registry, action: RegistryAction): Step<Registry, RegistryEffect> {
  return transition<Registry, RegistryEffect>(registry, (draft, emit) => {
    switch (action.type) {
      case "register":
        if (draft.providers[action.by]) refuse("ALREADY_USED", `${action.by} is registered.`, { by: action.by });
        if (action.referrer === action.by)
          refuse("NOT_ALLOWED", `${action.by} cannot refer itself.`, { by: action.by });
        draft.providers[action.by] = { referrer: action.referrer, earlyUntil: 0n, gpus: 0n };
        return;
      case "setEndpoint":
        providerOf(draft, action.by);
        return;
      case "attest":
        return attest(draft, action, emit);
      case "commitModel":
        if (draft.commitments[action.commitment] !== undefined)
          refuse("ALREADY_USED", "The commitment was made before.");
        draft.commitments[action.commitment] = action.at;
        return;
      case "registerModel":
        return registerModel(draft, action);
    }
  });
}

/** The rules of a registry at any time. Errors: INVARIANT_BROKEN. */
export function checkRegistry(registry: Registry): void {
  mustNotExceed("early ranks given ≤ early ranks", registry.earlyTaken, registry.earlyRanks);
  const early = Object.values(registry.providers).filter((each) => each.earlyUntil > 0n);
  mustEqual("early ranks = early providers", registry.earlyTaken, BigInt(early.length));
  for (const [name, { gpus }] of Object.entries(registry.providers)) {
    const owned = Object.values(registry.gpus).filter((gpu) => gpu.provider === name);
    mustEqual("GPUs are counted", gpus, BigInt(owned.length));
  }
}

type Of<Type extends RegistryAction["type"]> = Extract<RegistryAction, { type: Type }>;

function attest(registry: Registry, action: Of<"attest">, emit: (effect: RegistryEffect) => void): void {
  const { at, provider: name, gpu: id, tier, expiry } = action;
  const provider = providerOf(registry, name);
  if (tier < 1n || tier > 4n) refuse("INVALID_TIER", `tier is ${tier}: choose 1, 2, 3 or 4.`, { tier });
  const latest = at + MAX_ATTESTATION;
  if (expiry <= at || expiry > latest) {
    refuse(expiry <= at ? "TOO_LATE" : "ABOVE_MAXIMUM", `The expiry ${expiry} is not within 90 days.`, {
      ...{ expiry, earliest: at + 1n, latest },
    });
  }
  const known = registry.gpus[id];
  if (known && known.provider !== name) refuse("ALREADY_USED", `GPU ${id} is ${known.provider}'s.`, { id });
  if (known && expiry <= known.expiry) {
    refuse("MISMATCH", `A later attestation of GPU ${id} is known.`, { expiry, known: known.expiry });
  }
  registry.gpus[id] = { provider: name, tier, expiry };
  if (known) return;
  if (provider.gpus === 0n) {
    const min = MIN_BONDED_STAKE * registry.unit;
    if (action.bonded < min) {
      refuse("INSUFFICIENT", `${name} has bonded ${action.bonded}, less than ${min}.`, {
        principal: action.bonded,
        min,
      });
    }
    if (registry.earlyTaken < registry.earlyRanks) {
      registry.earlyTaken += 1n;
      provider.earlyUntil = at + EARLY_SECONDS;
      emit({ type: "earlyRank", provider: name, rank: registry.earlyTaken, until: provider.earlyUntil });
    }
  }
  provider.gpus += 1n;
}

function registerModel(registry: Registry, action: Of<"registerModel">): void {
  const { at, by, model, previous, commitment } = action;
  if (model === "") refuse("INVALID_BYTES", "The content hash is zero.");
  const taken = registry.models[model];
  if (taken) refuse("ALREADY_USED", `The model is ${taken.creator}'s.`, { creator: taken.creator });
  const committedAt = registry.commitments[commitment];
  if (committedAt === undefined) return refuse("NOT_FOUND", "There is no such commitment.", { committedAt: 0n });
  if (at < committedAt + COMMITMENT.delay) refuse("TOO_EARLY", "The commitment is too young.", { committedAt });
  if (at > committedAt + COMMITMENT.lifetime) refuse("TOO_LATE", "The commitment is too old.", { committedAt });
  const before = previous === null ? undefined : registry.models[previous];
  if (previous !== null && before?.creator !== by) {
    refuse("WRONG_PARTY", `${by} has not made the version before.`, { previous });
  }
  registry.models[model] = { creator: by, version: (before?.version ?? 0n) + 1n };
}

function providerOf(registry: Registry, name: string): Registry["providers"][string] {
  return registry.providers[name] ?? refuse("NOT_FOUND", `${name} is not registered.`, { name });
}
