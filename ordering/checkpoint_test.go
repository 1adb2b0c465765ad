package ordering_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethdb/memorydb"
	"github.com/ethereum/go-ethereum/trie"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// history is what a run decided about checkpoints.
type history struct {
	drafts    map[uint64]*core.CheckpointDraft
	completed []*core.CompleteCheckpoint
	// by is the tick that completed the checkpoint of a tick.
	by map[uint64]uint64
}

// runTicks steps a cluster n times and collects its checkpoints, each of which must verify.
func runTicks(t *testing.T, c *Cluster, n int, candidates func(tick uint64) core.Candidates) *history {
	t.Helper()
	h := &history{drafts: make(map[uint64]*core.CheckpointDraft), by: make(map[uint64]uint64)}
	for range n {
		h.add(t, c.Step(candidates(c.Height()+1)))
	}
	return h
}

func (h *history) add(t *testing.T, d *core.Decided) {
	t.Helper()
	if done := d.Completion; done != nil {
		complete := &core.CompleteCheckpoint{Draft: h.drafts[done.Tick], Completion: done}
		if complete.Draft == nil {
			t.Fatalf("tick %d completes a checkpoint that was never drafted: %d", d.Record.Number, done.Tick)
		}
		if err := complete.Verify(); err != nil {
			t.Fatalf("tick %d completes a checkpoint that does not verify: %v", d.Record.Number, err)
		}
		h.completed = append(h.completed, complete)
		h.by[done.Tick] = d.Record.Number
	}
	if d.Draft != nil {
		h.drafts[d.Record.Number] = d.Draft
	}
}

func (h *history) ticks() []uint64 {
	var ticks []uint64
	for _, c := range h.completed {
		ticks = append(ticks, c.Completion.Tick)
	}
	return ticks
}

func wantTicks(t *testing.T, got []uint64, want ...uint64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("complete checkpoints of ticks %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("complete checkpoints of ticks %v, want %v", got, want)
		}
	}
}

func idle(uint64) core.Candidates { return core.Candidates{} }

// Ticks 0.25 s apart: 1, 5, 9, … are the first of their slots, and complete two ticks later.
func TestCheckpoint_OncePerSlotAndCompleteTwoTicksLater(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.StepMs = 250
	h := runTicks(t, c, 12, idle)
	wantTicks(t, h.ticks(), 1, 5, 9)
	for _, complete := range h.completed {
		d := complete.Draft
		if by := h.by[d.Checkpoint.Tick]; by != d.Checkpoint.Tick+2 {
			t.Errorf("checkpoint of tick %d completed by tick %d", d.Checkpoint.Tick, by)
		}
		if d.Checkpoint.Network != c.Network.ID() || d.Checkpoint.Time != GenesisTime+250*(d.Checkpoint.Tick-1) || d.Slot != d.Checkpoint.Time/1000 {
			t.Errorf("checkpoint of tick %d: %+v in slot %d", d.Checkpoint.Tick, d.Checkpoint, d.Slot)
		}
		if len(complete.Completion.Signatures) != 4 {
			t.Errorf("checkpoint of tick %d has %d signatures", d.Checkpoint.Tick, len(complete.Completion.Signatures))
		}
	}
	if h.completed[0].Completion.Set.Hash() != c.Network.Genesis.ValidatorSet().Hash() || h.completed[1].Draft.Base != 1 {
		t.Error("the set of the genesis signs first, and the second checkpoint is based on the first")
	}
}

// The checkpoint is that of the ledger after its tick: root and results are the ones every node has then.
func TestCheckpoint_IsAFunctionOfTheLedger(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 3, 2, 1).NewCluster(t)
	c.StepMs = 100
	for range 25 {
		d := c.Step(core.Candidates{Sections: []core.Section{Section(Tx(t, RollupA, 1, c.Height()))}})
		m := c.Machines[1]
		if d.Draft == nil {
			continue
		}
		checkpoint := d.Draft.Checkpoint
		if checkpoint.LedgerRoot != m.AppHash() || checkpoint.Results[0] != m.Attested(Zone1) || checkpoint.Results[1] != m.Attested(Zone2) {
			t.Errorf("tick %d: %+v", d.Record.Number, checkpoint)
		}
		if tick, digest, ok := m.CheckpointToSign(); !ok || tick != d.Record.Number || digest != checkpoint.Digest() || !m.Unsigned() {
			t.Errorf("tick %d: to sign is %d %s, want %s", d.Record.Number, tick, digest, checkpoint.Digest())
		}
	}
}

