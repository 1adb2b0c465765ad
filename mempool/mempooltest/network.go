package mempooltest

import (
	"crypto/ecdsa"
	"encoding/binary"
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// The rollups of Genesis. EVMA and EVMB are in zone 1, EVMC alone in zone 2.
const (
	EVMA    core.RollupID = 901
	EVMB    core.RollupID = 902
	EVMC    core.RollupID = 903
	OPStack core.RollupID = 950
	Opaque  core.RollupID = 990
)

// Genesis is a network with rollups of every kind. Only what a pool reads is set.
func Genesis() *core.Genesis {
	return &core.Genesis{
		Version: core.GenesisVersion, Name: "mempooltest", Time: 1_700_000_000_000, Params: core.DefaultParams(),
		Zones: []core.Zone{{ID: 1, Rollups: []core.RollupID{EVMA, EVMB}}, {ID: 2, Rollups: []core.RollupID{EVMC}}},
		Rollups: []core.Rollup{
			{ID: EVMA, Name: "a", Kind: core.KindEVM}, {ID: EVMB, Name: "b", Kind: core.KindEVM},
			{ID: EVMC, Name: "c", Kind: core.KindEVM}, {ID: OPStack, Name: "op", Kind: core.KindOPStack},
			{ID: Opaque, Name: "opaque", Kind: core.KindOpaque, Operator: crypto.PubkeyToAddress(OperatorKey().PublicKey)},
		},
		Predeploy: core.DefaultPredeploy(),
	}
}

// OperatorKey is the key of the opaque rollup's operator.
func OperatorKey() *ecdsa.PrivateKey { return Key(1 << 20) }

var keys sync.Map // int → *ecdsa.PrivateKey; deriving a public key takes longer than signing

// Key is the i-th key.
func Key(i int) *ecdsa.PrivateKey {
	if key, ok := keys.Load(i); ok {
		return key.(*ecdsa.PrivateKey)
	}
	key, err := crypto.ToECDSA(crypto.Keccak256(binary.BigEndian.AppendUint64([]byte("mempooltest"), uint64(i))))
	if err != nil {
		panic(err) // fixed inputs
	}
	keys.Store(i, key)
	return key
}

// Addr is the address of the i-th key.
func Addr(i int) common.Address { return crypto.PubkeyToAddress(Key(i).PublicKey) }

// Transfer is what differs between transactions of tests. The zero value of a field stands for something usual.
type Transfer struct {
	Rollup core.RollupID // EVMA
	Key    int
	Nonce  uint64
	Gas    uint64 // TransferGas
	FeeCap int64  // 100 wei
	Tip    int64  // 1 wei
	Value  *big.Int
	Data   []byte
	Access gethtypes.AccessList
}

// Sign makes the signed transaction, of type 2.
func (t Transfer) Sign() *gethtypes.Transaction {
	if t.Rollup == 0 {
		t.Rollup = EVMA
	}
	chain := new(big.Int).SetUint64(uint64(t.Rollup))
	to := common.HexToAddress("0x1111111111111111111111111111111111111111")
	inner := &gethtypes.DynamicFeeTx{
		ChainID: chain, Nonce: t.Nonce, Gas: t.Gas, GasFeeCap: big.NewInt(t.FeeCap), GasTipCap: big.NewInt(t.Tip),
		To: &to, Value: t.Value, Data: t.Data, AccessList: t.Access,
	}
	if inner.Gas == 0 {
		inner.Gas = TransferGas
	}
	if t.FeeCap == 0 {
		inner.GasFeeCap = big.NewInt(100)
	}
	if t.Tip == 0 {
		inner.GasTipCap = big.NewInt(1)
	}
	tx, err := gethtypes.SignNewTx(Key(t.Key), gethtypes.LatestSignerForChainID(chain), inner)
	if err != nil {
		panic(err) // fixed inputs
	}
	return tx
}

// Raw is the signed transaction's bytes.
func (t Transfer) Raw() []byte { return Raw(t.Sign()) }

// Raw is a transaction's bytes.
func Raw(tx *gethtypes.Transaction) []byte {
	raw, err := tx.MarshalBinary()
	if err != nil {
		panic(err) // a signed transaction encodes
	}
	return raw
}

// Decide makes a tick of candidates as ordering would, with lanes that begin at firstSeq.
func Decide(number, timeMs uint64, c core.Candidates, firstSeq map[core.RollupID]uint64) *core.Decided {
	tick := &core.Tick{Number: number, Time: timeMs, Bundles: c.Bundles, Sections: c.Sections}
	record := &core.TickRecord{Number: number, Time: timeMs, Payload: tick.Payload()}
	for _, r := range Genesis().Rollups {
		if n := uint64(len(tick.LaneItems(r.ID))); n > 0 {
			record.Lanes = append(record.Lanes, core.LaneRow{Rollup: r.ID, FirstSeq: firstSeq[r.ID], Count: n})
			firstSeq[r.ID] += n
		}
	}
	return &core.Decided{Record: record, Tick: tick}
}
