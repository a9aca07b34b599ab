// The declared state of a network: read, checked in full before anything else happens, and turned into exact numbers.
// Each refusal is one sentence: the file, the field, its value, and what to do.
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import Ajv2020, { type ErrorObject } from "ajv/dist/2020";
import { Wallet, isAddress } from "ethers";
import { StunError, messageOf } from "../chains/errors";
import { localKey } from "../localnet/keys";
import { isAddressOf, type Vm } from "./addresses";

/** STUN amounts in files have at most the shared decimals of the bridge, so that every chain can hold them exactly. */
export const SHARED_DECIMALS = 6;
const UNIT = 10n ** BigInt(SHARED_DECIMALS);
const DECIMALS: Record<Vm, number> = { evm: 18, solana: 9, ton: 9 };
const BPS = 10_000;
/** The largest supply that a remote may ever mint, in STUN (protocol.md, module 1). */
const MAX_MINT_CAP = 300_000_000n;

/** What each category of economics.md receives, in STUN. */
const CATEGORIES: Record<Category, bigint> = {
  providers: 400_000_000n,
  team: 150_000_000n,
  ecosystem: 200_000_000n,
  sale: 100_000_000n,
  liquidity: 50_000_000n,
  treasury: 100_000_000n,
};

/** Chain ids that local networks use; a signature made with a public local key is void on every other chain. */
const LOCAL_CHAIN_IDS = { from: 31_337, to: 31_399 };

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

interface RawDirection {
  confirmations: number;
  receiveGas: number;
  receiveValue?: number;
  composeGas?: number;
  rateLimit: { capacity: string; window: number };
}

