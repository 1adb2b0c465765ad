// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAssertions } from "../src/predeploy/IAssertions.sol";
import { Swap } from "../src/swap/Swap.sol";
import { FeeToken, Token } from "./zone/Tokens.sol";
import { Zone } from "./zone/Zone.sol";

contract SwapOfChain is Swap {
    mapping(uint256 chain => address) private _swaps;

    function know(uint256 chain, address swap) external {
        _swaps[chain] = swap;
    }

    function _counterpart(uint256 chain) internal view override returns (address) {
        return _swaps[chain];
    }
}

contract SwapTest is Zone {
    address private constant ALICE = address(0xA11CE);
    address private constant BOB = address(0xB0B);

    mapping(uint256 chain => SwapOfChain) private swap;
    mapping(uint256 chain => Token) private token;

    function setUp() public {
        uint256[2] memory chains = [A, B];
        address[2] memory parties = [ALICE, BOB];
        for (uint256 i = 0; i < 2; ++i) {
            swap[chains[i]] = new SwapOfChain();
            token[chains[i]] = new Token();
            put(chains[i], address(swap[chains[i]]));
            put(chains[i], address(token[chains[i]]));
            token[chains[i]].mint(parties[i], 1000);
            vm.prank(parties[i]);
            token[chains[i]].approve(address(swap[chains[i]]), type(uint256).max);
        }
        swap[A].know(B, address(swap[B]));
        swap[B].know(A, address(swap[A]));
    }

    function terms() private view returns (Swap.Terms memory) {
        return Swap.Terms({
            first: Swap.Side(A, ALICE, BOB, address(token[A]), 100),
            second: Swap.Side(B, BOB, ALICE, address(token[B]), 70),
            deadline: block.timestamp,
            salt: bytes32(uint256(1))
        });
    }

    function pays(Swap.Terms memory t, uint256 chain) private view returns (Leg memory) {
        address payer = chain == t.first.chainId ? t.first.payer : t.second.payer;
        return leg(chain, payer, address(swap[chain]), abi.encodeCall(Swap.pay, (t)));
    }

    function balances(uint256 aliceA, uint256 bobA, uint256 aliceB, uint256 bobB) private view {
        assertEq(token[A].balanceOf(ALICE), aliceA, "Alice on A");
        assertEq(token[A].balanceOf(BOB), bobA, "Bob on A");
        assertEq(token[B].balanceOf(ALICE), aliceB, "Alice on B");
        assertEq(token[B].balanceOf(BOB), bobB, "Bob on B");
    }

    function testBothPayInAnyOrder() public {
        bundle(two(pays(terms(), A), pays(terms(), B)));
        balances(900, 100, 70, 930);
        Swap.Terms memory again = terms();
        again.salt = 0;
        bundle(two(pays(again, B), pays(again, A)));
        balances(800, 200, 140, 860);
    }

    function testOnePartyAloneDoesNotPay() public {
        voidBundle(one(pays(terms(), A)), AssertionFailed.selector);
        voidBundle(one(pays(terms(), B)), AssertionFailed.selector);
        (bool ok, bytes memory answer) = single(pays(terms(), A));
        assertTrue(!ok && bytes4(answer) == IAssertions.NotInBundle.selector, "outside of a bundle");
        balances(1000, 0, 0, 1000);
    }

    /// @dev Whatever the other one changes in the terms, the two are no swap.
    function testFuzz_PartiesWithDifferentTerms(uint8 what, uint256 by) public {
        Swap.Terms memory t = terms();
        if (what % 5 == 0) t.second.amount = by % 70;
        if (what % 5 == 1) t.second.payee = BOB;
        if (what % 5 == 2) t.second.token = address(token[A]);
        if (what % 5 == 3) t.salt = bytes32(by + (by == 1 ? 1 : 0));
        if (what % 5 == 4) t.first.amount = 100 + 1 + by % 800;
        (bool ok,) = tryBundle(two(pays(terms(), A), pays(t, B)));
        assertTrue(!ok, "took place");
        balances(1000, 0, 0, 1000);
    }

    function testReplay() public {
        bundle(two(pays(terms(), A), pays(terms(), B)));
        voidBundle(two(pays(terms(), A), pays(terms(), B)), Swap.AlreadyPaid.selector);
        voidBundle(one(pays(terms(), A)), Swap.AlreadyPaid.selector);
    }

    function testAnotherPayerOrLaterOrElsewhere() public {
        Leg memory stolen = pays(terms(), A);
        stolen.from = BOB;
        voidBundle(one(stolen), Swap.NotThePayer.selector);
        Swap.Terms memory t = terms();
        vm.warp(t.deadline + 1);
        voidBundle(one(pays(t, A)), Swap.Expired.selector);
        Leg memory elsewhere = pays(terms(), A);
        elsewhere.chain = HOSTILE;
        voidBundle(one(elsewhere), Swap.NotHere.selector);
        t.second.chainId = A;
        voidBundle(one(pays(t, A)), Swap.OneChain.selector);
    }

    function testEtherAgainstToken() public {
        Swap.Terms memory t = terms();
        t.first.token = address(0);
        vm.deal(ALICE, 100);
        vm.deal(address(this), 100);
        Leg memory first = pays(t, A);
        voidBundle(two(first, pays(t, B)), Swap.WrongValue.selector);
        first.value = 100;
        bundle(two(first, pays(t, B)));
        assertEq(BOB.balance, 100, "Bob's ether");
        balances(1000, 0, 70, 930);
        t = terms();
        t.salt = 0;
        first = pays(t, A);
        first.value = 1;
        vm.deal(ALICE, 1);
        vm.deal(address(this), 1);
        voidBundle(one(first), Swap.WrongValue.selector);
    }

    function testTokenThatKeepsAFee() public {
        FeeToken fee = new FeeToken();
        fee.mint(ALICE, 100);
        vm.prank(ALICE);
        fee.approve(address(swap[A]), 100);
        Swap.Terms memory t = terms();
        t.first.token = address(fee);
        voidBundle(two(pays(t, A), pays(t, B)), Swap.TooLittleArrived.selector);
    }
}
