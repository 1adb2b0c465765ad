package opstack

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
)

const (
	// maxLead bounds how long before a block's timestamp op-node is thought to want its payload.
	maxLead = time.Second
	// maxArrivals bounds the ticks that wait to be told, maxFinals the blocks.
	maxArrivals = 4096
	maxFinals   = 64
	// previewTimeout bounds one preview, with the reading of its receipts.
	previewTimeout = 10 * time.Second
	// settleTimeout bounds the wait for op-node to take the block that it got.
	settleTimeout = time.Second
)

// payloadVersions are the versions of getPayload, newest first, until op-node has said which one the chain's fork wants.
var payloadVersions = []string{"engine_getPayloadV5", "engine_getPayloadV4", "engine_getPayloadV3"}

// codeUnsupportedFork is the Engine API's error for a version of another fork.
const codeUnsupportedFork = -38005

// previewer builds what the lane has brought so far while a build of op-node's is open, and tells it on the stream. It makes at most
// one build at a time, and none that op-node's own would have to wait for.
type previewer struct {
	f        *filler
	stream   *stream
	interval time.Duration
	log      *slog.Logger

	mu sync.Mutex
	// order is the build that is open; nil for none. stop ends the preview under way.
	order *order
	stop  context.CancelFunc
	// finals are the blocks that op-node got and that the stream has not told yet.
	finals []final
	// lead is how long before a block's timestamp op-node wanted the last payload, and version what it called that.
	lead     time.Duration
	version  string
	wake     chan struct{}
	arrivals []arrival
	shown    PreviewState

	// The rest is the loop's alone.
	seq        sequence
	identified bool
	// began is when the last preview of the lane began, took how long the one before took.
	began time.Time
	took  time.Duration
	seen  seen
}

// seen is how far the stream is with an order.
type seen struct {
	order *order
	// deposits: they were told. placed: it is known where the part begins; up to its cut the lane was looked at.
	deposits, placed bool
	part             part
	// full: what the lane brings has no room in the block.
	full bool
}

// final is the block that op-node got for an order.
type final struct {
	order   *order
	payload *payload
}

// arrival is when the lane was read up to a position.
type arrival struct {
	end uint64
	at  time.Time
}

// PreviewState is what the stream of pre-confirmed blocks has said last.
type PreviewState struct {
	// Address is where the stream is, and Subscribers how many listen.
	Address     string `json:"address"`
	Subscribers int    `json:"subscribers"`
	// Height, Index and Transactions are of the newest message: the block's number, the message's place in the block, and how many of the
	// block's transactions were told so far, deposits included.
	Height       uint64 `json:"height"`
	Index        uint64 `json:"index"`
	Transactions int    `json:"transactions"`
	// Resets are how often what was told became void.
	Resets uint64 `json:"resets"`
	// Problem is why the last preview could not be told; empty when it was.
	Problem string `json:"problem,omitempty"`
}

// newPreviewer begins with a random id, because ids of an earlier run must not come again.
func newPreviewer(f *filler, s *stream, interval time.Duration) (*previewer, error) {
	var seed [8]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, err
	}
	p := &previewer{f: f, stream: s, interval: interval, log: f.log, wake: make(chan struct{}, 1), stop: func() {}}
	p.seq.id = binary.BigEndian.Uint64(seed[:])
	return p, nil
}

// openStream opens the stream's port, if there is to be one.
func (f *filler) openStream() error {
	cfg := f.adapter.cfg
	if cfg.Stream == "" {
		return nil
	}
	s, err := newStream(cfg.Stream, f.adapter.meters, f.log)
	if err != nil {
		return err
	}
	f.previews, err = newPreviewer(f, s, cfg.StreamInterval)
	return err
}

// closeStream ends the stream and all its subscriptions.
func (f *filler) closeStream() error {
	if f.previews == nil {
		return nil
	}
	return f.previews.stream.close()
}

// opened takes notice of a build that is open.
func (p *previewer) opened(o *order) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.order = o
	p.stop()
	p.nudge()
}

// moved takes notice of the head that op-node names: a build on another one is not open any more.
func (p *previewer) moved(head common.Hash) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.order != nil && p.order.call.head != head {
		p.order = nil
		p.stop()
	}
}

// closed takes notice of op-node's wanting a payload: from here on the execution client is for nothing else.
func (p *previewer) closed(o *order, version string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version = version
	p.lead = min(max(time.Until(time.Unix(int64(o.call.attributes.Timestamp), 0)), 0), maxLead)
	if p.order != nil && p.order.seen == o.seen {
		p.order = nil
		p.stop()
	}
}

