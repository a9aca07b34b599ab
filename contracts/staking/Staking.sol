// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { IOfferBook } from "../escrow/IOfferBook.sol";
import { BurnCounter } from "../fees/BurnCounter.sol";
import { GuardianPause } from "../governance/GuardianPause.sol";
import { SelfPermit } from "../token/SelfPermit.sol";
import { IStaking } from "./IStaking.sol";
import { IStakeBond } from "./IStakeBond.sol";
import { StakingMath } from "./StakingMath.sol";
import { Bonding, BondRecord, Halves, Record, State, Totals } from "./StakingRecords.sol";

/// @title Staking, without votes (the home chain's is `VotingStaking`)
/// @notice Positions, their rewards and the bonds of providers, see `IStaking`.
/// @dev A position is two slots under its owner, a bond one under its escrow: neither address is stored or mistaken.
contract Staking is IStaking, GuardianPause, SelfPermit, BurnCounter {
    using SafeERC20 for IERC20;

    /// @notice Least principal of a new or renewed position, in base units.
    uint256 public constant MIN_PRINCIPAL = 1e18;
    /// @notice Time from the request of an exit to the end of a bond, in seconds.
    uint256 public constant EXIT_DELAY = 7 days;
    /// @dev Gas that an escrow gets to kill the offers of who leaves.
    uint256 private constant KILL_GAS = 100_000;

    /// @notice The token that is staked, earned and burned.
    IERC20 public immutable token;

    Totals private _totals;
    mapping(address owner => mapping(uint256 id => Record)) private _positions;
    mapping(address escrow => mapping(address provider => BondRecord)) private _bonds;
    mapping(address provider => Bonding) private _bondings;
    mapping(address escrow => Halves) private _slashed;

    /// @notice The owner has the timelock's role: it names the guardian and reaches neither principal nor reserve.
    /// @param token_ The STUN token of this chain.
    /// @param owner_ See above.
    constructor(IERC20 token_, address owner_) Ownable(owner_) {
        token = token_;
    }

    /// @inheritdoc IStaking
    function open(uint256 principal, uint256 lock, uint256 minReward) external whenNotPaused returns (uint256 id) {
        Totals memory sums = _totals;
        id = ++sums.lastId;
        uint256 rate = _begin(id, sums, principal, lock, minReward, _free(sums));
        sums.principal += uint96(principal);
        _totals = sums;
        _addVotes(msg.sender, principal);
        emit Opened(msg.sender, id, principal, lock, rate);
        token.safeTransferFrom(msg.sender, address(this), principal);
    }

    /// @inheritdoc IStaking
    function renew(uint256 id, uint256 add, uint256 lock, uint256 minReward) external {
        Record storage record = _active(msg.sender, id);
        uint256 remaining = record.end > block.timestamp ? record.end - block.timestamp : 0;
        if (lock < remaining) revert InvalidLock(lock, remaining, StakingMath.MAX_LOCK);
        (uint256 due, uint256 outstanding) = _settled(record);
        Totals memory sums = _totals;
        sums.reserved -= uint96(outstanding);
        uint256 principal = record.principal + add;
        uint256 rate = _begin(id, sums, principal, lock, minReward, _free(sums) - due);
        sums.principal += uint96(add);
        _totals = sums;
        emit Renewed(msg.sender, id, principal, block.timestamp + lock, rate);
        if (due > 0) {
            emit RewardPaid(msg.sender, id, due);
            token.safeTransfer(msg.sender, due);
        }
        if (add > 0) {
            Bonding memory bonding = _bondings[msg.sender];
            if (bonding.id == id) _bonds[bonding.escrow][msg.sender].principal = uint96(principal);
            _addVotes(msg.sender, add);
            token.safeTransferFrom(msg.sender, address(this), add);
        }
    }

    /// @inheritdoc IStaking
    function claim(uint256 id) external returns (uint256 amount) {
        Record storage record = _existing(msg.sender, id);
        (amount, ) = _settled(record);
        if (amount == 0) revert NothingEarned(id);
        record.paid = uint96(record.paid + amount - record.kept);
        record.kept = 0;
        _totals.reserved -= uint96(amount);
        emit RewardPaid(msg.sender, id, amount);
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IStaking
    function bond(uint256 id, address escrow) external {
        Record storage record = _active(msg.sender, id);
        Bonding memory bonding = _bondings[msg.sender];
        if (bonding.id != 0) revert AlreadyBonded(bonding.escrow, bonding.id);
        if (escrow.code.length == 0) revert InvalidEscrow(escrow);
        _bondings[msg.sender] = Bonding(escrow, uint32(id), 0);
        BondRecord storage bonded = _bonds[escrow][msg.sender];
        (bonded.principal, bonded.id) = (record.principal, uint32(id));
        emit Bonded(msg.sender, id, escrow);
    }

    /// @inheritdoc IStaking
    function requestExit(uint256 id) external {
        Record storage record = _active(msg.sender, id);
        Bonding memory bonding = _bondings[msg.sender];
        if (bonding.id != id) revert NotBonded(id);
        record.state = State.Exiting;
        _removeVotes(msg.sender, record.principal);
        emit ExitRequested(msg.sender, id);
        _bonds[bonding.escrow][msg.sender].exiting = true;
        _bondings[msg.sender].exitRequestedAt = uint40(block.timestamp);
        // An escrow that fails, is gone or burns gas (ours uses 25,000) holds nobody: without assignments offers are dead.
        if (bonding.escrow.code.length == 0) return;
        // But one that was handed less than promised has not failed, and offers that live on would be good after an unbond.
        if (gasleft() < KILL_GAS + KILL_GAS / 32) revert TooLittleGas(gasleft(), KILL_GAS + KILL_GAS / 32);
        try IOfferBook(bonding.escrow).killOffers{ gas: KILL_GAS }(msg.sender) {} catch {}
    }

    /// @inheritdoc IStaking
    function unbond(uint256 id) external {
        Record storage record = _existing(msg.sender, id);
        if (_bondings[msg.sender].id != id) revert NotBonded(id);
        _endBond(id);
        record.state = State.Active;
        _addVotes(msg.sender, record.principal);
        emit Unbonded(msg.sender, id);
    }

    /// @inheritdoc IStaking
    function exit(uint256 id) external {
        Record storage record = _existing(msg.sender, id);
        if (block.timestamp < record.end) revert Locked(record.end);
        if (_bondings[msg.sender].id == id) _endBond(id);
        (uint256 due, uint256 outstanding) = _settled(record);
        uint256 principal = record.principal;
        if (record.state == State.Active) _removeVotes(msg.sender, principal);
        Totals memory sums = _totals;
        sums.principal -= uint96(principal);
        sums.reserved -= uint96(outstanding);
        _totals = sums;
        delete _positions[msg.sender][id];
        emit Exited(msg.sender, id, principal, due);
        token.safeTransfer(msg.sender, principal + due);
    }

    /// @inheritdoc IStaking
    function addReserve(uint256 amount) external {
        emit ReserveAdded(msg.sender, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IStakeBond
    function lockBond(address provider, uint256 amount) external {
        BondRecord storage record = _bonds[msg.sender][provider];
        if (record.exiting) revert ProviderExiting(provider);
        uint256 free = record.principal - record.locked;
        if (amount > free) revert InsufficientBond(provider, free, amount);
        record.locked += uint96(amount);
    }

    /// @inheritdoc IStakeBond
    function unlockBond(address provider, uint256 amount) external {
        BondRecord storage record = _bonds[msg.sender][provider];
        uint256 locked = record.locked;
        unchecked {
            record.locked = uint96(amount < locked ? locked - amount : 0);
        }
    }

    /// @inheritdoc IStakeBond
    function slashBond(address provider, uint256 lockedAmount, uint256 slashAmount) external returns (uint256 paid) {
        BondRecord memory bonded = _bonds[msg.sender][provider];
        uint256 freed = lockedAmount < bonded.locked ? lockedAmount : bonded.locked;
        uint256 taken = slashAmount < freed ? slashAmount : freed;
        bonded.locked -= uint96(freed);
        bonded.principal -= uint96(taken);
        if (taken > 0 && bonded.slashes < type(uint24).max) ++bonded.slashes;
        _bonds[msg.sender][provider] = bonded;
        if (taken == 0) return 0;
        paid = taken / 2;
        _takePrincipal(provider, bonded.id, taken);
        Halves memory halves = _slashed[msg.sender];
        _slashed[msg.sender] = Halves(halves.toBurn + uint128(taken - paid), halves.owed + uint128(paid));
        emit Slashed(provider, bonded.id, taken - paid, paid);
    }

    /// @inheritdoc IStakeBond
    function collectSlashed(address escrow) external returns (uint256 paid) {
        Halves memory halves = _slashed[escrow];
        // The half that is burned is never the smaller one.
        if (halves.toBurn == 0) revert NothingSlashed(escrow);
        paid = halves.owed;
        delete _slashed[escrow];
        _totals.principal -= uint96(halves.toBurn + paid);
        emit SlashedCollected(escrow, halves.toBurn, paid);
        _burn(ERC20Burnable(address(token)), halves.toBurn);
        token.safeTransfer(escrow, paid);
    }

    /// @inheritdoc IStaking
    function freeReserve() external view returns (uint256) {
        return _free(_totals);
    }

    /// @inheritdoc IStaking
    function totals() external view returns (uint256 principal, uint256 reserved) {
        return (_totals.principal, _totals.reserved);
    }

    /// @inheritdoc IStaking
    function slashedAt(address escrow) external view returns (uint256 toBurn, uint256 owed) {
        return (_slashed[escrow].toBurn, _slashed[escrow].owed);
    }

    /// @inheritdoc IStaking
    function slashesOf(address escrow, address provider) external view returns (uint256) {
        return _bonds[escrow][provider].slashes;
    }

    /// @inheritdoc IStaking
    function positionOf(address owner_, uint256 id) external view returns (Position memory) {
        Record storage record = _existing(owner_, id);
        (uint256 due, uint256 outstanding) = _settled(record);
        Bonding memory bonding = _bondings[owner_];
        return
            Position({
                principal: record.principal,
                rate: record.rate,
                start: record.start,
                end: record.end,
                multiplier: record.multiplier,
                bondedTo: bonding.id == id ? bonding.escrow : address(0),
                reserved: outstanding,
                claimable: due,
                exiting: record.state == State.Exiting
            });
    }

    /// @inheritdoc IStaking
    function bondOf(address provider) external view returns (Bond memory) {
        Bonding memory bonding = _bondings[provider];
        BondRecord memory record = _bonds[bonding.escrow][provider];
        return Bond(bonding.escrow, record.id, record.principal, record.locked, bonding.exitRequestedAt);
    }

    /// @inheritdoc IStaking
    function providerMultiplier(address provider, uint256 required) external view returns (uint256) {
        Record storage record = _positions[provider][_bondings[provider].id];
        if (block.timestamp >= record.end) return StakingMath.BPS;
        return StakingMath.providerMultiplier(record.principal, record.multiplier, required);
    }

    /// @dev Lets the votes of `account` grow; the home chain counts them.
    function _addVotes(address account, uint256 amount) internal virtual {}

    /// @dev Lets the votes of `account` shrink; the home chain counts them.
    function _removeVotes(address account, uint256 amount) internal virtual {}

    /// @dev Writes new terms of the caller's position and reserves their reward in `sums`, which the caller stores.
    function _begin(
        uint256 id,
        Totals memory sums,
        uint256 principal,
        uint256 lock,
        uint256 minReward,
        uint256 free
    ) private returns (uint256 rate) {
        if (principal < MIN_PRINCIPAL || principal >> 96 != 0) revert InvalidPrincipal(principal, MIN_PRINCIPAL);
        if (lock < StakingMath.MIN_LOCK || lock > StakingMath.MAX_LOCK) {
            revert InvalidLock(lock, StakingMath.MIN_LOCK, StakingMath.MAX_LOCK);
        }
        rate = StakingMath.rate(lock);
        uint256 reward = StakingMath.reward(principal, rate, lock, lock);
        if (reward < minReward || (reward > free && minReward > 0)) revert RewardUnavailable(free, reward, minReward);
        if (reward > free) (rate, reward) = (0, 0);
        sums.reserved += uint96(reward);
        Record memory next;
        next.principal = uint96(principal);
        next.reserved = uint96(reward);
        next.start = uint40(block.timestamp);
        next.rate = uint16(rate);
        next.state = State.Active;
        next.end = uint40(block.timestamp + lock);
        next.multiplier = uint16(StakingMath.lockMultiplier(lock));
        _positions[msg.sender][id] = next;
    }

    /// @dev Takes slashed principal from a position: what it earned to this second is kept, the reward still to be
    /// earned shrinks with the principal, rounded down. What is taken stays in the sums until it is collected.
    function _takePrincipal(address owner_, uint256 id, uint256 taken) private {
        Record memory record = _positions[owner_][id];
        uint256 left = record.principal - taken;
        if (record.reserved > 0) {
            uint256 earned = _earned(record);
            uint256 rest = record.reserved - earned;
            uint256 shrunk = (rest * left) / record.principal;
            _totals.reserved -= uint96(rest - shrunk);
            record.kept = uint96(record.kept + earned - record.paid);
            record.paid = 0;
            record.reserved = uint96(shrunk);
            record.start = uint40(block.timestamp < record.end ? block.timestamp : record.end);
        }
        record.principal = uint96(left);
        _positions[owner_][id] = record;
        if (record.state == State.Active) _removeVotes(owner_, taken);
    }

    /// @dev Ends the caller's bond, or says why it cannot end yet.
    function _endBond(uint256 id) private {
        Bonding memory bonding = _bondings[msg.sender];
        if (bonding.exitRequestedAt == 0) revert ExitNotRequested(id);
        uint256 until = bonding.exitRequestedAt + EXIT_DELAY;
        if (block.timestamp < until) revert ExitDelay(until);
        BondRecord memory record = _bonds[bonding.escrow][msg.sender];
        if (record.locked > 0) revert BondLocked(record.locked);
        _bonds[bonding.escrow][msg.sender] = BondRecord(0, 0, 0, record.slashes, false);
        delete _bondings[msg.sender];
    }

    function _existing(address owner_, uint256 id) private view returns (Record storage record) {
        record = _positions[owner_][id];
        if (record.state == State.None) revert UnknownPosition(owner_, id);
    }

    function _active(address owner_, uint256 id) private view returns (Record storage record) {
        record = _existing(owner_, id);
        if (record.state == State.Exiting) revert Exiting(id);
    }

    /// @dev Earned since `start`, paid or not; never more than what is reserved.
    function _earned(Record memory record) private view returns (uint256 earned) {
        if (block.timestamp <= record.start) return 0;
        uint256 lock = record.end - record.start;
        earned = StakingMath.reward(record.principal, record.rate, lock, block.timestamp - record.start);
        if (earned > record.reserved) earned = record.reserved;
    }

    /// @dev What can be paid now, and what of the promise is not paid yet.
    function _settled(Record memory record) private view returns (uint256 due, uint256 outstanding) {
        uint256 kept = record.kept;
        uint256 paid = record.paid;
        due = kept + _earned(record) - paid;
        outstanding = kept + record.reserved - paid;
    }

    /// @dev What of the balance is neither principal nor promised.
    function _free(Totals memory sums) private view returns (uint256) {
        return token.balanceOf(address(this)) - sums.principal - sums.reserved;
    }
}
