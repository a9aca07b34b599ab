//! For tests only. One program that stands in for LayerZero's on Solana: loaded at the endpoint's address it behaves as the
//! endpoint, at the message library's as the library, at a worker's as a worker. Each is a program of its own to the
//! runtime, so that account lists, transaction sizes and the depth of calls are the real ones; addresses, discriminators,
//! account layouts and error codes are LayerZero's, so that a client cannot tell. Not here: fees by market prices, the
//! LayerZero token, DVN committees, administration.
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;

mod accounts;
mod channel;
mod compose;
mod endpoint;
mod executor;
mod library;
mod messaging;
mod state;
mod verification;
mod wire;
mod worker;

use wire::*;

#[cfg(not(feature = "no-entrypoint"))]
anchor_lang::solana_program::entrypoint!(process);

pub fn process<'a>(program: &Pubkey, accounts: &'a [AccountInfo<'a>], data: &[u8]) -> ProgramResult {
    let Some((head, args)) = data.split_first_chunk::<8>() else {
        return Err(fail(INSTRUCTION_MISSING));
    };
    let call = Call { program, accounts, args, name: u64::from_be_bytes(*head) };
    if call.name == EVENT_TAG {
        return call.accept_event();
    }
    match *program {
        ENDPOINT_ID => endpoint::dispatch(&call),
        LIBRARY_ID => library::dispatch(&call),
        EXECUTOR_ID => executor::dispatch(&call),
        PRICE_FEED_ID => worker::price(&call),
        _ => worker::quote(&call),
    }
}
