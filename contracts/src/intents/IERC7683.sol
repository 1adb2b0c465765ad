// SPDX-License-Identifier: CC0-1.0
pragma solidity ^0.8.28;

// ERC-7683 in the shape of January 2025, which deployed solvers speak.

/// @notice An order that a user signs and somebody else opens.
struct GaslessCrossChainOrder {
    /// @dev The settler on the origin chain that takes the order.
    address originSettler;
    /// @dev Who swaps, and whose funds are taken.
    address user;
    /// @dev Protects from replay.
    uint256 nonce;
    /// @dev The chain where the funds are taken.
    uint256 originChainId;
    /// @dev The last second at which the order may be opened.
    uint32 openDeadline;
    /// @dev The last second at which the order may be filled on the destination chain.
    uint32 fillDeadline;
    /// @dev EIP-712 type hash of the order data.
    bytes32 orderDataType;
    /// @dev What else the settler needs to know.
    bytes orderData;
}

/// @notice An order that the user opens in a transaction of its own.
struct OnchainCrossChainOrder {
    /// @dev The last second at which the order may be filled on the destination chain.
    uint32 fillDeadline;
    /// @dev EIP-712 type hash of the order data.
    bytes32 orderDataType;
    /// @dev What else the settler needs to know.
    bytes orderData;
}

/// @notice An order in a form that every solver understands.
struct ResolvedCrossChainOrder {
    /// @dev Who swaps.
    address user;
    /// @dev The chain where the funds are taken.
    uint256 originChainId;
    /// @dev The last second at which the order may be opened.
    uint32 openDeadline;
    /// @dev The last second at which the order may be filled.
    uint32 fillDeadline;
    /// @dev Tells the order apart within the settler.
    bytes32 orderId;
    /// @dev The most that a filler sends.
    Output[] maxSpent;
    /// @dev The least that a filler gets.
    Output[] minReceived;
    /// @dev What a filler calls, one entry per leg.
    FillInstruction[] fillInstructions;
}

/// @notice Tokens that an order needs or gives.
struct Output {
    /// @dev The token; zero stands for the chain's ether.
    bytes32 token;
    /// @dev In the token's smallest unit.
    uint256 amount;
    /// @dev Who gets it; zero where the filler chooses.
    bytes32 recipient;
    /// @dev The chain where it is paid.
    uint256 chainId;
}

/// @notice How a leg of an order is filled.
struct FillInstruction {
    /// @dev The chain of the leg.
    uint256 destinationChainId;
    /// @dev The contract to call.
    bytes32 destinationSettler;
    /// @dev What the destination settler needs to know of the order.
    bytes originData;
}

/// @title The settler of the chain where funds are taken
interface IOriginSettler {
    /// @notice An order was opened.
    event Open(bytes32 indexed orderId, ResolvedCrossChainOrder resolvedOrder);

    /// @notice Opens an order on behalf of the user who signed it.
    function openFor(GaslessCrossChainOrder calldata order, bytes calldata signature, bytes calldata originFillerData)
        external;

    /// @notice Opens an order of the caller.
    function open(OnchainCrossChainOrder calldata order) external;

    /// @notice Tells what {openFor} would open.
    function resolveFor(GaslessCrossChainOrder calldata order, bytes calldata originFillerData)
        external
        view
        returns (ResolvedCrossChainOrder memory);

    /// @notice Tells what {open} would open for the caller.
    function resolve(OnchainCrossChainOrder calldata order) external view returns (ResolvedCrossChainOrder memory);
}

/// @title The settler of the chain where users are paid
interface IDestinationSettler {
    /// @notice Fills an order's leg on this chain.
    /// @dev The ERC has it without `payable`, which has the same selector; here ether can be paid too.
    function fill(bytes32 orderId, bytes calldata originData, bytes calldata fillerData) external payable;
}
