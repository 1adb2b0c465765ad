// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import { GaslessCrossChainOrder } from "./IERC7683.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice The order data of {IntentSettler}: give one token here, get at least so much of another one there.
struct Intent {
    /// @dev The token that the user gives on the origin chain.
    address inputToken;
    /// @dev How much of it, in its smallest unit.
    uint256 inputAmount;
    /// @dev The token that the user gets; zero stands for the destination chain's ether.
    bytes32 outputToken;
    /// @dev The least that the user gets for all of the input; a part of it costs at least its share, rounded up.
    uint256 minOutput;
    /// @dev Who gets it.
    bytes32 recipient;
    /// @dev Where.
    uint256 destinationChainId;
    /// @dev The settler there; the same address as here within a zone.
    bytes32 destinationSettler;
    /// @dev Whether the input is locked when the order is opened, and paid once it is filled. Without escrow fill and payment
    /// are legs of one bundle, which needs both chains in one zone.
    bool escrow;
    /// @dev Whether several fillers may each fill a part. The input is then taken by an allowance to the settler.
    bool partialFill;
    /// @dev With escrow: seconds after the fill deadline in which a filler can still claim, before the user gets the rest back.
    uint32 claimPeriod;
    /// @dev With escrow: who tells whether the order was filled; zero stands for an assertion, within a zone.
    address verifier;
}

/// @notice What the destination settler needs to know of an order: the `originData` of ERC-7683, ABI-encoded.
struct FillTerms {
    uint256 originChainId;
    address originSettler;
    uint256 inputAmount;
    bytes32 outputToken;
    uint256 minOutput;
    bytes32 recipient;
    uint256 destinationChainId;
    bytes32 destinationSettler;
    uint32 fillDeadline;
    bool escrow;
    bool partialFill;
}

/// @notice What a filler does: the `fillerData` and `originFillerData` of ERC-7683, ABI-encoded.
struct Fill {
    /// @dev Who gets the input on the origin chain.
    address filler;
    /// @dev How much of the input.
    uint256 inputAmount;
    /// @dev How much the recipient gets.
    uint256 outputAmount;
    /// @dev Tells fills apart that are equal otherwise.
    bytes32 salt;
}

/// @title Hashes and prices of intents
library Intents {
    /// @notice The fill takes nothing, more than is left, or a part of an order that is not filled in parts.
    error WrongInput(uint256 inputAmount, uint256 left);

    /// @notice The fill gives less than the order asks for.
    error TooLittle(uint256 outputAmount, uint256 want);

    /// @dev EIP-712 type of {Intent}.
    string internal constant INTENT_TYPE = "Intent(address inputToken,uint256 inputAmount,bytes32 outputToken,uint256 minOutput,"
        "bytes32 recipient,uint256 destinationChainId,bytes32 destinationSettler,bool escrow,bool partialFill,"
        "uint32 claimPeriod,address verifier)";

    /// @dev EIP-712 type of an order with an intent in place of the order data.
    string internal constant ORDER_TYPE = "GaslessCrossChainOrder(address originSettler,address user,uint256 nonce,uint256 originChainId,"
        "uint32 openDeadline,uint32 fillDeadline,bytes32 orderDataType,Intent orderData)";

    /// @notice The order data type of orders that hold an intent.
    bytes32 internal constant INTENT_TYPEHASH = keccak256(bytes(INTENT_TYPE));

    bytes32 internal constant ORDER_TYPEHASH = keccak256(abi.encodePacked(ORDER_TYPE, INTENT_TYPE));

    /// @notice What Permit2 appends to its own type: the witness and all types in their alphabetical order.
    string internal constant WITNESS_TYPE = string.concat(
        "GaslessCrossChainOrder witness)", ORDER_TYPE, INTENT_TYPE, "TokenPermissions(address token,uint256 amount)"
    );

    /// @notice The order's id: its EIP-712 struct hash, which is also the witness of a Permit2 signature.
    function orderId(GaslessCrossChainOrder memory order, Intent memory intent) internal pure returns (bytes32) {
        bytes32 data = keccak256(abi.encode(INTENT_TYPEHASH, intent));
        return keccak256(
            abi.encode(
                ORDER_TYPEHASH,
                order.originSettler,
                order.user,
                order.nonce,
                order.originChainId,
                order.openDeadline,
                order.fillDeadline,
                order.orderDataType,
                data
            )
        );
    }

    /// @notice The terms of the order's leg on the destination chain.
    function fillTerms(GaslessCrossChainOrder memory order, Intent memory intent)
        internal
        pure
        returns (FillTerms memory)
    {
        return FillTerms({
            originChainId: order.originChainId,
            originSettler: order.originSettler,
            inputAmount: intent.inputAmount,
            outputToken: intent.outputToken,
            minOutput: intent.minOutput,
            recipient: intent.recipient,
            destinationChainId: intent.destinationChainId,
            destinationSettler: intent.destinationSettler,
            fillDeadline: order.fillDeadline,
            escrow: intent.escrow,
            partialFill: intent.partialFill
        });
    }

    /// @notice What both settlers know a fill by. Everything that the origin settler pays for is part of it, so a fill under
    /// terms that the user did not sign has a key that nobody is paid for.
    function fillKey(bytes32 id, FillTerms memory terms, Fill memory what) internal pure returns (bytes32) {
        return keccak256(abi.encode(id, terms, what));
    }

    /// @notice Checks a fill: both settlers take the same ones, so a filler does not pay for what it cannot claim.
    /// @param done How much of the input earlier fills took.
    function check(FillTerms memory terms, Fill memory what, uint256 done) internal pure {
        uint256 left = terms.inputAmount - done;
        bool allowed = terms.partialFill ? what.inputAmount <= left : what.inputAmount == left;
        require(allowed && what.inputAmount != 0, WrongInput(what.inputAmount, left));
        uint256 want = minOutputFor(terms, what.inputAmount);
        require(what.outputAmount >= want, TooLittle(what.outputAmount, want));
    }

    /// @notice The least output for a part of the input.
    function minOutputFor(FillTerms memory terms, uint256 inputAmount) internal pure returns (uint256) {
        return Math.mulDiv(terms.minOutput, inputAmount, terms.inputAmount, Math.Rounding.Ceil);
    }
}
