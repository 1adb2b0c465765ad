package ordering_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

const newZone core.ZoneID = 7

// in is a rollup like the first one of the genesis, with another zone.
func in(n *Network, zone core.ZoneID, id core.RollupID) *core.Joining {
	j := joining(n, id)
	j.Zone = zone
	return j
}

func TestControl_AZoneIsFormed(t *testing.T) {
	t.Parallel()
	const first, second core.RollupID = 777, 778
	n, c := running(t)
	require.Zero(t, c.Machines[0].ZoneSince(newZone))
	require.Equal(t, uint64(1), c.Machines[0].ZoneSince(Zone1))
	j := in(n, newZone, first)
	require.Equal(t, core.MemberChange{Zone: newZone, Rollup: first, Genesis: j.Hash(n.Genesis.NetworkID())}, members(t, c, j.Forming(n.Genesis)))
	formed := c.Height()
	require.Equal(t, formed, c.Machines[0].ZoneSince(newZone))
	require.Equal(t, core.Attested{Zone: newZone, Tick: formed - 1}, c.Machines[0].Attested(newZone), "attested with the forming tick")

	// A single and a bundle are ordered for it at once, their results attested; another rollup joins it.
	d := c.Step(core.Candidates{Sections: []core.Section{Section(Tx(t, first, 0, 0))}})
	require.Len(t, d.Record.Lanes, 1)
	require.Equal(t, newZone, members(t, c, in(n, newZone, second).Change(n.Genesis)).Zone)
	both := n.Bundle(c.Time(), Tx(t, first, 1, 0), Tx(t, second, 1, 0))
	d = c.Step(core.Candidates{Bundles: []core.DecodedBundle{both}, Sections: []core.Section{Section(Tx(t, second, 0, 0))}})
	require.Len(t, d.Record.Lanes, 2)
	ordered := c.Height()
	for i := range c.Machines {
		c.Restart(i)
	}
	require.Equal(t, formed, c.Machines[0].ZoneSince(newZone))
	for range 4 {
		c.Step(core.Candidates{})
	}
	require.GreaterOrEqual(t, c.Machines[0].Attested(newZone).Tick, ordered)
	require.Equal(t, []core.Zone{
		{ID: Zone1, Rollups: []core.RollupID{RollupA, RollupB}}, {ID: Zone2, Rollups: []core.RollupID{RollupC}}, {ID: newZone, Rollups: []core.RollupID{first, second}},
	}, c.Machines[0].InForce().Zones)

	// Legs of different zones are refused as before.
	across := n.Bundle(c.Time(), Tx(t, RollupA, 2, 0), Tx(t, first, 2, 0))
	require.ErrorIs(t, c.Machines[0].InForce().CheckBundle(across, c.Time()), core.ErrNoCommonZone)
	require.Empty(t, c.Step(core.Candidates{Bundles: []core.DecodedBundle{across}}).Record.Lanes)

	// One may leave, the last one may not.
	require.Equal(t, first, members(t, c, core.Change{RetireRollup: &core.RetireRollup{ID: first}}).Rollup)
	require.Equal(t, formed, c.Machines[0].ZoneSince(newZone))
	last := c.Control(core.Change{RetireRollup: &core.RetireRollup{ID: second}})
	require.ErrorIs(t, c.Machines[0].CheckControl(last), core.ErrControl)
}

// The checkpoint of the forming tick has the zone, and is the same for a node that restarts there or begins there.
func TestControl_CheckpointsHaveAZoneFromItsFormingTickOn(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	c.Step(core.Candidates{Control: c.Control(in(n, newZone, 777).Forming(n.Genesis))})
	var d *core.Decided
	for range 60 {
		if d = c.Step(core.Candidates{}); len(d.Record.Members) > 0 {
			break
		}
		if d.Draft != nil {
			require.Len(t, d.Draft.Checkpoint.Results, 2)
		}
	}
	require.NotEmpty(t, d.Record.Members)
	require.NotNil(t, d.Draft, "the forming tick opens a slot")
	formed := c.Height()
	require.Equal(t, core.Attested{Zone: newZone, Tick: formed - 1}, d.Draft.Checkpoint.Results[2])
	restored := n.Machine(t)
	require.NoError(t, restored.Load(formed, Pairs(c.Store(0))))
	got, err := restored.Restored(d.Record.Payload, d.Record.Attested)
	require.NoError(t, err)
	require.Equal(t, d.Record.Encode(), got.Record.Encode())
	require.Equal(t, d.Draft.Checkpoint, got.Draft.Checkpoint)
	c.Restart(0)
	for range 8 {
		if d = c.Step(core.Candidates{}); d.Completion != nil {
			break
		}
	}
	require.NotNil(t, d.Completion)
	require.Equal(t, formed, d.Completion.Tick)
	for range 12 {
		d = c.Step(core.Candidates{})
		if d.Draft != nil {
			require.GreaterOrEqual(t, d.Draft.Checkpoint.Results[2].Tick, formed)
		}
	}
}

