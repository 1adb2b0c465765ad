//det:machine

package zone

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// CheckedAssertion is an assertion with what was found after the bundle's last leg.
type CheckedAssertion struct {
	core.Assertion
	// Leg is the index of the leg that made it.
	Leg int
	// Holds: the account has code, and its slot has the value.
	Holds bool
	// Found is what the slot has; zero if the account has no code, or the chain is none of the zone's.
	Found common.Hash
	// Reason explains an assertion that does not hold.
	Reason string
}

// assertions are those of one bundle in the order made: leg by leg, and within a leg as its logs.
type assertions struct {
	predeploy common.Address
	limit     uint64
	made      []CheckedAssertion
}

// collect takes the assertions that a leg made; the verdict is that it made one too many, which ends the bundle at once.
func (s *assertions) collect(leg int, logs []*gethtypes.Log) verdict {
	for _, log := range logs {
		a, ok := core.ParseAssertion(s.predeploy, log)
		if !ok {
			continue
		}
		if uint64(len(s.made)) == s.limit {
			return verdict{core.VoidAssertion, core.VoidOtherLeg, leg, fmt.Sprintf("more than %d assertions in the bundle", s.limit)}
		}
		s.made = append(s.made, CheckedAssertion{Assertion: a, Leg: leg})
	}
	return verdict{}
}

// check reads what was asserted; the verdict names the leg that made the first assertion that does not hold. attempt gives
// the state after the last leg of a rollup, nil for one that the zone does not execute.
func (s *assertions) check(attempt func(core.RollupID) (Attempt, error)) (verdict, error) {
	var v verdict
	for i := range s.made {
		a := &s.made[i]
		if err := a.read(attempt); err != nil {
			return verdict{}, fmt.Errorf("assertion %d of leg %d: %w", i, a.Leg, err)
		}
		if !a.Holds && v == (verdict{}) {
			v = verdict{core.VoidAssertion, core.VoidOtherLeg, a.Leg, a.Reason}
		}
	}
	return v, nil
}

// read finds out whether the assertion holds.
func (a *CheckedAssertion) read(attempt func(core.RollupID) (Attempt, error)) error {
	var on Attempt
	if rollup, ok := a.Rollup(); ok {
		var err error
		if on, err = attempt(rollup); err != nil {
			return fmt.Errorf("rollup %s: %w", rollup, err)
		}
	}
	if on == nil {
		a.Reason = fmt.Sprintf("assertion: %s: the chain is none of the bundle's zone", a.Assertion)
		return nil
	}
	found, code, err := on.Storage(a.Account, a.Slot)
	switch {
	case err != nil:
		return fmt.Errorf("read slot %s of %s on chain %s: %w", a.Slot, a.Account, a.Chain.Big(), err)
	case !code:
		a.Reason = fmt.Sprintf("assertion: %s: the account has no code", a.Assertion)
		return nil
	}
	a.Found, a.Holds = found, found == a.Value
	if !a.Holds {
		a.Reason = fmt.Sprintf("assertion: %s, found %s", a.Assertion, found)
	}
	return nil
}
