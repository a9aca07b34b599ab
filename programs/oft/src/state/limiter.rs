use crate::errors::OftError;
use anchor_lang::prelude::*;

/// A token bucket: at most `capacity`, filled by time and by the opposite direction's flow. Amounts in base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, InitSpace, AnchorSerialize, AnchorDeserialize)]
pub struct RateLimiter {
    pub capacity: u64,
    pub tokens: u64,
    pub refill_per_second: u64,
    pub last_refill_time: u64,
}

impl RateLimiter {
    /// A new bucket starts full.
    pub fn full(capacity: u64, refill_per_second: u64, now: u64) -> Self {
        Self { capacity, tokens: capacity, refill_per_second, last_refill_time: now }
    }

    /// What can pass now. Time that goes backwards counts as no time passed; nothing here can overflow.
    pub fn available(&self, now: u64) -> u64 {
        let elapsed = now.saturating_sub(self.last_refill_time);
        let gained = elapsed.saturating_mul(self.refill_per_second);
        self.tokens.saturating_add(gained).min(self.capacity)
    }

    /// Takes `amount`, or fails and changes nothing.
    pub fn consume(&mut self, amount: u64, now: u64) -> Result<()> {
        let left = self.available(now).checked_sub(amount).ok_or(OftError::RateLimitExceeded)?;
        self.settle(left, now);
        Ok(())
    }

    /// Gives `amount` back for a transfer in the opposite direction.
    pub fn refill(&mut self, amount: u64, now: u64) {
        let tokens = self.available(now).saturating_add(amount).min(self.capacity);
        self.settle(tokens, now);
    }

    /// Changes the parameters from now on; what has flowed stays counted.
    pub fn reconfigure(&mut self, capacity: Option<u64>, refill_per_second: Option<u64>, now: u64) {
        let used = self.capacity - self.available(now);
        self.capacity = capacity.unwrap_or(self.capacity);
        self.refill_per_second = refill_per_second.unwrap_or(self.refill_per_second);
        self.settle(self.capacity.saturating_sub(used), now);
    }

    fn settle(&mut self, tokens: u64, now: u64) {
        self.tokens = tokens;
        self.last_refill_time = self.last_refill_time.max(now);
    }
}

/// No limiter means no limit.
pub fn available(limiter: &Option<RateLimiter>, now: u64) -> u64 {
    limiter.as_ref().map_or(u64::MAX, |l| l.available(now))
}

pub fn consume(limiter: &mut Option<RateLimiter>, amount: u64, now: u64) -> Result<()> {
    limiter.as_mut().map_or(Ok(()), |l| l.consume(amount, now))
}

pub fn refill(limiter: &mut Option<RateLimiter>, amount: u64, now: u64) {
    if let Some(l) = limiter.as_mut() {
        l.refill(amount, now);
    }
}
