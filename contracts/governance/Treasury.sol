// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { IVestingVault } from "../vesting/IVestingVault.sol";

/// @title A treasury whose outflow is metered
/// @notice Pays at most 2,000,000 STUN, and 10 % of any other asset, in any 30 days. The limits are constants, so that a
/// hostile majority cannot take more before others can leave. The same contract holds the ecosystem's part.
/// Amounts are base units of the asset, times unix seconds; the zero address stands for the chain's own currency.
contract Treasury is Ownable2Step {
    using SafeERC20 for IERC20;

    /// @notice Most STUN that leaves in any `WINDOW`, in base units.
    uint256 public constant STUN_LIMIT = 2_000_000e18;
    /// @notice Most of any other asset that leaves in any `WINDOW`, in basis points of what is there with what left.
    uint256 public constant OTHER_LIMIT_BPS = 1_000;
    /// @notice The time over which outflow is counted, in seconds.
    uint256 public constant WINDOW = 30 days;

    /// @notice The STUN token.
    IERC20 public immutable stun;

    /// @dev Most payments that one call forgets.
    uint256 private constant FORGET_STEP = 50;

    /// @notice One payment: unix seconds and base units.
    struct Payment {
        uint64 time;
        uint192 amount;
    }

    /// @notice What left of one asset and may still lie in the window, in base units.
    struct Meter {
        /// Sum of the payments from `first` on.
        uint256 sum;
        /// Oldest payment that can still lie in the window.
        uint256 first;
        Payment[] payments;
    }

    mapping(address asset => Meter) private _meters;

    /// @notice An asset left the treasury.
    /// @param asset A token, or zero for the chain's own currency.
    /// @param to Who is paid.
    /// @param amount Base units.
    event Paid(address indexed asset, address indexed to, uint256 amount);

    /// @notice The payment is above what the last 30 days have left.
    /// @param asset A token, or zero for the chain's own currency.
    /// @param amount Base units.
    /// @param available What could be paid, in base units.
    error OutflowLimit(address asset, uint256 amount, uint256 available);
    /// @notice A payment has an amount and a recipient other than the treasury.
    /// @param to Who is paid.
    /// @param amount Base units.
    error InvalidPayment(address to, uint256 amount);

    /// @notice Limits are constants: nobody sets them.
    /// @param stun_ The STUN token.
    /// @param owner_ The timelock.
    constructor(IERC20 stun_, address owner_) Ownable(owner_) {
        stun = stun_;
    }

    /// @notice Takes the chain's own currency.
    receive() external payable {}

    /// @notice Pays `amount` of `asset` to `to`, within the limit. Owner only.
    /// @param asset A token, or zero for the chain's own currency.
    /// @param to Who is paid.
    /// @param amount Base units; above what `available` says the call reverts with `OutflowLimit`.
    function pay(address asset, address to, uint256 amount) external onlyOwner {
        if (amount == 0 || to == address(0) || to == address(this)) revert InvalidPayment(to, amount);
        uint256 left = _left(asset, _forget(asset));
        if (amount > left) revert OutflowLimit(asset, amount, left);
        Meter storage meter = _meters[asset];
        meter.sum += amount;
        meter.payments.push(Payment(uint64(block.timestamp), uint192(amount)));
        emit Paid(asset, to, amount);
        if (asset == address(0)) Address.sendValue(payable(to), amount);
        else IERC20(asset).safeTransfer(to, amount);
    }

    /// @notice Revokes a grant whose revoker is this treasury. What had not vested comes here, where it is metered like all
    /// else: a timelock that were the revoker itself could pay it out at once. Owner only.
    /// @param vesting The vesting vault.
    /// @param id The grant.
    function revoke(IVestingVault vesting, uint256 id) external onlyOwner {
        vesting.revoke(id);
    }

    /// @notice Forgets payments of `asset` that have left the window, up to 50 of them. Anyone. A payment does it too; only an owner
    /// who made very many payments leaves so many that some still count when they should not.
    /// @param asset A token, or zero for the chain's own currency.
    function forget(address asset) external {
        _forget(asset);
    }

    /// @notice What can be paid now of `asset`, once what has left the window is forgotten.
    /// @param asset A token, or zero for the chain's own currency.
    /// @return Base units, at most what is there.
    function available(address asset) external view returns (uint256) {
        Meter storage meter = _meters[asset];
        uint256 sum = meter.sum;
        for (uint256 i = meter.first; i < meter.payments.length && _isPast(meter.payments[i]); ++i) {
            sum -= meter.payments[i].amount;
        }
        return _left(asset, sum);
    }

    /// @dev Forgets payments that have left the window, each once, and a bounded number a call: however many there are, a payment
    /// can always be made. One that is not forgotten yet still counts in the sum that comes back.
    function _forget(address asset) private returns (uint256 sum) {
        Meter storage meter = _meters[asset];
        uint256 first = meter.first;
        uint256 end = first + FORGET_STEP;
        if (end > meter.payments.length) end = meter.payments.length;
        sum = meter.sum;
        while (first < end && _isPast(meter.payments[first])) {
            sum -= meter.payments[first].amount;
            delete meter.payments[first];
            ++first;
        }
        (meter.first, meter.sum) = (first, sum);
    }

    function _isPast(Payment storage payment) private view returns (bool) {
        return payment.time + WINDOW <= block.timestamp;
    }

    function _left(address asset, uint256 sum) private view returns (uint256) {
        uint256 held = asset == address(0) ? address(this).balance : IERC20(asset).balanceOf(address(this));
        uint256 limit = asset == address(stun) ? STUN_LIMIT : ((held + sum) * OTHER_LIMIT_BPS) / 10_000;
        uint256 left = limit > sum ? limit - sum : 0;
        return left < held ? left : held;
    }
}
