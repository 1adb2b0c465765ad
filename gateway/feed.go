package gateway

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// heartbeat is the consensus time in ms after which a run of empty ticks is reported although it goes on.
const heartbeat = 1000

// Kinds of messages of the subscription "ticks".
const (
	messageTick     = "tick"
	messageEmpty    = "empty"
	messageExecuted = "executed"
	messageRebuilt  = "rebuilt"
	messageError    = "error"
)

// TickMessage says what a tick ordered.
type TickMessage struct {
	Type   string `json:"type"`
	Number uint64 `json:"number"`
	Time   uint64 `json:"time"`
	// Seen is the time of this node's clock at which it learned of the tick, in ms since the Unix epoch; it is also when
	// this node learned of the attested results. 0 in the replay of a tick for which it is not remembered.
	Seen uint64 `json:"seen"`
	// Empty is the number of consecutive ticks without entries that this message (of type "empty") stands for; Number
	// and Time are those of the last one.
	Empty    uint64         `json:"empty,omitempty"`
	Lanes    []LaneMessage  `json:"lanes,omitempty"`
	Bundles  []BundleView   `json:"bundles,omitempty"`
	Attested []AttestedView `json:"attested,omitempty"`
}

// LaneMessage lists what a tick added to a lane; Txs[i] stands at FirstSeq+i.
type LaneMessage struct {
	Rollup   core.RollupID `json:"rollup"`
	FirstSeq uint64        `json:"firstSeq"`
	Count    uint64        `json:"count"`
	Head     common.Hash   `json:"head"`
	Txs      []common.Hash `json:"txs"`
}

// ExecutedMessage says what a tick decided. Ticks that decided nothing have none.
type ExecutedMessage struct {
	Type string      `json:"type"`
	Zone core.ZoneID `json:"zone"`
	Tick uint64      `json:"tick"`
	// Attested is the zone's newest attested tick: below Tick, except on a node that executes behind the others.
	Attested uint64 `json:"attested"`
	// Seen is the time of this node's clock at which it knew the outcomes, in ms since the Unix epoch. 0 in the replay of a
	// tick for which it is not remembered.
	Seen     uint64           `json:"seen"`
	Outcomes []OutcomeMessage `json:"outcomes"`
}

// RebuiltMessage says that this node found its results of a zone wrong, or unattested and doubtful, and executes again.
// What it sent of type "executed" for this tick and later ones is void; those messages come again, as far as they come.
// Nothing of it was attested.
type RebuiltMessage struct {
	Type string      `json:"type"`
	Zone core.ZoneID `json:"zone"`
	Tick uint64      `json:"tick"`
}

// OutcomeMessage is one decided lane position.
type OutcomeMessage struct {
	Rollup   core.RollupID    `json:"rollup"`
	Seq      uint64           `json:"seq"`
	TxHash   common.Hash      `json:"txHash"`
	Outcome  core.OutcomeCode `json:"outcome"`
	Reverted bool             `json:"reverted,omitempty"`
	Reason   string           `json:"reason,omitempty"`
	BundleID *common.Hash     `json:"bundleId,omitempty"`
	Block    *uint64          `json:"blockNumber,omitempty"`
	TxIndex  *uint64          `json:"txIndex,omitempty"`
}

// ErrorMessage is the last message of a subscription that the gateway ends.
type ErrorMessage struct {
	Type  string     `json:"type"`
	Error *ErrorView `json:"error"`
	// ResumeFrom is the tick from which to subscribe again, so that nothing is missed; what was decided already may come
	// twice. Subscriptions to ticks only.
	ResumeFrom uint64 `json:"resumeFrom,omitempty"`
}

// feed is the ring of the newest messages of the subscription "ticks". Writers never wait; every subscriber has a
// place of its own in the ring and is dropped when the ring has gone round it.
type feed struct {
	now func() time.Time

	mu sync.Mutex
	// ring[i % len] is message i, for oldest ≤ i < next. The messages in it weigh at most maxWeight, the newest excepted.
	ring         []any
	oldest, next uint64
	weight       int
	maxWeight    int
	// changed is closed and replaced when a message comes.
	changed chan struct{}

	subscribers int
	closed      bool
	done        sync.WaitGroup

	// tick is the newest one that was reported, or passed over in silence, as ordered; held are the messages about later
	// ticks' outcomes, because log and zones are followed separately and a client should see the order first.
	tick     uint64
	held     []*ExecutedMessage
	empty    emptyRun
	attested map[core.ZoneID]*attestedProgress // of every zone, see begin
	// told is, for each zone, the newest tick up to which everything that was decided is in the ring.
	told map[core.ZoneID]uint64
}

