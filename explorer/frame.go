package explorer

import (
	"bytes"
	"encoding/json"
	"fmt"

	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// quietMs is after how many ms a frame is sent although nothing happened: pages see that the node is there.
const quietMs = 1000

// slowMs is how often the parts of a frame that change slowly are sent.
const slowMs = 1000

// frames makes frames out of what live has gathered.
type frames struct {
	live *live
	deps *Deps
	// last and lastSlow are when the last frame was made, and the last one with the slow parts.
	last, lastSlow uint64
}

// next takes what happened since the frame before; ok is false if nothing did, and the page need not hear that yet.
func (f *frames) next(now uint64) (frame *Frame, ok bool) {
	slow := now >= f.lastSlow+slowMs
	var pool PoolState
	if slow {
		pool = f.deps.Pool()
		f.live.seat(f.deps.Ledger)
	}
	l := f.live
	l.mu.Lock()
	defer l.mu.Unlock()
	quiet := len(l.frame.Ticks) == 0 && len(l.frame.Outcomes) == 0 && len(l.frame.Rebuilt) == 0
	if quiet && now < f.last+quietMs {
		return nil, false
	}
	frame = new(Frame)
	*frame, l.frame, l.events = l.frame, Frame{Head: l.frame.Head}, 0
	frame.Now, f.last = now, now
	added := make(map[core.RollupID]uint64, len(l.lanes))
	for id, p := range l.lanes {
		added[id], p.added = p.added, 0
	}
	l.rates.close(now, added)
	frame.Zones, frame.Rollups, frame.Rates = f.zones(), f.rollups(), l.networkRates()
	if slow {
		f.lastSlow = now
		frame.Times = &Times{Accepted: l.accepted.view(now), Proposed: l.proposed.view(now)}
		frame.Validators, frame.Pool = l.voters.states(), &pool
	}
	return frame, true
}

func (f *frames) zones() []ZoneState {
	zones := f.deps.Genesis.InForce().Zones
	states := make([]ZoneState, 0, len(zones))
	for _, z := range zones {
		at := f.live.zone(z.ID)
		s := ZoneState{ID: z.ID, Attested: at.attested}
		if own, ok := f.deps.Zones[z.ID]; ok {
			s.Executed, s.Stopped = at.executed, own.Err() != nil
		}
		states = append(states, s)
	}
	return states
}

func (f *frames) rollups() []RollupState {
	states := make([]RollupState, 0, len(f.deps.Genesis.InForce().Rollups))
	for _, r := range f.deps.Genesis.InForce().Rollups {
		states = append(states, f.live.rollupState(r.ID, f.deps.Chains[r.ID]))
	}
	return states
}

// rollupState is how far a rollup is; chain is nil if this node does not execute it. l.mu is held.
func (l *live) rollupState(id core.RollupID, chain Chain) RollupState {
	p := l.lane(id)
	s := RollupState{ID: id, NextSeq: p.next}
	count := func(f *rateFrame) uint64 { return f.added[id] }
	s.Tps1, s.Tps10 = l.rates.over(rateShort, count), l.rates.over(rateSpan, count)
	if chain == nil {
		return s
	}
	s.Waiting = p.next - min(p.unapplied, p.next)
	if p.sealed == nil {
		newest := chain.Newest()
		p.sealed = &newest
	}
	s.Block, s.BlockHash = &p.sealed.Number, &p.sealed.Hash
	return s
}

func (l *live) networkRates() Rates {
	ticks := func(f *rateFrame) uint64 { return f.ticks }
	entries := func(f *rateFrame) (sum uint64) {
		for _, n := range f.added {
			sum += n
		}
		return sum
	}
	r := &l.rates
	return Rates{Ticks1: r.over(rateShort, ticks), Ticks10: r.over(rateSpan, ticks), Tps1: r.over(rateShort, entries), Tps10: r.over(rateSpan, entries)}
}

// entryBrief describes an entry of a lane.
func entryBrief(seq uint64, item core.LaneItem) EntryBrief {
	e := EntryBrief{Seq: seq, Hash: item.Tx.Hash(), Kind: entryKind(item.Tx)}
	if item.IsLeg() {
		e.Bundle, e.Leg = &item.Bundle, &item.Leg
	}
	return e
}

func entryKind(tx core.Transaction) EntryKind {
	if evm := tx.Eth(); evm != nil {
		return kindOf(evm)
	}
	return EntryBytes
}

func kindOf(tx *gethtypes.Transaction) EntryKind {
	switch {
	case tx.To() == nil:
		return EntryCreate
	case len(tx.Data()) == 0:
		return EntryTransfer
	}
	return EntryCall
}

// event is a server-sent event (WHATWG HTML, "Server-sent events"); without an id it moves no Last-Event-ID. JSON has no
// line breaks.
func event(id, name string, data any) ([]byte, error) {
	encoded, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("explorer: encode %s: %w", name, err)
	}
	var b bytes.Buffer
	b.Grow(len(encoded) + 64)
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	fmt.Fprintf(&b, "event: %s\ndata: ", name)
	b.Write(encoded)
	b.WriteString("\n\n")
	return b.Bytes(), nil
}
