package testnet

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/keys"
	"github.com/lockstep-network/lockstep/node/settings"
)

func options(t *testing.T) Options {
	t.Helper()
	return Options{Output: filepath.Join(t.TempDir(), "net"), P2PPort: 26656, RPCPort: 8545}
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestInit_WritesHomesThatBelongTogether(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Hosts = []string{"a.example", "b.example", "c.example", "d.example"}
	o.Funded = []common.Address{{7}}
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("secret words\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Password, o.PasswordFile, o.Cost = "secret words", password, keys.Light
	genesis, err := Init(o)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range genesis.Validators {
		home := filepath.Join(o.Output, []string{"validator-0", "validator-1", "validator-2", "validator-3"}[i])
		own, err := core.ParseGenesis([]byte(read(t, home, GenesisFile)))
		if err != nil || own.NetworkID() != genesis.NetworkID() {
			t.Fatalf("validator %d: %v", i, err)
		}
		e, err := settings.Load(settings.Defaults(home), settings.Sources{File: filepath.Join(home, SettingsFile)})
		if err != nil {
			t.Fatal(err)
		}
		cfg := e.Config
		if len(cfg.Ordering.Peers) != 3 || cfg.Ordering.Listen != "0.0.0.0:26656" || cfg.Gateway.Listen != "0.0.0.0:8545" {
			t.Errorf("validator %d: %v, listens at %s and %s", i, cfg.Ordering.Peers, cfg.Ordering.Listen, cfg.Gateway.Listen)
		}
		for _, peer := range cfg.Ordering.Peers {
			if strings.Contains(peer, o.Hosts[i]) || !strings.HasSuffix(peer, ".example:26656") {
				t.Errorf("validator %d has the peer %s", i, peer)
			}
		}
		key, err := keys.Load(node.EthereumKey(home), cfg.EthereumPassword)
		if err != nil || crypto.PubkeyToAddress(key.PublicKey) != v.Address {
			t.Errorf("validator %d: %v", i, err)
		}
		if strings.Contains(read(t, home, SettingsFile), "secret words") {
			t.Errorf("validator %d: the password is in the settings", i)
		}
	}
	if balance := genesis.Rollups[1].EVM.Alloc[common.Address{7}].Balance; balance == nil || balance.Sign() <= 0 {
		t.Error("not funded")
	}
}

func TestInit_RefusesAndLeavesNothing(t *testing.T) {
	t.Parallel()
	taken := options(t)
	if err := os.MkdirAll(taken.Output, 0o700); err != nil {
		t.Fatal(err)
	}
	change := func(change func(*Options)) Options {
		o := options(t)
		change(&o)
		return o
	}
	for name, c := range map[string]struct {
		options Options
		want    error
	}{
		"existing folder":         {taken, ErrExists},
		"three hosts":             {change(func(o *Options) { o.Hosts = []string{"a", "b", "c"} }), ErrOptions},
		"no port":                 {change(func(o *Options) { o.RPCPort = 0 }), ErrOptions},
		"high port":               {change(func(o *Options) { o.P2PPort = 65533 }), ErrOptions},
		"ports that overlap":      {change(func(o *Options) { o.RPCPort = 26658 }), ErrOptions},
		"password without a file": {change(func(o *Options) { o.Password = "x" }), ErrOptions},
		"three validators":        {change(func(o *Options) { o.Shape = devnet.Shape{Validators: 3} }), devnet.ErrShape},
	} {
		if _, err := Init(c.options); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if c.options.Output == taken.Output {
			continue
		}
		if _, err := os.Stat(c.options.Output); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the folder was made", name)
		}
	}
}
