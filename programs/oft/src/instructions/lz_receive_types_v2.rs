//! The second way in which executors learn a delivery's accounts: with locators, and compressed by a lookup table.
use crate::constants::*;
use crate::endpoint::LzReceiveParams;
use crate::errors::OftError;
use crate::instructions::{delivery_accounts, LzAccount};
use crate::state::{LzReceiveTypesAccounts, OFTStore};
use anchor_lang::prelude::*;

const TYPES_VERSION: u8 = 2;
const CONTEXT_VERSION: u8 = 1;
/// Addresses begin behind the table's own fields.
const LOOKUP_TABLE_HEADER: usize = 56;

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub enum AddressLocator {
    Address(Pubkey),
    /// Index of the table in `alts`, index of the address in the table.
    AltIndex(u8, u8),
    Payer,
    Signer(u8),
    Context,
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct AccountMetaRef {
    pub locator: AddressLocator,
    pub is_writable: bool,
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub enum ExecutorInstruction {
    LzReceive { accounts: Vec<AccountMetaRef> },
    Standard { program_id: Pubkey, accounts: Vec<AccountMetaRef>, data: Vec<u8> },
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct LzReceiveTypesV2Result {
    pub context_version: u8,
    pub alts: Vec<Pubkey>,
    pub instructions: Vec<ExecutorInstruction>,
}

/// Tells which accounts `lz_receive_types_v2` needs.
#[derive(Accounts)]
pub struct LzReceiveTypesInfo<'info> {
    pub oft_store: Account<'info, OFTStore>,
    #[account(has_one = oft_store, seeds = [LZ_RECEIVE_TYPES_SEED, oft_store.key().as_ref()], bump)]
    pub lz_receive_types_accounts: Account<'info, LzReceiveTypesAccounts>,
}

impl LzReceiveTypesInfo<'_> {
    pub fn apply(ctx: Context<Self>) -> (u8, Vec<Pubkey>) {
        let types = &ctx.accounts.lz_receive_types_accounts;
        (TYPES_VERSION, vec![types.oft_store, types.token_mint, types.lookup_table])
    }
}

#[derive(Accounts)]
pub struct LzReceiveTypesV2<'info> {
    #[account(has_one = token_mint)]
    pub oft_store: Account<'info, OFTStore>,
    /// CHECK: the store's mint
    pub token_mint: UncheckedAccount<'info>,
    /// CHECK: a lookup table, or the zero address when there is none
    pub lookup_table: UncheckedAccount<'info>,
}

impl LzReceiveTypesV2<'_> {
    fn validate(&self) -> Result<()> {
        let table = &self.lookup_table;
        let none = table.key() == Pubkey::default();
        require!(none || *table.owner == LOOKUP_TABLE_PROGRAM_ID, OftError::InvalidLookupTable);
        Ok(())
    }

    pub fn apply(ctx: Context<Self>, params: &LzReceiveParams) -> Result<LzReceiveTypesV2Result> {
        ctx.accounts.validate()?;
        let table = &ctx.accounts.lookup_table;
        let used = table.key() != Pubkey::default();
        let data = table.try_borrow_data()?;
        let addresses = if used { data.get(LOOKUP_TABLE_HEADER..).unwrap_or(&[]) } else { &[] };
        let accounts = delivery_accounts(ctx.accounts.oft_store.key(), &ctx.accounts.oft_store, params)
            .into_iter()
            .map(|a| AccountMetaRef { locator: locate(&a, addresses), is_writable: a.is_writable })
            .collect();
        Ok(LzReceiveTypesV2Result {
            context_version: CONTEXT_VERSION,
            alts: if used { vec![table.key()] } else { vec![] },
            instructions: vec![ExecutorInstruction::LzReceive { accounts }],
        })
    }
}

fn locate(account: &LzAccount, addresses: &[u8]) -> AddressLocator {
    if account.is_signer {
        return AddressLocator::Payer;
    }
    let position = addresses.chunks_exact(32).position(|address| address == account.pubkey.as_ref());
    match position.and_then(|p| u8::try_from(p).ok()) {
        Some(index) => AddressLocator::AltIndex(0, index),
        None => AddressLocator::Address(account.pubkey),
    }
}
