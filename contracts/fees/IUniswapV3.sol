// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What the buyback vault asks of Uniswap's v3 factory
interface IUniswapV3Factory {
    /// @notice The one pool of two tokens, in any order, and a fee in millionths; zero when nobody has created it.
    function getPool(address tokenA, address tokenB, uint24 fee) external view returns (address pool);
}

/// @title What the buyback vault asks of a Uniswap v3 pool
interface IUniswapV3Pool {
    /// @notice The state of the moment. All zero until the pool has been initialized.
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
    function observe(
        uint32[] calldata secondsAgos
    ) external view returns (int56[] memory tickCumulatives, uint160[] memory secondsPerLiquidityCumulativeX128s);

    /// @notice Swaps and calls `uniswapV3SwapCallback` of the caller, which pays. A positive amount is what is sold, a
    /// positive delta what the pool is due, a negative delta what it has paid to `recipient`.
    function swap(
        address recipient,
        bool zeroForOne,
        int256 amountSpecified,
        uint160 sqrtPriceLimitX96,
        bytes calldata data
    ) external returns (int256 amount0, int256 amount1);
}
