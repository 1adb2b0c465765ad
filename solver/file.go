package solver

import (
	_ "embed"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/keys"
)

// Example is a complete configuration file with comments.
//
//go:embed example.toml
var Example string

// File is a configuration file. Amounts are decimal numbers in quotes: of ether, or of whole tokens.
type File struct {
	// Gateway is the root URL of the gateway whose orders are watched, ws:// or wss://.
	Gateway string `koanf:"gateway"`
	// Strategy is where outputs come from and inputs go to: "inventory", "pools" or "both".
	Strategy string `koanf:"strategy"`
	// Margin is what the solver keeps of the input's value, in basis points (1/10000).
	Margin uint64 `koanf:"margin"`
	// MarginFloor is how far the margin may fall for pairs whose auctions are lost. Without it the margin is fixed.
	MarginFloor *uint64 `koanf:"marginFloor"`
	// MaxOrder is the most that one bid may take, in ether.
	MaxOrder string `koanf:"maxOrder"`
	// BundleLife is how long a bid stays valid, such as "30s".
	BundleLife string `koanf:"bundleLife"`
	// Metrics is the private address HOST:PORT of /metrics, /healthz and /readyz, on 127.0.0.1; empty for none.
	Metrics string       `koanf:"metrics"`
	Gas     FileGas      `koanf:"gas"`
	Keys    []FileKey    `koanf:"keys"`
	Rollups []FileRollup `koanf:"rollups"`
	Tokens  []FileToken  `koanf:"tokens"`
	dir     string       // what paths of files are relative to
}

// FileGas is what is paid for gas.
type FileGas struct {
	// Tip is the priority fee per unit of gas, in gwei.
	Tip string `koanf:"tip"`
	// MaxPrice is the price of a unit of gas above which nothing is offered, in gwei.
	MaxPrice string `koanf:"maxPrice"`
}

// FileKey is an account.
type FileKey struct {
	// File is a keystore file, or one with 64 hex digits; relative to the configuration file.
	File string `koanf:"file"`
	// PasswordFile has the keystore's password in its first line.
	PasswordFile string `koanf:"passwordFile"`
}

// FileRollup is a rollup.
type FileRollup struct {
	// ID is the chain id.
	ID uint64 `koanf:"id"`
	// Router, Factory and WETH are the addresses of a Uniswap v2.
	Router  string `koanf:"router"`
	Factory string `koanf:"factory"`
	WETH    string `koanf:"weth"`
	// Settler is the address of the IntentSettler; without it the one that `lockstep contracts deploy` gives it.
	Settler string `koanf:"settler"`
	// Keep is the ether that every account keeps for gas.
	Keep string `koanf:"keep"`
}

// FileToken is an asset.
type FileToken struct {
	// Symbol is the name in logs and metrics. Tokens of one symbol are worth the same on all rollups.
	Symbol string `koanf:"symbol"`
	// Decimals is the number of digits after the point.
	Decimals uint8 `koanf:"decimals"`
	// Keep is what every account keeps of it on each rollup.
	Keep string `koanf:"keep"`
	// Addresses are the token's, by chain id.
	Addresses map[string]string `koanf:"addresses"`
}

// ReadFile reads a configuration file. Whatever is unknown in it is an error that wraps ErrConfig.
func ReadFile(path string) (*File, error) {
	k := koanf.New("/") // keys of tables are chain ids and words: none has a slash
	if err := k.Load(file.Provider(path), toml.Parser()); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrConfig, path, err)
	}
	f := &File{dir: filepath.Dir(path)}
	var seen mapstructure.Metadata
	err := k.UnmarshalWithConf("", f, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: f, TagName: "koanf", Metadata: &seen, MatchName: func(key, field string) bool { return key == field },
	}})
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrConfig, path, err)
	}
	if len(seen.Unused) > 0 {
		slices.Sort(seen.Unused)
		return nil, fmt.Errorf("%w: %s: %s: no such setting; `lockstep solver --example` prints all of them", ErrConfig, path, strings.Join(seen.Unused, ", "))
	}
	return f, nil
}

