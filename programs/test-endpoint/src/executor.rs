//! The executor: delivers a message and does not let the delivery cost it more than the message paid for.
use crate::accounts::*;
use crate::state::*;
use crate::wire::*;
use crate::worker;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;

pub fn dispatch(call: &Call) -> ProgramResult {
    match call.name {
        ix::EXECUTE => execute(call),
        _ => worker::quote(call),
    }
}

/// Accounts: executor, its configuration, endpoint, the endpoint's event authority, own event authority and program, then
/// the receiver's program and the accounts of its `lz_receive`.
fn execute(call: &Call) -> ProgramResult {
    let (_receiver, params, value, _units): (Pubkey, LzReceiveParams, u64, u64) = call.arguments()?;
    let executor = call.signer(0)?;
    let config: ExecutorConfig = call.load(1, &[seed::EXECUTOR_CONFIG])?;
    check(config.executors.contains(executor.key), NOT_EXECUTOR)?;
    let before = executor.lamports();
    let (program, accounts) = call.rest(6)?.split_first().ok_or(fail(NOT_ENOUGH_ACCOUNTS))?;
    invoke_with(program, accounts, ix::LZ_RECEIVE, &params, None)?;
    check(before <= executor.lamports().saturating_add(value), INSUFFICIENT_BALANCE)?;
    check(*executor.owner == System::id() && executor.data_is_empty(), INVALID_OWNER)
}
