// The embedded networks and what the deploy engine puts on them.
import { deployNetwork, type Deployed } from "../../deploy";
import { localSolanaKey } from "../../deploy/drivers/solana";
import type { LocalNetwork } from "../../deploy/local";
import type { BridgeEnd, Relayer } from "../../localnet/bridge";
import type { EvmEnd } from "../../localnet/bridge-evm";
import { bridgeEnds } from "../../localnet/ends";
import type { EvmNetwork } from "../../localnet/evm";
import type { ChainReport } from "./result";

export interface World {
  local: LocalNetwork;
  evm: EvmNetwork;
  deployed: Deployed;
  relayer: Relayer;
  home: EvmEnd;
  /** The other ends of the bridge, by chain. */
  remotes: Record<string, BridgeEnd>;
  chains: ChainReport[];
}

/** Deploys the local network to its chains; `onStep` hears how many steps are done. */
export async function deployWorld(
  local: LocalNetwork,
  onStep: (done: number, total: number, title: string) => void,
): Promise<World> {
  const { network, connections, evm, relayer } = local;
  const deployed = await deployNetwork(network, connections, {
    relay: () => local.relay(),
    onStep: ({ step, completed, total }) => onStep(completed, total, `${step.chain}: ${step.title}`),
  });
  const { contracts } = deployed.deployment;
  const { home, remotes } = await bridgeEnds(local, contracts, localSolanaKey("escrow").publicKey);
  const chains = Object.entries(network.chains).map(([name, { eid, vm }]) => {
    return { name, eid, vm, token: contracts[name]!.token ?? contracts[name]!.bridge! };
  });
  return { local, evm, deployed, relayer, home, remotes, chains };
}