// The proofs of a draft are those of go-ethereum's tries, for exactly the lanes that moved.
func TestCheckpoint_ProvesTheLanesThatMoved(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.StepMs = 250
	h := runTicks(t, c, 16, func(tick uint64) core.Candidates {
		switch tick {
		case 3, 4:
			return core.Candidates{Sections: []core.Section{Section(Tx(t, RollupA, 1, tick))}}
		case 9:
			return core.Candidates{Sections: []core.Section{Section(Tx(t, RollupA, 1, tick)), Section(Tx(t, RollupC, 1, tick))}}
		}
		return core.Candidates{}
	})
	for tick, want := range map[uint64][]core.RollupID{1: nil, 5: {RollupA}, 9: {RollupA, RollupC}, 13: nil} {
		d := h.drafts[tick]
		if len(d.Proofs) != len(want) {
			t.Fatalf("tick %d proves %d lanes, want %v", tick, len(d.Proofs), want)
		}
		for i, p := range d.Proofs {
			if string(p.Key) != string(core.LaneLedgerKey(want[i])) {
				t.Errorf("tick %d: proof of key %x, want the lane of %s", tick, p.Key, want[i])
			}
			nodes := memorydb.New()
			for _, n := range p.Nodes {
				if err := nodes.Put(crypto.Keccak256(n), n); err != nil {
					t.Fatal(err)
				}
			}
			path := core.LedgerPath(p.Key)
			if value, err := trie.VerifyProof(d.Checkpoint.LedgerRoot, path[:], nodes); err != nil || string(value) != string(p.Value) {
				t.Errorf("tick %d: proof gives %x (%v), want %x", tick, value, err, p.Value)
			}
			var lane core.LaneState
			if err := core.Decode(core.EncLedgerValue, p.Value, &lane); err != nil || lane.Tick > tick || lane.Tick <= d.Base {
				t.Errorf("tick %d: lane %+v (%v)", tick, lane, err)
			}
		}
	}
}

// One that lacks signatures when the next is opened is skipped for good, and the next lists what it listed.
func TestCheckpoint_SkippedOneCountsForTheNext(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.StepMs = 250
	c.Checkpoint = func(i int) core.CheckpointVote {
		if tick, _, ok := c.Machines[i].CheckpointToSign(); ok && tick == 5 && i < 2 {
			return core.CheckpointVote{} // two of four sign: not enough
		}
		return c.HonestCheckpoint(i)
	}
	h := runTicks(t, c, 12, func(tick uint64) core.Candidates {
		if tick == 3 {
			return core.Candidates{Sections: []core.Section{Section(Tx(t, RollupA, 1, 0))}}
		}
		return core.Candidates{}
	})
	wantTicks(t, h.ticks(), 1, 9)
	if d := h.drafts[9]; d.Skipped != 5 || d.Base != 1 || len(d.Proofs) != 1 {
		t.Errorf("the one after a skipped one: skipped %d, base %d, %d proofs", d.Skipped, d.Base, len(d.Proofs))
	}
	if d := h.drafts[5]; d.Skipped != 0 || len(d.Proofs) != 1 {
		t.Errorf("the skipped one: skipped %d, %d proofs", d.Skipped, len(d.Proofs))
	}
}

// Votes of different ticks add up, although no single tick brings enough of them.
func TestCheckpoint_VotesAddUpOverTicks(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.Checkpoint = func(i int) core.CheckpointVote {
		if int(c.Height())%4 != i {
			return core.CheckpointVote{}
		}
		return c.HonestCheckpoint(i)
	}
	h := runTicks(t, c, 8, idle)
	wantTicks(t, h.ticks(), 1)
	if by := h.by[1]; by != 5 {
		t.Errorf("completed by tick %d", by)
	}
	if n := len(h.completed[0].Completion.Signatures); n != 3 {
		t.Errorf("%d signatures, want the three that were enough", n)
	}
}

// Ticks slower than slots: every tick is the first of its slot, and still every other one gets its signatures.
func TestCheckpoint_SlowTicksComplete(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.StepMs = 1500
	wantTicks(t, runTicks(t, c, 8, idle).ticks(), 1, 3, 5)
}

// What is not the validator's own good signature over the ledger's digest counts for nothing and stops nothing.
func TestCheckpoint_WrongVotesAreIgnored(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1, 1, 1, 1).NewCluster(t) // 5 of 7 are needed
	wrong := map[int]func(v core.CheckpointVote) core.CheckpointVote{
		0: func(v core.CheckpointVote) core.CheckpointVote { v.Signature[40] ^= 1; return v },
		1: func(v core.CheckpointVote) core.CheckpointVote { v.Digest[0] ^= 1; return v },
	}
	honest := 4
	c.Checkpoint = func(i int) core.CheckpointVote {
		vote := c.HonestCheckpoint(i)
		switch {
		case vote.Empty():
		case i == 2: // another validator's signature
			vote.Signature = c.HonestCheckpoint(3).Signature
		case wrong[i] != nil:
			vote = wrong[i](vote)
		case i-3 >= honest:
			return core.CheckpointVote{}
		}
		return vote
	}
	wantTicks(t, runTicks(t, c, 6, idle).ticks())
	wrong[1] = nil
	wantTicks(t, runTicksAfter(t, c, 1), 1)
}

