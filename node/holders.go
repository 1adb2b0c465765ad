package node

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/ordering/comet"
)

// holdings is what this node tells the others that it keeps.
type holdings struct {
	pool *mempool.Pool
	log  *orderedlog.Log
}

// Hold implements comet.Holdings. The pool knows what waits and what was ordered lately, which is nearly all that is asked for; the log is a
// look into a database. The pool learns of a tick after the log.
func (h holdings) Hold(id common.Hash) comet.Holding {
	found := h.pool.Find(id)
	switch {
	case found.Ordered:
		return comet.InLog
	case found.Held && !(found.Parked && found.Parking != nil): // a parked leg is never ordered by itself
		return comet.InPool
	}
	if places, err := h.log.Places(id); err == nil && len(places) > 0 {
		return comet.InLog
	}
	if places, err := h.log.BundlePlaces(id); err == nil && len(places) > 0 {
		return comet.InLog
	}
	return comet.NotHeld
}

// holders asks the validators for the gateway.
type holders struct {
	engine  *comet.Node
	metrics *holdersMetrics
}

func (h holders) Await(ctx context.Context, id common.Hash) gateway.Acceptance {
	began := time.Now()
	a := acceptance(h.engine.AwaitHolders(ctx, id))
	h.metrics.waited(began, a)
	return a
}

func (h holders) Ask(ctx context.Context, id common.Hash) gateway.Acceptance {
	return acceptance(h.engine.AskHolders(ctx, id))
}

func acceptance(h comet.Holders) gateway.Acceptance {
	return gateway.Acceptance{Validators: h.Validators, Power: h.Power, Total: h.Total, Safe: h.Enough()}
}
