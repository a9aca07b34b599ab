// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { StunBridge } from "./StunBridge.sol";

/// @title STUN on a remote EVM chain
/// @notice Grows only by bridge receipts from home, up to its mint cap, and shrinks only by sends home and by burns.
/// Knows no other chain than home: transfers between remotes go through the forwarder there.
contract StunOFT is ERC20Burnable, ERC20Permit, StunBridge {
    /// @notice The highest mint cap that can be set, in base units.
    uint256 public constant MAX_MINT_CAP = 300_000_000e18;

    /// @notice The endpoint id of the home chain.
    uint32 public immutable homeEid;
    /// @notice The supply never grows above this, in base units; what would exceed it is held.
    uint256 public mintCap;
    /// @notice What holders burned here since the beginning, in base units; bridge sends are not burns.
    uint256 public burned;

    /// @notice The mint cap was set.
    /// @param cap Base units.
    event MintCapSet(uint256 cap);
    /// @notice `amount` of `account` was burned, not sent over the bridge.
    /// @param account Who held it.
    /// @param amount Base units.
    event Burned(address indexed account, uint256 amount);

    /// @notice The cap is above `MAX_MINT_CAP`.
    /// @param cap Base units.
    /// @param max Base units.
    error InvalidMintCap(uint256 cap, uint256 max);
    /// @notice The only peer of a remote is home.
    /// @param eid Endpoint id that was given.
    /// @param home Endpoint id of the home chain.
    error NotHome(uint32 eid, uint32 home);

    /// @notice Mints nothing.
    /// @param endpoint_ LayerZero's endpoint.
    /// @param homeEid_ The endpoint id of the home chain.
    /// @param mintCap_ The first mint cap, in base units.
    /// @param owner_ The governance receiver, or who hands over to it.
    /// @param guardian_ Who may pause; zero for nobody.
    /// @param delegate_ Who may set the LayerZero configuration of this contract.
    constructor(
        address endpoint_,
        uint32 homeEid_,
        uint256 mintCap_,
        address owner_,
        address guardian_,
        address delegate_
    ) ERC20("STUN", "STUN") ERC20Permit("STUN") StunBridge(18, endpoint_, owner_, guardian_, delegate_) {
        homeEid = homeEid_;
        _setMintCap(mintCap_);
    }

    /// @notice The token that is minted here: this contract.
    /// @return Its address.
    function token() public view override returns (address) {
        return address(this);
    }

    /// @notice False: a send burns the caller's own tokens.
    /// @return Always false.
    function approvalRequired() external pure returns (bool) {
        return false;
    }

    /// @notice Sets the mint cap, at most `MAX_MINT_CAP`; below the supply it only stops further minting. Owner only.
    /// @param cap Base units.
    function setMintCap(uint256 cap) external onlyOwner {
        _setMintCap(cap);
    }

    /// @notice Sets the peer, which can only be that of the home chain. Owner only.
    /// @param eid Endpoint id of the home chain; another one reverts with `NotHome`.
    /// @param peer The adapter there, left-padded; zero closes the path.
    function setPeer(uint32 eid, bytes32 peer) public override onlyOwner {
        if (eid != homeEid) revert NotHome(eid, homeEid);
        _setPeer(eid, peer);
    }

    /// @notice Burns `amount` of the caller.
    /// @param amount Base units.
    function burn(uint256 amount) public override {
        super.burn(amount);
        _countBurned(msg.sender, amount);
    }

    /// @notice Burns `amount` of `account` from the caller's allowance.
    /// @param account Who has allowed the caller to.
    /// @param amount Base units.
    function burnFrom(address account, uint256 amount) public override {
        super.burnFrom(account, amount);
        _countBurned(account, amount);
    }

    function _setMintCap(uint256 cap) private {
        if (cap > MAX_MINT_CAP) revert InvalidMintCap(cap, MAX_MINT_CAP);
        mintCap = cap;
        emit MintCapSet(cap);
    }

    function _countBurned(address account, uint256 amount) private {
        burned += amount;
        emit Burned(account, amount);
    }

    function _debit(
        address from,
        uint256 amountLD,
        uint256 minAmountLD,
        uint32 dstEid
    ) internal override returns (uint256 sent, uint256 received) {
        (sent, received) = _debitView(amountLD, minAmountLD, dstEid);
        _countSent(dstEid, sent);
        _burn(from, sent);
    }

    function _credit(address to, uint256 amount, uint32) internal override returns (uint256) {
        _mint(to, amount);
        return amount;
    }

    function _creditRoom(uint32) internal view override returns (uint256) {
        uint256 supply = totalSupply();
        return supply < mintCap ? mintCap - supply : 0;
    }
}
