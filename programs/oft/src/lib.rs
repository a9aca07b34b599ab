//! STUN on Solana: an OFT whose interface is OFT302's, over an SPL mint that only the store's address can mint.
#![allow(clippy::result_large_err)]
use anchor_lang::prelude::*;

mod account;
pub mod codec;
pub mod constants;
mod credit;
pub mod endpoint;
pub mod errors;
pub mod events;
pub mod instructions;
pub mod options;
pub mod state;

use endpoint::*;
use instructions::*;

declare_id!("DtSuiLRagExKzx851fmSgTzjM5gbTQVSGUGBFCCz51Je");

#[program]
pub mod oft {
    use super::*;

    /// Interface 2 (OFT), message 1.
    pub fn oft_version(_ctx: Context<OFTVersion>) -> Result<Version> {
        Ok(Version { interface: 2, message: 1 })
    }

    pub fn init_oft<'info>(ctx: Context<'info, InitOFT<'info>>, params: InitOFTParams) -> Result<()> {
        InitOFT::apply(ctx, &params)
    }

    pub fn set_oft_config<'info>(ctx: Context<'info, SetOFTConfig<'info>>, params: SetOFTConfigParams) -> Result<()> {
        SetOFTConfig::apply(ctx, params)
    }

    pub fn set_peer_config(ctx: Context<SetPeerConfig>, params: SetPeerConfigParams) -> Result<()> {
        SetPeerConfig::apply(ctx, params)
    }

    pub fn set_pause(ctx: Context<SetPause>, paused: bool) -> Result<()> {
        SetPause::apply(ctx, paused)
    }

    pub fn withdraw_fee(ctx: Context<WithdrawFee>, fee_ld: u64) -> Result<()> {
        WithdrawFee::apply(ctx, fee_ld)
    }

    pub fn quote_oft(ctx: Context<QuoteOFT>, params: QuoteOFTParams) -> Result<QuoteOFTResult> {
        QuoteOFT::apply(ctx, &params)
    }

    pub fn quote_send<'info>(ctx: Context<'info, QuoteSend<'info>>, params: QuoteSendParams) -> Result<MessagingFee> {
        QuoteSend::apply(ctx, &params)
    }

    pub fn send<'info>(
        ctx: Context<'info, Send<'info>>,
        params: instructions::SendParams,
    ) -> Result<(MessagingReceipt, OFTReceipt)> {
        Send::apply(ctx, &params)
    }

    pub fn lz_receive<'info>(ctx: Context<'info, LzReceive<'info>>, params: LzReceiveParams) -> Result<()> {
        LzReceive::apply(ctx, &params)
    }

    pub fn lz_receive_types(ctx: Context<LzReceiveTypes>, params: LzReceiveParams) -> Result<Vec<LzAccount>> {
        Ok(LzReceiveTypes::apply(ctx, &params))
    }

    pub fn lz_receive_types_info(
        ctx: Context<LzReceiveTypesInfo>,
        _params: LzReceiveParams,
    ) -> Result<(u8, Vec<Pubkey>)> {
        Ok(LzReceiveTypesInfo::apply(ctx))
    }

    pub fn lz_receive_types_v2(
        ctx: Context<LzReceiveTypesV2>,
        params: LzReceiveParams,
    ) -> Result<LzReceiveTypesV2Result> {
        LzReceiveTypesV2::apply(ctx, &params)
    }

    /// Accepts a proposed admin role.
    pub fn accept_admin(ctx: Context<AcceptAdmin>) -> Result<()> {
        AcceptAdmin::apply(ctx)
    }

    /// Pauses for a time of the pauser's choice, at most seven days.
    pub fn pause_for(ctx: Context<SetPause>, seconds: u32) -> Result<()> {
        SetPause::apply_for(ctx, seconds)
    }

    /// Names the lookup table of deliveries.
    pub fn set_lookup_table(ctx: Context<SetLookupTable>) -> Result<()> {
        SetLookupTable::apply(ctx)
    }

    /// Mints up to `amount_ld` of a held entry.
    pub fn release_held(ctx: Context<ReleaseHeld>, guid: [u8; 32], amount_ld: u64) -> Result<()> {
        ReleaseHeld::apply(ctx, guid, amount_ld)
    }

    /// Names the recipient of a held entry that has none.
    pub fn assign_held(ctx: Context<AssignHeld>, guid: [u8; 32], recipient: Pubkey) -> Result<()> {
        AssignHeld::apply(ctx, guid, recipient)
    }

    /// Voids a held entry.
    pub fn void_held(ctx: Context<VoidHeld>, guid: [u8; 32]) -> Result<()> {
        VoidHeld::apply(ctx, guid)
    }
}

#[derive(Accounts)]
pub struct OFTVersion {}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct Version {
    pub interface: u64,
    pub message: u64,
}