interface RawNetwork {
  name: string;
  local?: boolean;
  home: string;
  genesis: number | "localnet";
  chains: Record<string, ChainSpec>;
  roles: Record<string, Record<string, string | { address: string; keyEnv: string }>>;
  distribution: {
    category: Category;
    amount: string;
    to: string;
    grants?: { beneficiary: string; amount: string; cliff?: number; duration: number; revocable?: boolean }[];
  }[];
  modules: Partial<Record<ModuleName, { chains: string[] }>> & {
    emission: { chains: string[]; shares: Record<string, number>; subsidy: number };
    fees: {
      chains: string[];
      stunFeeBps: number;
      otherFeeBps: number;
      assets?: Record<string, string[]>;
      uniswap?: Record<string, UniswapSpec>;
    };
  };
  bridge: {
    paths: {
      remote: string;
      dvns: string[];
      maxMessageSize: number;
      mintCap: string;
      toRemote: RawDirection;
      toHome: RawDirection;
    }[];
  };
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

/** An amount in shared units as base units of a chain of that virtual machine. */
export function toBaseUnits(vm: Vm, shared: bigint): bigint {
  return shared * 10n ** BigInt(DECIMALS[vm] - SHARED_DECIMALS);
}

/** The share of provider rewards of a chain in shared units; exact, because 400,000,000e6 is a multiple of 10,000. */
export function emissionBudget(network: Network, chain: string): bigint {
  const total = network.distribution
    .filter((a) => a.category === "providers")
    .reduce((sum, allocation) => sum + allocation.amount, 0n);
  return (total * BigInt(network.emission.shares[chain] ?? 0)) / BigInt(BPS);
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

// ---- schema ----

let validator: ReturnType<Ajv2020["compile"]> | undefined;

function checkSchema(file: string, data: unknown): RawNetwork {
  validator ??= new Ajv2020({ verbose: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(join(ROOT, "networks", "schema.json"), "utf8")) as object,
  );
  if (!validator(data)) throw new StunError(`${file}: ${sentence(validator.errors ?? [])}`);
  return data as RawNetwork;
}

function sentence(errors: ErrorObject[]): string {
  // An `anyOf` reports its branches first and itself last; a branch says more only when it looked inside an object.
  const last = errors[errors.length - 1];
  if (!last) return "the file does not follow networks/schema.json.";
  const inner = errors.find((e) => e.instancePath.length > last.instancePath.length || e.keyword === "required");
  const error = last.keyword === "anyOf" && isObject(last.data) && inner ? inner : last;
  const where = fieldName(error.instancePath);
  const schema = error.parentSchema as { description?: string; properties?: Record<string, { description?: string }> };
  if (error.keyword === "additionalProperties") {
    const field = String((error.params as { additionalProperty: string }).additionalProperty);
    const known = Object.keys(schema.properties ?? {}).join(", ");
    return `${where} has an unknown field '${field}'; remove it or use one of ${known}.`;
  }
  if (error.keyword === "required") {
    const field = (error.params as { missingProperty: string }).missingProperty;
    const help = schema.properties?.[field]?.description;
    return `${where} has no field '${field}'; add it${help ? `: ${help}` : ""}.`;
  }
  if (error.keyword === "propertyNames" || error.instancePath === "") {
    const name = (error.params as { propertyName?: string }).propertyName;
    if (name !== undefined) return `${where} has a field named '${name}'; use lower-case letters, digits and dashes.`;
  }
  return `${where} is ${JSON.stringify(error.data)}, which ${error.message ?? "is refused"}; ${schema.description ?? "correct it"}.`;
}

function fieldName(pointer: string): string {
  if (pointer === "") return "the file";
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`), "");
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// ---- meaning ----

function checkMeaning(file: string, raw: RawNetwork): void {
  const refuse = (text: string): never => {
    throw new StunError(`${file}: ${text}`);
  };
  if (file !== `${raw.name}.json` && file !== `${raw.name}.example.json`) {
    refuse(`name is '${raw.name}'; give the file and the network the same name.`);
  }
  checkChains(raw, refuse);
  checkRoles(raw, refuse);
  checkDistribution(raw, refuse);
  checkModules(raw, refuse);
  checkGovernance(raw, refuse);
  checkBridge(raw, refuse);
  checkCommittee(raw, refuse);
  checkUniswap(raw, refuse);
}

type Refuse = (text: string) => never;

function checkChains(raw: RawNetwork, refuse: Refuse): void {
  const known = Object.keys(raw.chains).join(", ");
  const home = raw.chains[raw.home];
  if (!home) refuse(`home is '${raw.home}', which is not among the chains; name one of ${known}.`);
  if (home?.vm !== "evm") refuse(`home is '${raw.home}', a ${home?.vm} chain; the home chain is an EVM chain.`);
  if (raw.genesis === "localnet" && !raw.local)
    refuse(`genesis is "localnet" in a network that is not local; give a unix time.`);
  const eids = new Map<number, string>();
  const ids = new Map<number, string>();
  for (const [name, chain] of Object.entries(raw.chains)) {
    const field = `chains.${name}`;
    const twin = eids.get(chain.eid);
    if (twin) refuse(`${field}.eid is ${chain.eid}, the endpoint id of ${twin}; give each chain its own.`);
    eids.set(chain.eid, name);
    if (chain.vm === "evm") {
      if (chain.chainId === undefined) return refuse(`${field} has no field 'chainId'; add its EIP-155 chain id.`);
      const other = ids.get(chain.chainId);
      if (other) refuse(`${field}.chainId is ${chain.chainId}, the chain id of ${other}; give each chain its own.`);
      ids.set(chain.chainId, name);
      const isLocal = chain.chainId >= LOCAL_CHAIN_IDS.from && chain.chainId <= LOCAL_CHAIN_IDS.to;
      if (isLocal !== Boolean(raw.local)) {
        refuse(
          `${field}.chainId is ${chain.chainId}; local networks, and they alone, use ${LOCAL_CHAIN_IDS.from} to ${LOCAL_CHAIN_IDS.to}.`,
        );
      }
    } else if (chain.chainId !== undefined) {
      refuse(`${field}.chainId is ${chain.chainId}; remove it, ${chain.vm} chains are named by their endpoint id.`);
    }
    checkLayerZero(raw, field, chain, refuse);
  }
}

function checkLayerZero(raw: RawNetwork, field: string, chain: ChainSpec, refuse: Refuse): void {
  const layerzero = chain.layerzero;
  if (layerzero === "localnet") {
    if (!raw.local) refuse(`${field}.layerzero is "localnet" in a network that is not local; give the addresses.`);
    return;
  }
  const { dvns, ...contracts } = layerzero;
  const addresses = [
    ...Object.entries(contracts).map(([key, value]) => [`layerzero.${key}`, value] as const),
    ...Object.entries(dvns).map(([key, value]) => [`layerzero.dvns.${key}`, value] as const),
  ];
  for (const key of ["controller", "ulnManager"] as const) {
    if (chain.vm === "ton" && contracts[key] === undefined) {
      refuse(`${field}.layerzero has no field '${key}'; add the address of LayerZero's ${key} on TON.`);
    }
    if (chain.vm !== "ton" && contracts[key] !== undefined) {
      refuse(`${field}.layerzero.${key} is '${contracts[key]}'; remove it, ${chain.vm} chains have none.`);
    }
  }
  for (const [key, value] of addresses) checkAddress(chain.vm, `${field}.${key}`, value, refuse);
  const seen = new Map<string, string>();
  for (const [name, address] of Object.entries(dvns)) {
    const twin = seen.get(address.toLowerCase());
    if (twin) {
      refuse(
        `${field}.layerzero.dvns.${name} is the address of '${twin}' too; two names of one DVN verify like one, name another DVN.`,
      );
    }
    seen.set(address.toLowerCase(), name);
  }
}

