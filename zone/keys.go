package zone

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Keyspaces of the zone's folder, by first byte. TestKeys_Golden keeps keys and values from moving.
const (
	spaceMeta   = 'm' // → folder's owner
	spaceFate   = 'f' // rollup, seq → fate
	spaceBundle = 'b' // bundle id, tick → its legs' places
	spaceSeal   = 's' // next tick → seal record
	spaceDigest = 'd' // tick modulo digestWindow → tick and digest
	spaceAgreed = 'a' // → newest attested result that is the zone's own
	spaceDeath  = 'x' // → how the zone died last
	spaceOrigin = 'o' // → tick that an imported zone began with
	spaceResult = 'r' // tick → what its digest commits to, where that is not the same as in the tick before
)

// Kinds of values that no other stage reads; those of fates and seal records are core's.
const (
	encOwner  core.EncodingKind = 0x62
	encBundle core.EncodingKind = 0x63
	encDigest core.EncodingKind = 0x64
	encDeath  core.EncodingKind = 0x66
	encResult core.EncodingKind = 0x65
)

var (
	keyOwner  = []byte{spaceMeta}
	keyAgreed = []byte{spaceAgreed}
	keyDeath  = []byte{spaceDeath}
	keyOrigin = []byte{spaceOrigin}
)

func fateKey(rollup core.RollupID, seq uint64) []byte {
	return u64s([]byte{spaceFate}, uint64(rollup), seq)
}

func bundlePrefix(id common.Hash) []byte { return append([]byte{spaceBundle}, id[:]...) }

func bundleKey(id common.Hash, tick uint64) []byte { return u64s(bundlePrefix(id), tick) }

func sealKey(nextTick uint64) []byte { return u64s([]byte{spaceSeal}, nextTick) }

func digestKey(tick uint64) []byte { return u64s([]byte{spaceDigest}, tick%digestWindow) }

func resultKey(tick uint64) []byte { return u64s([]byte{spaceResult}, tick) }

func u64s(b []byte, ns ...uint64) []byte {
	for _, n := range ns {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return b
}

// after is the first key behind all keys that begin with prefix; prefixes here never consist of 0xff bytes only.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}
