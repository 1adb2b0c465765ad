// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Who says what happened on a chain outside of the zone
/// @notice The user names a verifier in the order, and the filler sees which one before it fills: both trust it for this order.
interface IFillVerifier {
    /// @notice Whether the settler on another chain has recorded a fill.
    /// @param chainId The chain where the order was filled.
    /// @param settler The settler there.
    /// @param fillKey See {Intents-fillKey}.
    /// @param proof In a form that the verifier defines.
    function isFilled(uint256 chainId, bytes32 settler, bytes32 fillKey, bytes calldata proof)
        external
        view
        returns (bool);
}
