package mempool

import "github.com/ethereum/go-ethereum/common"

// memory remembers a value for at least the newest `limit` keys and at most twice as many, in two generations: when
// the younger one is full, the older one is forgotten.
type memory[V any] struct {
	limit      int
	young, old map[common.Hash]V
}

func newMemory[V any](limit int) *memory[V] {
	return &memory[V]{limit: limit, young: make(map[common.Hash]V)}
}

func (m *memory[V]) put(key common.Hash, v V) {
	if len(m.young) >= m.limit {
		m.old, m.young = m.young, make(map[common.Hash]V)
	}
	m.young[key] = v
}

func (m *memory[V]) get(key common.Hash) (V, bool) {
	if v, ok := m.young[key]; ok {
		return v, true
	}
	v, ok := m.old[key]
	return v, ok
}

func (m *memory[V]) forget(key common.Hash) {
	delete(m.young, key)
	delete(m.old, key)
}