// sealed takes notice of the block that op-node gets.
func (p *previewer) sealed(o *order, made *payload) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.finals) < maxFinals {
		p.finals = append(p.finals, final{o, made})
	}
	p.nudge()
}

// arrived takes notice of a tick, and of the lane's having been read up to a position with it.
func (p *previewer) arrived(t *lane.Tick, end uint64) {
	brings := func(item core.LaneItem) bool { return item.Tx.Block() == nil && item.Tx.Report() == nil }
	if p == nil || !slices.ContainsFunc(t.Items, brings) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.arrivals) < maxArrivals {
		p.arrivals = append(p.arrivals, arrival{end, time.Now()})
	}
}

// nudge wakes the loop; mu is held.
func (p *previewer) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *previewer) view() *PreviewState {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	v := p.shown
	p.mu.Unlock()
	v.Address, v.Subscribers = p.stream.listener.Addr().String(), p.stream.count()
	return &v
}

// run looks ahead until ctx ends.
func (p *previewer) run(ctx context.Context) {
	for ctx.Err() == nil {
		p.f.mu.Lock()
		moved := p.f.moved
		p.f.mu.Unlock()
		pause := time.NewTimer(p.step(ctx))
		select {
		case <-ctx.Done():
		case <-moved:
		case <-p.wake:
		case <-pause.C:
		}
		pause.Stop()
	}
}

// idle is how long the loop waits when there is nothing to wait for but news.
const idle = time.Minute

// step does one thing, and gives the time after which there may be more to do without any news.
func (p *previewer) step(ctx context.Context) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, previewTimeout)
	defer cancel()
	p.mu.Lock()
	o := p.order
	if len(p.finals) > 0 {
		made := p.finals[0]
		p.finals, p.stop = p.finals[1:], func() {} // a block that is made is told whatever follows
		p.mu.Unlock()
		p.note(ctx, p.tell(ctx, made.order, made.payload, true))
		return 0
	}
	p.stop = cancel
	p.mu.Unlock()
	if p.f.adapter.Mode() != Shared {
		p.forget()
		return idle
	}
	if o == nil {
		return idle
	}
	if o = p.f.wanted(o.id); o == nil {
		return idle
	}
	if p.seen.order == nil || p.seen.order.seen != o.seen {
		p.seen = seen{order: o}
	}
	pause, err := p.look(ctx, o)
	p.note(ctx, err)
	return pause
}

// forget lets go of what was read and is told by nobody here.
func (p *previewer) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.arrivals = nil
}

// look tells what is new in an order.
func (p *previewer) look(ctx context.Context, o *order) (time.Duration, error) {
	seals := time.Unix(int64(o.call.attributes.Timestamp), 0)
	if time.Now().After(seals) { // op-node catches up, and does not wait
		return idle, nil
	}
	if !p.seen.deposits {
		if err := p.deposits(ctx, o); err != nil {
			return p.interval, err
		}
		p.seen.deposits = true
		return 0, nil
	}
	next, sure, err := p.part(ctx, o)
	switch {
	case err != nil:
		return p.interval, err
	case next.cut <= p.seen.part.cut || p.seen.full:
		return idle, nil
	case !p.brings(p.seen.part.cut, next.cut):
		p.seen.part = next
		return 0, nil
	}
	if wait := time.Until(p.began.Add(p.interval)); wait > 0 && !sure {
		return wait, nil
	}
	p.mu.Lock()
	lead := p.lead
	p.mu.Unlock()
	if !sure && time.Now().Add(p.took+lead).After(seals) { // op-node's build would find the execution client busy
		return idle, nil
	}
	return 0, p.build(ctx, o, next)
}

// part is the lane's part for an order as far as it is known; sure says that it is all.
func (p *previewer) part(ctx context.Context, o *order) (next part, sure bool, err error) {
	at := place{o.call.head, uint64(o.call.attributes.Timestamp)}
	if !p.seen.placed {
		first, err := p.f.cursor(ctx, at.parent)
		if err != nil {
			return part{}, false, err
		}
		p.seen.part, p.seen.placed = part{first, first}, true
	}
	next = p.seen.part
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	decision, cut, sure := p.f.cutOf(at)
	if decision == core.CutByTicks && cut.next <= p.f.lane.end() {
		next.cut = max(next.cut, cut.next)
	}
	return next, sure, nil
}

// brings tells whether a part of the lane has transactions.
func (p *previewer) brings(from, to uint64) bool {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	return len(p.f.lane.transactions(from, to)) > 0
}

