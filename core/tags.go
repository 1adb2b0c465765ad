package core

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Tag separates the domains of Lockstep's hashes: what was hashed as one thing can never be taken for another.
type Tag string

// Every domain tag there is. TestTags_Golden keeps them from moving.
const (
	TagGenesis         Tag = "lockstep/genesis/v1"
	TagBundle          Tag = "lockstep/bundle/v1"
	TagCommitment      Tag = "lockstep/commitment/v1"
	TagLane            Tag = "lockstep/lane/v1"
	TagLaneItem        Tag = "lockstep/lane-item/v1"
	TagOutcome         Tag = "lockstep/outcome/v1"
	TagRollupResult    Tag = "lockstep/rollup-result/v1"
	TagZoneDigest      Tag = "lockstep/zone-digest/v1"
	TagPrevRandao      Tag = "lockstep/prev-randao/v1"
	TagProvisional     Tag = "lockstep/provisional-block/v1"
	TagProofConsensus  Tag = "lockstep/possession-consensus/v1"
	TagProofEthereum   Tag = "lockstep/possession-ethereum/v1"
	TagLedgerKey       Tag = "lockstep/ledger-key/v1"
	TagSystemContracts Tag = "lockstep/system-contracts/v1"
	TagMarker          Tag = "lockstep/marker/v1"
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
