package archtest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// PackageTable is the package map as a Markdown table: every package, in the order of the data path, with the first
// sentence of its comment.
func PackageTable(t *Tree) string {
	packages := slices.Clone(t.Packages)
	slices.SortStableFunc(packages, func(a, b *Package) int { return place(a.Path) - place(b.Path) })
	var out strings.Builder
	out.WriteString("| Package | What it is |\n|---|---|\n")
	for _, p := range packages {
		fmt.Fprintf(&out, "| `%s` | %s |\n", p.Path, synopsis(p))
	}
	return out.String()
}

// place orders top folders: core, the stages, what composes them, everything else.
func place(name string) int {
	top, _, _ := strings.Cut(name, "/")
	order := slices.Concat([]string{"core"}, stages, []string{"node", "cmd", "client", "demo", "bench", "sim", "test"})
	if at := slices.Index(order, top); at >= 0 {
		return at
	}
	return len(order)
}

// synopsis is the first sentence of a package's comment, without "Package x is".
func synopsis(p *Package) string {
	for _, f := range p.Files {
		if f.Syntax.Doc == nil {
			continue
		}
		text := strings.Join(strings.Fields(f.Syntax.Doc.Text()), " ")
		text = strings.TrimPrefix(text, "Package "+p.Name+" ")
		text, _, _ = strings.Cut(text, ". ")
		return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(text, "is "), "."), "|", "\\|")
	}
	return ""
}

var (
	backquoted = regexp.MustCompile("`([^`\n]+)`")
	pathLike   = regexp.MustCompile(`^\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)+/?$|^[A-Za-z0-9_.-]+\.(md|yml|mod)$|^[a-z]+/$`)
	fence      = regexp.MustCompile("(?ms)^```.*?^```")
)

// CheckPaths finds what a document names in backquotes like a path of the repository and that does not exist. Paths of
// other places are told by their first part: a host name, "lockstep" of a domain tag, or "bin" of what is built.
func CheckPaths(root, document string) ([]Finding, error) {
	content, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, match := range backquoted.FindAllStringSubmatch(fence.ReplaceAllString(string(content), ""), -1) {
		name := match[1]
		first, _, _ := strings.Cut(name, "/")
		if !pathLike.MatchString(name) || strings.HasSuffix(first, ".com") || first == "lockstep" || first == "bin" {
			continue
		}
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); err != nil {
			found = append(found, Finding{document, "names `" + name + "`, which does not exist"})
		}
	}
	return found, nil
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)

// CheckLinks finds relative links of a document that lead nowhere.
func CheckLinks(root, document string) ([]Finding, error) {
	content, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, match := range link.FindAllStringSubmatch(fence.ReplaceAllString(string(content), ""), -1) {
		if strings.Contains(match[1], "://") {
			continue
		}
		target := path.Join(path.Dir(filepath.ToSlash(document)), match[1])
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(target))); err != nil {
			found = append(found, Finding{document, "links to " + match[1] + ", which does not exist"})
		}
	}
	return found, nil
}

// Decision is an architecture decision record.
type Decision struct {
	File, Title, Status string
}

// decisionSections are what every record answers, in this order.
var decisionSections = []string{"Context", "Decision", "Alternatives", "Consequences", "What would make us revisit"}

// maxDecisionWords is about two pages.
const maxDecisionWords = 1000

// Decisions reads the records in a folder, in the order of their numbers, and finds what is wrong with their form.
func Decisions(root, folder string) ([]Decision, []Finding, error) {
	names, err := filepath.Glob(filepath.Join(root, folder, "[0-9]*.md"))
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(names)
	var decisions []Decision
	var found []Finding
	for i, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		file := filepath.Base(name)
		place := path.Join(folder, file)
		if want := fmt.Sprintf("%04d-", i+1); !strings.HasPrefix(file, want) {
			found = append(found, Finding{place, "records are numbered without gaps: want a name that begins with " + want})
		}
		decision, problems := readDecision(place, string(content))
		decisions, found = append(decisions, decision), append(found, problems...)
	}
	return decisions, found, nil
}

// readDecision reads a record's title and status line and checks its sections.
func readDecision(place, content string) (Decision, []Finding) {
	d := Decision{File: path.Base(place)}
	var found []Finding
	var sections []string
	for line := range strings.Lines(content) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "# "); ok && d.Title == "" {
			d.Title = title
		}
		if status, ok := strings.CutPrefix(line, "Status: "); ok && d.Status == "" {
			d.Status = status
		}
		if section, ok := strings.CutPrefix(line, "## "); ok {
			sections = append(sections, section)
		}
	}
	if d.Title == "" || d.Status == "" {
		found = append(found, Finding{place, "needs a title line \"# …\" and a line \"Status: <accepted, superseded by NNNN>, <date>\""})
	}
	if !slices.Equal(sections, decisionSections) {
		found = append(found, Finding{place, fmt.Sprintf("has the sections %q, want %q", sections, decisionSections)})
	}
	if _, text, _ := strings.Cut(content, "## Decision\n"); !strings.HasPrefix(strings.TrimSpace(text), "**") {
		found = append(found, Finding{place, "the decision is one bold sentence"})
	}
	if words := len(strings.Fields(content)); words > maxDecisionWords {
		found = append(found, Finding{place, fmt.Sprintf("%d words, at most %d", words, maxDecisionWords)})
	}
	return d, found
}

// DecisionTable is the index of the records as a Markdown table.
func DecisionTable(decisions []Decision) string {
	var out strings.Builder
	out.WriteString("| Record | Status |\n|---|---|\n")
	for _, d := range decisions {
		fmt.Fprintf(&out, "| [%s](%s) | %s |\n", d.Title, d.File, d.Status)
	}
	return out.String()
}
