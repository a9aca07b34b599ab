use crate::constants::MAX_PAUSE;
use crate::{errors::OftError, events::PauseChanged, state::OFTStore};
use anchor_lang::prelude::*;

/// Pausing needs the pauser, lifting a pause the unpauser.
#[derive(Accounts)]
pub struct SetPause<'info> {
    pub signer: Signer<'info>,
    #[account(mut)]
    pub oft_store: Account<'info, OFTStore>,
}

impl SetPause<'_> {
    fn validate(&self, paused: bool) -> Result<()> {
        let role = if paused { self.oft_store.pauser } else { self.oft_store.unpauser };
        require!(role == Some(self.signer.key()), OftError::Unauthorized);
        Ok(())
    }

    /// `true` pauses for the longest time allowed.
    pub fn apply(ctx: Context<Self>, paused: bool) -> Result<()> {
        ctx.accounts.validate(paused)?;
        set_paused(&mut ctx.accounts.oft_store, paused)
    }

    pub fn apply_for(ctx: Context<Self>, seconds: u32) -> Result<()> {
        ctx.accounts.validate(true)?;
        let store = &mut ctx.accounts.oft_store;
        store.pause(i64::from(seconds), Clock::get()?.unix_timestamp)?;
        emit_change(store);
        Ok(())
    }
}

pub fn set_paused(store: &mut OFTStore, paused: bool) -> Result<()> {
    if paused {
        store.pause(MAX_PAUSE, Clock::get()?.unix_timestamp)?;
    } else {
        store.unpause();
    }
    emit_change(store);
    Ok(())
}

fn emit_change(store: &OFTStore) {
    emit!(PauseChanged { until: store.paused_until, pause_allowed_at: store.pause_allowed_at });
}
