// What a committee reports of one day of one chain. Everything follows from the chain's events and calls, so that anyone
// can build the same dataset, and from it the same root.
import { ZeroAddress, keccak256, toUtf8Bytes, type Contract, type EventLog, type JsonRpcApiProvider } from "ethers";
import {
  BPS,
  DAY,
  allocateEpoch,
  cappedReward,
  countedSeconds,
  nominalReward,
  requiredStake,
  type RewardEntry,
} from "../model";

const STUN_UNIT = 10n ** 18n;
/** `Ending.Valid` and `Ending.Proven`: only work that a verdict or a proof found right counts. */
const ENDED_VALID: readonly unknown[] = [3n, 4n];

/** The contracts of one chain that a report is made of. */
export interface EpochSources {
  provider: JsonRpcApiProvider;
  escrow: Contract;
  registry: Contract;
  staking: Contract;
  /** Payment channels, where the chain has them. */
  channels?: Contract;
  /** STUN's address: fees of vouchers in another asset count nothing without its attested price. */
  stun?: string;
  /** The seconds that receipts under a root stand for, as far as the committee has checked them. */
  receipts?: (receiptsRoot: string) => Promise<[bigint, bigint][]>;
}

/** What one provider did in the epoch. */
export interface ProviderDay {
  provider: string;
  tier: number;
  seconds: bigint;
  /** Protocol fees that its settled jobs paid, in STUN base units. */
  fees: bigint;
  multiplier: bigint;
  early: boolean;
  nominal: bigint;
  /** After the cap by fees and the scaling to what is spendable. */
  reward: bigint;
}

export interface EpochDataset {
  epoch: string;
  days: ProviderDay[];
  total: bigint;
  /** keccak256 of the dataset's JSON, integers as decimal strings. */
  datasetHash: string;
}

interface Work {
  intervals: [bigint, bigint][];
  fee: bigint;
}

/**
 * Builds the dataset of the epoch that begins at `start` (unix seconds). Work belongs to the epoch of its settlement, a
 * channel's to that of its redemption; a channel counts by the seconds in receipts that were checked, else by none.
 * Counts one GPU for each provider, the best that is attested: jobs do not say which one ran them.
 * @param spendable what the vault lets a report spend, base units
 * @param subsidy the timelock's parameter
 */
export async function buildEpoch(
  at: EpochSources,
  epoch: { index: bigint; start: bigint; spendable: bigint; subsidy: bigint },
): Promise<EpochDataset> {
  const end = epoch.start + DAY;
  const work = await workOf(at, epoch.start, end);
  await addChannels(at, epoch.start, end, work);
  const days: Omit<ProviderDay, "reward">[] = [];
  for (const [provider, done] of [...work].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1))) {
    const gpus = await gpusOf(at, provider, end);
    if (gpus.length === 0) continue;
    const tier = Math.min(...gpus);
    const fees = done.reduce((sum, { fee }) => sum + fee, 0n);
    const seconds = countedSeconds(done.flatMap(({ intervals }) => intervals));
    const multiplier = await multiplierOf(at, provider, requiredStake(gpus, STUN_UNIT), [epoch.start, end - 1n]);
    const { earlyUntil } = (await at.registry.getFunction("providers")(provider)) as { earlyUntil: bigint };
    const early = end <= earlyUntil;
    const bonuses = { uptime: false, speed: false, quality: false };
    const full = nominalReward(seconds, tier, STUN_UNIT, bonuses, multiplier, early);
    days.push({ provider, tier, seconds, fees, multiplier, early, nominal: cappedReward(full, fees, epoch.subsidy) });
  }
  const rewards = allocateEpoch(
    epoch.spendable,
    days.map((day) => day.nominal),
  );
  const paid = days.map((day, i) => ({ ...day, reward: rewards[i] ?? 0n }));
  const dataset = {
    epoch: epoch.index.toString(),
    days: paid,
    total: rewards.reduce((sum, reward) => sum + reward, 0n),
  };
  return { ...dataset, datasetHash: keccak256(toUtf8Bytes(canonical(dataset))) };
}

/** Everything earned so far: what each account had before, and this epoch's reward. */
export function cumulate(before: readonly RewardEntry[], dataset: EpochDataset): RewardEntry[] {
  const amounts = new Map(before.map((entry) => [String(entry.account).toLowerCase(), entry.cumulative]));
  for (const { provider, reward } of dataset.days) {
    const account = provider.toLowerCase();
    amounts.set(account, (amounts.get(account) ?? 0n) + reward);
  }
  return [...amounts].map(([account, cumulative]) => ({ account, cumulative }));
}

