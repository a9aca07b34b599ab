import { accountWord, bytes32, keccak, toHex, uintWord, type Bytes, type Hex } from "./bytes";
import { amount, integer, type Integer } from "./check";
import { typedDataDigest, type StructMessage, type StructType } from "./eip712";
import { ModelError } from "./errors";
import { merkleRoot } from "./merkle";

/** Bounds of a committee: at most 13 members, at most 7 signatures, and more than half of the members must sign. */
export const COMMITTEE = { maxMembers: 13, maxThreshold: 7 } as const;
/** Most verdicts that one signed root covers. */
export const MAX_BATCH = 256;
/** What a verdict says. */
export const OUTCOME = { valid: 1n, wrong: 2n, undelivered: 3n } as const;

const HEAD: StructType = [
  { name: "target", type: "bytes32" },
  { name: "version", type: "uint64" },
];

/** The structs that a committee signs; the first two members bind the module and the committee's version. */
export const COMMITTEE_TYPES = {
  JobVerdicts: [...HEAD, { name: "root", type: "bytes32" }],
  EpochReport: [
    ...HEAD,
    { name: "epoch", type: "uint32" },
    { name: "root", type: "bytes32" },
    { name: "total", type: "uint256" },
    { name: "previousRoot", type: "bytes32" },
    { name: "datasetHash", type: "bytes32" },
  ],
  TierAttestation: [
    ...HEAD,
    { name: "provider", type: "bytes32" },
    { name: "gpuId", type: "bytes32" },
    { name: "tier", type: "uint8" },
    { name: "expiry", type: "uint64" },
  ],
  PriceReport: [
    ...HEAD,
    { name: "asset", type: "bytes32" },
    { name: "price", type: "uint256" },
    { name: "time", type: "uint64" },
  ],
} as const satisfies Record<string, StructType>;

/** Name of a struct that a committee signs. */
export type CommitteeType = keyof typeof COMMITTEE_TYPES;

/** Domain of a committee: its chain and its module; name and version are the same everywhere. */
export interface CommitteeDomain {
  /** Chain id; on Solana and TON the LayerZero endpoint id. */
  chainId: Integer;
  /** The committee module, 20 bytes; on Solana and TON `foreignContract` of it. */
  verifyingContract: Bytes;
  /** "STUN Committee" when given. */
  name?: string;
  /** "1" when given. */
  version?: string;
}

/**
 * The EIP-712 digest that members of a committee sign.
 * Errors: INVALID_TYPE for an unknown type, a missing or unknown member or another domain's name; INVALID_BYTES, NEGATIVE,
 * ABOVE_MAXIMUM for values outside their member's type. Source: protocol, Committee signatures.
 */
export function committeeDigest(domain: CommitteeDomain, type: CommitteeType, message: StructMessage): Hex {
  const members = Object.hasOwn(COMMITTEE_TYPES, type) ? COMMITTEE_TYPES[type] : undefined;
  if (members === undefined) {
    const known = Object.keys(COMMITTEE_TYPES).join(", ");
    throw new ModelError("INVALID_TYPE", `A committee signs no '${String(type)}': choose from ${known}.`, {
      type: String(type),
    });
  }
  const { name = "STUN Committee", version = "1", chainId, verifyingContract } = domain;
  if (name !== "STUN Committee" || version !== "1") {
    throw new ModelError(
      "INVALID_TYPE",
      `The domain is '${name}' version '${version}': a committee's is 'STUN Committee' version '1'.`,
      {
        name,
        version,
      },
    );
  }
  return typedDataDigest({ name, version, chainId, verifyingContract }, type, members, message);
}

/** One outcome of one assignment of a job. */
export interface Verdict {
  jobId: Bytes;
  attempt: Integer;
  /** 32 bytes, or an EVM address of 20 bytes. */
  provider: Bytes;
  /** 1 Valid, 2 Wrong, 3 Undelivered. */
  outcome: Integer;
  /** Units that were really delivered. */
  units: bigint;
  resultHash: Bytes;
}

/**
 * Leaf of a batch of verdicts: keccak256(keccak256(abi.encode(bytes32 jobId, uint8 attempt, bytes32 provider, uint8 outcome,
 * uint64 units, bytes32 resultHash))). Errors: INVALID_BYTES, NEGATIVE, BELOW_MINIMUM, ABOVE_MAXIMUM.
 */
export function verdictLeaf(verdict: Verdict): Hex {
  amount("outcome", integer("outcome", verdict.outcome), 1n, 3n);
  return toHex(
    keccak(
      keccak(
        bytes32("jobId", verdict.jobId),
        uintWord("attempt", verdict.attempt, 8),
        accountWord("provider", verdict.provider),
        uintWord("outcome", verdict.outcome, 8),
        uintWord("units", verdict.units, 64),
        bytes32("resultHash", verdict.resultHash),
      ),
    ),
  );
}

/**
 * Root over a batch of verdicts, in StandardMerkleTree's layout: leaves sorted by hash. A list that is given to a contract in
 * ascending order of its leaves has this root. Errors: EMPTY_TREE, ABOVE_MAXIMUM above 256 verdicts, as verdictLeaf.
 */
export function verdictRoot(verdicts: readonly Verdict[]): Hex {
  amount("verdicts", BigInt(verdicts.length), 0n, BigInt(MAX_BATCH));
  return merkleRoot(verdicts.map(verdictLeaf));
}

/** Checks the size of a committee: 1 ≤ k ≤ 7, n ≤ 13, 2k > n ≥ k. Errors: BELOW_MINIMUM, ABOVE_MAXIMUM. */
export function checkCommitteeSize(members: number, threshold: number): void {
  const n = amount("members", integer("members", members), 1n, BigInt(COMMITTEE.maxMembers));
  amount("threshold", integer("threshold", threshold), n / 2n + 1n, n < 7n ? n : BigInt(COMMITTEE.maxThreshold));
}
