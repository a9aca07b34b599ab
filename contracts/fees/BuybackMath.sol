// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title From the ticks of a pool to a price, and to what a sale must bring
/// @notice A price is what 1e18 base units of an asset are worth, in base units of STUN. The model has the same steps, so
/// that both agree to the last unit.
/// @dev 1.0001 is raised by squaring, in numbers `m * 2^e` with 128 bits in `m`. What is cut off grows with the power, which
/// is below 2^20: a price is right to one part in 2^100.
library BuybackMath {
    /// @notice The scale of a price: so many base units of the asset.
    uint256 internal constant SCALE = 1e18;
    /// @notice Prices of 2^160 and more are refused: no asset of at most 18 decimals is worth that.
    uint256 internal constant MAX_PRICE = 2 ** 160 - 1;
    /// @notice Least part of the larger price that a sale must bring, in basis points.
    uint256 internal constant MIN_OUT_BPS = 9_800;
    uint256 private constant BPS = 10_000;
    /// @dev Largest tick of a pool, either way.
    uint256 private constant MAX_TICK = 887_272;
    /// @dev 1.0001 * 2^127, rounded down.
    uint256 private constant BASE = 0x800346dc5d63886594af4f0d844d013a;
    uint256 private constant ONE = 1 << 127;

    /// @notice The tick has no price that fits.
    /// @param tick Power of 1.0001.
    error PriceOutOfRange(int256 tick);

    /// @notice The average tick of the asset over a time, rounded towards the lower price of the asset.
    /// @param ticks Ticks times seconds that have passed in the pool.
    /// @param time Seconds in which they have passed.
    /// @param isToken0 Whether the asset is the pool's token0; if not, its tick is the negative one.
    /// @return tick The average, rounded down in the asset's own direction.
    function averageTick(int256 ticks, int256 time, bool isToken0) internal pure returns (int256 tick) {
        if (!isToken0) ticks = -ticks;
        tick = ticks / time;
        if (ticks < 0 && ticks % time != 0) --tick;
    }

    /// @notice 1.0001^tick * SCALE, rounded down. Fails beyond the ticks of a pool and from 2^160 on.
    /// @param tick Power of 1.0001.
    /// @return price Base units of STUN for `SCALE` base units of the asset.
    function priceAt(int256 tick) internal pure returns (uint256 price) {
        uint256 power = tick < 0 ? uint256(-tick) : uint256(tick);
        if (power > MAX_TICK) revert PriceOutOfRange(tick);
        (uint256 m, int256 e) = (ONE, -127);
        (uint256 base, int256 baseE) = (BASE, -127);
        for (; power != 0; power >>= 1) {
            if (power & 1 == 1) (m, e) = _product(m, e, base, baseE);
            (base, baseE) = _product(base, baseE, base, baseE);
        }
        // 1.0001^MAX_TICK is below 2^128, so that `e` lies between -127 and 0.
        if (tick < 0) return (SCALE << uint256(-e)) / m;
        price = (SCALE * m) >> uint256(-e);
        if (price > MAX_PRICE) revert PriceOutOfRange(tick);
    }

    /// @notice What a sale must bring, in base units of STUN: 98 % at the larger of two prices, rounded up.
    /// @dev For amounts below 2^80 and prices below 2^161 nothing overflows.
    /// @param amount Base units of the asset that are sold.
    /// @param average The pool's own average price.
    /// @param reported The committee's price.
    /// @return Base units of STUN.
    function minimumOut(uint256 amount, uint256 average, uint256 reported) internal pure returns (uint256) {
        uint256 price = average > reported ? average : reported;
        uint256 divisor = SCALE * BPS;
        return (amount * price * MIN_OUT_BPS + divisor - 1) / divisor;
    }

    /// @dev The product of two numbers with 128 bits each, cut to 128 bits.
    function _product(uint256 a, int256 aE, uint256 b, int256 bE) private pure returns (uint256 m, int256 e) {
        unchecked {
            m = a * b;
            e = aE + bE + 127;
            if (m >= 1 << 255) {
                m >>= 1;
                ++e;
            }
            m >>= 127;
        }
    }
}
