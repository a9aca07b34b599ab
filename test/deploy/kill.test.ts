import { expect } from "chai";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deployNetwork } from "../../deploy";
import type { ServedPort } from "../../localnet/evm-node";
import { footprint, newFolder, removeFolders, startLocal, type Local } from "./fixture";

const ROOT = join(__dirname, "..", "..");

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  text: string;
}

/** Runs a TypeScript file with tsx's loader in one process, so that a signal ends all of it. */
function run(file: string, args: string[], env: Record<string, string>): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--require", "tsx/cjs", join(ROOT, file), ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("close", (code, signal) => resolve({ code, signal, text }));
  });
}

/** The local network with LayerZero's addresses written out, as a file for a process that reaches the chains by URL. */
function writeNetwork(local: Local, folder: string): string {
  const data = JSON.parse(readFileSync(join(ROOT, "networks", "local.json"), "utf8")) as {
    chains: Record<string, { layerzero: unknown }>;
    bridge: { paths: { remote: string }[] };
    committee: { chains: string[] };
    modules: Record<string, { chains: string[]; shares?: Record<string, number>; uniswap?: Record<string, unknown> }>;
  };
  const names = Object.keys(local.chains);
  data.chains = Object.fromEntries(Object.entries(data.chains).filter(([name]) => names.includes(name)));
  for (const name of names) {
    const connection = local.connections[name]!;
    if (connection.vm === "evm") data.chains[name]!.layerzero = connection.layerzero;
  }
  data.bridge.paths = data.bridge.paths.filter(({ remote }) => names.includes(remote));
  data.committee.chains = names;
  for (const module of Object.values(data.modules)) {
    module.chains = module.chains.filter((name) => names.includes(name));
    if (module.shares) module.shares = { ethereum: 10_000 };
    const { uniswap } = module;
    if (uniswap)
      module.uniswap = Object.fromEntries(Object.entries(uniswap).filter(([chain]) => names.includes(chain)));
  }
  data.modules.emission!.chains = ["ethereum"];
  const path = join(folder, "local.json");
  writeFileSync(path, JSON.stringify(data));
  return path;
}

describe("deploying to running nodes from another process", function () {
  const ports: ServedPort[] = [];

  after(async () => {
    await Promise.all(ports.map((port) => port.close()));
    removeFolders();
  });

  async function serve(local: Local): Promise<Record<string, string>> {
    const env: Record<string, string> = {};
    for (const [name, chain] of Object.entries(local.chains)) {
      const port = await chain.node.serve(0);
      ports.push(port);
      env[local.network.chains[name]!.rpc] = port.url;
    }
    return env;
  }

  it("survives kill -9 while signing, sending and waiting, and ends the same as one that was never stopped", async () => {
    const [whole, killed] = await Promise.all([startLocal(["ethereum"]), startLocal(["ethereum"])]);
    const emission = { ...whole.network.emission, shares: { ethereum: 10_000 } };
    const once = await deployNetwork({ ...whole.network, emission }, whole.connections, { relay: whole.relay });
    const env = await serve(killed);
    const folder = newFolder();
    const file = writeNetwork(killed, folder);
    // Ever later places; together they hit every kind of point, in the constructors and in the transfers.
    for (const place of [2, 3, 4, 6, 7, 11]) {
      const ended = await run("test/deploy/kill.child.ts", [file, folder, String(place)], env);
      expect(ended.signal, ended.text).to.equal("SIGKILL");
    }
    const finished = await run("test/deploy/kill.child.ts", [file, folder, "0"], env);
    expect(finished.code, finished.text).to.equal(0);
    expect(await footprint(killed, once.deployment.contracts)).to.deep.equal(
      await footprint(whole, once.deployment.contracts),
    );
  });

  it("the command ends a broken file, a dead node and an unknown network with one sentence, and writes nothing", async () => {
    const folder = newFolder();
    const file = join(folder, "local.json");
    writeFileSync(
      file,
      readFileSync(join(ROOT, "networks", "local.json"), "utf8").replace('"eid": 30184', '"eid": 30101'),
    );
    for (const [args, env, sentence] of [
      [
        ["--network", file],
        {},
        /^local\.json: chains\.base\.eid is 30101, the endpoint id of ethereum; give each chain its own\.$/,
      ],
      [["--network", "nowhere"], {}, /^There is no network file .*nowhere\.json: give/],
      [["--network", "local", "--chains", "mars"], {}, /^local\.json has no chain 'mars': choose from/],
      [
        ["--network", "local", "--chains", "ethereum"],
        { STUN_RPC_ETHEREUM: "http://127.0.0.1:9" },
        /^local\.json: chains\.ethereum\.layerzero is "localnet", but ethereum is not embedded\.$/,
      ],
    ] as [string[], Record<string, string>, RegExp][]) {
      const ended = await run("scripts/deploy.ts", ["apply", ...args], env);
      expect(ended.code).to.equal(1);
      expect(ended.text.trim()).to.match(sentence);
      expect(ended.text.trim()).to.not.include("\n");
    }
    expect(readdirSync(folder)).to.deep.equal(["local.json"]);
    expect(existsSync(join(ROOT, "out", "nowhere"))).to.equal(false);
  });
});
