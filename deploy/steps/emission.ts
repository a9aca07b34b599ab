// The emission vaults: one on each chain that has the module, each funded once, from home, with its share of the provider rewards.
import { ZeroAddress, ZeroHash, zeroPadValue } from "ethers";
import { toBytes32 } from "../addresses";
import { chainSpec, emissionBudget, toBaseUnits, type Network } from "../network";
import type { EvmContract, EvmScope } from "./evm";
import { declareGuardian } from "./work";

const STUN = 10n ** 18n;

export function declareEmission(network: Network, genesis: bigint, scope: EvmScope, home: EvmScope): void {
  if (!has(network, scope)) return;
  const [token, committee] = [scope.get("token"), scope.get("committee")];
  const budget = toBaseUnits("evm", emissionBudget(network, scope.chain));
  const { eid } = chainSpec(network, network.home);
  const args = scope.isHome
    ? [token.address, committee.address, genesis, budget, ZeroAddress, eid, ZeroHash, scope.role("deployer")]
    : [
        token.address,
        committee.address,
        genesis,
        budget,
        scope.get("bridge").address,
        eid,
        zeroPadValue(home.get("emission").address, 32),
        scope.role("deployer"),
      ];
  const vault = scope.deploy("emission", "EmissionVault", args, [token.step, committee.step]);
  scope.lent.push(vault);
  declareGuardian(scope, vault, "pause, veto");
  const { subsidy } = network.emission;
  scope.setOwned(vault, {
    id: `${vault.step}/subsidy`,
    title: "subsidy of EmissionVault",
    wanted: String(subsidy),
    found: async () => {
      const [status] = (await scope.driver.view(vault.address, vault.abi, "status")) ?? [];
      return status === undefined ? undefined : String((status as { subsidy: bigint }).subsidy);
    },
    method: "setSubsidy",
    args: [subsidy],
  });
}

/**
 * Whether a chain's vault has, or had, all that it will ever emit. True where there is no vault. A vault takes no report
 * before; once it has taken one, less may be there, because carry goes home.
 */
export async function isFunded(network: Network, scope: EvmScope): Promise<boolean> {
  const vault = scope.contracts.get("emission");
  if (!vault) return true;
  const token = scope.get("token");
  const [balance, status] = await Promise.all([
    scope.driver.view(token.address, token.abi, "balanceOf", [vault.address]),
    scope.driver.view(vault.address, vault.abi, "status"),
  ]);
  if (!balance || !status) return false;
  const [{ nextEpoch }] = status as unknown as [{ nextEpoch: bigint }];
  return nextEpoch > 0n || (balance[0] as bigint) >= toBaseUnits("evm", emissionBudget(network, scope.chain));
}

/** The id of the step on a chain that waits for its vault's budget; none where there is no vault. */
export function arrivals(scope: EvmScope | undefined): string[] {
  const vault = scope?.contracts.get("emission");
  return vault ? [`${vault.step}/funded`] : [];
}

/** Sends every vault its budget from the deployer, who holds the provider rewards since the genesis, and waits for it. */
export function fundVaults(network: Network, home: EvmScope, scopes: readonly EvmScope[]): void {
  for (const scope of scopes) {
    const vault = scope.contracts.get("emission");
    if (!vault) continue;
    if (scope.isHome) fundHome(network, scope, vault);
    else fundRemote(network, home, scope, vault);
  }
}

function fundHome(network: Network, scope: EvmScope, vault: EvmContract): void {
  const token = scope.get("token");
  const budget = toBaseUnits("evm", emissionBudget(network, scope.chain));
  scope.set({
    id: `${vault.step}/funded`,
    title: "fund the emission vault",
    needs: [token.step, vault.step],
    once: true,
    wanted: "funded",
    found: async () => ((await isFunded(network, scope)) ? "funded" : undefined),
    to: token.address,
    abi: token.abi,
    method: "transfer",
    args: [vault.address, budget],
  });
}

