//! The endpoint: who may act for an OApp, and its configuration.
use crate::accounts::*;
use crate::state::*;
use crate::wire::*;
use crate::{channel, compose, messaging};
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;

pub fn dispatch(call: &Call) -> ProgramResult {
    match call.name {
        ix::REGISTER_OAPP => register_oapp(call),
        ix::SET_DELEGATE => set_delegate(call),
        ix::INIT_NONCE => channel::init_nonce(call),
        ix::INIT_SEND_LIBRARY => init_send_library(call),
        ix::INIT_RECEIVE_LIBRARY => init_receive_library(call),
        ix::SET_SEND_LIBRARY => set_send_library(call),
        ix::SET_RECEIVE_LIBRARY => set_receive_library(call),
        ix::INIT_CONFIG => forward_config(call, true),
        ix::SET_CONFIG => forward_config(call, false),
        ix::QUOTE => messaging::quote(call),
        ix::SEND => messaging::send(call),
        ix::INIT_VERIFY => channel::init_verify(call),
        ix::VERIFY => channel::verify(call),
        ix::CLEAR => channel::clear(call),
        ix::SKIP => channel::skip(call),
        ix::NILIFY => channel::nilify(call),
        ix::BURN => channel::burn(call),
        ix::SEND_COMPOSE => compose::send(call),
        ix::CLEAR_COMPOSE => compose::clear(call),
        _ => Err(fail(INSTRUCTION_UNKNOWN)),
    }
}

/// The registry at `index`, if its delegate is the one who signs at 0.
pub fn by_delegate(call: &Call, index: usize, oapp: &Pubkey) -> Res<OAppRegistry> {
    let signer = call.signer(0)?;
    let registry: OAppRegistry = call.load(index, &[seed::OAPP, oapp.as_ref()])?;
    check(registry.delegate == *signer.key, CONSTRAINT_HAS_ONE)?;
    Ok(registry)
}

/// The same for the OApp itself or its delegate.
pub fn by_oapp(call: &Call, index: usize, oapp: &Pubkey) -> ProgramResult {
    let signer = call.signer(0)?;
    let registry: OAppRegistry = call.load(index, &[seed::OAPP, oapp.as_ref()])?;
    check(signer.key == oapp || *signer.key == registry.delegate, UNAUTHORIZED)
}

fn register_oapp(call: &Call) -> ProgramResult {
    let delegate: Pubkey = call.arguments()?;
    let oapp = call.signer(1)?;
    call.create(0, 2, &[seed::OAPP, oapp.key.as_ref()], |bump| OAppRegistry { delegate, bump })?;
    call.emit(4, ev::OAPP_REGISTERED, &(*oapp.key, delegate))
}

fn set_delegate(call: &Call) -> ProgramResult {
    let delegate: Pubkey = call.arguments()?;
    let oapp = call.signer(0)?;
    let mut registry: OAppRegistry = call.load_mut(1, &[seed::OAPP, oapp.key.as_ref()])?;
    registry.delegate = delegate;
    call.store(1, &registry)?;
    call.emit(2, ev::DELEGATE_SET, &delegate)
}

fn init_send_library(call: &Call) -> ProgramResult {
    let (sender, eid): (Pubkey, u32) = call.arguments()?;
    by_delegate(call, 1, &sender)?;
    call.create(0, 2, &[seed::SEND_LIBRARY, sender.as_ref(), &eid.to_be_bytes()], |bump| SendLibraryConfig {
        library: Pubkey::default(),
        bump,
    })
}

fn init_receive_library(call: &Call) -> ProgramResult {
    let (receiver, eid): (Pubkey, u32) = call.arguments()?;
    by_delegate(call, 1, &receiver)?;
    call.create(0, 2, &[seed::RECEIVE_LIBRARY, receiver.as_ref(), &eid.to_be_bytes()], |bump| ReceiveLibraryConfig {
        library: Pubkey::default(),
        timeout: None,
        bump,
    })
}

fn set_send_library(call: &Call) -> ProgramResult {
    let (sender, eid, library): (Pubkey, u32, Pubkey) = call.arguments()?;
    by_oapp(call, 1, &sender)?;
    let mut config: SendLibraryConfig = call.load_mut(2, &[seed::SEND_LIBRARY, sender.as_ref(), &eid.to_be_bytes()])?;
    check(config.library != library, SAME_VALUE)?;
    call.load::<MessageLibInfo>(3, &[seed::MESSAGE_LIB, library.as_ref()])?;
    config.library = library;
    call.store(2, &config)?;
    call.emit(4, ev::SEND_LIBRARY_SET, &(sender, eid, library))
}

fn set_receive_library(call: &Call) -> ProgramResult {
    let (receiver, eid, library, grace): (Pubkey, u32, Pubkey, u64) = call.arguments()?;
    by_oapp(call, 1, &receiver)?;
    let mut config: ReceiveLibraryConfig =
        call.load_mut(2, &[seed::RECEIVE_LIBRARY, receiver.as_ref(), &eid.to_be_bytes()])?;
    check(config.library != library, SAME_VALUE)?;
    call.load::<MessageLibInfo>(3, &[seed::MESSAGE_LIB, library.as_ref()])?;
    config.timeout = (grace > 0).then_some((config.library, Clock::get()?.slot + grace));
    config.library = library;
    call.store(2, &config)?;
    call.emit(4, ev::RECEIVE_LIBRARY_SET, &(receiver, eid, library))
}

/// `init_config` and `set_config` are the library's; the endpoint checks who asks and signs as the library knows it.
fn forward_config(call: &Call, init: bool) -> ProgramResult {
    let (oapp, _eid): (Pubkey, u32) = call.arguments()?;
    if init {
        by_delegate(call, 1, &oapp)?;
    } else {
        by_oapp(call, 1, &oapp)?;
    }
    let (info, library, program) = (call.account(2)?, call.account(3)?, call.account(4)?);
    let lib: MessageLibInfo = call.load(2, &[seed::MESSAGE_LIB, library.key.as_ref()])?;
    check(!info.is_writable, READ_ONLY_ACCOUNT)?;
    let (address, _) = Pubkey::find_program_address(&[seed::MESSAGE_LIB], program.key);
    check(*library.key == address, CONSTRAINT_SEEDS)?;
    let accounts = [&[info.clone()], call.rest(5)?].concat();
    let seeds: &[&[u8]] = &[seed::MESSAGE_LIB, library.key.as_ref(), &[lib.bump]];
    invoke_with(program, &accounts, call.name, &Raw(call.args), Some((info.key, seeds)))
}

/// Arguments handed on as they came.
pub struct Raw<'a>(pub &'a [u8]);

impl AnchorSerialize for Raw<'_> {
    fn serialize<W: std::io::Write>(&self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(self.0)
    }
}
