// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Channel, IHostileToken, ILedger, Voucher } from "./Interfaces.sol";
import { Escrow } from "./Escrow.sol";

/// @title Payment channels, the ledgers of escrow and channels, and the asset that turns against both
abstract contract Ledger is Escrow {
    struct Opened {
        bytes32 id;
        uint96 deposit;
        uint256 redeemed;
        bool over;
        Channel channel;
    }

    Opened[] internal _opened;
    /// @dev What was sent to a module outside of its calls.
    mapping(address module => mapping(address asset => uint256)) public donated;

    // ------------------------------------------------------------------ channels

    function channels_open(uint256 seed) public step {
        Channel memory channel;
        channel.payer = _actor(seed);
        channel.provider = _actor(_part(seed, 1));
        channel.signer = _actor(_part(seed, 2));
        channel.asset = _part(seed, 3) % 2 == 0 ? address(stun) : address(stable);
        channel.modelId = _part(seed, 4) % 2 == 0 ? MODEL : bytes32(0);
        channel.closeDelay = uint32(_fold(_part(seed, 5), 1 hours, 7 days));
        channel.nonce = channels.nextNonce();
        uint96 deposit = uint96(_fold(_part(seed, 6), 1_000, channel.asset == address(stun) ? 1_000 * STUN : 1e10));
        bool fromCredit = channels.creditOf(channel.asset, channel.payer) >= deposit;
        vm.prank(channel.payer);
        bytes32 id = channels.open(channel, deposit, fromCredit);
        if (_seenId[id]) _break(15, "a channel id was given out twice");
        _seenId[id] = true;
        _opened.push(Opened(id, deposit, 0, false, channel));
    }

    function channels_redeem(uint256 seed) public step {
        Opened storage o = _open(seed);
        // Often small steps, down to the least that is allowed.
        uint256 most =
            seed % 2 == 0
                ? o.deposit
                : o.redeemed + 5_000 < o.deposit
                    ? o.redeemed + 5_000
                    : o.deposit;
        Voucher memory voucher = _voucher(o, address(channels), uint128(_fold(_part(seed, 7), o.redeemed, most)));
        _exit(o.channel.provider, address(channels), abi.encodeCall(channels.redeem, (o.channel, voucher)));
        o.redeemed = voucher.cumulative;
    }

    /// @notice The same voucher again, one for less, one for more than the deposit, one for another contract.
    function channels_redeem_stale_refused(uint256 seed) external step {
        Opened storage o = _open(seed);
        bool foreign = seed % 4 == 0;
        uint128 cumulative = seed % 4 == 1 ? o.deposit + 1 : uint128(seed % 4 == 2 ? o.redeemed : o.redeemed / 2);
        if (foreign) cumulative = o.deposit;
        Voucher memory voucher = _voucher(o, foreign ? address(escrow) : address(channels), cumulative);
        bytes memory data = abi.encodeCall(channels.redeem, (o.channel, voucher));
        string memory what = foreign ? "a voucher for another contract was redeemed" : "a stale voucher was redeemed";
        _refused(foreign ? 16 : 6, o.channel.provider, address(channels), data, what);
    }

    function channels_close(uint256 seed) external step {
        Opened storage o = _open(seed);
        bool byProvider = seed % 3 == 0;
        address as_ = byProvider ? o.channel.provider : o.channel.payer;
        _exit(as_, address(channels), abi.encodeCall(channels.close, (o.channel)));
        (uint256 deposit, , ) = channels.channelOf(o.id);
        o.over = deposit == 0;
    }

    function channels_finish(uint256 seed) external step {
        Opened storage o = _open(seed);
        (, , uint256 closesAt) = channels.channelOf(o.id);
        bytes memory data = abi.encodeCall(channels.finish, (o.channel));
        if (closesAt == 0) {
            vm.prank(o.channel.payer);
            channels.close(o.channel);
            (, , closesAt) = channels.channelOf(o.id);
            if (closesAt == 0) {
                o.over = true;
                return;
            }
        }
        if (closesAt > clock) {
            vm.warp(closesAt - 1);
            _refused(7, _stranger(seed), address(channels), data, "a channel ended before its delay was over");
        }
        _reach(closesAt);
        _must(_stranger(seed), address(channels), data);
        o.over = true;
    }

    // ------------------------------------------------------------------ ledgers of escrow and channels

    function ledger_withdraw(uint256 seed) external step {
        (ILedger ledger, address asset, address who) = _creditor(seed);
        _exit(_stranger(seed), address(ledger), abi.encodeCall(ledger.withdraw, (asset, who)));
    }

    function ledger_withdrawTo(uint256 seed) external step {
        (ILedger ledger, address asset, address who) = _creditor(seed);
        _exit(who, address(ledger), abi.encodeCall(ledger.withdrawTo, (asset, _actor(_part(seed, 3)))));
    }

    function ledger_sweepReferral(uint256 seed) external step {
        ILedger ledger = _ledger(seed);
        for (uint256 round; round < 2; ++round) {
            for (uint256 i; i < 2 * ACTORS; ++i) {
                address asset = i % 2 == 0 ? address(stun) : address(stable);
                address provider = _actor(i / 2);
                if (ledger.referralOf(asset, provider) == 0) continue;
                _exit(_stranger(seed), address(ledger), abi.encodeCall(ledger.sweepReferral, (asset, provider)));
                return;
            }
            _earn(seed, ledger);
        }
        revert("no referral");
    }

    function ledger_sweepRoyalty(uint256 seed) external step {
        ILedger ledger = _ledger(seed);
        if (ledger.royaltyOf(address(stun), MODEL) + ledger.royaltyOf(address(stable), MODEL) == 0) _earn(seed, ledger);
        address asset = ledger.royaltyOf(address(stun), MODEL) > 0 ? address(stun) : address(stable);
        _exit(_stranger(seed), address(ledger), abi.encodeCall(ledger.sweepRoyalty, (asset, MODEL)));
    }

    function ledger_sweepFees(uint256 seed) external step {
        ILedger ledger = _ledger(seed);
        (uint256 toBurn, uint256 toTreasury) = ledger.feesOf(address(stun));
        address asset = toBurn + toTreasury > 0 && seed % 4 != 0 ? address(stun) : address(stable);
        (toBurn, toTreasury) = ledger.feesOf(asset);
        if (toBurn + toTreasury == 0) _earn(seed, ledger);
        _exit(_stranger(seed), address(ledger), abi.encodeCall(ledger.sweepFees, (asset)));
    }

    /// @notice A caller who gives too little gas makes a push fail; whatever happens, what is owed stays owed or is paid.
    function ledger_sweep_starved(uint256 seed) external step {
        ILedger ledger = _ledger(seed);
        address asset = seed % 4 < 2 ? address(stable) : address(stun);
        bytes memory data =
            seed % 3 == 0
                ? abi.encodeCall(ledger.sweepFees, (asset))
                : seed % 3 == 1
                    ? abi.encodeCall(ledger.sweepRoyalty, (asset, MODEL))
                    : abi.encodeCall(ledger.withdraw, (asset, _actor(seed)));
        vm.prank(_stranger(seed));
        // solhint-disable-next-line avoid-low-level-calls
        (bool done, ) = address(ledger).call{ gas: _fold(_part(seed, 1), 30_000, 150_000) }(data);
        done;
    }

    function ledger_setAsset(uint256 seed) external step {
        ILedger ledger = _ledger(seed);
        vm.prank(ledger.owner());
        ledger.setAsset(address(stable), seed % 8 != 0);
    }

    function ledger_setFeeTargets(uint256 seed) external step {
        ILedger ledger = _ledger(seed);
        vm.prank(ledger.owner());
        ledger.setFeeTargets(
            seed % 3 == 0 ? _actor(seed) : address(treasury),
            seed % 4 < 2 ? address(0) : _actor(_part(seed, 1))
        );
    }

    // ------------------------------------------------------------------ the asset

    /// @notice The stable asset starts to behave in another way: half of the time plainly.
    function asset_turn(uint256 seed) external step {
        uint256 mode = seed % 2 == 0 ? 0 : _fold(_part(seed, 1), 1, 6);
        bytes[5] memory calls = [
            abi.encodeCall(escrow.withdraw, (address(stable), _actor(_part(seed, 2)))),
            abi.encodeCall(escrow.sweepFees, (address(stable))),
            abi.encodeCall(escrow.sweepRoyalty, (address(stable), MODEL)),
            abi.encodeCall(escrow.setAsset, (address(stable), true)),
            abi.encodeCall(channels.withdrawTo, (address(stable), _actor(_part(seed, 3))))
        ];
        stable.setCall(seed % 3 == 0 ? address(channels) : address(escrow), calls[_part(seed, 4) % 5]);
        stable.setMode(IHostileToken.Mode(mode));
    }

    /// @notice The issuer freezes or thaws an account: an actor, the treasury, or a whole module.
    function asset_freeze(uint256 seed) external step {
        address who =
            seed % 8 == 0
                ? address(escrow)
                : seed % 8 == 1
                    ? address(treasury)
                    : _actor(_part(seed, 1));
        stable.freeze(who, _part(seed, 2) % 2 == 0);
    }

    /// @notice Somebody sends tokens to a module, which counts for nobody.
    function asset_donate(uint256 seed) external step {
        address to = address(_ledger(seed));
        bool inStun = _part(seed, 2) % 2 == 0;
        uint256 amount = _fold(_part(seed, 3), 1, 1e9);
        vm.prank(_actor(_part(seed, 1)));
        if (inStun) stun.transfer(to, amount);
        else stable.transfer(to, amount);
        // Not by the balances: what is sent may call back, and let the module pay somebody meanwhile.
        if (!inStun && stable.mode() == IHostileToken.Mode.ReturnsFalse) return;
        if (!inStun && stable.mode() == IHostileToken.Mode.TakesFee) --amount;
        donated[to][inStun ? address(stun) : address(stable)] += amount;
    }

    /// @notice An asset that takes a fee, or answers false, is refused when a job or a channel is funded.
    function asset_fund_hostile_refused(uint256 seed) external step {
        Channel memory channel;
        (channel.provider, channel.signer, channel.asset) = (actors[0], actors[1], address(stable));
        channel.closeDelay = 1 hours;
        IHostileToken.Mode before = stable.mode();
        bool fee = seed % 2 == 0;
        stable.setMode(fee ? IHostileToken.Mode.TakesFee : IHostileToken.Mode.ReturnsFalse);
        bytes memory data = abi.encodeCall(channels.open, (channel, uint96(1e6), false));
        _refused(2, _actor(seed), address(channels), data, "an asset that delivers less was taken");
        stable.setMode(before);
    }

    // ------------------------------------------------------------------ helpers

    function openedCount() public view returns (uint256) {
        return _opened.length;
    }

    function openedAt(uint256 i) external view returns (Opened memory) {
        return _opened[i];
    }

    function _ledger(uint256 seed) internal view returns (ILedger) {
        return _part(seed, 99) % 2 == 0 ? ILedger(address(escrow)) : ILedger(address(channels));
    }

    /// @dev Lets somebody be paid for work, so that there is something to sweep.
    function _earn(uint256 seed, ILedger ledger) private {
        if (address(ledger) == address(escrow)) escrow_acceptResult(_part(seed, 50));
        else channels_redeem(_part(seed, 50));
    }

    /// @dev Somebody with a credit, wherever there is one.
    function _creditor(uint256 seed) private returns (ILedger, address, address) {
        for (uint256 i; i < 8 * ACTORS; ++i) {
            uint256 at = (seed % (4 * ACTORS)) + i;
            ILedger ledger = at % 2 == 0 ? ILedger(address(escrow)) : ILedger(address(channels));
            address asset = (at / 2) % 2 == 0 ? address(stun) : address(stable);
            if (ledger.creditOf(asset, _actor(at / 4)) > 0) return (ledger, asset, _actor(at / 4));
            if (i + 1 == 4 * ACTORS) _earn(seed, ledger);
        }
        revert("no credit");
    }

    function _open(uint256 seed) private returns (Opened storage) {
        uint256 count = _opened.length;
        for (uint256 i; i < count; ++i) {
            Opened storage o = _opened[((seed % count) + i) % count];
            if (!o.over) return o;
        }
        channels_open(_part(seed, 8));
        return _opened[_opened.length - 1];
    }

    function _voucher(Opened storage o, address at, uint128 cumulative) private view returns (Voucher memory voucher) {
        bytes32 typeHash = keccak256("Voucher(bytes32 channelId,uint128 cumulative,bytes32 receiptsRoot)");
        voucher.cumulative = cumulative;
        bytes32 hash = keccak256(abi.encode(typeHash, o.id, cumulative, bytes32(0)));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", _domain("STUN Channels", at), hash));
        (voucher.r, voucher.vs) = _compact(_keys[o.channel.signer], digest);
    }
}
