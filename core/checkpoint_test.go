package core_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// sampleSet are three validators with the powers 1, 2 and 3, in the order of their addresses.
func sampleSet(t testing.TB) core.ValidatorSet {
	t.Helper()
	var validators []core.Validator
	for n := byte(1); n <= 3; n++ {
		validators = append(validators, core.Validator{Address: crypto.PubkeyToAddress(ethKey(t, n).PublicKey), Power: uint64(n)})
	}
	return core.NewValidatorSet(validators)
}

func sampleCheckpoint(t testing.TB) core.Checkpoint {
	t.Helper()
	return core.Checkpoint{
		Network: sampleNetwork, Tick: 42, Time: 1_700_000_001_000, LedgerRoot: common.Hash{7},
		Results:      []core.Attested{{Zone: 1, Tick: 40, Digest: common.Hash{8}}, {Zone: 2}},
		ValidatorSet: sampleSet(t).Hash(),
	}
}

// signedBy is a checkpoint with the signatures of the keys numbered, ascending by address.
func signedBy(t testing.TB, c core.Checkpoint, keys ...byte) *core.SignedCheckpoint {
	t.Helper()
	s := &core.SignedCheckpoint{Checkpoint: c}
	for _, n := range keys {
		signature, err := core.SignCheckpoint(ethKey(t, n), c.Digest())
		if err != nil {
			t.Fatal(err)
		}
		s.Signatures = append(s.Signatures, core.CheckpointSignature{Validator: crypto.PubkeyToAddress(ethKey(t, n).PublicKey), Signature: signature})
	}
	slices.SortFunc(s.Signatures, func(a, b core.CheckpointSignature) int { return a.Validator.Cmp(b.Validator) })
	return s
}

func sampleSigned(t testing.TB) *core.SignedCheckpoint {
	t.Helper()
	return signedBy(t, sampleCheckpoint(t), 2, 3)
}

func sampleVote(t testing.TB) core.CheckpointVote {
	t.Helper()
	s := sampleSigned(t)
	return core.CheckpointVote{Tick: s.Checkpoint.Tick, Digest: s.Checkpoint.Digest(), Signature: s.Signatures[0].Signature}
}

func sampleDraft(t testing.TB) *core.CheckpointDraft {
	t.Helper()
	return &core.CheckpointDraft{
		Checkpoint: sampleCheckpoint(t), Slot: 1_700_000_001, Base: 30, Skipped: 36, Next: sampleSet(t),
		Proofs: []core.LedgerProof{{Key: []byte{0x21, 1}, Value: []byte{1, 0x50, 0xc0}, Nodes: [][]byte{{0xc1, 1}, {0xc1, 2}}}},
	}
}

func sampleCompletion(t testing.TB) *core.CheckpointCompletion {
	t.Helper()
	s := sampleSigned(t)
	return &core.CheckpointCompletion{Tick: 42, Digest: s.Checkpoint.Digest(), Set: sampleSet(t), Signatures: s.Signatures}
}

func recodeDraft(b []byte) ([]byte, error) {
	d, err := core.DecodeCheckpointDraft(b)
	if err != nil {
		return nil, err
	}
	return d.Encode(), nil
}

func recodeCompletion(b []byte) ([]byte, error) {
	c, err := core.DecodeCheckpointCompletion(b)
	if err != nil {
		return nil, err
	}
	return c.Encode(), nil
}

func recodeSignedCheckpoint(b []byte) ([]byte, error) {
	s, err := core.DecodeSignedCheckpoint(b)
	if err != nil {
		return nil, err
	}
	return s.Encode(), nil
}

func recodeValidatorSet(b []byte) ([]byte, error) {
	s, err := core.DecodeValidatorSet(b)
	return s.Encode(), err
}

