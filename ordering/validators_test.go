package ordering_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// accuse steps with evidence against validators, given by their place in the genesis order of the engine.
func accuse(t *testing.T, c *Cluster, offenders ...core.Validator) []ordering.ValidatorUpdate {
	t.Helper()
	req := c.Request()
	p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: c.Machines[0].Build(req, core.Candidates{})}
	for _, v := range offenders {
		p.Misbehavior = append(p.Misbehavior, v.ConsensusAddress())
	}
	effects, err := c.Machines[0].Finalize(p) // staged only; Apply does it again
	if err != nil {
		t.Fatal(err)
	}
	c.Apply(p)
	return effects.Validators
}

func powers(validators []core.Validator) (ps []uint64) {
	for _, v := range validators {
		ps = append(ps, v.Power)
	}
	return ps
}

func TestJail_HoldsFromTheSecondTickOn(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 40, 30, 20, 10)
	c := n.NewCluster(t)
	c.Step(core.Candidates{})
	m := c.Machines[0]
	all := m.Validators()
	updates := accuse(t, c, all[1])
	if len(updates) != 1 || updates[0].Power != 0 || string(updates[0].ConsensusKey) != string(all[1].ConsensusKey) {
		t.Fatalf("updates %+v, want the one validator with power 0", updates)
	}
	const jailed = 2
	left := []uint64{40, 20, 10}
	for i := range c.Machines { // what each knows comes from its ledger
		c.Restart(i)
		for height, want := range map[uint64][]uint64{jailed: powers(all), jailed + 1: powers(all), jailed + 2: left} {
			if got := powers(c.Machines[i].Signers(height)); !slices.Equal(got, want) {
				t.Errorf("machine %d: tick %d is signed by %v, want %v", i, height, got, want)
			}
		}
	}
	for range 6 {
		votes := len(c.Request().Votes)
		entry, err := core.DecodeSystemEntry(c.Machines[2].SystemEntry(c.Request()))
		if err != nil || len(entry.Votes) != votes || votes != len(c.Machines[1].Validators()) {
			t.Fatalf("tick %d: %d rows of %d votes, %v", c.Height()+1, len(entry.Votes), votes, err)
		}
		c.Step(core.Candidates{})
		for i := range c.Machines {
			c.Restart(i)
		}
	}
	if got := powers(c.Machines[3].Validators()); !slices.Equal(got, left) {
		t.Errorf("signers %v, want %v", got, left)
	}
}

// The quorum is that of the set that signed: two of three are not enough, and the jailed one's vote counts no more.
func TestJail_QuorumFollowsTheSet(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	c.Step(core.Candidates{})
	m := c.Machines[0]
	offender := m.Validators()[0]
	accuse(t, c, offender)
	c.Step(core.Candidates{})
	c.Step(core.Candidates{})
	req := c.Request()
	without := req
	without.Votes = slices.Clone(req.Votes)
	without.Votes[0] = Absent(m.Validators()[0])
	if err := m.Check(ordering.Proposal{Height: req.Height, Time: req.Time, Txs: m.Build(without, core.Candidates{})}); !errors.Is(err, ordering.ErrQuorum) {
		t.Errorf("two of three: got %v, want %v", err, ordering.ErrQuorum)
	}
	entry, err := core.DecodeSystemEntry(m.SystemEntry(req))
	if err != nil {
		t.Fatal(err)
	}
	vote := n.Vote(offender, req.Height-1, 0, none.Encode())
	entry.Votes = append(entry.Votes, core.ExtendedVote{Validator: vote.Validator, Extension: vote.Extension, Signature: vote.Signature})
	err = m.Check(ordering.Proposal{Height: req.Height, Time: req.Time, Txs: [][]byte{entry.Encode()}})
	if !errors.Is(err, ordering.ErrSystemEntry) {
		t.Errorf("with the jailed one's vote: got %v, want %v", err, ordering.ErrSystemEntry)
	}
}

