// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AssertStorage } from "../libraries/AssertStorage.sol";
import {
    FillInstruction,
    GaslessCrossChainOrder,
    IDestinationSettler,
    IOriginSettler,
    OnchainCrossChainOrder,
    Output,
    ResolvedCrossChainOrder
} from "./IERC7683.sol";
import { IFillVerifier } from "./IFillVerifier.sol";
import { IPermit2 } from "./IPermit2.sol";
import { Fill, FillTerms, Intent, Intents } from "./Intents.sol";
import { IERC20, SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Intents across rollups
/// @notice A user signs what it gives on one rollup and the least that it wants on another one; whoever offers most fills it.
/// Within a zone, fill and payment are legs of one bundle, each asserting the other: the user's tokens stay where they are
/// until they are paid, and the filler is paid in the same moment. Outside of a zone the input is in escrow meanwhile.
/// @dev One contract is origin and destination settler in the previous shape of ERC-7683 and has the same address on all chains.
/// Who fills is named by the fill itself, so it does not matter who sends its legs. A signature without partial fills is one
/// for Permit2 with the order as its witness; one with partial fills is for this contract (EIP-712), which needs an
/// allowance, because Permit2 takes each signature once. Contracts sign by ERC-1271.
contract IntentSettler is IOriginSettler, IDestinationSettler, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev Where an order stands: unknown or signed alone, opened, ended early (cancelled or refunded).
    enum Status {
        None,
        Open,
        Closed
    }

    /// @dev What is known of an order on its origin chain.
    struct State {
        Status status;
        /// @dev How much of the input was paid to fillers.
        uint256 taken;
    }

    /// @notice The variable that holds the fills paid here: `mapping(bytes32 fillKey => bool)`.
    bytes32 public constant CLAIMED_SLOT = bytes32(uint256(3));

    /// @notice The variable that holds the fills made here: `mapping(bytes32 fillKey => bool)`.
    bytes32 public constant FILLED_SLOT = bytes32(uint256(4));

    /// @notice The order data type that this settler takes: the EIP-712 type hash of {Intent}.
    bytes32 public constant ORDER_DATA_TYPE = Intents.INTENT_TYPEHASH;

    /// @notice Permit2.
    IPermit2 public constant PERMIT2 = IPermit2(0x000000000022D473030F116dDEE9F6B43aC78BA3);

    /// @notice Where an order stands on this chain, its origin.
    mapping(bytes32 orderId => State) public stateOf;

    /// @notice The fills that were paid here. Its place in storage is part of the protocol.
    mapping(bytes32 fillKey => bool) public claimed;

    /// @notice The fills that were made here. Its place in storage is part of the protocol.
    mapping(bytes32 fillKey => bool) public filled;

    /// @notice How much of an order's input the fills here stand for, by the keccak256 of its id and terms: under other terms
    /// than the order's nobody can be in the way of an honest filler.
    mapping(bytes32 order => uint256) public given;

    /// @dev The nonce of a user's next order by {open}; in the upper half of all nonces, so that it is not one of Permit2's
    /// that wallets count up.
    mapping(address user => uint128) private _opened;

    /// @notice A filler was paid.
    event Claimed(bytes32 indexed orderId, address indexed filler, uint256 inputAmount, uint256 outputAmount);

    /// @notice A recipient was paid.
    event Filled(bytes32 indexed orderId, address indexed filler, bytes32 recipient, uint256 outputAmount);

    /// @notice An order was cancelled by its user, or its escrow given back: `amount` of the input.
    event Closed(bytes32 indexed orderId, address indexed user, uint256 amount);

    /// @notice The order data are of another type.
    error WrongOrderDataType(bytes32 have);

    /// @notice The order or fill is for another chain or settler.
    error WrongSettler(uint256 chainId, bytes32 settler);

    /// @notice The deadline is over.
    error Expired(uint256 deadline);

    /// @notice The order cannot give this: it asks for nothing, or for escrow by the wrong function, for example.
    error InvalidOrder(string reason);

    /// @notice The signature is not the user's.
    error InvalidSignature();

    /// @notice The order is not in the state that is needed.
    error WrongStatus(bytes32 orderId, Status have);

    /// @notice Only the order's user may do this.
    error NotTheUser(address user);

    /// @notice The fill was made or paid before.
    error AlreadyDone(bytes32 fillKey);

    /// @notice The order's verifier does not confirm the fill.
    error NotFilled(bytes32 fillKey);

    /// @notice The escrow cannot be given back before that second.
    error TooEarly(uint256 refundTime);

    /// @notice Less arrived than was sent: the token keeps a fee.
    error TooLittleArrived(uint256 arrived, uint256 want);

    /// @notice The bytes are no address.
    error NotAnAddress(bytes32 value);

    /// @notice The ether sent along is not what the fill pays.
    error WrongValue(uint256 value, uint256 want);

    constructor() EIP712("IntentSettler", "1") { }

    // ------------------------------------------------------------------------------------------ the origin chain

    /// @inheritdoc IOriginSettler
    /// @dev Without escrow `originFillerData` is the ABI encoding of a {Fill}, which is paid at once; with escrow it is not used.
    function openFor(GaslessCrossChainOrder calldata order, bytes calldata signature, bytes calldata originFillerData)
        external
        nonReentrant
    {
        (bytes32 id, Intent memory intent) = _read(order);
        require(block.timestamp <= order.openDeadline, Expired(order.openDeadline));
        require(stateOf[id].status == Status.None, WrongStatus(id, stateOf[id].status));
        if (intent.escrow) {
            _open(id, order, intent);
            _takeSigned(id, order, intent, signature, address(this), intent.inputAmount);
            return;
        }
        Fill memory what = abi.decode(originFillerData, (Fill));
        if (stateOf[id].taken == 0) emit Open(id, _resolve(id, order, intent));
        bytes32 key = _claim(id, order, intent, what);
        _takeSigned(id, order, intent, signature, what.filler, what.inputAmount);
        _assertFilled(intent, key);
    }

    /// @inheritdoc IOriginSettler
    /// @dev The settler needs an allowance. Without escrow the tokens stay with the user until the order is filled.
    function open(OnchainCrossChainOrder calldata order) external nonReentrant {
        GaslessCrossChainOrder memory full = _complete(order);
        (bytes32 id, Intent memory intent) = _read(full);
        ++_opened[msg.sender];
        _open(id, full, intent);
        if (intent.escrow) _take(intent, msg.sender, address(this), intent.inputAmount);
    }

    /// @notice Pays a filler of an opened order: in the bundle of the fill without escrow, at any time after it with escrow.
    /// @param order As it was opened; for one by {open} see {orderOf}.
    /// @param what The fill.
    /// @param proof For the order's verifier; empty for orders within the zone.
    function claim(GaslessCrossChainOrder calldata order, Fill calldata what, bytes calldata proof)
        external
        nonReentrant
    {
        (bytes32 id, Intent memory intent) = _read(order);
        require(stateOf[id].status == Status.Open, WrongStatus(id, stateOf[id].status));
        bytes32 key = _claim(id, order, intent, what);
        if (!intent.escrow) {
            _take(intent, order.user, what.filler, what.inputAmount);
        } else {
            IERC20(intent.inputToken).safeTransfer(what.filler, what.inputAmount);
        }
        if (intent.verifier == address(0)) {
            _assertFilled(intent, key);
            return;
        }
        bool ok =
            IFillVerifier(intent.verifier).isFilled(intent.destinationChainId, intent.destinationSettler, key, proof);
        require(ok, NotFilled(key));
    }

    /// @notice Ends an order without escrow of the caller: nothing more of it can be filled. A signed order for Permit2 can
    /// be ended there as well.
    function cancel(GaslessCrossChainOrder calldata order) external {
        (bytes32 id, Intent memory intent) = _read(order);
        require(msg.sender == order.user, NotTheUser(order.user));
        require(!intent.escrow || stateOf[id].status == Status.None, WrongStatus(id, stateOf[id].status));
        stateOf[id].status = Status.Closed;
        emit Closed(id, order.user, 0);
    }

    /// @notice Gives back to the user what nobody claimed of an order with escrow. Anybody may call.
    function refund(GaslessCrossChainOrder calldata order) external nonReentrant {
        (bytes32 id, Intent memory intent) = _read(order);
        State storage state = stateOf[id];
        require(intent.escrow && state.status == Status.Open, WrongStatus(id, state.status));
        uint256 refundTime = uint256(order.fillDeadline) + intent.claimPeriod;
        require(block.timestamp > refundTime, TooEarly(refundTime));
        state.status = Status.Closed;
        uint256 left = intent.inputAmount - state.taken;
        IERC20(intent.inputToken).safeTransfer(order.user, left);
        emit Closed(id, order.user, left);
    }

    // ------------------------------------------------------------------------------------- the destination chain

    /// @inheritdoc IDestinationSettler
    /// @dev `originData` is the ABI encoding of {FillTerms}, `fillerData` of {Fill}. The caller pays. A caller who
    /// fills under other terms than the order's pays for nothing; without escrow it cannot even do that.
    function fill(bytes32 orderId, bytes calldata originData, bytes calldata fillerData) external payable nonReentrant {
        FillTerms memory terms = abi.decode(originData, (FillTerms));
        Fill memory what = abi.decode(fillerData, (Fill));
        require(
            terms.destinationChainId == block.chainid && _address(terms.destinationSettler) == address(this),
            WrongSettler(terms.destinationChainId, terms.destinationSettler)
        );
        require(block.timestamp <= terms.fillDeadline, Expired(terms.fillDeadline));
        bytes32 key = Intents.fillKey(orderId, terms, what);
        require(!filled[key], AlreadyDone(key));
        filled[key] = true;
        bytes32 order = keccak256(abi.encode(orderId, terms));
        Intents.check(terms, what, given[order]);
        given[order] += what.inputAmount;
        _pay(terms, what.outputAmount);
        if (!terms.escrow) {
            bytes32 slot = AssertStorage.mappingSlot(CLAIMED_SLOT, key);
            AssertStorage.assertBool(terms.originChainId, terms.originSettler, slot, true);
        }
        emit Filled(orderId, what.filler, terms.recipient, what.outputAmount);
    }

    // ------------------------------------------------------------------------------------------------------ views

    /// @inheritdoc IOriginSettler
    function resolveFor(GaslessCrossChainOrder calldata order, bytes calldata)
        external
        view
        returns (ResolvedCrossChainOrder memory)
    {
        (bytes32 id, Intent memory intent) = _read(order);
        return _resolve(id, order, intent);
    }

    /// @inheritdoc IOriginSettler
    function resolve(OnchainCrossChainOrder calldata order) external view returns (ResolvedCrossChainOrder memory) {
        GaslessCrossChainOrder memory full = _complete(order);
        (bytes32 id, Intent memory intent) = _read(full);
        return _resolve(id, full, intent);
    }

    /// @notice The next order of the caller by {open} in the form that the other functions take.
    function orderOf(OnchainCrossChainOrder calldata order) external view returns (GaslessCrossChainOrder memory) {
        return _complete(order);
    }

    /// @notice An order's id.
    function orderIdOf(GaslessCrossChainOrder calldata order) external view returns (bytes32 id) {
        (id,) = _read(order);
    }

    /// @notice What a user signs for an order with partial fills.
    function digestOf(GaslessCrossChainOrder calldata order) external view returns (bytes32) {
        (bytes32 id,) = _read(order);
        return _hashTypedDataV4(id);
    }

    /// @notice How both settlers know a fill of an order.
    function fillKeyOf(GaslessCrossChainOrder calldata order, Fill calldata what) external view returns (bytes32) {
        (bytes32 id, Intent memory intent) = _read(order);
        return Intents.fillKey(id, Intents.fillTerms(order, intent), what);
    }

    // --------------------------------------------------------------------------------------------------- internals

    function _read(GaslessCrossChainOrder memory order) private view returns (bytes32 id, Intent memory intent) {
        require(order.orderDataType == ORDER_DATA_TYPE, WrongOrderDataType(order.orderDataType));
        require(
            order.originChainId == block.chainid && order.originSettler == address(this),
            WrongSettler(order.originChainId, bytes32(uint256(uint160(order.originSettler))))
        );
        intent = abi.decode(order.orderData, (Intent));
        require(intent.inputAmount != 0, InvalidOrder("no input"));
        require(intent.destinationChainId != block.chainid, InvalidOrder("destination is the origin"));
        require(intent.escrow || intent.verifier == address(0), InvalidOrder("a verifier needs escrow"));
        id = Intents.orderId(order, intent);
    }

    function _complete(OnchainCrossChainOrder calldata order) private view returns (GaslessCrossChainOrder memory) {
        return GaslessCrossChainOrder({
            originSettler: address(this),
            user: msg.sender,
            nonce: (uint256(1) << 255) | _opened[msg.sender],
            originChainId: block.chainid,
            openDeadline: order.fillDeadline,
            fillDeadline: order.fillDeadline,
            orderDataType: order.orderDataType,
            orderData: order.orderData
        });
    }

    function _open(bytes32 id, GaslessCrossChainOrder memory order, Intent memory intent) private {
        require(block.timestamp <= order.fillDeadline, Expired(order.fillDeadline));
        require(stateOf[id].status == Status.None, WrongStatus(id, stateOf[id].status));
        stateOf[id].status = Status.Open;
        emit Open(id, _resolve(id, order, intent));
    }

    /// @dev Checks a fill against the order and records it as paid. Who calls also makes sure that it was made.
    function _claim(bytes32 id, GaslessCrossChainOrder memory order, Intent memory intent, Fill memory what)
        private
        returns (bytes32 key)
    {
        require(intent.escrow || block.timestamp <= order.fillDeadline, Expired(order.fillDeadline));
        State storage state = stateOf[id];
        FillTerms memory terms = Intents.fillTerms(order, intent);
        Intents.check(terms, what, state.taken);
        key = Intents.fillKey(id, terms, what);
        require(!claimed[key], AlreadyDone(key));
        claimed[key] = true;
        state.taken += what.inputAmount;
        emit Claimed(id, what.filler, what.inputAmount, what.outputAmount);
    }

    function _assertFilled(Intent memory intent, bytes32 key) private {
        bytes32 slot = AssertStorage.mappingSlot(FILLED_SLOT, key);
        AssertStorage.assertBool(intent.destinationChainId, _address(intent.destinationSettler), slot, true);
    }

    /// @dev Takes the input with the user's signature over the order.
    function _takeSigned(
        bytes32 id,
        GaslessCrossChainOrder calldata order,
        Intent memory intent,
        bytes calldata signature,
        address to,
        uint256 amount
    ) private {
        if (intent.partialFill) {
            bool ok = SignatureChecker.isValidSignatureNowCalldata(order.user, _hashTypedDataV4(id), signature);
            require(ok, InvalidSignature());
            _take(intent, order.user, to, amount);
            return;
        }
        uint256 before = IERC20(intent.inputToken).balanceOf(to);
        PERMIT2.permitWitnessTransferFrom(
            IPermit2.PermitTransferFrom(
                IPermit2.TokenPermissions(intent.inputToken, intent.inputAmount), order.nonce, order.openDeadline
            ),
            IPermit2.SignatureTransferDetails(to, amount),
            order.user,
            id,
            Intents.WITNESS_TYPE,
            signature
        );
        _checkArrived(IERC20(intent.inputToken), to, before, amount);
    }

    /// @dev Takes the input by allowance, for an order that its user has signed or opened.
    function _take(Intent memory intent, address user, address to, uint256 amount) private {
        IERC20 token = IERC20(intent.inputToken);
        uint256 before = token.balanceOf(to);
        token.safeTransferFrom(user, to, amount);
        _checkArrived(token, to, before, amount);
    }

    function _pay(FillTerms memory terms, uint256 amount) private {
        address to = _address(terms.recipient);
        if (terms.outputToken == bytes32(0)) {
            require(msg.value == amount, WrongValue(msg.value, amount));
            Address.sendValue(payable(to), amount);
            return;
        }
        require(msg.value == 0, WrongValue(msg.value, 0));
        IERC20 token = IERC20(_address(terms.outputToken));
        uint256 before = token.balanceOf(to);
        token.safeTransferFrom(msg.sender, to, amount);
        _checkArrived(token, to, before, amount);
    }

    function _checkArrived(IERC20 token, address to, uint256 before, uint256 want) private view {
        uint256 arrived = token.balanceOf(to) - before;
        require(arrived >= want, TooLittleArrived(arrived, want));
    }

    function _resolve(bytes32 id, GaslessCrossChainOrder memory order, Intent memory intent)
        private
        view
        returns (ResolvedCrossChainOrder memory resolved)
    {
        FillTerms memory terms = Intents.fillTerms(order, intent);
        uint256 left = intent.inputAmount - stateOf[id].taken;
        resolved.user = order.user;
        resolved.originChainId = order.originChainId;
        resolved.openDeadline = order.openDeadline;
        resolved.fillDeadline = order.fillDeadline;
        resolved.orderId = id;
        resolved.maxSpent = new Output[](1);
        resolved.maxSpent[0] = Output(
            intent.outputToken, Intents.minOutputFor(terms, left), intent.recipient, intent.destinationChainId
        );
        resolved.minReceived = new Output[](1);
        resolved.minReceived[0] =
            Output(bytes32(uint256(uint160(intent.inputToken))), left, bytes32(0), order.originChainId);
        resolved.fillInstructions = new FillInstruction[](1);
        resolved.fillInstructions[0] =
            FillInstruction(intent.destinationChainId, intent.destinationSettler, abi.encode(terms));
    }

    function _address(bytes32 value) private pure returns (address) {
        require(uint256(value) >> 160 == 0, NotAnAddress(value));
        return address(uint160(uint256(value)));
    }
}
