package deployment

import (
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/inbox"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
	"github.com/lockstep-network/lockstep/gen/bindings/outbox"
	"github.com/lockstep-network/lockstep/gen/bindings/swap"
	"github.com/lockstep-network/lockstep/gen/bindings/tokenbridge"
)

// Factory is the contract that creates the others: the deterministic CREATE2 factory, which is among the system accounts of
// every rollup of kind evm (EIP-7997).
var Factory = params.DeterministicFactoryAddress

// salt is that of all contracts: their code and arguments tell them apart.
var salt common.Hash

// Addresses are those of the contracts on every rollup of a zone.
type Addresses struct {
	Outbox        common.Address `json:"outbox"`
	Inbox         common.Address `json:"inbox"`
	TokenBridge   common.Address `json:"tokenBridge"`
	Swap          common.Address `json:"swap"`
	IntentSettler common.Address `json:"intentSettler"`
}

// Contract is one of the contracts with what creates it.
type Contract struct {
	// Name is that of its source in contracts/src.
	Name string
	// Address is where the factory creates it.
	Address common.Address
	// InitCode is its creation code with the constructor's arguments.
	InitCode []byte
}

// Of are the addresses of the contracts of a zone with these rollups. Those of Outbox, Swap and IntentSettler are the same in
// all zones; Inbox takes messages from the zone's rollups, and TokenBridge uses that inbox.
func Of(zone []core.RollupID) Addresses {
	c := Contracts(zone)
	return Addresses{Outbox: c[0].Address, Inbox: c[1].Address, TokenBridge: c[2].Address, Swap: c[3].Address, IntentSettler: c[4].Address}
}

// Contracts are Outbox, Inbox, TokenBridge, Swap and IntentSettler for a zone with these rollups, in the order in which each
// may use those before it.
func Contracts(zone []core.RollupID) []Contract {
	out := create("Outbox", &outbox.OutboxMetaData)
	in := create("Inbox", &inbox.InboxMetaData, inbox.NewInbox().PackConstructor(sources(zone, out.Address))...)
	bridge := create("TokenBridge", &tokenbridge.TokenBridgeMetaData,
		tokenbridge.NewTokenBridge().PackConstructor(out.Address, in.Address)...)
	return []Contract{
		out, in, bridge, create("Swap", &swap.SwapMetaData), create("IntentSettler", &intentsettler.IntentSettlerMetaData),
	}
}

// CreateCall is the call of the factory that creates the contract.
func (c Contract) CreateCall() []byte { return append(salt.Bytes(), c.InitCode...) }

// sources are the zone's rollups in ascending order, each with the outbox that messages from it are sent by.
func sources(zone []core.RollupID, outbox common.Address) []inbox.InboxSource {
	ids := slices.Compact(slices.Sorted(slices.Values(zone)))
	sources := make([]inbox.InboxSource, len(ids))
	for i, id := range ids {
		sources[i] = inbox.InboxSource{ChainId: new(big.Int).SetUint64(uint64(id)), Outbox: outbox}
	}
	return sources
}

// create is the contract that the factory creates of compiled code and the encoded arguments.
func create(name string, data *bind.MetaData, arguments ...byte) Contract {
	code := append(common.FromHex(data.Bin), arguments...)
	return Contract{name, crypto.CreateAddress2(Factory, salt, crypto.Keccak256(code)), code}
}