// The expected value is ethers 6.17.0's (TypedDataEncoder.hash) for the fields of sampleCheckpoint.
func TestCheckpoint_DigestIsThatOfEIP712(t *testing.T) {
	c := sampleCheckpoint(t)
	if got, want := c.Digest(), common.HexToHash(ethersDigest); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func TestCheckpoint_DigestBindsEveryField(t *testing.T) {
	c := sampleCheckpoint(t)
	seen := map[common.Hash]string{c.Digest(): "the sample"}
	for name, change := range map[string]func(c *core.Checkpoint){
		"network":        func(c *core.Checkpoint) { c.Network[0]++ },
		"tick":           func(c *core.Checkpoint) { c.Tick++ },
		"time":           func(c *core.Checkpoint) { c.Time++ },
		"root":           func(c *core.Checkpoint) { c.LedgerRoot[0]++ },
		"set":            func(c *core.Checkpoint) { c.ValidatorSet[0]++ },
		"fewer results":  func(c *core.Checkpoint) { c.Results = c.Results[:1] },
		"no results":     func(c *core.Checkpoint) { c.Results = nil },
		"result's zone":  func(c *core.Checkpoint) { c.Results[0].Zone = 9 },
		"result's tick":  func(c *core.Checkpoint) { c.Results[0].Tick++ },
		"result's value": func(c *core.Checkpoint) { c.Results[0].Digest[0]++ },
	} {
		changed := sampleCheckpoint(t)
		change(&changed)
		if other, taken := seen[changed.Digest()]; taken {
			t.Errorf("%s: the digest is that of %s", name, other)
		}
		seen[changed.Digest()] = name
	}
}

func TestValidatorSet_HashFollowsItsFormula(t *testing.T) {
	set := sampleSet(t)
	want := concat("lockstep/validator-set/v1", set[0].Address[:], set[0].Power, set[1].Address[:], set[1].Power, set[2].Address[:], set[2].Power)
	if got := set.Hash(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if jailed := core.NewValidatorSet([]core.Validator{{Address: set[0].Address, Power: 1}, {Address: set[1].Address}}); len(jailed) != 1 {
		t.Errorf("a validator without power is in the set: %v", jailed)
	}
}

func TestCheckpoint_VerifyNeedsMoreThanTwoThirds(t *testing.T) {
	c, set := sampleCheckpoint(t), sampleSet(t) // powers 1, 2, 3: more than 4 of 6
	for _, test := range []struct {
		name string
		keys []byte
		want error
	}{
		{"all", []byte{1, 2, 3}, nil},
		{"five of six", []byte{2, 3}, nil},
		{"exactly two thirds", []byte{1, 3}, core.ErrCheckpointQuorum},
		{"one", []byte{3}, core.ErrCheckpointQuorum},
		{"nobody", nil, core.ErrCheckpointQuorum},
		{"one from outside among enough", []byte{2, 3, 4}, core.ErrCheckpointSignature},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := signedBy(t, c, test.keys...).Verify(set); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// A signature has one accepted form, and stands once, under its own name.
func TestCheckpoint_VerifyRefusesWrongSignatures(t *testing.T) {
	c, set := sampleCheckpoint(t), sampleSet(t)
	for name, change := range map[string]func(s *core.SignedCheckpoint){
		"V 0 or 1":     func(s *core.SignedCheckpoint) { s.Signatures[1].Signature[64] -= 27 },
		"V of EIP-155": func(s *core.SignedCheckpoint) { s.Signatures[1].Signature[64] += 10 },
		"other V": func(s *core.SignedCheckpoint) {
			s.Signatures[1].Signature[64] = 27 + 28 - s.Signatures[1].Signature[64]
		},
		"high S": func(s *core.SignedCheckpoint) {
			sig := s.Signatures[1].Signature
			high := new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(sig[32:64]))
			high.FillBytes(sig[32:64])
			sig[64] = 27 + 28 - sig[64]
		},
		"zero R":     func(s *core.SignedCheckpoint) { clear(s.Signatures[1].Signature[:32]) },
		"short":      func(s *core.SignedCheckpoint) { s.Signatures[1].Signature = s.Signatures[1].Signature[:64] },
		"long":       func(s *core.SignedCheckpoint) { s.Signatures[1].Signature = append(s.Signatures[1].Signature, 0) },
		"empty":      func(s *core.SignedCheckpoint) { s.Signatures[1].Signature = nil },
		"twice":      func(s *core.SignedCheckpoint) { s.Signatures[1] = s.Signatures[0] },
		"unsorted":   func(s *core.SignedCheckpoint) { slices.Reverse(s.Signatures) },
		"wrong name": func(s *core.SignedCheckpoint) { s.Signatures[2].Validator[19]++ },
		"swapped": func(s *core.SignedCheckpoint) {
			s.Signatures[0].Signature, s.Signatures[1].Signature = s.Signatures[1].Signature, s.Signatures[0].Signature
		},
		"of another checkpoint": func(s *core.SignedCheckpoint) { s.Checkpoint.Time++ },
	} {
		t.Run(name, func(t *testing.T) {
			s := signedBy(t, c, 1, 2, 3)
			change(s)
			if err := s.Verify(set); !errors.Is(err, core.ErrCheckpointSignature) {
				t.Errorf("got %v, want %v", err, core.ErrCheckpointSignature)
			}
		})
	}
}

func TestCheckpoint_VerifyRefusesWrongFormAndSets(t *testing.T) {
	set := sampleSet(t)
	for name, change := range map[string]func(c *core.Checkpoint){
		"no tick":              func(c *core.Checkpoint) { c.Tick = 0 },
		"results unsorted":     func(c *core.Checkpoint) { slices.Reverse(c.Results) },
		"zone zero":            func(c *core.Checkpoint) { c.Results[0].Zone = 0 },
		"result of the future": func(c *core.Checkpoint) { c.Results[0].Tick = 43 },
	} {
		c := sampleCheckpoint(t)
		change(&c)
		if err := signedBy(t, c, 1, 2, 3).Verify(set); !errors.Is(err, core.ErrCheckpoint) {
			t.Errorf("%s: got %v, want %v", name, err, core.ErrCheckpoint)
		}
	}
	for name, wrong := range map[string]core.ValidatorSet{
		"nobody": nil, "unsorted": {set[1], set[0], set[2]}, "twice": {set[0], set[0], set[1], set[2]},
		"no power": {{set[0].Address, 0}, set[1], set[2]}, "too much": {{set[0].Address, 1 << 52}, set[1], set[2]},
		"too many": make(core.ValidatorSet, core.MaxValidators+1),
	} {
		if err := sampleSigned(t).Verify(wrong); !errors.Is(err, core.ErrValidatorSet) {
			t.Errorf("%s: got %v, want %v", name, err, core.ErrValidatorSet)
		}
	}
}

func TestCompleteCheckpoint_VerifyTiesTheParts(t *testing.T) {
	c := &core.CompleteCheckpoint{Draft: sampleDraft(t), Completion: sampleCompletion(t)}
	if err := c.Verify(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(c *core.CompleteCheckpoint){
		"tick":   func(c *core.CompleteCheckpoint) { c.Completion.Tick++ },
		"digest": func(c *core.CompleteCheckpoint) { c.Completion.Digest[0]++ },
		"next":   func(c *core.CompleteCheckpoint) { c.Draft.Next = c.Draft.Next[:2] },
		"signer": func(c *core.CompleteCheckpoint) { c.Completion.Signatures = c.Completion.Signatures[:1] },
	} {
		changed := &core.CompleteCheckpoint{Draft: sampleDraft(t), Completion: sampleCompletion(t)}
		change(changed)
		if changed.Verify() == nil {
			t.Errorf("%s: a change is not noticed", name)
		}
	}
}

func TestCheckEvidence_NamesWhoSignedBoth(t *testing.T) {
	one := sampleCheckpoint(t)
	other := sampleCheckpoint(t)
	other.LedgerRoot = common.Hash{99}
	address := func(n byte) common.Address { return crypto.PubkeyToAddress(ethKey(t, n).PublicKey) }
	guilty, err := core.CheckEvidence(signedBy(t, one, 1, 2), signedBy(t, other, 2, 3))
	if err != nil || len(guilty) != 1 || guilty[0] != address(2) {
		t.Errorf("guilty %v (%v), want %s", guilty, err, address(2))
	}
	later, foreign := other, other
	later.Tick, foreign.Network = 43, common.Hash{1}
	bad := signedBy(t, other, 2)
	bad.Signatures[0].Validator = address(1)
	for name, pair := range map[string][2]*core.SignedCheckpoint{
		"other tick":      {signedBy(t, one, 1), signedBy(t, later, 1)},
		"other network":   {signedBy(t, one, 1), signedBy(t, foreign, 1)},
		"the same":        {signedBy(t, one, 1), signedBy(t, one, 1)},
		"no common":       {signedBy(t, one, 1), signedBy(t, other, 2)},
		"no signature":    {signedBy(t, one), signedBy(t, other)},
		"framed":          {signedBy(t, one, 1), bad},
		"framed at first": {bad, signedBy(t, one, 1)},
	} {
		if guilty, err := core.CheckEvidence(pair[0], pair[1]); !errors.Is(err, core.ErrNoEvidence) || guilty != nil {
			t.Errorf("%s: guilty %v (%v), want %v", name, guilty, err, core.ErrNoEvidence)
		}
	}
}

func TestEvidence_SurvivesJSON(t *testing.T) {
	other := sampleCheckpoint(t)
	other.Time++
	b, err := json.Marshal(core.Evidence{Version: 1, Checkpoints: [2]core.SignedCheckpoint{*sampleSigned(t), *signedBy(t, other, 3)}})
	if err != nil {
		t.Fatal(err)
	}
	var e core.Evidence
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	if guilty, err := e.Check(); err != nil || len(guilty) != 1 {
		t.Errorf("guilty %v (%v)", guilty, err)
	}
	e.Version = 2
	if _, err := e.Check(); !errors.Is(err, core.ErrNoEvidence) {
		t.Errorf("another version: %v", err)
	}
}

// ethersDigest is what the test above compares with.
const ethersDigest = "0xb72045b5fea65a90920de9de6a9c3d31bbd4f2f45611a909819d0271085c2418"

func TestTypedData_NamesTheTypesThatAreHashed(t *testing.T) {
	c := sampleCheckpoint(t)
	typed := c.TypedData()
	render := func(name string) string {
		var fields []string
		for _, f := range typed.Types[name] {
			fields = append(fields, f.Type+" "+f.Name)
		}
		return name + "(" + strings.Join(fields, ",") + ")"
	}
	if got := render("EIP712Domain"); got != core.CheckpointDomainType {
		t.Errorf("domain %s", got)
	}
	if got := render("Checkpoint") + render("Result"); got != core.CheckpointType {
		t.Errorf("checkpoint %s", got)
	}
	message, ok := typed.Message.(core.TypedCheckpoint)
	if !ok || typed.Domain.Salt != sampleNetwork || message.Tick != "42" || len(message.Results) != 2 {
		t.Errorf("message %+v in %+v", typed.Message, typed.Domain)
	}
}
