// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IAssertions } from "../predeploy/IAssertions.sol";
import { SlotDerivation } from "@openzeppelin/contracts/utils/SlotDerivation.sol";

/// @title Typed assertions
/// @notice What contracts call instead of the predeploy: values of Solidity's types, and slots of mappings.
/// @dev A slot holds exactly what is asserted, so variables that share a slot with others cannot be asserted alone.
/// The functions revert where the predeploy reverts: outside of a bundle, and on chains without it.
library AssertStorage {
    using SlotDerivation for bytes32;

    /// @notice The Lockstep predeploy, at the same address on every rollup.
    IAssertions internal constant PREDEPLOY = IAssertions(0x4C6f636b73746570000000000000000000000001);

    /// @notice Asserts the value of a slot.
    function assertBytes32(uint256 chainId, address account, bytes32 slot, bytes32 value) internal {
        PREDEPLOY.assertStorage(chainId, account, slot, value);
    }

    /// @notice Asserts a number that has a slot of its own.
    function assertUint(uint256 chainId, address account, bytes32 slot, uint256 value) internal {
        PREDEPLOY.assertStorage(chainId, account, slot, bytes32(value));
    }

    /// @notice Asserts an address that has a slot of its own.
    function assertAddress(uint256 chainId, address account, bytes32 slot, address value) internal {
        PREDEPLOY.assertStorage(chainId, account, slot, bytes32(uint256(uint160(value))));
    }

    /// @notice Asserts a truth value that has a slot of its own.
    function assertBool(uint256 chainId, address account, bytes32 slot, bool value) internal {
        PREDEPLOY.assertStorage(chainId, account, slot, bytes32(uint256(value ? 1 : 0)));
    }

    /// @notice Asserts an owner's balance in a token whose mapping of balances is the variable at a known slot.
    /// @param balances The slot of the mapping itself; zero for OpenZeppelin's ERC-20.
    function assertBalance(uint256 chainId, address token, bytes32 balances, address owner, uint256 value) internal {
        PREDEPLOY.assertStorage(chainId, token, balances.deriveMapping(owner), bytes32(value));
    }

    /// @notice The slot of `mapping(bytes32 => …)` at a slot for a key.
    function mappingSlot(bytes32 mappingAt, bytes32 key) internal pure returns (bytes32) {
        return mappingAt.deriveMapping(key);
    }

    /// @notice The slot of `mapping(uint256 => …)` at a slot for a key.
    function mappingSlot(bytes32 mappingAt, uint256 key) internal pure returns (bytes32) {
        return mappingAt.deriveMapping(key);
    }

    /// @notice The slot of `mapping(address => …)` at a slot for a key.
    function mappingSlot(bytes32 mappingAt, address key) internal pure returns (bytes32) {
        return mappingAt.deriveMapping(key);
    }

    /// @notice The slot of `mapping(address => mapping(address => …))` at a slot, allowances for example.
    function mappingSlot(bytes32 mappingAt, address outer, address inner) internal pure returns (bytes32) {
        return mappingAt.deriveMapping(outer).deriveMapping(inner);
    }
}
