import { accountWord, bytes32, keccak, toHex, uintWord, type Bytes, type Hex } from "./bytes";
import { amount, integer, type Integer } from "./check";
import { DAY } from "./constants";
import { typedDataDigest, type Domain, type StructType } from "./eip712";

// Source: protocol, A job; economics, Bond and slashing.

/** Time after a deadline in which a provider may still submit, in seconds. */
export const GRACE = 3_600n;
/** Time that the committee has after a dispute, or after the challenge window of an attested job, in seconds. */
export const VERDICT_TIME = 3n * DAY;
/** Most assignments of one job. */
export const MAX_ATTEMPTS = 3n;
/** Dispute stake, in basis points of the budget. */
export const DISPUTE_BPS = 500n;
/** Slash for a missed deadline, in basis points of the bond. */
export const MISSED_BPS = 1_000n;
/** By how much a provider's units may exceed the verdict's, in basis points of these. */
export const OVERCLAIM_BPS = 1_000n;
/** The longest that a job's money can stay, whoever is silent: 21 + 3 + 3 days. */
export const LONGEST_JOB = 27n * DAY;
/** Who judges: a committee with a deterministic policy, one with a scored policy (it never slashes), a zk proof. */
export const VERIFIER = { committee: 1n, scored: 2n, zk: 3n } as const;

/** Bounds of the terms, in seconds. */
export const TERM_BOUNDS = {
  workSeconds: { min: 600n, max: 604_800n },
  challengeSeconds: { min: 3_600n, max: 259_200n },
  finalSeconds: { max: 1_814_400n },
} as const;

/** What payer and provider agree on. Amounts in base units, times in seconds. */
export interface JobTerms {
  specHash: Bytes;
  verifier: Integer;
  verifierConfigHash: Bytes;
  /** Token of the price: 32 bytes, or an EVM address. */
  asset: Bytes;
  unitPrice: bigint;
  maxUnits: bigint;
  budget: bigint;
  /** STUN of the provider that is locked. */
  bond: bigint;
  /** Zero for none. */
  modelId: Bytes;
  workSeconds: bigint;
  challengeSeconds: bigint;
  finalSeconds: bigint;
  attested: boolean;
}

/**
 * Checks terms. `unit` is 10^decimals of STUN on the chain: a bond is at least one STUN.
 * Errors: BELOW_MINIMUM, ABOVE_MAXIMUM, NEGATIVE, INVALID_BYTES.
 */
export function checkTerms(terms: JobTerms, unit: bigint): void {
  bytes32("specHash", terms.specHash);
  bytes32("verifierConfigHash", terms.verifierConfigHash);
  bytes32("modelId", terms.modelId);
  accountWord("asset", terms.asset);
  amount("verifier", integer("verifier", terms.verifier), 1n, 3n);
  amount("unitPrice", terms.unitPrice, 1n, (1n << 128n) - 1n);
  amount("maxUnits", terms.maxUnits, 1n, (1n << 64n) - 1n);
  amount("budget", terms.budget, 1n, (1n << 96n) - 1n);
  amount("bond", terms.bond, unit, (1n << 96n) - 1n);
  amount("workSeconds", terms.workSeconds, TERM_BOUNDS.workSeconds.min, TERM_BOUNDS.workSeconds.max);
  const { min, max } = TERM_BOUNDS.challengeSeconds;
  amount("challengeSeconds", terms.challengeSeconds, min, max);
  amount("finalSeconds", terms.finalSeconds, terms.workSeconds + GRACE, TERM_BOUNDS.finalSeconds.max);
}

/** keccak256(abi.encode(terms)): thirteen words, on every chain. Errors: as the words. */
export function termsHash(terms: JobTerms): Hex {
  return toHex(
    keccak(
      bytes32("specHash", terms.specHash),
      uintWord("verifier", terms.verifier, 8),
      bytes32("verifierConfigHash", terms.verifierConfigHash),
      accountWord("asset", terms.asset),
      uintWord("unitPrice", terms.unitPrice, 128),
      uintWord("maxUnits", terms.maxUnits, 64),
      uintWord("budget", terms.budget, 96),
      uintWord("bond", terms.bond, 96),
      bytes32("modelId", terms.modelId),
      uintWord("workSeconds", terms.workSeconds, 32),
      uintWord("challengeSeconds", terms.challengeSeconds, 32),
      uintWord("finalSeconds", terms.finalSeconds, 32),
      uintWord("attested", terms.attested ? 1n : 0n, 8),
    ),
  );
}

/** Id of a payer's job: keccak256(abi.encode(uint32 eid, escrow, payer, uint64 payerNonce)). */
export function jobId(eid: Integer, escrow: Bytes, payer: Bytes, payerNonce: Integer): Hex {
  return toHex(
    keccak(
      uintWord("eid", eid, 32),
      accountWord("escrow", escrow),
      accountWord("payer", payer),
      uintWord("payerNonce", payerNonce, 64),
    ),
  );
}

/** What a provider submits: keccak256(abi.encode(jobId, uint8 attempt, provider, outputHash)). */
export function resultHash(id: Bytes, attempt: Integer, provider: Bytes, outputHash: Bytes): Hex {
  return toHex(
    keccak(
      bytes32("jobId", id),
      uintWord("attempt", attempt, 8),
      accountWord("provider", provider),
      bytes32("outputHash", outputHash),
    ),
  );
}

/** What a provider signs to be assigned by whoever holds it. */
export interface JobOffer {
  /** termsHash of the terms. */
  terms: Bytes;
  /** Who may use it; the zero address for anybody. */
  payer: Bytes;
  nonce: Integer;
  /** Unix seconds; dead from then on. */
  expiry: Integer;
}

const OFFER: StructType = [
  { name: "terms", type: "bytes32" },
  { name: "payer", type: "address" },
  { name: "nonce", type: "uint64" },
  { name: "expiry", type: "uint64" },
];

/** The EIP-712 digest of an offer, in the domain of the escrow: name "STUN Escrow", version "1". Errors: as the members. */
export function offerDigest(domain: Pick<Domain, "chainId" | "verifyingContract">, offer: JobOffer): Hex {
  return typedDataDigest({ name: "STUN Escrow", version: "1", ...domain }, "Offer", OFFER, { ...offer });
}
