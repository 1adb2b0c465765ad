package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Submit brings a transaction of an `evm` rollup into the pool and waits up to Config.SubmitWait for its result. It is
// what eth_sendRawTransaction of /rollup/{id} calls: nil means that the method answers with the hash (the transaction
// was included, or validators with more than a third of the power keep it), an error has go-ethereum's code and words (refused, or ordered
// and void) or is ErrFewHold: the transaction is in this node's pool, and may be lost with it.
// The calls of a JSON-RPC batch wait together, see batch.
func (g *Gateway) Submit(ctx context.Context, rollup core.RollupID, tx *gethtypes.Transaction) error {
	if b := batchOf(ctx); b != nil {
		if _, err := g.deps.Pool.AddSigned(ctx, rollup, tx); err != nil {
			return g.ethError(err)
		}
		b.add(submission{rollup, tx.Hash()})
		return nil
	}
	// The waiter stands before the transaction is in the pool, so its tick cannot be missed.
	wt, waiting := g.awaiting(rollup, tx.Hash())
	if waiting {
		defer g.waiters.remove(wt)
	}
	if _, err := g.deps.Pool.AddSigned(ctx, rollup, tx); err != nil {
		return g.ethError(err)
	}
	// Nobody waits for the result when as many wait as may, nor of a transaction that cannot be ordered before another one has come,
	// which go-ethereum queues and answers at once.
	if waiting && !g.deps.Pool.Lookup(tx.Hash()).Parked {
		if done, err := g.awaitResult(ctx, wt, rollup, time.Now().Add(g.cfg.SubmitWait)); done || err != nil {
			return g.ethError(err)
		}
	}
	return g.ethError(g.sent(ctx, rollup, tx.Hash()))
}

// Sender is Submit for one rollup.
type Sender struct {
	gateway *Gateway
	rollup  core.RollupID
}

// Sender gives a rollup's RPC backend the way to Submit.
func (g *Gateway) Sender(rollup core.RollupID) Sender { return Sender{g, rollup} }

// SendTx is Gateway.Submit.
func (s Sender) SendTx(ctx context.Context, tx *gethtypes.Transaction) error {
	return s.gateway.Submit(ctx, s.rollup, tx)
}

// awaiting registers a waiter for the result of a transaction, which for what others execute is that it is ordered.
func (g *Gateway) awaiting(rollup core.RollupID, hash common.Hash) (*waiter, bool) {
	if _, executed := g.deps.Zones[g.deps.Genesis.ZoneOf(rollup)]; executed {
		return g.waiters.addForResult(hash)
	}
	return g.waiters.add(hash)
}

// awaitResult waits for the waiter's transaction: done when it was included, with an error when it is void, neither when the time is over.
func (g *Gateway) awaitResult(ctx context.Context, wt *waiter, rollup core.RollupID, deadline time.Time) (done bool, err error) {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	for {
		select {
		case <-wt.wake:
			if wt.included.Load() {
				return true, nil
			}
			if done, err := g.result(rollup, wt.id); done || err != nil {
				return done, err
			}
		case <-timer.C:
			return false, nil
		case <-ctx.Done():
			return false, nil
		case <-g.draining:
			return false, nil
		}
	}
}

// result judges a transaction by all places at which it was ordered: included anywhere is included; void is final only
// when no place is undecided.
func (g *Gateway) result(rollup core.RollupID, hash common.Hash) (done bool, err error) {
	places, err := g.deps.Index.Places(hash)
	if err != nil {
		return false, fmt.Errorf("places of %s: %w", hash, err)
	}
	z, ok := g.deps.Zones[g.deps.Genesis.ZoneOf(rollup)]
	if !ok {
		kind, _ := g.deps.Genesis.Kind(rollup)
		return kind != core.KindEVM && len(places) > 0, nil // there is no more to learn of what others execute
	}
	var void *Fate
	undecided := false
	for _, p := range places {
		if p.Rollup != rollup {
			continue
		}
		fate, ok, err := z.Fate(p.Rollup, p.Seq)
		switch {
		case err != nil:
			return false, fmt.Errorf("fate of rollup %s, seq %d: %w", p.Rollup, p.Seq, err)
		case !ok:
			undecided = true
		case !fate.Code.Void():
			return true, nil
		default:
			void = &fate
		}
	}
	if void == nil || undecided {
		return false, nil
	}
	return true, voidError(*void)
}

// voidError says why a position is void, as an error of the table.
func voidError(f Fate) error {
	if cause, ok := voidErrors[f.Code]; ok {
		return &Refusal{Cause: cause, Detail: f.Detail}
	}
	detail := f.Code.String()
	if f.Detail != "" {
		detail += ": " + f.Detail
	}
	return &Refusal{Cause: ErrVoid, Detail: detail}
}
