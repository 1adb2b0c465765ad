package intents

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

func TestAuction_BestSolutionWinsAtTheEndOfTheWindow(t *testing.T) {
	t.Parallel()
	a := newAuction(t, nil)
	o := a.admit(testOrder(1))
	a.offer(o, testSolution(&o, 1, 100, 80), testSolution(&o, 2, 100, 90), testSolution(&o, 3, 100, 85))
	if v := a.view(o); v.Opens != 1 || v.Closes != 9 || v.Solutions != 3 {
		t.Errorf("window is %d to %d with %d solutions", v.Opens, v.Closes, v.Solutions)
	}
	a.ticks(7)
	if a.winner() != 0 {
		t.Fatal("a winner before the end of the window")
	}
	a.ticks(1)
	if a.winner() != 2 {
		t.Fatalf("winner is %d, want 2", a.winner())
	}
	a.want(o, Pending, 100, "opened open", "awarded pending")
	if err := a.m.offer(o.ID, testSolution(&o, 4, 100, 99)); !errors.Is(err, ErrState) {
		t.Errorf("a solution while the winner is under way: %v", err)
	}
	a.decide(true)
	a.want(o, Filled, 0, "opened open", "awarded pending", "filled filled")
	if f := a.view(o).Fills; len(f) != 1 || f[0].Status != FillExecuted || f[0].Output.Int64() != 90 || f[0].Tick != a.tick {
		t.Errorf("fills are %+v", f)
	}
	if a.m.size != 0 || len(a.m.users)+len(a.m.clients)+len(a.m.sizes)+len(a.m.active) != 0 {
		t.Errorf("what is over takes room: %d bytes, %d users, %d clients", a.m.size, len(a.m.users), len(a.m.clients))
	}
}

func TestAuction_TiesGoToMoreInputAndThenToTheLowerID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		all  [][3]int64 // id, input, output
		want byte
	}{
		{"more surplus", [][3]int64{{1, 100, 75}, {2, 10, 13}}, 2},
		{"more input", [][3]int64{{1, 50, 40}, {2, 100, 75}}, 2},
		{"lower id", [][3]int64{{7, 100, 80}, {3, 100, 80}, {5, 100, 80}}, 3},
		{"no surplus at all", [][3]int64{{2, 100, 70}}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, reverse := range []bool{false, true} {
				all := slices.Clone(c.all)
				if reverse {
					slices.Reverse(all)
				}
				a := newAuction(t, nil)
				o := a.admit(testOrder(1))
				for _, s := range all {
					a.offer(o, testSolution(&o, byte(s[0]), s[1], s[2]))
				}
				a.ticks(8)
				if a.winner() != c.want {
					t.Errorf("winner is %d, want %d (reversed: %v)", a.winner(), c.want, reverse)
				}
			}
		})
	}
}

// Any order of arrival leaves the same book, also one that is full and in which single clients are at their limit.
func TestAuction_DoesNotDependOnTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	const seed, rounds = 7, 300
	random := rand.New(rand.NewPCG(seed, 0))
	for round := range rounds {
		o := testOrder(1)
		var all []*Solution
		for i := range 1 + random.IntN(14) {
			s := testSolution(&o, byte(i+1), 1+random.Int64N(100), 0)
			s.Output = new(big.Int).Add(new(big.Int).Sub(s.Output, o.surplus(s.Result)), big.NewInt(random.Int64N(4))) // ties are likely
			s.Surplus, s.Client = o.surplus(s.Result), fmt.Sprint(random.IntN(3))
			all = append(all, s)
		}
		limits := func(c *Config) { c.MaxSolutions, c.MaxClientSolutions = 1+round%6, 1+round%4 }
		var want string
		for range 6 {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			a := newAuction(t, limits)
			a.admit(o)
			for _, s := range all {
				if err := a.m.offer(o.ID, s); err != nil && !errors.Is(err, ErrOutbid) {
					t.Fatal(err)
				}
			}
			var kept []int
			for _, s := range a.m.entries[o.ID].solutions {
				kept = append(kept, int(s.BundleID[31]))
			}
			a.ticks(8)
			got := fmt.Sprint("winner ", a.winner(), " of ", kept)
			if want == "" {
				want = got
			}
			best := slices.MinFunc(all, compare)
			if got != want || a.winner() != best.BundleID[31] {
				t.Fatalf("seed %d, round %d: %s in one order, %s in another; the best is %d", seed, round, want, got, best.BundleID[31])
			}
		}
	}
}

