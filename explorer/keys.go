package explorer

import (
	"encoding/binary"
	"encoding/hex"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// indexFormat is the version of the index's layout. A folder of another version is removed and made again.
const indexFormat = 1

// Keyspaces, by first byte.
const (
	spaceMeta    = 'm' // name → value
	spaceCursor  = 'c' // rollup → first lane position that is not indexed
	spaceAddress = 'a' // address, place → transfer; empty for a transaction
	spaceTick    = 't' // place with the address behind its tick → nothing; what is pruned is found by it
)

var (
	keyFormat = []byte{spaceMeta, 'f'} // format, network
	keyRows   = []byte{spaceMeta, 'r'} // number of rows of spaceAddress
	keySince  = []byte{spaceMeta, 's'} // first tick of which nothing is forgotten
)

// Lengths of keys' parts.
const (
	addressSize = common.AddressLength
	placeSize   = 8 + 8 + 8 + 4
)

func cursorKey(rollup core.RollupID) []byte {
	return binary.BigEndian.AppendUint64([]byte{spaceCursor}, uint64(rollup))
}

// indexRow is one thing that touched an account.
type indexRow struct {
	tick   uint64
	rollup core.RollupID
	seq    uint64
	// part is 0 for a transaction and 1 + the log's place in the receipt for a transfer.
	part     uint32
	transfer *transfer
}

// transfer is a token's Transfer event.
type transfer struct {
	token, from, to common.Address
	value           *big.Int
	// nft: value is the id of an ERC-721 token.
	nft bool
}

// place is what orders the rows of an address.
func (r *indexRow) place() []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, placeSize), r.tick)
	b = binary.BigEndian.AppendUint64(b, uint64(r.rollup))
	b = binary.BigEndian.AppendUint64(b, r.seq)
	return binary.BigEndian.AppendUint32(b, r.part)
}

func (r *indexRow) addressKey(address common.Address) []byte {
	return append(addressPrefix(address), r.place()...)
}

func addressPrefix(address common.Address) []byte {
	return append([]byte{spaceAddress}, address[:]...)
}

// tickKey is the row's key in spaceTick: tick, address, rest of the place.
func (r *indexRow) tickKey(address common.Address) []byte {
	place := r.place()
	b := append([]byte{spaceTick}, place[:8]...)
	b = append(b, address[:]...)
	return append(b, place[8:]...)
}

// addressOf turns a key of spaceTick into the one of spaceAddress; ok is false if it is none.
func addressOf(tickKey []byte) (key []byte, tick uint64, ok bool) {
	if len(tickKey) != 1+placeSize+addressSize {
		return nil, 0, false
	}
	tickBytes, address, rest := tickKey[1:9], tickKey[9:9+addressSize], tickKey[9+addressSize:]
	key = append([]byte{spaceAddress}, address...)
	key = append(key, tickBytes...)
	return append(key, rest...), binary.BigEndian.Uint64(tickBytes), true
}

// value is what is kept of a row beside its place.
func (r *indexRow) value() []byte {
	t := r.transfer
	if t == nil {
		return nil
	}
	b := append([]byte{0}, t.token[:]...)
	if t.nft {
		b[0] = 1
	}
	b = append(append(b, t.from[:]...), t.to[:]...)
	return append(b, t.value.Bytes()...)
}

// decodeRow reads a row; ok is false if it is damaged.
func decodeRow(place, value []byte) (r indexRow, ok bool) {
	if len(place) != placeSize {
		return r, false
	}
	r.tick, r.rollup = binary.BigEndian.Uint64(place), core.RollupID(binary.BigEndian.Uint64(place[8:]))
	r.seq, r.part = binary.BigEndian.Uint64(place[16:]), binary.BigEndian.Uint32(place[24:])
	const fixed = 1 + 3*addressSize
	switch {
	case len(value) == 0:
		return r, r.part == 0
	case len(value) < fixed || len(value) > fixed+32:
		return r, false
	}
	addresses := value[1:fixed]
	r.transfer = &transfer{
		token: common.Address(addresses[:addressSize]), from: common.Address(addresses[addressSize : 2*addressSize]),
		to: common.Address(addresses[2*addressSize:]), value: new(big.Int).SetBytes(value[fixed:]), nft: value[0] == 1,
	}
	return r, true
}

// readPlace reads a place as pages name it.
func readPlace(text string) ([]byte, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != placeSize {
		return nil, bad("before", text, "what the page before gave")
	}
	return b, nil
}
