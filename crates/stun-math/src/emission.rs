use crate::{mul_div, MathError};

/// Days of one era; the emission halves from era to era.
pub const ERA_DAYS: u64 = 730;
/// Days of the whole emission: five eras.
pub const DAYS: u64 = 5 * ERA_DAYS;

const WEIGHTS: [u64; 5] = [16, 8, 4, 2, 1];
const TOTAL_WEIGHT: u64 = ERA_DAYS * 31;

/// Sum of the weights of the days before `day`.
fn weight_before(day: u64) -> u64 {
    let mut sum = 0;
    let mut left = day.min(DAYS);
    for weight in WEIGHTS {
        let days = left.min(ERA_DAYS);
        sum += days * weight;
        left -= days;
    }
    sum
}

/// What of `budget` has been emitted before `day`, rounded down; the whole budget from day 3,650 on.
pub fn emitted(budget: u64, day: u64) -> Result<u64, MathError> {
    mul_div(budget, weight_before(day), TOTAL_WEIGHT)
}

/// What `day` adds to the emission; 0 from day 3,650 on. The pots of all days add up to the budget exactly.
pub fn pot(budget: u64, day: u64) -> Result<u64, MathError> {
    if day >= DAYS {
        return Ok(0);
    }
    // `emitted` never decreases
    Ok(emitted(budget, day + 1)? - emitted(budget, day)?)
}

/// The most that the report of `day` may pay: its pot and what earlier days carried, at most two first days.
pub fn spendable(budget: u64, day: u64, carry: u64) -> Result<u64, MathError> {
    let available = pot(budget, day)? as u128 + carry as u128;
    let ceiling = 2 * pot(budget, 0)? as u128;
    u64::try_from(available.min(ceiling)).map_err(|_| MathError::Overflow)
}
