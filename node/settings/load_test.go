package settings

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway/chainrpc"
)

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "node.toml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func flagsOf(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	Register(flags, nil)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

func TestLoad_FlagsWinOverEnvironmentWinsOverFile(t *testing.T) {
	t.Parallel()
	e, err := Load(Defaults("home"), Sources{
		File:    write(t, "retain = 5000\n[gateway]\nmaxBatch = 7\nmaxBody = 1000\ncors = [\"https://a.example\"]\nsubmitWait = \"1s\"\n"),
		Environ: []string{"LOCKSTEP_GATEWAY_MAXBODY=2000", "LOCKSTEP_MEMPOOL_PRICEBUMP=12", "LOCKSTEP_GATEWAY_SUBMITWAIT=2s", "PATH=/bin"},
		Flags:   flagsOf(t, "--gateway.submitWait=3s", "--gateway.vHosts", "a,b", "--retryZones"),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := e.Config
	if c.Retain != 5000 || c.Gateway.MaxBatch != 7 || c.Gateway.MaxBody != 2000 || c.Mempool.PriceBump != 12 || c.Gateway.SubmitWait != 3*time.Second || !c.RetryZones {
		t.Errorf("%+v %+v", c, *c.Gateway)
	}
	if !reflect.DeepEqual(c.Gateway.CORS, []string{"https://a.example"}) || !reflect.DeepEqual(c.Gateway.VHosts, []string{"a", "b"}) {
		t.Errorf("%v %v", c.Gateway.CORS, c.Gateway.VHosts)
	}
	for path, want := range map[string]string{"gateway.maxBody": "LOCKSTEP_GATEWAY_MAXBODY", "gateway.submitWait": "--gateway.submitWait", "mempool.maxTxs": "default"} {
		if e.Origin[path] != want {
			t.Errorf("%s comes from %s", path, e.Origin[path])
		}
	}
	if Defaults("home").Gateway.MaxBody == 2000 {
		t.Error("the defaults changed")
	}
}

func TestLoad_NamesEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := Load(Defaults("home"), Sources{
		File:    write(t, "home = \"elsewhere\"\n[gateway]\nmaxbody = 1\nmaxBatch = \"many\"\nsubmitWait = 5\nmaxWaiters = true\n[nonsense]\na = 1\n"),
		Environ: []string{"LOCKSTEP_GATEWAY_MAXBODY=big", "LOCKSTEP_TYPO=1"},
		Fixed:   map[string]string{"home": "the devnet chooses it"},
	})
	if !errors.Is(err, ErrInvalid) {
		t.Fatal(err)
	}
	for _, want := range []string{
		"home cannot be set here: the devnet chooses it", "gateway.maxbody is no setting; did you mean gateway.maxBody?",
		`gateway.maxBatch is "many", want a number`, "gateway.submitWait is 5, want a duration", "gateway.maxWaiters is true, want a number",
		"nonsense.a is no setting", `LOCKSTEP_GATEWAY_MAXBODY: is "big", want a number`, "LOCKSTEP_TYPO: is no setting",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in:\n%v", want, err)
		}
	}
	if _, err := Load(Defaults(""), Sources{File: "missing.toml"}); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}

// What is shown can be loaded again, every setting of it.
func TestShow_IsAFileThatLoads(t *testing.T) {
	t.Parallel()
	e, err := Load(Defaults("home"), Sources{Flags: flagsOf(t, "--mempool.maxTxs=77", "--gateway.cors=")})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := e.Show(&out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "maxTxs = 77  # --mempool.maxTxs") {
		t.Error(out.String())
	}
	again, err := Load(Defaults("home"), Sources{File: write(t, out.String())})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range List() {
		if again.Origin[s.Path] == "default" {
			t.Errorf("%s was not shown", s.Path)
		}
		if a, b := s.Value(e.Config), s.Value(again.Config); tomlValue(a) != tomlValue(b) {
			t.Errorf("%s: %v became %v", s.Path, a, b)
		}
	}
}

func TestLoad_SectionsOfRollups(t *testing.T) {
	t.Parallel()
	e, err := Load(Defaults("home"), Sources{
		File:    write(t, "[opstack.9101]\nexecution = \"http://a\"\nallow = [\"debug_traceTransaction\"]\n[opstack.9102]\nexecution = \"http://b\"\n"),
		Environ: []string{"LOCKSTEP_OPSTACK_9102_EXECUTION=http://c", "LOCKSTEP_OPSTACK_9101_STREAM=ws://s"},
		Flags:   flagsOf(t, "--opstack.execution=9103=http://d", "--opstack.execution", "9104=http://e?x=y"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[core.RollupID]chainrpc.Config{
		9101: {Execution: "http://a", Stream: "ws://s", Allow: []string{"debug_traceTransaction"}}, 9102: {Execution: "http://c"},
		9103: {Execution: "http://d"}, 9104: {Execution: "http://e?x=y"},
	} {
		if got := e.Config.OPStack[id]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", id, got, want)
		}
	}
	if origin := e.Origin["opstack.9102.execution"]; origin != "LOCKSTEP_OPSTACK_9102_EXECUTION" {
		t.Errorf("origin %s", origin)
	}
	var out strings.Builder
	if err := e.Show(&out); err != nil {
		t.Fatal(err)
	}
	again, err := Load(Defaults("home"), Sources{File: write(t, out.String())})
	if err != nil || !reflect.DeepEqual(again.Config.OPStack[9101], e.Config.OPStack[9101]) || len(again.Config.OPStack) != 4 {
		t.Errorf("%v, %+v from\n%s", err, again.Config.OPStack, out.String())
	}
	applied := Defaults("other")
	applied.OPStack = map[core.RollupID]chainrpc.Config{9101: {Stream: "ws://x", Execution: "http://x"}, 7: {Execution: "http://y"}}
	e.Apply(&applied)
	if got := applied.OPStack[9101]; got.Execution != "http://a" || got.Stream != "ws://s" || applied.OPStack[7].Execution != "http://y" {
		t.Errorf("applied: %+v", applied.OPStack)
	}
	_, err = Load(Defaults("home"), Sources{
		File: write(t, "[opstack.nine]\nexecution = \"x\"\n[opstack.9101]\nengine = \"x\"\n"), Environ: []string{"LOCKSTEP_OPSTACK_9101_ENGINE=x"},
	})
	for _, want := range []string{"opstack.nine.execution is no setting", "opstack.9101.engine is no setting", "LOCKSTEP_OPSTACK_9101_ENGINE: is no setting"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in:\n%v", want, err)
		}
	}
}
