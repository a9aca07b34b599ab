// The one way in for programs: the same plan, apply and verify that `npm run deploy` calls.
import { join, resolve } from "node:path";
import { StunError } from "../chains/errors";
import type { Connections, EvmConnection, TonConnection } from "./connections";
import { EvmDriver } from "./drivers/evm";
import { MAIN_GLOBAL_ID, TonDriver } from "./drivers/ton";
import { apply, plan, verify, type ApplyOptions, type ApplyResult, type Planned, type Verification } from "./engine";
import { Journal } from "./journal";
import { takeLock } from "./lock";
import { chainSpec, holderOf, type Holder, type LayerZeroAddresses, type Network } from "./network";
import { writeRecord } from "./record";
import { describeDeployment, type Scope } from "./steps";
import { EvmScope } from "./steps/evm";
import { TonScope } from "./steps/ton";
import type { Deployment, Driver } from "./types";

export { loadNetwork, parseNetwork } from "./network";
export { embeddedEvm, rpcConnections, type Connection, type Connections } from "./connections";
export { Journal } from "./journal";
export type { Network } from "./network";
export type { Progress, Verification } from "./engine";

const LOCAL_PATIENCE_MS = 10_000;
const REAL_PATIENCE_MS = 3_600_000;
const TON_TESTNET_EID = 40_343;
const TEST_GLOBAL_ID = -3;
const ROOT = resolve(__dirname, "..");

/** Where a network's journal, lock and unsigned transactions are. */
export function stateDirectory(network: Network): string {
  return join(ROOT, "out", network.name);
}

export interface Described {
  network: Network;
  deployment: Deployment;
  drivers: Map<string, Driver>;
}

/** A local network without the chains that are not there; what was meant for them stays with the deployer. */
export function onlyChains(network: Network, names: readonly string[]): Network {
  if (!network.local) throw new StunError(`Network ${network.name} is not local: it is deployed whole or not at all.`);
  names.forEach((name) => chainSpec(network, name));
  const kept = (list: readonly string[]): string[] => list.filter((name) => names.includes(name));
  return {
    ...network,
    chains: Object.fromEntries(Object.entries(network.chains).filter(([name]) => names.includes(name))),
    moduleChains: Object.fromEntries(
      Object.entries(network.moduleChains).map(([module, chains]) => [module, kept(chains)]),
    ) as Network["moduleChains"],
    paths: network.paths.filter((path) => names.includes(path.remote)),
    committee: { ...network.committee, chains: kept(network.committee.chains) },
  };
}

/** Works out every step, address and power of a network; asks the chains for nothing but the local genesis time. */
export async function describe(declared: Network, connections: Connections): Promise<Described> {
  const scopes = new Map<string, Scope>();
  for (const [chain, spec] of Object.entries(declared.chains)) {
    const connection = connections[chain];
    if (!connection) throw new StunError(`There is no connection to ${chain}, which ${declared.file} declares.`);
    if (connection.vm !== spec.vm) {
      throw new StunError(
        `${declared.file}: chains.${chain}.vm is ${spec.vm}, but its connection is to ${connection.vm}.`,
      );
    }
    const holder = (role: string): Holder => {
      const found = holderOf(declared, role, chain);
      const contract = found.kind === "contract" ? scopes.get(chain)?.contracts.get(found.name) : undefined;
      return contract ? { kind: "address", address: contract.address } : found;
    };
    scopes.set(
      chain,
      connection.vm === "evm"
        ? openEvm(declared, chain, connection, holder)
        : connection.vm === "solana"
          ? connection.open(declared, chain, layerZeroOf(declared, chain, connection), holder)
          : await openTon(declared, chain, connection, holder),
    );
  }
  const home = scopes.get(declared.home);
  if (home?.vm !== "evm") throw new StunError(`${declared.file}: the home chain '${declared.home}' is not connected.`);
  const genesis = declared.genesis === "localnet" ? await home.driver.genesisTime() : declared.genesis;
  const network = { ...declared, genesis };
  const drivers = new Map([...scopes].map(([chain, { driver }]) => [chain, driver as Driver]));
  return { network, drivers, deployment: describeDeployment(network, genesis, scopes) };
}

function openEvm(
  network: Network,
  chain: string,
  connection: EvmConnection,
  holder: (role: string) => Holder,
): EvmScope {
  const spec = chainSpec(network, chain);
  const layerzero = layerZeroOf(network, chain, connection);
  const { chainId, confirmations } = spec;
  const { transport, passTime } = connection;
  const driver = new EvmDriver({ chain, chainId: chainId!, confirmations, transport, holder });
  return new EvmScope(network, chain, spec, layerzero, driver, passTime);
}

