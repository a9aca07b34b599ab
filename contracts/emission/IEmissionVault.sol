// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Rewards of the GPU providers of one chain
/// @notice Holds the chain's share of the 400,000,000 STUN and pays it out by daily reports of the committee: each names
/// a Merkle root over cumulative amounts, so that one claim settles every epoch so far. Amounts are base units of STUN,
/// times unix seconds, an epoch is a day since `start`.
interface IEmissionVault {
    /// @notice The committee's report of one epoch.
    struct Report {
        uint32 epoch;
        /// Root over `keccak256(keccak256(abi.encode(bytes32 account, uint256 cumulative)))`, sorted pairs.
        bytes32 root;
        /// What this epoch adds to the cumulative amounts.
        uint256 total;
        /// Root of the report accepted before; zero for the first.
        bytes32 previousRoot;
        /// Hash of the published dataset from which anyone rebuilds the root.
        bytes32 datasetHash;
    }

    /// @notice How far a report is.
    enum Waiting {
        Nothing,
        Report,
        Repeat
    }

    /// @notice Where the vault stands.
    struct Status {
        /// The epoch that the next report closes.
        uint32 nextEpoch;
        /// Number of accepted roots.
        uint32 roots;
        /// Whether a report waits for its 12 hours, or a vetoed epoch for its repetition.
        Waiting waiting;
        /// When the report was made or vetoed.
        uint40 since;
        uint8 vetoesLeft;
        /// Most reward for each unit of fee; a parameter of the dataset.
        uint8 subsidy;
        /// Budget of closed epochs that no report has spent.
        uint256 carry;
        /// Sum of the totals of accepted reports.
        uint256 accepted;
        uint256 paid;
        /// Root and total of the report that waits.
        bytes32 pendingRoot;
        uint256 pendingTotal;
    }

    /// @notice The committee has reported an epoch; it is claimable from `claimableAt` on unless vetoed.
    /// @param epoch Days since the start of the emission.
    /// @param root Root over the cumulative amounts of all accounts.
    /// @param total What the epoch adds to the cumulative amounts, in base units.
    /// @param previousRoot Root accepted before; zero for the first.
    /// @param datasetHash Hash of the published dataset from which anyone rebuilds the root.
    /// @param claimableAt From when claims against the report are honoured, in unix seconds.
    event Reported(
        uint32 indexed epoch,
        bytes32 indexed root,
        uint256 total,
        bytes32 previousRoot,
        bytes32 datasetHash,
        uint256 claimableAt
    );
    /// @notice A report has passed its 12 hours; claims name its root by `index`.
    /// @param index Number of the accepted root, counted from 0.
    /// @param root Root over the cumulative amounts of all accounts.
    /// @param total What the epoch adds to the cumulative amounts, in base units.
    event Accepted(uint256 indexed index, bytes32 indexed root, uint256 total);
    /// @notice The guardian vetoed the report of an epoch.
    /// @param epoch Days since the start of the emission.
    /// @param root Root over the cumulative amounts of all accounts.
    /// @param vetoesLeft Vetoes of the guardian until the timelock refills them.
    event Vetoed(uint32 indexed epoch, bytes32 indexed root, uint256 vetoesLeft);
    /// @notice An account was paid.
    /// @param account Who has earned.
    /// @param amount What was paid, in base units.
    /// @param cumulative All that the account has earned by the root, in base units.
    event Claimed(address indexed account, uint256 amount, uint256 cumulative);
    /// @notice Carry went home through the bridge.
    /// @param amount Base units.
    event CarrySent(uint256 amount);
    /// @notice Carry of other chains arrived.
    /// @param amount Base units.
    event CarryReceived(uint256 amount);
    /// @notice The timelock gave the guardian its vetoes back.
    event VetoesRefilled();
    /// @notice The timelock changed the parameter.
    /// @param subsidy Most reward for each unit of fee, 1 to 100.
    event SubsidySet(uint256 subsidy);

