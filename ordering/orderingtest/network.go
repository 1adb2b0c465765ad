package orderingtest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// GenesisTime is the start of every test network in ms.
const GenesisTime uint64 = 1_700_000_000_000

// The rollups of a test network: A and B in zone 1, C in zone 2, then one of each other kind.
const (
	RollupA core.RollupID = 901
	RollupB core.RollupID = 902
	RollupC core.RollupID = 903
	OPStack core.RollupID = 904
	Opaque  core.RollupID = 905
	Opaque2 core.RollupID = 906
	Zone1   core.ZoneID   = 1
	Zone2   core.ZoneID   = 2
)

// Network is a genesis, which a test may change before it makes machines, with the consensus keys of its validators.
type Network struct {
	Genesis *core.Genesis
	keys    map[[20]byte]ed25519.PrivateKey
	signers map[common.Address]*ecdsa.PrivateKey
}

// NewNetwork makes a network with one validator per power.
func NewNetwork(tb testing.TB, powers ...uint64) *Network {
	return NewNetworkWith(tb, core.DefaultParams(), powers...)
}

// NewNetworkWith makes a network with other parameters.
func NewNetworkWith(tb testing.TB, params core.Params, powers ...uint64) *Network {
	tb.Helper()
	predeploy := core.DefaultPredeploy()
	evm := func() *core.EVMGenesis {
		return &core.EVMGenesis{BaseFee: 1, Alloc: gethtypes.GenesisAlloc{predeploy.Address: {Code: predeploy.Code, Balance: new(big.Int)}}}
	}
	g := &core.Genesis{
		Version: core.GenesisVersion, Name: "test", Time: GenesisTime, Params: params, Predeploy: predeploy,
		Zones: []core.Zone{{ID: Zone1, Rollups: []core.RollupID{RollupA, RollupB}}, {ID: Zone2, Rollups: []core.RollupID{RollupC}}},
		Rollups: []core.Rollup{
			{ID: RollupA, Name: "a", Kind: core.KindEVM, EVM: evm()}, {ID: RollupB, Name: "b", Kind: core.KindEVM, EVM: evm()},
			{ID: RollupC, Name: "c", Kind: core.KindEVM, EVM: evm()},
			{ID: OPStack, Name: "op", Kind: core.KindOPStack, Operator: crypto.PubkeyToAddress(OperatorKey().PublicKey)},
			{ID: Opaque, Name: "opaque", Kind: core.KindOpaque, Operator: crypto.PubkeyToAddress(OperatorKey().PublicKey)}, {ID: Opaque2, Name: "opaque-2", Kind: core.KindOpaque},
		},
	}
	n := &Network{Genesis: g, keys: make(map[[20]byte]ed25519.PrivateKey), signers: make(map[common.Address]*ecdsa.PrivateKey)}
	for i, power := range powers {
		seed := sha256.Sum256(fmt.Appendf(nil, "validator %d", i))
		key := ed25519.NewKeyFromSeed(seed[:])
		ethereum, err := crypto.ToECDSA(seed[:])
		if err != nil {
			tb.Fatal(err)
		}
		v, err := core.NewValidator(key, ethereum, power)
		if err != nil {
			tb.Fatal(err)
		}
		g.Validators = append(g.Validators, v)
		n.keys[v.ConsensusAddress()], n.signers[v.Address] = key, ethereum
	}
	if err := g.Validate(); err != nil {
		tb.Fatal(err)
	}
	return n
}

// ID is the network's id.
func (n *Network) ID() core.NetworkID { return n.Genesis.NetworkID() }

