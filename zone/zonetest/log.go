package zonetest

import (
	"context"
	"fmt"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Log is an ordered log in memory. As after a restart, every read of a tick decodes it anew.
type Log struct {
	network core.NetworkID
	genesis *core.Genesis

	mu      sync.Mutex
	records []*core.TickRecord
	lanes   map[core.RollupID][]core.LaneEntry
	heads   map[core.RollupID]core.LaneHead
	grown   chan struct{}
	members []core.MemberChange // of the next tick
	joined  map[core.RollupID]bool
}

// NewLog makes an empty log of a network.
func NewLog(g *core.Genesis) *Log {
	return &Log{
		network: g.NetworkID(), genesis: g, grown: make(chan struct{}), joined: make(map[core.RollupID]bool),
		lanes: make(map[core.RollupID][]core.LaneEntry), heads: make(map[core.RollupID]core.LaneHead),
	}
}

// kind is that of a rollup of the genesis or of one that joined.
func (l *Log) kind(id core.RollupID) (core.RollupKind, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.joined[id] {
		return core.KindEVM, true
	}
	return l.genesis.Kind(id)
}

// Members makes the next tick to be appended say who joins a zone or leaves it.
func (l *Log) Members(changes ...core.MemberChange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.members = changes
	for i := range changes {
		l.joined[changes[i].Rollup] = true
	}
}

// Append orders a tick at this consensus time in ms, after which attested rows became known, and gives its number.
func (l *Log) Append(time uint64, bundles []core.DecodedBundle, sections []core.Section, attested ...core.Attested) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &core.Tick{Number: uint64(len(l.records)) + 1, Time: time, Bundles: bundles, Sections: sections}
	record := &core.TickRecord{Number: t.Number, Time: time, Payload: t.Payload(), Attested: attested, Members: l.members}
	l.members = nil
	for rollup := core.RollupID(1); rollup <= 1000; rollup++ {
		items := t.LaneItems(rollup)
		row, ok := l.heads[rollup].Advance(l.network, rollup, t.Number, items)
		if !ok {
			continue
		}
		record.Lanes = append(record.Lanes, row)
		l.heads[rollup] = row.After()
		for i, item := range items {
			l.lanes[rollup] = append(l.lanes[rollup], core.LaneEntry{Seq: row.FirstSeq + uint64(i), Tick: t.Number, Item: item})
		}
	}
	l.records = append(l.records, record)
	close(l.grown)
	l.grown = make(chan struct{})
	return t.Number
}

// Load appends what another log's ticks ordered, given as their records' encodings.
func (l *Log) Load(records [][]byte) error {
	for _, b := range records {
		record, err := core.DecodeTickRecord(b)
		if err != nil {
			return err
		}
		tick, err := record.Tick(l.network, l.kind)
		if err != nil {
			return err
		}
		l.Members(record.Members...)
		l.Append(tick.Time, tick.Bundles, tick.Sections, record.Attested...)
	}
	return nil
}

// Attest makes every tick but the first tell of the tick before it what digest says of that one, if it says anything.
func (l *Log) Attest(digest func(tick uint64) (common.Hash, bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, record := range l.records {
		if d, ok := digest(uint64(i)); ok && i > 0 {
			edited := *record
			edited.Attested = []core.Attested{{Zone: Zone, Tick: uint64(i), Digest: d}}
			l.records[i] = &edited
		}
	}
}

// Head is the newest tick.
func (l *Log) Head() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.records))
}

// Wait implements zone.Log.
func (l *Log) Wait(ctx context.Context, tick uint64) error {
	for {
		l.mu.Lock()
		head, grown := uint64(len(l.records)), l.grown
		l.mu.Unlock()
		if head >= tick {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-grown:
		}
	}
}

// Record implements zone.Log.
func (l *Log) Record(tick uint64) (*core.TickRecord, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if tick == 0 || tick > uint64(len(l.records)) {
		return nil, fmt.Errorf("zonetest: tick %d is not in the log", tick)
	}
	return l.records[tick-1], nil
}

// Decoded implements zone.Log.
func (l *Log) Decoded(tick uint64) (*core.Tick, error) {
	record, err := l.Record(tick)
	if err != nil {
		return nil, err
	}
	return record.Tick(l.network, l.kind)
}

// Lane implements zone.Log.
func (l *Log) Lane(rollup core.RollupID, seq uint64, max int) ([]core.LaneEntry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lane := l.lanes[rollup]
	from := min(seq, uint64(len(lane)))
	return lane[from:min(from+uint64(max), uint64(len(lane)))], nil
}