function checkAddress(vm: Vm, field: string, value: string, refuse: Refuse): void {
  if (isAddressOf(vm, value)) return;
  const form = {
    evm: "0x and 40 hexadecimal digits with a right checksum",
    solana: "the base58 of 32 bytes",
    ton: "an address of workchain 0 with a right checksum",
  }[vm];
  refuse(`${field} is '${value}', which is no ${vm} address; give ${form}.`);
}

function checkRoles(raw: RawNetwork, refuse: Refuse): void {
  for (const [role, holders] of Object.entries(raw.roles)) {
    for (const [where, holder] of Object.entries(holders)) {
      const field = `roles.${role}.${where}`;
      const vm = raw.chains[where]?.vm ?? (["evm", "solana", "ton"].includes(where) ? (where as Vm) : undefined);
      if (!vm)
        return refuse(`${field}: '${where}' is neither a chain of this file nor evm, solana or ton; correct it.`);
      const address = typeof holder === "string" ? holder : holder.address;
      if (typeof holder === "string" && /^local:/.test(holder)) {
        if (!raw.local) refuse(`${field} is '${holder}'; the local keys are public, name an address instead.`);
        if (!/^local:[a-z][A-Za-z0-9.-]*$/.test(holder)) refuse(`${field} is '${holder}'; write local:<name>.`);
      } else if (typeof holder === "string" && /^contract:/.test(holder)) {
        if (!/^contract:[a-z][A-Za-z0-9]*$/.test(holder)) refuse(`${field} is '${holder}'; write contract:<name>.`);
      } else checkAddress(vm, field, address, refuse);
    }
  }
  for (const chain of Object.keys(raw.chains)) {
    const on = (role: string): string | undefined => {
      const holder = raw.roles[role]?.[chain] ?? raw.roles[role]?.[raw.chains[chain]!.vm];
      if (holder === undefined)
        refuse(`roles.${role} names nobody for ${chain}; add a holder for ${raw.chains[chain]!.vm} or ${chain}.`);
      return typeof holder === "string" ? holder : holder?.address;
    };
    for (const role of ["timelock", "guardian"]) {
      if (on(role) === on("deployer")) {
        refuse(
          `roles.${role} and roles.deployer are the same on ${chain} (${on("deployer")}); a deployment must end without power in the deployer's key.`,
        );
      }
    }
  }
}

function checkRecipient(raw: RawNetwork, field: string, value: string, refuse: Refuse): void {
  if (!value.startsWith("role:")) return;
  const role = value.slice("role:".length);
  if (!raw.roles[role]) {
    refuse(
      `${field} is '${value}', but roles has no '${role}'; declare it or use one of ${Object.keys(raw.roles).join(", ")}.`,
    );
  }
  if (!raw.roles[role]?.[raw.home] && !raw.roles[role]?.evm) {
    refuse(
      `${field} is '${value}', but roles.${role} names nobody on ${raw.home}, where the supply is minted; add evm.`,
    );
  }
}

function checkDistribution(raw: RawNetwork, refuse: Refuse): void {
  const sums = new Map<Category, bigint>();
  raw.distribution.forEach((allocation, i) => {
    const field = `distribution[${i}]`;
    sums.set(allocation.category, (sums.get(allocation.category) ?? 0n) + parseAmount(allocation.amount));
    checkRecipient(raw, `${field}.to`, allocation.to, refuse);
    if ((allocation.to === "module:vesting") !== (allocation.grants !== undefined)) {
      refuse(`${field} goes to '${allocation.to}'; list grants exactly where an amount goes to module:vesting.`);
    }
    if (!allocation.grants) return;
    const granted = allocation.grants.reduce((sum, grant) => sum + parseAmount(grant.amount), 0n);
    if (granted !== parseAmount(allocation.amount)) {
      refuse(
        `${field}.grants add up to ${showAmount(granted)} STUN, but its amount is ${allocation.amount}; make them equal.`,
      );
    }
    allocation.grants.forEach((grant, j) => {
      checkRecipient(raw, `${field}.grants[${j}].beneficiary`, grant.beneficiary, refuse);
      if (grant.duration < 600)
        refuse(`${field}.grants[${j}].duration is ${grant.duration}; give at least 600 seconds.`);
      if ((grant.cliff ?? 0) > grant.duration) {
        refuse(
          `${field}.grants[${j}].cliff is ${grant.cliff}, longer than its duration of ${grant.duration}; shorten it.`,
        );
      }
    });
  });
  const total = [...sums.values()].reduce((a, b) => a + b, 0n);
  if (total !== 1_000_000_000n * UNIT) {
    refuse(`distribution adds up to ${showAmount(total)} STUN; make it exactly 1000000000.`);
  }
  for (const [category, wanted] of Object.entries(CATEGORIES) as [Category, bigint][]) {
    const sum = sums.get(category) ?? 0n;
    if (sum !== wanted * UNIT) {
      refuse(`distribution gives ${showAmount(sum)} STUN to the category '${category}'; economics.md says ${wanted}.`);
    }
  }
}

