package evm

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/rlp"

	"github.com/lockstep-network/lockstep/core"
)

// freezerTables are the tables of go-ethereum's freezer that have every frozen block, with their index files. The folder's layout is that
// of rawdb's freezer, version 2.
var freezerTables = map[string]string{
	rawdb.ChainFreezerHeaderTable: "cidx", rawdb.ChainFreezerHashTable: "ridx", rawdb.ChainFreezerBodiesTable: "cidx", rawdb.ChainFreezerReceiptTable: "cidx",
}

// freezerIndexEntry is the size in bytes of an entry of an index file; the first one is of no block.
const freezerIndexEntry = 6

// freezerFolder is where go-ethereum freezes the blocks of the chain in a folder.
func freezerFolder(dir string) string {
	return filepath.Join(dir, instanceName, chainFolder, "ancient", rawdb.ChainFreezerName)
}

// mendFreezer removes a freezer whose very first blocks were being frozen when the process was killed: some tables have them on disk and others
// have nothing. go-ethereum takes the empty ones for new tables and either panics at every start or forgets the blocks' bodies. Nothing is lost:
// it takes blocks out of its other database only once all tables have them on disk, so all are still there and are frozen again.
func mendFreezer(dir string, rollup core.RollupID, log *slog.Logger) error {
	var empty, filled int
	for table, suffix := range freezerTables {
		n, err := durableEntries(dir, table, suffix)
		switch {
		case err != nil:
			return fmt.Errorf("%w: frozen blocks in %s: %w", ErrState, dir, err)
		case n == 0:
			empty++
		default:
			filled++
		}
	}
	if empty == 0 || filled == 0 {
		return nil
	}
	log.Warn("the first blocks were being frozen when this node was killed; they are frozen again", "rollup", rollup)
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("%w: remove half frozen blocks: %w", ErrState, err)
	}
	return nil
}

// durableEntries is how many blocks of a table are on disk by its index, as far as its meta file vouches for them.
func durableEntries(dir, table, suffix string) (int64, error) {
	info, err := os.Stat(filepath.Join(dir, table+"."+suffix))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	size := info.Size()
	meta, err := os.Open(filepath.Join(dir, table+".meta"))
	if err != nil {
		return 0, err
	}
	defer meta.Close()
	var m struct {
		Version      uint16
		Tail, Synced uint64
	}
	if err := rlp.Decode(meta, &m); err == nil && m.Version == 2 { // go-ethereum mends others, or refuses them
		size = min(size, int64(m.Synced))
	}
	return max(size/freezerIndexEntry-1, 0), nil
}
