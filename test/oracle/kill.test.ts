// Oracles as processes that are killed at random moments: none signs two verdicts on an attempt, and every job is settled.
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import type { EventLog } from "ethers";
import { moveTo, now } from "../evm/kit";
import { ENDING, type Placed } from "../evm/escrow/fixture";
import { Random } from "../evm/random";
import type { ChildOptions } from "./node.child";
import { freePorts, journalOf, oracleWorld, signedBy, worked, type OracleWorld } from "./node-fixture";

const MEMBERS = [0, 1, 2, 3];
const KILLS = 10;
const JOBS = 9;
const LIMIT_MS = 480_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("oracle: processes that are killed", () => {
  let w: OracleWorld;
  const children = new Map<number, ChildProcess>();
  let output = "";

  async function start(member: number, ports: readonly number[]): Promise<void> {
    const options: ChildOptions = {
      rpc: w.chain.url,
      chainId: 31_337,
      escrow: w.at,
      committee: await w.committee.getAddress(),
      key: w.keys[member]!,
      content: join(w.folder, "content"),
      journal: journalOf(w, member),
      port: ports[member]!,
      peers: ports.filter((_, i) => i !== member).map((port) => `http://127.0.0.1:${port}`),
    };
    const child = spawn(process.execPath, ["--require", "tsx/cjs", join(__dirname, "node.child.ts")], {
      cwd: join(__dirname, "..", ".."),
      env: { ...process.env, STUN_TEST_ORACLE: JSON.stringify(options) },
    });
    child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr!.on("data", (chunk: Buffer) => (output += chunk.toString()));
    children.set(member, child);
  }

  async function kill(member: number): Promise<void> {
    const child = children.get(member)!;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await gone;
    }
  }

  after(async () => {
    await Promise.all([...children.keys()].map(kill));
    await w.close();
  });

  it(`at ${KILLS} random moments settle every job, once and rightly, and sign one verdict for each attempt`, async () => {
    w = await oracleWorld(2);
    const random = new Random("kills");
    const ports = await freePorts(MEMBERS.length);
    for (const member of MEMBERS) await start(member, ports);
    const jobs: { job: Placed; wrong: boolean }[] = [];
    const ended = async (): Promise<Map<string, bigint[]>> => {
      const all = new Map<string, bigint[]>();
      for (const log of await w.escrow.queryFilter(w.escrow.filters.JobEnded!())) {
        const { jobId, ending } = (log as EventLog).args as unknown as { jobId: string; ending: bigint };
        all.set(jobId, [...(all.get(jobId) ?? []), ending]);
      }
      return all;
    };
    let kills = 0;
    let restarts = 0;
    const begun = Date.now();
    for (;;) {
      if (Date.now() - begun > LIMIT_MS) throw new Error(`Jobs are open after ${LIMIT_MS} ms: ${output.slice(-3_000)}`);
      // the chain goes on
      await moveTo((await now()) + 5n);
      if (jobs.length < JOBS && random.oneIn(4n)) {
        const wrong = random.oneIn(3n);
        jobs.push({ job: await worked(w, { input: jobs.length + 1, wrong, rounds: 3 }), wrong });
      }
      // while at least one process has come so far that there is something to lose
      if (kills < KILLS && output.includes("started") && random.oneIn(6n)) {
        const member = Number(random.between(0n, BigInt(MEMBERS.length - 1)));
        await wait(Number(random.between(0n, 300n)));
        await kill(member);
        kills++;
        await start(member, ports);
        restarts++;
      }
      await wait(150);
      const done = await ended();
      if (kills === KILLS && jobs.length === JOBS && jobs.every(({ job }) => done.has(job.jobId))) break;
    }
    expect(restarts).to.equal(KILLS);
    const done = await ended();
    for (const { job, wrong } of jobs) {
      expect(done.get(job.jobId)).to.deep.equal([wrong ? ENDING.wrong : ENDING.valid]);
    }
    const leaves = new Map<string, string>();
    for (const member of MEMBERS) {
      const lines = signedBy(w, member);
      expect(new Set(lines.map(([key]) => key)).size, `journal of ${member}`).to.equal(lines.length);
      for (const [key, leaf] of lines as [string, string][]) {
        expect(leaves.get(key) ?? leaf).to.equal(leaf);
        leaves.set(key, leaf);
      }
    }
    process.stdout.write(`      ${KILLS} kills, ${JOBS} jobs, ${leaves.size} verdicts, ${Date.now() - begun} ms\n`);
  });
});
