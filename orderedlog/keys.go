package orderedlog

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// FormatVersion is the version of the folder's layout; TestKeys_Golden keeps the keys from moving.
const FormatVersion = 1

// Keyspaces, by first byte.
const (
	spaceMeta       = 'm' // name → value
	spaceTick       = 't' // tick → record
	spaceLane       = 'l' // rollup, first seq → tick, count
	spaceHash       = 'h' // transaction hash, rollup, seq → tick
	spaceBundle     = 'b' // bundle id, tick → index
	spaceLedger     = 'L' // ledger key → ledger value
	spaceDraft      = 'd' // tick → checkpoint draft
	spaceCompletion = 'c' // tick of the checkpoint → hash of the set that signed, completion without it
	spaceSlot       = 's' // slot → tick of its complete checkpoint
	spaceSet        = 'v' // hash → validator set
	// Blocks that operators told of their chains.
	spaceBlockHash   = 'k' // rollup, block hash, seq → tick
	spaceBlockNumber = 'N' // rollup, block number, seq → tick
	spaceBranch      = 'B' // rollup, branch, seq → tick
	spaceReport      = 'r' // rollup, position behind those that a report is about, seq of the report → tick, first of the positions

	spaceHeard = 'a' // zone → tick, digest

	spaceHandover = 'n' // tick of a complete checkpoint that names another set than signed it → nothing
)

var (
	keyFormat  = []byte{spaceMeta, 'f'}
	keyNetwork = []byte{spaceMeta, 'n'}
	keyOldest  = []byte{spaceMeta, 'o'} // missing until something is pruned
)

func tickKey(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{spaceTick}, n) }

func draftKey(tick uint64) []byte { return binary.BigEndian.AppendUint64([]byte{spaceDraft}, tick) }
func completionKey(tick uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{spaceCompletion}, tick)
}
func slotKey(slot uint64) []byte     { return binary.BigEndian.AppendUint64([]byte{spaceSlot}, slot) }
func setKey(hash common.Hash) []byte { return append([]byte{spaceSet}, hash[:]...) }

func heardKey(zone core.ZoneID) []byte { return append([]byte{spaceHeard}, core.U64(uint64(zone))...) }

func handoverKey(tick uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{spaceHandover}, tick)
}

func laneKey(rollup core.RollupID, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte{spaceLane}, uint64(rollup)), seq)
}

func laneValue(tick, count uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, tick), count)
}

func hashPrefix(hash common.Hash) []byte { return append([]byte{spaceHash}, hash[:]...) }

// hashRow is the key that says which tick ordered a transaction.
type hashRow [1 + common.HashLength + 8 + 8]byte

func newHashRow(hash common.Hash, rollup core.RollupID, seq uint64) (row hashRow) {
	row[0] = spaceHash
	copy(row[1:], hash[:])
	binary.BigEndian.PutUint64(row[1+common.HashLength:], uint64(rollup))
	binary.BigEndian.PutUint64(row[1+common.HashLength+8:], seq)
	return row
}

func hashKey(hash common.Hash, rollup core.RollupID, seq uint64) []byte {
	row := newHashRow(hash, rollup, seq)
	return row[:]
}

func bundlePrefix(id common.Hash) []byte { return append([]byte{spaceBundle}, id[:]...) }

func bundleKey(id common.Hash, tick uint64) []byte {
	return binary.BigEndian.AppendUint64(bundlePrefix(id), tick)
}

func ledgerKey(key []byte) []byte { return append([]byte{spaceLedger}, key...) }

// after is the first key behind all keys that begin with prefix.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}
