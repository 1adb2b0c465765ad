package ordering_test

import (
	"errors"
	"math"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// honestTo lists honest results of the ticks up to last.
func honestTo(last uint64) func(int, core.ZoneID, uint64, int) []common.Hash {
	return func(_ int, zone core.ZoneID, from uint64, limit int) []common.Hash {
		return Honest(zone, from, last, limit)
	}
}

// wrong lists results that depend on who lists them.
func wrong(who byte, from, last uint64, limit int) []common.Hash {
	var digests []common.Hash
	for tick := from; tick <= last && len(digests) < limit; tick++ {
		digests = append(digests, common.Hash{0xbb, who, byte(tick)})
	}
	return digests
}

func TestTally_Scenarios(t *testing.T) {
	t.Parallel()
	type results = func(i int, zone core.ZoneID, from uint64, limit int) []common.Hash
	for _, test := range []struct {
		name   string
		silent []int
		// results at height: what validator i lists; last is the newest tick it can know.
		results func(height uint64) results
		ticks   int
		want    uint64                        // attested tick of zone 1 in the end
		digest  func(tick uint64) common.Hash // nil: the honest one
	}{
		{"all agree: two ticks behind", nil, nil, 6, 4, nil},
		{"one silent", []int{3}, nil, 6, 4, nil},
		{"one wrong", nil, func(h uint64) results {
			return func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
				if i == 0 {
					return wrong(0, from, h, limit)
				}
				return Honest(z, from, h, limit)
			}
		}, 6, 4, nil},
		{"one wrong and one silent", []int{3}, func(h uint64) results {
			return func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
				if i == 0 {
					return wrong(0, from, h, limit)
				}
				return Honest(z, from, h, limit)
			}
		}, 6, 0, nil},
		{"two wrong in the same way", nil, func(h uint64) results {
			return func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
				if i < 2 {
					return wrong(9, from, h, limit)
				}
				return Honest(z, from, h, limit)
			}
		}, 6, 0, nil},
		{"two wrong in two ways", nil, func(h uint64) results {
			return func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
				if i < 2 {
					return wrong(byte(i), from, h, limit)
				}
				return Honest(z, from, h, limit)
			}
		}, 6, 0, nil},
		{"three wrong in the same way are a quorum", nil, func(h uint64) results {
			return func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
				if i < 3 {
					return wrong(9, from, h, limit)
				}
				return Honest(z, from, h, limit)
			}
		}, 6, 4, func(tick uint64) common.Hash { return wrong(9, tick, tick, 1)[0] }},
		{"one lags behind", nil, func(h uint64) results {
			return func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
				if i == 2 {
					return Honest(z, from, h/2, limit)
				}
				return Honest(z, from, h, limit)
			}
		}, 9, 7, nil},
		{"two lag behind: their tick counts", nil, func(h uint64) results {
			return func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
				if i >= 2 {
					return Honest(z, from, h/2, limit)
				}
				return Honest(z, from, h, limit)
			}
		}, 9, 3, nil},
		{"nobody executes", nil, func(uint64) results { return honestTo(0) }, 6, 0, nil},
		{"results of the future are ignored", nil, func(h uint64) results { return honestTo(h + 40) }, 6, 5, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
			for _, i := range test.silent {
				c.Silent[i] = true
			}
			for range test.ticks {
				if test.results != nil {
					c.Results = test.results(c.Height())
				}
				c.Step(core.Candidates{})
			}
			at := c.Machines[0].Attested(Zone1)
			if at.Tick != test.want {
				t.Fatalf("attested tick %d, want %d", at.Tick, test.want)
			}
			want := common.Hash{}
			if at.Tick > 0 {
				want = Digest(Zone1, at.Tick)
			}
			if test.digest != nil {
				want = test.digest(at.Tick)
			}
			if at.Digest != want {
				t.Errorf("digest %s, want %s", at.Digest, want)
			}
		})
	}
}

// votes runs one tick in which validator i says exactly lists[i] about zone 1; nil keeps it silent.
func votes(t *testing.T, c *Cluster, lists []*core.VoteExtension) *core.Decided {
	t.Helper()
	req := c.Request()
	for i, v := range c.Machines[0].Validators() {
		req.Votes[i] = Absent(v)
		if lists[i] != nil {
			req.Votes[i] = c.Network.Vote(v, req.Height-1, 0, lists[i].Encode())
		}
	}
	return c.Apply(ordering.Proposal{Height: req.Height, Time: req.Time, Txs: c.Machines[0].Build(req, core.Candidates{})})
}

