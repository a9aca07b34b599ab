//! Minting to a recipient's associated token account.
use crate::constants::OFT_SEED;
use crate::errors::OftError;
use crate::state::OFTStore;
use anchor_lang::prelude::*;
use anchor_spl::associated_token::{self, get_associated_token_address};
use anchor_spl::token::{self, mint_to, MintTo, TokenAccount};

/// What stands at the associated address of a recipient.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    Missing,
    Ready,
    /// Its owner was changed: what is minted there would be somebody else's.
    Foreign,
}

pub fn inspect(dest: &AccountInfo, recipient: &Pubkey, mint: &Pubkey) -> Result<Destination> {
    require_keys_eq!(*dest.key, get_associated_token_address(recipient, mint), OftError::InvalidTokenDest);
    if *dest.owner != token::ID {
        return Ok(Destination::Missing);
    }
    let ours = TokenAccount::try_deserialize(&mut &dest.try_borrow_data()?[..])
        .is_ok_and(|account| account.owner == *recipient && account.mint == *mint);
    Ok(if ours { Destination::Ready } else { Destination::Foreign })
}

/// The accounts of a mint to an associated token account.
pub struct Credit<'a, 'info> {
    pub payer: &'a AccountInfo<'info>,
    pub recipient: &'a AccountInfo<'info>,
    pub dest: &'a AccountInfo<'info>,
    pub mint: &'a AccountInfo<'info>,
    pub store: &'a AccountInfo<'info>,
    pub token_program: &'a AccountInfo<'info>,
    pub system_program: &'a AccountInfo<'info>,
}

impl Credit<'_, '_> {
    pub fn open(&self) -> Result<()> {
        let accounts = associated_token::Create {
            payer: self.payer.clone(),
            associated_token: self.dest.clone(),
            authority: self.recipient.clone(),
            mint: self.mint.clone(),
            system_program: self.system_program.clone(),
            token_program: self.token_program.clone(),
        };
        associated_token::create_idempotent(CpiContext::new(associated_token::ID, accounts))
    }

    pub fn mint(&self, store: &OFTStore, amount: u64) -> Result<()> {
        let seeds: &[&[u8]] = &[OFT_SEED, store.token_escrow.as_ref(), &[store.bump]];
        let accounts = MintTo { mint: self.mint.clone(), to: self.dest.clone(), authority: self.store.clone() };
        mint_to(CpiContext::new_with_signer(token::ID, accounts, &[seeds]), amount)
    }
}
