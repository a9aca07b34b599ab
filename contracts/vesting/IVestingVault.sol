// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Vesting of STUN
/// @notice Linear grants with an optional cliff; one beneficiary may have many. Every grant is paid in by the
/// transaction that makes it, so the vault always holds what it owes. The vault has no owner: a grant concerns its
/// beneficiary and, when it is revocable, the revoker it names. Amounts are base units of STUN, times unix seconds.
interface IVestingVault {
    /// @notice What the maker of a grant decides.
    struct Terms {
        /// Who is paid; it can hand the grant over later.
        address beneficiary;
        /// The whole amount.
        uint96 total;
        /// When the line begins; may lie in the past.
        uint40 start;
        /// Seconds after `start` in which nothing vests; at most `duration`.
        uint32 cliff;
        /// Length of the line in seconds; at least `MIN_DURATION`.
        uint32 duration;
    }

    /// @notice A grant as it stands.
    struct Grant {
        address beneficiary;
        /// The whole amount; once revoked, what had vested at that moment.
        uint96 total;
        /// What has been paid so far.
        uint96 released;
        uint40 start;
        uint32 cliff;
        uint32 duration;
        /// Who may revoke and receives the rest; zero for an irrevocable grant.
        address revoker;
        bool revoked;
    }

    /// @notice A grant was made and paid in.
    /// @param id The grant's id.
    /// @param beneficiary Who is paid.
    /// @param revoker Who may revoke it; zero for an irrevocable grant.
    /// @param total The whole amount, in base units.
    /// @param start When the line begins, in unix seconds.
    /// @param cliff Seconds after `start` in which nothing vests.
    /// @param duration Seconds.
    event Granted(
        uint256 indexed id,
        address indexed beneficiary,
        address indexed revoker,
        uint256 total,
        uint256 start,
        uint256 cliff,
        uint256 duration
    );
    /// @notice `amount` was paid to the beneficiary.
    /// @param id The grant's id.
    /// @param beneficiary Who is paid.
    /// @param amount Base units.
    event Claimed(uint256 indexed id, address indexed beneficiary, uint256 amount);
    /// @notice The grant was revoked; `kept` stays the beneficiary's, `returned` went to the revoker.
    /// @param id The grant's id.
    /// @param kept What had vested, in base units.
    /// @param returned What had not, in base units.
    event Revoked(uint256 indexed id, uint256 kept, uint256 returned);
    /// @notice The beneficiary offered the grant to another account; the zero address withdraws the offer.
    /// @param id The grant's id.
    /// @param proposed Who may accept it.
    event BeneficiaryProposed(uint256 indexed id, address indexed proposed);
    /// @notice The grant has a new beneficiary.
    /// @param id The grant's id.
    /// @param previous Who was paid before.
    /// @param beneficiary Who is paid from now on.
    event BeneficiaryChanged(uint256 indexed id, address indexed previous, address indexed beneficiary);

    /// @notice The zero address and the vault itself cannot be beneficiaries.
    /// @param beneficiary The address that was given.
    error InvalidBeneficiary(address beneficiary);
    /// @notice A grant of nothing.
    error ZeroTotal();
    /// @notice The duration is below `MIN_DURATION` or the cliff is longer than the duration.
    /// @param cliff Seconds.
    /// @param duration Seconds.
    error InvalidSchedule(uint256 cliff, uint256 duration);
    /// @notice A batch without grants.
    error EmptyBatch();
    /// @notice No grant has this id.
    /// @param id The grant's id.
    error UnknownGrant(uint256 id);
    /// @notice Nothing more has vested since the last claim.
    /// @param id The grant's id.
    error NothingToClaim(uint256 id);
    /// @notice The caller is not the grant's revoker, or the grant is irrevocable.
    /// @param id The grant's id.
    /// @param caller Who called.
    error NotRevoker(uint256 id, address caller);
    /// @notice The grant is revoked already or has vested in full.
    /// @param id The grant's id.
    error NothingToRevoke(uint256 id);
    /// @notice The caller is not the grant's beneficiary.
    /// @param id The grant's id.
    /// @param caller Who called.
    error NotBeneficiary(uint256 id, address caller);
    /// @notice The caller is not the account to which the grant was offered.
    /// @param id The grant's id.
    /// @param caller Who called.
    error NotProposedBeneficiary(uint256 id, address caller);

    /// @notice Makes one grant and pulls its total from the caller, who has approved it.
    /// @param terms Beneficiary, amount and schedule.
    /// @param revoker Who may revoke and then receives what has not vested; zero makes the grant irrevocable.
    /// @return id The grant's id.
    function grant(Terms calldata terms, address revoker) external returns (uint256 id);

    /// @notice Makes many grants with one revoker and one pull of their sum; all or none.
    /// @param terms Beneficiary, amount and schedule of each.
    /// @param revoker Who may revoke them; zero makes them irrevocable.
    /// @return firstId The id of the first; the others follow in order.
    function grantBatch(Terms[] calldata terms, address revoker) external returns (uint256 firstId);

    /// @notice Pays what has vested to the beneficiary. Anyone may call.
    /// @param id The grant's id; without anything to pay the call reverts with `NothingToClaim`.
    /// @return amount What was paid.
    function claim(uint256 id) external returns (uint256 amount);

    /// @notice Ends a revocable grant: what has vested stays claimable, the rest returns to the revoker. Revoker only.
    /// @param id The grant's id.
    function revoke(uint256 id) external;

    /// @notice Offers the grant to `to`, who becomes its beneficiary by accepting. Beneficiary only.
    /// @param id The grant's id.
    /// @param to The zero address withdraws an offer.
    function proposeBeneficiary(uint256 id, address to) external;

    /// @notice Takes over a grant that was offered to the caller.
    /// @param id The grant's id.
    function acceptBeneficiary(uint256 id) external;

    /// @notice The grant with this id.
    /// @param id The grant's id.
    /// @return The grant, amounts in base units.
    function grantOf(uint256 id) external view returns (Grant memory);

    /// @notice What has vested so far, paid or not, rounded down.
    /// @param id The grant's id.
    /// @return Base units.
    function vestedOf(uint256 id) external view returns (uint256);

    /// @notice What a claim would pay now.
    /// @param id The grant's id.
    /// @return Base units: what has vested and is not paid.
    function claimableOf(uint256 id) external view returns (uint256);
}
