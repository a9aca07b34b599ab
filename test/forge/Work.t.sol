// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Campaign } from "./Campaign.sol";
import { IEscrow, ILedger, IStake } from "./Interfaces.sol";
import { Register } from "./Register.sol";

/// @title Paid work: escrow, channels, staking, registry, committee
contract WorkHandler is Register {
    constructor() {
        _owned = [address(escrow), address(channels), address(staking), address(committee)];
        _pausable = 3;
        for (uint256 i; i < 2; ++i) {
            vm.startPrank(actors[i]);
            uint256 id = staking.open(100_000 * STUN, 180 days, 0);
            staking.bond(id, address(escrow));
            registry.register("https://provider.example", i == 0 ? actors[3] : address(0));
            vm.stopPrank();
            _positions.push(Owned(actors[i], id));
            referrerGhost[actors[i]] = i == 0 ? actors[3] : address(0);
        }
        bytes32 commitment = registry.commitmentOf(MODEL, actors[2], 0);
        registry.commitModel(commitment);
        clock += 600;
        vm.warp(clock);
        vm.prank(actors[2]);
        registry.registerModel(MODEL, 0, 0);
        creatorGhost[MODEL] = actors[2];
        _models.push(MODEL);
    }

    function ruleSelectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](13);
        list[0] = this.rule_02_escrow_and_channels_hold_what_they_owe.selector;
        list[1] = this.rule_02_staking_holds_what_it_owes.selector;
        list[2] = this.rule_06_job_money_leaves_once_and_adds_up.selector;
        list[3] = this.rule_07_no_call_outside_the_table.selector;
        list[4] = this.rule_08_locked_bonds_are_those_of_the_jobs.selector;
        list[5] = this.rule_09_exits_come_at_their_time.selector;
        list[6] = this.rule_12_no_stranger_has_a_power.selector;
        list[7] = this.rule_14_no_pause_stops_an_exit.selector;
        list[8] = this.rule_15_nothing_that_was_used_is_usable_again.selector;
        list[9] = this.rule_16_no_foreign_signature.selector;
        list[10] = this.rule_18_a_position_opens_with_an_empty_reserve.selector;
        list[12] = this.rule_13_the_timelock_reaches_no_user_money.selector;
        list[11] = this.rule_19_versions_grow.selector;
    }

    function rule_02_escrow_and_channels_hold_what_they_owe() external view {
        _holds(ILedger(address(escrow)), address(stun));
        _holds(ILedger(address(escrow)), address(stable));
        _holds(ILedger(address(channels)), address(stun));
        _holds(ILedger(address(channels)), address(stable));
        require(bytes(broken[2]).length == 0, broken[2]);
    }

    /// @notice Principal, promised rewards and what is to be burned, each summed over the positions.
    function rule_02_staking_holds_what_it_owes() external view {
        uint256 principal;
        uint256 reserved;
        for (uint256 i; i < _positions.length; ++i) {
            if (!_exists(_positions[i])) continue;
            IStake.Position memory p = staking.positionOf(_positions[i].owner, _positions[i].id);
            principal += p.principal;
            reserved += p.reserved;
            require(p.claimable <= p.reserved, "a position may claim more than it was promised");
        }
        (uint256 allPrincipal, uint256 allReserved) = staking.totals();
        (uint256 toBurn, uint256 owed) = staking.slashedAt(address(escrow));
        require(allPrincipal == principal + toBurn + owed, "the sum of principals is wrong");
        require(allReserved == reserved, "the sum of promised rewards is wrong");
        require(stun.balanceOf(address(staking)) >= allPrincipal + reserved, "staking owes more than it holds");
    }

    /// @notice Neither more nor less than what was funded is ever owed: with the donations the books are exact.
    function rule_06_job_money_leaves_once_and_adds_up() external view {
        _exact(ILedger(address(escrow)), address(stun));
        _exact(ILedger(address(escrow)), address(stable));
        _exact(ILedger(address(channels)), address(stun));
        _exact(ILedger(address(channels)), address(stable));
        require(bytes(broken[6]).length == 0, broken[6]);
    }

    function rule_07_no_call_outside_the_table() external view {
        require(bytes(broken[7]).length == 0, broken[7]);
        for (uint256 i; i < _jobs.length; ++i) {
            (, uint256 state, , , , , ) = escrow.jobOf(_jobs[i].id);
            require(state == _jobs[i].state, "a job moved without a call on it");
        }
    }

    /// @notice What staking has locked for a provider is the bonds of its jobs, and within its principal.
    function rule_08_locked_bonds_are_those_of_the_jobs() external view {
        require(bytes(broken[8]).length == 0, broken[8]);
        for (uint256 a; a < actors.length; ++a) {
            IStake.Bond memory bond = staking.bondOf(actors[a]);
            uint256 locked;
            for (uint256 i; i < _jobs.length; ++i) {
                (, uint256 state, address provider, , , , ) = escrow.jobOf(_jobs[i].id);
                if (state > OPEN && provider == actors[a]) locked += _jobs[i].terms.bond;
            }
            require(bond.locked == locked, "locked is not the sum of the bonds of live jobs");
            require(bond.locked <= bond.principal, "more is locked than bonded");
            if (bond.escrow == address(0)) continue;
            IStake.Position memory p = staking.positionOf(actors[a], bond.id);
            require(p.principal == bond.principal, "a bond and its position disagree");
        }
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

    function rule_15_nothing_that_was_used_is_usable_again() external view {
        require(bytes(broken[15]).length == 0, broken[15]);
        for (uint256 i; i < actors.length; ++i) {
            (, address referrer) = registry.referrerOf(actors[i]);
            require(referrer == referrerGhost[actors[i]], "a referrer changed");
        }
        for (uint256 i; i < _models.length; ++i) {
            require(registry.creatorOf(_models[i]) == creatorGhost[_models[i]], "a model's creator changed");
        }
        for (uint256 i; i < _gpus.length; ++i) {
            (address holder, , ) = registry.gpus(_gpus[i]);
            require(holder == gpuGhost[_gpus[i]], "a GPU changed its provider");
        }
        require(registry.earlyTaken() <= registry.earlyRanks(), "too many early ranks");
    }

    function rule_16_no_foreign_signature() external view {
        require(bytes(broken[16]).length == 0, broken[16]);
    }

    function rule_18_a_position_opens_with_an_empty_reserve() external view {
        require(bytes(broken[18]).length == 0, broken[18]);
    }

    function rule_19_versions_grow() external view {
        require(bytes(broken[19]).length == 0, broken[19]);
    }

    function _holds(ILedger ledger, address asset) private view {
        require(_balance(ledger, asset) >= _debts(ledger, asset), "a ledger owes more than it holds");
    }

    function _exact(ILedger ledger, address asset) private view {
        uint256 debts = _debts(ledger, asset) + donated[address(ledger)][asset];
        require(_balance(ledger, asset) == debts, "money is booked to nobody, or twice");
    }

    /// @dev What the ledger holds, with the halves of slashes that staking keeps for it until a payment needs them.
    function _balance(ILedger ledger, address asset) private view returns (uint256) {
        if (asset != address(stun)) return stable.balanceOf(address(ledger));
        (, uint256 owed) = staking.slashedAt(address(ledger));
        return stun.balanceOf(address(ledger)) + owed;
    }

    /// @dev Each kind of debt apart: credits, referrals, royalties, fees, and what jobs or channels hold.
    function _debts(ILedger ledger, address asset) private view returns (uint256 sum) {
        for (uint256 i; i < actors.length; ++i) {
            sum += ledger.creditOf(asset, actors[i]) + ledger.referralOf(asset, actors[i]);
        }
        sum += ledger.creditOf(asset, address(treasury));
        for (uint256 i; i < _models.length; ++i) sum += ledger.royaltyOf(asset, _models[i]);
        (uint256 toBurn, uint256 toTreasury) = ledger.feesOf(asset);
        sum += toBurn + toTreasury;
        sum += address(ledger) == address(escrow) ? _inJobs(asset) : _inChannels(asset);
    }

    function _inJobs(address asset) private view returns (uint256 sum) {
        for (uint256 i; i < _jobs.length; ++i) {
            Job storage job = _jobs[i];
            (, uint256 state, , , uint256 bounties, , ) = IEscrow(address(escrow)).jobOf(job.id);
            if (state == 0) continue;
            uint256 bond = job.terms.bond;
            if (job.terms.asset == asset) sum += job.terms.budget + (uint256(job.terms.budget) * 500) / 10_000;
            if (asset == address(stun)) sum += bounties * ((bond / 10) / 2);
        }
    }

    function _inChannels(address asset) private view returns (uint256 sum) {
        for (uint256 i; i < _opened.length; ++i) {
            if (_opened[i].channel.asset != asset) continue;
            (uint256 deposit, uint256 redeemed, ) = channels.channelOf(_opened[i].id);
            sum += deposit - redeemed;
        }
    }
}

contract WorkTest is Campaign {
    function setUp() external {
        _target(address(new WorkHandler()));
    }
}
