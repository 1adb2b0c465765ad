// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title Wrapped ether, or with all but the last two functions any ERC-20 token
interface IWrappedEther is IERC20Metadata {
    /// @notice Gives tokens for the ether sent along.
    function deposit() external payable;

    /// @notice Gives ether for tokens of the caller.
    function withdraw(uint256 amount) external;
}
