// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AssertStorage } from "../libraries/AssertStorage.sol";
import { Message, Messages } from "./Messages.sol";
import { IERC7786Recipient } from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import { InteroperableAddress } from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";

/// @title Inbox
/// @notice Where messages from other rollups are consumed, each at most once. Consuming asserts that the message is marked in
/// the outbox of its source chain, so it takes part in a bundle; the bundle is void if the message was not sent.
/// @dev A message from a chain is as good as that chain: one whose first state or code is dishonest can invent messages from
/// itself, but none from another chain. Recipients therefore trust pairs of chain and sender, never a sender alone.
contract Inbox {
    /// @notice An outbox whose messages are accepted.
    struct Source {
        uint256 chainId;
        address outbox;
    }

    /// @notice The outbox of each chain from which messages are accepted; zero for all other chains. It never changes.
    mapping(uint256 chainId => address) public outboxOf;

    /// @notice The messages that were consumed or delivered, by id.
    mapping(bytes32 id => bool) public used;

    /// @notice A message was consumed or delivered.
    event Consumed(bytes32 indexed id, uint256 indexed sourceChain, address indexed recipient, address sender);

    /// @notice The list of sources names a chain twice, or no outbox.
    error InvalidSource(uint256 chainId, address outbox);

    /// @notice No outbox is known on the chain.
    error UnknownSource(uint256 chainId);

    /// @notice The message is for another chain.
    error WrongDestination(uint256 destinationChain);

    /// @notice The message is for another account; {deliver} hands it over.
    error WrongRecipient(address recipient);

    /// @notice The message was consumed before.
    error AlreadyUsed(bytes32 id);

    /// @notice The recipient did not answer as ERC-7786 asks.
    error NotAccepted(bytes32 id);

    constructor(Source[] memory sources) {
        for (uint256 i = 0; i < sources.length; ++i) {
            Source memory source = sources[i];
            require(
                source.outbox != address(0) && outboxOf[source.chainId] == address(0),
                InvalidSource(source.chainId, source.outbox)
            );
            outboxOf[source.chainId] = source.outbox;
        }
    }

    /// @notice Consumes a message to the caller.
    /// @return id The message's id.
    function consume(Message calldata message) external returns (bytes32 id) {
        require(message.recipient == msg.sender, WrongRecipient(message.recipient));
        return _use(message);
    }

    /// @notice Consumes a message and calls {IERC7786Recipient-receiveMessage} of its recipient. Anybody may call.
    /// @return id The message's id, which is also the receiveId.
    function deliver(Message calldata message) external returns (bytes32 id) {
        id = _use(message);
        bytes memory sender = InteroperableAddress.formatEvmV1(message.sourceChain, message.sender);
        bytes4 answer = IERC7786Recipient(message.recipient).receiveMessage(id, sender, message.payload);
        require(answer == IERC7786Recipient.receiveMessage.selector, NotAccepted(id));
    }

    /// @dev The mark comes before the recipient's code, which may call again.
    function _use(Message calldata message) private returns (bytes32 id) {
        require(message.destinationChain == block.chainid, WrongDestination(message.destinationChain));
        address outbox = outboxOf[message.sourceChain];
        require(outbox != address(0), UnknownSource(message.sourceChain));
        id = Messages.id(message, outbox);
        require(!used[id], AlreadyUsed(id));
        used[id] = true;
        AssertStorage.assertBool(message.sourceChain, outbox, Messages.sentSlot(id), true);
        emit Consumed(id, message.sourceChain, message.recipient, message.sender);
    }
}
