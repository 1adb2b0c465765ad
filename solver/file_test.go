package solver

import (
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
	"github.com/lockstep-network/lockstep/node/keys"
)

const guide = "../docs/guides/solver.md"

// write makes a folder with a configuration file and the key that the example names.
func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "solver.password"), []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.New(filepath.Join(dir, "solver.key"), "secret", keys.Light); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "solver.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExample_IsWhatItSays(t *testing.T) {
	t.Parallel()
	f, err := ReadFile(write(t, Example))
	if err != nil {
		t.Fatal(err)
	}
	c, err := f.Config()
	if err != nil {
		t.Fatal(err)
	}
	if c.Strategy != Both || c.Margin != 30 || c.MarginFloor != 10 || c.MaxOrder.Cmp(ether(10_000)) != 0 || c.BundleLife != 30*time.Second {
		t.Errorf("%+v", c)
	}
	if c.Tip.Cmp(big.NewInt(1e8)) != 0 || c.MaxGasPrice.Cmp(big.NewInt(5e10)) != 0 || len(c.Keys) != 1 || f.Metrics != "127.0.0.1:9464" {
		t.Errorf("%+v", c)
	}
	if len(c.Rollups) != 2 || c.Rollups[1].Settler != deployment.Of([]core.RollupID{901, 902}).IntentSettler || c.Rollups[1].Keep.Cmp(ether(100)) != 0 {
		t.Errorf("%+v", c.Rollups)
	}
	if len(c.Tokens) != 1 || len(c.Tokens[0].Addresses) != 2 || c.Tokens[0].Decimals != 18 {
		t.Errorf("%+v", c.Tokens)
	}
	if crypto.PubkeyToAddress(c.Keys[0].PublicKey) == (c.Rollups[0].Router) {
		t.Error("no key")
	}
}

// Whoever reads the example has seen every setting.
func TestExample_NamesEverySetting(t *testing.T) {
	t.Parallel()
	var visit func(reflect.Type)
	visit = func(s reflect.Type) {
		for i := range s.NumField() {
			field := s.Field(i)
			name := field.Tag.Get("koanf")
			if name != "" && !strings.Contains(Example, name) {
				t.Errorf("the example does not have %s", name)
			}
			inner := field.Type
			if inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			if name != "" && inner.Kind() == reflect.Struct {
				visit(inner)
			}
		}
	}
	visit(reflect.TypeFor[File]())
}

func TestReadFile_RefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, with, want string }{
		{"unknown", "margin = 30", "margine = 30", "margine: no such setting"},
		{"unknown in a list", `keep = "0"`, `keepp = "0"`, "tokens[0].keepp: no such setting"},
		{"another case", "strategy", "Strategy", "Strategy: no such setting"},
		{"wrong type", "margin = 30", `margin = "30"`, "margin"},
		{"negative", "margin = 30", "margin = -30", "margin"},
		{"no TOML", "[gas]", "[gas", "solver.toml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadFile(write(t, strings.Replace(Example, c.old, c.with, 1)))
			if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := ReadFile("nowhere.toml"); !errors.Is(err, ErrConfig) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestConfig_NamesEveryProblem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, with, want string }{
		{"HTTP", "ws://", "http://", "want a WebSocket URL"},
		{"strategy", `strategy = "both"`, `strategy = "all"`, "want inventory, pools or both"},
		{"margin", "margin = 30", "margin = 6000", "want at most 5000"},
		{"floor", "marginFloor = 10", "marginFloor = 31", "want at most margin, which is 30"},
		{"number", `maxOrder = "10"`, `maxOrder = "ten"`, "maxOrder is \"ten\", want a decimal number"},
		{"digits", `tip = "0.1"`, `tip = "0.1234567891"`, "at most 9 digits"},
		{"sign", `tip = "0.1"`, `tip = "-1"`, "gas.tip"},
		{"life", `"30s"`, `"30"`, "want a duration"},
		{"long life", `"30s"`, `"30m"`, "want 1s to 5m0s"},
		{"address", "0x1000000000000000000000000000000000000902", "0x10", "rollups[1].router is \"0x10\", want an address"},
		{"twice", "id = 902", "id = 901", "no other entry has"},
		{"chain id", "901 = \"0x4", "nine = \"0x4", "want a chain id"},
		{"unknown chain", "901 = \"0x4", "903 = \"0x4", "not among rollups"},
		{"reserved", `symbol = "TOK"`, `symbol = "WETH"`, "known already"},
		{"same address", "0x4000000000000000000000000000000000000901", "0x3000000000000000000000000000000000000901", "is the address of \"WETH\" already"},
		{"no key", `file = "solver.key"`, `file = "other.key"`, "keys[0]"},
		{"password", `passwordFile = "solver.password"`, "", "keys[0]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, err := ReadFile(write(t, strings.Replace(Example, c.old, c.with, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Config(); !errors.Is(err, ErrConfig) && !errors.Is(err, keys.ErrPassword) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := New(Config{}); err == nil || strings.Count(err.Error(), "\n") < 6 {
		t.Errorf("an empty one: %v, want all problems", err)
	}
}

func TestGuide_HasTheExampleAndTheMetrics(t *testing.T) {
	golden.Block(t, guide, "example", "```toml\n"+Example+"```\n")
	m, err := newMeters(nil)
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	rows.WriteString("| Metric | |\n|---|---|\n")
	for _, c := range m.all() {
		described := make(chan *prometheus.Desc, 1)
		c.Describe(described)
		parts := strings.Split((<-described).String(), `"`)
		rows.WriteString("| `" + parts[1] + "` | " + parts[3] + " |\n")
	}
	golden.Block(t, guide, "metrics", rows.String())
}
