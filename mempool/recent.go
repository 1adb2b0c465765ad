package mempool

import (
	"encoding/binary"
	"math/bits"

	"github.com/ethereum/go-ethereum/common"
)

// memory remembers a value for at least the newest `limit` keys and at most twice as many, in two generations: when
// the younger one is full, the older one is forgotten.
type memory[V any] struct {
	limit      int
	young, old generation[V]
}

// generation is a map, and a filter in front of it: nearly all that is asked for is not there, and of a map that is larger than the
// processor's caches the answer takes long.
type generation[V any] struct {
	values map[common.Hash]V
	filter filter
}

func newMemory[V any](limit int) *memory[V] {
	return &memory[V]{limit: limit, young: newGeneration[V](limit, 0)}
}

func newGeneration[V any](limit, expected int) generation[V] {
	return generation[V]{make(map[common.Hash]V, expected), newFilter(limit)}
}

func (m *memory[V]) put(key common.Hash, v V) {
	if len(m.young.values) >= m.limit {
		m.old, m.young = m.young, newGeneration[V](m.limit, m.limit)
	}
	m.young.filter.add(key)
	m.young.values[key] = v
}

func (m *memory[V]) get(key common.Hash) (V, bool) {
	if v, ok := m.young.get(key); ok {
		return v, true
	}
	return m.old.get(key)
}

func (g *generation[V]) get(key common.Hash) (v V, ok bool) {
	if g.filter.mayHave(key) {
		v, ok = g.values[key]
	}
	return v, ok
}

func (m *memory[V]) forget(key common.Hash) {
	for _, g := range []*generation[V]{&m.young, &m.old} {
		if g.filter.mayHave(key) {
			delete(g.values, key)
		}
	}
}

// filter tells of most keys that were not added that they were not (a Bloom filter whose bits for a key lie in one word). Keys are hashes
// already, so their own bits choose; who makes keys for certain bits makes the map be asked, as it would be without a filter.
type filter []uint64

// newFilter is one for so many keys, eight bits for each.
func newFilter(keys int) filter { return make(filter, 1<<bits.Len(uint(max(1, keys/8)-1))) }

// bitsOf gives the word of a key and its bits there.
func (f filter) bitsOf(key common.Hash) (word int, set uint64) {
	word = int(binary.LittleEndian.Uint64(key[:8]) & uint64(len(f)-1))
	return word, 1<<(key[8]&63) | 1<<(key[9]&63) | 1<<(key[10]&63)
}

func (f filter) add(key common.Hash) {
	word, set := f.bitsOf(key)
	f[word] |= set
}

// mayHave is false for keys that were not added, and for all of no filter.
func (f filter) mayHave(key common.Hash) bool {
	if len(f) == 0 {
		return false
	}
	word, set := f.bitsOf(key)
	return f[word]&set == set
}
