use anchor_lang::prelude::*;

/// LayerZero's endpoint, the same program on every Solana network.
pub const ENDPOINT_ID: Pubkey = pubkey!("76y77prsiCMvXMjuoZ5VRrhG5qYBrUMYTE5WgHqgjEn6");
pub const LOOKUP_TABLE_PROGRAM_ID: Pubkey = pubkey!("AddressLookupTab1e1111111111111111111111111");

pub const OFT_SEED: &[u8] = b"OFT";
pub const PEER_SEED: &[u8] = b"Peer";
pub const HELD_SEED: &[u8] = b"Held";
pub const LZ_RECEIVE_TYPES_SEED: &[u8] = b"LzReceiveTypes";
pub const EVENT_SEED: &[u8] = b"__event_authority";

/// STUN has nine decimals on Solana, and amounts travel in six.
pub const DECIMALS: u8 = 9;
pub const SHARED_DECIMALS: u8 = 6;
pub const LD2SD_RATE: u64 = 1_000;

/// Upper bound of the mint cap, in base units: 300,000,000 STUN.
pub const MAX_MINT_CAP: u64 = 300_000_000 * 1_000_000_000;

/// Longest pause and the time from its end to the next one, in seconds.
pub const MAX_PAUSE: i64 = 7 * 86_400;
pub const PAUSE_COOLDOWN: i64 = 30 * 86_400;

/// Layout version written into every account of this program.
pub const LAYOUT_VERSION: u8 = 1;

pub const ENFORCED_SEND_MAX: usize = 512;
pub const ENFORCED_SEND_AND_CALL_MAX: usize = 1_024;
