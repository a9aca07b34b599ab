//! The message library: configuration of a path, its price, and payment of its workers.
use crate::accounts::*;
use crate::state::*;
use crate::verification;
use crate::wire::*;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;
use anchor_lang::solana_program::program::invoke;
use anchor_lang::solana_program::system_instruction::transfer;
use solana_keccak_hasher::hashv;

const BPS: u64 = 10_000;
const MAX_DVNS: u8 = 16;
/// "None" in a configuration, where 0 means "the default's".
const NONE: u8 = u8::MAX;

pub fn dispatch(call: &Call) -> ProgramResult {
    match call.name {
        ix::INIT_CONFIG => init_config(call),
        ix::SET_CONFIG => set_config(call),
        ix::QUOTE => quote(call),
        ix::SEND => send(call),
        ix::INIT_VERIFY => verification::init(call),
        ix::VERIFY => verification::verify(call),
        ix::COMMIT_VERIFICATION => verification::commit(call),
        _ => Err(fail(INSTRUCTION_UNKNOWN)),
    }
}

/// The settings at `index`, if the endpoint signs at 0.
fn by_endpoint(call: &Call, index: usize) -> Res<UlnSettings> {
    let endpoint = call.signer(0)?;
    let settings: UlnSettings = call.load(index, &[seed::MESSAGE_LIB])?;
    check(settings.endpoint == *endpoint.key, CONSTRAINT_HAS_ONE)?;
    Ok(settings)
}

fn init_config(call: &Call) -> ProgramResult {
    let (oapp, eid): (Pubkey, u32) = call.arguments()?;
    by_endpoint(call, 2)?;
    let eid = eid.to_be_bytes();
    call.create(1, 3, &[seed::SEND_CONFIG, &eid, oapp.as_ref()], |bump| SendConfig {
        bump,
        uln: UlnConfig::default(),
        executor: ExecutorChoice::default(),
    })?;
    call.create(1, 4, &[seed::RECEIVE_CONFIG, &eid, oapp.as_ref()], |bump| ReceiveConfig {
        bump,
        uln: UlnConfig::default(),
    })
}

fn set_config(call: &Call) -> ProgramResult {
    let (oapp, eid_number, kind, bytes): (Pubkey, u32, u32, Vec<u8>) = call.arguments()?;
    by_endpoint(call, 1)?;
    let eid = eid_number.to_be_bytes();
    let mut send: SendConfig = call.load_mut(2, &[seed::SEND_CONFIG, &eid, oapp.as_ref()])?;
    let mut receive: ReceiveConfig = call.load_mut(3, &[seed::RECEIVE_CONFIG, &eid, oapp.as_ref()])?;
    let default_send: SendConfig = call.load(4, &[seed::SEND_CONFIG, &eid])?;
    let default_receive: ReceiveConfig = call.load(5, &[seed::RECEIVE_CONFIG, &eid])?;
    match kind {
        1 => {
            send.executor = ExecutorChoice::deserialize(&mut &bytes[..]).map_err(|_| fail(ARGUMENTS))?;
            call.store(2, &send)?;
        }
        2 | 3 => {
            let config = UlnConfig::deserialize(&mut &bytes[..]).map_err(|_| fail(ARGUMENTS))?;
            validate(&config)?;
            if kind == 2 {
                effective(&default_send.uln, &config)?;
                send.uln = config;
                call.store(2, &send)?;
            } else {
                effective(&default_receive.uln, &config)?;
                receive.uln = config;
                call.store(3, &receive)?;
            }
        }
        _ => return Err(fail(INVALID_CONFIG_TYPE)),
    }
    call.emit(6, ev::CONFIG_SET, &(eid_number, oapp, kind, bytes))
}

fn validate(config: &UlnConfig) -> ProgramResult {
    let counted = |count: u8, list: &[Pubkey]| match count {
        0 | NONE => list.is_empty(),
        n => n <= MAX_DVNS && list.len() == n as usize,
    };
    let sorted = |list: &[Pubkey]| list.windows(2).all(|pair| pair[0] < pair[1]);
    check(counted(config.required_count, &config.required), INVALID_REQUIRED_DVNS)?;
    check(counted(config.optional_count, &config.optional), INVALID_OPTIONAL_DVNS)?;
    check(sorted(&config.required) && sorted(&config.optional), UNSORTED)?;
    let some = !config.optional.is_empty();
    let threshold = config.optional_threshold;
    check((threshold > 0) == some && threshold as usize <= config.optional.len(), INVALID_THRESHOLD)
}

/// What holds for a path: each part of its own configuration, or the default's.
pub fn effective(default: &UlnConfig, own: &UlnConfig) -> Res<UlnConfig> {
    let pick = |own_count: u8, own: &[Pubkey], default: &[Pubkey]| match own_count {
        0 => default.to_vec(),
        NONE => vec![],
        _ => own.to_vec(),
    };
    let required = pick(own.required_count, &own.required, &default.required);
    let optional = pick(own.optional_count, &own.optional, &default.optional);
    check(!required.is_empty() || !optional.is_empty(), AT_LEAST_ONE_DVN)?;
    Ok(UlnConfig {
        confirmations: match own.confirmations {
            0 => default.confirmations,
            u64::MAX => 0,
            n => n,
        },
        required_count: required.len() as u8,
        optional_count: optional.len() as u8,
        optional_threshold: match own.optional_count {
            0 => default.optional_threshold,
            NONE => 0,
            _ => own.optional_threshold,
        },
        required,
        optional,
    })
}

