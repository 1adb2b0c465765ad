package opstack

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
)

// order is a build that op-node has asked for and that is filled when it wants the payload.
type order struct {
	call call
	// id is that of the execution client's build with the deposits alone.
	id payloadID
	// seen is shared by all copies of the order.
	seen *foresight
}

// attributesWith are op-node's with transactions behind its own and nothing else; local leaves them as they are.
func (o *order) attributesWith(txs []candidate, local bool) (json.RawMessage, error) {
	if local {
		return o.call.attributes.raw, nil
	}
	all := slices.Clone(o.call.attributes.Transactions)
	for _, c := range txs {
		all = append(all, c.raw)
	}
	return withTransactions(o.call.attributes.raw, all)
}

// filler fills the builds of op-node with the chain's lane.
type filler struct {
	adapter  *Adapter
	operator *Operator
	chain    *execution
	journal  *journal
	log      *slog.Logger
	// turn is held by who seals: builds one after the other.
	turn chan struct{}
	// previews look ahead; nil without a stream.
	previews *previewer

	mu         sync.Mutex
	lane       laneCopy
	after      lane.Cursor
	book       *book
	orders     []*order
	head       common.Hash     // of op-node's newest forkchoiceUpdated
	state      json.RawMessage // all of it
	heard      time.Time       // when consensus time last went on, or the reading of the lane began
	moved      chan struct{}   // closed and replaced when the lane brings something, or there is something to report
	identified bool
	shown      SharedState
}

// newFiller reads the journal.
func newFiller(a *Adapter) (*filler, error) {
	f := &filler{
		adapter: a, operator: a.operator, chain: a.chain, log: a.log.With("rollup", a.operator.Rollup), turn: make(chan struct{}, 1),
		book: newBook(), moved: make(chan struct{}),
	}
	var err error
	if f.journal, err = openJournal(a.cfg.Journal, f.book); err != nil {
		return nil, err
	}
	from, _, _ := f.book.oldest()
	f.after = lane.Cursor{Seq: from}
	if n := len(f.book.order); n > 0 {
		f.shown.Cursor = f.book.records[f.book.order[n-1]].NextSeq
	}
	return f, nil
}

// prepare notes what op-node wants, and gives the request that the execution client gets in its place: of a sequencer's build it
// makes the deposits alone for now. nil leaves the request as it is.
func (f *filler) prepare(c call, mode Mode) []byte {
	if c.kind != forkchoiceUpdated {
		return nil
	}
	f.mu.Lock()
	f.head, f.state = c.head, c.state
	f.mu.Unlock()
	f.previews.moved(c.head)
	if mode != Shared || c.attributes == nil || c.attributes.NoTxPool || c.attributes.GasLimit == 0 {
		return nil
	}
	attributes, err := withTransactions(c.attributes.raw, c.attributes.Transactions)
	if err != nil {
		return nil
	}
	body, err := json.Marshal(request{"2.0", c.request, c.method, []json.RawMessage{c.state, attributes}})
	if err != nil {
		return nil
	}
	return body
}

// opened takes notice of a build that was prepared and begun.
func (f *filler) opened(c call, id payloadID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := &order{c, id, new(foresight)}
	f.orders = slices.DeleteFunc(f.orders, func(before *order) bool {
		again := before.id.String() == id.String() && before.call.head == c.head
		if again { // the same attributes
			o.seen = before.seen
		} else {
			before.seen.forget()
		}
		return again
	})
	if f.orders = append(f.orders, o); len(f.orders) > maxJobs {
		f.orders = f.orders[1:]
	}
	f.previews.opened(o)
}

// wanted is the order whose payload op-node asks for; nil for one that is not to be filled: of another head, or none at all.
func (f *filler) wanted(id payloadID) *order {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range slices.Backward(f.orders) {
		if o.id.String() == id.String() && o.call.head == f.head {
			filled := *o
			filled.call.state = f.state
			return &filled
		}
	}
	return nil
}

// answer is the answer to getPayload with a block that the lane fills; nil leaves the call to the execution client, which has a
// block of the deposits alone. op-node never sees an error of a build that it did not ask for.
func (f *filler) answer(ctx context.Context, c call) []byte {
	o := f.wanted(c.id)
	if o == nil {
		return nil
	}
	f.previews.closed(o, c.method)
	p := f.made(ctx, o, c.method)
	if p == nil {
		return nil
	}
	f.previews.sealed(o, p)
	body, err := json.Marshal(response{"2.0", c.request, p.answer})
	if err != nil {
		return nil
	}
	return body
}

