// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IStakeBond } from "./IStakeBond.sol";

/// @title Staking of STUN
/// @notice Positions lock principal for 7 to 730 days. The whole reward of a lock is reserved when it begins, so that
/// every promise made can be paid; a position never needs the reserve to exist. Principal and reserved rewards are
/// out of reach of every owner. Amounts are base units of STUN, times unix seconds, rates basis points.
interface IStaking is IStakeBond {
    /// @notice A position as it stands.
    struct Position {
        uint256 principal;
        /// Basis points a year; 0 when the reserve did not cover the reward.
        uint256 rate;
        /// From when the present terms count: opening, renewal or the last slash.
        uint256 start;
        uint256 end;
        /// Multiplier of the lock in basis points, as agreed at opening or renewal.
        uint256 multiplier;
        /// The escrow that may lock and slash the position; zero when it is not bonded.
        address bondedTo;
        /// Most that can still be paid as reward: reserved and not paid.
        uint256 reserved;
        /// What `claim` would pay now.
        uint256 claimable;
        /// Whether an exit was requested.
        bool exiting;
    }

    /// @notice The bonded position of a provider.
    struct Bond {
        address escrow;
        uint256 id;
        uint256 principal;
        /// Part of the principal that is locked in jobs.
        uint256 locked;
        /// When the exit was requested; 0 when it was not.
        uint256 exitRequestedAt;
    }

    /// @notice A position was opened; `rate` is 0 when it earns nothing.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    /// @param principal Base units.
    /// @param lock Seconds.
    /// @param rate Basis points a year; 0 when it earns nothing.
    event Opened(address indexed owner, uint256 indexed id, uint256 principal, uint256 lock, uint256 rate);
    /// @notice A position began again with `principal` and a lock until `end`.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    /// @param principal Base units.
    /// @param end When the lock ends, in unix seconds.
    /// @param rate Basis points a year; 0 when it earns nothing.
    event Renewed(address indexed owner, uint256 indexed id, uint256 principal, uint256 end, uint256 rate);
    /// @notice Reward was paid to the owner.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    /// @param amount Base units.
    event RewardPaid(address indexed owner, uint256 indexed id, uint256 amount);
    /// @notice The position was bonded to an escrow.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    /// @param escrow The escrow that may lock and slash it.
    event Bonded(address indexed owner, uint256 indexed id, address indexed escrow);
    /// @notice The bond of the position ended and the position stays.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    event Unbonded(address indexed owner, uint256 indexed id);
    /// @notice The owner asked to leave: no new assignments and no votes from now on.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    event ExitRequested(address indexed owner, uint256 indexed id);
    /// @notice The position left with its principal and the rest of its reward.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    /// @param principal Base units.
    /// @param reward Base units.
    event Exited(address indexed owner, uint256 indexed id, uint256 principal, uint256 reward);
    /// @notice Part of the principal was taken: `toBurn` and `paid`, which the escrow is owed, wait for
    /// `collectSlashed`.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    /// @param toBurn Base units.
    /// @param paid Base units.
    event Slashed(address indexed owner, uint256 indexed id, uint256 toBurn, uint256 paid);
    /// @notice The halves of an escrow's slashes were burned and sent to it.
    /// @param escrow The escrow that may lock and slash it.
    /// @param burned Base units.
    /// @param paid Base units.
    event SlashedCollected(address indexed escrow, uint256 burned, uint256 paid);
    /// @notice Somebody added to the reserve.
    /// @param from Who gave it.
    /// @param amount Base units.
    event ReserveAdded(address indexed from, uint256 amount);

    /// @notice Less than 1 STUN, or more than a position can hold.
    /// @param principal Base units.
    /// @param min Base units.
    error InvalidPrincipal(uint256 principal, uint256 min);
    /// @notice The lock is outside its bounds.
    /// @param lock Seconds.
    /// @param min Shortest, in seconds; what remains of the lock when it is renewed.
    /// @param max Longest, in seconds.
    error InvalidLock(uint256 lock, uint256 min, uint256 max);
    /// @notice The reward cannot be promised: the reserve is free only to `free`, the lock earns `reward`, and the
    /// caller asked for at least `minReward`.
    /// @param free Base units.
    /// @param reward What the lock would earn, in base units.
    /// @param minReward Base units.
    error RewardUnavailable(uint256 free, uint256 reward, uint256 minReward);
    /// @notice The owner has no position with this id.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    error UnknownPosition(address owner, uint256 id);
    /// @notice The lock of the position has not ended.
    /// @param end When the lock ends, in unix seconds.
    error Locked(uint256 end);
    /// @notice An exit was requested for the position.
    /// @param id Number of the position.
    error Exiting(uint256 id);
    /// @notice The escrow could not be handed what killing the offers may take: they would live on.
    /// @param left Gas left when it was to be handed on.
    /// @param needed Gas that must be left then.
    error TooLittleGas(uint256 left, uint256 needed);
    /// @notice No exit was requested for the bonded position.
    /// @param id Number of the position.
    error ExitNotRequested(uint256 id);
    /// @notice The seven days after the request have not passed.
    /// @param until Unix seconds.
    error ExitDelay(uint256 until);
    /// @notice Part of the bond is locked in jobs.
    /// @param locked Base units.
    error BondLocked(uint256 locked);
    /// @notice The owner has bonded a position already.
    /// @param escrow The escrow to which a position is bonded.
    /// @param id Number of that position.
    error AlreadyBonded(address escrow, uint256 id);
    /// @notice The position is not bonded.
    /// @param id Number of the position.
    error NotBonded(uint256 id);
    /// @notice A bond goes to a contract.
    /// @param escrow The address without code.
    error InvalidEscrow(address escrow);
    /// @notice Nothing has been earned since the last claim.
    /// @param id Number of the position.
    error NothingEarned(uint256 id);
    /// @notice No slashed principal of this escrow's providers waits to be collected.
    /// @param escrow The escrow that may lock and slash it.
    error NothingSlashed(address escrow);
    /// @notice The provider has asked to exit and takes no work.
    /// @param provider Account of the provider.
    error ProviderExiting(address provider);
    /// @notice The provider's bond with the calling escrow has less than `asked` free.
    /// @param provider Account of the provider.
    /// @param free Base units.
    /// @param asked Base units.
    error InsufficientBond(address provider, uint256 free, uint256 asked);

