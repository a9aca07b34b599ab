//! Calls into LayerZero's endpoint. Every list of accounts begins with the endpoint's program and goes on with the accounts
//! of its instruction in order, which is what LayerZero's builders and executors pass.
use crate::constants::ENDPOINT_ID;
use crate::errors::OftError;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::instruction::{AccountMeta, Instruction};
use anchor_lang::solana_program::program::{get_return_data, invoke_signed};
use solana_keccak_hasher::hashv;

pub const OAPP_SEED: &[u8] = b"OApp";
pub const NONCE_SEED: &[u8] = b"Nonce";
pub const PAYLOAD_HASH_SEED: &[u8] = b"PayloadHash";
pub const ENDPOINT_SEED: &[u8] = b"Endpoint";
pub const COMPOSED_SEED: &[u8] = b"ComposedMessageHash";

/// Accounts of each call, the program included.
pub const REGISTER_OAPP_ACCOUNTS: usize = 7;
pub const SET_DELEGATE_ACCOUNTS: usize = 5;
pub const CLEAR_ACCOUNTS: usize = 8;
pub const SEND_COMPOSE_ACCOUNTS: usize = 7;
const QUOTE_ACCOUNTS_MIN: usize = 7;
const SEND_ACCOUNTS_MIN: usize = 10;

const REGISTER_OAPP: [u8; 8] = [0x81, 0x59, 0x47, 0x44, 0x0b, 0x52, 0xd2, 0x7d];
const SET_DELEGATE: [u8; 8] = [0xf2, 0x1e, 0x2e, 0x4c, 0x6c, 0xeb, 0x80, 0xb5];
const QUOTE: [u8; 8] = [0x95, 0x2a, 0x6d, 0xf7, 0x86, 0x92, 0xd5, 0x7b];
const SEND: [u8; 8] = [0x66, 0xfb, 0x14, 0xbb, 0x41, 0x4b, 0x0c, 0x45];
const CLEAR: [u8; 8] = [0xfa, 0x27, 0x1c, 0xd5, 0x7b, 0xa3, 0x85, 0x05];
const SEND_COMPOSE: [u8; 8] = [0x4b, 0x26, 0xe4, 0xa8, 0x2b, 0x27, 0xee, 0xe5];

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct LzReceiveParams {
    pub src_eid: u32,
    pub sender: [u8; 32],
    pub nonce: u64,
    pub guid: [u8; 32],
    pub message: Vec<u8>,
    pub extra_data: Vec<u8>,
}

#[derive(Clone, Default, AnchorSerialize, AnchorDeserialize)]
pub struct MessagingFee {
    pub native_fee: u64,
    pub lz_token_fee: u64,
}

#[derive(Clone, Default, AnchorSerialize, AnchorDeserialize)]
pub struct MessagingReceipt {
    pub guid: [u8; 32],
    pub nonce: u64,
    pub fee: MessagingFee,
}

#[derive(AnchorSerialize)]
pub struct DelegateParams {
    pub delegate: Pubkey,
}

#[derive(AnchorSerialize)]
pub struct QuoteParams {
    pub sender: Pubkey,
    pub dst_eid: u32,
    pub receiver: [u8; 32],
    pub message: Vec<u8>,
    pub options: Vec<u8>,
    pub pay_in_lz_token: bool,
}

#[derive(AnchorSerialize)]
pub struct SendParams {
    pub dst_eid: u32,
    pub receiver: [u8; 32],
    pub message: Vec<u8>,
    pub options: Vec<u8>,
    pub native_fee: u64,
    pub lz_token_fee: u64,
}

#[derive(AnchorSerialize)]
struct ClearParams<'a> {
    receiver: Pubkey,
    src_eid: u32,
    sender: [u8; 32],
    nonce: u64,
    guid: [u8; 32],
    message: &'a [u8],
}

#[derive(AnchorSerialize)]
pub struct SendComposeParams {
    pub to: Pubkey,
    pub guid: [u8; 32],
    pub index: u16,
    pub message: Vec<u8>,
}

/// The store that signs a call, with the seeds of its address.
pub struct Sender<'a> {
    pub store: Pubkey,
    pub escrow: &'a Pubkey,
    pub bump: u8,
}

pub fn register_oapp(sender: &Sender, accounts: &[AccountInfo], delegate: Pubkey) -> Result<()> {
    let accounts = exactly(accounts, REGISTER_OAPP_ACCOUNTS)?;
    expect_signer(accounts, 2, &sender.store)?;
    call(sender, accounts, REGISTER_OAPP, &DelegateParams { delegate })
}

