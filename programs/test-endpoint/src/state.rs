//! Accounts as LayerZero's programs lay them out. Where a prefix is enough, only the prefix is read.
use anchor_lang::prelude::*;

/// An account type: its discriminator, and its size with it.
pub trait Layout: AnchorSerialize + AnchorDeserialize {
    const DISCRIMINATOR: u64;
    const SIZE: usize = 0;
}

macro_rules! layout {
    ($name:ident, $disc:literal, $size:literal, { $($field:ident : $kind:ty),* $(,)? }) => {
        #[derive(Clone, AnchorSerialize, AnchorDeserialize)]
        pub struct $name { $(pub $field: $kind),* }
        impl Layout for $name {
            const DISCRIMINATOR: u64 = $disc;
            const SIZE: usize = $size;
        }
    };
}

layout!(EndpointSettings, 0xdde849380a42480e, 78, { eid: u32, bump: u8, admin: Pubkey, lz_token_mint: Option<Pubkey> });
layout!(OAppRegistry, 0x0698c71ed9324595, 41, { delegate: Pubkey, bump: u8 });
layout!(Nonce, 0x8fc5935f6aa5322b, 25, { bump: u8, outbound: u64, inbound: u64 });
layout!(PendingNonces, 0xaab05ff078e7f1da, 2061, { nonces: Vec<u64>, bump: u8 });
layout!(PayloadHash, 0x601c6a916720ba46, 41, { hash: [u8; 32], bump: u8 });
layout!(ComposeState, 0x376b4ffef316acf0, 10, { received: bool, bump: u8 });
layout!(MessageLibInfo, 0x6766da1ccc87470e, 11, { kind: u8, bump: u8, library_bump: u8 });
layout!(SendLibraryConfig, 0x3dee1f48fb7542b0, 41, { library: Pubkey, bump: u8 });
layout!(ReceiveLibraryConfig, 0x8ee2fb8a01ce5bc1, 82, { library: Pubkey, timeout: Option<(Pubkey, u64)>, bump: u8 });
layout!(UlnSettings, 0xe2c764fd2673a79a, 216, {
    eid: u32,
    endpoint: Pubkey,
    endpoint_program: Pubkey,
    bump: u8,
    admin: Pubkey,
    treasury: Option<Treasury>,
});
layout!(SendConfig, 0x5bdd878983c7ae19, 1088, { bump: u8, uln: UlnConfig, executor: ExecutorChoice });
layout!(ReceiveConfig, 0xa29f99bc3841f53a, 1052, { bump: u8, uln: UlnConfig });
layout!(Confirmations, 0xce3932087c858a70, 18, { value: Option<u64>, bump: u8 });
layout!(ExecutorConfig, 0x8611e2180aad9d4e, 0, {
    bump: u8,
    owner: Pubkey,
    allowed: Vec<Pubkey>,
    denied: Vec<Pubkey>,
    admins: Vec<Pubkey>,
    executors: Vec<Pubkey>,
});

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct Treasury {
    pub admin: Option<Pubkey>,
    pub receiver: Pubkey,
    pub fee_bps: u64,
    pub token: Option<(Pubkey, u64)>,
}

#[derive(Clone, Default, AnchorSerialize, AnchorDeserialize)]
pub struct UlnConfig {
    pub confirmations: u64,
    pub required_count: u8,
    pub optional_count: u8,
    pub optional_threshold: u8,
    pub required: Vec<Pubkey>,
    pub optional: Vec<Pubkey>,
}

#[derive(Clone, Default, AnchorSerialize, AnchorDeserialize)]
pub struct ExecutorChoice {
    pub max_message_size: u32,
    pub executor: Pubkey,
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct Packet {
    pub nonce: u64,
    pub src_eid: u32,
    pub sender: Pubkey,
    pub dst_eid: u32,
    pub receiver: [u8; 32],
    pub guid: [u8; 32],
    pub message: Vec<u8>,
}

impl Packet {
    /// Version, nonce, source and destination: the 81 bytes that DVNs attest to beside the payload's hash.
    pub fn header(&self) -> Vec<u8> {
        [
            &[1][..],
            &self.nonce.to_be_bytes(),
            &self.src_eid.to_be_bytes(),
            self.sender.as_ref(),
            &self.dst_eid.to_be_bytes(),
            &self.receiver,
        ]
        .concat()
    }

    pub fn encode(&self) -> Vec<u8> {
        [&self.header()[..], &self.guid, &self.message].concat()
    }
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct LzReceiveParams {
    pub src_eid: u32,
    pub sender: [u8; 32],
    pub nonce: u64,
    pub guid: [u8; 32],
    pub message: Vec<u8>,
    pub extra_data: Vec<u8>,
}

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct LzOption {
    pub kind: u8,
    pub params: Vec<u8>,
}
