// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Inbox } from "../../src/messages/Inbox.sol";
import { Outbox } from "../../src/messages/Outbox.sol";
import { TokenBridge } from "../../src/tokens/TokenBridge.sol";
import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Token is ERC20 {
    constructor() ERC20("Token", "TKN") { }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @dev Keeps one percent of every transfer.
contract FeeToken is ERC20 {
    constructor() ERC20("Fee", "FEE") { }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0)) super._update(to, address(0), value / 100);
    }
}

/// @dev Calls an account before each transfer, as ERC-777 does.
contract HookToken is ERC20 {
    address private _target;
    bytes private _data;

    constructor() ERC20("Hook", "HOOK") { }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function onTransfer(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (_target != address(0)) {
            address target = _target;
            _target = address(0);
            (bool ok, bytes memory answer) = target.call(_data);
            if (!ok) {
                assembly ("memory-safe") {
                    revert(add(answer, 32), mload(answer))
                }
            }
        }
        super._update(from, to, value);
    }
}

/// @dev The bridge with counterparts at other addresses, since all chains of a test are in one EVM.
contract BridgeOfChain is TokenBridge {
    mapping(uint256 chain => address) private _bridges;

    constructor(Outbox outbox, Inbox inbox) TokenBridge(outbox, inbox) { }

    function know(uint256 chain, address bridge) external {
        _bridges[chain] = bridge;
    }

    function _counterpart(uint256 chain) internal view override returns (address) {
        return _bridges[chain];
    }
}
