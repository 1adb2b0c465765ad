package harness

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSummarize_GivesMedianAndSpread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		values []float64
		want   Summary
		text   string
	}{
		{"none", nil, Summary{}, "0"},
		{"one", []float64{7}, Summary{7, 7, 7}, "7.00"},
		{"odd", []float64{30, 10, 20}, Summary{20, 10, 30}, "20.0 [10.0–30.0]"},
		{"even", []float64{1000, 4000, 2000, 3000}, Summary{2500, 1000, 4000}, "2,500 [1,000–4,000]"},
	} {
		got := Summarize(c.values)
		if got != c.want || got.String() != c.text {
			t.Errorf("%s: %+v %q, want %+v %q", c.name, got, got, c.want, c.text)
		}
	}
}

func TestFigure_HasThreeDigits(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]float64{
		"0": 0, "0.0123": 0.01234, "0.500": 0.5, "1.23": 1.2345, "12.3": 12.345, "123": 123.4, "1,230": 1234, "123,000": 123_456, "-1,230": -1234,
		"-123": -123, "1,230,000": 1_234_567,
	} {
		if got := Figure(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}

func TestPercentile_OfFewAndMany(t *testing.T) {
	t.Parallel()
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i)*time.Millisecond)
	}
	for _, c := range []struct {
		values []time.Duration
		p      float64
		want   float64
	}{{nil, 0.5, 0}, {hundred[:1], 0.99, 0}, {hundred, 0.5, 50}, {hundred, 0.99, 99}, {hundred, 1, 99}} {
		if got := Percentile(c.values, c.p, time.Millisecond); got != c.want {
			t.Errorf("%v of %d values: %v, want %v", c.p, len(c.values), got, c.want)
		}
	}
}

func TestOrder_NobodyIsAlwaysFirstOrLast(t *testing.T) {
	t.Parallel()
	for n := 2; n <= 5; n++ {
		first, last := make(map[int]bool), make(map[int]bool)
		for round := range 2 * n {
			order := Order(n, round)
			if sorted := slices.Sorted(slices.Values(order)); len(slices.Compact(sorted)) != n {
				t.Fatalf("round %d of %d: %v lacks one", round, n, order)
			}
			first[order[0]], last[order[n-1]] = true, true
		}
		if len(first) < 2 || len(last) < 2 {
			t.Errorf("%d variants: first are %v, last are %v", n, first, last)
		}
	}
}

func quiet(string, ...any) {}

func TestRounds_KeepsWhatWorked(t *testing.T) {
	t.Parallel()
	calls := 0
	samples, err := Rounds(t.Context(), Plan{Rounds: 3}, []Variant[int]{
		{Name: "steady", Patience: time.Minute, Run: func(context.Context) (int, error) { return 1, nil }},
		{Name: "once", Patience: time.Minute, Run: func(context.Context) (int, error) {
			if calls++; calls == 2 {
				return 2, nil
			}
			return 0, errors.New("not now")
		}},
	}, quiet)
	if err != nil || len(samples[0].Rounds) != 3 || len(samples[1].Rounds) != 1 || len(samples[1].Failed) != 2 {
		t.Errorf("%+v, %v", samples, err)
	}
}

func TestRounds_RefusesAVariantThatNeverWorked(t *testing.T) {
	t.Parallel()
	_, err := Rounds(t.Context(), Plan{Rounds: 2}, []Variant[int]{{Name: "broken", Patience: time.Minute, Run: func(context.Context) (int, error) { return 0, errors.New("no way") }}}, quiet)
	if err == nil || !strings.Contains(err.Error(), "broken: no way") {
		t.Errorf("got %v", err)
	}
}

func TestRounds_GivesUpAVariantAfterItsPatience(t *testing.T) {
	t.Parallel()
	_, err := Rounds(t.Context(), Plan{Rounds: 1}, []Variant[int]{{Name: "stuck", Patience: time.Millisecond, Run: func(ctx context.Context) (int, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	}}}, quiet)
	if err == nil || !strings.Contains(err.Error(), "not done within 1ms") {
		t.Errorf("got %v", err)
	}
}

func TestRounds_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	_, err := Rounds(ctx, Plan{Rounds: 5}, []Variant[int]{{Name: "a", Patience: time.Minute, Run: func(context.Context) (int, error) { calls++; cancel(); return 0, nil }}}, quiet)
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestRounds_BeginsNoRoundAfterItsTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		least, want int
		until       time.Duration
	}{{"time is over", 0, 1, -time.Second}, {"three whatever it takes", 3, 3, -time.Second}, {"time enough", 0, 5, time.Hour}} {
		samples, err := Rounds(t.Context(), Plan{Rounds: 5, Least: c.least, Until: time.Now().Add(c.until)}, []Variant[int]{
			{Name: "a", Patience: time.Minute, Run: func(context.Context) (int, error) { return 1, nil }},
		}, quiet)
		if err != nil || len(samples[0].Rounds) != c.want {
			t.Errorf("%s: %+v, %v, want %d rounds", c.name, samples, err, c.want)
		}
	}
}

func TestClock_CountsWhatIsKnownAndGuessesTheRest(t *testing.T) {
	t.Parallel()
	second := time.Second
	c := clock{took: make([]time.Duration, 3), rounds: 2}
	if c.left(0, 2) != 0 || c.estimate(0, time.Time{}) != "" {
		t.Error("it foretells out of nothing")
	}
	c.took[0], c.took[1] = 2*second, 4*second // the third one takes 3 s as a guess
	if got := c.left(2, 2); got != 3*second+9*second {
		t.Errorf("%s are left, want 12s", got)
	}
	if got := c.estimate(2, time.Now().Add(-second)); got != "  (some 3s left)" {
		t.Errorf("%q, but after its time the round is finished and no other one begins", got)
	}
}

func TestInsert_ReplacesOnlyItsBlock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(path, []byte("prose\n<!-- measured: a -->\nold\n<!-- end: a -->\nmore\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Insert(path, "a", "new\n"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if want := "prose\n<!-- measured: a -->\nnew\n<!-- end: a -->\nmore\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if err := Insert(path, "b", "x"); err == nil {
		t.Error("a block that is not there was written")
	}
}

// The test's own binary is the child, see TestMain.
const childVariable = "LOCKSTEP_BENCH_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	parent := NewParent()
	var word string
	if parent.Hear(&word) != nil || parent.Tell(word+word) != nil {
		os.Exit(1)
	}
	ctx, cancel := parent.Attached(context.Background())
	defer cancel()
	<-ctx.Done()
}

func startChild(t *testing.T) *Process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(childVariable, "1")
	p, err := Start(t.Context(), self)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

func TestProcess_TalksAndEndsWhenAsked(t *testing.T) {
	p := startChild(t)
	if err := p.Tell("ab"); err != nil {
		t.Fatal(err)
	}
	var heard string
	if err := p.Hear(t.Context(), &heard); err != nil || heard != "abab" {
		t.Fatalf("%q, %v", heard, err)
	}
	used, err := UsageOf(p.PID())
	if err != nil || used.RSSMiB <= 0 || used.PeakMiB < used.RSSMiB {
		t.Errorf("%+v, %v", used, err)
	}
	p.Stop()
	select {
	case <-p.Ended():
	default:
		t.Error("it still runs")
	}
	if p.err != nil {
		t.Errorf("it ended with %v: it was killed, not asked", p.err)
	}
}

func TestProcess_SaysThatItHasEnded(t *testing.T) {
	p := startChild(t)
	if err := p.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Hear(t.Context(), new(string)); err == nil || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("got %v", err)
	}
}
