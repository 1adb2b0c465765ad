package evm

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
)

// benchTransfers signs n transfers from eight accounts to 2000 others and recovers their senders, as a pool has done.
func benchTransfers(b *testing.B, r *rollup, n int) []core.Transaction {
	b.Helper()
	txs := make([]core.Transaction, n)
	for i := range txs {
		txs[i] = r.transfer(i%testAccounts, common.BigToAddress(big.NewInt(int64(0xb0b00+i%2000))), 1)
		_, err := gethtypes.Sender(r.chain.signer, txs[i].Eth())
		require.NoError(b, err)
	}
	return txs
}

// BenchmarkApply measures one transfer with its share of EndTick (every 500 transactions), without the seal.
func BenchmarkApply(b *testing.B) {
	const perBlock = 10_000
	for _, kind := range []string{"single", "attempt", "attempt-dropped"} {
		b.Run(fmt.Sprintf("kind=%s", kind), func(b *testing.B) {
			cfg := testConfig(901)
			cfg.Params.BlockGas = 1 << 32
			r := openRollup(b, cfg)
			var txs []core.Transaction
			for i := 0; i < b.N; i++ {
				if i%perBlock == 0 {
					b.StopTimer()
					if r.chain.open != nil {
						r.seal()
					}
					r.open()
					if kind == "attempt-dropped" {
						clear(r.nonces)
					}
					txs = benchTransfers(b, r, min(perBlock, b.N-i))
					b.StartTimer()
				}
				benchApply(b, r, kind, txs[i%perBlock])
				if i%500 == 499 {
					r.endTick()
				}
			}
		})
	}
}

func benchApply(b *testing.B, r *rollup, kind string, tx core.Transaction) {
	apply, done := r.chain.Apply, func() error { return nil }
	if kind != "single" {
		attempt := r.chain.Attempt()
		apply, done = attempt.Apply, attempt.Merge
		if kind == "attempt-dropped" {
			done = func() error { attempt.Drop(); return nil }
		}
	}
	execution, err := apply(tx)
	if err != nil || execution.NoRoom {
		b.Fatal(execution, err)
	}
	if kind != "attempt-dropped" && execution.Code != core.Included {
		b.Fatal(execution.Code)
	}
	if err := done(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSeal measures the seal of a block of transfers, on disk.
func BenchmarkSeal(b *testing.B) {
	for _, n := range []int{0, 100, 1000, 10_000} {
		b.Run(fmt.Sprintf("txs=%d", n), func(b *testing.B) {
			cfg := testConfig(901)
			cfg.Dir = b.TempDir()
			r := openRollup(b, cfg)
			for range b.N {
				b.StopTimer()
				r.open()
				for _, tx := range benchTransfers(b, r, n) {
					r.apply(tx)
				}
				r.endTick()
				b.StartTimer()
				r.seal()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*max(n, 1)), "µs/tx")
		})
	}
}

// BenchmarkView measures what readers pay: a private state with one read, and a single account.
func BenchmarkView(b *testing.B) {
	r := openRollup(b, testConfig(901))
	r.open()
	for i, tx := range benchTransfers(b, r, 5000) {
		r.apply(tx)
		if i%100 == 99 {
			r.endTick()
		}
	}
	view, address := r.chain.View(), testAddress(1)
	b.Run("of=state", func(b *testing.B) {
		for range b.N {
			statedb, err := view.StateDB()
			if err != nil || statedb.GetBalance(address).IsZero() {
				b.Fatal(err)
			}
		}
	})
	b.Run("of=account", func(b *testing.B) {
		for range b.N {
			if account, err := view.Account(address); err != nil || account.Balance.IsZero() {
				b.Fatal(err)
			}
		}
	})
}
