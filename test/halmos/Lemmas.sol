// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { FeeMath } from "../../contracts/fees/FeeMath.sol";

/// @title What the proofs of the pure maths rest on: products, quotients and shares of whole numbers
/// @notice A solver of whole numbers proves each of these alone within seconds, over the whole width that is named; it does
/// not end on formulas that need several together. `MathsProofs` puts them together.
contract LemmasProofs {
    // ------------------------------------------------------------------ products and quotients

    function check_product_grows(uint112 a, uint128 x, uint128 y) external pure {
        if (x > y) return;
        unchecked {
            assert(uint256(a) * x <= uint256(a) * y);
        }
    }

    function check_product_fits(uint96 a, uint16 b) external pure {
        unchecked {
            assert(uint256(a) * b <= type(uint112).max);
        }
    }

    function check_quotient_grows(uint240 x, uint240 y, uint64 d) external pure {
        if (d == 0 || x > y) return;
        unchecked {
            assert(uint256(x) / d <= uint256(y) / d);
        }
    }

    function check_quotient_of_a_product(uint96 a, uint64 d) external pure {
        if (d == 0) return;
        unchecked {
            assert((uint256(a) * d) / d == a);
        }
    }

    // ------------------------------------------------------------------ shares

    function check_share_is_bounded(uint128 x, uint8 which) external pure {
        assert(FeeMath.share(x, _bps(which)) <= x);
    }

    /// @notice Fee and royalty together leave something.
    function check_fee_and_royalty_are_bounded(uint128 x, bool other) external pure {
        unchecked {
            assert(FeeMath.share(x, other ? 300 : 200) + FeeMath.share(x, 500) <= x);
        }
    }

    /// @notice Burn and buyback together leave something.
    function check_burn_and_buyback_are_bounded(uint128 x) external pure {
        unchecked {
            assert(FeeMath.share(x, 200) + FeeMath.share(x, 5_000) <= x);
        }
    }

    /// @notice A share of a sum is the sum of the shares, or one more; so a share grows with what it is taken of.
    function check_share_of_a_sum(uint128 x, uint128 y, uint8 which) external pure {
        uint256 bps = _bps(which);
        unchecked {
            uint256 parts = FeeMath.share(x, bps) + FeeMath.share(y, bps);
            uint256 sum = FeeMath.share(uint256(x) + y, bps);
            assert(parts <= sum && sum <= parts + 1);
            assert(FeeMath.share(x, bps) <= sum);
        }
    }

    /// @notice A step of 1,000 leaves something also when both shares are rounded against it, and pays a fee of 20.
    function check_step_leaves_something(uint128 step, bool other) external pure {
        if (step < 1_000) return;
        uint256 fee = FeeMath.share(step, other ? 300 : 200);
        unchecked {
            assert(fee >= 20 && fee + FeeMath.share(step, 500) + 4 <= step);
        }
    }

    /// @notice So does what is left, to a referrer, and a fee of 20 to burn and buyback.
    function check_rest_leaves_something(uint128 x) external pure {
        unchecked {
            if (x >= 2) assert(FeeMath.share(x, 500) + 1 <= x);
            if (x >= 20) assert(FeeMath.share(x, 200) + FeeMath.share(x, 5_000) + 2 <= x);
        }
    }

    // ------------------------------------------------------------------ sums and differences alone

    /// @notice Of a step that leaves 4 beside its two shares, what is left grows by 2, however the shares are rounded.
    function check_rest_of_two_shares_grows(
        uint96 redeemed,
        uint96 step,
        uint96 feeA,
        uint96 feeStep,
        uint96 feeB,
        uint96 royaltyA,
        uint96 royaltyStep,
        uint96 royaltyB
    ) external pure {
        unchecked {
            if (!_shareOfSum(feeA, feeStep, feeB) || !_shareOfSum(royaltyA, royaltyStep, royaltyB)) return;
            if (uint256(feeA) + royaltyA > redeemed || uint256(feeStep) + royaltyStep + 4 > step) return;
            uint256 restA = uint256(redeemed) - feeA - royaltyA;
            uint256 restB = uint256(redeemed) + step - feeB - royaltyB;
            assert(restA <= redeemed && restA + 2 <= restB && restB <= uint256(redeemed) + step);
        }
    }

    /// @notice Of a part that grows by what its two shares and 2 need, the rest does not shrink.
    function check_rest_of_a_part_grows(
        uint96 partA,
        uint96 partB,
        uint96 burnA,
        uint96 burnStep,
        uint96 burnB,
        uint96 buybackA,
        uint96 buybackStep,
        uint96 buybackB
    ) external pure {
        unchecked {
            if (partB < partA || uint256(burnStep) + buybackStep + 2 > partB - partA) return;
            if (!_shareOfSum(burnA, burnStep, burnB) || !_shareOfSum(buybackA, buybackStep, buybackB)) return;
            if (uint256(burnA) + buybackA > partA) return;
            uint256 restA = uint256(partA) - burnA - buybackA;
            uint256 restB = uint256(partB) - burnB - buybackB;
            assert(restA <= restB && restB <= partB);
        }
    }

    /// @dev What `check_share_of_a_sum` says of three shares.
    function _shareOfSum(uint256 a, uint256 b, uint256 sum) private pure returns (bool) {
        unchecked {
            return a + b <= sum && sum <= a + b + 1;
        }
    }

    /// @dev Every share that there is.
    function _bps(uint8 which) private pure returns (uint256) {
        if (which == 0) return 200;
        if (which == 1) return 300;
        if (which == 2) return 500;
        return 5_000;
    }
}
