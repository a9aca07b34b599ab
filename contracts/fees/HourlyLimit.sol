// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title At most 10,000 units of an asset in any hour
/// @notice Not in each hour of a clock, and not twice as much around its turn: whatever begins and ends within 3,600
/// seconds adds up to 10,000 units at most.
/// @dev Time is cut into slots of ten minutes. An hour, wherever it begins, touches at most seven, so the newest seven
/// together stay within the limit. What was bought is forgotten after 60 to 70 minutes. One word for each asset, and the
/// same cost however often was bought.
library HourlyLimit {
    /// @notice What was bought of an asset in the last seven slots.
    struct Window {
        /// @dev Number of the newest slot: unix seconds / SLOT.
        uint64 slot;
        /// @dev What was bought in the newest slot (lowest bits) and the six before, in PARTS of a unit, rounded up.
        uint192 counts;
    }

    /// @notice Most that is bought in any hour, in whole units of the asset.
    uint256 internal constant UNITS = 10_000;
    /// @dev A unit is counted in ten thousandths.
    uint256 private constant PARTS = 10_000;
    uint256 private constant SLOT = 600;
    uint256 private constant SLOTS = 7;
    /// @dev 10,000 units are 100,000,000 parts, below 2^27.
    uint256 private constant BITS = 27;
    uint256 private constant MASK = (1 << (SLOTS * BITS)) - 1;

    /// @notice What may be bought now, in base units, rounded down.
    /// @param window The asset's counts.
    /// @param unit Base units of one unit of the asset.
    /// @return Base units.
    function available(Window memory window, uint256 unit) internal view returns (uint256) {
        uint256 counts = _counts(window);
        uint256 used;
        for (uint256 i; i < SLOTS; ++i) used += (counts >> (i * BITS)) & ((1 << BITS) - 1);
        return ((UNITS * PARTS - used) * unit) / PARTS;
    }

    /// @notice Counts what is bought now; the caller has checked `available`.
    /// @param window The asset's counts.
    /// @param amount Base units.
    /// @param unit Base units of one unit of the asset.
    function take(Window storage window, uint256 amount, uint256 unit) internal {
        // The newest slot holds at most what all may: it cannot flow over into the next one.
        uint256 counts = _counts(window) + (amount * PARTS + unit - 1) / unit;
        (window.slot, window.counts) = (uint64(block.timestamp / SLOT), uint192(counts));
    }

    /// @dev The counts as of now: each slot that has begun since moves them up by one, and the oldest out.
    function _counts(Window memory window) private view returns (uint256) {
        uint256 passed = block.timestamp / SLOT - window.slot;
        return passed < SLOTS ? (uint256(window.counts) << (passed * BITS)) & MASK : 0;
    }
}
