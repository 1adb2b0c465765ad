package evm

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/stretchr/testify/require"
)

// BenchmarkCopy is a rollup's part of a snapshot and of a join: its state written to a file and read from there into an empty
// folder. Every tenth account is a contract with code of its own and four slots.
func BenchmarkCopy(b *testing.B) {
	for _, accounts := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("accounts=%d", accounts), func(b *testing.B) {
			cfg := testConfig(901)
			for i := range accounts {
				address := common.BytesToAddress(crypto.Keccak256(binary.BigEndian.AppendUint64(nil, uint64(i))))
				account := gethtypes.Account{Balance: big.NewInt(int64(i) + 1)}
				if i%10 == 0 {
					account.Code, account.Storage = binary.BigEndian.AppendUint64(make([]byte, 500), uint64(i)), make(map[common.Hash]common.Hash)
					for slot := range uint64(4) {
						account.Storage[slotOf(slot)] = crypto.Keccak256Hash(address[:], []byte{byte(slot)})
					}
				}
				cfg.Rollup.EVM.Alloc[address] = account
			}
			r := openRollup(b, cfg)
			r.open()
			r.apply(r.transfer(0, common.Address{19: 1}, 1))
			r.endTick()
			at := r.seal()
			var exporting, importing time.Duration
			for b.Loop() {
				path := filepath.Join(b.TempDir(), "part")
				out, err := os.Create(path)
				require.NoError(b, err)
				begun := time.Now()
				require.NoError(b, r.chain.Export(b.Context(), at.Number, out))
				exporting += time.Since(begun)
				size, err := out.Seek(0, 1)
				require.NoError(b, err)
				_, err = out.Seek(0, 0)
				require.NoError(b, err)
				joined := cfg
				joined.Dir = b.TempDir()
				begun = time.Now()
				require.NoError(b, Import(b.Context(), joined, at.Number, at.Hash, out))
				importing += time.Since(begun)
				require.NoError(b, out.Close())
				b.ReportMetric(float64(size)/1e6, "MB")
			}
			b.ReportMetric(exporting.Seconds()/float64(b.N), "s/export")
			b.ReportMetric(importing.Seconds()/float64(b.N), "s/import")
		})
	}
}
