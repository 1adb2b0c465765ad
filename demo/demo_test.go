package demo_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo"
	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

// artifacts is where `make artifacts` installs the contracts.
const artifacts = "artifacts"

func needArtifacts(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(artifacts, "node_modules", "@uniswap")); err != nil {
		t.Fatal("the contracts that the demo deploys are not installed: run `make artifacts` first")
	}
}

func TestRun_TwiceOnOneNetwork(t *testing.T) {
	needArtifacts(t)
	info := devnettest.Start(t, devnet.Options{}).Info()
	for range 2 {
		var text strings.Builder
		report, err := demo.Run(t.Context(), demo.Options{RPC: info.RPC, Artifacts: artifacts, Progress: &text})
		if err != nil {
			t.Fatalf("%v\n%s", err, text.String())
		}
		checkReport(t, report, info)
		for _, want := range []string{"execution reverted: UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT", report.LoneLeg, "profit " + report.Steps[0].Profit + " ETH", "Every step ended as it should.",
			"nobody was trusted", "so neither leg took place", "the same amount minted on 902", "the same amount unlocked on 901", "rollup 901 never sent that message",
			report.Steps[8].Output + " ETH", "the settler on rollup 902 would revert (TooLittle)", report.Unserved} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("the text does not say %q:\n%s", want, text.String())
			}
		}
	}
	t.Run("not at the root", func(t *testing.T) { wantNoNetwork(t, info.Rollups[0].HTTP, "without a path") })
}

var wantedSteps = []struct {
	name    string
	outcome core.OutcomeCode
	profit  bool
}{
	{"arbitrage", core.Included, true}, {"failing leg", core.VoidLegReverted, false}, {"protected bundle", core.Included, true},
	{"swap", core.Included, false}, {"swap, one cheats", core.VoidAssertion, false},
	{"token away", core.Included, false}, {"token home", core.Included, false}, {"invented message", core.VoidAssertion, false},
	{"intent", core.Included, false},
}

func checkReport(t *testing.T, r *demo.Report, info devnet.Info) {
	t.Helper()
	if !r.OK || r.Error != "" || r.NetworkID != info.NetworkID || r.LoneLeg == "" || r.Unserved != "cancelled, 0 offers" || len(r.Steps) != len(wantedSteps) {
		t.Fatalf("report is %+v", r)
	}
	for i, want := range wantedSteps {
		s := r.Steps[i]
		if s.Name != want.name || s.Outcome != want.outcome || s.Level != core.LevelAttested || s.Tick == 0 || (s.Profit != "") != want.profit {
			t.Errorf("step %d is %+v, want %+v and attested", i+1, s, want)
		}
		if (s.OrderID != nil) != (s.Name == "intent") || (s.Winner != nil) != (s.Name == "intent") || (s.AwardedMs > 0) != (s.Name == "intent") || s.AwardedMs > s.ExecutedMs {
			t.Errorf("step %d: order %v, winner %v, awarded after %v ms", i+1, s.OrderID, s.Winner, s.AwardedMs)
		}
		if s.OrderedMs <= 0 || s.ExecutedMs < s.OrderedMs || s.AttestedMs < s.ExecutedMs {
			t.Errorf("step %d: ordered, executed, attested after %v, %v, %v ms", i+1, s.OrderedMs, s.ExecutedMs, s.AttestedMs)
		}
	}
}

func TestRun_SaysWhatToDoWithoutANetwork(t *testing.T) {
	t.Parallel()
	needArtifacts(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	website := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(website.Close)
	for _, c := range []struct{ name, url, advice string }{
		{"nobody listens", "http://" + closed.Addr().String(), "make devnet"},
		{"nobody listens, WebSocket", "ws://" + closed.Addr().String(), "make devnet"},
		{"no URL", "nonsense", "make devnet"},
		{"unknown scheme", "ftp://127.0.0.1", "make devnet"},
		{"a web site", website.URL, "without a path"},
	} {
		t.Run(c.name, func(t *testing.T) { t.Parallel(); wantNoNetwork(t, c.url, c.advice) })
	}
}

func wantNoNetwork(t *testing.T, url, advice string) {
	t.Helper()
	report, err := demo.Run(t.Context(), demo.Options{RPC: url, Artifacts: artifacts})
	if !errors.Is(err, demo.ErrNoNetwork) || !strings.Contains(err.Error(), url) || !strings.Contains(err.Error(), advice) {
		t.Errorf("got %v, want ErrNoNetwork with the URL and %q", err, advice)
	}
	if report.OK || report.Error == "" || len(report.Steps) != 0 {
		t.Errorf("report is %+v", report)
	}
}

func TestRun_SaysHowToInstallTheContracts(t *testing.T) {
	t.Parallel()
	report, err := demo.Run(t.Context(), demo.Options{RPC: "http://127.0.0.1:1", Artifacts: t.TempDir()})
	if !errors.Is(err, uniswap.ErrArtifacts) || !strings.Contains(err.Error(), "make artifacts") || report.OK {
		t.Errorf("got %v and %+v, want ErrArtifacts", err, report)
	}
}
