// What the protocol keeps for itself: a treasury on each chain with fees, and at home the ecosystem's treasury and the
// incentives. All belong to the timelock from their constructors on.
import { toBaseUnits, type Network } from "../network";
import { readText, type EvmContract, type EvmScope } from "./evm";
import { owned } from "./work";

/** Before the modules that pay fees to the treasury. */
export function declareTreasuries(network: Network, scope: EvmScope): void {
  const isGranted = network.distribution.some(({ grants }) =>
    grants.some(({ beneficiary }) => beneficiary === "module:ecosystemTreasury"),
  );
  if (!scope.isHome && !network.moduleChains.fees.includes(scope.chain)) return;
  const token = scope.get("token");
  for (const key of scope.isHome && isGranted ? ["treasury", "ecosystemTreasury"] : ["treasury"]) {
    const treasury = scope.deploy(key, "Treasury", [token.address, scope.role("timelock")], [token.step]);
    owned(scope, treasury);
  }
  if (!scope.isHome) return;
  const allocation = network.distribution.filter(({ to }) => to === "module:treasury");
  const amount = allocation.reduce((sum, part) => sum + toBaseUnits("evm", part.amount), 0n);
  if (amount > 0n) fund(scope, token, scope.get("treasury"), amount);
}

/** After the vesting vault, which holds what the incentives will pay. */
export function declareIncentives(network: Network, scope: EvmScope): void {
  const granted = network.distribution.some(({ grants }) =>
    grants.some(({ beneficiary }) => beneficiary === "module:incentives"),
  );
  if (!granted) return;
  const [token, vesting] = [scope.get("token"), scope.get("vesting")];
  const args = [token.address, vesting.address, scope.role("timelock")];
  owned(scope, scope.deploy("incentives", "IncentivesVault", args, [token.step, vesting.step]));
}

/**
 * The treasury may spend what it got, so its balance says nothing later. The deployer begins with all that is not
 * liquid and ends with nothing: once it has less than the treasury is due, the treasury was paid.
 */
function fund(scope: EvmScope, token: EvmContract, treasury: EvmContract, amount: bigint): void {
  scope.set({
    id: `${treasury.step}/funded`,
    title: "fund the treasury",
    needs: [token.step, treasury.step],
    once: true,
    wanted: "funded",
    found: async () => {
      const [held, left] = await Promise.all(
        [treasury.address, scope.role("deployer")].map((account) => readText(scope, token, "balanceOf", [account])),
      );
      if (held === undefined || left === undefined) return undefined;
      return BigInt(held) >= amount || BigInt(left) < amount ? "funded" : undefined;
    },
    to: token.address,
    abi: token.abi,
    method: "transfer",
    args: [treasury.address, amount],
  });
}
