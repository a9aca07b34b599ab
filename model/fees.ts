import { amount, min } from "./check";
import { BPS } from "./constants";

/** Fee in basis points of a price paid in STUN. */
export const STUN_FEE_BPS = 200n;
/** Fee in basis points of a price paid in another asset, and the bound of every fee. */
export const MAX_FEE_BPS = 300n;
/** Royalty of a model's creator and commission of a referrer, in basis points. */
export const ROYALTY_BPS = 500n;
/** Commission of a provider's referrer, in basis points of what is left after fee and royalty. */
export const REFERRAL_BPS = 500n;
/** Part of the fee that is burned, in basis points. */
export const BURN_BPS = 200n;
/** Part of the fee that goes to the buyback vault, in basis points. */
export const BUYBACK_BPS = 5_000n;

/** Whom a price is shared with besides provider and protocol. */
export interface SplitParties {
  /** The job names a model, whose creator earns the royalty. */
  model: boolean;
  /** The provider has a referrer. */
  referrer: boolean;
}

/** A price in parts: burn + buyback + treasury = fee, and fee + royalty + referral + provider = price. */
export interface Split {
  fee: bigint;
  royalty: bigint;
  referral: bigint;
  provider: bigint;
  burn: bigint;
  buyback: bigint;
  treasury: bigint;
}

/**
 * Shares the price of a job.
 * Units: base units of the asset. Rounding: each share down; the provider and the treasury take what is left, so the parts
 * add up to the price exactly. Errors: NEGATIVE, NOT_AN_INTEGER; ABOVE_MAXIMUM for a fee above 300 BPS.
 * Source: economics, Fees of one job.
 */
export function splitPrice(price: bigint, feeBps: bigint, parties: SplitParties): Split {
  amount("price", price);
  amount("feeBps", feeBps, 0n, MAX_FEE_BPS);
  const fee = (price * feeBps) / BPS;
  const royalty = parties.model ? (price * ROYALTY_BPS) / BPS : 0n;
  const gross = price - fee - royalty;
  const referral = parties.referrer ? (gross * REFERRAL_BPS) / BPS : 0n;
  const burn = (fee * BURN_BPS) / BPS;
  const buyback = (fee * BUYBACK_BPS) / BPS;
  return { fee, royalty, referral, provider: gross - referral, burn, buyback, treasury: fee - burn - buyback };
}

/**
 * The parts that one redemption of a channel pays: split(cumulative) − split(redeemed), part by part.
 * Units: base units. Parts are never negative when the step is at least 1,000 and the fee 200 or 300 BPS.
 * Errors: as splitPrice; BELOW_MINIMUM when cumulative is below redeemed.
 */
export function splitStep(redeemed: bigint, cumulative: bigint, feeBps: bigint, parties: SplitParties): Split {
  amount("redeemed", redeemed);
  amount("cumulative", cumulative, redeemed);
  const before = splitPrice(redeemed, feeBps, parties);
  const after = splitPrice(cumulative, feeBps, parties);
  return {
    fee: after.fee - before.fee,
    royalty: after.royalty - before.royalty,
    referral: after.referral - before.referral,
    provider: after.provider - before.provider,
    burn: after.burn - before.burn,
    buyback: after.buyback - before.buyback,
    treasury: after.treasury - before.treasury,
  };
}

/** The price of delivered work: unit price times units, at most the budget. Units: base units. Errors: NEGATIVE. */
export function jobPrice(budget: bigint, unitPrice: bigint, units: bigint): bigint {
  amount("budget", budget);
  amount("unitPrice", unitPrice);
  amount("units", units);
  return min(budget, unitPrice * units);
}
