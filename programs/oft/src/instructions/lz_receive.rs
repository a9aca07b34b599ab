use crate::account;
use crate::codec::{self, OftMessage};
use crate::constants::*;
use crate::credit::{self, Credit, Destination};
use crate::endpoint::{self, LzReceiveParams, SendComposeParams, Sender, CLEAR_ACCOUNTS, SEND_COMPOSE_ACCOUNTS};
use crate::errors::OftError;
use crate::events::*;
use crate::state::{HeldEntry, HeldReason, OFTStore, PeerConfig};
use anchor_lang::prelude::*;
use anchor_spl::associated_token::AssociatedToken;
use anchor_spl::token::{Mint, Token};

/// A verified message is consumed here, and by nothing that it says can it fail: its tokens are minted, or held when they
/// may not be minted now, or, if it says nothing that could be minted, it is rejected with an event.
/// Remaining accounts: the endpoint's `clear` (8), for a composed message `send_compose` (7), then the held entry.
#[event_cpi]
#[derive(Accounts)]
#[instruction(params: LzReceiveParams)]
pub struct LzReceive<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(
        mut,
        seeds = [PEER_SEED, oft_store.key().as_ref(), &params.src_eid.to_be_bytes()],
        bump = peer.bump,
        constraint = peer.is_set() && peer.peer_address == params.sender @ OftError::InvalidSender
    )]
    pub peer: Box<Account<'info, PeerConfig>>,
    #[account(mut, has_one = token_mint, has_one = token_escrow)]
    pub oft_store: Box<Account<'info, OFTStore>>,
    /// CHECK: the store's escrow, which this bridge leaves empty
    #[account(mut)]
    pub token_escrow: UncheckedAccount<'info>,
    /// CHECK: the message's recipient, compared when it is known
    pub to_address: UncheckedAccount<'info>,
    /// CHECK: the recipient's associated token account, which may not exist yet
    #[account(mut)]
    pub token_dest: UncheckedAccount<'info>,
    #[account(mut)]
    pub token_mint: Box<Account<'info, Mint>>,
    /// CHECK: part of the interface; the store itself is the mint authority
    pub mint_authority: Option<UncheckedAccount<'info>>,
    pub token_program: Program<'info, Token>,
    pub associated_token_program: Program<'info, AssociatedToken>,
    pub system_program: Program<'info, System>,
}

impl<'info> LzReceive<'info> {
    pub fn apply(ctx: Context<'info, Self>, params: &LzReceiveParams) -> Result<()> {
        require!(ctx.accounts.mint_authority.is_none(), OftError::InvalidMintAuthority);
        let escrow = ctx.accounts.oft_store.token_escrow;
        let sender = Sender { store: ctx.accounts.oft_store.key(), escrow: &escrow, bump: ctx.accounts.oft_store.bump };
        endpoint::clear(&sender, ctx.remaining_accounts, params)?;

        let (message, amount_ld) = match ctx.accounts.read(&params.message) {
            Ok(read) => read,
            Err(reason) => {
                emit_cpi!(OFTMessageRejected {
                    guid: params.guid,
                    src_eid: params.src_eid,
                    nonce: params.nonce,
                    reason: reason as u8,
                });
                return Ok(());
            }
        };
        if amount_ld == 0 {
            return Ok(());
        }
        let to = Pubkey::new_from_array(message.to);
        require_keys_eq!(ctx.accounts.to_address.key(), to, OftError::InvalidTokenDest);
        let clock = Clock::get()?;
        let dest = credit::inspect(&ctx.accounts.token_dest, &to, &ctx.accounts.token_mint.key())?;

        if let Some(reason) = ctx.accounts.refusal(&to, amount_ld, dest, clock.unix_timestamp) {
            ctx.accounts.hold(ctx.remaining_accounts, params, to, amount_ld, reason, clock.unix_timestamp)?;
            emit_cpi!(OFTHeld { guid: params.guid, src_eid: params.src_eid, to, amount_ld, reason: reason as u8 });
            return Ok(());
        }
        ctx.accounts.peer.received(amount_ld, unsigned(clock.unix_timestamp))?;
        ctx.accounts.mint(dest, amount_ld)?;
        if let Some(compose) = message.compose {
            let accounts = ctx.remaining_accounts.get(CLEAR_ACCOUNTS..).ok_or(OftError::InvalidEndpoint)?;
            let message = codec::encode_compose(params.nonce, params.src_eid, amount_ld, compose);
            let compose = SendComposeParams { to, guid: params.guid, index: 0, message };
            endpoint::send_compose(&sender, accounts, &compose)?;
        }
        emit_cpi!(OFTReceived { guid: params.guid, src_eid: params.src_eid, to, amount_received_ld: amount_ld });
        Ok(())
    }

