// Puts the steps of all modules together, in the order in which each chain takes them: contracts, their settings, the
// money, the limits, and last the powers.
import type { Network } from "../network";
import type { Deployment } from "../types";
import type { EvmScope } from "./evm";
import { toBytes32 } from "../addresses";
import { declareGenesisLimits, declareLimits, declarePaths, declareToken, handOverBridge } from "./token";
import { arrivals, declareEmission, fundVaults, isFunded, parkTheRest } from "./emission";
import { declareVesting } from "./vesting";
import { declareWork } from "./work";

export function describeDeployment(
  network: Network,
  genesis: bigint,
  scopes: ReadonlyMap<string, EvmScope>,
): Deployment {
  const all = [...scopes.values()];
  for (const scope of all) declareToken(network, scope);
  const peers = new Map(all.map((scope) => [scope.chain, toBytes32("evm", scope.get("bridge").address)]));
  for (const scope of all) declarePaths(network, scope, peers);
  const home = scopes.get(network.home)!;
  for (const scope of all) declareWork(network, scope);
  declareEmission(network, genesis, home, home);
  for (const scope of all.filter((s) => s !== home)) declareEmission(network, genesis, scope, home);
  for (const scope of all) declareVesting(network, genesis, scope);
  const funded = async (chain: string): Promise<boolean> => {
    const scope = scopes.get(chain);
    return scope === undefined || isFunded(network, scope);
  };
  for (const scope of all) declareGenesisLimits(network, scope, funded);
  fundVaults(network, home, all);
  const arrived = (chain: string): string[] => arrivals(scopes.get(chain));
  parkTheRest(
    home,
    all.flatMap((scope) => arrived(scope.chain)),
  );
  for (const scope of all) declareLimits(network, scope, arrived);
  for (const scope of all) handOverBridge(network, scope, []);

  const names = new Map<string, string>();
  for (const scope of all) {
    for (const role of Object.keys(network.roles)) {
      const holders = network.roles[role]!;
      if (holders[scope.chain] ?? holders[scope.spec.vm]) names.set(scope.role(role), role);
    }
    for (const contract of scope.contracts.values()) names.set(contract.address, contract.name);
  }
  return {
    steps: all.flatMap((scope) => scope.steps),
    checks: all.flatMap((scope) => scope.checks),
    powers: all.flatMap((scope) => scope.powers),
    names,
    contracts: Object.fromEntries(
      all.map((scope) => [
        scope.chain,
        Object.fromEntries([...scope.contracts].map(([key, contract]) => [key, contract.address])),
      ]),
    ),
  };
}
