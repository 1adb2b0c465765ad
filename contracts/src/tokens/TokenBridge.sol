// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Inbox } from "../messages/Inbox.sol";
import { Outbox } from "../messages/Outbox.sol";
import { BridgedERC20 } from "./BridgedERC20.sol";
import { ERC7786Recipient } from "@openzeppelin/contracts/crosschain/ERC7786Recipient.sol";
import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { IERC20, SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { InteroperableAddress } from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";

/// @title Token bridge
/// @notice Moves ERC-20 tokens and ether to other rollups and back. On its home chain a token is locked, on the other chain the
/// same amount of a {BridgedERC20} is minted; on the way back it is burned there and unlocked here.
/// @dev The bridge has the same address on all chains, and believes of each chain only what concerns that chain: what came in
/// for a chain is counted apart, and messages from a chain never take out more than that. A dishonest chain can take what
/// its own users locked for it, and mint what claims to be its own tokens, but nothing of other chains.
/// Tokens whose balances change by themselves are not supported; of those that keep a fee, what arrived is bridged.
contract TokenBridge is ERC7786Recipient, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using InteroperableAddress for bytes;

    /// @dev What a message between bridges says: of its sender's token that it was locked, or of its receiver's that it was
    /// burned.
    enum Kind {
        Locked,
        Burned
    }

    /// @dev The name that a bridged token gets, from its home chain.
    struct Metadata {
        string name;
        string symbol;
        uint8 decimals;
    }

    /// @notice Stands for the chain's own ether (ERC-7528).
    address public constant ETHER = 0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE;

    /// @notice Where the bridge sends messages.
    Outbox public immutable OUTBOX;

    /// @notice Where the bridge gets messages from.
    Inbox public immutable INBOX;

    /// @notice What is locked here for each chain: its bridge may take out that much.
    mapping(address token => mapping(uint256 chainId => uint256)) public locked;

    /// @notice The contract here that stands for a token of another chain; zero before anything of it arrived.
    mapping(uint256 homeChain => mapping(address homeToken => BridgedERC20)) public bridged;

    /// @notice Whether a contract here is one that stands for a token of another chain.
    mapping(address token => bool) public isBridged;

    /// @notice Tokens of this chain were locked and sent to another.
    event Locked(
        bytes32 indexed id, address indexed token, uint256 indexed chainId, address from, address to, uint256 amount
    );

    /// @notice Tokens of this chain came back from another.
    event Unlocked(bytes32 indexed id, address indexed token, uint256 indexed chainId, address to, uint256 amount);

    /// @notice Tokens of another chain arrived.
    event Minted(bytes32 indexed id, address indexed bridgedToken, address indexed to, uint256 amount);

    /// @notice Tokens of another chain were sent home.
    event Burned(bytes32 indexed id, address indexed bridgedToken, address indexed from, address to, uint256 amount);

    /// @notice A token of another chain was seen for the first time.
    event Deployed(uint256 indexed homeChain, address indexed homeToken, address bridgedToken);

    /// @notice Tokens cannot be sent to that chain: it is this one, or its messages are not accepted.
    error UnknownChain(uint256 chainId);

    /// @notice Nothing, or nothing that arrived.
    error NoAmount();

    /// @notice The recipient is the zero address or the bridge.
    error InvalidRecipient(address to);

    /// @notice The token is not one that this bridge deployed.
    error NotBridged(address token);

    /// @notice The token is bridged; it can only be burned, which sends it home.
    error IsBridged(address token);

    /// @notice The chain asks for more than came in for it.
    error MoreThanLocked(address token, uint256 chainId, uint256 amount, uint256 have);

    constructor(Outbox outbox, Inbox inbox) {
        OUTBOX = outbox;
        INBOX = inbox;
    }

    /// @notice Sends tokens of this chain to another one. The bridge needs an allowance.
    /// @param token The token here.
    /// @param chainId Where it goes.
    /// @param to Who gets it there.
    /// @param amount In the token's smallest unit.
    /// @return id The message that {Inbox-deliver} takes on the other chain.
    function lock(address token, uint256 chainId, address to, uint256 amount)
        external
        nonReentrant
        returns (bytes32 id)
    {
        require(!isBridged[token], IsBridged(token));
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 arrived = IERC20(token).balanceOf(address(this)) - before;
        return _lock(token, chainId, to, arrived, _metadata(token));
    }

    /// @notice Sends ether of this chain to another one, where it becomes a token.
    function lockEther(uint256 chainId, address to) external payable nonReentrant returns (bytes32 id) {
        return _lock(ETHER, chainId, to, msg.value, Metadata("Ether", "ETH", 18));
    }

    /// @notice Sends tokens of another chain home. No allowance is needed.
    /// @param token The bridged token here.
    /// @param to Who gets the token at home.
    /// @param amount In the token's smallest unit.
    /// @return id The message that {Inbox-deliver} takes on the home chain.
    function burn(BridgedERC20 token, address to, uint256 amount) external nonReentrant returns (bytes32 id) {
        require(isBridged[address(token)], NotBridged(address(token)));
        require(amount != 0, NoAmount());
        uint256 home = token.HOME_CHAIN();
        _checkRecipient(home, to);
        token.crosschainBurn(msg.sender, amount);
        id = _send(home, abi.encode(Kind.Burned, token.HOME_TOKEN(), to, amount, Metadata("", "", 0)));
        emit Burned(id, address(token), msg.sender, to, amount);
    }

    /// @dev The bridge on another chain. It has the same address everywhere.
    function _counterpart(uint256) internal view virtual returns (address) {
        return address(this);
    }

    /// @inheritdoc ERC7786Recipient
    function _isAuthorizedGateway(address gateway, bytes calldata sender) internal view override returns (bool) {
        (uint256 chainId, address bridge) = sender.parseEvmV1Calldata();
        return gateway == address(INBOX) && bridge == _counterpart(chainId);
    }

    /// @inheritdoc ERC7786Recipient
    function _processMessage(address, bytes32 id, bytes calldata sender, bytes calldata payload)
        internal
        override
        nonReentrant
    {
        require(msg.value == 0, NoAmount());
        (uint256 source,) = sender.parseEvmV1Calldata();
        (Kind kind, address token, address to, uint256 amount, Metadata memory metadata) =
            abi.decode(payload, (Kind, address, address, uint256, Metadata));
        if (kind == Kind.Locked) {
            _mint(id, source, token, to, amount, metadata);
        } else {
            _unlock(id, source, token, to, amount);
        }
    }

    function _lock(address token, uint256 chainId, address to, uint256 amount, Metadata memory metadata)
        private
        returns (bytes32 id)
    {
        require(amount != 0, NoAmount());
        _checkRecipient(chainId, to);
        locked[token][chainId] += amount;
        id = _send(chainId, abi.encode(Kind.Locked, token, to, amount, metadata));
        emit Locked(id, token, chainId, msg.sender, to, amount);
    }

    /// @dev The home chain is the one where the message comes from, so no chain mints another's tokens.
    function _mint(bytes32 id, uint256 home, address homeToken, address to, uint256 amount, Metadata memory metadata)
        private
    {
        BridgedERC20 token = bridged[home][homeToken];
        if (address(token) == address(0)) {
            token = new BridgedERC20(home, homeToken, metadata.name, metadata.symbol, metadata.decimals);
            bridged[home][homeToken] = token;
            isBridged[address(token)] = true;
            emit Deployed(home, homeToken, address(token));
        }
        token.crosschainMint(to, amount);
        emit Minted(id, address(token), to, amount);
    }

    function _unlock(bytes32 id, uint256 source, address token, address to, uint256 amount) private {
        uint256 have = locked[token][source];
        require(amount <= have, MoreThanLocked(token, source, amount, have));
        locked[token][source] = have - amount;
        if (token == ETHER) {
            Address.sendValue(payable(to), amount);
        } else {
            IERC20(token).safeTransfer(to, amount);
        }
        emit Unlocked(id, token, source, to, amount);
    }

    /// @dev The nonce is counted per user, so that nobody else's use of the bridge changes the id of a user's next message.
    function _send(uint256 chainId, bytes memory payload) private returns (bytes32) {
        return OUTBOX.send(chainId, _counterpart(chainId), uint160(msg.sender), payload);
    }

    /// @dev A chain whose messages are not accepted could never give the tokens back.
    function _checkRecipient(uint256 chainId, address to) private view {
        require(chainId != block.chainid && INBOX.outboxOf(chainId) != address(0), UnknownChain(chainId));
        require(to != address(0) && to != _counterpart(chainId), InvalidRecipient(to));
    }

    /// @dev Name and symbol are optional in ERC-20, but where they are they must be strings.
    function _metadata(address token) private view returns (Metadata memory metadata) {
        try IERC20Metadata(token).name() returns (string memory name) {
            metadata.name = name;
        } catch { }
        try IERC20Metadata(token).symbol() returns (string memory symbol) {
            metadata.symbol = symbol;
        } catch { }
        metadata.decimals = IERC20Metadata(token).decimals();
    }
}
