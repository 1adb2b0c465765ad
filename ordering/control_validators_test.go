package ordering_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// chain checks, as a verifier without the log does, that every complete checkpoint is signed by the set that the one
// before names.
type chain struct {
	set    core.ValidatorSet
	drafts map[uint64]*core.CheckpointDraft
	count  int
	named  int // handovers
}

func (h *chain) follow(t *testing.T, d *core.Decided) {
	t.Helper()
	if d.Draft != nil {
		h.drafts[d.Draft.Checkpoint.Tick] = d.Draft
	}
	if d.Completion == nil {
		return
	}
	draft := h.drafts[d.Completion.Tick]
	if err := draft.Checkpoint.Verify(h.set, d.Completion.Signatures); err != nil {
		t.Fatalf("checkpoint of tick %d: %v", d.Completion.Tick, err)
	}
	h.count++
	if draft.Next.Hash() != h.set.Hash() {
		h.named++
	}
	h.set = draft.Next
}

func TestControl_ValidatorsComeGoAndChangeKeys(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 10, 10, 10, 10)
	c := n.NewCluster(t)
	c.StepMs = 100
	h := &chain{set: n.Genesis.ValidatorSet(), drafts: make(map[uint64]*core.CheckpointDraft)}
	step := func(control *core.Control) *core.Decided {
		d := c.Step(core.Candidates{Control: control})
		h.follow(t, d)
		return d
	}
	for range 12 {
		step(nil)
	}
	change := func(what core.Change) uint64 {
		t.Helper()
		entry := c.Control(what)
		if step(entry).Tick.Control == nil {
			t.Fatalf("not ordered: %v", c.Machines[0].CheckControl(entry))
		}
		for range 80 {
			if changes, _ := c.Machines[0].Control(entry.Sequence, 1); changes[0].Decided != 0 {
				if changes[0].Refused {
					t.Fatalf("refused: %s", what.Words())
				}
				return changes[0].Decided
			}
			step(nil)
		}
		t.Fatalf("not in effect: %s", what.Words())
		return 0
	}
	signersAfter := func(at uint64, want ...uint64) {
		t.Helper()
		for c.Height() < at+3 {
			step(nil)
		}
		for i := range c.Machines {
			c.Restart(i)
		}
		if got := powers(c.Machines[0].Validators()); !slices.Equal(got, want) {
			t.Fatalf("signers of tick %d have power %v, want %v", c.Height(), got, want)
		}
	}

	fifth := n.NewValidator(t, "fifth", 10)
	at := change(core.Change{AddValidator: &fifth})
	c.Join(fifth)
	signersAfter(at, 10, 10, 10, 10, 10)

	at = change(core.Change{SetPower: &core.SetPower{Address: fifth.Address, Power: 14}})
	signersAfter(at, 14, 10, 10, 10, 10)

	rotated := n.NewKey(t, c.Validator(0), "rotated")
	at = change(core.Change{ReplaceKeys: &core.ReplaceKeys{Address: c.Validator(0).Address, Validator: rotated}})
	c.Replace(0, rotated)
	signersAfter(at, 14, 10, 10, 10, 10)

	moved := n.NewValidator(t, "moved", 10) // both keys, on another machine
	at = change(core.Change{ReplaceKeys: &core.ReplaceKeys{Address: c.Validator(1).Address, Validator: moved}})
	c.Join(moved)
	signersAfter(at, 14, 10, 10, 10, 10)

	at = change(core.Change{RemoveValidator: &core.RemoveValidator{Address: c.Validator(2).Address}})
	signersAfter(at, 14, 10, 10, 10)
	for range 40 {
		step(nil)
	}
	if h.named < 4 || h.set.Hash() != setOf(c.Machines[0].Validators()) {
		t.Errorf("%d handovers in %d checkpoints, the last names %v", h.named, h.count, h.set)
	}
	if at := c.Machines[0].Attested(Zone1); at.Tick+5 < c.Height() {
		t.Errorf("attested up to tick %d, height %d: the tally does not follow the set", at.Tick, c.Height())
	}
}

func setOf(validators []core.Validator) (hash [32]byte) {
	return core.NewValidatorSet(validators).Hash()
}

