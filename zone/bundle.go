//det:machine

package zone

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// leg is a bundle's leg on a rollup of the zone.
type leg struct {
	index int // in the bundle
	lane  int // in machine.lanes
	seq   uint64
}

// verdict says why a bundle is void: code is the failing leg's, others every other leg's. The zero verdict is success.
type verdict struct {
	code   core.OutcomeCode
	others core.OutcomeCode
	leg    int
	detail string
}

// whole voids all legs for the same reason, which showed at one of them.
func whole(code core.OutcomeCode, leg int, detail string) verdict {
	return verdict{code, code, leg, detail}
}

// bundle executes the index-th bundle of the tick.
func (m *machine) bundle(b *core.DecodedBundle, index int) error {
	legs := m.takeLegs(b)
	if len(legs) == 0 {
		return nil
	}
	if b.Atomicity == core.AtomicInclusion {
		return m.inclusion(b, legs)
	}
	v := m.checkBundle(b, legs, index)
	var done []Execution
	if v == (verdict{}) {
		var err error
		if done, v, err = m.attempt(b, legs); err != nil {
			return err
		}
	}
	m.decideLegs(b, legs, done, v)
	return nil
}

// takeLegs gives the legs on the zone's rollups their lane positions. Cursors of lanes that are not stopped move past
// the legs at once: execution legs are decided before anything else, and an inclusion leg that does not fit stops its
// lane at its own position, which is below those of the later legs.
func (m *machine) takeLegs(b *core.DecodedBundle) []leg {
	var legs []leg
	place := BundlePlace{ID: b.Hash, Tick: m.tick, Atomicity: b.Atomicity}
	for i, tx := range b.Txs {
		if at, ok := m.laneOf(tx.Rollup()); ok {
			seq := m.lanes[at].take()
			legs = append(legs, leg{index: i, lane: at, seq: seq})
			place.Legs = append(place.Legs, LegPlace{Leg: uint64(i), Rollup: tx.Rollup(), Seq: seq})
		}
	}
	if len(legs) > 0 {
		m.bundles = append(m.bundles, place)
	}
	return legs
}

func (m *machine) laneOf(rollup core.RollupID) (int, bool) {
	for i, l := range m.lanes {
		if l.rollup == rollup {
			return i, true
		}
	}
	return 0, false
}

// inclusion applies the legs as singles.
func (m *machine) inclusion(b *core.DecodedBundle, legs []leg) error {
	for _, leg := range legs {
		l := m.lanes[leg.lane]
		if err := l.single(leg.seq, legItem(b, leg.index)); err != nil {
			return fmt.Errorf("leg %d: rollup %s: %w", leg.index, l.rollup, err)
		}
	}
	return nil
}

func legItem(b *core.DecodedBundle, index int) core.LaneItem {
	return core.LaneItem{Tx: b.Txs[index], Bundle: b.Hash, Leg: uint32(index)}
}

// checkBundle applies the rules that are known before the first opcode of the first leg.
func (m *machine) checkBundle(b *core.DecodedBundle, legs []leg, index int) verdict {
	if len(legs) != len(b.Txs) {
		for i, tx := range b.Txs {
			if _, ok := m.laneOf(tx.Rollup()); !ok {
				return whole(core.VoidZoneUnassigned, i, fmt.Sprintf("rollup %s is not executed in zone %s", tx.Rollup(), m.zone))
			}
		}
	}
	if v := checkCommitment(m.network, b); v != (verdict{}) {
		return v
	}
	stopped := NoLeg
	for _, leg := range legs {
		if m.lanes[leg.lane].stopped {
			stopped = leg.index
			break
		}
	}
	if b.ParentTick != 0 && (b.ParentTick+1 != m.tick || index != 0 || m.fresh || stopped != NoLeg) {
		return whole(core.VoidParentTick, 0, "the state after the parent tick is not the one met")
	}
	if stopped != NoLeg {
		return whole(core.VoidBlockFull, stopped, "the lane is stopped until the next block")
	}
	return verdict{}
}

