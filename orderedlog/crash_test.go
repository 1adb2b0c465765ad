package orderedlog_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/vfs"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
)

// cutFS is a disk whose power is cut at a chosen sync: that one and all after it have no effect.
type cutFS struct {
	*vfs.MemFS
	left atomic.Int64
}

func newCutFS(syncs int64) *cutFS {
	c := &cutFS{MemFS: vfs.NewStrictMem()}
	c.left.Store(syncs)
	return c
}

func (c *cutFS) tick() {
	if c.left.Add(-1) < 0 {
		c.SetIgnoreSyncs(true)
	}
}

func (c *cutFS) off() bool { return c.left.Load() < 0 }

func (c *cutFS) wrap(f vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	return cutFile{f, c}, nil
}

func (c *cutFS) Create(name string) (vfs.File, error) { return c.wrap(c.MemFS.Create(name)) }

func (c *cutFS) OpenDir(name string) (vfs.File, error) { return c.wrap(c.MemFS.OpenDir(name)) }

func (c *cutFS) OpenReadWrite(name string, opts ...vfs.OpenOption) (vfs.File, error) {
	return c.wrap(c.MemFS.OpenReadWrite(name, opts...))
}

func (c *cutFS) ReuseForWrite(from, to string) (vfs.File, error) {
	return c.wrap(c.MemFS.ReuseForWrite(from, to))
}

type cutFile struct {
	vfs.File
	disk *cutFS
}

func (f cutFile) Sync() error { f.disk.tick(); return f.File.Sync() }

func (f cutFile) SyncData() error { f.disk.tick(); return f.File.SyncData() }

func (f cutFile) SyncTo(n int64) (bool, error) { f.disk.tick(); return f.File.SyncTo(n) }

func openOn(disk vfs.FS) (*orderedlog.Log, error) {
	return orderedlog.Open(orderedlog.Config{Dir: "/log", Network: network, Kind: kind, FS: disk})
}

// script is a short life of a log: ticks, a restart, more ticks, and a pruning in between. It returns how many ticks
// were promised to be durable before the power was cut.
func script(disk *cutFS, ticks []*core.Decided) (durable uint64, err error) {
	for part, half := 0, len(ticks)/2; part < 2; part++ {
		l, err := openOn(disk)
		if err != nil {
			return durable, err
		}
		for _, d := range ticks[part*half : (part+1)*half] {
			if err := l.Append(d); err != nil {
				return durable, errors.Join(err, l.Close())
			}
			if !disk.off() {
				durable = d.Record.Number
			}
		}
		if part == 1 {
			err = l.Prune(context.Background(), 5)
		}
		if err = errors.Join(err, l.Close()); err != nil {
			return durable, err
		}
	}
	return durable, nil
}

// TestLog_LosesNothingItPromisedAtAnyPowerCut cuts the power at every sync of the script.
func TestLog_LosesNothingItPromisedAtAnyPowerCut(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	var ticks []*core.Decided
	for i := range 24 {
		if i%3 == 0 {
			ticks = append(ticks, c.decide(nil))
			continue
		}
		ticks = append(ticks, c.decide([]core.DecodedBundle{c.bundle(rollupA, rollupB)}, core.Section{Rollup: rollupA, Txs: []core.Transaction{c.tx(rollupA)}}))
	}
	cuts := int64(0)
	for done := false; !done; cuts++ {
		disk := newCutFS(cuts)
		durable, err := script(disk, ticks)
		if err != nil {
			t.Fatalf("cut %d: %v", cuts, err)
		}
		done = !disk.off()
		disk.ResetToSyncedState()
		disk.SetIgnoreSyncs(false)
		if err := survived(disk.MemFS, ticks, durable); err != nil {
			t.Fatalf("power cut at sync %d, %d ticks promised: %v", cuts, durable, err)
		}
	}
	if cuts < int64(len(ticks)) {
		t.Fatalf("only %d cuts for %d ticks", cuts, len(ticks))
	}
}

// survived checks that the log has what was promised, is a prefix of what was appended, with the ledger of its head,
// and goes on.
func survived(disk vfs.FS, ticks []*core.Decided, durable uint64) error {
	l, err := openOn(disk)
	if err != nil {
		return err
	}
	defer l.Close()
	head := l.Head()
	if head < durable {
		return fmt.Errorf("head is %d", head)
	}
	if err := checkContent(l, ticks); err != nil {
		return err
	}
	for _, d := range ticks[head:] {
		if err := l.Append(d); err != nil {
			return err
		}
	}
	return nil
}

// checkContent compares everything that can be read with what was appended.
func checkContent(l *orderedlog.Log, ticks []*core.Decided) error {
	head, oldest := l.Head(), l.Oldest()
	for _, d := range ticks[:head] {
		n := d.Record.Number
		record, err := l.Record(n)
		switch {
		case n < oldest && !errors.Is(err, orderedlog.ErrPruned):
			return fmt.Errorf("pruned tick %d: %w", n, err)
		case n < oldest:
			continue
		case err != nil:
			return err
		case string(record.Encode()) != string(d.Record.Encode()):
			return fmt.Errorf("%w: tick %d differs", errOther, n)
		}
		if err := checkPlaces(l, d); err != nil {
			return err
		}
	}
	rows, err := l.Ledger()
	if err != nil {
		return err
	}
	if head > 0 && (len(rows) != 1 || string(rows[0].Value) != string(core.U64(head))) {
		return fmt.Errorf("%w: ledger is %v at tick %d", errOther, rows, head)
	}
	return nil
}

// errOther: what was read is neither what was written nor an error.
var errOther = errors.New("other content")

func checkPlaces(l *orderedlog.Log, d *core.Decided) error {
	for _, row := range d.Record.Lanes {
		entries, err := l.Lane(row.Rollup, row.FirstSeq, int(row.Count))
		if err != nil {
			return err
		}
		items := d.Tick.LaneItems(row.Rollup)
		if len(entries) != len(items) {
			return fmt.Errorf("%w: lane of rollup %s has %d positions from %d on", errOther, row.Rollup, len(entries), row.FirstSeq)
		}
		for i, item := range items {
			places, err := l.Places(item.Tx.Hash())
			if err != nil {
				return err
			}
			want := core.Place{Rollup: row.Rollup, Seq: row.FirstSeq + uint64(i), Tick: d.Record.Number}
			if len(places) != 1 || places[0] != want || entries[i].Item.Tx.Hash() != item.Tx.Hash() {
				return fmt.Errorf("%w: places are %v, want %v", errOther, places, want)
			}
		}
	}
	for i, bundle := range d.Tick.Bundles {
		places, err := l.BundlePlaces(bundle.Hash)
		if err != nil {
			return err
		}
		if len(places) != 1 || places[0] != (core.BundlePlace{Tick: d.Record.Number, Index: uint32(i)}) {
			return fmt.Errorf("%w: bundle stands at %v", errOther, places)
		}
	}
	return nil
}