// emptyRun counts consecutive ticks that ordered nothing and were not reported yet.
type emptyRun struct {
	count, first, number, time, seen uint64
	attested                         []AttestedView
}

// attestedProgress decides whether an attested result is news: whether it covers a tick that ordered or decided something.
type attestedProgress struct {
	tick uint64
	// oldest and newest bound the ticks with content that are not reported as attested; 0 if there is none.
	oldest, newest uint64
}

func newFeed(size, maxWeight int) *feed {
	return &feed{
		now: time.Now, ring: make([]any, size), maxWeight: maxWeight, changed: make(chan struct{}),
		attested: make(map[core.ZoneID]*attestedProgress), told: make(map[core.ZoneID]uint64),
	}
}

// begin says with which tick the log ends before the first one that is reported, and which zones there are.
func (f *feed) begin(head uint64, zones []core.Zone) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tick = head
	for _, z := range zones {
		f.attested[z.ID] = new(attestedProgress)
	}
}

// ordered reports a tick, and the results that became attested with it.
func (f *feed) ordered(record *core.TickRecord, tick *core.Tick, attested []core.Attested) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.report(record, tick, attestedViews(attested))
	f.tick = tick.Number
	for len(f.held) > 0 && f.held[0].Tick <= f.tick {
		f.decided(f.held[0])
		f.held = f.held[1:]
	}
}

func (f *feed) report(record *core.TickRecord, tick *core.Tick, attested []AttestedView) {
	for _, c := range record.Members {
		if f.attested[c.Zone] == nil { // formed just now, and not executed by this node
			f.attested[c.Zone] = new(attestedProgress)
		}
	}
	news := f.progress(attested)
	if tick.Empty() {
		f.extendRun(tick, attested)
		if news || tick.Time-f.empty.first >= heartbeat {
			f.flushRun()
		}
		return
	}
	f.flushRun()
	for _, p := range f.attested {
		p.mark(tick.Number)
	}
	m := &TickMessage{Type: messageTick, Number: tick.Number, Time: tick.Time, Seen: milliseconds(f.now()), Attested: attested}
	for _, row := range record.Lanes {
		lane := LaneMessage{Rollup: row.Rollup, FirstSeq: row.FirstSeq, Count: row.Count, Head: row.Head, Txs: make([]common.Hash, 0, row.Count)}
		for _, item := range tick.Lane(row.Rollup) {
			lane.Txs = append(lane.Txs, item.Tx.Hash())
		}
		m.Lanes = append(m.Lanes, lane)
	}
	for i := range tick.Bundles {
		m.Bundles = append(m.Bundles, bundleView(&tick.Bundles[i]))
	}
	f.publish(m)
}

// executedBefore says up to which tick a zone had executed before the first one that is reported.
func (f *feed) executedBefore(zone core.ZoneID, tick uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told[zone] = tick
}

