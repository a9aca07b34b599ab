use crate::constants::*;
use crate::errors::OftError;
use anchor_lang::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, InitSpace, AnchorSerialize, AnchorDeserialize)]
pub enum OFTType {
    /// Mint and burn.
    Native,
    /// Lock and release; part of the interface, refused by this program.
    Adapter,
}

/// The bridge's state and the mint's authority. The fields up to `unpauser` are those of OFT302.
#[account]
#[derive(InitSpace)]
pub struct OFTStore {
    pub oft_type: OFTType,
    pub ld2sd_rate: u64,
    pub token_mint: Pubkey,
    pub token_escrow: Pubkey,
    pub endpoint_program: Pubkey,
    pub bump: u8,
    pub tvl_ld: u64,
    pub admin: Pubkey,
    pub default_fee_bps: u16,
    /// True while a pause was not lifted; the pause ends by itself at `paused_until`.
    pub paused: bool,
    pub pauser: Option<Pubkey>,
    pub unpauser: Option<Pubkey>,

    pub version: u8,
    pub pending_admin: Option<Pubkey>,
    /// May set rate limits, as the admin may.
    pub limiter: Option<Pubkey>,
    /// The mint's supply never passes this by a bridge receipt, base units.
    pub mint_cap_ld: u64,
    /// Sum of all held entries, base units.
    pub held_ld: u64,
    pub paused_until: i64,
    pub pause_allowed_at: i64,
}

impl OFTStore {
    pub const SIZE: usize = 8 + Self::INIT_SPACE;

    pub fn ld2sd(&self, amount_ld: u64) -> u64 {
        amount_ld / self.ld2sd_rate
    }

    pub fn sd2ld(&self, amount_sd: u64) -> Option<u64> {
        amount_sd.checked_mul(self.ld2sd_rate)
    }

    /// Drops what the shared decimals cannot carry.
    pub fn remove_dust(&self, amount_ld: u64) -> u64 {
        amount_ld - amount_ld % self.ld2sd_rate
    }

    pub fn is_paused(&self, now: i64) -> bool {
        self.paused && now < self.paused_until
    }

    /// Stops sends and turns receipts into held entries for `seconds`, 1 to `MAX_PAUSE`.
    pub fn pause(&mut self, seconds: i64, now: i64) -> Result<()> {
        require!(seconds > 0 && seconds <= MAX_PAUSE, OftError::InvalidPause);
        require!(now >= self.pause_allowed_at, OftError::PauseCooldown);
        self.paused = true;
        self.paused_until = now.checked_add(seconds).ok_or(OftError::Overflow)?;
        self.pause_allowed_at = self.paused_until.checked_add(PAUSE_COOLDOWN).ok_or(OftError::Overflow)?;
        Ok(())
    }

    /// Ends a pause early; the time until the next one may begin stays.
    pub fn unpause(&mut self) {
        self.paused = false;
        self.paused_until = 0;
    }

    /// What may still be minted at this supply.
    pub fn room(&self, supply: u64) -> u64 {
        self.mint_cap_ld.saturating_sub(supply)
    }
}

const _: () = assert!(OFTStore::SIZE == 223 + 1 + 33 + 33 + 4 * 8);