// Config opens the key files and gives what the file says. Errors wrap ErrConfig and name every problem.
func (f *File) Config() (Config, error) {
	r := &fileReader{}
	c := Config{
		Gateway: f.Gateway, Strategy: Strategy(f.Strategy), Margin: f.Margin, MarginFloor: f.Margin,
		MaxOrder: r.amount("maxOrder", f.MaxOrder, 18), Tip: r.amount("gas.tip", f.Gas.Tip, 9), MaxGasPrice: r.amount("gas.maxPrice", f.Gas.MaxPrice, 9),
	}
	if f.MarginFloor != nil {
		c.MarginFloor = *f.MarginFloor
	}
	var err error
	if c.BundleLife, err = time.ParseDuration(f.BundleLife); err != nil {
		r.fail("bundleLife is %q, want a duration such as 30s", f.BundleLife)
	}
	for i, k := range f.Keys {
		key, err := keys.Load(f.path(k.File), f.path(k.PasswordFile))
		if err != nil {
			r.fail("keys[%d]: %w", i, err)
			continue
		}
		c.Keys = append(c.Keys, key)
	}
	c.Rollups = f.rollups(r)
	c.Tokens = f.tokens(r)
	if err := errors.Join(r.problems...); err != nil {
		return Config{}, err
	}
	return c, c.Validate()
}

func (f *File) path(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(f.dir, name)
}

func (f *File) rollups(r *fileReader) []Rollup {
	var ids []core.RollupID
	for _, x := range f.Rollups {
		ids = append(ids, core.RollupID(x.ID))
	}
	all := make([]Rollup, len(f.Rollups))
	for i, x := range f.Rollups {
		name := func(field string) string { return fmt.Sprintf("rollups[%d].%s", i, field) }
		all[i] = Rollup{
			ID: core.RollupID(x.ID), Router: r.address(name("router"), x.Router), Factory: r.address(name("factory"), x.Factory),
			WETH: r.address(name("weth"), x.WETH), Keep: r.amount(name("keep"), x.Keep, 18),
		}
		if x.Settler == "" {
			all[i].Settler = deployment.Of(ids).IntentSettler
			continue
		}
		all[i].Settler = r.address(name("settler"), x.Settler)
	}
	return all
}

func (f *File) tokens(r *fileReader) []Token {
	all := make([]Token, len(f.Tokens))
	for i, x := range f.Tokens {
		name := fmt.Sprintf("tokens[%d].", i)
		all[i] = Token{Symbol: x.Symbol, Decimals: x.Decimals, Keep: r.amount(name+"keep", x.Keep, x.Decimals), Addresses: make(map[core.RollupID]common.Address)}
		for chain, text := range x.Addresses {
			var id core.RollupID
			if _, err := fmt.Sscan(chain, &id); err != nil {
				r.fail("%saddresses has the key %q, want a chain id", name, chain)
				continue
			}
			all[i].Addresses[id] = r.address(name+"addresses."+chain, text)
		}
	}
	return all
}

// fileReader collects what is wrong with the texts of a file.
type fileReader struct{ problems []error }

func (r *fileReader) fail(format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%w: "+format, append([]any{ErrConfig}, args...)...))
}

func (r *fileReader) address(name, text string) common.Address {
	if !common.IsHexAddress(text) {
		r.fail("%s is %q, want an address of 40 hex digits", name, text)
	}
	return common.HexToAddress(text)
}

// amount reads a decimal number into the smallest unit.
func (r *fileReader) amount(name, text string, decimals uint8) *big.Int {
	whole, fraction, _ := strings.Cut(text, ".")
	digits := whole + fraction
	ok := whole != "" && len(fraction) <= int(decimals) && len(digits) <= 78 && strings.Trim(digits, "0123456789") == ""
	if !ok {
		r.fail("%s is %q, want a decimal number in quotes, such as \"0.5\", with at most %d digits after the point", name, text, decimals)
		return new(big.Int)
	}
	n, _ := new(big.Int).SetString(digits+strings.Repeat("0", int(decimals)-len(fraction)), 10) // digits only
	return n
}
