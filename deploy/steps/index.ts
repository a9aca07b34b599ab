// Puts the steps of all modules together, in the order in which each chain takes them: contracts, their settings, the
// money, the limits, and last the powers.
import { toBytes32 } from "../addresses";
import type { Network } from "../network";
import type { Deployment } from "../types";
import { arrivals, declareEmission, fundVaults, isFunded, parkTheRest } from "./emission";
import type { EvmScope } from "./evm";
import { declareGovernancePaths, declareGovernor, declareOwners, handOverGovernance } from "./governance";
import { declareGenesisLimits, declareLimits, declarePaths, declareToken, handOverBridge } from "./token";
import type { SolanaScope } from "./solana";
import type { TonScope } from "./ton";
import { declareIncentives, declareTreasuries } from "./treasury";
import { declareGrants, declareVesting } from "./vesting";
import { declareWork } from "./work";

export type Scope = EvmScope | SolanaScope | TonScope;

export function describeDeployment(network: Network, genesis: bigint, scopes: ReadonlyMap<string, Scope>): Deployment {
  const all = [...scopes.values()];
  const evm = all.filter((scope) => scope.vm === "evm");
  const others = all.filter((scope) => scope.vm !== "evm");
  const home = evm.find((scope) => scope.isHome)!;
  declareOwners(network, home, home);
  for (const scope of evm.filter((s) => s !== home)) declareOwners(network, scope, home);
  for (const scope of evm) declareToken(network, scope);
  const peers = new Map<string, string>([
    ...evm.map((scope) => [scope.chain, toBytes32("evm", scope.get("bridge").address)] as const),
    ...others.map((scope) => [scope.chain, scope.peer] as const),
  ]);
  for (const scope of evm) declarePaths(network, scope, peers);
  for (const scope of evm) declareGovernancePaths(network, scope, home, evm);
  for (const scope of others) scope.declareToken(peers);
  declareModules(network, genesis, evm);
  return {
    steps: all.flatMap((scope) => scope.steps),
    checks: all.flatMap((scope) => scope.checks),
    powers: all.flatMap((scope) => scope.powers),
    names: names(network, all),
    contracts: Object.fromEntries(
      all.map((scope) => [
        scope.chain,
        Object.fromEntries([...scope.contracts].map(([key, { address }]) => [key, address])),
      ]),
    ),
  };
}

/** What stands on the token: the modules, the money of the genesis, then the limits and the powers. */
function declareModules(network: Network, genesis: bigint, scopes: readonly EvmScope[]): void {
  const home = scopes.find((scope) => scope.isHome)!;
  const find = (chain: string): EvmScope | undefined => scopes.find((scope) => scope.chain === chain);
  for (const scope of scopes) declareTreasuries(network, scope);
  for (const scope of scopes) declareWork(network, scope);
  declareGovernor(network, genesis, home);
  declareEmission(network, genesis, home, home);
  for (const scope of scopes.filter((s) => s !== home)) declareEmission(network, genesis, scope, home);
  for (const scope of scopes) declareVesting(network, scope);
  if (home.contracts.has("vesting")) {
    declareIncentives(network, home);
    declareGrants(network, genesis, home);
  }
  const funded = async (chain: string): Promise<boolean> => {
    const scope = find(chain);
    return scope === undefined || isFunded(network, scope);
  };
  for (const scope of scopes) declareGenesisLimits(network, scope, funded);
  fundVaults(network, home, scopes);
  const arrived = (chain: string): string[] => arrivals(find(chain));
  // Before what is left leaves the deployer, everyone who is due something has it.
  const everywhere = scopes.flatMap((scope) => arrived(scope.chain));
  const atHome = home.steps.filter((step) => step.once).map((step) => step.id);
  parkTheRest(home, [...new Set([...everywhere, ...atHome])]);
  for (const scope of scopes) declareLimits(network, scope, arrived);
  // Governance first: what takes the powers must itself be out of the deployer's hands.
  for (const scope of scopes) {
    handOverGovernance(network, scope);
    handOverBridge(network, scope, []);
    scope.handOverLent();
  }
}

function names(network: Network, scopes: readonly Scope[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const scope of scopes) {
    for (const [role, holders] of Object.entries(network.roles)) {
      if (holders[scope.chain] ?? holders[scope.vm]) found.set(scope.role(role), role);
    }
    for (const contract of scope.contracts.values()) found.set(contract.address, contract.name);
  }
  return found;
}
