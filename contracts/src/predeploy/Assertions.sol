// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAssertions } from "./IAssertions.sol";

/// @title The Lockstep predeploy
/// @notice See {IAssertions}. The code is part of every network's genesis and has no storage.
/// @dev That a transaction is in a bundle shows in its access list alone: one that names this account is ordered only inside
/// an execution bundle, and naming the marker slot makes it warm. Whether it is warm shows in the price of loading it (EIP-2929).
contract Assertions is IAssertions {
    /// @dev The account that this code belongs to: the ASCII text "Lockstep" and a counter.
    address private constant PREDEPLOY = 0x4C6f636b73746570000000000000000000000001;

    /// @dev keccak256("lockstep/marker/v1").
    bytes32 private constant MARKER = 0xa7c09f82475e6315541720bb02da597e3d4bd42a28b4f353f3452488d15a25bc;

    /// @dev Between the price of a warm load (100 gas) and that of a cold one (2100 gas).
    uint256 private constant WARM_BELOW = 1000;

    /// @inheritdoc IAssertions
    function assertStorage(uint256 chainId, address account, bytes32 slot, bytes32 value) external {
        // Before the load: in the storage of another account the marker slot may well be warm.
        require(address(this) == PREDEPLOY, NotThePredeploy());
        require(_inBundle(), NotInBundle());
        emit StorageAsserted(chainId, account, slot, value);
    }

    /// @dev Loading a cold slot warms it, so this must never be reachable without a revert when it returns false: going back
    /// also makes the slot cold again. For that reason there is no view function to ask.
    function _inBundle() private view returns (bool warm) {
        bytes32 value;
        uint256 cost;
        assembly ("memory-safe") {
            cost := gas()
            value := sload(MARKER)
            cost := sub(cost, gas())
        }
        // The value is always zero. Without a use of it the optimiser removes the load, and everything would seem warm.
        warm = value == 0 && cost < WARM_BELOW;
    }
}
