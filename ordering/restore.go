package ordering

import (
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Restored makes what the log keeps of the last committed tick, for a machine whose ledger came by Load from elsewhere: the
// whole ledger, and with it the tick's record, rows and checkpoint as every validator has them. The payload must be the
// one that was decided, which the engine knows; the results that became attested with the tick must be those of the
// ledger. Errors are ErrLedger.
func (m *Machine) Restored(payload [][]byte, attested []core.Attested) (*core.Decided, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	record := &core.TickRecord{Number: m.tick.Height, Time: m.tick.Time, Payload: payload, Attested: attested, Members: memberChanges(m.ledger.entries(), m.tick.Height)}
	for i, a := range attested {
		at := lookup[attestedValue](m.ledger, attestedKey(a.Zone))
		if a.Tick == 0 || a.Tick != at.Tick || a.Digest != at.Digest || i > 0 && attested[i-1].Zone >= a.Zone {
			return nil, fmt.Errorf("%w: result of zone %s is not the attested one", ErrLedger, a.Zone)
		}
	}
	tick, err := record.Tick(m.network, m.now.Kind)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLedger, err)
	}
	if record.Lanes, err = m.lastRows(tick); err != nil {
		return nil, err
	}
	draft, err := m.lastDraft()
	if err != nil {
		return nil, err
	}
	return &core.Decided{Record: record, Tick: tick, Ledger: m.ledger.entries(), Draft: draft}, nil
}

// lastRows are what the last committed tick added to the lanes, whose heads after it are in the ledger.
func (m *Machine) lastRows(tick *core.Tick) (rows []core.LaneRow, err error) {
	moved := touched(tick)
	for _, id := range moved {
		lane, items := lookup[laneValue](m.ledger, laneKey(id)), tick.LaneItems(id)
		count := uint64(len(items))
		if lane.Tick != tick.Number || lane.NextSeq < count {
			return nil, fmt.Errorf("%w: tick %d adds to rollup %s, the lane ends at tick %d", ErrLedger, tick.Number, id, lane.Tick)
		}
		leaves := make([]common.Hash, count)
		for i, item := range items {
			leaves[i] = item.Leaf()
		}
		rows = append(rows, core.LaneRow{
			Rollup: id, FirstSeq: lane.NextSeq - count, Count: count, Root: core.MerkleRoot(leaves), Head: lane.Head,
		})
	}
	for _, r := range m.now.Rollups {
		if lookup[laneValue](m.ledger, laneKey(r.ID)).Tick == tick.Number && !slices.Contains(moved, r.ID) {
			return nil, fmt.Errorf("%w: tick %d adds nothing to rollup %s, where its lane ends", ErrLedger, tick.Number, r.ID)
		}
	}
	return rows, nil
}

// lastDraft is the checkpoint that the last committed tick opened, nil if it opened none.
func (m *Machine) lastDraft() (*core.CheckpointDraft, error) {
	if lookup[checkpointValue](m.ledger, checkpointKey()).Tick != m.tick.Height {
		return nil, nil
	}
	d := &core.CheckpointDraft{
		Slot: m.genesis.Params.Slot(m.tick.Time), Base: lookup[completeValue](m.ledger, completeKey()).Tick,
		Next: lookup[signersValue](m.ledger, nextSignersKey()),
	}
	return d, m.completeDraft(d, newStage(m.ledger), m.appHash)
}
