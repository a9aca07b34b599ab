// The declared state of a network: read, checked in full before anything else happens, and turned into exact numbers.
// Each refusal is one sentence: the file, the field, its value, and what to do.
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Wallet } from "ethers";
import { StunError, messageOf } from "../chains/errors";
import { localKey } from "../localnet/keys";
import type { Vm } from "./addresses";
import { parseAmount } from "./network/amounts";
import { checkSchema, type RawDirection, type RawNetwork } from "./network/file";
import { checkMeaning } from "./network/meaning";

export { SHARED_DECIMALS, showAmount, toBaseUnits } from "./network/amounts";
export type { Vm };
export type Category = "providers" | "team" | "ecosystem" | "sale" | "liquidity" | "treasury";

export interface LayerZeroAddresses {
  endpoint: string;
  sendLibrary: string;
  receiveLibrary: string;
  executor: string;
  /** TON's Controller, which deploys the Channels; absent elsewhere. */
  controller?: string;
  /** TON's UlnManager, which deploys the UlnConnections; absent elsewhere. */
  ulnManager?: string;
  dvns: Record<string, string>;
}

export interface ChainSpec {
  vm: Vm;
  eid: number;
  chainId?: number;
  /** Environment variable with the RPC URL. */
  rpc: string;
  confirmations: number;
  layerzero: "localnet" | LayerZeroAddresses;
}

/** Who holds a role on a chain. */
export type Holder =
  /** A well-known key of the local networks. */
  | { kind: "local"; name: string }
  /** An address whose key is elsewhere: its transactions are written to a file instead of being sent. */
  | { kind: "address"; address: string }
  /** An address whose key is in an environment variable. */
  | { kind: "env"; address: string; variable: string }
  /** A contract that this deployment creates. */
  | { kind: "contract"; name: string };

export interface Grant {
  /** `role:<name>` or `module:<name>`. */
  beneficiary: string;
  /** In shared units, 1e-6 STUN. */
  amount: bigint;
  cliff: bigint;
  duration: bigint;
  revocable: boolean;
}

export interface Allocation {
  category: Category;
  /** In shared units, 1e-6 STUN. */
  amount: bigint;
  /** `role:<name>` or `module:<name>`. */
  to: string;
  grants: Grant[];
}

export interface Direction {
  confirmations: number;
  receiveGas: bigint;
  receiveValue: bigint;
  composeGas: bigint;
  rateLimit: { capacity: bigint; window: bigint };
}

export interface BridgePath {
  remote: string;
  /** Names of the DVNs, all required on both ends. */
  dvns: string[];
  maxMessageSize: number;
  /** In shared units. */
  mintCap: bigint;
  toRemote: Direction;
  toHome: Direction;
}

export type ModuleName = "token" | "vesting" | "emission" | "staking" | "registry" | "escrow" | "fees" | "governance";

/** Uniswap v3 on a chain, where the buyback vault sells assets for STUN. */
export interface UniswapSpec {
  factory: string;
  /** Least time between two blocks. */
  blockSeconds: number;
  /** The fee in millionths of the pool in which each asset is sold. */
  pools?: Record<string, number>;
}

export interface Network {
  name: string;
  file: string;
  local: boolean;
  home: string;
  genesis: bigint | "localnet";
  chains: Record<string, ChainSpec>;
  roles: Record<string, Record<string, Holder>>;
  distribution: Allocation[];
  /** The chains on which each module is deployed. */
  moduleChains: Record<ModuleName, string[]>;
  emission: { shares: Record<string, number>; subsidy: number };
  fees: {
    stunFeeBps: number;
    otherFeeBps: number;
    assets: Record<string, string[]>;
    uniswap: Record<string, UniswapSpec>;
  };
  paths: BridgePath[];
  committee: { k: number; members: string[]; chains: string[] };
}
const ROOT = resolve(__dirname, "..");

/** Reads `networks/<name>.json`, or the file that the name is a path of. */
export function loadNetwork(nameOrPath: string): Network {
  const path = /[/\\]|\.json$/.test(nameOrPath) ? resolve(nameOrPath) : join(ROOT, "networks", `${nameOrPath}.json`);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new StunError(`There is no network file ${path}: give the name of a file in networks/ or a path.`, error);
  }
  return parseNetwork(path, text);
}

