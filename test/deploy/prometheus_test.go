package deploy

import (
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// afterEvent are metrics of which a node shows nothing until something has happened.
var afterEvent = []string{
	"lockstep_ordering_entries_total", "lockstep_zone_outcomes_total", "lockstep_zone_lanes_stopped_total",
	"lockstep_ordering_proposals_rejected_total", "lockstep_ordering_misbehaviour_total", "lockstep_gateway_requests_total",
	"lockstep_gateway_active", "lockstep_ordering_checkpoint_time_seconds", "lockstep_ordering_checkpoint_power_ratio", "lockstep_ordering_checkpoint_signed",
}

// scraping are the labels that Prometheus adds, and the histograms' own.
var scraping = []string{"instance", "job", "le", model.MetricNameLabel}

// use is where a metric is used, with the labels that are asked of it.
type use struct{ where, metric, label string }

// uses parses an expression.
func uses(t *testing.T, where, expr string) (found []use) {
	t.Helper()
	parsed, err := parser.ParseExpr(expr)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return nil
	}
	// The labels of an aggregation are asked of every metric in it.
	parser.Inspect(parsed, func(node parser.Node, path []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		asked := []string{""}
		for _, m := range selector.LabelMatchers {
			asked = append(asked, m.Name)
		}
		for _, above := range path {
			if a, ok := above.(*parser.AggregateExpr); ok {
				asked = append(asked, a.Grouping...)
			}
		}
		for _, label := range asked {
			found = append(found, use{where, selector.Name, label})
		}
		return nil
	})
	if len(found) == 0 {
		t.Errorf("%s: %s uses no metric", where, expr)
	}
	return found
}

// rules are the alerts.
func rules(t *testing.T) []rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.Parse(read(t, "deploy/prometheus/alerts.yml"), false, model.UTF8Validation)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var all []rulefmt.Rule
	for _, g := range groups.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

// dashboards are Grafana's: of one node, and of a network.
var dashboards = []string{"dashboard.json", "network.json"}

// panels are the expressions of a dashboard.
func panels(t *testing.T, file string) (found []use) {
	t.Helper()
	var dashboard struct {
		UID, Title string
		Panels     []struct {
			ID      int
			Title   string
			Type    string
			GridPos struct{ H, W, X, Y int }
			Targets []struct{ Expr, RefID string }
		}
	}
	if err := json.Unmarshal(read(t, "deploy/grafana/"+file), &dashboard); err != nil {
		t.Fatal(err)
	}
	ids := make(map[int]bool)
	for _, p := range dashboard.Panels {
		if ids[p.ID] || p.Title == "" || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d %q: want an id of its own, a title, and a place on 24 columns", p.ID, p.Title)
		}
		ids[p.ID] = true
		if (len(p.Targets) == 0) != (p.Type == "row") {
			t.Errorf("panel %q shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			found = append(found, uses(t, "panel "+p.Title, target.Expr)...)
		}
	}
	return found
}

func TestDashboardAndAlerts_UseMetricsThatNodesExport(t *testing.T) {
	var all []use
	for _, file := range dashboards {
		all = append(all, panels(t, file)...)
	}
	for _, r := range rules(t) {
		all = append(all, uses(t, "alert "+r.Alert, r.Expr)...)
	}
	known, exported := documented(t), scrape(t)
	for _, u := range all {
		if u.metric == "up" {
			continue
		}
		base := u.metric
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if name, ok := strings.CutSuffix(base, suffix); ok && known[name].kind == "histogram" {
				base = name
			}
		}
		m, ok := known[base]
		if ours := strings.HasPrefix(base, "lockstep_"); ours != ok {
			t.Errorf("%s: %s is not in docs/reference/metrics.md", u.where, base)
		}
		if !exported[u.metric] && !slices.Contains(afterEvent, u.metric) && !strings.HasPrefix(u.metric, "lockstep_relay_") { // those are of TestKubernetes_PodsRunANetwork
			t.Errorf("%s: no node exports %s", u.where, u.metric)
		}
		if u.label != "" && !slices.Contains(scraping, u.label) && !slices.Contains(m.labels, u.label) {
			t.Errorf("%s: %s has no label %s", u.where, base, u.label)
		}
	}
	for name := range known {
		if known[name].kind != "histogram" && !exported[name] && !slices.Contains(afterEvent, name) &&
			!strings.HasPrefix(name, "lockstep_gateway_lane_") && !strings.HasPrefix(name, "lockstep_relay_") {
			t.Errorf("docs/reference/metrics.md has %s, which no node exports", name)
		}
	}
}

func TestAlerts_LeadToRunbooksThatNameThem(t *testing.T) {
	for _, r := range rules(t) {
		runbook := r.Annotations["runbook"]
		if !strings.HasPrefix(runbook, "docs/runbooks/") || r.Annotations["summary"] == "" || !slices.Contains([]string{"page", "ticket"}, r.Labels["severity"]) {
			t.Errorf("%s: want a severity, a summary and a runbook", r.Alert)
			continue
		}
		if text, err := os.ReadFile(filepath.Join(root, runbook)); err != nil || !strings.Contains(string(text), "`"+r.Alert+"`") {
			t.Errorf("%s: %s does not say what to do about it (%v)", r.Alert, runbook, err)
		}
	}
}

func TestPrometheus_ConfigurationIsValid(t *testing.T) {
	c, err := config.Load(string(read(t, "deploy/prometheus/prometheus.yml")), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.RuleFiles) != 1 || len(c.ScrapeConfigs) != 1 || c.ScrapeConfigs[0].JobName != "lockstep" {
		t.Errorf("rules %q, jobs %+v; alerts and dashboard use the job lockstep", c.RuleFiles, c.ScrapeConfigs)
	}
	for _, file := range c.RuleFiles {
		read(t, filepath.Join("deploy/prometheus", file))
	}
}
