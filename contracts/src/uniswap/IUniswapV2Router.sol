// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the solver calls on a Uniswap v2 router
interface IUniswapV2Router {
    /// @notice Buys at least so many tokens with the ether sent along.
    function swapExactETHForTokens(uint256 amountOutMin, address[] calldata path, address to, uint256 deadline)
        external
        payable
        returns (uint256[] memory amounts);

    /// @notice Sells tokens of the caller for at least so much ether.
    function swapExactTokensForETH(
        uint256 amountIn,
        uint256 amountOutMin,
        address[] calldata path,
        address to,
        uint256 deadline
    ) external returns (uint256[] memory amounts);

    /// @notice What the pairs along a path give.
    function getAmountsOut(uint256 amountIn, address[] calldata path) external view returns (uint256[] memory amounts);
}
