package core_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"

	"github.com/lockstep-network/lockstep/core"
)

// concat hashes what the formulas of docs/spec/formats.md write with ‖, from scratch.
func concat(parts ...any) common.Hash {
	var all []byte
	for _, part := range parts {
		switch v := part.(type) {
		case string:
			all = append(all, v...)
		case []byte:
			all = append(all, v...)
		case common.Hash:
			all = append(all, v[:]...)
		case uint64:
			all = append(all, core.U64(v)...)
		default:
			panic("unknown part of a hash")
		}
	}
	return crypto.Keccak256Hash(all)
}

func TestHashes_FollowTheirFormulas(t *testing.T) {
	tick, bundle, outcome, results := sampleTick(t), sampleBundle(t), sampleOutcome(t), sampleResults()
	items := tick.LaneItems(rollupA)
	leaves := make([]common.Hash, len(items))
	for i, item := range items {
		leaves[i] = item.Leaf()
	}
	head := core.LaneHead{NextSeq: 5, Head: common.Hash{1}}
	row, _ := head.Advance(sampleNetwork, rollupA, 42, items)
	leg := items[0]
	for _, c := range []struct {
		name      string
		got, want common.Hash
	}{
		{"bundle id", bundle.ID(sampleNetwork), concat("lockstep/bundle/v1", sampleNetwork, bundle.Encode())},
		{"lane item", leg.Leaf(), concat("lockstep/lane-item/v1", leg.Bundle, uint64(leg.Leg), leg.Tx.Hash())},
		{"lane head", row.Head, concat("lockstep/lane/v1", sampleNetwork, uint64(901), head.Head, uint64(42), uint64(5), uint64(3), core.MerkleRoot(leaves))},
		{"outcome", outcome.Leaf(), concat("lockstep/outcome/v1", uint64(902), uint64(10), outcome.TxHash, uint64(34), outcome.Bundle, outcome.ReceiptHash)},
		{"rollup result", results[0].Leaf(), concat("lockstep/rollup-result/v1", uint64(901), uint64(13), uint64(12), results[0].OutcomesRoot, results[0].ReceiptsRoot, results[0].LastSealed)},
		{"zone digest", core.NextZoneDigest(sampleNetwork, 1, common.Hash{2}, 42, results), concat("lockstep/zone-digest/v1", sampleNetwork, uint64(1), common.Hash{2}, uint64(42), core.MerkleRoot([]common.Hash{results[0].Leaf(), results[1].Leaf()}))},
		{"marker", core.DefaultPredeploy().Marker, concat("lockstep/marker/v1")},
		{"transaction", sampleTx(t, rollupA, 2).Hash(), concat(sampleTx(t, rollupA, 2).Raw())},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

func TestCommitment_FollowsItsFormula(t *testing.T) {
	bundle := sampleBundle(t)
	decoded, err := bundle.DecodeLegs(sampleNetwork, kindOf)
	if err != nil {
		t.Fatal(err)
	}
	first, second := decoded.Txs[0].Eth(), decoded.Txs[1].Eth()
	sender, noAuthorizations := crypto.PubkeyToAddress(ethKey(t, 1).PublicKey), crypto.Keccak256([]byte{0xc0})
	encoded, err := rlp.EncodeToBytes([]any{sampleNetwork, uint64(1), bundle.NotBefore, bundle.NotAfter, []any{
		[]any{uint64(901), uint64(2), sender, uint64(3), []byte{}, first.Value(), crypto.Keccak256([]byte("deploy")), uint64(90000), noAuthorizations, false},
		[]any{uint64(902), uint64(0), sender, uint64(1), sampleTo, second.Value(), crypto.Keccak256(nil), uint64(21000), noAuthorizations, true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := concat("lockstep/commitment/v1", encoded)
	if got := bundle.ComputeCommitment(sampleNetwork, committedLegs(t, bundle)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCommitment_BindsEveryFieldOfALeg(t *testing.T) {
	bundle := sampleBundle(t)
	legs := committedLegs(t, bundle)
	seen := map[common.Hash]string{bundle.ComputeCommitment(sampleNetwork, legs): "the sample"}
	note := func(name string, network core.NetworkID, b *core.Bundle, legs []core.CommittedLeg) {
		c := b.ComputeCommitment(network, legs)
		if other, taken := seen[c]; taken {
			t.Errorf("%s: the commitment is the one of %s", name, other)
		}
		seen[c] = name
	}
	for name, change := range map[string]func(l *core.CommittedLeg){
		"rollup":          func(l *core.CommittedLeg) { l.Rollup++ },
		"type":            func(l *core.CommittedLeg) { l.TxType++ },
		"sender":          func(l *core.CommittedLeg) { l.Sender[0]++ },
		"nonce":           func(l *core.CommittedLeg) { l.Nonce++ },
		"to":              func(l *core.CommittedLeg) { l.To = &common.Address{9} },
		"to zero, no to":  func(l *core.CommittedLeg) { l.To = new(common.Address) },
		"value":           func(l *core.CommittedLeg) { l.Value = []byte{9} },
		"data":            func(l *core.CommittedLeg) { l.DataHash[0]++ },
		"gas":             func(l *core.CommittedLeg) { l.Gas++ },
		"authorizations":  func(l *core.CommittedLeg) { l.AuthHash[0]++ },
		"reverts allowed": func(l *core.CommittedLeg) { l.MayRevert = !l.MayRevert },
	} {
		changed := slices.Clone(legs)
		change(&changed[0])
		note(name, sampleNetwork, bundle, changed)
	}
	for name, change := range map[string]func(b *core.Bundle){
		"atomicity": func(b *core.Bundle) { b.Atomicity = core.AtomicInclusion },
		"notBefore": func(b *core.Bundle) { b.NotBefore++ },
		"notAfter":  func(b *core.Bundle) { b.NotAfter++ },
	} {
		changed := *bundle
		change(&changed)
		note(name, sampleNetwork, &changed, legs)
	}
	note("network", common.Hash{1}, bundle, legs)
	note("order of legs", sampleNetwork, bundle, []core.CommittedLeg{legs[1], legs[0]})
	note("fewer legs", sampleNetwork, bundle, legs[:1])

	// Fees, the access list and the commitment itself are not bound: a wallet signs them knowing the commitment.
	unbound := *bundle
	unbound.Commitment = common.Hash{7}
	if _, same := seen[unbound.ComputeCommitment(sampleNetwork, legs)]; !same {
		t.Error("the commitment depends on the bundle's commitment field")
	}
}

func TestCommitLeg_TakesAuthorizations(t *testing.T) {
	tx := sampleEthTx(t, rollupA, gethtypes.SetCodeTxType)
	encoded, err := rlp.EncodeToBytes(tx.SetCodeAuthorizations())
	if err != nil {
		t.Fatal(err)
	}
	leg := core.CommitLeg(tx, rollupA, common.Address{1}, true)
	if leg.AuthHash != crypto.Keccak256Hash(encoded) || leg.TxType != 4 || !leg.MayRevert || leg.Rollup != uint64(rollupA) {
		t.Errorf("got %+v", leg)
	}
}

func TestTags_AreNoPrefixesOfEachOther(t *testing.T) {
	tags := []core.Tag{
		core.TagGenesis, core.TagBundle, core.TagCommitment, core.TagLane, core.TagLaneItem, core.TagOutcome,
		core.TagRollupResult, core.TagZoneDigest, core.TagPrevRandao, core.TagProvisional, core.TagProofConsensus,
		core.TagProofEthereum, core.TagLedgerKey, core.TagSystemContracts, core.TagMarker,
		core.TagValidatorSet,
	}
	for _, a := range tags {
		if !strings.HasPrefix(string(a), "lockstep/") || !strings.HasSuffix(string(a), "/v1") {
			t.Errorf("tag %q is not of the form lockstep/<thing>/v1", a)
		}
		for _, b := range tags {
			if a != b && strings.HasPrefix(string(a), string(b)) {
				t.Errorf("tag %q begins with tag %q", a, b)
			}
		}
	}
}

func TestLane_AdvancesOnlyWithItems(t *testing.T) {
	head := core.LaneHead{NextSeq: 5, Head: common.Hash{1}}
	if _, ok := head.Advance(sampleNetwork, rollupA, 42, nil); ok {
		t.Error("the head moved without items")
	}
	items := sampleTick(t).LaneItems(rollupA)
	row, ok := head.Advance(sampleNetwork, rollupA, 42, items)
	if !ok || row.FirstSeq != 5 || row.Count != 3 || row.After() != (core.LaneHead{NextSeq: 8, Head: row.Head}) {
		t.Errorf("got %+v, %v", row, ok)
	}
	for name, other := range map[string]core.LaneRow{
		"network": firstOf(head.Advance(common.Hash{}, rollupA, 42, items)),
		"rollup":  firstOf(head.Advance(sampleNetwork, rollupB, 42, items)),
		"tick":    firstOf(head.Advance(sampleNetwork, rollupA, 43, items)),
		"seq":     firstOf(core.LaneHead{NextSeq: 6, Head: head.Head}.Advance(sampleNetwork, rollupA, 42, items)),
		"head":    firstOf(core.LaneHead{NextSeq: 5}.Advance(sampleNetwork, rollupA, 42, items)),
		"items":   firstOf(head.Advance(sampleNetwork, rollupA, 42, items[1:])),
	} {
		if other.Head == row.Head {
			t.Errorf("the head does not depend on the %s", name)
		}
	}
}

func firstOf(row core.LaneRow, _ bool) core.LaneRow { return row }

func TestLaneItems_LegsComeBeforeSingles(t *testing.T) {
	tick := sampleTick(t)
	items := tick.LaneItems(rollupA)
	if len(items) != 3 || !items[0].IsLeg() || items[1].IsLeg() || items[2].IsLeg() {
		t.Fatalf("got %+v", items)
	}
	if legs := tick.LaneItems(rollupB); len(legs) != 1 || legs[0].Leg != 1 || legs[0].Bundle != tick.Bundles[0].Hash {
		t.Errorf("lane of rollup 902: %+v", legs)
	}
	if none := tick.LaneItems(999); none != nil {
		t.Errorf("lane of a rollup without items: %+v", none)
	}
}

func TestTickRecord_GivesTheTickBack(t *testing.T) {
	want := sampleTick(t)
	got, err := sampleTickRecord(t).Tick(sampleNetwork, kindOf)
	if err != nil {
		t.Fatal(err)
	}
	payload, wantPayload := got.Payload(), want.Payload()
	if got.Number != want.Number || got.Time != want.Time || len(payload) != len(wantPayload) {
		t.Fatalf("got %+v", got)
	}
	for i := range payload {
		if !bytes.Equal(payload[i], wantPayload[i]) {
			t.Errorf("payload %d differs", i)
		}
	}
	if empty := (&core.Tick{}); !empty.Empty() || got.Empty() {
		t.Error("Empty is wrong")
	}
}

func TestDecodePayload_RefusesForeignAndMisplacedParts(t *testing.T) {
	payload := sampleTick(t).Payload()
	for name, parts := range map[string][][]byte{
		"system entry":          {sampleSystemEntry().Encode()},
		"bundles after section": {payload[1], payload[0]},
		"two bundle sections":   {payload[0], payload[0]},
		"empty part":            {{}},
		"unknown rollup":        {core.Section{Rollup: 999}.Encode()},
	} {
		t.Run(name, func(t *testing.T) {
			if err := new(core.Tick).DecodePayload(parts, sampleNetwork, kindOf); err == nil {
				t.Error("accepted")
			}
		})
	}
}
