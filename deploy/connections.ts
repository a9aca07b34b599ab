// How a deployment reaches the chains of a network: embedded ones as they are handed over, all others by RPC URL.
import { JsonRpcProvider, Network as EthersNetwork } from "ethers";
import { StunError } from "../chains/errors";
import type { EvmTransport } from "./drivers/evm";
import type { TonDeployTransport } from "./drivers/ton";
import type { SolanaScope } from "./steps/solana";
import type { TonLayerZeroPort } from "./steps/ton";
import type { ChainSpec, Holder, LayerZeroAddresses, Network } from "./network";

export interface EvmConnection {
  readonly vm: "evm";
  readonly transport: EvmTransport;
  /** LayerZero's addresses, where the network file leaves them to the local network. */
  readonly layerzero?: LayerZeroAddresses;
  /** Moves an embedded chain's clock on. */
  readonly passTime?: () => Promise<void>;
}

export interface TonConnection {
  readonly vm: "ton";
  readonly transport: TonDeployTransport;
  readonly layerZero: TonLayerZeroPort;
  /** Differs between any two networks. */
  readonly identity: string;
  readonly passTime?: () => Promise<void>;
}

/** Solana's libraries take a second to load, so only a connection to it brings them along. */
export interface SolanaConnection {
  readonly vm: "solana";
  readonly layerzero?: LayerZeroAddresses;
  open(network: Network, chain: string, layerzero: LayerZeroAddresses, holder: (role: string) => Holder): SolanaScope;
}

export type Connection = EvmConnection | SolanaConnection | TonConnection;
export type Connections = Readonly<Record<string, Connection>>;

/** What a local EVM chain offers, as localnet/evm.ts has it. */
interface EmbeddedEvm {
  readonly node: EvmTransport & { advance(seconds: bigint): Promise<void> };
  readonly layerZero: {
    readonly addresses: Omit<LayerZeroAddresses, "dvns"> & { readonly dvns: readonly string[] };
  };
}

export function embeddedEvm(chain: EmbeddedEvm): EvmConnection {
  const { endpoint, sendLibrary, receiveLibrary, executor, dvns } = chain.layerZero.addresses;
  return {
    vm: "evm",
    transport: chain.node,
    passTime: () => chain.node.advance(60n),
    layerzero: {
      endpoint,
      sendLibrary,
      receiveLibrary,
      executor,
      dvns: Object.fromEntries(dvns.map((address, i) => [`dvn${i + 1}`, address])),
    },
  };
}

/** Connects to every chain of the network by the URL in its environment variable. */
export async function rpcConnections(
  network: Network,
  layerzero: Record<string, LayerZeroAddresses> = {},
): Promise<Connections> {
  // All variables first: nobody likes to learn of the second that is missing after the first node has been asked.
  const urls = Object.entries(network.chains).map(([name, spec]) => [name, spec, urlOf(name, spec)] as const);
  const connections: Record<string, Connection> = {};
  for (const [name, spec, url] of urls) {
    const declared = spec.layerzero === "localnet" ? layerzero[name] : spec.layerzero;
    if (spec.vm === "evm") {
      connections[name] = { vm: "evm", transport: evmByUrl(url, spec.chainId!), layerzero: declared };
    } else if (spec.vm === "solana") {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only where there is a Solana, see above
      const { solanaByUrl } = require("./drivers/solana-rpc") as typeof import("./drivers/solana-rpc");
      connections[name] = await solanaByUrl(network, name, url, declared);
    } else {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- the same
      const { tonByUrl } = require("./drivers/ton-rpc") as typeof import("./drivers/ton-rpc");
      connections[name] = await tonByUrl(network, name, url, declared);
    }
  }
  return connections;
}

function urlOf(name: string, spec: ChainSpec): string {
  const url = process.env[spec.rpc];
  if (!url) throw new StunError(`The environment variable ${spec.rpc} is not set: give the RPC URL of ${name}.`);
  if (!/^https?:\/\//.test(url)) {
    throw new StunError(`The environment variable ${spec.rpc} is no http(s) URL: give the RPC URL of ${name}.`);
  }
  return url;
}

function evmByUrl(url: string, chainId: number): EvmTransport {
  const provider = new JsonRpcProvider(url, EthersNetwork.from(chainId), { staticNetwork: true, cacheTimeout: -1 });
  return {
    request: ({ method, params }) =>
      provider.send(method, params ?? []).catch((error: { info?: { error?: unknown } }) => {
        // The node's own words carry the revert data; what ethers wraps around them says less.
        throw error.info?.error ?? error;
      }),
  };
}
