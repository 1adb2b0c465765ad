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

// judgeArbitrage wants a bundle that was included and attested, that made a profit and moved tokens only.
func judgeArbitrage(step *Step, g gain) error {
	switch {
	case step.Outcome != core.Included:
		return fmt.Errorf("%w: the bundle is void (%s, leg %s: %s), want included", ErrFailed, step.Outcome, legName(step.FailingLeg), step.Reason)
	case step.Level < core.LevelAttested:
		return fmt.Errorf("%w: the bundle is %s, want attested", ErrFailed, step.Level)
	case g.Profit.Sign() <= 0:
		return fmt.Errorf("%w: spent %s, earned %s: no profit", ErrFailed, inEther(g.Spent), inEther(g.Earned))
	case g.Tokens.Sign() != 0:
		return fmt.Errorf("%w: the trader's tokens over both rollups changed by %s TOK, want 0", ErrFailed, units(g.Tokens, 18))
	}
	return nil
}

// judgeFailing wants a bundle that its second leg voided, as the simulation said, and that left no trace.
func judgeFailing(step *Step, simulated *gateway.SimulationView, before, after position) error {
	switch {
	case step.Outcome != core.VoidLegReverted || step.FailingLeg == nil || *step.FailingLeg != 1:
		return fmt.Errorf("%w: outcome is %s of leg %s, want %s of leg 1", ErrFailed, step.Outcome, legName(step.FailingLeg), core.VoidLegReverted)
	case step.Level < core.LevelAttested:
		return fmt.Errorf("%w: the bundle is %s, want attested", ErrFailed, step.Level)
	case !strings.Contains(step.Reason, routerRefusal):
		return fmt.Errorf("%w: the reason is %q, want the router's %q", ErrFailed, step.Reason, routerRefusal)
	case simulated.OK || simulated.FailingLeg == nil || *simulated.FailingLeg != 1:
		return fmt.Errorf("%w: the simulation says ok=%v, failing leg %s; want leg 1 to fail", ErrFailed, simulated.OK, legName(simulated.FailingLeg))
	case !before.equal(after):
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