    fn read<'a>(&self, message: &'a [u8]) -> std::result::Result<(OftMessage<'a>, u64), codec::Malformed> {
        let decoded = codec::decode(message)?;
        let amount = self.oft_store.sd2ld(decoded.amount_sd).ok_or(codec::Malformed::Amount)?;
        Ok((decoded, amount))
    }

    /// Why the amount must be held, if it must.
    fn refusal(&self, to: &Pubkey, amount: u64, dest: Destination, now: i64) -> Option<HeldReason> {
        if *to == Pubkey::default() {
            Some(HeldReason::NoRecipient)
        } else if self.oft_store.is_paused(now) {
            Some(HeldReason::Paused)
        } else if amount > self.peer.inbound_available(unsigned(now)) {
            Some(HeldReason::RateLimit)
        } else if amount > self.oft_store.room(self.token_mint.supply) {
            Some(HeldReason::MintCap)
        } else if dest == Destination::Foreign {
            Some(HeldReason::Destination)
        } else {
            None
        }
    }

    fn mint(&self, dest: Destination, amount: u64) -> Result<()> {
        let credit = Credit {
            payer: &self.payer,
            recipient: &self.to_address,
            dest: &self.token_dest,
            mint: self.token_mint.as_ref().as_ref(),
            store: self.oft_store.as_ref().as_ref(),
            token_program: &self.token_program,
            system_program: &self.system_program,
        };
        if dest == Destination::Missing {
            credit.open()?;
        }
        credit.mint(&self.oft_store, amount)
    }

    fn hold(
        &mut self,
        remaining: &'info [AccountInfo<'info>],
        params: &LzReceiveParams,
        recipient: Pubkey,
        amount_ld: u64,
        reason: HeldReason,
        now: i64,
    ) -> Result<()> {
        let composed = if codec::is_composed(&params.message) { SEND_COMPOSE_ACCOUNTS } else { 0 };
        let entry = remaining.get(CLEAR_ACCOUNTS + composed).ok_or(OftError::HeldAccountMissing)?;
        let store = self.oft_store.key();
        let (address, bump) = Pubkey::find_program_address(&[HELD_SEED, store.as_ref(), &params.guid], &crate::ID);
        require_keys_eq!(*entry.key, address, OftError::HeldAccountMissing);
        let seeds: &[&[u8]] = &[HELD_SEED, store.as_ref(), &params.guid, &[bump]];
        account::create(&self.payer, entry, HeldEntry::SIZE, seeds)?;
        let held = HeldEntry {
            version: LAYOUT_VERSION,
            bump,
            reason: reason as u8,
            src_eid: params.src_eid,
            recipient,
            guid: params.guid,
            amount_ld,
            remaining_ld: amount_ld,
            held_at: now,
        };
        held.try_serialize(&mut &mut entry.try_borrow_mut_data()?[..])?;
        self.oft_store.held_ld = self.oft_store.held_ld.checked_add(amount_ld).ok_or(OftError::Overflow)?;
        Ok(())
    }
}

fn unsigned(now: i64) -> u64 {
    u64::try_from(now).unwrap_or(0)
}
