package proof_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

func TestProofs_ShowWhatWasOrderedAndDecided(t *testing.T) {
	s := newSample(t)
	facts := make(map[string]*proof.Fact)
	for name, p := range s.proofs {
		fact, err := p.Verify(s.trust())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		facts[name] = fact
	}
	for _, c := range []struct {
		name     string
		seq      uint64
		tick     uint64
		tx       string
		leg      bool
		decided  uint64
		code     core.OutcomeCode
		endsTick uint64
	}{
		{"first", 0, 1, "first", false, 1, core.Included, 2},
		{"included", 4, 3, "x0", false, 3, core.Included, 10},
		{"void", 6, 3, "void", false, 3, core.VoidNonceTooLow, 10},
		{"leg", 2, 3, "g2", true, 3, core.Included, 10},
		{"order only", 5, 3, "x1", false, 0, 0, 10},
		{"opaque", 0, 3, "o", false, 0, 0, 10},
		{"two checkpoints", 8, 11, "at the edge", false, 11, core.Included, 12},
		{"after the change", 9, 13, "after the change", false, 13, core.Included, 14},
	} {
		got := facts[c.name].Transaction
		if got.Seq != c.seq || got.Tick != c.tick || string(got.Tx) != c.tx || (got.Bundle != common.Hash{}) != c.leg {
			t.Errorf("%s: %+v", c.name, got)
		}
		if (got.Decided == nil) != (c.decided == 0) || got.Decided != nil && (got.Decided.Tick != c.decided || got.Decided.Code != c.code) {
			t.Errorf("%s: decided %+v, want tick %d, %s", c.name, got.Decided, c.decided, c.code)
		}
		if facts[c.name].Checkpoint.Tick != c.endsTick {
			t.Errorf("%s: ends in checkpoint %d, want %d", c.name, facts[c.name].Checkpoint.Tick, c.endsTick)
		}
	}
	if f := facts["bundle"].Bundle; f.Included == nil || !*f.Included || len(f.Legs) != 3 || f.Tick != 3 || f.Legs[2].Leg != 2 {
		t.Errorf("bundle: %+v", f)
	}
	if f := facts["void bundle"].Bundle; f.Included == nil || *f.Included || f.Legs[1].Decided.Code != core.VoidLegReverted {
		t.Errorf("void bundle: %+v", f)
	}
	if f := facts["range"].Range; f.First != 0 || f.Next != 9 || len(f.Positions) != 9 || string(f.Positions[8].Tx) != "at the edge" {
		t.Errorf("range: %+v", f)
	}
	if f := facts["range inside"].Range; f.First != 1 || f.Next != 3 || f.Positions[0].Tick != 3 || (f.Before == common.Hash{}) {
		t.Errorf("range inside: %+v", f)
	}
}

