// What happens when somebody fails, is stopped, or only waits: each case on the deployed contracts, checked against the rule
// that it shows. Every case leaves the chains as orderly as it found them.
import { AbiCoder, ZeroHash, id, keccak256, zeroPadValue } from "ethers";
import { contractAt } from "../../chains/evm/client";
import {
  committeeSignatures,
  createdJob,
  resultHashOf,
  signOffer,
  verdictBatch,
  type CreatedJob,
  type Submission,
  type Terms,
  type VerdictEntry,
} from "../../chains/evm/escrow";
import { encodeForward } from "../../chains/evm/forwarder";
import { executorOptions } from "../../chains/evm/options";
import { explain } from "../../chains/evm/revert";
import { StunError } from "../../chains/errors";
import { localWallet } from "../../localnet/keys";
import { DAY } from "../../model";
import { act, view, type Workplace } from "./job";
import { stun } from "../amounts";
import type { CaseReport } from "./result";
import type { World } from "./world";

const STUN = 10n ** 18n;
const BUDGET = 20n * STUN;
const BOND = 100n * STUN;
const HOUR = 3_600n;
const COMPOSE_GAS = 900_000n;
/** What an incentive of a beta tester is, by its number in IncentivesVault. */
const TESTER = 3;

function expectEqual(what: string, found: bigint, wanted: bigint): void {
  if (found !== wanted) throw new StunError(`${what} is ${found} base units, not ${wanted} as the rule says.`);
}

const address = (role: string): string => localWallet(role).address;

async function balance(place: Workplace, who: string): Promise<bigint> {
  return (await view(place, "token", "StunOFT").getFunction("balanceOf")(who)) as bigint;
}

/** Jobs of one payer with one provider; everything between them is the escrow's. */
class Jobs {
  constructor(private readonly place: Workplace) {}

  /** A job by a signed offer; `attested` is false, so that only a dispute brings it before the committee. */
  async assigned(name: string): Promise<CreatedJob> {
    const { chain, addresses } = this.place;
    const terms: Terms = {
      specHash: id(`case: ${name}`),
      verifier: 1n,
      verifierConfigHash: id("reexecute"),
      asset: addresses.token!,
      unitPrice: 10n * STUN,
      maxUnits: 2n,
      budget: BUDGET,
      bond: BOND,
      modelId: ZeroHash,
      workSeconds: 7_200n,
      challengeSeconds: HOUR,
      finalSeconds: 10n * DAY,
      attested: false,
    };
    const provider = address("provider");
    const [floor, used] = (await view(this.place, "escrow", "JobEscrow").getFunction("offerWindow")(provider)) as [
      bigint,
      bigint,
    ];
    let nonce = floor;
    while ((used >> (nonce % 192n)) & 1n) nonce++;
    const at = { chainId: BigInt(chain.chainId), escrow: addresses.escrow! };
    const expiry = (await chain.now()) + DAY;
    const offer = await signOffer(chain.signer("provider"), at, { terms, nonce, expiry, payer: address("payer") });
    await act(this.place, "payer", "token", "StunOFT", "approve", addresses.escrow, BUDGET * 2n);
    return createdJob(await this.send("payer", "create", terms, offer, false), addresses.escrow!);
  }

  send(role: string, method: string, ...args: unknown[]) {
    return act(this.place, role, "escrow", "JobEscrow", method, ...args);
  }

  async submitted(job: CreatedJob): Promise<Submission> {
    const result = resultHashOf(job.jobId, 1n, address("provider"), id("some output"));
    const submission = { resultHash: result, units: 2n };
    await this.send("provider", "submit", job.payer, job.payerNonce, job.terms, submission);
    return submission;
  }

  async judge(verdicts: VerdictEntry[]): Promise<void> {
    const { chain, addresses } = this.place;
    const version = (await view(this.place, "committee", "Committee").getFunction("version")()) as bigint;
    const batch = verdictBatch(chain.eid, addresses.escrow!, verdicts);
    const at = { chainId: BigInt(chain.chainId), committee: addresses.committee!, target: addresses.escrow!, version };
    const signers = ["oracle1", "oracle2", "oracle3"].map(localWallet);
    const signatures = await committeeSignatures(signers, at, "JobVerdicts", { root: batch.root });
    await this.send("keeper", "applyVerdicts", batch.verdicts, version, signatures);
  }