function layerZeroOf(
  network: Network,
  chain: string,
  connection: { readonly layerzero?: LayerZeroAddresses },
): LayerZeroAddresses {
  const { layerzero } = chainSpec(network, chain);
  const addresses = layerzero === "localnet" ? connection.layerzero : layerzero;
  if (!addresses) {
    throw new StunError(`${network.file}: chains.${chain}.layerzero is "localnet", but ${chain} is not embedded.`);
  }
  checkDvns(network, chain, addresses);
  return addresses;
}

function openTon(
  network: Network,
  chain: string,
  connection: TonConnection,
  holder: (role: string) => Holder,
): Promise<TonScope> {
  const { transport, identity, layerZero, passTime } = connection;
  const globalId = chainSpec(network, chain).eid === TON_TESTNET_EID ? TEST_GLOBAL_ID : MAIN_GLOBAL_ID;
  const driver = new TonDriver({ chain, transport, identity, globalId, holder });
  return TonScope.open(network, chain, driver, layerZero, passTime);
}

function checkDvns(network: Network, chain: string, layerzero: LayerZeroAddresses): void {
  for (const path of network.paths) {
    if (chain !== network.home && chain !== path.remote) continue;
    for (const dvn of path.dvns) {
      if (layerzero.dvns[dvn]) continue;
      throw new StunError(
        `${network.file}: the path to ${path.remote} names the DVN '${dvn}', which ${chain} does not have; use ${Object.keys(layerzero.dvns).join(", ")}.`,
      );
    }
  }
}

export type DeployOptions = Partial<Omit<ApplyOptions, "journal" | "unsignedDirectory">> & {
  /** Where journal and lock are kept; without it they live as long as the process, as embedded chains do. */
  directory?: string;
  /** File that keeps what stands on a real network. */
  record?: string;
};

export interface Deployed extends Described {
  result: ApplyResult;
  /** Absent while transactions wait for other signers. */
  verification?: Verification;
}

/** Plans what is missing, does it, and reads everything back; throws unless the network ends as declared. */
export async function deployNetwork(
  network: Network,
  connections: Connections,
  options: DeployOptions = {},
): Promise<Deployed> {
  const { directory, record, ...rest } = options;
  const release = directory === undefined ? () => undefined : takeLock(join(directory, "apply.lock"), network.name);
  let journal: Journal | undefined;
  try {
    const described = await describe(network, connections);
    journal = directory === undefined ? Journal.inMemory() : Journal.open(join(directory, "journal.jsonl"));
    const unsignedDirectory = directory === undefined ? undefined : join(directory, "unsigned");
    // A real bridge takes its time; on embedded chains, what nobody relays at once never arrives.
    const patience = network.local ? LOCAL_PATIENCE_MS : REAL_PATIENCE_MS;
    const result = await apply(described.deployment, described.drivers, {
      patience,
      ...rest,
      journal,
      unsignedDirectory,
    });
    if (record !== undefined) writeRecord(record, described, journal.transactions());
    if (result.unsigned.length > 0) return { ...described, result };
    const verification = await verifyDeployment(described);
    const wrong = problems(verification);
    if (wrong.length > 0) {
      throw new StunError(
        `Network ${network.name} was applied, but does not verify: ${wrong[0]} (${wrong.length} in all).`,
      );
    }
    return { ...described, result, verification };
  } finally {
    journal?.close();
    release();
  }
}

export async function planDeployment(described: Described): Promise<Planned[]> {
  return plan(described.deployment);
}

export async function verifyDeployment(described: Described): Promise<Verification> {
  return verify(described.deployment, described.drivers);
}

/** What a verification found wrong, a clause each. */
export function problems(verification: Verification): string[] {
  return [
    ...verification.findings
      .filter((finding) => !finding.ok)
      .map((f) => `${f.chain}: ${f.title} is ${f.found ?? "missing"}, not ${f.wanted}`),
    ...verification.powers
      .filter((power) => !power.ok)
      .map(
        (p) =>
          `${p.chain}: ${p.power} of ${p.subject} is held by ${p.holders.join(", ") || "nobody"}, declared is ${p.declared.join(", ") || "nobody"}`,
      ),
  ];
}