// list is an extension with honest results of zone 1 for the ticks first to last.
func list(first, last uint64) *core.VoteExtension {
	digests := Honest(Zone1, first, last, math.MaxInt)
	return &core.VoteExtension{Zones: []core.ZoneDigests{{Zone: Zone1, FirstTick: first, Digests: digests}}}
}

// none is an extension without results.
var none = &core.VoteExtension{}

// An absent vote keeps a validator's results, a present one replaces or erases them.
func TestTally_KeepsReplacesErases(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		before []*core.VoteExtension // said about ticks 1 to 9 in tick 11
		after  []*core.VoteExtension // said in tick 12
		want   uint64
	}{
		{"absent keeps", []*core.VoteExtension{list(1, 9), list(1, 9), none, none}, []*core.VoteExtension{nil, list(1, 9), list(1, 9), none}, 9},
		{"leaving the zone out erases", []*core.VoteExtension{list(1, 9), list(1, 9), none, none}, []*core.VoteExtension{none, list(1, 9), list(1, 9), none}, 0},
		{"replaced by a shorter one", []*core.VoteExtension{list(1, 9), list(1, 9), none, none}, []*core.VoteExtension{list(1, 4), list(1, 9), list(1, 9), none}, 4},
		{"lists that begin late agree where they overlap", []*core.VoteExtension{list(5, 9), none, none, none}, []*core.VoteExtension{nil, list(1, 7), list(7, 8), none}, 7},
		{"lists that do not overlap", []*core.VoteExtension{list(1, 3), none, none, none}, []*core.VoteExtension{nil, list(4, 6), list(7, 9), list(1, 9)}, 0},
		{"a list beyond every tick", []*core.VoteExtension{list(1, 9), none, none, none}, []*core.VoteExtension{nil, list(1, 9), list(1<<60, 1<<60+3), list(1<<60, 1<<60+3)}, 0},
		{"a list of ticks long attested or to come", []*core.VoteExtension{list(1, 9), none, none, none}, []*core.VoteExtension{nil, list(1, 60), list(1, 60), none}, 9},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
			c.Results = honestTo(0)
			for range 10 {
				c.Step(core.Candidates{})
			}
			votes(t, c, test.before)
			if at := c.Machines[0].Attested(Zone1); at.Tick != 0 {
				t.Fatalf("attested tick %d after two of four lists", at.Tick)
			}
			d := votes(t, c, test.after)
			if at := c.Machines[0].Attested(Zone1); at.Tick != test.want {
				t.Errorf("attested tick %d, want %d", at.Tick, test.want)
			}
			if moved := len(d.Record.Attested) > 0; moved != (test.want > 0) {
				t.Errorf("record lists %v as attested", d.Record.Attested)
			}
		})
	}
}

// Power counts, not heads.
func TestTally_CountsPower(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 70, 10, 10, 10).NewCluster(t)
	c.Results = func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
		if i != 0 {
			return wrong(9, from, c.Height(), limit)
		}
		return Honest(z, from, c.Height(), limit)
	}
	for range 6 {
		c.Step(core.Candidates{})
	}
	if at := c.Machines[0].Attested(Zone1); at.Tick != 4 || at.Digest != Digest(Zone1, 4) {
		t.Errorf("attested %+v, want the result of the validator with 70%% of the power", at)
	}
}

// A zone that stood still catches up by params.maxDigests ticks at a time, and only then says that it is attested.
func TestTally_CatchesUp(t *testing.T) {
	t.Parallel()
	params := core.DefaultParams()
	params.MaxDigests = 8
	c := NewNetworkWith(t, params, 1, 1, 1, 1).NewCluster(t)
	c.Results = honestTo(0)
	for range 40 {
		c.Step(core.Candidates{})
	}
	c.Results = nil
	var ticks []uint64
	for last := uint64(0); last < 40; last = c.Machines[0].Attested(Zone1).Tick {
		d := c.Step(core.Candidates{})
		for _, at := range d.Record.Attested {
			if at.Zone == Zone1 {
				ticks = append(ticks, at.Tick)
			}
		}
		if len(ticks) > 60 {
			t.Fatalf("no progress: %v", ticks)
		}
	}
	if ticks[0] != 8 || ticks[1] != 16 {
		t.Errorf("attested ticks %v, want steps of 8", ticks)
	}
}

