// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Message, Messages } from "../src/messages/Messages.sol";
import { BridgedERC20 } from "../src/tokens/BridgedERC20.sol";
import { TokenBridge } from "../src/tokens/TokenBridge.sol";
import { Bridges } from "./zone/Bridges.sol";
import { FeeToken, HookToken, Token } from "./zone/Tokens.sol";
import { ERC7786Recipient } from "@openzeppelin/contracts/crosschain/ERC7786Recipient.sol";
import { IERC7802 } from "@openzeppelin/contracts/interfaces/draft-IERC7802.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract TokenBridgeTest is Bridges {
    address private constant ALICE = address(0xA11CE);

    Token private token;

    function setUp() public {
        deploy();
        token = new Token();
        put(A, address(token));
        token.mint(ALICE, 1000);
        approve(A, address(token), ALICE);
    }

    function there() private view returns (BridgedERC20) {
        return bridge[B].bridged(A, address(token));
    }

    function testThereAndBackInOneBundleEach() public {
        bundle(sends(address(token), A, B, ALICE, 100));
        assertEq(token.balanceOf(ALICE), 900, "at home");
        assertEq(there().balanceOf(ALICE), 100, "there");
        assertEq(bridge[A].locked(address(token), B), 100, "locked");
        bundle(returns_(there(), B, ALICE, 60));
        assertEq(token.balanceOf(ALICE), 960, "back at home");
        assertEq(there().totalSupply(), 40, "left there");
        assertEq(bridge[A].locked(address(token), B), 40, "still locked");
    }

    function testBridgedTokenTellsWhatItIs() public {
        bundle(sends(address(token), A, B, ALICE, 100));
        assertTrue(keccak256(bytes(there().symbol())) == keccak256("TKN"), "symbol");
        assertEq(there().decimals(), 18, "decimals");
        assertTrue(there().supportsInterface(type(IERC7802).interfaceId), "ERC-7802");
        assertEq(there().HOME_CHAIN(), A, "home chain");
        vm.expectRevert(abi.encodeWithSelector(BridgedERC20.NotTheBridge.selector, address(this)));
        this.mintsItself();
    }

    function mintsItself() external {
        there().crosschainMint(ALICE, 1);
    }

    function testEther() public {
        vm.deal(ALICE, 10 ether);
        address ether_ = bridge[A].ETHER();
        bytes memory payload = abi.encode(0, ether_, ALICE, 4 ether, TokenBridge.Metadata("Ether", "ETH", 18));
        Message memory m = next(A, B, ALICE, payload);
        Leg memory locks = leg(A, ALICE, address(bridge[A]), abi.encodeCall(TokenBridge.lockEther, (B, ALICE)));
        locks.value = 4 ether;
        vm.deal(address(this), 4 ether);
        bundle(two(locks, delivers(m)));
        assertEq(bridge[B].bridged(A, ether_).balanceOf(ALICE), 4 ether, "there");
        uint256 before = ALICE.balance;
        bundle(returns_(bridge[B].bridged(A, ether_), B, ALICE, 1 ether));
        assertEq(ALICE.balance - before, 1 ether, "back");
        assertEq(bridge[A].locked(ether_, B), 3 ether, "locked");
    }

    /// @dev The message exists only with the lock: without it nothing is minted, and a second time neither.
    function testMintWithoutLock() public {
        Leg[] memory legs = sends(address(token), A, B, ALICE, 100);
        voidBundle(one(legs[1]), AssertionFailed.selector);
        bundle(legs);
        voidBundle(one(legs[1]), bytes4(keccak256("AlreadyUsed(bytes32)")));
    }

    function testMintMoreThanWasLocked() public {
        Leg[] memory legs = sends(address(token), A, B, ALICE, 100);
        legs[1] = delivers(next(A, B, ALICE, lockedPayload(address(token), ALICE, 101)));
        voidBundle(legs, AssertionFailed.selector);
    }

    /// @dev A hostile chain can say whatever it wants: it takes out what came in for it, and mints its own tokens.
    function testHostileChain() public {
        bundle(sends(address(token), A, B, ALICE, 100));
        bundle(sends(address(token), A, HOSTILE, ALICE, 50));
        Message memory m = forged(A, burnedPayload(address(token), address(0xBAD), 51), 0);
        voidBundle(one(delivers(m)), TokenBridge.MoreThanLocked.selector);
        bundle(one(delivers(forged(A, burnedPayload(address(token), address(0xBAD), 50), 1))));
        m = forged(A, burnedPayload(address(token), address(0xBAD), 1), 2);
        voidBundle(one(delivers(m)), TokenBridge.MoreThanLocked.selector);
        assertEq(token.balanceOf(address(bridge[A])), 100, "what is locked for B is there");
        bundle(one(delivers(forged(B, lockedPayload(address(token), address(0xBAD), 1000), 3))));
        assertEq(there().balanceOf(address(0xBAD)), 0, "minted as another chain's token");
        assertTrue(address(bridge[B].bridged(HOSTILE, address(token))) != address(there()), "the same token");
    }

    /// @dev A message that the hostile chain has put into its outbox.
    function forged(uint256 to, bytes memory payload, uint256 nonce) private returns (Message memory m) {
        m = Message(HOSTILE, address(bridge[HOSTILE]), to, address(bridge[to]), nonce, payload);
        bytes32 slot = Messages.sentSlot(Messages.id(m, address(outbox[HOSTILE])));
        vm.store(address(outbox[HOSTILE]), slot, bytes32(uint256(1)));
    }

    function testMessagesOfOthersThanTheBridge() public {
        bytes memory payload = lockedPayload(address(token), ALICE, 100);
        Message memory m = Message(A, ALICE, B, address(bridge[B]), 0, payload);
        bytes memory data = abi.encodeWithSignature("send(uint256,address,bytes)", B, address(bridge[B]), payload);
        Leg[] memory legs = two(leg(A, ALICE, address(outbox[A]), data), delivers(m));
        voidBundle(legs, ERC7786Recipient.ERC7786RecipientUnauthorizedGateway.selector);
    }

    function testTokenThatKeepsAFee() public {
        FeeToken fee = new FeeToken();
        put(A, address(fee));
        fee.mint(ALICE, 1000);
        approve(A, address(fee), ALICE);
        Leg memory locks =
            leg(A, ALICE, address(bridge[A]), abi.encodeCall(TokenBridge.lock, (address(fee), B, ALICE, 1000)));
        bundle(one(locks));
        assertEq(bridge[A].locked(address(fee), B), 990, "what arrived");
        assertEq(fee.balanceOf(address(bridge[A])), 990, "what is there");
    }

    function testLockWithinALock() public {
        HookToken hook = new HookToken();
        put(A, address(hook));
        hook.mint(ALICE, 1000);
        approve(A, address(hook), ALICE);
        bytes memory data = abi.encodeCall(TokenBridge.lock, (address(hook), B, ALICE, 10));
        hook.onTransfer(address(bridge[A]), data);
        voidBundle(
            one(leg(A, ALICE, address(bridge[A]), data)), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector
        );
    }

    function testRefusals() public {
        bundle(sends(address(token), A, B, ALICE, 100));
        refused(A, abi.encodeCall(TokenBridge.lock, (address(token), B, ALICE, 0)), TokenBridge.NoAmount.selector);
        refused(A, abi.encodeCall(TokenBridge.lock, (address(token), A, ALICE, 1)), TokenBridge.UnknownChain.selector);
        bytes memory data = abi.encodeCall(TokenBridge.lock, (address(token), ELSEWHERE, ALICE, 1));
        refused(A, data, TokenBridge.UnknownChain.selector);
        data = abi.encodeCall(TokenBridge.lock, (address(token), B, address(0), 1));
        refused(A, data, TokenBridge.InvalidRecipient.selector);
        data = abi.encodeCall(TokenBridge.lock, (address(token), B, address(bridge[B]), 1));
        refused(A, data, TokenBridge.InvalidRecipient.selector);
        data = abi.encodeCall(TokenBridge.lock, (address(there()), A, ALICE, 1));
        refused(B, data, TokenBridge.IsBridged.selector);
        data = abi.encodeCall(TokenBridge.burn, (BridgedERC20(address(token)), ALICE, 1));
        refused(A, data, TokenBridge.NotBridged.selector);
        data = abi.encodeCall(TokenBridge.burn, (there(), ALICE, 101));
        refused(B, data, bytes4(keccak256("ERC20InsufficientBalance(address,uint256,uint256)")));
    }

    function refused(uint256 chain, bytes memory data, bytes4 reason) private {
        voidBundle(one(leg(chain, ALICE, address(bridge[chain]), data)), reason);
    }
}
