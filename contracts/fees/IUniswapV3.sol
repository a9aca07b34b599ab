// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What the buyback vault asks of Uniswap's v3 factory
/// @notice Knows the one pool of two tokens and a fee.
interface IUniswapV3Factory {
    /// @notice The one pool of two tokens, in any order, and a fee in millionths; zero when nobody has created it.
    /// @param tokenA One token.
    /// @param tokenB The other.
    /// @param fee Millionths: 500, 3,000 or 10,000.
    /// @return pool Its address.
    function getPool(address tokenA, address tokenB, uint24 fee) external view returns (address pool);
}

/// @title What the buyback vault asks of a Uniswap v3 pool
/// @notice Sells one token for another and remembers its prices.
interface IUniswapV3Pool {
    /// @notice The state of the moment. All zero until the pool has been initialized.
    /// @return sqrtPriceX96 Square root of the price, times 2^96.
    /// @return tick Power of 1.0001 of the price, rounded down.
    /// @return observationIndex Place of the last price that was remembered.
    /// @return observationCardinality How many prices the pool remembers.
    /// @return observationCardinalityNext How many it will remember once it has written them.
    /// @return feeProtocol Part of the fee that Uniswap's owner takes.
    /// @return unlocked False while the pool runs a call.
    function slot0()
        external
        view
        returns (
            uint160 sqrtPriceX96,
            int24 tick,
            uint16 observationIndex,
            uint16 observationCardinality,
            uint16 observationCardinalityNext,
            uint8 feeProtocol,
            bool unlocked
        );

    /// @notice The sum of tick times seconds up to each of these ages; fails when the pool's memory is too short. A
    /// tick is the power of 1.0001 that token0 is worth in base units of token1.
    /// @param secondsAgos Ages, in seconds.
    /// @return tickCumulatives Ticks times seconds, by age.
    /// @return secondsPerLiquidityCumulativeX128s Not used here.
    function observe(
        uint32[] calldata secondsAgos
    ) external view returns (int56[] memory tickCumulatives, uint160[] memory secondsPerLiquidityCumulativeX128s);

    /// @notice Swaps and calls `uniswapV3SwapCallback` of the caller, which pays. A positive amount is what is sold, a
    /// positive delta what the pool is due, a negative delta what it has paid to `recipient`.
    /// @param recipient Who receives what is bought.
    /// @param zeroForOne Whether token0 is sold.
    /// @param amountSpecified Base units that are sold, when positive.
    /// @param sqrtPriceLimitX96 Where the swap stops, even unfinished.
    /// @param data Handed back to the callback.
    /// @return amount0 Change of the pool's token0, in base units.
    /// @return amount1 Change of the pool's token1, in base units.
    function swap(
        address recipient,
        bool zeroForOne,
        int256 amountSpecified,
        uint160 sqrtPriceLimitX96,
        bytes calldata data
    ) external returns (int256 amount0, int256 amount1);
}
