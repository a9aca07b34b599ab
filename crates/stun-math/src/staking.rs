use crate::{mul_div, MathError, BPS, DAY, YEAR};

/// The shortest lock of a position.
pub const MIN_LOCK: u64 = 7 * DAY;
/// The longest lock of a position.
pub const MAX_LOCK: u64 = 730 * DAY;

const BASE_RATE: u64 = 1_000;
const EXTRA_RATE: u64 = 500;

fn check_lock(lock: u64) -> Result<(), MathError> {
    if !(MIN_LOCK..=MAX_LOCK).contains(&lock) {
        return Err(MathError::OutOfRange);
    }
    Ok(())
}

/// 10,000 to 20,000 basis points, linear in the lock. A lock outside 7 to 730 days is out of range, here and below.
pub fn lock_multiplier(lock: u64) -> Result<u64, MathError> {
    check_lock(lock)?;
    Ok(BPS + BPS * lock / MAX_LOCK)
}

/// Yearly rate of a position in basis points: 1,000 to 1,500, linear in the lock.
pub fn stake_rate(lock: u64) -> Result<u64, MathError> {
    check_lock(lock)?;
    Ok(BASE_RATE + EXTRA_RATE * lock / MAX_LOCK)
}

/// What `principal` has earned after `elapsed` seconds of `lock`, rounded down; nothing is earned after the lock's end.
pub fn stake_reward(principal: u64, lock: u64, elapsed: u64) -> Result<u64, MathError> {
    // at most 1,500 * 63,072,000: far inside u64
    mul_div(principal, stake_rate(lock)? * elapsed.min(lock), BPS * YEAR)
}

/// The multiplier of a provider whose GPUs require `required`: the lock's, in proportion to how far the principal covers it.
pub fn provider_multiplier(principal: u64, lock: u64, required: u64) -> Result<u64, MathError> {
    let extra = lock_multiplier(lock)? - BPS;
    if required == 0 {
        return Err(MathError::OutOfRange);
    }
    Ok(BPS + mul_div(extra, principal.min(required), required)?)
}