func TestAuction_SecondBestIsTriedWhenTheWinnerIsVoid(t *testing.T) {
	t.Parallel()
	a := newAuction(t, nil)
	o := a.admit(testOrder(1))
	a.offer(o, testSolution(&o, 1, 100, 95), testSolution(&o, 2, 100, 90), testSolution(&o, 3, 100, 85), testSolution(&o, 4, 100, 80))
	a.fails[common.Hash{31: 1}], a.refused[common.Hash{31: 2}] = true, true
	a.ticks(8)
	if a.winner() != 3 {
		t.Fatalf("winner is %d, want 3: 1 does not simulate any more and the pool refuses 2", a.winner())
	}
	a.decide(false)
	if a.winner() != 4 {
		t.Fatalf("winner is %d, want 4 after 3 was void", a.winner())
	}
	a.decide(false)
	a.want(o, Open, 100, "opened open", "awarded pending", "awarded pending", "reopened open")
	v := a.view(o)
	if len(v.Fills) != 3 || v.Fills[0].Reason != "the pool refuses it: no room" || v.Fills[1].Status != FillVoid || v.Fills[1].Reason != "reverted" {
		t.Errorf("fills are %+v", v.Fills)
	}
	if v.Opens != a.tick || v.Closes != a.tick+8 {
		t.Errorf("the new window is %d to %d at tick %d", v.Opens, v.Closes, a.tick)
	}
	if want := []windowEnd{windowAwarded, windowAwarded, windowFailed}; !slices.Equal(a.all.windows, want) {
		t.Errorf("windows ended %v, want %v", a.all.windows, want)
	}
}

// What counts is the simulation at the award: who offered most and gives less by now loses to who gives more.
func TestAuction_RanksByTheSimulationAtTheAward(t *testing.T) {
	t.Parallel()
	result := func(input, output int64) Result { return Result{Input: big.NewInt(input), Output: big.NewInt(output)} }
	for _, c := range []struct {
		name   string
		first  Result // of 1, which offered 95
		second Result // of 2, which offered 90
		want   byte
	}{
		{"less than the second", result(100, 85), result(100, 90), 2},
		{"less, and still the best", result(100, 91), result(100, 90), 1},
		{"both less", result(100, 80), result(100, 75), 1},
		{"more", result(100, 99), result(100, 90), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAuction(t, nil)
			o := a.admit(testOrder(1))
			a.offer(o, testSolution(&o, 1, 100, 95), testSolution(&o, 2, 100, 90))
			a.again[common.Hash{31: 1}], a.again[common.Hash{31: 2}] = c.first, c.second
			a.ticks(8)
			if a.winner() != c.want {
				t.Errorf("winner is %d, want %d", a.winner(), c.want)
			}
		})
	}
}

// A simulation says nothing of the state after another winner.
func TestAuction_SimulatesAgainAfterAVoidWinner(t *testing.T) {
	t.Parallel()
	a := newAuction(t, nil)
	o := a.admit(testOrder(1))
	a.offer(o, testSolution(&o, 1, 100, 95), testSolution(&o, 2, 100, 90))
	a.again[common.Hash{31: 1}] = Result{Input: big.NewInt(100), Output: big.NewInt(85)}
	a.ticks(8)
	if a.winner() != 2 {
		t.Fatalf("winner is %d, want 2", a.winner())
	}
	a.fails[common.Hash{31: 1}] = true
	a.decide(false)
	if a.winner() != 0 || a.view(o).Status != Open {
		t.Errorf("winner is %d, want none: 1 does not simulate any more", a.winner())
	}
}

