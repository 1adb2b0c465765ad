package mempool_test

import (
	"context"
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

// raw signs any kind of transaction with key 0.
func raw(t *testing.T, chain uint64, inner gethtypes.TxData) []byte {
	t.Helper()
	tx, err := gethtypes.SignNewTx(mempooltest.Key(0), gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(chain)), inner)
	if err != nil {
		t.Fatal(err)
	}
	return mempooltest.Raw(tx)
}

// badSignature is a transaction whose signature has no public key.
func badSignature(t *testing.T) []byte {
	t.Helper()
	tx := transfer{}.Sign()
	v, _, s := tx.RawSignatureValues()
	inner := struct {
		ChainID, Nonce, Tip, FeeCap, Gas, To, Value, Data, Access, V, R, S any
	}{tx.ChainId(), tx.Nonce(), tx.GasTipCap(), tx.GasFeeCap(), tx.Gas(), tx.To(), tx.Value(), tx.Data(), tx.AccessList(), v, big.NewInt(5), s}
	payload, err := rlp.EncodeToBytes(&inner)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{gethtypes.DynamicFeeTxType}, payload...)
}

func protected() gethtypes.AccessList {
	p := core.DefaultPredeploy()
	return gethtypes.AccessList{{Address: p.Address, StorageKeys: []common.Hash{p.Marker}}}
}

