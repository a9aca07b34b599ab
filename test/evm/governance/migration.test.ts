// A new escrow and new channels on a real deployment of two chains, by one proposal, while jobs, channels and credits are open in the
// old ones: these end where they began, bonds come free, and the new ones work meanwhile.
import "hardhat"; // its chai matchers read custom errors and compare bigints
import { expect } from "chai";
import { id, ZeroHash, type Contract, type TransactionReceipt } from "ethers";
import { contractInterface } from "../../../chains/evm/artifacts";
import { channelIdOf, signVoucher } from "../../../chains/evm/channels";
import { contractAt, deployContract, transact } from "../../../chains/evm/client";
import {
  committeeSignatures,
  createdJob,
  resultHashOf,
  signOffer,
  verdictBatch,
  type Offer,
  type Submission,
  type Terms,
  type VerdictEntry,
} from "../../../chains/evm/escrow";
import { proposalArgs, sendCalls, toProposal, type GovernanceCall } from "../../../chains/evm/governance";
import { localWallet } from "../../../localnet/keys";
import { CHAINS, DAY, DeployedWorld, STUN, type ChainName } from "./deployed";

const UNIT = 10n ** 6n;
const SLOW = { workSeconds: 7n * DAY, challengeSeconds: 3n * DAY, finalSeconds: 21n * DAY };
const ORACLES = ["oracle1", "oracle2", "oracle3"] as const;

interface Job {
  nonce: bigint;
  jobId: string;
  terms: Terms;
  submission: Submission;
}

/** One chain of the migration: what is old, what is new, and what is open. */
class Site {
  stable = "";
  newEscrow = "";
  newChannels = "";
  jobs: Record<"assigned" | "submitted" | "disputed" | "stable", Job> = {} as never;
  /** Of the provider, for the old escrow; never used there. */
  unused!: { terms: Terms; offer: Offer };
  batch!: [VerdictEntry[], bigint, string];

  constructor(
    readonly world: DeployedWorld,
    readonly chain: ChainName,
  ) {}

  get old(): Readonly<Record<string, string>> {
    return this.world.addresses(this.chain);
  }

  contract(name: string, address: string, role: string): Contract {
    return contractAt(name, address, this.world.chain(this.chain).signer(role));
  }

  async send(
    role: string,
    name: string,
    address: string,
    method: string,
    ...args: unknown[]
  ): Promise<TransactionReceipt> {
    const call = this.contract(name, address, role).getFunction(method);
    return transact(`${method} as ${role}`, call.send(...args));
  }

  escrow(role: string, method: string, ...args: unknown[]): Promise<TransactionReceipt> {
    return this.send(role, "JobEscrow", this.old.escrow!, method, ...args);
  }

  async read<T>(name: string, address: string, method: string, ...args: unknown[]): Promise<T> {
    return (await this.contract(name, address, "keeper").getFunction(method)(...args)) as T;
  }

  staking(role: string, method: string, ...args: unknown[]): Promise<TransactionReceipt> {
    return this.world.act(this.chain, role, "staking", method, ...args);
  }

  async advance(seconds: bigint): Promise<void> {
    await this.world.chain(this.chain).advance(seconds);
  }

  now(): Promise<bigint> {
    return this.world.chain(this.chain).now();
  }

  terms(change: Partial<Terms> = {}): Terms {
    return {
      specHash: id("spec"),
      verifier: 1n,
      verifierConfigHash: id("policy"),
      asset: this.old.token!,
      unitPrice: STUN,
      maxUnits: 100n,
      budget: 100n * STUN,
      bond: 10n * STUN,
      modelId: ZeroHash,
      ...SLOW,
      attested: false,
      ...change,
    };
  }

  /** The modules as one who deploys them leaves them: governance owns them from the first second. */
  async deploy(): Promise<void> {
    const { token, registry, staking, committee, proofs, treasury } = this.old;
    const signer = this.world.chain(this.chain).signer("deployer");
    const [owner, guardian] = [this.world.owner(this.chain), localWallet("guardian").address];
    const { eid } = this.world.chain(this.chain);
    const setup = { owner, guardian, stun: token, registry, staking, committee, proofs, treasury, eid };
    this.stable = await (await deployContract(signer, "HostileToken", 6)).getAddress();
    this.newEscrow = await (await deployContract(signer, "JobEscrow", setup)).getAddress();
    const args = [owner, guardian, token, registry, treasury, eid];
    this.newChannels = await (await deployContract(signer, "PaymentChannels", ...args)).getAddress();
    await this.send("payer", "HostileToken", this.stable, "mint", localWallet("payer").address, 1_000_000n * UNIT);
    for (const spender of [this.old.escrow, this.newEscrow, this.newChannels]) {
      await this.send("payer", "HostileToken", this.stable, "approve", spender, 1_000_000n * UNIT);
      await this.world.act(this.chain, "payer", "token", "approve", spender, 10_000_000n * STUN);
    }
  }