// Lists of ticks that no honest validator can name yet are not counted, so that the work of a tally is bounded.
func TestTally_LooksNoFurtherThanAnHonestList(t *testing.T) {
	t.Parallel()
	params := core.DefaultParams()
	params.MaxDigests = 8
	c := NewNetworkWith(t, params, 1, 1, 1, 1).NewCluster(t)
	c.Results = honestTo(0)
	for range 30 {
		c.Step(core.Candidates{})
	}
	votes(t, c, []*core.VoteExtension{list(9, 16), list(9, 16), list(9, 16), none})
	if at := c.Machines[0].Attested(Zone1); at.Tick != 0 {
		t.Errorf("attested tick %d, which no list may name while nothing is attested", at.Tick)
	}
	votes(t, c, []*core.VoteExtension{list(8, 15), list(8, 15), list(8, 15), none})
	if at := c.Machines[0].Attested(Zone1); at.Tick != 8 {
		t.Errorf("attested tick %d, want 8", at.Tick)
	}
}

func TestUnattested(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	m := c.Machines[0]
	for range 3 {
		c.Step(core.Candidates{})
	}
	if m.Unattested() {
		t.Error("nothing was ordered, and something waits for its result")
	}
	c.Step(core.Candidates{Sections: []core.Section{Section(core.NewOpaqueTransaction(Opaque, []byte{1}))}})
	if m.Unattested() {
		t.Error("an opaque rollup has no attested results to wait for")
	}
	c.Step(core.Candidates{Sections: []core.Section{Section(Tx(t, RollupC, 1, 0))}})
	ordered := c.Height()
	for m.Attested(Zone2).Tick < ordered {
		if !m.Unattested() {
			t.Fatalf("tick %d is not attested (%d is), and nobody hurries", ordered, m.Attested(Zone2).Tick)
		}
		if c.Height() > ordered+2 {
			t.Fatalf("tick %d is not attested two ticks later", ordered)
		}
		c.Step(core.Candidates{})
	}
	if m.Unattested() {
		t.Error("everything is attested, and somebody hurries")
	}

	c.Results = honestTo(0)
	c.Step(core.Candidates{Sections: []core.Section{Section(Tx(t, RollupC, 1, 1))}})
	for range c.Network.Genesis.Params.MaxDigests {
		if !m.Unattested() {
			t.Fatal("nobody hurries")
		}
		c.Step(core.Candidates{})
	}
	if m.Unattested() {
		t.Error("a zone without results still makes everybody hurry")
	}
}

func TestExtend_IsBoundedAndWellFormed(t *testing.T) {
	t.Parallel()
	small := core.DefaultParams()
	small.MaxTickBytes, small.MaxTxBytes, small.MaxBundleBytes, small.MaxGossipBytes, small.MaxDigests = 64<<10, 1<<10, 1<<10, 32<<10, 1024
	large := core.DefaultParams()
	large.MaxTickBytes, large.MaxDigests = 8<<20, 1024
	for _, params := range []core.Params{core.DefaultParams(), small, large} {
		m := NewNetworkWith(t, params, 1).Machine(t)
		limits := make(map[core.ZoneID]int)
		ext := m.Extend(func(zone core.ZoneID, from uint64, limit int) []common.Hash {
			limits[zone] = limit
			return Honest(zone, from, from+uint64(limit)+5, limit+5) // more than asked for
		}, core.CheckpointVote{Tick: math.MaxUint64, Digest: common.Hash{1}, Signature: make([]byte, core.SignatureSize)})
		if err := m.CheckExtension(ext); err != nil {
			t.Errorf("own extension refused: %v", err)
		}
		if limits[Zone1] < 1 || limits[Zone1] > int(params.MaxDigests) || limits[Zone2] < 1 {
			t.Errorf("limits %v", limits)
		}
		if bound := int(params.MaxTickBytes) / 2 / core.MaxValidators; len(ext) > bound {
			t.Errorf("%d bytes, want at most %d", len(ext), bound)
		}
	}
	m := NewNetwork(t, 1).Machine(t)
	empty := m.Extend(func(core.ZoneID, uint64, int) []common.Hash { return nil }, core.CheckpointVote{})
	if err := m.CheckExtension(empty); err != nil || len(empty) == 0 {
		t.Errorf("extension without results: %x, %v", empty, err)
	}
}

