//! The inbound side of a channel: nonces, payload hashes, and what an OApp may do with them.
use crate::accounts::*;
use crate::endpoint::{by_delegate, by_oapp};
use crate::state::*;
use crate::wire::*;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;
use solana_keccak_hasher::hashv;

/// How far ahead of the first gap a message can be verified.
const WINDOW: u64 = 256;
const EMPTY: [u8; 32] = [0; 32];
const NIL: [u8; 32] = [0xff; 32];

/// One channel as the endpoint's addresses name it.
struct Path {
    receiver: Pubkey,
    eid: [u8; 4],
    sender: [u8; 32],
}

impl Path {
    fn new(receiver: Pubkey, eid: u32, sender: [u8; 32]) -> Self {
        Self { receiver, eid: eid.to_be_bytes(), sender }
    }

    fn seeds<'s>(&'s self, name: &'s [u8]) -> [&'s [u8]; 4] {
        [name, self.receiver.as_ref(), &self.eid, &self.sender]
    }

    fn nonce(&self, call: &Call, index: usize) -> Res<Nonce> {
        call.load(index, &self.seeds(seed::NONCE))
    }

    fn payload<'s>(&'s self, nonce: &'s [u8; 8]) -> [&'s [u8]; 5] {
        [seed::PAYLOAD_HASH, self.receiver.as_ref(), &self.eid, &self.sender, nonce]
    }

    /// Notes a nonce and moves the first gap on. Accounts: nonce, then pending nonces.
    fn note(&self, call: &Call, index: usize, nonce: u64) -> ProgramResult {
        let mut channel: Nonce = call.load_mut(index, &self.seeds(seed::NONCE))?;
        let mut pending: PendingNonces = call.load_mut(index + 1, &self.seeds(seed::PENDING_NONCE))?;
        check(nonce > channel.inbound && nonce - channel.inbound <= WINDOW, INVALID_NONCE)?;
        if let Err(position) = pending.nonces.binary_search(&nonce) {
            pending.nonces.insert(position, nonce);
        }
        let first = channel.inbound + 1;
        let gapless = pending.nonces.iter().enumerate().take_while(|(i, n)| **n == first + *i as u64).count();
        pending.nonces.drain(..gapless);
        channel.inbound += gapless as u64;
        call.store(index, &channel)?;
        call.store(index + 1, &pending)
    }
}

pub fn init_nonce(call: &Call) -> ProgramResult {
    let (oapp, eid, remote): (Pubkey, u32, [u8; 32]) = call.arguments()?;
    by_delegate(call, 1, &oapp)?;
    let path = Path::new(oapp, eid, remote);
    call.create(0, 2, &path.seeds(seed::NONCE), |bump| Nonce { bump, outbound: 0, inbound: 0 })?;
    call.create(0, 3, &path.seeds(seed::PENDING_NONCE), |bump| PendingNonces { nonces: vec![], bump })
}

pub fn init_verify(call: &Call) -> ProgramResult {
    let (eid, sender, receiver, nonce): (u32, [u8; 32], Pubkey, u64) = call.arguments()?;
    let path = Path::new(receiver, eid, sender);
    check(nonce > path.nonce(call, 1)?.inbound, CONSTRAINT_RAW)?;
    call.create(0, 2, &path.payload(&nonce.to_be_bytes()), |bump| PayloadHash { hash: EMPTY, bump })
}

pub fn verify(call: &Call) -> ProgramResult {
    let (eid, sender, receiver, nonce, hash): (u32, [u8; 32], Pubkey, u64, [u8; 32]) = call.arguments()?;
    let library = call.signer(0)?;
    let own: ReceiveLibraryConfig = call.load(1, &[seed::RECEIVE_LIBRARY, receiver.as_ref(), &eid.to_be_bytes()])?;
    let default: ReceiveLibraryConfig = call.load(2, &[seed::RECEIVE_LIBRARY, &eid.to_be_bytes()])?;
    let config = if own.library == Pubkey::default() { default } else { own };
    let slot = Clock::get()?.slot;
    let old = config.timeout.is_some_and(|(library_before, expiry)| library_before == *library.key && expiry > slot);
    check(*library.key == config.library || old, INVALID_RECEIVE_LIBRARY)?;
    check(hash != EMPTY, INVALID_PAYLOAD_HASH)?;

    let path = Path::new(receiver, eid, sender);
    let mut payload: PayloadHash = call.load_mut(5, &path.payload(&nonce.to_be_bytes()))?;
    if nonce > path.nonce(call, 3)?.inbound {
        path.note(call, 3, nonce)?;
    }
    payload.hash = hash;
    call.store(5, &payload)?;
    call.emit(6, ev::PACKET_VERIFIED, &(eid, sender, receiver, nonce, hash))
}

