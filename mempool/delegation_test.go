package mempool_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

// setCode is a type 4 transaction of one key with authorizations of others, for the chain that is given (0: any).
func setCode(t *testing.T, key int, nonce, chain uint64, authorities ...int) []byte {
	t.Helper()
	tx := &gethtypes.SetCodeTx{
		ChainID: uint256.NewInt(uint64(rollupA)), Nonce: nonce, Gas: 200_000, GasFeeCap: uint256.NewInt(100), GasTipCap: uint256.NewInt(1),
		To: mempooltest.Addr(key), Value: new(uint256.Int),
	}
	for _, authority := range authorities {
		auth, err := gethtypes.SignSetCode(mempooltest.Key(authority), gethtypes.SetCodeAuthorization{
			ChainID: *uint256.NewInt(chain), Address: common.Address{19: 0x77},
		})
		if err != nil {
			t.Fatal(err)
		}
		tx.AuthList = append(tx.AuthList, auth)
	}
	signed, err := gethtypes.SignNewTx(mempooltest.Key(key), gethtypes.NewPragueSigner(tx.ChainID.ToBig()), tx)
	if err != nil {
		t.Fatal(err)
	}
	return mempooltest.Raw(signed)
}

func (f *fixture) addRaw(raw []byte) error {
	_, err := f.pool.AddTransaction(f.t.Context(), rollupA, raw)
	return err
}

func TestDelegation_AnAccountWithCodeHasOneTransaction(t *testing.T) {
	f := newFixture(t)
	f.state.SetCode(rollupA, mempooltest.Addr(0), true)
	_, err := f.add(transfer{Nonce: 1})
	wantRefusal(t, err, mempool.ErrOutOfOrderTxFromDelegated, "next nonce 0, tx nonce 1")
	f.mustAdd(transfer{})
	_, err = f.add(transfer{Nonce: 1})
	wantRefusal(t, err, mempool.ErrInflightTxLimitReached, "tx nonce 0 is on its way")
	f.mustAdd(transfer{FeeCap: 200, Tip: 2}) // a replacement
	f.order()
	_, err = f.add(transfer{Nonce: 1})
	wantRefusal(t, err, mempool.ErrInflightTxLimitReached)
	f.state.SetNonce(rollupA, mempooltest.Addr(0), 1)
	f.executed()
	f.mustAdd(transfer{Nonce: 1})
}

func TestDelegation_AnAuthorizationOnItsWayCountsLikeCode(t *testing.T) {
	f := newFixture(t)
	f.mustAdd(transfer{Key: 1})
	if err := f.addRaw(setCode(t, 0, 0, uint64(rollupA), 1)); err != nil {
		t.Fatalf("an authority with one transaction: %v", err)
	}
	_, err := f.add(transfer{Key: 1, Nonce: 1})
	wantRefusal(t, err, mempool.ErrInflightTxLimitReached)
	f.order()
	f.state.SetNonce(rollupA, mempooltest.Addr(0), 1)
	f.state.SetNonce(rollupA, mempooltest.Addr(1), 1)
	f.executed()
	f.mustAdd(transfer{Key: 1, Nonce: 1})
	f.mustAdd(transfer{Key: 1, Nonce: 2})
}

// A wallet that delegates itself: sender and authority are the same.
func TestDelegation_SenderIsAuthority(t *testing.T) {
	f := newFixture(t)
	if err := f.addRaw(setCode(t, 0, 0, 0, 0)); err != nil {
		t.Fatal(err)
	}
	_, err := f.add(transfer{Nonce: 1})
	wantRefusal(t, err, mempool.ErrInflightTxLimitReached)
}

func TestDelegation_AnAuthorityWithTransactionsIsReserved(t *testing.T) {
	f := newFixture(t)
	f.mustAdd(transfer{Key: 1})
	f.mustAdd(transfer{Key: 1, Nonce: 1})
	wantRefusal(t, f.addRaw(setCode(t, 0, 0, 0, 1)), mempool.ErrAuthorityReserved, mempooltest.Addr(1).Hex(), "2 txs")
	if err := f.addRaw(setCode(t, 0, 0, uint64(rollupB), 1)); err != nil {
		t.Errorf("an authorization for another chain: %v", err)
	}
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: startMs + 60_000, Legs: []core.Leg{{Rollup: rollupA, Tx: setCode(t, 2, 0, 0, 1)}}}
	_, err := f.pool.AddBundle(t.Context(), b)
	wantRefusal(t, err, mempool.ErrAuthorityReserved, "legs[0].tx")
}

// An authorization uses up a nonce of its signer, who sent nothing.
func TestDelegation_AuthoritiesAreReadAgain(t *testing.T) {
	for name, known := range map[string]bool{"known to the pool": true, "by the order only": false} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			hash := f.mustAdd(transfer{Key: 1})
			raw := setCode(t, 0, 0, 0, 1)
			tx, err := core.DecodeTransaction(rollupA, raw)
			if err != nil {
				t.Fatal(err)
			}
			if known {
				if err := f.addRaw(raw); err != nil {
					t.Fatal(err)
				}
			}
			f.commit(core.Candidates{Sections: []core.Section{{Rollup: rollupA, Txs: []core.Transaction{tx}}}})
			f.pool.Drain()
			f.state.SetNonce(rollupA, mempooltest.Addr(1), 1)
			f.executed()
			reason, _ := f.pool.Dropped(hash)
			wantRefusal(t, reason, mempool.ErrNonceTooLow)
		})
	}
}

// A delegated account's balance can be spent by whoever calls it.
func TestDelegation_DelegatedAccountsAreReadAgain(t *testing.T) {
	f := newFixture(t)
	f.state.SetCode(rollupA, mempooltest.Addr(1), true)
	hash := f.mustAdd(transfer{Key: 1})
	f.mustAdd(transfer{})
	f.commit(core.Candidates{})
	f.state.SetBalance(rollupA, mempooltest.Addr(1), new(uint256.Int))
	f.executed()
	reason, _ := f.pool.Dropped(hash)
	wantRefusal(t, reason, mempool.ErrInsufficientFunds)
}
