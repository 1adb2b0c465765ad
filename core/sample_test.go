package core_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
)

// The samples below are what every golden vector is computed from. They hang on no randomness: both signature schemes
// are deterministic and all keys are fixed.

const (
	rollupA core.RollupID = 901
	rollupB core.RollupID = 902
	rollupC core.RollupID = 903 // opaque
	zone1   core.ZoneID   = 1
)

// sampleNetwork stands for a network where only its id matters.
var sampleNetwork = common.HexToHash("0x1111111111111111111111111111111111111111111111111111111111111111")

var sampleTo = common.HexToAddress("0x00000000000000000000000000000000000000aa")

func ethKey(t testing.TB, n byte) *ecdsa.PrivateKey {
	t.Helper()
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{n}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func consensusKey(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(common.LeftPadBytes([]byte{n}, ed25519.SeedSize))
}

func kindOf(id core.RollupID) (core.RollupKind, bool) {
	switch id {
	case rollupA, rollupB:
		return core.KindEVM, true
	case rollupC:
		return core.KindOpaque, true
	}
	return 0, false
}

// sampleTxData is a transaction of each type that may be ordered, unsigned.
func sampleTxData(t testing.TB, rollup core.RollupID, txType byte) gethtypes.TxData {
	t.Helper()
	id, list := uint64(rollup), gethtypes.AccessList{{Address: sampleTo, StorageKeys: []common.Hash{{31: 7}}}}
	switch txType {
	case gethtypes.LegacyTxType:
		return &gethtypes.LegacyTx{Nonce: 1, GasPrice: big.NewInt(10), Gas: 21000, To: &sampleTo, Value: big.NewInt(5)}
	case gethtypes.AccessListTxType:
		return &gethtypes.AccessListTx{ChainID: new(big.Int).SetUint64(id), Nonce: 2, GasPrice: big.NewInt(10), Gas: 60000, To: &sampleTo, Value: new(big.Int), AccessList: list}
	case gethtypes.DynamicFeeTxType:
		return &gethtypes.DynamicFeeTx{ChainID: new(big.Int).SetUint64(id), Nonce: 3, GasTipCap: big.NewInt(1), GasFeeCap: big.NewInt(10), Gas: 90000, Value: big.NewInt(6), Data: []byte("deploy")}
	case gethtypes.SetCodeTxType:
		auth, err := gethtypes.SignSetCode(ethKey(t, 9), gethtypes.SetCodeAuthorization{ChainID: *uint256.NewInt(id), Address: sampleTo, Nonce: 4})
		if err != nil {
			t.Fatal(err)
		}
		return &gethtypes.SetCodeTx{ChainID: uint256.NewInt(id), Nonce: 4, GasTipCap: uint256.NewInt(1), GasFeeCap: uint256.NewInt(10), Gas: 90000, To: sampleTo, Value: new(uint256.Int), AuthList: []gethtypes.SetCodeAuthorization{auth}}
	}
	t.Fatalf("no sample of type %d", txType)
	return nil
}

func signer(rollup core.RollupID) gethtypes.Signer {
	return gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(rollup)))
}

