// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AssertStorage } from "../libraries/AssertStorage.sol";
import { IERC20, SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Swaps between strangers
/// @notice One pays if the other delivers, who delivers if the first one pays: two legs of one bundle, each signed by its
/// own party, each asserting that the other took place. There is nothing in between, neither escrow nor trust.
/// @dev The contract has no constructor arguments and the same address on all chains. A party trusts the chain that it gets
/// paid on, as the holder of a token there does anyway.
contract Swap is ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice What one party pays.
    struct Side {
        /// @dev The chain where it pays.
        uint256 chainId;
        /// @dev Who pays.
        address payer;
        /// @dev Who is paid: usually an account of the other party.
        address payee;
        /// @dev What is paid; zero stands for the chain's ether.
        address token;
        /// @dev In the token's smallest unit.
        uint256 amount;
    }

    /// @notice What two parties agreed upon.
    struct Terms {
        Side first;
        Side second;
        /// @dev The last second, on both chains, at which it may take place.
        uint256 deadline;
        /// @dev Tells swaps apart that are equal otherwise.
        bytes32 salt;
    }

    /// @notice The variable that holds which swaps were paid here: `mapping(bytes32 id => bool)`.
    bytes32 public constant PAID_SLOT = bytes32(uint256(0));

    /// @notice The swaps whose side on this chain was paid, by id. Its place in storage is part of the protocol.
    mapping(bytes32 id => bool) public paid;

    /// @notice This chain's side of a swap was paid, and so was the other one.
    event Paid(bytes32 indexed id, address indexed payer, address indexed payee, address token, uint256 amount);

    /// @notice Both sides are on one chain.
    error OneChain(uint256 chainId);

    /// @notice No side is on this chain.
    error NotHere(uint256 first, uint256 second);

    /// @notice Only the party itself pays its side.
    error NotThePayer(address payer);

    /// @notice The swap's time is over.
    error Expired(uint256 deadline);

    /// @notice The side was paid before.
    error AlreadyPaid(bytes32 id);

    /// @notice The ether sent along is not what the side pays.
    error WrongValue(uint256 value, uint256 want);

    /// @notice The payee got less than agreed: the token keeps a fee.
    error TooLittleArrived(uint256 arrived, uint256 want);

    /// @notice Pays the caller's side, if the other side is paid in the same bundle. The contract needs an allowance.
    /// @return id The swap's id.
    function pay(Terms calldata terms) external payable nonReentrant returns (bytes32 id) {
        (Side calldata mine, Side calldata other) = _sides(terms);
        require(msg.sender == mine.payer, NotThePayer(mine.payer));
        require(block.timestamp <= terms.deadline, Expired(terms.deadline));
        id = idOf(terms);
        require(!paid[id], AlreadyPaid(id));
        paid[id] = true;
        _transfer(mine);
        AssertStorage.assertBool(
            other.chainId, _counterpart(other.chainId), AssertStorage.mappingSlot(PAID_SLOT, id), true
        );
        emit Paid(id, mine.payer, mine.payee, mine.token, mine.amount);
    }

    /// @notice A swap's id: keccak256 of the ABI encoding of its terms. The same on both chains.
    function idOf(Terms calldata terms) public pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    /// @dev The contract on another chain. It has the same address everywhere.
    function _counterpart(uint256) internal view virtual returns (address) {
        return address(this);
    }

    function _sides(Terms calldata terms) private view returns (Side calldata mine, Side calldata other) {
        (mine, other) = (terms.first, terms.second);
        require(mine.chainId != other.chainId, OneChain(mine.chainId));
        if (other.chainId == block.chainid) (mine, other) = (other, mine);
        require(mine.chainId == block.chainid, NotHere(terms.first.chainId, terms.second.chainId));
    }

    function _transfer(Side calldata side) private {
        if (side.token == address(0)) {
            require(msg.value == side.amount, WrongValue(msg.value, side.amount));
            Address.sendValue(payable(side.payee), side.amount);
            return;
        }
        require(msg.value == 0, WrongValue(msg.value, 0));
        IERC20 token = IERC20(side.token);
        uint256 before = token.balanceOf(side.payee);
        token.safeTransferFrom(side.payer, side.payee, side.amount);
        uint256 arrived = token.balanceOf(side.payee) - before;
        require(arrived >= side.amount, TooLittleArrived(arrived, side.amount));
    }
}