func TestAuction_WindowsRepeatWithoutSolutions(t *testing.T) {
	t.Parallel()
	a := newAuction(t, nil)
	o := a.admit(testOrder(1))
	a.ticks(16)
	if v := a.view(o); v.Opens != 17 || v.Closes != 25 || v.Status != Open {
		t.Errorf("the third window is %d to %d", v.Opens, v.Closes)
	}
	a.want(o, Open, 100, "opened open")
	a.offer(o, testSolution(&o, 1, 100, 70))
	a.jump(1000) // a tick that skips many windows ends this one
	if a.winner() != 1 {
		t.Error("no winner after a jump")
	}
	a.m.advance(5, 5) // and one that is seen again is nothing
	if a.m.tick != a.tick {
		t.Errorf("the tick went back to %d", a.m.tick)
	}
}

func TestAuction_PartsAreFilledUntilNothingIsLeft(t *testing.T) {
	t.Parallel()
	a := newAuction(t, nil)
	o := a.admit(testOrder(1))
	a.offer(o, testSolution(&o, 1, 40, 40), testSolution(&o, 2, 60, 43), testSolution(&o, 3, 90, 64))
	a.ticks(8)
	if a.winner() != 1 {
		t.Fatalf("winner is %d, want 1 with a surplus of 12", a.winner())
	}
	a.decide(true)
	a.want(o, Open, 60, "opened open", "awarded pending", "reopened open")
	if v := a.view(o); v.Solutions != 1 {
		t.Errorf("%d solutions are left, want 2 alone: 3 takes more than there is", v.Solutions)
	}
	a.ticks(8)
	if a.winner() != 2 {
		t.Fatalf("winner is %d, want 2", a.winner())
	}
	a.decide(true)
	a.want(o, Filled, 0)
	if len(a.all.executed) != 2 {
		t.Errorf("%d fills were timed, want 2", len(a.all.executed))
	}
}

func TestAuction_ExpiresWithItsDeadline(t *testing.T) {
	t.Parallel()
	a := newAuction(t, func(c *Config) { c.Window = 1 << 20 })
	o, other := a.admit(testOrder(1)), testOrder(2)
	other.Signed.OpenDeadline, other.Signed.FillDeadline = deadline+500, deadline+200
	a.admit(other)
	a.offer(o, testSolution(&o, 1, 100, 80))
	a.until(deadline*second + 990)
	a.want(o, Open, 100)
	a.until((deadline + 1) * second)
	a.want(o, Expired, 100, "opened open", "opened open", "closed expired")
	if a.m.size != 0 {
		t.Error("its solutions take room")
	}
	a.until((deadline + 201) * second)
	a.want(other, Expired, 100)
}

// While a bundle is under way its order does not end; its fate says how it does.
func TestAuction_WaitsForTheFateBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	for _, executed := range []bool{true, false} {
		a := newAuction(t, nil)
		o := a.admit(testOrder(1))
		a.offer(o, testSolution(&o, 1, 60, 80), testSolution(&o, 2, 50, 50))
		a.ticks(8)
		a.until((deadline + 5) * second)
		a.want(o, Pending, 100)
		a.decide(executed)
		if executed {
			a.want(o, Expired, 40)
		} else {
			a.want(o, Expired, 100)
		}
		if a.winner() != 0 {
			t.Error("a bundle was sent for an expired order")
		}
	}
}

