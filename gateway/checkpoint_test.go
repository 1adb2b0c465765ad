package gateway_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// completeCheckpoint makes the checkpoint of a tick and slot that two of three validators signed, with powers 2 and 3 of 6.
func completeCheckpoint(t *testing.T, network core.NetworkID, tick, slot uint64) *core.CompleteCheckpoint {
	t.Helper()
	var set core.ValidatorSet
	var signatures []core.CheckpointSignature
	draft := &core.CheckpointDraft{
		Slot: slot,
		Checkpoint: core.Checkpoint{
			Network: network, Tick: tick, Time: slot * 1000, LedgerRoot: common.Hash{byte(tick)},
			Results: []core.Attested{{Zone: 1, Tick: tick - 1, Digest: common.Hash{9}}, {Zone: 1 << 60}},
		},
	}
	for n := byte(1); n <= 3; n++ {
		key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{n}, 32))
		if err != nil {
			t.Fatal(err)
		}
		set = append(set, core.SetMember{Address: crypto.PubkeyToAddress(key.PublicKey), Power: uint64(n)})
	}
	slices.SortFunc(set, func(a, b core.SetMember) int { return a.Address.Cmp(b.Address) })
	draft.Next, draft.Checkpoint.ValidatorSet = set, set.Hash()
	for n := byte(2); n <= 3; n++ {
		key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{n}, 32))
		if err != nil {
			t.Fatal(err)
		}
		signature, err := core.SignCheckpoint(key, draft.Checkpoint.Digest())
		if err != nil {
			t.Fatal(err)
		}
		signatures = append(signatures, core.CheckpointSignature{Validator: crypto.PubkeyToAddress(key.PublicKey), Signature: signature})
	}
	slices.SortFunc(signatures, func(a, b core.CheckpointSignature) int { return a.Validator.Cmp(b.Validator) })
	c := &core.CompleteCheckpoint{Draft: draft, Completion: &core.CheckpointCompletion{
		Tick: tick, Digest: draft.Checkpoint.Digest(), Set: set, Signatures: signatures,
	}}
	if err := c.Verify(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGetCheckpoint_BySlotAndTag(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	client := h.Dial(t, "http", "/")
	var status gateway.NetworkStatus
	if err := client.Call(&status, "lockstep_status"); err != nil || status.Checkpoint != nil {
		t.Fatalf("status before the first: %+v (%v)", status.Checkpoint, err)
	}
	for _, tag := range []any{"latest", "earliest", 100} {
		var view *gateway.CheckpointView
		wantReason(t, client.Call(&view, "lockstep_getCheckpoint", tag), 47202, "unknownCheckpoint")
	}
	network := h.Genesis.NetworkID()
	old, newest := completeCheckpoint(t, network, 5, 100), completeCheckpoint(t, network, 50, 102)
	h.Checkpoints.Add(old)
	h.Checkpoints.Add(newest)
	for _, c := range []struct {
		slot any
		want *core.CompleteCheckpoint
	}{{"latest", newest}, {"safe", newest}, {"finalized", newest}, {"earliest", old}, {100, old}, {102, newest}} {
		var view gateway.CheckpointView
		if err := client.Call(&view, "lockstep_getCheckpoint", c.slot); err != nil {
			t.Fatal(err)
		}
		if view.Slot != c.want.Draft.Slot || view.Tick != c.want.Completion.Tick || view.Digest != c.want.Completion.Digest {
			t.Errorf("%v: %+v", c.slot, view)
		}
	}
	if err := client.Call(&status, "lockstep_status"); err != nil {
		t.Fatal(err)
	}
	if want := (gateway.CheckpointHead{Slot: 102, Tick: 50, Time: 102000, Digest: newest.Completion.Digest}); *status.Checkpoint != want {
		t.Errorf("status: %+v, want %+v", status.Checkpoint, want)
	}
	var view *gateway.CheckpointView
	wantReason(t, client.Call(&view, "lockstep_getCheckpoint", 101), 47202, "unknownCheckpoint")
	for _, bad := range []any{"pending", "0x64", -1, 1.5, map[string]any{}} {
		wantReason(t, client.Call(&view, "lockstep_getCheckpoint", bad), 47102, "badValue")
	}
}

// The answer alone is enough to check the signatures: a client rebuilds the digest from the fields, and from the typed data.
func TestGetCheckpoint_HoldsAllThatAVerifierNeeds(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	h.Checkpoints.Add(completeCheckpoint(t, h.Genesis.NetworkID(), 5, 100))
	var view gateway.CheckpointView
	if err := h.Dial(t, "http", "/").Call(&view, "lockstep_getCheckpoint", "latest"); err != nil {
		t.Fatal(err)
	}
	checkpoint := core.Checkpoint{
		Network: view.NetworkID, Tick: view.Tick, Time: view.Time, LedgerRoot: view.LedgerRoot, ValidatorSet: view.ValidatorSet,
	}
	for _, r := range view.Results {
		checkpoint.Results = append(checkpoint.Results, core.Attested{Zone: r.Zone, Tick: r.Tick, Digest: r.Digest})
	}
	if checkpoint.Digest() != view.Digest {
		t.Errorf("the fields have digest %s, the answer says %s", checkpoint.Digest(), view.Digest)
	}
	var signers, next core.ValidatorSet
	for i, m := range view.Signers {
		signers = append(signers, core.SetMember{Address: m.Address, Power: m.Power})
		next = append(next, core.SetMember{Address: view.NextSigners[i].Address, Power: view.NextSigners[i].Power})
	}
	var signatures []core.CheckpointSignature
	for _, s := range view.Signatures {
		signatures = append(signatures, core.CheckpointSignature{Validator: s.Address, Signature: s.Signature})
	}
	if err := checkpoint.Verify(signers, signatures); err != nil || next.Hash() != view.ValidatorSet {
		t.Errorf("does not verify: %v", err)
	}
	if view.SignedPower != 5 || view.TotalPower != 6 || view.Signatures[0].Power+view.Signatures[1].Power != 5 {
		t.Errorf("power %d of %d", view.SignedPower, view.TotalPower)
	}
	want, err := json.Marshal(checkpoint.TypedData())
	if err != nil || string(want) != string(view.TypedData) {
		t.Errorf("typed data %s, want %s (%v)", view.TypedData, want, err)
	}
}

func TestGetCheckpoint_UnreadableLogIsAnInternalError(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	h.Checkpoints.Break(errors.New("disk"))
	client := h.Dial(t, "http", "/")
	for _, method := range [][]any{{"lockstep_getCheckpoint", "latest"}, {"lockstep_status"}} {
		var answer json.RawMessage
		var coded interface{ ErrorCode() int }
		if err := client.Call(&answer, method[0].(string), method[1:]...); !errors.As(err, &coded) || coded.ErrorCode() != 47000 {
			t.Errorf("%s: %s (%v)", method[0], answer, err)
		}
	}
}

func wantReason(t *testing.T, err error, code int, reason string) {
	t.Helper()
	got := failure(t, err)
	if got.Code != code || got.Data.Reason != reason {
		t.Errorf("got %+v (%v), want %d %s", got, err, code, reason)
	}
}
