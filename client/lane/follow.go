package lane

import (
	"context"
	"errors"
	"fmt"
	"time"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
	"github.com/lockstep-network/lockstep/proof"
)

// Cursor is a place in a lane, between two ticks. The zero value is the lane's begin.
type Cursor struct {
	// Seq is the next position, Tick the next tick; tick zero means the one that holds Seq.
	Seq  uint64 `json:"seq"`
	Tick uint64 `json:"tick"`
	// Head is the lane head at Seq.
	Head common.Hash `json:"head"`
}

// Tick is what one tick added to the lane.
type Tick struct {
	Number uint64
	// Time is consensus time in ms.
	Time     uint64
	FirstSeq uint64
	Items    []core.LaneItem
}

// Reader is told what comes, in order, by one goroutine. After is the cursor behind it: who saves that together with what
// came before goes on from there after a restart. An error ends the reading.
type Reader interface {
	// Tick is a tick that added to the lane.
	Tick(t *Tick, after Cursor) error
	// Clock says that all ticks before the cursor's have been given, the newest of them of this time.
	Clock(timeMs uint64, after Cursor) error
	// Proven says that everything up to a position is what the validators have signed.
	Proven(fact *proof.HeadFact) error
}

// Bounds of a reconnect's delay.
const (
	firstDelay = 20 * time.Millisecond
	lastDelay  = 2 * time.Second
)

// Follow reads the lane from a cursor on until ctx ends (nil), the reader gives an error, or a gateway is refuted or says
// that it will never serve the cursor. Broken connections are made anew, at the next gateway.
func (c *Client) Follow(ctx context.Context, from Cursor, reader Reader) error {
	w := &walk{client: c, cursor: from, reader: reader, unproven: make(map[uint64]common.Hash)}
	for delay := firstDelay; ; delay = min(2*delay, lastDelay) {
		before := w.cursor
		err := w.connect(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if w.readerErr != nil {
			return w.readerErr
		}
		if final(err) {
			return err
		}
		c.at.Add(1)
		if w.cursor != before {
			delay = firstDelay
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(delay):
		}
	}
}

// final reports whether another try, here or elsewhere, would end alike.
func final(err error) bool {
	if errors.Is(err, ErrRefuted) {
		return true
	}
	if Reason(err) == "" {
		return false // no gateway's answer: half a message of a connection that broke looks like a wrong one
	}
	code := connect.CodeOf(err)
	return code == connect.CodeInvalidArgument || code == connect.CodeNotFound
}

// maxUnproven bounds the heads that are remembered until a checkpoint comes. Heads are a chain, so the newest of them
// that is proven proves all before it.
const maxUnproven = 1 << 16

// walk is one reading, over its connections.
type walk struct {
	client    *Client
	cursor    Cursor
	reader    Reader
	readerErr error
	// unproven holds lane heads by the position behind them, order the same positions, oldest first.
	unproven map[uint64]common.Hash
	order    []uint64
}

// connect reads one stream to its end.
func (w *walk) connect(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := w.client.gateway().SubscribeLane(ctx, connect.NewRequest(&rollupv1.SubscribeLaneRequest{
		Rollup: uint64(w.client.rollup), FromSeq: w.cursor.Seq, FromTick: w.cursor.Tick,
	}))
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }() // only what was read counts
	for stream.Receive() {
		if err := w.take(stream.Msg().GetUpdate()); err != nil {
			return err
		}
	}
	return stream.Err()
}

// take checks a message and hands it on.
func (w *walk) take(u *rollupv1.LaneUpdate) error {
	switch u := u.GetUpdate().(type) {
	case *rollupv1.LaneUpdate_Start:
		return w.start(u.Start)
	case *rollupv1.LaneUpdate_Empty:
		return w.empty(u.Empty)
	case *rollupv1.LaneUpdate_Tick:
		return w.tick(u.Tick)
	case *rollupv1.LaneUpdate_Checkpoint:
		return w.checkpoint(u.Checkpoint)
	}
	return nil // of a later version
}

func refuted(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefuted, fmt.Sprintf(format, args...))
}

