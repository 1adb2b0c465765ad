package differential

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// endpoint is one of the gateway's two.
type endpoint string

const (
	open   endpoint = "/rollup/{id}"
	sealed endpoint = "/rollup/{id}/sealed"
)

// difference is a row of the table of intended differences.
type difference struct {
	// at are the endpoints that the row is about.
	at []endpoint
	// methods, questions and paths say where the difference shows; * stands for any text without a slash.
	methods, questions, paths []string
	// what differs, and why that is so.
	what, why string
}

var (
	both     = []endpoint{open, sealed}
	openOnly = []endpoint{open}
)

// covers tells whether the row explains a finding.
func (d *difference) covers(f finding) bool {
	return slices.Contains(d.at, f.at) && matchesAny(d.methods, f.question.method) &&
		matchesAny(d.questions, f.question.name) && matchesAny(d.paths, f.path)
}

func matchesAny(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(strings.ReplaceAll(pattern, "[]", "\\[\\]"), text)
		return err == nil && matched || pattern == text
	})
}

// finding is one place at which an answer differs.
type finding struct {
	at           endpoint
	question     question
	path         string
	ours, theirs any
}

// ledger books findings under the rows that explain them.
type ledger struct {
	// seen counts, per row, the findings for each pattern at each endpoint.
	seen []map[string]int
}

func newLedger() *ledger {
	l := &ledger{seen: make([]map[string]int, len(intended))}
	for i := range l.seen {
		l.seen[i] = make(map[string]int)
	}
	return l
}

// book fails the test when no row explains the finding.
func (l *ledger) book(t *testing.T, f finding) {
	t.Helper()
	for i := range intended {
		if intended[i].covers(f) {
			for _, name := range l.uses(f.at, intended[i].methods, f.question.method) {
				l.seen[i][name]++
			}
			for _, name := range l.uses(f.at, intended[i].questions, f.question.name) {
				l.seen[i][name]++
			}
			return
		}
	}
	t.Errorf("%s, %s %q differs at %q\n  gateway: %s\n  geth:    %s", f.at, f.question.method, f.question.name, f.path, show(f.ours), show(f.theirs))
}

// uses are the patterns that a text matches, as the ledger counts them.
func (l *ledger) uses(at endpoint, patterns []string, text string) (names []string) {
	for _, pattern := range patterns {
		if matchesAny([]string{pattern}, text) {
			names = append(names, string(at)+", "+pattern)
		}
	}
	return names
}

// settle fails the test when a row explains nothing at one of its endpoints, for one of its methods or questions.
func (l *ledger) settle(t *testing.T) {
	t.Helper()
	for i, row := range intended {
		for _, at := range row.at {
			for _, pattern := range slices.Concat(row.methods, row.questions) {
				if name := string(at) + ", " + pattern; l.seen[i][name] == 0 {
					t.Errorf("%s: no difference any more: %s", name, row.what)
				}
			}
		}
	}
}

func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	const most = 600
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
