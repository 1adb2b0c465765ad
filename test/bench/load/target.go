package load

import (
	"context"
	"time"
)

// Level is what a client learns of a transaction.
type Level int

// The levels, in the order in which they are reached.
const (
	Ordered Level = iota
	Executed
	Attested
	levels
)

// Names are those of the levels.
var Names = [...]string{"ordered", "executed", "attested"}

func (l Level) String() string { return Names[l] }

// Target is a network to which transactions are sent at one door, and which is watched at another.
type Target interface {
	// Levels are those that the network tells, ascending.
	Levels() []Level
	// Prepare makes n transactions, which are then known by their numbers from 0 on.
	Prepare(n int) error
	// Send hands in the transactions from first up to, but not including, last. It returns when the network has taken them. Sends run
	// at the same time. An error refuses all of them, a *Refusal some.
	Send(ctx context.Context, first, last int) error
	// Follow tells sink what is seen from now on, until stop is called, after which nothing is told any more. It returns when
	// nothing can be missed. The sink is called by one goroutine at a time.
	Follow(ctx context.Context, sink Sink) (stop func(), err error)
}

// Sink is told what a follower sees.
type Sink interface {
	// Saw says that transaction i reached a level.
	Saw(i int, level Level, at time.Time)
	// Tick says that a block or tick came.
	Tick()
	// Failed says that the follower has lost the network, or that a transaction became void.
	Failed(err error)
}

// Refusal is that of some of the transactions of a Send.
type Refusal struct {
	// Count is how many, First why the first of them.
	Count int
	First error
}

func (r *Refusal) Error() string { return r.First.Error() }
func (r *Refusal) Unwrap() error { return r.First }