func TestAuction_Cancel(t *testing.T) {
	t.Parallel()
	a := newAuction(t, nil)
	if _, err := a.m.cancel(common.Hash{9}); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown order: %v", err)
	}
	collecting := a.admit(testOrder(1))
	if status, err := a.m.cancel(collecting.ID); status != Cancelled || err != nil {
		t.Errorf("while collecting: %s, %v", status, err)
	}
	if status, err := a.m.cancel(collecting.ID); status != Cancelled || err != nil {
		t.Errorf("again: %s, %v", status, err)
	}
	if err := a.m.admit(testOrder(1), big.NewInt(100)); !errors.Is(err, ErrState) {
		t.Errorf("somebody else brings it back: %v", err)
	}

	// Between the end of the window and the answer of the simulation.
	chosen := a.admit(testOrder(2))
	a.offer(chosen, testSolution(&chosen, 1, 100, 80))
	a.m.advance(a.tick+8, a.ms+80)
	trial := a.m.take().trials[0]
	if status, err := a.m.cancel(chosen.ID); status != Cancelled || err != nil {
		t.Errorf("while its winner is simulated: %s, %v", status, err)
	}
	a.m.simulated(chosen.ID, trial.solution.BundleID, trial.solution.Result, nil)
	if out := a.m.take(); len(out.sends) != 0 {
		t.Error("it was sent all the same")
	}
	a.tick += 8

	for n, executed := range map[byte]bool{3: true, 4: false} {
		o := a.admit(testOrder(n))
		a.offer(o, testSolution(&o, 1, 40, 40), testSolution(&o, 2, 30, 30))
		a.ticks(8)
		if status, err := a.m.cancel(o.ID); status != Pending || err != nil {
			t.Fatalf("while its winner is under way: %s, %v", status, err)
		}
		a.decide(executed)
		if v := a.view(o); v.Status != Cancelled || executed != (v.Fills[0].Status == FillExecuted) || a.winner() != 0 {
			t.Errorf("after the winner's fate (executed: %v): %s, %+v", executed, v.Status, v.Fills)
		}
	}

	filled := a.admit(testOrder(5))
	a.offer(filled, testSolution(&filled, 1, 100, 80))
	a.ticks(8)
	a.decide(true)
	if _, err := a.m.cancel(filled.ID); !errors.Is(err, ErrState) {
		t.Errorf("a filled one: %v", err)
	}
}

func TestAuction_FollowsWhatHappensPastIt(t *testing.T) {
	t.Parallel()
	a := newAuction(t, nil)
	for n, c := range []struct {
		standing Standing
		status   Status
		left     int64
	}{
		{Standing{Left: big.NewInt(0)}, Filled, 0},
		{Standing{Left: big.NewInt(100), Ended: true, Reason: "cancelled on chain"}, Cancelled, 100},
		{Standing{Left: big.NewInt(30)}, Open, 30},
	} {
		o := a.admit(testOrder(byte(n + 1)))
		a.m.standing(o.ID, c.standing)
		a.want(o, c.status, c.left)
	}
	third := testOrder(3)
	a.m.standing(third.ID, Standing{Left: big.NewInt(100)}) // read before the part was taken, told after it
	a.want(third, Open, 30)
	a.all.checks = nil
	a.ticks(15)
	if len(a.all.checks) != 1 || a.all.checks[0].ID != third.ID {
		t.Error("open orders are not compared with their chain")
	}
}

// However inputs come, one bundle of an order is under way at most, amounts stay in bounds, the room that is counted is the
// room that is taken, and after its deadline every order is over.
func TestMachine_KeepsItsInvariants(t *testing.T) {
	t.Parallel()
	const rounds = 200
	for round := range uint64(rounds) {
		random := rand.New(rand.NewPCG(round, 1))
		a := newAuction(t, func(c *Config) { c.Window, c.MaxOrders, c.MaxUserOrders, c.MaxSolutions, c.MaxClosed = 3, 4, 2, 3, 5 })
		for range 150 {
			o := testOrder(byte(1 + random.IntN(9)))
			switch random.IntN(7) {
			case 0:
				_ = a.m.admit(o, o.Intent.InputAmount)
			case 1, 2:
				_ = a.m.offer(o.ID, testSolution(&o, byte(1+random.IntN(20)), 1+random.Int64N(100), 70+random.Int64N(30)))
			case 3, 4:
				a.m.advance(a.tick+1+random.Uint64N(3), a.ms+10)
				a.tick, a.ms = a.m.tick, a.m.time
			case 5:
				if random.IntN(4) == 0 {
					_, _ = a.m.cancel(o.ID)
				}
			case 6:
				if len(a.sent) > 0 {
					w := a.sent[0]
					a.sent = a.sent[1:]
					a.m.decided(w.order.ID, w.solution.BundleID, Outcome{Executed: random.IntN(2) == 0, Result: w.solution.Result})
				}
			}
			a.fails[common.Hash{31: byte(random.IntN(20))}] = random.IntN(2) == 0
			a.settle()
			checkInvariants(t, a, round)
		}
		for len(a.sent) > 0 {
			w := a.sent[0]
			a.sent = a.sent[1:]
			a.m.decided(w.order.ID, w.solution.BundleID, Outcome{Reason: "too late"})
			a.settle()
		}
		a.m.advance(a.tick+100, (deadline+1)*second)
		a.settle()
		for len(a.sent) > 0 {
			t.Fatalf("round %d: something was sent after the deadline", round)
		}
		if len(a.m.active) != 0 || a.m.size != 0 || len(a.m.users)+len(a.m.clients)+len(a.m.sizes) != 0 || len(a.m.entries) > 5 {
			t.Fatalf("round %d: after all deadlines %d orders are active, %d bytes taken", round, len(a.m.active), a.m.size)
		}
	}
}

