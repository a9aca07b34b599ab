// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title Limit of what may flow in one direction of one path
/// @notice A bucket that flow fills and that empties at `capacity / window` per second and by flow in the opposite
/// direction, so that it bounds what flows net, not the traffic. One slot. Amounts are base units of 1e-18 STUN.
library RateLimit {
    /// @notice One direction of one path.
    struct Bucket {
        /// @dev Most that `used` may become by a transfer. Zero lets nothing through.
        uint96 capacity;
        /// @dev What flowed and has not drained yet, as of `updatedAt`.
        uint96 used;
        /// @dev Seconds in which a full bucket drains.
        uint32 window;
        /// @dev Unix seconds of the last change.
        uint32 updatedAt;
    }

    /// @notice What may flow now. Rounded down.
    /// @param bucket The direction's bucket.
    /// @return Base units.
    function available(Bucket memory bucket) internal view returns (uint256) {
        uint256 used = drained(bucket);
        return used < bucket.capacity ? bucket.capacity - used : 0;
    }

    /// @notice What is still in the bucket after the time that has passed. Rounded up.
    /// @param bucket The direction's bucket.
    /// @return Base units.
    function drained(Bucket memory bucket) internal view returns (uint256) {
        if (bucket.used == 0 || block.timestamp <= bucket.updatedAt) return bucket.used;
        uint256 out = (uint256(bucket.capacity) * (block.timestamp - bucket.updatedAt)) / bucket.window;
        return out < bucket.used ? bucket.used - out : 0;
    }

    /// @notice Counts a flow; the caller has checked `available`.
    /// @param bucket The direction's bucket.
    /// @param amount Base units.
    function take(Bucket storage bucket, uint256 amount) internal {
        // At most `capacity` after a checked flow, which is a uint96.
        write(bucket, drained(bucket) + amount);
    }

    /// @notice Counts a flow in the opposite direction.
    /// @param bucket The direction's bucket.
    /// @param amount Base units.
    function refill(Bucket storage bucket, uint256 amount) internal {
        if (bucket.used == 0) return;
        uint256 used = drained(bucket);
        write(bucket, used > amount ? used - amount : 0);
    }

    /// @notice Changes the limit from now on; what has flowed stays counted.
    /// @param bucket The direction's bucket.
    /// @param capacity Base units; see `Bucket`.
    /// @param window Seconds, not zero.
    function configure(Bucket storage bucket, uint96 capacity, uint32 window) internal {
        write(bucket, drained(bucket));
        bucket.capacity = capacity;
        bucket.window = window;
    }

    function write(Bucket storage bucket, uint256 used) private {
        bucket.used = uint96(used);
        bucket.updatedAt = uint32(block.timestamp);
    }
}
