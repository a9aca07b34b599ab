// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice How far a position is.
enum State {
    None,
    Active,
    Exiting
}

/// @notice A position in storage, in two slots.
/// @param principal Base units.
/// @param reserved Reward promised from `start` on, paid or not, in base units.
/// @param start From when the present terms count, in unix seconds: opening, renewal or the last slash.
/// @param rate Basis points a year.
/// @param state How far it is.
/// @param paid Part of `reserved` that was paid, in base units. Begins the second slot.
/// @param kept Earned before `start` and not paid, in base units.
/// @param end When the lock ends, in unix seconds.
/// @param multiplier Multiplier of the lock, in basis points.
struct Record {
    uint96 principal;
    uint96 reserved;
    uint40 start;
    uint16 rate;
    State state;
    uint96 paid;
    uint96 kept;
    uint40 end;
    uint16 multiplier;
}

/// @notice What an escrow may lock and slash of a provider, in one slot.
/// @param principal That of the bonded position, in base units.
/// @param locked Part of it that is locked in jobs, in base units.
/// @param id Number of the position; zero without one.
/// @param slashes How often the provider was slashed here; outlives the bond.
/// @param exiting Whether the provider has asked to leave.
struct BondRecord {
    uint96 principal;
    uint96 locked;
    uint32 id;
    uint24 slashes;
    bool exiting;
}

/// @notice The sums over all positions, and the counter of their ids.
/// @param principal Of all positions, with what was slashed and is not collected yet, in base units.
/// @param reserved Reward that is promised and not paid, in base units.
/// @param lastId Number of the newest position.
struct Totals {
    uint96 principal;
    uint96 reserved;
    uint32 lastId;
}

/// @notice Halves of an escrow's slashes that are not collected yet; part of `Totals.principal` until then.
/// @param toBurn Base units.
/// @param owed What the escrow is owed, in base units.
struct Halves {
    uint128 toBurn;
    uint128 owed;
}

/// @notice Which position of a provider is bonded, and to whom.
/// @param escrow Where it is bonded.
/// @param id Number of the position; zero without one.
/// @param exitRequestedAt Unix seconds; zero while no exit was requested.
struct Bonding {
    address escrow;
    uint32 id;
    uint40 exitRequestedAt;
}