    /// @notice Budget, start or committee is zero.
    error InvalidSetup();
    /// @notice The vault has not received its budget: it holds and has paid `has` of `needs`.
    /// @param has What the vault holds, has paid and has sent home, in base units.
    /// @param needs The budget, in base units.
    error Unfunded(uint256 has, uint256 needs);
    /// @notice Epochs close one by one, in order.
    /// @param epoch Days since the start of the emission.
    /// @param expected The epoch that the next report closes.
    error WrongEpoch(uint256 epoch, uint256 expected);
    /// @notice The epoch, the last report or the last veto is too fresh.
    /// @param allowedAt From when the report is taken, in unix seconds.
    error TooEarly(uint256 allowedAt);
    /// @notice The report does not follow the last accepted root.
    /// @param given The root that the report names.
    /// @param expected The root accepted last.
    error WrongPreviousRoot(bytes32 given, bytes32 expected);
    /// @notice The report is worth more than the epoch can spend.
    /// @param total What the epoch adds to the cumulative amounts, in base units.
    /// @param spendable The most that the report can be worth, in base units.
    error TotalTooLarge(uint256 total, uint256 spendable);
    /// @notice No report waits for a veto: there is none, or its 12 hours are over.
    error NothingToVeto();
    /// @notice The guardian has used its vetoes; the timelock can refill them.
    error NoVetoLeft();
    /// @notice The root is none of the last 64 accepted ones.
    /// @param index Number of the accepted root, counted from 0.
    /// @param oldest Number of the oldest root that is held.
    /// @param next Number that the next accepted root will have.
    error RootNotHeld(uint256 index, uint256 oldest, uint256 next);
    /// @notice The report may still be vetoed.
    /// @param claimableAt From when claims against the report are honoured, in unix seconds.
    error NotClaimableYet(uint256 claimableAt);
    /// @notice Account, amount and proof do not lead to the root.
    /// @param account Who has earned.
    /// @param cumulative All that the account has earned by the root, in base units.
    error InvalidProof(address account, uint256 cumulative);
    /// @notice The proof is longer than 20.
    /// @param length Number of sibling hashes.
    error ProofTooLong(uint256 length);
    /// @notice The account has been paid as much before.
    /// @param account Who has earned.
    /// @param cumulative All that the account has earned by the root, in base units.
    /// @param paid What the account has been paid so far, in base units.
    error NothingToClaim(address account, uint256 cumulative, uint256 paid);
    /// @notice The claim would pay more than all accepted reports together.
    /// @param paid What the vault would have paid in all, in base units.
    /// @param accepted Sum of the totals of accepted reports, in base units.
    error AboveAccepted(uint256 paid, uint256 accepted);
    /// @notice The call belongs to a remote vault; this is the home vault.
    error OnlyOnOtherChains();
    /// @notice The call belongs to the home vault; this one is on a remote chain.
    error OnlyOnHomeChain();
    /// @notice The amount is zero, above the carry, or not a whole number of shared units.
    /// @param amount Base units.
    /// @param carry What could be sent, in base units.
    error InvalidAmount(uint256 amount, uint256 carry);
    /// @notice Nothing has arrived.
    error NothingReceived();
    /// @notice The subsidy is outside 1 to 100.
    /// @param subsidy Most reward for each unit of fee, 1 to 100.
    error InvalidSubsidy(uint256 subsidy);

    /// @notice Accepts the report of the next epoch. Anyone may submit it with a quorum's signatures.
    /// @param report What the committee signed.
    /// @param version The committee version that signed.
    /// @param signatures As `ICommittee.assertSigned` takes them.
    function report(Report calldata report, uint64 version, bytes calldata signatures) external;

    /// @notice Refuses the waiting report; the epoch can be reported again after 24 hours. Guardian only, within 12 hours.
    function veto() external;

    /// @notice Lets the waiting report become claimable once its 12 hours are over. Reports and claims do it themselves.
    function settle() external;

    /// @notice Pays what an account has earned and not been paid. Anyone may call; the account is paid.
    /// @param account Who is paid.
    /// @param cumulative All it has earned by the root, in base units.
    /// @param index Number of the accepted root, counted from 0: one of the last 64, or the waiting one after 12 hours.
    /// @param proof Sibling hashes, at most 20.
    /// @return amount What was paid.
    function claim(
        address account,
        uint256 cumulative,
        uint256 index,
        bytes32[] calldata proof
    ) external returns (uint256 amount);

    /// @notice Sends carry, never a pot, into the home vault's carry. Owner only, on remote chains only.
    /// @param amount Base units, a whole number of shared units of 1e-6 STUN.
    /// @param options LayerZero execution options; may be empty where the bridge enforces them.
    function sendCarryHome(uint256 amount, bytes calldata options) external payable;

    /// @notice Counts what has arrived above the budget as carry. Anyone may call, on the home chain only.
    function receiveCarry() external;

    /// @notice Gives the guardian its 14 vetoes. Owner only.
    function refillVetoes() external;

    /// @notice Sets the most reward for each unit of fee, 1 to 100. Owner only.
    /// @param subsidy Most reward for each unit of fee, 1 to 100.
    function setSubsidy(uint8 subsidy) external;

    /// @notice Where the vault stands.
    /// @return All counters and the waiting report, amounts in base units.
    function status() external view returns (Status memory);

    /// @notice The accepted root with this number; only the last 64 are held.
    /// @param index Number of the accepted root, counted from 0.
    /// @return The root; an index outside the last 64 reverts with `RootNotHeld`.
    function rootAt(uint256 index) external view returns (bytes32);

    /// @notice What the next epoch can spend.
    /// @return Base units: pot and carry, at most two first days.
    function spendable() external view returns (uint256);

    /// @notice From when an epoch can be reported, as far as its own days go.
    /// @param epoch Days since the start of the emission.
    /// @return Unix seconds: the last second of the epoch and an hour.
    function closesAt(uint256 epoch) external view returns (uint256);
}