  call(target: string, method: string, ...args: unknown[]): GovernanceCall {
    return { target, value: 0n, data: contractInterface("JobEscrow").encodeFunctionData(method, args) };
  }

  /** What governance decides: the new modules take the asset and pay fees where the old ones do, the old ones take no new work in it. */
  async calls(): Promise<GovernanceCall[]> {
    const targets = async (name: string, of: string): Promise<[string, string]> => [
      await this.read<string>(name, of, "treasury"),
      await this.read<string>(name, of, "buybackVault"),
    ];
    return [
      this.call(this.newEscrow, "setFeeTargets", ...(await targets("JobEscrow", this.old.escrow!))),
      this.call(this.newChannels, "setFeeTargets", ...(await targets("PaymentChannels", this.old.channels!))),
      this.call(this.newEscrow, "setAsset", this.stable, true),
      this.call(this.newChannels, "setAsset", this.stable, true),
      this.call(this.old.escrow!, "setAsset", this.stable, false),
    ];
  }

  async post(change: Partial<Terms> = {}): Promise<Job> {
    const terms = this.terms(change);
    const { jobId, payerNonce } = createdJob(await this.escrow("payer", "post", terms, false), this.old.escrow!);
    return { nonce: payerNonce, jobId, terms, submission: { resultHash: ZeroHash, units: 0n } };
  }

  named({ nonce, terms }: Job): [string, bigint, Terms] {
    return [localWallet("payer").address, nonce, terms];
  }

  async assigned(change: Partial<Terms> = {}): Promise<Job> {
    const job = await this.post(change);
    await this.escrow("provider", "accept", ...this.named(job));
    return job;
  }

  async submit(job: Job): Promise<Job> {
    const resultHash = resultHashOf(job.jobId, 1n, localWallet("provider").address, id("output"));
    const submission = { resultHash, units: 80n };
    await this.escrow("provider", "submit", ...this.named(job), submission);
    return { ...job, submission };
  }

  /** A bonded provider with a job in each state, a credit, and an offer that nobody has used. */
  async open(): Promise<void> {
    const provider = localWallet("provider");
    await this.world.act(this.chain, "provider", "token", "approve", this.old.staking, 1_000n * STUN);
    const position = await this.contract("Staking", this.old.staking!, "provider")
      .getFunction("open")
      .staticCall(1_000n * STUN, 365n * DAY, 0n);
    await this.staking("provider", "open", 1_000n * STUN, 365n * DAY, 0n);
    await this.staking("provider", "bond", position, this.old.escrow);
    this.jobs.assigned = await this.assigned();
    this.jobs.submitted = await this.submit(await this.assigned());
    this.jobs.disputed = await this.submit(await this.assigned());
    await this.escrow(
      "payer",
      "dispute",
      this.jobs.disputed.nonce,
      this.jobs.disputed.terms,
      this.jobs.disputed.submission,
    );
    this.jobs.stable = await this.submit(
      await this.assigned({ asset: this.stable, unitPrice: UNIT, budget: 100n * UNIT }),
    );
    const cancelled = await this.post();
    await this.escrow("payer", "cancel", cancelled.nonce, cancelled.terms);
    const terms = this.terms();
    const at = { chainId: BigInt(this.world.chain(this.chain).chainId), escrow: this.old.escrow! };
    const offer = await signOffer(provider, at, { terms, nonce: 0n, expiry: (await this.now()) + 100n * DAY });
    this.unused = { terms, offer };
    this.batch = await this.judge(this.jobs.disputed);
  }

  /** Valid, signed for the old escrow. */
  async judge(job: Job): Promise<[VerdictEntry[], bigint, string]> {
    const { eid, chainId } = this.world.chain(this.chain);
    const entry: VerdictEntry = {
      payer: localWallet("payer").address,
      payerNonce: job.nonce,
      attempt: 1n,
      provider: localWallet("provider").address,
      outcome: 1n,
      units: job.submission.units,
      submission: job.submission,
      terms: job.terms,
    };
    const { verdicts, root } = verdictBatch(eid, this.old.escrow!, [entry]);
    const version = await this.read<bigint>("Committee", this.old.committee!, "version");
    const at = { chainId: BigInt(chainId), committee: this.old.committee!, target: this.old.escrow!, version };
    return [verdicts, version, await committeeSignatures(ORACLES.map(localWallet), at, "JobVerdicts", { root })];
  }

