package demo

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

func index(i int) *int { return &i }

func TestJudgeArbitrage_WantsAnAttestedProfit(t *testing.T) {
	t.Parallel()
	good := Step{Outcome: core.Included, Level: core.LevelAttested}
	profit := gain{Spent: ether(1), Earned: ether(2), Profit: ether(1), Tokens: new(big.Int)}
	for _, c := range []struct {
		name   string
		change func(*Step, *gain)
		want   string
	}{
		{"good", func(*Step, *gain) {}, ""},
		{"void", func(s *Step, _ *gain) { s.Outcome, s.FailingLeg, s.Reason = core.VoidLegReverted, index(1), "no luck" }, "void (legReverted, leg 1: no luck)"},
		{"not attested", func(s *Step, _ *gain) { s.Level = core.LevelExecuted }, "executed, want attested"},
		{"no profit", func(_ *Step, g *gain) { g.Profit = new(big.Int) }, "no profit"},
		{"loss", func(_ *Step, g *gain) { g.Profit = ether(-1) }, "no profit"},
		{"tokens from nowhere", func(_ *Step, g *gain) { g.Tokens = ether(1) }, "changed by 1.000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			step, g := good, profit
			c.change(&step, &g)
			wantJudgement(t, judgeArbitrage(&step, g), c.want)
		})
	}
}

func TestJudgeFailing_WantsTheReasonAndNoTrace(t *testing.T) {
	t.Parallel()
	good := Step{Outcome: core.VoidLegReverted, Level: core.LevelAttested, FailingLeg: index(1), Reason: "execution reverted: " + routerRefusal}
	for _, c := range []struct {
		name   string
		change func(*Step, *gateway.SimulationView, *position)
		want   string
	}{
		{"good", func(*Step, *gateway.SimulationView, *position) {}, ""},
		{"included", func(s *Step, _ *gateway.SimulationView, _ *position) { s.Outcome, s.FailingLeg = core.Included, nil }, "included of leg none"},
		{"other leg", func(s *Step, _ *gateway.SimulationView, _ *position) { s.FailingLeg = index(0) }, "of leg 0"},
		{"other outcome", func(s *Step, _ *gateway.SimulationView, _ *position) { s.Outcome = core.VoidBlockFull }, "blockFull"},
		{"not attested", func(s *Step, _ *gateway.SimulationView, _ *position) { s.Level = core.LevelOrdered }, "want attested"},
		{"no reason", func(s *Step, _ *gateway.SimulationView, _ *position) { s.Reason = "execution reverted" }, "want \"UniswapV2Router"},
		{"simulation disagrees", func(_ *Step, v *gateway.SimulationView, _ *position) { v.OK = true }, "simulation"},
		{"simulation blames another leg", func(_ *Step, v *gateway.SimulationView, _ *position) { v.FailingLeg = index(0) }, "simulation"},
		{"fee paid", func(_ *Step, _ *gateway.SimulationView, p *position) { p.Cheap.Ether = ether(9) }, "trace"},
		{"tokens kept", func(_ *Step, _ *gateway.SimulationView, p *position) { p.Dear.Tokens = ether(9) }, "trace"},
		{"nonce used", func(_ *Step, _ *gateway.SimulationView, p *position) { p.Dear.Nonce++ }, "trace"},
		{"pool moved", func(_ *Step, _ *gateway.SimulationView, p *position) { p.Cheap.Reserves[1] = ether(9) }, "trace"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			step, view, after := good, gateway.SimulationView{FailingLeg: index(1)}, somePosition()
			c.change(&step, &view, &after)
			wantJudgement(t, judgeFailing(&step, &view, somePosition(), after), c.want)
		})
	}
}

func somePosition() position {
	h := holdings{Ether: ether(10), Tokens: ether(5), Nonce: 3, Reserves: [2]*big.Int{ether(100), ether(80)}}
	return position{Cheap: h, Dear: h}
}

func TestJudgeParked_WantsALegThatIsNotOrderedAlone(t *testing.T) {
	t.Parallel()
	parked, id := gateway.Status{Level: core.LevelAccepted, Parked: new(gateway.ParkingView)}, common.Hash{1}
	wantJudgement(t, judgeParked(&parked), "")
	wantJudgement(t, judgeParked(&gateway.Status{Level: core.LevelAccepted}), "lone leg is accepted, want parked")
	alone := parked
	alone.Attempts = []gateway.Attempt{{Tick: 4}}
	wantJudgement(t, judgeParked(&alone), "ordered alone, in tick 4")
	wantJudgement(t, judgeBundled(&alone), "1 places")
	wantJudgement(t, judgeBundled(&parked), "0 places")
	alone.Attempts[0].BundleID = &id
	wantJudgement(t, judgeBundled(&alone), "")
}

func wantJudgement(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("a step that is as it should be fails: %v", err)
		}
		return
	}
	if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want ErrFailed with %q", err, want)
	}
}

func TestGain_CountsBothRollups(t *testing.T) {
	t.Parallel()
	before, after := somePosition(), somePosition()
	after.Cheap.Ether, after.Cheap.Tokens = ether(8), ether(7)
	after.Dear.Ether, after.Dear.Tokens = ether(13), ether(4)
	g := before.gainTo(after)
	for _, c := range []struct {
		name string
		got  *big.Int
		want int64
	}{{"spent", g.Spent, 2}, {"earned", g.Earned, 3}, {"profit", g.Profit, 1}, {"tokens", g.Tokens, 1}} {
		if c.got.Cmp(ether(c.want)) != 0 {
			t.Errorf("%s is %s, want %d ETH", c.name, inEther(c.got), c.want)
		}
	}
}

func TestUnits_AreReadable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount   *big.Int
		decimals int
		want     string
	}{
		{new(big.Int), 4, "0.0000"}, {ether(1000), 0, "1,000"}, {ether(-1234567), 2, "-1,234,567.00"}, {ether(999), 0, "999"},
		{big.NewInt(1), 18, "0.000000000000000001"}, {new(big.Int).Div(ether(5), big.NewInt(100_000)), 4, "0.0001"},
	} {
		if got := units(c.amount, c.decimals); got != c.want {
			t.Errorf("units(%s, %d) is %q, want %q", c.amount, c.decimals, got, c.want)
		}
	}
}
