import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet, ZeroAddress, id, keccak256, type Contract } from "ethers";
import hre from "hardhat";
import { JsonRpcHandler } from "hardhat/internal/hardhat-network/jsonrpc/handler";
import type { EIP1193Provider } from "hardhat/types";
import { contractAt } from "../../../chains/evm/client";
import { ORDER, zkSpec } from "../../../chains/evm/proofs";
import { compileCircuit, buildFolder, digitsCircuit } from "../../../circuits/build";
import { nextCall, proverOf, type NextCall, type Prover } from "../../../circuits/prover";
import { picture } from "../../../scripts/jobs/digits";
import { generator } from "../../../scripts/jobs/random";
import { mined, refusal, send, STUN } from "../kit";
import {
  assigned,
  bondProvider,
  creditOf,
  ENDING,
  jobOf,
  posted,
  STATE,
  submitted,
  type Placed,
} from "../escrow/fixture";
import {
  answered,
  pictureOf,
  proven,
  WORTH,
  zkDisputed,
  zkSubmitted,
  zkTerms,
  zkWorld,
  type ZkWorld,
} from "../escrow/proof-fixture";

const ROOT = join(__dirname, "..", "..", "..");

/** What `npm run prove -- job` asks for. */
async function next(
  w: ZkWorld,
  job: Placed,
  change: { prover?: Prover; input?: bigint[]; by?: string; jobId?: string; fromBlock?: number } = {},
): Promise<NextCall> {
  const {
    prover = await proverOf(w.circuit, WORTH),
    input = w.input,
    by = w.provider.address,
    jobId = job.jobId,
    fromBlock,
  } = change;
  const provider = w.escrow.runner!.provider as Parameters<typeof contractAt>[2];
  const escrow: Contract = contractAt("JobEscrow", w.at, provider);
  const verifier: Contract = contractAt("ProofVerifier", await w.proofs.getAddress(), provider);
  return nextCall(escrow, verifier, jobId, prover, input, by, fromBlock);
}

