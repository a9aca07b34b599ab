use crate::constants::MAX_MINT_CAP;
use crate::endpoint::{self, Sender};
use crate::errors::OftError;
use crate::events::*;
use crate::instructions::set_paused;
use crate::state::OFTStore;
use anchor_lang::prelude::*;

/// The first six are those of OFT302.
#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub enum SetOFTConfigParams {
    /// Proposes a new admin, who has to accept.
    Admin(Pubkey),
    /// The endpoint's delegate; needs the accounts of `set_delegate`.
    Delegate(Pubkey),
    /// Only 0: this bridge takes no fee.
    DefaultFee(u16),
    Paused(bool),
    Pauser(Option<Pubkey>),
    Unpauser(Option<Pubkey>),
    /// Who may set rate limits beside the admin.
    Limiter(Option<Pubkey>),
    /// Base units, at most `MAX_MINT_CAP`.
    MintCap(u64),
}

#[derive(Accounts)]
pub struct SetOFTConfig<'info> {
    pub admin: Signer<'info>,
    #[account(mut, has_one = admin @ OftError::Unauthorized)]
    pub oft_store: Account<'info, OFTStore>,
}

impl<'info> SetOFTConfig<'info> {
    fn validate(params: &SetOFTConfigParams) -> Result<()> {
        match params {
            SetOFTConfigParams::DefaultFee(bps) => require!(*bps == 0, OftError::InvalidFee),
            SetOFTConfigParams::MintCap(cap) => require!(*cap <= MAX_MINT_CAP, OftError::MintCapTooHigh),
            _ => (),
        }
        Ok(())
    }

    pub fn apply(ctx: Context<'info, Self>, params: SetOFTConfigParams) -> Result<()> {
        Self::validate(&params)?;
        let key = ctx.accounts.oft_store.key();
        let store = &mut ctx.accounts.oft_store;
        match params {
            SetOFTConfigParams::Admin(pending_admin) => {
                store.pending_admin = Some(pending_admin);
                emit!(AdminProposed { admin: store.admin, pending_admin });
            }
            SetOFTConfigParams::Delegate(delegate) => {
                let sender = Sender { store: key, escrow: &store.token_escrow, bump: store.bump };
                endpoint::set_delegate(&sender, ctx.remaining_accounts, delegate)?;
                emit!(DelegateChanged { delegate });
            }
            SetOFTConfigParams::DefaultFee(bps) => store.default_fee_bps = bps,
            SetOFTConfigParams::Paused(paused) => set_paused(store, paused)?,
            SetOFTConfigParams::Pauser(holder) => {
                store.pauser = holder;
                emit!(RoleChanged { role: 4, holder });
            }
            SetOFTConfigParams::Unpauser(holder) => {
                store.unpauser = holder;
                emit!(RoleChanged { role: 5, holder });
            }
            SetOFTConfigParams::Limiter(holder) => {
                store.limiter = holder;
                emit!(RoleChanged { role: 6, holder });
            }
            SetOFTConfigParams::MintCap(mint_cap_ld) => {
                store.mint_cap_ld = mint_cap_ld;
                emit!(MintCapChanged { mint_cap_ld });
            }
        }
        Ok(())
    }
}
