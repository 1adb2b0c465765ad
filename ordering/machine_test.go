package ordering_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// TestTwin feeds machines the same ticks while machines are restored from their stores at random heights, and in the end
// lets one that checks nothing beforehand replay everything.
func TestTwin_RestoredMachinesAgree(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 4, 3, 2, 1)
	c := n.NewCluster(t)
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 2))
	txs := hostileTransactions(t)
	var proposals []ordering.Proposal
	for range 150 {
		c.Silent = map[int]bool{1 + r.IntN(3): r.IntN(3) == 0}
		c.Results = nil
		if r.IntN(5) == 0 {
			c.Results = func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
				return wrong(byte(i%2), from, c.Height(), limit)
			}
		}
		req := c.Request()
		p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: c.Machines[r.IntN(4)].Build(req, hostileCandidates(n, r, c.Request(), txs))}
		proposals = append(proposals, p)
		c.Apply(p) // fails the test, naming the tick, when machines differ
		if r.IntN(4) == 0 {
			c.Restart(r.IntN(4))
		}
	}
	twin := n.Machine(t)
	for _, p := range proposals {
		if _, err := twin.Finalize(p); err != nil {
			t.Fatal(err)
		}
		twin.Commit()
	}
	if twin.AppHash() != c.Machines[0].AppHash() || twin.Height() != 150 {
		t.Errorf("replayed: app hash %s at %d, want %s", twin.AppHash(), twin.Height(), c.Machines[0].AppHash())
	}
	if twin.Attested(Zone1).Tick < 100 || twin.LaneHead(RollupA).NextSeq == 0 {
		t.Errorf("attested %d, lane %d: the test does not test much", twin.Attested(Zone1).Tick, twin.LaneHead(RollupA).NextSeq)
	}
}

// Finalize stages; only Commit moves the committed state, and another Finalize takes the first one's place.
func TestFinalize_StagesUntilCommit(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.Step(core.Candidates{})
	m, other, req := c.Machines[0], c.Machines[1], c.Request()
	propose := func(rollup core.RollupID) ordering.Proposal {
		return ordering.Proposal{Height: 2, Time: req.Time, Txs: m.Build(req, core.Candidates{Sections: []core.Section{Section(Tx(t, rollup, 1, 0))}})}
	}
	before := m.AppHash()
	first, err := m.Finalize(propose(RollupB))
	if err != nil {
		t.Fatal(err)
	}
	if m.Height() != 1 || m.AppHash() != before || m.LaneHead(RollupA).NextSeq != 0 {
		t.Error("Finalize moved the committed state")
	}
	second, err := m.Finalize(propose(RollupA))
	if err != nil {
		t.Fatal(err)
	}
	want, err := other.Finalize(propose(RollupA))
	if err != nil {
		t.Fatal(err)
	}
	if second.AppHash != want.AppHash || second.AppHash == first.AppHash {
		t.Errorf("finalized again: %s, want %s", second.AppHash, want.AppHash)
	}
	m.Commit()
	m.Commit()
	if m.Height() != 2 || m.AppHash() != want.AppHash || m.LaneHead(RollupA).NextSeq != 1 || m.LaneHead(RollupA).Head != second.Decided.Record.Lanes[0].Head {
		t.Error("Commit did not make the staged state the committed one")
	}
}

// Work of Check is reused for exactly the same proposal only: another time is another tick.
func TestFinalize_UsesItsOwnTime(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	p := validParts(t, c).proposal()
	if err := c.Machines[0].Check(p); err != nil {
		t.Fatal(err)
	}
	p.Time += 5
	effects, err := c.Machines[0].Finalize(p)
	if err != nil {
		t.Fatal(err)
	}
	if effects.Decided.Record.Time != p.Time || effects.Decided.Tick.Time != p.Time {
		t.Errorf("record at %d, tick at %d, want %d", effects.Decided.Record.Time, effects.Decided.Tick.Time, p.Time)
	}
}

func TestFinalize_RecordHoldsTheOrder(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	p := validParts(t, c).proposal()
	d := c.Apply(p)
	decoded, err := d.Record.Tick(n.ID(), n.Genesis.Kind)
	if err != nil {
		t.Fatal(err)
	}
	again := decoded.Payload()
	for i, part := range p.Txs[1:] {
		if string(again[i]) != string(part) || string(d.Record.Payload[i]) != string(part) {
			t.Errorf("payload %d is not what was ordered", i)
		}
	}
	for _, row := range d.Record.Lanes {
		var before core.LaneHead
		if want, _ := before.Advance(n.ID(), row.Rollup, 4, decoded.LaneItems(row.Rollup)); want != row {
			t.Errorf("lane %s: %+v, want %+v", row.Rollup, row, want)
		}
		if c.Machines[2].LaneHead(row.Rollup) != row.After() {
			t.Errorf("lane %s: head %+v, want %+v", row.Rollup, c.Machines[2].LaneHead(row.Rollup), row.After())
		}
	}
	if row := c.Step(core.Candidates{Sections: []core.Section{Section(Tx(t, RollupA, 30, 0))}}).Record.Lanes[0]; row.FirstSeq != 4 {
		t.Errorf("next tick begins at seq %d, want 4", row.FirstSeq)
	}
}

