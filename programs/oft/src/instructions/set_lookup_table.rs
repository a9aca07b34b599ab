use crate::constants::*;
use crate::errors::OftError;
use crate::state::{LzReceiveTypesAccounts, OFTStore};
use anchor_lang::prelude::*;

/// Names the address lookup table that executors use for deliveries; the system program's address (zero) removes it.
#[derive(Accounts)]
pub struct SetLookupTable<'info> {
    pub admin: Signer<'info>,
    #[account(has_one = admin @ OftError::Unauthorized)]
    pub oft_store: Account<'info, OFTStore>,
    #[account(mut, has_one = oft_store, seeds = [LZ_RECEIVE_TYPES_SEED, oft_store.key().as_ref()], bump)]
    pub lz_receive_types_accounts: Account<'info, LzReceiveTypesAccounts>,
    /// CHECK: an address lookup table, or the zero address
    pub lookup_table: UncheckedAccount<'info>,
}

impl SetLookupTable<'_> {
    fn validate(&self) -> Result<()> {
        let table = &self.lookup_table;
        let none = table.key() == Pubkey::default();
        require!(none || *table.owner == LOOKUP_TABLE_PROGRAM_ID, OftError::InvalidLookupTable);
        Ok(())
    }

    pub fn apply(ctx: Context<Self>) -> Result<()> {
        ctx.accounts.validate()?;
        ctx.accounts.lz_receive_types_accounts.lookup_table = ctx.accounts.lookup_table.key();
        Ok(())
    }
}
