package ordering

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/trie"

	"github.com/lockstep-network/lockstep/core"
)

// ledger is the replicated state: encoded values by key, and the trie over them. The values are always the committed
// ones; the trie may be ahead by the changes of one staged tick, which settle or retreat ends.
type ledger struct {
	values map[string][]byte
	trie   *trie.Trie
	ahead  []core.KV
}

func newLedger() (*ledger, error) {
	// An empty trie that is never committed to a database never reads one.
	t, err := trie.New(trie.TrieID(gethtypes.EmptyRootHash), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: make trie: %w", ErrLedger, err)
	}
	return &ledger{values: make(map[string][]byte), trie: t}, nil
}

// advance moves the trie over changes and gives its root; the values stay. Changes staged before are taken back first,
// which is exact because the root depends on the content only.
func (l *ledger) advance(changes []core.KV) (common.Hash, error) {
	if err := l.retreat(); err != nil {
		return common.Hash{}, err
	}
	l.ahead = changes
	for _, kv := range changes {
		if err := l.move(kv.Key, kv.Value); err != nil {
			return common.Hash{}, err
		}
	}
	return l.trie.Hash(), nil
}

// retreat takes back the changes of the last advance.
func (l *ledger) retreat() error {
	for _, kv := range l.ahead {
		if err := l.move(kv.Key, l.values[string(kv.Key)]); err != nil {
			return err
		}
	}
	l.ahead = nil
	return nil
}

// settle makes the changes of the last advance the values.
func (l *ledger) settle() {
	for _, kv := range l.ahead {
		if len(kv.Value) == 0 {
			delete(l.values, string(kv.Key))
		} else {
			l.values[string(kv.Key)] = kv.Value
		}
	}
	l.ahead = nil
}

// move sets one key of the trie; an empty value deletes it.
func (l *ledger) move(key, value []byte) error {
	if err := l.trie.Update(core.TagLedgerKey.Sum(key).Bytes(), value); err != nil {
		return fmt.Errorf("%w: update key %x: %w", ErrLedger, key, err)
	}
	return nil
}

// entries lists the values by ascending key.
func (l *ledger) entries() []core.KV {
	kvs := make([]core.KV, 0, len(l.values))
	for _, key := range slices.Sorted(maps.Keys(l.values)) {
		kvs = append(kvs, core.KV{Key: []byte(key), Value: l.values[key]})
	}
	return kvs
}

// stage collects the changes of one tick over a ledger.
type stage struct {
	base    *ledger
	changed map[string][]byte // nil: deleted
}

func newStage(base *ledger) *stage { return &stage{base: base, changed: make(map[string][]byte)} }

// read is the value of key as the stage sees it, nil if there is none.
func (s *stage) read(key []byte) []byte {
	if v, ok := s.changed[string(key)]; ok {
		return v
	}
	return s.base.values[string(key)]
}

func (s *stage) put(key []byte, value any) { s.changed[string(key)] = encodeValue(value) }

func (s *stage) drop(key []byte) { s.changed[string(key)] = nil }

// changes lists what differs from the base, by ascending key.
func (s *stage) changes() []core.KV {
	var kvs []core.KV
	for _, key := range slices.Sorted(maps.Keys(s.changed)) {
		if value := s.changed[key]; !bytes.Equal(value, s.base.values[key]) {
			kvs = append(kvs, core.KV{Key: []byte(key), Value: value})
		}
	}
	return kvs
}

// registered are the rollups that the stage adds to the registry of the base, ascending.
func (s *stage) registered() (added []core.Rollup) {
	for _, kv := range s.changes() {
		if _, before := s.base.values[string(kv.Key)]; kv.Key[0] == spaceRollup && !before {
			value := decodeValue[rollupValue](kv.Value)
			added = append(added, core.Rollup{ID: core.RollupID(idOf(kv.Key)), Name: value.Name, Kind: core.RollupKind(value.Kind), Operator: value.Operator})
		}
	}
	return added
}

// formed are the zones that the stage adds to those of the base, ascending.
func (s *stage) formed() (added []core.ZoneID) {
	for _, kv := range s.changes() {
		if _, before := s.base.values[string(kv.Key)]; kv.Key[0] == spaceZone && !before {
			added = append(added, core.ZoneID(idOf(kv.Key)))
		}
	}
	return added
}

// reader is a ledger, or a stage over one.
type reader interface{ read(key []byte) []byte }

// lookup reads the typed value of key, the zero value if there is none.
func lookup[T any](s reader, key []byte) T {
	if b := s.read(key); b != nil {
		return decodeValue[T](b)
	}
	var zero T
	return zero
}

// read makes a ledger readable by lookup; it sees the committed values.
func (l *ledger) read(key []byte) []byte { return l.values[string(key)] }

// everything lists the base with the stage's changes over it, by ascending key.
func (s *stage) everything() []core.KV {
	all := maps.Clone(s.base.values)
	maps.Copy(all, s.changed)
	maps.DeleteFunc(all, func(_ string, value []byte) bool { return len(value) == 0 })
	return (&ledger{values: all}).entries()
}
