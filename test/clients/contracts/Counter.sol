// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.37;

/// What a client can do with a contract, in one: a constructor argument, a read, a write, an event, a custom error.
contract Counter {
    event Increased(address indexed by, uint256 value);

    error TooMuch(uint256 by, uint256 most);

    uint256 public value;

    constructor(uint256 start) {
        value = start;
    }

    function increase(uint256 by) external returns (uint256) {
        if (by > 100) revert TooMuch(by, 100);
        value += by;
        emit Increased(msg.sender, value);
        return value;
    }
}