// Less than 1/3 of the power may be jailed automatically, so that what is left always holds more than 2/3 of what the
// network began with.
func TestJail_StopsBelowAThird(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		powers  []uint64
		accused []int // by place in the engine's order, one per tick
		left    []uint64
	}{
		{"one of four", []uint64{1, 1, 1, 1}, []int{0}, []uint64{1, 1, 1}},
		{"a second of four stays", []uint64{1, 1, 1, 1}, []int{0, 1}, []uint64{1, 1, 1}},
		{"two of seven", []uint64{1, 1, 1, 1, 1, 1, 1}, []int{3, 5, 6}, []uint64{1, 1, 1, 1, 1}},
		{"exactly a third stays", []uint64{1, 1, 1}, []int{2}, []uint64{1, 1, 1}},
		{"the only one stays", []uint64{5}, []int{0}, []uint64{5}},
		{"a mighty one stays, a small one leaves", []uint64{50, 30, 20}, []int{0, 2}, []uint64{50, 30}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := NewNetwork(t, test.powers...).NewCluster(t)
			all := c.Machines[0].Validators()
			for _, i := range test.accused {
				accuse(t, c, all[i])
			}
			for range 3 {
				c.Step(core.Candidates{})
			}
			if got := powers(c.Machines[0].Validators()); !slices.Equal(got, test.left) {
				t.Errorf("signers %v, want %v", got, test.left)
			}
			for i := range c.Machines {
				c.Restart(i)
			}
		})
	}
}

func TestJail_IgnoresRepeatsAndStrangers(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	offender := c.Machines[0].Validators()[2]
	stranger := NewNetwork(t, 1, 1, 1, 1, 1).Genesis.Validators[4]
	if updates := accuse(t, c, stranger, offender, offender); len(updates) != 1 {
		t.Errorf("%d updates, want 1", len(updates))
	}
	for range 4 { // the engine would halt if one that has left were removed again
		if updates := accuse(t, c, offender); len(updates) != 0 {
			t.Errorf("tick %d: %d updates, want none", c.Height(), len(updates))
		}
	}
}

// What a jailed validator said about results leaves the ledger with it, and its digests attest nothing any more.
func TestJail_TakesTheResultsAlong(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.Results = func(i int, z core.ZoneID, from uint64, limit int) []common.Hash {
		if i == 0 {
			return slices.Repeat([]common.Hash{{0xbd}}, min(limit, 2)) // a list that is never agreed on
		}
		return nil
	}
	for range 3 {
		c.Step(core.Candidates{})
	}
	results := func() (n int) {
		for key := range c.Store(1) {
			if key[0] == 0x33 {
				n++
			}
		}
		return n
	}
	if results() == 0 {
		t.Fatal("no results in the ledger; the test tests nothing")
	}
	accuse(t, c, c.Machines[0].Validators()[0])
	for range 3 {
		c.Step(core.Candidates{})
	}
	if n := results(); n != 0 {
		t.Errorf("%d lists of results are left of the jailed validator", n)
	}
	if at := c.Machines[0].Attested(Zone1); at.Tick != 0 {
		t.Errorf("tick %d is attested by one of four", at.Tick)
	}
}

// A ledger with nobody in it, or with places that nobody can have, is refused.
func TestJail_LoadRefusesImpossibleSeats(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	accuse(t, c, c.Machines[0].Validators()[0])
	stored := c.Store(0)
	var key string
	for k := range stored {
		if k[0] == 0x10 {
			key = k
		}
	}
	for name, damage := range map[string]func(map[string][]byte){
		"under another key": func(kvs map[string][]byte) { kvs["\x10"+string(make([]byte, 20))] = kvs[key] },
		"none": func(kvs map[string][]byte) {
			maps.DeleteFunc(kvs, func(key string, _ []byte) bool { return key[0] == 0x10 })
		},
		"leaves too late": func(kvs map[string][]byte) {
			v := slices.Clone(kvs[key])
			v[len(v)-1] = 9 // until
			kvs[key] = v
		},
	} {
		kvs := c.Store(0)
		damage(kvs)
		if err := n.Machine(t).Load(1, Pairs(kvs)); !errors.Is(err, ordering.ErrLedger) {
			t.Errorf("%s: got %v, want %v", name, err, ordering.ErrLedger)
		}
	}
}