// made is the block for an order, or else the last resort, if it was read: the execution client may have forgotten it.
func (f *filler) made(ctx context.Context, o *order, version string) *payload {
	if f.adapter.Mode() != Shared { // out of it the lane may not be followed any more
		return o.seen.lastResort(version)
	}
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return nil
	}
	begun := time.Now()
	p, err := f.seal(ctx, o, version)
	f.adapter.meters.fill.Observe(time.Since(begun).Seconds())
	if err != nil {
		if ctx.Err() != nil { // op-node has hung up, and will ask again
			return nil
		}
		f.trouble(fmt.Sprintf("block on %s: %v", o.call.head, err))
		f.adapter.meters.unfilled.Inc()
		return o.seen.lastResort(version)
	}
	return p
}

// seal makes the block at a place and writes down what it took, before anybody gets it.
func (f *filler) seal(ctx context.Context, o *order, version string) (*payload, error) {
	if err := f.identify(ctx); err != nil {
		return nil, err
	}
	at := place{o.call.head, uint64(o.call.attributes.Timestamp)}
	decision, cut, err := f.decide(ctx, at)
	if err != nil {
		return nil, err
	}
	first, err := f.cursor(ctx, at.parent)
	if err != nil {
		return nil, err
	}
	made := record{Parent: at.parent, Timestamp: at.timestamp, FirstSeq: first, NextSeq: first, Decision: decision, CutTick: cut.number}
	var p *payload
	switch decision {
	case core.CutByTicks:
		var r *rounds
		if p, r, err = f.fill(ctx, o, first, cut.next, version); err == nil {
			made.NextSeq, made.Skips = r.end, r.skipped()
		}
	case core.CutLocal:
		p, err = f.chain.build(ctx, o, nil, version, true)
	default:
		p, err = f.alone(ctx, o, version)
	}
	if err != nil {
		return nil, err
	}
	made.Hash, made.Number = p.head.Hash, uint64(p.head.Number)
	return p, f.keep(made, len(p.ordered))
}

// identify checks, once, that the execution client's chain is the operator's rollup.
func (f *filler) identify(ctx context.Context) error {
	if f.identified {
		return nil
	}
	id, err := f.chain.chainID(ctx)
	if err != nil {
		return err
	}
	if id != f.operator.Rollup {
		return fmt.Errorf("%w: its chain id is %s, it was to be filled with the lane of rollup %s", ErrExecution, id, f.operator.Rollup)
	}
	f.identified = true
	return nil
}

// decide finds the cut of a place: the one that was recorded, or that of the ticks; if the network is behind for too long, the
// policy says what is done instead.
func (f *filler) decide(ctx context.Context, at place) (core.CutDecision, tickEnd, error) {
	patience := time.NewTimer(f.patience())
	defer patience.Stop()
	late := patience.C
	if f.adapter.cfg.OnGap == GapWait {
		late = nil
	}
	for {
		f.mu.Lock()
		decision, cut, known := f.cutOf(at)
		moved := f.moved
		f.mu.Unlock()
		if known {
			return decision, cut, nil
		}
		select {
		case <-ctx.Done():
			return 0, tickEnd{}, ctx.Err()
		case <-moved:
			continue
		case <-late:
		}
		decision = core.CutEmpty
		if f.adapter.cfg.OnGap == GapLocal {
			decision = core.CutLocal
		}
		f.adapter.meters.gaps.Inc()
		f.log.Warn("the network is behind: a block without its transactions", "reason", f.adapter.cfg.OnGap)
		return decision, tickEnd{}, nil
	}
}

// patience is how long a block waits for the network: GapWait from when its clock last went on, so that only the first blocks of an
// outage wait.
func (f *filler) patience() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(0, f.adapter.cfg.GapWait-time.Since(f.heard))
}

// cutOf is what is known of a place's cut; mu is held.
func (f *filler) cutOf(at place) (core.CutDecision, tickEnd, bool) {
	recorded, decided := f.book.decision(at)
	switch {
	case decided && recorded.Decision != core.CutByTicks:
		return recorded.Decision, tickEnd{}, true
	case decided:
		// It ends where it ended, also if that was because the time was used up.
		return core.CutByTicks, tickEnd{number: recorded.CutTick, next: recorded.NextSeq}, f.lane.end() >= recorded.NextSeq
	}
	cut, known := f.lane.cut(f.cutTime(at.timestamp))
	return core.CutByTicks, cut, known
}