type ClearArguments = (Pubkey, u32, [u8; 32], u64, [u8; 32], Vec<u8>);

pub fn clear(call: &Call) -> ProgramResult {
    let (receiver, eid, sender, nonce, guid, message): ClearArguments = call.arguments()?;
    by_oapp(call, 1, &receiver)?;
    let path = Path::new(receiver, eid, sender);
    check(nonce <= path.nonce(call, 2)?.inbound, INVALID_NONCE)?;
    let payload: PayloadHash = call.load_mut(3, &path.payload(&nonce.to_be_bytes()))?;
    call.load_mut::<EndpointSettings>(4, &[seed::ENDPOINT])?;
    let hash = hashv(&[&guid, &message]).to_bytes();
    check(payload.hash == hash, PAYLOAD_HASH_NOT_FOUND)?;
    close(call.account(3)?, call.account(4)?)?;
    call.emit(5, ev::PACKET_DELIVERED, &(eid, sender, receiver, nonce))?;
    answer(&hash)
}

pub fn skip(call: &Call) -> ProgramResult {
    let (receiver, eid, sender, nonce): (Pubkey, u32, [u8; 32], u64) = call.arguments()?;
    by_oapp(call, 1, &receiver)?;
    let path = Path::new(receiver, eid, sender);
    check(nonce == path.nonce(call, 2)?.inbound + 1, INVALID_NONCE)?;
    call.load_mut::<PayloadHash>(4, &path.payload(&nonce.to_be_bytes()))?;
    call.load_mut::<EndpointSettings>(5, &[seed::ENDPOINT])?;
    path.note(call, 2, nonce)?;
    close(call.account(4)?, call.account(5)?)?;
    call.emit(6, ev::NONCE_SKIPPED, &(eid, sender, receiver, nonce))
}

type HashArguments = (Pubkey, u32, [u8; 32], u64, [u8; 32]);

pub fn nilify(call: &Call) -> ProgramResult {
    let (receiver, eid, sender, nonce, hash): HashArguments = call.arguments()?;
    by_oapp(call, 1, &receiver)?;
    let path = Path::new(receiver, eid, sender);
    let mut payload: PayloadHash = call.load_mut(4, &path.payload(&nonce.to_be_bytes()))?;
    check(payload.hash == hash, PAYLOAD_HASH_NOT_FOUND)?;
    if nonce > path.nonce(call, 2)?.inbound {
        path.note(call, 2, nonce)?;
    }
    payload.hash = NIL;
    call.store(4, &payload)?;
    call.emit(5, ev::PACKET_NILIFIED, &(eid, sender, receiver, nonce, hash))
}

pub fn burn(call: &Call) -> ProgramResult {
    let (receiver, eid, sender, nonce, hash): HashArguments = call.arguments()?;
    by_oapp(call, 1, &receiver)?;
    let path = Path::new(receiver, eid, sender);
    check(nonce <= path.nonce(call, 2)?.inbound, INVALID_NONCE)?;
    let payload: PayloadHash = call.load_mut(3, &path.payload(&nonce.to_be_bytes()))?;
    check(payload.hash == hash, PAYLOAD_HASH_NOT_FOUND)?;
    call.load_mut::<EndpointSettings>(4, &[seed::ENDPOINT])?;
    close(call.account(3)?, call.account(4)?)?;
    call.emit(5, ev::PACKET_BURNT, &(eid, sender, receiver, nonce, hash))
}
