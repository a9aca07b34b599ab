// One job from its terms to the last unit of its price.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ZeroHash, id, type Contract } from "ethers";
import { contractAt, transact } from "../../chains/evm/client";
import { committeeSignatures, createdJob, resultHashOf, signOffer, type Terms } from "../../chains/evm/escrow";
import { StunError } from "../../chains/errors";
import type { EvmChain } from "../../localnet/evm";
import { localKey, localWallet } from "../../localnet/keys";
import { DAY, splitPrice } from "../../model";
import { ContentStore } from "../../oracle/content";
import { SignatureJournal } from "../../oracle/journal";
import { OracleNode } from "../../oracle/node";
import { reexecute } from "../../oracle/reexecute";
import { keySigner } from "../../oracle/signer";
import { encodeSpec, REEXECUTE } from "../../oracle/spec";
import { runModule } from "../../oracle/wasm/run";
import type { JobReport } from "./result";

const STUN = 10n ** 18n;
/** The three members of the committee that run an oracle here. */
const ORACLES = ["oracle1", "oracle2", "oracle3"];
/** How long the chain waits for one oracle before the next one leads, in seconds. */
const LEADER_SECONDS = 60;

/** Where work happens: a chain and the contracts of the deploy engine on it. */
export interface Workplace {
  chain: EvmChain;
  addresses: Readonly<Record<string, string>>;
}

/** What is to be computed. */
export interface Task {
  module: Uint8Array;
  input: Uint8Array;
  maxUnits: bigint;
}

/** Sends one transaction of a role and waits for it. */
export async function act(
  place: Workplace,
  role: string,
  key: string,
  name: string,
  method: string,
  ...args: unknown[]
) {
  const contract = contractAt(name, place.addresses[key]!, place.chain.signer(role));
  return transact(`${method} as ${role}`, contract.getFunction(method).send(...args));
}

export function view(place: Workplace, key: string, name: string): Contract {
  return contractAt(name, place.addresses[key]!, place.chain.provider);
}

/** The provider bonds a position, registers with a referrer and has its GPU attested; a creator registers a model. */
export async function prepareProvider(place: Workplace, model: string): Promise<void> {
  const { addresses, chain } = place;
  const token = view(place, "token", chain.name === "ethereum" ? "StunToken" : "StunOFT");
  const principal = (await token.getFunction("balanceOf")(localWallet("provider").address)) as bigint;
  await act(place, "provider", "token", "StunOFT", "approve", addresses.staking, principal);
  const open = contractAt("Staking", addresses.staking!, chain.signer("provider")).getFunction("open");
  const position = (await open.staticCall(principal, 365n * DAY, 0n)) as bigint;
  await act(place, "provider", "staking", "Staking", "open", principal, 365n * DAY, 0n);
  await act(place, "provider", "staking", "Staking", "bond", position, addresses.escrow);
  await act(
    place,
    "provider",
    "registry",
    "Registry",
    "register",
    "https://gpu.example",
    localWallet("referrer").address,
  );
  await attestGpu(place);
  const registry = view(place, "registry", "Registry");
  const salt = id("salt of the creator");
  const commitment = await registry.getFunction("commitmentOf")(model, localWallet("creator").address, salt);
  await act(place, "creator", "registry", "Registry", "commitModel", commitment);
  await chain.advance(600n);
  await act(place, "creator", "registry", "Registry", "registerModel", model, ZeroHash, salt);
}

async function attestGpu(place: Workplace): Promise<void> {
  const { addresses, chain } = place;
  const version = (await view(place, "committee", "Committee").getFunction("version")()) as bigint;
  const provider = localWallet("provider").address;
  // A GPU is known on one chain only.
  const attestation = {
    gpuId: id(`gpu of the demo on ${chain.name}`),
    tier: 2,
    expiry: (await chain.now()) + 30n * DAY,
  };
  const at = { chainId: BigInt(chain.chainId), committee: addresses.committee!, target: addresses.registry!, version };
  const message = { provider: `0x${provider.slice(2).padStart(64, "0")}`, ...attestation };
  const signatures = await committeeSignatures(ORACLES.map(localWallet), at, "TierAttestation", message);
  const { gpuId, tier, expiry } = attestation;
  await act(place, "provider", "registry", "Registry", "attest", provider, gpuId, tier, expiry, version, signatures);
}