func TestPool_RefusesBadTransactions(t *testing.T) {
	to := mempooltest.Addr(1)
	huge := new(big.Int).Lsh(big.NewInt(1), 256)
	preEIP155, err := gethtypes.SignNewTx(mempooltest.Key(0), gethtypes.HomesteadSigner{}, &gethtypes.LegacyTx{To: &to, Gas: 21000, GasPrice: big.NewInt(100)})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		rollup core.RollupID
		raw    []byte
		want   error
		text   string
	}{
		{"unknown rollup", 12345, transfer{}.Raw(), core.ErrUnknownRollup, "rollup: core: unknown rollup 12345"},
		{"another chain's on an opstack rollup", mempooltest.OPStack, transfer{}.Raw(), core.ErrWrongChainID, "have 901, want 950"},
		{"forged deposit on an opstack rollup", mempooltest.OPStack, []byte{0x7e, 1, 2, 3}, core.ErrTxType, "type 126"},
		{"blob on an opstack rollup", mempooltest.OPStack, []byte{3, 0xc0}, core.ErrTxType, "type 3 (EIP-4844)"},
		{"garbage on an opstack rollup", mempooltest.OPStack, []byte{0xf8, 0xff, 1, 2}, core.ErrMalformed, "transaction"},
		{"empty", rollupA, nil, core.ErrEmpty, "empty"},
		{"empty opaque", opaque, nil, core.ErrEmpty, "empty"},
		{"garbage", rollupA, []byte("garbage bytes"), core.ErrTxType, "type 103"},
		{"garbage list", rollupA, []byte{0xf8, 0xff, 1, 2}, core.ErrMalformed, "transaction"},
		{"trailing bytes", rollupA, append(transfer{}.Raw(), 0), core.ErrMalformed, "transaction"},
		{"wrong chain id", rollupA, transfer{Rollup: rollupB}.Raw(), core.ErrWrongChainID, "have 902, want 901"},
		{"no chain id", rollupA, mempooltest.Raw(preEIP155), core.ErrNoChainID, "chain id"},
		{"blob", rollupA, []byte{3, 0xc0}, core.ErrTxType, "type 3 (EIP-4844)"},
		{"set code", rollupA, raw(t, 901, &gethtypes.SetCodeTx{ChainID: uint256.NewInt(901), Gas: 1e6, GasFeeCap: uint256.NewInt(100)}), mempool.ErrEmptyAuthList, "at least one authorization"},
		{"unknown type", rollupA, []byte{0x7e, 1, 2, 3}, core.ErrTxType, "type 126"},
		{"oversized", rollupA, transfer{Data: make([]byte, 128<<10)}.Raw(), core.ErrTooLarge, "transaction size 131"},
		{"oversized opaque", opaque, make([]byte, 128<<10+1), core.ErrTooLarge, "transaction size 131073, limit 131072"},
		{"gas above cap", rollupA, transfer{Gas: 1<<24 + 1}.Raw(), core.ErrGasAboveCap, "gas: "},
		{"fee cap above 2^256", rollupA, raw(t, 901, &gethtypes.DynamicFeeTx{ChainID: big.NewInt(901), GasFeeCap: huge, GasTipCap: new(big.Int), Gas: 21000, To: &to}), mempool.ErrFeeCapVeryHigh, "maxFeePerGas"},
		{"tip above 2^256", rollupA, raw(t, 901, &gethtypes.DynamicFeeTx{ChainID: big.NewInt(901), GasFeeCap: new(big.Int), GasTipCap: huge, Gas: 21000, To: &to}), mempool.ErrTipVeryHigh, "maxPriorityFeePerGas"},
		{"tip above fee cap", rollupA, transfer{FeeCap: 50, Tip: 51}.Raw(), mempool.ErrTipAboveFeeCap, "maxPriorityFeePerGas: 51, maxFeePerGas: 50"},
		{"fee cap below base fee", rollupA, transfer{FeeCap: 6}.Raw(), mempool.ErrFeeCapTooLow, "maxFeePerGas: 6, baseFee: 7"},
		{"nonce max", rollupA, transfer{Nonce: math.MaxUint64}.Raw(), mempool.ErrNonceMax, "nonce"},
		{"bad signature", rollupA, badSignature(t), mempool.ErrInvalidSender, "invalid sender"},
		{"cost above 2^256", rollupA, transfer{FeeCap: math.MaxInt64, Value: new(big.Int).Sub(huge, big.NewInt(1))}.Raw(), mempool.ErrInsufficientFunds, "2^256-1"},
		{"intrinsic gas", rollupA, transfer{Gas: 20999}.Raw(), nil, "intrinsic gas too low: gas 20999, minimum needed 21000"},
		{"nonce too low", rollupB, transfer{Rollup: rollupB, Nonce: 2}.Raw(), mempool.ErrNonceTooLow, "nonce too low: next nonce 3, tx nonce 2"},
		{"no funds", rollupC, transfer{Rollup: rollupC, Value: big.NewInt(1)}.Raw(), mempool.ErrInsufficientFunds, "have 2100000 want 2100001"},
		{"lone protected leg without a commitment", rollupA, transfer{Access: protected(), Gas: 50000}.Raw(), core.ErrProtectedAlone, "accessList"},
	}
	f := newFixture(t)
	f.state.SetNonce(rollupB, mempooltest.Addr(0), 3)
	f.state.SetBalance(rollupC, mempooltest.Addr(0), uint256.NewInt(2_100_000))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := f.pool.AddTransaction(t.Context(), test.rollup, test.raw)
			if test.want == nil {
				test.want = err
			}
			if err == nil {
				t.Fatal("admitted")
			}
			wantRefusal(t, err, test.want, test.text)
		})
	}
	if c := f.pool.Counters(); c.Txs != 0 || c.Refused != uint64(len(tests)) {
		t.Errorf("pool holds %d txs after %d of %d refusals", c.Txs, c.Refused, len(tests))
	}
	if pending, queued := f.pool.Content(rollupA); len(pending)+len(queued) != 0 {
		t.Errorf("content after refusals: %v %v", pending, queued)
	}
}

