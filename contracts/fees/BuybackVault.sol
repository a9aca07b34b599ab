// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ICommittee } from "../governance/ICommittee.sol";
import { BurnCounter } from "./BurnCounter.sol";
import { BuybackMath } from "./BuybackMath.sol";
import { HourlyLimit } from "./HourlyLimit.sol";
import { IUniswapV3Factory, IUniswapV3Pool } from "./IUniswapV3.sol";

/// @title The vault that turns fees in other assets into burned STUN
/// @notice Anyone has it sell what it holds of an asset for STUN, in the Uniswap v3 pool that the timelock named, and
/// all STUN received is burned in the same call. A sale brings at least 98 % of the larger of two prices: the pool's own average over
/// 30 minutes, and the committee's last report, which must not be older than an hour. Nobody can take anything out.
/// @dev A price is what 1e18 base units of an asset are worth, in base units of STUN. It has no pause: nothing is entrusted to
/// it, and the guardian's stop of the committee ends every sale within an hour. See docs/decisions/buyback.md.
contract BuybackVault is Ownable2Step, ReentrancyGuardTransient, BurnCounter {
    using HourlyLimit for HourlyLimit.Window;
    using SafeERC20 for IERC20;

    /// @notice A price report is too old from the second after this, in seconds.
    uint256 public constant MAX_REPORT_AGE = 1 hours;
    /// @notice Time over which the pool's price is averaged, in seconds.
    uint32 public constant AVERAGE_TIME = 30 minutes;
    /// @notice A report of more than this times the pool's average, or less than one such part of it, is refused.
    uint256 public constant MAX_DEVIATION = 2;

    /// @dev The prices next to which a pool's swap ends in any case: a sale is bounded by what it brings, not by them.
    uint160 private constant LOWEST_SQRT_PRICE = 4_295_128_740;
    uint160 private constant HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;
    bytes32 private constant REPORT_TYPE = keccak256(
        "PriceReport(bytes32 target,uint64 version,bytes32 asset,uint256 price,uint64 time)"
    );

    /// @notice STUN on this chain.
    ERC20Burnable public immutable stun;
    /// @notice Who signs price reports.
    ICommittee public immutable committee;
    /// @notice Uniswap's v3 factory: assets are sold in pools that it knows, and in no other.
    IUniswapV3Factory public immutable factory;
    /// @notice Prices that a pool must be able to remember: one for each block of `AVERAGE_TIME`.
    uint256 public immutable minObservations;

    /// @notice Where an asset is sold.
    struct Market {
        address pool;
        /// Base units of one unit of the asset.
        uint64 unit;
        bool isToken0;
    }

    /// @notice The committee's last price of an asset, and when it was so, in unix seconds.
    struct Report {
        uint192 price;
        uint64 time;
    }

    mapping(address asset => Market) private _markets;
    mapping(address asset => Report) private _reports;
    mapping(address asset => HourlyLimit.Window) private _windows;
    /// @dev What the pool may ask for while a sale runs; the amount becomes what it has asked for.
    address private transient _sellingTo;
    address private transient _selling;
    uint256 private transient _sellingAmount;

    /// @notice An asset is sold in this pool from now on; zero for not at all.
    /// @param asset The asset that is sold.
    /// @param pool A Uniswap v3 pool of the asset and STUN.
    event PoolSet(address indexed asset, address indexed pool);
    /// @notice The committee's price of an asset: base units of STUN for 1e18 base units of it.
    /// @param asset The asset that is sold.
    /// @param price Base units of STUN for 1e18 base units of the asset.
    /// @param time When it was so, in unix seconds.
    event PriceReported(address indexed asset, uint256 price, uint64 time);
    /// @notice `sold` of an asset brought `received` STUN, of which none could be less than `minOut`; all of it was
    /// burned.
    /// @param asset The asset that is sold.
    /// @param caller Who called.
    /// @param sold Base units of the asset.
    /// @param received Base units of STUN.
    /// @param minOut The least that the sale must bring, in base units of STUN.
    event BoughtBack(address indexed asset, address indexed caller, uint256 sold, uint256 received, uint256 minOut);

    /// @notice The asset has more than 18 decimals, or is STUN, which is burned as it is.
    /// @param asset The asset that is sold.
    error AssetUnfit(address asset);
    /// @notice The pool remembers too few prices, or is not initialized.
    /// @param pool A Uniswap v3 pool of the asset and STUN.
    /// @param observations How many prices it remembers.
    /// @param needed How many it must remember.
    error PoolMemoryTooShort(address pool, uint256 observations, uint256 needed);
    /// @notice The pool cannot say its average of the last 30 minutes.
    /// @param pool A Uniswap v3 pool of the asset and STUN.
    error NoAverage(address pool);
    /// @notice The asset is sold in no pool, or the factory knows no pool of the asset, STUN and this fee.
    /// @param asset The asset that is sold.
    error NoPool(address asset);
    /// @notice The report is for a time that has not come.
    /// @param asset The asset that is sold.
    /// @param time When it was so, in unix seconds.
    error PriceFromFuture(address asset, uint256 time);
    /// @notice The last report, or the one given, is older than an hour; 0 when there has been none.
    /// @param asset The asset that is sold.
    /// @param time Time of the report, in unix seconds.
    error PriceStale(address asset, uint256 time);
    /// @notice The report is not newer than the last one.
    /// @param asset The asset that is sold.
    /// @param time When it was so, in unix seconds.
    /// @param last Time of the report known, in unix seconds.
    error PriceNotNewer(address asset, uint256 time, uint256 last);
    /// @notice The price is zero or too far from the pool's average to be one of this asset.
    /// @param asset The asset that is sold.
    /// @param price Base units of STUN for 1e18 base units of the asset.
    /// @param average The pool's own average, in the same unit.
    error PriceAbsurd(address asset, uint256 price, uint256 average);
    /// @notice Nothing, or more than the vault holds, was to be sold.
    /// @param asset The asset that is sold.
    /// @param amount Asked for, in base units of the asset.
    /// @param held What the vault holds, in base units of the asset.
    error AmountUnavailable(address asset, uint256 amount, uint256 held);
    /// @notice More than the rest of 10,000 units that can be sold in this hour.
    /// @param asset The asset that is sold.
    /// @param amount Asked for, in base units of the asset.
    /// @param available What can be sold now, in base units of the asset.
    error AboveHourlyLimit(address asset, uint256 amount, uint256 available);
    /// @notice The sale would bring less than it must.
    /// @param asset The asset that is sold.
    /// @param received Base units of STUN.
    /// @param minOut The least that the sale must bring, in base units of STUN.
    error TooLittleReceived(address asset, uint256 received, uint256 minOut);
    /// @notice Only the pool of a sale that runs may ask for the asset, and for no more than is sold.
    /// @param caller Who called.
    /// @param amount Asked for, in base units of the asset.
    error NotOwed(address caller, uint256 amount);
    /// @notice The vault holds no STUN.
    error NothingToBurn();
    /// @notice An address that must be set is zero, or the time of a block is none of 1 to 1,800 seconds.
    error InvalidSetup();

    /// @notice Reverts with `InvalidSetup` for a missing contract or an impossible block time.
    /// @param owner_ The timelock, or the governance receiver: names the pools.
    /// @param stun_ STUN on this chain.
    /// @param committee_ Who signs price reports.
    /// @param factory_ Uniswap's v3 factory.
    /// @param blockSeconds Least time between two blocks of this chain, in seconds, at least 1: a pool stores one price
    /// a block.
    constructor(
        address owner_,
        ERC20Burnable stun_,
        ICommittee committee_,
        IUniswapV3Factory factory_,
        uint256 blockSeconds
    ) Ownable(owner_) {
        if (
            address(stun_) == address(0) ||
            address(committee_) == address(0) ||
            address(factory_) == address(0) ||
            blockSeconds == 0 ||
            blockSeconds > AVERAGE_TIME
        ) revert InvalidSetup();
        stun = stun_;
        committee = committee_;
        factory = factory_;
        minObservations = AVERAGE_TIME / blockSeconds + 1;
    }

    /// @notice Names the pool in which an asset is sold: that of the asset, STUN and this fee at the factory, which must
    /// remember 30 minutes. Owner only. What was sold and reported before stays counted.
    /// @param asset A token of at most 18 decimals, other than STUN.
    /// @param fee The pool's fee in millionths; zero to sell no more.
    function setPool(address asset, uint24 fee) external onlyOwner {
        Market memory market;
        if (fee != 0) {
            if (asset == address(stun)) revert AssetUnfit(asset);
            uint8 decimals = IERC20Metadata(asset).decimals();
            if (decimals > 18) revert AssetUnfit(asset);
            market = Market(factory.getPool(asset, address(stun), fee), uint64(10 ** decimals), asset < address(stun));
            if (market.pool == address(0)) revert NoPool(asset);
            (, , , uint16 observations, , , ) = IUniswapV3Pool(market.pool).slot0();
            if (observations < minObservations) revert PoolMemoryTooShort(market.pool, observations, minObservations);
            _average(market);
        }
        _markets[asset] = market;
        emit PoolSet(asset, market.pool);
    }

    /// @notice Takes the committee's price of an asset. Anyone may bring it.
    /// @param asset An asset that is sold here.
    /// @param price Base units of STUN for 1e18 base units of the asset.
    /// @param time When it was so, unix seconds: after the last report, at most an hour ago, not in the future.
    /// @param version The committee's version.
    /// @param signatures See `ICommittee.assertSigned`.
    function report(address asset, uint256 price, uint64 time, uint64 version, bytes calldata signatures) external {
        if (time > block.timestamp) revert PriceFromFuture(asset, time);
        if (time + MAX_REPORT_AGE < block.timestamp) revert PriceStale(asset, time);
        uint256 last = _reports[asset].time;
        if (time <= last) revert PriceNotNewer(asset, time, last);
        uint256 average = averagePrice(asset);
        // Another number of decimals is off by ten at least; a negative number is far above any average.
        if (price == 0 || price > MAX_DEVIATION * average || price * MAX_DEVIATION < average) {
            revert PriceAbsurd(asset, price, average);
        }
        bytes32 target = bytes32(uint256(uint160(address(this))));
        committee.assertSigned(
            keccak256(abi.encode(REPORT_TYPE, target, version, bytes32(uint256(uint160(asset))), price, time)),
            version,
            signatures
        );
        _reports[asset] = Report(uint192(price), time);
        emit PriceReported(asset, price, time);
    }

    /// @notice Sells `amount` of an asset and burns the STUN that it brings. Anyone.
    /// @param asset An asset that is sold here; fails with `PriceStale` without a report of the last hour.
    /// @param amount Base units of the asset.
    /// @return received Base units of STUN that were burned.
    function buyback(address asset, uint256 amount) external nonReentrant returns (uint256 received) {
        uint256 held = IERC20(asset).balanceOf(address(this));
        if (amount == 0 || amount > held) revert AmountUnavailable(asset, amount, held);
        Market memory market = _marketOf(asset);
        uint256 left = _windows[asset].available(market.unit);
        if (amount > left) revert AboveHourlyLimit(asset, amount, left);
        _windows[asset].take(amount, market.unit);
        uint256 minOut = minimumOut(asset, amount);
        uint256 before = stun.balanceOf(address(this));
        (_sellingTo, _selling, _sellingAmount) = (market.pool, asset, amount);
        IUniswapV3Pool(market.pool).swap(
            address(this),
            market.isToken0,
            int256(amount),
            market.isToken0 ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE,
            ""
        );
        _sellingTo = address(0);
        received = stun.balanceOf(address(this)) - before;
        if (received < minOut) revert TooLittleReceived(asset, received, minOut);
        _burn(stun, received);
        // A pool that runs out of liquidity takes less than it was offered.
        emit BoughtBack(asset, msg.sender, _sellingAmount, received, minOut);
    }

    /// @notice Pays a pool for the sale that runs. The name is Uniswap's; nobody else has a use for it.
    /// @param amount0Delta What the pool is due of its token0, in base units; negative for what it has paid.
    /// @param amount1Delta The same of its token1.
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata) external {
        uint256 owed = uint256(amount0Delta > 0 ? amount0Delta : amount1Delta);
        if (msg.sender != _sellingTo || owed > _sellingAmount) revert NotOwed(msg.sender, owed);
        (_sellingTo, _sellingAmount) = (address(0), owed);
        IERC20(_selling).safeTransfer(msg.sender, owed);
    }

    /// @notice Burns the STUN that was sent here by itself. Anyone.
    /// @return amount Base units that were burned; nothing to burn reverts with `NothingToBurn`.
    function burnHeld() external nonReentrant returns (uint256 amount) {
        amount = stun.balanceOf(address(this));
        if (amount == 0) revert NothingToBurn();
        _burn(stun, amount);
    }

    /// @notice How an asset is sold; all zero when it never was.
    /// @param asset Any asset.
    /// @return pool Its pool.
    /// @return unit Base units of one unit of it.
    /// @return price The last report: base units of STUN for 1e18 base units of it.
    /// @return time When that was so, unix seconds.
    /// @return available What can be sold now for all that the hourly limit says, in base units.
    function marketOf(
        address asset
    ) external view returns (address pool, uint256 unit, uint256 price, uint256 time, uint256 available) {
        Market memory market = _markets[asset];
        Report memory last = _reports[asset];
        return (market.pool, market.unit, last.price, last.time, _windows[asset].available(market.unit));
    }

    /// @notice The least STUN that a sale must bring now, in base units, rounded up: 98 % at the larger of both prices.
    /// Fails when there is no pool, no average or no fresh report.
    /// @param asset The asset that is sold.
    /// @param amount Base units of the asset, at most what the hourly limit ever allows.
    /// @return Base units of STUN.
    function minimumOut(address asset, uint256 amount) public view returns (uint256) {
        Report memory last = _reports[asset];
        if (last.time + MAX_REPORT_AGE < block.timestamp) revert PriceStale(asset, last.time);
        return BuybackMath.minimumOut(amount, averagePrice(asset), last.price);
    }

    /// @notice The pool's average of the last 30 minutes: base units of STUN for 1e18 base units of the asset.
    /// @param asset The asset that is sold.
    /// @return Rounded down; fails with `NoPool` or `NoAverage`.
    function averagePrice(address asset) public view returns (uint256) {
        return _average(_marketOf(asset));
    }

    function _marketOf(address asset) private view returns (Market memory market) {
        market = _markets[asset];
        if (market.pool == address(0)) revert NoPool(asset);
    }

    function _average(Market memory market) private view returns (uint256) {
        uint32[] memory ages = new uint32[](2);
        ages[0] = AVERAGE_TIME;
        try IUniswapV3Pool(market.pool).observe(ages) returns (int56[] memory ticks, uint160[] memory) {
            int56 passed;
            // The pool's sums wrap around, their difference does not.
            unchecked {
                passed = ticks[1] - ticks[0];
            }
            return BuybackMath.priceAt(BuybackMath.averageTick(passed, int32(AVERAGE_TIME), market.isToken0));
        } catch {
            revert NoAverage(market.pool);
        }
    }
}