/** Runs the task on this machine before anything is paid for: a module that fails ends the demo here, in one sentence. */
export async function tryTask({
  module,
  input,
  maxUnits,
}: Task): Promise<{ units: bigint; fuel: bigint; bytes: number }> {
  const { units, fuel, output } = await runModule(module, input, { maxUnits });
  return { units, fuel, bytes: output.length };
}

/** Posts the task with a signed offer, has it run and submitted, judged by three oracles, settled and paid out. */
export async function runJob(place: Workplace, task: Task, model: string): Promise<JobReport> {
  const folder = mkdtempSync(join(tmpdir(), "stun-demo-"));
  try {
    return await jobIn(folder, place, task, model);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function jobIn(folder: string, place: Workplace, task: Task, model: string): Promise<JobReport> {
  const { addresses, chain } = place;
  const tried = await tryTask(task);
  const content = new ContentStore(join(folder, "content"));
  const spec = encodeSpec({ module: content.put(task.module), input: content.put(task.input) });
  const terms: Terms = {
    specHash: content.put(spec),
    verifier: 1n,
    verifierConfigHash: REEXECUTE,
    asset: addresses.token!,
    unitPrice: 10n * STUN,
    maxUnits: task.maxUnits,
    budget: (tried.units + 2n) * 10n * STUN,
    bond: 100n * STUN,
    modelId: model,
    workSeconds: 7_200n,
    challengeSeconds: 3_600n,
    finalSeconds: 10n * DAY,
    attested: true,
  };
  const timeline: JobReport["timeline"] = [];
  const note = async (event: string): Promise<void> => void timeline.push({ event, time: await chain.now() });

  const token = view(place, "token", "StunOFT");
  const payer = localWallet("payer").address;
  const before = (await token.getFunction("balanceOf")(payer)) as bigint;
  const offer = await signOffer(
    chain.signer("provider"),
    { chainId: BigInt(chain.chainId), escrow: addresses.escrow! },
    {
      terms,
      nonce: 0n,
      expiry: (await chain.now()) + DAY,
      payer,
    },
  );
  await act(place, "payer", "token", "StunOFT", "approve", addresses.escrow, terms.budget * 2n);
  const created = createdJob(
    await act(place, "payer", "escrow", "JobEscrow", "create", terms, offer, false),
    addresses.escrow!,
  );
  await note("created, funded and assigned");

  const result = await reexecute(content, terms.specHash, task.maxUnits);
  await chain.advance(1_800n);
  const provider = localWallet("provider").address;
  const submission = { resultHash: resultHashOf(created.jobId, 1n, provider, result.outputHash), units: result.units };
  await act(place, "provider", "escrow", "JobEscrow", "submit", payer, created.payerNonce, terms, submission);
  await note("result submitted");

  const signers = await judge(folder, place, content, created.jobId);
  await note("verdict settled it");
  const ended = await endOf(place, created.jobId);
  const parts = await payOut(place, model, ended.price);
  await act(place, "keeper", "escrow", "JobEscrow", "withdraw", addresses.token, payer);
  await note("parts paid out");
  const returned = ((await token.getFunction("balanceOf")(payer)) as bigint) - before + parts.price;
  if (returned !== 0n)
    throw new StunError(`The payer got ${returned} base units more or less than the rest of his budget.`);
  return {
    jobId: created.jobId,
    chain: chain.name,
    specHash: terms.specHash,
    outputHash: result.outputHash,
    outputBytes: tried.bytes,
    units: ended.units,
    instructions: tried.fuel,
    signers,
    verdict: ended.verdict,
    parts: { ...parts, returned: terms.budget + (terms.budget * 500n) / 10_000n - parts.price },
    timeline,
  };
}

/** Three oracles, each with its own journal, talk over loopback HTTP until one of them has settled the job. */
async function judge(folder: string, place: Workplace, content: ContentStore, jobId: string): Promise<string[]> {
  const { addresses, chain } = place;
  const urls: string[] = [];
  const nodes = ORACLES.map(
    (name) =>
      new OracleNode({
        providers: [chain.provider],
        escrow: addresses.escrow!,
        committee: addresses.committee!,
        signer: keySigner(localKey(name)),
        sender: chain.signer(name),
        content,
        journal: new SignatureJournal(join(folder, `${name}.journal`)),
        peers: () => urls,
        leaderSeconds: LEADER_SECONDS,
        port: 0,
      }),
  );
  try {
    await Promise.all(nodes.map((node) => node.start()));
    urls.push(...nodes.map((node) => node.url));
    // Five members, three of them here: when the leader is one of the others, the next one takes over.
    for (let round = 0; round < 10; round++) {
      const settled: string[] = [];
      for (const node of nodes) settled.push(...(await node.tick()));
      if (settled.includes(jobId)) return nodes.map((node) => node.address);
      await chain.advance(BigInt(LEADER_SECONDS));
    }
    throw new StunError(`No oracle settled job ${jobId} in ten rounds: three of the committee must agree.`);
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

async function endOf(place: Workplace, jobId: string): Promise<{ price: bigint; units: bigint; verdict: string }> {
  const escrow = view(place, "escrow", "JobEscrow");
  const [log] = await escrow.queryFilter(escrow.filters.JobEnded!(jobId));
  const { price, units, ending } = (log as unknown as { args: { price: bigint; units: bigint; ending: bigint } }).args;
  const verdict = ending === 3n ? "Valid" : `ending ${ending}`;
  return { price, units, verdict };
}

/** Sweeps every part to whom it is due, and checks that each is what the model says, to the last unit. */
async function payOut(place: Workplace, model: string, price: bigint): Promise<Omit<JobReport["parts"], "returned">> {
  const { addresses } = place;
  const token = view(place, "token", "StunOFT");
  const stun = addresses.token!;
  const provider = localWallet("provider").address;
  const paid = async (who: string, sweep: () => Promise<unknown>): Promise<bigint> => {
    const before = (await token.getFunction("balanceOf")(who)) as bigint;
    await sweep();
    return ((await token.getFunction("balanceOf")(who)) as bigint) - before;
  };
  const expected = splitPrice(price, 200n, { model: true, referrer: true });
  const supply = (await token.getFunction("totalSupply")()) as bigint;
  const got = {
    provider: await paid(provider, () => act(place, "keeper", "escrow", "JobEscrow", "withdraw", stun, provider)),
    referral: await paid(localWallet("referrer").address, () =>
      act(place, "keeper", "escrow", "JobEscrow", "sweepReferral", stun, provider),
    ),
    royalty: await paid(localWallet("creator").address, () =>
      act(place, "keeper", "escrow", "JobEscrow", "sweepRoyalty", stun, model),
    ),
    treasury: await paid(addresses.treasury!, () => act(place, "keeper", "escrow", "JobEscrow", "sweepFees", stun)),
  };
  const burned = supply - ((await token.getFunction("totalSupply")()) as bigint);
  for (const [part, amount] of Object.entries({ ...got, burn: burned - expected.buyback })) {
    const wanted = expected[part as keyof typeof expected];
    if (amount !== wanted)
      throw new StunError(`The ${part} part of the price is ${amount}, not ${wanted} as the model says.`);
  }
  const { provider: work, royalty, referral, burn, buyback, treasury } = expected;
  return { price, provider: work, royalty, referral, burn, buyback, treasury };
}
