package evm

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/core/rawdb"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/stretchr/testify/require"
)

// The first blocks are frozen, and the process is killed when some tables have them on disk and others do not.
func TestChain_KilledWhileTheFirstBlocksAreFrozen(t *testing.T) {
	t.Parallel()
	for table, suffix := range freezerTables {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig(901)
			cfg.Dir = t.TempDir()
			r := openRollup(t, cfg)
			empty := tableFiles(t, cfg.Dir, table, suffix)
			for range 3 {
				r.block()
			}
			r.freeze(2)
			head, bodies := r.chain.Head(), r.bodies()
			require.NoError(t, r.chain.Close())
			for file, content := range empty {
				require.NoError(t, os.WriteFile(file, content, 0o600))
			}

			revived := openRollup(t, cfg)
			require.Equal(t, head, revived.chain.Head())
			require.Equal(t, bodies, revived.bodies())
			frozen, err := revived.chain.storage.db.Ancients()
			require.NoError(t, err)
			require.Zero(t, frozen)
			revived.freeze(2) // and again
			revived.reimport()
		})
	}
}

// A whole freezer, and one that has nothing yet, are left alone.
func TestChain_KeepsWhatIsFrozen(t *testing.T) {
	t.Parallel()
	cfg := testConfig(901)
	cfg.Dir = t.TempDir()
	r := openRollup(t, cfg)
	for range 3 {
		r.block()
	}
	r.freeze(2)
	require.NoError(t, r.chain.Close())
	r = openRollup(t, cfg)
	frozen, err := r.chain.storage.db.Ancients()
	require.NoError(t, err)
	require.EqualValues(t, 3, frozen)
}

// tableFiles are the index and meta file of a table of the freezer, as they are now.
func tableFiles(t *testing.T, dir, table, suffix string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	for _, end := range []string{suffix, "meta"} {
		file := filepath.Join(freezerFolder(dir), table+"."+end)
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		files[file] = content
	}
	return files
}

// freeze copies the blocks up to a number into the freezer, as go-ethereum does before it takes them out of its other database.
func (r *rollup) freeze(last uint64) {
	r.t.Helper()
	db, chain := r.chain.storage.db, r.chain.BlockChain()
	var blocks []*gethtypes.Block
	var receipts []rlp.RawValue
	for n := range last + 1 {
		block := chain.GetBlockByNumber(n)
		blocks, receipts = append(blocks, block), append(receipts, rawdb.ReadReceiptsRLP(db, block.Hash(), n))
	}
	_, err := rawdb.WriteAncientBlocks(db, blocks, receipts)
	require.NoError(r.t, err)
	require.NoError(r.t, db.SyncAncient())
}

// bodies are those of all sealed blocks.
func (r *rollup) bodies() (all []rlp.RawValue) {
	r.t.Helper()
	for n := uint64(1); n <= r.chain.Head().Number; n++ {
		hash := r.chain.BlockChain().GetHeaderByNumber(n).Hash()
		body := rawdb.ReadBodyRLP(r.chain.storage.db, hash, n)
		require.NotEmpty(r.t, body)
		all = append(all, body)
	}
	return all
}