func TestPool_RefusesBadBundles(t *testing.T) {
	f := newFixture(t)
	f.state.SetNonce(rollupB, mempooltest.Addr(7), 3)
	f.state.SetBalance(rollupC, mempooltest.Addr(0), uint256.NewInt(1))
	good := func() *core.Bundle { return f.bundle(transfer{}, transfer{Rollup: rollupB}) }
	with := func(change func(*core.Bundle)) *core.Bundle {
		b := good()
		change(b)
		return b
	}
	tests := []struct {
		name   string
		bundle *core.Bundle
		want   error
		text   string
	}{
		{"no legs", with(func(b *core.Bundle) { b.Legs = nil }), core.ErrNoLegs, "legs: "},
		{"1,000 legs", with(func(b *core.Bundle) { b.Legs = make([]core.Leg, 1000) }), core.ErrTooManyLegs, "have 1000, cap 32"},
		{"a leg twice", f.bundle(transfer{}, transfer{}), core.ErrDuplicateLeg, "legs[1].tx"},
		{"expired", with(func(b *core.Bundle) { b.NotAfter = startMs - 1 }), core.ErrExpired, "notAfter"},
		{"without notAfter", with(func(b *core.Bundle) { b.NotAfter = 0 }), core.ErrExpired, "notAfter"},
		{"far notAfter", with(func(b *core.Bundle) { b.NotAfter = startMs + 600_001 }), core.ErrWindowTooLong, "notAfter"},
		{"inverted window", with(func(b *core.Bundle) { b.NotBefore = b.NotAfter + 1 }), core.ErrWindowInverted, "notBefore"},
		{"atomicity", with(func(b *core.Bundle) { b.Atomicity = 9 }), core.ErrAtomicity, "atomicity"},
		{"parentTick of an inclusion bundle", with(func(b *core.Bundle) { b.Atomicity, b.ParentTick = core.AtomicInclusion, 4 }), core.ErrParentTick, "parentTick"},
		{"bid", with(func(b *core.Bundle) { b.Bid = 1 }), core.ErrBid, "bid"},
		{"unknown rollup", with(func(b *core.Bundle) { b.Legs[1].Rollup = 77 }), core.ErrUnknownRollup, "legs[1].tx"},
		{"another chain's leg of an opstack rollup", with(func(b *core.Bundle) { b.Legs[1].Rollup = mempooltest.OPStack }), core.ErrWrongChainID, "legs[1].tx"},
		{"two zones", f.bundle(transfer{}, transfer{Rollup: rollupC}), core.ErrNoCommonZone, "legs[1].rollup"},
		{"garbage leg", with(func(b *core.Bundle) { b.Legs[1].Tx = []byte{0xc0} }), core.ErrMalformed, "legs[1].tx"},
		{"set code leg", with(func(b *core.Bundle) { b.Legs[0].Tx = setCode(t, 0, 0, 0) }), mempool.ErrEmptyAuthList, "legs[0].tx"},
		{"oversized leg", with(func(b *core.Bundle) { b.Legs[0].Tx = make([]byte, 200<<10) }), core.ErrTooLarge, "legs[0].tx"},
		{"oversized", f.bundle(
			transfer{Data: make([]byte, 120<<10), Gas: 1e6}, transfer{Rollup: rollupB, Data: make([]byte, 120<<10), Gas: 1e6},
			transfer{Key: 1, Data: make([]byte, 120<<10), Gas: 1e6}), core.ErrTooLarge, "cap 262144"},
		{"bad signature", with(func(b *core.Bundle) { b.Legs[0].Tx = badSignature(t) }), mempool.ErrInvalidSender, "legs[0].tx"},
		{"fee cap below base fee", f.bundle(transfer{}, transfer{Rollup: rollupB, FeeCap: 6}), mempool.ErrFeeCapTooLow, "legs[1].tx"},
		{"intrinsic gas", f.bundle(transfer{}, transfer{Rollup: rollupB, Gas: 1}), nil, "legs[1].tx: intrinsic gas too low"},
		{"used nonce", f.bundle(transfer{}, transfer{Rollup: rollupB, Key: 7, Nonce: 2}), mempool.ErrNonceTooLow, "legs[1].tx: nonce too low: next nonce 3, tx nonce 2"},
		{"nonces not consecutive", f.bundle(transfer{}, transfer{Nonce: 2}), mempool.ErrLegNonces, "legs[1].tx"},
		{"nonces descending", f.bundle(transfer{Nonce: 1}, transfer{}), mempool.ErrLegNonces, "legs[1].tx"},
		{"no funds", f.bundle(transfer{Rollup: rollupC}), mempool.ErrInsufficientFunds, "legs[0].tx"},
		{"protected, no commitment", f.bundle(transfer{Access: protected(), Gas: 50000}), core.ErrProtectedKeys, "commitment"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := f.pool.AddBundle(t.Context(), test.bundle)
			if err == nil {
				t.Fatal("admitted")
			}
			if test.want == nil {
				test.want = err
			}
			wantRefusal(t, err, test.want, test.text)
		})
	}
	if c := f.pool.Counters(); c.Bundles != 0 || c.BundleBytes != 0 || c.Refused != uint64(len(tests)) {
		t.Errorf("after %d refusals: %+v", len(tests), c)
	}
	f.mustAddBundle(good())
	_, err := f.pool.AddBundle(t.Context(), good())
	wantRefusal(t, err, mempool.ErrAlreadyKnown, "already known")
}