// Where an extension has no room for all zones, they take turns.
func TestExtend_ZonesTakeTurns(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1)
	n.Genesis.Params.MaxTickBytes, n.Genesis.Params.MaxTxBytes, n.Genesis.Params.MaxBundleBytes = 64<<10, 1<<10, 1<<10
	n.Genesis.Zones, n.Genesis.Rollups = nil, nil
	for i := range core.RollupID(20) {
		n.Genesis.Zones = append(n.Genesis.Zones, core.Zone{ID: core.ZoneID(i + 1), Rollups: []core.RollupID{i + 1}})
		n.Genesis.Rollups = append(n.Genesis.Rollups, core.Rollup{ID: i + 1, Name: "r", Kind: core.KindEVM})
	}
	m := n.Machine(t)
	served := make(map[core.ZoneID]bool)
	for height := uint64(1); height <= 20; height++ {
		ext := m.Extend(func(zone core.ZoneID, from uint64, limit int) []common.Hash {
			served[zone] = true
			return Honest(zone, from, from, limit)
		}, core.CheckpointVote{})
		if err := m.CheckExtension(ext); err != nil {
			t.Fatal(err)
		}
		req := ordering.BuildRequest{Height: height, Time: GenesisTime + height, MaxBytes: 1 << 16}
		if height > 1 {
			req.Votes = []ordering.ExtendedVote{Absent(m.Validators()[0])}
			req.Votes[0].Extension, req.Votes[0].Signature = (&core.VoteExtension{}).Encode(), []byte{1}
		}
		m = advance(t, n, m, req)
	}
	if len(served) != 20 {
		t.Errorf("%d of 20 zones had a turn", len(served))
	}
}

// advance runs one machine alone for a tick.
func advance(t *testing.T, n *Network, m *ordering.Machine, req ordering.BuildRequest) *ordering.Machine {
	t.Helper()
	for i := range req.Votes {
		req.Votes[i] = n.Vote(m.Validators()[i], req.Height-1, 0, req.Votes[i].Extension)
	}
	if _, err := m.Finalize(ordering.Proposal{Height: req.Height, Time: req.Time, Txs: m.Build(req, core.Candidates{})}); err != nil {
		t.Fatal(err)
	}
	m.Commit()
	return m
}

func TestCheckExtension(t *testing.T) {
	t.Parallel()
	m := NewNetwork(t, 1, 1, 1, 1).Machine(t)
	zones := func(zs ...core.ZoneDigests) []byte { return (&core.VoteExtension{Zones: zs}).Encode() }
	one := []common.Hash{{1}}
	for _, test := range []struct {
		name string
		ext  []byte
		ok   bool
	}{
		{"no results", zones(), true},
		{"results", zones(core.ZoneDigests{Zone: 1, FirstTick: 1, Digests: one}), true},
		{"as many as allowed", zones(core.ZoneDigests{Zone: 1, FirstTick: 1, Digests: make([]common.Hash, 64)}), true},
		{"a zone that is not registered (any more)", zones(core.ZoneDigests{Zone: 77, FirstTick: 1, Digests: one}), true},
		{"no bytes", nil, false},
		{"garbage", []byte("garbage"), false},
		{"one too many", zones(core.ZoneDigests{Zone: 1, FirstTick: 1, Digests: make([]common.Hash, 65)}), false},
		{"an empty list", zones(core.ZoneDigests{Zone: 1, FirstTick: 1}), false},
		{"tick zero", zones(core.ZoneDigests{Zone: 1, Digests: one}), false},
		{"ticks that overflow", zones(core.ZoneDigests{Zone: 1, FirstTick: math.MaxUint64, Digests: one}), false},
		{"zones not ascending", zones(core.ZoneDigests{Zone: 2, FirstTick: 1, Digests: one}, core.ZoneDigests{Zone: 1, FirstTick: 1, Digests: one}), false},
		{"a zone twice", zones(core.ZoneDigests{Zone: 2, FirstTick: 1, Digests: one}, core.ZoneDigests{Zone: 2, FirstTick: 1, Digests: one}), false},
		{"a checkpoint vote", (&core.VoteExtension{Checkpoint: core.CheckpointVote{Tick: 1, Digest: common.Hash{1}, Signature: make([]byte, 65)}}).Encode(), true},
		{"half a checkpoint vote", (&core.VoteExtension{Checkpoint: core.CheckpointVote{Tick: 1}}).Encode(), false},
		{"too long", zones(
			core.ZoneDigests{Zone: 1, FirstTick: 1, Digests: make([]common.Hash, 64)},
			core.ZoneDigests{Zone: 2, FirstTick: 1, Digests: make([]common.Hash, 64)}), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := m.CheckExtension(test.ext)
			if (err == nil) != test.ok {
				t.Errorf("got %v", err)
			}
			if err != nil && !errors.Is(err, ordering.ErrExtension) {
				t.Errorf("%v is not %v", err, ordering.ErrExtension)
			}
		})
	}
}
