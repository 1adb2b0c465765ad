package gatewaytest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Log is an ordered log in memory with its index and the ledger's lanes and attested results.
type Log struct {
	network core.NetworkID

	mu       sync.Mutex
	grown    chan struct{}
	records  []*core.TickRecord
	ticks    []*core.Tick
	lanes    map[core.RollupID]core.LaneHead
	attested map[core.ZoneID]core.Attested
	heard    map[core.ZoneID]core.Attested
	broken   error
	pruned   uint64
}

// NewLog makes an empty log.
func NewLog(g *core.Genesis) *Log {
	return &Log{
		network: g.NetworkID(), grown: make(chan struct{}),
		lanes: make(map[core.RollupID]core.LaneHead), attested: make(map[core.ZoneID]core.Attested), heard: make(map[core.ZoneID]core.Attested),
	}
}

// Content is what a tick orders and which results it attests.
type Content struct {
	// TimeStep is how many ms after the tick before; 0 means 10.
	TimeStep uint64
	Bundles  []core.DecodedBundle
	Txs      []core.Transaction
	Attested []core.Attested
	// Heard are results on which the tick's votes agree.
	Heard []core.Attested
}

// Append adds the next tick and returns its number.
func (l *Log) Append(c Content) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	tick := &core.Tick{Number: uint64(len(l.ticks)) + 1, Time: Start, Bundles: c.Bundles}
	if n := len(l.ticks); n > 0 {
		tick.Time = l.ticks[n-1].Time + max(c.TimeStep, 10)
	}
	var touched []core.RollupID
	for _, b := range c.Bundles {
		for _, leg := range b.Legs {
			touched = append(touched, leg.Rollup)
		}
	}
	for _, tx := range c.Txs {
		touched = append(touched, tx.Rollup())
		i := slices.IndexFunc(tick.Sections, func(s core.Section) bool { return s.Rollup == tx.Rollup() })
		if i < 0 {
			i, tick.Sections = len(tick.Sections), append(tick.Sections, core.Section{Rollup: tx.Rollup()})
		}
		tick.Sections[i].Txs = append(tick.Sections[i].Txs, tx)
	}
	slices.SortFunc(tick.Sections, func(a, b core.Section) int { return int(a.Rollup) - int(b.Rollup) })
	slices.Sort(touched)
	record := &core.TickRecord{Number: tick.Number, Time: tick.Time, Payload: tick.Payload(), Attested: c.Attested}
	for _, rollup := range slices.Compact(touched) {
		if row, ok := l.lanes[rollup].Advance(l.network, rollup, tick.Number, tick.LaneItems(rollup)); ok {
			record.Lanes = append(record.Lanes, row)
			l.lanes[rollup] = row.After()
		}
	}
	for _, a := range c.Attested {
		l.attested[a.Zone] = a
	}
	for _, a := range c.Heard {
		l.heard[a.Zone] = a
	}
	l.records, l.ticks = append(l.records, record), append(l.ticks, tick)
	close(l.grown)
	l.grown = make(chan struct{})
	return tick.Number
}

// Break lets every read from now on fail.
func (l *Log) Break(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = err
}

// Prune forgets the ticks below a number.
func (l *Log) Prune(before uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pruned = before - 1
}

// Oldest implements gateway.Log.
func (l *Log) Oldest() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pruned + 1
}

// Head implements gateway.Log.
func (l *Log) Head() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.ticks))
}

// Heard implements gateway.Log.
func (l *Log) Heard(zone core.ZoneID) core.Attested {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heard[zone]
}

// Record implements gateway.Log.
func (l *Log) Record(n uint64) (*core.TickRecord, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(n); err != nil {
		return nil, err
	}
	return l.records[n-1], nil
}

// Decoded implements gateway.Log.
func (l *Log) Decoded(n uint64) (*core.Tick, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(n); err != nil {
		return nil, err
	}
	return l.ticks[n-1], nil
}