func checkInvariants(t *testing.T, a *auction, round uint64) {
	t.Helper()
	underWay := make(map[common.Hash]int)
	for _, s := range a.sent {
		underWay[s.order.ID]++
	}
	size, active := 0, 0
	for id, e := range a.m.entries {
		if underWay[id] > 1 || (underWay[id] == 1) != (e.phase == underway) {
			t.Fatalf("round %d: %d bundles of an order under way in phase %d", round, underWay[id], e.phase)
		}
		if e.left.Sign() < 0 || e.left.Cmp(e.order.Intent.InputAmount) > 0 || (e.status == Filled) != (e.left.Sign() == 0) {
			t.Fatalf("round %d: %s left of an order that is %q", round, e.left, e.status)
		}
		if e.phase != over {
			active++
		}
		for _, s := range e.solutions {
			size += s.size
		}
		if !slices.IsSortedFunc(e.solutions, compare) || len(e.solutions) > a.m.cfg.MaxSolutions {
			t.Fatalf("round %d: %d solutions, or not sorted", round, len(e.solutions))
		}
	}
	if size != a.m.size || active != len(a.m.active) || active > a.m.cfg.MaxOrders {
		t.Fatalf("round %d: %d bytes counted and %d taken, %d orders counted and %d active", round, a.m.size, size, len(a.m.active), active)
	}
}

