package zone

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// store keeps fates, places of bundles, the newest digests and seal records. Everything in it is a function of the
// log, so only one thing must be right about durability: when a seal record is found after a crash, so is everything
// that was written before it. Pebble's log gives that: batches are found again in the order written or not at all,
// those of ticks are written unsynced, and the seal record's own batch is synced.
type store struct {
	db *pebble.DB

	// origin is the tick that an imported zone began with. It was attested before the zone knew what it decided.
	origin uint64

	root common.Hash // results root of the newest tick; only the zone's loop touches it

	recent *recent

	mu      sync.Mutex
	closed  bool
	readers sync.WaitGroup
}

// openStore opens or creates the zone's folder.
func openStore(cfg Config) (*store, error) {
	fs := cfg.FS
	if fs == nil {
		fs = vfs.Default
	}
	if err := makeDir(fs, cfg.Dir); err != nil {
		return nil, fmt.Errorf("zone: make %s: %w", cfg.Dir, err)
	}
	db, err := pebble.Open(cfg.Dir, &pebble.Options{FS: fs, Logger: silent{}})
	if err != nil {
		return nil, fmt.Errorf("zone: open %s: %w", cfg.Dir, err)
	}
	s := &store{db: db, recent: newRecent()}
	if err := s.claim(core.Encode(encOwner, &ownerRLP{cfg.Genesis.NetworkID(), uint64(cfg.Zone)})); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.origin, err = s.readOrigin(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// makeDir makes the folder and syncs the one it stands in: pebble syncs only what is inside its folder.
func makeDir(fs vfs.FS, dir string) error {
	if err := fs.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	parent, err := fs.OpenDir(fs.PathDir(dir))
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}

// claim marks a new folder with its owner, or refuses one that belongs elsewhere.
func (s *store) claim(owner []byte) error {
	found, err := s.get(keyOwner)
	if errors.Is(err, pebble.ErrNotFound) {
		return s.db.Set(keyOwner, owner, pebble.Sync)
	}
	if err == nil && !bytes.Equal(found, owner) {
		err = fmt.Errorf("%w: it says %x, want %x", ErrForeign, found, owner)
	}
	return err
}

// putTick writes what a tick did, unsynced, with the newest agreed result. What a tick up to that one decided is there
// already, is attested, and is not touched when it is executed again.
func (s *store) putTick(r TickResult, agreed core.Attested) error {
	row := resultRowOf(r)
	if r.Tick <= agreed.Tick && r.Tick != s.origin {
		s.root = row.Root
		return nil
	}
	b := s.db.NewBatch()
	defer b.Close()
	errs := []error{
		b.Set(digestKey(r.Tick), core.Encode(encDigest, &digestRLP{r.Tick, r.Digest}), nil),
		b.Set(keyAgreed, core.Encode(encDigest, &digestRLP{agreed.Tick, agreed.Digest}), nil),
	}
	for _, f := range r.Outcomes {
		errs = append(errs, b.Set(fateKey(f.Rollup, f.Seq), encodeFate(f), nil))
	}
	for _, p := range r.Bundles {
		errs = append(errs, b.Set(bundleKey(p.ID, p.Tick), encodeBundle(p), nil))
	}
	if row.Root != s.root || len(row.Rollups) > 0 {
		errs = append(errs, b.Set(resultKey(r.Tick), core.Encode(encResult, row), nil))
		s.root = row.Root
	}
	if err := errors.Join(append(errs, b.Commit(pebble.NoSync))...); err != nil {
		return err
	}
	s.recent.put(r.Outcomes)
	return nil
}

// putSeal writes a seal record; when it returns, the record and everything before it survive the loss of power.
func (s *store) putSeal(r SealRecord) error {
	return s.db.Set(sealKey(r.NextTick), encodeSeal(r), pebble.Sync)
}

// newestSeal finds the newest record that match accepts.
func (s *store) newestSeal(match func(SealRecord) bool) (r SealRecord, ok bool, err error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceSeal}, UpperBound: []byte{spaceSeal + 1}})
	if err != nil {
		return SealRecord{}, false, err
	}
	for more := it.Last(); more && !ok && err == nil; more = it.Prev() {
		if r, err = decodeSeal(it.Value()); err == nil {
			ok = match(r)
		}
	}
	return r, ok, errors.Join(err, it.Close())
}

