package zonetest

import (
	"crypto/ecdsa"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// Start is the genesis time of the networks made here, in ms: the begin of a slot.
const Start uint64 = 1_800_000_000_000

// Zone is the zone of the networks made here.
const Zone core.ZoneID = 1

// Elsewhere is a registered rollup of another zone.
const Elsewhere core.RollupID = 7

// Funds is what each account owns on each rollup at the beginning, in wei. A gas price of 1 is usual.
const Funds uint64 = 1 << 50

// Network is a genesis with one zone, without validators, and accounts to sign with.
type Network struct {
	Genesis *core.Genesis
	keys    map[string]*ecdsa.PrivateKey
}

// NewNetwork registers these rollups, ascending and above Elsewhere, in one zone; edit may change the parameters.
func NewNetwork(edit func(*core.Params), rollups ...core.RollupID) *Network {
	g := &core.Genesis{
		Version: core.GenesisVersion, Name: "zonetest", Time: Start, Params: core.DefaultParams(),
		Zones:     []core.Zone{{ID: Zone, Rollups: rollups}, {ID: Zone + 1, Rollups: []core.RollupID{Elsewhere}}},
		Predeploy: core.DefaultPredeploy(),
	}
	if edit != nil {
		edit(&g.Params)
	}
	for _, id := range append([]core.RollupID{Elsewhere}, rollups...) {
		g.Rollups = append(g.Rollups, core.Rollup{ID: id, Name: fmt.Sprintf("r%s", id), Kind: core.KindEVM, EVM: &core.EVMGenesis{}})
	}
	return &Network{Genesis: g, keys: make(map[string]*ecdsa.PrivateKey)}
}

// Key is the account with this name.
func (n *Network) Key(name string) *ecdsa.PrivateKey {
	if n.keys[name] == nil {
		key, err := crypto.ToECDSA(crypto.Keccak256([]byte("zonetest " + name)))
		if err != nil {
			panic(err) // a hash that is no key does not occur for the names in tests
		}
		n.keys[name] = key
	}
	return n.keys[name]
}

// Address is the address of the account with this name.
func (n *Network) Address(name string) common.Address {
	return crypto.PubkeyToAddress(n.Key(name).PublicKey)
}

// Disks makes a disk per rollup, on which each of the named accounts has Funds.
func (n *Network) Disks(names ...string) map[core.RollupID]*Disk {
	disks := make(map[core.RollupID]*Disk)
	for _, id := range n.Genesis.Zones[0].Rollups {
		disks[id] = n.Disk(id, names...)
	}
	return disks
}

// Disk makes a disk of a rollup, on which each of the named accounts has Funds.
func (n *Network) Disk(id core.RollupID, names ...string) *Disk {
	balances := make(map[common.Address]uint64)
	for _, name := range names {
		balances[n.Address(name)] = Funds
	}
	return NewDisk(id, n.Genesis.EVMTime(), balances)
}

// Tx describes a legacy transaction of an account.
type Tx struct {
	Rollup core.RollupID
	From   string
	Nonce  uint64
	// To is the name of the receiving account; empty is the zero address.
	To    string
	Value uint64
	// Gas is the gas limit; zero means 30000.
	Gas uint64
	// Price is the gas price in wei; zero means 1.
	Price uint64
	Data  []byte
	// Access makes it a transaction of type 1 (EIP-2930).
	Access gethtypes.AccessList
	// BadSignature makes a signature from which no sender can be recovered.
	BadSignature bool
}

// Sign signs a transaction.
func (n *Network) Sign(d Tx) core.Transaction {
	to := common.Address{}
	if d.To != "" {
		to = n.Address(d.To)
	}
	if d.Gas == 0 {
		d.Gas = 30000
	}
	if d.Price == 0 {
		d.Price = 1
	}
	chain, value, price := new(big.Int).SetUint64(uint64(d.Rollup)), new(big.Int).SetUint64(d.Value), new(big.Int).SetUint64(d.Price)
	legacy := &gethtypes.LegacyTx{Nonce: d.Nonce, To: &to, Value: value, Gas: d.Gas, GasPrice: price, Data: d.Data}
	var data gethtypes.TxData = legacy
	if d.Access != nil {
		data = &gethtypes.AccessListTx{
			ChainID: chain, Nonce: d.Nonce, To: &to, Value: value, Gas: d.Gas, GasPrice: price, Data: d.Data, AccessList: d.Access,
		}
	}
	eth, err := gethtypes.SignNewTx(n.Key(d.From), gethtypes.LatestSignerForChainID(chain), data)
	if err != nil {
		panic(err)
	}
	if d.BadSignature {
		v, _, _ := eth.RawSignatureValues()
		legacy.V, legacy.R, legacy.S = v, big.NewInt(0), big.NewInt(0)
		eth = gethtypes.NewTx(legacy)
	}
	tx, err := core.NewTransaction(d.Rollup, eth)
	if err != nil {
		panic(err)
	}
	return tx
}

// Leg is a leg of a bundle.
type Leg struct {
	Tx        core.Transaction
	MayRevert bool
}

// Bundle makes a bundle that is valid for ten minutes from Start; edit may change it before its id is computed.
func (n *Network) Bundle(atomicity core.Atomicity, edit func(*core.Bundle), legs ...Leg) core.DecodedBundle {
	b := &core.Bundle{Atomicity: atomicity, NotAfter: Start + 600_000}
	for _, leg := range legs {
		b.Legs = append(b.Legs, core.Leg{Rollup: leg.Tx.Rollup(), Tx: leg.Tx.Raw(), MayRevert: leg.MayRevert})
	}
	if edit != nil {
		edit(b)
	}
	d, err := b.DecodeLegs(n.Genesis.NetworkID(), func(core.RollupID) (core.RollupKind, bool) { return core.KindEVM, true })
	if err != nil {
		panic(err)
	}
	return d
}

// Commit sets the bundle's commitment to the right one.
func (n *Network) Commit(b *core.Bundle) {
	legs := make([]core.CommittedLeg, len(b.Legs))
	for i, leg := range b.Legs {
		tx, err := core.DecodeTransaction(leg.Rollup, leg.Tx)
		if err != nil {
			panic(err)
		}
		sender, err := gethtypes.Sender(gethtypes.LatestSignerForChainID(tx.Eth().ChainId()), tx.Eth())
		if err != nil {
			sender = common.Address{}
		}
		legs[i] = core.CommitLeg(tx.Eth(), leg.Rollup, sender, leg.MayRevert)
	}
	b.Commitment = b.ComputeCommitment(n.Genesis.NetworkID(), legs)
}
