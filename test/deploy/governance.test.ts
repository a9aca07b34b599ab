import chai, { expect } from "chai";
import chaiAsPromised from "chai-as-promised";
import { spawn } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { proposalId } from "../../chains/evm/governance";
import { deployNetwork, describe as describeNetwork, loadNetwork, planDeployment, rpcConnections } from "../../deploy";
import type { ServedPort } from "../../localnet/evm-node";
import { Governed, type Action } from "../../scripts/governance/action";
import baseBridgeLimit from "../../scripts/governance/actions/base-bridge-limit";
import committeeVersion from "../../scripts/governance/actions/committee-version";
import declared from "../../scripts/governance/actions/declared";
import treasuryPayment from "../../scripts/governance/actions/treasury-payment";
import { printSimulation } from "../../scripts/governance/print";
import { Proposals } from "../../scripts/governance/proposal";
import { rehearse } from "../../scripts/governance/rehearse";
import { copyByUrl, copyLocal, simulate, type Simulation } from "../../scripts/governance/simulate";
import { newFolder, removeFolders, startLocal, type Local } from "./fixture";

chai.use(chaiAsPromised);

const STUN = 10n ** 18n;
const DAY = 86_400n;
const ROOT = join(__dirname, "..", "..");

describe("governance actions", () => {
  let local: Local;
  const snapshots = new Map<string, string>();

  before(async () => {
    local = await startLocal(["ethereum", "base", "arbitrum"]);
    await deployNetwork(local.network, local.connections, { relay: local.relay });
  });

  beforeEach(async () => {
    for (const chain of Object.values(local.chains)) snapshots.set(chain.name, await chain.node.snapshot());
  });

  afterEach(async () => {
    for (const chain of Object.values(local.chains)) {
      await chain.node.restore(snapshots.get(chain.name)!);
      await chain.skipEvents();
    }
    local.relayer.forget();
  });

  after(removeFolders);

  const governed = async (): Promise<Governed> =>
    new Governed(await describeNetwork(local.network, local.connections), local.connections);
  const simulated = async (action: Action): Promise<Simulation> =>
    simulate(local.network, await copyLocal(local), action);
  const steps = async (action: Action): Promise<string[]> => {
    const said: string[] = [];
    await rehearse(local, action, (text) => said.push(text));
    return said;
  };

  it("changes a limit on Base through governor, timelock and LayerZero", async () => {
    const world = await governed();
    const limit = async (): Promise<bigint> =>
      ((await world.at("base", "bridge").getFunction("rateLimit")(30_101, true)) as [bigint])[0];
    expect(await limit()).to.equal(10_000_000n * STUN);
    const said = await steps(baseBridgeLimit);
    expect(said).to.include("message 1 to base: executed");
    expect(said.at(-1)).to.equal("verified: the action did what it says");
    expect(await limit()).to.equal(12_000_000n * STUN);
    expect(await world.at("base", "governanceReceiver").getFunction("lastSeq")()).to.equal(1n);
  });

  it("pays from the treasury at home", async () => {
    const world = await governed();
    const token = world.at("ethereum", "token");
    const liquidity = local.chains.ethereum.signer("liquidity").address;
    const held = async (): Promise<bigint> => (await token.getFunction("balanceOf")(liquidity)) as bigint;
    const before = await held();
    await steps(treasuryPayment);
    expect((await held()) - before).to.equal(250_000n * STUN);
  });

  it("begins a new version of the committee on three chains with one proposal", async () => {
    const world = await governed();
    await steps(committeeVersion);
    for (const chain of ["ethereum", "base", "arbitrum"]) {
      expect(await world.at(chain, "committee").getFunction("version")(), chain).to.equal(2n);
      expect(await world.at(chain, "committee").getFunction("members")()).to.have.length(5);
    }
  });

  it("brings the chains to a network file that was changed", async () => {
    const paths = local.network.paths.map((path) => ({ ...path, toHome: { ...path.toHome } }));
    paths[0]!.toHome.rateLimit = { capacity: 5_000_000_000_000n, window: 86_400n };
    const changed = { ...local, network: { ...local.network, paths } };
    const world = new Governed(await describeNetwork(changed.network, local.connections), local.connections);
    const open = async (): Promise<string[]> =>
      (await planDeployment(world.described)).filter((p) => p.reading.state !== "done").map((p) => p.step.id);
    expect(await open()).to.deep.equal(["ethereum/bridge/base/limit-in", "base/bridge/ethereum/limit-out"]);
    await rehearse(changed, declared, () => undefined);
    expect(await open()).to.deep.equal([]);
  });

  it("simulates without leaving a trace, and shows each value that changes and nothing else", async () => {
    const { changes, moves, events, calls, fees } = await simulated(baseBridgeLimit);
    expect(changes).to.deep.equal([
      {
        chain: "base",
        what: "limit from ethereum",
        before: `${10_000_000n * STUN} in 86400 s`,
        after: `${12_000_000n * STUN} in 86400 s`,
      },
    ]);
    expect(moves).to.deep.equal([]);
    expect(calls.map(({ chain }) => chain)).to.deep.equal(["base"]);
    expect(events.map(({ text }) => text).join()).to.include("StunOFT.RateLimitSet(eid 30101");
    expect(fees > 0n).to.equal(true);
    const plan = await planDeployment(await describeNetwork(local.network, local.connections));
    expect(plan.every(({ reading }) => reading.state === "done")).to.equal(true);
    expect((await local.chains.ethereum.now()) < 1_800_000_000n + 2n * DAY).to.equal(true);
  });

  it("simulates what moves, for those who vote", async () => {
    const text = printSimulation(await simulated(treasuryPayment));
    expect(text).to.match(/ethereum {2}StunToken \S+ {2}Treasury \S+ {2}liquidity \S+ {2}250,000\n/);
    expect(text).to.match(
      /what the treasury can still pay in these 30 days, base units {2}2,000,000e18 → 1,750,000e18/,
    );
  });

  it("shows a power that changes hands", async () => {
    const mallory = local.chains.ethereum.signer("mallory").address;
    const theft: Action = {
      ...(treasuryPayment as Action),
      title: "An innocent title",
      enact: async (world) => [world.call("ethereum", "committee", "transferOwnership", [mallory], "nothing much")],
      enacted: async (world) => (await world.at("ethereum", "committee").getFunction("pendingOwner")()) === mallory,
      verify: async () => undefined,
    };
    const { changes } = await simulated(theft);
    expect(changes).to.deep.equal([
      { chain: "ethereum", what: "pending owner of Committee", before: "nobody", after: mallory },
    ]);
  });

  it("refuses an action that does not do what it says, that would fail, or that is done already", async () => {
    const lie: Action = { ...(baseBridgeLimit as Action), enacted: async () => false };
    await expect(simulated(lie)).to.be.rejectedWith(/its calls do not do what it says\.$/);
    const failing: Action = {
      ...(baseBridgeLimit as Action),
      enact: async (world) => [world.call("base", "bridge", "setMintCap", [10n ** 30n], "a cap above the protocol's")],
    };
    await expect(simulated(failing)).to.be.rejectedWith(
      "On base 'a cap above the protocol's' would fail as things are",
    );
    await steps(baseBridgeLimit);
    await expect(simulated(baseBridgeLimit)).to.be.rejectedWith(/^There is nothing to propose: 'Raise what/);
    const elsewhere: Action = {
      ...(committeeVersion as Action),
      enact: async (world) => [{ ...world.call("base", "committee", "resume", [], "there"), chain: "solana" }],
    };
    await expect(simulated(elsewhere)).to.be.rejectedWith("Governance does not reach solana");
  });

  it("knows a network that an address owns", async () => {
    const network = { ...local.network, moduleChains: { ...local.network.moduleChains, governance: [] } };
    const described = { ...(await describeNetwork(local.network, local.connections)), network };
    expect(() => new Governed(described, local.connections)).to.throw("has no governance: its timelock is an address");
  });

  describe("by RPC URL, with a key of one's own", () => {
    const ports: ServedPort[] = [];
    let folder: string;
    let file: string;

    before(async () => {
      folder = newFolder();
      file = join(folder, "local.json");
      const data = JSON.parse(readFileSync(join(ROOT, "networks", "local.json"), "utf8")) as Record<string, never>;
      const { chains, modules, bridge, committee } = data as unknown as {
        chains: Record<string, { layerzero: unknown; rpc: string }>;
        modules: Record<string, { chains: string[]; shares?: Record<string, number> }>;
        bridge: { paths: { remote: string }[] };
        committee: { chains: string[] };
      };
      for (const name of ["solana", "ton"]) delete chains[name];
      for (const [name, chain] of Object.entries(local.chains)) {
        const connection = local.connections[name]!;
        if (connection.vm === "evm") chains[name]!.layerzero = connection.layerzero;
        const port = await chain.node.serve(0);
        ports.push(port);
        process.env[chains[name]!.rpc] = port.url;
      }
      const evm = Object.keys(local.chains);
      for (const module of Object.values(modules)) module.chains = module.chains.filter((name) => evm.includes(name));
      modules.emission!.shares = { ethereum: 5_000, base: 3_000, arbitrum: 2_000 };
      bridge.paths = bridge.paths.filter(({ remote }) => evm.includes(remote));
      committee.chains = evm;
      writeFileSync(file, JSON.stringify(data));
    });

    after(async () => {
      await Promise.all(ports.map((port) => port.close()));
      for (const name of ["ETHEREUM", "BASE", "ARBITRUM"]) delete process.env[`STUN_RPC_${name}`];
    });

    /** The network as that file declares it, but with the shares that were deployed. */
    const network = () => ({ ...loadNetwork(file), emission: local.network.emission });

    it("simulates on a copy and leaves the chains alone", async () => {
      const heights = await Promise.all(Object.values(local.chains).map((chain) => chain.provider.getBlockNumber()));
      const { changes } = await simulate(network(), await copyByUrl(network()), baseBridgeLimit);
      expect(changes.map(({ what }) => what)).to.deep.equal(["limit from ethereum"]);
      const after = await Promise.all(Object.values(local.chains).map((chain) => chain.provider.getBlockNumber()));
      expect(after).to.deep.equal(heights);
    });

    it("the command shows what would be sent and sends nothing, unless it is told to and has a key", async () => {
      const height = await local.chains.ethereum.provider.getBlockNumber();
      const shown = await run(["propose", "base-bridge-limit", "--network", file]);
      expect(shown.code, shown.text).to.equal(0);
      expect(shown.text).to.match(/Not sent: propose\n {2}chain ethereum, id 31337\n {2}to {4}0x\w{40}, StunGovernor/);
      expect(shown.text.trim()).to.match(/Nothing was sent\. With --send it is/);
      const refused = await run(["propose", "base-bridge-limit", "--network", file, "--send"]);
      expect(refused.code).to.equal(1);
      expect(refused.text.trim()).to.match(/^Nothing can be sent without a key: set STUN_GOVERNANCE_KEY, or/);
      expect(await local.chains.ethereum.provider.getBlockNumber()).to.equal(height);
    });

    it("proposes, votes, queues, executes and relays, each step in a run of its own", async () => {
      const { ethereum, base } = local.chains;
      const connections = await rpcConnections(network());
      const proposals = async (directory?: string): Promise<Proposals> => {
        const world = new Governed(await describeNetwork(network(), connections), connections);
        return new Proposals(world, (chain) => local.chains[chain as "base"].signer("sale"), directory);
      };
      const world = await governed();
      const sale = ethereum.signer("sale");
      const as = (key: string) => world.at("ethereum", key).connect(sale) as ReturnType<Governed["at"]>;
      await (await as("token").getFunction("approve")(world.address("ethereum", "staking"), 2n ** 255n)).wait();
      await (await as("staking").getFunction("open")(12_000_000n * STUN, 730n * DAY, 0n)).wait();
      await ethereum.advance(2n);
      const id = proposalId(await (await proposals(folder)).propose(baseBridgeLimit));
      expect(readdirSync(join(folder, "proposals"))).to.deep.equal([`${id}.json`]);
      // From the events alone, as another machine would, and from the file.
      expect(await (await proposals()).find(id)).to.deep.equal(await (await proposals(folder)).find(id));
      await expect((await proposals()).find(id + 1n)).to.be.rejectedWith("The governor knows no proposal");
      await expect((await proposals()).relay(id)).to.be.rejectedWith(`Proposal ${id} is pending, not executed`);
      await ethereum.advance(DAY + 1n);
      await (await proposals()).vote(id, "for");
      await ethereum.advance(3n * DAY + 1n);
      await (await proposals()).queue(id);
      await ethereum.advance(2n * DAY);
      await (await proposals(folder)).execute(id);
      expect(await (await proposals()).state(id)).to.equal("executed");
      expect(await (await proposals()).relay(id)).to.deep.equal([
        { chain: "base", seq: 1n, state: "waits for the DVNs" },
      ]);
      const [packet] = await ethereum.takePackets();
      await base.verify(packet!);
      expect(await (await proposals()).relay(id)).to.deep.equal([{ chain: "base", seq: 1n, state: "delivered now" }]);
      expect(await (await proposals()).relay(id)).to.deep.equal([{ chain: "base", seq: 1n, state: "executed" }]);
      await baseBridgeLimit.verify(world, await baseBridgeLimit.prepare(world));
    });

    it("refuses a stored proposal that is another one", async () => {
      const connections = await rpcConnections(network());
      const world = new Governed(await describeNetwork(network(), connections), connections);
      const directory = newFolder();
      const proposals = new Proposals(world, () => local.chains.ethereum.signer("sale"), directory);
      const id = 7n;
      const { mkdirSync } = await import("node:fs");
      mkdirSync(join(directory, "proposals"));
      writeFileSync(
        join(directory, "proposals", `${id}.json`),
        JSON.stringify({ targets: [], values: [], calldatas: [], description: "another" }),
      );
      await expect(proposals.find(id)).to.be.rejectedWith("The stored proposal 7 is not the one with this number");
    });
  });

  for (const [args, sentence] of [
    [["simulate", "nothing", "--network", "local"], /^There is no action 'nothing': choose from base-bridge-limit/],
    [["propose", "declared", "--network", "local"], /^The embedded chains end with each command: use 'rehearse'/],
    [["vote", "12x", "--network", "local"], /give the number that 'propose' printed/],
    [["status", "1", "--network", "nowhere"], /^There is no network file .*nowhere\.json/],
  ] as [string[], RegExp][]) {
    it(`the command ends '${args.join(" ")}' with one sentence`, async () => {
      const { code, text } = await run(args);
      expect(code).to.be.greaterThan(0);
      expect(text.trim()).to.match(sentence);
    });
  }
});

function run(args: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve) => {
    const tsx = join(ROOT, "node_modules", "tsx", "dist", "cli.mjs");
    const child = spawn(process.execPath, [tsx, join(ROOT, "scripts", "governance.ts"), ...args], { cwd: ROOT });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("close", (code) => resolve({ code, text }));
  });
}