// Machine makes a machine of the network.
func (n *Network) Machine(tb testing.TB) *ordering.Machine {
	tb.Helper()
	m, err := ordering.New(n.Genesis, Verify)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// SignBytes is what a validator's key signs of a vote extension: uvarint(length) ‖ CometBFT's CanonicalVoteExtension.
func SignBytes(chainID string, height int64, round int32, extension []byte) []byte {
	var b []byte
	if len(extension) > 0 {
		b = append(binary.AppendUvarint(append(b, 0x0a), uint64(len(extension))), extension...)
	}
	if height != 0 {
		b = binary.LittleEndian.AppendUint64(append(b, 0x11), uint64(height))
	}
	if round != 0 {
		b = binary.LittleEndian.AppendUint64(append(b, 0x19), uint64(round))
	}
	b = append(binary.AppendUvarint(append(b, 0x22), uint64(len(chainID))), chainID...)
	return append(binary.AppendUvarint(nil, uint64(len(b))), b...)
}

// Verify is the engine's check of a vote extension's signature.
func Verify(consensusKey []byte, height int64, round int32, chainID string, extension, signature []byte) bool {
	return len(consensusKey) == ed25519.PublicKeySize &&
		ed25519.Verify(consensusKey, SignBytes(chainID, height, round, extension), signature)
}

// Vote signs a vote extension with a validator's key.
func (n *Network) Vote(v core.Validator, height uint64, round int32, extension []byte) ordering.ExtendedVote {
	address := v.ConsensusAddress()
	return ordering.ExtendedVote{
		Validator: address[:], Power: int64(v.Power), Extension: extension,
		Signature: ed25519.Sign(n.keys[address], SignBytes(n.Genesis.ChainID(), int64(height), round, extension)),
	}
}

// SignCheckpoint signs a digest with a validator's Ethereum key.
func (n *Network) SignCheckpoint(tb testing.TB, v core.Validator, tick uint64, digest common.Hash) core.CheckpointVote {
	tb.Helper()
	signature, err := core.SignCheckpoint(n.signers[v.Address], digest)
	if err != nil {
		tb.Fatal(err)
	}
	return core.CheckpointVote{Tick: tick, Digest: digest, Signature: signature}
}

// Absent is the vote of a validator that did not precommit in time.
func Absent(v core.Validator) ordering.ExtendedVote {
	address := v.ConsensusAddress()
	return ordering.ExtendedVote{Validator: address[:], Power: int64(v.Power)}
}

// NewValidator makes one more validator and keeps its keys; the seed tells several apart.
func (n *Network) NewValidator(tb testing.TB, seed string, power uint64) core.Validator {
	tb.Helper()
	sum := sha256.Sum256([]byte("validator " + seed))
	ethereum, err := crypto.ToECDSA(sum[:])
	if err != nil {
		tb.Fatal(err)
	}
	return n.keep(tb, ed25519.NewKeyFromSeed(sum[:]), ethereum, power)
}

// NewKey makes v's successor with the Ethereum key of another seed and the same consensus key.
func (n *Network) NewKey(tb testing.TB, v core.Validator, seed string) core.Validator {
	tb.Helper()
	sum := sha256.Sum256([]byte("validator " + seed))
	ethereum, err := crypto.ToECDSA(sum[:])
	if err != nil {
		tb.Fatal(err)
	}
	return n.keep(tb, n.keys[v.ConsensusAddress()], ethereum, v.Power)
}

func (n *Network) keep(tb testing.TB, consensus ed25519.PrivateKey, ethereum *ecdsa.PrivateKey, power uint64) core.Validator {
	tb.Helper()
	v, err := core.NewValidator(consensus, ethereum, power)
	if err != nil {
		tb.Fatal(err)
	}
	n.keys[v.ConsensusAddress()], n.signers[v.Address] = consensus, ethereum
	return v
}

// Sign adds the signatures of validators to a control entry.
func (n *Network) Sign(tb testing.TB, c *core.Control, validators ...core.Validator) *core.Control {
	tb.Helper()
	for _, v := range validators {
		if err := c.Sign(n.ID(), n.signers[v.Address]); err != nil {
			tb.Fatal(err)
		}
	}
	return c
}
