// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice All that the ledger keeps of one account in one asset.
/// Bits from the low end: credit 96, referral 96, fees 62, referrer state 2.
type AccountWord is uint256;

using AccountWords for AccountWord global;

/// @title Packing of an account's word
/// @notice Credit and referral are base units. Both are parts of what the ledger holds of the asset, which is at most
/// 2^96 - 1, so that neither can overflow. Fees are a counter that stops at its largest value.
library AccountWords {
    /// @notice The registry has not been asked yet, or did not know the provider.
    uint256 internal constant UNKNOWN = 0;
    /// @notice The provider is registered without a referrer.
    uint256 internal constant NO_REFERRER = 1;
    /// @notice The provider has a referrer.
    uint256 internal constant HAS_REFERRER = 2;

    uint256 private constant MASK_96 = type(uint96).max;
    uint256 private constant MAX_FEES = (1 << 62) - 1;

    /// @notice What the account may withdraw, in base units.
    /// @param word The account's word.
    /// @return Base units.
    function credit(AccountWord word) internal pure returns (uint256) {
        return AccountWord.unwrap(word) & MASK_96;
    }

    /// @notice What the account's referrer is owed, in base units.
    /// @param word The account's word.
    /// @return Base units.
    function referral(AccountWord word) internal pure returns (uint256) {
        return (AccountWord.unwrap(word) >> 96) & MASK_96;
    }

    /// @notice Fees that the account's work has paid, in 1e-6 of the asset.
    /// @param word The account's word.
    /// @return Up to 2^62 - 1, where the count stops.
    function fees(AccountWord word) internal pure returns (uint256) {
        return (AccountWord.unwrap(word) >> 192) & MAX_FEES;
    }

    /// @notice UNKNOWN, NO_REFERRER or HAS_REFERRER.
    /// @param word The account's word.
    /// @return One of the three constants.
    function referrerState(AccountWord word) internal pure returns (uint256) {
        return AccountWord.unwrap(word) >> 254;
    }

    /// @notice Adds money that the ledger holds to the credit.
    /// @param word The account's word.
    /// @param amount Base units.
    /// @return The new word.
    function addCredit(AccountWord word, uint256 amount) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(word) + amount);
        }
    }

    /// @notice Takes from the credit, which the caller has seen to be enough.
    /// @param word The account's word.
    /// @param amount Base units.
    /// @return The new word.
    function subCredit(AccountWord word, uint256 amount) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(word) - amount);
        }
    }

    /// @notice Adds money that the ledger holds to the referral.
    /// @param word The account's word.
    /// @param amount Base units.
    /// @return The new word.
    function addReferral(AccountWord word, uint256 amount) internal pure returns (AccountWord) {
        unchecked {
            return AccountWord.wrap(AccountWord.unwrap(word) + (amount << 96));
        }
    }

    /// @notice The same account with its referral paid.
    /// @param word The account's word.
    /// @return The new word.
    function withoutReferral(AccountWord word) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(word) & ~(MASK_96 << 96));
    }

    /// @notice Counts fees, up to the largest count.
    /// @param word The account's word.
    /// @param amount 1e-6 of the asset.
    /// @return The new word.
    function addFees(AccountWord word, uint256 amount) internal pure returns (AccountWord) {
        unchecked {
            uint256 room = MAX_FEES - fees(word);
            return AccountWord.wrap(AccountWord.unwrap(word) + ((amount < room ? amount : room) << 192));
        }
    }

    /// @notice The same account with the registry's answer noted.
    /// @param word The account's word.
    /// @param state NO_REFERRER or HAS_REFERRER.
    /// @return The new word.
    function withReferrerState(AccountWord word, uint256 state) internal pure returns (AccountWord) {
        return AccountWord.wrap((AccountWord.unwrap(word) & ~(uint256(3) << 254)) | (state << 254));
    }
}
