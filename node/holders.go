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

// Hold implements comet.Holdings. What the log fails to find is looked for in the pool.
func (h holdings) Hold(id common.Hash) comet.Holding {
	if places, err := h.log.Places(id); err == nil && len(places) > 0 {
		return comet.InLog
	}
	if places, err := h.log.BundlePlaces(id); err == nil && len(places) > 0 {
		return comet.InLog
	}
	if found := h.pool.Find(id); found.Held && !(found.Parked && found.Parking != nil) { // a parked leg is never ordered by itself
		return comet.InPool
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
