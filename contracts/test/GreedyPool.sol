// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

interface ISwapCallback {
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external;
}

/// @title A factory and its only pool, which asks for more than it was offered, or twice
/// @dev Uniswap's own pools never do: this stands for a factory that was wrongly named when a vault was deployed.
contract GreedyPool {
    uint256 private _extra;
    uint256 private _times = 1;

    function ask(uint256 extra, uint256 times) external {
        (_extra, _times) = (extra, times);
    }

    function getPool(address, address, uint24) external view returns (address) {
        return address(this);
    }

    function slot0() external pure returns (uint160, int24, uint16, uint16, uint16, uint8, bool) {
        return (1 << 96, 0, 0, 5_000, 5_000, 0, true);
    }

    function observe(uint32[] calldata) external pure returns (int56[] memory ticks, uint160[] memory others) {
        return (new int56[](2), others);
    }

    function swap(address, bool zeroForOne, int256 amount, uint160, bytes calldata) external returns (int256, int256) {
        int256 asked = amount + int256(_extra);
        for (uint256 i; i < _times; ++i) {
            ISwapCallback(msg.sender).uniswapV3SwapCallback(zeroForOne ? asked : -1, zeroForOne ? -1 : asked, "");
        }
        return (0, 0);
    }
}
