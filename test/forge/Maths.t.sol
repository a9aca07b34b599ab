// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { EmissionMath } from "../../contracts/emission/EmissionMath.sol";
import { JobWord, JobWords } from "../../contracts/escrow/JobWord.sol";
import { AccountWord } from "../../contracts/fees/AccountWord.sol";
import { FeeMath } from "../../contracts/fees/FeeMath.sol";
import { StakingMath } from "../../contracts/staking/StakingMath.sol";
import { RateLimit } from "../../contracts/token/RateLimit.sol";
import { VestingMath } from "../../contracts/vesting/VestingMath.sol";
import { Cheats } from "./Cheats.sol";

/// @title The pure maths over the whole width of their arguments
contract MathsTest is Cheats {
    using RateLimit for RateLimit.Bucket;

    /// @dev A payment in parts, with what is left for the provider and of the fee for the treasury.
    struct Split {
        uint256 fee;
        uint256 royalty;
        uint256 referral;
        uint256 provider;
        uint256 burn;
        uint256 buyback;
        uint256 treasury;
    }

    // solhint-disable-next-line func-name-mixedcase
    bool public constant IS_TEST = true;
    uint256 private constant LARGEST = type(uint96).max;
    RateLimit.Bucket private _bucket;

    function testFuzz_split_adds_up(uint96 price, bool other, bool model, bool referrer) external pure {
        Split memory s = _split(0, price, other ? 300 : 200, model, referrer);
        require(s.fee + s.royalty + s.referral + s.provider == price, "the parts are not the price");
        require(s.burn + s.buyback + s.treasury == s.fee, "the parts of the fee are not the fee");
        require(s.fee <= price && s.provider <= price && s.treasury <= s.fee, "a part is larger than the whole");
    }

    /// @notice No part of a step of 1,000 or more is negative, so that none can wrap around.
    function testFuzz_no_channel_step_underflows(
        uint256 redeemed,
        uint256 step,
        bool other,
        bool model,
        bool referrer
    ) external pure {
        redeemed = _fold(redeemed, 0, LARGEST - 2_000);
        uint256 cumulative = redeemed + _fold(step, 1_000, step % 2 == 0 ? 2_000 : LARGEST - redeemed);
        uint256 bps = other ? 300 : 200;
        Split memory s = _split(redeemed, cumulative, bps, model, referrer);
        uint256[7] memory parts = [s.fee, s.royalty, s.referral, s.provider, s.burn, s.buyback, s.treasury];
        for (uint256 i; i < 7; ++i) require(parts[i] <= cumulative, "a part is negative");
        require(s.fee + s.royalty + s.referral + s.provider == cumulative - redeemed, "the parts are not the step");
    }

    function testFuzz_channel_steps_add_up_to_one(uint256 seed, bool other, bool model, bool referrer) external pure {
        uint256 bps = other ? 300 : 200;
        uint256 redeemed;
        uint256[4] memory sums;
        for (uint256 i; i < 8; ++i) {
            uint256 next = redeemed + _fold(_part(seed, i), 1_000, i % 2 == 0 ? 1_100 : 1e24);
            Split memory s = _split(redeemed, next, bps, model, referrer);
            sums = [sums[0] + s.provider, sums[1] + s.royalty, sums[2] + s.referral, sums[3] + s.fee];
            redeemed = next;
        }
        Split memory whole = _split(0, redeemed, bps, model, referrer);
        require(sums[0] == whole.provider && sums[1] == whole.royalty, "steps pay something else than one split");
        require(sums[2] == whole.referral && sums[3] == whole.fee, "steps pay something else than one split");
    }

    function testFuzz_vested_is_bounded_and_grows(
        uint96 total,
        uint40 start,
        uint32 cliff,
        uint32 duration,
        uint40 time,
        uint40 later
    ) external pure {
        duration = uint32(_fold(duration, 600, type(uint32).max));
        cliff = uint32(_fold(cliff, 0, duration));
        if (later < time) (time, later) = (later, time);
        uint256 now_ = VestingMath.vested(total, start, cliff, duration, time);
        require(now_ <= VestingMath.vested(total, start, cliff, duration, later), "vested shrinks");
        require(now_ <= total, "more vested than there is");
    }

    /// @notice Claims at any two moments pay together what one claim at the later would.
    function testFuzz_vested_in_parts_is_what_vested_at_once(
        uint96 total,
        uint32 duration,
        uint256 seed
    ) external pure {
        duration = uint32(_fold(duration, 600, 10 * 365 days));
        uint256 first = _fold(_part(seed, 1), 0, duration);
        uint256 second = _fold(_part(seed, 2), first, duration);
        uint256 a = VestingMath.vested(total, 0, 0, duration, first);
        uint256 b = VestingMath.vested(total, 0, 0, duration, second) - a;
        require(a + b == VestingMath.vested(total, 0, 0, duration, second), "claims in parts pay something else");
        require(VestingMath.vested(total, 0, 0, duration, duration) == total, "not all has vested at the end");
    }

    function testFuzz_emitted_is_bounded_and_grows(uint96 budget, uint256 day) external pure {
        day = _fold(day, 0, 5_000);
        uint256 now_ = EmissionMath.emitted(budget, day);
        require(
            now_ <= EmissionMath.emitted(budget, day + 1) && now_ <= budget,
            "emission shrinks, or exceeds its budget"
        );
        if (day >= 3_650) require(now_ == budget && EmissionMath.pot(budget, day) == 0, "something is left at the end");
        require(
            EmissionMath.pot(budget, day) <= EmissionMath.pot(budget, 0) + 1,
            "a later day emits more than the first"
        );
    }

    function testFuzz_pots_add_up_to_what_was_emitted(uint96 budget, uint256 from, uint256 days_) external pure {
        from = _fold(from, 0, 3_700);
        days_ = _fold(days_, 1, 40);
        uint256 sum;
        for (uint256 i; i < days_; ++i) sum += EmissionMath.pot(budget, from + i);
        require(
            EmissionMath.emitted(budget, from) + sum == EmissionMath.emitted(budget, from + days_),
            "the pots are not what was emitted"
        );
    }

    function testFuzz_spendable_is_at_most_two_first_days(uint96 budget, uint16 day, uint96 carry) external pure {
        uint256 most = EmissionMath.spendable(budget, day, carry);
        require(most <= 2 * EmissionMath.pot(budget, 0), "an epoch may pay more than two first days");
        require(most <= EmissionMath.pot(budget, day) + carry, "an epoch may pay what is not there");
    }

    function testFuzz_reward_is_bounded_and_grows(uint96 principal, uint256 lock, uint256 a, uint256 b) external pure {
        lock = _fold(lock, 7 days, 730 days);
        (a, b) = (a % 1_000 days, b % 1_000 days);
        if (b < a) (a, b) = (b, a);
        uint256 rate = StakingMath.rate(lock);
        require(rate >= 1_000 && rate <= 1_500, "the rate is outside of 10 % to 15 %");
        uint256 whole = StakingMath.reward(principal, rate, lock, lock);
        uint256 first = StakingMath.reward(principal, rate, lock, a);
        require(first <= StakingMath.reward(principal, rate, lock, b), "a reward shrinks");
        require(StakingMath.reward(principal, rate, lock, b) <= whole, "more is earned than was reserved");
    }

    /// @notice A lock in two pieces of its own earns at most what one does.
    function testFuzz_reward_in_parts_is_never_more(uint96 principal, uint256 lock, uint256 at) external pure {
        lock = _fold(lock, 14 days, 730 days);
        at = _fold(at, 7 days, lock - 7 days);
        uint256 a = StakingMath.reward(principal, StakingMath.rate(at), at, at);
        uint256 b = StakingMath.reward(principal, StakingMath.rate(lock - at), lock - at, lock - at);
        require(a + b <= StakingMath.reward(principal, StakingMath.rate(lock), lock, lock) + 1, "pieces earn more");
    }

    function testFuzz_multiplier_is_between_one_and_two(uint96 principal, uint256 lock, uint96 required) external pure {
        lock = _fold(lock, 7 days, 730 days);
        if (required == 0) required = 1;
        uint256 multiplier = StakingMath.providerMultiplier(principal, StakingMath.lockMultiplier(lock), required);
        require(
            multiplier >= 10_000 && multiplier <= StakingMath.lockMultiplier(lock),
            "a multiplier is out of bounds"
        );
        require(StakingMath.lockMultiplier(lock) <= 20_000, "a lock multiplies by more than two");
    }

    /// @notice Whatever flows, at most the capacity and what drains in the time passes net.
    function testFuzz_limit_bounds_what_flows(uint96 capacity, uint256 window, uint256 seed) external {
        window = _fold(window, 600, 30 days);
        _bucket.configure(capacity, uint32(window));
        uint256 began = 1_800_000_000;
        uint256 time = began;
        uint256 passed;
        for (uint256 i; i < 12; ++i) {
            time += _fold(_part(seed, i), 0, window / 3);
            vm.warp(time);
            uint256 left = _bucket.available();
            require(left <= capacity, "more is available than the capacity");
            uint256 amount = _fold(_part(seed, 100 + i), 0, left);
            _bucket.take(amount);
            require(_bucket.available() == left - amount, "a flow was counted as another amount");
            passed += amount;
        }
        require(passed <= capacity + (uint256(capacity) * (time - began)) / window, "more flowed than may");
    }

    function testFuzz_job_word_round_trip(
        address who,
        uint32 created,
        uint32 since,
        uint8 state,
        uint8 attempt,
        uint8 bounties
    ) external pure {
        JobWord word = JobWords.pack(who, created, since, state, attempt, bounties);
        require(word.provider() == who && word.created() == created && word.since() == since, "a part was lost");
        require(word.state() == state && word.attempt() == attempt && word.bounties() == bounties, "a part was lost");
        JobWord next = word.moved(bounties, created);
        require(next.state() == bounties && next.since() == created, "a move is wrong");
        require(next.provider() == who && next.created() == created && next.attempt() == attempt, "a move lost a part");
    }

    function testFuzz_account_word_keeps_its_parts_apart(uint256 raw, uint96 amount) external pure {
        AccountWord word = AccountWord.wrap(raw);
        if (word.credit() + amount > LARGEST || word.referral() + amount > LARGEST) return;
        AccountWord more = word.addCredit(amount).addReferral(amount).addFees(amount);
        require(
            more.credit() == word.credit() + amount && more.referral() == word.referral() + amount,
            "a sum is wrong"
        );
        require(more.referrerState() == word.referrerState() && more.fees() >= word.fees(), "another part changed");
        require(
            AccountWord.unwrap(word.addCredit(amount).subCredit(amount)) == raw,
            "adding and taking is not nothing"
        );
    }

    /// @dev Checked subtractions: parts of more than there is fail the test.
    function _split(
        uint256 redeemed,
        uint256 cumulative,
        uint256 feeBps,
        bool model,
        bool referrer
    ) private pure returns (Split memory s) {
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
}
