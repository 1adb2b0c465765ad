package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Result is what one experiment found.
type Result struct {
	// Name is that of the experiment, of its JSON file and of its block in the document.
	Name    string    `json:"name"`
	Machine string    `json:"machine"`
	Commit  string    `json:"commit"`
	Command string    `json:"command"`
	Begin   time.Time `json:"begin"`
	Seconds float64   `json:"seconds"`
	Tables  []Table   `json:"tables"`
	Plots   []Plot    `json:"plots,omitempty"`
	// Samples is everything that was measured.
	Samples any `json:"samples"`
}

// Table is one of the document's.
type Table struct {
	Caption string     `json:"caption"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// Add appends a row; numbers are written as Figure does.
func (t *Table) Add(cells ...any) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case float64:
			row[i] = Figure(v)
		default:
			row[i] = fmt.Sprint(v)
		}
	}
	t.Rows = append(t.Rows, row)
}

// Plot is a figure beside the tables.
type Plot struct {
	// Name is that of its SVG file.
	Name  string `json:"name"`
	Title string `json:"title"`
	X     Axis   `json:"x"`
	Y     Axis   `json:"y"`
	Lines []Line `json:"lines"`
}

// Axis of a plot.
type Axis struct {
	Label string `json:"label"`
	Log   bool   `json:"log"`
}

// Line joins points.
type Line struct {
	Name   string  `json:"name"`
	Points []Point `json:"points"`
}

// Point is a median with its spread.
type Point struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// At is the point of a summary.
func (s Summary) At(x float64) Point { return Point{x, s.Median, s.Low, s.High} }

// Markdown is the experiment's block of the document.
func (r *Result) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, commit %s, %s: `%s`, %.0f s.\n\n", r.Begin.UTC().Format("2006-01-02 15:04 UTC"), r.Commit, r.Machine, r.Command, r.Seconds)
	for _, t := range r.Tables {
		fmt.Fprintf(&b, "%s\n\n| %s |\n|%s\n", t.Caption, strings.Join(t.Columns, " | "), strings.Repeat("---|", len(t.Columns)))
		for _, row := range t.Rows {
			fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		}
		b.WriteString("\n")
	}
	for _, p := range r.Plots {
		fmt.Fprintf(&b, "![%s](benchmarks/%s.svg)\n\n", p.Title, p.Name)
	}
	return b.String()
}

// Save writes the result as JSON into a folder.
func (r *Result) Save(dir string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, r.Name+".json"), append(text, '\n'), 0o644)
}

// Saved tells whether a folder has the result of an experiment.
func Saved(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name+".json"))
	return !errors.Is(err, fs.ErrNotExist)
}

// Insert puts text between the lines `<!-- measured: name -->` and `<!-- end: name -->` of a document.
func Insert(path, name, text string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := fmt.Sprintf("<!-- measured: %s -->\n", name), fmt.Sprintf("<!-- end: %s -->", name)
	before, rest, found := strings.Cut(string(b), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no block %q: want the lines %q and %q", path, name, strings.TrimSpace(begin), end)
	}
	return os.WriteFile(path, []byte(before+begin+text+end+after), 0o644)
}
