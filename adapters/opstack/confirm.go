package opstack

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// Network is the way to the network, with client/lane behind it.
type Network interface {
	// Newest is the lane position of the newest block that was told; ok is false if there is none.
	Newest(ctx context.Context) (seq uint64, ok bool, err error)
	// Follow reads the lane from a cursor on until ctx ends (nil) or it can never go on.
	Follow(ctx context.Context, from lane.Cursor, reader lane.Reader) error
	// SubmitBlock hands in a signed block. An error has a reason, see lane.Reason, if it is an answer of a gateway's.
	SubmitBlock(ctx context.Context, b *core.Block) (common.Hash, error)
	// SubmitReport hands in a signed report, with errors alike.
	SubmitReport(ctx context.Context, r *core.Report) (common.Hash, error)
}

// Operator is who speaks for a chain in the network.
type Operator struct {
	Rollup    core.RollupID
	NetworkID core.NetworkID
	// Key is the key of the chain's operator in the genesis.
	Key     *ecdsa.PrivateKey
	Network Network
}

const (
	// sequencing is how long after its last build op-node counts as the chain's sequencer. Only a sequencer's proxy tells blocks:
	// those of other op-nodes of the chain would tell what they have not heard of yet as a reorg.
	sequencing = 30 * time.Second
	// resendAfter is how long a block may be on its way before it is handed in again: pools may lose what is not ordered.
	resendAfter = 5 * time.Second
	// replay is how many positions before the newest block the lane is read again at the start, to know the chain told.
	replay = 2048
	// callTimeout bounds one call of the execution client or the network.
	callTimeout = 5 * time.Second
	firstPause  = 100 * time.Millisecond
	lastPause   = 5 * time.Second
	laneRoom    = 256
	reasonKnown = "alreadyKnown"
	maxSeen     = 1 << 12
	// laneSilence is how long the lane may bring nothing, not even its clock, until another connection is made.
	laneSilence = 15 * time.Second
)

// laneEvent is what the lane brought.
type laneEvent struct {
	block *core.Block
	seq   uint64
	// caught: the lane has been read to its end. anew: it is read from an earlier place again. proven is the end of what the
	// validators have signed; zero for no news.
	caught, anew bool
	proven       uint64
}

// confirmer tells the chain's blocks to the network for as long as the mode is Confirm or Shared.
type confirmer struct {
	adapter  *Adapter
	operator *Operator
	chain    *execution
	log      *slog.Logger
	machine  machine
	events   chan laneEvent
	// seen is when heads were taken, until they are ordered.
	seen map[common.Hash]time.Time
	// progress is when something was ordered, or sent to an empty queue.
	progress time.Time
	// identified: the execution client's chain is the rollup.
	identified bool
}

// tellBlocks runs until ctx ends.
func (a *Adapter) tellBlocks(ctx context.Context) {
	c := &confirmer{
		adapter: a, operator: a.operator, chain: a.chain, log: a.log.With("rollup", a.operator.Rollup),
		events: make(chan laneEvent, laneRoom), seen: make(map[common.Hash]time.Time),
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { c.follow(ctx); return nil })
	group.Go(func() error { c.run(ctx); return nil })
	_ = group.Wait() // both end with ctx alone
}

// run takes one step after the other.
func (c *confirmer) run(ctx context.Context) {
	pause := time.Duration(0)
	for ctx.Err() == nil {
		changed := c.listen()
		next := c.machine.next()
		if !c.adapter.sequences() && next.kind != stepWait {
			next = step{kind: stepWait}
		}
		if next.kind == stepWait && len(c.machine.sent) > 0 && time.Since(c.progress) > resendAfter {
			c.resend(ctx)
		}
		if next.kind != stepWait {
			if err := c.take(ctx, next); err == nil {
				pause = 0
				c.report(nil)
				continue
			} else if ctx.Err() == nil {
				c.report(err)
				pause = min(max(2*pause, firstPause), lastPause)
			}
		}
		c.wait(ctx, changed, pause, next.kind == stepWait)
	}
}

