// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { EmissionMath } from "../../contracts/emission/EmissionMath.sol";
import { IEmissionVault } from "../../contracts/emission/IEmissionVault.sol";
import { IVestingVault } from "../../contracts/vesting/IVestingVault.sol";
import { Buyback } from "./Buyback.sol";
import { Campaign } from "./Campaign.sol";
import { Powers } from "./Powers.sol";

/// @title Where the supply goes: emission, vesting, incentives, treasury, buyback
contract DistributionHandler is Buyback, Powers {
    constructor() {
        _deployBuyback();
        _owned = [address(emission), address(treasury), address(incentives), address(buyback)];
        _pausable = 1;
    }

    /// @notice Home takes what other chains' vaults send back into its carry; to it, a donation is the same.
    function emission_receiveCarry(uint256 seed) external step {
        uint256 amount = _fold(_part(seed, 1), 1, 100_000 * STUN);
        vm.prank(_actor(seed));
        stun.transfer(address(emission), amount);
        emissionDonated += amount;
        if (seed % 2 == 0) return;
        emission.receiveCarry();
        carryReceived += emissionDonated;
        emissionDonated = 0;
    }

    function emission_sendCarryHome_refused(uint256 seed) external step {
        bytes memory data = abi.encodeCall(emission.sendCarryHome, (1e12, ""));
        _refused(13, emission.owner(), address(emission), data, "the home vault sent carry away");
        seed;
    }

    function ruleSelectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](13);
        list[0] = this.rule_02_vesting_holds_what_it_owes.selector;
        list[1] = this.rule_02_emission_holds_what_it_owes.selector;
        list[2] = this.rule_02_incentives_pay_what_was_claimed.selector;
        list[3] = this.rule_02_buyback_sells_for_burned_stun_only.selector;
        list[4] = this.rule_03_home_supply_only_shrinks_by_burns.selector;
        list[5] = this.rule_04_paid_below_accepted_below_emitted.selector;
        list[6] = this.rule_05_paid_is_the_largest_cumulative.selector;
        list[7] = this.rule_12_no_stranger_has_a_power.selector;
        list[8] = this.rule_13_the_timelock_reaches_no_user_money.selector;
        list[9] = this.rule_14_no_pause_stops_an_exit.selector;
        list[10] = this.rule_15_16_nothing_again_and_nothing_foreign.selector;
        list[11] = this.rule_17_treasury_outflow_within_its_limit.selector;
        list[12] = this.rule_09_exits_come_at_their_time.selector;
    }

    function rule_02_vesting_holds_what_it_owes() external view {
        uint256 owed;
        for (uint256 id = 1; id < vesting.nextId(); ++id) {
            IVestingVault.Grant memory g = vesting.grantOf(id);
            require(g.released <= g.total, "a grant released more than its total");
            owed += g.total - g.released;
        }
        require(stun.balanceOf(address(vesting)) == owed, "vesting holds another sum than it owes");
    }

    /// @notice The whole budget, with carry that came in, is either there or paid.
    function rule_02_emission_holds_what_it_owes() external view {
        uint256 has = stun.balanceOf(address(emission)) + emission.status().paid;
        require(has == emission.budget() + carryReceived + emissionDonated, "emission lost or gained money");
    }

    function rule_02_incentives_pay_what_was_claimed() external view {
        uint256 paid;
        for (uint8 kind; kind < 4; ++kind) {
            (uint256 cap, uint256 amount) = incentives.terms(kind);
            require(incentives.claimed(kind) <= cap, "more of a kind were claimed than there are");
            paid += incentives.claimed(kind) * amount;
        }
        require(stun.balanceOf(address(incentives)) + paid == 25_000_000 * STUN, "incentives paid something else");
    }

    function rule_02_buyback_sells_for_burned_stun_only() external view {
        require(bytes(broken[2]).length == 0, broken[2]);
        require(stable.balanceOf(address(buyback)) + soldAsset == fundedAsset, "an asset left but by a sale");
        require(buyback.burned() == burnedByBuyback, "the counter of burns is wrong");
        for (uint256 i; i < _sales.length; ++i) {
            uint256 sum;
            for (uint256 j; j <= i; ++j) if (_sales[j].time + 1 hours > _sales[i].time) sum += _sales[j].amount;
            require(sum <= 10_000 * 1e6, "more than 10,000 units were sold within an hour");
        }
    }

    function rule_03_home_supply_only_shrinks_by_burns() external view {
        require(stun.totalSupply() + burnedByBuyback == 1_000_000_000 * STUN, "the home supply changed without a burn");
    }

    function rule_04_paid_below_accepted_below_emitted() external view {
        require(bytes(broken[4]).length == 0, broken[4]);
        IEmissionVault.Status memory at = emission.status();
        uint256 emitted = EmissionMath.emitted(emission.budget(), at.nextEpoch);
        require(at.paid <= at.accepted, "more was paid than accepted");
        require(at.accepted + at.pendingTotal <= emitted + carryReceived, "more was accepted than emitted");
        require(emitted <= emission.budget(), "more was emitted than budgeted");
        require(at.carry + at.accepted + at.pendingTotal == emitted + carryReceived, "the carry is wrong");
        require(
            at.pendingTotal <= 2 * EmissionMath.pot(emission.budget(), 0),
            "an epoch pays more than two first days"
        );
    }

    function rule_05_paid_is_the_largest_cumulative() external view {
        require(bytes(broken[5]).length == 0, broken[5]);
        uint256 sum;
        for (uint256 i; i < 4; ++i) {
            uint256 paid = emission.paidTo(actors[i]);
            require(paid == largestClaimed[actors[i]], "paid is not the largest cumulative claimed");
            require(paid == receivedReward[actors[i]], "an account received something else than was noted");
            sum += paid;
        }
        require(sum == emission.status().paid, "the sum of what was paid is wrong");
    }

    function rule_09_exits_come_at_their_time() external view {
        require(bytes(broken[9]).length == 0, broken[9]);
    }

    function rule_12_no_stranger_has_a_power() external view {
        require(bytes(broken[12]).length == 0, broken[12]);
    }

    function rule_13_the_timelock_reaches_no_user_money() external view {
        require(bytes(broken[13]).length == 0, broken[13]);
    }

    function rule_14_no_pause_stops_an_exit() external view {
        require(bytes(broken[14]).length == 0, broken[14]);
    }

    function rule_15_16_nothing_again_and_nothing_foreign() external view {
        require(bytes(broken[15]).length == 0, broken[15]);
        require(bytes(broken[16]).length == 0, broken[16]);
    }

    function rule_17_treasury_outflow_within_its_limit() external view {
        require(bytes(broken[17]).length == 0, broken[17]);
        for (uint256 i; i < _payments.length; ++i) {
            if (_payments[i].asset != address(stun)) continue;
            uint256 sum = _paidWithin(address(stun), _payments[i].time);
            require(sum <= 2_000_000 * STUN, "more than 2,000,000 STUN left the treasury in 30 days");
        }
    }
}

contract DistributionTest is Campaign {
    function setUp() external {
        _target(address(new DistributionHandler()));
    }
}