    /// @notice Opens a position; pulls the principal from the caller, who has approved it.
    /// @param principal At least 1 STUN.
    /// @param lock Seconds, 7 to 730 days.
    /// @param minReward Least reward of the whole lock that the caller accepts. With 0 the position opens even when the
    /// reserve does not cover the reward, and then earns nothing; it locks, votes, bonds and multiplies as any other.
    /// @return id Number of the position; unique in this contract.
    function open(uint256 principal, uint256 lock, uint256 minReward) external returns (uint256 id);

    /// @notice Pays what is earned and begins again now with `add` more principal and a lock of at least what remains.
    /// @param id One of the caller's positions, not exiting.
    /// @param add Base units that are pulled from the caller; may be 0.
    /// @param lock Seconds from now, at least what remains and 7 days, at most 730 days.
    /// @param minReward As in `open`, for the new lock.
    function renew(uint256 id, uint256 add, uint256 lock, uint256 minReward) external;

    /// @notice Pays what the caller's position has earned and not been paid.
    /// @param id One of the caller's positions; nothing earned reverts with `NothingEarned`.
    /// @return amount Base units, rounded down.
    function claim(uint256 id) external returns (uint256 amount);

    /// @notice Lets the caller's position back its work at `escrow`, which alone can then lock and slash it.
    /// @param id One of the caller's positions, while none is bonded.
    /// @param escrow A contract. It is trusted with the whole principal: the protocol's own job escrow, nothing else.
    function bond(uint256 id, address escrow) external;

    /// @notice Ends the votes and assignments of the caller's bonded position and kills its offers; `exit` or `unbond`
    /// follow. A position without a bond leaves by `exit` alone.
    /// @param id The caller's bonded position.
    function requestExit(uint256 id) external;

    /// @notice Ends the bond seven days after the request with nothing locked; the position stays and votes again.
    /// @param id The caller's bonded position, after `requestExit`.
    function unbond(uint256 id) external;

    /// @notice Leaves with principal and reward, once the lock has ended and, if bonded, seven days after the request
    /// with nothing of it locked in a job.
    /// @param id One of the caller's positions.
    function exit(uint256 id) external;

    /// @notice Gives `amount` to the reserve for good. A plain transfer to this contract does the same.
    /// @param amount Base units that are pulled from the caller.
    function addReserve(uint256 amount) external;

    /// @notice Principal of all positions with what was slashed and not collected yet, and reward promised and not
    /// paid.
    /// @return principal Base units.
    /// @return reserved Base units.
    function totals() external view returns (uint256 principal, uint256 reserved);

    /// @notice What `collectSlashed` would burn, and what it would send to `escrow`.
    /// @param escrow Any escrow.
    /// @return toBurn Base units.
    /// @return owed Base units.
    function slashedAt(address escrow) external view returns (uint256 toBurn, uint256 owed);

    /// @notice How often `provider` was slashed by `escrow`, by all the positions that it ever bonded there.
    /// @param escrow Any escrow.
    /// @param provider Account of the provider.
    /// @return A count that outlives the bond.
    function slashesOf(address escrow, address provider) external view returns (uint256);

    /// @notice What new positions can still be promised.
    /// @return Base units.
    function freeReserve() external view returns (uint256);

    /// @notice The position `id` of `owner`.
    /// @param owner Owner of the position.
    /// @param id Number of the position.
    /// @return The position, amounts in base units; one that does not exist reverts with `UnknownPosition`.
    function positionOf(address owner, uint256 id) external view returns (Position memory);

    /// @notice The bonded position of `provider`; all zero when it has none.
    /// @param provider Account of the provider.
    /// @return The bond, amounts in base units.
    function bondOf(address provider) external view returns (Bond memory);

    /// @notice Multiplier of a provider's rewards at this second, in basis points: 10,000 without a bond or after its
    /// end.
    /// @param provider Account of the provider.
    /// @param required STUN that the provider's hardware asks for, in base units; not zero.
    /// @return 10,000 to 20,000.
    function providerMultiplier(address provider, uint256 required) external view returns (uint256);
}
