package comet

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/vfs"
	cmtdb "github.com/cometbft/cometbft-db"

	"github.com/lockstep-network/lockstep/core"
)

func memStore(t *testing.T, fs *vfs.MemFS) *store {
	t.Helper()
	s, err := openStore("data", fs)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// walk lists what an iterator gives.
func walk(t *testing.T, it cmtdb.Iterator, err error) (all string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for ; it.Valid(); it.Next() {
		all += fmt.Sprintf("%x=%x ", it.Key(), it.Value())
	}
	if err := errors.Join(it.Error(), it.Close()); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestStore_RoomsAreTheEnginesDatabases does the same random writes to two rooms and to two of the engine's own databases.
func TestStore_RoomsAreTheEnginesDatabases(t *testing.T) {
	t.Parallel()
	s := memStore(t, vfs.NewMem())
	rng := rand.New(rand.NewPCG(4, 2))
	rooms := []cmtdb.DB{s.room("state"), s.room("statement")}
	stock := []cmtdb.DB{cmtdb.NewMemDB(), cmtdb.NewMemDB()}
	key := func() []byte { return bytes.Repeat([]byte{byte(254 + rng.IntN(2))}, 1+rng.IntN(4)) }
	for range 2000 {
		i, k, v := rng.IntN(2), key(), []byte{byte(rng.IntN(3))}[:rng.IntN(2)]
		kind := rng.IntN(5)
		for _, db := range []cmtdb.DB{rooms[i], stock[i]} {
			var err error
			switch kind {
			case 0:
				err = db.Set(k, v)
			case 1:
				err = db.SetSync(k, v)
			case 2:
				err = errors.Join(db.Delete(k), db.DeleteSync([]byte{7}))
			default:
				batch := db.NewBatch()
				err = errors.Join(batch.Set(k, v), batch.Delete([]byte{255}), batch.WriteSync(), batch.Close())
				if batch.Set(k, v) == nil || batch.Delete(k) == nil || batch.Write() == nil {
					t.Fatal("a batch that was written takes more")
				}
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if from, to := key(), key(); rng.IntN(10) == 0 {
			for _, bounds := range [][2][]byte{{nil, nil}, {from, nil}, {nil, to}, {from, to}} {
				for i := range rooms {
					up, upErr := rooms[i].Iterator(bounds[0], bounds[1])
					wantUp, wantErr := stock[i].Iterator(bounds[0], bounds[1])
					if got, want := walk(t, up, upErr), walk(t, wantUp, wantErr); got != want {
						t.Fatalf("from %x to %x: %s, want %s", bounds[0], bounds[1], got, want)
					}
					down, downErr := rooms[i].ReverseIterator(bounds[0], bounds[1])
					wantDown, wantErr := stock[i].ReverseIterator(bounds[0], bounds[1])
					if got, want := walk(t, down, downErr), walk(t, wantDown, wantErr); got != want {
						t.Fatalf("down from %x to %x: %s, want %s", bounds[1], bounds[0], got, want)
					}
				}
			}
		}
		got, err := rooms[i].Get(k)
		has, hasErr := rooms[i].Has(k)
		want, wantErr := stock[i].Get(k)
		if err := errors.Join(err, hasErr, wantErr); err != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) || has != (want != nil) {
			t.Fatalf("%x is %x (%v), want %x", k, got, err, want)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestStore_RefusesWhatTheEnginesDatabasesRefuse(t *testing.T) {
	t.Parallel()
	s := memStore(t, vfs.NewMem())
	r, batch := s.room("state"), s.room("state").NewBatch()
	_, getErr := r.Get(nil)
	_, iteratorErr := r.Iterator([]byte{}, nil)
	for what, got := range map[string]struct{ err, want error }{
		"get": {getErr, errNoKey}, "iterator": {iteratorErr, errNoKey}, "set": {r.Set(nil, nil), errNoKey}, "set nil": {r.SetSync([]byte{1}, nil), errNoValue},
		"delete": {r.Delete(nil), errNoKey}, "batch set": {batch.Set(nil, nil), errNoKey}, "batch nil": {batch.Set([]byte{1}, nil), errNoValue},
		"batch delete": {batch.Delete(nil), errNoKey},
	} {
		if !errors.Is(got.err, got.want) {
			t.Errorf("%s: got %v, want %v", what, got.err, got.want)
		}
	}
	if err := errors.Join(batch.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestNode_RefusesADatabaseOfAnotherKind(t *testing.T) {
	t.Parallel()
	for _, kinds := range [][2]string{{GoLevelDB, Pebble}, {Pebble, GoLevelDB}} {
		c := newCluster(t, 1, func(cfg *Config) { cfg.DB = kinds[0] }).start()
		c.awaitTick(0, 3)
		c.mustStop(0)
		c.members[0].cfg.DB = kinds[1]
		c.restart(0)
		mustBe(t, c.result(0), ErrConfig)
		c.members[0].cfg.DB = kinds[0]
		c.restart(0)
		c.awaitTick(0, c.members[0].log.head()+3)
		c.mustStop(0)
	}
}

// powerCut is a log whose machine loses power at a tick, before or after that is appended.
type powerCut struct {
	*memLog
	disk   *vfs.MemFS
	at     uint64
	before bool
}

var errPowerCut = errors.New("power cut")

func (l powerCut) Append(d *core.Decided) error {
	if d.Record.Number < l.at {
		return l.memLog.Append(d)
	}
	if !l.before {
		if err := l.memLog.Append(d); err != nil {
			return err
		}
	}
	l.disk.SetIgnoreSyncs(true)
	return errPowerCut
}

// TestCluster_PowerCutBetweenLogAndEngine takes the power from a validator's disk before and after a tick comes into the log, where log and engine
// know of different ticks. It finds back by itself, and the other two need its votes.
func TestCluster_PowerCutBetweenLogAndEngine(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 4, nil)
	disk, m := vfs.NewStrictMem(), c.members[3]
	data := m.node.dataDir()
	if err := disk.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	for dir := data; dir != "/"; dir = filepath.Dir(dir) {
		if err := syncDir(disk, filepath.Dir(dir)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range c.members {
		if i != 3 {
			c.run(i, nil)
		}
	}
	cut := func(at uint64, before bool) {
		m.node.fs = disk
		m.node.app.deps.Log = powerCut{m.log, disk, at, before}
		c.run(3, nil)
		if err := c.result(3); !errors.Is(err, errPowerCut) {
			t.Fatalf("validator 3: %v", err)
		}
		disk.ResetToSyncedState()
		disk.SetIgnoreSyncs(false)
		c.build(3)
		if err := m.node.AddPeers(c.addrs()...); err != nil {
			t.Fatal(err)
		}
	}
	for i := range uint64(3) {
		cut(m.log.head()+10+i, true)
		cut(m.log.head()+10+i, false)
	}
	m.node.fs = disk
	c.run(3, nil)
	c.mustStop(0)
	c.awaitTick(3, c.members[0].log.head()+10)
	for _, i := range []int{1, 2, 3} {
		c.mustStop(i)
	}
	c.mustAgree()
}

// A database that is closed while the engine's goroutines read on looks empty.
func TestDatabases_ClosedReadsAreEmpty(t *testing.T) {
	t.Parallel()
	d := &databases{dir: filepath.Join(t.TempDir(), "data"), kind: Pebble}
	db, err := d.open("state")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Set([]byte{1}, []byte{1}), d.Close(), d.Close()); err != nil {
		t.Fatal(err)
	}
	if v, err := db.Get([]byte{1}); v != nil || err != nil {
		t.Errorf("got %x (%v)", v, err)
	}
	if db, err = d.open("state"); err != nil {
		t.Fatal(err)
	}
	if v, err := db.Get([]byte{1}); !bytes.Equal(v, []byte{1}) || err != nil {
		t.Errorf("after the next start: got %x (%v)", v, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}
