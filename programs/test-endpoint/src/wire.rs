//! Addresses, discriminators and error codes of LayerZero's programs.
use anchor_lang::prelude::*;

pub const ENDPOINT_ID: Pubkey = pubkey!("76y77prsiCMvXMjuoZ5VRrhG5qYBrUMYTE5WgHqgjEn6");
pub const LIBRARY_ID: Pubkey = pubkey!("7a4WjyR8VZ7yZz5XJAKm39BUGn5iT9CKcv2pmG9tdXVH");
pub const EXECUTOR_ID: Pubkey = pubkey!("6doghB248px58JSSwG4qejQ46kFMW4AMj7vzJnWZHNZn");
pub const PRICE_FEED_ID: Pubkey = pubkey!("8ahPGPjEbpgGaZx2NV1iG5Shj7TDwvsjkEDcGWjt94TP");

/// Anchor's codes.
pub const INSTRUCTION_MISSING: u32 = 100;
pub const INSTRUCTION_UNKNOWN: u32 = 101;
pub const ARGUMENTS: u32 = 102;
pub const CONSTRAINT_MUT: u32 = 2000;
pub const CONSTRAINT_HAS_ONE: u32 = 2001;
pub const CONSTRAINT_RAW: u32 = 2003;
pub const CONSTRAINT_SEEDS: u32 = 2006;
pub const CONSTRAINT_ADDRESS: u32 = 2012;
pub const ACCOUNT_DISCRIMINATOR: u32 = 3002;
pub const ACCOUNT_DATA: u32 = 3003;
pub const NOT_ENOUGH_ACCOUNTS: u32 = 3005;
pub const ACCOUNT_OWNER: u32 = 3007;
pub const ACCOUNT_NOT_SIGNER: u32 = 3010;
pub const ACCOUNT_NOT_INITIALIZED: u32 = 3012;

/// The endpoint's codes.
pub const INVALID_SEND_LIBRARY: u32 = 6000;
pub const INVALID_RECEIVE_LIBRARY: u32 = 6001;
pub const SAME_VALUE: u32 = 6002;
pub const INVALID_NONCE: u32 = 6009;
pub const UNAUTHORIZED: u32 = 6010;
pub const PAYLOAD_HASH_NOT_FOUND: u32 = 6011;
pub const COMPOSE_NOT_FOUND: u32 = 6012;
pub const INVALID_PAYLOAD_HASH: u32 = 6013;
pub const TOKEN_UNAVAILABLE: u32 = 6014;
pub const READ_ONLY_ACCOUNT: u32 = 6015;
pub const WRITABLE_ACCOUNT: u32 = 6017;

/// The library's codes.
pub const INVALID_EXECUTOR: u32 = 6002;
pub const INVALID_REQUIRED_DVNS: u32 = 6004;
pub const INVALID_OPTIONAL_DVNS: u32 = 6005;
pub const INVALID_THRESHOLD: u32 = 6006;
pub const AT_LEAST_ONE_DVN: u32 = 6008;
pub const UNSORTED: u32 = 6009;
pub const INVALID_PACKET_VERSION: u32 = 6011;
pub const INVALID_EID: u32 = 6012;
pub const VERIFYING: u32 = 6013;
pub const INVALID_OPTION_TYPE: u32 = 6015;
pub const MESSAGE_TOO_LONG: u32 = 6017;
pub const INVALID_EXECUTOR_PROGRAM: u32 = 6018;
pub const INVALID_ACCOUNT_LENGTH: u32 = 6019;
pub const INVALID_DVN_PROGRAM: u32 = 6020;
pub const INVALID_DVN: u32 = 6021;
pub const INSUFFICIENT_FEE: u32 = 6023;
pub const INVALID_TREASURY: u32 = 6024;
pub const INVALID_CONFIG_TYPE: u32 = 6026;
pub const INVALID_CONFIRMATION: u32 = 6027;
pub const WORKER_SIGNS: u32 = 6031;
pub const INVALID_PAYER: u32 = 6032;

/// The executor's codes.
pub const UNSUPPORTED_OPTION: u32 = 6002;
pub const ZERO_RECEIVE_GAS: u32 = 6004;
pub const NOT_EXECUTOR: u32 = 6007;
pub const INSUFFICIENT_BALANCE: u32 = 6014;
pub const INVALID_OWNER: u32 = 6017;

pub const EVENT_TAG: u64 = 0xe445a52e51cb9a1d;

