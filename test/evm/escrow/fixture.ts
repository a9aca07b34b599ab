import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ZeroHash, id, type BaseContract, type ContractTransactionReceipt, type Signer } from "ethers";
import hre from "hardhat";
import {
  committeeSignatures,
  createdJob,
  jobIdOf,
  resultHashOf,
  signOffer,
  verdictBatch,
  type Offer,
  type Submission,
  type Terms,
  type TypedDataSigner,
  type VerdictEntry,
} from "../../../chains/evm/escrow";
import { approve, DAY, deploy, deployStun, HOUR, mined, moveTo, nextAt, now, read, STUN, ZERO } from "../kit";
import { EID, deployWork } from "../work";

export { EID };
export const GRACE = HOUR;
export const VERDICT_TIME = 3n * DAY;
export const MODEL = id("model");
/** Outcomes of a verdict. */
export const VALID = 1n;
export const WRONG = 2n;
export const UNDELIVERED = 3n;
/** How a job ended, as `JobEnded` says it. */
export const ENDING = {
  accepted: 1n,
  unchallenged: 2n,
  valid: 3n,
  proven: 4n,
  silent: 5n,
  wrong: 6n,
  refunded: 7n,
  cancelled: 8n,
} as const;
/** States of a job on chain. */
export const STATE = { none: 0n, open: 1n, assigned: 2n, submitted: 3n, disputed: 4n } as const;

export interface World {
  token: BaseContract;
  staking: BaseContract;
  registry: BaseContract;
  committee: BaseContract;
  /** Holds no key. */
  proofs: BaseContract;
  escrow: BaseContract;
  /** An allowed asset of 6 decimals that can turn hostile. */
  stable: BaseContract;
  /** Address of the escrow. */
  at: string;
  owner: HardhatEthersSigner;
  guardian: HardhatEthersSigner;
  /** Holds STUN and the stable asset and has approved both. */
  payer: HardhatEthersSigner;
  /** Two bonded, registered providers: the first has a referrer. */
  provider: HardhatEthersSigner;
  rescuer: HardhatEthersSigner;
  referrer: HardhatEthersSigner;
  creator: HardhatEthersSigner;
  treasury: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  /** Five members, ascending; three sign. */
  members: HardhatEthersSigner[];
}

/** A job in a state, with all that acting on it takes. */
export interface Placed {
  jobId: string;
  nonce: bigint;
  terms: Terms;
  submission: Submission;
}

async function setUp(): Promise<World> {
  const signers = await hre.ethers.getSigners();
  const [owner, guardian, payer, provider, rescuer, referrer, creator, treasury, stranger, ...rest] = signers;
  if (!owner || !guardian || !payer || !provider || !rescuer || !referrer || !creator || !treasury || !stranger) {
    throw new Error("The network has too few accounts.");
  }
  const members = rest.slice(0, 5).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const token = await deployStun(owner);
  const { staking, committee, registry, proofs, escrow } = await deployWork(token, {
    owner: owner.address,
    guardian: guardian.address,
    treasury: treasury.address,
    members: members.map((m) => m.address),
    threshold: 3n,
    earlyRanks: 100n,
  });
  const at = await escrow.getAddress();
  const stable = await deploy("HostileToken", 6n);
  await mined(owner, escrow, "setAsset", await stable.getAddress(), true);
  await mined(owner, stable, "mint", payer.address, 10n ** 15n);
  await mined(owner, token, "transfer", payer.address, 10_000_000n * STUN);
  await approve(token, payer, escrow);
  await approve(stable, payer, escrow);
  for (const who of [provider, rescuer]) await bondProvider({ owner, token, staking, at }, who, 100_000n * STUN);
  await mined(provider, registry, "register", "https://provider.example", referrer.address);
  await mined(rescuer, registry, "register", "https://rescuer.example", ZERO);
  await registerModels({ registry }, creator, [MODEL]);
  return {
    token,
    staking,
    registry,
    committee,
    proofs,
    escrow,
    stable,
    at,
    owner,
    guardian,
    payer,
    provider,
    rescuer,
    referrer,
    creator,
    treasury,
    stranger,
    members,
  };
}

