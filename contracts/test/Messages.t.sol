// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Inbox } from "../src/messages/Inbox.sol";
import { Message, Messages } from "../src/messages/Messages.sol";
import { Outbox } from "../src/messages/Outbox.sol";
import { IAssertions } from "../src/predeploy/IAssertions.sol";
import { Zone } from "./zone/Zone.sol";
import { ERC7786Recipient } from "@openzeppelin/contracts/crosschain/ERC7786Recipient.sol";
import { InteroperableAddress } from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";

contract Letterbox is ERC7786Recipient {
    address private immutable INBOX;
    bytes public sender;
    bytes public payload;
    uint256 public count;

    constructor(address inbox) {
        INBOX = inbox;
    }

    function _isAuthorizedGateway(address gateway, bytes calldata) internal view override returns (bool) {
        return gateway == INBOX;
    }

    function _processMessage(address, bytes32, bytes calldata sender_, bytes calldata payload_) internal override {
        (sender, payload) = (sender_, payload_);
        ++count;
    }
}

/// @dev Tries to have a message delivered again while it is being delivered.
contract Reentrant {
    Message private _message;

    function set(Message calldata message) external {
        _message = message;
    }

    function receiveMessage(bytes32, bytes calldata, bytes calldata) external payable returns (bytes4) {
        Inbox(msg.sender).deliver(_message);
        return this.receiveMessage.selector;
    }
}

