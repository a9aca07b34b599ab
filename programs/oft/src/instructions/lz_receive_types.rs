use crate::codec;
use crate::constants::*;
use crate::endpoint::{self, LzReceiveParams};
use crate::state::OFTStore;
use anchor_lang::prelude::*;
use anchor_spl::associated_token::{self, get_associated_token_address};
use anchor_spl::token;

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct LzAccount {
    pub pubkey: Pubkey,
    pub is_signer: bool,
    pub is_writable: bool,
}

/// Zero and signer: the executor puts its own key here.
const EXECUTOR: Pubkey = Pubkey::new_from_array([0; 32]);

#[derive(Accounts)]
pub struct LzReceiveTypes<'info> {
    #[account(has_one = token_mint)]
    pub oft_store: Account<'info, OFTStore>,
    /// CHECK: the store's mint
    pub token_mint: UncheckedAccount<'info>,
}

impl LzReceiveTypes<'_> {
    pub fn apply(ctx: Context<Self>, params: &LzReceiveParams) -> Vec<LzAccount> {
        delivery_accounts(ctx.accounts.oft_store.key(), &ctx.accounts.oft_store, params)
    }
}

fn account(pubkey: Pubkey, is_signer: bool, is_writable: bool) -> LzAccount {
    LzAccount { pubkey, is_signer, is_writable }
}

fn own(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &crate::ID).0
}

/// The accounts of one delivery, in the order that `lz_receive` takes them.
pub fn delivery_accounts(store: Pubkey, state: &OFTStore, params: &LzReceiveParams) -> Vec<LzAccount> {
    let to = Pubkey::new_from_array(codec::recipient(&params.message));
    let eid = params.src_eid.to_be_bytes();
    let mint = state.token_mint;
    let endpoint_events = endpoint::address(&[EVENT_SEED]);
    let channel: [&[u8]; 4] = [endpoint::NONCE_SEED, store.as_ref(), &eid, &params.sender];
    let payload: [&[u8]; 5] =
        [endpoint::PAYLOAD_HASH_SEED, store.as_ref(), &eid, &params.sender, &params.nonce.to_be_bytes()];
    let mut accounts = vec![
        account(EXECUTOR, true, true),
        account(own(&[PEER_SEED, store.as_ref(), &eid]), false, true),
        account(store, false, true),
        account(state.token_escrow, false, true),
        account(to, false, false),
        account(get_associated_token_address(&to, &mint), false, true),
        account(mint, false, true),
        account(crate::ID, false, false),
        account(token::ID, false, false),
        account(associated_token::ID, false, false),
        account(System::id(), false, false),
        account(own(&[EVENT_SEED]), false, false),
        account(crate::ID, false, false),
        account(ENDPOINT_ID, false, false),
        account(store, false, false),
        account(endpoint::address(&[endpoint::OAPP_SEED, store.as_ref()]), false, false),
        account(endpoint::address(&channel), false, false),
        account(endpoint::address(&payload), false, true),
        account(endpoint::address(&[endpoint::ENDPOINT_SEED]), false, true),
        account(endpoint_events, false, false),
        account(ENDPOINT_ID, false, false),
    ];
    if let Some(composed) = compose_state(store, to, state, params) {
        accounts.extend([
            account(ENDPOINT_ID, false, false),
            account(store, false, false),
            account(EXECUTOR, true, true),
            account(composed, false, true),
            account(System::id(), false, false),
            account(endpoint_events, false, false),
            account(ENDPOINT_ID, false, false),
        ]);
    }
    accounts.push(account(own(&[HELD_SEED, store.as_ref(), &params.guid]), false, true));
    accounts
}

/// The endpoint's account for the composed message, when there will be one.
fn compose_state(store: Pubkey, to: Pubkey, state: &OFTStore, params: &LzReceiveParams) -> Option<Pubkey> {
    let message = codec::decode(&params.message).ok()?;
    let compose = message.compose?;
    let amount = state.sd2ld(message.amount_sd)?;
    let handed = codec::encode_compose(params.nonce, params.src_eid, amount, compose);
    let hash = solana_keccak_hasher::hash(&handed).to_bytes();
    let index = 0u16.to_be_bytes();
    Some(endpoint::address(&[endpoint::COMPOSED_SEED, store.as_ref(), to.as_ref(), &params.guid, &index, &hash]))
}
