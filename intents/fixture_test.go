package intents

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
)

const (
	rollupA, rollupB core.RollupID = 901, 902

	second   = 1000           // ms
	deadline = 1000           // of the tests' orders, in seconds
	begin    = uint64(100000) // consensus time of tick 1
)

// testOrder is an order for 100 of A's input and at least 70 of B's; n tells orders apart.
func testOrder(n byte) Order {
	return Order{
		ID: common.Hash{n},
		Signed: orders.Order{
			User: common.Address{n}, Nonce: big.NewInt(int64(n)), OriginChainId: big.NewInt(int64(rollupA)),
			OpenDeadline: deadline, FillDeadline: deadline + 10,
		},
		Intent: orders.Intent{
			InputAmount: big.NewInt(100), MinOutput: big.NewInt(70), DestinationChainId: big.NewInt(int64(rollupB)), PartialFill: true,
		},
		Client: fmt.Sprintf("client-%d", n), At: time.UnixMilli(int64(begin)),
	}
}

// testSolution takes input for output; id tells solutions apart and is the last byte of the bundle's.
func testSolution(o *Order, id byte, input, output int64) *Solution {
	r := Result{Filler: common.Address{id}, Input: big.NewInt(input), Output: big.NewInt(output)}
	return &Solution{BundleID: common.Hash{31: id}, Client: fmt.Sprintf("solver-%d", id), Result: r, Surplus: o.surplus(r), size: 100}
}

// auction drives a machine as the loop does, and answers its effects.
type auction struct {
	t *testing.T
	m *machine
	// tick is the newest one, ms its time.
	tick, ms uint64
	// again is what trials find, by bundle; what is not there is as it was offered. fails are those that fail.
	again map[common.Hash]Result
	fails map[common.Hash]bool
	// refused are those that the pool does not take.
	refused map[common.Hash]bool
	// sent are the winners whose fate the test has to tell.
	sent []award
	// events are all notices, as "event status".
	events []string
	all    effects
}

func newAuction(t *testing.T, change func(*Config)) *auction {
	t.Helper()
	cfg := Default()
	if change != nil {
		change(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	a := &auction{
		t: t, m: newMachine(cfg), again: make(map[common.Hash]Result), fails: make(map[common.Hash]bool), refused: make(map[common.Hash]bool),
	}
	a.ticks(1)
	return a
}

// ticks lets so many ticks of 10 ms go by, each one seen.
func (a *auction) ticks(n uint64) {
	a.t.Helper()
	for range n {
		a.jump(1)
	}
}

// jump lets so many ticks go by of which the machine sees the last one only.
func (a *auction) jump(n uint64) {
	a.t.Helper()
	a.tick += n
	a.ms = begin + 10*a.tick
	a.m.advance(a.tick, a.ms)
	a.settle()
}

// until lets ticks go by to a consensus time.
func (a *auction) until(ms uint64) {
	a.t.Helper()
	a.jump((ms - a.ms) / 10)
}

// settle answers effects until there are none.
func (a *auction) settle() {
	a.t.Helper()
	for {
		out := a.m.take()
		for _, n := range out.notices {
			a.events = append(a.events, string(n.Event)+" "+string(n.View.Status))
		}
		a.all.windows = append(a.all.windows, out.windows...)
		a.all.ended = append(a.all.ended, out.ended...)
		a.all.executed = append(a.all.executed, out.executed...)
		a.all.checks = append(a.all.checks, out.checks...)
		if len(out.trials)+len(out.sends) == 0 {
			return
		}
		for _, t := range out.trials {
			a.try(t)
		}
		for _, s := range out.sends {
			var err error
			if a.refused[s.solution.BundleID] {
				err = fmt.Errorf("no room")
			} else {
				a.sent = append(a.sent, s)
			}
			a.m.sent(s.order.ID, s.solution.BundleID, err)
		}
	}
}

func (a *auction) try(t award) {
	id := t.solution.BundleID
	if a.fails[id] {
		a.m.simulated(t.order.ID, id, Result{}, ErrFails)
		return
	}
	r, changed := a.again[id]
	if !changed {
		r = t.solution.Result
	}
	a.m.simulated(t.order.ID, id, r, nil)
}

func (a *auction) admit(o Order) Order {
	a.t.Helper()
	if err := a.m.admit(o, o.Intent.InputAmount); err != nil {
		a.t.Fatal(err)
	}
	a.settle()
	return o
}

func (a *auction) offer(o Order, all ...*Solution) {
	a.t.Helper()
	for _, s := range all {
		if err := a.m.offer(o.ID, s); err != nil {
			a.t.Fatalf("offer %x: %v", s.BundleID[31], err)
		}
	}
}

// winner is the one bundle that was sent and has no fate; 0 if there is none.
func (a *auction) winner() byte {
	a.t.Helper()
	if len(a.sent) > 1 {
		a.t.Fatalf("%d bundles are under way", len(a.sent))
	}
	if len(a.sent) == 0 {
		return 0
	}
	return a.sent[0].solution.BundleID[31]
}

// decide tells the fate of the winner.
func (a *auction) decide(executed bool) {
	a.t.Helper()
	a.winner()
	w := a.sent[0]
	a.sent = a.sent[:0]
	o := Outcome{Executed: executed, Tick: a.tick, Result: w.solution.Result}
	if !executed {
		o.Reason = "reverted"
	}
	a.m.decided(w.order.ID, w.solution.BundleID, o)
	a.settle()
}

func (a *auction) view(o Order) View {
	a.t.Helper()
	e := a.m.entries[o.ID]
	if e == nil {
		a.t.Fatalf("order %s is not in the book", o.ID)
	}
	return e.view()
}

func (a *auction) want(o Order, status Status, left int64, events ...string) {
	a.t.Helper()
	v := a.view(o)
	if v.Status != status || v.Left.Int64() != left {
		a.t.Errorf("the order is %s with %s left (%s), want %s with %d", v.Status, v.Left, v.Reason, status, left)
	}
	if events != nil && fmt.Sprint(a.events) != fmt.Sprint(events) {
		a.t.Errorf("events are %q, want %q", a.events, events)
	}
}

func containsText(err error, text string) bool { return strings.Contains(err.Error(), text) }
