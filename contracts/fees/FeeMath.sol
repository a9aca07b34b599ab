// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Basis points and the parts of a price
/// @notice Every share is rounded down; the provider and the treasury take what is left, so that the parts add up to
/// the price exactly. Amounts are base units of the asset.
library FeeMath {
    /// @notice Basis points of one whole.
    uint256 internal constant BPS = 10_000;
    /// @notice Fee of a price paid in STUN.
    uint256 internal constant STUN_FEE_BPS = 200;
    /// @notice Fee of a price paid in another asset; no fee is ever higher.
    uint256 internal constant OTHER_FEE_BPS = 300;
    /// @notice Royalty of a model's creator, of the price.
    uint256 internal constant ROYALTY_BPS = 500;
    /// @notice Commission of a provider's referrer, of what is left after fee and royalty.
    uint256 internal constant REFERRAL_BPS = 500;
    /// @notice Part of the fee that is burned.
    uint256 internal constant BURN_BPS = 200;
    /// @notice Part of the fee that buys STUN back.
    uint256 internal constant BUYBACK_BPS = 5_000;

    /// @notice `amount * bps / BPS`, rounded down.
    /// @dev Unchecked: callers hold `amount` below 2^192 and `bps` at most BPS.
    /// @param amount Base units.
    /// @param bps Basis points, at most `BPS`.
    /// @return Base units, rounded down.
    function share(uint256 amount, uint256 bps) internal pure returns (uint256) {
        unchecked {
            return (amount * bps) / BPS;
        }
    }

    /// @notice The parts of what a payment from `redeemed` to `cumulative` pays: the differences of the parts of both, so that any
    /// number of steps pays what one step would. What is left of the step is the provider's, what is left of the fee the treasury's.
    /// @dev Over a step of `PaymentChannels.MIN_STEP` or more every part grows, so no difference is negative.
    /// @param redeemed What was paid before; zero for a job.
    /// @param cumulative All that is paid with this step, at most 2^96 - 1.
    /// @param feeBps 200 or 300.
    /// @param model Whether a model's creator earns a royalty.
    /// @param referrer Whether the provider has a referrer.
    /// @return fee The protocol's part of the step, in base units; burn, buyback and the treasury's part are parts of
    /// it.
    /// @return royalty For the model's creator, in base units.
    /// @return referral For the provider's referrer, in base units.
    /// @return burn To be burned, in base units.
    /// @return buyback To be bought back, in base units.
    function split(
        uint256 redeemed,
        uint256 cumulative,
        uint256 feeBps,
        bool model,
        bool referrer
    ) internal pure returns (uint256 fee, uint256 royalty, uint256 referral, uint256 burn, uint256 buyback) {
        (fee, royalty, referral, burn, buyback) = _split(cumulative, feeBps, model, referrer);
        if (redeemed == 0) return (fee, royalty, referral, burn, buyback);
        (uint256 fee_, uint256 royalty_, uint256 referral_, uint256 burn_, uint256 buyback_) = _split(
            redeemed,
            feeBps,
            model,
            referrer
        );
        unchecked {
            return (fee - fee_, royalty - royalty_, referral - referral_, burn - burn_, buyback - buyback_);
        }
    }

    function _split(
        uint256 price,
        uint256 feeBps,
        bool model,
        bool referrer
    ) private pure returns (uint256 fee, uint256 royalty, uint256 referral, uint256 burn, uint256 buyback) {
        fee = share(price, feeBps);
        burn = share(fee, BURN_BPS);
        buyback = share(fee, BUYBACK_BPS);
        if (model) royalty = share(price, ROYALTY_BPS);
        // The shares of one amount add up to less than BPS.
        unchecked {
            if (referrer) referral = share(price - fee - royalty, REFERRAL_BPS);
        }
    }
}
