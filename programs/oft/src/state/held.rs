use crate::constants::*;
use crate::errors::OftError;
use anchor_lang::prelude::*;

/// Why tokens wait instead of being minted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum HeldReason {
    Paused = 1,
    RateLimit = 2,
    MintCap = 3,
    /// The message names nobody; the admin may name a recipient.
    NoRecipient = 4,
    /// The recipient's associated token account belongs to somebody else.
    Destination = 5,
}

/// What one message brought and could not be minted yet. One account for each GUID keeps deliveries independent of each
/// other and its rent below the value that a delivery carries for a token account.
#[account]
#[derive(InitSpace)]
pub struct HeldEntry {
    pub version: u8,
    pub bump: u8,
    pub reason: u8,
    pub src_eid: u32,
    /// At a fixed offset, so that all entries of a recipient can be listed; zero when the message named nobody.
    pub recipient: Pubkey,
    pub guid: [u8; 32],
    pub amount_ld: u64,
    pub remaining_ld: u64,
    pub held_at: i64,
}

impl HeldEntry {
    pub const SIZE: usize = 8 + Self::INIT_SPACE;

    pub fn take(&mut self, amount: u64) -> Result<()> {
        self.remaining_ld = self.remaining_ld.checked_sub(amount).ok_or(OftError::Overflow)?;
        Ok(())
    }
}

/// The rent of the entry must stay below that of a token account (165 bytes), which every delivery has to bring.
const _: () = assert!(HeldEntry::SIZE == 103 && HeldEntry::SIZE < 165 && LAYOUT_VERSION == 1);