function checkModules(raw: RawNetwork, refuse: Refuse): void {
  const known = Object.keys(raw.chains).join(", ");
  for (const [name, module] of Object.entries(raw.modules)) {
    for (const chain of module.chains) {
      if (!raw.chains[chain]) refuse(`modules.${name}.chains names the unknown chain '${chain}'; use ${known}.`);
      if (name !== "token" && !raw.modules.token?.chains.includes(chain)) {
        refuse(
          `modules.${name}.chains names '${chain}', where modules.token does not put the token; add it there first.`,
        );
      }
    }
  }
  if (!raw.modules.token?.chains.includes(raw.home))
    refuse(`modules.token.chains lacks the home chain '${raw.home}'; add it.`);
  const { shares, chains } = raw.modules.emission;
  for (const chain of Object.keys(shares)) {
    if (!chains.includes(chain))
      refuse(`modules.emission.shares names '${chain}', which is not among modules.emission.chains; add or remove it.`);
  }
  for (const chain of chains) {
    if (shares[chain] === undefined)
      refuse(`modules.emission.shares has no share for ${chain}; give one or remove the chain.`);
  }
  const sum = Object.values(shares).reduce((a, b) => a + b, 0);
  if (sum !== BPS) refuse(`modules.emission.shares add up to ${sum} basis points; make them exactly ${BPS}.`);
  for (const [chain, assets] of Object.entries(raw.modules.fees.assets ?? {})) {
    const vm = raw.chains[chain]?.vm;
    if (!vm) return refuse(`modules.fees.assets names the unknown chain '${chain}'; use ${known}.`);
    if (vm === "ton") refuse(`modules.fees.assets names ${chain}; TON takes STUN only, remove it.`);
    assets.forEach((asset, i) => checkAddress(vm, `modules.fees.assets.${chain}[${i}]`, asset, refuse));
  }
}

/** The buyback vault needs a committee for its price reports, and sells what the escrows take. */
function checkUniswap(raw: RawNetwork, refuse: Refuse): void {
  const { chains, assets, uniswap } = raw.modules.fees;
  for (const [chain, { factory, pools }] of Object.entries(uniswap ?? {})) {
    const field = `modules.fees.uniswap.${chain}`;
    if (!chains.includes(chain)) return refuse(`${field} is not among modules.fees.chains; add or remove it.`);
    if (raw.chains[chain]?.vm !== "evm") return refuse(`${field} is no EVM chain; remove it.`);
    if (!raw.committee.chains.includes(chain)) {
      refuse(`${field} needs price reports, and committee.chains lacks ${chain}; add it there or remove it here.`);
    }
    checkAddress("evm", `${field}.factory`, factory, refuse);
    for (const asset of Object.keys(pools ?? {})) {
      checkAddress("evm", `${field}.pools`, asset, refuse);
      if (!assets?.[chain]?.includes(asset)) {
        refuse(`${field}.pools names '${asset}', which modules.fees.assets.${chain} does not allow; add or remove it.`);
      }
    }
  }
}

