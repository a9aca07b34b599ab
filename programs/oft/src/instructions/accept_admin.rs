use crate::{errors::OftError, events::AdminAccepted, state::OFTStore};
use anchor_lang::prelude::*;

#[derive(Accounts)]
pub struct AcceptAdmin<'info> {
    pub pending_admin: Signer<'info>,
    #[account(mut)]
    pub oft_store: Account<'info, OFTStore>,
}

impl AcceptAdmin<'_> {
    fn validate(&self) -> Result<()> {
        let pending = self.oft_store.pending_admin == Some(self.pending_admin.key());
        require!(pending, OftError::Unauthorized);
        Ok(())
    }

    pub fn apply(ctx: Context<Self>) -> Result<()> {
        ctx.accounts.validate()?;
        let store = &mut ctx.accounts.oft_store;
        let previous = store.admin;
        store.admin = ctx.accounts.pending_admin.key();
        store.pending_admin = None;
        emit!(AdminAccepted { previous, admin: store.admin });
        Ok(())
    }
}
