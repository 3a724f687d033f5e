// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A list whose additions wait and whose removals do not.
/// @notice Whoever steals an owner's key can add nothing before people had time to see it and leave; the owner can take
/// away at once.
library DelayedList {
    struct List {
        mapping(bytes32 item => uint64) from; // Unix seconds: first second at which it counts; 0: not listed
    }

    /// @notice The item is on the list already, or about to be.
    error AlreadyListed(bytes32 item, uint64 from);

    /// @notice Adds an item after delay seconds, or removes one at once.
    /// @return from Unix seconds: first second at which the item counts; 0 if it was removed.
    function set(List storage list, bytes32 item, bool listed, uint64 delay) internal returns (uint64 from) {
        if (!listed) {
            delete list.from[item];
            return 0;
        }
        if (list.from[item] != 0) revert AlreadyListed(item, list.from[item]);
        from = uint64(block.timestamp) + delay;
        list.from[item] = from;
    }

    /// @notice Whether the item counts now.
    function has(List storage list, bytes32 item) internal view returns (bool) {
        uint64 from = list.from[item];
        return from != 0 && block.timestamp >= from;
    }
}
