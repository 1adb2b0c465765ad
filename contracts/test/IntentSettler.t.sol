// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { GaslessCrossChainOrder, OnchainCrossChainOrder, ResolvedCrossChainOrder } from "../src/intents/IERC7683.sol";
import { IFillVerifier } from "../src/intents/IFillVerifier.sol";
import { IPermit2 } from "../src/intents/IPermit2.sol";
import { IntentSettler } from "../src/intents/IntentSettler.sol";
import { Fill, FillTerms, Intent, Intents } from "../src/intents/Intents.sol";
import { IAssertions } from "../src/predeploy/IAssertions.sol";
import { FeeToken, Token } from "./zone/Tokens.sol";
import { Zone } from "./zone/Zone.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev A wallet that is a contract: what its owner signs is signed by it.
contract Wallet {
    address private immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    function approve(Token token, address spender) external {
        token.approve(spender, type(uint256).max);
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recoverCalldata(digest, signature) == OWNER ? this.isValidSignature.selector : bytes4(0);
    }
}

/// @dev Confirms what it was told.
contract Verifier is IFillVerifier {
    mapping(bytes32 key => bool) private _confirmed;

    function confirm(bytes32 key) external {
        _confirmed[key] = true;
    }

    function isFilled(uint256, bytes32, bytes32 key, bytes calldata) external view returns (bool) {
        return _confirmed[key];
    }
}

