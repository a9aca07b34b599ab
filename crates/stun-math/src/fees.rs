use crate::{mul_div, MathError, BPS};

/// The highest protocol fee, in basis points of the price.
pub const MAX_FEE_BPS: u64 = 300;

const ROYALTY_BPS: u64 = 500;
const REFERRAL_BPS: u64 = 500;
const BURN_BPS: u64 = 200;
const BUYBACK_BPS: u64 = 5_000;

/// Where each unit of a job's price goes; `royalty + referral + provider + burn + buyback + treasury` is the price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// The protocol fee; burn, buyback and treasury are its parts.
    pub fee: u64,
    /// To the creator of the model that the job names.
    pub royalty: u64,
    /// To the provider's referrer.
    pub referral: u64,
    /// To the provider.
    pub provider: u64,
    /// Burned.
    pub burn: u64,
    /// To the buyback vault.
    pub buyback: u64,
    /// To the treasury: what the fee leaves.
    pub treasury: u64,
}

/// Splits `price`; every part is rounded down, what is left over goes to the treasury (of the fee) and to the provider.
/// A fee above `MAX_FEE_BPS` is out of range.
pub fn split_price(price: u64, fee_bps: u64, model: bool, referrer: bool) -> Result<Split, MathError> {
    if fee_bps > MAX_FEE_BPS {
        return Err(MathError::OutOfRange);
    }
    let fee = mul_div(price, fee_bps, BPS)?;
    let royalty = if model { mul_div(price, ROYALTY_BPS, BPS)? } else { 0 };
    // fee and royalty are at most 8 % of the price
    let gross = price - fee - royalty;
    let referral = if referrer { mul_div(gross, REFERRAL_BPS, BPS)? } else { 0 };
    let burn = mul_div(fee, BURN_BPS, BPS)?;
    let buyback = mul_div(fee, BUYBACK_BPS, BPS)?;
    Ok(Split { fee, royalty, referral, provider: gross - referral, burn, buyback, treasury: fee - burn - buyback })
}
