package orderedlog

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// blockKeys are the places in the indexes of a block that a rollup's operator told: by hash, by number and by branch.
func blockKeys(b *core.Block, seq uint64) [][]byte {
	return [][]byte{
		binary.BigEndian.AppendUint64(blockHashPrefix(b.Rollup, b.Hash), seq),
		binary.BigEndian.AppendUint64(blockPrefix(spaceBlockNumber, b.Rollup, b.Number), seq),
		binary.BigEndian.AppendUint64(blockPrefix(spaceBranch, b.Rollup, b.Branch), seq),
	}
}

func blockHashPrefix(rollup core.RollupID, hash common.Hash) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{spaceBlockHash}, uint64(rollup)), hash[:]...)
}

// blockPrefix leads the places of a rollup's blocks of one number, or of one branch.
func blockPrefix(space byte, rollup core.RollupID, which uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte{space}, uint64(rollup)), which)
}

// BlocksOf lists, ascending, where blocks of a hash stand in a rollup's lane; none is no error.
func (l *Log) BlocksOf(rollup core.RollupID, hash common.Hash) ([]core.Place, error) {
	return l.blocks(rollup, blockHashPrefix(rollup, hash))
}

// BlocksAt lists, ascending, where blocks of a number stand in a rollup's lane; none is no error.
func (l *Log) BlocksAt(rollup core.RollupID, number uint64) ([]core.Place, error) {
	return l.blocks(rollup, blockPrefix(spaceBlockNumber, rollup, number))
}

func (l *Log) blocks(rollup core.RollupID, prefix []byte) ([]core.Place, error) {
	var places []core.Place
	err := l.scan(prefix, func(key, value []byte) {
		places = append(places, core.Place{Rollup: rollup, Seq: binary.BigEndian.Uint64(key), Tick: binary.BigEndian.Uint64(value)})
	})
	return places, err
}

// FirstOfBranch is where the first block of a branch stands, of those that are kept.
func (l *Log) FirstOfBranch(rollup core.RollupID, branch uint64) (core.Place, bool, error) {
	prefix := blockPrefix(spaceBranch, rollup, branch)
	return l.edge(rollup, prefix, after(prefix), (*pebble.Iterator).First)
}

// LastBlock is where the newest block of a rollup stands.
func (l *Log) LastBlock(rollup core.RollupID) (core.Place, bool, error) {
	return l.edge(rollup, blockPrefix(spaceBranch, rollup, 0), after(blockPrefix(spaceBranch, rollup, math.MaxUint64)), (*pebble.Iterator).Last)
}

// edge is the first or the last place in a part of the index by branch.
func (l *Log) edge(rollup core.RollupID, lower, upper []byte, move func(*pebble.Iterator) bool) (p core.Place, ok bool, err error) {
	done, err := l.begin()
	if err != nil {
		return p, false, err
	}
	defer done()
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return p, false, l.readError(fmt.Sprintf("read blocks of rollup %s", rollup), err)
	}
	if ok = move(it); ok {
		p = core.Place{Rollup: rollup, Seq: binary.BigEndian.Uint64(it.Key()[17:]), Tick: binary.BigEndian.Uint64(it.Value())}
	}
	if err := it.Close(); err != nil {
		return p, false, l.readError(fmt.Sprintf("read blocks of rollup %s", rollup), err)
	}
	return p, ok, nil
}
