// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Inbox } from "../../src/messages/Inbox.sol";
import { Message, Messages } from "../../src/messages/Messages.sol";
import { Outbox } from "../../src/messages/Outbox.sol";
import { BridgedERC20 } from "../../src/tokens/BridgedERC20.sol";
import { TokenBridge } from "../../src/tokens/TokenBridge.sol";
import { BridgeOfChain, Token } from "./Tokens.sol";
import { Zone } from "./Zone.sol";

/// @dev A zone of three chains with bridges, the third of which is hostile.
abstract contract Bridges is Zone {
    mapping(uint256 chain => Outbox) internal outbox;
    mapping(uint256 chain => Inbox) internal inbox;
    mapping(uint256 chain => BridgeOfChain) internal bridge;

    function deploy() internal {
        uint256[3] memory chains = [A, B, HOSTILE];
        Inbox.Source[] memory sources = new Inbox.Source[](3);
        for (uint256 i = 0; i < 3; ++i) {
            outbox[chains[i]] = new Outbox();
            put(chains[i], address(outbox[chains[i]]));
            sources[i] = Inbox.Source(chains[i], address(outbox[chains[i]]));
        }
        for (uint256 i = 0; i < 3; ++i) {
            inbox[chains[i]] = new Inbox(sources);
            bridge[chains[i]] = new BridgeOfChain(outbox[chains[i]], inbox[chains[i]]);
            put(chains[i], address(inbox[chains[i]]));
            put(chains[i], address(bridge[chains[i]]));
        }
        for (uint256 i = 0; i < 9; ++i) {
            bridge[chains[i / 3]].know(chains[i % 3], address(bridge[chains[i % 3]]));
        }
    }

    /// @dev The next message of a user's from one bridge to another.
    function next(uint256 from, uint256 to, address user, bytes memory payload) internal view returns (Message memory) {
        uint256 nonce = outbox[from].nonces(address(bridge[from]), uint160(user));
        return Message(from, address(bridge[from]), to, address(bridge[to]), nonce, payload);
    }

    function delivers(Message memory m) internal view returns (Leg memory) {
        uint256 to = m.destinationChain;
        return leg(to, address(0xFEED), address(inbox[to]), abi.encodeCall(Inbox.deliver, (m)));
    }

    function lockedPayload(address token, address to, uint256 amount) internal pure returns (bytes memory) {
        return abi.encode(0, token, to, amount, TokenBridge.Metadata("Token", "TKN", 18));
    }

    function burnedPayload(address token, address to, uint256 amount) internal pure returns (bytes memory) {
        return abi.encode(1, token, to, amount, TokenBridge.Metadata("", "", 0));
    }

    function approve(uint256 chain, address token, address user) internal {
        vm.chainId(chain);
        vm.prank(user);
        Token(token).approve(address(bridge[chain]), type(uint256).max);
    }

    /// @dev The legs that lock tokens on one chain and mint them on another.
    function sends(address token, uint256 from, uint256 to, address user, uint256 amount)
        internal
        view
        returns (Leg[] memory)
    {
        Message memory m = next(from, to, user, lockedPayload(token, user, amount));
        Leg memory locks =
            leg(from, user, address(bridge[from]), abi.encodeCall(TokenBridge.lock, (token, to, user, amount)));
        return two(locks, delivers(m));
    }

    /// @dev The legs that burn tokens and unlock them at home.
    function returns_(BridgedERC20 token, uint256 from, address user, uint256 amount)
        internal
        view
        returns (Leg[] memory)
    {
        Message memory m = next(from, token.HOME_CHAIN(), user, burnedPayload(token.HOME_TOKEN(), user, amount));
        Leg memory burns =
            leg(from, user, address(bridge[from]), abi.encodeCall(TokenBridge.burn, (token, user, amount)));
        return two(burns, delivers(m));
    }
}