/** Makes `creator` the first registrant of models: commits to all, waits, registers. */
export async function registerModels(w: Pick<World, "registry">, creator: Signer, models: string[]): Promise<void> {
  const by = await creator.getAddress();
  for (const model of models) {
    const commitment = await read<string>(w.registry, "commitmentOf", model, by, ZeroHash);
    await mined(creator, w.registry, "commitModel", commitment);
  }
  await moveTo((await now()) + 600n);
  for (const model of models) await mined(creator, w.registry, "registerModel", model, ZeroHash, ZeroHash);
}

/** Gives a provider a position of `principal` bonded to the escrow. */
export async function bondProvider(
  w: Pick<World, "owner" | "token" | "staking" | "at">,
  who: Signer,
  principal: bigint,
): Promise<void> {
  await mined(w.owner, w.token, "transfer", await who.getAddress(), principal);
  await approve(w.token, who, w.staking);
  const position = await read<bigint>(w.staking.connect(who) as BaseContract, "open", principal, 730n * DAY, 0n);
  await mined(who, w.staking, "open", principal, 730n * DAY, 0n);
  await mined(who, w.staking, "bond", position, w.at);
}

/** A chain with an escrow, real staking and a real committee of five. */
export function world(): Promise<World> {
  return loadFixture(setUp);
}

/** Terms in STUN: 100 units at 1 STUN, a budget of 100, a bond of 1,000. */
export async function termsIn(w: World, change: Partial<Terms> = {}): Promise<Terms> {
  return {
    specHash: id("spec"),
    verifier: 1n,
    verifierConfigHash: id("reexecute"),
    asset: await w.token.getAddress(),
    unitPrice: STUN,
    maxUnits: 100n,
    budget: 100n * STUN,
    bond: 1_000n * STUN,
    modelId: MODEL,
    workSeconds: HOUR,
    challengeSeconds: 2n * HOUR,
    finalSeconds: 2n * DAY,
    attested: false,
    ...change,
  };
}

export async function chainId(): Promise<bigint> {
  return (await hre.ethers.provider.getNetwork()).chainId;
}

/** An offer of `provider`, good for a day. */
export async function offered(
  w: World,
  terms: Terms,
  change: { nonce?: bigint; expiry?: bigint; payer?: string; provider?: TypedDataSigner } = {},
): Promise<Offer> {
  const { nonce = 0n, expiry = (await now()) + DAY, payer, provider = w.provider } = change;
  return signOffer(provider, { chainId: await chainId(), escrow: w.at }, { terms, nonce, expiry, payer });
}

/** The job that a transaction created. */
export function placed(w: World, receipt: ContractTransactionReceipt, terms: Terms): Placed {
  const { jobId, payerNonce } = createdJob(receipt, w.at);
  return { jobId, nonce: payerNonce, terms, submission: { resultHash: ZeroHash, units: 0n } };
}

/** A job that anybody may accept. */
export async function posted(w: World, change: Partial<Terms> = {}): Promise<Placed> {
  const terms = await termsIn(w, change);
  return placed(w, await mined(w.payer, w.escrow, "post", terms, false), terms);
}

/** The same, accepted by the provider. */
export async function assigned(w: World, change: Partial<Terms> = {}, by = w.provider): Promise<Placed> {
  const job = await posted(w, change);
  await mined(by, w.escrow, "accept", w.payer.address, job.nonce, job.terms);
  return job;
}

/** Submits `units` for the job's current assignment. */
export async function submitFor(w: World, job: Placed, units: bigint, by: Signer = w.provider): Promise<Placed> {
  const { attempt } = await jobOf(w, job);
  const resultHash = resultHashOf(job.jobId, attempt, await by.getAddress(), id("output"));
  const submission = { resultHash, units };
  await mined(by, w.escrow, "submit", w.payer.address, job.nonce, job.terms, submission);
  return { ...job, submission };
}

