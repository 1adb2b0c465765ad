// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Message, Messages } from "./Messages.sol";
import { IERC7786GatewaySource } from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import { NoncesKeyed } from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import { InteroperableAddress } from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";

/// @title Outbox
/// @notice Where messages to other rollups are sent. Sending sets a storage slot that the destination's {Inbox} asserts, in
/// the same bundle (before or after it was sent) or in a later one. Messages stay sent forever.
/// @dev The contract has no owner and no constructor arguments: it has one address on every rollup where the same
/// CREATE2 factory deployed it. It is an ERC-7786 source gateway.
contract Outbox is IERC7786GatewaySource, NoncesKeyed {
    using InteroperableAddress for bytes;

    /// @notice The messages that were sent, by id. Its place in storage is part of the protocol: see {Messages.SENT_SLOT}.
    mapping(bytes32 id => bool) public sent;

    /// @notice The attribute `nonceKey(uint192)` of {sendMessage} chooses the key of the message's nonce.
    bytes4 public constant NONCE_KEY_ATTRIBUTE = bytes4(keccak256("nonceKey(uint192)"));

    /// @notice A message was sent.
    event Sent(
        bytes32 indexed id,
        uint256 indexed destinationChain,
        address indexed recipient,
        address sender,
        uint256 nonce,
        bytes payload
    );

    /// @notice Messages carry no ether.
    error ValueNotSupported();

    /// @notice The attribute is not the ABI encoding that its selector stands for.
    error MalformedAttribute(bytes attribute);

    /// @notice Sends a message.
    /// @param destinationChain The rollup where it can be consumed.
    /// @param recipient Who can consume it there.
    /// @param payload Anything.
    /// @return id The message's id, see {Messages.id}.
    function send(uint256 destinationChain, address recipient, bytes calldata payload) external returns (bytes32 id) {
        return _send(destinationChain, recipient, 0, payload);
    }

    /// @notice Sends a message with a nonce that is counted under a key. A contract that sends on behalf of many users takes
    /// a key per user, so that each can know the id of the message in advance, whatever the others do.
    function send(uint256 destinationChain, address recipient, uint192 nonceKey, bytes calldata payload)
        external
        returns (bytes32 id)
    {
        return _send(destinationChain, recipient, nonceKey, payload);
    }

    /// @inheritdoc IERC7786GatewaySource
    /// @dev The id is never zero: a message needs a call of {Inbox-deliver} on its destination.
    function sendMessage(bytes calldata recipient, bytes calldata payload, bytes[] calldata attributes)
        external
        payable
        returns (bytes32 sendId)
    {
        require(msg.value == 0, ValueNotSupported());
        (uint256 destinationChain, address to) = recipient.parseEvmV1Calldata();
        sendId = _send(destinationChain, to, _nonceKey(attributes), payload);
        bytes memory sender = InteroperableAddress.formatEvmV1(block.chainid, msg.sender);
        emit MessageSent(sendId, sender, recipient, payload, 0, attributes);
    }

    /// @inheritdoc IERC7786GatewaySource
    function supportsAttribute(bytes4 selector) external pure returns (bool) {
        return selector == NONCE_KEY_ATTRIBUTE;
    }

    function _send(uint256 destinationChain, address recipient, uint192 nonceKey, bytes calldata payload)
        private
        returns (bytes32 id)
    {
        uint256 nonce = _useNonce(msg.sender, nonceKey);
        id = Messages.id(Message(block.chainid, msg.sender, destinationChain, recipient, nonce, payload), address(this));
        sent[id] = true;
        emit Sent(id, destinationChain, recipient, msg.sender, nonce, payload);
    }

    function _nonceKey(bytes[] calldata attributes) private pure returns (uint192 key) {
        for (uint256 i = 0; i < attributes.length; ++i) {
            bytes calldata attribute = attributes[i];
            // forge-lint: disable-next-line(unsafe-typecast) the selector is the beginning
            bytes4 selector = bytes4(attribute);
            require(selector == NONCE_KEY_ATTRIBUTE, UnsupportedAttribute(selector));
            require(attribute.length == 36, MalformedAttribute(attribute));
            key = abi.decode(attribute[4:], (uint192));
        }
    }
}
