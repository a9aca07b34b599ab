import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StunError } from "../../chains/errors";
import { deployNetwork, onlyChains, parseNetwork, problems, rpcConnections, type Deployed } from "../../deploy";
import { localTonWallet } from "../../deploy/drivers/ton";
import type { LayerZeroAddresses, Network } from "../../deploy/network";
import { newFolder, refusal, removeFolders, startLocal, type Local } from "./fixture";
import { startTonNode, type TonNode } from "./ton-node";

const FILE = join(__dirname, "..", "..", "networks", "local.json");
const VARIABLE = "STUN_RPC_TON";
const HOME_VARIABLE = "STUN_RPC_ETHEREUM";
const HOME_EID = 30_101;

describe("deploying to TON by RPC", () => {
  const outside = { [VARIABLE]: process.env[VARIABLE], [HOME_VARIABLE]: process.env[HOME_VARIABLE] };
  let local: Local;
  let node: TonNode;

  function text(change: Partial<LayerZeroAddresses>, eid: number): string {
    const layerZero = local.ton!.layerZero;
    const [dvn1, dvn2] = layerZero.workers.dvns.map(String);
    const uln = layerZero.uln(HOME_EID).toString();
    const layerzero = {
      endpoint: layerZero.endpoint(HOME_EID).toString(),
      sendLibrary: uln,
      receiveLibrary: uln,
      executor: layerZero.workers.executor.toString(),
      controller: layerZero.controller.toString(),
      ulnManager: layerZero.ulnManager.toString(),
      dvns: { dvn1, dvn2 },
      ...change,
    };
    const data = JSON.parse(readFileSync(FILE, "utf8")) as { chains: { ton: object } };
    Object.assign(data.chains.ton, { eid, layerzero });
    return JSON.stringify(data);
  }

  /** The local network as a file declares it whose TON part is data alone. */
  function declared(change: Partial<LayerZeroAddresses> = {}, eid = 30_343): Network {
    return onlyChains(parseNetwork(FILE, text(change, eid)), ["ethereum", "ton"]);
  }

  const refused = (network: Network, url?: string): Promise<string> => refusal(VARIABLE, network, url);

  before(async () => {
    local = await startLocal(["ethereum", "ton"]);
    node = await startTonNode(local.ton!);
    // Nobody asks it: the home chain here is the embedded one.
    process.env[HOME_VARIABLE] = "http://127.0.0.1:1";
  });

  after(async () => {
    for (const [name, value] of Object.entries(outside)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await node.close();
    removeFolders();
  });

  it("needs nothing but the network file and a URL, and ends as declared", async () => {
    process.env[VARIABLE] = node.url;
    const network = declared();
    const directory = newFolder();
    const deploy = async (): Promise<Deployed> => {
      const connections = { ...(await rpcConnections(network)), ethereum: local.connections.ethereum! };
      return deployNetwork(network, connections, { relay: local.relay, directory });
    };
    const first = await deploy();
    expect(problems(first.verification!)).to.deep.equal([]);
    expect(first.result.executed.filter((id) => id.startsWith("ton/"))).to.have.length.greaterThan(10);
    expect([...node.called]).to.have.members(["getAddressInformation", "runGetMethod", "getTransactions", "sendBoc"]);
    expect((await deploy()).result.executed, "a second time").to.deep.equal([]);
  });

  it("refuses in one sentence a URL that is not set, is none, or leads to no node", async () => {
    expect(await refused(declared())).to.match(/^The environment variable STUN_RPC_TON is not set: give the RPC URL/);
    expect(await refused(declared(), "tcp://127.0.0.1:1")).to.match(/STUN_RPC_TON is no http\(s\) URL: give the RPC/);
    const said = await refused(declared(), "http://127.0.0.1:1/?api_key=secret");
    expect(said).to.match(/^The TON node at the URL in STUN_RPC_TON does not answer: .+ Check the URL\.$/);
    expect(said).not.to.include("secret");
  });

  it("refuses a node of another network, and one without LayerZero", async () => {
    expect(await refused(declared({}, 40_343), node.url)).to.match(
      /is on the network with LayerZero's endpoint id 30343, and local\.json declares 40343/,
    );
    for (const [field, name] of [
      ["controller", "Controller"],
      ["ulnManager", "UlnManager"],
    ] as const) {
      const other = declared({ [field]: localTonWallet("nobody").toString() });
      expect(await refused(other, node.url)).to.match(new RegExp(`has no LayerZero ${name} at [\\w-]+: give the URL`));
    }
  });

  it("refuses a file that names another endpoint or library than LayerZero's contracts give", async () => {
    const other = localTonWallet("other").toString();
    for (const field of ["endpoint", "sendLibrary", "receiveLibrary"]) {
      expect(await refused(declared({ [field]: other }), node.url)).to.match(
        new RegExp(`^local\\.json: chains\\.ton\\.layerzero\\.${field} is ${other}, but LayerZero has [\\w-]+ towards`),
      );
    }
  });

  it("refuses a file without controller or ulnManager", () => {
    expect(() => declared({ controller: undefined })).to.throw(StunError, /layerzero has no field 'controller'; add/);
    expect(() => declared({ ulnManager: undefined })).to.throw(StunError, /layerzero has no field 'ulnManager'; add/);
  });
});