/** The same, with `units` submitted. */
export async function submitted(w: World, change: Partial<Terms> = {}, units = 80n): Promise<Placed> {
  return submitFor(w, await assigned(w, change), units);
}

/** The same, disputed by the payer. */
export async function disputed(w: World, change: Partial<Terms> = {}, units = 80n): Promise<Placed> {
  const job = await submitted(w, change, units);
  await mined(w.payer, w.escrow, "dispute", job.nonce, job.terms, job.submission);
  return job;
}

export interface JobView {
  commitment: string;
  state: bigint;
  provider: string;
  attempt: bigint;
  bounties: bigint;
  created: bigint;
  since: bigint;
}

export function jobOf(w: World, job: Pick<Placed, "jobId">): Promise<JobView> {
  return read<JobView>(w.escrow, "jobOf", job.jobId);
}

/** Arguments by which anybody names a job before submission: payer, nonce, terms. */
export function open(w: World, job: Placed): [string, bigint, Terms] {
  return [w.payer.address, job.nonce, job.terms];
}

/** Arguments by which anybody names a submitted job: payer, nonce, terms, submission. */
export function named(w: World, job: Placed): [string, bigint, Terms, Submission] {
  return [w.payer.address, job.nonce, job.terms, job.submission];
}

/** A verdict on the job's current assignment. */
export async function verdictOn(
  w: World,
  job: Placed,
  outcome: bigint,
  units = job.submission.units,
): Promise<VerdictEntry> {
  const { attempt, provider } = await jobOf(w, job);
  return {
    payer: w.payer.address,
    payerNonce: job.nonce,
    attempt,
    provider,
    outcome,
    units,
    submission: job.submission,
    terms: job.terms,
  };
}

/** Arguments of `applyVerdicts`, signed by the first three members. */
export async function signedBatch(
  w: World,
  entries: VerdictEntry[],
  signers = w.members.slice(0, 3),
): Promise<[VerdictEntry[], bigint, string]> {
  const { verdicts, root } = verdictBatch(EID, w.at, entries);
  const version = await read<bigint>(w.committee, "version");
  const at = { chainId: await chainId(), committee: await w.committee.getAddress(), target: w.at, version };
  return [verdicts, version, await committeeSignatures(signers, at, "JobVerdicts", { root })];
}

/** Lets the committee judge one job. */
export async function judged(
  w: World,
  job: Placed,
  outcome: bigint,
  units?: bigint,
): Promise<ContractTransactionReceipt> {
  const batch = await signedBatch(w, [await verdictOn(w, job, outcome, units)]);
  return mined(w.stranger, w.escrow, "applyVerdicts", ...batch);
}

/** What an account may withdraw in STUN, or in another asset. */
export async function creditOf(w: World, account: { address: string }, asset = w.token): Promise<bigint> {
  return read<bigint>(w.escrow, "creditOf", await asset.getAddress(), account.address);
}

/** STUN that the escrow can pay: its balance and what staking keeps of slashes for it. */
export async function held(w: Pick<World, "token" | "staking" | "at">): Promise<bigint> {
  const [, owed] = await read<[bigint, bigint]>(w.staking, "slashedAt", w.at);
  return (await read<bigint>(w.token, "balanceOf", w.at)) + owed;
}

/** What is locked of a provider's bond. */
export async function lockedOf(w: World, provider: { address: string }): Promise<bigint> {
  return (await read<{ locked: bigint }>(w.staking, "bondOf", provider.address)).locked;
}

/** The next transaction happens `seconds` after the job came into its state. */
export async function after(w: World, job: Placed, seconds: bigint): Promise<void> {
  await nextAt((await jobOf(w, job)).since + seconds);
}

/** Name of a payer's `nonce`-th job. */
export function idOf(w: World, nonce: bigint, payer = w.payer): string {
  return jobIdOf(EID, w.at, payer.address, nonce);
}
