package core_test

import (
	"crypto/ecdsa"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

const rulesTime = 1_700_000_000_000

// rulesGenesis has evm rollups 901 and 902 in zone 1, evm rollup 903 in zone 2, opstack rollup 904 and opaque rollup 905.
func rulesGenesis() *core.Genesis {
	return &core.Genesis{
		Version: core.GenesisVersion, Name: "rules", Time: rulesTime, Params: core.DefaultParams(),
		Predeploy: core.DefaultPredeploy(),
		Zones: []core.Zone{
			{ID: 1, Rollups: []core.RollupID{901, 902}}, {ID: 2, Rollups: []core.RollupID{903}},
		},
		Rollups: []core.Rollup{
			{ID: 901, Name: "a", Kind: core.KindEVM}, {ID: 902, Name: "b", Kind: core.KindEVM},
			{ID: 903, Name: "c", Kind: core.KindEVM}, {ID: 904, Name: "d", Kind: core.KindOPStack},
			{ID: 905, Name: "e", Kind: core.KindOpaque},
		},
	}
}

func rulesKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("rules test")))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// rulesTx signs a transaction for the rollup after the edits were made to it.
func rulesTx(t *testing.T, rollup core.RollupID, edits ...func(*gethtypes.AccessListTx)) core.Transaction {
	t.Helper()
	inner := &gethtypes.AccessListTx{ChainID: new(big.Int).SetUint64(uint64(rollup)), Gas: 21000, GasPrice: big.NewInt(1), To: &common.Address{1}}
	for _, edit := range edits {
		edit(inner)
	}
	signed, err := gethtypes.SignNewTx(rulesKey(t), gethtypes.LatestSignerForChainID(inner.ChainID), inner)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := core.NewTransaction(rollup, signed)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// naming makes a transaction name the predeploy with these keys.
func naming(keys ...common.Hash) func(*gethtypes.AccessListTx) {
	return func(tx *gethtypes.AccessListTx) {
		tx.AccessList = append(tx.AccessList, gethtypes.AccessTuple{Address: core.DefaultPredeploy().Address, StorageKeys: keys})
	}
}

func rulesBundle(txs ...core.Transaction) core.DecodedBundle {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotBefore: rulesTime - 10, NotAfter: rulesTime + 1000, Commitment: common.Hash{7}}
	for _, tx := range txs {
		b.Legs = append(b.Legs, core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw()})
	}
	return core.DecodedBundle{Bundle: b, Txs: txs}
}

func TestCheckSingle(t *testing.T) {
	t.Parallel()
	g := rulesGenesis()
	gas := func(n uint64) func(*gethtypes.AccessListTx) { return func(tx *gethtypes.AccessListTx) { tx.Gas = n } }
	data := func(n int) func(*gethtypes.AccessListTx) {
		return func(tx *gethtypes.AccessListTx) { tx.Data = make([]byte, n) }
	}
	other := func(tx *gethtypes.AccessListTx) {
		tx.AccessList = gethtypes.AccessList{{Address: common.Address{9}, StorageKeys: []common.Hash{g.Predeploy.Marker}}}
	}
	for _, test := range []struct {
		name string
		tx   core.Transaction
		want error
		text string
	}{
		{"plain", rulesTx(t, 901), nil, ""},
		{"another contract's access list", rulesTx(t, 901, other), nil, ""},
		{"gas at the cap", rulesTx(t, 901, gas(g.Params.MaxTxGas)), nil, ""},
		{"gas above the cap", rulesTx(t, 901, gas(g.Params.MaxTxGas+1)), core.ErrGasAboveCap, "gas: "},
		{"gas of a rollup not executed here", rulesTx(t, 904, gas(g.Params.MaxTxGas+1)), nil, ""},
		{"too large", rulesTx(t, 901, data(int(g.Params.MaxTxBytes))), core.ErrTooLarge, "cap"},
		{"unknown rollup", rulesTx(t, 77), core.ErrUnknownRollup, "77"},
		{"opaque", core.NewOpaqueTransaction(905, []byte{1}), nil, ""},
		{"opaque bytes for an evm rollup", core.NewOpaqueTransaction(901, []byte{1}), core.ErrMalformed, "evm"},
		{"empty", core.NewOpaqueTransaction(905, nil), core.ErrEmpty, ""},
		{"protected by the marker", rulesTx(t, 901, naming(g.Predeploy.Marker)), core.ErrProtectedAlone, "accessList"},
		{"protected without keys", rulesTx(t, 901, naming()), core.ErrProtectedAlone, "accessList"},
		{"protected on opstack", rulesTx(t, 904, naming()), core.ErrProtectedAlone, "accessList"},
		{"protected and above the cap", rulesTx(t, 901, naming(), gas(1<<40)), core.ErrGasAboveCap, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := g.CheckSingle(test.tx)
			checkRule(t, err, test.want, test.text)
		})
	}
}

