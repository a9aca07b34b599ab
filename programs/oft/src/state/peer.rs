use super::limiter::{available, Limit, RateLimiter};
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
    /// See `Limit::debt`.
    pub outbound_debt: u64,
    pub inbound_debt: u64,
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

    pub fn new(bump: u8) -> Self {
        Self {
            peer_address: [0; 32],
            enforced_options: EnforcedOptions::default(),
            outbound_rate_limiter: None,
            inbound_rate_limiter: None,
            fee_bps: None,
            bump,
            version: LAYOUT_VERSION,
            outbound_debt: 0,
            inbound_debt: 0,
        }
    }

    pub fn is_set(&self) -> bool {
        self.peer_address != [0; 32]
    }

    /// An EVM chain writes an address as twelve zero bytes and twenty; a hash or a program's address never looks so.
    pub fn is_evm(&self) -> bool {
        is_evm_address(&self.peer_address)
    }

    pub fn outbound(&mut self) -> Limit<'_> {
        Limit { limiter: &mut self.outbound_rate_limiter, debt: &mut self.outbound_debt }
    }

    pub fn inbound(&mut self) -> Limit<'_> {
        Limit { limiter: &mut self.inbound_rate_limiter, debt: &mut self.inbound_debt }
    }

    /// What may be sent now.
    pub fn outbound_available(&self, now: u64) -> u64 {
        available(&self.outbound_rate_limiter, self.outbound_debt, now)
    }

    /// What may be minted now.
    pub fn inbound_available(&self, now: u64) -> u64 {
        available(&self.inbound_rate_limiter, self.inbound_debt, now)
    }

    pub fn sent(&mut self, amount: u64, now: u64) -> Result<()> {
        self.outbound().consume(amount, now)?;
        self.inbound().refill(amount, now);
        Ok(())
    }

    pub fn received(&mut self, amount: u64, now: u64) -> Result<()> {
        self.inbound().consume(amount, now)?;
        self.outbound().refill(amount, now);
        Ok(())
    }
}

pub fn is_evm_address(address: &[u8; 32]) -> bool {
    address[..12] == [0; 12] && address[12..] != [0; 20]
}

const _: () = assert!(PeerConfig::SIZE == 1_654 + 1 + 2 * 8);
