// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { Cheats } from "./Cheats.sol";

/// @notice A handler that also knows the rules of what it handles.
interface IRules {
    function ruleSelectors() external view returns (bytes4[] memory);
    function clock() external view returns (uint256);
}

/// @title One campaign of random calls on a handler
/// @notice All rules are checked after each call, in one campaign: Foundry would repeat the whole campaign for each function
/// named `invariant`. A failure says which rule by its selector, then why.
abstract contract Campaign is Cheats {
    // solhint-disable-next-line func-name-mixedcase
    bool public constant IS_TEST = true;
    IRules internal _handler;

    error RuleBroken(bytes4 rule, string why);

    function invariant_all_rules_hold() external {
        vm.warp(_handler.clock());
        bytes4[] memory rules = _handler.ruleSelectors();
        for (uint256 i; i < rules.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool held, bytes memory reason) = address(_handler).staticcall(abi.encodePacked(rules[i]));
            if (!held) revert RuleBroken(rules[i], _text(reason));
        }
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(_handler);
    }

    function targetSenders() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(this);
    }

    function _target(address handler) internal {
        _handler = IRules(handler);
    }

    /// @dev The text of `Error(string)`, or that there is none.
    function _text(bytes memory reason) private pure returns (string memory) {
        if (reason.length < 68) return "no reason";
        bytes memory body = new bytes(reason.length - 4);
        for (uint256 i; i < body.length; ++i) body[i] = reason[i + 4];
        return abi.decode(body, (string));
    }
}