pub fn set_delegate(sender: &Sender, accounts: &[AccountInfo], delegate: Pubkey) -> Result<()> {
    let accounts = exactly(accounts, SET_DELEGATE_ACCOUNTS)?;
    expect_signer(accounts, 1, &sender.store)?;
    call(sender, accounts, SET_DELEGATE, &DelegateParams { delegate })
}

/// Asks for the price of a message; nobody signs.
pub fn quote(accounts: &[AccountInfo], params: &QuoteParams) -> Result<MessagingFee> {
    require!(accounts.len() >= QUOTE_ACCOUNTS_MIN, OftError::InvalidEndpoint);
    let instruction = instruction(None, accounts, QUOTE, params)?;
    invoke_signed(&instruction, accounts, &[])?;
    returned()
}

/// Sends a message in the name of the store. The store signs the whole call, so it must not appear a second time, where
/// the message library would take it as the one who pays.
pub fn send(sender: &Sender, accounts: &[AccountInfo], params: &SendParams) -> Result<MessagingReceipt> {
    require!(accounts.len() >= SEND_ACCOUNTS_MIN, OftError::InvalidEndpoint);
    expect_signer(accounts, 1, &sender.store)?;
    call(sender, accounts, SEND, params)?;
    returned()
}

/// Consumes a verified message. Fails unless it is exactly the one that the endpoint has.
pub fn clear(sender: &Sender, accounts: &[AccountInfo], params: &LzReceiveParams) -> Result<()> {
    let accounts = exactly(accounts, CLEAR_ACCOUNTS)?;
    expect_signer(accounts, 1, &sender.store)?;
    let data = ClearParams {
        receiver: sender.store,
        src_eid: params.src_eid,
        sender: params.sender,
        nonce: params.nonce,
        guid: params.guid,
        message: &params.message,
    };
    call(sender, accounts, CLEAR, &data)?;
    let cleared: [u8; 32] = returned()?;
    require!(cleared == payload_hash(&params.guid, &params.message), OftError::InvalidReturnData);
    Ok(())
}

pub fn send_compose(sender: &Sender, accounts: &[AccountInfo], params: &SendComposeParams) -> Result<()> {
    let accounts = exactly(accounts, SEND_COMPOSE_ACCOUNTS)?;
    expect_signer(accounts, 1, &sender.store)?;
    call(sender, accounts, SEND_COMPOSE, params)
}

pub fn payload_hash(guid: &[u8; 32], message: &[u8]) -> [u8; 32] {
    hashv(&[guid, message]).to_bytes()
}

/// An address of the endpoint's.
pub fn address(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &ENDPOINT_ID).0
}

fn exactly<'a, 'info>(accounts: &'a [AccountInfo<'info>], count: usize) -> Result<&'a [AccountInfo<'info>]> {
    accounts.get(..count).ok_or_else(|| OftError::InvalidEndpoint.into())
}

/// The store stands at `position` and nowhere else.
fn expect_signer(accounts: &[AccountInfo], position: usize, store: &Pubkey) -> Result<()> {
    let times = accounts.iter().filter(|a| a.key == store).count();
    require!(times == 1 && accounts[position].key == store, OftError::InvalidSenderAccount);
    Ok(())
}

fn instruction<T: AnchorSerialize>(
    signer: Option<&Pubkey>,
    accounts: &[AccountInfo],
    discriminator: [u8; 8],
    params: &T,
) -> Result<Instruction> {
    require_keys_eq!(*accounts[0].key, ENDPOINT_ID, OftError::InvalidEndpoint);
    let metas = accounts[1..]
        .iter()
        .map(|a| AccountMeta {
            pubkey: *a.key,
            is_signer: a.is_signer || Some(a.key) == signer,
            is_writable: a.is_writable,
        })
        .collect();
    let mut data = Vec::with_capacity(256);
    data.extend_from_slice(&discriminator);
    params.serialize(&mut data)?;
    Ok(Instruction { program_id: ENDPOINT_ID, accounts: metas, data })
}

fn call<T: AnchorSerialize>(
    sender: &Sender,
    accounts: &[AccountInfo],
    discriminator: [u8; 8],
    params: &T,
) -> Result<()> {
    let instruction = instruction(Some(&sender.store), accounts, discriminator, params)?;
    let seeds: &[&[u8]] = &[crate::constants::OFT_SEED, sender.escrow.as_ref(), &[sender.bump]];
    invoke_signed(&instruction, accounts, &[seeds])?;
    Ok(())
}

fn returned<T: AnchorDeserialize>() -> Result<T> {
    let (program, data) = get_return_data().ok_or(OftError::InvalidReturnData)?;
    require_keys_eq!(program, ENDPOINT_ID, OftError::InvalidReturnData);
    T::try_from_slice(&data).map_err(|_| OftError::InvalidReturnData.into())
}
