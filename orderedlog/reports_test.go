package orderedlog_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

func TestReports_TheNewestOnAPositionIsFound(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	report := func(branch, first, next uint64) core.Transaction {
		return core.NewReportEntry(&core.Report{Rollup: rollupC, Branch: branch, Number: next, Hash: common.Hash{1}, FirstSeq: first, NextSeq: next, Signature: make([]byte, 65)})
	}
	told := func(txs ...core.Transaction) *core.Decided {
		return c.decide(nil, core.Section{Rollup: rollupC, Txs: txs})
	}
	// Positions of the lane: 0 to 5 are reports; what they are about does not matter here.
	appendAll(t, l, told(report(0, 10, 12), report(0, 12, 12)), told(report(0, 12, 15)), told(report(1, 11, 13), report(1, 13, 20)), told(report(1, 20, 21)))
	check := func(position, wantSeq uint64, want bool) {
		t.Helper()
		p, ok, err := l.ReportOn(rollupC, position)
		if err != nil || ok != want || ok && p.Seq != wantSeq {
			t.Errorf("position %d: %+v, %v, %v; want the report at %d, %v", position, p, ok, err, wantSeq, want)
		}
	}
	check(9, 0, false)
	check(10, 0, true)
	check(11, 3, true)
	check(12, 3, true)
	check(14, 4, true)
	check(20, 5, true)
	check(21, 0, false)
	if _, ok, err := l.ReportOn(rollupA, 11); ok || err != nil {
		t.Errorf("another rollup's: %v, %v", ok, err)
	}
	if err := l.Prune(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	check(10, 0, false)
	check(14, 4, true)
}
