package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gateway"
)

const (
	bundleLife = time.Minute // how long a bundle may wait for its tick
	stepWait   = 20 * time.Second
)

// act is what somebody does in a bundle.
type act struct {
	by   *actor.Account
	call actor.Call
	// asserts: the call makes assertions, for which its access list has to name the marker.
	asserts bool
}

// leg is a signed transaction with its rollup.
type leg struct {
	rollup core.RollupID
	tx     *gethtypes.Transaction
}

// signLegs signs what everybody does, in the order of the bundle.
func signLegs(ctx context.Context, acts ...act) ([]leg, error) {
	legs := make([]leg, len(acts))
	for i, a := range acts {
		tx, err := a.by.Sign(ctx, a.call)
		if err != nil {
			return nil, fmt.Errorf("sign leg %d: %w", i, err)
		}
		legs[i] = leg{a.by.Rollup, tx}
	}
	return legs, nil
}

// newBundle puts legs into an execution bundle that is valid from now on.
func newBundle(legs []leg) *core.Bundle {
	return &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: soon(), Legs: bundleLegs(legs)}
}

// soon is when a bundle that is made now ends, in ms since the Unix epoch.
func soon() uint64 { return uint64(time.Now().Add(bundleLife).UnixMilli()) }

func bundleLegs(legs []leg) []core.Leg {
	encoded := make([]core.Leg, len(legs))
	for i, l := range legs {
		raw, err := l.tx.MarshalBinary()
		if err != nil {
			panic(fmt.Sprintf("demo: encode a transaction that was just signed: %v", err))
		}
		encoded[i] = core.Leg{Rollup: l.rollup, Tx: raw}
	}
	return encoded
}

// protect makes a bundle whose legs are valid in it only: each names the bundle's commitment in its access list under the
// predeploy. The commitment does not cover access lists, so it is computed from the unprotected calls.
func (s *stage) protect(ctx context.Context, acts ...act) (*core.Bundle, []leg, error) {
	draft, err := signLegs(ctx, acts...)
	if err != nil {
		return nil, nil, err
	}
	committed := make([]core.CommittedLeg, len(draft))
	for i, l := range draft {
		committed[i] = core.CommitLeg(l.tx, l.rollup, acts[i].by.Address, false)
	}
	b := newBundle(draft)
	b.Commitment = b.ComputeCommitment(s.network.NetworkID, committed)
	legs, err := signLegs(ctx, s.naming(b.Commitment, acts)...)
	if err != nil {
		return nil, nil, fmt.Errorf("protect: %w", err)
	}
	b.Legs = bundleLegs(legs)
	return b, legs, nil
}

// naming gives the calls the access lists that a commitment asks for.
func (s *stage) naming(commitment common.Hash, acts []act) []act {
	predeploy := core.Predeploy{Address: s.network.Predeploy.Address, Marker: s.network.Predeploy.Marker}
	protected := make([]act, len(acts))
	for i, a := range acts {
		a.call.Access = predeploy.AccessList(commitment)
		if a.asserts {
			a.call.Access = predeploy.AssertingAccessList(commitment)
		}
		protected[i] = a
	}
	return protected
}

// send sends a bundle and follows it.
func (s *stage) send(ctx context.Context, name string, b *core.Bundle) (*Step, error) {
	begin := time.Now()
	id, err := s.client.SendBundle(ctx, b)
	if err != nil {
		return nil, fmt.Errorf("send the bundle: %w", err)
	}
	return s.follow(ctx, name, id, begin)
}

// follow waits for every level of a bundle that was submitted at begin, and adds the step to the report.
func (s *stage) follow(ctx context.Context, name string, id common.Hash, begin time.Time) (*Step, error) {
	step := &Step{Name: name, BundleID: id}
	s.report.Steps = append(s.report.Steps, step)
	for _, level := range []struct {
		level core.Level
		took  *float64
	}{{core.LevelOrdered, &step.OrderedMs}, {core.LevelExecuted, &step.ExecutedMs}, {core.LevelAttested, &step.AttestedMs}} {
		status, err := s.client.WaitFor(ctx, id, level.level, stepWait)
		if err != nil {
			return nil, fmt.Errorf("wait until bundle %s is %s: %w", id, level.level, err)
		}
		*level.took = milliseconds(time.Since(begin))
		step.take(status)
		if status.Level < level.level {
			return nil, fmt.Errorf("%w: bundle %s is %s after %s, want %s%s", ErrFailed, id, status.Level, stepWait, level.level, dropped(status))
		}
	}
	s.fate(step)
	return step, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// dropped says why a bundle left the pool, if it did.
func dropped(status *gateway.Status) string {
	if status.Dropped == nil {
		return ""
	}
	return " (dropped: " + status.Dropped.Message + ")"
}

// take copies what the newest attempt says.
func (step *Step) take(status *gateway.Status) {
	step.Level = status.Level
	if len(status.Attempts) == 0 {
		return
	}
	a := status.Attempts[len(status.Attempts)-1]
	step.Tick, step.Reason, step.FailingLeg = a.Tick, a.Reason, a.FailingLeg
	if a.Outcome != nil {
		step.Outcome = *a.Outcome
	}
}

// receipts are those of a bundle's legs in their order; nil for a leg that has none.
func (s *stage) receipts(ctx context.Context, legs []leg) ([]*gethtypes.Receipt, error) {
	found := make([]*gethtypes.Receipt, len(legs))
	for i, l := range legs {
		var err error
		if found[i], err = s.receipt(ctx, l.rollup, l.tx.Hash()); err != nil {
			return nil, fmt.Errorf("leg %d: %w", i, err)
		}
	}
	return found, nil
}

// receipt is that of a transaction; nil if it has none.
func (s *stage) receipt(ctx context.Context, rollup core.RollupID, hash common.Hash) (*gethtypes.Receipt, error) {
	receipt, err := s.eth[rollup].TransactionReceipt(ctx, hash)
	if err != nil && !errors.Is(err, ethereum.NotFound) {
		return nil, fmt.Errorf("receipt of transaction %s: %w", hash, err)
	}
	return receipt, nil
}
