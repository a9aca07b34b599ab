// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title STUN on its home chain
/// @notice 1,000,000,000 tokens of 18 decimals, minted once by the constructor; no mint function and no owner.
contract StunToken is ERC20, ERC20Burnable, ERC20Permit {
    /// @notice The whole supply, in base units of 1e-18 STUN.
    uint256 public constant SUPPLY = 1_000_000_000e18;

    /// @notice The recipients and amounts differ in length.
    /// @param recipients How many.
    /// @param amounts How many.
    error LengthMismatch(uint256 recipients, uint256 amounts);
    /// @notice The amounts do not add up to the whole supply.
    /// @param total Base units.
    /// @param expected Base units.
    error WrongTotal(uint256 total, uint256 expected);

    /// @notice Mints the whole supply, once.
    /// @param recipients Who receives the supply; the zero address is refused.
    /// @param amounts What each receives, in base units; they add up to `SUPPLY` exactly.
    constructor(address[] memory recipients, uint256[] memory amounts) ERC20("STUN", "STUN") ERC20Permit("STUN") {
        if (recipients.length != amounts.length) revert LengthMismatch(recipients.length, amounts.length);
        for (uint256 i; i < recipients.length; ++i) _mint(recipients[i], amounts[i]);
        if (totalSupply() != SUPPLY) revert WrongTotal(totalSupply(), SUPPLY);
    }
}
