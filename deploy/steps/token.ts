// Token and bridge. Home has the token and the adapter that locks it, every remote mints what arrives.
import { toBaseUnits, type Network } from "../network";
import type { EvmScope } from "./evm";
import { readText } from "./evm";

/** Who receives the supply in the token's constructor: roles at once, what goes to vaults through the deployer. */
export function mintRecipients(network: Network, scope: EvmScope): { recipients: string[]; amounts: bigint[] } {
  const shares = new Map<string, bigint>();
  for (const { to, amount } of network.distribution) {
    const recipient = scope.role(to.startsWith("role:") ? to.slice("role:".length) : "deployer");
    shares.set(recipient, (shares.get(recipient) ?? 0n) + toBaseUnits("evm", amount));
  }
  return { recipients: [...shares.keys()], amounts: [...shares.values()] };
}

export function declareToken(network: Network, scope: EvmScope): void {
  if (!network.moduleChains.token.includes(scope.chain)) return;
  if (scope.isHome) declareHome(network, scope);
}

function declareHome(network: Network, scope: EvmScope): void {
  const { recipients, amounts } = mintRecipients(network, scope);
  const token = scope.deploy("token", "StunToken", [recipients, amounts]);
  scope.checks.push({
    chain: scope.chain,
    title: "decimals of STUN",
    wanted: "18",
    found: () => readText(scope, token, "decimals"),
  });
}
