package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-network/lockstep/core"
)

// Prover makes the proofs of docs/spec/proofs.md, as JSON, from what this node keeps. A *Refusal with ErrNotCovered says that
// a later checkpoint will have it. Its methods are safe from any goroutine.
type Prover interface {
	// Transaction proves a lane position: its order, and what became of it unless orderOnly is set.
	Transaction(rollup core.RollupID, seq uint64, orderOnly bool) (json.RawMessage, error)
	// Bundle proves all legs of a bundle at one place in the order.
	Bundle(at core.BundlePlace, orderOnly bool) (json.RawMessage, error)
	// Range proves the positions from to to-1 of a lane, or a part of them that begins at from.
	Range(rollup core.RollupID, from, to uint64) (json.RawMessage, error)
}

// GetGenesis is lockstep_getGenesis.
func (a *API) GetGenesis() *core.Genesis { return a.g.deps.Genesis }

// GetProof is lockstep_getProof(id, options), for a bundle or a transaction, and lockstep_getProof(rollup, seq or hash, options).
func (a *API) GetProof(ctx context.Context, first Param, second, third *Param) (json.RawMessage, error) {
	proof, err := a.getProof(ctx, first, second, third)
	return proof, a.g.lockstepError(err)
}

func (a *API) getProof(ctx context.Context, first Param, second, third *Param) (json.RawMessage, error) {
	g := a.g
	if strings.HasPrefix(string(first.raw), `"`) {
		if third.given() {
			return nil, badValue("options", third.raw, "no third parameter after an id")
		}
		options, err := readProofOptions(second, "waitMs", "orderOnly")
		if err != nil {
			return nil, err
		}
		return g.proofWhenCovered(ctx, options, func() (json.RawMessage, error) { return g.proofOf("id", first.raw, nil, options) })
	}
	rollup, err := g.readRollup(first.raw)
	if err != nil {
		return nil, err
	}
	if !second.given() {
		return nil, &Refusal{Cause: ErrMissingField, Field: "position", Want: "a seq or a transaction hash"}
	}
	options, err := readProofOptions(third, "waitMs", "orderOnly")
	if err != nil {
		return nil, err
	}
	return g.proofWhenCovered(ctx, options, func() (json.RawMessage, error) {
		if strings.HasPrefix(string(second.raw), `"`) {
			return g.proofOf("position", second.raw, &rollup, options)
		}
		seq, err := readNumber("position", second.raw, "a seq; or a transaction hash as a string")
		if err != nil {
			return nil, err
		}
		return g.deps.Prover.Transaction(rollup, seq, options.orderOnly)
	})
}

// GetLaneProof is lockstep_getLaneProof.
func (a *API) GetLaneProof(ctx context.Context, rollup, from, to Param, options *Param) (json.RawMessage, error) {
	proof, err := a.getLaneProof(ctx, rollup, from, to, options)
	return proof, a.g.lockstepError(err)
}

func (a *API) getLaneProof(ctx context.Context, rollup, from, to Param, options *Param) (json.RawMessage, error) {
	id, err := a.g.readRollup(rollup.raw)
	if err != nil {
		return nil, err
	}
	begin, err := readNumber("from", from.raw, "a seq")
	if err != nil {
		return nil, err
	}
	end, err := readNumber("to", to.raw, "the seq behind the last one")
	if err != nil {
		return nil, err
	}
	if begin >= end {
		return nil, badValue("to", to.raw, "a seq above from")
	}
	o, err := readProofOptions(options, "waitMs")
	if err != nil {
		return nil, err
	}
	return a.g.proofWhenCovered(ctx, o, func() (json.RawMessage, error) { return a.g.deps.Prover.Range(id, begin, end) })
}

// proofOptions are the last parameter of the proof methods.
type proofOptions struct {
	wait      time.Duration
	orderOnly bool
}

func readProofOptions(p *Param, known ...string) (o proofOptions, err error) {
	if !p.given() {
		return o, nil
	}
	fields, err := readObject("options", p.raw, known...)
	if err != nil {
		return o, err
	}
	if raw, ok := fields["waitMs"]; ok {
		ms, err := readNumber("options.waitMs", raw, "ms")
		if err != nil {
			return o, err
		}
		o.wait = time.Duration(min(ms, uint64(time.Hour/time.Millisecond))) * time.Millisecond
	}
	if raw, ok := fields["orderOnly"]; ok {
		if o.orderOnly, err = readBool("options.orderOnly", raw); err != nil {
			return o, err
		}
	}
	return o, nil
}

