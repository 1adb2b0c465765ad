package opstack

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
)

// laneOf is a lane of ticks with n transactions each, 10 ms apart, from 1000 ms on.
func laneOf(sizes ...int) (ticks []*lane.Tick) {
	seq := uint64(0)
	for i, n := range sizes {
		t := &lane.Tick{Number: uint64(i + 1), Time: uint64(1000 + 10*i), FirstSeq: seq}
		for range n {
			t.Items = append(t.Items, core.NewLaneItem(core.NewOpaqueTransaction(10, []byte(fmt.Sprint(seq)))))
			seq++
		}
		ticks = append(ticks, t)
	}
	return ticks
}

func TestLaneCopy_CutIsKnownWithALaterTick(t *testing.T) {
	t.Parallel()
	l := new(laneCopy)
	for _, tick := range laneOf(2, 1, 3) {
		l.tick(tick)
	}
	for _, c := range []struct {
		time, next uint64
		known      bool
	}{{999, 0, true}, {1000, 2, true}, {1009, 2, true}, {1010, 3, true}, {1019, 3, true}, {1020, 6, false}, {5000, 6, false}} {
		if cut, known := l.cut(c.time); cut.next != c.next || known != c.known {
			t.Errorf("cut(%d) = %d, %t, want %d, %t", c.time, cut.next, known, c.next, c.known)
		}
	}
	l.clock = 1021 // an empty tick
	if cut, known := l.cut(1020); cut.next != 6 || cut.number != 3 || !known {
		t.Errorf("with an empty tick behind it: %+v, %t", cut, known)
	}
}

// Reconnects give parts again, from where they please: the cuts and what is in them stay.
func TestLaneCopy_IsTheSameHoweverItComes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 7))
		sizes := make([]int, 1+rng.IntN(20))
		for i := range sizes {
			sizes[i] = 1 + rng.IntN(4)
		}
		ticks := laneOf(sizes...)
		straight, broken := new(laneCopy), new(laneCopy)
		for i, tick := range ticks {
			straight.tick(tick)
			for _, again := range ticks[rng.IntN(i+1) : i+1] {
				if i == 0 || again.FirstSeq > 0 || len(broken.items) > 0 {
					broken.tick(again)
				}
			}
			if at := broken.end(); rng.IntN(4) == 0 && i > 2 {
				broken.forget(at - min(at, 5))
			}
		}
		from := broken.first
		for time := uint64(1000); time < 1300; time += 5 {
			want, wantKnown := straight.cut(time)
			got, known := broken.cut(time)
			if want.next < from {
				continue
			}
			if got != want && want.next > from || known != wantKnown || !reflect.DeepEqual(broken.transactions(from, got.next), straight.transactions(from, want.next)) {
				t.Fatalf("seed %d: cut(%d) = %+v, %t, want %+v, %t, from %d on", seed, time, got, known, want, wantKnown, from)
			}
		}
	}
}

func TestMatch_NeverLosesAndNeverRepeats(t *testing.T) {
	t.Parallel()
	var part []candidate
	for i := range byte(6) {
		part = append(part, candidate{seq: 10 + uint64(i), hash: common.Hash{i + 1}})
	}
	for _, c := range []struct {
		name     string
		included []byte
		next     uint64
	}{
		{"all", []byte{1, 2, 3, 4, 5, 6}, 16}, {"with skips", []byte{1, 4}, 14}, {"none", nil, 10}, {"a block of its own", []byte{1, 9}, 10}, {"another order", []byte{2, 1}, 10},
	} {
		var hashes []common.Hash
		for _, b := range c.included {
			hashes = append(hashes, common.Hash{b})
		}
		if next := match(part, hashes, 10); next != c.next {
			t.Errorf("%s: the cursor is %d, want %d", c.name, next, c.next)
		}
	}
}

func TestBook_DecidesOnceAndReportsInOrder(t *testing.T) {
	t.Parallel()
	b := newBook()
	first := record{Hash: common.Hash{1}, Parent: common.Hash{9}, Number: 1, Timestamp: 5, FirstSeq: 0, NextSeq: 3, Decision: core.CutByTicks, CutTick: 2}
	second := record{Hash: common.Hash{2}, Parent: common.Hash{1}, Number: 2, Timestamp: 6, FirstSeq: 3, NextSeq: 3, Decision: core.CutEmpty}
	other := record{Hash: common.Hash{3}, Parent: common.Hash{1}, Number: 2, Timestamp: 6, FirstSeq: 3, NextSeq: 7, Decision: core.CutByTicks, CutTick: 4}
	for _, r := range []record{first, second, other} {
		if !b.add(r) || b.add(r) {
			t.Errorf("record %+v is news twice or never", r)
		}
	}
	if r, ok := b.decision(place{common.Hash{1}, 6}); !ok || r.Decision != core.CutEmpty {
		t.Errorf("decision %+v, want the first one", r)
	}
	for i, want := range []struct{ hash, branch byte }{{1, 0}, {2, 0}} {
		due := b.due(10, second.Hash)
		if due == nil || due.Hash != (common.Hash{want.hash}) || due.Branch != uint64(want.branch) {
			t.Fatalf("report %d: %+v", i, due)
		}
		b.hear(due)
	}
	if due := b.due(10, second.Hash); due != nil {
		t.Errorf("reported twice: %+v", due)
	}
	if due := b.due(10, other.Hash); due == nil || due.Branch != 1 || due.Hash != other.Hash {
		t.Errorf("after a reorg: %+v", due)
	}
}

func TestJournal_SurvivesAKillWithinALine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	j, err := openJournal(path, newBook())
	if err != nil {
		t.Fatal(err)
	}
	r := record{Hash: common.Hash{1}, NextSeq: 3, Decision: core.CutByTicks, Skips: []core.Skip{{Seq: 1, Code: core.VoidTxType}}}
	if err := j.write(r); err != nil {
		t.Fatal(err)
	}
	if _, err := j.file.WriteString(`{"hash":"0x02`); err != nil {
		t.Fatal(err)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b := newBook()
		if j, err = openJournal(path, b); err != nil {
			t.Fatal(err)
		}
		if len(b.records) != 1 || !reflect.DeepEqual(b.records[r.Hash], r) {
			t.Errorf("records %+v", b.records)
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, []byte("garbage\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openJournal(path, newBook()); err == nil {
		t.Error("garbage is taken for a journal")
	}
}
