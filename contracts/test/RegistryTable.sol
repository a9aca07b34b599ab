// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import { IRegistry } from "../registry/IRegistry.sol";

/// @title The registry's answers as a table that a test writes
/// @notice Lets the suites of escrow and channels name referrers and creators without GPUs and attestations.
contract RegistryTable is IRegistry {
    mapping(address provider => bool) private _registered;
    mapping(address provider => address) private _referrers;
    mapping(bytes32 modelId => address) private _creators;

    /// @notice Registers a provider, with or without a referrer.
    function setProvider(address provider, address referrer) external {
        _registered[provider] = true;
        _referrers[provider] = referrer;
    }

    /// @notice Registers a model.
    function setModel(bytes32 modelId, address creator) external {
        _creators[modelId] = creator;
    }

    /// @inheritdoc IRegistry
    function referrerOf(address provider) external view returns (bool registered, address referrer) {
        return (_registered[provider], _referrers[provider]);
    }

    /// @inheritdoc IRegistry
    function creatorOf(bytes32 modelId) external view returns (address creator) {
        return _creators[modelId];
    }
}
