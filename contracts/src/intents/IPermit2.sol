// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Permit2, the part that takes tokens by signature
/// @dev At 0x000000000022D473030F116dDEE9F6B43aC78BA3 on every rollup from its first block.
interface IPermit2 {
    /// @notice The token and the most of it that a signature allows to take.
    struct TokenPermissions {
        address token;
        uint256 amount;
    }

    /// @notice What an owner signs, beside the spender and the witness.
    struct PermitTransferFrom {
        TokenPermissions permitted;
        uint256 nonce;
        uint256 deadline;
    }

    /// @notice What the spender asks for.
    struct SignatureTransferDetails {
        address to;
        uint256 requestedAmount;
    }

    /// @notice Takes tokens from an owner who signed the permit together with a witness.
    function permitWitnessTransferFrom(
        PermitTransferFrom calldata permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes32 witness,
        string calldata witnessTypeString,
        bytes calldata signature
    ) external;
}