func (w *walk) start(m *rollupv1.LaneStart) error {
	at := Cursor{Seq: m.Seq, Tick: m.Tick, Head: common.BytesToHash(m.Head)}
	switch network := common.BytesToHash(m.NetworkId); {
	case network != w.client.trust.Network():
		return refuted("it is of network %s", network)
	case w.cursor.Tick > 0 && at != w.cursor:
		return refuted("asked for %+v, it begins at %+v", w.cursor, at)
	case at.Seq > w.cursor.Seq || at.Seq == 0 && at.Head != (common.Hash{}):
		return refuted("asked for position %d, it begins at %+v", w.cursor.Seq, at)
	}
	w.cursor = at
	w.remember()
	return nil
}

func (w *walk) empty(m *rollupv1.EmptyTicks) error {
	if m.First != w.cursor.Tick || m.Count == 0 {
		return refuted("tick %d is next, it goes on with %d ticks from %d on", w.cursor.Tick, m.Count, m.First)
	}
	w.cursor.Tick += m.Count
	return w.tell(w.reader.Clock(m.LastTimeMs, w.cursor))
}

func (w *walk) tick(m *rollupv1.LaneTick) error {
	if m.Number != w.cursor.Tick || m.FirstSeq != w.cursor.Seq || len(m.Entries) == 0 {
		return refuted("tick %d and position %d are next, it goes on with tick %d and position %d", w.cursor.Tick, w.cursor.Seq, m.Number, m.FirstSeq)
	}
	t := &Tick{Number: m.Number, Time: m.TimeMs, FirstSeq: m.FirstSeq, Items: make([]core.LaneItem, len(m.Entries))}
	for i, e := range m.Entries {
		var err error
		if t.Items[i], err = item(w.client.rollup, e); err != nil {
			return refuted("position %d: %v", m.FirstSeq+uint64(i), err)
		}
	}
	row, _ := core.LaneHead{NextSeq: w.cursor.Seq, Head: w.cursor.Head}.Advance(w.client.trust.Network(), w.client.rollup, m.Number, t.Items)
	if row.Head != common.BytesToHash(m.Head) {
		return refuted("tick %d: the lane head is %s by what it holds, and %x by what it says", m.Number, row.Head, m.Head)
	}
	w.cursor = Cursor{Seq: row.FirstSeq + row.Count, Tick: m.Number + 1, Head: row.Head}
	w.remember()
	return w.tell(w.reader.Tick(t, w.cursor))
}

func (w *walk) checkpoint(m *rollupv1.LaneCheckpoint) error {
	head, err := proof.DecodeHead(m.Proof)
	if err != nil {
		return refuted("%v", err)
	}
	fact, err := head.Verify(w.client.trust)
	if err != nil {
		return refuted("%v", err)
	}
	if fact.Rollup != w.client.rollup {
		return refuted("a proof of rollup %s", fact.Rollup)
	}
	own, known := w.unproven[fact.Lane.NextSeq]
	switch {
	case known && own != fact.Lane.Head:
		return refuted("at position %d the validators signed the lane head %s, it gave %s", fact.Lane.NextSeq, fact.Lane.Head, own)
	case fact.Lane.NextSeq > w.cursor.Seq:
		return refuted("checkpoint %d proves position %d, it has given the lane to %d", fact.Checkpoint.Tick, fact.Lane.NextSeq, w.cursor.Seq)
	case !known && len(w.order) > 0 && fact.Lane.NextSeq > w.order[0]:
		return refuted("the validators signed a lane head at position %d, where it gave no end of a tick", fact.Lane.NextSeq)
	case !known:
		return nil // of before the cursor
	}
	for len(w.order) > 0 && w.order[0] < fact.Lane.NextSeq {
		delete(w.unproven, w.order[0])
		w.order = w.order[1:]
	}
	return w.tell(w.reader.Proven(fact))
}

// remember keeps the cursor's head until it is proven.
func (w *walk) remember() {
	if _, known := w.unproven[w.cursor.Seq]; known {
		return
	}
	w.unproven[w.cursor.Seq] = w.cursor.Head
	if w.order = append(w.order, w.cursor.Seq); len(w.order) > maxUnproven {
		delete(w.unproven, w.order[0])
		w.order = w.order[1:]
	}
}

// tell notes an error of the reader's own, which ends the reading.
func (w *walk) tell(err error) error {
	w.readerErr = err
	return err
}