  /** What these jobs change: STUN of the payer, of the provider's bond, and what exists on the chain. */
  async state(): Promise<{ payer: bigint; bond: bigint; supply: bigint }> {
    const { addresses } = this.place;
    const token = addresses.token!;
    const slashed = (await view(this.place, "staking", "Staking").getFunction("slashedAt")(
      addresses.escrow,
    )) as bigint[];
    if (slashed.some((amount) => amount > 0n)) {
      await act(this.place, "keeper", "staking", "Staking", "collectSlashed", addresses.escrow);
    }
    for (const who of ["payer", "provider"]) {
      const credit = (await view(this.place, "escrow", "JobEscrow").getFunction("creditOf")(
        token,
        address(who),
      )) as bigint;
      if (credit > 0n) await this.send("keeper", "withdraw", token, address(who));
    }
    const { principal } = (await view(this.place, "staking", "Staking").getFunction("bondOf")(address("provider"))) as {
      principal: bigint;
    };
    const supply = (await view(this.place, "token", "StunOFT").getFunction("totalSupply")()) as bigint;
    return { payer: await balance(this.place, address("payer")), bond: principal, supply };
  }
}

/** One batch of two disputed jobs: a wrong result costs the whole bond, a right one takes the dispute stake. */
async function disputed(place: Workplace): Promise<CaseReport> {
  const jobs = new Jobs(place);
  const before = await jobs.state();
  const verdicts: VerdictEntry[] = [];
  for (const [name, outcome] of [
    ["wrong", 2n],
    ["right", 1n],
  ] as const) {
    const job = await jobs.assigned(name);
    const submission = await jobs.submitted(job);
    await jobs.send("payer", "dispute", job.payerNonce, job.terms, submission);
    const { payer, payerNonce, terms } = job;
    verdicts.push({
      payer,
      payerNonce,
      attempt: 1n,
      provider: address("provider"),
      outcome,
      units: 2n,
      submission,
      terms,
    });
  }
  await jobs.judge(verdicts);
  const after = await jobs.state();
  expectEqual("What a wrong result costs", before.bond - after.bond, BOND);
  // He gets half of the bond; he pays the right job and its dispute stake.
  expectEqual(
    "What the payer has in the end",
    after.payer - before.payer,
    BOND / 2n - BUDGET - (BUDGET * 500n) / 10_000n,
  );
  return {
    chain: place.chain.name,
    title: "Two disputed jobs, one batch of verdicts",
    saw: `wrong: ${stun(BOND)} of bond slashed, half burned, payer refunded; right: paid, and the dispute stake to the provider`,
    burned: before.supply - after.supply,
  };
}

/** The provider is silent: after deadline and grace anyone reopens, a tenth of the bond is gone, and the payer leaves. */
async function providerSilent(place: Workplace): Promise<CaseReport> {
  const jobs = new Jobs(place);
  const before = await jobs.state();
  const job = await jobs.assigned("silent provider");
  await place.chain.advance(job.terms.workSeconds + HOUR + 1n);
  await jobs.send("keeper", "reopen", job.payer, job.payerNonce, job.terms);
  await jobs.send("payer", "cancel", job.payerNonce, job.terms);
  const after = await jobs.state();
  expectEqual("What a missed deadline costs", before.bond - after.bond, BOND / 10n);
  expectEqual("What the payer has in the end", after.payer - before.payer, BOND / 20n);
  return {
    chain: place.chain.name,
    title: "A provider misses its deadline",
    saw: `reopened by anyone an hour later, ${stun(BOND / 10n)} slashed, budget and ${stun(BOND / 20n)} to the payer`,
    burned: before.supply - after.supply,
  };
}

