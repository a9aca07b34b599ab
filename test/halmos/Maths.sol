// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { EmissionMath } from "../../contracts/emission/EmissionMath.sol";
import { JobWord, JobWords } from "../../contracts/escrow/JobWord.sol";
import { AccountWord, AccountWords } from "../../contracts/fees/AccountWord.sol";
import { FeeMath } from "../../contracts/fees/FeeMath.sol";
import { StakingMath } from "../../contracts/staking/StakingMath.sol";
import { VestingMath } from "../../contracts/vesting/VestingMath.sol";

/// @title What is proved of the pure maths, for every value of the arguments
/// @notice Arguments have the width that the contracts give them.
contract MathsProofs {
    /// @dev What the ledger books of a payment: the rest of the price is the provider's, the rest of the fee the treasury's.
    struct Parts {
        uint256 fee;
        uint256 royalty;
        uint256 referral;
        uint256 provider;
        uint256 burn;
        uint256 buyback;
        uint256 treasury;
    }

    error NotGiven();

    // ------------------------------------------------------------------ fees

    function check_split_adds_up(uint96 price, bool other, bool model, bool referrer) external pure {
        uint256 bps = other ? 300 : 200;
        Parts memory s = _parts(0, price, bps, model, referrer);
        unchecked {
            _given(FeeMath.share(price, bps) + FeeMath.share(price, 500) <= price);
            _given(FeeMath.share(price, bps) <= price && FeeMath.share(price, 500) <= price);
            assert(s.fee <= price && s.royalty <= price && s.fee + s.royalty <= price);
            uint256 gross = price - s.fee - s.royalty;
            assert(gross <= price);
            _given(FeeMath.share(gross, 500) <= gross);
            assert(s.referral <= gross);
            assert(s.fee + s.royalty + s.referral + s.provider == price);
            _given(FeeMath.share(s.fee, 200) + FeeMath.share(s.fee, 5_000) <= s.fee);
            _given(FeeMath.share(s.fee, 200) <= s.fee && FeeMath.share(s.fee, 5_000) <= s.fee);
            assert(s.burn <= s.fee && s.buyback <= s.fee && s.burn + s.buyback <= s.fee);
            assert(s.burn + s.buyback + s.treasury == s.fee);
        }
    }

    /// @notice Over a step of 1,000 or more every part grows, so that no difference wraps around.
    function check_no_channel_step_underflows(
        uint96 redeemed,
        uint96 step,
        bool other,
        bool model,
        bool referrer
    ) external pure {
        if (step < 1_000) return;
        uint256 bps = other ? 300 : 200;
        unchecked {
            Parts memory a = _parts(0, redeemed, bps, model, referrer);
            Parts memory b = _parts(0, uint256(redeemed) + step, bps, model, referrer);
            uint256 cumulative = uint256(redeemed) + step;
            _shareGrows(redeemed, cumulative, bps);
            // check_share_is_bounded
            _given(b.fee <= cumulative);
            if (model) _shareGrows(redeemed, cumulative, 500);
            assert(a.fee <= b.fee && a.royalty <= b.royalty);
            _shareGrows(a.fee, b.fee, 200);
            _shareGrows(a.fee, b.fee, 5_000);
            assert(a.burn <= b.burn && a.buyback <= b.buyback);
            // check_rest_of_a_part_grows: check_step_leaves_something has the fee grow by 20, which is enough by
            // check_rest_leaves_something
            _given(a.fee - a.burn - a.buyback <= b.fee - b.burn - b.buyback);
            assert(a.treasury <= b.treasury);
            uint256 grossA = redeemed - a.fee - a.royalty;
            uint256 grossB = cumulative - b.fee - b.royalty;
            // check_rest_of_two_shares_grows, by check_step_leaves_something
            _given(grossA <= grossB);
            _given(grossB <= cumulative);
            if (referrer) _shareGrows(grossA, grossB, 500);
            assert(a.referral <= b.referral);
            // check_rest_of_a_part_grows: what is left grew by 2, which is enough by check_rest_leaves_something
            _given(grossA - a.referral <= grossB - b.referral);
            assert(a.provider <= b.provider);
        }
    }

    /// @notice A step pays the difference of two splits, part by part, and its parts add up.
    function check_channel_step_adds_up(
        uint96 redeemed,
        uint96 cumulative,
        bool other,
        bool model,
        bool referrer
    ) external pure {
        uint256 bps = other ? 300 : 200;
        Parts memory a = _parts(0, redeemed, bps, model, referrer);
        Parts memory b = _parts(0, cumulative, bps, model, referrer);
        Parts memory s = _parts(redeemed, cumulative, bps, model, referrer);
        unchecked {
            assert(s.fee == b.fee - a.fee);
            assert(s.royalty == b.royalty - a.royalty);
            assert(s.referral == b.referral - a.referral);
            assert(s.provider == b.provider - a.provider);
            assert(s.burn == b.burn - a.burn);
            assert(s.buyback == b.buyback - a.buyback);
            assert(s.treasury == b.treasury - a.treasury);
            assert(s.fee + s.royalty + s.referral + s.provider == uint256(cumulative) - redeemed);
            assert(s.burn + s.buyback + s.treasury == s.fee);
        }
    }

    // ------------------------------------------------------------------ packed words

    function check_job_word_round_trip(
        address who,
        uint32 created,
        uint32 since,
        uint8 state,
        uint8 attempt,
        uint8 bounties
    ) external pure {
        JobWord word = JobWords.pack(who, created, since, state, attempt, bounties);
        assert(word.provider() == who && word.created() == created && word.since() == since);
        assert(word.state() == state && word.attempt() == attempt && word.bounties() == bounties);
    }

    function check_job_word_moved(uint256 raw, uint8 state, uint32 since) external pure {
        JobWord word = JobWord.wrap(raw);
        JobWord next = word.moved(state, since);
        assert(next.state() == state && next.since() == since);
        assert(next.provider() == word.provider() && next.created() == word.created());
        assert(next.attempt() == word.attempt() && next.bounties() == word.bounties());
    }

    /// @notice Adding to one part of the word leaves the others, as long as the sum fits, which the ledger's bound gives.
    function check_account_word_parts(uint256 raw, uint96 amount, uint64 fee) external pure {
        AccountWord word = AccountWord.wrap(raw);
        if (word.credit() + amount > type(uint96).max || word.referral() + amount > type(uint96).max) return;
        AccountWord a = word.addCredit(amount);
        assert(a.credit() == word.credit() + amount && a.referral() == word.referral() && a.fees() == word.fees());
        assert(a.referrerState() == word.referrerState());
        AccountWord b = word.addReferral(amount);
        assert(b.referral() == word.referral() + amount && b.credit() == word.credit() && b.fees() == word.fees());
        assert(b.referrerState() == word.referrerState());
        AccountWord c = word.addFees(fee);
        assert(c.fees() >= word.fees() && c.credit() == word.credit() && c.referral() == word.referral());
        assert(c.referrerState() == word.referrerState());
        assert(word.withoutReferral().referral() == 0 && word.withoutReferral().credit() == word.credit());
    }

    // ------------------------------------------------------------------ emission

    /// @notice For all days; a day's weight is at most 16.
    function check_weight_grows_to_its_total(uint16 day) external pure {
        uint256 weight = EmissionMath.weightBefore(day);
        uint256 next = EmissionMath.weightBefore(uint256(day) + 1);
        assert(weight <= next && next <= weight + 16 && next <= EmissionMath.TOTAL_WEIGHT);
        if (day >= 3_650) assert(weight == EmissionMath.TOTAL_WEIGHT);
    }

    function check_emission_is_bounded(uint96 budget, uint128 weight) external pure {
        unchecked {
            if (weight > EmissionMath.TOTAL_WEIGHT) return;
            uint256 part = uint256(budget) * weight;
            uint256 whole = uint256(budget) * EmissionMath.TOTAL_WEIGHT;
            _productGrows(budget, weight, EmissionMath.TOTAL_WEIGHT);
            _quotientGrows(part, whole, EmissionMath.TOTAL_WEIGHT);
            _quotientOfAProduct(budget, EmissionMath.TOTAL_WEIGHT);
            assert(part / EmissionMath.TOTAL_WEIGHT <= budget);
        }
    }

    /// @notice What is emitted for a larger weight is no less.
    function check_emission_grows(uint96 budget, uint128 weight, uint128 next) external pure {
        unchecked {
            if (weight > next || next > EmissionMath.TOTAL_WEIGHT) return;
            (uint256 a, uint256 b) = (uint256(budget) * weight, uint256(budget) * next);
            _productGrows(budget, weight, next);
            _quotientGrows(a, b, EmissionMath.TOTAL_WEIGHT);
            assert(a / EmissionMath.TOTAL_WEIGHT <= b / EmissionMath.TOTAL_WEIGHT);
        }
    }

    /// @notice The curve is that product and quotient, on every day.
    function check_emitted_is_the_share_of_its_weight(uint96 budget, uint16 day) external pure {
        uint256 product = uint256(budget) * EmissionMath.weightBefore(day);
        assert(EmissionMath.emitted(budget, day) == product / EmissionMath.TOTAL_WEIGHT);
    }

    function check_spendable_is_bounded(uint96 budget, uint16 day, uint96 carry) external pure {
        uint256 most = EmissionMath.spendable(budget, day, carry);
        assert(most <= 2 * EmissionMath.pot(budget, 0));
        assert(most <= EmissionMath.pot(budget, day) + carry);
    }

    // ------------------------------------------------------------------ vesting

    function check_vested_is_bounded(
        uint96 total,
        uint40 start,
        uint32 cliff,
        uint32 duration,
        uint40 time
    ) external pure {
        if (duration == 0 || cliff > duration) return;
        uint256 vested = VestingMath.vested(total, start, cliff, duration, time);
        unchecked {
            uint256 passed = uint256(time) - start;
            if (time >= start && passed < duration) {
                _productGrows(total, passed, duration);
                _quotientGrows(uint256(total) * passed, uint256(total) * duration, duration);
                _quotientOfAProduct(total, duration);
            }
        }
        assert(vested <= total);
    }

    function check_vested_grows(
        uint96 total,
        uint40 start,
        uint32 cliff,
        uint32 duration,
        uint40 time,
        uint40 later
    ) external pure {
        if (duration == 0 || cliff > duration || later < time) return;
        uint256 vested = VestingMath.vested(total, start, cliff, duration, time);
        uint256 more = VestingMath.vested(total, start, cliff, duration, later);
        unchecked {
            uint256 a = uint256(total) * (uint256(time) - start);
            uint256 b = uint256(total) * (uint256(later) - start);
            if (time >= start) {
                _productGrows(total, uint256(time) - start, uint256(later) - start);
                _quotientGrows(a, b, duration);
                if (uint256(time) - start < duration) {
                    _productGrows(total, uint256(time) - start, duration);
                    _quotientGrows(a, uint256(total) * duration, duration);
                    _quotientOfAProduct(total, duration);
                }
            }
        }
        assert(vested <= more);
    }

    // ------------------------------------------------------------------ staking

    function check_multiplier_and_rate_are_bounded(uint32 lock) external pure {
        if (lock > StakingMath.MAX_LOCK) return;
        uint256 multiplier = StakingMath.lockMultiplier(lock);
        assert(multiplier >= 10_000 && multiplier <= 20_000);
        uint256 rate = StakingMath.rate(lock);
        assert(rate >= 1_000 && rate <= 1_500);
    }

    /// @notice A reward grows with the time, and is never more than what is reserved for the whole lock.
    function check_reward_grows_and_is_bounded(
        uint96 principal,
        uint16 rate,
        uint32 lock,
        uint40 elapsed,
        uint40 later
    ) external pure {
        if (later < elapsed) return;
        uint256 earned = StakingMath.reward(principal, rate, lock, elapsed);
        uint256 more = StakingMath.reward(principal, rate, lock, later);
        uint256 whole = StakingMath.reward(principal, rate, lock, lock);
        unchecked {
            uint256 base = uint256(principal) * rate;
            uint256 unit = StakingMath.BPS * StakingMath.YEAR;
            uint256 a = elapsed < lock ? elapsed : lock;
            uint256 b = later < lock ? later : lock;
            // check_product_fits
            _given(base <= type(uint112).max);
            _productGrows(base, a, b);
            _quotientGrows(base * a, base * b, unit);
            _productGrows(base, a, lock);
            _quotientGrows(base * a, base * lock, unit);
        }
        assert(earned <= more && earned <= whole);
    }

    // ------------------------------------------------------------------ helpers

    function _parts(
        uint256 redeemed,
        uint256 cumulative,
        uint256 bps,
        bool model,
        bool referrer
    ) private pure returns (Parts memory p) {
        (p.fee, p.royalty, p.referral, p.burn, p.buyback) = FeeMath.split(redeemed, cumulative, bps, model, referrer);
        unchecked {
            p.provider = cumulative - redeemed - p.fee - p.royalty - p.referral;
            p.treasury = p.fee - p.burn - p.buyback;
        }
    }

    // ------------------------------------------------------------------ lemmas, each with what it asks for

    /// @dev Goes on only where it holds: for what `LemmasProofs` proves.
    function _given(bool lemma) private pure {
        if (!lemma) revert NotGiven();
    }

    /// @dev `check_product_grows`.
    function _productGrows(uint256 a, uint256 x, uint256 y) private pure {
        assert(a <= type(uint112).max);
        assert(x <= y);
        assert(y <= type(uint128).max);
        unchecked {
            _given(a * x <= a * y);
        }
    }

    /// @dev `check_quotient_grows`; what it is asked of is a product of 112 and 128 bits.
    function _quotientGrows(uint256 x, uint256 y, uint256 d) private pure {
        assert(d != 0);
        assert(d <= type(uint64).max);
        assert(x <= y);
        _given(x / d <= y / d);
    }

    /// @dev `check_quotient_of_a_product`.
    function _quotientOfAProduct(uint256 a, uint256 d) private pure {
        assert(a <= type(uint96).max);
        assert(d != 0);
        assert(d <= type(uint64).max);
        unchecked {
            _given((a * d) / d == a);
        }
    }

    /// @dev `check_share_of_a_sum`, of `x` and what `sum` is more.
    function _shareGrows(uint256 x, uint256 sum, uint256 bps) private pure {
        assert(x <= sum);
        assert(sum <= type(uint128).max);
        _given(FeeMath.share(x, bps) <= FeeMath.share(sum, bps));
    }
}