func TestControl_WhoMayFormAZone(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	operator := OperatorKey()
	check := func(want error, text string, edit func(*core.RegisterRollup), sign bool) {
		t.Helper()
		change := in(n, newZone, 777).Forming(n.Genesis)
		edit(change.RegisterRollup)
		entry := c.Control(change)
		if sign {
			require.NoError(t, entry.Sign(n.ID(), operator))
		}
		if err := c.Machines[0].CheckControl(entry); !errors.Is(err, want) || err != nil && !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v, want %v with %q", change.Words(), err, want, text)
		}
	}
	named := func(r *core.RegisterRollup) { r.Operator = crypto.PubkeyToAddress(operator.PublicKey) }
	check(nil, "", func(*core.RegisterRollup) {}, false)
	check(core.ErrControlQuorum, crypto.PubkeyToAddress(operator.PublicKey).Hex(), named, false)
	check(nil, "", named, true)
	check(core.ErrControlSignature, "no validator", func(*core.RegisterRollup) {}, true) // a stranger, who names no operator
	check(core.ErrControl, "those of the genesis are "+n.Genesis.SystemContracts().Hex(), func(r *core.RegisterRollup) { r.SystemContracts = common.Hash{1} }, false)
	check(core.ErrControl, "never given twice", func(r *core.RegisterRollup) { r.Zone = Zone1 }, false)
	check(core.ErrControl, "registerRollup.forms", func(r *core.RegisterRollup) { r.Forms = false }, false)

	// Two that form one zone wait together: the second is refused when its time comes.
	for _, id := range []core.RollupID{777, 778} {
		c.Step(core.Candidates{Control: c.Control(in(n, newZone, id).Forming(n.Genesis))})
	}
	for range 60 {
		c.Step(core.Candidates{})
	}
	changes, _ := c.Machines[0].Control(1, 2)
	require.False(t, changes[0].Refused)
	require.True(t, changes[1].Refused)
	require.Equal(t, []core.RollupID{777}, c.Machines[0].InForce().Zones[2].Rollups)
}

func TestControl_ZonesAreBounded(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 10, 10, 10, 10)
	first := n.Genesis.Rollups[0]
	for i := len(n.Genesis.Zones); i < core.MaxZones; i++ {
		r := first
		r.ID = core.RollupID(2000 + i)
		r.Name = "r" + r.ID.String()
		n.Genesis.Rollups = append(n.Genesis.Rollups, r)
		n.Genesis.Zones = append(n.Genesis.Zones, core.Zone{ID: core.ZoneID(100 + i), Rollups: []core.RollupID{r.ID}})
	}
	require.NoError(t, n.Genesis.Validate())
	c := n.NewCluster(t)
	c.Step(core.Candidates{})
	err := c.Machines[0].CheckControl(c.Control(in(n, newZone, 777).Forming(n.Genesis)))
	require.ErrorIs(t, err, core.ErrControl)
	require.ErrorContains(t, err, "64 zones")
	n.Genesis.Zones = append(n.Genesis.Zones, core.Zone{ID: 1000})
	require.ErrorContains(t, n.Genesis.Validate(), "65 zones")
}

// Without a rollup of kind evm in the genesis nothing says what the canonical system contracts are.
func TestControl_ANetworkWithoutExecutedRollupsFormsNoZone(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 10, 10, 10, 10)
	change := in(n, newZone, 777).Forming(n.Genesis)
	n.Genesis.Rollups, n.Genesis.Zones = slices.DeleteFunc(n.Genesis.Rollups, func(r core.Rollup) bool { return r.EVM != nil }), nil
	c := n.NewCluster(t)
	c.Step(core.Candidates{})
	require.ErrorContains(t, c.Machines[0].CheckControl(c.Control(change)), "no rollup of kind evm")
}

func TestMachine_LoadRefusesZonesThatNothingFormed(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	members(t, c, in(n, newZone, 777).Forming(n.Genesis))
	store := c.Store(0)
	const zoneKey, other, attested, bucket = "\x30\x00\x00\x00\x00\x00\x00\x00\x07", "\x30\x00\x00\x00\x00\x00\x00\x00\x08", "\x31\x00\x00\x00\x00\x00\x00\x00\x07", "\x32\x00\x00\x00\x00\x00\x00\x00\x07"
	for name, forge := range map[string]func(map[string][]byte){
		"no members":            func(s map[string][]byte) { s[zoneKey] = core.Encode(core.EncLedgerValue, [][]uint64{{}}) },
		"of no tick":            func(s map[string][]byte) { s[zoneKey] = core.Encode(core.EncLedgerValue, [][]uint64{{777}}) },
		"no attested result":    func(s map[string][]byte) { delete(s, attested) },
		"no bucket":             func(s map[string][]byte) { delete(s, bucket) },
		"no zone of its rollup": func(s map[string][]byte) { delete(s, zoneKey) },
		"empty":                 func(s map[string][]byte) { s[other] = s[zoneKey] },
	} {
		forged := maps.Clone(store)
		require.NotNil(t, forged[zoneKey])
		forge(forged)
		require.ErrorIs(t, n.Machine(t).Load(c.Height(), Pairs(forged)), ordering.ErrLedger, name)
	}
	require.NoError(t, n.Machine(t).Load(c.Height(), Pairs(store)))
}
