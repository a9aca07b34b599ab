use crate::codec;
use crate::constants::PEER_SEED;
use crate::errors::OftError;
use crate::options;
use crate::state::{is_evm_address, OFTStore, PeerConfig};
use anchor_lang::prelude::*;
use anchor_spl::token::Mint;

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct QuoteOFTParams {
    pub dst_eid: u32,
    pub to: [u8; 32],
    pub amount_ld: u64,
    pub min_amount_ld: u64,
    pub options: Vec<u8>,
    pub compose_msg: Option<Vec<u8>>,
    pub pay_in_lz_token: bool,
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct QuoteOFTResult {
    pub oft_limits: OFTLimits,
    pub oft_fee_details: Vec<OFTFeeDetail>,
    pub oft_receipt: OFTReceipt,
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct OFTLimits {
    pub min_amount_ld: u64,
    pub max_amount_ld: u64,
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct OFTFeeDetail {
    pub fee_amount_ld: u64,
    pub description: String,
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct OFTReceipt {
    pub amount_sent_ld: u64,
    pub amount_received_ld: u64,
}

/// What a send would carry; the same checks for a quote and for the send itself.
pub struct Outgoing {
    pub amount_ld: u64,
    pub message: Vec<u8>,
    pub options: Vec<u8>,
}

/// A transfer as its sender asks for it.
pub struct Request<'a> {
    pub from: &'a Pubkey,
    pub to: &'a [u8; 32],
    pub amount_ld: u64,
    pub min_amount_ld: u64,
    pub options: &'a [u8],
    pub compose_msg: Option<&'a [u8]>,
}

/// Checks a transfer and writes its message. The limit is not touched here.
pub fn prepare(store: &OFTStore, peer: &PeerConfig, request: &Request) -> Result<Outgoing> {
    require!(!store.is_paused(Clock::get()?.unix_timestamp), OftError::Paused);
    require!(peer.is_set(), OftError::PeerNotSet);
    let valid = if peer.is_evm() { is_evm_address(request.to) } else { *request.to != [0; 32] };
    require!(valid, OftError::InvalidRecipient);
    // the remotes that run composed messages are EVM chains; TON and Solana take none
    require!(request.compose_msg.is_none() || peer.is_evm(), OftError::ComposeRefused);
    let amount_ld = store.remove_dust(request.amount_ld);
    require!(amount_ld >= request.min_amount_ld, OftError::SlippageExceeded);
    require!(amount_ld > 0, OftError::AmountTooSmall);
    let from = request.from.to_bytes();
    Ok(Outgoing {
        amount_ld,
        message: codec::encode(request.to, store.ld2sd(amount_ld), request.compose_msg.map(|m| (&from, m))),
        options: options::combine(&peer.enforced_options, request.compose_msg.is_some(), request.options)?,
    })
}

#[derive(Accounts)]
#[instruction(params: QuoteOFTParams)]
pub struct QuoteOFT<'info> {
    #[account(has_one = token_mint)]
    pub oft_store: Account<'info, OFTStore>,
    #[account(seeds = [PEER_SEED, oft_store.key().as_ref(), &params.dst_eid.to_be_bytes()], bump = peer.bump)]
    pub peer: Box<Account<'info, PeerConfig>>,
    pub token_mint: Account<'info, Mint>,
}

impl QuoteOFT<'_> {
    pub fn apply(ctx: Context<Self>, params: &QuoteOFTParams) -> Result<QuoteOFTResult> {
        let request = Request {
            from: &Pubkey::default(),
            to: &params.to,
            amount_ld: params.amount_ld,
            min_amount_ld: params.min_amount_ld,
            options: &params.options,
            compose_msg: params.compose_msg.as_deref(),
        };
        let (store, peer) = (&ctx.accounts.oft_store, &ctx.accounts.peer);
        let amount = prepare(store, peer, &request)?.amount_ld;
        let now = u64::try_from(Clock::get()?.unix_timestamp).unwrap_or(0);
        Ok(QuoteOFTResult {
            oft_limits: OFTLimits {
                min_amount_ld: store.ld2sd_rate,
                max_amount_ld: store.remove_dust(peer.outbound_available(now)),
            },
            oft_fee_details: vec![],
            oft_receipt: OFTReceipt { amount_sent_ld: amount, amount_received_ld: amount },
        })
    }
}