// rewind forgets what was decided at or after a seal's next tick and is not attested: later seals, and the fates
// and result rows of ticks after agreed, those of rollups that joined later too. Places of bundles and digests stay, the former are
// the log's and the latter are read by tick.
func (s *store) rewind(r SealRecord, agreed core.Attested, later []core.RollupID) error {
	b := s.db.NewBatch()
	defer b.Close()
	keep := max(agreed.Tick, r.NextTick-1)
	s.root = common.Hash{} // the tick after a seal always has a row: every rollup's last sealed block is another one
	errs := []error{
		b.DeleteRange(sealKey(r.NextTick+1), []byte{spaceSeal + 1}, nil),
		b.DeleteRange(resultKey(keep+1), []byte{spaceResult + 1}, nil),
		b.Set(keyAgreed, core.Encode(encDigest, &digestRLP{agreed.Tick, agreed.Digest}), nil),
	}
	for _, l := range r.Rollups {
		end := after(fateKey(l.Rollup, 0)[:9])
		errs = append(errs, s.scan(fateKey(l.Rollup, l.FirstUnapplied), end, func(key, value []byte) error {
			f, err := decodeFate(l.Rollup, binary.BigEndian.Uint64(key[9:]), value)
			if err == nil && f.Tick > keep {
				err = b.Delete(key, nil)
			}
			return err
		}))
	}
	for _, id := range later {
		errs = append(errs, s.forgetAfter(b, id, keep))
	}
	err := errors.Join(append(errs, b.Commit(pebble.Sync))...)
	s.recent.forget()
	return err
}

// forgetAfter deletes the fates of a rollup that were decided after a tick, from its newest position backwards. Singles are decided
// in their order, so before one that the tick or an older one decided there are no more.
func (s *store) forgetAfter(b *pebble.Batch, id core.RollupID, tick uint64) error {
	begin := fateKey(id, 0)
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: begin, UpperBound: after(begin[:9])})
	if err != nil {
		return err
	}
	var f Fate
	for more := it.Last(); more && err == nil; more = it.Prev() {
		if f, err = decodeFate(id, binary.BigEndian.Uint64(it.Key()[9:]), it.Value()); err != nil {
			break
		}
		if f.Tick > tick {
			err = b.Delete(it.Key(), nil)
		} else if f.Bundle == (common.Hash{}) {
			break
		}
	}
	return errors.Join(err, it.Close())
}

// agreed reads the newest agreed result that is known to be durable; its tick is 0 if there is none.
func (s *store) agreed() (core.Attested, error) {
	b, err := s.get(keyAgreed)
	if errors.Is(err, pebble.ErrNotFound) {
		return core.Attested{}, nil
	}
	var v digestRLP
	if err == nil {
		err = core.Decode(encDigest, b, &v)
	}
	if err != nil {
		return core.Attested{}, fmt.Errorf("%w: agreed result: %w", ErrCorrupt, err)
	}
	return core.Attested{Tick: v.Tick, Digest: v.Digest}, nil
}

// digests reads all digests that are kept, by tick, and the newest tick.
func (s *store) digests() (byTick map[uint64]common.Hash, newest uint64, err error) {
	byTick = make(map[uint64]common.Hash)
	err = s.scan([]byte{spaceDigest}, []byte{spaceDigest + 1}, func(_, value []byte) error {
		var v digestRLP
		if err := core.Decode(encDigest, value, &v); err != nil {
			return fmt.Errorf("%w: digest: %w", ErrCorrupt, err)
		}
		byTick[v.Tick], newest = v.Digest, max(newest, v.Tick)
		return nil
	})
	return byTick, newest, err
}