// readRollup reads the number of a registered rollup.
func (g *Gateway) readRollup(raw json.RawMessage) (core.RollupID, error) {
	n, err := readNumber("rollup", raw, "a rollup; or a hash as a string")
	if err != nil {
		return 0, err
	}
	id := core.RollupID(n)
	if _, ok := g.deps.Genesis.Rollup(id); !ok {
		return 0, &Refusal{Cause: core.ErrUnknownRollup, Field: "rollup", Have: id.String(), Want: g.knownRollups()}
	}
	return id, nil
}

// proofWhenCovered makes a proof, and again with every new checkpoint until it is there or the time is over.
func (g *Gateway) proofWhenCovered(ctx context.Context, o proofOptions, prove func() (json.RawMessage, error)) (json.RawMessage, error) {
	if g.deps.Prover == nil {
		return nil, &Refusal{Cause: ErrNotServed, Detail: "this node makes no proofs"}
	}
	waiting, cancel := context.WithTimeout(ctx, min(o.wait, g.cfg.MaxWait))
	defer cancel()
	for {
		seen := g.newestCheckpointTick()
		proof, err := prove()
		if o.wait == 0 || !errors.Is(err, ErrNotCovered) && !errors.Is(err, ErrNotOrdered) {
			return proof, err
		}
		// The head is read first: a checkpoint that comes after that comes with a tick above it.
		for head := g.deps.Log.Head(); g.newestCheckpointTick() == seen; head++ {
			if g.deps.Log.Wait(waiting, head+1) != nil {
				return nil, err
			}
		}
	}
}

func (g *Gateway) newestCheckpointTick() uint64 {
	if c, ok, err := g.deps.Checkpoints.Newest(); ok && err == nil {
		return c.Draft.Checkpoint.Tick
	}
	return 0
}

// proofOf proves what an id names: a bundle, unless a rollup is given, or a transaction.
func (g *Gateway) proofOf(field string, raw json.RawMessage, rollup *core.RollupID, o proofOptions) (json.RawMessage, error) {
	hash, err := readHash(field, raw)
	if err != nil {
		return nil, err
	}
	if rollup == nil {
		bundles, err := g.deps.Index.BundlePlaces(hash)
		if err != nil {
			return nil, fmt.Errorf("places of bundle %s: %w", hash, err)
		}
		if len(bundles) > 0 {
			best, err := g.bestBundlePlace(bundles)
			if err != nil {
				return nil, err
			}
			return g.deps.Prover.Bundle(best, o.orderOnly)
		}
	}
	places, err := g.deps.Index.Places(hash)
	if err != nil {
		return nil, fmt.Errorf("places of %s: %w", hash, err)
	}
	if rollup != nil {
		places = slices.DeleteFunc(slices.Clone(places), func(p core.Place) bool { return p.Rollup != *rollup })
	}
	if len(places) == 0 {
		return nil, &Refusal{Cause: ErrNotOrdered, Field: field, Have: hash.String()}
	}
	best, err := g.bestPlace(places)
	if err != nil {
		return nil, err
	}
	return g.deps.Prover.Transaction(best.Rollup, best.Seq, o.orderOnly)
}

// bestPlace is the place at which a transaction was included, or else the newest one.
func (g *Gateway) bestPlace(places []core.Place) (core.Place, error) {
	for _, p := range places {
		a, err := g.txAttempt(p)
		if err != nil {
			return core.Place{}, err
		}
		if a.Outcome != nil && !a.Outcome.Void() {
			return p, nil
		}
	}
	return places[len(places)-1], nil
}

// bestBundlePlace is the place at which a bundle took effect, or else the newest one.
func (g *Gateway) bestBundlePlace(places []core.BundlePlace) (core.BundlePlace, error) {
	for _, p := range places {
		a, err := g.bundleAttempt(p)
		if err != nil {
			return core.BundlePlace{}, err
		}
		if a.Outcome != nil && !a.Outcome.Void() {
			return p, nil
		}
	}
	return places[len(places)-1], nil
}
