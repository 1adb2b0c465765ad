package ordering_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// order orders a change signed by all, and steps until it is decided.
func order(t *testing.T, c *Cluster, change core.Change) ordering.ControlChange {
	t.Helper()
	entry := c.Control(change)
	if d := c.Step(core.Candidates{Control: entry}); d.Tick.Control == nil {
		t.Fatalf("not ordered: %v", c.Machines[0].CheckControl(entry))
	}
	return decided(t, c, entry.Sequence)
}

// decided steps, a tick a slot of 10 ticks, until a change has taken effect or was refused.
func decided(t *testing.T, c *Cluster, sequence uint64) ordering.ControlChange {
	t.Helper()
	for range 60 {
		changes, _ := c.Machines[0].Control(sequence, 1)
		if len(changes) == 1 && changes[0].Decided != 0 {
			return changes[0]
		}
		c.Step(core.Candidates{})
	}
	t.Fatalf("change %d is not decided after 60 ticks", sequence)
	return ordering.ControlChange{}
}

// running is a cluster of four with ten ticks a slot, some ticks old.
func running(t *testing.T) (*Network, *Cluster) {
	n := NewNetwork(t, 10, 10, 10, 10)
	c := n.NewCluster(t)
	c.StepMs = 100
	for range 12 {
		c.Step(core.Candidates{})
	}
	return n, c
}

func register(id core.RollupID) core.Change {
	return core.Change{RegisterRollup: &core.RegisterRollup{ID: id, Name: "new-" + id.String(), Kind: core.KindOpaque}}
}

func TestControl_RegistersAndRetiresARollup(t *testing.T) {
	t.Parallel()
	_, c := running(t)
	const id core.RollupID = 777
	entry := Section(core.NewOpaqueTransaction(id, []byte("hello")))
	if d := c.Step(core.Candidates{Sections: []core.Section{entry}}); len(d.Record.Lanes) != 0 {
		t.Fatal("ordered for a rollup that is not registered")
	}
	change := order(t, c, register(id))
	if change.Refused || change.Decided <= change.Ordered {
		t.Fatalf("change %+v, want it in effect after its tick", change)
	}
	for i := range c.Machines {
		c.Restart(i)
	}
	if d := c.Step(core.Candidates{Sections: []core.Section{entry}}); len(d.Record.Lanes) != 1 || d.Record.Lanes[0].Rollup != id {
		t.Fatal("not ordered for the new rollup")
	}
	order(t, c, core.Change{RetireRollup: &core.RetireRollup{ID: id}})
	if d := c.Step(core.Candidates{Sections: []core.Section{entry}}); len(d.Record.Lanes) != 0 {
		t.Fatal("ordered for a rollup that is retired")
	}
	if err := c.Machines[0].CheckControl(c.Control(register(id))); !errors.Is(err, core.ErrControl) {
		t.Errorf("an id is given twice: %v", err)
	}
}

// A change takes effect with the first tick of a slot at or after its effective tick.
func TestControl_WaitsForItsTickAndASlot(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	entry := c.Control(register(777))
	entry.Signatures, entry.Effective = nil, c.Height()+25
	n.Sign(t, entry, c.Machines[0].Validators()...)
	c.Step(core.Candidates{Control: entry})
	at := decided(t, c, 1).Decided
	time := GenesisTime + (at-1)*100
	if at < entry.Effective || at >= entry.Effective+10 || time/1000 == (time-100)/1000 {
		t.Errorf("in effect with tick %d at %d, want the first of a slot from tick %d on", at, time, entry.Effective)
	}
}