/// Own configuration, or none when the account was never created.
pub fn own_config<T: Layout>(call: &Call, index: usize, seeds: &[&[u8]]) -> Res<Option<T>> {
    if call.account(index)?.owner == call.program {
        return call.load(index, seeds).map(Some);
    }
    Ok(None)
}

struct Prices {
    workers: Vec<(Pubkey, u64)>,
}

impl Prices {
    fn total(&self) -> u64 {
        self.workers.iter().map(|(_, fee)| fee).sum()
    }
}

/// Executor options of a list of type 3: pairs of kind and parameters.
fn executor_options(options: &[u8]) -> Res<Vec<LzOption>> {
    let mut rest = options.strip_prefix(&[0, 3][..]).ok_or(fail(INVALID_OPTION_TYPE))?;
    let mut found = vec![];
    while let [worker, high, low, after @ ..] = rest {
        let size = u16::from_be_bytes([*high, *low]) as usize;
        let (option, tail) = after.split_at_checked(size).ok_or(fail(INVALID_OPTION_TYPE))?;
        if let (1, Some((kind, params))) = (*worker, option.split_first()) {
            found.push(LzOption { kind: *kind, params: params.to_vec() });
        }
        rest = tail;
    }
    check(rest.is_empty(), INVALID_OPTION_TYPE)?;
    Ok(found)
}

/// Asks every worker. Accounts from `at`: settings, own and default configuration; workers from `workers`, four each.
fn price(call: &Call, packet: &Packet, options: &[u8], at: usize, workers: usize) -> Res<Prices> {
    let eid = packet.dst_eid.to_be_bytes();
    let own: Option<SendConfig> = own_config(call, at + 1, &[seed::SEND_CONFIG, &eid, packet.sender.as_ref()])?;
    let default: SendConfig = call.load(at + 2, &[seed::SEND_CONFIG, &eid])?;
    let (own_uln, own_executor) = own.map(|c| (c.uln, c.executor)).unwrap_or_default();
    let config = effective(&default.uln, &own_uln)?;
    let executor =
        if own_executor.executor == Pubkey::default() { default.executor.executor } else { own_executor.executor };
    let limit = match own_executor.max_message_size {
        0 => default.executor.max_message_size,
        n => n,
    };
    check(packet.message.len() <= limit as usize, MESSAGE_TOO_LONG)?;

    let dvns = [config.required, config.optional].concat();
    let accounts = call.rest(workers)?;
    check(accounts.len() == 4 * (1 + dvns.len()), INVALID_ACCOUNT_LENGTH)?;
    check(accounts.iter().all(|a| !a.is_signer), WORKER_SIGNS)?;
    let library = *call.account(at)?.key;
    let header = packet.header();
    let payload_hash = hashv(&[&packet.guid, &packet.message]).to_bytes();
    let mut prices = Prices { workers: vec![] };
    for (i, worker) in accounts.chunks(4).enumerate() {
        let (program, config_account) = (&worker[0], &worker[1]);
        if i == 0 {
            check(config_account.owner == program.key, INVALID_EXECUTOR_PROGRAM)?;
            check(*config_account.key == executor, INVALID_EXECUTOR)?;
            let args =
                (library, packet.dst_eid, packet.sender, packet.message.len() as u64, executor_options(options)?);
            invoke_with(program, &worker[1..], ix::QUOTE_EXECUTOR, &args, None)?;
        } else {
            check(config_account.owner == program.key, INVALID_DVN_PROGRAM)?;
            check(*config_account.key == dvns[i - 1], INVALID_DVN)?;
            let none: Vec<LzOption> = vec![];
            let job = (header.clone(), payload_hash, config.confirmations, none);
            let args = (library, packet.dst_eid, packet.sender, job);
            invoke_with(program, &worker[1..], ix::QUOTE_DVN, &args, None)?;
        }
        prices.workers.push((*config_account.key, returned(program.key)?));
    }
    Ok(prices)
}

fn treasury_fee(settings: &UlnSettings, workers: u64) -> u64 {
    settings.treasury.as_ref().map_or(0, |t| workers * t.fee_bps / BPS)
}

fn quote(call: &Call) -> ProgramResult {
    let (packet, options, _): (Packet, Vec<u8>, bool) = call.arguments()?;
    let settings = by_endpoint(call, 1)?;
    let total = price(call, &packet, &options, 1, 4)?.total();
    answer(&(total + treasury_fee(&settings, total), 0u64))
}

fn send(call: &Call) -> ProgramResult {
    let (packet, options, offered): (Packet, Vec<u8>, u64) = call.arguments()?;
    let settings = by_endpoint(call, 1)?;
    let (endpoint, payer, treasury) = (call.account(0)?, call.signer(4)?, call.account(5)?);
    check(payer.is_writable, CONSTRAINT_MUT)?;
    check(payer.key != endpoint.key, INVALID_PAYER)?;
    let prices = price(call, &packet, &options, 1, 9)?;
    let workers = prices.total();
    let extra = treasury_fee(&settings, workers);
    check(offered >= workers + extra, INSUFFICIENT_FEE)?;
    for (i, (worker, fee)) in prices.workers.iter().enumerate() {
        let account = call.account(9 + 4 * i + 1)?;
        invoke(&transfer(payer.key, worker, *fee), &[payer.clone(), account.clone()])?;
    }
    if let Some(t) = &settings.treasury {
        check(*treasury.key == t.receiver, INVALID_TREASURY)?;
        if extra > 0 {
            invoke(&transfer(payer.key, &t.receiver, extra), &[payer.clone(), treasury.clone()])?;
        }
    }
    call.emit(7, ev::FEES_PAID, &prices.workers)?;
    answer(&((workers + extra, 0u64), packet.encode()))
}