  /** A job from an offer to its payment, in the new escrow. */
  async works(who: string, nonce: bigint, asset = this.stable, unit = UNIT): Promise<void> {
    const terms = this.terms({ asset, unitPrice: unit, budget: 100n * unit });
    const at = { chainId: BigInt(this.world.chain(this.chain).chainId), escrow: this.newEscrow };
    const offer = await signOffer(localWallet(who), at, { terms, nonce, expiry: (await this.now()) + DAY });
    const to = (role: string, method: string, ...args: unknown[]): Promise<TransactionReceipt> =>
      this.send(role, "JobEscrow", this.newEscrow, method, ...args);
    const { jobId, payerNonce } = createdJob(await to("payer", "create", terms, offer, false), this.newEscrow);
    const provider = localWallet(who).address;
    const submission = { resultHash: resultHashOf(jobId, 1n, provider, id("output")), units: 100n };
    await to(who, "submit", localWallet("payer").address, payerNonce, terms, submission);
    await to("payer", "acceptResult", payerNonce, terms, submission);
    const owed = await this.read<bigint>("JobEscrow", this.newEscrow, "creditOf", asset, provider);
    expect(owed > 90n * unit).to.equal(true);
    await to("keeper", "withdraw", asset, provider);
  }

  /** Everybody is paid by the old module, by anybody's call. */
  async payOut(name: string, module: string): Promise<void> {
    for (const asset of [this.old.token!, this.stable]) {
      for (const who of ["payer", "provider"].map((role) => localWallet(role).address)) {
        const owed = await this.read<bigint>(name, module, "creditOf", asset, who);
        if (owed > 0n) await this.send("keeper", name, module, "withdraw", asset, who);
      }
      const [burn, treasury] = await this.read<[bigint, bigint]>(name, module, "feesOf", asset);
      if (burn + treasury > 0n) await this.send("keeper", name, module, "sweepFees", asset);
      const [left] = await this.read<[bigint, bigint]>(name, module, "feesOf", asset);
      // Without a buyback vault on the chain its part of another asset waits for one.
      const balance = await this.read<bigint>("StunToken", asset, "balanceOf", module);
      expect(balance, `${name} holds what it owes`).to.equal(asset === this.stable ? left : 0n);
    }
  }
}

