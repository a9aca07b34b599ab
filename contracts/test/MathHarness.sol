// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { EmissionMath } from "../emission/EmissionMath.sol";
import { StakingMath } from "../staking/StakingMath.sol";
import { VestingMath } from "../vesting/VestingMath.sol";

/// @title The pure maths of vesting, emission and staking, callable one by one
contract MathHarness {
    function vested(
        uint256 total,
        uint256 start,
        uint256 cliff,
        uint256 duration,
        uint256 time
    ) external pure returns (uint256) {
        return VestingMath.vested(total, start, cliff, duration, time);
    }

    function lockMultiplier(uint256 lock) external pure returns (uint256) {
        return StakingMath.lockMultiplier(lock);
    }

    function stakeRate(uint256 lock) external pure returns (uint256) {
        return StakingMath.rate(lock);
    }

    function stakeReward(uint256 principal, uint256 lock, uint256 elapsed) external pure returns (uint256) {
        return StakingMath.reward(principal, StakingMath.rate(lock), lock, elapsed);
    }

    function providerMultiplier(uint256 principal, uint256 lock, uint256 required) external pure returns (uint256) {
        return StakingMath.providerMultiplier(principal, StakingMath.lockMultiplier(lock), required);
    }

    function emitted(uint256 budget, uint256 day) external pure returns (uint256) {
        return EmissionMath.emitted(budget, day);
    }

    function pot(uint256 budget, uint256 day) external pure returns (uint256) {
        return EmissionMath.pot(budget, day);
    }

    function spendable(uint256 budget, uint256 day, uint256 carry) external pure returns (uint256) {
        return EmissionMath.spendable(budget, day, carry);
    }
}
