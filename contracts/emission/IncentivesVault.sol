// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { IVestingVault } from "../vesting/IVestingVault.sol";
import { TesterBadge } from "./TesterBadge.sol";

/// @title Incentives of the ecosystem, on the home chain
/// @notice 1,000 developers receive 10,000 STUN each, 5,000 models 1,000, 100 validators 50,000 over two years, 1,000 beta
/// testers 5,000 and a badge: 25,000,000 in all. The owner says by roots who is eligible; numbers and amounts are
/// constants, and nothing leaves in another way. Amounts are base units.
contract IncentivesVault is Ownable2Step {
    using SafeERC20 for IERC20;

    /// @notice What an incentive is for.
    enum Kind {
        Developer,
        Model,
        Validator,
        Tester
    }

    /// @notice Longest proof.
    uint256 public constant MAX_DEPTH = 20;
    /// @notice How long a validator's incentive is released, in seconds.
    uint32 public constant VALIDATOR_RELEASE = 730 days;

    /// @notice The STUN token.
    IERC20 public immutable token;
    /// @notice Where validators' incentives are released.
    IVestingVault public immutable vesting;
    /// @notice The testers' badge.
    TesterBadge public immutable badge;

    /// @notice Roots over `keccak256(keccak256(abi.encode(uint8 kind, bytes32 key, address account)))`, sorted pairs.
    mapping(Kind kind => bytes32) public roots;
    /// @notice How many of a kind were claimed.
    mapping(Kind kind => uint256) public claimed;
    /// @notice Whether a key was claimed: an account, or the content hash of a model.
    mapping(Kind kind => mapping(bytes32 key => bool)) public isClaimed;

    /// @notice The owner said who is eligible.
    /// @param kind What the incentive is for.
    /// @param root Root of who is eligible; zero for nobody.
    event RootSet(Kind indexed kind, bytes32 root);
    /// @notice An incentive was claimed.
    /// @param kind What the incentive is for.
    /// @param key The account left-padded; for a model its content hash.
    /// @param account Who is paid.
    /// @param amount What it received, in base units.
    event IncentiveClaimed(Kind indexed kind, bytes32 indexed key, address indexed account, uint256 amount);

    /// @notice All of this kind are claimed.
    /// @param kind What the incentive is for.
    /// @param cap How many of the kind there are.
    error AllClaimed(Kind kind, uint256 cap);
    /// @notice The key was claimed before.
    /// @param kind What the incentive is for.
    /// @param key The account left-padded; for a model its content hash.
    error AlreadyClaimed(Kind kind, bytes32 key);
    /// @notice Kind, key, account and proof do not lead to the root.
    /// @param kind What the incentive is for.
    /// @param key The account left-padded; for a model its content hash.
    /// @param account Who is paid.
    error InvalidProof(Kind kind, bytes32 key, address account);
    /// @notice Apart from models the key is the account, left-padded.
    /// @param kind What the incentive is for.
    /// @param key The account left-padded; for a model its content hash.
    /// @param account Who is paid.
    error InvalidKey(Kind kind, bytes32 key, address account);
    /// @notice The proof is longer than `MAX_DEPTH`.
    /// @param length Number of sibling hashes.
    error ProofTooLong(uint256 length);

    /// @notice Deploys the testers' badge, which only this vault mints.
    /// @param token_ The STUN token.
    /// @param vesting_ The vesting vault of the home chain.
    /// @param owner_ The timelock.
    constructor(IERC20 token_, IVestingVault vesting_, address owner_) Ownable(owner_) {
        token = token_;
        vesting = vesting_;
        badge = new TesterBadge(address(this));
    }

    /// @notice Sets who is eligible; what was claimed stays claimed. Owner only.
    /// @param kind What the incentive is for.
    /// @param root Root of who is eligible; zero for nobody.
    function setRoot(Kind kind, bytes32 root) external onlyOwner {
        roots[kind] = root;
        emit RootSet(kind, root);
    }

    /// @notice Pays an incentive to `account`. Anyone may call. Waits, by the token's own error, while the vault has not
    /// received enough of its grant.
    /// @param kind What the incentive is for; fails when all of the kind are claimed.
    /// @param key The account left-padded; for a model its content hash.
    /// @param account Who is paid; the root names it.
    /// @param proof Sibling hashes, at most 20.
    function claim(Kind kind, bytes32 key, address account, bytes32[] calldata proof) external {
        (uint256 cap, uint256 amount) = terms(kind);
        if (proof.length > MAX_DEPTH) revert ProofTooLong(proof.length);
        if (kind != Kind.Model && key != bytes32(uint256(uint160(account)))) revert InvalidKey(kind, key, account);
        if (isClaimed[kind][key]) revert AlreadyClaimed(kind, key);
        uint256 count = claimed[kind];
        if (count == cap) revert AllClaimed(kind, cap);
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(kind, key, account))));
        if (MerkleProof.processProofCalldata(proof, leaf) != roots[kind]) revert InvalidProof(kind, key, account);
        isClaimed[kind][key] = true;
        claimed[kind] = count + 1;
        emit IncentiveClaimed(kind, key, account, amount);
        if (kind == Kind.Validator) _release(account, amount);
        else token.safeTransfer(account, amount);
        if (kind == Kind.Tester) badge.mint(account);
    }

    /// @notice How many of a kind there are, and what each receives.
    /// @param kind What the incentive is for.
    /// @return cap How often the incentive can be claimed in all.
    /// @return amount What one claim receives, in base units.
    function terms(Kind kind) public pure returns (uint256 cap, uint256 amount) {
        if (kind == Kind.Developer) return (1_000, 10_000e18);
        if (kind == Kind.Model) return (5_000, 1_000e18);
        if (kind == Kind.Validator) return (100, 50_000e18);
        return (1_000, 5_000e18);
    }

    function _release(address account, uint256 amount) private {
        token.forceApprove(address(vesting), amount);
        vesting.grant(
            IVestingVault.Terms({
                beneficiary: account,
                total: uint96(amount),
                start: uint40(block.timestamp),
                cliff: 0,
                duration: VALIDATOR_RELEASE
            }),
            address(0)
        );
    }
}
