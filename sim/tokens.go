package sim

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/contracts/messages"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
	"github.com/lockstep-network/lockstep/gen/bindings/inbox"
	"github.com/lockstep-network/lockstep/gen/bindings/swap"
	"github.com/lockstep-network/lockstep/gen/bindings/tokenbridge"
)

// The contracts' functions.
var (
	bridge     = tokenbridge.NewTokenBridge()
	erc20      = bridgederc20.NewBridgedERC20()
	bridgeABI  = bridge.GetABI()
	deliverABI = method(inbox.NewInbox().GetABI(), "deliver")
	payABI     = method(swap.NewSwap().GetABI(), "pay")
)

func method(contract abi.ABI, name string) abi.Method { return contract.Methods[name] }

// The coin's name, and where contracts keep what the oracle knows: variables of contracts/snapshots/storage.
const (
	coinName, coinSymbol = "Coin", "COIN"
	coinDecimals         = 6

	outboxNonces  = 1
	inboxUsed     = 1
	bridgeLocked  = 0
	bridgeBridged = 1
	tokenBalances = 0
	tokenSupply   = 2
)

// ether stands for a rollup's own ether (ERC-7528).
var ether = common.HexToAddress("0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE")

// asset is a token of its home rollup.
type asset struct {
	home  core.RollupID
	token common.Address
}

// tokens is what stands on the rollups of a zone to move tokens across them.
type tokens struct {
	zone []core.RollupID
	at   deployment.Addresses
	// coin is a token of each rollup's own.
	coin common.Address
	// bridged is what stands for an asset on other rollups.
	bridged map[asset]map[core.RollupID]common.Address
	allocs  map[core.RollupID]gethtypes.GenesisAlloc
	// forged are messages that a dishonest rollup never sent, though its outbox says so.
	forged    map[common.Hash]messages.Message
	forgedIDs []common.Hash
}

// home are the tokens that are at home on every rollup.
func (t *tokens) home() []common.Address { return []common.Address{t.coin, ether} }

func (t *tokens) member(rollup core.RollupID) bool {
	if t == nil {
		return false
	}
	_, ok := t.allocs[rollup]
	return ok
}

// payload is what bridges say to each other.
type payload struct {
	Kind     uint8
	Token    common.Address
	To       common.Address
	Amount   *big.Int
	Metadata metadata
}

type metadata struct {
	Name     string
	Symbol   string
	Decimals uint8
}

const kindLocked, kindBurned uint8 = 0, 1

var payloadArguments = abi.Arguments{
	{Name: "kind", Type: abiType("uint8")}, {Name: "token", Type: abiType("address")}, {Name: "to", Type: abiType("address")},
	{Name: "amount", Type: abiType("uint256")},
	{Name: "metadata", Type: abiType("tuple", abi.ArgumentMarshaling{Name: "name", Type: "string"},
		abi.ArgumentMarshaling{Name: "symbol", Type: "string"}, abi.ArgumentMarshaling{Name: "decimals", Type: "uint8"})},
}

func abiType(name string, components ...abi.ArgumentMarshaling) abi.Type {
	t, err := abi.NewType(name, "", components)
	if err != nil {
		panic(fmt.Sprintf("sim: %s: %v", name, err)) // a constant
	}
	return t
}

func nameOf(token common.Address) metadata {
	if token == ether {
		return metadata{"Ether", "ETH", 18}
	}
	return metadata{coinName, coinSymbol, coinDecimals}
}

// message is one between bridges; nonce has the sender's key and the count.
func (t *tokens) message(from, to core.RollupID, nonce *big.Int, p payload) messages.Message {
	encoded, err := payloadArguments.Pack(p.Kind, p.Token, p.To, p.Amount, p.Metadata)
	if err != nil {
		panic(fmt.Sprintf("sim: payload: %v", err)) // of fixed types
	}
	return messages.Message{
		SourceChain: new(big.Int).SetUint64(uint64(from)), Sender: t.at.TokenBridge,
		DestinationChain: new(big.Int).SetUint64(uint64(to)), Recipient: t.at.TokenBridge, Nonce: nonce, Payload: encoded,
	}
}

func (t *tokens) id(m messages.Message) common.Hash {
	id, err := messages.ID(m, t.at.Outbox)
	if err != nil {
		panic(fmt.Sprintf("sim: message: %v", err)) // its numbers are there
	}
	return id
}

func readPayload(m messages.Message) (p payload, err error) {
	values, err := payloadArguments.Unpack(m.Payload)
	if err != nil {
		return p, err
	}
	return p, payloadArguments.Copy(&p, values)
}

// nonce is that of the next message of a user through the bridge, after so many sent before.
func nonce(user common.Address, sent common.Hash) *big.Int {
	key := new(big.Int).Lsh(new(big.Int).SetBytes(user[:]), 64)
	return key.Or(key, sent.Big())
}

// Where the contracts keep things.

func (t *tokens) nonceCell(user common.Address) cell {
	inner := core.MappingSlot(word(t.at.TokenBridge), small(outboxNonces))
	return cell{t.at.Outbox, core.MappingSlot(word(user), inner)}
}

func (t *tokens) sentCell(id common.Hash) cell { return cell{t.at.Outbox, messages.SentSlot(id)} }

func (t *tokens) usedCell(id common.Hash) cell {
	return cell{t.at.Inbox, core.MappingSlot(id, small(inboxUsed))}
}

func (t *tokens) lockedCell(token common.Address, away core.RollupID) cell {
	return cell{t.at.TokenBridge, core.MappingSlot(small(uint64(away)), core.MappingSlot(word(token), small(bridgeLocked)))}
}

func (t *tokens) bridgedCell(home core.RollupID, token common.Address) cell {
	return cell{t.at.TokenBridge, core.MappingSlot(word(token), core.MappingSlot(small(uint64(home)), small(bridgeBridged)))}
}

func balanceCell(token, owner common.Address) cell {
	return cell{token, core.MappingSlot(word(owner), small(tokenBalances))}
}

func supplyCell(token common.Address) cell { return cell{token, small(tokenSupply)} }

func word(address common.Address) common.Hash { return common.BytesToHash(address[:]) }
