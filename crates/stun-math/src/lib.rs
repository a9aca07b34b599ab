//! The protocol's arithmetic, the same to the last unit as `model/`. Amounts are base units in `u64`, times unix seconds,
//! rates basis points; `/` is floor division and every product is taken in `u128`, where it cannot overflow for the
//! bounds that each function states. What can overflow returns an error and never wraps.
#![no_std]
#![forbid(unsafe_code)]

mod emission;
mod fees;
mod rewards;
mod staking;
mod vesting;

pub use emission::{emitted, pot, spendable, DAYS, ERA_DAYS};
pub use fees::{split_price, Split, MAX_FEE_BPS};
pub use rewards::{nominal_reward, Bonus, TIER_RATES};
pub use staking::{lock_multiplier, provider_multiplier, stake_rate, stake_reward, MAX_LOCK, MIN_LOCK};
pub use vesting::vested;

/// One hundred per cent in basis points.
pub const BPS: u64 = 10_000;
/// Seconds of a day.
pub const DAY: u64 = 86_400;
/// Seconds of a year of 365 days.
pub const YEAR: u64 = 365 * DAY;

/// Why a calculation was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathError {
    /// The result does not fit into `u64`.
    Overflow,
    /// A parameter lies outside the range that the protocol allows.
    OutOfRange,
}

/// `a * b / c` rounded down, with the product in `u128`.
pub(crate) fn mul_div(a: u64, b: u64, c: u64) -> Result<u64, MathError> {
    if c == 0 {
        return Err(MathError::OutOfRange);
    }
    // most amounts are small: 64 bits cost a fraction of a 128-bit division on chain
    if let Some(product) = a.checked_mul(b) {
        return Ok(product / c);
    }
    u64::try_from(a as u128 * b as u128 / c as u128).map_err(|_| MathError::Overflow)
}
