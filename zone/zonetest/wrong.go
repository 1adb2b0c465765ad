package zonetest

import (
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// Wrong is an executor with a bug: transactions that Of picks are void with Code, whatever the engine behind it would do.
// Of may panic, which is another bug.
type Wrong struct {
	zone.Engine
	Of   func(core.Transaction) bool
	Code core.OutcomeCode
}

// Apply implements zone.Engine.
func (w *Wrong) Apply(tx core.Transaction) (zone.Execution, error) {
	if w.Of(tx) {
		return zone.Execution{Code: w.Code, Detail: "a bug of this executor"}, nil
	}
	return w.Engine.Apply(tx)
}
