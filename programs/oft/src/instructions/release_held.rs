use crate::constants::*;
use crate::credit::{self, Credit, Destination};
use crate::errors::OftError;
use crate::events::OFTHeldReleased;
use crate::state::{HeldEntry, OFTStore, PeerConfig};
use anchor_lang::prelude::*;
use anchor_lang::AccountsClose;
use anchor_spl::associated_token::AssociatedToken;
use anchor_spl::token::{Mint, Token, TokenAccount};

/// Mints what waits in a held entry, as far as limit and cap allow. Anyone may call it; tokens go to the recipient's
/// associated token account, or to any token account of a recipient who signs. The entry's rent goes to the caller who
/// releases the last of it, and who may have paid for the token account.
#[event_cpi]
#[derive(Accounts)]
#[instruction(guid: [u8; 32])]
pub struct ReleaseHeld<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(
        mut,
        seeds = [PEER_SEED, oft_store.key().as_ref(), &held.src_eid.to_be_bytes()],
        bump = peer.bump
    )]
    pub peer: Box<Account<'info, PeerConfig>>,
    #[account(mut, has_one = token_mint)]
    pub oft_store: Box<Account<'info, OFTStore>>,
    #[account(
        mut,
        has_one = recipient @ OftError::InvalidTokenDest,
        seeds = [HELD_SEED, oft_store.key().as_ref(), &guid],
        bump = held.bump
    )]
    pub held: Box<Account<'info, HeldEntry>>,
    /// CHECK: the entry's recipient
    pub recipient: UncheckedAccount<'info>,
    /// CHECK: compared with the recipient before anything is minted to it
    #[account(mut)]
    pub token_dest: UncheckedAccount<'info>,
    #[account(mut)]
    pub token_mint: Box<Account<'info, Mint>>,
    pub token_program: Program<'info, Token>,
    pub associated_token_program: Program<'info, AssociatedToken>,
    pub system_program: Program<'info, System>,
}

impl ReleaseHeld<'_> {
    /// What can be minted now, at most `wanted`.
    fn releasable(&self, wanted: u64, now: i64) -> Result<u64> {
        require!(!self.oft_store.is_paused(now), OftError::Paused);
        require_keys_neq!(self.held.recipient, Pubkey::default(), OftError::InvalidRecipient);
        let amount = wanted
            .min(self.held.remaining_ld)
            .min(self.oft_store.room(self.token_mint.supply))
            .min(self.peer.inbound_available(u64::try_from(now).unwrap_or(0)));
        // a part is what the shared decimals can carry, as every entry is
        let amount = self.oft_store.remove_dust(amount);
        require!(amount > 0, OftError::NothingToRelease);
        Ok(amount)
    }

    fn destination(&self) -> Result<Destination> {
        let (recipient, mint) = (self.recipient.key, self.token_mint.key());
        if self.recipient.is_signer {
            let account = TokenAccount::try_deserialize(&mut &self.token_dest.try_borrow_data()?[..]);
            let own = account.is_ok_and(|a| a.owner == *recipient && a.mint == mint);
            if own && *self.token_dest.owner == anchor_spl::token::ID {
                return Ok(Destination::Ready);
            }
        }
        credit::inspect(&self.token_dest, recipient, &mint)
    }

    pub fn apply(ctx: Context<Self>, guid: [u8; 32], wanted: u64) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let amount = ctx.accounts.releasable(wanted, now)?;
        let destination = ctx.accounts.destination()?;
        require!(destination != Destination::Foreign, OftError::InvalidTokenDest);

        let a = &mut *ctx.accounts;
        a.peer.received(amount, u64::try_from(now).unwrap_or(0))?;
        a.held.take(amount)?;
        a.oft_store.held_ld = a.oft_store.held_ld.checked_sub(amount).ok_or(OftError::Overflow)?;
        let (to, remaining_ld) = (a.held.recipient, a.held.remaining_ld);

        let credit = Credit {
            payer: &a.payer,
            recipient: &a.recipient,
            dest: &a.token_dest,
            mint: a.token_mint.as_ref().as_ref(),
            store: a.oft_store.as_ref().as_ref(),
            token_program: &a.token_program,
            system_program: &a.system_program,
        };
        if destination == Destination::Missing {
            credit.open()?;
        }
        credit.mint(&a.oft_store, amount)?;
        if remaining_ld == 0 {
            a.held.close(a.payer.to_account_info())?;
        }
        emit_cpi!(OFTHeldReleased { guid, to, amount_ld: amount, remaining_ld });
        Ok(())
    }
}