func TestCheckBundle(t *testing.T) {
	t.Parallel()
	g := rulesGenesis()
	a, b, zone2, op := rulesTx(t, 901), rulesTx(t, 902), rulesTx(t, 903), rulesTx(t, 904)
	commitment, marker := common.Hash{7}, g.Predeploy.Marker
	protected := func(keys ...common.Hash) core.Transaction { return rulesTx(t, 902, naming(keys...)) }
	twice := rulesTx(t, 902, naming(), naming(commitment, marker, marker))
	many := func(n int) []core.Transaction {
		var txs []core.Transaction
		for i := range n {
			txs = append(txs, rulesTx(t, 901, func(tx *gethtypes.AccessListTx) { tx.Nonce = uint64(i) }))
		}
		return txs
	}
	hungry := func(n int) []core.Transaction {
		var txs []core.Transaction
		for i := range n {
			txs = append(txs, rulesTx(t, 901, func(tx *gethtypes.AccessListTx) { tx.Nonce, tx.Gas = uint64(i), 1<<24 }))
		}
		return txs
	}
	large := func(nonce uint64) core.Transaction {
		return rulesTx(t, 901, func(tx *gethtypes.AccessListTx) { tx.Data, tx.Nonce = make([]byte, 120<<10), nonce })
	}
	for _, test := range []struct {
		name string
		edit func(*core.DecodedBundle)
		txs  []core.Transaction
		want error
		text string
	}{
		{"two rollups of a zone", nil, []core.Transaction{a, b}, nil, ""},
		{"protected by the commitment", nil, []core.Transaction{a, protected(commitment)}, nil, ""},
		{"protected by the marker", nil, []core.Transaction{a, protected(marker)}, nil, ""},
		{"predeploy named twice", nil, []core.Transaction{a, twice}, nil, ""},
		{"protected without keys", nil, []core.Transaction{a, protected()}, core.ErrProtectedKeys, "legs[1].tx: accessList"},
		{"protected with another key", nil, []core.Transaction{a, protected(commitment, common.Hash{8})}, core.ErrProtectedKeys, "legs[1]"},
		{"protected with zero commitment", func(b *core.DecodedBundle) { b.Commitment = common.Hash{} }, []core.Transaction{a, protected(marker)}, core.ErrProtectedKeys, "zero"},
		{"protected by the zero key of a zero commitment", func(b *core.DecodedBundle) { b.Commitment = common.Hash{} }, []core.Transaction{protected(common.Hash{})}, core.ErrProtectedKeys, "zero"},
		{"protected in an inclusion bundle", func(b *core.DecodedBundle) { b.Atomicity = core.AtomicInclusion }, []core.Transaction{a, protected(commitment)}, core.ErrProtectedAlone, "inclusion"},
		{"inclusion across zones and kinds", func(b *core.DecodedBundle) { b.Atomicity = core.AtomicInclusion }, []core.Transaction{a, zone2, op}, nil, ""},
		{"no legs", nil, nil, core.ErrNoLegs, "legs"},
		{"legs at the cap", nil, many(32), nil, ""},
		{"too many legs", nil, many(33), core.ErrTooManyLegs, "33"},
		{"a leg twice", nil, []core.Transaction{a, b, a}, core.ErrDuplicateLeg, "legs[2].tx"},
		{"two zones", nil, []core.Transaction{a, zone2}, core.ErrNoCommonZone, "legs[1].rollup"},
		{"no zone", nil, []core.Transaction{op}, core.ErrNoCommonZone, "legs[0].rollup"},
		{"executed by others", nil, []core.Transaction{a, op}, core.ErrNoCommonZone, `is of kind opstack, which the network orders and does not execute, so a bundle with it is never atomic in execution; want atomicity "inclusion"`},
		{"unknown rollup", nil, []core.Transaction{a, rulesTx(t, 77)}, core.ErrUnknownRollup, "legs[1].tx: rollup"},
		{"a leg above the gas cap", nil, []core.Transaction{rulesTx(t, 901, func(tx *gethtypes.AccessListTx) { tx.Gas = 1 << 25 })}, core.ErrGasAboveCap, "legs[0].tx: gas"},
		{"gas at the bundle cap", nil, hungry(16), nil, ""},
		{"gas above the bundle cap", nil, hungry(17), core.ErrGasAboveCap, "legs: "},
		{"too large", nil, []core.Transaction{large(0), large(1), large(2)}, core.ErrTooLarge, "cap"},
		{"legs not decoded", func(b *core.DecodedBundle) { b.Txs = b.Txs[:1] }, []core.Transaction{a, b}, core.ErrMalformed, "legs"},
		{"leg decoded to another", func(b *core.DecodedBundle) { b.Txs = []core.Transaction{b.Txs[1], b.Txs[0]} }, []core.Transaction{a, b}, core.ErrMalformed, "legs[0]"},
		{"unknown atomicity", func(b *core.DecodedBundle) { b.Atomicity = 3 }, []core.Transaction{a}, core.ErrAtomicity, "atomicity"},
		{"no atomicity", func(b *core.DecodedBundle) { b.Atomicity = 0 }, []core.Transaction{a}, core.ErrAtomicity, "atomicity"},
		{"parentTick", func(b *core.DecodedBundle) { b.ParentTick = 1 }, []core.Transaction{a}, nil, ""},
		{"parentTick of an inclusion bundle", func(b *core.DecodedBundle) { b.ParentTick, b.Atomicity = 1, core.AtomicInclusion }, []core.Transaction{a}, core.ErrParentTick, "parentTick: core: only an execution bundle may have a parentTick, this one has atomicity inclusion"},
		{"bid", func(b *core.DecodedBundle) { b.Bid = 1 }, []core.Transaction{a}, core.ErrBid, "bid"},
		{"no notAfter", func(b *core.DecodedBundle) { b.NotBefore, b.NotAfter = 0, 0 }, []core.Transaction{a}, core.ErrExpired, "notAfter"},
		{"at notAfter", func(b *core.DecodedBundle) { b.NotAfter = rulesTime }, []core.Transaction{a}, nil, ""},
		{"after notAfter", func(b *core.DecodedBundle) { b.NotAfter = rulesTime - 1 }, []core.Transaction{a}, core.ErrExpired, "notAfter"},
		{"at notBefore", func(b *core.DecodedBundle) { b.NotBefore = rulesTime }, []core.Transaction{a}, nil, ""},
		{"before notBefore", func(b *core.DecodedBundle) { b.NotBefore = rulesTime + 1 }, []core.Transaction{a}, core.ErrTooEarly, "notBefore"},
		{"notBefore after notAfter", func(b *core.DecodedBundle) { b.NotBefore = b.NotAfter + 1 }, []core.Transaction{a}, core.ErrWindowInverted, "notBefore"},
		{"window at the cap", func(b *core.DecodedBundle) { b.NotAfter = rulesTime + g.Params.MaxBundleWindow }, []core.Transaction{a}, nil, ""},
		{"window too long", func(b *core.DecodedBundle) { b.NotAfter = rulesTime + g.Params.MaxBundleWindow + 1 }, []core.Transaction{a}, core.ErrWindowTooLong, "notAfter"},
		{"window without end", func(b *core.DecodedBundle) { b.NotAfter = 1<<64 - 1 }, []core.Transaction{a}, core.ErrWindowTooLong, "notAfter"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bundle := rulesBundle(test.txs...)
			if test.edit != nil {
				test.edit(&bundle)
			}
			err := g.CheckBundle(bundle, rulesTime)
			checkRule(t, err, test.want, test.text)
		})
	}
}

