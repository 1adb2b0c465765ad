package gatewaytest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// The network of the tests: A and B share a zone, Alone is in a zone that no fake executes, Opaque and Chain,
// which is of the OP Stack, are in none.
const (
	A      core.RollupID = 901
	B      core.RollupID = 902
	Alone  core.RollupID = 903
	Opaque core.RollupID = 904
	Chain  core.RollupID = 905

	Zone1 core.ZoneID = 1
	Zone2 core.ZoneID = 2

	// OpenBlock is the open block of every rollup.
	OpenBlock = 7

	// Start is the genesis time in ms.
	Start uint64 = 1_800_000_000_000
)

// Genesis makes the network of the tests.
func Genesis() *core.Genesis {
	g := &core.Genesis{
		Version: core.GenesisVersion, Name: "gatewaytest", Time: Start, Params: core.DefaultParams(),
		Zones:     []core.Zone{{ID: Zone1, Rollups: []core.RollupID{A, B}}, {ID: Zone2, Rollups: []core.RollupID{Alone}}},
		Predeploy: core.DefaultPredeploy(),
	}
	for n := byte(1); n <= 2; n++ {
		v, err := core.NewValidator(ed25519.NewKeyFromSeed(common.LeftPadBytes([]byte{n}, ed25519.SeedSize)), Key(n), 10)
		if err != nil {
			panic(err) // fixed keys: fails always or never
		}
		g.Validators = append(g.Validators, v)
	}
	for _, id := range []core.RollupID{A, B, Alone} {
		g.Rollups = append(g.Rollups, core.Rollup{ID: id, Name: "rollup-" + id.String(), Kind: core.KindEVM, EVM: &core.EVMGenesis{
			BaseFee: 1, Alloc: gethtypes.GenesisAlloc{g.Predeploy.Address: {Balance: new(big.Int), Code: g.Predeploy.Code}},
		}})
	}
	g.Rollups = append(g.Rollups, core.Rollup{ID: Opaque, Name: "opaque", Kind: core.KindOpaque},
		core.Rollup{ID: Chain, Name: "chain", Kind: core.KindOPStack, Operator: crypto.PubkeyToAddress(OperatorKey().PublicKey)})
	if err := g.Validate(); err != nil {
		panic(err)
	}
	return g
}

// Key is a fixed key; n is above zero.
func Key(n byte) *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{n}, 32))
	if err != nil {
		panic(err)
	}
	return key
}

// OperatorKey is that of the operator of Chain.
func OperatorKey() *ecdsa.PrivateKey { return Key(99) }

// Tx is a signed transfer for a rollup, different for each nonce.
func Tx(rollup core.RollupID, nonce uint64) core.Transaction {
	to := common.Address{19: 0xaa}
	signer := gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(rollup)))
	eth := gethtypes.MustSignNewTx(Key(1), signer, &gethtypes.DynamicFeeTx{
		ChainID: signer.ChainID(), Nonce: nonce, GasTipCap: big.NewInt(1), GasFeeCap: big.NewInt(1e9), Gas: 21000, To: &to, Value: big.NewInt(1),
	})
	tx, err := core.NewTransaction(rollup, eth)
	if err != nil {
		panic(err)
	}
	return tx
}

// Bundle is an execution bundle of these transactions, valid around Start.
func Bundle(g *core.Genesis, txs ...core.Transaction) core.DecodedBundle {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: Start + 60_000}
	for _, tx := range txs {
		b.Legs = append(b.Legs, core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw()})
	}
	return core.DecodedBundle{Bundle: b, Hash: b.ID(g.NetworkID()), Txs: txs}
}
