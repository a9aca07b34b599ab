use crate::constants::OFT_SEED;
use crate::errors::OftError;
use crate::state::OFTStore;
use anchor_lang::prelude::*;
use anchor_spl::token::{transfer_checked, Mint, Token, TokenAccount, TransferChecked};

/// Takes out what was sent to the escrow by mistake. This bridge takes no fee and keeps nothing of its users there.
#[derive(Accounts)]
pub struct WithdrawFee<'info> {
    pub admin: Signer<'info>,
    #[account(has_one = admin @ OftError::Unauthorized, has_one = token_mint, has_one = token_escrow)]
    pub oft_store: Account<'info, OFTStore>,
    pub token_mint: Account<'info, Mint>,
    #[account(mut)]
    pub token_escrow: Account<'info, TokenAccount>,
    #[account(mut, token::mint = token_mint)]
    pub token_dest: Account<'info, TokenAccount>,
    pub token_program: Program<'info, Token>,
}

impl WithdrawFee<'_> {
    fn validate(&self, fee_ld: u64) -> Result<()> {
        let free = self.token_escrow.amount.saturating_sub(self.oft_store.tvl_ld);
        require!(fee_ld > 0 && fee_ld <= free, OftError::InvalidFee);
        Ok(())
    }

    pub fn apply(ctx: Context<Self>, fee_ld: u64) -> Result<()> {
        ctx.accounts.validate(fee_ld)?;
        let a = &ctx.accounts;
        let bump = [a.oft_store.bump];
        let signer: [&[&[u8]]; 1] = [&[OFT_SEED, a.oft_store.token_escrow.as_ref(), &bump]];
        let accounts = TransferChecked {
            from: a.token_escrow.to_account_info(),
            mint: a.token_mint.to_account_info(),
            to: a.token_dest.to_account_info(),
            authority: a.oft_store.to_account_info(),
        };
        let cpi = CpiContext::new_with_signer(a.token_program.key(), accounts, &signer);
        transfer_checked(cpi, fee_ld, a.token_mint.decimals)
    }
}
