use crate::constants::PEER_SEED;
use crate::endpoint::{self, MessagingFee, QuoteParams};
use crate::instructions::{prepare, Request};
use crate::state::{OFTStore, PeerConfig};
use anchor_lang::prelude::*;
use anchor_spl::token::Mint;

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct QuoteSendParams {
    pub dst_eid: u32,
    pub to: [u8; 32],
    pub amount_ld: u64,
    pub min_amount_ld: u64,
    pub options: Vec<u8>,
    pub compose_msg: Option<Vec<u8>>,
    pub pay_in_lz_token: bool,
}

/// Remaining accounts: the endpoint's `quote`, all read-only.
#[derive(Accounts)]
#[instruction(params: QuoteSendParams)]
pub struct QuoteSend<'info> {
    #[account(has_one = token_mint)]
    pub oft_store: Account<'info, OFTStore>,
    #[account(seeds = [PEER_SEED, oft_store.key().as_ref(), &params.dst_eid.to_be_bytes()], bump = peer.bump)]
    pub peer: Box<Account<'info, PeerConfig>>,
    pub token_mint: Account<'info, Mint>,
}

impl<'info> QuoteSend<'info> {
    pub fn apply(ctx: Context<'info, Self>, params: &QuoteSendParams) -> Result<MessagingFee> {
        let (store, peer) = (&ctx.accounts.oft_store, &ctx.accounts.peer);
        // the sender's address does not change the message's length, and with it the price
        let request = Request {
            from: &Pubkey::default(),
            to: &params.to,
            amount_ld: params.amount_ld,
            min_amount_ld: params.min_amount_ld,
            options: &params.options,
            compose_msg: params.compose_msg.as_deref(),
        };
        let outgoing = prepare(store, peer, &request)?;
        endpoint::quote(
            ctx.remaining_accounts,
            &QuoteParams {
                sender: store.key(),
                dst_eid: params.dst_eid,
                receiver: peer.peer_address,
                message: outgoing.message,
                options: outgoing.options,
                pay_in_lz_token: params.pay_in_lz_token,
            },
        )
    }
}
