// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that behaves as its mode says
/// @notice Plain until a mode is set, so that a test can turn an accepted asset hostile afterwards.
contract HostileToken is ERC20 {
    enum Mode {
        Plain,
        TakesFee,
        ReturnsFalse,
        ReturnsNothing,
        Reenters,
        BurnsGas,
        ReturnsBomb
    }

    uint8 private immutable _decimals;
    Mode public mode;
    /// @notice Accounts that can neither send nor receive.
    mapping(address account => bool) public frozen;
    address private _target;
    bytes private _call;
    /// @notice Whether the last re-entering call succeeded, and what it returned.
    bool public reentered;
    bytes public answer;

    error Frozen(address account);

    constructor(uint8 decimals_) ERC20("Hostile", "HOST") {
        _decimals = decimals_;
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setMode(Mode mode_) external {
        mode = mode_;
    }

    function freeze(address account, bool frozen_) external {
        frozen[account] = frozen_;
    }

    /// @notice What is called during a transfer in mode `Reenters`.
    function setCall(address target, bytes calldata data) external {
        (_target, _call) = (target, data);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (mode == Mode.ReturnsFalse) return false;
        super.transfer(to, amount);
        _answer();
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (mode == Mode.ReturnsFalse) return false;
        super.transferFrom(from, to, amount);
        _answer();
        return true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (frozen[from]) revert Frozen(from);
        if (frozen[to]) revert Frozen(to);
        if (mode == Mode.TakesFee && from != address(0) && amount > 0) {
            super._update(from, address(0xdead), 1);
            amount -= 1;
        }
        super._update(from, to, amount);
        // solhint-disable-next-line avoid-low-level-calls
        if (mode == Mode.Reenters) (reentered, answer) = _target.call(_call);
        if (mode == Mode.BurnsGas) {
            assembly {
                invalid()
            }
        }
    }

    /// @dev Ends the call in the way of an old token, or with far more data than the caller expects.
    function _answer() private view {
        if (mode == Mode.ReturnsNothing) {
            assembly {
                return(0, 0)
            }
        }
        if (mode == Mode.ReturnsBomb) {
            assembly {
                mstore(0, 1)
                return(0, 100000)
            }
        }
    }
}
