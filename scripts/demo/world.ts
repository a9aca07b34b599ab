// The embedded networks and what the deploy engine puts on them.
import { deployNetwork, embeddedEvm, loadNetwork, onlyChains, type Deployed } from "../../deploy";
import { Relayer, type BridgeEnd } from "../../localnet/bridge";
import { EvmEnd } from "../../localnet/bridge-evm";
import { startEvm, type EvmNetwork } from "../../localnet/evm";
import type { ChainReport } from "./result";

export interface World {
  evm: EvmNetwork;
  deployed: Deployed;
  relayer: Relayer;
  home: EvmEnd;
  /** The other ends of the bridge, by chain. */
  remotes: Record<string, BridgeEnd>;
  chains: ChainReport[];
}

/** Starts the chains and deploys the local network to them; `onStep` hears how many steps are done. */
export async function startWorld(onStep: (done: number, total: number, title: string) => void): Promise<World> {
  const evm = await startEvm();
  const names = Object.keys(evm);
  const relayer = new Relayer(Object.values(evm));
  const connections = Object.fromEntries(Object.entries(evm).map(([name, chain]) => [name, embeddedEvm(chain)]));
  const network = onlyChains(loadNetwork("local"), names);
  const deployed = await deployNetwork(network, connections, {
    relay: () => relayer.relay(),
    onStep: ({ step, completed, total }) => onStep(completed, total, `${step.chain}: ${step.title}`),
  });
  const { contracts } = deployed.deployment;
  const { ethereum, base, arbitrum } = evm;
  const eids = Object.values(network.chains).map((chain) => chain.eid);
  const home = new EvmEnd(
    ethereum,
    contracts.ethereum!.bridge!,
    contracts.ethereum!.token!,
    eids.filter((eid) => eid !== ethereum.eid),
  );
  const remotes: Record<string, BridgeEnd> = {
    base: new EvmEnd(base, contracts.base!.bridge!, contracts.base!.token!),
    arbitrum: new EvmEnd(arbitrum, contracts.arbitrum!.bridge!, contracts.arbitrum!.token!),
  };
  const chains = Object.entries(network.chains).map(([name, { eid, vm }]) => ({
    name,
    eid,
    vm,
    token: contracts[name]!.token!,
  }));
  return { evm, deployed, relayer, home, remotes, chains };
}
