// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IJobEscrow, Offer } from "./IJobEscrow.sol";
import { IOfferBook } from "./IOfferBook.sol";

/// @title Signed offers, each used once
/// @notice One word per provider: its floor (64 bits) and which of the 192 nonces from the floor on are used. A nonce
/// beyond these moves the window up, and what falls below it is dead, used or not. So no nonce ever works again, and
/// using an offer never costs a fresh slot. Contract wallets cannot sign offers.
abstract contract OfferBook is IJobEscrow, IOfferBook, EIP712 {
    /// @dev How many nonces one word covers.
    uint64 internal constant WINDOW = 192;
    /// @dev Nonces from the floor up to this far above it can be used; killing all offers raises the floor by it.
    uint64 internal constant REACH = 1 << 32;

    bytes32 private constant OFFER_TYPEHASH = keccak256(
        "Offer(bytes32 terms,address payer,uint64 nonce,uint64 expiry)"
    );

    /// @dev floor << 192 | used
    mapping(address provider => uint256) private _offers;

    /// @notice Kills the caller's offers with a nonce below `floor`.
    /// @param floor Above the current floor, by at most `REACH`.
    function cancelOffers(uint64 floor) external {
        uint256 word = _offers[msg.sender];
        uint64 current = uint64(word >> 192);
        if (floor <= current || floor - current > REACH) revert InvalidFloor(floor, current);
        _raise(msg.sender, word, floor);
    }

    /// @notice The lowest nonce of `provider` that may still be used, and which of the 192 from there on are used.
    /// @param provider Who signs the offers.
    /// @return floor The lowest nonce that may still be used.
    /// @return used Bit i is set when nonce `floor + i` is used.
    function offerWindow(address provider) external view returns (uint64 floor, uint192 used) {
        uint256 word = _offers[provider];
        return (uint64(word >> 192), uint192(word));
    }

    /// @dev Kills every offer that could be used now.
    function _killOffers(address provider) internal {
        uint256 word = _offers[provider];
        _raise(provider, word, uint64(word >> 192) + REACH);
    }

    /// @dev Checks an offer for these terms and the caller, uses its nonce up, and returns who signed it.
    function _useOffer(bytes32 terms, Offer calldata offer) internal returns (address provider) {
        if (block.timestamp >= offer.expiry) revert OfferExpired(offer.expiry);
        address payer = offer.payer;
        if (payer != address(0) && payer != msg.sender) revert OfferForAnotherPayer(payer, msg.sender);
        bytes32 typeHash = OFFER_TYPEHASH;
        bytes32 structHash;
        // keccak256(abi.encode(OFFER_TYPEHASH, terms, offer.payer, offer.nonce, offer.expiry))
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            mstore(add(free, 32), terms)
            calldatacopy(add(free, 64), offer, 96)
            structHash := keccak256(free, 160)
        }
        bytes32 digest = _hashTypedDataV4(structHash);
        ECDSA.RecoverError problem;
        (provider, problem, ) = ECDSA.tryRecover(digest, offer.r, offer.vs);
        if (problem != ECDSA.RecoverError.NoError) revert InvalidOfferSignature();

        uint256 word = _offers[provider];
        uint256 floor = word >> 192;
        uint256 nonce = offer.nonce;
        if (nonce < floor || nonce - floor >= REACH) revert OfferDead(provider, uint64(nonce), uint64(floor));
        uint256 used = uint192(word);
        unchecked {
            uint256 bit = nonce - floor;
            if (bit >= WINDOW) {
                // A shift by 192 or more leaves nothing, as it must.
                used >>= bit - (WINDOW - 1);
                floor = nonce - (WINDOW - 1);
                bit = WINDOW - 1;
            }
            if ((used >> bit) & 1 != 0) revert OfferDead(provider, uint64(nonce), uint64(floor));
            _offers[provider] = (floor << 192) | used | (1 << bit);
        }
    }

    function _raise(address provider, uint256 word, uint64 floor) private {
        uint256 step = floor - uint64(word >> 192);
        uint256 used = step >= WINDOW ? 0 : uint256(uint192(word)) >> step;
        _offers[provider] = (uint256(floor) << 192) | used;
        emit OfferFloorRaised(provider, floor);
    }
}
