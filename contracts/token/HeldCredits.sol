// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title Deliveries that could not be credited when they arrived
/// @notice Each has an entry under the GUID of its message. Anyone releases it, whole or in parts, as soon as the limits
/// permit. The timelock may void an entry that a fault of the other end made, and names the recipient of an entry that
/// has none; it can do nothing else with one.
/// @dev A voided amount is never credited. What it stood for is unchanged: at home it stays locked and outstanding, on a
/// remote it was never minted, so that the supply identity counts it as burned (or, when the message was forged, as
/// never having existed). Amounts are base units of 1e-18 STUN; entries keep them in shared decimals, in one slot.
abstract contract HeldCredits is Ownable2Step {
    /// @notice Why a delivery was booked instead of credited.
    enum HoldReason {
        None,
        /// The bridge was paused.
        Paused,
        /// The limit of the path was used up.
        RateLimited,
        /// Home: more than is outstanding on the source. Remote: above the mint cap.
        NoRoom,
        /// The message names nobody who could receive.
        NoRecipient
    }

    /// @notice A delivery that waits.
    struct Held {
        /// Zero when the message named nobody who could receive.
        address recipient;
        /// What is still held, in shared decimals.
        uint64 amountSD;
        uint32 srcEid;
        /// Hash of the compose data, or zero when there is none.
        bytes32 composeHash;
        /// Parts already released, when there is compose data.
        uint16 parts;
    }

    /// @dev A part of a composed delivery is at least this fraction of the capacity, so that nobody can split another's
    /// delivery into crumbs, each with a compose of its own.
    uint256 private constant SMALLEST_PART = 4;

    /// @notice Held entries by the GUID of their message.
    mapping(bytes32 guid => Held) public held;
    /// @notice What is held for a recipient, in base units; the zero address has what names nobody.
    mapping(address recipient => uint256) public heldOf;
    /// @notice What is held of a source chain, in base units.
    mapping(uint32 srcEid => uint256) public heldFrom;
    /// @notice What was voided of a source chain since the beginning, in base units.
    mapping(uint32 srcEid => uint256) public voidedFrom;

    /// @notice A delivery was booked. `compose` is what `release` needs for it: the nonce (8 bytes) and the compose
    /// message.
    /// @param guid LayerZero's id of the message.
    /// @param recipient Who is credited; zero when the message named nobody who could receive.
    /// @param srcEid Endpoint id of the chain that it came from.
    /// @param amount Base units.
    /// @param reason Why it could not be credited.
    /// @param compose Nonce (8 bytes) and compose message; empty when there was none.
    event CreditHeld(
        bytes32 indexed guid,
        address indexed recipient,
        uint32 indexed srcEid,
        uint256 amount,
        HoldReason reason,
        bytes compose
    );
    /// @notice Part of an entry was credited to its recipient; `remaining` is still held.
    /// @param guid LayerZero's id of the message.
    /// @param recipient Who is credited; zero when the message named nobody who could receive.
    /// @param amount Base units.
    /// @param remaining Base units.
    event CreditReleased(bytes32 indexed guid, address indexed recipient, uint256 amount, uint256 remaining);
    /// @notice An entry was voided; `amount` will never be credited.
    /// @param guid LayerZero's id of the message.
    /// @param recipient Who is credited; zero when the message named nobody who could receive.
    /// @param srcEid Endpoint id of the chain that it came from.
    /// @param amount Base units.
    event CreditVoided(bytes32 indexed guid, address indexed recipient, uint32 indexed srcEid, uint256 amount);
    /// @notice An entry that named nobody got its recipient.
    /// @param guid LayerZero's id of the message.
    /// @param recipient Who is credited; zero when the message named nobody who could receive.
    /// @param amount Base units.
    event CreditAssigned(bytes32 indexed guid, address indexed recipient, uint256 amount);

    /// @notice There is no entry for this GUID.
    /// @param guid LayerZero's id of the message.
    error NothingHeld(bytes32 guid);
    /// @notice The entry has no recipient; the timelock names one or voids it.
    /// @param guid LayerZero's id of the message.
    error RecipientMissing(bytes32 guid);
    /// @notice The entry already has a recipient, which nobody can change.
    /// @param guid LayerZero's id of the message.
    /// @param recipient Who is credited; zero when the message named nobody who could receive.
    error RecipientFixed(bytes32 guid, address recipient);
    /// @notice The address cannot receive.
    /// @param recipient Who is credited; zero when the message named nobody who could receive.
    error RecipientRefused(address recipient);
    /// @notice The limits let nothing of the entry through at the moment.
    /// @param guid LayerZero's id of the message.
    /// @param available What the limits permit now, in base units.
    error NothingReleasable(bytes32 guid, uint256 available);
    /// @notice The part of a composed delivery is too small.
    /// @param part Base units.
    /// @param smallest Base units.
    error PartTooSmall(uint256 part, uint256 smallest);
    /// @notice The compose data is not that of the message.
    /// @param guid LayerZero's id of the message.
    error WrongCompose(bytes32 guid);

    /// @notice Credits what the limits permit of an entry to its recipient. Anyone may call.
    /// @param guid The GUID of the message.
    /// @param maxAmount The most to release, in base units; rounded down to the shared decimals.
    /// @param compose The compose data of the entry's `CreditHeld` event; empty when there was none.
    /// @return amount What was credited, in base units.
    function release(bytes32 guid, uint256 maxAmount, bytes calldata compose) external returns (uint256 amount) {
        Held storage entry = held[guid];
        (address recipient, uint64 remaining, uint32 srcEid) = (entry.recipient, entry.amountSD, entry.srcEid);
        if (remaining == 0) revert NothingHeld(guid);
        if (recipient == address(0)) revert RecipientMissing(guid);
        (uint256 available, uint256 capacity) = _releasable(srcEid);
        uint256 unit = _toAmount(1);
        uint256 part = (maxAmount < available ? maxAmount : available) / unit;
        if (part == 0) revert NothingReleasable(guid, available);
        if (part > remaining) part = remaining;
        amount = part * unit;

        uint16 index;
        bytes32 composeHash = entry.composeHash;
        if (composeHash == bytes32(0)) {
            if (compose.length != 0) revert WrongCompose(guid);
        } else {
            if (keccak256(compose) != composeHash) revert WrongCompose(guid);
            if (part < remaining && amount < capacity / SMALLEST_PART) {
                revert PartTooSmall(amount, capacity / SMALLEST_PART);
            }
            index = entry.parts++;
        }
        if (part == remaining) delete held[guid];
        else entry.amountSD = remaining - uint64(part);
        heldOf[recipient] -= amount;
        heldFrom[srcEid] -= amount;
        emit CreditReleased(guid, recipient, amount, _toAmount(remaining) - amount);
        _payOut(guid, srcEid, recipient, amount, index, compose);
    }

    /// @notice Voids what is left of an entry. Owner only.
    /// @param guid LayerZero's id of the message; without an entry the call reverts with `NothingHeld`.
    function voidHeld(bytes32 guid) external onlyOwner {
        Held memory entry = held[guid];
        if (entry.amountSD == 0) revert NothingHeld(guid);
        uint256 amount = _toAmount(entry.amountSD);
        delete held[guid];
        heldOf[entry.recipient] -= amount;
        heldFrom[entry.srcEid] -= amount;
        voidedFrom[entry.srcEid] += amount;
        emit CreditVoided(guid, entry.recipient, entry.srcEid, amount);
    }

    /// @notice Names the recipient of an entry whose message named nobody who could receive. Owner only.
    /// @param guid LayerZero's id of the message.
    /// @param recipient Who is credited from now on; not zero, the token or the bridge.
    function assignHeld(bytes32 guid, address recipient) external onlyOwner {
        Held storage entry = held[guid];
        if (entry.amountSD == 0) revert NothingHeld(guid);
        if (entry.recipient != address(0)) revert RecipientFixed(guid, entry.recipient);
        if (!_canReceive(recipient)) revert RecipientRefused(recipient);
        uint256 amount = _toAmount(entry.amountSD);
        entry.recipient = recipient;
        heldOf[address(0)] -= amount;
        heldOf[recipient] += amount;
        emit CreditAssigned(guid, recipient, amount);
    }

    /// @dev Books a delivery. An entry without a recipient loses its compose message: nobody knows whom it would call.
    function _hold(
        bytes32 guid,
        uint32 srcEid,
        address recipient,
        uint64 amountSD,
        HoldReason reason,
        bytes memory compose
    ) internal {
        uint256 amount = _toAmount(amountSD);
        Held storage entry = held[guid];
        entry.recipient = recipient;
        entry.amountSD = amountSD;
        entry.srcEid = srcEid;
        if (compose.length > 0 && recipient != address(0)) entry.composeHash = keccak256(compose);
        heldOf[recipient] += amount;
        heldFrom[srcEid] += amount;
        emit CreditHeld(guid, recipient, srcEid, amount, reason, compose);
    }

    /// @dev LayerZero's compose message: nonce, source, amount, then sender and message.
    function _composeMessage(
        uint32 srcEid,
        uint256 amount,
        bytes memory compose
    ) internal pure returns (bytes memory message) {
        bytes8 nonce;
        // The first eight bytes of the data are the nonce; the rest is copied behind the source and the amount.
        assembly ("memory-safe") {
            nonce := and(mload(add(compose, 0x20)), shl(192, 0xffffffffffffffff))
        }
        uint256 length = compose.length - 8;
        message = new bytes(44 + length);
        assembly ("memory-safe") {
            let to := add(message, 0x20)
            mstore(to, or(nonce, shl(160, and(srcEid, 0xffffffff))))
            mstore(add(to, 12), amount)
            mcopy(add(to, 44), add(compose, 0x28), length)
        }
    }

    /// @dev Base units of an amount in shared decimals.
    function _toAmount(uint64 amountSD) internal view virtual returns (uint256);

    /// @dev What may be credited now for `srcEid`, and the capacity of its limit. Reverts while paused.
    function _releasable(uint32 srcEid) internal view virtual returns (uint256 available, uint256 capacity);

    /// @dev Credits a released part; `index` and `compose` are those of its compose message.
    function _payOut(
        bytes32 guid,
        uint32 srcEid,
        address recipient,
        uint256 amount,
        uint16 index,
        bytes memory compose
    ) internal virtual;

    /// @dev Whether tokens credited to `account` can be reached by somebody.
    function _canReceive(address account) internal view virtual returns (bool);
}