// checkCommitment recomputes the bundle's commitment, if it has one, with the legs' recovered senders.
func checkCommitment(network core.NetworkID, b *core.DecodedBundle) verdict {
	if b.Commitment == (common.Hash{}) {
		return verdict{}
	}
	committed := make([]core.CommittedLeg, len(b.Txs))
	for i, tx := range b.Txs {
		sender, err := senderOf(tx)
		if err != nil {
			return verdict{core.VoidBadSignature, core.VoidOtherLeg, i, err.Error()}
		}
		committed[i] = core.CommitLeg(tx.Eth(), tx.Rollup(), sender, b.Legs[i].MayRevert)
	}
	if want := b.ComputeCommitment(network, committed); want != b.Commitment {
		return whole(core.VoidCommitment, 0, fmt.Sprintf("the legs' commitment is %s", want))
	}
	return verdict{}
}

// attempt runs the legs in order, on one attempt per rollup, and merges all attempts or drops all.
func (m *machine) attempt(b *core.DecodedBundle, legs []leg) ([]Execution, verdict, error) {
	attempts := make([]Attempt, len(m.lanes))
	done, v, err := m.runLegs(b, legs, attempts)
	for i, a := range attempts {
		switch {
		case a == nil:
		case err != nil || v != verdict{}:
			a.Drop()
		default:
			if err = a.Merge(); err != nil {
				err = fmt.Errorf("rollup %s: merge: %w", m.lanes[i].rollup, err)
			}
		}
	}
	return done, v, err
}

// runLegs runs legs until one fails, and then checks what they asserted.
func (m *machine) runLegs(b *core.DecodedBundle, legs []leg, attempts []Attempt) ([]Execution, verdict, error) {
	done := make([]Execution, len(legs))
	asserted := assertions{predeploy: m.predeploy, limit: m.params.MaxBundleAssertions}
	for i, leg := range legs {
		x, err := m.attemptOn(leg.lane, attempts).Apply(b.Txs[leg.index])
		if err != nil {
			return nil, verdict{}, fmt.Errorf("leg %d: rollup %s: %w", leg.index, m.lanes[leg.lane].rollup, err)
		}
		v := judgeLeg(x, leg.index, b.Legs[leg.index].MayRevert)
		if v == (verdict{}) {
			v = asserted.collect(leg.index, x.Logs)
		}
		if v != (verdict{}) {
			return nil, v, nil
		}
		done[i] = x
	}
	v, err := asserted.check(func(rollup core.RollupID) (Attempt, error) {
		if at, ok := m.laneOf(rollup); ok {
			return m.attemptOn(at, attempts), nil
		}
		return nil, nil
	})
	return done, v, err
}

// attemptOn is the attempt on a lane's rollup, begun when it is first needed; attempts are by lane.
func (m *machine) attemptOn(lane int, attempts []Attempt) Attempt {
	if attempts[lane] == nil {
		attempts[lane] = m.lanes[lane].engine.Attempt()
	}
	return attempts[lane]
}

// judgeLeg says whether an executed leg voids its bundle.
func judgeLeg(x Execution, index int, mayRevert bool) verdict {
	switch {
	case x.NoRoom:
		return whole(core.VoidBlockFull, index, "the leg does not fit into the open block")
	case x.Code.Void():
		return verdict{x.Code, core.VoidOtherLeg, index, x.Detail}
	case x.Reverted && !mayRevert:
		return verdict{core.VoidLegReverted, core.VoidOtherLeg, index, revertReason(x.ReturnData)}
	}
	return verdict{}
}

// decideLegs records the legs' executions, or the verdict on all of them.
func (m *machine) decideLegs(b *core.DecodedBundle, legs []leg, done []Execution, v verdict) {
	for i, leg := range legs {
		l, item := m.lanes[leg.lane], legItem(b, leg.index)
		if v == (verdict{}) {
			l.decide(leg.seq, item, NoLeg, done[i])
			continue
		}
		code := v.others
		if leg.index == v.leg {
			code = v.code
		}
		l.decide(leg.seq, item, v.leg, Execution{Code: code, Detail: v.detail})
	}
}