describe("A prover", function () {
  before("builds the circuit when it is not in the cache", async () => {
    await digitsCircuit();
  });

  it("submits the assigned job's result and then proves it, each call taken as it is", async () => {
    const w = await zkWorld();
    const job = await assigned(w, zkTerms(w));
    const first = await next(w, job);
    expect(first.method).to.equal("submit");
    await mined(w.provider, w.escrow, first.method, ...first.args);
    const second = await next(w, job, { by: w.stranger.address });
    expect(second.method).to.equal("prove");
    await expect(send(w.stranger, w.escrow, second.method, ...second.args))
      .to.emit(w.escrow, "JobEnded")
      .withArgs(job.jobId, w.provider.address, ENDING.proven, 80n * STUN, (80n * STUN) / 50n, WORTH);
  });

  it("proves a disputed job, and one whose terms allow fewer units than the key's", async () => {
    const w = await zkWorld();
    const disputed = await next(w, await zkDisputed(w));
    await mined(w.stranger, w.escrow, disputed.method, ...disputed.args);
    const job = await assigned(w, { ...zkTerms(w), maxUnits: 40n });
    const first = await next(w, job);
    await mined(w.provider, w.escrow, first.method, ...first.args);
    const second = await next(w, job);
    await mined(w.stranger, w.escrow, second.method, ...second.args);
    expect((await jobOf(w, job)).state).to.equal(STATE.none);
  });

  it("says what is wrong before it works or pays", async () => {
    const w = await zkWorld();
    const job = await assigned(w, zkTerms(w));
    const refused = async (
      sentence: RegExp,
      ...args: Parameters<typeof next> extends [unknown, ...infer R] ? R : never
    ) => expect(await refusal(next(w, ...args))).to.match(sentence);
    await refused(/has created no job 0x/, job, { jobId: id("none") });
    await refused(/has created no job .* since block 1000000/, job, { fromBlock: 1_000_000 });
    await refused(/names verifier 1, not 3/, await submitted(w));
    await refused(/with 81 units has .*: give --zkey and --units/, job, { prover: await proverOf(w.circuit, 81n) });
    await refused(/is about another input/, job, { input: pictureOf(7) });
    await refused(/is assigned to 0x.*, who alone submits/, job, { by: w.stranger.address });
    await refused(/is not assigned/, await posted(w, zkTerms(w)));
    const wrong = await answered(w, await assigned(w, zkTerms(w)), WORTH, w.provider, [w.output[0]! + 1n]);
    await refused(/is not what the circuit gives: no proof of it exists/, wrong);
    const over = await zkSubmitted(w);
    await proven(w, over);
    await refused(/is over/, over);
    await mined(w.owner, w.proofs, "removeKey", w.keyId);
    await refused(/is not admitted at/, job);
  });

  it("finds an aliased input, which no proof can ever be taken for, to be another one", async () => {
    const w = await zkWorld();
    const aliased = w.input.map((word, i) => (i === 2 ? word + ORDER : word));
    const job = await assigned(w, { ...zkTerms(w), specHash: keccak256(zkSpec(w.keyId, aliased)) });
    expect(await refusal(next(w, job))).to.match(/is about another input/);
  });

  it("takes the zkey of another ceremony, and no file that is none", async () => {
    const circuit = await digitsCircuit();
    const own = await proverOf(circuit, WORTH, circuit.zkey);
    expect(own.keyId).to.equal((await proverOf(circuit, WORTH)).keyId);
    expect(await refusal(proverOf(circuit, WORTH, __filename))).to.match(/prove\.test\.ts is no zkey of a ceremony/);
  });

  it("does not compile a circuit that is none", () => {
    const folder = buildFolder();
    try {
      writeFileSync(join(folder, "none.circom"), "pragma circom 2.2.0;\ntemplate None() {");
      expect(() => compileCircuit(folder, "none.circom")).to.throw("none.circom does not compile");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  describe("as a command", () => {
    const folder = mkdtempSync(join(tmpdir(), "stun-prove-"));
    const file = join(folder, "picture.bin");
    let server: Server;
    let url: string;

    before("serves the chain by JSON-RPC", async () => {
      writeFileSync(file, Uint8Array.from(picture(4, generator(5))));
      const handler = new JsonRpcHandler(hre.network.provider as unknown as EIP1193Provider);
      server = createServer((request, response) => void handler.handleHttp(request, response));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });

    after(() => {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it("submits and proves a job with one line, and prints the call of one without --send", async () => {
      const w = await zkWorld();
      const gpu = Wallet.createRandom();
      const signer = gpu.connect(w.escrow.runner!.provider!);
      await (await w.owner.sendTransaction({ to: gpu.address, value: STUN })).wait();
      await bondProvider(w, signer, 10_000n * STUN);
      const job = await posted(w, zkTerms(w));
      await mined(signer, w.escrow, "accept", w.payer.address, job.nonce, job.terms);
      const line = ["job", job.jobId, "--escrow", w.at, "--picture", file, "--units", String(WORTH)];
      const shown = await run(line, { STUN_PROVER_RPC: url, STUN_PROVER_KEY: gpu.privateKey });
      expect(shown.text).to.match(/next: submit the output 0x[0-9a-f]{64}\nto {4}0x\w{40}\ndata {2}0x/);
      const done = await run([...line, "--send"], { STUN_PROVER_RPC: url, STUN_PROVER_KEY: gpu.privateKey });
      expect(done.code, done.text).to.equal(0);
      expect(done.text).to.match(/submit the output .*: 0x[0-9a-f]{64}, \d+ gas\nprove the result: 0x[0-9a-f]{64}/);
      // 80 STUN less 2 % and 5 %; this provider has nobody who referred it
      expect(await creditOf(w, gpu)).to.equal((80n * STUN * 93n) / 100n);
      expect(await creditOf(w, { address: ZeroAddress })).to.equal(0n);
    });

    it("prints a key and a specification that are those of the job", async () => {
      const w = await zkWorld();
      const key = await run(["key", "--units", String(WORTH), "--out", join(folder, "key")], {});
      expect(key.text).to.include(w.keyId);
      expect(key.text).to.include("anybody can forge proofs under it");
      const spec = await run(["spec", "--units", String(WORTH), "--picture", file], {});
      expect(spec.text).to.include(zkTerms(w).specHash).and.to.include("the network says 4");
    });

    for (const [args, env, sentence] of [
      [
        ["job", id("x"), "--escrow", ZeroAddress, "--picture", "/none"],
        {},
        /^The environment variable STUN_PROVER_RPC/,
      ],
      [
        ["job", id("x"), "--escrow", ZeroAddress, "--picture", "/none"],
        { STUN_PROVER_RPC: "http://127.0.0.1:1" },
        /^The node at http:\/\/127\.0\.0\.1:1 does not answer/,
      ],
      [["key", "--units", "0"], {}, /give a whole number from 1 on/],
      [["spec", "--picture", "/none/file"], {}, /\/none\/file cannot be read/],
    ] as [string[], Record<string, string>, RegExp][]) {
      it(`ends '${args[0]}' with one sentence: ${sentence.source}`, async () => {
        const { code, text } = await run(args, env);
        expect(code).to.be.greaterThan(0);
        expect(text.trim().split("\n").at(-1)).to.match(sentence);
      });
    }

    it("keeps a private key out of what it says", async () => {
      const secret = "0x12ab";
      const line = ["job", id("x"), "--escrow", ZeroAddress, "--picture", file];
      const { text } = await run(line, { STUN_PROVER_RPC: url, STUN_PROVER_KEY: secret });
      expect(text).to.include("STUN_PROVER_KEY holds no private key").and.not.to.include(secret);
      const unsigned = await run([...line, "--send"], { STUN_PROVER_RPC: url });
      expect(unsigned.text).to.include("--send needs STUN_PROVER_KEY");
    });
  });
});

function run(args: string[], env: Record<string, string>): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--require", "tsx/cjs", join(ROOT, "scripts", "prove.ts"), ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("close", (code) => resolve({ code, text }));
  });
}
