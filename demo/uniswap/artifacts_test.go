package uniswap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoad_RefusesWhatIsNoContract(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content, want string }{
		{"garbage", "{", "unexpected end"},
		{"no interface", `{"bytecode":"0x60"}`, "abi"},
		{"bad interface", `{"abi":[{"type":"function","inputs":[{"type":"nonsense"}]}],"bytecode":"0x60"}`, "abi"},
		{"no code", `{"abi":[],"bytecode":"0x"}`, "no bytecode"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "contract.json")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := new(Artifact).load(path); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with the path and %q", err, c.want)
			}
		})
	}
}
