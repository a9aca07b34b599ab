//! Workers and their price feed. Prices are made up, their shape is not: gas asked for costs more than none.
use crate::accounts::*;
use crate::state::LzOption;
use crate::wire::*;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;

const RECEIVE: u8 = 1;
const DVN_GAS: u128 = 90_000;
const LAMPORTS_PER_GAS: u128 = 3;

type Fee = (u128, u128, u128, Option<u128>);

/// The price feed: what so much gas costs, with a ratio and its denominator.
pub fn price(call: &Call) -> ProgramResult {
    check(call.name == ix::GET_FEE, INSTRUCTION_UNKNOWN)?;
    let (_eid, size, gas): (u32, u64, u128) = call.arguments()?;
    let fee: Fee = (gas * LAMPORTS_PER_GAS + u128::from(size), 1, 1, None);
    answer(&fee)
}

/// An executor's or a DVN's price. Accounts: its configuration, price feed program, price feed.
pub fn quote(call: &Call) -> ProgramResult {
    let (eid, size, gas, value) = match call.name {
        ix::QUOTE_EXECUTOR => {
            let (_, eid, _, size, options): (Pubkey, u32, Pubkey, u64, Vec<LzOption>) = call.arguments()?;
            let (gas, value) = receive_gas(&options)?;
            (eid, size, gas, value)
        }
        ix::QUOTE_DVN => {
            let (_, eid): (Pubkey, u32) = call.arguments()?;
            (eid, 0, DVN_GAS, 0)
        }
        _ => return Err(fail(INSTRUCTION_UNKNOWN)),
    };
    let (feed_program, feed) = (call.account(1)?, call.account(2)?);
    check(feed.owner == feed_program.key, CONSTRAINT_ADDRESS)?;
    invoke_with(feed_program, &[feed.clone()], ix::GET_FEE, &(eid, size, gas), None)?;
    let (fee, ..): Fee = returned(feed_program.key)?;
    answer(&u64::try_from(fee + value).map_err(|_| fail(ACCOUNT_DATA))?)
}

/// Gas and value of all lzReceive options; an executor cannot deliver without gas.
fn receive_gas(options: &[LzOption]) -> Res<(u128, u128)> {
    let number = |bytes: &[u8]| bytes.iter().fold(0u128, |n, b| n << 8 | u128::from(*b));
    let (mut gas, mut value) = (0u128, 0u128);
    for option in options {
        check((1..=4).contains(&option.kind), UNSUPPORTED_OPTION)?;
        if option.kind == RECEIVE {
            let (first, second) = option.params.split_at_checked(16).ok_or(fail(UNSUPPORTED_OPTION))?;
            gas = gas.saturating_add(number(first));
            value = value.saturating_add(number(second));
        }
    }
    check(gas > 0, ZERO_RECEIVE_GAS)?;
    Ok((gas, value))
}
