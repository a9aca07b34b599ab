//! DVNs attest to packets, and anyone commits what enough of them attested to.
use crate::accounts::*;
use crate::library::{effective, own_config};
use crate::state::*;
use crate::wire::*;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;
use solana_keccak_hasher::hash;

const HEADER: usize = 81;

fn attestation(header: &[u8; HEADER], payload: &[u8; 32], dvn: &Pubkey) -> Pubkey {
    let digest = hash(header).to_bytes();
    Pubkey::find_program_address(&[seed::CONFIRMATIONS, &digest, payload, dvn.as_ref()], &LIBRARY_ID).0
}

pub fn init(call: &Call) -> ProgramResult {
    let (header, payload, dvn): ([u8; HEADER], [u8; 32], Pubkey) = call.arguments()?;
    let digest = hash(&header).to_bytes();
    call.create(0, 1, &[seed::CONFIRMATIONS, &digest, &payload, dvn.as_ref()], |bump| Confirmations {
        value: None,
        bump,
    })
}

pub fn verify(call: &Call) -> ProgramResult {
    let (header, payload, confirmations): ([u8; HEADER], [u8; 32], u64) = call.arguments()?;
    let dvn = call.signer(0)?;
    let digest = hash(&header).to_bytes();
    let mut state: Confirmations = call.load_mut(1, &[seed::CONFIRMATIONS, &digest, &payload, dvn.key.as_ref()])?;
    state.value = Some(confirmations);
    call.store(1, &state)?;
    call.emit(2, ev::PAYLOAD_VERIFIED, &(*dvn.key, header, confirmations, payload))
}

fn field<const N: usize>(header: &[u8; HEADER], from: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&header[from..from + N]);
    bytes
}

/// Accounts: own and default configuration, settings, one attestation for each DVN, then the endpoint's `verify`.
pub fn commit(call: &Call) -> ProgramResult {
    let (header, payload): ([u8; HEADER], [u8; 32]) = call.arguments()?;
    let nonce = u64::from_be_bytes(field(&header, 1));
    let src_eid: [u8; 4] = field(&header, 9);
    let sender: [u8; 32] = field(&header, 13);
    let dst_eid = u32::from_be_bytes(field(&header, 45));
    let receiver = Pubkey::new_from_array(field(&header, 49));
    let own: Option<ReceiveConfig> = own_config(call, 0, &[seed::RECEIVE_CONFIG, &src_eid, receiver.as_ref()])?;
    let default: ReceiveConfig = call.load(1, &[seed::RECEIVE_CONFIG, &src_eid])?;
    let settings: UlnSettings = call.load(2, &[seed::MESSAGE_LIB])?;
    check(header[0] == 1, INVALID_PACKET_VERSION)?;
    check(dst_eid == settings.eid, INVALID_EID)?;

    let config = effective(&default.uln, &own.map(|c| c.uln).unwrap_or_default())?;
    let attested = |index: usize, dvn: &Pubkey| -> Res<bool> {
        let info = call.account(3 + index)?;
        if *info.owner != LIBRARY_ID {
            return Ok(false);
        }
        check(*info.key == attestation(&header, &payload, dvn), INVALID_CONFIRMATION)?;
        let state: Confirmations = read(info, &LIBRARY_ID)?;
        Ok(state.value.is_some_and(|n| n >= config.confirmations))
    };
    for (i, dvn) in config.required.iter().enumerate() {
        check(attested(i, dvn)?, VERIFYING)?;
    }
    let mut optional = 0;
    for (i, dvn) in config.optional.iter().enumerate() {
        optional += u8::from(attested(config.required.len() + i, dvn)?);
    }
    check(optional >= config.optional_threshold, VERIFYING)?;

    let rest = call.rest(3 + config.required.len() + config.optional.len())?;
    let (program, accounts) = rest.split_first().ok_or(fail(NOT_ENOUGH_ACCOUNTS))?;
    check(*program.key == settings.endpoint_program, CONSTRAINT_ADDRESS)?;
    let args = (u32::from_be_bytes(src_eid), sender, receiver, nonce, payload);
    let signer = call.account(2)?.key;
    invoke_with(program, accounts, ix::VERIFY, &args, Some((signer, &[seed::MESSAGE_LIB, &[settings.bump]])))
}
