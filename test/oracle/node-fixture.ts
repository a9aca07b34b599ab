// Oracles of the test committee on the escrow's world: real keys, journals, content and HTTP between them.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HDNodeWallet, JsonRpcProvider, Network, Wallet, keccak256 } from "ethers";
import { resultHashOf, type Terms } from "../../chains/evm/escrow";
import { ContentStore } from "../../oracle/content";
import { SignatureJournal } from "../../oracle/journal";
import { OracleNode, type OracleOptions } from "../../oracle/node";
import { keySigner, type DigestSigner } from "../../oracle/signer";
import { encodeSpec, REEXECUTE } from "../../oracle/spec";
import { runModule } from "../../oracle/wasm/run";
import { compileSource } from "../../scripts/jobs/build";
import { mined } from "../evm/kit";
import { assigned, jobOf, world, type Placed, type World } from "../evm/escrow/fixture";
import { serveChain, type ServedChain } from "./served-chain";

const CHAIN_ID = 31_337;
/** The mnemonic of Hardhat's own accounts. */
const PHRASE = "test test test test test test test test test test test junk";
const ALLOC = "export function alloc(size: i32): i32 { return <i32>heap.alloc(<usize>size); }";
/** Adds the bytes of its input, `rounds` times. */
const SUM = `${ALLOC}
export function run(at: i32, length: i32): i64 {
  let sum: i32 = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < length; i++) sum = sum * 31 + <i32>load<u8>(<usize>(at + i));
  }
  store<i32>(<usize>at, sum);
  return (<i64>at << 32) | 4;
}`;

export interface OracleWorld extends World {
  folder: string;
  content: ContentStore;
  chain: ServedChain;
  /** Private keys of the members. */
  keys: string[];
  /** Closes what was opened. */
  close(): Promise<void>;
  /** Closed at the end. */
  opened: { stop(): Promise<void> }[];
}

/** A chain behind HTTP with this many blocks that are not final. */
export async function oracleWorld(depth = 0): Promise<OracleWorld> {
  const w = await world();
  const folder = mkdtempSync(join(tmpdir(), "stun-oracle-"));
  const wallets = Array.from({ length: 20 }, (_, i) =>
    HDNodeWallet.fromPhrase(PHRASE, undefined, `m/44'/60'/0'/0/${i}`),
  );
  const keys = w.members.map((member) => wallets.find(({ address }) => address === member.address)!.privateKey);
  const chain = await serveChain(depth);
  const opened: { stop(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((node) => node.stop()));
    chain.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...w, folder, content: new ContentStore(join(folder, "content")), chain, keys, opened, close };
}

export function rpc(url: string): JsonRpcProvider {
  return new JsonRpcProvider(url, Network.from(CHAIN_ID), {
    cacheTimeout: -1,
    staticNetwork: true,
    pollingInterval: 50,
  });
}

export function journalOf(w: OracleWorld, member: number): string {
  return join(w.folder, `${member}.journal`);
}

/** Lines of a member's journal: key and leaf. */
export function signedBy(w: OracleWorld, member: number): string[][] {
  return readFileSync(journalOf(w, member), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith(" torn"))
    .map((line) => line.split(" "));
}

/** Members' oracles, started, which know each other. */
export async function oracles(
  w: OracleWorld,
  members: readonly number[],
  change: (member: number) => Partial<OracleOptions> = () => ({}),
): Promise<OracleNode[]> {
  const urls: string[] = [];
  const nodes: OracleNode[] = [];
  for (const member of members) {
    const provider = rpc(w.chain.url);
    const own = change(member);
    const node: OracleNode = new OracleNode({
      providers: [provider],
      escrow: w.at,
      committee: await w.committee.getAddress(),
      signer: keySigner(w.keys[member]!),
      sender: new Wallet(w.keys[member]!, provider),
      content: w.content,
      journal: new SignatureJournal(journalOf(w, member)),
      peers: (): string[] => urls.filter((url) => url !== node.url),
      leaderSeconds: 60,
      port: 0,
      ...own,
    });
    await node.start();
    w.opened.push(node);
    nodes.push(node);
    urls.push(node.url);
  }
  return nodes;
}

/** A signer that dies instead of the first signature of a digest that `dies` says. */
export function dyingSigner(key: string, dies: () => boolean): DigestSigner {
  const signer = keySigner(key);
  return {
    address: signer.address,
    signDigest: async (digest) => {
      if (dies()) throw new Error("the process ended here");
      return signer.signDigest(digest);
    },
  };
}

const modules = new Map<number, Uint8Array>();

/** What a job computes: `rounds` times over `input`. */
export interface Work {
  rounds?: number;
  input?: number;
  /** Submits the hash of another output. */
  wrong?: boolean;
  terms?: Partial<Terms>;
  /** Keeps spec, module and input out of the store. */
  content?: ContentStore;
}

/** An attested job of the oracles' policy with a submitted result. */
export async function worked(w: OracleWorld, work: Work = {}): Promise<Placed> {
  const { rounds = 3, input = 1, wrong = false, terms = {}, content = w.content } = work;
  let module = modules.get(rounds);
  if (!module) {
    module = await compileSource(SUM.replace("ROUNDS", String(rounds)));
    modules.set(rounds, module);
  }
  const bytes = Uint8Array.from([input, 2, 3, input >> 8]);
  const spec = encodeSpec({ module: content.put(module), input: content.put(bytes) });
  const job = await assigned(w, {
    specHash: content.put(spec),
    verifierConfigHash: REEXECUTE,
    attested: true,
    ...terms,
  });
  const { output } = await runModule(module, bytes, { maxUnits: 100n });
  const outputHash = wrong ? keccak256("0x00") : keccak256(output);
  return handedIn(w, job, outputHash);
}

/** The provider submits this output for one unit of work. */
export async function handedIn(w: OracleWorld, job: Placed, outputHash: string): Promise<Placed> {
  const { attempt } = await jobOf(w, job);
  const submission = { resultHash: resultHashOf(job.jobId, attempt, w.provider.address, outputHash), units: 1n };
  await mined(w.provider, w.escrow, "submit", w.payer.address, job.nonce, job.terms, submission);
  return { ...job, submission };
}

/** Ports that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
