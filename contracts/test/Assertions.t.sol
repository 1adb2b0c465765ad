// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AssertStorage } from "../src/libraries/AssertStorage.sol";
import { Assertions } from "../src/predeploy/Assertions.sol";
import { IAssertions } from "../src/predeploy/IAssertions.sol";
import { Vm } from "./zone/Vm.sol";

/// @dev Outside of bundles; inside of them the predeploy is tested on go-ethereum.
contract AssertionsTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function setUp() public {
        vm.etch(address(AssertStorage.PREDEPLOY), type(Assertions).runtimeCode);
    }

    function testRevertsOutsideOfABundle() public {
        // Twice: the first one must not warm the marker for the second one.
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(IAssertions.NotInBundle.selector);
            AssertStorage.PREDEPLOY.assertStorage(1, address(this), 0, 0);
        }
    }

    function testRevertsAtAnotherAddress() public {
        Assertions elsewhere = new Assertions();
        vm.expectRevert(IAssertions.NotThePredeploy.selector);
        elsewhere.assertStorage(1, address(this), 0, 0);
    }

    function testRevertsByDelegatecall() public {
        bytes memory data = abi.encodeCall(IAssertions.assertStorage, (1, address(this), 0, 0));
        (bool ok, bytes memory answer) = address(AssertStorage.PREDEPLOY).delegatecall(data);
        vm.assertTrue(!ok && bytes4(answer) == IAssertions.NotThePredeploy.selector, "delegatecall");
    }

    function testCommittedCodeIsTheCompiledOne() public view {
        bytes memory committed = vm.parseBytes(vm.readLine("predeploy/Assertions.bin-runtime"));
        vm.assertTrue(keccak256(committed) == keccak256(type(Assertions).runtimeCode), "run make generate-contracts");
    }
}