// executed reports what a tick decided.
func (f *feed) executed(zone core.ZoneID, tick uint64, fates []Fate) {
	if len(fates) == 0 {
		f.mu.Lock()
		defer f.mu.Unlock()
		if !slices.ContainsFunc(f.held, func(m *ExecutedMessage) bool { return m.Zone == zone }) {
			f.told[zone] = tick
		}
		return
	}
	m := &ExecutedMessage{Type: messageExecuted, Zone: zone, Tick: tick, Seen: milliseconds(f.now()), Outcomes: make([]OutcomeMessage, len(fates))}
	for i := range fates {
		fate := &fates[i]
		o := OutcomeMessage{Rollup: fate.Rollup, Seq: fate.Seq, TxHash: fate.TxHash, Outcome: fate.Code, Reverted: fate.Reverted}
		if fate.Bundle != (common.Hash{}) {
			o.BundleID = &fate.Bundle
		}
		if fate.Code.Void() {
			o.Reason = fate.Detail
		} else {
			o.Block, o.TxIndex = &fate.Block, &fate.Index
		}
		m.Outcomes[i] = o
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if tick > f.tick {
		f.held = append(f.held, m)
		return
	}
	f.decided(m)
}

// rebuilt reports that a zone executes again from a tick on. Messages that were held back for it are wrong.
func (f *feed) rebuilt(zone core.ZoneID, tick uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = slices.DeleteFunc(f.held, func(m *ExecutedMessage) bool { return m.Zone == zone && m.Tick >= tick })
	f.told[zone] = min(f.told[zone], tick-1)
	f.publish(&RebuiltMessage{messageRebuilt, zone, tick})
}

// decided publishes what a tick decided.
func (f *feed) decided(m *ExecutedMessage) {
	p := f.attested[m.Zone]
	p.mark(m.Tick)
	m.Attested = p.tick
	f.told[m.Zone] = m.Tick
	f.publish(m)
}

// progress notes attested results and reports whether one is news.
func (f *feed) progress(rows []AttestedView) bool {
	news := false
	for _, row := range rows {
		p, ok := f.attested[row.Zone]
		if !ok {
			continue
		}
		news = p.reach(row.Tick) || news
	}
	return news
}

// reach notes that the results are there up to a tick, and reports whether they cover a tick with content.
func (p *attestedProgress) reach(tick uint64) bool {
	if p.tick = max(p.tick, tick); p.oldest == 0 || p.oldest > tick {
		return false
	}
	if p.oldest = tick + 1; p.newest <= tick {
		p.oldest, p.newest = 0, 0
	}
	return true
}

// mark notes a tick with content, unless it is attested already.
func (p *attestedProgress) mark(tick uint64) {
	if tick <= p.tick {
		return
	}
	if p.oldest == 0 || tick < p.oldest {
		p.oldest = tick
	}
	p.newest = max(p.newest, tick)
}

// extendRun adds an empty tick to the run. Of the attested results only each zone's newest matters.
func (f *feed) extendRun(tick *core.Tick, attested []AttestedView) {
	r := &f.empty
	if r.count == 0 {
		r.first = tick.Time
	}
	r.count, r.number, r.time, r.seen = r.count+1, tick.Number, tick.Time, milliseconds(f.now())
	for _, a := range attested {
		r.attested = slices.DeleteFunc(r.attested, func(old AttestedView) bool { return old.Zone == a.Zone })
		r.attested = append(r.attested, a)
	}
}

// flushRun reports the run of empty ticks, if there is one.
func (f *feed) flushRun() {
	r := f.empty
	if r.count == 0 {
		return
	}
	f.empty = emptyRun{}
	f.publish(&TickMessage{Type: messageEmpty, Number: r.number, Time: r.time, Seen: r.seen, Empty: r.count, Attested: r.attested})
}

// publish appends a message; it must not be changed afterwards. The oldest ones make room for it.
func (f *feed) publish(message any) {
	size := uint64(len(f.ring))
	f.weight += weigh(message)
	for f.oldest < f.next && (f.next-f.oldest == size || f.weight > f.maxWeight) {
		slot := &f.ring[f.oldest%size]
		f.weight -= weigh(*slot)
		*slot = nil
		f.oldest++
	}
	f.ring[f.next%size] = message
	f.next++
	close(f.changed)
	f.changed = make(chan struct{})
}

// weigh is about how many bytes of memory a message takes.
func weigh(message any) int {
	const perMessage, perTx, perLeg, perOutcome = 256, 32, 64, 192
	weight := perMessage
	switch m := message.(type) {
	case *TickMessage:
		for _, lane := range m.Lanes {
			weight += perMessage + perTx*len(lane.Txs)
		}
		for _, b := range m.Bundles {
			weight += perMessage + perLeg*len(b.Legs)
		}
	case *ExecutedMessage:
		for _, o := range m.Outcomes {
			weight += perOutcome + len(o.Reason)
		}
	}
	return weight
}

// join takes a subscriber in; it is false when the feed is closed. Who joined must leave.
func (f *feed) join() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.subscribers++
	f.done.Add(1)
	return true
}

// anchor is a place in the ring with what the messages before it have told.
type anchor struct {
	place uint64
	// tick is the newest tick that was told as ordered, executed the newest whose outcomes were told.
	tick     uint64
	executed map[core.ZoneID]uint64
}

// anchor is the place of the next message. A run of empty ticks ends here, so that the next one begins behind it.
func (f *feed) anchor() *anchor {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flushRun()
	return &anchor{f.next, f.tick, maps.Clone(f.told)}
}

// newest is the newest tick that was told, or passed over in silence, as ordered.
func (f *feed) newest() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tick
}

func (f *feed) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subscribers--
	f.done.Done()
}

// close takes no more subscribers and waits until the last one has left.
func (f *feed) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.done.Wait()
}

// read gives back the message at a place, or a channel that is closed when one comes. lost means that the ring has gone
// round the place.
func (f *feed) read(place uint64) (message any, changed <-chan struct{}, lost bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case place == f.next:
		return nil, f.changed, false
	case place < f.oldest:
		return nil, nil, true
	}
	return f.ring[place%uint64(len(f.ring))], nil, false
}