// checkRule demands an error that wraps want and names what is wrong, or none.
func checkRule(t *testing.T, err, want error, text string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
	if err != nil && !strings.Contains(err.Error(), text) {
		t.Errorf("%q does not name %q", err, text)
	}
}

func TestBundle_ParentTickLeavesOnePlace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		parent, tick uint64
		index        int
		stands       bool
	}{
		{0, 1, 0, true}, {0, 9, 5, true}, {8, 9, 0, true}, {8, 9, 1, false}, {8, 8, 0, false}, {8, 10, 0, false},
		{1, 1, 0, false}, {1, 2, 0, true}, {math.MaxUint64, 1, 0, false}, {math.MaxUint64, math.MaxUint64, 0, false},
	} {
		b := &core.Bundle{ParentTick: test.parent}
		if got := b.MayStand(test.tick, test.index); got != test.stands {
			t.Errorf("parentTick %d: bundle %d of tick %d: %v", test.parent, test.index, test.tick, got)
		}
	}
	b := &core.Bundle{ParentTick: 8}
	if err := b.CheckParentTick(8); err != nil {
		t.Errorf("tick 9 may still hold it: %v", err)
	}
	if err := b.CheckParentTick(9); !errors.Is(err, core.ErrParentTickPassed) || !strings.Contains(err.Error(), "8, tick 9 is ordered") {
		t.Errorf("after tick 9: %v", err)
	}
	if err := new(core.Bundle).CheckParentTick(9); err != nil {
		t.Errorf("without a parentTick: %v", err)
	}
}
