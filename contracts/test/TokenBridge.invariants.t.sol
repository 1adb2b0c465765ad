// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Message, Messages } from "../src/messages/Messages.sol";
import { BridgedERC20 } from "../src/tokens/BridgedERC20.sol";
import { TokenBridge } from "../src/tokens/TokenBridge.sol";
import { Bridges } from "./zone/Bridges.sol";
import { Token } from "./zone/Tokens.sol";

/// @dev Users who send tokens between three chains in whole bundles and in halves, and a chain that lies.
contract Traffic is Bridges {
    uint256 internal constant SUPPLY = 1e24;

    Token public token;
    address[3] private _users = [address(0xA11CE), address(0xB0B), address(0xCA401)];
    /// @dev Sent and not yet delivered.
    Message[] private _pending;
    /// @dev Amounts on their way home to A and away from it, by chain.
    mapping(uint256 chain => uint256) public homeward;
    mapping(uint256 chain => uint256) public outward;
    /// @dev What the hostile chain got out of A beyond what its users burned there.
    uint256 public stolen;
    /// @dev What users of the hostile chain burned and cannot have any more, because it was stolen.
    uint256 public forfeited;
    uint256 public refused;

    constructor() {
        deploy();
        token = new Token();
        put(A, address(token));
        for (uint256 i = 0; i < 3; ++i) {
            token.mint(_users[i], SUPPLY / 3);
            approve(A, address(token), _users[i]);
        }
    }

    function chain(uint256 seed) private pure returns (uint256) {
        return seed % 2 == 0 ? B : HOSTILE;
    }

    function send(uint256 who, uint256 where, uint256 amount, bool later) external {
        address user = _users[who % 3];
        uint256 to = chain(where);
        uint256 have = token.balanceOf(user);
        if (have == 0) return;
        amount = 1 + amount % have;
        Leg[] memory legs = sends(address(token), A, to, user, amount);
        if (!later) return bundle(legs);
        _pending.push(next(A, to, user, lockedPayload(address(token), user, amount)));
        outward[to] += amount;
        bundle(one(legs[0]));
    }

    function back(uint256 who, uint256 where, uint256 amount, bool later) external {
        address user = _users[who % 3];
        uint256 from = chain(where);
        BridgedERC20 there = bridge[from].bridged(A, address(token));
        if (address(there) == address(0) || there.balanceOf(user) == 0) return;
        amount = 1 + amount % there.balanceOf(user);
        // What the liar took is missing for the users of its own chain, and of no other one.
        if (amount + homeward[from] > bridge[A].locked(address(token), from)) return;
        Leg[] memory legs = returns_(there, from, user, amount);
        if (!later) return bundle(legs);
        _pending.push(next(from, A, user, burnedPayload(address(token), user, amount)));
        homeward[from] += amount;
        bundle(one(legs[0]));
    }

    function deliver(uint256 which) external {
        if (_pending.length == 0) return;
        which %= _pending.length;
        Message memory m = _pending[which];
        _pending[which] = _pending[_pending.length - 1];
        _pending.pop();
        (,,, uint256 amount,) = abi.decode(m.payload, (uint256, address, address, uint256, TokenBridge.Metadata));
        (bool ok, bytes4 reason) = tryBundle(one(delivers(m)));
        if (!ok) {
            require(m.sourceChain == HOSTILE && reason == TokenBridge.MoreThanLocked.selector, "not delivered");
            forfeited += amount;
            ++refused;
        }
        if (m.destinationChain == A) homeward[m.sourceChain] -= amount;
        else outward[m.destinationChain] -= amount;
    }

    /// @dev The hostile chain says that somebody burned tokens.
    function lie(uint256 amount) external {
        amount = 1 + amount % SUPPLY;
        uint256 had = bridge[A].locked(address(token), HOSTILE);
        Message memory m = Message(
            HOSTILE,
            address(bridge[HOSTILE]),
            A,
            address(bridge[A]),
            uint256(keccak256(abi.encode(amount, stolen, refused))),
            burnedPayload(address(token), address(0xBAD), amount)
        );
        bytes32 slot = Messages.sentSlot(Messages.id(m, address(outbox[HOSTILE])));
        vm.store(address(outbox[HOSTILE]), slot, bytes32(uint256(1)));
        (bool ok,) = tryBundle(one(delivers(m)));
        require(ok == (amount <= had), "a lie paid more than came in, or less");
        if (ok) stolen += amount;
        else ++refused;
    }

    function locked(uint256 where) external view returns (uint256) {
        return bridge[A].locked(address(token), where);
    }

    function supply(uint256 where) external view returns (uint256) {
        BridgedERC20 there = bridge[where].bridged(A, address(token));
        return address(there) == address(0) ? 0 : there.totalSupply();
    }

    function held() external view returns (uint256) {
        return token.balanceOf(address(bridge[A]));
    }
}

contract TokenBridgeInvariants {
    uint256 private constant B = 1002;
    uint256 private constant HOSTILE = 1003;

    Traffic private traffic;

    function setUp() public {
        traffic = new Traffic();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(traffic);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0].addr = address(traffic);
        targets[0].selectors = new bytes4[](4);
        targets[0].selectors[0] = Traffic.send.selector;
        targets[0].selectors[1] = Traffic.back.selector;
        targets[0].selectors[2] = Traffic.deliver.selector;
        targets[0].selectors[3] = Traffic.lie.selector;
    }

    function invariant_BridgeHoldsWhatIsLocked() public view {
        require(traffic.held() == traffic.locked(B) + traffic.locked(HOSTILE), "held and locked differ");
    }

    /// @dev Every unit on an honest chain, and every one on its way, is backed by one at home.
    function invariant_HonestChainIsBacked() public view {
        require(
            traffic.locked(B) == traffic.supply(B) + traffic.outward(B) + traffic.homeward(B), "supply not conserved"
        );
    }

    function invariant_HostileChainTakesOnlyItsOwn() public view {
        require(
            traffic.locked(HOSTILE) + traffic.stolen()
                == traffic.supply(HOSTILE) + traffic.outward(HOSTILE) + traffic.homeward(HOSTILE) + traffic.forfeited(),
            "the hostile chain's account is off"
        );
    }
}