func TestPool_RefusesWhatItKnows(t *testing.T) {
	f := newFixture(t)
	hash := f.mustAdd(transfer{})
	if have, err := f.add(transfer{}); have != hash {
		t.Errorf("hash %s, want %s", have, hash)
	} else {
		wantRefusal(t, err, mempool.ErrAlreadyKnown)
	}
	for range 2 {
		if _, err := f.pool.AddTransaction(t.Context(), opaque, []byte("some bytes")); err != nil {
			wantRefusal(t, err, mempool.ErrAlreadyKnown)
		}
	}
	if n := f.pool.Counters().Txs; n != 2 {
		t.Errorf("%d txs, want 2", n)
	}
}

func TestPool_CountsCumulativeCost(t *testing.T) {
	f := newFixture(t)
	f.state.SetBalance(rollupA, mempooltest.Addr(0), uint256.NewInt(3*2_100_000-1))
	f.mustAdd(transfer{})
	f.mustAdd(transfer{Nonce: 1})
	_, err := f.add(transfer{Nonce: 2})
	wantRefusal(t, err, mempool.ErrInsufficientFunds, "queued cost 4200000, tx cost 2100000")
	_, err = f.add(transfer{Nonce: 1, FeeCap: 201, Tip: 2})
	wantRefusal(t, err, mempool.ErrInsufficientFunds, "queued cost 2100000, tx cost 4221000")
	f.mustAdd(transfer{Nonce: 1, FeeCap: 199, Tip: 2})
}

func TestPool_SaysThatTheStateIsNotAvailable(t *testing.T) {
	f := newFixture(t)
	f.state.Fail(errors.New("disk gone"))
	_, err := f.add(transfer{})
	wantRefusal(t, err, mempool.ErrState, "disk gone")
	_, err = f.pool.AddBundle(t.Context(), f.bundle(transfer{}))
	wantRefusal(t, err, mempool.ErrState, "legs[0].tx")
	f.state.Fail(nil)
	f.mustAdd(transfer{})
}

func TestPool_SubmissionEndsWithItsContext(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Both branches of the select are ready, so the context must win at some point.
	for i := range 200 {
		if _, err := f.pool.AddTransaction(ctx, rollupA, transfer{Key: i}.Raw()); errors.Is(err, context.Canceled) {
			return
		}
	}
	t.Error("a cancelled submission was never refused")
}

func TestConfig_ReportsAllProblems(t *testing.T) {
	err := mempool.Config{}.Validate()
	wantRefusal(t, err, mempool.ErrConfig, "workers", "batchDelay", "maxTxs", "priceBump", "maxReasons")
	if err := mempool.Default().Validate(); err != nil {
		t.Error(err)
	}
	cfg := mempool.Default()
	cfg.BatchBytes = 1 << 20
	_, err = mempool.New(cfg, mempooltest.Genesis(), mempooltest.NewState(), nil)
	wantRefusal(t, err, mempool.ErrConfig, "batchBytes", "maxGossipBytes")
}
