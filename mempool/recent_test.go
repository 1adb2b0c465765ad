package mempool

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

// A memory gives what two plain maps would give, whatever its filters say; some keys differ only where the filters do not look.
func TestMemory_RemembersTheNewestKeys(t *testing.T) {
	const limit = 50
	random := rand.New(rand.NewChaCha8([32]byte{1}))
	m := newMemory[uint64](limit)
	young, old := map[common.Hash]uint64{}, map[common.Hash]uint64{}
	for step := range uint64(20_000) {
		var key common.Hash
		binary.LittleEndian.PutUint64(key[:], uint64(random.IntN(300))*0x9e3779b97f4a7c15)
		key[8], key[31] = byte(random.IntN(2)), byte(random.IntN(2))
		switch random.IntN(4) {
		case 0:
			if len(young) >= limit {
				young, old = map[common.Hash]uint64{}, young
			}
			young[key] = step
			m.put(key, step)
		case 1:
			delete(young, key)
			delete(old, key)
			m.forget(key)
		default:
			want, wanted := young[key]
			if !wanted {
				want, wanted = old[key]
			}
			if got, ok := m.get(key); got != want || ok != wanted {
				t.Fatalf("step %d: %d, %v, want %d, %v", step, got, ok, want, wanted)
			}
		}
	}
}

func TestFilter_KnowsMostKeysThatWereNotAdded(t *testing.T) {
	const keys = 10_000
	source := rand.NewChaCha8([32]byte{2})
	f := newFilter(keys)
	key := func() (key common.Hash) { _, _ = source.Read(key[:]); return key }
	for range keys {
		added := key()
		if f.add(added); !f.mayHave(added) {
			t.Fatalf("%s was added", added)
		}
	}
	wrong := 0
	for range keys {
		if f.mayHave(key()) {
			wrong++
		}
	}
	if wrong > keys/10 {
		t.Errorf("%d of %d other keys may be there", wrong, keys)
	}
}

func BenchmarkMemory(b *testing.B) {
	const limit = 1 << 17
	source := rand.NewChaCha8([32]byte{3})
	m, keys := newMemory[uint64](limit), make([]common.Hash, 2*limit)
	for i := range keys {
		_, _ = source.Read(keys[i][:])
	}
	for i := range limit * 3 / 2 {
		m.put(keys[i%len(keys)], uint64(i))
	}
	b.Run("absent", func(b *testing.B) {
		i := 0
		for b.Loop() {
			absent := keys[i%len(keys)]
			absent[0] ^= byte(i>>8) | 1
			absent[9] ^= byte(i)
			m.get(absent)
			i++
		}
	})
	b.Run("put", func(b *testing.B) {
		i := 0
		for b.Loop() {
			m.put(keys[i%len(keys)], uint64(i))
			i++
		}
	})
}
