package gateway

import (
	"time"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// replayRound is how many ticks a replay may be behind when it takes its place in the feed: the ring must not go round
	// while they are read.
	replayRound = 256
	// replayRing holds the messages that one step of a replay makes.
	replayRing = 16
	// replayLookback is how many lane positions a replay looks back for ones that its first tick could have decided.
	replayLookback = 10_000
)

// replayer tells from the log what the feed told before. It is a feed of its own, so both use the same words.
type replayer struct {
	g    *Gateway
	s    *subscriber
	feed *feed
	sent *resumption
	next uint64 // the first tick that is not told
	read uint64 // the place in the feed up to which messages are sent
	// zones are those whose outcomes are told, ascending; cursors say how far that is.
	zones   []core.ZoneID
	cursors map[core.ZoneID]*cursors
}

// replay sends the ticks from `from` on and gives back the place in the feed at which to go on; nil means that the
// subscription is over.
func (g *Gateway) replay(s *subscriber, from uint64, sent *resumption) (*anchor, error) {
	sent.tick = from
	r, err := g.newReplayer(s, from, sent)
	if err != nil {
		return nil, err
	}
	for {
		at := g.feed.anchor()
		last := at.tick < r.next+replayRound
		to := at.tick
		if !last {
			to = r.next + replayRound - 1
		}
		for r.next <= to {
			if ok, err := r.step(at); !ok || err != nil {
				return nil, err
			}
		}
		if !last {
			continue
		}
		r.feed.flush()
		if ok, err := r.decided(at, at.tick); !ok || err != nil {
			return nil, err
		}
		return at, nil
	}
}

func (g *Gateway) newReplayer(s *subscriber, from uint64, sent *resumption) (*replayer, error) {
	r := &replayer{
		g: g, s: s, feed: newFeed(replayRing, g.cfg.FeedBytes), sent: sent, next: from,
		cursors: make(map[core.ZoneID]*cursors),
	}
	r.feed.begin(from-1, g.deps.zones())
	first, err := g.firstSeqs(from)
	if err != nil {
		return nil, err
	}
	for _, id := range g.deps.served() {
		c := &cursors{id: id, zone: g.deps.Zones[id], start: from - 1, next: make(map[core.RollupID]uint64)}
		for _, rollup := range g.deps.Genesis.Members(id) {
			if c.next[rollup], err = undecidedBefore(c.zone, rollup, first[rollup], from); err != nil {
				return nil, err
			}
		}
		r.zones, r.cursors[id] = append(r.zones, id), c
	}
	return r, nil
}

// undecidedBefore is a lane position, at most seq, from which on everything is found that tick n or a later one decided.
func undecidedBefore(z Zone, rollup core.RollupID, seq, n uint64) (uint64, error) {
	// Singles of a lane are decided in order, bundle legs may be decided before singles that stand before them.
	for looked := 0; seq > 0 && looked < replayLookback; looked++ {
		fate, ok, err := z.Fate(rollup, seq-1)
		if err != nil {
			return 0, err
		}
		if ok && fate.Tick < n && !fate.isLeg() {
			break
		}
		seq--
	}
	return seq, nil
}

// firstSeqs are the lane positions behind those that were ordered before tick n, of every rollup.
func (g *Gateway) firstSeqs(n uint64) (map[core.RollupID]uint64, error) {
	first := make(map[core.RollupID]uint64, len(g.deps.Genesis.InForce().Rollups))
	for _, r := range g.deps.Genesis.InForce().Rollups {
		first[r.ID] = g.deps.Ledger.Lane(r.ID).NextSeq // unless the log moves the lane from n on
	}
	found := make(map[core.RollupID]bool, len(first))
	for head := g.deps.Log.Head(); n <= head && len(found) < len(first); n++ {
		record, err := g.deps.Log.Record(n)
		if err != nil {
			return nil, err
		}
		for _, row := range record.Lanes {
			if !found[row.Rollup] {
				found[row.Rollup], first[row.Rollup] = true, row.FirstSeq
			}
		}
	}
	return first, nil
}

// step tells the next tick, and what was decided up to it as far as the feed has told it too. ok is false when the
// subscription is over.
func (r *replayer) step(at *anchor) (ok bool, err error) {
	record, tick, err := r.g.readTick(r.next)
	if err != nil {
		return false, err
	}
	r.feed.now = r.clock(r.g.times.orderedAt(r.next))
	attested := record.Attested
	if r.next == at.tick { // the feed has told of votes that the record of the next tick has
		attested = r.g.attestedWith(record, r.g.attested.of)
	}
	r.feed.ordered(record, tick, attested)
	r.next++
	if !r.send() {
		return false, nil
	}
	return r.decided(at, tick.Number)
}

// decided tells the outcomes of the ticks up to a tick, as far as the feed has told them.
func (r *replayer) decided(at *anchor, to uint64) (ok bool, err error) {
	for _, zone := range r.zones {
		c := r.cursors[zone]
		for c.start < min(to, at.executed[zone]) {
			fates, err := r.g.decidedIn(c, c.start+1)
			if err != nil {
				return false, err
			}
			c.start++
			r.feed.now = r.clock(r.g.times.executedAt(zone, c.start))
			r.feed.executed(zone, c.start, fates)
			if !r.send() {
				return false, nil
			}
		}
	}
	return r.send(), nil
}

// clock is the clock of the past.
func (r *replayer) clock(ms uint64) func() time.Time {
	return func() time.Time { return time.UnixMilli(int64(ms)) }
}

// send sends what the feed has told; false means that the subscription is over.
func (r *replayer) send() bool {
	for {
		message, _, _ := r.feed.read(r.read)
		if message == nil {
			return true
		}
		if !r.s.send(message) {
			return false
		}
		r.sent.sent(message)
		r.read++
	}
}

// flush reports the run of empty ticks, if there is one.
func (f *feed) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flushRun()
}

// isLeg reports whether the position is a bundle's leg.
func (f *Fate) isLeg() bool { return f.Bundle != [32]byte{} }
