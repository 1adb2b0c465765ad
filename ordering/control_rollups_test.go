package ordering_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// joining is a rollup like the first one of the genesis.
func joining(n *Network, id core.RollupID) *core.Joining {
	return &core.Joining{Zone: Zone1, Rollup: core.Rollup{ID: id, Name: "third-" + id.String(), Kind: core.KindEVM, EVM: n.Genesis.Rollups[0].EVM}}
}

// members orders a change of members and gives what the tick with which it takes effect says of it.
func members(t *testing.T, c *Cluster, change core.Change) core.MemberChange {
	t.Helper()
	entry := c.Control(change)
	d := c.Step(core.Candidates{Control: entry})
	for range 60 {
		changes, _ := c.Machines[0].Control(entry.Sequence, 1)
		if len(changes) == 1 && changes[0].Decided == c.Height() && len(d.Record.Members) == 1 {
			return d.Record.Members[0]
		}
		if len(d.Record.Members) > 0 {
			t.Fatalf("tick %d says of members %+v", c.Height(), d.Record.Members)
		}
		d = c.Step(core.Candidates{})
	}
	t.Fatalf("%s: not in effect: %v", change.Words(), c.Machines[0].CheckControl(entry))
	return core.MemberChange{}
}

func TestControl_ARollupJoinsAZoneAndLeavesIt(t *testing.T) {
	t.Parallel()
	const id core.RollupID = 777
	n, c := running(t)
	j := joining(n, id)
	if got := members(t, c, j.Change(n.Genesis)); got != (core.MemberChange{Zone: Zone1, Rollup: id, Genesis: j.Hash(n.Genesis.NetworkID())}) {
		t.Fatalf("the log says of members %+v", got)
	}
	for i := range c.Machines {
		c.Restart(i)
	}
	now := c.Machines[0].InForce()
	if now.ZoneOf(id) != Zone1 || !slices.Contains(now.Zones[0].Rollups, id) {
		t.Errorf("zone %s of rollup %s, members %v", now.ZoneOf(id), id, now.Zones[0].Rollups)
	}
	if agreed, zone := c.Machines[1].AgreedGenesis(id); agreed != j.Hash(n.Genesis.NetworkID()) || zone != Zone1 {
		t.Errorf("agreed genesis %s in zone %s", agreed, zone)
	}
	if got := members(t, c, core.Change{RetireRollup: &core.RetireRollup{ID: id}}); got.Rollup != id || !got.Leaves() {
		t.Fatalf("the log says of members %+v", got)
	}
	if now = c.Machines[0].InForce(); now.ZoneOf(id) != Zone1 || slices.Contains(now.Zones[0].Rollups, id) || !now.Retired(id) {
		t.Errorf("zone %s of rollup %s that left, members %v", now.ZoneOf(id), id, now.Zones[0].Rollups)
	}
	c.Restart(0)
}

func TestControl_WhoMayJoinAZone(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 10, 10, 10, 10)
	operator := OperatorKey()
	n.Genesis.Rollups[0].Operator = crypto.PubkeyToAddress(operator.PublicKey)
	c := n.NewCluster(t)
	c.StepMs = 100
	for range 12 {
		c.Step(core.Candidates{})
	}
	check := func(want error, edit func(*core.RegisterRollup), sign bool) {
		t.Helper()
		change := joining(n, 777).Change(n.Genesis)
		edit(change.RegisterRollup)
		entry := c.Control(change)
		if sign {
			if err := entry.Sign(n.ID(), operator); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Machines[0].CheckControl(entry); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", change.Words(), err, want)
		}
	}
	as := func(*core.RegisterRollup) {}
	check(core.ErrControlQuorum, as, false) // a member's operator has not signed
	check(nil, as, true)
	check(core.ErrControl, func(r *core.RegisterRollup) { r.SystemContracts = common.Hash{1} }, true)
	check(core.ErrControl, func(r *core.RegisterRollup) { r.Zone = 9 }, true)
	check(core.ErrControl, func(r *core.RegisterRollup) { r.Genesis = common.Hash{} }, true)
	check(core.ErrControl, func(r *core.RegisterRollup) { r.Name = "b" }, true)
	check(core.ErrControl, func(r *core.RegisterRollup) { r.ID = OPStack }, true)
	check(nil, func(r *core.RegisterRollup) { r.Zone = Zone2 }, false) // its member has no operator
	last := core.Change{RetireRollup: &core.RetireRollup{ID: RollupC}}
	if err := c.Machines[0].CheckControl(c.Control(last)); !errors.Is(err, core.ErrControl) {
		t.Errorf("the last rollup of a zone leaves: %v", err)
	}
}

// As many changes wait as may: one is given up, and another one may come.
func TestControl_AChangeThatWaitsCanBeGivenUp(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	far := func(id core.RollupID) *core.Control {
		entry := c.Control(register(id))
		entry.Signatures, entry.Effective = nil, c.Height()+1_000_000
		return n.Sign(t, entry, c.Machines[0].Validators()...)
	}
	for i := range core.RollupID(16) {
		c.Step(core.Candidates{Control: far(1000 + i)})
	}
	if err := c.Machines[0].CheckControl(far(2000)); !errors.Is(err, core.ErrControl) {
		t.Fatalf("one change too many waits: %v", err)
	}
	cancel := func(sequence uint64) *core.Control {
		return c.Control(core.Change{Cancel: &core.CancelChange{Sequence: sequence}})
	}
	if err := c.Machines[0].CheckControl(cancel(40)); !errors.Is(err, core.ErrControl) {
		t.Errorf("a change that does not wait is given up: %v", err)
	}
	c.Step(core.Candidates{Control: cancel(3)})
	changes, next := c.Machines[0].Control(3, 1)
	if changes[0].Cancelled != 17 || changes[0].Decided != c.Height() || next != 18 {
		t.Fatalf("%+v, next is %d", changes[0], next)
	}
	if changes, _ := c.Machines[0].Control(17, 1); changes[0].Decided != c.Height() || changes[0].Refused {
		t.Errorf("the change that gave it up: %+v", changes[0])
	}
	c.Restart(0)
	if err := c.Machines[0].CheckControl(cancel(3)); !errors.Is(err, core.ErrControl) {
		t.Errorf("given up twice: %v", err)
	}
	if err := c.Machines[0].CheckControl(far(2000)); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
