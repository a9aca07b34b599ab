use crate::constants::HELD_SEED;
use crate::errors::OftError;
use crate::events::OFTHeldVoided;
use crate::state::{HeldEntry, OFTStore};
use anchor_lang::prelude::*;

/// Voids a held entry, for a message that should never have been sent. Admin only: the tokens stay locked at home.
#[event_cpi]
#[derive(Accounts)]
#[instruction(guid: [u8; 32])]
pub struct VoidHeld<'info> {
    #[account(mut)]
    pub admin: Signer<'info>,
    #[account(mut, has_one = admin @ OftError::Unauthorized)]
    pub oft_store: Account<'info, OFTStore>,
    #[account(mut, close = admin, seeds = [HELD_SEED, oft_store.key().as_ref(), &guid], bump = held.bump)]
    pub held: Account<'info, HeldEntry>,
}

impl VoidHeld<'_> {
    pub fn apply(ctx: Context<Self>, guid: [u8; 32]) -> Result<()> {
        let amount_ld = ctx.accounts.held.remaining_ld;
        let store = &mut ctx.accounts.oft_store;
        store.held_ld = store.held_ld.checked_sub(amount_ld).ok_or(OftError::Overflow)?;
        let (src_eid, to) = (ctx.accounts.held.src_eid, ctx.accounts.held.recipient);
        emit_cpi!(OFTHeldVoided { guid, src_eid, to, amount_ld });
        Ok(())
    }
}
