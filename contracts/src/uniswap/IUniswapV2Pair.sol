// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the solver asks a Uniswap v2 pair
interface IUniswapV2Pair {
    /// @notice Something was exchanged.
    event Swap(
        address indexed sender,
        uint256 amount0In,
        uint256 amount1In,
        uint256 amount0Out,
        uint256 amount1Out,
        address indexed to
    );

    /// @notice What prices follow from; the first is that of the token with the lower address.
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 blockTimestampLast);
}
