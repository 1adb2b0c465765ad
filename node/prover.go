package node

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/proof"
	"github.com/lockstep-network/lockstep/zone"
)

// proversAtOnce bounds the proofs being made at any time: each reads some hundred ticks.
const proversAtOnce = 4

var (
	_ gateway.Prover   = (*prover)(nil)
	_ proof.Source     = proofSource{}
	_ proof.ZoneSource = zoneResults{}
)

// prover makes proofs of what this node keeps, and checks each before it leaves: a node whose results are wrong then says
// so instead of handing out what nobody believes.
type prover struct {
	source  proofSource
	builder proof.Builder
	trust   proof.Trust
	slots   chan struct{}
}

func newProver(genesis *core.Genesis, log *orderedlog.Log, zones map[core.ZoneID]*zone.Zone) *prover {
	source := proofSource{genesis, log, zones}
	return &prover{
		source: source, builder: proof.Builder{Source: source}, trust: proof.FromGenesis(genesis),
		slots: make(chan struct{}, proversAtOnce),
	}
}

// Transaction implements gateway.Prover.
func (p *prover) Transaction(rollup core.RollupID, seq uint64, orderOnly bool) (json.RawMessage, error) {
	return p.prove(func() (*proof.Proof, error) {
		if err := p.executes(rollup, orderOnly); err != nil {
			return nil, err
		}
		return p.builder.Transaction(rollup, seq, proof.Want{OrderOnly: orderOnly})
	})
}

// executes refuses proofs of results that others have: without them a proof would look as if nothing was to be executed.
func (p *prover) executes(rollup core.RollupID, orderOnly bool) error {
	if zone := p.source.genesis.ZoneOf(rollup); !orderOnly && zone != 0 && p.source.zones[zone] == nil {
		return &gateway.Refusal{Cause: gateway.ErrNotServed, Detail: "this node does not execute rollup " + rollup.String() + "; ask one that does, or for the order only"}
	}
	return nil
}

// Bundle implements gateway.Prover.
func (p *prover) Bundle(at core.BundlePlace, orderOnly bool) (json.RawMessage, error) {
	return p.prove(func() (*proof.Proof, error) {
		tick, err := p.source.Tick(at.Tick)
		if err != nil {
			return nil, err
		}
		record, err := p.source.log.Record(at.Tick)
		if err != nil {
			return nil, err
		}
		if int(at.Index) >= len(tick.Bundles) {
			return nil, fmt.Errorf("%w: tick %d has no bundle %d", proof.ErrUnknown, at.Tick, at.Index)
		}
		bundle := &tick.Bundles[at.Index]
		legs, err := legPlaces(tick, record, bundle.Hash)
		if err != nil {
			return nil, err
		}
		for _, leg := range legs {
			if err := p.executes(leg.Rollup, orderOnly); err != nil {
				return nil, err
			}
		}
		return p.builder.Bundle(bundle.Bundle, legs, proof.Want{OrderOnly: orderOnly})
	})
}

// legPlaces are the lane positions of a bundle's legs, in the bundle's order.
func legPlaces(tick *core.Tick, record *core.TickRecord, id common.Hash) ([]core.Place, error) {
	legs := make(map[uint32]core.Place)
	for _, row := range record.Lanes {
		for i, item := range tick.LaneItems(row.Rollup) {
			if item.Bundle == id {
				legs[item.Leg] = core.Place{Rollup: row.Rollup, Seq: row.FirstSeq + uint64(i), Tick: tick.Number}
			}
		}
	}
	places := make([]core.Place, len(legs))
	for i := range places {
		place, ok := legs[uint32(i)]
		if !ok {
			return nil, fmt.Errorf("%w: bundle %s has no leg %d in tick %d", proof.ErrUnknown, id, i, tick.Number)
		}
		places[i] = place
	}
	return places, nil
}

// Range implements gateway.Prover.
func (p *prover) Range(rollup core.RollupID, from, to uint64) (json.RawMessage, error) {
	return p.prove(func() (*proof.Proof, error) { return p.builder.Range(rollup, from, to) })
}

// prove makes, checks and encodes one proof.
func (p *prover) prove(build func() (*proof.Proof, error)) (json.RawMessage, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	default:
		return nil, &gateway.Refusal{Cause: gateway.ErrBusy, Want: fmt.Sprintf("at most %d proofs at once", proversAtOnce)}
	}
	made, err := build()
	if err != nil {
		return nil, refuseProof(err)
	}
	if _, err := made.Verify(p.trust); err != nil && !errors.Is(err, proof.ErrHalfBundle) {
		return nil, fmt.Errorf("node: a proof that was just made: %w", err)
	}
	return json.Marshal(made)
}

