// The job escrow's data as wallets, payers, providers and oracles build it: terms and their hash, ids, signed offers,
// verdict batches and the committee's signatures. Contract calls take these objects as they are.
import {
  AbiCoder,
  Interface,
  Signature,
  ZeroAddress,
  getAddress,
  keccak256,
  zeroPadValue,
  type TransactionReceipt,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
import { StunError } from "../errors";
import { COMMITTEE_TYPES, verdictLeaf, verdictRoot } from "../../model";

const coder = AbiCoder.defaultAbiCoder();

/** What payer and provider agree on; amounts in base units, durations in seconds, hashes and ids 32 bytes. */
export interface Terms {
  specHash: string;
  /** 1 committee, deterministic; 2 committee, scored; 3 zk proof. */
  verifier: bigint;
  verifierConfigHash: string;
  asset: string;
  unitPrice: bigint;
  maxUnits: bigint;
  budget: bigint;
  /** STUN of the provider that is locked, at least 1 STUN. */
  bond: bigint;
  /** Zero for none. */
  modelId: string;
  workSeconds: bigint;
  challengeSeconds: bigint;
  finalSeconds: bigint;
  /** The job waits for a verdict. */
  attested: boolean;
}

/** What a provider submitted. */
export interface Submission {
  resultHash: string;
  units: bigint;
}

/** An offer as `JobEscrow.create` takes it. */
export interface Offer {
  /** The zero address lets anybody use it. */
  payer: string;
  nonce: bigint;
  /** Unix seconds; dead from then on. */
  expiry: bigint;
  r: string;
  vs: string;
}

/** One leaf of a batch as `JobEscrow.applyVerdicts` takes it. */
export interface VerdictEntry {
  payer: string;
  payerNonce: bigint;
  attempt: bigint;
  provider: string;
  /** 1 Valid, 2 Wrong, 3 Undelivered. */
  outcome: bigint;
  units: bigint;
  submission: Submission;
  terms: Terms;
}

/** A job that a transaction created. */
export interface CreatedJob {
  jobId: string;
  payer: string;
  payerNonce: bigint;
  terms: Terms;
}

/** Signs typed data: an ethers wallet or signer. */
export interface TypedDataSigner {
  getAddress(): Promise<string>;
  signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string>;
}

const TERMS =
  "tuple(bytes32 specHash,uint8 verifier,bytes32 verifierConfigHash,address asset,uint128 unitPrice,uint64 maxUnits," +
  "uint96 budget,uint96 bond,bytes32 modelId,uint32 workSeconds,uint32 challengeSeconds,uint32 finalSeconds," +
  "bool attested)";
const CREATED = new Interface([
  `event JobCreated(bytes32 indexed jobId, address indexed payer, address indexed provider, uint64 payerNonce, ${TERMS} terms)`,
]);

/** EIP-712 type of an offer. */
export const OFFER_TYPES: Record<string, TypedDataField[]> = {
  Offer: [
    { name: "terms", type: "bytes32" },
    { name: "payer", type: "address" },
    { name: "nonce", type: "uint64" },
    { name: "expiry", type: "uint64" },
  ],
};

/** Domain of the offers that an escrow takes. */
export function offerDomain(chainId: bigint, escrow: string): TypedDataDomain {
  return { name: "STUN Escrow", version: "1", chainId, verifyingContract: escrow };
}

/** `keccak256(abi.encode(terms))`, what the escrow stores of the terms. */
export function termsHash(terms: Terms): string {
  return keccak256(coder.encode([TERMS], [terms]));
}

/** What is locked at creation: the budget and the dispute stake of 500 BPS of it, rounded down. */
export function lockedAmount(budget: bigint): bigint {
  return budget + (budget * 500n) / 10_000n;
}

/** The id of a payer's job on the chain with LayerZero endpoint id `eid`. */
export function jobIdOf(eid: number, escrow: string, payer: string, payerNonce: bigint): string {
  return keccak256(coder.encode(["uint32", "address", "address", "uint64"], [eid, escrow, payer, payerNonce]));
}

/** What a provider submits for the output with this hash. */
export function resultHashOf(jobId: string, attempt: bigint, provider: string, outputHash: string): string {
  return keccak256(coder.encode(["bytes32", "uint8", "address", "bytes32"], [jobId, attempt, provider, outputHash]));
}

/**
 * Signs an offer for these terms. Contract wallets cannot sign offers.
 * @param at Chain id and address of the escrow.
 * @param offer `nonce` from `JobEscrow.offerWindow(provider).floor` on, each once; `payer` may be left out.
 */
export async function signOffer(
  signer: TypedDataSigner,
  at: { chainId: bigint; escrow: string },
  offer: { terms: Terms; nonce: bigint; expiry: bigint; payer?: string },
): Promise<Offer> {
  const { nonce, expiry, payer = ZeroAddress } = offer;
  const message = { terms: termsHash(offer.terms), payer, nonce, expiry };
  const signed = Signature.from(await signer.signTypedData(offerDomain(at.chainId, at.escrow), OFFER_TYPES, message));
  return { payer, nonce, expiry, r: signed.r, vs: signed.yParityAndS };
}

/** Sorts verdicts as the escrow takes them and gives the root that a committee signs. Errors: none or more than 256. */
export function verdictBatch(
  eid: number,
  escrow: string,
  verdicts: readonly VerdictEntry[],
): { verdicts: VerdictEntry[]; root: string } {
  const leaves = verdicts.map((verdict) => {
    const jobId = jobIdOf(eid, escrow, verdict.payer, verdict.payerNonce);
    const { attempt, provider, outcome, units, submission } = verdict;
    const leaf = { jobId, attempt, provider, outcome, units, resultHash: submission.resultHash };
    return { verdict, leaf, hash: verdictLeaf(leaf) };
  });
  leaves.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return { verdicts: leaves.map(({ verdict }) => verdict), root: verdictRoot(leaves.map(({ leaf }) => leaf)) };
}

/**
 * A committee's signatures of one struct, joined as `ICommittee` takes them: 65 bytes each, ascending by signer.
 * @param at Chain id, committee, and the module that the struct is for.
 * @param message The struct without target and version.
 */
export async function committeeSignatures(
  signers: readonly TypedDataSigner[],
  at: { chainId: bigint; committee: string; target: string; version: bigint },
  type: keyof typeof COMMITTEE_TYPES,
  message: Record<string, unknown>,
): Promise<string> {
  const domain = { name: "STUN Committee", version: "1", chainId: at.chainId, verifyingContract: at.committee };
  const types = { [type]: [...COMMITTEE_TYPES[type]] };
  const value = { target: zeroPadValue(at.target, 32), version: at.version, ...message };
  const signed = await Promise.all(
    signers.map(async (signer) => ({
      by: BigInt(await signer.getAddress()),
      signature: await signer.signTypedData(domain, types, value),
    })),
  );
  signed.sort((a, b) => (a.by < b.by ? -1 : 1));
  return `0x${signed.map(({ signature }) => signature.slice(2)).join("")}`;
}

/** The job that a transaction to the escrow created. Errors: it created none. */
export function createdJob(receipt: TransactionReceipt, escrow: string): CreatedJob {
  const at = getAddress(escrow);
  for (const log of receipt.logs) {
    if (log.address !== at) continue;
    const event = CREATED.parseLog(log);
    if (event) {
      const { jobId, payer, payerNonce, terms } = event.args.toObject() as unknown as CreatedJob;
      const named = (terms as unknown as { toObject(): Terms }).toObject();
      return { jobId, payer, payerNonce, terms: named };
    }
  }
  throw new StunError(
    `Transaction ${receipt.hash} created no job of the escrow ${at}: pass the receipt of post or create.`,
  );
}