/** Checks the text of a network file; `path` is used in messages, and its file name must be the network's name. */
export function parseNetwork(path: string, text: string): Network {
  const file = basename(path);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new StunError(`${file} is not valid JSON (${messageOf(error)}): correct the file at that place.`, error);
  }
  const raw = checkSchema(file, data);
  checkMeaning(file, raw);
  return toNetwork(file, raw);
}

/** The share of provider rewards of a chain in shared units; exact, because 400,000,000e6 is a multiple of 10,000. */
export function emissionBudget(network: Network, chain: string): bigint {
  const total = network.distribution
    .filter((a) => a.category === "providers")
    .reduce((sum, allocation) => sum + allocation.amount, 0n);
  return (total * BigInt(network.emission.shares[chain] ?? 0)) / 10_000n;
}

export function chainSpec(network: Network, chain: string): ChainSpec {
  const spec = network.chains[chain];
  if (!spec) {
    throw new StunError(
      `${network.file} has no chain '${chain}': choose from ${Object.keys(network.chains).join(", ")}.`,
    );
  }
  return spec;
}

/** Who holds `role` on `chain`: what is declared for the chain itself, else for its virtual machine. */
export function holderOf(network: Network, role: string, chain: string): Holder {
  const holders = network.roles[role];
  const holder = holders?.[chain] ?? holders?.[chainSpec(network, chain).vm];
  if (!holder) throw new StunError(`${network.file}: roles.${role} names nobody for ${chain}; add a holder for it.`);
  return holder;
}

function toHolder(raw: string | { address: string; keyEnv: string }): Holder {
  if (typeof raw !== "string") return { kind: "env", address: raw.address, variable: raw.keyEnv };
  if (raw.startsWith("local:")) return { kind: "local", name: raw.slice("local:".length) };
  if (raw.startsWith("contract:")) return { kind: "contract", name: raw.slice("contract:".length) };
  return { kind: "address", address: raw };
}

function toDirection(raw: RawDirection): Direction {
  return {
    confirmations: raw.confirmations,
    receiveGas: BigInt(raw.receiveGas),
    receiveValue: BigInt(raw.receiveValue ?? 0),
    composeGas: BigInt(raw.composeGas ?? 0),
    rateLimit: { capacity: parseAmount(raw.rateLimit.capacity), window: BigInt(raw.rateLimit.window) },
  };
}

function toNetwork(file: string, raw: RawNetwork): Network {
  const names: ModuleName[] = ["token", "vesting", "emission", "staking", "registry", "escrow", "fees", "governance"];
  const member = (text: string): string =>
    text.startsWith("local:") ? new Wallet(localKey(text.slice("local:".length))).address : text;
  return {
    name: raw.name,
    file,
    local: raw.local ?? false,
    home: raw.home,
    genesis: raw.genesis === "localnet" ? "localnet" : BigInt(raw.genesis),
    chains: raw.chains,
    roles: Object.fromEntries(
      Object.entries(raw.roles).map(([role, holders]) => [
        role,
        Object.fromEntries(Object.entries(holders).map(([where, holder]) => [where, toHolder(holder)])),
      ]),
    ),
    distribution: raw.distribution.map((allocation) => ({
      category: allocation.category,
      amount: parseAmount(allocation.amount),
      to: allocation.to,
      grants: (allocation.grants ?? []).map((grant) => ({
        beneficiary: grant.beneficiary,
        amount: parseAmount(grant.amount),
        cliff: BigInt(grant.cliff ?? 0),
        duration: BigInt(grant.duration),
        revocable: grant.revocable ?? false,
      })),
    })),
    moduleChains: Object.fromEntries(names.map((name) => [name, raw.modules[name]?.chains ?? []])) as Record<
      ModuleName,
      string[]
    >,
    emission: { shares: raw.modules.emission.shares, subsidy: raw.modules.emission.subsidy },
    fees: {
      stunFeeBps: raw.modules.fees.stunFeeBps,
      otherFeeBps: raw.modules.fees.otherFeeBps,
      assets: raw.modules.fees.assets ?? {},
      uniswap: raw.modules.fees.uniswap ?? {},
    },
    paths: raw.bridge.paths.map((path) => ({
      remote: path.remote,
      dvns: path.dvns,
      maxMessageSize: path.maxMessageSize,
      mintCap: parseAmount(path.mintCap),
      toRemote: toDirection(path.toRemote),
      toHome: toDirection(path.toHome),
    })),
    // Ascending, as the contracts require it.
    committee: {
      k: raw.committee.k,
      members: raw.committee.members.map(member).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)),
      chains: raw.committee.chains,
    },
  };
}
