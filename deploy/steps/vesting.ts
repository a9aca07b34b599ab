// The vesting vault at home and the grants of the genesis.
import { ZeroAddress } from "ethers";
import { toBaseUnits, type Grant, type Network } from "../network";
import type { EvmContract, EvmScope } from "./evm";

/** Anyone can make grants, so those of the genesis need not have the first ids; they are among the first ones. */
const SEARCH = 256n;

interface Stored {
  beneficiary: string;
  total: bigint;
  start: bigint;
  cliff: bigint;
  duration: bigint;
  revoker: string;
  revoked: boolean;
}

export function declareVesting(network: Network, scope: EvmScope): void {
  if (!network.moduleChains.vesting.includes(scope.chain)) return;
  const token = scope.get("token");
  scope.deploy("vesting", "VestingVault", [token.address], [token.step]);
}

/** After the modules that are beneficiaries themselves. */
export function declareGrants(network: Network, genesis: bigint, scope: EvmScope): void {
  const vault = scope.get("vesting");
  const grants = network.distribution.flatMap((allocation) => allocation.grants);
  declareBatch(
    genesis,
    scope,
    vault,
    "irrevocable",
    grants.filter((g) => !g.revocable),
    ZeroAddress,
  );
  declareBatch(
    genesis,
    scope,
    vault,
    "revocable",
    grants.filter((g) => g.revocable),
    // What is taken back is metered there; the timelock itself could pay it out at once.
    scope.get("treasury").address,
  );
}

function declareBatch(
  genesis: bigint,
  scope: EvmScope,
  vault: EvmContract,
  kind: string,
  grants: Grant[],
  revoker: string,
): void {
  // A beneficiary whose module is not part of this deployment has no address, and its grant waits.
  const present = grants.filter((grant) => recipient(scope, grant) !== undefined);
  if (present.length === 0) return;
  const token = scope.get("token");
  const total = present.reduce((sum, grant) => sum + toBaseUnits("evm", grant.amount), 0n);
  const terms = present.map((grant) => ({
    isModule: grant.beneficiary.startsWith("module:"),
    beneficiary: recipient(scope, grant)!,
    total: toBaseUnits("evm", grant.amount),
    start: genesis,
    cliff: grant.cliff,
    duration: grant.duration,
  }));
  const made = async (): Promise<boolean> => {
    const stored = await genesisGrants(scope, vault);
    // Each stored grant stands for one declared grant.
    const left = stored?.slice();
    return terms.every((wanted) => {
      const at = left?.findIndex((grant) => matches(grant, wanted, revoker)) ?? -1;
      return at >= 0 && left!.splice(at, 1).length === 1;
    });
  };
  const approved = `${vault.step}/${kind}-approved`;
  scope.set({
    id: approved,
    title: `approve the vesting vault for the ${kind} grants`,
    needs: [token.step, vault.step],
    wanted: "approved",
    found: async () => {
      if (await made()) return "approved";
      const allowance = await scope.driver.view(token.address, token.abi, "allowance", [
        scope.role("deployer"),
        vault.address,
      ]);
      return allowance?.[0] === total ? "approved" : undefined;
    },
    to: token.address,
    abi: token.abi,
    method: "approve",
    args: [vault.address, total],
  });
  scope.set({
    id: `${vault.step}/${kind}`,
    title: `make the ${kind} grants of the genesis`,
    needs: [approved],
    once: true,
    wanted: "granted",
    found: async () => ((await made()) ? "granted" : undefined),
    to: vault.address,
    abi: vault.abi,
    method: "grantBatch",
    args: [terms, revoker],
  });
}

function recipient(scope: EvmScope, grant: Grant): string | undefined {
  const [kind, name = ""] = grant.beneficiary.split(":");
  return kind === "role" ? scope.role(name) : scope.contracts.get(name)?.address;
}

async function genesisGrants(scope: EvmScope, vault: EvmContract): Promise<Stored[] | undefined> {
  const next = (await scope.driver.view(vault.address, vault.abi, "nextId"))?.[0] as bigint | undefined;
  if (next === undefined) return undefined;
  const last = next - 1n < SEARCH ? next - 1n : SEARCH;
  const ids = Array.from({ length: Number(last) }, (_, i) => BigInt(i + 1));
  const results = await Promise.all(ids.map((id) => scope.driver.view(vault.address, vault.abi, "grantOf", [id])));
  return results.map((result) => result![0] as Stored);
}

/**
 * A person may have handed its grant over, and a revoked grant keeps less: neither unmakes the genesis. A module of this
 * deployment hands nothing over.
 */
function matches(
  grant: Stored,
  wanted: { isModule: boolean; beneficiary: string; total: bigint; start: bigint; cliff: bigint; duration: bigint },
  revoker: string,
): boolean {
  return (
    (!wanted.isModule || grant.beneficiary === wanted.beneficiary) &&
    (grant.revoked || grant.total === wanted.total) &&
    grant.start === wanted.start &&
    grant.cliff === wanted.cliff &&
    grant.duration === wanted.duration &&
    grant.revoker === revoker
  );
}
