use crate::constants::PEER_SEED;
use crate::endpoint::{self, MessagingReceipt, Sender};
use crate::errors::OftError;
use crate::events::OFTSent;
use crate::instructions::{prepare, OFTReceipt, Outgoing, Request};
use crate::state::{OFTStore, PeerConfig};
use anchor_lang::prelude::*;
use anchor_spl::token::{burn, Burn, Mint, Token, TokenAccount};

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct SendParams {
    pub dst_eid: u32,
    pub to: [u8; 32],
    pub amount_ld: u64,
    pub min_amount_ld: u64,
    pub options: Vec<u8>,
    pub compose_msg: Option<Vec<u8>>,
    pub native_fee: u64,
    pub lz_token_fee: u64,
}

/// Burns the sender's tokens and sends the message that mints or unlocks them on the other side.
/// Remaining accounts: the endpoint's `send`.
#[event_cpi]
#[derive(Accounts)]
#[instruction(params: SendParams)]
pub struct Send<'info> {
    pub signer: Signer<'info>,
    #[account(
        mut,
        seeds = [PEER_SEED, oft_store.key().as_ref(), &params.dst_eid.to_be_bytes()],
        bump = peer.bump
    )]
    pub peer: Box<Account<'info, PeerConfig>>,
    #[account(mut, has_one = token_mint, has_one = token_escrow)]
    pub oft_store: Box<Account<'info, OFTStore>>,
    #[account(mut, token::authority = signer, token::mint = token_mint)]
    pub token_source: Box<Account<'info, TokenAccount>>,
    /// CHECK: the store's escrow, which this bridge leaves empty
    #[account(mut)]
    pub token_escrow: UncheckedAccount<'info>,
    #[account(mut)]
    pub token_mint: Box<Account<'info, Mint>>,
    pub token_program: Program<'info, Token>,
}

impl<'info> Send<'info> {
    fn validate(&self, params: &SendParams) -> Result<Outgoing> {
        let request = Request {
            from: self.signer.key,
            to: &params.to,
            amount_ld: params.amount_ld,
            min_amount_ld: params.min_amount_ld,
            options: &params.options,
            compose_msg: params.compose_msg.as_deref(),
        };
        prepare(&self.oft_store, &self.peer, &request)
    }

    pub fn apply(ctx: Context<'info, Self>, params: &SendParams) -> Result<(MessagingReceipt, OFTReceipt)> {
        let Outgoing { amount_ld, message, options } = ctx.accounts.validate(params)?;
        let now = u64::try_from(Clock::get()?.unix_timestamp).map_err(|_| OftError::Overflow)?;
        ctx.accounts.peer.sent(amount_ld, now)?;

        let a = &ctx.accounts;
        let accounts = Burn {
            mint: a.token_mint.to_account_info(),
            from: a.token_source.to_account_info(),
            authority: a.signer.to_account_info(),
        };
        burn(CpiContext::new(a.token_program.key(), accounts), amount_ld)?;

        let sender = Sender { store: a.oft_store.key(), escrow: &a.oft_store.token_escrow, bump: a.oft_store.bump };
        let receipt = endpoint::send(
            &sender,
            ctx.remaining_accounts,
            &endpoint::SendParams {
                dst_eid: params.dst_eid,
                receiver: a.peer.peer_address,
                message,
                options,
                native_fee: params.native_fee,
                lz_token_fee: params.lz_token_fee,
            },
        )?;
        emit_cpi!(OFTSent {
            guid: receipt.guid,
            dst_eid: params.dst_eid,
            from: ctx.accounts.token_source.key(),
            amount_sent_ld: amount_ld,
            amount_received_ld: amount_ld,
        });
        Ok((receipt, OFTReceipt { amount_sent_ld: amount_ld, amount_received_ld: amount_ld }))
    }
}
