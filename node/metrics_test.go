package node

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/internal/golden"
)

const metricsPage = "../docs/reference/metrics.md"

var (
	// declared finds a metric that is made with its options, its labels behind them.
	declared = regexp.MustCompile(`prometheus\.New(Counter|Gauge|Histogram)(?:Vec|Func)?\(prometheus\.\w+Opts\{\s*Name: "(\w+)", Help: "([^"]+)"(?:[^{}]|\{[^}]*\})*\}(?:, \[\]string\{([^}]*)\})?`)
	// read finds one that is read from the pool or a zone.
	read = regexp.MustCompile(`(pool|zone)(?:Reading|Metric)\("(\w+)", "([^"]+)", prometheus\.(Counter|Gauge)Value`)
	// described finds one with a descriptor of its own.
	described = regexp.MustCompile(`prometheus\.NewDesc\("(lockstep_\w+)", "([^"]+)", (nil|\[\]string\{([^}]*)\})`)
	// name is the shape of all names: stage, what, unit.
	name = regexp.MustCompile(`^lockstep_(node|gateway|relay|laneapi|mempool|ordering|orderedlog|zone|explorer|intents)_[a-z_]+$`)
)

// metricRows are the rows of the reference, found in the sources.
func metricRows(t *testing.T) []string {
	t.Helper()
	var rows []string
	add := func(metric, kind, labels, help string) {
		if !name.MatchString(metric) {
			t.Errorf("%s is not of the form lockstep_<stage>_<what>_<unit>", metric)
		}
		if counter := strings.HasSuffix(metric, "_total"); counter != (kind == "counter") {
			t.Errorf("%s is a %s", metric, kind)
		}
		labels = strings.ReplaceAll(labels, `"`, "`")
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |\n", metric, kind, labels, help))
	}
	for _, file := range []string{"metrics.go", "metrics_disk.go", "metrics_delays.go", "metrics_holders.go", "../gateway/metrics.go", "../gateway/upstreams.go", "../gateway/laneapi/metrics.go", "../intents/metrics.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(source), -1) {
			add(m[2], strings.ToLower(m[1]), m[4], m[3])
		}
		for _, m := range read.FindAllStringSubmatch(string(source), -1) {
			stage, labels := "mempool", ""
			if m[1] == "zone" {
				stage, labels = "zone", `"zone"`
			}
			add("lockstep_"+stage+"_"+m[2], strings.ToLower(m[4]), labels, m[3])
		}
		for _, m := range described.FindAllStringSubmatch(string(source), -1) {
			add(m[1], "gauge", m[4], m[2])
		}
	}
	slices.Sort(rows)
	return rows
}

func TestMetrics_AreDocumented(t *testing.T) {
	rows := metricRows(t)
	if len(rows) < 25 {
		t.Fatalf("%d metrics found: the test reads the sources wrongly", len(rows))
	}
	golden.Block(t, metricsPage, "metrics", "| Metric | Kind | Labels | |\n|---|---|---|---|\n"+strings.Join(rows, ""))
}
