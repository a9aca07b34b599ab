use anchor_lang::prelude::*;

/// Tokens were burned and a message left for `dst_eid`. `from` is the token account they came from.
#[event]
pub struct OFTSent {
    pub guid: [u8; 32],
    pub dst_eid: u32,
    pub from: Pubkey,
    pub amount_sent_ld: u64,
    pub amount_received_ld: u64,
}

/// Tokens that came from `src_eid` were minted to the associated token account of `to`.
#[event]
pub struct OFTReceived {
    pub guid: [u8; 32],
    pub src_eid: u32,
    pub to: Pubkey,
    pub amount_received_ld: u64,
}

/// Tokens that came from `src_eid` wait in a held entry for `to`; see `HeldReason` for `reason`.
#[event]
pub struct OFTHeld {
    pub guid: [u8; 32],
    pub src_eid: u32,
    pub to: Pubkey,
    pub amount_ld: u64,
    pub reason: u8,
}

/// Part of a held entry was minted; `remaining_ld` still waits.
#[event]
pub struct OFTHeldReleased {
    pub guid: [u8; 32],
    pub to: Pubkey,
    pub amount_ld: u64,
    pub remaining_ld: u64,
}

/// The admin voided what was left of a held entry.
#[event]
pub struct OFTHeldVoided {
    pub guid: [u8; 32],
    pub src_eid: u32,
    pub to: Pubkey,
    pub amount_ld: u64,
}

/// A held entry that named nobody got its recipient.
#[event]
pub struct OFTHeldAssigned {
    pub guid: [u8; 32],
    pub to: Pubkey,
    pub amount_ld: u64,
}

/// A verified message of the peer said nothing that can be minted; it was consumed and nothing came of it.
#[event]
pub struct OFTMessageRejected {
    pub guid: [u8; 32],
    pub src_eid: u32,
    pub nonce: u64,
    pub reason: u8,
}

#[event]
pub struct AdminProposed {
    pub admin: Pubkey,
    pub pending_admin: Pubkey,
}

#[event]
pub struct AdminAccepted {
    pub previous: Pubkey,
    pub admin: Pubkey,
}

#[event]
pub struct DelegateChanged {
    pub delegate: Pubkey,
}

/// `until` is the end of the pause, or 0 when it was lifted.
#[event]
pub struct PauseChanged {
    pub until: i64,
    pub pause_allowed_at: i64,
}

#[event]
pub struct RoleChanged {
    pub role: u8,
    pub holder: Option<Pubkey>,
}

#[event]
pub struct MintCapChanged {
    pub mint_cap_ld: u64,
}

#[event]
pub struct PeerChanged {
    pub remote_eid: u32,
    pub peer: [u8; 32],
}

#[event]
pub struct EnforcedOptionsChanged {
    pub remote_eid: u32,
    pub send: Vec<u8>,
    pub send_and_call: Vec<u8>,
}

#[event]
pub struct RateLimitChanged {
    pub remote_eid: u32,
    pub inbound: bool,
    pub capacity: Option<u64>,
    pub refill_per_second: Option<u64>,
}
