// What a network file must mean beyond its form: sums, references, and who may hold which power.
import { isAddress } from "ethers";
import { StunError } from "../../chains/errors";
import { isAddressOf, type Vm } from "../addresses";
import type { Category, ChainSpec } from "../network";
import { UNIT, parseAmount, showAmount } from "./amounts";
import type { RawNetwork } from "./file";

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

/** Refuses a file that contradicts itself, the rules of the protocol or the networks that exist. */
export function checkMeaning(file: string, raw: RawNetwork): void {
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
