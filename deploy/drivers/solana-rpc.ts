// A Solana cluster by the URL of a JSON-RPC node, as a deployment reaches it.
import { StunError } from "../../chains/errors";
import { ENDPOINT, endpointAccounts, libraryAccounts } from "../../chains/solana/layerzero/addresses";
import { RpcTransport } from "../../chains/solana/rpc";
import type { SolanaConnection } from "../connections";
import { chainSpec, type LayerZeroAddresses, type Network } from "../network";
import { SolanaScope } from "../steps/solana";
import { SolanaDriver, type SolanaDeployTransport } from "./solana";

/** Where the endpoint's settings name the cluster, after the tag of the account's type. */
const EID_OFFSET = 8;

/** Connects to the node at `url`; refuses one of another cluster than the network file means. */
export async function solanaByUrl(
  network: Network,
  chain: string,
  url: string,
  layerzero: LayerZeroAddresses | undefined,
): Promise<SolanaConnection> {
  const { eid, rpc, confirmations } = chainSpec(network, chain);
  if (layerzero) checkAddresses(network, chain, layerzero);
  const transport = await RpcTransport.connect(url, `the URL in ${rpc}`);
  await checkCluster(transport, rpc, eid);
  const identity = `solana ${await transport.genesisHash()}`;
  const deploying: SolanaDeployTransport = {
    accounts: (addresses) => transport.accounts(addresses),
    programAccounts: (program, offset, bytes) => transport.programAccounts(program, offset, bytes),
    blockhash: () => transport.blockhash(),
    slot: () => transport.slot(),
    time: () => transport.time(),
    rent: (bytes) => transport.rent(bytes),
    send: (transaction) => transport.send(transaction),
    simulate: (transaction) => transport.simulate(transaction),
    broadcast: (transaction) => transport.broadcast(transaction),
    lifetime: () => transport.lifetime(),
    height: () => transport.height(),
    status: async (signature) => {
      const status = await transport.status(signature);
      if (!status) return undefined;
      const { depth, ...rest } = status;
      return { ...rest, final: depth === undefined || depth >= BigInt(confirmations) };
    },
  };
  return {
    vm: "solana",
    layerzero,
    open: (declared, name, addresses, holder) => {
      const driver = new SolanaDriver({ chain: name, transport: deploying, identity: async () => identity, holder });
      return new SolanaScope(declared, name, driver, addresses);
    },
  };
}

/** The OFT program is built for one endpoint and one library; a file that names others would never be reached. */
function checkAddresses(network: Network, chain: string, layerzero: LayerZeroAddresses): void {
  const library = libraryAccounts.settings().toBase58();
  const known = { endpoint: ENDPOINT.toBase58(), sendLibrary: library, receiveLibrary: library };
  for (const [field, wanted] of Object.entries(known) as [keyof typeof known, string][]) {
    if (layerzero[field] === wanted) continue;
    throw new StunError(
      `${network.file}: chains.${chain}.layerzero.${field} is ${layerzero[field]}, but the OFT program works with ${wanted}; write that.`,
    );
  }
}

async function checkCluster(transport: RpcTransport, rpc: string, eid: number): Promise<void> {
  const [settings] = await transport.accounts([endpointAccounts.settings()]);
  if (!settings || settings.data.length < EID_OFFSET + 4) {
    throw new StunError(
      `The Solana node at the URL in ${rpc} knows no LayerZero endpoint ${ENDPOINT.toBase58()}: give the URL of the cluster with endpoint id ${eid}.`,
    );
  }
  const found = settings.data.readUInt32LE(EID_OFFSET);
  if (found !== eid) {
    throw new StunError(
      `The Solana node at the URL in ${rpc} is on the cluster with LayerZero's endpoint id ${found}, and the network file declares ${eid}: give the URL of the right cluster.`,
    );
  }
}
