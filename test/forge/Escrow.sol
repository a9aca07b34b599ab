// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Offer, Submission, Terms, Verdict } from "../../contracts/escrow/IJobEscrow.sol";
import { System } from "./System.sol";

/// @title Every call of the job escrow
/// @notice A call on a job in some state picks one that is there, or brings one there first, so that short sequences reach
/// every ending.
abstract contract Escrow is System {
    bytes32 internal constant MODEL = keccak256("model");
    uint256 internal constant OPEN = 1;
    uint256 internal constant ASSIGNED = 2;
    uint256 internal constant SUBMITTED = 3;
    uint256 internal constant DISPUTED = 4;
    /// @dev For each state, as a bit each, the states that a job may become: over: nothing ever; open: over, assigned;
    /// assigned: over, open, submitted; submitted: over, open, disputed; disputed: over, open.
    bytes5 internal constant BECOMES = hex"00050b1303";

    struct Job {
        address payer;
        uint64 nonce;
        bytes32 id;
        /// State and attempt as last seen, to watch each change.
        uint8 state;
        uint8 attempt;
        Terms terms;
        Submission submission;
    }

    struct Used {
        address payer;
        Terms terms;
        Offer offer;
    }

    Job[] internal _jobs;
    Used[] private _used;
    mapping(bytes32 id => bool) internal _seenId;
    uint256 public endings;

    // ------------------------------------------------------------------ creation

    function escrow_post(uint256 seed) public step {
        Terms memory terms = _terms(seed);
        address payer = _actor(_part(seed, 1));
        bool fromCredit = escrow.creditOf(terms.asset, payer) >= terms.budget + terms.budget / 20;
        vm.prank(payer);
        _note(payer, terms, escrow.post(terms, fromCredit));
    }

    function escrow_create(uint256 seed) public step {
        Terms memory terms = _terms(seed);
        address payer = _actor(_part(seed, 1));
        address provider = _freeProvider(seed, terms.bond);
        (uint64 floor, ) = escrow.offerWindow(provider);
        uint64 nonce = floor + uint64(_fold(_part(seed, 2), 0, seed % 5 == 0 ? 400 : 60));
        Offer memory offer = _offer(terms, provider, seed % 2 == 0 ? payer : address(0), nonce);
        vm.prank(payer);
        bytes32 id = escrow.create(terms, offer, false);
        _note(payer, terms, id);
        _used.push(Used(payer, terms, offer));
    }

    /// @notice An offer that was used once is used again.
    function escrow_create_replay_refused(uint256 seed) external step {
        if (_used.length == 0) escrow_create(seed);
        Used storage used = _used[seed % _used.length];
        bytes memory data = abi.encodeCall(escrow.create, (used.terms, used.offer, false));
        _refused(15, used.payer, address(escrow), data, "an offer was used twice");
    }

    /// @notice An offer that was signed for another escrow.
    function escrow_create_foreign_refused(uint256 seed) external step {
        Terms memory terms = _terms(seed);
        address provider = _freeProvider(seed, terms.bond);
        (uint64 floor, ) = escrow.offerWindow(provider);
        Offer memory offer = Offer(address(0), floor + 7, uint64(clock + 1 days), 0, 0);
        (offer.r, offer.vs) = _compact(_keys[provider], _offerDigest(address(channels), terms, offer));
        vm.prank(actors[0]);
        try escrow.create(terms, offer, false) returns (bytes32 id) {
            // Another digest recovers another address, which has no bond.
            (, , address who, , , , ) = escrow.jobOf(id);
            if (who == provider) _break(16, "an offer for another contract was taken");
        } catch {}
    }

    // ------------------------------------------------------------------ work

    function escrow_accept(uint256 seed) public step {
        Job storage job = _inState(seed, OPEN);
        vm.prank(_freeProvider(seed, job.terms.bond));
        escrow.accept(job.payer, job.nonce, job.terms);
        _observe(job);
    }

    function escrow_submit(uint256 seed) public step {
        Job storage job = _inState(seed, ASSIGNED);
        (, , address provider, uint256 attempt, , , ) = escrow.jobOf(job.id);
        uint64 units = uint64(_fold(_part(seed, 3), 0, job.terms.maxUnits));
        Submission memory given = Submission(keccak256(abi.encode(job.id, attempt, provider, seed)), units);
        vm.prank(provider);
        escrow.submit(job.payer, job.nonce, job.terms, given);
        job.submission = given;
        _observe(job);
    }

    function escrow_dispute(uint256 seed) public step {
        Job storage job = _inState(seed, SUBMITTED);
        vm.prank(job.payer);
        escrow.dispute(job.nonce, job.terms, job.submission);
        _observe(job);
    }

    // ------------------------------------------------------------------ endings, which no pause may stop

    function escrow_acceptResult(uint256 seed) public step {
        Job storage job = _inState(seed, seed % 2 == 0 ? SUBMITTED : DISPUTED);
        _leave(job, job.payer, abi.encodeCall(escrow.acceptResult, (job.nonce, job.terms, job.submission)));
    }

    function escrow_settle(uint256 seed) external step {
        Job storage job = _inState(seed, SUBMITTED);
        (, , , , , , uint256 since) = escrow.jobOf(job.id);
        bytes memory data = abi.encodeCall(escrow.settle, (job.payer, job.nonce, job.terms, job.submission));
        _atEdge(job, since + job.terms.challengeSeconds, data, "a job was settled inside its challenge window");
    }

    function escrow_settleSilent(uint256 seed) external step {
        Job storage job = _inState(seed, DISPUTED);
        (, , , , , , uint256 since) = escrow.jobOf(job.id);
        bytes memory data = abi.encodeCall(escrow.settleSilent, (job.payer, job.nonce, job.terms, job.submission));
        _atEdge(job, since + 3 days, data, "a job was settled before the committee's time was over");
    }

    function escrow_reopen(uint256 seed) public step {
        Job storage job = _inState(seed, ASSIGNED);
        (, , , , , , uint256 since) = escrow.jobOf(job.id);
        bytes memory data = abi.encodeCall(escrow.reopen, (job.payer, job.nonce, job.terms));
        _atEdge(job, since + job.terms.workSeconds + 1 hours, data, "a job was reopened before its deadline");
    }

    function escrow_refund(uint256 seed) external step {
        Job storage job = _inState(seed, seed % 2 == 0 ? OPEN : ASSIGNED);
        (, uint256 state, , uint256 attempt, , uint256 created, uint256 since) = escrow.jobOf(job.id);
        uint256 final_ = attempt == 3 ? 0 : created + job.terms.finalSeconds;
        uint256 missed = state == ASSIGNED ? since + job.terms.workSeconds + 1 hours : 0;
        bytes memory data = abi.encodeCall(escrow.refund, (job.payer, job.nonce, job.terms));
        _atEdge(job, final_ > missed ? final_ : missed, data, "a job was refunded too early");
    }

    function escrow_cancel(uint256 seed) external step {
        Job storage job = _inState(seed, OPEN);
        _leave(job, job.payer, abi.encodeCall(escrow.cancel, (job.nonce, job.terms)));
    }

    /// @notice One to three verdicts of any kind; those that do not fit are passed over and never stop the others.
    function escrow_applyVerdicts(uint256 seed) external step {
        uint256 count = _fold(_part(seed, 4), 1, 3);
        Verdict[] memory list = new Verdict[](count);
        Job[] storage jobs = _jobs;
        uint256 first = _indexIn(seed, seed % 2 == 0 ? SUBMITTED : DISPUTED);
        for (uint256 i; i < count; ++i) {
            list[i] = _verdict(jobs[i == 0 ? first : _part(seed, 5 + i) % jobs.length], _part(seed, 9 + i));
        }
        bytes32 root = _root(list);
        bytes memory signatures = _quorum(_verdictsHash(address(escrow), root));
        _exit(
            _stranger(seed),
            address(escrow),
            abi.encodeCall(escrow.applyVerdicts, (list, committee.version(), signatures))
        );
        for (uint256 i; i < jobs.length; ++i) _observe(jobs[i]);
    }

    /// @notice A proof ends a submitted or disputed job by zk, whoever brings it.
    function escrow_prove(uint256 seed) external step {
        Job storage job = _provable(seed);
        Verdict memory verdict = _verdict(job, 1);
        verdict.outcome = 1;
        verdict.units = uint64(_fold(_part(seed, 2), 0, job.submission.units));
        proofs.say(true, verdict.units);
        _leave(job, _stranger(seed), abi.encodeCall(escrow.prove, (verdict, "")));
    }

    /// @notice A proof that is none, of other units, of another attempt, or that something else than Valid follows from.
    function escrow_prove_refused(uint256 seed) external step {
        Verdict memory verdict = _verdict(_provable(seed), 1);
        verdict.outcome = seed % 4 == 0 ? 2 : 1;
        if (seed % 4 == 1) verdict.attempt += 1;
        proofs.say(seed % 4 != 2, seed % 4 == 3 ? verdict.units + 1 : verdict.units);
        bytes memory data = abi.encodeCall(escrow.prove, (verdict, ""));
        _refused(16, _stranger(seed), address(escrow), data, "a proof of something else was taken");
    }

    /// @notice Verdicts signed for another module, for another version, or by outsiders.
    function escrow_applyVerdicts_foreign_refused(uint256 seed) external step {
        Verdict[] memory list = new Verdict[](1);
        list[0] = _verdict(_inState(seed, SUBMITTED), seed);
        bytes32 root = _root(list);
        uint64 version = committee.version();
        bytes memory signatures;
        if (seed % 3 == 0) {
            signatures = _quorum(_verdictsHash(address(channels), root));
        } else if (seed % 3 == 1) {
            signatures = _quorum(keccak256(abi.encode(keccak256("another type"), root)));
        } else {
            (, uint256 outsider) = _keyed("outsider");
            signatures = bytes.concat(_sign(outsider, root), _sign(_committeeKeys()[1], root));
        }
        bytes memory data = abi.encodeCall(escrow.applyVerdicts, (list, version, signatures));
        _refused(16, _stranger(seed), address(escrow), data, "a foreign signature was taken for a verdict");
    }

    // ------------------------------------------------------------------ offers

    function escrow_cancelOffers(uint256 seed) external step {
        address provider = _actor(seed);
        (uint64 floor, ) = escrow.offerWindow(provider);
        vm.prank(provider);
        escrow.cancelOffers(floor + uint64(_fold(_part(seed, 1), 1, 300)));
    }

    function escrow_killOffers_refused(uint256 seed) external step {
        bytes memory data = abi.encodeCall(escrow.killOffers, (_actor(seed)));
        _refused(15, _actor(_part(seed, 1)), address(escrow), data, "somebody killed another's offers");
    }

    /// @notice Killing offers as the staking contract does on an exit request.
    function escrow_killOffers(uint256 seed) external step {
        vm.prank(address(staking));
        escrow.killOffers(_actor(seed));
    }

    // ------------------------------------------------------------------ helpers

    function jobCount() public view returns (uint256) {
        return _jobs.length;
    }

    function jobAt(uint256 i) external view returns (Job memory) {
        return _jobs[i];
    }

    function _terms(uint256 seed) private view returns (Terms memory terms) {
        bool inStun = _part(seed, 20) % 2 == 0;
        terms.specHash = bytes32(seed);
        terms.verifier = uint8(_fold(_part(seed, 21), 1, 3));
        terms.asset = inStun ? address(stun) : address(stable);
        terms.unitPrice = uint128(_fold(_part(seed, 22), 1, inStun ? 1e18 : 1e6));
        terms.maxUnits = uint64(_fold(_part(seed, 23), 1, 1_000));
        terms.budget = uint96(_fold(_part(seed, 24), 1, inStun ? 1_000 * STUN : 1e9));
        terms.bond = uint96(_fold(_part(seed, 25), STUN, 20_000 * STUN));
        terms.modelId = _part(seed, 26) % 2 == 0 ? MODEL : bytes32(0);
        terms.workSeconds = uint32(_fold(_part(seed, 27), 600, 7 days));
        terms.challengeSeconds = uint32(_fold(_part(seed, 28), 1 hours, 3 days));
        terms.finalSeconds = uint32(_fold(_part(seed, 29), terms.workSeconds + 1 hours, 21 days));
        terms.attested = _part(seed, 30) % 4 == 0;
    }

    function _provable(uint256 seed) private returns (Job storage) {
        for (uint256 i; i < _jobs.length; ++i) {
            if (_jobs[i].terms.verifier == 3 && _jobs[i].state >= SUBMITTED) return _jobs[i];
        }
        // Some seed gives terms by zk.
        for (uint256 i; i < 20; ++i) {
            if (_terms(_part(_part(seed, 60 + i), 0)).verifier != 3) continue;
            escrow_create(_part(_part(seed, 60 + i), 0));
            Job storage job = _jobs[_jobs.length - 1];
            Submission memory given = Submission(bytes32(uint256(1)), job.terms.maxUnits);
            (, , address provider, , , , ) = escrow.jobOf(job.id);
            vm.prank(provider);
            escrow.submit(job.payer, job.nonce, job.terms, given);
            job.submission = given;
            _observe(job);
            return job;
        }
        revert("no terms by zk");
    }

    /// @dev A provider that can lock `bond`, or any.
    function _freeProvider(uint256 seed, uint256 bond) private view returns (address) {
        for (uint256 i; i < ACTORS; ++i) {
            address who = _actor((seed % ACTORS) + i);
            (address at, uint256 free, bool exiting) = _bondState(who);
            if (at == address(escrow) && !exiting && free >= bond) return who;
        }
        return _actor(seed);
    }

    function _bondState(address who) internal view returns (address at, uint256 free, bool exiting) {
        bytes memory answer = abi.encode(staking.bondOf(who));
        uint256 principal;
        uint256 locked;
        uint256 exitAt;
        (at, , principal, locked, exitAt) = abi.decode(answer, (address, uint256, uint256, uint256, uint256));
        return (at, principal - locked, exitAt != 0);
    }

    function _offer(
        Terms memory terms,
        address provider,
        address payer,
        uint64 nonce
    ) private view returns (Offer memory offer) {
        offer = Offer(payer, nonce, uint64(clock + 1 days), 0, 0);
        (offer.r, offer.vs) = _compact(_keys[provider], _offerDigest(address(escrow), terms, offer));
    }

    function _offerDigest(address at, Terms memory terms, Offer memory offer) private view returns (bytes32) {
        bytes32 typeHash = keccak256("Offer(bytes32 terms,address payer,uint64 nonce,uint64 expiry)");
        bytes32 hash = keccak256(
            abi.encode(typeHash, keccak256(abi.encode(terms)), offer.payer, offer.nonce, offer.expiry)
        );
        return keccak256(abi.encodePacked(hex"1901", _domain("STUN Escrow", at), hash));
    }

    function _note(address payer, Terms memory terms, bytes32 id) private {
        if (_seenId[id]) _break(15, "a job id was given out twice");
        _seenId[id] = true;
        _jobs.push();
        Job storage job = _jobs[_jobs.length - 1];
        (job.payer, job.nonce, job.id, job.terms) = (payer, escrow.nextNonce() - 1, id, terms);
        (, uint256 state, , uint256 attempt, , , ) = escrow.jobOf(id);
        if (state != OPEN + attempt || attempt > 1) _break(7, "a new job is neither open nor in its first assignment");
        (job.state, job.attempt) = (uint8(state), uint8(attempt));
    }

    /// @dev A job in `state`, brought there when there is none.
    function _inState(uint256 seed, uint256 state) internal returns (Job storage) {
        return _jobs[_indexIn(seed, state)];
    }

    function _indexIn(uint256 seed, uint256 state) private returns (uint256) {
        uint256 count = _jobs.length;
        for (uint256 i; i < count; ++i) {
            uint256 at = ((seed % count) + i) % count;
            if (_jobs[at].state == state) return at;
        }
        if (state == OPEN) escrow_post(_part(seed, 31));
        else if (state == ASSIGNED) escrow_create(_part(seed, 32));
        else if (state == SUBMITTED) escrow_submit(_part(seed, 33));
        else escrow_dispute(_part(seed, 34));
        // What was just done concerns the newest job, unless it took up one that was there.
        for (uint256 i = _jobs.length; i > 0; --i) {
            if (_jobs[i - 1].state == state) return i - 1;
        }
        revert("no job in the state");
    }

    /// @dev Just before `when` the call must be refused; at `when` it is performed as an exit.
    function _atEdge(Job storage job, uint256 when, bytes memory data, string memory what) private {
        if (when > clock + 1) {
            vm.warp(when - 1);
            _refused(7, _stranger(when), address(escrow), data, what);
        }
        _reach(when);
        // A job that is to be attested is not settled without a verdict: it has the time of silence.
        bool attested = bytes4(data) == escrow.settle.selector && job.terms.attested;
        if (attested) return _refused(7, _stranger(when), address(escrow), data, "a job was settled unattested");
        _must(_stranger(when), address(escrow), data);
        _observe(job);
    }

    function _leave(Job storage job, address as_, bytes memory data) private {
        _exit(as_, address(escrow), data);
        _observe(job);
    }

    /// @dev Compares the change of a job with the table of transitions.
    function _observe(Job storage job) internal {
        (bytes32 commitment, uint256 state, , uint256 attempt, , , ) = escrow.jobOf(job.id);
        if (state == job.state) return;
        if (uint8(BECOMES[job.state]) & (1 << state) == 0) _break(7, "a job changed its state against the table");
        if (state != 0 && (attempt < job.attempt || attempt > job.attempt + 1 || attempt > 3)) {
            _break(7, "a job's attempts went wrong");
        }
        if (state == 0 && commitment != 0) _break(6, "a job that is over keeps its commitment");
        if (state == 0) ++endings;
        (job.state, job.attempt) = (uint8(state), state == 0 ? job.attempt : uint8(attempt));
    }

    function _verdict(Job storage job, uint256 seed) private view returns (Verdict memory verdict) {
        (, , address provider, uint256 attempt, , , ) = escrow.jobOf(job.id);
        verdict.payer = job.payer;
        verdict.payerNonce = job.nonce;
        verdict.attempt = uint8(seed % 8 == 0 ? attempt + 1 : attempt);
        verdict.provider = provider;
        verdict.outcome = uint8(_fold(_part(seed, 1), 1, 3));
        verdict.units = uint64(_fold(_part(seed, 2), 0, uint256(job.submission.units) + 1));
        verdict.submission = job.submission;
        verdict.terms = job.terms;
    }

    function _verdictsHash(address target, bytes32 root) private view returns (bytes32) {
        bytes32 typeHash = keccak256("JobVerdicts(bytes32 target,uint64 version,bytes32 root)");
        return keccak256(abi.encode(typeHash, bytes32(uint256(uint160(target))), committee.version(), root));
    }

    /// @dev OpenZeppelin's StandardMerkleTree over the leaves in the order given.
    function _root(Verdict[] memory list) private view returns (bytes32) {
        uint256 count = list.length;
        bytes32[] memory tree = new bytes32[](2 * count - 1);
        for (uint256 i; i < count; ++i) {
            Verdict memory v = list[i];
            bytes32 id = escrow.jobIdOf(v.payer, v.payerNonce);
            bytes32 leaf = keccak256(
                abi.encode(id, v.attempt, v.provider, v.outcome, v.units, v.submission.resultHash)
            );
            tree[2 * count - 2 - i] = keccak256(abi.encode(leaf));
        }
        for (uint256 i = count - 1; i > 0; --i) {
            (bytes32 a, bytes32 b) = (tree[2 * i - 1], tree[2 * i]);
            tree[i - 1] = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
        }
        return tree[0];
    }
}
