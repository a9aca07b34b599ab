// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { IUniswapV3Pool } from "../fees/IUniswapV3.sol";

interface IMintingPool is IUniswapV3Pool {
    function token0() external view returns (address);
    function token1() external view returns (address);
    function mint(
        address recipient,
        int24 tickLower,
        int24 tickUpper,
        uint128 amount,
        bytes calldata data
    ) external returns (uint256 amount0, uint256 amount1);
    function burn(int24 tickLower, int24 tickUpper, uint128 amount) external returns (uint256, uint256);
}

/// @title Brings liquidity to real pools and trades in them, from what this contract holds
/// @notice Also plays the attacker who moves a pool, has the vault buy, and moves it back, in one transaction.
contract PoolTrader {
    /// @dev What a swap would pay, carried out of it by a revert.
    error Quoted(int256 amount0, int256 amount1);

    function mint(IMintingPool pool, int24 lower, int24 upper, uint128 liquidity) external {
        pool.mint(address(this), lower, upper, liquidity, abi.encode(pool.token0(), pool.token1()));
    }

    /// @notice Takes liquidity back; what it was worth stays with the pool, owed to this contract.
    function leave(IMintingPool pool, int24 lower, int24 upper, uint128 liquidity) external {
        pool.burn(lower, upper, liquidity);
    }

    /// @notice Sells `amount` and returns what it brings.
    function swap(IMintingPool pool, bool zeroForOne, int256 amount) public returns (uint256 out) {
        (int256 a, int256 b) = _swap(pool, zeroForOne, amount, abi.encode(pool.token0(), pool.token1()));
        return uint256(-(zeroForOne ? b : a));
    }

    /// @notice What a sale of `amount` would bring, without doing it.
    function quote(IMintingPool pool, bool zeroForOne, int256 amount) external returns (uint256) {
        try this.tryOut(pool, zeroForOne, amount) {
            return 0;
        } catch (bytes memory reason) {
            int256 a;
            int256 b;
            assembly ("memory-safe") {
                a := mload(add(reason, 36))
                b := mload(add(reason, 68))
            }
            return uint256(-(zeroForOne ? b : a));
        }
    }

    function tryOut(IMintingPool pool, bool zeroForOne, int256 amount) external {
        _swap(pool, zeroForOne, amount, "");
    }

    /// @notice A sandwich: sells `amount`, calls `target`, buys back with all that the first sale brought.
    function sandwich(
        IMintingPool pool,
        bool zeroForOne,
        int256 amount,
        address target,
        bytes calldata call
    ) external returns (bool done, bytes memory answer) {
        uint256 out = swap(pool, zeroForOne, amount);
        // solhint-disable-next-line avoid-low-level-calls
        (done, answer) = target.call(call);
        swap(pool, !zeroForOne, int256(out));
    }

    function uniswapV3MintCallback(uint256 amount0, uint256 amount1, bytes calldata data) external {
        (IERC20 token0, IERC20 token1) = abi.decode(data, (IERC20, IERC20));
        if (amount0 > 0) token0.transfer(msg.sender, amount0);
        if (amount1 > 0) token1.transfer(msg.sender, amount1);
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external {
        if (data.length == 0) revert Quoted(amount0, amount1);
        (IERC20 token0, IERC20 token1) = abi.decode(data, (IERC20, IERC20));
        if (amount0 > 0) token0.transfer(msg.sender, uint256(amount0));
        else token1.transfer(msg.sender, uint256(amount1));
    }

    function _swap(
        IMintingPool pool,
        bool zeroForOne,
        int256 amount,
        bytes memory data
    ) private returns (int256, int256) {
        uint160 limit = zeroForOne ? 4_295_128_740 : 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;
        return pool.swap(address(this), zeroForOne, amount, limit, data);
    }
}
