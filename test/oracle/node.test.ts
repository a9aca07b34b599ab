import chai, { expect } from "chai";
import chaiAsPromised from "chai-as-promised";
import { mine } from "@nomicfoundation/hardhat-network-helpers";
import { Wallet, id, keccak256, type EventLog, type TransactionRequest } from "ethers";
import hre from "hardhat";
import { ContentStore } from "../../oracle/content";
import { SignatureJournal } from "../../oracle/journal";
import type { OracleNode, OracleOptions } from "../../oracle/node";
import { keySigner } from "../../oracle/signer";
import { encodeSpec, REEXECUTE } from "../../oracle/spec";
import { compileSource } from "../../scripts/jobs/build";
import { DAY, mined, moveTo, now, read } from "../evm/kit";
import { assigned, ENDING, type Placed } from "../evm/escrow/fixture";
import {
  dyingSigner,
  handedIn,
  journalOf,
  oracles,
  oracleWorld,
  rpc,
  signedBy,
  worked,
  type OracleWorld,
} from "./node-fixture";
import { serveChain } from "./served-chain";

chai.use(chaiAsPromised);

const FOUR = [0, 1, 2, 3];

/** Rounds of all oracles, a minute of the chain between them, until these jobs are settled. Returns what settled when. */
async function settle(nodes: readonly OracleNode[], jobs: readonly Placed[], rounds = 8): Promise<string[][]> {
  const seen: string[][] = [];
  for (let round = 0; round < rounds; round++) {
    for (const node of nodes) {
      const settled = await node.tick();
      if (settled.length > 0) seen.push(settled);
    }
    if (jobs.every(({ jobId }) => seen.flat().includes(jobId))) return seen;
    await moveTo((await now()) + 60n);
  }
  throw new Error(`Not settled in ${rounds} rounds: ${seen.flat().join()} of ${jobs.map(({ jobId }) => jobId).join()}`);
}

/** Rounds in which nothing may be settled. */
async function idle(nodes: readonly OracleNode[], rounds = 6): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const node of nodes) expect(await node.tick()).to.deep.equal([]);
    await moveTo((await now()) + 60n);
  }
}

/** How a job ended, each time that it did. */
async function endings(w: OracleWorld, job: Placed): Promise<bigint[]> {
  const logs = await w.escrow.queryFilter(w.escrow.filters.JobEnded!(job.jobId));
  return logs.map((log) => (log as EventLog).args.ending as bigint);
}

