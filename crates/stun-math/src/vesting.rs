use crate::{mul_div, MathError};

/// What of `total` has vested at `now`: nothing before `start + cliff`, everything from `start + duration` on, in between
/// `total * (now - start) / duration` rounded down. A cliff beyond the duration or a duration of 0 is out of range.
pub fn vested(total: u64, start: u64, cliff: u64, duration: u64, now: u64) -> Result<u64, MathError> {
    if duration == 0 || cliff > duration {
        return Err(MathError::OutOfRange);
    }
    let elapsed = now.saturating_sub(start);
    if now < start || elapsed < cliff {
        return Ok(0);
    }
    if elapsed >= duration {
        return Ok(total);
    }
    mul_div(total, elapsed, duration)
}