contract IntentSettlerTest is Zone {
    uint256 private constant USER_KEY = 0xA11CE;
    address private constant SOLVER = address(0x501);
    address private constant RIVAL = address(0x502);
    address private constant RECIPIENT = address(0xCA401);

    address private user = vm.addr(USER_KEY);
    IPermit2 private permit2;
    mapping(uint256 chain => IntentSettler) private settler;
    mapping(uint256 chain => Token) private token;

    function setUp() public {
        uint256[3] memory chains = [A, B, ELSEWHERE];
        for (uint256 i = 0; i < 3; ++i) {
            settler[chains[i]] = new IntentSettler();
            token[chains[i]] = new Token();
            put(chains[i], address(settler[chains[i]]));
            put(chains[i], address(token[chains[i]]));
        }
        permit2 = settler[A].PERMIT2();
        vm.etch(address(permit2), vm.parseBytes(vm.readLine("predeploy/Permit2.bin-runtime")));
        token[A].mint(user, 1000);
        approve(A, user, address(permit2));
        approve(A, user, address(settler[A]));
        fund(SOLVER);
        fund(RIVAL);
        vm.chainId(A);
    }

    function fund(address solver) private {
        uint256[2] memory chains = [B, ELSEWHERE];
        for (uint256 i = 0; i < 2; ++i) {
            token[chains[i]].mint(solver, 1000);
            approve(chains[i], solver, address(settler[chains[i]]));
        }
    }

    function approve(uint256 chain, address owner, address spender) private {
        vm.prank(owner);
        token[chain].approve(spender, type(uint256).max);
    }

    // ------------------------------------------------------------------------------------------- what is signed

    function intentTo(uint256 chain) private view returns (Intent memory) {
        return Intent({
            inputToken: address(token[A]),
            inputAmount: 100,
            outputToken: bytes32(uint256(uint160(address(token[chain])))),
            minOutput: 250,
            recipient: bytes32(uint256(uint160(RECIPIENT))),
            destinationChainId: chain,
            destinationSettler: bytes32(uint256(uint160(address(settler[chain])))),
            escrow: false,
            partialFill: false,
            claimPeriod: 600,
            verifier: address(0)
        });
    }

    function orderOf(Intent memory intent) private view returns (GaslessCrossChainOrder memory) {
        return GaslessCrossChainOrder({
            originSettler: address(settler[A]),
            user: user,
            nonce: 5,
            originChainId: A,
            openDeadline: uint32(block.timestamp + 30),
            fillDeadline: uint32(block.timestamp + 60),
            orderDataType: settler[A].ORDER_DATA_TYPE(),
            orderData: abi.encode(intent)
        });
    }

    /// @dev Permit2's digest, written from its documentation rather than from the settler's constants.
    function signPermit2(GaslessCrossChainOrder memory order) private view returns (bytes memory) {
        string memory types = string.concat(
            "GaslessCrossChainOrder witness)",
            "GaslessCrossChainOrder(address originSettler,address user,uint256 nonce,uint256 originChainId,uint32 openDeadline,uint32 fillDeadline,bytes32 orderDataType,Intent orderData)",
            "Intent(address inputToken,uint256 inputAmount,bytes32 outputToken,uint256 minOutput,bytes32 recipient,uint256 destinationChainId,bytes32 destinationSettler,bool escrow,bool partialFill,uint32 claimPeriod,address verifier)",
            "TokenPermissions(address token,uint256 amount)"
        );
        Intent memory intent = abi.decode(order.orderData, (Intent));
        bytes32 permitted = keccak256(
            abi.encode(
                keccak256("TokenPermissions(address token,uint256 amount)"), intent.inputToken, intent.inputAmount
            )
        );
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    abi.encodePacked(
                        "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,",
                        types
                    )
                ),
                permitted,
                order.originSettler,
                order.nonce,
                order.openDeadline,
                Intents.orderId(order, intent)
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)"),
                keccak256("Permit2"),
                A,
                address(permit2)
            )
        );
        return sign(keccak256(abi.encodePacked(hex"1901", domain, hash)));
    }

    function signSettler(GaslessCrossChainOrder memory order) private returns (bytes memory) {
        vm.chainId(A);
        return sign(settler[A].digestOf(order));
    }

    function sign(bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(USER_KEY, digest);
        return abi.encodePacked(r, s, v);
    }

    // ------------------------------------------------------------------------------------------------------ legs

    function filling(uint256 input, uint256 output) private pure returns (Fill memory) {
        return Fill(SOLVER, input, output, 0);
    }

    function opens(GaslessCrossChainOrder memory order, bytes memory signature, Fill memory what)
        private
        pure
        returns (Leg memory)
    {
        bytes memory data = abi.encodeCall(IntentSettler.openFor, (order, signature, abi.encode(what)));
        return leg(A, what.filler, order.originSettler, data);
    }

    function claims(GaslessCrossChainOrder memory order, Fill memory what) private view returns (Leg memory) {
        return leg(A, what.filler, address(settler[A]), abi.encodeCall(IntentSettler.claim, (order, what, "")));
    }

    function fills(GaslessCrossChainOrder memory order, Fill memory what) private view returns (Leg memory) {
        Intent memory intent = abi.decode(order.orderData, (Intent));
        FillTerms memory terms = Intents.fillTerms(order, intent);
        uint256 chain = intent.destinationChainId;
        bytes memory data =
            abi.encodeCall(IntentSettler.fill, (Intents.orderId(order, intent), abi.encode(terms), abi.encode(what)));
        return leg(chain, what.filler, address(settler[chain]), data);
    }

    function balances(uint256 userA, uint256 solverA, uint256 recipientB) private view {
        assertEq(token[A].balanceOf(user), userA, "the user's input");
        assertEq(token[A].balanceOf(SOLVER), solverA, "the solver's input");
        assertEq(token[B].balanceOf(RECIPIENT), recipientB, "the recipient's output");
    }

    // ---------------------------------------------------------------------------------------- fill and pay at once

    function testFillAndPayInOneBundleInAnyOrder() public {
        GaslessCrossChainOrder memory order = orderOf(intentTo(B));
        Fill memory what = filling(100, 260);
        bundle(two(fills(order, what), opens(order, signPermit2(order), what)));
        balances(900, 100, 260);
        order.nonce = 6;
        bundle(two(opens(order, signPermit2(order), what), fills(order, what)));
        balances(800, 200, 520);
    }

    function testNeitherLegAlone() public {
        GaslessCrossChainOrder memory order = orderOf(intentTo(B));
        Fill memory what = filling(100, 260);
        voidBundle(one(fills(order, what)), AssertionFailed.selector);
        voidBundle(one(opens(order, signPermit2(order), what)), AssertionFailed.selector);
        (bool ok, bytes memory answer) = single(fills(order, what));
        assertTrue(!ok && bytes4(answer) == IAssertions.NotInBundle.selector, "outside of a bundle");
        balances(1000, 0, 0);
    }

    function testReplay() public {
        GaslessCrossChainOrder memory order = orderOf(intentTo(B));
        Fill memory what = filling(100, 250);
        bytes memory signature = signPermit2(order);
        bundle(two(fills(order, what), opens(order, signature, what)));
        voidBundle(one(opens(order, signature, what)), Intents.WrongInput.selector);
        voidBundle(one(fills(order, what)), IntentSettler.AlreadyDone.selector);
        what.salt = bytes32(uint256(1));
        voidBundle(one(fills(order, what)), Intents.WrongInput.selector);
    }

    /// @dev A fill under other terms, or of another size, than the one that is paid for.
    function testFuzz_FillThatIsNotTheOnePaidFor(uint8 which, uint256 by) public {
        GaslessCrossChainOrder memory order = orderOf(intentTo(B));
        bytes memory signature = signPermit2(order);
        Fill memory what = filling(100, 260);
        Leg memory paid = opens(order, signature, what);
        Intent memory other = intentTo(B);
        if (which % 5 == 0) other.recipient = bytes32(uint256(uint160(SOLVER) + 1));
        if (which % 5 == 1) (other.minOutput, what.outputAmount) = (by % 250, 250 + by % 10);
        if (which % 5 == 2) other.outputToken = bytes32(uint256(uint160(address(token[ELSEWHERE]))));
        if (which % 5 == 3) what.salt = bytes32(1 + by % 1000);
        if (which % 5 == 4) what.filler = RIVAL;
        bytes32 id = Intents.orderId(order, intentTo(B));
        bytes memory data =
            abi.encodeCall(IntentSettler.fill, (id, abi.encode(Intents.fillTerms(order, other)), abi.encode(what)));
        (bool ok,) = tryBundle(two(leg(B, what.filler, address(settler[B]), data), paid));
        assertTrue(!ok, "took place");
        balances(1000, 0, 0);
    }

    function testTooLittleIsRefusedOnBothSides() public {
        GaslessCrossChainOrder memory order = orderOf(intentTo(B));
        Fill memory what = filling(100, 249);
        voidBundle(one(fills(order, what)), Intents.TooLittle.selector);
        voidBundle(one(opens(order, signPermit2(order), what)), Intents.TooLittle.selector);
        what = filling(99, 260);
        voidBundle(one(opens(order, signPermit2(order), what)), Intents.WrongInput.selector);
    }

    function testSignatureOfAnotherOrder() public {
        GaslessCrossChainOrder memory order = orderOf(intentTo(B));
        bytes memory signature = signPermit2(order);
        Intent memory cheaper = intentTo(B);
        cheaper.minOutput = 1;
        order = orderOf(cheaper);
        Fill memory what = filling(100, 1);
        voidBundle(two(fills(order, what), opens(order, signature, what)), bytes4(keccak256("InvalidSigner()")));
    }

    function testExpiry() public {
        GaslessCrossChainOrder memory order = orderOf(intentTo(B));
        bytes memory signature = signPermit2(order);
        Fill memory what = filling(100, 250);
        vm.warp(order.openDeadline + 1);
        voidBundle(one(opens(order, signature, what)), IntentSettler.Expired.selector);
        vm.warp(order.fillDeadline + 1);
        voidBundle(one(fills(order, what)), IntentSettler.Expired.selector);
    }

    function testWrongSettlerChainAndData() public {
        GaslessCrossChainOrder memory order = orderOf(intentTo(B));
        Fill memory what = filling(100, 250);
        Leg memory elsewhere = opens(order, "", what);
        elsewhere.chain = B;
        voidBundle(one(elsewhere), IntentSettler.WrongSettler.selector);
        elsewhere = fills(order, what);
        elsewhere.chain = HOSTILE;
        voidBundle(one(elsewhere), IntentSettler.WrongSettler.selector);
        order.orderDataType = bytes32(uint256(1));
        voidBundle(one(opens(order, "", what)), IntentSettler.WrongOrderDataType.selector);
        Intent memory odd = intentTo(B);
        odd.recipient = bytes32(type(uint256).max);
        voidBundle(one(fills(orderOf(odd), what)), IntentSettler.NotAnAddress.selector);
        odd = intentTo(B);
        odd.verifier = address(1);
        voidBundle(one(opens(orderOf(odd), "", what)), IntentSettler.InvalidOrder.selector);
    }

    function testOutputInEther() public {
        Intent memory intent = intentTo(B);
        intent.outputToken = 0;
        GaslessCrossChainOrder memory order = orderOf(intent);
        Fill memory what = filling(100, 250);
        Leg memory filled = fills(order, what);
        voidBundle(one(filled), IntentSettler.WrongValue.selector);
        filled.value = 250;
        vm.deal(SOLVER, 250);
        vm.deal(address(this), 250);
        bundle(two(filled, opens(order, signPermit2(order), what)));
        assertEq(RECIPIENT.balance, 250, "ether");
    }

    // --------------------------------------------------------------------------------------------- limits in parts

    function inParts() private view returns (GaslessCrossChainOrder memory) {
        Intent memory intent = intentTo(B);
        intent.partialFill = true;
        return orderOf(intent);
    }

    function testPartialFills() public {
        GaslessCrossChainOrder memory order = inParts();
        bytes memory signature = signSettler(order);
        Fill memory what = filling(33, 83); // 82.5, rounded up
        bundle(two(fills(order, what), opens(order, signature, what)));
        what.outputAmount = 82;
        voidBundle(one(opens(order, signature, what)), Intents.TooLittle.selector);
        what = Fill(RIVAL, 67, 168, 0);
        bundle(two(fills(order, what), opens(order, signature, what)));
        balances(900, 33, 251);
        what = filling(1, 3);
        voidBundle(one(opens(order, signature, what)), Intents.WrongInput.selector);
        voidBundle(one(fills(order, what)), Intents.WrongInput.selector);
    }

    /// @dev Whatever the parts, the user pays no more than it signed and gets no less.
    function testFuzz_PartialFills(uint256[8] memory parts) public {
        GaslessCrossChainOrder memory order = inParts();
        bytes memory signature = signSettler(order);
        uint256 done;
        for (uint256 i = 0; i < parts.length && done < 100; ++i) {
            uint256 input = 1 + parts[i] % (100 - done);
            Fill memory what = Fill(SOLVER, input, (input * 250 + 99) / 100, bytes32(i));
            bundle(two(fills(order, what), opens(order, signature, what)));
            done += input;
            assertTrue(token[B].balanceOf(RECIPIENT) * 100 >= done * 250, "less than the limit");
        }
        assertEq(token[A].balanceOf(user), 1000 - done, "the user's input");
    }

    function testCancel() public {
        GaslessCrossChainOrder memory order = inParts();
        bytes memory signature = signSettler(order);
        Leg memory cancels = leg(A, SOLVER, address(settler[A]), abi.encodeCall(IntentSettler.cancel, (order)));
        voidBundle(one(cancels), IntentSettler.NotTheUser.selector);
        cancels.from = user;
        bundle(one(cancels));
        Fill memory what = filling(10, 25);
        voidBundle(two(fills(order, what), opens(order, signature, what)), IntentSettler.WrongStatus.selector);
    }

    function testSignatureOfAContract() public {
        Wallet wallet = new Wallet(user);
        token[A].mint(address(wallet), 100);
        wallet.approve(token[A], address(settler[A]));
        wallet.approve(token[A], address(permit2));
        GaslessCrossChainOrder memory order = inParts();
        order.user = address(wallet);
        bytes memory signature = signSettler(order);
        Fill memory what = filling(40, 100);
        bundle(two(fills(order, what), opens(order, signature, what)));
        order = orderOf(intentTo(B));
        order.user = address(wallet);
        voidBundle(
            two(fills(order, filling(100, 250)), opens(order, signature, filling(100, 250))),
            bytes4(keccak256("InvalidContractSignature()"))
        );
        token[A].mint(address(wallet), 40);
        what = filling(100, 250);
        bundle(two(fills(order, what), opens(order, signPermit2(order), what)));
        assertEq(token[A].balanceOf(address(wallet)), 0, "the wallet's input");
    }

    function testForgedSignature() public {
        GaslessCrossChainOrder memory order = inParts();
        bytes memory signature = signSettler(order);
        signature[7] ^= 0x01;
        voidBundle(one(opens(order, signature, filling(10, 25))), IntentSettler.InvalidSignature.selector);
    }

    // ------------------------------------------------------------------------------------------- opened by the user

    function onchain(Intent memory intent)
        private
        returns (OnchainCrossChainOrder memory order, GaslessCrossChainOrder memory full)
    {
        order = OnchainCrossChainOrder({
            fillDeadline: uint32(block.timestamp + 60),
            orderDataType: settler[A].ORDER_DATA_TYPE(),
            orderData: abi.encode(intent)
        });
        vm.chainId(A);
        vm.prank(user);
        full = settler[A].orderOf(order);
    }

    function opensItself(OnchainCrossChainOrder memory order) private view returns (Leg memory) {
        return leg(A, user, address(settler[A]), abi.encodeCall(IntentSettler.open, (order)));
    }

    function testOpenedByTheUserWithoutEscrow() public {
        (OnchainCrossChainOrder memory order, GaslessCrossChainOrder memory full) = onchain(intentTo(B));
        voidBundle(one(claims(full, filling(100, 250))), IntentSettler.WrongStatus.selector);
        bundle(one(opensItself(order)));
        balances(1000, 0, 0);
        voidBundle(one(claims(full, filling(100, 250))), AssertionFailed.selector);
        bundle(two(claims(full, filling(100, 250)), fills(full, filling(100, 250))));
        balances(900, 100, 250);
        voidBundle(one(claims(full, filling(100, 250))), Intents.WrongInput.selector);
        (, GaslessCrossChainOrder memory next) = onchain(intentTo(B));
        assertEq(next.nonce, full.nonce + 1, "nonce");
    }

    function testResolve() public {
        (OnchainCrossChainOrder memory order, GaslessCrossChainOrder memory full) = onchain(intentTo(B));
        vm.prank(user);
        ResolvedCrossChainOrder memory resolved = settler[A].resolve(order);
        assertTrue(resolved.orderId == settler[A].orderIdOf(full), "id");
        assertTrue(keccak256(abi.encode(resolved)) == keccak256(abi.encode(settler[A].resolveFor(full, ""))), "twin");
        assertEq(resolved.maxSpent[0].amount, 250, "max spent");
        assertEq(resolved.minReceived[0].amount, 100, "min received");
        // A solver needs nothing but what resolve tells.
        bytes memory data = abi.encodeCall(
            IntentSettler.fill,
            (resolved.orderId, resolved.fillInstructions[0].originData, abi.encode(filling(100, 250)))
        );
        Leg memory filled = leg(resolved.fillInstructions[0].destinationChainId, SOLVER, address(settler[B]), data);
        bundle(one(opensItself(order)));
        bundle(two(filled, claims(full, filling(100, 250))));
    }

    // ------------------------------------------------------------------------------------------------------- escrow

    function escrowTo(uint256 chain) private view returns (Intent memory intent) {
        intent = intentTo(chain);
        intent.escrow = true;
    }

    function testEscrowWithinTheZoneIsClaimedLater() public {
        GaslessCrossChainOrder memory order = orderOf(escrowTo(B));
        Fill memory what = filling(100, 250);
        (bool ok,) = single(opens(order, signPermit2(order), what));
        assertTrue(ok, "escrow needs no bundle");
        assertEq(token[A].balanceOf(address(settler[A])), 100, "escrow");
        voidBundle(one(claims(order, what)), AssertionFailed.selector);
        (ok,) = single(fills(order, what));
        assertTrue(ok, "nor does its fill");
        // Somebody else cannot fill in vain.
        what.filler = RIVAL;
        voidBundle(one(fills(order, what)), Intents.WrongInput.selector);
        what.filler = SOLVER;
        bundle(one(claims(order, what)));
        balances(900, 100, 250);
        voidBundle(one(claims(order, what)), Intents.WrongInput.selector);
    }

    function testEscrowOutsideOfTheZone() public {
        Verifier verifier = new Verifier();
        Intent memory intent = escrowTo(ELSEWHERE);
        intent.verifier = address(verifier);
        (OnchainCrossChainOrder memory order, GaslessCrossChainOrder memory full) = onchain(intent);
        (bool ok,) = single(opensItself(order));
        assertTrue(ok, "open");
        Fill memory what = filling(100, 250);
        voidBundle(one(claims(full, what)), IntentSettler.NotFilled.selector);
        (ok,) = single(fills(full, what));
        assertTrue(ok, "fill");
        vm.chainId(A);
        verifier.confirm(settler[A].fillKeyOf(full, what));
        (ok,) = single(claims(full, what));
        assertTrue(ok, "claim");
        assertEq(token[A].balanceOf(SOLVER), 100, "paid");
        assertEq(token[ELSEWHERE].balanceOf(RECIPIENT), 250, "filled");
    }

    function testRefund() public {
        Intent memory intent = escrowTo(B);
        intent.partialFill = true;
        (OnchainCrossChainOrder memory order, GaslessCrossChainOrder memory full) = onchain(intent);
        bundle(one(opensItself(order)));
        Leg memory cancels = leg(A, user, address(settler[A]), abi.encodeCall(IntentSettler.cancel, (full)));
        voidBundle(one(cancels), IntentSettler.WrongStatus.selector);
        bundle(one(fills(full, filling(40, 100))));
        Leg memory refunds = leg(A, RIVAL, address(settler[A]), abi.encodeCall(IntentSettler.refund, (full)));
        voidBundle(one(refunds), IntentSettler.TooEarly.selector);
        vm.warp(full.fillDeadline + 600);
        voidBundle(one(refunds), IntentSettler.TooEarly.selector);
        voidBundle(one(fills(full, filling(60, 150))), IntentSettler.Expired.selector);
        bundle(one(claims(full, filling(40, 100))));
        vm.warp(full.fillDeadline + 601);
        bundle(one(refunds));
        balances(960, 40, 100);
        voidBundle(one(refunds), IntentSettler.WrongStatus.selector);
        assertEq(token[A].balanceOf(address(settler[A])), 0, "nothing is left");
    }

    function testEscrowOfATokenThatKeepsAFee() public {
        FeeToken fee = new FeeToken();
        fee.mint(user, 100);
        vm.prank(user);
        fee.approve(address(settler[A]), 100);
        Intent memory intent = escrowTo(B);
        intent.inputToken = address(fee);
        (OnchainCrossChainOrder memory order,) = onchain(intent);
        voidBundle(one(opensItself(order)), IntentSettler.TooLittleArrived.selector);
    }
}