func TestControl_ForgeriesAreRefused(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	accuse(t, c, c.Machines[0].Validators()[3])
	for range 12 {
		c.Step(core.Candidates{})
	}
	all := c.Machines[0].Validators() // the three that are left
	jailed := slices.IndexFunc(n.Genesis.Validators, func(v core.Validator) bool {
		return !slices.ContainsFunc(all, func(w core.Validator) bool { return w.Address == v.Address })
	})
	order(t, c, register(777))
	change := func() *core.Control {
		return &core.Control{Sequence: 2, NotAfter: c.Time() + 1000, Change: register(778)}
	}
	foreign := NewNetwork(t, 10, 10, 10, 10)
	foreign.Genesis.Name = "other"
	for _, test := range []struct {
		name  string
		entry *core.Control
		want  error
	}{
		{"two of three", n.Sign(t, change(), all[:2]...), core.ErrControlQuorum},
		{"nobody", change(), core.ErrControlQuorum},
		{"jailed signer", n.Sign(t, change(), append(slices.Clone(all), n.Genesis.Validators[jailed])...), core.ErrControlSignature},
		{"other network", foreign.Sign(t, change(), all...), core.ErrControlSignature},
		{"replayed", func() *core.Control {
			entry := &core.Control{Sequence: 1, NotAfter: c.Time() + 1000, Change: register(777)}
			return n.Sign(t, entry, all...)
		}(), core.ErrControl},
		{"sequence ahead", func() *core.Control {
			entry := change()
			entry.Sequence = 3
			return n.Sign(t, entry, all...)
		}(), core.ErrControl},
		{"expired", func() *core.Control {
			entry := change()
			entry.NotAfter = c.Time() - 1
			return n.Sign(t, entry, all...)
		}(), core.ErrControl},
		{"window too long", func() *core.Control {
			entry := change()
			entry.NotAfter = c.Time() + core.MaxControlWindow + 1
			return n.Sign(t, entry, all...)
		}(), core.ErrControl},
		{"content changed after signing", func() *core.Control {
			entry := n.Sign(t, change(), all...)
			entry.Change = register(779)
			return entry
		}(), core.ErrControlSignature},
		{"unsorted", func() *core.Control {
			entry := n.Sign(t, change(), all...)
			slices.Reverse(entry.Signatures)
			return entry
		}(), core.ErrControl},
		{"signer twice", func() *core.Control {
			entry := n.Sign(t, change(), all[:2]...)
			entry.Signatures = append(entry.Signatures, entry.Signatures[1])
			return entry
		}(), core.ErrControl},
	} {
		req := c.Request()
		forged := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: [][]byte{c.Machines[0].SystemEntry(req), test.entry.Encode()}}
		if err := c.Machines[1].Check(forged); !errors.Is(err, test.want) {
			t.Errorf("%s: check gives %v, want %v", test.name, err, test.want)
		}
		if txs := c.Machines[0].Build(req, core.Candidates{Control: test.entry}); len(txs) != 1 {
			t.Errorf("%s: built into a proposal", test.name)
		}
	}
	twice := c.Machines[0].Build(c.Request(), core.Candidates{Control: n.Sign(t, change(), all...)})
	if len(twice) != 2 {
		t.Fatal("the good one is not built")
	}
	req := c.Request()
	if err := c.Machines[1].Check(ordering.Proposal{Height: req.Height, Time: req.Time, Txs: append(twice, twice[1])}); !errors.Is(err, ordering.ErrLayout) {
		t.Errorf("two in a tick: %v, want %v", err, ordering.ErrLayout)
	}
}

// Of two changes that exclude each other, both ordered before either takes effect, the second is refused.
func TestControl_SecondOfTwoIsRefusedWhenItTakesEffect(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	for range 2 {
		entry := c.Control(register(777))
		entry.Signatures, entry.Effective = nil, c.Height()+20
		c.Step(core.Candidates{Control: n.Sign(t, entry, c.Machines[0].Validators()...)})
	}
	if first, second := decided(t, c, 1), decided(t, c, 2); first.Refused || !second.Refused {
		t.Errorf("refused: first %t, second %t; want the second alone", first.Refused, second.Refused)
	}
}

