package ordering

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Effects is what a decided proposal brings about.
type Effects struct {
	// Decided is the tick for the log, with the ledger changes that must become durable with it.
	Decided *core.Decided
	// AppHash is the root of the ledger after the tick.
	AppHash common.Hash
	// Validators are changes of the validator set for the engine, which lets them hold from the second tick after this
	// one on.
	Validators []ValidatorUpdate
}

// Finalize applies a decided proposal and stages the ledger after it; Commit makes that the committed one. It may be
// called again before Commit, and without Check before it (replay). Every error means that the node must halt. The
// effects share memory with the machine and must not be changed.
func (m *Machine) Finalize(p Proposal) (*Effects, error) {
	in := m.reusable(p)
	if in == nil {
		var err error
		if in, err = m.inspect(p); errors.Is(err, ErrProtocol) {
			return nil, err
		}
		if err != nil {
			return nil, fmt.Errorf("%w: tick %d: %w", ErrDecidedInvalid, p.Height, err)
		}
	}
	s := newStage(m.ledger)
	record := &core.TickRecord{Number: p.Height, Time: p.Time, Payload: in.proposal.Txs[1:]}
	record.Attested = m.tally(s, in)
	record.Lanes = m.advanceLanes(s, in.tick)
	if err := m.advanceChains(s, in.tick); err != nil {
		return nil, fmt.Errorf("tick %d: %w", p.Height, err)
	}
	m.charge(s, in.tick)
	seated, updates := m.jail(s, m.retire(s, p.Height), p)
	seated, updates = m.control(s, in.tick, seated, updates)
	next := tickValue{Height: p.Height, Time: p.Time}
	s.put(tickKey(), next)
	completion := m.tallyCheckpoint(s, in)
	draft := m.openCheckpoint(s, next, seated)

	changes := s.changes()
	record.Members = memberChanges(changes, p.Height)
	appHash, err := m.ledger.advance(changes)
	if err != nil {
		return nil, fmt.Errorf("tick %d: %w", p.Height, err)
	}
	if draft != nil {
		if err := m.completeDraft(draft, s, appHash); err != nil {
			return nil, fmt.Errorf("tick %d: %w", p.Height, err)
		}
	}
	m.staged = &stagedTick{tick: next, appHash: appHash, seats: seated, registry: slices.ContainsFunc(changes, ofRegistry)}
	if p.Height == 1 {
		changes = s.everything()
	}
	decided := &core.Decided{
		Record: record, Tick: in.tick, Ledger: changes, Draft: draft, Completion: completion, Votes: m.votes(in),
	}
	return &Effects{Decided: decided, AppHash: appHash, Validators: updates}, nil
}

// ofRegistry reports whether a ledger change is one of what is in force.
func ofRegistry(kv core.KV) bool { return kv.Key[0] == spaceParams || kv.Key[0] == spaceRollup }

// votes tells what the vote extensions in a tick say, in the engine's order.
func (m *Machine) votes(in *inspected) []core.Vote {
	if in.tick.Number == 1 {
		return nil
	}
	votes := make([]core.Vote, len(m.validators))
	for i, v := range m.validators {
		votes[i].Validator = v.Address
		if in.extensions[i] == nil {
			continue
		}
		votes[i].Signed = true
		for _, z := range in.extensions[i].Zones {
			last := len(z.Digests) - 1
			votes[i].Results = append(votes[i].Results, core.Attested{Zone: z.Zone, Tick: z.FirstTick + uint64(last), Digest: z.Digests[last]})
		}
	}
	return votes
}

// advanceLanes moves the head of every lane that the tick adds to, and lists what was added by ascending rollup.
func (m *Machine) advanceLanes(s *stage, tick *core.Tick) []core.LaneRow {
	var rows []core.LaneRow
	for _, rollup := range touched(tick) {
		lane := lookup[laneValue](s, laneKey(rollup))
		head := core.LaneHead{NextSeq: lane.NextSeq, Head: lane.Head}
		if row, ok := head.AdvanceOver(m.network, rollup, tick); ok {
			after := row.After()
			s.put(laneKey(rollup), laneValue{NextSeq: after.NextSeq, Head: after.Head, Tick: tick.Number})
			rows = append(rows, row)
		}
	}
	return rows
}

// touched lists the rollups that the tick orders something for, ascending.
func touched(tick *core.Tick) []core.RollupID {
	var ids []core.RollupID
	for _, b := range tick.Bundles {
		for _, tx := range b.Txs {
			ids = append(ids, tx.Rollup())
		}
	}
	for _, s := range tick.Sections {
		ids = append(ids, s.Rollup)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