func TestMachine_EveryCapIsKept(t *testing.T) {
	t.Parallel()
	wantLimit := func(t *testing.T, err error, setting string) {
		t.Helper()
		var r *Refusal
		if !errors.As(err, &r) || !errors.Is(err, ErrLimit) || r.Field != "intents."+setting || r.Want == "" {
			t.Errorf("got %v, want the limit %s", err, setting)
		}
	}
	t.Run("maxOrders", func(t *testing.T) {
		t.Parallel()
		a := newAuction(t, func(c *Config) { c.MaxOrders = 2 })
		first := a.admit(testOrder(1))
		a.admit(testOrder(2))
		wantLimit(t, a.m.admit(testOrder(3), big.NewInt(100)), "maxOrders")
		if err := a.m.admit(first, big.NewInt(100)); err != nil {
			t.Errorf("one that is there, again: %v", err)
		}
		if _, err := a.m.cancel(first.ID); err != nil {
			t.Fatal(err)
		}
		a.admit(testOrder(3))
	})
	t.Run("maxUserOrders", func(t *testing.T) {
		t.Parallel()
		a := newAuction(t, func(c *Config) { c.MaxUserOrders = 1 })
		o, same, elsewhere := a.admit(testOrder(1)), testOrder(2), testOrder(3)
		same.Signed.User, elsewhere.Signed.User = o.Signed.User, o.Signed.User
		elsewhere.Signed.OriginChainId = big.NewInt(int64(rollupB))
		wantLimit(t, a.m.admit(same, big.NewInt(100)), "maxUserOrders")
		a.admit(elsewhere)
	})
	t.Run("maxClientOrders", func(t *testing.T) {
		t.Parallel()
		a := newAuction(t, func(c *Config) { c.MaxClientOrders = 1 })
		o, same := a.admit(testOrder(1)), testOrder(2)
		same.Client = o.Client
		wantLimit(t, a.m.admit(same, big.NewInt(100)), "maxClientOrders")
	})
	t.Run("maxSolutions", func(t *testing.T) {
		t.Parallel()
		a := newAuction(t, func(c *Config) { c.MaxSolutions = 2 })
		o := a.admit(testOrder(1))
		a.offer(o, testSolution(&o, 1, 100, 80), testSolution(&o, 2, 100, 90))
		if err := a.m.offer(o.ID, testSolution(&o, 3, 100, 79)); !errors.Is(err, ErrOutbid) {
			t.Errorf("a worse one: %v", err)
		}
		a.offer(o, testSolution(&o, 4, 100, 85), testSolution(&o, 4, 100, 85)) // the same again is no error
		if v := a.view(o); v.Solutions != 2 {
			t.Errorf("%d are kept", v.Solutions)
		}
	})
	t.Run("maxClientSolutions", func(t *testing.T) {
		t.Parallel()
		a := newAuction(t, func(c *Config) { c.MaxClientSolutions = 1 })
		o := a.admit(testOrder(1))
		better, worse := testSolution(&o, 1, 100, 90), testSolution(&o, 2, 100, 80)
		worse.Client = better.Client
		a.offer(o, better, testSolution(&o, 3, 100, 70))
		if err := a.m.offer(o.ID, worse); !errors.Is(err, ErrOutbid) {
			t.Errorf("a client's worse one: %v", err)
		}
		if v := a.view(o); v.Solutions != 2 {
			t.Errorf("%d are kept, want the other client's too", v.Solutions)
		}
	})
	t.Run("maxSolutionsBytes", func(t *testing.T) {
		t.Parallel()
		a := newAuction(t, func(c *Config) { c.MaxSolutionsBytes = 400 })
		o, other := a.admit(testOrder(1)), a.admit(testOrder(2))
		a.offer(o, testSolution(&o, 1, 100, 90))
		// Nobody fills the book alone, not with solutions of different orders either.
		again := testSolution(&other, 2, 100, 90)
		again.Client = "solver-1"
		wantLimit(t, a.m.offer(other.ID, again), "maxSolutionsBytes")
		a.offer(o, testSolution(&o, 2, 100, 90), testSolution(&o, 3, 100, 90))
		a.offer(other, testSolution(&other, 4, 100, 90))
		wantLimit(t, a.m.offer(other.ID, testSolution(&other, 5, 100, 90)), "maxSolutionsBytes")
		if _, err := a.m.cancel(o.ID); err != nil {
			t.Fatal(err)
		}
		a.offer(other, again)
	})
	t.Run("maxClosed", func(t *testing.T) {
		t.Parallel()
		a := newAuction(t, func(c *Config) { c.MaxClosed = 1 })
		for n := byte(1); n <= 2; n++ {
			o := a.admit(testOrder(n))
			if _, err := a.m.cancel(o.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.m.cancel(common.Hash{1}); !errors.Is(err, ErrUnknown) {
			t.Errorf("the older one: %v", err)
		}
	})
	t.Run("checkRate", func(t *testing.T) {
		t.Parallel()
		a := newAuction(t, func(c *Config) { c.CheckRate, c.Window = 2, 1 })
		seen := make(map[common.Hash]int)
		for n := byte(1); n <= 5; n++ {
			a.admit(testOrder(n))
		}
		for range 5 {
			a.all.checks = nil
			a.ticks(1)
			if len(a.all.checks) != 2 {
				t.Fatalf("%d checks after a tick, want 2", len(a.all.checks))
			}
			for _, o := range a.all.checks {
				seen[o.ID]++
			}
		}
		for n := byte(1); n <= 5; n++ {
			if seen[common.Hash{n}] != 2 {
				t.Errorf("order %d was compared %d times in its turns, want 2", n, seen[common.Hash{n}])
			}
		}
	})
	t.Run("fills", func(t *testing.T) {
		t.Parallel()
		a := newAuction(t, nil)
		o := a.admit(testOrder(1))
		for i := range byte(maxFills + 5) {
			a.offer(o, testSolution(&o, i+1, 1, 50))
			a.ticks(8)
			a.decide(false)
		}
		if f := a.view(o).Fills; len(f) != maxFills || f[maxFills-1].BundleID[31] != maxFills+5 {
			t.Errorf("%d fills are remembered", len(f))
		}
	})
}

func TestConfig_ReportsAllProblems(t *testing.T) {
	t.Parallel()
	err := Config{}.Validate()
	for _, name := range []string{"window", "maxOrders", "maxUserOrders", "failureWindow", "checkRate"} {
		if err == nil || !containsText(err, "intents."+name) {
			t.Errorf("%s is not reported: %v", name, err)
		}
	}
}
