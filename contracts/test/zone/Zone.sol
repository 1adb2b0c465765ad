// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AssertStorage } from "../../src/libraries/AssertStorage.sol";
import { IAssertions } from "../../src/predeploy/IAssertions.sol";
import { Vm } from "./Vm.sol";

/// @dev Stands for the predeploy and remembers what it was told. (What the real one does is tested on go-ethereum by
/// test/contracts, since forge does not charge for storage as the chain does.)
contract AssertionRecorder is IAssertions {
    struct Assertion {
        uint256 chainId;
        address account;
        bytes32 slot;
        bytes32 value;
    }

    bool public inBundle;
    Assertion[] private _assertions;

    function begin() external {
        inBundle = true;
        delete _assertions;
    }

    function end() external returns (Assertion[] memory) {
        inBundle = false;
        return _assertions;
    }

    function assertStorage(uint256 chainId, address account, bytes32 slot, bytes32 value) external {
        require(inBundle, NotInBundle());
        _assertions.push(Assertion(chainId, account, slot, value));
        emit StorageAsserted(chainId, account, slot, value);
    }
}

/// @dev A zone in one EVM: each rollup is a chain id and the contracts that were put on it, each of which has an address of
/// its own. A bundle runs its legs in order and then checks the assertions; if a leg or an assertion fails, nothing happened.
abstract contract Zone {
    struct Leg {
        uint256 chain;
        address from;
        address to;
        uint256 value;
        bytes data;
    }

    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant A = 1001;
    uint256 internal constant B = 1002;
    /// @dev A member whose first state and code nobody vouches for.
    uint256 internal constant HOSTILE = 1003;
    /// @dev Not in the zone.
    uint256 internal constant ELSEWHERE = 2001;

    AssertionRecorder private constant RECORDER = AssertionRecorder(address(AssertStorage.PREDEPLOY));

    mapping(address account => uint256) internal chainOf;

    error AssertionFailed(uint256 chainId, address account, bytes32 slot, bytes32 want, bytes32 have);

    constructor() {
        vm.etch(address(RECORDER), type(AssertionRecorder).runtimeCode);
        vm.warp(1_700_000_000);
    }

    /// @dev Puts the contract that was just made on a chain.
    function put(uint256 chain, address account) internal {
        chainOf[account] = chain;
    }

    function leg(uint256 chain, address from, address to, bytes memory data) internal pure returns (Leg memory) {
        return Leg(chain, from, to, 0, data);
    }

    function one(Leg memory first) internal pure returns (Leg[] memory legs) {
        legs = new Leg[](1);
        legs[0] = first;
    }

    function two(Leg memory first, Leg memory second) internal pure returns (Leg[] memory legs) {
        legs = new Leg[](2);
        (legs[0], legs[1]) = (first, second);
    }

    /// @dev Runs a bundle that must succeed.
    function bundle(Leg[] memory legs) internal {
        this.run(legs);
    }

    /// @dev Runs a bundle that must be void, for an error with this selector.
    function voidBundle(Leg[] memory legs, bytes4 reason) internal {
        (bool ok, bytes4 have) = tryBundle(legs);
        vm.assertTrue(!ok, "the bundle took place");
        vm.assertEq(uint256(uint32(have)), uint256(uint32(reason)), "the bundle is void for another reason");
    }

    function tryBundle(Leg[] memory legs) internal returns (bool ok, bytes4 reason) {
        try this.run(legs) {
            ok = true;
        } catch (bytes memory thrown) {
            reason = bytes4(thrown);
        }
    }

    /// @dev A transaction outside of a bundle.
    function single(Leg memory what) internal returns (bool ok, bytes memory answer) {
        vm.chainId(what.chain);
        vm.prank(what.from);
        return what.to.call{ value: what.value }(what.data);
    }

    function run(Leg[] calldata legs) external {
        require(msg.sender == address(this), "only by bundle");
        RECORDER.begin();
        for (uint256 i = 0; i < legs.length; ++i) {
            (bool ok, bytes memory answer) = single(legs[i]);
            if (!ok) {
                assembly ("memory-safe") {
                    revert(add(answer, 32), mload(answer))
                }
            }
        }
        AssertionRecorder.Assertion[] memory all = RECORDER.end();
        for (uint256 i = 0; i < all.length; ++i) {
            AssertionRecorder.Assertion memory a = all[i];
            bool there = chainOf[a.account] == a.chainId && a.account.code.length != 0;
            bytes32 have = vm.load(a.account, a.slot);
            if (!there || have != a.value) revert AssertionFailed(a.chainId, a.account, a.slot, a.value, have);
        }
    }

    function assertEq(uint256 have, uint256 want, string memory what) internal pure {
        vm.assertEq(have, want, what);
    }

    function assertTrue(bool condition, string memory what) internal pure {
        vm.assertTrue(condition, what);
    }
}
