// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { FeeMath } from "../fees/FeeMath.sol";
import { RateLimit } from "../token/RateLimit.sol";

/// @title The split of a price and the limit of a path, callable one by one
contract ConformanceHarness {
    using RateLimit for RateLimit.Bucket;

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

    mapping(uint256 id => RateLimit.Bucket) private _buckets;

    function splitPrice(uint256 price, uint256 feeBps, bool model, bool referrer) external pure returns (Split memory) {
        return splitStep(0, price, feeBps, model, referrer);
    }

    function splitStep(
        uint256 redeemed,
        uint256 cumulative,
        uint256 feeBps,
        bool model,
        bool referrer
    ) public pure returns (Split memory s) {
        (s.fee, s.royalty, s.referral, s.burn, s.buyback) = FeeMath.split(
            redeemed,
            cumulative,
            feeBps,
            model,
            referrer
        );
        s.provider = cumulative - redeemed - s.fee - s.royalty - s.referral;
        s.treasury = s.fee - s.burn - s.buyback;
    }

    function configure(uint256 id, uint96 capacity, uint32 window) external {
        _buckets[id].configure(capacity, window);
    }

    /// @notice What can pass at this transaction's time; then lets `amount` pass when it fits, or flow back.
    function flow(uint256 id, bool out, uint256 amount) external returns (uint256 left, bool refused) {
        left = RateLimit.available(_buckets[id]);
        refused = out && amount > left;
        if (refused) return (left, refused);
        if (out) _buckets[id].take(amount);
        else _buckets[id].refill(amount);
    }

    function bucket(uint256 id) external view returns (RateLimit.Bucket memory) {
        return _buckets[id];
    }
}