func TestRanges_OfALaneJoin(t *testing.T) {
	s := newSample(t)
	b := proof.Builder{Source: s.chain}
	var seq uint64
	var head common.Hash
	for end := s.lanes[rollupA].NextSeq; seq < end; {
		p, err := b.Range(rollupA, seq, seq+1)
		if err != nil {
			t.Fatal(err)
		}
		fact, err := p.Range.Verify(s.trust())
		if err != nil {
			t.Fatal(err)
		}
		if fact.First != seq || fact.Before != head || fact.Next <= seq {
			t.Fatalf("range from %d begins with %d %s, want head %s", seq, fact.First, fact.Before, head)
		}
		seq, head = fact.Next, fact.After
	}
	if head != s.lanes[rollupA].Head {
		t.Errorf("the ranges end in head %s, want %s", head, s.lanes[rollupA].Head)
	}
	// Far ends are cut to what a checkpoint covers.
	p, err := b.Range(rollupA, 1, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	if fact, err := p.Range.Verify(s.trust()); err != nil || fact.First != 1 || fact.Next != s.lanes[rollupA].NextSeq {
		t.Errorf("range to the end: %+v, %v", fact, err)
	}
}

func TestBuilder_SaysWhatIsNotCoveredYet(t *testing.T) {
	c := newChain(t)
	b := proof.Builder{Source: c}
	c.tick(nil, c.tx(rollupA, "a", 0))
	var missing *proof.NotCoveredError
	if _, err := b.Transaction(rollupA, 0, proof.Want{}); !errors.As(err, &missing) || missing.What != "order" || missing.Tick != 1 {
		t.Errorf("before the first checkpoint: %v", err)
	}
	c.checkpoint(nil)
	_, err := b.Transaction(rollupA, 0, proof.Want{})
	if !errors.As(err, &missing) || missing.What != "result" || missing.Newest != 1 || missing.Attested != 0 {
		t.Errorf("before the result is covered: %v", err)
	}
	if _, err := b.Transaction(rollupA, 0, proof.Want{OrderOnly: true}); err != nil {
		t.Errorf("order only: %v", err)
	}
	if _, err := b.Range(rollupA, 0, 5); err != nil {
		t.Errorf("range: %v", err)
	}
	if _, err := b.Transaction(rollupA, 1, proof.Want{}); !errors.Is(err, proof.ErrUnknown) {
		t.Errorf("a position to come: %v", err)
	}
	if _, err := b.Range(rollupA, 3, 3); !errors.Is(err, proof.ErrUnknown) {
		t.Errorf("an empty range: %v", err)
	}
}

func TestTrust_FollowsTheValidatorSet(t *testing.T) {
	s := newSample(t)
	after := s.proofs["after the change"]
	if n := len(after.Transaction.Anchor.Handovers); n != 1 {
		t.Fatalf("%d handovers, want 1", n)
	}
	// Whoever trusts a later checkpoint needs no handovers up to it.
	h := after.Transaction.Anchor.Handovers[0]
	later, err := proof.FromCheckpoint(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := after.Verify(later); err != nil {
		t.Errorf("from the checkpoint that hands over: %v", err)
	}
	// One who left cannot be counted any more: two of the three and the one who left are no quorum of the new set.
	last := s.checkpoints[len(s.checkpoints)-1]
	forged := *after.Transaction
	forged.Anchor.Order.Signatures = s.sign(last.Completion.Digest, append(s.genesisSet[:2:2], s.genesisSet[3]))
	if _, err := forged.Verify(s.trust()); !errors.Is(err, proof.ErrCheckpoint) {
		t.Errorf("signed by one who left: %v", err)
	}
	// Without the handover the genesis set is asked, of which three have signed; the proof is still theirs.
	skipped := *after.Transaction
	skipped.Anchor.Handovers = nil
	if _, err := skipped.Verify(s.trust()); err != nil {
		t.Errorf("three of the genesis' four have signed: %v", err)
	}
	// A handover that the set before did not sign leads nowhere.
	h.Signed.Signatures = h.Signed.Signatures[:2]
	skipped.Anchor.Handovers = []proof.Handover{h}
	if _, err := skipped.Verify(s.trust()); !errors.Is(err, proof.ErrCheckpoint) {
		t.Errorf("handover without a quorum: %v", err)
	}
	other := s.trustSet(s.genesisSet)
	foreign := *after.Transaction
	foreign.Anchor.Handovers = nil
	foreign.Anchor.Order.Checkpoint.Network[0] ^= 1
	if _, err := foreign.Verify(other); !errors.Is(err, proof.ErrNetwork) {
		t.Errorf("of another network: %v", err)
	}
}

func TestBundle_HalfOfAnExecutionBundleIsNamed(t *testing.T) {
	c := newChain(t)
	half := c.bundle(core.AtomicExecution, c.tx(rollupA, "a", core.Included), c.tx(rollupB, "b", core.VoidNonceTooLow))
	loose := c.bundle(core.AtomicInclusion, c.tx(rollupA, "c", core.Included), c.tx(rollupB, "d", core.VoidNonceTooLow))
	c.tick([]core.DecodedBundle{half, loose})
	c.tick(nil)
	c.checkpoint(nil)
	b := proof.Builder{Source: c}
	p, err := b.Bundle(half.Bundle, []core.Place{{Rollup: rollupA, Seq: 0}, {Rollup: rollupB, Seq: 0}}, proof.Want{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Verify(c.trust()); !errors.Is(err, proof.ErrHalfBundle) {
		t.Errorf("half a bundle: %v", err)
	}
	p, err = b.Bundle(loose.Bundle, []core.Place{{Rollup: rollupA, Seq: 1}, {Rollup: rollupB, Seq: 1}}, proof.Want{})
	if err != nil {
		t.Fatal(err)
	}
	if fact, err := p.Verify(c.trust()); err != nil || fact.Bundle.Included == nil || *fact.Bundle.Included {
		t.Errorf("inclusion bundle: %+v, %v", fact, err)
	}
}

func TestEncodings_RoundTrip(t *testing.T) {
	s := newSample(t)
	for name, p := range s.proofs {
		decoded, err := proof.Decode(p.Encode())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(decoded.Encode(), p.Encode()) {
			t.Errorf("%s: another encoding after decoding", name)
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := proof.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(parsed, p) {
			t.Errorf("%s: JSON reads back as something else", name)
		}
		if _, err := parsed.Verify(s.trust()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(string(text), "null") {
			t.Errorf("%s: JSON has a null", name)
		}
		t.Logf("%-16s %6d bytes binary, %6d bytes JSON", name, len(p.Encode()), len(text))
	}
	valid, err := json.Marshal(s.proofs["first"])
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"no kind": `{"version":1}`, "another version": strings.Replace(string(valid), `"version":1`, `"version":2`, 1),
		"unknown field": strings.Replace(string(valid), `"version":1`, `"version":1,"x":1`, 1), "more behind it": string(valid) + "{}",
		"two kinds": strings.Replace(string(valid), `"version":1`, `"version":1,"range":{}`, 1), "too large": strings.Repeat(" ", proof.MaxBytes+1),
	} {
		if _, err := proof.Parse([]byte(text)); !errors.Is(err, proof.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := proof.Decode(new(core.Bundle).Encode()); !errors.Is(err, proof.ErrFormat) {
		t.Errorf("another kind of encoding: %v", err)
	}
}
