package ordering

import (
	"encoding/binary"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// Ledger keys are one space byte and then ids of fixed width. In the Merkle-Patricia trie a key's path is
// keccak(core.TagLedgerKey ‖ key). Bytes are never reused.
const (
	spaceNetwork      byte = 0x01
	spaceParams       byte = 0x02
	spaceProtocol     byte = 0x03
	spaceTick         byte = 0x04
	spaceControl      byte = 0x05
	spaceChange       byte = 0x06
	spaceValidator    byte = 0x10
	spaceRollup       byte = 0x20
	spaceLane         byte = 0x21
	spaceSingleBucket byte = 0x22
	spaceChain        byte = 0x23
	spaceZone         byte = 0x30
	spaceAttested     byte = 0x31
	spaceBundleBucket byte = 0x32
	spaceResults      byte = 0x33
	spaceCheckpoint   byte = 0x40
	spaceComplete     byte = 0x41
	spaceNextSigners  byte = 0x42
)

// Keys of which there is one.
func networkKey() []byte     { return []byte{spaceNetwork} }
func paramsKey() []byte      { return []byte{spaceParams} }
func protocolKey() []byte    { return []byte{spaceProtocol} }
func tickKey() []byte        { return []byte{spaceTick} }
func controlKey() []byte     { return []byte{spaceControl} }
func checkpointKey() []byte  { return []byte{spaceCheckpoint} }
func completeKey() []byte    { return []byte{spaceComplete} }
func nextSignersKey() []byte { return []byte{spaceNextSigners} }

// validatorKey is for the 20-byte consensus address of a validator.
func validatorKey(address [20]byte) []byte { return append([]byte{spaceValidator}, address[:]...) }

func changeKey(sequence uint64) []byte        { return idKey(spaceChange, sequence) }
func rollupKey(id core.RollupID) []byte       { return idKey(spaceRollup, uint64(id)) }
func laneKey(id core.RollupID) []byte         { return core.LaneLedgerKey(id) }
func chainKey(id core.RollupID) []byte        { return idKey(spaceChain, uint64(id)) }
func singleBucketKey(id core.RollupID) []byte { return idKey(spaceSingleBucket, uint64(id)) }
func zoneKey(id core.ZoneID) []byte           { return idKey(spaceZone, uint64(id)) }
func attestedKey(id core.ZoneID) []byte       { return idKey(spaceAttested, uint64(id)) }
func bundleBucketKey(id core.ZoneID) []byte   { return idKey(spaceBundleBucket, uint64(id)) }

// resultsKey is for the results of one zone that one validator has listed.
func resultsKey(zone core.ZoneID, address [20]byte) []byte {
	return append(idKey(spaceResults, uint64(zone)), address[:]...)
}

// keyLength is the length in bytes of the keys of a space.
func keyLength(space byte) int {
	switch space {
	case spaceValidator:
		return len(validatorKey([20]byte{}))
	case spaceResults:
		return len(resultsKey(0, [20]byte{}))
	case spaceChange, spaceRollup, spaceLane, spaceChain, spaceSingleBucket, spaceZone, spaceAttested, spaceBundleBucket:
		return len(idKey(space, 0))
	}
	return 1
}

// idOf is the id in a key that idKey made.
func idOf(key []byte) uint64 { return binary.BigEndian.Uint64(key[1:]) }

func idKey(space byte, id uint64) []byte { return slices.Concat([]byte{space}, core.U64(id)) }
