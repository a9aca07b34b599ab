use crate::{MathError, BPS, DAY};

/// STUN per hour of tiers 1 to 4.
pub const TIER_RATES: [u64; 4] = [100, 50, 25, 10];

const UPTIME_BPS: u64 = 2_000;
const SPEED_BPS: u64 = 1_500;
const ACCURACY_BPS: u64 = 1_000;

/// Which bonuses a provider has earned in an epoch; they add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bonus {
    pub uptime: bool,
    pub speed: bool,
    pub accuracy: bool,
}

impl Bonus {
    fn bps(self) -> u64 {
        BPS + if self.uptime { UPTIME_BPS } else { 0 }
            + if self.speed { SPEED_BPS } else { 0 }
            + if self.accuracy { ACCURACY_BPS } else { 0 }
    }
}

/// What `seconds` of a GPU of `tier` (1 to 4) are worth before the epoch's limits, in base units of which `unit`, a
/// power of ten, are one STUN; rounded down once, at the end. A day has at most 86,400 seconds, `multiplier` is 10,000 to
/// 20,000 basis points, `early` 1 or 2.
pub fn nominal_reward(
    seconds: u64,
    tier: u8,
    unit: u64,
    bonus: Bonus,
    multiplier: u64,
    early: u64,
) -> Result<u64, MathError> {
    let rate = tier.checked_sub(1).and_then(|index| TIER_RATES.get(index as usize)).ok_or(MathError::OutOfRange)?;
    let is_power_of_ten = unit.checked_ilog10().is_some_and(|decimals| 10u64.pow(decimals) == unit);
    if !is_power_of_ten || seconds > DAY || !(BPS..=2 * BPS).contains(&multiplier) || !(1..=2).contains(&early) {
        return Err(MathError::OutOfRange);
    }
    let factors = [*rate, unit, bonus.bps(), multiplier, early];
    let product = factors
        .iter()
        .try_fold(seconds as u128, |product, factor| product.checked_mul(*factor as u128))
        .ok_or(MathError::Overflow)?;
    u64::try_from(product / (3_600 * BPS as u128 * BPS as u128)).map_err(|_| MathError::Overflow)
}