// runTicksAfter steps until the tick after the votes of the next one, and lists what became complete.
func runTicksAfter(t *testing.T, c *Cluster, most int) []uint64 {
	t.Helper()
	var ticks []uint64
	for range most + 1 {
		if done := c.Step(core.Candidates{}).Completion; done != nil {
			ticks = append(ticks, done.Tick)
		}
	}
	return ticks
}

// A vote for an older or a later tick, with a good signature, is not one for the newest checkpoint.
func TestCheckpoint_VotesForOtherTicksAreIgnored(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.Checkpoint = func(i int) core.CheckpointVote {
		vote := c.HonestCheckpoint(i)
		if !vote.Empty() {
			vote.Tick++
		}
		return vote
	}
	wantTicks(t, runTicks(t, c, 6, idle).ticks())
}

// A validator that is silent, or restarts at any moment, does not hinder completion, and restored machines agree.
func TestCheckpoint_SurvivesRestartsAndSilence(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 4, 3, 3, 2).NewCluster(t)
	c.StepMs = 250
	completed := 0
	for i := range 40 {
		c.Silent = map[int]bool{3: i%2 == 0}
		if c.Step(core.Candidates{Sections: []core.Section{Section(Tx(t, RollupA, 1, uint64(i)))}}).Completion != nil {
			completed++
		}
		c.Restart(i % 4)
	}
	if completed < 9 {
		t.Errorf("%d of 10 checkpoints are complete", completed)
	}
}

// A validator that was jailed signs no more checkpoints after the next complete one, which names the set without it.
func TestCheckpoint_NamesTheSetThatSignsNext(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	c.StepMs = 250
	h := runTicks(t, c, 5, idle)
	req := c.Request()
	p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: c.Machines[0].Build(req, core.Candidates{})}
	jailed := c.Machines[0].Validators()[3]
	p.Misbehavior = append(p.Misbehavior, jailed.ConsensusAddress())
	h.add(t, c.Apply(p))
	for range 20 {
		h.add(t, c.Step(core.Candidates{}))
	}
	ticks := h.ticks()
	last := h.completed[len(ticks)-1]
	if _, ok := last.Completion.Set.Find(jailed.Address); ok || len(last.Completion.Set) != 3 {
		t.Errorf("set of the newest checkpoint: %v, jailed is %s", last.Completion.Set, jailed.Address)
	}
	trusted := n.Genesis.ValidatorSet()
	for _, complete := range h.completed {
		signed := complete.Signed()
		if err := signed.Verify(trusted); err != nil {
			t.Fatalf("checkpoint of tick %d does not follow from the ones before: %v", complete.Completion.Tick, err)
		}
		if complete.Draft.Next.Hash() != signed.Checkpoint.ValidatorSet {
			t.Fatal("the next set is not the one named")
		}
		trusted = complete.Draft.Next
	}
}

// The pace is not held up for signatures that nobody gives.
func TestUnsigned_IsBounded(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.StepMs = 1
	c.Checkpoint = func(int) core.CheckpointVote { return core.CheckpointVote{} }
	const limit = ordering.UnsignedHaste
	for range limit + 3 {
		c.Step(core.Candidates{})
		if got, want := c.Machines[0].Unsigned(), c.Height() <= limit; got != want {
			t.Fatalf("tick %d: unsigned %v, want %v", c.Height(), got, want)
		}
	}
}

// Signing is over the very value that recovers to the validator, in the form contracts take.
func TestHonestCheckpoint_IsAnEthereumSignature(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1).NewCluster(t)
	c.Step(core.Candidates{})
	vote := c.HonestCheckpoint(0)
	signature := append([]byte(nil), vote.Signature...)
	signature[64] -= 27
	key, err := crypto.SigToPub(vote.Digest[:], signature)
	if err != nil || crypto.PubkeyToAddress(*key) != c.Machines[0].Validators()[0].Address {
		t.Errorf("recovered %v (%v)", key, err)
	}
	if vote.Digest == (common.Hash{}) || vote.Digest == gethtypes.EmptyRootHash {
		t.Error("nothing is signed")
	}
}
