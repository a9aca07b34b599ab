//! Composed messages: left by a receiver for another program, taken once.
use crate::accounts::*;
use crate::state::*;
use crate::wire::*;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;
use solana_keccak_hasher::hash;

type Arguments = (Pubkey, [u8; 32], u16, Vec<u8>);

pub fn send(call: &Call) -> ProgramResult {
    let (to, guid, index, message): Arguments = call.arguments()?;
    let from = call.signer(0)?;
    let digest = hash(&message).to_bytes();
    let seeds = [seed::COMPOSED, from.key.as_ref(), to.as_ref(), &guid, &index.to_be_bytes(), &digest];
    call.create(1, 2, &seeds, |bump| ComposeState { received: false, bump })?;
    call.emit(4, ev::COMPOSE_SENT, &(*from.key, to, guid, index, message))
}

pub fn clear(call: &Call) -> ProgramResult {
    let (from, guid, index, message): Arguments = call.arguments()?;
    let to = call.signer(0)?;
    let digest = hash(&message).to_bytes();
    let seeds = [seed::COMPOSED, from.as_ref(), to.key.as_ref(), &guid, &index.to_be_bytes(), &digest];
    let mut state: ComposeState = call.load_mut(1, &seeds)?;
    check(!state.received, COMPOSE_NOT_FOUND)?;
    state.received = true;
    call.store(1, &state)?;
    call.emit(2, ev::COMPOSE_DELIVERED, &(from, *to.key, guid, index))
}
