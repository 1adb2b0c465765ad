package docs

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are the documents with commands for people.
var pages = []string{"README.md", "HACKING.md", "docs/reference/cli.md", "docs/reference/rpc.md"}

// The documents' network is where a devnet listens unless told otherwise; here it is another one.
const documentedRPC = "http://127.0.0.1:8545"

func readCommands(t *testing.T) []command {
	t.Helper()
	var commands []command
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		found := extract(page, string(text))
		if len(found) == 0 {
			t.Errorf("%s has no commands", page)
		}
		commands = append(commands, found...)
	}
	return commands
}

func TestDocuments_CommandsRun(t *testing.T) {
	commands := readCommands(t)
	build(t)
	dir := filepath.Join(t.TempDir(), "net")
	network := serve(t, "exec bin/lockstep devnet"+elsewhere(dir))
	url := network.field(t, "gateway")
	for _, c := range commands {
		t.Run(fmt.Sprintf("%s:%d", c.Page, c.Line), func(t *testing.T) { check(t, c.Text, url) })
	}
	t.Run("printed by the devnet", func(t *testing.T) {
		wantResult(t, execute(t, network.field(t, "try:")))
		execute(t, dry(network.field(t, "or, in another terminal:")))
	})
	t.Run("the demo's text in README.md", func(t *testing.T) { wantExcerpt(t, execute(t, "bin/lockstep demo --rpc "+url)) })
	rest, err := network.interrupt(t)
	if err != nil || network.errs.Len() > 0 || !strings.Contains(rest, "stopped") {
		t.Errorf("Ctrl-C ends the devnet with %v, prints %q, and logs\n%s", err, rest, network.errs.String())
	}
}

// elsewhere are flags that move a devnet to a folder and a port of the test; the last flag of a name counts.
func elsewhere(dir string) string { return " --rpc 127.0.0.1:0 --dir " + dir }

// check runs one documented command, or as much of it as is cheap and harmless.
func check(t *testing.T, line, url string) {
	t.Helper()
	words := strings.Fields(line)
	switch {
	case words[0] == "make":
		execute(t, dry(line))
	case words[0] == "curl":
		if !strings.Contains(line, documentedRPC) {
			t.Errorf("%s: documents use %s", line, documentedRPC)
		}
		wantResult(t, execute(t, strings.ReplaceAll(line, documentedRPC, url)))
	case words[0] == "go" && words[1] == "test":
		checkGoTest(t, words[2:])
	case words[0] == "bin/lockstep" && len(words) > 1 && words[1] == "devnet":
		if _, err := serve(t, "exec "+line+elsewhere(filepath.Join(t.TempDir(), "net"))).interrupt(t); err != nil {
			t.Errorf("%s: Ctrl-C ends it with %v", line, err)
		}
	case words[0] == "bin/lockstep" && len(words) > 1 && words[1] == "demo":
		execute(t, line+" --rpc "+url)
	case words[0] == "bin/lockstep":
		checkLockstep(t, line, url)
	default:
		t.Errorf("%s: no rule in test/docs says how to check a command that begins with %q", line, words[0])
	}
}

// asking are the commands that can be asked of any network as they stand.
var asking = []string{"status", "rollups", "validators", "tick", "version"}

// checkLockstep runs what can be asked of the network, and checks that the command and the flags of everything else exist.
func checkLockstep(t *testing.T, line, url string) {
	t.Helper()
	words := strings.Fields(line)
	if slices.Contains(asking, words[1]) && (len(words) == 2 || strings.HasPrefix(words[2], "--")) {
		if words[1] != "version" {
			line += " --rpc " + url
		}
		execute(t, line)
		return
	}
	command := words[:2]
	if len(words) > 2 && regexp.MustCompile(`^[a-z][a-z-]*$`).MatchString(words[2]) {
		command = words[:3]
	}
	help := execute(t, strings.Join(command, " ")+" --help")
	settings, err := os.ReadFile(filepath.Join(root, "docs/reference/config.md"))
	if err != nil {
		t.Fatal(err)
	}
	if name := command[len(command)-1]; !strings.Contains(help, "lockstep "+strings.Join(command[1:], " ")) {
		t.Errorf("%s: there is no command %s", line, name)
	}
	for _, word := range words {
		name, isFlag := strings.CutPrefix(word, "--")
		name, _, _ = strings.Cut(name, "=")
		if isFlag && !strings.Contains(help, "--"+name+" ") && !strings.Contains(string(settings), "`"+name+"`") {
			t.Errorf("%s: there is no flag --%s", line, name)
		}
	}
}

// dry makes make print what it would do.
func dry(line string) string { return strings.Replace(line, "make ", "make -n ", 1) }

// checkGoTest checks that the packages exist, and with -fuzz the fuzz target.
func checkGoTest(t *testing.T, args []string) {
	t.Helper()
	var packages []string
	for _, a := range args {
		if strings.HasPrefix(a, "./") {
			packages = append(packages, a)
		}
	}
	if len(packages) == 0 {
		t.Errorf("go test %q names no package", args)
		return
	}
	if out := execute(t, "go list "+strings.Join(packages, " ")); strings.TrimSpace(out) == "" {
		t.Errorf("%q are no packages", packages)
	}
	if at := slices.Index(args, "-fuzz"); at >= 0 {
		if out := execute(t, "go test "+strings.Join(packages, " ")+" -list "+args[at+1]); !strings.Contains(out, "Fuzz") {
			t.Errorf("there is no fuzz target %s in %q", args[at+1], packages)
		}
	}
}

// number finds what differs from run to run: numbers and shortened hashes.
var number = regexp.MustCompile(`[0-9a-f]{6}\.\.[0-9a-f]{6}|[0-9][0-9.,]*[0-9]|[0-9]`)

// wantExcerpt wants what README.md shows of the demo to be lines of what it prints, but for numbers and hashes.
func wantExcerpt(t *testing.T, printed string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, excerpt, found := strings.Cut(string(page), "```\n1. Arbitrage")
	excerpt, _, closed := strings.Cut("1. Arbitrage"+excerpt, "\n```")
	if !found || !closed {
		t.Fatal("README.md does not show what the demo prints")
	}
	lines := strings.Split(number.ReplaceAllString(printed, "#"), "\n")
	for _, line := range strings.Split(number.ReplaceAllString(excerpt, "#"), "\n") {
		if !slices.Contains(lines, line) {
			t.Errorf("README.md shows %q, which the demo does not print:\n%s", line, printed)
		}
	}
}

// wantResult wants the answer of a JSON-RPC call that went well.
func wantResult(t *testing.T, answer string) {
	t.Helper()
	var parsed struct {
		Result json.RawMessage `json:"result"`
		Error  json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal([]byte(answer), &parsed); err != nil || len(parsed.Result) == 0 || len(parsed.Error) > 0 {
		t.Errorf("the answer %.300q is not a result (%v)", answer, err)
	}
}
