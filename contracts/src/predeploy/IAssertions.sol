// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Assertions about the storage of rollups in the same zone
/// @notice The Lockstep predeploy, on every rollup of a zone at the same address. An assertion says what a storage slot of
/// an account on some rollup holds after the last leg of the bundle that makes the assertion. If one is wrong, the bundle is
/// void: no leg of it took place on any rollup.
/// @dev An assertion may speak of any rollup of the zone, the caller's own included, and of what later legs do: the order of
/// legs does not matter. It says nothing about the time after the bundle.
interface IAssertions {
    /// @notice An assertion that the zone checks after the bundle's last leg.
    /// @param chainId The rollup that is spoken of.
    /// @param account The account whose storage is spoken of; it must have code.
    /// @param slot The storage slot.
    /// @param value What the slot must hold after the bundle's last leg.
    event StorageAsserted(uint256 indexed chainId, address indexed account, bytes32 indexed slot, bytes32 value);

    /// @notice The transaction is no leg of an execution bundle: its access list does not name the marker slot.
    error NotInBundle();

    /// @notice The code runs as that of another account, by DELEGATECALL or by an EIP-7702 delegation.
    error NotThePredeploy();

    /// @notice Makes the bundle void unless the slot holds the value after the bundle's last leg.
    /// @dev Reverts outside of a bundle and on chains without Lockstep. A call that reverts, or whose caller reverts, asserts
    /// nothing, so a caller that catches the error must not go on as if it had asserted. At most 32 assertions per bundle.
    /// @param chainId The rollup to look at; it must be in the zone of this one.
    /// @param account The account whose storage is meant; it must have code.
    /// @param slot The storage slot.
    /// @param value What the slot must hold.
    function assertStorage(uint256 chainId, address account, bytes32 slot, bytes32 value) external;
}
