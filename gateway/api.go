package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// API is the lockstep namespace. go-ethereum's RPC server finds its exported methods by reflection; the table that documents
// them is held to them by a test.
type API struct{ g *Gateway }

// SendBundle is lockstep_sendBundle.
func (a *API) SendBundle(ctx context.Context, bundle Param, replacement *Param) (*BundleReceipt, error) {
	var r *core.Replacement
	if replacement.given() {
		var err error
		if r, err = readReplacement(replacement.raw); err != nil {
			return nil, a.g.lockstepError(err)
		}
	}
	return a.send(ctx, bundle, r)
}

// ReplaceBundle is lockstep_replaceBundle.
func (a *API) ReplaceBundle(ctx context.Context, bundle, replacement Param) (*BundleReceipt, error) {
	r, err := readReplacement(replacement.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	return a.send(ctx, bundle, r)
}

func (a *API) send(ctx context.Context, bundle Param, r *core.Replacement) (*BundleReceipt, error) {
	d, err := a.decode(bundle)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	id, err := a.g.deps.Pool.AddBundle(ctx, d.Bundle, r)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	return &BundleReceipt{id, a.g.awaitHolders(ctx, id)}, nil
}

// PrepareBundle is lockstep_prepareBundle.
func (a *API) PrepareBundle(ctx context.Context, bundle Param) (*ParkingView, error) {
	s, err := readSkeleton(bundle.raw, a.g.deps.Genesis.InForce().Params)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	parking, err := a.g.deps.Pool.PrepareBundle(ctx, s)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	status := &Status{ID: parking.Commitment, Parked: a.g.parkingView(&parking)}
	if status.Parked.BundleID == nil {
		noteAlone(ctx)
	}
	a.g.addHeld(ctx, status)
	return status.Parked, nil
}

// CancelBundle is lockstep_cancelBundle.
func (a *API) CancelBundle(ctx context.Context, cancellation Param) (*CancelReceipt, error) {
	c, err := readCancellation(cancellation.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	id, err := a.g.deps.Pool.CancelBundle(ctx, *c)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	receipt := new(CancelReceipt)
	if id != (common.Hash{}) {
		receipt.BundleID = &id
	}
	return receipt, nil
}

// decode reads a bundle and its legs.
func (a *API) decode(bundle Param) (core.DecodedBundle, error) {
	genesis := a.g.deps.Genesis
	b, err := readBundle(bundle.raw, genesis.InForce().Params)
	if err != nil {
		return core.DecodedBundle{}, err
	}
	return b.DecodeLegs(a.g.network, genesis.Kind)
}

// SimulateBundle is lockstep_simulateBundle.
func (a *API) SimulateBundle(ctx context.Context, bundle Param) (*SimulationView, error) {
	d, err := a.decode(bundle)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	s, err := a.g.simulate(ctx, d)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	return a.g.simulationView(d, s), nil
}

// simulate executes a bundle in its turn and within a time limit.
func (g *Gateway) simulate(ctx context.Context, d core.DecodedBundle) (Simulation, error) {
	z, err := g.zoneOf(d)
	if err != nil {
		return Simulation{}, err
	}
	select {
	case g.simulations <- struct{}{}:
		defer func() { <-g.simulations }()
	default:
		g.meters.exceeded(limitSimulations)
		return Simulation{}, &Refusal{Cause: ErrBusy, Want: fmt.Sprintf("at most %d simulations at once", g.cfg.MaxSimulations)}
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.SimulateTimeout)
	defer cancel()
	return z.Simulate(ctx, d)
}

// zoneOf finds the zone that executes all legs.
func (g *Gateway) zoneOf(d core.DecodedBundle) (Zone, error) {
	zone := g.deps.Genesis.ZoneOf(d.Legs[0].Rollup)
	for i, leg := range d.Legs {
		if id := g.deps.Genesis.ZoneOf(leg.Rollup); id == 0 || id != zone {
			refusal := &Refusal{Cause: core.ErrNoCommonZone, Field: fmt.Sprintf("legs[%d].rollup", i), Have: "rollup " + leg.Rollup.String()}
			if kind, ok := g.deps.Genesis.Kind(leg.Rollup); ok && kind != core.KindEVM {
				refusal.Have += " of kind " + kind.String()
				refusal.Want = "rollups that the network executes: nothing else can be simulated"
			}
			return nil, refusal
		}
	}
	z, ok := g.deps.Zones[zone]
	if !ok {
		return nil, &Refusal{Cause: ErrNotServed, Detail: "zone " + zone.String()}
	}
	return z, nil
}

// GetStatus is lockstep_getStatus.
func (a *API) GetStatus(ctx context.Context, id Param) (*Status, error) {
	hash, err := readHash("id", id.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	s, err := a.g.fullStatus(ctx, hash)
	return s, a.g.lockstepError(err)
}

// WaitFor is lockstep_waitFor.
func (a *API) WaitFor(ctx context.Context, id, level Param, timeoutMs *Param) (*Status, error) {
	hash, err := readHash("id", id.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	want, err := readLevel("level", level.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	timeout := a.g.cfg.MaxWait
	if timeoutMs.given() {
		ms, err := readNumber("timeoutMs", timeoutMs.raw, "ms")
		if err != nil {
			return nil, a.g.lockstepError(err)
		}
		if longest := uint64(a.g.cfg.MaxWait / time.Millisecond); ms > longest {
			return nil, a.g.lockstepError(badValue("timeoutMs", timeoutMs.raw, fmt.Sprintf("at most %d", longest)))
		}
		timeout = time.Duration(ms) * time.Millisecond
	}
	s, err := a.g.waitFor(ctx, hash, want, timeout)
	return s, a.g.lockstepError(err)
}

// Status is lockstep_status.
func (a *API) Status() (*NetworkStatus, error) {
	s, err := a.g.networkStatus()
	return s, a.g.lockstepError(err)
}

// GetTick is lockstep_getTick.
func (a *API) GetTick(number Param) (*TickView, error) {
	n, err := a.g.readTickNumber(number.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	view, err := a.g.tickView(n)
	return view, a.g.lockstepError(err)
}

// readTickNumber reads a tick's number or "latest".
func (g *Gateway) readTickNumber(raw json.RawMessage) (uint64, error) {
	head := g.deps.Log.Head()
	n := head
	if string(raw) != `"latest"` {
		var err error
		if n, err = readNumber("number", raw, `a tick; or the string "latest"`); err != nil {
			return 0, err
		}
	}
	if n == 0 || n > head {
		return 0, &Refusal{Cause: ErrUnknownTick, Field: "number", Have: fmt.Sprint(n), Want: fmt.Sprintf("1 to %d", head)}
	}
	return n, nil
}
