use crate::constants::HELD_SEED;
use crate::errors::OftError;
use crate::events::OFTHeldAssigned;
use crate::state::{HeldEntry, OFTStore};
use anchor_lang::prelude::*;

/// Names the recipient of an entry whose message named nobody. Admin only; nobody can change a recipient.
#[event_cpi]
#[derive(Accounts)]
#[instruction(guid: [u8; 32])]
pub struct AssignHeld<'info> {
    pub admin: Signer<'info>,
    #[account(has_one = admin @ OftError::Unauthorized)]
    pub oft_store: Account<'info, OFTStore>,
    #[account(mut, seeds = [HELD_SEED, oft_store.key().as_ref(), &guid], bump = held.bump)]
    pub held: Account<'info, HeldEntry>,
}

impl AssignHeld<'_> {
    fn validate(&self, recipient: &Pubkey) -> Result<()> {
        require_keys_eq!(self.held.recipient, Pubkey::default(), OftError::RecipientFixed);
        require_keys_neq!(*recipient, Pubkey::default(), OftError::InvalidRecipient);
        Ok(())
    }

    pub fn apply(ctx: Context<Self>, guid: [u8; 32], recipient: Pubkey) -> Result<()> {
        ctx.accounts.validate(&recipient)?;
        let held = &mut ctx.accounts.held;
        held.recipient = recipient;
        let amount_ld = held.remaining_ld;
        emit_cpi!(OFTHeldAssigned { guid, to: recipient, amount_ld });
        Ok(())
    }
}