// Registrations that take effect with one tick are counted together.
func TestControl_RollupsAreNeverMoreThanMayBe(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 10, 10, 10, 10)
	for i := len(n.Genesis.Rollups); i < core.MaxRollups-1; i++ {
		n.Genesis.Rollups = append(n.Genesis.Rollups, core.Rollup{ID: core.RollupID(10_000 + i), Name: fmt.Sprint("r", i), Kind: core.KindOpaque})
	}
	c := n.NewCluster(t)
	c.StepMs = 100
	at := c.Height() + 30
	for i := range core.RollupID(3) {
		entry := c.Control(register(777 + i))
		entry.Signatures, entry.Effective = nil, at
		if c.Step(core.Candidates{Control: n.Sign(t, entry, c.Machines[0].Validators()...)}).Tick.Control == nil {
			t.Fatal("not ordered")
		}
	}
	if decided(t, c, 1).Refused || !decided(t, c, 2).Refused || !decided(t, c, 3).Refused {
		t.Error("want the first registration alone in effect")
	}
	if n := len(c.Machines[0].InForce().Rollups); n != core.MaxRollups {
		t.Errorf("%d rollups, at most %d may be", n, core.MaxRollups)
	}
}

func TestControl_ParametersHold(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	set := func(name string, value uint64) core.Change {
		return core.Change{SetParameters: &core.SetParameters{Values: []core.ParameterValue{{Name: name, Value: value}}}}
	}
	for name, value := range map[string]uint64{"maxBundleLegs": 0, "slotSeconds": 2, "bundleGasCapacity": 1} {
		if err := c.Machines[0].CheckControl(c.Control(set(name, value))); !errors.Is(err, core.ErrControl) {
			t.Errorf("%s = %d: %v, want %v", name, value, err, core.ErrControl)
		}
	}
	bundle := func() core.Candidates {
		return core.Candidates{Bundles: []core.DecodedBundle{n.Bundle(c.Time(), Tx(t, RollupA, 1, 0), Tx(t, RollupB, 1, 0))}}
	}
	order(t, c, set("maxBundleLegs", 1))
	if d := c.Step(bundle()); len(d.Tick.Bundles) != 0 {
		t.Error("a bundle of two legs is ordered where one is the most")
	}
	order(t, c, set("maxBundleLegs", 2))
	if d := c.Step(bundle()); len(d.Tick.Bundles) != 1 {
		t.Error("a bundle of two legs is not ordered where two are the most")
	}
	c.Restart(0)
	if legs := c.Machines[0].InForce().Params.MaxBundleLegs; legs != 2 {
		t.Errorf("maxBundleLegs %d after a restart, want 2", legs)
	}
}

// A node whose build does not know the rules halts at their first tick and says so; one that knows them goes on from there.
func TestControl_AnOldBuildHaltsAtTheActivation(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	change := order(t, c, core.Change{SetProtocol: &core.SetProtocol{Version: core.ProtocolVersion + 1}})
	if change.Decided != c.Height() {
		t.Fatalf("in effect with tick %d, height %d", change.Decided, c.Height())
	}
	req := c.Request()
	p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: [][]byte{c.Machines[0].SystemEntry(req)}}
	if _, err := c.Machines[0].Finalize(p); !errors.Is(err, ordering.ErrProtocol) {
		t.Errorf("finalize: %v, want %v", err, ordering.ErrProtocol)
	}
	if err := n.Machine(t).Load(c.Height(), Pairs(c.Store(0))); !errors.Is(err, ordering.ErrProtocol) {
		t.Errorf("start: %v, want %v", err, ordering.ErrProtocol)
	}
	newer, err := ordering.New(n.Genesis, Verify, ordering.Supports(core.ProtocolVersion+1))
	if err != nil {
		t.Fatal(err)
	}
	if err := newer.Load(c.Height(), Pairs(c.Store(0))); err != nil {
		t.Fatal(err)
	}
	if err := newer.Check(p); err != nil {
		t.Errorf("a newer build: %v", err)
	}
	if version, since := newer.Protocol(); version != core.ProtocolVersion+1 || since != change.Decided+1 {
		t.Errorf("version %d since %d", version, since)
	}
}

// What is signed with a wallet is the digest: typed data and digest have one golden vector each in package core.
func TestControl_EntryIsLoggedWithItsTick(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	entry := c.Control(register(777))
	d := c.Step(core.Candidates{Control: entry})
	tick, err := d.Record.Tick(n.ID(), n.Genesis.Kind)
	if err != nil || tick.Control == nil || tick.Control.Digest(n.ID()) != entry.Digest(n.ID()) || tick.Control.Digest(n.ID()) == (common.Hash{}) {
		t.Fatalf("the log gives back %+v, %v", tick, err)
	}
}
