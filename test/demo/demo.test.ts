import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { compileSource } from "../../scripts/jobs/build";

const ROOT = join(__dirname, "..", "..");
const REPORT = join(ROOT, "out", "demo", "report.html");

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function demo(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--require", "tsx/cjs", join(ROOT, "scripts", "demo.ts"), ...args], {
      cwd: ROOT,
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** The sentence that a refused run ends with, and that it did nothing else. */
async function sentenceOf(...args: string[]): Promise<string> {
  const before = existsSync(REPORT) ? statSync(REPORT).mtimeMs : 0;
  const { code, stdout, stderr } = await demo(...args);
  expect(code, stderr).to.be.greaterThan(0);
  expect(stdout).to.equal("");
  expect(existsSync(REPORT) ? statSync(REPORT).mtimeMs : 0, "the report was touched").to.equal(before);
  const lines = stderr.trim().split("\n");
  expect(stderr).to.not.match(/\n\s+at /);
  return lines.at(-1) ?? "";
}

interface Printed {
  chains: { name: string; vm: string; eid: number }[];
  supply: Record<"cap" | "home" | "locked", string> &
    Record<"remote" | "inFlight" | "held" | "burned", Record<string, string>> & { holds: boolean };
  job: { verdict: string; signers: string[]; parts: Record<string, string> };
  epoch: { total: string; claimed: string; seconds: string };
  home: Pick<Printed, "job" | "epoch">;
  channels: { chain: string; deposit: string; tasks: number; returned: string; parts: Record<string, string> }[];
  cases: { chain: string; title: string; burned: string }[];
  governance: { title: string; changes: { chain: string }[]; steps: string[] }[];
  report: string;
}

describe("the demo", () => {
  it("says what its options are", async () => {
    const { code, stdout, stderr } = await demo("--help");
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain("--max-units <number>").and.to.contain("(default: 100)");
  });

  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "stun-demo-test-"));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("prints one object of the whole journey, in which every number adds up, and writes its report", async () => {
    const { code, stdout, stderr } = await demo("--json");
    expect(code, stderr).to.equal(0);
    const { chains, supply, job, epoch, home, channels, cases, governance, report } = JSON.parse(stdout) as Printed;

    const remotes = chains.slice(1).map(({ name }) => name);
    expect(chains[0]?.name).to.equal("ethereum");
    expect(Object.keys(supply.remote)).to.deep.equal(remotes);
    expect(supply.holds).to.equal(true);
    const sum = (part: Record<string, string>): bigint => Object.values(part).reduce((s, v) => s + BigInt(v), 0n);
    const parts = [supply.remote, supply.inFlight, supply.held, supply.burned];
    expect(parts.map(sum).reduce((s, v) => s + v)).to.equal(BigInt(supply.locked));
    // What jobs and channels burned at home is gone for good.
    const burnedBy = ({ burn, buyback }: Record<string, string>): bigint => BigInt(burn!) + BigInt(buyback!);
    const atHome = burnedBy(home.job.parts) + burnedBy(channels.find(({ chain }) => chain === "ethereum")!.parts);
    expect(BigInt(supply.home)).to.equal(BigInt(supply.cap) - atHome);
    expect(sum(supply.burned) > 0n).to.equal(true);

    for (const done of [home.job, job]) {
      expect(done.verdict).to.equal("Valid");
      expect(done.signers).to.have.length(3);
      const { price, returned, ...shares } = done.parts;
      expect(sum(shares)).to.equal(BigInt(price!));
      expect(BigInt(returned!) > 0n).to.equal(true);
    }
    for (const day of [home.epoch, epoch]) {
      expect(day.claimed).to.equal(day.total);
      expect(BigInt(day.total) > 0n).to.equal(true);
      // Half an hour of a job and three tasks of ten minutes in a channel.
      expect(BigInt(day.seconds) > 3_600n).to.equal(true);
    }
    expect(channels.map(({ chain }) => chain)).to.deep.equal(["ethereum", "base"]);
    for (const { deposit, returned, parts } of channels) {
      const { price, ...shares } = parts;
      expect(sum(shares)).to.equal(BigInt(price!));
      expect(BigInt(returned)).to.equal(BigInt(deposit) - BigInt(price!));
    }
    expect(cases).to.have.length(8);
    // A whole bond and a tenth of one, half of each burned, and the fees of what was paid.
    expect(sum(Object.fromEntries(cases.map(({ title, burned }) => [title, burned]))) >= 55n * 10n ** 18n).to.equal(
      true,
    );
    const chainsOf = ({ changes }: Printed["governance"][number]) => [...new Set(changes.map(({ chain }) => chain))];
    expect(governance.map(chainsOf)).to.deep.equal([["base"], ["ethereum", "base", "arbitrum"]]);
    for (const { steps } of governance) expect(steps.at(-1)).to.equal("verified: the action did what it says");

    const html = readFileSync(join(ROOT, report), "utf8");
    expect(html.match(/<svg /g)).to.have.length(5);
    expect(html).to.not.match(/(src|href)="http/);
  });

  it("refuses a module that traps, before it starts a chain", async () => {
    const module = join(folder, "trap.wasm");
    const alloc = "export function alloc(size: i32): i32 { return <i32>heap.alloc(<usize>size); }";
    writeFileSync(
      module,
      await compileSource(`${alloc} export function run(at: i32, n: i32): i64 { unreachable(); return 0; }`),
    );
    writeFileSync(join(folder, "input"), "x");
    expect(await sentenceOf("--job", module, "--input", join(folder, "input"))).to.match(
      /^The module trapped \(unreachable\)/,
    );
  });

  it("refuses a module that never ends", async () => {
    const module = join(folder, "loop.wasm");
    const alloc = "export function alloc(size: i32): i32 { return <i32>heap.alloc(<usize>size); }";
    writeFileSync(
      module,
      await compileSource(`${alloc} export function run(at: i32, n: i32): i64 { while (true) {} return 0; }`),
    );
    writeFileSync(join(folder, "input"), "x");
    const sentence = await sentenceOf("--job", module, "--input", join(folder, "input"), "--max-units", "3");
    expect(sentence).to.match(/^The module needs more than 3 units/);
  });

  it("refuses a file that is no module, a missing file, and a module without an input", async () => {
    const text = join(folder, "text");
    writeFileSync(text, "no module");
    expect(await sentenceOf("--job", text, "--input", text)).to.match(/^The file is not a valid WebAssembly module/);
    expect(await sentenceOf("--job", join(folder, "none"), "--input", text)).to.match(
      /^The module '.*none' does not exist/,
    );
    expect(await sentenceOf("--job", text)).to.equal("--job and --input go together: --input is missing.");
  });

  it("refuses options that it does not have and numbers that are none", async () => {
    expect(await sentenceOf("--jsno")).to.match(/--jsno/);
    expect(await sentenceOf("--max-units", "0")).to.match(/give a whole number of units/);
    expect(await sentenceOf("--keep", "--port", "70000")).to.match(/give a port/);
  });

  it("refuses a busy port, before it starts a chain", async () => {
    const server: Server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as { port: number };
    try {
      const sentence = await sentenceOf("--keep", "--port", String(port));
      expect(sentence).to.equal(`Port ${port} is in use: stop what listens there or choose others with --port.`);
    } finally {
      server.close();
    }
  });
});
