package core

import "github.com/ethereum/go-ethereum/common"

// Ledger keys that proofs need outside of package ordering begin with these bytes; the others are its own.
const ledgerSpaceLane byte = 0x21

// LaneState is the ledger's value of a lane, stored as EncLedgerValue.
type LaneState struct {
	NextSeq uint64
	Head    common.Hash
	// Tick is the newest tick that added to the lane; zero before the first.
	Tick uint64
}

// LaneLedgerKey is the ledger's key of a rollup's lane: space byte ‖ rollup.
func LaneLedgerKey(id RollupID) []byte { return append([]byte{ledgerSpaceLane}, U64(uint64(id))...) }

// LedgerPath is the path of a ledger key in the trie whose root is the AppHash: keccak(tag ‖ key).
func LedgerPath(key []byte) common.Hash { return TagLedgerKey.Sum(key) }
