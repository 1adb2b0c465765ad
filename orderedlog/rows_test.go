package orderedlog_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
)

func TestLaneRows_GivesTheRowsFromAPositionOn(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	section := func(n int) core.Section {
		s := core.Section{Rollup: rollupA}
		for range n {
			s.Txs = append(s.Txs, c.tx(rollupA))
		}
		return s
	}
	ticks := []*core.Decided{
		c.decide(nil, section(2)), c.decide(nil), c.decide(nil, section(3)),
		c.decide(nil, core.Section{Rollup: rollupB, Txs: []core.Transaction{c.tx(rollupB)}}), c.decide(nil, section(1)),
	}
	appendAll(t, l, ticks...)
	head := ticks[0].Record.Lanes[0].Head
	for _, test := range []struct {
		name      string
		seq, last uint64
		max       int
		want      []uint64
		before    common.Hash
	}{
		{"all", 1, 5, 10, []uint64{1, 3, 5}, common.Hash{}},
		{"inside of a row", 4, 5, 10, []uint64{3, 5}, head},
		{"up to a tick", 0, 4, 10, []uint64{1, 3}, common.Hash{}},
		{"one at least", 2, 0, 10, []uint64{3}, head},
		{"at most", 0, 5, 2, []uint64{1, 3}, common.Hash{}},
	} {
		rows, before, err := l.LaneRows(rollupA, test.seq, test.last, test.max)
		if err != nil || before != test.before || len(rows) != len(test.want) {
			t.Errorf("%s: %v from %s (%v)", test.name, rows, before, err)
			continue
		}
		at := core.LaneHead{NextSeq: rows[0].FirstSeq, Head: before}
		for i, row := range rows {
			if row.Tick != test.want[i] || at.Next(network, row.Tick, core.LaneRow{Rollup: rollupA, Count: row.Count, Root: row.Root}) != row.LaneRow {
				t.Errorf("%s: rows[%d] is %+v, want that of tick %d", test.name, i, row, test.want[i])
			}
			at = row.After()
		}
	}
	if _, _, err := l.LaneRows(rollupA, 6, 5, 10); !errors.Is(err, orderedlog.ErrNotFound) {
		t.Errorf("a position to come: %v", err)
	}
	if err := l.Prune(context.Background(), 4); err != nil {
		t.Fatal(err)
	}
	// The head before the oldest kept row went with the tick that had it.
	for _, seq := range []uint64{0, 5} {
		if _, _, err := l.LaneRows(rollupA, seq, 5, 10); !errors.Is(err, orderedlog.ErrPruned) {
			t.Errorf("position %d after pruning: %v", seq, err)
		}
	}
}
