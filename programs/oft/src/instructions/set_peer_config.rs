use crate::account;
use crate::constants::*;
use crate::errors::OftError;
use crate::events::*;
use crate::options;
use crate::state::{EnforcedOptions, Limit, OFTStore, PeerConfig};
use anchor_lang::prelude::*;

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct SetPeerConfigParams {
    pub remote_eid: u32,
    pub config: PeerConfigParam,
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub enum PeerConfigParam {
    PeerAddress([u8; 32]),
    /// Only none or 0: this bridge takes no fee.
    FeeBps(Option<u16>),
    EnforcedOptions {
        send: Vec<u8>,
        send_and_call: Vec<u8>,
    },
    /// None closes the direction.
    OutboundRateLimit(Option<RateLimitParams>),
    InboundRateLimit(Option<RateLimitParams>),
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct RateLimitParams {
    pub refill_per_second: Option<u64>,
    pub capacity: Option<u64>,
}

/// `admin` may also be the limiter, for rate limits only. The first `PeerAddress` of a path creates its account.
#[derive(Accounts)]
#[instruction(params: SetPeerConfigParams)]
pub struct SetPeerConfig<'info> {
    #[account(mut)]
    pub admin: Signer<'info>,
    /// CHECK: at the address of this path's peer; read and written by this instruction, which checks its owner and type
    #[account(mut, seeds = [PEER_SEED, oft_store.key().as_ref(), &params.remote_eid.to_be_bytes()], bump)]
    pub peer: UncheckedAccount<'info>,
    pub oft_store: Account<'info, OFTStore>,
    pub system_program: Program<'info, System>,
}

impl SetPeerConfig<'_> {
    fn validate(&self, config: &PeerConfigParam) -> Result<()> {
        let signer = self.admin.key();
        let limits = matches!(config, PeerConfigParam::OutboundRateLimit(_) | PeerConfigParam::InboundRateLimit(_));
        let allowed = signer == self.oft_store.admin || (limits && self.oft_store.limiter == Some(signer));
        require!(allowed, OftError::Unauthorized);
        match config {
            PeerConfigParam::FeeBps(bps) => require!(bps.unwrap_or(0) == 0, OftError::InvalidFee),
            PeerConfigParam::EnforcedOptions { send, send_and_call } => {
                let sizes = send.len() <= ENFORCED_SEND_MAX && send_and_call.len() <= ENFORCED_SEND_AND_CALL_MAX;
                require!(sizes, OftError::InvalidOptions);
                options::validate(send)?;
                options::validate(send_and_call)?;
            }
            _ => (),
        }
        Ok(())
    }

    fn load(&self, config: &PeerConfigParam, eid: u32, bump: u8) -> Result<PeerConfig> {
        let info = self.peer.to_account_info();
        if *info.owner == crate::ID {
            return PeerConfig::try_deserialize(&mut &info.try_borrow_data()?[..]);
        }
        require!(matches!(config, PeerConfigParam::PeerAddress(_)), OftError::PeerNotInitialized);
        let store = self.oft_store.key();
        let seeds: &[&[u8]] = &[PEER_SEED, store.as_ref(), &eid.to_be_bytes(), &[bump]];
        account::create(&self.admin.to_account_info(), &info, PeerConfig::SIZE, seeds)?;
        Ok(PeerConfig::new(bump))
    }

    pub fn apply(ctx: Context<Self>, params: SetPeerConfigParams) -> Result<()> {
        ctx.accounts.validate(&params.config)?;
        let remote_eid = params.remote_eid;
        let mut peer = ctx.accounts.load(&params.config, remote_eid, ctx.bumps.peer)?;
        match params.config {
            PeerConfigParam::PeerAddress(address) => {
                peer.peer_address = address;
                emit!(PeerChanged { remote_eid, peer: address });
            }
            PeerConfigParam::FeeBps(bps) => peer.fee_bps = bps,
            PeerConfigParam::EnforcedOptions { send, send_and_call } => {
                emit!(EnforcedOptionsChanged { remote_eid, send: send.clone(), send_and_call: send_and_call.clone() });
                peer.enforced_options = EnforcedOptions { send, send_and_call };
            }
            PeerConfigParam::OutboundRateLimit(limit) => set_limit(peer.outbound(), &limit, remote_eid, false)?,
            PeerConfigParam::InboundRateLimit(limit) => set_limit(peer.inbound(), &limit, remote_eid, true)?,
        }
        let mut data = ctx.accounts.peer.try_borrow_mut_data()?;
        peer.try_serialize(&mut &mut data[..])
    }
}

fn set_limit(mut limit: Limit, change: &Option<RateLimitParams>, remote_eid: u32, inbound: bool) -> Result<()> {
    let now = u64::try_from(Clock::get()?.unix_timestamp).unwrap_or(0);
    match change {
        None => limit.close(),
        Some(c) => limit.configure(c.capacity, c.refill_per_second, now)?,
    }
    emit!(RateLimitChanged {
        remote_eid,
        inbound,
        capacity: limit.limiter.map(|l| l.capacity),
        refill_per_second: limit.limiter.map(|l| l.refill_per_second),
    });
    Ok(())
}
