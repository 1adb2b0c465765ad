// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { GaslessCrossChainOrder } from "../src/intents/IERC7683.sol";
import { IntentSettler } from "../src/intents/IntentSettler.sol";
import { Fill, Intent, Intents } from "../src/intents/Intents.sol";
import { AssertStorage } from "../src/libraries/AssertStorage.sol";
import { Inbox } from "../src/messages/Inbox.sol";
import { Message } from "../src/messages/Messages.sol";
import { Outbox } from "../src/messages/Outbox.sol";
import { IAssertions } from "../src/predeploy/IAssertions.sol";
import { Swap } from "../src/swap/Swap.sol";
import { BridgedERC20 } from "../src/tokens/BridgedERC20.sol";
import { TokenBridge } from "../src/tokens/TokenBridge.sol";
import { SwapOfChain } from "./Swap.t.sol";
import { Bridges } from "./zone/Bridges.sol";
import { Token } from "./zone/Tokens.sol";

/// @dev The predeploy without its check, which costs 150 gas more where the marker is warm.
contract Emitter is IAssertions {
    function assertStorage(uint256 chainId, address account, bytes32 slot, bytes32 value) external {
        emit StorageAsserted(chainId, account, slot, value);
    }
}

/// @dev What each operation costs as a transaction of its own, without the access list: run with --isolate.
contract GasTest is Bridges {
    uint256 private constant USER_KEY = 0xA11CE;
    address private constant BOB = address(0xB0B);

    address private user = vm.addr(USER_KEY);
    Token private token;

    function setUp() public {
        deploy();
        vm.etch(address(AssertStorage.PREDEPLOY), type(Emitter).runtimeCode);
        token = new Token();
        token.mint(user, 1000);
        token.mint(BOB, 1000);
        approve(A, address(token), user);
    }

    function measure(string memory name, Leg memory what) private {
        (bool ok,) = single(what);
        assertTrue(ok, name);
        vm.snapshotGasLastCall("gas", name);
    }

    function testMessages() public {
        Message memory m = Message(A, user, B, BOB, 0, "hello");
        bytes memory data = abi.encodeWithSignature("send(uint256,address,bytes)", B, BOB, m.payload);
        measure("Outbox.send", leg(A, user, address(outbox[A]), data));
        measure("Inbox.consume", leg(B, BOB, address(inbox[B]), abi.encodeCall(Inbox.consume, (m))));
    }

    function testTokens() public {
        Leg[] memory legs = sends(address(token), A, B, user, 100);
        measure("TokenBridge.lock", legs[0]);
        measure("Inbox.deliver, first arrival of a token", legs[1]);
        legs = sends(address(token), A, B, user, 100);
        measure("TokenBridge.lock, again", legs[0]);
        measure("Inbox.deliver, mint", legs[1]);
        legs = returns_(bridge[B].bridged(A, address(token)), B, user, 100);
        measure("TokenBridge.burn", legs[0]);
        measure("Inbox.deliver, unlock", legs[1]);
    }

    function testSwap() public {
        SwapOfChain swap = new SwapOfChain();
        vm.prank(user);
        token.approve(address(swap), 100);
        Swap.Side memory first = Swap.Side(A, user, BOB, address(token), 100);
        Swap.Terms memory terms = Swap.Terms(first, Swap.Side(B, BOB, user, address(token), 1), block.timestamp, 0);
        measure("Swap.pay", leg(A, user, address(swap), abi.encodeCall(Swap.pay, (terms))));
    }

    function testIntents() public {
        IntentSettler settler = new IntentSettler();
        GaslessCrossChainOrder memory order = orderOf(settler);
        Intent memory intent = abi.decode(order.orderData, (Intent));
        vm.prank(user);
        token.approve(address(settler), 1000);
        vm.prank(BOB);
        token.approve(address(settler), 1000);
        vm.chainId(A);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(USER_KEY, settler.digestOf(order));
        Fill memory what = Fill(BOB, 100, 250, 0);
        bytes memory data = abi.encodeCall(IntentSettler.openFor, (order, abi.encodePacked(r, s, v), abi.encode(what)));
        measure("IntentSettler.openFor", leg(A, BOB, address(settler), data));
        data = abi.encodeCall(
            IntentSettler.fill,
            (Intents.orderId(order, intent), abi.encode(Intents.fillTerms(order, intent)), abi.encode(what))
        );
        measure("IntentSettler.fill", leg(B, BOB, address(settler), data));
    }

    function orderOf(IntentSettler settler) private view returns (GaslessCrossChainOrder memory) {
        Intent memory intent = Intent({
            inputToken: address(token),
            inputAmount: 100,
            outputToken: bytes32(uint256(uint160(address(token)))),
            minOutput: 250,
            recipient: bytes32(uint256(0xCA401)),
            destinationChainId: B,
            destinationSettler: bytes32(uint256(uint160(address(settler)))),
            escrow: false,
            partialFill: true,
            claimPeriod: 0,
            verifier: address(0)
        });
        uint32 deadline = uint32(block.timestamp + 60);
        return GaslessCrossChainOrder(
            address(settler), user, 5, A, deadline, deadline, settler.ORDER_DATA_TYPE(), abi.encode(intent)
        );
    }
}
