// A verifying key is replaced by proposals, on a deployment, while jobs of the old key are open.
import { expect } from "chai";
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { ZeroHash, keccak256, type Contract } from "ethers";
import { proposalId } from "../../../chains/evm/governance";
import { createdJob, type Terms } from "../../../chains/evm/escrow";
import { ZK, zkSpec } from "../../../chains/evm/proofs";
import { digitsCircuit } from "../../../circuits/build";
import { nextCall, proverOf, type Prover } from "../../../circuits/prover";
import { describe as describeNetwork } from "../../../deploy";
import { Governed, proposalOf, type Action } from "../../../scripts/governance/action";
import admitLocal, { zkKey } from "../../../scripts/governance/actions/zk-key";
import { localWallet } from "../../../localnet/keys";
import { refusal } from "../kit";
import { pictureOf } from "../escrow/proof-fixture";
import { DAY, DeployedWorld, STUN, type ChainName } from "./deployed";

const HOUR = 3_600n;
const [OLD_UNITS, NEW_UNITS] = [1n, 2n];
const INPUT = pictureOf(4);
const CHAINS = ["ethereum", "base"] as const;

interface Job {
  chain: ChainName;
  id: string;
  nonce: bigint;
  terms: Terms;
}

describe("A verifying key, replaced by governance", () => {
  let w: DeployedWorld;
  let old: Prover;
  let next: Prover;
  const folder = mkdtempSync(join(tmpdir(), "stun-key-"));

  /** The action for a key in a file. */
  const admit = (prover: Prover, removed: string[]): Action => {
    const file = join(folder, prover.keyId);
    writeFileSync(file, `${prover.key}\n`);
    return zkKey(relative(join(__dirname, "../../../scripts/governance/actions"), file), removed);
  };
  const governed = async (): Promise<Governed> =>
    new Governed(await describeNetwork(w.local.network, w.local.connections), w.local.connections);

  async function enact(action: Action): Promise<void> {
    const world = await governed();
    const { proposal } = await proposalOf(world, action);
    await w.enact("sale", proposal);
    expect(await w.stateOf(proposal)).to.equal("executed");
    expect(proposalId(proposal)).not.to.equal(0n);
    // executing takes days at home; the other chain's clock follows
    await w.chain("base").advance(6n * DAY);
    await action.verify(world, await action.prepare(world));
  }

  /** A job under a key, which the bonded provider has taken. */
  async function taken(chain: ChainName, prover: Prover, attested: boolean): Promise<Job> {
    const { escrow, token } = w.addresses(chain);
    const terms: Terms = {
      specHash: keccak256(zkSpec(prover.keyId, INPUT)),
      verifier: ZK,
      verifierConfigHash: prover.keyId,
      asset: token!,
      unitPrice: STUN,
      maxUnits: 10n,
      budget: 10n * STUN,
      bond: STUN,
      modelId: ZeroHash,
      workSeconds: HOUR,
      challengeSeconds: HOUR,
      finalSeconds: 2n * DAY,
      attested,
    };
    const receipt = await w.act(chain, "payer", "escrow", "post", terms, false);
    const { jobId, payerNonce } = createdJob(receipt, escrow!);
    await w.act(chain, "provider", "escrow", "accept", localWallet("payer").address, payerNonce, terms);
    return { chain, id: jobId, nonce: payerNonce, terms };
  }

  async function step(job: Job, prover: Prover): Promise<void> {
    const escrow = w.at(job.chain, "escrow", "provider");
    const by = localWallet("provider").address;
    const call = await nextCall(escrow, w.at(job.chain, "proofs"), job.id, prover, INPUT, by);
    await w.act(job.chain, "provider", "escrow", call.method, ...call.args);
  }

  const stateOf = async (job: Job): Promise<bigint> =>
    ((await w.at(job.chain, "escrow").getFunction("jobOf")(job.id)) as { state: bigint }).state;
  const creditOf = async (chain: ChainName): Promise<bigint> =>
    (await w.at(chain, "escrow").getFunction("creditOf")(
      w.addresses(chain).token,
      localWallet("provider").address,
    )) as bigint;
  const submissionOf = async (job: Job): Promise<unknown> => {
    const escrow: Contract = w.at(job.chain, "escrow");
    const [log] = await escrow.queryFilter(escrow.filters.JobSubmitted!(job.id));
    const { resultHash, units } = (log as unknown as { args: { resultHash: string; units: bigint } }).args;
    return { resultHash, units };
  };
  const asArguments = async (job: Job): Promise<unknown[]> => [
    localWallet("payer").address,
    job.nonce,
    job.terms,
    await submissionOf(job),
  ];

  before(async () => {
    w = await DeployedWorld.start();
    const circuit = await digitsCircuit();
    [old, next] = [await proverOf(circuit, OLD_UNITS), await proverOf(circuit, NEW_UNITS)];
    await w.stake("sale", 12_000_000n * STUN);
    for (const chain of CHAINS) {
      const { staking, escrow } = w.addresses(chain);
      await w.act(chain, "provider", "token", "approve", staking, 2n ** 255n);
      const open = w.at(chain, "staking", "provider").getFunction("open");
      const position = (await open.staticCall(10_000n * STUN, 30n * DAY, 0n)) as bigint;
      await w.act(chain, "provider", "staking", "open", 10_000n * STUN, 30n * DAY, 0n);
      await w.act(chain, "provider", "staking", "bond", position, escrow);
    }
    await enact(admitLocal);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is not in force before, and nobody but governance admits or removes one", async () => {
    for (const chain of CHAINS) {
      const { enabled } = (await w.at(chain, "proofs").getFunction("keyOf")(next.keyId)) as unknown as {
        enabled: boolean;
      };
      expect(enabled).to.equal(false);
      for (const role of ["deployer", "guardian", "oracle1", "sale"]) {
        for (const [method, argument] of [
          ["addKey", next.key],
          ["removeKey", old.keyId],
        ] as const) {
          expect(await refusal(w.act(chain, role, "proofs", method, argument))).to.include(
            "OwnableUnauthorizedAccount",
          );
        }
      }
    }
  });

  it("leaves open jobs to the proof of the key that they name, and takes jobs of the new one, on both chains", async () => {
    const open = await Promise.all(CHAINS.map(async (chain) => taken(chain, old, true)));
    for (const job of open) await step(job, old);
    await enact(admit(next, []));
    for (const job of open) {
      const before = await creditOf(job.chain);
      await step(job, old);
      expect(await stateOf(job)).to.equal(0n);
      expect(await creditOf(job.chain)).to.equal(before + (STUN * 98n) / 100n);
    }
    for (const chain of CHAINS) {
      const job = await taken(chain, next, true);
      const before = await creditOf(chain);
      await step(job, next);
      await step(job, next);
      expect(await creditOf(chain)).to.equal(before + (2n * STUN * 98n) / 100n);
    }
  });

  it("that is removed leaves its open jobs to time and to the payer, and comes back by another vote", async () => {
    const attested = await taken("base", old, true);
    const plain = await taken("base", old, false);
    const accepted = await taken("base", old, true);
    const late = await taken("base", old, true);
    for (const job of [attested, plain, accepted, late]) await step(job, old);
    await enact(admit(next, [old.keyId]));
    for (const chain of CHAINS) {
      const { enabled } = (await w.at(chain, "proofs").getFunction("keyOf")(old.keyId)) as unknown as {
        enabled: boolean;
      };
      expect(enabled, chain).to.equal(false);
    }
    for (const job of [attested, plain]) expect(await refusal(step(job, old))).to.include("is not admitted at");
    const before = await creditOf("base");
    await w.act("base", "keeper", "escrow", "settle", ...(await asArguments(plain)));
    expect(await creditOf("base")).to.equal(before + (STUN * 98n) / 100n);
    await w.act("base", "keeper", "escrow", "settleSilent", ...(await asArguments(attested)));
    expect(await creditOf("base")).to.equal(before + (STUN * 98n) / 100n + (STUN * 49n) / 100n);
    await w.act("base", "payer", "escrow", "acceptResult", ...(await asArguments(accepted)).slice(1));
    expect(await creditOf("base")).to.equal(before + 2n * ((STUN * 98n) / 100n) + (STUN * 49n) / 100n);
    await enact(admitLocal);
    await step(late, old);
    for (const job of [attested, plain, accepted, late]) expect(await stateOf(job)).to.equal(0n);
  });

  it("of the local ceremony is refused where there is money, and a file that is not there is named", async () => {
    const world = await governed();
    const described = { ...world.described, network: { ...world.described.network, local: false } };
    const real = new Governed(described, w.local.connections);
    expect(await refusal(admitLocal.prepare(real))).to.match(/^The key of the local ceremony is public/);
    expect(await refusal(zkKey("none.key", []).prepare(real))).to.match(/^The key file none\.key cannot be read/);
    expect(await refusal(proposalOf(world, admitLocal))).to.match(/^There is nothing to propose/);
  });

  it("is shown to voters as what it lets through and what it stops", async () => {
    const world = await governed();
    const action = admit(next, [old.keyId]);
    const prepared = await action.prepare(world);
    const shown = await action.simulate(world, prepared);
    expect(shown[`base: proofs under ${old.keyId}`]).to.equal("settle jobs");
    expect(shown[`ethereum: proofs under ${next.keyId}`]).to.equal("settle jobs");
    expect(await action.enacted(world, prepared)).to.equal(false);
    expect(await refusal(action.verify(world, prepared))).to.include(`ethereum still takes proofs under the key`);
    const calls = await action.enact(world, prepared);
    expect(calls.map(({ chain, title }) => [chain, title.split(" ")[0]])).to.deep.equal([
      ["ethereum", "remove"],
      ["base", "remove"],
    ]);
  });
});