/** Governance owns a chain, or an address does: never both, and never a contract that is not deployed. */
function checkGovernance(raw: RawNetwork, refuse: Refuse): void {
  const governed = raw.modules.governance?.chains ?? [];
  for (const chain of governed) {
    if (raw.chains[chain]?.vm !== "evm") {
      refuse(
        `modules.governance.chains names '${chain}', which is no EVM chain; its admin is the role 'timelock' there.`,
      );
    }
  }
  if (governed.length > 0 && !governed.includes(raw.home)) {
    refuse(`modules.governance.chains lacks the home chain '${raw.home}', where votes are counted; add it.`);
  }
  if (governed.length > 0 && !raw.modules.staking?.chains.includes(raw.home)) {
    refuse(`modules.governance needs the staked votes of '${raw.home}'; add it to modules.staking.chains.`);
  }
  for (const [chain, { vm }] of Object.entries(raw.chains)) {
    const holder = raw.roles.timelock?.[chain] ?? raw.roles.timelock?.[vm];
    const contract = `contract:${chain === raw.home ? "timelock" : "governanceReceiver"}`;
    if (governed.includes(chain) && holder !== contract) {
      const shown = typeof holder === "string" ? holder : holder?.address;
      refuse(`roles.timelock is '${shown}' on ${chain}, which modules.governance names; write ${contract}.`);
    }
    if (!governed.includes(chain) && typeof holder === "string" && holder.startsWith("contract:")) {
      refuse(`roles.timelock is '${holder}' on ${chain}; add the chain to modules.governance or name an address.`);
    }
  }
}

function checkBridge(raw: RawNetwork, refuse: Refuse): void {
  const seen = new Set<string>();
  const known = Object.keys(raw.chains).join(", ");
  raw.bridge.paths.forEach((path, i) => {
    const field = `bridge.paths[${i}]`;
    const remote = raw.chains[path.remote];
    if (!remote) return refuse(`${field}.remote is the unknown chain '${path.remote}'; use ${known}.`);
    if (path.remote === raw.home) refuse(`${field}.remote is '${path.remote}', the home chain itself; name a remote.`);
    if (seen.has(path.remote)) refuse(`${field}.remote is '${path.remote}', which has a path already; keep one.`);
    seen.add(path.remote);
    for (const end of [raw.home, path.remote]) {
      const layerzero = raw.chains[end]!.layerzero;
      if (layerzero === "localnet") continue;
      for (const dvn of path.dvns) {
        if (!layerzero.dvns[dvn]) {
          refuse(
            `${field}.dvns names '${dvn}', which chains.${end}.layerzero.dvns does not have; both ends need each DVN.`,
          );
        }
      }
    }
    const cap = parseAmount(path.mintCap);
    if (cap > MAX_MINT_CAP * UNIT)
      refuse(`${field}.mintCap is ${path.mintCap}; a remote may mint at most ${MAX_MINT_CAP}.`);
    const share = BigInt(raw.modules.emission.shares[path.remote] ?? 0);
    const budget = (CATEGORIES.providers * UNIT * share) / BigInt(BPS);
    if (cap < budget) {
      refuse(
        `${field}.mintCap is ${path.mintCap}, less than the emission of ${path.remote} (${showAmount(budget)}); raise it or the genesis funding cannot arrive.`,
      );
    }
    if (remote.vm !== "evm" && (path.toRemote.composeGas ?? 0) > 0) {
      refuse(
        `${field}.toRemote.composeGas is ${path.toRemote.composeGas}; compose towards ${remote.vm} is refused, set 0.`,
      );
    }
  });
  for (const chain of raw.modules.token?.chains ?? []) {
    if (chain !== raw.home && !seen.has(chain)) {
      refuse(`bridge.paths has no path for ${chain}, which modules.token names; add one.`);
    }
  }
}

function checkCommittee(raw: RawNetwork, refuse: Refuse): void {
  const { k, members, chains } = raw.committee;
  if (k > members.length || 2 * k <= members.length) {
    refuse(`committee.k is ${k} of ${members.length} members; take more than half of them and at most all.`);
  }
  const seen = new Set<string>();
  members.forEach((member, i) => {
    const field = `committee.members[${i}]`;
    if (member.startsWith("local:")) {
      if (!raw.local) refuse(`${field} is '${member}'; the local keys are public, give the oracle's address.`);
    } else if (!isAddress(member)) refuse(`${field} is '${member}', whose checksum is wrong; copy the address again.`);
    if (seen.has(member.toLowerCase())) refuse(`${field} is '${member}' again; each oracle counts once.`);
    seen.add(member.toLowerCase());
  });
  for (const chain of chains) {
    if (!raw.chains[chain]) {
      refuse(`committee.chains names the unknown chain '${chain}'; use ${Object.keys(raw.chains).join(", ")}.`);
    }
  }
}

// ---- exact numbers ----

function parseAmount(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole) * UNIT + BigInt(fraction.padEnd(SHARED_DECIMALS, "0"));
}

/** An amount in shared units as a person writes it. */
export function showAmount(shared: bigint): string {
  const fraction = (shared % UNIT).toString().padStart(SHARED_DECIMALS, "0").replace(/0+$/, "");
  return `${shared / UNIT}${fraction === "" ? "" : `.${fraction}`}`;
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
