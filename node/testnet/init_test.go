package testnet

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
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

func TestInit_GivesEachRoleItsPlace(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Followers, o.Gateways = 2, 1
	if _, err := Init(o); err != nil {
		t.Fatal(err)
	}
	load := func(name string) node.Config {
		home := filepath.Join(o.Output, name)
		e, err := settings.Load(settings.Defaults(home), settings.Sources{File: filepath.Join(home, SettingsFile)})
		if err != nil {
			t.Fatal(err)
		}
		return e.Config
	}
	follower, relay := load("follower-1"), load("gateway-0")
	if want := []string{"http://127.0.0.1:8545", "http://127.0.0.1:8546", "http://127.0.0.1:8547", "http://127.0.0.1:8548", "http://127.0.0.1:8549"}; !slices.Equal(follower.StateSync.Peers, want) {
		t.Errorf("follower joins by %v, want %v", follower.StateSync.Peers, want)
	}
	if follower.Role != node.RoleFollower || len(follower.Ordering.Peers) != 4 || follower.Gateway.Listen != "127.0.0.1:8550" {
		t.Errorf("follower: %s with %v at %s", follower.Role, follower.Ordering.Peers, follower.Gateway.Listen)
	}
	if got := follower.Gateway.TrustedProxies; len(got) != 1 || got[0] != "127.0.0.1" {
		t.Errorf("follower trusts %v", got)
	}
	if want := []string{"http://127.0.0.1:8549", "http://127.0.0.1:8550"}; relay.Role != node.RoleGateway || !slices.Equal(relay.Relay.Upstreams, want) {
		t.Errorf("gateway: %s in front of %v", relay.Role, relay.Relay.Upstreams)
	}
	if _, err := os.Stat(node.OrderingDir(filepath.Join(o.Output, "gateway-0"))); !errors.Is(err, os.ErrNotExist) {
		t.Error("a gateway alone has a folder of the engine")
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
		"hosts for some":          {change(func(o *Options) { o.Followers, o.Hosts = 1, []string{"a", "b", "c", "d"} }), ErrOptions},
		"negative followers":      {change(func(o *Options) { o.Followers = -1 }), ErrOptions},
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
