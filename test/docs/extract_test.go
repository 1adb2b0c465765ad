package docs

import (
	"slices"
	"strings"
	"testing"
)

// command is a line that a document tells people to type.
type command struct {
	Page string
	Line int
	Text string
}

// extract finds the commands of a Markdown page: the lines of ```sh fences, and indented lines after an empty line
// or another indented one. Lines that end in a backslash go on in the next one; comments are left away.
func extract(page, text string) []command {
	var found []command
	fence, indented, goesOn := "", false, false
	previous := ""
	for i, line := range strings.Split(text, "\n") {
		if mark, ok := strings.CutPrefix(line, "```"); ok {
			if fence == "" {
				fence = "```" + mark
			} else {
				fence = ""
			}
			previous, indented = line, false
			continue
		}
		code, isIndented := strings.CutPrefix(line, "    ")
		indented = fence == "" && isIndented && strings.TrimSpace(code) != "" && (indented || strings.TrimSpace(previous) == "")
		previous = line
		if fence == "```sh" {
			code = line
		} else if !indented {
			goesOn = false
			continue
		}
		code, _, _ = strings.Cut(code, " # ")
		code = strings.TrimSpace(code)
		text, more := strings.CutSuffix(code, "\\")
		switch {
		case goesOn:
			found[len(found)-1].Text += strings.TrimSpace(text)
		case code != "" && !strings.HasPrefix(code, "#"):
			found = append(found, command{page, i + 1, text})
		}
		goesOn = more
	}
	return found
}

func TestExtract_FindsFencedAndIndentedLines(t *testing.T) {
	t.Parallel()
	page := strings.Join([]string{
		"# Title", "", "    make build      # the binary", "    make demo ARGS=\"--json\"", "", "prose", "    not code: it goes on with the prose", "",
		"```sh", "# a comment", "bin/lockstep version", "```", "", "```json", "{\"x\":1}", "    indented", "```", "",
		"    curl -s http://x/ \\", "      -d '{}'", "", "- list", "  `make test` in prose",
	}, "\n")
	want := []command{
		{"x.md", 3, "make build"}, {"x.md", 4, `make demo ARGS="--json"`}, {"x.md", 11, "bin/lockstep version"}, {"x.md", 19, "curl -s http://x/ -d '{}'"},
	}
	if got := extract("x.md", page); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