/** The committee is silent: three days after the dispute anyone ends the job with half of its price. */
async function committeeSilent(place: Workplace): Promise<CaseReport> {
  const jobs = new Jobs(place);
  const before = await jobs.state();
  const job = await jobs.assigned("silent committee");
  const submission = await jobs.submitted(job);
  await jobs.send("payer", "dispute", job.payerNonce, job.terms, submission);
  await place.chain.advance(259_200n + 1n);
  await jobs.send("keeper", "settleSilent", job.payer, job.payerNonce, job.terms, submission);
  const after = await jobs.state();
  expectEqual("What a silent committee costs the provider", before.bond - after.bond, 0n);
  expectEqual("What a silent committee costs the payer", before.payer - after.payer, BUDGET / 2n);
  return {
    chain: place.chain.name,
    title: "The committee does not answer a dispute",
    saw: `ended by anyone after three days: half of the price, ${stun(BUDGET / 2n)}, is paid, nobody is slashed`,
    burned: before.supply - after.supply,
  };
}

/** The guardian stops what begins, never what ends. */
async function paused(place: Workplace): Promise<CaseReport> {
  const jobs = new Jobs(place);
  const job = await jobs.assigned("before the pause");
  await jobs.send("guardian", "pause", DAY);
  let reason = "";
  await jobs.assigned("in the pause").catch((error: unknown) => (reason = explain((error as Error).cause)));
  if (!/Pause/.test(reason))
    throw new StunError(`A paused escrow took a new job, or refused it for another reason: ${reason}.`);
  const submission = await jobs.submitted(job);
  await jobs.send("payer", "acceptResult", job.payerNonce, job.terms, submission);
  await place.chain.advance(DAY);
  const again = await jobs.assigned("after the pause");
  await jobs.send("payer", "acceptResult", again.payerNonce, again.terms, await jobs.submitted(again));
  return {
    chain: place.chain.name,
    title: "The guardian pauses the escrow for a day",
    saw: `new jobs refused (${reason.split(" ")[0]}), the open one submitted and paid, new ones taken a day later`,
    burned: 0n,
  };
}

/** A user on one remote sends to another: one transaction of his, two legs. */
async function forwarded({ local, deployed, home, relayer, remotes }: World): Promise<CaseReport> {
  const { contracts } = deployed.deployment;
  const { ethereum, base, arbitrum } = local.evm;
  const to = zeroPadValue(address("bob"), 32);
  const amount = 1_000n * STUN;
  const quote = {
    dstEid: arbitrum.eid,
    to,
    amountLD: amount,
    minAmountLD: 0n,
    extraOptions: "0x",
    composeMsg: "0x",
    oftCmd: "0x",
  };
  const [nativeFee] = (await contractAt("StunOFTAdapter", contracts.ethereum!.bridge!, ethereum.provider).getFunction(
    "quoteSend",
  )(quote, false)) as [bigint];
  const deadline = (await ethereum.now()) + DAY;
  const order = encodeForward({ dstEid: arbitrum.eid, to, nativeFee, deadline, claimant: address("alice") });
  const extraOptions = executorOptions({ kind: "compose", gas: COMPOSE_GAS, value: nativeFee });
  const param = {
    ...quote,
    dstEid: ethereum.eid,
    to: zeroPadValue(contracts.ethereum!.forwarder!, 32),
    extraOptions,
    composeMsg: order,
  };
  const place = { chain: base, addresses: contracts.base! };
  const bridge = view(place, "bridge", "StunOFT");
  const [fee] = (await bridge.getFunction("quoteSend")(param, false)) as [bigint];
  const before = await remotes.arbitrum!.balance("bob");
  await act(place, "alice", "bridge", "StunOFT", "send", param, { nativeFee: fee, lzTokenFee: 0n }, address("alice"), {
    value: fee,
  });
  await relayer.deliverAll();
  const [compose] = await ethereum.takeComposes();
  if (!compose) throw new StunError(`Nothing waits for the forwarder on ${home.chain.name}.`);
  const done = await ethereum.compose(compose, COMPOSE_GAS, nativeFee);
  if (!done.delivered) throw new StunError(`The forwarder did not send on: ${done.reason}.`);
  await relayer.deliverAll();
  expectEqual("What arrived on Arbitrum", (await remotes.arbitrum!.balance("bob")) - before, amount);
  return {
    chain: "base",
    title: "From Base to Arbitrum through the forwarder at home",
    saw: `${stun(amount)} STUN in one transaction of the user; remotes have no path between them`,
    burned: 0n,
  };
}

