// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title What the job escrow asks of the registry
/// @notice Both answers are final once given: a referrer is fixed when the provider registers, a creator is the first
/// registrant of a model. The escrow therefore reads each once, when it first books a part for that provider or model,
/// keeps it beside the booked amount, and never calls the registry on later settlements.
interface IRegistry {
    /// @notice Whether `provider` is registered, and who referred it; the zero address when nobody did.
    /// An unregistered provider has no referrer yet: the escrow books no referral and asks again next time.
    /// @param provider Any account.
    /// @return registered Whether the answer is final.
    /// @return referrer Who referred it.
    function referrerOf(address provider) external view returns (bool registered, address referrer);

    /// @notice The first registrant of a model; the zero address while nobody has registered it.
    /// A job that names an unregistered model pays no royalty.
    /// @param modelId Content hash of the model.
    /// @return creator Who earns its royalties.
    function creatorOf(bytes32 modelId) external view returns (address creator);
}
