package core_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

func TestParseGenesis_RoundTrip(t *testing.T) {
	g := sampleGenesis(t)
	parsed, err := core.ParseGenesis([]byte(genesisJSON(t, g)))
	if err != nil {
		t.Fatal(err)
	}
	if parsed.NetworkID() != g.NetworkID() {
		t.Errorf("network id moved from %s to %s on the way through JSON", g.NetworkID(), parsed.NetworkID())
	}
}

func TestParseGenesis_RefusesWhatCanBeReadInTwoWays(t *testing.T) {
	file := genesisJSON(t, sampleGenesis(t))
	address := strings.ToLower(sampleTo.Hex())
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown field", `"name": "golden-1"`, `"name": "golden-1", "label": "x"`, `unknown field "label"`},
		{"unknown parameter", `"slotSeconds": 1`, `"slotSeconds": 1, "slotSecond": 2`, `unknown field "slotSecond"`},
		{"unknown field of a first state", `"baseFee": 1000000000`, `"baseFee": 1000000000, "gasLimit": 1`, `unknown field "gasLimit"`},
		{"unknown field of an account", `"nonce": "0x1"`, `"nonce": "0x1", "secretKey": "0x01"`, `unknown field "secretKey"`},
		{"field twice", `"name": "golden-1"`, `"name": "golden-1", "name": "golden-2"`, `"name" stands twice`},
		{"field twice in another case", `"name": "golden-1"`, `"name": "golden-1", "Name": "golden-2"`, `"Name" stands twice`},
		{"account twice", `"` + address + `": {`, `"` + address[2:] + `": {"balance": "0x0"}, "` + address + `": {`, "stands twice"},
		{"other version", `"version": 2`, `"version": 1`, "this build reads version 2 only"},
		{"no version", `"version": 2,`, ``, "version is 0"},
		{"negative number", `"slotSeconds": 1`, `"slotSeconds": -1`, "slotSeconds"},
		{"unknown kind", `"kind": "opaque"`, `"kind": "opaq"`, `unknown rollup kind "opaq"`},
		{"negative balance", `"balance": "0x0"`, `"balance": "-5"`, "balance is -5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := core.ParseGenesis([]byte(replaceOnce(t, file, c.old, c.new)))
			if !errors.Is(err, core.ErrGenesis) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an ErrGenesis that says %q", err, c.want)
			}
		})
	}
	for name, text := range map[string]string{"trailing value": file + "{}", "cut off": file[:len(file)/2], "empty": "", "list": "[]"} {
		t.Run(name, func(t *testing.T) {
			if _, err := core.ParseGenesis([]byte(text)); !errors.Is(err, core.ErrGenesis) {
				t.Errorf("got %v, want ErrGenesis", err)
			}
		})
	}
}

