// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { ERC20Bridgeable } from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC20Bridgeable.sol";

/// @title A token of another rollup
/// @notice Each unit stands for one that the bridge holds on the token's home chain. The bridge that deployed the contract
/// mints and burns it (ERC-7802), nobody else.
contract BridgedERC20 is ERC20Permit, ERC20Bridgeable {
    /// @notice The bridge that deployed the token.
    address public immutable BRIDGE;

    /// @notice The chain that the token comes from.
    uint256 public immutable HOME_CHAIN;

    /// @notice The token on its home chain; {TokenBridge-ETHER} stands for that chain's ether.
    address public immutable HOME_TOKEN;

    uint8 private immutable _DECIMALS;

    /// @notice The caller is not the bridge.
    error NotTheBridge(address caller);

    constructor(uint256 homeChain, address homeToken, string memory name_, string memory symbol_, uint8 decimals_)
        ERC20(name_, symbol_)
        ERC20Permit(name_)
    {
        BRIDGE = msg.sender;
        HOME_CHAIN = homeChain;
        HOME_TOKEN = homeToken;
        _DECIMALS = decimals_;
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return _DECIMALS;
    }

    /// @inheritdoc ERC20Bridgeable
    function _checkTokenBridge(address caller) internal view override {
        require(caller == BRIDGE, NotTheBridge(caller));
    }
}
