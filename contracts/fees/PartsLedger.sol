// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IRegistry } from "../registry/IRegistry.sol";
import { SelfPermit } from "../token/SelfPermit.sol";
import { AccountWord, AccountWords } from "./AccountWord.sol";
import { BurnCounter } from "./BurnCounter.sol";
import { EntryCounter } from "./EntryCounter.sol";
import { FeeMath } from "./FeeMath.sol";

/// @title The parts of every price, booked and swept
/// @notice Holds the money of a module that is paid for work. A price is booked in parts: the provider's to its credit,
/// the referral beside it, the royalty beside the model's creator, the fee in one word per asset. Nobody is called while parts are booked.
/// Anyone sweeps; a sweep pays its owner, and what cannot be pushed becomes or stays a credit that the owner may
/// withdraw to another address.
/// @dev The burn and buyback parts of a STUN fee are burned by the sweep, see docs/decisions/job-escrow.md.
abstract contract PartsLedger is EntryCounter, ReentrancyGuardTransient, SelfPermit, BurnCounter {
    using SafeERC20 for IERC20;

    /// @dev Most gas that a token gets to carry out a push.
    uint256 private constant PUSH_GAS = 200_000;

    /// @notice What the owner has permitted, and the base units in 1e-6 of the asset.
    struct Asset {
        bool allowed;
        uint128 unit;
    }

    /// @notice STUN on this chain.
    ERC20Burnable public immutable stun;
    /// @notice Who referred a provider and who created a model.
    IRegistry public immutable registry;
    /// @notice Where the treasury's part of a fee is swept to; set by the owner.
    address public treasury;
    /// @notice Where the burn and buyback parts of an asset other than STUN are swept to; set by the owner.
    address public buybackVault;

    uint256 private immutable _stunUnit;
    mapping(address asset => mapping(address account => AccountWord)) private _accounts;
    /// @dev creator << 96 | owed
    mapping(address asset => mapping(bytes32 modelId => uint256)) private _models;
    /// @dev treasury << 128 | to be burned
    mapping(address asset => uint256) private _house;
    mapping(address asset => Asset) private _assets;

    /// @notice An asset other than STUN may be used for new work, or no longer.
    /// @param asset STUN or an allowed asset.
    /// @param allowed Whether new work may be paid in it.
    event AssetAllowed(address indexed asset, bool allowed);
    /// @notice Where fees are swept to was replaced.
    /// @param treasury Receiver of the treasury's part.
    /// @param buybackVault Receiver of the burn and buyback parts of other assets than STUN; zero while there is none.
    event FeeTargetsSet(address indexed treasury, address indexed buybackVault);
    /// @notice `amount` of the account's credit was paid out.
    /// @param asset STUN or an allowed asset.
    /// @param account Whose credit it is.
    /// @param to Who is paid.
    /// @param amount Base units.
    event Withdrawn(address indexed asset, address indexed account, address to, uint256 amount);
    /// @notice A part was paid to whom it is due, or, when the push failed, booked to its credit.
    /// @param asset STUN or an allowed asset.
    /// @param to Who is paid.
    /// @param amount Base units.
    /// @param pushed False when the push failed and the part was booked to the credit of `to`.
    event PartSwept(address indexed asset, address indexed to, uint256 amount, bool pushed);
    /// @notice The fees of one asset were swept: to the treasury, and burned (STUN) or sent to be bought back.
    /// @param asset STUN or an allowed asset.
    /// @param treasuryPart Sent to the treasury, in base units; 0 when the push failed and it stays booked.
    /// @param burnPart Burned (STUN) or sent to be bought back, in base units; 0 when it stays booked.
    event FeesSwept(address indexed asset, uint256 treasuryPart, uint256 burnPart);

    /// @notice New work cannot be paid in this asset.
    /// @param asset STUN or an allowed asset.
    error AssetNotAllowed(address asset);
    /// @notice The asset has more than 18 decimals, or is STUN, which needs no permission.
    /// @param asset STUN or an allowed asset.
    error AssetUnfit(address asset);
    /// @notice The asset delivered another amount than it was asked for: it takes a fee or has hooks.
    /// @param asset STUN or an allowed asset.
    /// @param asked Base units.
    /// @param received Base units.
    error AssetTookFee(address asset, uint256 asked, uint256 received);
    /// @notice The ledger would hold more of this asset than its words can count.
    /// @param asset STUN or an allowed asset.
    /// @param balance Base units that the ledger would hold.
    error AssetTooLarge(address asset, uint256 balance);
    /// @notice There is nothing to pay out.
    /// @param asset STUN or an allowed asset.
    /// @param account To whom nothing is owed; zero when there is nobody.
    error NothingOwed(address asset, address account);
    /// @notice The caller's credit does not cover what it wants to lock.
    /// @param asset STUN or an allowed asset.
    /// @param credit What the caller has, in base units.
    /// @param needed What it wants to lock, in base units.
    error CreditTooSmall(address asset, uint256 credit, uint256 needed);
    /// @notice The asset refused the payment; the credit stays.
    /// @param asset STUN or an allowed asset.
    /// @param to Who is paid.
    /// @param amount Base units.
    error PushFailed(address asset, address to, uint256 amount);
    /// @notice An address that must be set is zero.
    error ZeroAddress();

    /// @notice Reverts with `ZeroAddress` for a missing contract or treasury.
    /// @param owner_ The timelock, or the governance receiver of a remote chain.
    /// @param guardian_ Who may pause entries; zero for nobody.
    /// @param stun_ STUN on this chain.
    /// @param registry_ Who referred a provider and who created a model.
    /// @param treasury_ Where the treasury's part of a fee is swept to.
    constructor(
        address owner_,
        address guardian_,
        ERC20Burnable stun_,
        IRegistry registry_,
        address treasury_
    ) Ownable(owner_) {
        if (address(stun_) == address(0) || address(registry_) == address(0)) revert ZeroAddress();
        stun = stun_;
        registry = registry_;
        _stunUnit = _unitOf(address(stun_));
        guardian = guardian_;
        emit GuardianSet(guardian_);
        _setFeeTargets(treasury_, address(0));
    }

    /// @notice Permits or refuses an asset for new work; what is already booked or locked is not touched. Owner only.
    /// @param asset A token of at most 18 decimals that delivers exactly what it is asked for.
    /// @param allowed Whether new work may be paid in it.
    function setAsset(address asset, bool allowed) external onlyOwner {
        if (asset == address(stun)) revert AssetUnfit(asset);
        // Only asked of an asset that is let in: one that answers no more can still be refused.
        if (allowed) _assets[asset].unit = uint128(_unitOf(asset));
        _assets[asset].allowed = allowed;
        emit AssetAllowed(asset, allowed);
    }

    /// @notice Replaces where fees are swept to. Owner only.
    /// @param treasury_ Receiver of the treasury's part; not zero.
    /// @param buybackVault_ Receiver of the burn and buyback parts of other assets; while zero they stay booked.
    function setFeeTargets(address treasury_, address buybackVault_) external onlyOwner {
        _setFeeTargets(treasury_, buybackVault_);
    }

    /// @notice Pays the whole credit of `account` to it. Anyone may call.
    /// @param asset STUN or an allowed asset.
    /// @param account Who is paid; without credit the call reverts with `NothingOwed`.
    /// @return amount What was paid, in base units.
    function withdraw(address asset, address account) external returns (uint256 amount) {
        return _withdraw(asset, account, account);
    }

    /// @notice Pays the caller's whole credit to another address, for an owner that the asset refuses to pay.
    /// @param asset STUN or an allowed asset.
    /// @param to Who is paid; `PushFailed` when the asset refuses it.
    /// @return amount What was paid, in base units.
    function withdrawTo(address asset, address to) external returns (uint256 amount) {
        return _withdraw(asset, msg.sender, to);
    }

    /// @notice Pays what the work of `provider` has earned for its referrer. Anyone may call.
    /// @param asset STUN or an allowed asset.
    /// @param provider Who did the work.
    function sweepReferral(address asset, address provider) external nonReentrant {
        AccountWord word = _accounts[asset][provider];
        uint256 amount = word.referral();
        (, address referrer) = registry.referrerOf(provider);
        if (amount == 0 || referrer == address(0)) revert NothingOwed(asset, referrer);
        _accounts[asset][provider] = word.withoutReferral();
        _pay(asset, referrer, amount);
    }

    /// @notice Pays what a model has earned for its creator. Anyone may call.
    /// @param asset STUN or an allowed asset.
    /// @param modelId Content hash of the model.
    function sweepRoyalty(address asset, bytes32 modelId) external nonReentrant {
        uint256 model = _models[asset][modelId];
        uint256 owed = uint96(model);
        if (owed == 0) revert NothingOwed(asset, address(uint160(model >> 96)));
        _models[asset][modelId] = model - owed;
        _pay(asset, address(uint160(model >> 96)), owed);
    }

    /// @notice Sends the treasury's part of one asset's fees and burns (STUN) or sends on (others) the rest. Anyone may call.
    /// A part that cannot be pushed stays booked.
    /// @param asset STUN or an allowed asset.
    function sweepFees(address asset) external nonReentrant {
        (uint256 toBurn, uint256 toTreasury) = feesOf(asset);
        if (toBurn == 0 && toTreasury == 0) revert NothingOwed(asset, treasury);
        delete _house[asset];
        uint256 kept;
        if (!_push(asset, treasury, toTreasury)) {
            kept = toTreasury << 128;
            toTreasury = 0;
        }
        if (asset == address(stun)) {
            if (toBurn != 0) {
                _gather(toBurn);
                _burn(stun, toBurn);
            }
        } else if (buybackVault == address(0) || !_push(asset, buybackVault, toBurn)) {
            kept |= toBurn;
            toBurn = 0;
        }
        // Added, because an asset with hooks may let jobs settle, and book fees, while it is pushed.
        if (kept != 0) _house[asset] += kept;
        emit FeesSwept(asset, toTreasury, toBurn);
    }

    /// @notice What `account` may withdraw, in base units.
    /// @param asset STUN or an allowed asset.
    /// @param account Any account.
    /// @return Base units.
    function creditOf(address asset, address account) external view returns (uint256) {
        return _accounts[asset][account].credit();
    }

    /// @notice What the work of `provider` has earned for its referrer and is not swept, in base units.
    /// @param asset STUN or an allowed asset.
    /// @param provider Who did the work.
    /// @return Base units.
    function referralOf(address asset, address provider) external view returns (uint256) {
        return _accounts[asset][provider].referral();
    }

    /// @notice What a model has earned for its creator and is not swept, in base units.
    /// @param asset STUN or an allowed asset.
    /// @param modelId Content hash of the model.
    /// @return Base units.
    function royaltyOf(address asset, bytes32 modelId) external view returns (uint256) {
        return uint96(_models[asset][modelId]);
    }

    /// @notice What is booked of one asset's fees and not swept, in base units.
    /// @param asset STUN or an allowed asset.
    /// @return toBurn To be burned (STUN) or bought back (others).
    /// @return toTreasury To be sent to the treasury.
    function feesOf(address asset) public view returns (uint256 toBurn, uint256 toTreasury) {
        uint256 house = _house[asset];
        return (uint128(house), house >> 128);
    }

    /// @notice Whether new work may be paid in `asset`.
    /// @param asset Any address.
    /// @return True for STUN always.
    function isAllowed(address asset) public view returns (bool) {
        return asset == address(stun) || _assets[asset].allowed;
    }

    /// @dev Fees that the work of `provider` has paid in `asset`, in 1e-6 of it.
    function _feesPaid(address provider, address asset) internal view returns (uint256) {
        return _accounts[asset][provider].fees();
    }

    function _credit(address asset, address account, uint256 amount) internal {
        if (amount == 0) return;
        mapping(address => AccountWord) storage accounts = _accounts[asset];
        accounts[account] = accounts[account].addCredit(amount);
    }

    /// @dev Books the parts of the step from `redeemed` to `cumulative`, and `extra` to the provider's credit. Gives the
    /// protocol's part of the step.
    function _book(
        address asset,
        address provider,
        bytes32 modelId,
        uint256 redeemed,
        uint256 cumulative,
        uint256 extra
    ) internal returns (uint256 fee) {
        mapping(address => AccountWord) storage accounts = _accounts[asset];
        AccountWord word = accounts[provider];
        if (word.referrerState() == AccountWords.UNKNOWN) word = _askReferrer(word, provider);
        uint256 model;
        if (modelId != 0) {
            model = _models[asset][modelId];
            if (model == 0) model = uint256(uint160(registry.creatorOf(modelId))) << 96;
        }
        bool isStun = asset == address(stun);
        uint256 royalty;
        uint256 referral;
        uint256 burn;
        uint256 buyback;
        (fee, royalty, referral, burn, buyback) = FeeMath.split(
            redeemed,
            cumulative,
            isStun ? FeeMath.STUN_FEE_BPS : FeeMath.OTHER_FEE_BPS,
            model != 0,
            word.referrerState() == AccountWords.HAS_REFERRER
        );
        // Parts of what the ledger holds, which is at most 2^96 - 1 of an asset.
        unchecked {
            accounts[provider] = word
                .addCredit(cumulative - redeemed - fee - royalty - referral + extra)
                .addReferral(referral)
                .addFees(fee / (isStun ? _stunUnit : _assets[asset].unit));
            if (model != 0) _models[asset][modelId] = model + royalty;
            burn += buyback;
            _house[asset] += ((fee - burn) << 128) + burn;
        }
    }

    /// @dev Notes the registry's answer, which is final once the provider is registered.
    function _askReferrer(AccountWord word, address provider) private view returns (AccountWord) {
        (bool registered, address referrer) = registry.referrerOf(provider);
        if (!registered) return word;
        return word.withReferrerState(referrer == address(0) ? AccountWords.NO_REFERRER : AccountWords.HAS_REFERRER);
    }

    /// @dev Takes `amount` of the payer's credit or, when `fromCredit` is false, of its tokens. STUN calls nobody and
    /// delivers what it is asked for: only other assets are watched.
    function _fund(address asset, address payer, uint256 amount, bool fromCredit) internal {
        if (fromCredit) {
            AccountWord word = _accounts[asset][payer];
            if (word.credit() < amount) revert CreditTooSmall(asset, word.credit(), amount);
            _accounts[asset][payer] = word.subCredit(amount);
            return;
        }
        if (asset == address(stun)) IERC20(asset).safeTransferFrom(payer, address(this), amount);
        else _pull(asset, payer, amount);
    }

    /// @dev Guarded, so that nothing that leaves or enters meanwhile can pass for what the asset failed to deliver.
    function _pull(address asset, address payer, uint256 amount) private nonReentrant {
        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransferFrom(payer, address(this), amount);
        uint256 balance = IERC20(asset).balanceOf(address(this));
        if (balance != before + amount) revert AssetTookFee(asset, amount, balance - before);
        if (balance > type(uint96).max) revert AssetTooLarge(asset, balance);
    }

    function _withdraw(address asset, address account, address to) private nonReentrant returns (uint256 amount) {
        AccountWord word = _accounts[asset][account];
        amount = word.credit();
        if (amount == 0) revert NothingOwed(asset, account);
        _accounts[asset][account] = word.subCredit(amount);
        if (!_push(asset, to, amount)) revert PushFailed(asset, to, amount);
        emit Withdrawn(asset, account, to, amount);
    }

    /// @dev Sees to it that `amount` of STUN is here before it leaves. A module that is owed STUN elsewhere fetches it.
    function _gather(uint256 amount) internal virtual {}

    function _pay(address asset, address to, uint256 amount) private {
        bool pushed = _push(asset, to, amount);
        if (!pushed) _credit(asset, to, amount);
        emit PartSwept(asset, to, amount, pushed);
    }

    /// @dev A transfer that cannot revert, eat all gas or return a bomb. False when it failed.
    function _push(address asset, address to, uint256 amount) private returns (bool done) {
        if (amount == 0) return true;
        if (asset == address(stun)) _gather(amount);
        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        assembly ("memory-safe") {
            mstore(0, 0)
            done := call(PUSH_GAS, asset, 0, add(data, 32), mload(data), 0, 32)
            // A token may answer true, or, being old, nothing at all; an address without code answers nothing either.
            done := and(done, or(eq(mload(0), 1), and(iszero(returndatasize()), gt(extcodesize(asset), 0))))
        }
    }

    function _unitOf(address asset) private view returns (uint256) {
        uint8 decimals = IERC20Metadata(asset).decimals();
        if (decimals > 18) revert AssetUnfit(asset);
        return decimals > 6 ? 10 ** (decimals - 6) : 1;
    }

    function _setFeeTargets(address treasury_, address buybackVault_) private {
        if (treasury_ == address(0)) revert ZeroAddress();
        treasury = treasury_;
        buybackVault = buybackVault_;
        emit FeeTargetsSet(treasury_, buybackVault_);
    }
}
