//! The outbound side of a channel.
use crate::accounts::*;
use crate::state::*;
use crate::wire::*;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;
use solana_keccak_hasher::hashv;

fn guid(nonce: u64, src_eid: u32, sender: &Pubkey, dst_eid: u32, receiver: &[u8; 32]) -> [u8; 32] {
    hashv(&[&nonce.to_be_bytes(), &src_eid.to_be_bytes(), sender.as_ref(), &dst_eid.to_be_bytes(), receiver]).to_bytes()
}

/// The library in use and the address that signs to it. Accounts from `at`: library program, own choice, default, info.
fn library(call: &Call, at: usize, sender: &Pubkey, eid: u32) -> Res<(Pubkey, u8)> {
    let own: SendLibraryConfig = call.load(at + 1, &[seed::SEND_LIBRARY, sender.as_ref(), &eid.to_be_bytes()])?;
    let default: SendLibraryConfig = call.load(at + 2, &[seed::SEND_LIBRARY, &eid.to_be_bytes()])?;
    let library = if own.library == Pubkey::default() { default.library } else { own.library };
    let info: MessageLibInfo = call.load(at + 3, &[seed::MESSAGE_LIB, library.as_ref()])?;
    check(!call.account(at + 3)?.is_writable, READ_ONLY_ACCOUNT)?;
    let (address, _) = Pubkey::find_program_address(&[seed::MESSAGE_LIB], call.account(at)?.key);
    check(library == address, INVALID_SEND_LIBRARY)?;
    Ok((library, info.bump))
}

type QuoteArguments = (Pubkey, u32, [u8; 32], Vec<u8>, Vec<u8>, bool);

pub fn quote(call: &Call) -> ProgramResult {
    let (sender, dst_eid, receiver, message, options, in_token): QuoteArguments = call.arguments()?;
    check(!in_token, TOKEN_UNAVAILABLE)?;
    let (library, bump) = library(call, 0, &sender, dst_eid)?;
    let settings: EndpointSettings = call.load(4, &[seed::ENDPOINT])?;
    let channel: Nonce = call.load(5, &[seed::NONCE, sender.as_ref(), &dst_eid.to_be_bytes(), &receiver])?;
    let rest = call.rest(6)?;
    check(rest.iter().all(|a| !a.is_writable), WRITABLE_ACCOUNT)?;
    let nonce = channel.outbound + 1;
    let guid = guid(nonce, settings.eid, &sender, dst_eid, &receiver);
    let packet = Packet { nonce, src_eid: settings.eid, sender, dst_eid, receiver, guid, message };
    let (program, info) = (call.account(0)?, call.account(3)?);
    let accounts = [&[info.clone()], rest].concat();
    let seeds: &[&[u8]] = &[seed::MESSAGE_LIB, library.as_ref(), &[bump]];
    invoke_with(program, &accounts, ix::QUOTE, &(packet, options, in_token), Some((info.key, seeds)))?;
    answer(&returned::<(u64, u64)>(program.key)?)
}

type SendArguments = (u32, [u8; 32], Vec<u8>, Vec<u8>, u64, u64);

pub fn send(call: &Call) -> ProgramResult {
    let (dst_eid, receiver, message, options, native_fee, token_fee): SendArguments = call.arguments()?;
    check(token_fee == 0, TOKEN_UNAVAILABLE)?;
    let sender = call.signer(0)?.key;
    let (library, bump) = library(call, 1, sender, dst_eid)?;
    let settings: EndpointSettings = call.load(5, &[seed::ENDPOINT])?;
    let mut channel: Nonce = call.load_mut(6, &[seed::NONCE, sender.as_ref(), &dst_eid.to_be_bytes(), &receiver])?;
    channel.outbound += 1;
    call.store(6, &channel)?;

    let nonce = channel.outbound;
    let guid = guid(nonce, settings.eid, sender, dst_eid, &receiver);
    let packet = Packet { nonce, src_eid: settings.eid, sender: *sender, dst_eid, receiver, guid, message };
    let (program, info) = (call.account(1)?, call.account(4)?);
    let accounts = [&[info.clone()], call.rest(9)?].concat();
    let seeds: &[&[u8]] = &[seed::MESSAGE_LIB, library.as_ref(), &[bump]];
    let args = (packet, options.clone(), native_fee);
    invoke_with(program, &accounts, ix::SEND, &args, Some((info.key, seeds)))?;
    let (fee, encoded): ((u64, u64), Vec<u8>) = returned(program.key)?;
    call.emit(7, ev::PACKET_SENT, &(encoded, options, library))?;
    answer(&(guid, nonce, fee))
}