describe("Migration of the escrow, by governance, with everything open", () => {
  let sites: Site[];
  let world: DeployedWorld;

  const both = async (run: (site: Site) => Promise<void>): Promise<void> => {
    for (const site of sites) await run(site);
  };

  /** A proposal of the same calls on both chains. */
  const propose = async (calls: (site: Site) => Promise<GovernanceCall[]>, why: string): Promise<void> => {
    const [home, base] = await Promise.all(sites.map(calls));
    const remote = sendCalls(world.addresses("ethereum").governanceSender!, 30_184, base!, 1_000_000n);
    await world.enact("sale", toProposal([...home!, remote], why));
  };

  before(async () => {
    world = await DeployedWorld.start();
    sites = CHAINS.map((chain) => new Site(world, chain));
    await world.stake("sale", 11_000_000n * STUN);
    await both((site) => site.deploy());
    await propose(async (site) => [site.call(site.old.escrow!, "setAsset", site.stable, true)], "an asset");
  });

  it("leaves the new modules with the owner, guardian, committee, staking, registry and fee targets of the old ones", async () => {
    await both(async (site) => {
      for (const role of [
        "owner",
        "guardian",
        "stun",
        "registry",
        "staking",
        "committee",
        "proofs",
        "treasury",
        "eid",
      ]) {
        const [before, after] = await Promise.all(
          [site.old.escrow!, site.newEscrow].map((at) => site.read<unknown>("JobEscrow", at, role)),
        );
        expect(after, role).to.equal(before);
      }
    });
  });

  it("happens by one proposal for both chains, while jobs, channels and credits are open", async () => {
    const [home, base] = await Promise.all(sites.map((site) => site.calls()));
    const remote = sendCalls(world.addresses("ethereum").governanceSender!, 30_184, base!, 1_000_000n);
    const p = toProposal([...home!, remote], "a new escrow");
    await world.vote("sale", p);
    await world.act("ethereum", "sale", "governor", "queue", ...proposalArgs(p));
    await world.chain("ethereum").advance(2n * DAY);
    await both((site) => site.open());
    await world.act("ethereum", "sale", "governor", "execute", ...proposalArgs(p));
    await world.local.relay();
    await both(async (site) => {
      expect(await site.read("JobEscrow", site.newEscrow, "isAllowed", site.stable)).to.equal(true);
      expect(await site.read("JobEscrow", site.old.escrow!, "isAllowed", site.stable)).to.equal(false);
      const terms = site.terms({ asset: site.stable });
      await expect(site.escrow("payer", "post", terms, false)).to.be.rejectedWith("AssetNotAllowed");
    });
  });

  it("lets a provider that bonds to the new escrow work there at once", async () => {
    await both(async (site) => {
      await site.staking("bob", "bond", 1n, site.newEscrow);
      await site.works("bob", 0n);
      await site.works("bob", 1n, site.old.token, STUN);
    });
  });

  it("takes no signature that was made for the old one", async () => {
    await both(async (site) => {
      const to = (method: string, ...args: unknown[]): Promise<unknown> =>
        site.send("payer", "JobEscrow", site.newEscrow, method, ...args);
      await expect(to("create", site.unused.terms, site.unused.offer, false)).to.be.rejectedWith("InsufficientBond");
      await expect(to("applyVerdicts", ...site.batch)).to.be.rejectedWith(/NotMember|SignersNotAscending/);
    });
  });

  it("ends each open job in the old escrow, by its rules, with its provider already leaving", async () => {
    await both(async (site) => {
      const { assigned, submitted, disputed, stable } = site.jobs;
      const bond = await site.read<{ id: bigint; locked: bigint }>(
        "Staking",
        site.old.staking!,
        "bondOf",
        localWallet("provider").address,
      );
      expect(bond.locked).to.equal(40n * STUN);
      await site.staking("provider", "requestExit", bond.id);
      const dead = site.escrow("payer", "create", site.unused.terms, site.unused.offer, false);
      await expect(dead).to.be.rejectedWith("OfferDead");

      const done = await site.submit(assigned);
      await site.escrow("payer", "acceptResult", done.nonce, done.terms, done.submission);
      await site.escrow("keeper", "applyVerdicts", ...site.batch);
      expect(
        (await site.read<{ state: bigint }>("JobEscrow", site.old.escrow!, "jobOf", disputed.jobId)).state,
      ).to.equal(0n);
      await site.advance(3n * DAY);
      for (const job of [submitted, stable]) {
        await site.escrow("keeper", "settle", ...site.named(job), job.submission);
      }
      // The job that nobody ever took; it was posted first, by another provider's rules of a day.
      const { terms } = world.stakes[site.chain];
      await site.escrow("keeper", "refund", localWallet("payer").address, 0n, terms);
    });
  });

  it("pays vouchers of an old channel, and its rest, from the old channels", async () => {
    await both(async (site) => {
      const { channel } = world.stakes[site.chain];
      const { eid, chainId } = world.chain(site.chain);
      const channelId = channelIdOf(eid, site.old.channels!, channel);
      const at = { chainId: BigInt(chainId), channels: site.old.channels! };
      const more = { channelId, cumulative: 700n * STUN, receiptsRoot: id("receipts") };
      const voucher = await signVoucher(localWallet("payer"), at, more);
      const to = (name: string, method: string, ...args: unknown[]): Promise<unknown> =>
        site.send("provider", "PaymentChannels", name, method, ...args);
      await expect(to(site.newChannels, "redeem", channel, voucher)).to.be.rejectedWith("UnknownChannel");
      await to(site.old.channels!, "redeem", channel, voucher);
      await to(site.old.channels!, "close", channel);
      await site.payOut("PaymentChannels", site.old.channels!);
    });
  });

  it("leaves nothing in the old escrow, and no bond locked in it", async () => {
    await both(async (site) => {
      await site.payOut("JobEscrow", site.old.escrow!);
      const provider = localWallet("provider").address;
      const { locked } = await site.read<{ locked: bigint }>("Staking", site.old.staking!, "bondOf", provider);
      expect(locked).to.equal(0n);
    });
  });

  it("lets the old provider move its whole bond seven days after its request, and work in the new escrow", async () => {
    await both(async (site) => {
      const provider = localWallet("provider").address;
      const { id: position } = await site.read<{ id: bigint }>("Staking", site.old.staking!, "bondOf", provider);
      await expect(site.staking("provider", "unbond", position)).to.be.rejectedWith("ExitDelay");
      await site.advance(4n * DAY);
      await site.staking("provider", "unbond", position);
      await site.staking("provider", "bond", position, site.newEscrow);
      const bond = await site.read<{ principal: bigint; escrow: string }>(
        "Staking",
        site.old.staking!,
        "bondOf",
        provider,
      );
      expect([bond.principal, bond.escrow]).to.deep.equal([1_000n * STUN, site.newEscrow]);
      await site.works("provider", 0n);
    });
  });
});