// deposits tells the deposits of an order.
func (p *previewer) deposits(ctx context.Context, o *order) error {
	if !p.identified {
		id, err := p.f.chain.chainID(ctx)
		if err != nil {
			return err
		}
		if id != p.f.operator.Rollup {
			return fmt.Errorf("%w: its chain id is %s", ErrExecution, id)
		}
		p.identified = true
	}
	alone, version, err := p.alone(ctx, o)
	if err != nil {
		return err
	}
	if err := p.f.chain.try(ctx, o, alone, version); err != nil {
		return err
	}
	return p.tell(ctx, o, alone, false)
}

// alone is the block with the deposits alone, and the version of getPayload that gave it.
func (p *previewer) alone(ctx context.Context, o *order) (*payload, string, error) {
	p.mu.Lock()
	version := p.version
	p.mu.Unlock()
	var errs []error
	for _, v := range append([]string{version}, payloadVersions...) {
		if v == "" {
			continue
		}
		made, err := p.f.alone(ctx, o, v)
		if err == nil {
			p.mu.Lock()
			p.version = v
			p.mu.Unlock()
			return made, v, nil
		}
		if errs = append(errs, err); !otherFork(err) {
			break
		}
	}
	return nil, "", errors.Join(errs...)
}

// otherFork tells whether a version is not that of the chain's fork.
func otherFork(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.code == codeUnsupportedFork
}

// build builds a part of the lane and tells what is new in it.
func (p *previewer) build(ctx context.Context, o *order, next part) error {
	p.mu.Lock()
	version := p.version
	p.mu.Unlock()
	p.began = time.Now()
	made, r, err := p.f.fill(ctx, o, next.first, next.cut, version)
	p.took = time.Since(p.began)
	if err = errors.Join(err, ctx.Err()); err != nil { // what was ended in the middle may know less of its reasons
		return err
	}
	p.f.mu.Lock()
	count := len(p.f.lane.transactions(next.first, next.cut))
	p.f.mu.Unlock()
	o.seen.found(outcome{next, count, version, made, r})
	p.seen.part, p.seen.full = next, r.end < next.cut && !r.exhausted()
	p.f.adapter.meters.previews.Inc()
	return p.tell(ctx, o, made, false)
}

// tell says on the stream what is new in a block.
func (p *previewer) tell(ctx context.Context, o *order, made *payload, sealed bool) error {
	b, err := readPreview(o, made)
	if err != nil {
		return err
	}
	if p.seq.weigh(b, sealed) == turnNothing {
		p.seq.say(b, nil, sealed)
		return nil
	}
	receipts, problem := p.f.chain.receipts(ctx, b)
	if problem != nil && sealed {
		p.settled(ctx, b.Hash)
		receipts, problem = p.f.chain.receipts(ctx, b)
	}
	if problem != nil {
		p.f.adapter.meters.blind.Inc()
	}
	if !sealed && ctx.Err() != nil {
		return ctx.Err() // op-node's block says it
	}
	m, t := p.seq.say(b, receipts, sealed)
	text, err := json.Marshal(m)
	if err == nil {
		err = p.stream.publish(text, m.Index == 0)
	}
	if t == turnReset {
		p.f.adapter.meters.previewResets.Inc()
		p.log.Info("what was pre-confirmed is void", "height", m.Metadata.Number)
	}
	p.told(m, t, sealed)
	return errors.Join(err, problem)
}

// settled returns when a block is the chain's head, where every execution client gives its receipts, or after a while.
func (p *previewer) settled(ctx context.Context, hash common.Hash) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	for {
		head, _, changed := p.f.adapter.newestHead()
		if head == hash {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// told notes what was said.
func (p *previewer) told(m *subblock, t turn, sealed bool) {
	now, end := time.Now(), p.seen.part.cut
	if sealed {
		p.f.mu.Lock()
		end = max(end, p.f.shown.Cursor)
		p.f.mu.Unlock()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown.Height, p.shown.Index, p.shown.Transactions = m.Metadata.Number, m.Index, len(p.seq.told)
	if t == turnReset {
		p.shown.Resets++
	}
	for len(p.arrivals) > 0 && p.arrivals[0].end <= end {
		p.f.adapter.meters.previewed.Observe(now.Sub(p.arrivals[0].at).Seconds())
		p.arrivals = p.arrivals[1:]
	}
}

// note shows what is wrong. What was ended because op-node goes on is not.
func (p *previewer) note(ctx context.Context, err error) {
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	problem := ""
	if err != nil {
		problem = err.Error()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if problem != "" && p.shown.Problem != problem {
		p.log.Warn("a block is not pre-confirmed", "err", problem)
	}
	p.shown.Problem = problem
}