func sampleEthTx(t testing.TB, rollup core.RollupID, txType byte) *gethtypes.Transaction {
	t.Helper()
	tx, err := gethtypes.SignNewTx(ethKey(t, 1), signer(rollup), sampleTxData(t, rollup, txType))
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func sampleTx(t testing.TB, rollup core.RollupID, txType byte) core.Transaction {
	t.Helper()
	tx, err := core.NewTransaction(rollup, sampleEthTx(t, rollup, txType))
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// sampleBundle has a leg on each EVM rollup and every field set, reserved ones included.
func sampleBundle(t testing.TB) *core.Bundle {
	t.Helper()
	return &core.Bundle{
		Atomicity: core.AtomicExecution, NotBefore: 1_700_000_000_000, NotAfter: 1_700_000_060_000, ParentTick: 41, Bid: 7,
		Commitment: common.HexToHash("0x2222222222222222222222222222222222222222222222222222222222222222"),
		Legs: []core.Leg{
			{Rollup: rollupA, Tx: sampleTx(t, rollupA, gethtypes.DynamicFeeTxType).Raw()},
			{Rollup: rollupB, Tx: sampleTx(t, rollupB, gethtypes.LegacyTxType).Raw(), MayRevert: true},
		},
	}
}

// sampleTick orders one bundle, two singles on rollup A and one on the opaque rollup.
func sampleTick(t testing.TB) *core.Tick {
	t.Helper()
	bundle, err := sampleBundle(t).DecodeLegs(sampleNetwork, kindOf)
	if err != nil {
		t.Fatal(err)
	}
	return &core.Tick{
		Number: 42, Time: 1_700_000_000_500, Bundles: []core.DecodedBundle{bundle},
		Sections: []core.Section{
			{Rollup: rollupA, Txs: []core.Transaction{sampleTx(t, rollupA, gethtypes.LegacyTxType), sampleTx(t, rollupA, gethtypes.AccessListTxType)}},
			{Rollup: rollupC, Txs: []core.Transaction{core.NewOpaqueTransaction(rollupC, []byte("opaque bytes"))}},
		},
	}
}

func sampleSystemEntry() core.SystemEntry {
	return core.SystemEntry{Round: 3, Votes: []core.ExtendedVote{
		{Validator: common.LeftPadBytes([]byte{1}, 20), Extension: sampleVoteExtension().Encode(), Signature: make([]byte, 64)},
		{Validator: common.LeftPadBytes([]byte{2}, 20)},
	}}
}

func sampleVoteExtension() *core.VoteExtension {
	return &core.VoteExtension{Zones: []core.ZoneDigests{
		{Zone: 1, FirstTick: 40, Digests: []common.Hash{{1}, {2}}},
		{Zone: 2, FirstTick: 42, Digests: []common.Hash{{3}}},
	}}
}

func sampleGossipBatch(t testing.TB) core.GossipBatch {
	t.Helper()
	return core.GossipBatch{
		Txs:     []core.GossipTx{{Rollup: uint64(rollupA), Raw: sampleTx(t, rollupA, gethtypes.LegacyTxType).Raw()}},
		Bundles: [][]byte{sampleBundle(t).Encode()},
	}
}

func sampleTickRecord(t testing.TB) *core.TickRecord {
	t.Helper()
	tick := sampleTick(t)
	record := &core.TickRecord{
		Number: tick.Number, Time: tick.Time, Payload: tick.Payload(),
		Attested: []core.Attested{{Zone: zone1, Tick: 40, Digest: common.Hash{5}}},
	}
	for _, rollup := range []core.RollupID{rollupA, rollupB, rollupC} {
		if row, ok := (core.LaneHead{NextSeq: 10, Head: common.Hash{6}}).Advance(sampleNetwork, rollup, tick.Number, tick.LaneItems(rollup)); ok {
			record.Lanes = append(record.Lanes, row)
		}
	}
	return record
}

// sampleMembersRecord is of a tick with which one rollup leaves a zone and another one joins.
func sampleMembersRecord() *core.TickRecord {
	return &core.TickRecord{Number: 43, Time: 1_700_000_001_000, Members: []core.MemberChange{
		{Zone: zone1, Rollup: rollupB},
		{Zone: zone1, Rollup: 905, Genesis: common.Hash{11}},
	}}
}

func sampleOutcome(t testing.TB) core.Outcome {
	t.Helper()
	return core.Outcome{
		Rollup: rollupB, Seq: 10, TxHash: sampleTx(t, rollupB, gethtypes.LegacyTxType).Hash(), Code: core.VoidOtherLeg,
		Bundle: sampleBundle(t).ID(sampleNetwork),
	}
}

func sampleResults() []core.RollupResult {
	return []core.RollupResult{
		{Rollup: rollupA, NextSeq: 13, FirstUnapplied: 12, OutcomesRoot: common.Hash{7}, ReceiptsRoot: gethtypes.EmptyReceiptsHash, LastSealed: common.Hash{8}},
		{Rollup: rollupB, NextSeq: 11, FirstUnapplied: 11, ReceiptsRoot: gethtypes.EmptyReceiptsHash, LastSealed: common.Hash{9}},
	}
}

// sampleGenesis is a valid genesis of two validators, a zone of two EVM rollups, an opaque and an OP Stack rollup.
func sampleGenesis(t testing.TB) *core.Genesis {
	t.Helper()
	g := &core.Genesis{
		Version: core.GenesisVersion, Name: "golden-1", Time: 1_700_000_000_000, Params: core.DefaultParams(),
		Zones: []core.Zone{{ID: zone1, Rollups: []core.RollupID{rollupA, rollupB}}}, Predeploy: core.DefaultPredeploy(),
	}
	for n := byte(1); n <= 2; n++ {
		v, err := core.NewValidator(consensusKey(n), ethKey(t, n), uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		g.Validators = append(g.Validators, v)
	}
	for i, id := range []core.RollupID{rollupA, rollupB} {
		g.Rollups = append(g.Rollups, core.Rollup{
			ID: id, Name: "evm-" + id.String(), Kind: core.KindEVM,
			EVM: &core.EVMGenesis{FeeRecipient: sampleTo, BaseFee: 1_000_000_000, Alloc: gethtypes.GenesisAlloc{
				g.Predeploy.Address: {Balance: new(big.Int), Code: g.Predeploy.Code},
				sampleTo: {
					Balance: new(big.Int).Lsh(big.NewInt(1), uint(100+i)), Nonce: 1, Code: []byte{0},
					Storage: map[common.Hash]common.Hash{{1}: {2}, {3}: {4}},
				},
			}},
		})
	}
	g.Rollups = append(g.Rollups,
		core.Rollup{ID: rollupC, Name: "opaque", Kind: core.KindOpaque},
		core.Rollup{ID: 904, Name: "op", Kind: core.KindOPStack, Operator: sampleTo},
	)
	return g
}

// sampleJoining is a rollup with an operator that is to join the zone of the sample genesis.
func sampleJoining(t testing.TB) *core.Joining {
	t.Helper()
	return &core.Joining{Zone: zone1, Rollup: core.Rollup{
		ID: 905, Name: "joins", Kind: core.KindEVM, Operator: sampleTo, EVM: sampleGenesis(t).Rollups[0].EVM,
	}}
}

func genesisJSON(t testing.TB, g *core.Genesis) string {
	t.Helper()
	b, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// replaceOnce is strings.Replace that fails the test unless old stands in s.
func replaceOnce(t testing.TB, s, old, replacement string) string {
	t.Helper()
	if !strings.Contains(s, old) {
		t.Fatalf("%q does not stand in the text", old)
	}
	return strings.Replace(s, old, replacement, 1)
}
