package demo

import (
	"fmt"
	"strings"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// The functions here decide whether a step ended as it should; nil means that it did.

// routerRefusal is what the router's second leg reverts with when the pool gives less than was asked for.
const routerRefusal = "UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT"

// judgeIncluded wants a bundle that took effect, by the quorum's word.
func judgeIncluded(step *Step) error {
	switch {
	case step.Outcome != core.Included:
		return fmt.Errorf("%w: the bundle is void (%s, leg %s: %s), want included", ErrFailed, step.Outcome, legName(step.FailingLeg), step.Reason)
	case step.Level < core.LevelAttested:
		return fmt.Errorf("%w: the bundle is %s, want attested", ErrFailed, step.Level)
	}
	return nil
}

// failure is what a bundle is meant to fail of.
type failure struct {
	code   core.OutcomeCode
	leg    int
	reason string // a part of it
}

// judgeVoid wants a bundle that failed as it was meant to, by the quorum's word and as the simulation said.
func judgeVoid(step *Step, simulated *gateway.SimulationView, want failure) error {
	switch {
	case step.Outcome != want.code || step.FailingLeg == nil || *step.FailingLeg != want.leg:
		return fmt.Errorf("%w: outcome is %s of leg %s, want %s of leg %d", ErrFailed, step.Outcome, legName(step.FailingLeg), want.code, want.leg)
	case step.Level < core.LevelAttested:
		return fmt.Errorf("%w: the bundle is %s, want attested", ErrFailed, step.Level)
	case !strings.Contains(step.Reason, want.reason):
		return fmt.Errorf("%w: the reason is %q, want %q in it", ErrFailed, step.Reason, want.reason)
	case simulated.OK || simulated.FailingLeg == nil || *simulated.FailingLeg != want.leg:
		return fmt.Errorf("%w: the simulation says ok=%v, failing leg %s; want leg %d to fail", ErrFailed, simulated.OK, legName(simulated.FailingLeg), want.leg)
	}
	return nil
}

// judgeArbitrage wants a bundle that was included and attested, that made a profit and moved tokens only.
func judgeArbitrage(step *Step, g gain) error {
	if err := judgeIncluded(step); err != nil {
		return err
	}
	switch {
	case g.Profit.Sign() <= 0:
		return fmt.Errorf("%w: spent %s, earned %s: no profit", ErrFailed, inEther(g.Spent), inEther(g.Earned))
	case g.Tokens.Sign() != 0:
		return fmt.Errorf("%w: the trader's tokens over both rollups changed by %s TOK, want 0", ErrFailed, units(g.Tokens, 18))
	}
	return nil
}

// judgeFailing wants a bundle that its second leg voided, as the simulation said, and that left no trace.
func judgeFailing(step *Step, simulated *gateway.SimulationView, before, after position) error {
	if err := judgeVoid(step, simulated, failure{core.VoidLegReverted, 1, routerRefusal}); err != nil {
		return err
	}
	if !before.equal(after) {
		return fmt.Errorf("%w: the void bundle left a trace: %+v became %+v", ErrFailed, before, after)
	}
	return nil
}

// judgeParked wants that the node parked a lone leg and that nothing was ordered of it.
func judgeParked(leg *gateway.Status) error {
	switch {
	case len(leg.Attempts) != 0:
		return fmt.Errorf("%w: a leg of a protected bundle was ordered alone, in tick %d", ErrFailed, leg.Attempts[0].Tick)
	case leg.Level != core.LevelAccepted || leg.Parked == nil:
		return fmt.Errorf("%w: the lone leg is %s, want parked", ErrFailed, leg.Level)
	}
	return nil
}

// judgeBundled wants that the leg was ordered once, in its bundle.
func judgeBundled(leg *gateway.Status) error {
	if len(leg.Attempts) != 1 || leg.Attempts[0].BundleID == nil {
		return fmt.Errorf("%w: the leg stands at %d places in the order, want one, in its bundle", ErrFailed, len(leg.Attempts))
	}
	return nil
}
