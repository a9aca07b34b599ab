// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The state of one job beside its commitment.
/// Bits from the low end: provider 160, created 32, since 32, state 8, attempt 8, bounties 8.
type JobWord is uint256;

using JobWords for JobWord global;

/// @title Packing of a job's word
/// @notice Times are unix seconds in 32 bits, good until 2106.
library JobWords {
    uint256 internal constant NONE = 0;
    uint256 internal constant OPEN = 1;
    uint256 internal constant ASSIGNED = 2;
    uint256 internal constant SUBMITTED = 3;
    uint256 internal constant DISPUTED = 4;

    /// @notice Packs a job's word; the caller keeps every value within its bits.
    /// @param who Provider of the assignment.
    /// @param created_ Unix seconds.
    /// @param since_ From when the job is in the state, in unix seconds.
    /// @param state_ OPEN, ASSIGNED, SUBMITTED or DISPUTED.
    /// @param attempt_ Number of assignments so far.
    /// @param bounties_ Slashes that wait for who is paid.
    /// @return The word.
    function pack(
        address who,
        uint256 created_,
        uint256 since_,
        uint256 state_,
        uint256 attempt_,
        uint256 bounties_
    ) internal pure returns (JobWord) {
        return
            JobWord.wrap(
                uint256(uint160(who)) |
                    (created_ << 160) |
                    (since_ << 192) |
                    (state_ << 224) |
                    (attempt_ << 232) |
                    (bounties_ << 240)
            );
    }

    /// @notice The same job in another state from `since_` on.
    /// @param word The job's word.
    /// @param state_ OPEN, ASSIGNED, SUBMITTED or DISPUTED.
    /// @param since_ From when the job is in the state, in unix seconds.
    /// @return The new word.
    function moved(JobWord word, uint256 state_, uint256 since_) internal pure returns (JobWord) {
        uint256 kept = JobWord.unwrap(word) & ~(uint256(type(uint40).max) << 192);
        return JobWord.wrap(kept | (since_ << 192) | (state_ << 224));
    }

    /// @notice Provider of the current assignment; the last one while the job is open again.
    /// @param word The job's word.
    /// @return Zero before the first assignment.
    function provider(JobWord word) internal pure returns (address) {
        return address(uint160(JobWord.unwrap(word)));
    }

    /// @notice When the job was created.
    /// @param word The job's word.
    /// @return Unix seconds.
    function created(JobWord word) internal pure returns (uint256) {
        return uint32(JobWord.unwrap(word) >> 160);
    }

    /// @notice When the job came into its state.
    /// @param word The job's word.
    /// @return Unix seconds.
    function since(JobWord word) internal pure returns (uint256) {
        return uint32(JobWord.unwrap(word) >> 192);
    }

    /// @notice NONE, OPEN, ASSIGNED, SUBMITTED or DISPUTED.
    /// @param word The job's word.
    /// @return One of the constants above.
    function state(JobWord word) internal pure returns (uint256) {
        return uint8(JobWord.unwrap(word) >> 224);
    }

    /// @notice How many assignments there have been.
    /// @param word The job's word.
    /// @return 0 to 3.
    function attempt(JobWord word) internal pure returns (uint256) {
        return uint8(JobWord.unwrap(word) >> 232);
    }

    /// @notice How many slashes of earlier assignments wait for who is paid.
    /// @param word The job's word.
    /// @return 0 to 3.
    function bounties(JobWord word) internal pure returns (uint256) {
        return uint8(JobWord.unwrap(word) >> 240);
    }
}