describe("oracle: a node over a chain", () => {
  let w: OracleWorld;

  const start = async (depth = 0): Promise<OracleWorld> => (w = await oracleWorld(depth));

  afterEach(() => w.close());

  it("judges, signs and submits: right work is paid, wrong work is slashed, each leaf is signed once", async () => {
    await start();
    const [right, wrong] = [await worked(w), await worked(w, { input: 7, wrong: true })];
    await settle(await oracles(w, FOUR), [right, wrong]);
    expect(await endings(w, right)).to.deep.equal([ENDING.valid]);
    expect(await endings(w, wrong)).to.deep.equal([ENDING.wrong]);
    for (const member of FOUR) {
      const keys = signedBy(w, member).map(([key]) => key);
      expect(new Set(keys).size).to.equal(keys.length);
    }
  });

  it("signs nothing of a block that is not final", async () => {
    await start(6);
    const job = await worked(w);
    const nodes = await oracles(w, FOUR);
    for (let round = 0; round < 3; round++) for (const node of nodes) expect(await node.tick()).to.deep.equal([]);
    for (const member of FOUR) expect(signedBy(w, member)).to.deep.equal([]);
    await mine(6);
    await settle(nodes, [job]);
    expect(await endings(w, job)).to.deep.equal([ENDING.valid]);
  });

  it("submits a verdict again when a reorganisation takes it back, and not while it stands", async () => {
    await start(5);
    const job = await worked(w);
    await mine(5);
    const nodes = await oracles(w, FOUR);
    const before = await hre.network.provider.send("evm_snapshot", []);
    await settle(nodes, [job]);
    const height = await hre.ethers.provider.getBlockNumber();
    for (const node of nodes) expect(await node.tick()).to.deep.equal([]);
    expect(await hre.ethers.provider.getBlockNumber()).to.equal(height);
    await hre.network.provider.send("evm_revert", [before]);
    expect(await endings(w, job)).to.deep.equal([]);
    await settle(nodes, [job]);
    await mine(6);
    await idle(nodes, 2);
    expect(await endings(w, job)).to.deep.equal([ENDING.valid]);
    for (const member of FOUR) expect(signedBy(w, member).length).to.be.at.most(1);
  });

  it("settles the others of a batch when one job of it has too few signatures", async () => {
    await start();
    const own = new ContentStore(`${w.folder}/own`);
    const [job, hidden, other] = [
      await worked(w),
      await worked(w, { input: 9, content: own }),
      await worked(w, { input: 3 }),
    ];
    // only two members can judge it
    const both = await oracles(w, FOUR, (member) => ({ content: member < 2 ? withBoth(w, own) : w.content }));
    const settled = await settle(both, [job, other]);
    expect(settled.flat()).not.to.include(hidden.jobId);
    expect(await endings(w, hidden)).to.deep.equal([]);
    expect(await endings(w, job)).to.deep.equal([ENDING.valid]);
  });

  it("halves a batch that the chain or its node does not take, down to single verdicts", async () => {
    await start();
    const jobs = [await worked(w), await worked(w, { input: 5 }), await worked(w, { input: 6 })];
    class Narrow extends Wallet {
      override async sendTransaction(tx: TransactionRequest): ReturnType<Wallet["sendTransaction"]> {
        // 32 bytes a word; one entry has 21 of them
        if (String(tx.data).length > 2 * 32 * 45) throw new Error("oversized data");
        return super.sendTransaction(tx);
      }
    }
    const nodes = await oracles(w, FOUR, (member) => ({ sender: new Narrow(w.keys[member]!, rpc(w.chain.url)) }));
    const settled = await settle(nodes, jobs);
    expect(settled.flat()).to.have.members(jobs.map(({ jobId }) => jobId));
    for (const job of jobs) expect(await endings(w, job)).to.deep.equal([ENDING.valid]);
  });

  it("never signs a second verdict on an attempt, whatever it thinks now; others of the batch go on", async () => {
    await start();
    const [job, other] = [await worked(w), await worked(w, { input: 8 })];
    const journal = new SignatureJournal(journalOf(w, 0));
    journal.record(w.at, 1n, job.jobId, 1n, keccak256("0x05"));
    journal.close();
    const nodes = await oracles(w, [0, 1, 2]);
    await settle(nodes, [other]);
    await idle(nodes);
    expect(await endings(w, job)).to.deep.equal([]);
    expect(signedBy(w, 0).filter(([key]) => key!.includes(job.jobId))).to.have.length(1);
    // without this member three others agree
    await settle([...nodes, ...(await fourth())], [job], 12);
    expect(await endings(w, job)).to.deep.equal([ENDING.valid]);

    async function fourth(): Promise<OracleNode[]> {
      const urls = nodes.map((node) => node.url);
      return oracles(w, [3], () => ({ peers: () => urls }));
    }
  });

  it("knows its escrow by one name in the journal, however its address is written", async () => {
    await start();
    const job = await worked(w);
    const journal = new SignatureJournal(journalOf(w, 0));
    journal.record(w.at, 1n, job.jobId, 1n, keccak256("0x05"));
    journal.close();
    const nodes = await oracles(w, [0, 1, 2], () => ({ escrow: w.at.toLowerCase() }));
    await idle(nodes);
    expect(signedBy(w, 0)).to.have.length(1);
  });

  it("that ends between its journal and its signature signs the same again", async () => {
    await start();
    const job = await worked(w);
    let ends = 2;
    const nodes = await oracles(w, [0, 1, 2], (member) => ({
      signer: member === 1 ? dyingSigner(w.keys[1]!, () => signedBy(w, 1).length > 0 && ends-- > 0) : undefined!,
      ...(member === 1 ? {} : { signer: keySigner(w.keys[member]!) }),
    }));
    for (let round = 0; ends === 2 && round < 8; round++) {
      for (const node of nodes) await node.tick().catch(() => []);
      await moveTo((await now()) + 60n);
    }
    expect(ends).to.be.lessThan(2);
    const [line] = signedBy(w, 1);
    await Promise.all(w.opened.splice(0).map((node) => node.stop()));
    await settle(await oracles(w, [0, 1, 2]), [job]);
    expect(signedBy(w, 1)).to.deep.equal([line]);
    expect(await endings(w, job)).to.deep.equal([ENDING.valid]);
  });

  it("signs nothing while one of its RPC nodes lies, and goes on when they agree", async () => {
    await start();
    const job = await worked(w);
    const second = await serveChain();
    try {
      const nodes = await oracles(w, FOUR, () => ({ providers: [rpc(w.chain.url), rpc(second.url)] }));
      const lies: [string, (method: string, result: unknown) => unknown][] = [
        ["events left out", (method, result) => (method === "eth_getLogs" ? [] : result)],
        [
          "another result",
          (method, result) =>
            method === "eth_getLogs"
              ? (result as { data: string }[]).map((log) => ({
                  ...log,
                  data: log.data === "0x" ? "0x" : log.data.replace(/..$/, "0f"),
                }))
              : result,
        ],
      ];
      for (const [what, lie] of lies) {
        second.lie = lie;
        for (const node of nodes) await expect(node.tick(), what).to.be.rejectedWith("disagree on blocks");
      }
      second.lie = (method, result) =>
        method === "eth_call" && String(result).length === 66 ? `0x${"0".repeat(63)}2` : result;
      for (const node of nodes) await expect(node.tick()).to.be.rejectedWith("disagree on the committee");
      for (const member of FOUR) expect(signedBy(w, member)).to.deep.equal([]);
      second.lie = undefined;
      await settle(nodes, [job]);
    } finally {
      second.close();
    }
  });

  it("believes the RPC node that knows the fewest final blocks", async () => {
    await start();
    const job = await worked(w);
    const second = await serveChain(20);
    try {
      const nodes = await oracles(w, FOUR, () => ({ providers: [rpc(w.chain.url), rpc(second.url)] }));
      for (const node of nodes) expect(await node.tick()).to.deep.equal([]);
      for (const member of FOUR) expect(signedBy(w, member)).to.deep.equal([]);
      await mine(20);
      await settle(nodes, [job]);
    } finally {
      second.close();
    }
  });

  it("judges short jobs first, and tries one that it cannot run again after ever longer waits", async () => {
    await start();
    const deep = await compileSource(
      `export function alloc(size: i32): i32 { return <i32>heap.alloc(<usize>size); }
       function down(n: i32): i32 { return n == 0 ? 0 : down(n - 1) + 1; }
       export function run(at: i32, length: i32): i64 { return <i64>down(10000000); }`,
    );
    const spec = encodeSpec({ module: w.content.put(deep), input: w.content.put(Uint8Array.of(1)) });
    const hostile = await assigned(w, {
      specHash: w.content.put(spec),
      verifierConfigHash: REEXECUTE,
      attested: true,
      maxUnits: 1_000_000n,
    });
    await handedIn(w, hostile, id("anything"));
    const [long, short] = [await worked(w), await worked(w, { input: 4, terms: { maxUnits: 10n } })];
    const said: string[] = [];
    const options = (member: number): Partial<OracleOptions> => ({
      judgeMs: 1,
      log: (line) => member === 0 && said.push(line),
    });
    const nodes = await oracles(w, FOUR, options);
    const settled = await settle(nodes, [short]);
    expect(settled.flat()).to.deep.equal([short.jobId]);
    await settle(nodes, [long]);
    await idle(nodes, 3);
    const tries = (): number => said.filter((line) => line.includes(`no verdict on ${hostile.jobId}`)).length;
    expect(tries()).to.equal(1);
    await moveTo((await now()) + 600n);
    for (let round = 0; round < 3; round++) await nodes[0]!.tick();
    expect(tries()).to.equal(2);
    await moveTo((await now()) + 601n);
    await nodes[0]!.tick();
    expect(tries()).to.equal(2);
    await moveTo((await now()) + 601n);
    await nodes[0]!.tick();
    expect(tries()).to.equal(3);
  });

  it("submits nothing while the committee is stopped, and everything after", async () => {
    await start();
    const job = await worked(w);
    const nodes = await oracles(w, FOUR);
    await mined(w.guardian, w.committee, "stop", DAY);
    const sent = await Promise.all(w.members.map((m) => hre.ethers.provider.getTransactionCount(m.address)));
    await idle(nodes);
    expect(await Promise.all(w.members.map((m) => hre.ethers.provider.getTransactionCount(m.address)))).to.deep.equal(
      sent,
    );
    await mined(w.owner, w.committee, "resume");
    await settle(nodes, [job]);
  });

  it("signs under a new committee from the moment it is in force, without the member that left", async () => {
    await start();
    const job = await worked(w);
    const nodes = await oracles(w, FOUR);
    // judged, and perhaps signed by some, under the first version
    await nodes[3]!.tick();
    const left = w.members.slice(0, 3).map((m) => m.address);
    await mined(w.owner, w.committee, "setMembers", left, 3n);
    expect(await read<bigint>(w.committee, "version")).to.equal(2n);
    await settle(nodes, [job]);
    expect(await endings(w, job)).to.deep.equal([ENDING.valid]);
    for (const member of [0, 1, 2]) {
      expect(signedBy(w, member).filter(([key]) => key!.startsWith(`${w.at}:2:`))).to.have.length(1);
    }
    expect(signedBy(w, 3).filter(([key]) => key!.startsWith(`${w.at}:2:`))).to.deep.equal([]);
    await expect(oracles(w, [4])).to.be.rejectedWith("is no member of the committee");
  });

  it("is healthy while it makes rounds, and not before", async () => {
    await start();
    const [node] = await oracles(w, [0]);
    expect((await fetch(`${node!.url}/health`)).status).to.equal(503);
    await node!.tick();
    expect((await fetch(`${node!.url}/health`)).status).to.equal(200);
  });
});

/** A store that has what either has. */
function withBoth(w: OracleWorld, second: ContentStore): ContentStore {
  return {
    get(hash: string): Uint8Array {
      try {
        return w.content.get(hash);
      } catch {
        return second.get(hash);
      }
    },
    put: (bytes: Uint8Array) => w.content.put(bytes),
  } as ContentStore;
}
