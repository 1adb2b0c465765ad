package core

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Tag separates the domains of Lockstep's hashes: what was hashed as one thing can never be taken for another.
type Tag string

// Every domain tag there is. docs/spec/formats.md has the formulas.
const (
	TagGenesis         Tag = "lockstep/genesis/v1"              // the networkId
	TagBundle          Tag = "lockstep/bundle/v1"               // the bundle id
	TagCommitment      Tag = "lockstep/commitment/v1"           // the commitment that protected legs name
	TagLane            Tag = "lockstep/lane/v1"                 // a lane's head
	TagLaneItem        Tag = "lockstep/lane-item/v1"            // a leaf of a tick's lane tree
	TagOutcome         Tag = "lockstep/outcome/v1"              // a leaf of a rollup's outcome tree
	TagRollupResult    Tag = "lockstep/rollup-result/v1"        // a leaf of a zone's result tree
	TagZoneDigest      Tag = "lockstep/zone-digest/v1"          // a zone's digest
	TagPrevRandao      Tag = "lockstep/prev-randao/v1"          // prevRandao of a block
	TagProvisional     Tag = "lockstep/provisional-block/v1"    // the provisional hash of an open block
	TagProofConsensus  Tag = "lockstep/possession-consensus/v1" // what the consensus key signs in the genesis
	TagProofEthereum   Tag = "lockstep/possession-ethereum/v1"  // what the Ethereum key signs in the genesis
	TagLedgerKey       Tag = "lockstep/ledger-key/v1"           // the path of a ledger key in the trie
	TagSystemContracts Tag = "lockstep/system-contracts/v1"     // the system contracts of a rollup's first state
	TagRollupGenesis   Tag = "lockstep/rollup-genesis/v1"       // the first state of a rollup that joins
	TagValidatorSet    Tag = "lockstep/validator-set/v1"        // the set that signs checkpoints
	TagMarker          Tag = "lockstep/marker/v1"               // the predeploy's marker slot
	TagBlock           Tag = "lockstep/block/v1"                // what an operator signs of a block
	TagReport          Tag = "lockstep/report/v1"               // what an operator signs of a report
)

// Sum is keccak256(tag ‖ parts…). Parts of variable length must be delimited by the caller (RLP, or a fixed-width
// length), so that two different inputs never concatenate to the same bytes.
func (t Tag) Sum(parts ...[]byte) common.Hash {
	all := make([][]byte, 0, len(parts)+1)
	all = append(all, []byte(t))
	return crypto.Keccak256Hash(append(all, parts...)...)
}

// U64 is the fixed-width big-endian form of n used inside hashes.
func U64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
