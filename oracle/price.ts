// The committee's price of an asset for the buyback vault: base units of STUN for 1e18 base units of the asset. Each member
// reads sources of its own; one proposes a price and a time, and the others sign it when it agrees with what they see.
import { Contract, type JsonRpcApiProvider } from "ethers";
import { contractInterface } from "../chains/evm/artifacts";
import { digestFor, packSignatures, type CommitteeOfChain } from "../chains/evm/committee";
import { StunError, messageOf } from "../chains/errors";
import { BPS, BUYBACK, max, min } from "../model";
import type { DigestSigner } from "./signer";

/** A price and the time at which it was so, unix seconds. */
export interface Price {
  price: bigint;
  time: bigint;
}

/** Somewhere a price can be read. */
export interface PriceSource {
  /** As messages call it. */
  readonly name: string;
  read(): Promise<Price>;
}

/** When a member trusts what its sources say. */
export interface PriceRules {
  /** Fewest sources that must answer well. */
  minSources: number;
  /** Oldest price that counts, in seconds. */
  maxAge: bigint;
  /** Most by which the highest source may be above the lowest, in basis points of the lowest. */
  maxSpreadBps: bigint;
}

/** What a report says, for the vault that takes it. */
export interface PriceReport extends Price {
  vault: string;
  asset: string;
}

/** The average of 30 minutes of the pool in which `vault` sells the asset, at the last finalized block. */
export function poolSource(provider: JsonRpcApiProvider, vault: string, asset: string): PriceSource {
  return {
    name: "pool",
    async read() {
      const block = await provider.getBlock("finalized");
      if (!block) throw new StunError("The node knows no finalized block: wait, or name another node.");
      const contract = new Contract(vault, contractInterface("BuybackVault"), provider);
      const price = (await contract.getFunction("averagePrice")(asset, { blockTag: block.number })) as bigint;
      return { price, time: BigInt(block.timestamp) };
    },
  };
}

/**
 * A market's quote of one unit of the asset in STUN, as a decimal number in text.
 * @param decimals of the asset
 * @param quote reads the quote and its time, unix seconds
 */
export function quoteSource(
  name: string,
  decimals: number,
  quote: () => Promise<{ stun: string; time: bigint }>,
): PriceSource {
  return {
    name,
    async read() {
      const { stun, time } = await quote();
      return { price: priceOfQuote(stun, decimals), time };
    },
  };
}

/** A price from STUN for one unit of an asset of `decimals`, rounded down. Errors: no plain decimal number. */
export function priceOfQuote(stun: string, decimals: number): bigint {
  const [, whole, fraction = ""] = /^(\d{1,20})(?:\.(\d{1,36}))?$/.exec(stun) ?? [];
  if (whole === undefined) {
    throw new StunError(`'${stun}' is no price: give STUN for one unit as a decimal number, such as 12.5.`);
  }
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 18) {
    throw new StunError(`${decimals} are no decimals of an asset: give a whole number of 0 to 18.`);
  }
  // STUN base units for one unit are STUN * 1e18; 1e18 base units of the asset are 10^(18 - decimals) units.
  const scale = 10n ** BigInt(36 - decimals);
  return (BigInt(whole + fraction) * scale) / 10n ** BigInt(fraction.length);
}

/**
 * The median of what the sources say, of the time of the oldest that counts. A source that fails, or whose price is zero,
 * negative, too old or from the future, does not count.
 * @param now time of the chain, unix seconds
 * Errors: too few sources, or sources that disagree.
 */
export async function readPrice(sources: readonly PriceSource[], rules: PriceRules, now: bigint): Promise<Price> {
  const found: Price[] = [];
  const without: string[] = [];
  const answers = await Promise.allSettled(sources.map((source) => source.read()));
  for (const [i, answer] of answers.entries()) {
    const name = sources[i]!.name;
    if (answer.status === "rejected") without.push(`${name}: ${messageOf(answer.reason)}`);
    else if (answer.value.price <= 0n) without.push(`${name}: a price of ${answer.value.price}`);
    else if (answer.value.time > now) without.push(`${name}: ${answer.value.time - now} s in the future`);
    else if (answer.value.time + rules.maxAge < now) without.push(`${name}: ${now - answer.value.time} s old`);
    else found.push(answer.value);
  }
  if (found.length === 0 || found.length < rules.minSources) {
    const why = without.length > 0 ? ` (${without.join("; ")})` : "";
    throw new StunError(
      `${found.length} of ${sources.length} sources have a price${why}: ${rules.minSources} are needed.`,
    );
  }
  const prices = found.map(({ price }) => price).sort((a, b) => (a < b ? -1 : 1));
  const [lowest, highest] = [prices[0]!, prices.at(-1)!];
  if ((highest - lowest) * BPS > lowest * rules.maxSpreadBps) {
    throw new StunError(
      `The sources say ${lowest} to ${highest}, further apart than ${rules.maxSpreadBps} basis points: no price is reported.`,
    );
  }
  // Of two in the middle the lower one: at the higher the vault would ask for more than half of the sources do.
  const median = prices[(prices.length - 1) >> 1]!;
  return { price: median, time: found.map(({ time }) => time).reduce(min) };
}

/**
 * Checks a report that somebody proposed against what this member sees, before it signs.
 * @param own what `readPrice` of this member gave
 * @param toleranceBps most by which the proposed price may differ, in basis points of the smaller one
 * Errors: what is wrong with the report.
 */
export function checkProposal(proposed: Price, own: Price, toleranceBps: bigint, now: bigint): void {
  const { price, time } = proposed;
  if (price <= 0n) throw new StunError(`The proposed price is ${price}: it must be positive.`);
  if (time > now) throw new StunError(`The proposed report is of ${time}, and it is ${now}: it must not be ahead.`);
  if (time + BUYBACK.maxReportAge < now) {
    throw new StunError(
      `The proposed report is of ${time}, and it is ${now}: the vault takes none older than an hour.`,
    );
  }
  const [low, high] = [min(price, own.price), max(price, own.price)];
  if ((high - low) * BPS > low * toleranceBps) {
    throw new StunError(
      `The proposed price is ${price}, this oracle sees ${own.price}: they differ by more than ${toleranceBps} basis points.`,
    );
  }
}

/** What members sign. */
export function priceDigest(committee: CommitteeOfChain, report: PriceReport): string {
  const { vault, asset, price, time } = report;
  return digestFor(committee, vault, "PriceReport", { asset, price, time });
}

/** One member's signature of a report; `checkProposal` comes first. */
export async function signPrice(
  signer: DigestSigner,
  committee: CommitteeOfChain,
  report: PriceReport,
): Promise<string> {
  return signer.signDigest(priceDigest(committee, report));
}

/** Arguments of `BuybackVault.report`. */
export function reportArguments(
  committee: CommitteeOfChain,
  report: PriceReport,
  signatures: readonly string[],
): [string, bigint, bigint, bigint, string] {
  const packed = packSignatures(priceDigest(committee, report), signatures);
  return [report.asset, report.price, report.time, committee.version, packed];
}