/// Instructions.
pub mod ix {
    pub const REGISTER_OAPP: u64 = 0x815947440b52d27d;
    pub const SET_DELEGATE: u64 = 0xf21e2e4c6ceb80b5;
    pub const INIT_NONCE: u64 = 0xccab10d6b6bf1bc4;
    pub const INIT_SEND_LIBRARY: u64 = 0x9c18eb7849c19013;
    pub const INIT_RECEIVE_LIBRARY: u64 = 0xc57251642de924e6;
    pub const SET_SEND_LIBRARY: u64 = 0xfb764e9e86958105;
    pub const SET_RECEIVE_LIBRARY: u64 = 0xdfacb469a5a193e4;
    pub const INIT_CONFIG: u64 = 0x17eb73e8a86001e7;
    pub const SET_CONFIG: u64 = 0x6c9e9aafd4623442;
    pub const QUOTE: u64 = 0x952a6df78692d57b;
    pub const SEND: u64 = 0x66fb14bb414b0c45;
    pub const INIT_VERIFY: u64 = 0x4cf6f47c7311eb5b;
    pub const VERIFY: u64 = 0x85a18d3078c65896;
    pub const CLEAR: u64 = 0xfa271cd57ba38505;
    pub const SKIP: u64 = 0x9a3fb535131a752d;
    pub const NILIFY: u64 = 0x8f8881c72423a055;
    pub const BURN: u64 = 0x746e1d386bdb2a5d;
    pub const SEND_COMPOSE: u64 = 0x4b26e4a82b27eee5;
    pub const CLEAR_COMPOSE: u64 = 0x7601128e5faf157d;
    pub const COMMIT_VERIFICATION: u64 = 0xc2782cfc8cd78b67;
    pub const QUOTE_EXECUTOR: u64 = 0x54f6ffbf5241a45c;
    pub const QUOTE_DVN: u64 = 0xdf6233c87b8584c2;
    pub const GET_FEE: u64 = 0x73c3eba119db3c1d;
    pub const EXECUTE: u64 = 0x82ddf29a0dc1bd1d;
    pub const LZ_RECEIVE: u64 = 0x08b3786d2176bd50;
}

/// Events.
pub mod ev {
    pub const PACKET_SENT: u64 = 0x005ca7c98b2eab52;
    pub const PACKET_VERIFIED: u64 = 0x4a9f51a8d2f5a90e;
    pub const PACKET_DELIVERED: u64 = 0x497cc5b6183a8bd1;
    pub const NONCE_SKIPPED: u64 = 0x6937fc725ea65b7d;
    pub const PACKET_NILIFIED: u64 = 0x63f64234b7098bec;
    pub const PACKET_BURNT: u64 = 0xf532ba969deef46c;
    pub const COMPOSE_SENT: u64 = 0x4a0578f11347da2d;
    pub const COMPOSE_DELIVERED: u64 = 0x11af68bd0ccdc188;
    pub const OAPP_REGISTERED: u64 = 0x873c6e0936c02900;
    pub const DELEGATE_SET: u64 = 0x89a487f1a6cbbda8;
    pub const SEND_LIBRARY_SET: u64 = 0x2a47b25d1ff9cd5b;
    pub const RECEIVE_LIBRARY_SET: u64 = 0x2e41d4f763b62052;
    pub const PAYLOAD_VERIFIED: u64 = 0x81fce48ada5bb30c;
    pub const CONFIG_SET: u64 = 0x9b9dfb99cb705023;
    pub const FEES_PAID: u64 = 0x18fc03ba6bebe2f7;
}

pub mod seed {
    pub const ENDPOINT: &[u8] = b"Endpoint";
    pub const OAPP: &[u8] = b"OApp";
    pub const NONCE: &[u8] = b"Nonce";
    pub const PENDING_NONCE: &[u8] = b"PendingNonce";
    pub const PAYLOAD_HASH: &[u8] = b"PayloadHash";
    pub const COMPOSED: &[u8] = b"ComposedMessageHash";
    pub const MESSAGE_LIB: &[u8] = b"MessageLib";
    pub const SEND_LIBRARY: &[u8] = b"SendLibraryConfig";
    pub const RECEIVE_LIBRARY: &[u8] = b"ReceiveLibraryConfig";
    pub const SEND_CONFIG: &[u8] = b"SendConfig";
    pub const RECEIVE_CONFIG: &[u8] = b"ReceiveConfig";
    pub const CONFIRMATIONS: &[u8] = b"Confirmations";
    pub const EXECUTOR_CONFIG: &[u8] = b"ExecutorConfig";
    pub const EVENT: &[u8] = b"__event_authority";
}

pub fn fail(code: u32) -> ProgramError {
    ProgramError::Custom(code)
}

/// One call of this program under one of its addresses.
pub struct Call<'a, 'p> {
    pub program: &'p Pubkey,
    pub accounts: &'a [AccountInfo<'a>],
    pub args: &'p [u8],
    pub name: u64,
}
