// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC721 } from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title Badge of a beta tester
/// @notice One for each tester, minted by the incentives vault, never transferred (ERC-5192).
contract TesterBadge is ERC721 {
    /// @notice Who mints.
    address public immutable minter;
    /// @notice Number of the last badge; they begin at 1.
    uint256 public lastId;

    /// @notice The badge can never be transferred.
    /// @param tokenId Number of the badge.
    event Locked(uint256 tokenId);

    /// @notice Badges do not move.
    /// @param tokenId Number of the badge.
    error NotTransferable(uint256 tokenId);
    /// @notice Only the incentives vault mints.
    /// @param caller Who called.
    error NotMinter(address caller);

    /// @notice Names the only minter, for good.
    /// @param minter_ The incentives vault.
    constructor(address minter_) ERC721("STUN Beta Tester", "STUN-BETA") {
        minter = minter_;
    }

    /// @notice Mints the next badge to `to`, without calling it. Minter only.
    /// @param to The tester.
    /// @return id Number of the badge, one above the last.
    function mint(address to) external returns (uint256 id) {
        if (msg.sender != minter) revert NotMinter(msg.sender);
        id = ++lastId;
        _mint(to, id);
        emit Locked(id);
    }

    /// @notice True for every badge (ERC-5192).
    /// @param tokenId Number of the badge.
    /// @return Always true; a badge that does not exist reverts.
    function locked(uint256 tokenId) external view returns (bool) {
        _requireOwned(tokenId);
        return true;
    }

    /// @notice ERC-721, its metadata, and ERC-5192.
    /// @param interfaceId First four bytes that name an interface (ERC-165).
    /// @return Whether the interface is offered.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == 0xb45a3c0e || super.supportsInterface(interfaceId);
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from != address(0)) revert NotTransferable(tokenId);
    }
}