contract MessagesTest is Zone {
    address private constant ALICE = address(0xA11CE);
    address private constant BOB = address(0xB0B);

    mapping(uint256 chain => Outbox) private outbox;
    mapping(uint256 chain => Inbox) private inbox;

    function setUp() public {
        Inbox.Source[] memory sources = new Inbox.Source[](3);
        uint256[3] memory chains = [A, B, HOSTILE];
        for (uint256 i = 0; i < 3; ++i) {
            outbox[chains[i]] = new Outbox();
            put(chains[i], address(outbox[chains[i]]));
            sources[i] = Inbox.Source(chains[i], address(outbox[chains[i]]));
        }
        for (uint256 i = 0; i < 3; ++i) {
            inbox[chains[i]] = new Inbox(sources);
            put(chains[i], address(inbox[chains[i]]));
        }
    }

    function message(address to) private pure returns (Message memory) {
        return Message(A, ALICE, B, to, 0, "hello");
    }

    function sends(Message memory m) private view returns (Leg memory) {
        bytes memory data = abi.encodeWithSignature(
            "send(uint256,address,uint192,bytes)", m.destinationChain, m.recipient, m.nonce >> 64, m.payload
        );
        return leg(m.sourceChain, m.sender, address(outbox[m.sourceChain]), data);
    }

    function consumes(Message memory m) private view returns (Leg memory) {
        return leg(B, m.recipient, address(inbox[B]), abi.encodeCall(Inbox.consume, (m)));
    }

    function delivers(Message memory m) private view returns (Leg memory) {
        return leg(B, ALICE, address(inbox[B]), abi.encodeCall(Inbox.deliver, (m)));
    }

    function testSlotOfSentMessages() public {
        Message memory m = message(BOB);
        bundle(one(sends(m)));
        bytes32 id = Messages.id(m, address(outbox[A]));
        assertTrue(outbox[A].sent(id), "sent");
        assertEq(uint256(vm.load(address(outbox[A]), Messages.sentSlot(id))), 1, "the slot");
    }

    function testConsumeInOneBundleInAnyOrder() public {
        bundle(two(sends(message(BOB)), consumes(message(BOB))));
        Message memory next = message(BOB);
        next.nonce = 1;
        bundle(two(consumes(next), sends(next)));
        assertTrue(inbox[B].used(Messages.id(next, address(outbox[A]))), "used");
    }

    function testConsumeLater() public {
        bundle(one(sends(message(BOB))));
        bundle(one(consumes(message(BOB))));
    }

    function testConsumeBeforeItIsSent() public {
        voidBundle(one(consumes(message(BOB))), AssertionFailed.selector);
        assertTrue(!inbox[B].used(Messages.id(message(BOB), address(outbox[A]))), "nothing happened");
        bundle(two(sends(message(BOB)), consumes(message(BOB))));
    }

    function testConsumeTwice() public {
        bundle(two(sends(message(BOB)), consumes(message(BOB))));
        voidBundle(one(consumes(message(BOB))), Inbox.AlreadyUsed.selector);
        voidBundle(one(delivers(message(BOB))), Inbox.AlreadyUsed.selector);
    }

    function testConsumeTwiceInOneBundle() public {
        bundle(one(sends(message(BOB))));
        voidBundle(two(consumes(message(BOB)), consumes(message(BOB))), Inbox.AlreadyUsed.selector);
    }

    function testConsumeOutsideOfABundle() public {
        bundle(one(sends(message(BOB))));
        (bool ok, bytes memory answer) = single(consumes(message(BOB)));
        assertTrue(!ok && bytes4(answer) == IAssertions.NotInBundle.selector, "outside of a bundle");
    }

    function testWrongDestinationAndRecipient() public {
        Message memory m = message(BOB);
        bundle(one(sends(m)));
        Leg memory here = consumes(m);
        (here.chain, here.to) = (HOSTILE, address(inbox[HOSTILE]));
        voidBundle(one(here), Inbox.WrongDestination.selector);
        here = consumes(m);
        here.from = ALICE;
        voidBundle(one(here), Inbox.WrongRecipient.selector);
    }

    /// @dev Whatever is not what was sent was not sent.
    function testFuzz_AlteredMessages(uint8 what, uint256 by) public {
        Message memory m = message(BOB);
        bundle(one(sends(m)));
        by = 1 + by % 255;
        if (what % 4 == 0) m.sender = address(uint160(m.sender) ^ uint160(by));
        if (what % 4 == 1) m.nonce ^= by;
        if (what % 4 == 2) m.payload = abi.encode(by);
        if (what % 4 == 3) m.recipient = address(uint160(m.recipient) ^ uint160(by));
        voidBundle(one(consumes(m)), AssertionFailed.selector);
    }

    function testUnknownSource() public {
        Message memory m = message(BOB);
        m.sourceChain = ELSEWHERE;
        voidBundle(one(consumes(m)), Inbox.UnknownSource.selector);
    }

    /// @dev A member can invent messages from itself and from nobody else.
    function testHostileMember() public {
        Message memory forged = message(BOB);
        bytes32 id = Messages.id(forged, address(outbox[A]));
        bytes32 here = Messages.id(forged, address(outbox[HOSTILE]));
        vm.store(address(outbox[HOSTILE]), Messages.sentSlot(id), bytes32(uint256(1)));
        vm.store(address(outbox[HOSTILE]), Messages.sentSlot(here), bytes32(uint256(1)));
        voidBundle(one(consumes(forged)), AssertionFailed.selector);
        forged.sourceChain = HOSTILE;
        bytes32 own = Messages.id(forged, address(outbox[HOSTILE]));
        vm.store(address(outbox[HOSTILE]), Messages.sentSlot(own), bytes32(uint256(1)));
        bundle(one(consumes(forged)));
    }

    function testMemberWithoutOutbox() public {
        vm.etch(address(outbox[A]), "");
        voidBundle(one(consumes(message(BOB))), AssertionFailed.selector);
    }

    function testNoncesAreCountedPerSenderAndKey() public {
        Message memory m = message(BOB);
        bundle(two(sends(m), leg(A, BOB, address(outbox[A]), sends(m).data)));
        m.nonce = uint256(7) << 64;
        bundle(two(sends(m), consumes(m)));
        m.nonce = 1;
        bundle(two(sends(m), consumes(m)));
    }

    function testDeliverByGateway() public {
        Letterbox box = new Letterbox(address(inbox[B]));
        bytes[] memory attributes = new bytes[](1);
        attributes[0] = abi.encodeWithSelector(outbox[A].NONCE_KEY_ATTRIBUTE(), uint192(9));
        bytes memory to = InteroperableAddress.formatEvmV1(B, address(box));
        bytes memory data = abi.encodeCall(Outbox.sendMessage, (to, "hello", attributes));
        Message memory m = message(address(box));
        m.nonce = uint256(9) << 64;
        bundle(two(delivers(m), leg(A, ALICE, address(outbox[A]), data)));
        assertTrue(keccak256(box.payload()) == keccak256("hello"), "payload");
        assertTrue(keccak256(box.sender()) == keccak256(InteroperableAddress.formatEvmV1(A, ALICE)), "sender");
        voidBundle(one(delivers(m)), Inbox.AlreadyUsed.selector);
        assertEq(box.count(), 1, "delivered once");
    }

    function testGatewayRefusesValueAndUnknownAttributes() public {
        bytes memory to = InteroperableAddress.formatEvmV1(B, BOB);
        bytes[] memory attributes = new bytes[](1);
        attributes[0] = hex"01020304";
        Leg memory what = leg(A, ALICE, address(outbox[A]), abi.encodeCall(Outbox.sendMessage, (to, "", attributes)));
        voidBundle(one(what), bytes4(keccak256("UnsupportedAttribute(bytes4)")));
        attributes[0] = abi.encodePacked(outbox[A].NONCE_KEY_ATTRIBUTE());
        what.data = abi.encodeCall(Outbox.sendMessage, (to, "", attributes));
        voidBundle(one(what), Outbox.MalformedAttribute.selector);
        what.data = abi.encodeCall(Outbox.sendMessage, (to, "", new bytes[](0)));
        what.value = 1;
        vm.deal(ALICE, 1);
        vm.deal(address(this), 1);
        voidBundle(one(what), Outbox.ValueNotSupported.selector);
    }

    function testDeliveryWithinADelivery() public {
        Reentrant trap = new Reentrant();
        Message memory m = message(address(trap));
        trap.set(m);
        voidBundle(two(sends(m), delivers(m)), Inbox.AlreadyUsed.selector);
    }

    function testInboxNamesEachChainOnce() public {
        Inbox.Source[] memory sources = new Inbox.Source[](2);
        sources[0] = sources[1] = Inbox.Source(A, address(outbox[A]));
        vm.expectRevert(abi.encodeWithSelector(Inbox.InvalidSource.selector, A, address(outbox[A])));
        new Inbox(sources);
    }
}
