// What paid work needs on a chain: staking, the committee, the registry, the job escrow. Where the constructor is told
// everything, the timelock is the owner from the first second; elsewhere the deployer sets the rest and hands over.
import { getAddress } from "ethers";
import type { Network } from "../network";
import { readText, type EvmContract, type EvmScope } from "./evm";
import { buysBack, declareBuyback } from "./fees";

/** Early ranks of all chains together, shared as the emission is. */
const EARLY_RANKS = 10_000n;
const BPS = 10_000n;

export function declareWork(network: Network, scope: EvmScope): void {
  const on = (module: "staking" | "registry" | "escrow"): boolean => network.moduleChains[module].includes(scope.chain);
  if (network.committee.chains.includes(scope.chain)) declareCommittee(network, scope);
  declareBuyback(network, scope);
  if (on("staking")) declareStaking(scope);
  if (on("registry")) declareRegistry(network, scope);
  if (on("escrow")) {
    declareEscrow(network, scope);
    declareChannels(network, scope);
  }
}

function declareCommittee(network: Network, scope: EvmScope): void {
  const { members, k } = network.committee;
  const args = [scope.role("timelock"), scope.role("guardian"), members, k];
  const committee = scope.deploy("committee", "Committee", args);
  owned(scope, committee);
  scope.power(committee, "guardian (stop)", [scope.role("guardian")], async () => [
    await readText(scope, committee, "guardian"),
  ]);
  scope.power(committee, "member", members, async () => {
    const found = await scope.driver.view(committee.address, committee.abi, "members");
    return found === undefined ? [] : (found[0] as string[]).map((member) => getAddress(member));
  });
  scope.checks.push({
    chain: scope.chain,
    title: "signatures that the committee needs",
    wanted: String(k),
    found: () => readText(scope, committee, "threshold"),
  });
}

function declareStaking(scope: EvmScope): void {
  const token = scope.get("token");
  const name = scope.isHome ? "VotingStaking" : "Staking";
  const staking = scope.deploy("staking", name, [token.address, scope.role("deployer")], [token.step]);
  scope.lent.push(staking);
  declareGuardian(scope, staking);
}

function declareRegistry(network: Network, scope: EvmScope): void {
  const [committee, staking] = [scope.get("committee"), scope.get("staking")];
  const ranks = (EARLY_RANKS * BigInt(network.emission.shares[scope.chain] ?? 0)) / BPS;
  scope.deploy("registry", "Registry", [committee.address, staking.address, ranks], [committee.step, staking.step]);
}

function declareEscrow(network: Network, scope: EvmScope): void {
  const proofs = scope.deploy("proofs", "ProofVerifier", [scope.role("timelock")]);
  owned(scope, proofs);
  const [token, registry, staking, committee] = ["token", "registry", "staking", "committee"].map((key) =>
    scope.get(key),
  );
  const setup = {
    owner: scope.role("deployer"),
    guardian: scope.role("guardian"),
    stun: token!.address,
    registry: registry!.address,
    staking: staking!.address,
    committee: committee!.address,
    proofs: proofs.address,
    treasury: treasuryOf(scope),
    eid: network.chains[scope.chain]!.eid,
  };
  const escrow = scope.deploy(
    "escrow",
    "JobEscrow",
    [setup],
    [token!.step, registry!.step, staking!.step, committee!.step, proofs.step],
  );
  declareLedger(network, scope, escrow);
}

/** Payment channels settle beside the jobs, with the same fees. */
function declareChannels(network: Network, scope: EvmScope): void {
  const [token, registry] = [scope.get("token"), scope.get("registry")];
  const { eid } = network.chains[scope.chain]!;
  const [deployer, guardian] = [scope.role("deployer"), scope.role("guardian")];
  const args = [deployer, guardian, token.address, registry.address, treasuryOf(scope), eid];
  const channels = scope.deploy("channels", "PaymentChannels", args, [token.step, registry.step]);
  declareLedger(network, scope, channels);
}

/** Powers over a contract that books fees, and the assets it takes beside STUN. */
function declareLedger(network: Network, scope: EvmScope, ledger: EvmContract): void {
  scope.lent.push(ledger);
  scope.power(ledger, "guardian (pause)", [scope.role("guardian")], async () => [
    await readText(scope, ledger, "guardian"),
  ]);
  scope.checks.push({
    chain: scope.chain,
    title: `receiver of the treasury's fees of ${ledger.name}`,
    wanted: treasuryOf(scope),
    found: () => readText(scope, ledger, "treasury"),
  });
  buysBack(scope, ledger, treasuryOf(scope));
  for (const asset of network.fees.assets[scope.chain] ?? []) {
    scope.setOwned(ledger, {
      id: `${ledger.step}/asset-${asset}`,
      title: `${ledger.name} takes ${asset}`,
      wanted: "true",
      found: () => readText(scope, ledger, "isAllowed", [asset]),
      method: "setAsset",
      args: [asset, true],
    });
  }
}

/** The treasury of the chain; every one of them is metered. */
function treasuryOf(scope: EvmScope): string {
  return scope.get("treasury").address;
}

/** The owner names the guardian of a module whose constructor takes none. */
export function declareGuardian(scope: EvmScope, contract: EvmContract, powers = "pause"): void {
  const guardian = scope.role("guardian");
  scope.setOwned(contract, {
    id: `${contract.step}/guardian`,
    title: `guardian of ${contract.name}`,
    wanted: guardian,
    found: () => readText(scope, contract, "guardian"),
    method: "setGuardian",
    args: [guardian],
  });
  scope.power(contract, `guardian (${powers})`, [guardian], async () => [await readText(scope, contract, "guardian")]);
}

/** Declares the timelock as the owner, and nobody as the next one. */
export function owned(scope: EvmScope, contract: EvmContract): void {
  scope.power(contract, "owner", [scope.role("timelock")], async () => [await readText(scope, contract, "owner")]);
  scope.power(contract, "pending owner", [], async () => [await readText(scope, contract, "pendingOwner")]);
}