// death reads how the zone died last; the zero value if it never did.
func (s *store) death() (deathRLP, error) {
	var d deathRLP
	b, err := s.get(keyDeath)
	if errors.Is(err, pebble.ErrNotFound) {
		return d, nil
	}
	if err == nil {
		err = core.Decode(encDeath, b, &d)
	}
	if err != nil {
		return d, fmt.Errorf("%w: last death: %w", ErrCorrupt, err)
	}
	return d, nil
}

// putDeath writes how the zone died; when it returns, it survives the loss of power.
func (s *store) putDeath(d deathRLP) error {
	return s.db.Set(keyDeath, core.Encode(encDeath, &d), pebble.Sync)
}

// digestsBefore reads the digests of the ticks before next, as far back as they go without a gap, oldest first.
func (s *store) digestsBefore(next uint64) ([]common.Hash, error) {
	var found []common.Hash
	for tick := next - 1; tick > 0 && len(found) < digestWindow; tick-- {
		b, err := s.get(digestKey(tick))
		if errors.Is(err, pebble.ErrNotFound) {
			break
		}
		var v digestRLP
		if err == nil {
			err = core.Decode(encDigest, b, &v)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: digest of tick %d: %w", ErrCorrupt, tick, err)
		}
		if v.Tick != tick {
			break
		}
		found = append(found, v.Digest)
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found, nil
}

// fate reads the fate of a position; ok is false while it is not decided.
func (s *store) fate(rollup core.RollupID, seq uint64) (f Fate, ok bool, err error) {
	done, err := s.begin()
	if err != nil {
		return Fate{}, false, fmt.Errorf("read fate of rollup %s seq %d: %w", rollup, seq, err)
	}
	defer done()
	if f, ok := s.recent.get(rollup, seq); ok {
		return f, true, nil
	}
	b, err := s.get(fateKey(rollup, seq))
	if errors.Is(err, pebble.ErrNotFound) {
		return Fate{}, false, nil
	}
	if err != nil {
		return Fate{}, false, fmt.Errorf("read fate of rollup %s seq %d: %w", rollup, seq, err)
	}
	f, err = decodeFate(rollup, seq, b)
	return f, err == nil, err
}

// places lists where a bundle stands in the order, ascending by tick.
func (s *store) places(id common.Hash) ([]BundlePlace, error) {
	var found []BundlePlace
	prefix := bundlePrefix(id)
	err := s.scan(prefix, after(prefix), func(key, value []byte) error {
		p, err := decodeBundle(id, binary.BigEndian.Uint64(key[len(prefix):]), value)
		found = append(found, p)
		return err
	})
	return found, err
}

// scan visits the keys from lower up to, not including, upper. The slices are valid during the call only.
func (s *store) scan(lower, upper []byte, visit func(key, value []byte) error) error {
	done, err := s.begin()
	if err != nil {
		return err
	}
	defer done()
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return err
	}
	for ok := it.First(); ok && err == nil; ok = it.Next() {
		err = visit(it.Key(), it.Value())
	}
	return errors.Join(err, it.Close())
}

// get copies a value out of the database.
func (s *store) get(key []byte) ([]byte, error) {
	done, err := s.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	value, closer, err := s.db.Get(key)
	if err != nil {
		return nil, err
	}
	return append([]byte(nil), value...), closer.Close()
}

// begin admits a reader; the returned function lets close go on.
func (s *store) begin() (func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrStopped
	}
	s.readers.Add(1)
	return s.readers.Done, nil
}

// close waits for reads that are under way and closes the files; it is idempotent.
func (s *store) close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.readers.Wait()
	return s.db.Close()
}

// silent drops pebble's own log lines; errors reach the caller as values.
type silent struct{}

func (silent) Infof(string, ...any)  {}
func (silent) Errorf(string, ...any) {}
func (silent) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("zone: "+format, args...)) // pebble cannot go on
}
