use anchor_lang::prelude::*;

/// The first nine keep the codes of OFT302, which wallets and explorers know.
#[error_code]
pub enum OftError {
    #[msg("The signer does not hold the role that this instruction needs")]
    Unauthorized,
    #[msg("The message does not come from the configured peer")]
    InvalidSender,
    #[msg("The mint must have 9 decimals and the bridge 6 shared decimals")]
    InvalidDecimals,
    #[msg("The amount that would arrive is below the minimum")]
    SlippageExceeded,
    #[msg("The token account is not the recipient's associated token account")]
    InvalidTokenDest,
    #[msg("The amount exceeds what the rate limit has left")]
    RateLimitExceeded,
    #[msg("This bridge takes no fee: only zero is accepted")]
    InvalidFee,
    #[msg("The store must be the mint's only authority and the mint must have no freeze authority and no supply")]
    InvalidMintAuthority,
    #[msg("The bridge is paused")]
    Paused,

    #[msg("The endpoint program or its accounts are not the ones that this program accepts")]
    InvalidEndpoint,
    #[msg("The store must be among the endpoint's accounts exactly once, as sender")]
    InvalidSenderAccount,
    #[msg("The endpoint returned no data, or another program's")]
    InvalidReturnData,
    #[msg("The recipient is zero or no address of the destination chain")]
    InvalidRecipient,
    #[msg("The amount is zero after removing what the shared decimals cannot carry")]
    AmountTooSmall,
    #[msg("A composed message is refused on this path")]
    ComposeRefused,
    #[msg("Options must be of type 3 and must not be empty")]
    InvalidOptions,
    #[msg("The path has no peer")]
    PeerNotSet,
    #[msg("Only native mint and burn is supported")]
    InvalidOftType,
    #[msg("Only the program's upgrade authority may open the store")]
    NotUpgradeAuthority,
    #[msg("The mint cap is above its upper bound")]
    MintCapTooHigh,
    #[msg("The pause is zero or longer than seven days")]
    InvalidPause,
    #[msg("The last pause is less than thirty days ago")]
    PauseCooldown,
    #[msg("The tokens must be held, and the account of the held entry is missing or wrong")]
    HeldAccountMissing,
    #[msg("Nothing can be released now: the bridge is paused, the limit is used up or the cap is reached")]
    NothingToRelease,
    #[msg("A sum or product does not fit")]
    Overflow,
    #[msg("The peer's account does not exist yet: set the peer's address first")]
    PeerNotInitialized,
    #[msg("The account is not an address lookup table")]
    InvalidLookupTable,
    #[msg("The held entry has a recipient, which nobody can change")]
    RecipientFixed,
}