func TestControl_ImpossibleChangesOfValidatorsAreRefused(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	heavy, twin := n.NewValidator(t, "heavy", 20), n.NewKey(t, c.Validator(1), "twin")
	stranger, borrowed := n.NewValidator(t, "stranger", 10), n.NewValidator(t, "borrowed", 10)
	borrowed.ConsensusProof = slices.Clone(stranger.ConsensusProof)
	for name, change := range map[string]core.Change{
		"a third of the power": {AddValidator: &heavy},
		"a key twice":          {AddValidator: &twin},
		"no possession":        {AddValidator: &borrowed},
		"not there":            {RemoveValidator: &core.RemoveValidator{Address: stranger.Address}},
		"power too high":       {SetPower: &core.SetPower{Address: c.Validator(0).Address, Power: 31}},
		"same power":           {SetPower: &core.SetPower{Address: c.Validator(0).Address, Power: 10}},
		"another's key":        {ReplaceKeys: &core.ReplaceKeys{Address: c.Validator(0).Address, Validator: twin}},
	} {
		if err := c.Machines[0].CheckControl(c.Control(change)); !errors.Is(err, core.ErrControl) {
			t.Errorf("%s: %v, want %v", name, err, core.ErrControl)
		}
	}
}

// In a network of three no change may take a validator away: the two that stay could complete no checkpoint.
func TestControl_LastThirdStays(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 10, 10, 10).NewCluster(t)
	c.Step(core.Candidates{})
	remove := core.Change{RemoveValidator: &core.RemoveValidator{Address: c.Validator(0).Address}}
	if err := c.Machines[0].CheckControl(c.Control(remove)); !errors.Is(err, core.ErrControl) {
		t.Errorf("got %v, want %v", err, core.ErrControl)
	}
}

// While no checkpoint is completed, a second removal waits: those that stay could not complete the next one. It takes
// effect once the set after the first removal signs.
func TestControl_RemovalsWaitForTheCheckpointsBetween(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 10, 10, 10, 10, 10, 10, 10)
	c := n.NewCluster(t)
	c.StepMs = 100
	for range 12 {
		c.Step(core.Candidates{})
	}
	mute := true
	c.Checkpoint = func(i int) core.CheckpointVote {
		if mute {
			return core.CheckpointVote{}
		}
		return c.HonestCheckpoint(i)
	}
	for i := range 3 {
		c.Step(core.Candidates{Control: c.Control(core.Change{RemoveValidator: &core.RemoveValidator{Address: c.Validator(i).Address}})})
	}
	for range 60 {
		c.Step(core.Candidates{})
	}
	if n := len(c.Machines[0].Validators()); n != 5 {
		t.Fatalf("%d validators while checkpoints are stuck, want 5: two of seven may leave", n)
	}
	mute = false
	if change := decided(t, c, 3); change.Refused {
		t.Error("the third removal is refused, and should have waited")
	}
}

// While no checkpoint is completed, two leave and a third is jailed: those that stay cannot complete the next one. Who comes
// does not make that worse and need not wait, and with who comes back checkpoints go on.
func TestControl_WhoComesNeedNotWaitForCheckpoints(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 10, 10, 10, 10, 10, 10, 10)
	c := n.NewCluster(t)
	c.StepMs = 100
	for range 12 {
		c.Step(core.Candidates{})
	}
	mute := true
	c.Checkpoint = func(i int) core.CheckpointVote {
		if mute {
			return core.CheckpointVote{}
		}
		return c.HonestCheckpoint(i)
	}
	for i := range 2 {
		order(t, c, core.Change{RemoveValidator: &core.RemoveValidator{Address: c.Validator(i).Address}})
	}
	for range 12 {
		c.Step(core.Candidates{})
	}
	accuse(t, c, c.Validator(2))
	for range 12 {
		c.Step(core.Candidates{})
	}
	fresh := n.NewValidator(t, "fresh", 10)
	if order(t, c, core.Change{AddValidator: &fresh}).Refused {
		t.Fatal("a validator that comes is refused")
	}
	c.Join(fresh)
	mute = false
	left := slices.IndexFunc(n.Genesis.Validators, func(v core.Validator) bool { return v.Address == c.Validator(0).Address })
	order(t, c, core.Change{AddValidator: &n.Genesis.Validators[left]})
	for range 60 {
		if c.Step(core.Candidates{}).Completion != nil {
			return
		}
	}
	t.Error("no checkpoint is complete 60 ticks after a validator came back")
}

// Who is jailed while a change of it waits cannot be changed any more.
func TestControl_JailComesFirst(t *testing.T) {
	t.Parallel()
	n, c := running(t)
	victim := c.Validator(3)
	entry := c.Control(core.Change{SetPower: &core.SetPower{Address: victim.Address, Power: 12}})
	entry.Signatures, entry.Effective = nil, c.Height()+20
	c.Step(core.Candidates{Control: n.Sign(t, entry, c.Machines[0].Validators()...)})
	accuse(t, c, victim)
	if change := decided(t, c, 1); !change.Refused {
		t.Error("the power of a jailed validator was changed")
	}
}
