package execution

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/test/bench/harness"
)

// Every variant runs to its end, on blocks that are the same everywhere (each run compares their hashes) and hold every
// transaction.
func TestMeasure_AllVariants(t *testing.T) {
	o := Options{Artifacts: "../../../demo/artifacts", Transfers: 40, Swaps: 40, Slots: 2, Conflicts: 10}
	var said []string
	result, err := Measure(t.Context(), o, harness.Plan{Rounds: 2}, func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) })
	if err != nil {
		t.Fatal(err)
	}
	costs, ratios := result.Tables[0], result.Tables[1]
	if len(costs.Rows) != 19 || len(ratios.Rows) != 16 || len(said) != 39 {
		t.Errorf("%d costs, %d ratios, %d steps", len(costs.Rows), len(ratios.Rows), len(said))
	}
	for _, s := range result.Samples.([]harness.Samples[Cost]) {
		for _, c := range s.Rounds {
			if c.CPU <= 0 || c.Wall <= 0 || c.Txs == 0 {
				t.Errorf("%s: %+v", s.Name, c)
			}
		}
	}
}

func TestMeasure_RefusesWhatIsTooSmall(t *testing.T) {
	_, err := Measure(t.Context(), Options{Transfers: 40, Swaps: 39, Slots: 1, Conflicts: 10}, harness.Plan{Rounds: 1}, t.Logf)
	if err == nil || !strings.Contains(err.Error(), "swaps") {
		t.Errorf("%v", err)
	}
}
