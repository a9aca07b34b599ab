use anchor_lang::prelude::*;

/// What the executor must know to ask for the accounts of a delivery. Executors read it as a plain list of addresses,
/// therefore it has neither bump nor version.
#[account]
#[derive(InitSpace)]
pub struct LzReceiveTypesAccounts {
    pub oft_store: Pubkey,
    pub token_mint: Pubkey,
    /// Address lookup table for deliveries; zero when there is none.
    pub lookup_table: Pubkey,
}

impl LzReceiveTypesAccounts {
    pub const SIZE: usize = 8 + Self::INIT_SPACE;
}

const _: () = assert!((LzReceiveTypesAccounts::SIZE - 8) % 32 == 0);
