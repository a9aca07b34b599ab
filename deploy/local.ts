// The embedded chains of the local network, started and connected for a deployment. Programs on real networks have no
// need of this file: it loads the Hardhat network and the TON sandbox.
import { startEvm, EVM_CHAINS, type EvmName, type EvmNetwork } from "../localnet/evm";
import { Relayer } from "../localnet/bridge";
import { SolanaChain } from "../localnet/solana";
import { TonChain } from "../localnet/ton";
import type { LayerZeroChain } from "../localnet/types";
import { embeddedEvm, type Connections } from "./connections";
import { embeddedSolana } from "./drivers/solana-embedded";
import { embeddedTon } from "./drivers/ton-layerzero";
import { loadNetwork, type Network } from "./network";
import { onlyChains } from "./index";

export type LocalChain = EvmName | "solana" | "ton";
/** Every chain that the local network can embed. */
export const LOCAL_CHAINS: readonly LocalChain[] = [...EVM_CHAINS, "solana", "ton"];

export interface LocalNetwork {
  readonly network: Network;
  readonly connections: Connections;
  readonly evm: EvmNetwork;
  readonly solana?: SolanaChain;
  readonly ton?: TonChain;
  readonly relayer: Relayer;
  /** Delivers what is on its way between the chains; a deployment that funds remote vaults needs it. */
  relay(): Promise<void>;
}

/** Starts the named chains with LayerZero on them and nothing of ours. */
export async function startLocalNetwork(names: readonly LocalChain[] = LOCAL_CHAINS): Promise<LocalNetwork> {
  const network = onlyChains(loadNetwork("local"), names);
  const evmNames = EVM_CHAINS.filter((name) => names.includes(name));
  const evm = await startEvm(evmNames);
  const solana = names.includes("solana") ? SolanaChain.start() : undefined;
  const ton = names.includes("ton") ? await TonChain.start() : undefined;
  const chains: LayerZeroChain[] = [...Object.values(evm), ...(solana ? [solana] : []), ...(ton ? [ton] : [])];
  const connections = {
    ...Object.fromEntries(evmNames.map((name) => [name, embeddedEvm(evm[name])])),
    ...(solana ? { solana: embeddedSolana(solana) } : {}),
    ...(ton ? { ton: await embeddedTon(ton) } : {}),
  };
  const relayer = new Relayer(chains);
  return { network, connections, evm, solana, ton, relayer, relay: () => relayer.relay() };
}