/** Pushes what has vested of every grant to its beneficiary; returns the sum. */
async function claimGrants(place: Workplace): Promise<bigint> {
  const vesting = view(place, "vesting", "VestingVault");
  const count = (await vesting.getFunction("nextId")()) as bigint;
  let claimed = 0n;
  for (let grant = 1n; grant < count; grant++) {
    const due = (await vesting.getFunction("claimableOf")(grant)) as bigint;
    if (due === 0n) continue;
    await act(place, "keeper", "vesting", "VestingVault", "claim", grant);
    claimed += due;
  }
  return claimed;
}

/** Grants vest by the second; anyone may push what is due to whom it is due. */
async function earned(place: Workplace): Promise<CaseReport> {
  const claimed = await claimGrants(place);
  const team = await balance(place, address("team"));
  if (team === 0n) throw new StunError("The team's grant paid nothing.");
  return {
    chain: place.chain.name,
    title: "Grants are claimed by anyone for their beneficiaries",
    saw: `${stun(claimed)} STUN had vested: for the team ${stun(team)}, the rest for the staking reserve, incentives and ecosystem treasury`,
    burned: 0n,
  };
}

/** A position that opened while the reserve was full earns from it. */
async function yields(place: Workplace): Promise<CaseReport> {
  const amount = 1_000n * STUN;
  await act(place, "alice", "token", "StunOFT", "approve", place.addresses.staking, amount);
  const open = contractAt("Staking", place.addresses.staking!, place.chain.signer("alice")).getFunction("open");
  const position = (await open.staticCall(amount, 365n * DAY, 1n)) as bigint;
  await act(place, "alice", "staking", "Staking", "open", amount, 365n * DAY, 1n);
  await place.chain.advance(30n * DAY);
  const before = await balance(place, address("alice"));
  await act(place, "alice", "staking", "Staking", "claim", position);
  const paid = (await balance(place, address("alice"))) - before;
  if (paid === 0n) throw new StunError("A stake of 30 days earned nothing.");
  return {
    chain: place.chain.name,
    title: "A stake earns what was reserved for it",
    saw: `${stun(amount)} STUN for a year: ${stun(paid)} after 30 days, with votes all the time`,
    burned: 0n,
  };
}

/** The leaf, and root, of a list with one beta tester. */
export function testerRoot(account: string): string {
  const coder = AbiCoder.defaultAbiCoder();
  const inner = coder.encode(["uint8", "bytes32", "address"], [TESTER, zeroPadValue(account, 32), account]);
  return keccak256(keccak256(inner));
}

/** After the vote that set the root. */
export async function claimIncentive(place: Workplace): Promise<CaseReport> {
  const account = address("dave");
  // The vault pays from what has vested for it by now.
  await claimGrants(place);
  const before = await balance(place, account);
  await act(place, "keeper", "incentives", "IncentivesVault", "claim", TESTER, zeroPadValue(account, 32), account, []);
  const paid = (await balance(place, account)) - before;
  expectEqual("The incentive of a beta tester", paid, 5_000n * STUN);
  return {
    chain: place.chain.name,
    title: "A beta tester whom a vote has named claims",
    saw: `${stun(paid)} STUN and a badge that cannot be sold`,
    burned: 0n,
  };
}

export async function runCases(world: World, home: Workplace, base: Workplace): Promise<CaseReport[]> {
  return [
    await disputed(base),
    await providerSilent(base),
    await committeeSilent(base),
    await paused(base),
    await forwarded(world),
    await earned(home),
    await yields(home),
  ];
}
