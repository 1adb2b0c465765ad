package core_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/lockstep-network/lockstep/core"
)

// sampleControl sets two parameters, signed by two keys.
func sampleControl(t testing.TB) *core.Control {
	t.Helper()
	return sampleControlOf(t, core.Change{
		SetParameters: &core.SetParameters{Values: []core.ParameterValue{{Name: "bundleGasRate", Value: 7}, {Name: "maxBundleLegs", Value: 16}}},
	})
}

func sampleControlOf(t testing.TB, change core.Change) *core.Control {
	t.Helper()
	c := &core.Control{Sequence: 3, Effective: 1200, NotAfter: 1_700_000_100_000, Change: change}
	for _, seed := range []byte{5, 6} {
		if err := c.Sign(sampleNetwork, ethKey(t, seed)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// sampleChanges has one change of each kind, in the order of the kinds, and the registrations of a rollup of kind evm.
func sampleChanges(t testing.TB) []core.Change {
	v := sampleGenesis(t).Validators[0]
	return []core.Change{
		{RegisterRollup: &core.RegisterRollup{ID: 777, Name: "new", Kind: core.KindOPStack, Operator: common.Address{7}}},
		{RetireRollup: &core.RetireRollup{ID: 777}},
		{SetOperator: &core.SetOperator{ID: 777, Operator: common.Address{8}}},
		{SetParameters: &core.SetParameters{Values: []core.ParameterValue{{Name: "maxBundleLegs", Value: 16}}}},
		{AddValidator: &v},
		{RemoveValidator: &core.RemoveValidator{Address: common.Address{9}}},
		{ReplaceKeys: &core.ReplaceKeys{Address: common.Address{9}, Validator: v}},
		{SetPower: &core.SetPower{Address: common.Address{9}, Power: 5}},
		{SetProtocol: &core.SetProtocol{Version: 3}},
		{Cancel: &core.CancelChange{Sequence: 2}},
		sampleJoining(t).Change(sampleGenesis(t)), // the first kind again, of kind evm
		sampleJoining(t).Forming(sampleGenesis(t)),
	}
}

func TestChange_EveryKindIsReadAsItWasWritten(t *testing.T) {
	for i, change := range sampleChanges(t) {
		want := core.ChangeKind(i + 1)
		if want > core.ChangeCancel {
			want = core.ChangeRegisterRollup
		}
		if kind := change.Kind(); kind != want {
			t.Fatalf("kind %d, want %d", kind, want)
		}
		entry := core.Control{Sequence: 1, Change: change}
		again, err := core.DecodeControl(entry.Encode())
		if err != nil || !reflect.DeepEqual(again.Change, change) {
			t.Errorf("%s: read as %+v, %v", change.Words(), again, err)
		}
		b, err := json.Marshal(change)
		if err != nil {
			t.Fatal(err)
		}
		var fromJSON core.Change
		if err := json.Unmarshal(b, &fromJSON); err != nil || !reflect.DeepEqual(fromJSON, change) {
			t.Errorf("%s: JSON is read as %+v, %v", change.Words(), fromJSON, err)
		}
	}
}

// A change has one encoding: fields that came later are left out where they are zero.
func TestDecodeChange_TakesOnlyTheCanonicalForm(t *testing.T) {
	change := core.Change{RegisterRollup: &core.RegisterRollup{ID: 7, Name: "a", Kind: core.KindOpaque}}
	encoded := change.Encode()
	long := append([]byte{encoded[0], encoded[1] + 1}, encoded[2:]...)
	long = append(long, 0x80) // the zone, zero
	if _, err := core.DecodeChange(long); !errors.Is(err, core.ErrMalformed) {
		t.Errorf("%x: %v, want %v", long, err, core.ErrMalformed)
	}
	if again, err := core.DecodeChange(encoded); err != nil || !reflect.DeepEqual(again, change) {
		t.Errorf("%x: %+v, %v", encoded, again, err)
	}
}

// What a wallet signs of the typed data is the digest.
func TestControl_TypedDataIsTheDigest(t *testing.T) {
	for _, change := range sampleChanges(t) {
		entry := core.Control{Sequence: 3, Effective: 5, NotAfter: 7, Change: change}
		b, err := json.Marshal(entry.TypedData(sampleNetwork))
		if err != nil {
			t.Fatal(err)
		}
		var typed apitypes.TypedData
		if err := json.Unmarshal(b, &typed); err != nil {
			t.Fatal(err)
		}
		hash, _, err := apitypes.TypedDataAndHash(typed)
		if err != nil || common.BytesToHash(hash) != entry.Digest(sampleNetwork) {
			t.Errorf("%s: typed data %x (%v), digest %s", change.Words(), hash, err, entry.Digest(sampleNetwork))
		}
	}
}

func TestControl_VerifyCountsPowerAndNamesWhoIsMissing(t *testing.T) {
	c := sampleControl(t)
	signers, err := c.Signers(sampleNetwork)
	if err != nil || len(signers) != 2 {
		t.Fatalf("signers %v, %v", signers, err)
	}
	third := common.Address{19: 0xff, 0: 0xff}
	set := core.ValidatorSet{{Address: signers[0], Power: 1}, {Address: signers[1], Power: 1}, {Address: third, Power: 1}}
	if err := c.Verify(sampleNetwork, set); !errors.Is(err, core.ErrControlQuorum) || !strings.Contains(err.Error(), third.Hex()) {
		t.Errorf("two of three: %v, want %v that names %s", err, core.ErrControlQuorum, third)
	}
	set[1].Power = 2
	if err := c.Verify(sampleNetwork, set); err != nil {
		t.Errorf("three of four: %v", err)
	}
	if err := c.Verify(sampleNetwork, set[1:]); !errors.Is(err, core.ErrControlSignature) {
		t.Errorf("signed by a stranger: %v, want %v", err, core.ErrControlSignature)
	}
	stranger := *c
	stranger.Signatures = []core.CheckpointSignature{{Validator: third, Signature: make([]byte, 65)}}
	if err := stranger.Verify(sampleNetwork, set[:2]); !errors.Is(err, core.ErrControlSignature) || !strings.Contains(err.Error(), "no validator that may sign") {
		t.Errorf("a stranger's signature is looked at: %v", err)
	}
	if err := c.Verify(common.Hash{5}, set); !errors.Is(err, core.ErrControlSignature) {
		t.Errorf("other network: %v, want %v", err, core.ErrControlSignature)
	}
}

func TestChange_ValidateRefusesWhatCanNeverBe(t *testing.T) {
	for name, change := range map[string]core.Change{
		"nothing":           {},
		"two at once":       {RetireRollup: &core.RetireRollup{ID: 1}, SetPower: &core.SetPower{Power: 1}},
		"evm rollup":        {RegisterRollup: &core.RegisterRollup{ID: 1, Name: "a", Kind: core.KindEVM}},
		"no operator":       {RegisterRollup: &core.RegisterRollup{ID: 1, Name: "a", Kind: core.KindOPStack}},
		"bad name":          {RegisterRollup: &core.RegisterRollup{ID: 1, Name: "A b", Kind: core.KindOpaque}},
		"fixed parameter":   {SetParameters: &core.SetParameters{Values: []core.ParameterValue{{Name: "slotSeconds", Value: 1}}}},
		"parameters twice":  {SetParameters: &core.SetParameters{Values: []core.ParameterValue{{Name: "maxBundleLegs"}, {Name: "maxBundleLegs"}}}},
		"no parameter":      {SetParameters: &core.SetParameters{}},
		"power zero":        {SetPower: &core.SetPower{}},
		"no version":        {SetProtocol: &core.SetProtocol{}},
		"nothing to cancel": {Cancel: &core.CancelChange{}},
		"zone of an opaque": {RegisterRollup: &core.RegisterRollup{ID: 1, Name: "a", Kind: core.KindOpaque, Zone: 1}},
		"opaque that forms": {RegisterRollup: &core.RegisterRollup{ID: 1, Name: "a", Kind: core.KindOpaque, Forms: true}},
		"forms no zone": {RegisterRollup: &core.RegisterRollup{
			ID: 1, Name: "a", Kind: core.KindEVM, Genesis: common.Hash{1}, SystemContracts: common.Hash{2}, Forms: true,
		}},
		"validator unknown": {AddValidator: &core.Validator{Power: 1}},
	} {
		if err := change.Validate(); !errors.Is(err, core.ErrControl) {
			t.Errorf("%s: %v, want %v", name, err, core.ErrControl)
		}
	}
}