func (l *Log) check(n uint64) error {
	if l.broken != nil {
		return l.broken
	}
	if n <= l.pruned || n > uint64(len(l.ticks)) {
		return fmt.Errorf("gatewaytest: no tick %d", n)
	}
	return nil
}

// Wait implements gateway.Log.
func (l *Log) Wait(ctx context.Context, n uint64) error {
	for {
		l.mu.Lock()
		head, grown := uint64(len(l.ticks)), l.grown
		l.mu.Unlock()
		if head >= n {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Places implements gateway.Index.
func (l *Log) Places(hash common.Hash) ([]core.Place, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var places []core.Place
	for i, record := range l.records {
		for _, row := range record.Lanes {
			for at, item := range l.ticks[i].LaneItems(row.Rollup) {
				if item.Tx.Hash() == hash {
					places = append(places, core.Place{Rollup: row.Rollup, Seq: row.FirstSeq + uint64(at), Tick: record.Number})
				}
			}
		}
	}
	return places, l.broken
}

// BundlePlaces implements gateway.Index.
func (l *Log) BundlePlaces(id common.Hash) ([]core.BundlePlace, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var places []core.BundlePlace
	for _, tick := range l.ticks {
		for i, b := range tick.Bundles {
			if b.Hash == id {
				places = append(places, core.BundlePlace{Tick: tick.Number, Index: uint32(i)})
			}
		}
	}
	return places, l.broken
}

// Attested implements gateway.Ledger.
func (l *Log) Attested(zone core.ZoneID) core.Attested {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.attested[zone]
}

// Lane implements gateway.Ledger.
func (l *Log) Lane(rollup core.RollupID) core.LaneHead {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lanes[rollup]
}

// ReportOn implements gateway.Reports.
func (l *Log) ReportOn(rollup core.RollupID, position uint64) (p core.Place, ok bool, err error) {
	l.each(rollup, func(tx core.Transaction, at core.Place) {
		if r := tx.Report(); r != nil && r.FirstSeq <= position && position < r.NextSeq {
			p, ok = at, true
		}
	})
	return p, ok, l.broken
}

// BlocksOf implements gateway.Chains.
func (l *Log) BlocksOf(rollup core.RollupID, hash common.Hash) ([]core.Place, error) {
	return l.blocks(rollup, func(b *core.Block) bool { return b.Hash == hash }), l.broken
}

// BlocksAt implements gateway.Chains.
func (l *Log) BlocksAt(rollup core.RollupID, number uint64) ([]core.Place, error) {
	return l.blocks(rollup, func(b *core.Block) bool { return b.Number == number }), l.broken
}

// FirstOfBranch implements gateway.Chains.
func (l *Log) FirstOfBranch(rollup core.RollupID, branch uint64) (p core.Place, ok bool, err error) {
	if all := l.blocks(rollup, func(b *core.Block) bool { return b.Branch == branch }); len(all) > 0 {
		return all[0], true, l.broken
	}
	return p, false, l.broken
}

// LastBlock implements gateway.Chains.
func (l *Log) LastBlock(rollup core.RollupID) (p core.Place, ok bool, err error) {
	if all := l.blocks(rollup, func(*core.Block) bool { return true }); len(all) > 0 {
		return all[len(all)-1], true, l.broken
	}
	return p, false, l.broken
}

func (l *Log) blocks(rollup core.RollupID, is func(*core.Block) bool) (places []core.Place) {
	l.each(rollup, func(tx core.Transaction, at core.Place) {
		if b := tx.Block(); b != nil && is(b) {
			places = append(places, at)
		}
	})
	return places
}

// each goes over a lane, of the ticks that are kept.
func (l *Log) each(rollup core.RollupID, visit func(core.Transaction, core.Place)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, record := range l.records {
		for _, row := range record.Lanes {
			if row.Rollup != rollup || record.Number <= l.pruned {
				continue
			}
			for at, item := range l.ticks[i].LaneItems(rollup) {
				visit(item.Tx, core.Place{Rollup: rollup, Seq: row.FirstSeq + uint64(at), Tick: record.Number})
			}
		}
	}
}
