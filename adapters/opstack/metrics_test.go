package opstack

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/internal/golden"
)

func TestMetrics_AreDocumented(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	newMeters(registry).inMode(PassThrough)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("| Metric | Kind | Labels | |\n|---|---|---|---|\n")
	for _, f := range families {
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, "`"+l.GetName()+"`")
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", f.GetName(), strings.ToLower(f.GetType().String()), strings.Join(labels, ", "), f.GetHelp())
	}
	golden.Block(t, "../../docs/guides/opstack.md", "metrics", out.String())
}
