use crate::errors::OftError;
use anchor_lang::prelude::*;

/// A token bucket as OFT302 stores it: at most `capacity`, filled by time and by the opposite direction's flow. Amounts in
/// base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, InitSpace, AnchorSerialize, AnchorDeserialize)]
pub struct RateLimiter {
    pub capacity: u64,
    pub tokens: u64,
    pub refill_per_second: u64,
    pub last_refill_time: u64,
}

/// One direction of a path. Without a limiter it is closed: nothing passes until a limit is set. `debt` is what flowed
/// beyond a capacity that was lowered afterwards; it is refilled first.
pub struct Limit<'a> {
    pub limiter: &'a mut Option<RateLimiter>,
    pub debt: &'a mut u64,
}

/// What can pass now. Time that goes backwards counts as no time passed; nothing here can overflow.
pub fn available(limiter: &Option<RateLimiter>, debt: u64, now: u64) -> u64 {
    limiter.map_or(0, |l| {
        let elapsed = now.saturating_sub(l.last_refill_time);
        let gained = elapsed.saturating_mul(l.refill_per_second).saturating_sub(debt);
        l.tokens.saturating_add(gained).min(l.capacity)
    })
}

impl Limit<'_> {
    /// Brings the bucket up to `now`, with `extra` on top of what time gives.
    fn fill(&mut self, extra: u64, now: u64) {
        if let Some(l) = self.limiter.as_mut() {
            let elapsed = now.saturating_sub(l.last_refill_time);
            let gained = elapsed.saturating_mul(l.refill_per_second).saturating_add(extra);
            let repaid = gained.min(*self.debt);
            *self.debt -= repaid;
            l.tokens = l.tokens.saturating_add(gained - repaid).min(l.capacity);
            l.last_refill_time = l.last_refill_time.max(now);
        }
    }

    /// Takes `amount`, or fails and changes nothing.
    pub fn consume(&mut self, amount: u64, now: u64) -> Result<()> {
        require!(amount <= available(self.limiter, *self.debt, now), OftError::RateLimitExceeded);
        self.fill(0, now);
        if let Some(l) = self.limiter.as_mut() {
            l.tokens = l.tokens.checked_sub(amount).ok_or(OftError::RateLimitExceeded)?;
        }
        Ok(())
    }

    /// Gives `amount` back for a transfer in the opposite direction.
    pub fn refill(&mut self, amount: u64, now: u64) {
        self.fill(amount, now);
    }

    /// Sets the parameters from now on; a new limit starts full, and what has flowed stays counted.
    pub fn configure(&mut self, capacity: Option<u64>, refill_per_second: Option<u64>, now: u64) -> Result<()> {
        self.fill(0, now);
        let before = self.limiter.unwrap_or(RateLimiter { last_refill_time: now, ..RateLimiter::default() });
        let used = (before.capacity - before.tokens).checked_add(*self.debt).ok_or(OftError::Overflow)?;
        let capacity = capacity.unwrap_or(before.capacity);
        *self.debt = used.saturating_sub(capacity);
        *self.limiter = Some(RateLimiter {
            capacity,
            tokens: capacity.saturating_sub(used),
            refill_per_second: refill_per_second.unwrap_or(before.refill_per_second),
            last_refill_time: before.last_refill_time,
        });
        Ok(())
    }

    /// Closes the direction and forgets what has flowed.
    pub fn close(&mut self) {
        *self.limiter = None;
        *self.debt = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(limiter: &mut Option<RateLimiter>, debt: &mut u64, f: impl FnOnce(&mut Limit)) {
        f(&mut Limit { limiter, debt });
    }

    #[test]
    fn a_path_without_a_limit_is_closed() {
        assert_eq!(available(&None, 0, u64::MAX), 0);
        let (mut none, mut debt) = (None, 0);
        with(&mut none, &mut debt, |l| {
            assert!(l.consume(1, 0).is_err());
            assert!(l.consume(0, 0).is_ok());
        });
    }

    #[test]
    fn what_flowed_beyond_a_lowered_capacity_has_to_be_refilled_first() {
        let (mut limiter, mut debt) = (None, 0);
        with(&mut limiter, &mut debt, |l| {
            l.configure(Some(1_000), Some(10), 100).unwrap();
            l.consume(900, 100).unwrap();
            l.configure(Some(400), None, 100).unwrap();
        });
        assert_eq!((available(&limiter, debt, 100), debt), (0, 500));
        assert_eq!(available(&limiter, debt, 150), 0);
        assert_eq!(available(&limiter, debt, 151), 10);
        with(&mut limiter, &mut debt, |l| l.configure(Some(1_000), None, 100).unwrap());
        assert_eq!(available(&limiter, debt, 100), 100);
    }

    #[test]
    fn time_that_goes_backwards_and_huge_numbers_do_no_harm() {
        let (mut limiter, mut debt) = (None, 0);
        with(&mut limiter, &mut debt, |l| {
            l.configure(Some(u64::MAX), Some(u64::MAX), 1_000).unwrap();
            l.consume(u64::MAX, 1_000).unwrap();
            l.refill(5, 1);
        });
        assert_eq!(available(&limiter, debt, 1), 5);
        assert_eq!(available(&limiter, debt, 1_001), u64::MAX);
    }
}
