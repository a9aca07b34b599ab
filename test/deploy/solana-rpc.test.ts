import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deployNetwork, onlyChains, parseNetwork, problems, rpcConnections, type Deployed } from "../../deploy";
import { localSolanaKey } from "../../deploy/drivers/solana";
import type { LayerZeroAddresses, Network } from "../../deploy/network";
import { newFolder, refusal, removeFolders, startLocal, type Local } from "./fixture";
import { serveJson } from "./json-server";
import { startSolanaNode, type SolanaNode } from "./solana-node";

const FILE = join(__dirname, "..", "..", "networks", "local.json");
const VARIABLE = "STUN_RPC_SOLANA";

describe("deploying to Solana by RPC", () => {
  const outside = process.env[VARIABLE];
  let local: Local;
  let node: SolanaNode;

  /** The local network as a file declares it whose Solana part is data alone. */
  function declared(change: Partial<LayerZeroAddresses> = {}, eid = 30_168): Network {
    const connection = local.connections.solana;
    if (connection?.vm !== "solana") throw new TypeError("The local network has no Solana.");
    const data = JSON.parse(readFileSync(FILE, "utf8")) as { chains: { solana: object } };
    Object.assign(data.chains.solana, { eid, layerzero: { ...connection.layerzero, ...change } });
    return onlyChains(parseNetwork(FILE, JSON.stringify(data)), ["ethereum", "solana"]);
  }

  const solanaOf = (network: Network): Network => ({ ...network, chains: { solana: network.chains.solana! } });

  const refused = (network: Network, url?: string): Promise<string> => refusal(VARIABLE, solanaOf(network), url);

  before(async () => {
    local = await startLocal(["ethereum", "solana"]);
    node = await startSolanaNode(local.solana!);
  });

  after(async () => {
    if (outside === undefined) delete process.env[VARIABLE];
    else process.env[VARIABLE] = outside;
    await node.close();
    removeFolders();
  });

  it("needs nothing but the network file and a URL, and ends as declared", async () => {
    // What `solana program deploy` does beforehand.
    local.solana!.deploy("oft", localSolanaKey("deployer").publicKey);
    process.env[VARIABLE] = node.url;
    const network = declared();
    const directory = newFolder();
    const deploy = async (): Promise<Deployed> => {
      const connections = { ...local.connections, ...(await rpcConnections(solanaOf(network))) };
      return deployNetwork(network, connections, { relay: local.relay, directory });
    };
    const first = await deploy();
    expect(problems(first.verification!)).to.deep.equal([]);
    expect(first.result.executed.filter((id) => id.startsWith("solana/"))).to.have.length.greaterThan(10);
    expect([...node.called]).to.include.members(["sendTransaction", "getSignatureStatuses", "simulateTransaction"]);
    expect((await deploy()).result.executed, "a second time").to.deep.equal([]);
  });

  it("refuses in one sentence a URL that is not set, is none, or leads to no node", async () => {
    expect(await refused(declared())).to.match(
      /^The environment variable STUN_RPC_SOLANA is not set: give the RPC URL/,
    );
    expect(await refused(declared(), "ws://127.0.0.1:1")).to.match(/STUN_RPC_SOLANA is no http\(s\) URL: give the RPC/);
    const said = await refused(declared(), "http://127.0.0.1:1/secret");
    expect(said).to.match(/^The Solana node at the URL in STUN_RPC_SOLANA does not answer: .+ Check the URL\.$/);
    expect(said).not.to.include("secret");
  });

  it("refuses a node of another cluster, and one without LayerZero", async () => {
    expect(await refused(declared({}, 40_168), node.url)).to.match(
      /is on the cluster with LayerZero's endpoint id 30168, and the network file declares 40168/,
    );
    const empty = await serveJson(async (_path, body) => {
      const { id, method } = body as { id: string; method: string };
      const result = method === "getSlot" ? 1 : { context: { slot: 1 }, value: [null] };
      return { jsonrpc: "2.0", id, result };
    });
    expect(await refused(declared(), empty.url)).to.match(
      /knows no LayerZero endpoint 76y7\w+: give the URL of the clu/,
    );
    await empty.close();
  });

  it("refuses a file that names another endpoint or library than the program works with", async () => {
    const other = localSolanaKey("other").publicKey.toBase58();
    for (const field of ["endpoint", "sendLibrary", "receiveLibrary"]) {
      expect(await refused(declared({ [field]: other }), node.url)).to.match(
        new RegExp(`^local\\.json: chains\\.solana\\.layerzero\\.${field} is ${other}, but the OFT program works with`),
      );
    }
  });
});
