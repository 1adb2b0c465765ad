package opstack

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"text/tabwriter"
)

// report is the table at the end of a run.
type report struct {
	mu   sync.Mutex
	rows []row
}

// row is one check on one chain.
type row struct {
	chain, check, result string
	deviation            error
}

// check is a step of the run on one chain: what it found, and in which way that is not what it must be.
type check func(c *chain) (result string, deviation error)

// each makes a check on all chains at once, and adds their rows; true without a deviation.
func (r *report) each(t *testing.T, chains []*chain, name string, make check) bool {
	t.Helper()
	say("%s", name)
	rows := []row{}
	var wg sync.WaitGroup
	for i, c := range chains {
		rows = append(rows, row{chain: c.String(), check: name})
		wg.Go(func() {
			result, deviation := make(c)
			r.mu.Lock()
			defer r.mu.Unlock()
			rows[i].result, rows[i].deviation = result, deviation
		})
	}
	wg.Wait()
	good := true
	for _, row := range rows {
		if row.deviation != nil {
			good = false
			t.Errorf("chain %s: %s: %v", row.chain, row.check, row.deviation)
		}
		say("  %s: %s", row.chain, row.text())
	}
	r.rows = append(r.rows, rows...)
	if interrupted.Err() != nil {
		t.Fatal("interrupted")
	}
	return good
}

func (r row) text() string {
	if r.deviation != nil {
		return fmt.Sprintf("DEVIATION: %v %s", r.deviation, r.result)
	}
	return r.result
}

// print writes the table.
func (r *report) print() {
	fmt.Println()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CHECK\tCHAIN\tOK\tRESULT")
	for _, row := range r.rows {
		ok := "yes"
		if row.deviation != nil {
			ok = "NO"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", row.check, row.chain, ok, row.text())
	}
	_ = w.Flush()
	fmt.Println()
}
