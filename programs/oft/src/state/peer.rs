use super::limiter::{self, RateLimiter};
use crate::constants::*;
use anchor_lang::prelude::*;

/// One path. The fields up to `bump` are those of OFT302.
#[account]
#[derive(InitSpace)]
pub struct PeerConfig {
    /// 32 bytes as the remote's endpoint sees its OFT; zero closes the path.
    pub peer_address: [u8; 32],
    pub enforced_options: EnforcedOptions,
    pub outbound_rate_limiter: Option<RateLimiter>,
    pub inbound_rate_limiter: Option<RateLimiter>,
    pub fee_bps: Option<u16>,
    pub bump: u8,
    pub version: u8,
}

#[derive(Clone, Default, InitSpace, AnchorSerialize, AnchorDeserialize)]
pub struct EnforcedOptions {
    #[max_len(ENFORCED_SEND_MAX)]
    pub send: Vec<u8>,
    #[max_len(ENFORCED_SEND_AND_CALL_MAX)]
    pub send_and_call: Vec<u8>,
}

impl PeerConfig {
    pub const SIZE: usize = 8 + Self::INIT_SPACE;

    pub fn is_set(&self) -> bool {
        self.peer_address != [0; 32]
    }

    /// An EVM chain writes an address as twelve zero bytes and twenty; a hash or a program's address never looks so.
    pub fn is_evm(&self) -> bool {
        is_evm_address(&self.peer_address)
    }

    pub fn sent(&mut self, amount: u64, now: u64) -> Result<()> {
        limiter::consume(&mut self.outbound_rate_limiter, amount, now)?;
        limiter::refill(&mut self.inbound_rate_limiter, amount, now);
        Ok(())
    }

    pub fn received(&mut self, amount: u64, now: u64) -> Result<()> {
        limiter::consume(&mut self.inbound_rate_limiter, amount, now)?;
        limiter::refill(&mut self.outbound_rate_limiter, amount, now);
        Ok(())
    }
}

pub fn is_evm_address(address: &[u8; 32]) -> bool {
    address[..12] == [0; 12] && address[12..] != [0; 20]
}

const _: () = assert!(PeerConfig::SIZE == 1_654 + 1);
