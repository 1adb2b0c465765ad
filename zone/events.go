package zone

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Listener gets the zone's events. Its functions are called from the zone's loop (Diverged from any goroutine) and must
// not block.
type Listener struct {
	// Recovered: the zone starts from a seal, or goes back to it.
	Recovered func(Recovered)
	// Executed: a tick's results are known and published.
	Executed func(TickResult)
	// Sealing: the slot's blocks are being sealed; Sealed follows.
	Sealing func()
	// Sealed: the slot's blocks are sealed. Run makes that durable beside the next ticks, Step before it tells.
	Sealed func(SealRecord)
	// LaneStopped: a lane's block is full; it goes on with the next one.
	LaneStopped func(LaneStopped)
	// Diverged: this node's result is not the attested one.
	Diverged func(Diverged)
	// Rebuilding: the zone died and goes back to the newest attested seal (Recovered follows) to execute again.
	Rebuilding func(Death)
}

// Recovered says where the zone begins to execute.
type Recovered struct {
	// Seal is the record it starts from; its NextTick is executed first.
	Seal SealRecord
	// Dropped is how many sealed blocks above that record were dropped, over all rollups.
	Dropped uint64
}

// LaneStopped says that a lane stopped in this tick.
type LaneStopped struct {
	Rollup core.RollupID
	Tick   uint64
	// Seq is the position that did not fit.
	Seq uint64
}

// Diverged holds the two results of one tick.
type Diverged struct {
	Zone     core.ZoneID
	Tick     uint64
	Own      common.Hash
	Attested common.Hash
}

// Death says that a zone could not go on.
type Death struct {
	// Tick is the tick that could not be executed, or whose result is not the attested one.
	Tick uint64
	Err  error
}

// withDefaults fills the functions that are not set.
func (l Listener) withDefaults() Listener {
	if l.Recovered == nil {
		l.Recovered = func(Recovered) {}
	}
	if l.Executed == nil {
		l.Executed = func(TickResult) {}
	}
	if l.Sealing == nil {
		l.Sealing = func() {}
	}
	if l.Sealed == nil {
		l.Sealed = func(SealRecord) {}
	}
	if l.LaneStopped == nil {
		l.LaneStopped = func(LaneStopped) {}
	}
	if l.Rebuilding == nil {
		l.Rebuilding = func(Death) {}
	}
	if l.Diverged == nil {
		l.Diverged = func(Diverged) {}
	}
	return l
}