func TestGenesisValidate_ReportsAllProblemsAtOnce(t *testing.T) {
	g := sampleGenesis(t)
	g.Name = "Big Name"
	g.Params.SlotSeconds, g.Params.MaxDigests = 0, 0
	g.Validators[0].Power, g.Validators[0].EthereumProof = 0, nil
	g.Rollups[0].Name = ""
	g.Rollups[0].EVM.Alloc[common.Address{1}] = gethtypes.Account{}
	g.Rollups[3].Operator = common.Address{}
	g.Zones = append(g.Zones, core.Zone{ID: 1, Rollups: []core.RollupID{rollupC}})
	err := g.Validate()
	if !errors.Is(err, core.ErrGenesis) {
		t.Fatalf("got %v, want ErrGenesis", err)
	}
	for _, want := range []string{
		`name "Big Name"`, "params.slotSeconds is 0", "params.maxDigests is 0", "power is 0", "ethereumProof", `rollup 901: name ""`,
		"balance is <nil>", "operator is missing", "zones[1]: id 1", "zone 1: rollup 903", "rollup 903: kind opaque",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

func TestGenesisValidate_RefusesEachInconsistency(t *testing.T) {
	for name, breakIt := range map[string]func(g *core.Genesis){
		"version":                  func(g *core.Genesis) { g.Version = 1 },
		"long name":                func(g *core.Genesis) { g.Name = strings.Repeat("a", core.MaxNameLength+1) },
		"time in seconds of 1970":  func(g *core.Genesis) { g.Time = 1999 },
		"time beyond the engine's": func(g *core.Genesis) { g.Time = 1 << 60 },
		"no validators":            func(g *core.Genesis) { g.Validators = nil },
		"validator twice":          func(g *core.Genesis) { g.Validators[1] = g.Validators[0] },
		"swapped address":          func(g *core.Genesis) { g.Validators[0].Address = g.Validators[1].Address },
		"short consensus key":      func(g *core.Genesis) { g.Validators[0].ConsensusKey = g.Validators[0].ConsensusKey[:31] },
		"power above the cap":      func(g *core.Genesis) { g.Validators[0].Power = 1 << 52 },
		"no rollups":               func(g *core.Genesis) { g.Rollups, g.Zones = nil, nil },
		"rollup zero":              func(g *core.Genesis) { g.Rollups[0].ID, g.Zones[0].Rollups[0] = 0, 0 },
		"rollups not ascending":    func(g *core.Genesis) { g.Rollups[0], g.Rollups[1] = g.Rollups[1], g.Rollups[0] },
		"evm without first state":  func(g *core.Genesis) { g.Rollups[0].EVM = nil },
		"first state of opaque":    func(g *core.Genesis) { g.Rollups[2].EVM = g.Rollups[0].EVM },
		"unknown kind":             func(g *core.Genesis) { g.Rollups[2].Kind = 9 },
		"evm in no zone":           func(g *core.Genesis) { g.Zones[0].Rollups = g.Zones[0].Rollups[:1] },
		"rollup in a zone twice":   func(g *core.Genesis) { g.Zones[0].Rollups = []core.RollupID{rollupA, rollupB, rollupB} },
		"rollup in two zones":      func(g *core.Genesis) { g.Zones = append(g.Zones, core.Zone{ID: 2, Rollups: []core.RollupID{rollupA}}) },
		"empty zone":               func(g *core.Genesis) { g.Zones = append(g.Zones, core.Zone{ID: 2}) },
		"unregistered member":      func(g *core.Genesis) { g.Zones[0].Rollups = []core.RollupID{rollupA, rollupB, 999} },
		"zone zero":                func(g *core.Genesis) { g.Zones[0].ID = 0 },
		"no predeploy":             func(g *core.Genesis) { delete(g.Rollups[0].EVM.Alloc, g.Predeploy.Address) },
		"predeploy without address": func(g *core.Genesis) {
			g.Rollups[0].EVM.Alloc[common.Address{}] = g.Rollups[0].EVM.Alloc[g.Predeploy.Address]
			g.Rollups[1].EVM.Alloc[common.Address{}] = g.Rollups[0].EVM.Alloc[g.Predeploy.Address]
			g.Predeploy.Address = common.Address{}
		},
		"other predeploy code": func(g *core.Genesis) { g.Predeploy.Code = []byte{0} },
		"balance of 257 bits": func(g *core.Genesis) {
			g.Rollups[0].EVM.Alloc[common.Address{1}] = gethtypes.Account{Balance: new(big.Int).Lsh(common.Big1, 256)}
		},
		"predeploy with storage": func(g *core.Genesis) {
			g.Rollups[0].EVM.Alloc[g.Predeploy.Address] = gethtypes.Account{
				Balance: new(big.Int), Code: g.Predeploy.Code, Storage: map[common.Hash]common.Hash{{}: {1}},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := sampleGenesis(t)
			if err := g.Validate(); err != nil {
				t.Fatalf("the sample is not valid: %v", err)
			}
			breakIt(g)
			if err := g.Validate(); !errors.Is(err, core.ErrGenesis) {
				t.Errorf("got %v, want ErrGenesis", err)
			}
		})
	}
}

func TestParamsValidate_ReportsEveryZero(t *testing.T) {
	err := core.Params{}.Validate()
	if err == nil {
		t.Fatal("parameters without values are accepted")
	}
	for _, name := range []string{
		"protocolVersion", "slotSeconds", "maxTickBytes", "maxTxBytes", "maxBundleBytes", "maxBundleLegs", "maxBundlesPerTick",
		"maxBundleWindow", "maxGossipBytes", "maxTxGas", "blockGas", "maxDigests", "singleGasRate", "bundleGasRate",
	} {
		if !strings.Contains(err.Error(), "params."+name+" ") {
			t.Errorf("the error does not name %s", name)
		}
	}
	if err := core.DefaultParams().Validate(); err != nil {
		t.Errorf("the default parameters are refused: %v", err)
	}
}

// Every field of the genesis moves the network id: nodes that differ in anything can never talk to each other.
func TestNetworkID_DependsOnEveryField(t *testing.T) {
	ids := map[core.NetworkID]string{sampleGenesis(t).NetworkID(): "the sample"}
	for name, change := range map[string]func(g *core.Genesis){
		"version":       func(g *core.Genesis) { g.Version++ },
		"name":          func(g *core.Genesis) { g.Name += "x" },
		"time":          func(g *core.Genesis) { g.Time++ },
		"params":        func(g *core.Genesis) { g.Params.MaxDigests++ },
		"power":         func(g *core.Genesis) { g.Validators[0].Power++ },
		"proof":         func(g *core.Genesis) { g.Validators[0].EthereumProof[0]++ },
		"zone":          func(g *core.Genesis) { g.Zones[0].ID++ },
		"members":       func(g *core.Genesis) { g.Zones[0].Rollups = g.Zones[0].Rollups[:1] },
		"rollup id":     func(g *core.Genesis) { g.Rollups[3].ID++ },
		"rollup name":   func(g *core.Genesis) { g.Rollups[3].Name += "x" },
		"rollup kind":   func(g *core.Genesis) { g.Rollups[3].Kind = core.KindOpaque },
		"operator":      func(g *core.Genesis) { g.Rollups[3].Operator[0]++ },
		"fee recipient": func(g *core.Genesis) { g.Rollups[0].EVM.FeeRecipient[0]++ },
		"base fee":      func(g *core.Genesis) { g.Rollups[0].EVM.BaseFee++ },
		"account": func(g *core.Genesis) {
			g.Rollups[0].EVM.Alloc[common.Address{1}] = gethtypes.Account{Balance: new(big.Int)}
		},
		"balance":        func(g *core.Genesis) { g.Rollups[0].EVM.Alloc[sampleTo].Balance.SetUint64(1) },
		"storage":        func(g *core.Genesis) { g.Rollups[0].EVM.Alloc[sampleTo].Storage[common.Hash{1}] = common.Hash{9} },
		"code":           func(g *core.Genesis) { g.Rollups[0].EVM.Alloc[sampleTo].Code[0]++ },
		"predeploy":      func(g *core.Genesis) { g.Predeploy.Address[0]++ },
		"marker":         func(g *core.Genesis) { g.Predeploy.Marker[0]++ },
		"predeploy code": func(g *core.Genesis) { g.Predeploy.Code = append(g.Predeploy.Code, 0) },
	} {
		g := sampleGenesis(t)
		change(g)
		id := g.NetworkID()
		if other, taken := ids[id]; taken {
			t.Errorf("%s: the network id is the one of %s", name, other)
		}
		ids[id] = name
	}
}

func TestGenesis_Lookups(t *testing.T) {
	g := sampleGenesis(t)
	if r, ok := g.Rollup(rollupB); !ok || r.Name != "evm-902" {
		t.Errorf("rollup 902: %v, %v", r, ok)
	}
	if _, ok := g.Rollup(1); ok {
		t.Error("rollup 1 is found")
	}
	if kind, ok := g.Kind(904); !ok || kind != core.KindOPStack {
		t.Errorf("kind of 904: %v, %v", kind, ok)
	}
	if z := g.ZoneOf(rollupB); z != zone1 {
		t.Errorf("zone of 902: %d", z)
	}
	if z := g.ZoneOf(rollupC); z != 0 {
		t.Errorf("zone of an opaque rollup: %d", z)
	}
	if p := g.TotalPower(); p != 3 {
		t.Errorf("total power: %d", p)
	}
	if id := g.ChainID(); len(id) > 50 || !strings.HasPrefix(id, "lockstep-") {
		t.Errorf("chain id %q", id)
	}
	// Tick 1 falls into the slot that begins at 1,700,000,000 s; the EVM genesis is one slot older.
	if s := g.EVMTime(); s != 1_699_999_999 {
		t.Errorf("EVM genesis time: %d", s)
	}
}
