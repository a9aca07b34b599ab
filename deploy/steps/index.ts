// Puts the steps of all modules together, in the order in which each chain takes them: contracts, their settings, the
// money, the limits, and last the powers.
import type { Network } from "../network";
import type { Deployment } from "../types";
import type { EvmScope } from "./evm";
import { toBytes32 } from "../addresses";
import { declareGenesisLimits, declareLimits, declarePaths, declareToken, handOverBridge } from "./token";
import { declareVesting } from "./vesting";

export function describeDeployment(
  network: Network,
  genesis: bigint,
  scopes: ReadonlyMap<string, EvmScope>,
): Deployment {
  const all = [...scopes.values()];
  for (const scope of all) declareToken(network, scope);
  const peers = new Map(all.map((scope) => [scope.chain, toBytes32("evm", scope.get("bridge").address)]));
  for (const scope of all) declarePaths(network, scope, peers);
  for (const scope of all) declareVesting(network, genesis, scope);
  const funded = async (): Promise<boolean> => true;
  for (const scope of all) declareGenesisLimits(network, scope, funded);
  for (const scope of all) declareLimits(network, scope, () => []);
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