function fundRemote(network: Network, home: EvmScope, scope: EvmScope, vault: EvmContract): void {
  // Everything that both ends are told of the path so far: sent earlier, a message would wait for whoever retries it.
  const ofPath = (at: EvmScope, other: string): string[] =>
    at.steps.filter((step) => step.id.startsWith(`${at.get("bridge").step}/${other}/`)).map((step) => step.id);
  const configured = [
    ...ofPath(home, scope.chain),
    ...ofPath(scope, network.home),
    `${scope.get("bridge").step}/mint-cap`,
  ];
  const [token, bridge] = [home.get("token"), home.get("bridge")];
  const { eid } = chainSpec(network, scope.chain);
  const amount = toBaseUnits("evm", emissionBudget(network, scope.chain));
  const param = {
    dstEid: eid,
    to: toBytes32("evm", vault.address),
    amountLD: amount,
    minAmountLD: amount,
    extraOptions: "0x",
    composeMsg: "0x",
    oftCmd: "0x",
  };
  const funded = async (): Promise<string | undefined> => ((await isFunded(network, scope)) ? "funded" : undefined);
  const approved = `${bridge.step}/${scope.chain}/funding-approved`;
  home.set({
    id: approved,
    title: `approve the bridge for the vault on ${scope.chain}`,
    needs: [token.step, bridge.step],
    once: true,
    wanted: "approved",
    found: async () => {
      if (await isFunded(network, scope)) return "approved";
      const allowance = await home.driver.view(token.address, token.abi, "allowance", [
        home.role("deployer"),
        bridge.address,
      ]);
      return allowance?.[0] === amount ? "approved" : undefined;
    },
    to: token.address,
    abi: token.abi,
    method: "approve",
    args: [bridge.address, amount],
  });
  const sent = `${bridge.step}/${scope.chain}/funding-sent`;
  home.steps.push({
    id: sent,
    title: `send the vault on ${scope.chain} its budget`,
    chain: home.chain,
    needs: [approved, vault.step, ...configured],
    once: true,
    wanted: "funded",
    found: funded,
    call: async () => {
      const quote = await home.driver.view(bridge.address, bridge.abi, "quoteSend", [param, false]);
      const [{ nativeFee }] = quote as unknown as [{ nativeFee: bigint }];
      const data = bridge.abi.encodeFunctionData("send", [param, { nativeFee, lzTokenFee: 0n }, home.role("deployer")]);
      return { vm: "evm", to: bridge.address, data, value: nativeFee };
    },
  });
  scope.steps.push({
    id: `${vault.step}/funded`,
    title: "the emission vault has its budget",
    chain: scope.chain,
    needs: [sent],
    wanted: "funded",
    found: funded,
  });
}

/**
 * What no vault or grant has taken, because its module is not on this network yet, goes to the treasury, which pays it out
 * no faster than anything else. A timelock could spend what it holds at once.
 */
export function parkTheRest(home: EvmScope, needs: readonly string[]): void {
  const token = home.get("token");
  const deployer = home.role("deployer");
  const treasury = home.get("treasury");
  const balance = async (): Promise<bigint | undefined> =>
    (await home.driver.view(token.address, token.abi, "balanceOf", [deployer]))?.[0] as bigint | undefined;
  home.set({
    id: `${token.step}/parked`,
    title: "give what is left with the deployer to the treasury",
    needs: [token.step, treasury.step, ...needs],
    // Not nothing: anyone can send it dust later, and a deployment does not come undone by that.
    wanted: "the deployer holds less than 1 STUN",
    found: async () => {
      const held = await balance();
      return held === undefined
        ? undefined
        : `the deployer holds ${held < STUN ? "less than 1 STUN" : `${held} base units`}`;
    },
    to: token.address,
    abi: token.abi,
    method: "transfer",
    args: async () => [treasury.address, (await balance()) ?? 0n],
  });
}

function has(network: Network, scope: EvmScope): boolean {
  return network.moduleChains.emission.includes(scope.chain);
}