// wait returns when something is heard or, after a failure, when it is time to try again.
func (c *confirmer) wait(ctx context.Context, changed <-chan struct{}, pause time.Duration, idle bool) {
	if idle {
		pause = resendAfter / 5
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	if !idle {
		changed = nil // a head is no reason to try again earlier
	}
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-changed:
	case e := <-c.events:
		c.hear(e)
	}
}

// listen takes in what was heard since the last step. The channel is closed at the next change of the head.
func (c *confirmer) listen() <-chan struct{} {
	head, at, changed := c.adapter.newestHead()
	if head != (common.Hash{}) && head != c.machine.target {
		if len(c.seen) < maxSeen {
			c.seen[head] = at
		}
		c.machine.moved(head)
	}
	for {
		select {
		case e := <-c.events:
			c.hear(e)
		default:
			return changed
		}
	}
}

// hear takes in what the lane brought.
func (c *confirmer) hear(e laneEvent) {
	m, meters := &c.machine, c.adapter.meters
	switch {
	case e.anew:
		m.begin()
	case e.block != nil:
		c.progress = time.Now()
		reorg := m.order(e.block, e.seq)
		if at, ours := c.seen[e.block.Hash]; ours {
			meters.ordered.Observe(time.Since(at).Seconds())
			delete(c.seen, e.block.Hash)
		}
		if m.caught && reorg {
			meters.reorgs.Inc()
			c.log.Warn("the chain went back: a new branch begins", "height", e.block.Number, "seq", e.seq)
		}
	case e.caught:
		m.caught = true
	}
	if e.proven > 0 {
		c.adapter.proven(m.ordered, e.proven)
	}
	c.adapter.told(m)
}

// take carries out a step.
func (c *confirmer) take(ctx context.Context, s step) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := c.identify(ctx); err != nil {
		return err
	}
	switch s.kind {
	case stepHead:
		b, err := c.chain.blockOf(ctx, s.hash)
		if err = c.strange(err); err != nil {
			return err
		}
		c.machine.read(b)
	case stepHash:
		hash, err := c.chain.hashAt(ctx, s.number)
		if err != nil {
			return err
		}
		c.machine.compared(s.number, hash)
	case stepBlock:
		b, err := c.chain.blockAt(ctx, s.number)
		if err = c.strange(err); err != nil {
			return err
		}
		if tell := c.machine.got(b); tell.kind == stepTell {
			return c.tell(ctx, tell.block)
		}
	case stepTell:
		return c.tell(ctx, s.block)
	}
	return nil
}

// identify checks, once, that the execution client's chain is the operator's rollup.
func (c *confirmer) identify(ctx context.Context) error {
	if c.identified {
		return nil
	}
	id, err := c.chain.chainID(ctx)
	if err != nil {
		return err
	}
	if id != c.operator.Rollup {
		return fmt.Errorf("%w: its chain id is %s, the blocks of rollup %s were to be told", ErrExecution, id, c.operator.Rollup)
	}
	c.identified = true
	return nil
}

// strange lets a block pass whose L1 origin cannot be read: it is told without one.
func (c *confirmer) strange(err error) error {
	if errors.Is(err, ErrL1Info) {
		c.log.Warn("block without a known L1 origin", "err", err)
		return nil
	}
	return err
}

// tell signs a block and hands it in.
func (c *confirmer) tell(ctx context.Context, b *core.Block) error {
	if err := b.Sign(c.operator.NetworkID, c.operator.Key); err != nil {
		return err
	}
	if _, err := c.operator.Network.SubmitBlock(ctx, b); err != nil && lane.Reason(err) != reasonKnown {
		return err
	}
	if len(c.machine.sent) == 0 {
		c.progress = time.Now()
	}
	c.machine.send(b)
	c.adapter.meters.told.Inc()
	c.adapter.told(&c.machine)
	c.log.Debug("block told", "height", b.Number, "head", b.Hash)
	return nil
}

