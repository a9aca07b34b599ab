use crate::constants::*;
use crate::endpoint::{self, Sender, REGISTER_OAPP_ACCOUNTS};
use crate::errors::OftError;
use crate::state::{LzReceiveTypesAccounts, OFTStore, OFTType};
use anchor_lang::prelude::*;
use anchor_spl::token::{Mint, Token, TokenAccount};

#[derive(Clone, AnchorSerialize, AnchorDeserialize)]
pub struct InitOFTParams {
    pub oft_type: OFTType,
    pub admin: Pubkey,
    pub shared_decimals: u8,
    pub endpoint_program: Option<Pubkey>,
}

/// Remaining accounts: `register_oapp` (7), then this program's data account, which proves the upgrade authority.
#[derive(Accounts)]
#[instruction(params: InitOFTParams)]
pub struct InitOFT<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(init, payer = payer, space = OFTStore::SIZE, seeds = [OFT_SEED, token_escrow.key().as_ref()], bump)]
    pub oft_store: Box<Account<'info, OFTStore>>,
    #[account(
        init,
        payer = payer,
        space = LzReceiveTypesAccounts::SIZE,
        seeds = [LZ_RECEIVE_TYPES_SEED, oft_store.key().as_ref()],
        bump
    )]
    pub lz_receive_types_accounts: Box<Account<'info, LzReceiveTypesAccounts>>,
    pub token_mint: Box<Account<'info, Mint>>,
    #[account(
        init,
        payer = payer,
        token::authority = oft_store,
        token::mint = token_mint,
        token::token_program = token_program
    )]
    pub token_escrow: Box<Account<'info, TokenAccount>>,
    pub token_program: Program<'info, Token>,
    pub system_program: Program<'info, System>,
}

impl<'info> InitOFT<'info> {
    fn validate(&self, remaining: &'info [AccountInfo<'info>], params: &InitOFTParams) -> Result<()> {
        let data = remaining.get(REGISTER_OAPP_ACCOUNTS).ok_or(OftError::NotUpgradeAuthority)?;
        let (expected, _) = Pubkey::find_program_address(&[crate::ID.as_ref()], &bpf_loader_upgradeable::ID);
        require_keys_eq!(data.key(), expected, OftError::NotUpgradeAuthority);
        let program_data = Account::<ProgramData>::try_from(data).map_err(|_| OftError::NotUpgradeAuthority)?;
        let authority = program_data.upgrade_authority_address;
        require!(authority == Some(self.payer.key()), OftError::NotUpgradeAuthority);

        require!(params.oft_type == OFTType::Native, OftError::InvalidOftType);
        require!(params.endpoint_program.unwrap_or(ENDPOINT_ID) == ENDPOINT_ID, OftError::InvalidEndpoint);
        let decimals = (self.token_mint.decimals, params.shared_decimals);
        require!(decimals == (DECIMALS, SHARED_DECIMALS), OftError::InvalidDecimals);
        let sole = self.token_mint.mint_authority.contains(&self.oft_store.key());
        let clean = self.token_mint.freeze_authority.is_none() && self.token_mint.supply == 0;
        require!(sole && clean, OftError::InvalidMintAuthority);
        Ok(())
    }

    pub fn apply(ctx: Context<'info, Self>, params: &InitOFTParams) -> Result<()> {
        ctx.accounts.validate(ctx.remaining_accounts, params)?;
        let accounts = ctx.accounts;
        let (mint, escrow) = (accounts.token_mint.key(), accounts.token_escrow.key());
        accounts.oft_store.set_inner(OFTStore {
            oft_type: params.oft_type,
            ld2sd_rate: LD2SD_RATE,
            token_mint: mint,
            token_escrow: escrow,
            endpoint_program: ENDPOINT_ID,
            bump: ctx.bumps.oft_store,
            tvl_ld: 0,
            admin: params.admin,
            default_fee_bps: 0,
            paused: false,
            pauser: None,
            unpauser: None,
            version: LAYOUT_VERSION,
            pending_admin: None,
            limiter: None,
            mint_cap_ld: MAX_MINT_CAP,
            held_ld: 0,
            paused_until: 0,
            pause_allowed_at: 0,
        });
        accounts.lz_receive_types_accounts.set_inner(LzReceiveTypesAccounts {
            oft_store: accounts.oft_store.key(),
            token_mint: mint,
            lookup_table: Pubkey::default(),
        });
        let sender = Sender { store: accounts.oft_store.key(), escrow: &escrow, bump: ctx.bumps.oft_store };
        endpoint::register_oapp(&sender, ctx.remaining_accounts, params.admin)
    }
}