// refuseProof says what clients can do about it.
func refuseProof(err error) error {
	var missing *proof.NotCoveredError
	switch {
	case errors.As(err, &missing):
		detail := fmt.Sprintf("tick %d is wanted, the newest complete checkpoint is of tick %d", missing.Tick, missing.Newest)
		if missing.What == "result" {
			detail = fmt.Sprintf("the result of tick %d is wanted, the newest complete checkpoint is of tick %d and has results up to tick %d",
				missing.Tick, missing.Newest, missing.Attested)
		}
		return &gateway.Refusal{Cause: gateway.ErrNotCovered, Detail: detail}
	case errors.Is(err, proof.ErrUndecided):
		return &gateway.Refusal{Cause: gateway.ErrNotCovered, Detail: "it is ordered, and not executed yet"}
	case errors.Is(err, orderedlog.ErrPruned), errors.Is(err, zone.ErrNoResults):
		return &gateway.Refusal{Cause: gateway.ErrNotServed, Detail: "this node does not keep what the proof is made of any more"}
	case errors.Is(err, proof.ErrUnknown):
		return &gateway.Refusal{Cause: gateway.ErrNotOrdered, Field: "position"}
	case errors.Is(err, proof.ErrFormat):
		return &gateway.Refusal{Cause: core.ErrTooLarge, Field: "proof", Detail: "too many ticks went by without a complete checkpoint"}
	}
	return err
}

// proofSource is what proofs are made of: the log's rows and checkpoints, and the zones' results.
type proofSource struct {
	genesis *core.Genesis
	log     *orderedlog.Log
	zones   map[core.ZoneID]*zone.Zone
}

func (s proofSource) Checkpoint(from uint64) (*core.CompleteCheckpoint, error) {
	all, err := s.log.Checkpoints(from, 1)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[0], nil
}

func (s proofSource) Newest() uint64 {
	c, err := s.log.LatestCheckpoint()
	if err != nil {
		return 0
	}
	return c.Draft.Checkpoint.Tick
}

func (s proofSource) Handovers(before uint64) ([]proof.Handover, error) {
	all, err := s.log.Handovers(before)
	handovers := make([]proof.Handover, len(all))
	for i, c := range all {
		handovers[i] = proof.Handover{Signed: c.Signed(), Next: c.Draft.Next}
	}
	return handovers, err
}

func (s proofSource) Rows(rollup core.RollupID, seq, last uint64) ([]core.LaneTick, common.Hash, error) {
	rows, before, err := s.log.LaneRows(rollup, seq, last, proof.MaxRows+1)
	if errors.Is(err, orderedlog.ErrNotFound) {
		err = fmt.Errorf("%w: %w", proof.ErrUnknown, err)
	}
	return rows, before, err
}

func (s proofSource) Tick(n uint64) (*core.Tick, error) { return s.log.Decoded(n) }

func (s proofSource) Zone(rollup core.RollupID) proof.ZoneSource {
	id := s.genesis.ZoneOf(rollup)
	if z, ok := s.zones[id]; ok {
		return zoneResults{id, z}
	}
	return nil
}

// zoneResults is a zone as a source of proofs.
type zoneResults struct {
	id   core.ZoneID
	zone *zone.Zone
}

func (z zoneResults) ID() core.ZoneID { return z.id }

func (z zoneResults) DecidedIn(rollup core.RollupID, seq uint64) (uint64, bool, error) {
	f, ok, err := z.zone.Fate(rollup, seq)
	return f.Tick, ok, err
}

func (z zoneResults) Decisions(tick uint64) ([]core.RollupResult, [][]core.Outcome, error) {
	d, err := z.zone.Decisions(tick)
	if err != nil {
		return nil, nil, err
	}
	return d.Results, d.Outcomes, nil
}

func (z zoneResults) Results(first, last uint64) (common.Hash, []proof.Run, error) {
	before, runs, err := z.zone.ResultRuns(first, last)
	converted := make([]proof.Run, len(runs))
	for i, r := range runs {
		converted[i] = proof.Run(r)
	}
	return before, converted, err
}