// resend hands in again what is not ordered after a while.
func (c *confirmer) resend(ctx context.Context) {
	c.progress = time.Now()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	for _, b := range c.machine.sent {
		if _, err := c.operator.Network.SubmitBlock(ctx, b); err != nil && lane.Reason(err) != reasonKnown {
			c.report(err)
			return
		}
	}
}

// report keeps what is wrong for the state, and logs it when it is news.
func (c *confirmer) report(err error) {
	text := ""
	if err != nil {
		text = err.Error()
		c.adapter.meters.failures.Inc()
	}
	if c.adapter.trouble(text) && err != nil {
		c.log.Warn("blocks wait to be told; calls pass as always", "err", err)
	}
}

// follow reads the lane, for as long as it takes.
func (c *confirmer) follow(ctx context.Context) {
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, lastPause) {
		err := c.read(ctx)
		if ctx.Err() != nil {
			return
		}
		c.adapter.meters.failures.Inc()
		if c.adapter.trouble(err.Error()) {
			c.log.Warn("the lane cannot be read; calls pass as always", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// read reads the lane from some way before its newest block on.
func (c *confirmer) read(ctx context.Context) error {
	asked, cancel := context.WithTimeout(ctx, callTimeout)
	newest, begun, err := c.operator.Network.Newest(asked)
	cancel()
	if err != nil {
		return err
	}
	if err := c.emit(ctx, laneEvent{anew: true}); err != nil {
		return err
	}
	from := uint64(0)
	if begun && newest > replay {
		from = newest - replay
	}
	err = c.readFrom(ctx, from, newest, begun)
	if err != nil && from != newest && begun && ctx.Err() == nil && !errors.Is(err, lane.ErrRefuted) {
		err = c.readFrom(ctx, newest, newest, begun) // the older part may be pruned
	}
	return err
}

// readFrom reads the lane until it breaks, or nothing comes for too long: ticks are its clock.
func (c *confirmer) readFrom(ctx context.Context, from, newest uint64, begun bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watchdog := time.AfterFunc(laneSilence, cancel)
	defer watchdog.Stop()
	r := &reader{newest: newest, begun: begun, emit: func(e laneEvent) error { return c.emit(ctx, e) }, alive: func() {
		watchdog.Reset(laneSilence)
		c.adapter.clock()
	}}
	if err := c.operator.Network.Follow(ctx, lane.Cursor{Seq: from}, r); err != nil {
		return err
	}
	return errSilent
}

var errSilent = fmt.Errorf("opstack: the lane is silent for %s", laneSilence)

func (c *confirmer) emit(ctx context.Context, e laneEvent) error {
	select {
	case c.events <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reader hands the lane on to the confirmer. When that is slow the lane waits, and nothing else does.
type reader struct {
	newest uint64
	begun  bool
	caught bool
	emit   func(laneEvent) error
	alive  func()
}

// Tick implements lane.Reader.
func (r *reader) Tick(t *lane.Tick, after lane.Cursor) error {
	r.alive()
	for i, item := range t.Items {
		if b := item.Tx.Block(); b != nil {
			if err := r.emit(laneEvent{block: b, seq: t.FirstSeq + uint64(i)}); err != nil {
				return err
			}
		}
	}
	return r.catch(after)
}

// Clock implements lane.Reader.
func (r *reader) Clock(_ uint64, after lane.Cursor) error {
	r.alive()
	return r.catch(after)
}

// catch tells once that everything up to the newest block of the start was given.
func (r *reader) catch(after lane.Cursor) error {
	if r.caught || r.begun && after.Seq <= r.newest {
		return nil
	}
	r.caught = true
	return r.emit(laneEvent{caught: true})
}

// Proven implements lane.Reader.
func (r *reader) Proven(fact *proof.HeadFact) error {
	return r.emit(laneEvent{proven: fact.Lane.NextSeq})
}

// Address is the operator's.
func (o *Operator) Address() common.Address { return crypto.PubkeyToAddress(o.Key.PublicKey) }
