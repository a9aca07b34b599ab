// Chains whose blocks can be replaced: what has landed counts as irrevocable only some blocks later.
import chai, { expect } from "chai";
import chaiAsPromised from "chai-as-promised";
import { deployNetwork, type Connections } from "../../deploy";
import type { EvmConnection } from "../../deploy/connections";
import type { Step } from "../../deploy/types";
import { STUN } from "../evm/kit";
import { newFolder, removeFolders, startLocal, type Local } from "./fixture";

chai.use(chaiAsPromised);

const DEPTH = 6;

class Crash extends Error {}

/** A chain that goes on by itself: while it does, a block comes with each look at its height. */
function growing(connection: EvmConnection, goesOn: boolean): EvmConnection {
  const { transport } = connection;
  const request: typeof transport.request = async (args) => {
    if (goesOn && args.method === "eth_blockNumber") await transport.request({ method: "evm_mine" });
    return transport.request(args);
  };
  return { ...connection, transport: { request } };
}

function deepen(local: Local, goesOn = true): Pick<Local, "network" | "connections"> {
  const { network, connections } = local;
  return {
    network: {
      ...network,
      chains: Object.fromEntries(
        Object.entries(network.chains).map(([name, spec]) => [name, { ...spec, confirmations: DEPTH }]),
      ),
    },
    connections: Object.fromEntries(
      Object.entries(connections).map(([name, connection]) => [name, growing(connection as EvmConnection, goesOn)]),
    ) as Connections,
  };
}

describe("a deployment to chains that count six confirmations", () => {
  afterEach(removeFolders);

  const budgetOnItsWay = async (local: Local): Promise<bigint> => {
    const packets = await local.chains.ethereum.takePackets();
    // 32 bytes of recipient, then the amount in 1e-6 STUN
    return packets
      .map(({ message }) => BigInt(`0x${Buffer.from(message).toString("hex", 32, 40)}`) * 10n ** 12n)
      .reduce((sum, amount) => sum + amount, 0n);
  };

  it("ends as declared, though the budget of a remote vault arrives long after its transaction", async () => {
    const local = await startLocal(["ethereum", "base"]);
    const { network, connections } = deepen(local);
    const { verification } = await deployNetwork(network, connections, { relay: local.relay, directory: newFolder() });
    expect(verification?.ok).to.equal(true);
  });

  it("sends a vault its budget once, when it dies before the transfer is deep enough and is taken up at once", async () => {
    const local = await startLocal(["ethereum", "base"]);
    const { network, connections } = deepen(local);
    const { connections: standing } = deepen(local, false);
    const directory = newFolder();
    const at = (point: string, step: Step): void => {
      if (point === "landed" && step.id === "ethereum/bridge/base/funding-sent") throw new Crash();
    };
    await expect(deployNetwork(network, connections, { relay: local.relay, directory, at })).to.be.rejectedWith(Crash);
    // The bridge takes its time: nothing is relayed, so the vault on Base has nothing yet.
    const relay = async (): Promise<void> => undefined;
    await expect(deployNetwork(network, standing, { relay, directory, patience: 100 })).to.be.rejectedWith(
      /funded.* still waits on base/,
    );
    expect(await budgetOnItsWay(local)).to.equal(120_000_000n * STUN);
  });
});
