package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
)

// observer follows the subscription "ticks" and notes when it learns of a transaction's levels.
type observer struct {
	mu  sync.Mutex
	run *measurement
}

// unknownSize is the size of a load that is known only at its end, see expect.
const unknownSize = -1

// measurement is one load.
type measurement struct {
	o        *observer
	want     int
	attested int
	sent     map[common.Hash]*sample
	decided  []*sample // executed, not attested yet, in order of their ticks
	void     []string
	done     chan struct{}
}

// sample is one transaction; times are zero until the level is seen.
type sample struct {
	submitted, ordered, executed, attested time.Time
	tick                                   uint64
}

func newObserver() *observer { return new(observer) }

func (o *observer) subscribe(ctx context.Context, c *client.Client) error {
	events := make(chan *client.TickEvent, 1<<14)
	sub, err := c.SubscribeTicks(ctx, events)
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	go func() {
		for {
			select {
			case e := <-events:
				o.take(e, time.Now())
			case <-sub.Err():
				return
			}
		}
	}()
	return nil
}

func (o *observer) begin(want int) *measurement {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.run = &measurement{o: o, want: want, sent: make(map[common.Hash]*sample), done: make(chan struct{})}
	return o.run
}

func (m *measurement) submitted(hash common.Hash) {
	m.o.mu.Lock()
	defer m.o.mu.Unlock()
	m.sent[hash] = &sample{submitted: time.Now()}
}

// expect says how many transactions the load has.
func (m *measurement) expect(n int) {
	m.o.mu.Lock()
	defer m.o.mu.Unlock()
	m.want = n
	m.finishIfDone()
}

// take notes what a message says about the load under way.
func (o *observer) take(e *client.TickEvent, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.run == nil {
		return
	}
	for _, lane := range e.Lanes {
		for _, hash := range lane.Txs {
			if s, ok := o.run.sent[hash]; ok {
				s.ordered = now
			}
		}
	}
	for _, outcome := range e.Outcomes {
		s, ok := o.run.sent[outcome.TxHash]
		if !ok {
			continue
		}
		s.executed, s.tick = now, e.Tick
		o.run.decided = append(o.run.decided, s)
		if outcome.Outcome != core.Included || outcome.Reverted {
			o.run.void = append(o.run.void, fmt.Sprintf("%s, reverted %v: %s", outcome.Outcome, outcome.Reverted, outcome.Reason))
		}
	}
	results, err := e.Results()
	if err != nil {
		o.run.void = append(o.run.void, err.Error())
	}
	for _, r := range results {
		o.run.attest(r.Tick, now)
	}
}

// attest marks everything that was decided up to a tick; executed messages come in the order of ticks.
func (m *measurement) attest(tick uint64, now time.Time) {
	for len(m.decided) > 0 && m.decided[0].tick <= tick {
		m.decided[0].attested = now
		m.decided = m.decided[1:]
		m.attested++
	}
	m.finishIfDone()
}

func (m *measurement) finishIfDone() {
	if m.attested == m.want {
		select {
		case <-m.done:
		default:
			close(m.done)
		}
	}
}

// await waits until all transactions are attested. Void ones are an error: every transfer of a load is valid.
func (m *measurement) await(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("not everything was attested in time"))
	defer cancel()
	select {
	case <-m.done:
	case <-ctx.Done():
		m.o.mu.Lock()
		defer m.o.mu.Unlock()
		return fmt.Errorf("%w: %d of %d are", context.Cause(ctx), m.attested, m.want)
	}
	m.o.mu.Lock()
	defer m.o.mu.Unlock()
	if len(m.void) > 0 {
		return fmt.Errorf("%d transfers are void, the first: %s", len(m.void), m.void[0])
	}
	return nil
}
