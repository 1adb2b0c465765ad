// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { SlotDerivation } from "@openzeppelin/contracts/utils/SlotDerivation.sol";

/// @notice A message from a contract or account on one rollup to another one on another rollup.
struct Message {
    /// @dev The rollup where it was sent.
    uint256 sourceChain;
    /// @dev Who called the outbox.
    address sender;
    /// @dev The rollup where it can be consumed.
    uint256 destinationChain;
    /// @dev Who can consume it, or to whom it is delivered.
    address recipient;
    /// @dev Of the sender: a key of its choice in the upper 192 bits, a count under that key in the lower 64.
    uint256 nonce;
    /// @dev Anything; it is not stored.
    bytes payload;
}

/// @title The identity of messages
library Messages {
    using SlotDerivation for bytes32;

    /// @notice The variable of the outbox that holds which messages were sent: `mapping(bytes32 id => bool)`.
    bytes32 internal constant SENT_SLOT = bytes32(uint256(2));

    /// @notice The message's id: keccak256 of the ABI encoding of source chain, outbox, sender, destination chain, recipient,
    /// nonce and the payload's keccak256, each in 32 bytes.
    function id(Message memory message, address outbox) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                message.sourceChain,
                outbox,
                message.sender,
                message.destinationChain,
                message.recipient,
                message.nonce,
                keccak256(message.payload)
            )
        );
    }

    /// @notice The slot of the outbox that holds 1 once the message was sent.
    function sentSlot(bytes32 messageId) internal pure returns (bytes32) {
        return SENT_SLOT.deriveMapping(messageId);
    }
}
