package gateway

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// networkStatus answers lockstep_status.
func (g *Gateway) networkStatus() (*NetworkStatus, error) {
	genesis := g.deps.Genesis
	rollups := genesis.InForce().Rollups
	s := &NetworkStatus{
		NetworkID: g.network, Name: genesis.Name, ChainID: genesis.ChainID(), Version: g.deps.Version,
		ProtocolVersion: genesis.Params.ProtocolVersion, Pool: g.deps.Pool.Stats(),
		Predeploy:  PredeployView{genesis.Predeploy.Address, genesis.Predeploy.Marker},
		Validators: make([]ValidatorView, 0, len(genesis.Validators)),
		Zones:      make([]ZoneView, 0, len(genesis.InForce().Zones)),
		Rollups:    make([]RollupView, 0, len(rollups)),
	}
	if g.deps.Control != nil {
		s.ProtocolVersion, _ = g.deps.Control.Protocol()
	}
	if s.Head.Tick = g.deps.Log.Head(); s.Head.Tick > 0 {
		record, err := g.deps.Log.Record(s.Head.Tick)
		if err != nil {
			return nil, err
		}
		s.Head.Time = record.Time
	}
	var err error
	if s.Checkpoint, err = g.newestCheckpointHead(); err != nil {
		return nil, err
	}
	for _, v := range g.validators() {
		s.Validators = append(s.Validators, ValidatorView{v.ConsensusKey, v.Address, v.Power})
	}
	for _, z := range genesis.InForce().Zones {
		attested := g.attestedResult(z.ID)
		view := ZoneView{ID: z.ID, Rollups: z.Rollups, Attested: attested.Tick, AttestedDigest: attested.Digest}
		if own, ok := g.deps.Zones[z.ID]; ok {
			executed := own.Executed()
			view.Executed = &executed
			if own.Err() != nil {
				view.Stopped = stoppedText
			}
		}
		s.Zones = append(s.Zones, view)
	}
	for _, r := range rollups {
		s.Rollups = append(s.Rollups, g.rollupView(r))
	}
	return s, nil
}

func (g *Gateway) rollupView(r core.Rollup) RollupView {
	lane := g.deps.Ledger.Lane(r.ID)
	view := RollupView{
		ID: r.ID, Name: r.Name, Kind: r.Kind, Zone: g.deps.Genesis.ZoneOf(r.ID), NextSeq: lane.NextSeq, LaneHead: lane.Head,
		Retired: g.deps.Genesis.Retired(r.ID),
	}
	if z, ok := g.deps.Zones[view.Zone]; ok {
		state := z.Lane(r.ID)
		view.FirstUnapplied, view.SealedBlock, view.SealedHash = &state.FirstUnapplied, &state.Sealed, &state.SealedHash
	}
	if g.mounted(r.ID) != nil {
		view.RPC = rollupPath(r.ID)
	}
	return view
}

// tickView answers lockstep_getTick.
func (g *Gateway) tickView(n uint64) (*TickView, error) {
	record, tick, err := g.readTick(n)
	if err != nil {
		return nil, err
	}
	view := &TickView{
		Number: n, Time: tick.Time, Attested: attestedViews(record.Attested),
		Lanes:    make([]LaneView, 0, len(record.Lanes)),
		Bundles:  make([]BundleView, 0, len(tick.Bundles)),
		Sections: make([]Section, 0, len(tick.Sections)),
	}
	for _, row := range record.Lanes {
		lane := LaneView{Rollup: row.Rollup, FirstSeq: row.FirstSeq, Count: row.Count, Root: row.Root, Head: row.Head, Positions: []Attempt{}}
		for i, item := range tick.LaneItems(row.Rollup) {
			a, err := g.laneAttempt(tick, row.Rollup, row.FirstSeq+uint64(i), item)
			if err != nil {
				return nil, err
			}
			lane.Positions = append(lane.Positions, a)
		}
		view.Lanes = append(view.Lanes, lane)
	}
	for i := range tick.Bundles {
		view.Bundles = append(view.Bundles, bundleView(&tick.Bundles[i]))
	}
	for _, s := range tick.Sections {
		section := Section{Rollup: s.Rollup, Txs: make([]common.Hash, len(s.Txs))}
		for i, tx := range s.Txs {
			section.Txs[i] = tx.Hash()
		}
		view.Sections = append(view.Sections, section)
	}
	return view, nil
}

func bundleView(b *core.DecodedBundle) BundleView {
	view := BundleView{
		ID: b.Hash, Atomicity: b.Atomicity, NotBefore: b.NotBefore, NotAfter: b.NotAfter, Commitment: b.Commitment,
		Legs: make([]LegView, len(b.Legs)),
	}
	for i, leg := range b.Legs {
		view.Legs[i] = LegView{leg.Rollup, b.Txs[i].Hash(), leg.MayRevert}
	}
	return view
}

// simulationView is a simulation as lockstep_simulateBundle answers it.
func (g *Gateway) simulationView(d core.DecodedBundle, s Simulation) *SimulationView {
	view := &SimulationView{
		BundleID: d.Hash, OK: s.Success, Tick: s.Tick, Code: s.Code, Reason: s.Reason, Legs: make([]SimulatedLegView, 0, len(s.Legs)),
	}
	if s.FailingLeg >= 0 {
		view.FailingLeg = &s.FailingLeg
	}
	if s.Rule != nil {
		view.Rule = g.errorView(s.Rule)
	}
	for i, leg := range s.Legs[:min(len(s.Legs), len(d.Legs))] {
		v := simulatedLegView(leg)
		v.Rollup, v.TxHash = d.Legs[i].Rollup, d.Txs[i].Hash()
		view.Legs = append(view.Legs, v)
	}
	view.Assertions = make([]AssertionView, len(s.Assertions))
	for i, a := range s.Assertions {
		view.Assertions[i] = AssertionView{
			Leg: a.Leg, ChainID: (*hexutil.Big)(a.Chain.Big()), Account: a.Account, Slot: a.Slot, Expected: a.Value, Found: a.Found,
			OK: a.Holds, Reason: a.Reason,
		}
	}
	return view
}

func simulatedLegView(leg SimulatedLeg) SimulatedLegView {
	v := SimulatedLegView{Status: "success", GasUsed: leg.GasUsed, ReturnData: leg.ReturnData, Logs: leg.Logs}
	switch {
	case !leg.Executed:
		v.Status = "notExecuted"
	case leg.Code.Void():
		v.Status, v.Reason = "void", leg.Reason
	case leg.Reverted:
		v.Status, v.RevertReason = "reverted", leg.Reason
	}
	if leg.Executed {
		v.Code = &leg.Code
	}
	if v.Logs == nil {
		v.Logs = []*gethtypes.Log{}
	}
	return v
}
