// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the solver asks a Uniswap v2 factory
interface IUniswapV2Factory {
    /// @notice The pair of two tokens, in any order; zero if there is none.
    function getPair(address tokenA, address tokenB) external view returns (address pair);
}
