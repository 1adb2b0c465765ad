package mempool_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

// contest is a pool with opaque rollups that always have more to order than fits, each with transactions of its own size.
type contest struct {
	pool  *mempool.Pool
	sizes []int // by rollup; zero has nothing
	seqs  map[core.RollupID]uint64
	made  uint64
	tick  uint64
	taken []int // bytes ordered, by rollup
}

const (
	firstContestant = core.RollupID(5001)
	// backlog is how many bytes each rollup has waiting, at least.
	backlog = 512 << 10
)

func newContest(tb testing.TB, sizes ...int) *contest {
	tb.Helper()
	genesis := mempooltest.Genesis()
	genesis.Rollups = nil
	for i := range sizes {
		genesis.Rollups = append(genesis.Rollups, core.Rollup{ID: firstContestant + core.RollupID(i), Name: fmt.Sprint(i), Kind: core.KindOpaque})
	}
	genesis.Zones = nil
	cfg := mempool.Default()
	cfg.MaxTxs = 1 << 20
	pool, err := mempool.New(cfg, genesis, mempooltest.NewState(), time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	c := &contest{pool: pool, sizes: sizes, seqs: make(map[core.RollupID]uint64), taken: make([]int, len(sizes))}
	for i, size := range sizes {
		if size > 0 {
			c.fill(tb, i, max(1, backlog/size))
		}
	}
	return c
}

// fill submits transactions of a rollup.
func (c *contest) fill(tb testing.TB, i, count int) {
	tb.Helper()
	for range count {
		raw := make([]byte, c.sizes[i])
		c.made++
		binary.BigEndian.PutUint64(raw, c.made)
		if _, err := c.pool.AddTransaction(tb.Context(), firstContestant+core.RollupID(i), raw); err != nil {
			tb.Fatal(err)
		}
	}
}

// offer is what the pool has for the next tick.
func (c *contest) offer(bytes uint64) core.Candidates {
	c.tick++
	return c.pool.Select(core.Budget{Tick: c.tick, Bytes: bytes})
}

// decide orders it, and submits as much again.
func (c *contest) decide(tb testing.TB, candidates core.Candidates) {
	tb.Helper()
	d := &core.Decided{Record: &core.TickRecord{Number: c.tick, Time: c.tick}, Tick: &core.Tick{Number: c.tick, Time: c.tick, Sections: candidates.Sections}}
	for _, s := range candidates.Sections {
		row := core.LaneRow{Rollup: s.Rollup, FirstSeq: c.seqs[s.Rollup], Count: uint64(len(s.Txs))}
		d.Record.Lanes, c.seqs[s.Rollup] = append(d.Record.Lanes, row), row.FirstSeq+row.Count
	}
	c.pool.Committed(d)
	c.pool.Executed(c.tick)
	for _, s := range candidates.Sections {
		i, n := int(s.Rollup-firstContestant), len(s.Txs)
		c.taken[i] += n * c.sizes[i]
		c.fill(tb, i, n)
	}
}

// shares are the least and the most that a rollup with something to order got, by what is fair.
func (c *contest) shares() (least, most float64) {
	sum, count := 0, 0
	for i, size := range c.sizes {
		if size > 0 {
			sum, count = sum+c.taken[i], count+1
		}
	}
	fair := float64(sum) / float64(count)
	least = float64(sum)
	for i, size := range c.sizes {
		if size > 0 {
			least, most = min(least, float64(c.taken[i])/fair), max(most, float64(c.taken[i])/fair)
		}
	}
	return least, most
}

// skewed are loads whose rollups differ as much as they can.
var skewed = []struct {
	name  string
	sizes func() []int
	bytes uint64 // of a tick
}{
	{"equal", func() []int { return sizesOf(16, 200, 16) }, 1 << 20},
	{"large beside small", func() []int { return append(sizesOf(15, 200, 15), 120<<10) }, 1 << 20},
	{"two neighbours among idle ones", func() []int { return sizesOf(100, 200, 2) }, 1 << 20},
	{"two neighbours, small ticks", func() []int { return sizesOf(100, 200, 2) }, 4 << 10},
	{"a hundred", func() []int { return sizesOf(100, 200, 100) }, 1 << 20},
	{"one alone among idle ones", func() []int { return sizesOf(100, 200, 1) }, 1 << 20},
}

// sizesOf is n rollups, the first of which have transactions of a size.
func sizesOf(n, size, busy int) []int {
	sizes := make([]int, n)
	for i := range busy {
		sizes[i] = size
	}
	return sizes
}

// Whatever the sizes of their transactions, and whoever else is idle, rollups that have enough to order get equal shares.
func TestSelect_SharesAreEqualUnderLoad(t *testing.T) {
	for _, load := range skewed {
		t.Run(load.name, func(t *testing.T) {
			c := newContest(t, load.sizes()...)
			for range 32 {
				c.decide(t, c.offer(load.bytes))
			}
			if least, most := c.shares(); least < 0.8 || most > 1.25 {
				t.Errorf("shares from %.2f to %.2f of what is fair", least, most)
			}
		})
	}
}

func BenchmarkShares(b *testing.B) {
	for _, load := range skewed {
		b.Run(load.name, func(b *testing.B) {
			c := newContest(b, load.sizes()...)
			for b.Loop() {
				candidates := c.offer(load.bytes)
				b.StopTimer()
				c.decide(b, candidates)
				b.StartTimer()
			}
			least, most := c.shares()
			b.ReportMetric(least, "least-share")
			b.ReportMetric(most, "most-share")
		})
	}
}
