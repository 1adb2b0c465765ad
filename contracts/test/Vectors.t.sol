// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { GaslessCrossChainOrder } from "../src/intents/IERC7683.sol";
import { IntentSettler } from "../src/intents/IntentSettler.sol";
import { Fill, FillTerms, Intent, Intents } from "../src/intents/Intents.sol";
import { AssertStorage } from "../src/libraries/AssertStorage.sol";
import { Inbox } from "../src/messages/Inbox.sol";
import { Message, Messages } from "../src/messages/Messages.sol";
import { IAssertions } from "../src/predeploy/IAssertions.sol";
import { Swap } from "../src/swap/Swap.sol";
import { Zone } from "./zone/Zone.sol";

interface IPermit2Domain {
    // forge-lint: disable-next-line(mixed-case-function) its name
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}

/// @notice The files that Go writes and TypeScript compares with, held against the contracts.
contract VectorsTest is Zone {
    string private json;

    function open(string memory name) private {
        json = vm.readFile(string.concat("../sdk/ts/vectors/", name, ".json"));
    }

    /// @dev The path of an element of a list; empty behind its end.
    function element(string memory list, uint256 i) private view returns (string memory path) {
        path = string.concat(".", list, "[", vm.toString(i), "]");
        if (!vm.keyExistsJson(json, path)) path = "";
    }

    function number(string memory path, string memory key) private view returns (uint256) {
        return vm.parseJsonUint(json, string.concat(path, ".", key));
    }

    function word(string memory path, string memory key) private view returns (bytes32) {
        return vm.parseJsonBytes32(json, string.concat(path, ".", key));
    }

    function account(string memory path, string memory key) private view returns (address) {
        return vm.parseJsonAddress(json, string.concat(path, ".", key));
    }

    function data(string memory path, string memory key) private view returns (bytes memory) {
        return vm.parseJsonBytes(json, string.concat(path, ".", key));
    }

    function same(bytes32 have, bytes32 want, string memory what) private pure {
        vm.assertEq(uint256(have), uint256(want), what);
    }

    function same(bytes memory have, bytes memory want, string memory what) private pure {
        vm.assertTrue(keccak256(have) == keccak256(want), what);
    }

    function test_Assertions() public {
        open("assertions");
        same(
            bytes32(uint256(uint160(account("", "predeploy")))),
            bytes32(uint256(uint160(address(AssertStorage.PREDEPLOY)))),
            "predeploy"
        );
        same(data("", "selector"), abi.encodePacked(IAssertions.assertStorage.selector), "selector");
        same(word("", "topic"), IAssertions.StorageAsserted.selector, "topic");
        uint256 count;
        for (
            string memory path = element("assertions", 0);
            bytes(path).length != 0;
            path = element("assertions", ++count)
        ) {
            bytes memory call = abi.encodeCall(
                IAssertions.assertStorage,
                (number(path, "chainId"), account(path, "account"), word(path, "slot"), word(path, "value"))
            );
            same(data(path, "calldata"), call, path);
        }
        vm.assertEq(count, 20, "assertions");
        count = 0;
        for (string memory path = element("mappings", 0); bytes(path).length != 0; path = element("mappings", ++count)) {
            same(word(path, "at"), AssertStorage.mappingSlot(word(path, "slot"), word(path, "key")), path);
        }
        vm.assertEq(count, 20, "mappings");
    }

    function test_Messages() public {
        open("messages");
        uint256 count;
        for (string memory path = element("messages", 0); bytes(path).length != 0; path = element("messages", ++count)) {
            Message memory message = Message({
                sourceChain: number(path, "sourceChain"),
                sender: account(path, "sender"),
                destinationChain: number(path, "destinationChain"),
                recipient: account(path, "recipient"),
                nonce: number(path, "nonce"),
                payload: data(path, "payload")
            });
            bytes32 id = Messages.id(message, account(path, "outbox"));
            same(word(path, "id"), id, string.concat(path, " id"));
            same(word(path, "sentSlot"), Messages.sentSlot(id), string.concat(path, " slot"));
            same(data(path, "deliverCall"), abi.encodeCall(Inbox.deliver, (message)), string.concat(path, " call"));
        }
        vm.assertEq(count, 3, "messages");
    }

    function side(string memory path) private view returns (Swap.Side memory) {
        return Swap.Side(
            number(path, "chainId"),
            account(path, "payer"),
            account(path, "payee"),
            account(path, "token"),
            number(path, "amount")
        );
    }

    function test_Swaps() public {
        open("swaps");
        Swap swap = new Swap();
        uint256 count;
        for (string memory path = element("swaps", 0); bytes(path).length != 0; path = element("swaps", ++count)) {
            Swap.Terms memory terms = Swap.Terms(
                side(string.concat(path, ".first")),
                side(string.concat(path, ".second")),
                number(path, "deadline"),
                word(path, "salt")
            );
            bytes32 id = swap.idOf(terms);
            same(word(path, "id"), id, string.concat(path, " id"));
            same(word(path, "paidSlot"), AssertStorage.mappingSlot(swap.PAID_SLOT(), id), string.concat(path, " slot"));
            same(data(path, "payCall"), abi.encodeCall(Swap.pay, (terms)), string.concat(path, " call"));
        }
        vm.assertEq(count, 2, "swaps");
    }

    function orderAt(string memory path) private view returns (GaslessCrossChainOrder memory) {
        // forge-lint: disable-start(unsafe-typecast) what Go wrote as 32 bits
        return GaslessCrossChainOrder({
            originSettler: account(path, "originSettler"),
            user: account(path, "user"),
            nonce: number(path, "nonce"),
            originChainId: number(path, "originChainId"),
            openDeadline: uint32(number(path, "openDeadline")),
            fillDeadline: uint32(number(path, "fillDeadline")),
            orderDataType: word(path, "orderDataType"),
            orderData: data(path, "orderData")
        });
        // forge-lint: disable-end(unsafe-typecast)
    }

    function intentAt(string memory path) private view returns (Intent memory) {
        return Intent({
            inputToken: account(path, "inputToken"),
            inputAmount: number(path, "inputAmount"),
            outputToken: word(path, "outputToken"),
            minOutput: number(path, "minOutput"),
            recipient: word(path, "recipient"),
            destinationChainId: number(path, "destinationChainId"),
            destinationSettler: word(path, "destinationSettler"),
            escrow: vm.parseJsonBool(json, string.concat(path, ".escrow")),
            partialFill: vm.parseJsonBool(json, string.concat(path, ".partialFill")),
            // forge-lint: disable-next-line(unsafe-typecast) what Go wrote as 32 bits
            claimPeriod: uint32(number(path, "claimPeriod")),
            verifier: account(path, "verifier")
        });
    }

    function fillAt(string memory path) private view returns (Fill memory) {
        return
            Fill(account(path, "filler"), number(path, "inputAmount"), number(path, "outputAmount"), word(path, "salt"));
    }

    function test_Intents() public {
        open("intents");
        bytes memory code = address(new IntentSettler()).code;
        bytes memory permit2 = vm.parseBytes(vm.readLine("predeploy/Permit2.bin-runtime"));
        vm.etch(account("", "permit2"), permit2);
        uint256 count;
        for (string memory path = element("cases", 0); bytes(path).length != 0; path = element("cases", ++count)) {
            GaslessCrossChainOrder memory order = orderAt(string.concat(path, ".order"));
            Intent memory intent = intentAt(string.concat(path, ".intent"));
            same(order.orderData, abi.encode(intent), string.concat(path, " data"));
            vm.etch(order.originSettler, code);
            vm.chainId(order.originChainId);
            checkIds(path, order, intent);
            checkSignature(path, order, intent);
            checkCalls(path, order, intent);
        }
        vm.assertEq(count, 5, "orders");
    }

    function checkIds(string memory path, GaslessCrossChainOrder memory order, Intent memory intent) private view {
        IntentSettler settler = IntentSettler(order.originSettler);
        Fill memory what = fillAt(string.concat(path, ".fill"));
        bytes32 key = settler.fillKeyOf(order, what);
        same(word(path, "orderId"), settler.orderIdOf(order), string.concat(path, " id"));
        same(word(path, "fillKey"), key, string.concat(path, " fill key"));
        same(
            word(path, "claimedSlot"),
            AssertStorage.mappingSlot(settler.CLAIMED_SLOT(), key),
            string.concat(path, " claimed")
        );
        same(
            word(path, "filledSlot"),
            AssertStorage.mappingSlot(settler.FILLED_SLOT(), key),
            string.concat(path, " filled")
        );
        uint256 price = Intents.minOutputFor(Intents.fillTerms(order, intent), what.inputAmount);
        vm.assertEq(number(path, "minOutput"), price, string.concat(path, " price"));
    }

    function checkSignature(string memory path, GaslessCrossChainOrder memory order, Intent memory intent)
        private
        view
    {
        bytes32 digest =
            intent.partialFill ? IntentSettler(order.originSettler).digestOf(order) : permit2Digest(order, intent);
        same(word(path, "digest"), digest, string.concat(path, " digest"));
        bytes memory signature = data(path, "signature");
        (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
        vm.assertTrue(ecrecover(digest, uint8(signature[64]), r, s) == order.user, string.concat(path, " signature"));
    }

    /// @dev By the types of the settler and the domain of Permit2 itself.
    function permit2Digest(GaslessCrossChainOrder memory order, Intent memory intent) private view returns (bytes32) {
        bytes32 permitted = keccak256(
            abi.encode(
                keccak256("TokenPermissions(address token,uint256 amount)"), intent.inputToken, intent.inputAmount
            )
        );
        bytes memory types = abi.encodePacked(
            "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,",
            Intents.WITNESS_TYPE
        );
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(types),
                permitted,
                order.originSettler,
                order.nonce,
                order.openDeadline,
                Intents.orderId(order, intent)
            )
        );
        bytes32 domain = IPermit2Domain(account("", "permit2")).DOMAIN_SEPARATOR();
        return keccak256(abi.encodePacked(hex"1901", domain, hash));
    }

    function checkCalls(string memory path, GaslessCrossChainOrder memory order, Intent memory intent) private view {
        Fill memory what = fillAt(string.concat(path, ".fill"));
        FillTerms memory terms = Intents.fillTerms(order, intent);
        string memory calls = string.concat(path, ".calls");
        bytes memory signature = data(path, "signature");
        bytes memory forOpening = intent.escrow ? bytes("") : abi.encode(what);
        same(data(calls, "openFor"), abi.encodeCall(IntentSettler.openFor, (order, signature, forOpening)), "openFor");
        same(data(calls, "claim"), abi.encodeCall(IntentSettler.claim, (order, what, hex"0102")), "claim");
        bytes memory filling =
            abi.encodeCall(IntentSettler.fill, (word(path, "orderId"), abi.encode(terms), abi.encode(what)));
        same(data(calls, "fill"), filling, "fill");
        same(data(calls, "cancel"), abi.encodeCall(IntentSettler.cancel, (order)), "cancel");
        same(data(calls, "refund"), abi.encodeCall(IntentSettler.refund, (order)), "refund");
    }

    function test_Prices() public {
        open("intents");
        uint256 count;
        FillTerms memory terms;
        for (string memory path = element("prices", 0); bytes(path).length != 0; path = element("prices", ++count)) {
            terms.inputAmount = number(path, "inputAmount");
            terms.minOutput = number(path, "minOutput");
            vm.assertEq(number(path, "want"), Intents.minOutputFor(terms, number(path, "part")), path);
        }
        vm.assertEq(count, 8, "prices");
    }
}
