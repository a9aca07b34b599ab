// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IBuyback, IHostileToken, IPool, IPoolFactory, ITrader } from "./Interfaces.sol";
import { Grants } from "./Grants.sol";

/// @title Every call of the buyback vault, over a real Uniswap v3 pool whose price others move
abstract contract Buyback is Grants {
    uint24 private constant FEE = 3_000;

    struct Sale {
        uint256 time;
        uint256 amount;
    }

    IBuyback public buyback;
    IPool internal _pool;
    ITrader private _trader;
    Sale[] internal _sales;
    uint256 public soldAsset;
    uint256 public burnedByBuyback;
    uint256 public fundedAsset;
    uint256 internal _lastReport;
    bool private _isToken0;

    /// @dev A pool at 10 STUN for a unit of the stable asset, with memory of half an hour.
    function _deployBuyback() internal {
        string memory path = "node_modules/@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/";
        address factory = _deployArtifact(string.concat(path, "UniswapV3Factory.json"), "");
        buyback = IBuyback(
            _deploy("fees", "BuybackVault", abi.encode(timelock, stun, committee, factory, uint256(60)))
        );
        _pool = IPool(IPoolFactory(factory).createPool(address(stable), address(stun), FEE));
        _isToken0 = address(stable) < address(stun);
        uint256 root = uint256(3_162_277) << 96;
        _pool.initialize(uint160(_isToken0 ? root : (uint256(1) << 192) / root));
        _pool.increaseObservationCardinalityNext(40);
        clock += 60;
        vm.warp(clock);
        _trader = ITrader(_deploy("test", "PoolTrader", ""));
        stable.mint(address(_trader), 1e13);
        stun.transfer(address(_trader), 100_000_000 * STUN);
        _trader.mint(_pool, -887_220, 887_220, 3e18);
        clock += 1 hours;
        vm.warp(clock);
        vm.prank(timelock);
        buyback.setPool(address(stable), FEE);
        stable.mint(address(buyback), 1e12);
        fundedAsset = 1e12;
    }

    function buyback_setPool(uint256 seed) external step {
        vm.prank(buyback.owner());
        buyback.setPool(address(stable), seed % 8 == 0 ? 0 : FEE);
    }

    function buyback_report(uint256 seed) public step {
        uint256 average = buyback.averagePrice(address(stable));
        uint256 price = _fold(_part(seed, 1), (average * 90) / 100, (average * 110) / 100);
        clock += 1;
        vm.warp(clock);
        (uint64 version, bytes memory signatures) = _priced(price, uint64(clock), address(buyback));
        buyback.report(address(stable), price, uint64(clock), version, signatures);
        _lastReport = price;
        bytes memory again = abi.encodeCall(
            buyback.report,
            (address(stable), price, uint64(clock), version, signatures)
        );
        _refused(15, _stranger(seed), address(buyback), again, "a price report was taken twice");
    }

    /// @notice A price that is absurd, from the future, stale, or signed for another module.
    function buyback_report_refused(uint256 seed) external step {
        uint256 average = buyback.averagePrice(address(stable));
        uint64 time = uint64(clock);
        uint256 price = average;
        if (seed % 4 == 0) price = average * 2 + 1;
        if (seed % 4 == 1) time += 1;
        if (seed % 4 == 2) time -= 1 hours + 1;
        (uint64 version, bytes memory signatures) = _priced(
            price,
            time,
            seed % 4 == 3 ? address(emission) : address(buyback)
        );
        bytes memory data = abi.encodeCall(buyback.report, (address(stable), price, time, version, signatures));
        _refused(seed % 4 == 3 ? 16 : 2, _stranger(seed), address(buyback), data, "a wrong price was taken");
    }

    function buyback_buyback(uint256 seed) external step {
        (, , , uint256 time, uint256 available) = buyback.marketOf(address(stable));
        if (time + 1 hours < clock) buyback_report(seed);
        uint256 held = stable.balanceOf(address(buyback));
        uint256 most = available < held ? available : held;
        if (most == 0) revert("nothing to sell");
        uint256 amount = _fold(_part(seed, 2), 1, most);
        bytes memory above = abi.encodeCall(buyback.buyback, (address(stable), available + 1));
        _refused(2, _stranger(seed), address(buyback), above, "more than the hourly limit was sold");
        uint256 average = buyback.averagePrice(address(stable));
        uint256 supply = stun.totalSupply();
        vm.prank(_stranger(seed));
        uint256 received = buyback.buyback(address(stable), amount);
        uint256 best = average > _lastReport ? average : _lastReport;
        if (received * 1e18 * 100 < amount * best * 98) _break(2, "a sale brought less than 98 % of the better price");
        if (supply - stun.totalSupply() != received) _break(2, "what a sale brought was not burned");
        _sales.push(Sale(clock, amount));
        soldAsset += amount;
        burnedByBuyback += received;
    }

    function buyback_burnHeld(uint256 seed) external step {
        uint256 amount = _fold(_part(seed, 1), 1, 1_000 * STUN);
        vm.prank(_actor(seed));
        stun.transfer(address(buyback), amount);
        burnedByBuyback += buyback.burnHeld();
    }

    function buyback_uniswapV3SwapCallback_refused(uint256 seed) external step {
        bytes memory data = abi.encodeCall(buyback.uniswapV3SwapCallback, (int256(1e6), -1, ""));
        address as_ = seed % 2 == 0 ? address(_pool) : _stranger(seed);
        _refused(2, as_, address(buyback), data, "a pool was paid outside of a sale");
    }

    /// @notice A trader moves the pool's price, up to far away from the average.
    function pool_swap(uint256 seed) external step {
        bool sell = seed % 2 == 0;
        uint256 amount = sell ? _fold(_part(seed, 1), 1, 1e11) : _fold(_part(seed, 1), 1, 1_000_000 * STUN);
        _trader.swap(_pool, sell == _isToken0, int256(amount));
    }

    /// @notice The asset turns against its holders, or back.
    function asset_turn(uint256 seed) external step {
        stable.setMode(IHostileToken.Mode(seed % 3 == 0 ? _fold(_part(seed, 1), 1, 3) : 0));
    }

    function _priced(
        uint256 price,
        uint64 time,
        address target
    ) private view returns (uint64 version, bytes memory signatures) {
        bytes32 typeHash = keccak256(
            "PriceReport(bytes32 target,uint64 version,bytes32 asset,uint256 price,uint64 time)"
        );
        version = committee.version();
        bytes32 to = bytes32(uint256(uint160(target)));
        bytes32 asset = bytes32(uint256(uint160(address(stable))));
        signatures = _quorum(keccak256(abi.encode(typeHash, to, version, asset, price, time)));
    }
}