/** JSON in which every integer is a decimal string; one value has one text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
}

async function events(contract: Contract, name: string): Promise<EventLog[]> {
  const found = await contract.queryFilter(name, 0, "finalized");
  return found.filter((log): log is EventLog => "args" in log);
}

async function timeOf(at: EpochSources, log: EventLog): Promise<bigint> {
  return BigInt((await at.provider.getBlock(log.blockNumber))?.timestamp ?? 0);
}

/** What was settled as valid in the epoch, by provider. */
async function workOf(at: EpochSources, start: bigint, end: bigint): Promise<Map<string, Work[]>> {
  const [created, accepted, submitted, ended] = await Promise.all(
    ["JobCreated", "JobAssigned", "JobSubmitted", "JobEnded"].map((name) => events(at.escrow, name)),
  );
  // A job created with an offer is assigned from its creation on.
  const assigned = [...(created ?? []).filter((log) => log.args.provider !== ZeroAddress), ...(accepted ?? [])];
  const last = async (logs: EventLog[] | undefined, jobId: string, before: number): Promise<bigint> => {
    const found = (logs ?? []).filter((log) => log.args.jobId === jobId && log.blockNumber <= before).at(-1);
    return found ? timeOf(at, found) : 0n;
  };
  const work = new Map<string, Work[]>();
  for (const log of ended ?? []) {
    const time = await timeOf(at, log);
    if (!ENDED_VALID.includes(log.args.ending) || time < start || time >= end) continue;
    const jobId = log.args.jobId as string;
    const interval: [bigint, bigint] = [
      await last(assigned, jobId, log.blockNumber),
      await last(submitted, jobId, log.blockNumber),
    ];
    const provider = log.args.provider as string;
    work.set(provider, [...(work.get(provider) ?? []), { intervals: [interval], fee: log.args.fee as bigint }]);
  }
  return work;
}

/** Adds what vouchers redeemed in the epoch have paid for. Only a voucher's last `receiptsRoot` in the epoch counts. */
async function addChannels(at: EpochSources, start: bigint, end: bigint, work: Map<string, Work[]>): Promise<void> {
  if (!at.channels) return;
  const opened = await events(at.channels, "ChannelOpened");
  const roots = new Map<string, { provider: string; root: string; fee: bigint }>();
  for (const log of await events(at.channels, "VoucherRedeemed")) {
    const time = await timeOf(at, log);
    if (time < start || time >= end) continue;
    const channelId = log.args.channelId as string;
    const found = opened.find(({ args }) => args.channelId === channelId);
    const { asset } = (found?.args.channel ?? {}) as { asset?: string };
    if (asset !== at.stun) continue;
    const before = roots.get(channelId);
    const fee = (before?.fee ?? 0n) + (log.args.fee as bigint);
    roots.set(channelId, { provider: log.args.provider as string, root: log.args.receiptsRoot as string, fee });
  }
  for (const { provider, root, fee } of roots.values()) {
    const checked = at.receipts ? await at.receipts(root) : [];
    // Nobody earns for time outside of the day.
    const intervals = checked.map(([from, to]): [bigint, bigint] => [from < start ? start : from, to > end ? end : to]);
    work.set(provider, [
      ...(work.get(provider) ?? []),
      { intervals: intervals.filter(([from, to]) => from < to), fee },
    ]);
  }
}

/** Tiers of the provider's GPUs whose newest attestation before `end` is valid then. */
async function gpusOf(at: EpochSources, provider: string, end: bigint): Promise<number[]> {
  const newest = new Map<string, { tier: number; expiry: bigint }>();
  for (const log of await events(at.registry, "TierAttested")) {
    if (log.args.provider !== provider || (await timeOf(at, log)) >= end) continue;
    newest.set(log.args.gpuId as string, { tier: Number(log.args.tier), expiry: log.args.expiry as bigint });
  }
  return [...newest.values()].filter(({ expiry }) => expiry >= end).map(({ tier }) => tier);
}

/** The smaller of the provider's multipliers at these times, in basis points; 10,000 before it had a position. */
async function multiplierOf(at: EpochSources, provider: string, required: bigint, times: bigint[]): Promise<bigint> {
  const values: bigint[] = [];
  for (const time of times) {
    const block = await blockAt(at.provider, time);
    const code = await at.provider.getCode(await at.staking.getAddress(), block);
    const read = at.staking.getFunction("providerMultiplier");
    values.push(code === "0x" ? BPS : ((await read(provider, required, { blockTag: block })) as bigint));
  }
  return values.reduce((least, value) => (value < least ? value : least));
}

/** The last block that is not later than `time`. */
async function blockAt(provider: JsonRpcApiProvider, time: bigint): Promise<number> {
  let [low, high] = [0, await provider.getBlockNumber()];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const block = await provider.getBlock(middle);
    if (BigInt(block?.timestamp ?? 0) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