func TestInitChain_GoesBackToTheStart(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	m := c.Machines[0]
	genesis := c.Network.Machine(t).AppHash()
	d := c.Step(core.Candidates{})
	for range 3 {
		c.Step(core.Candidates{})
	}
	p := ordering.Proposal{Height: 5, Time: c.Time(), Txs: m.Build(c.Request(), core.Candidates{})}
	if _, err := m.Finalize(p); err != nil {
		t.Fatal(err)
	}
	appHash, ledger := m.InitChain()
	m.Commit() // of nothing: what was staged is gone
	if appHash != genesis || m.AppHash() != genesis || m.Height() != 0 {
		t.Errorf("app hash %s at %d, want %s at 0", appHash, m.Height(), genesis)
	}
	if len(d.Ledger) != len(ledger) {
		t.Errorf("tick 1 stores %d keys, want all %d of the first ledger", len(d.Ledger), len(ledger))
	}
	for i, kv := range d.Ledger {
		if string(kv.Key) != string(ledger[i].Key) {
			t.Errorf("key %d: %x, want %x", i, kv.Key, ledger[i].Key)
		}
	}
}

func TestLoad_RefusesWhatIsNotThisLedger(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	for range 5 {
		c.Step(core.Candidates{Sections: []core.Section{Section(Tx(t, RollupA, 1, c.Height()))}})
	}
	foreign := NewNetwork(t, 1, 1, 1, 2).NewCluster(t)
	for range 5 {
		foreign.Step(core.Candidates{})
	}
	edit := func(change func(kvs map[string][]byte)) map[string][]byte {
		kvs := c.Store(0)
		change(kvs)
		return kvs
	}
	for _, test := range []struct {
		name   string
		height uint64
		kvs    map[string][]byte
		ok     bool
	}{
		{"as stored", 5, c.Store(0), true},
		{"another height", 4, c.Store(0), false},
		{"nothing", 0, nil, false},
		{"another network's", 5, foreign.Store(0), false},
		{"an empty key", 5, edit(func(kvs map[string][]byte) { kvs[""] = []byte{1} }), false},
		{"an unknown key", 5, edit(func(kvs map[string][]byte) { kvs["\xff"] = []byte{1} }), false},
		{"a garbled value", 5, edit(func(kvs map[string][]byte) { kvs["\x04"] = []byte("garbage") }), false},
		{"a value of another kind", 5, edit(func(kvs map[string][]byte) { kvs["\x04"] = kvs["\x02"] }), false},
		{"a key missing", 5, edit(func(kvs map[string][]byte) {
			maps.DeleteFunc(kvs, func(k string, _ []byte) bool { return k[0] == 0x22 })
		}), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := n.Machine(t)
			err := m.Load(test.height, Pairs(test.kvs))
			if test.ok {
				if err != nil || m.AppHash() != c.Machines[0].AppHash() || m.Height() != test.height {
					t.Errorf("app hash %s at %d: %v", m.AppHash(), m.Height(), err)
				}
				return
			}
			if !errors.Is(err, ordering.ErrLedger) {
				t.Errorf("got %v, want %v", err, ordering.ErrLedger)
			}
			if m.Height() != 0 {
				t.Error("a refused ledger was installed")
			}
		})
	}
}

// Readers on other goroutines see committed states only; run with -race.
func TestMachine_ReadsBesideTheEngine(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	m := c.Machines[0]
	stop, done := make(chan struct{}), make(chan error)
	go func() {
		var last uint64
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			at, head, height := m.Attested(Zone1), m.LaneHead(RollupA), m.Height()
			if at.Tick > height || head.NextSeq > height || height < last {
				done <- errors.New("a reader saw what is not committed")
				return
			}
			last = height
			m.Unattested()
			m.AppHash()
			m.Validators()
		}
	}()
	for i := range uint64(30) {
		c.Step(core.Candidates{Sections: []core.Section{Section(Tx(t, RollupA, 1, i))}})
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestValidators_EngineOrder(t *testing.T) {
	t.Parallel()
	m := NewNetwork(t, 5, 9, 5, 5, 1, 9).Machine(t)
	validators := m.Validators()
	for i := 1; i < len(validators); i++ {
		a, b := validators[i-1], validators[i]
		addressA, addressB := a.ConsensusAddress(), b.ConsensusAddress()
		if a.Power < b.Power || a.Power == b.Power && string(addressA[:]) >= string(addressB[:]) {
			t.Errorf("validator %d (power %d, %x) stands before %d (power %d, %x)", i-1, a.Power, addressA, i, b.Power, addressB)
		}
	}
}