// cutTime is the consensus time in ms up to which a block of a timestamp takes the lane.
func (f *filler) cutTime(timestamp uint64) uint64 {
	at, delta := timestamp*1000, uint64(f.adapter.cfg.SealDelta.Milliseconds())
	return at - min(at, delta)
}

// cursor is the position behind what a block and all before it took. Where no record says so, the blocks are compared with the lane.
func (f *filler) cursor(ctx context.Context, hash common.Hash) (uint64, error) {
	f.mu.Lock()
	oldest, lowest, any := f.book.oldest()
	f.mu.Unlock()
	if !any {
		return 0, nil
	}
	var path []*body
	for len(path) <= window {
		f.mu.Lock()
		r, known := f.book.records[hash]
		f.mu.Unlock()
		if known {
			return f.replay(r.NextSeq, path)
		}
		b, err := f.chain.bodyOf(ctx, hash)
		if err != nil {
			return 0, err
		}
		if b.number < lowest {
			return f.replay(oldest, path)
		}
		path, hash = append(path, b), b.parent
	}
	return 0, fmt.Errorf("%w: none of the %d blocks before %s has a record", ErrJournal, window, hash)
}

// replay matches blocks, newest first, with the lane from a cursor on.
func (f *filler) replay(cursor uint64, path []*body) (uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lane.first > cursor {
		return 0, fmt.Errorf("%w: the lane is known from %d on, a block begins at %d", ErrJournal, f.lane.first, cursor)
	}
	for _, b := range slices.Backward(path) {
		cut, _ := f.lane.cut(f.cutTime(b.timestamp))
		cursor = match(f.lane.transactions(cursor, cut.next), b.ordered, cursor)
	}
	return cursor, nil
}

// alone is the block with the deposits alone, of the build that op-node asked for. It is read once: execution clients keep few builds.
func (f *filler) alone(ctx context.Context, o *order, version string) (*payload, error) {
	if p := o.seen.lastResort(version); p != nil {
		return p, nil
	}
	p, err := f.chain.payload(ctx, o, o.id, version)
	if err == nil {
		o.seen.keepResort(p, version)
	}
	return p, err
}

// fill builds until the execution client takes what is left of the lane's part.
func (f *filler) fill(ctx context.Context, o *order, first, cut uint64, version string) (*payload, *rounds, error) {
	f.mu.Lock()
	all := f.lane.transactions(first, cut)
	f.mu.Unlock()
	if p, r := o.seen.ready(part{first, max(first, cut)}, len(all), version); p != nil {
		f.adapter.meters.foreseen.Inc()
		return p, r, nil
	}
	r := newRounds(all, max(first, cut), roomOf(o.call.attributes, version), f.operator.Rollup)
	r.alone = len(o.call.attributes.Transactions) <= 1
	r.without(o.seen.known())
	t := &trials{filler: f, order: o, version: version, rounds: r}
	for begun := time.Now(); ; {
		n, more := r.next()
		switch {
		case more:
			if err := t.build(ctx, n); err != nil {
				return nil, nil, err
			}
		case t.settled(ctx):
			p, err := t.block(ctx)
			return p, r, err
		}
		if time.Since(begun) > f.adapter.cfg.FillTime {
			r.stop()
		}
	}
}

// keep writes a record down.
func (f *filler) keep(r record, filled int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.adapter.meters.cursor.Set(float64(r.NextSeq))
	if f.shown.Problem != "" {
		f.log.Info("blocks are filled again", "height", r.Number)
	}
	f.shown.Problem = ""
	f.shown.Cursor = r.NextSeq
	if !f.book.add(r) {
		return nil
	}
	if err := f.journal.write(r); err != nil {
		return err
	}
	f.adapter.meters.filled.Add(float64(filled))
	f.adapter.meters.skipped.Add(float64(len(r.Skips)))
	f.news()
	return nil
}

// news wakes who waits for the lane, or for something to report; mu is held.
func (f *filler) news() {
	close(f.moved)
	f.moved = make(chan struct{})
}

// trouble notes what is wrong, and logs it when it is news.
func (f *filler) trouble(problem string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shown.Problem != problem {
		f.log.Warn("the lane does not fill the block", "err", problem)
	}
	f.shown.Problem = problem
}
