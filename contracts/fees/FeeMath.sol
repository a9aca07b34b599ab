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

    /// @notice A price in parts: burn + buyback + treasury = fee, and fee + royalty + referral + provider = price.
    struct Split {
        uint256 fee;
        uint256 royalty;
        uint256 referral;
        uint256 provider;
        uint256 burn;
        uint256 buyback;
        uint256 treasury;
    }

    /// @notice `amount * bps / BPS`, rounded down.
    /// @dev Unchecked: callers hold `amount` below 2^192 and `bps` at most BPS.
    function share(uint256 amount, uint256 bps) internal pure returns (uint256) {
        unchecked {
            return (amount * bps) / BPS;
        }
    }

    /// @notice Shares a price.
    /// @param price At most 2^96 - 1.
    /// @param feeBps 200 or 300.
    /// @param model Whether a model's creator earns a royalty.
    /// @param referrer Whether the provider has a referrer.
    function split(uint256 price, uint256 feeBps, bool model, bool referrer) internal pure returns (Split memory s) {
        // No step can underflow: the shares of one amount add up to less than BPS.
        unchecked {
            s.fee = share(price, feeBps);
            if (model) s.royalty = share(price, ROYALTY_BPS);
            uint256 gross = price - s.fee - s.royalty;
            if (referrer) s.referral = share(gross, REFERRAL_BPS);
            s.provider = gross - s.referral;
            s.burn = share(s.fee, BURN_BPS);
            s.buyback = share(s.fee, BUYBACK_BPS);
            s.treasury = s.fee - s.burn - s.buyback;
        }
    }

    /// @notice What one step from `redeemed` to `cumulative` pays: the difference of the two splits, part by part, so
    /// that any number of steps pays what one step would.
    /// @dev Over a step of `PaymentChannels.MIN_STEP` or more every part of `split` grows, so no difference is negative.
    function splitStep(
        uint256 redeemed,
        uint256 cumulative,
        uint256 feeBps,
        bool model,
        bool referrer
    ) internal pure returns (Split memory) {
        Split memory s = split(cumulative, feeBps, model, referrer);
        if (redeemed == 0) return s;
        Split memory before = split(redeemed, feeBps, model, referrer);
        unchecked {
            s.fee -= before.fee;
            s.royalty -= before.royalty;
            s.referral -= before.referral;
            s.provider -= before.provider;
            s.burn -= before.burn;
            s.buyback -= before.buyback;
            s.treasury -= before.treasury;
        }
        return s;
    }
}
