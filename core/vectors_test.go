package core_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

// vector is one value that must never move: networks are identified and signed by these bytes.
type vector struct {
	name  string
	value []byte
}

func hashVector(name string, h common.Hash) vector { return vector{name, h[:]} }

// vectors lists a value of every encoding and every hash of package core.
func vectors(t *testing.T) []vector {
	tick, bundle := sampleTick(t), sampleBundle(t)
	committed := committedLegs(t, bundle)
	validator := &sampleGenesis(t).Validators[0]
	joins, forms := sampleJoining(t).Change(sampleGenesis(t)), sampleJoining(t).Forming(sampleGenesis(t))
	list := []vector{
		{"encoding/transaction", sampleTx(t, rollupA, gethtypes.LegacyTxType).EncodeEntry()},
		{"encoding/transaction-opaque", core.NewOpaqueTransaction(rollupC, []byte("opaque bytes")).EncodeEntry()},
		{"encoding/bundle", bundle.Encode()},
		{"encoding/block", sampleBlock(t).Encode()},
		{"encoding/report", sampleReport(t).Encode()},
		hashVector("hash/block-digest", sampleBlock(t).Digest(sampleNetwork)),
		hashVector("hash/report-digest", sampleReport(t).Digest(sampleNetwork)),
		hashVector("hash/lane-item-block", core.NewLaneItem(core.NewBlockEntry(sampleBlock(t))).Leaf()),
		hashVector("hash/lane-item-report", core.NewLaneItem(core.NewReportEntry(sampleReport(t))).Leaf()),
		{"encoding/control", sampleControl(t).Encode()},
		hashVector("hash/control-digest", sampleControl(t).Digest(sampleNetwork)),
		{"signature/control", sampleControl(t).Signatures[0].Signature},
		{"text/control", []byte(sampleControl(t).Change.Words())},
		{"encoding/control-joining", sampleControlOf(t, joins).Encode()},
		{"text/control-joining", []byte(joins.Words())},
		{"encoding/control-forming", sampleControlOf(t, forms).Encode()},
		{"text/control-forming", []byte(forms.Words())},
		hashVector("hash/rollup-genesis", sampleJoining(t).Hash(sampleNetwork)),
		hashVector("hash/system-contracts", sampleJoining(t).SystemContracts(core.DefaultPredeploy().Address)),
		{"encoding/control-cancel", sampleControlOf(t, core.Change{Cancel: &core.CancelChange{Sequence: 2}}).Encode()},
		{"encoding/section", tick.Sections[0].Encode()},
		{"encoding/bundle-section", core.EncodeBundleSection(tick.Bundles)},
		{"encoding/system-entry", sampleSystemEntry().Encode()},
		{"encoding/system-entry-first-tick", core.SystemEntry{}.Encode()},
		{"encoding/vote-extension", sampleVoteExtension().Encode()},
		{"encoding/vote-extension-empty", new(core.VoteExtension).Encode()},
		{"encoding/gossip-batch", sampleGossipBatch(t).Encode()},
		{"encoding/replacing-bundle", sampleReplacing(t).Encode()},
		{"encoding/cancellation", sampleCancellation(t).Encode()},
		hashVector("hash/replace-digest", core.ReplaceDigest(sampleNetwork, sampleUUID, 7, bundle.ID(sampleNetwork))),
		hashVector("hash/cancel-digest", core.CancelDigest(sampleNetwork, sampleUUID, 8)),
		hashVector("hash/cancel-intent-digest", core.CancelIntentDigest(sampleNetwork, common.Hash{9})),
		{"signature/replacement", sampleReplacing(t).Replacement.Signature},
		{"signature/cancellation", sampleCancellation(t).Signature},
		{"encoding/tick-record", sampleTickRecord(t).Encode()},
		{"encoding/tick-record-empty", (&core.TickRecord{Number: 1, Time: 1_700_000_000_000}).Encode()},
		{"encoding/tick-record-members", sampleMembersRecord().Encode()},
		{"encoding/vote-extension-signing", (&core.VoteExtension{Checkpoint: sampleVote(t)}).Encode()},
		{"encoding/draft", sampleDraft(t).Encode()},
		{"encoding/completion", sampleCompletion(t).Encode()},
		{"encoding/signed-checkpoint", sampleSigned(t).Encode()},
		{"encoding/validator-set", sampleSet(t).Encode()},
		hashVector("hash/validator-set", sampleSet(t).Hash()),
		hashVector("hash/checkpoint-digest", sampleSigned(t).Checkpoint.Digest()),
		{"signature/checkpoint", sampleSigned(t).Signatures[0].Signature},
		hashVector("hash/bundle-id", bundle.ID(sampleNetwork)),
		hashVector("hash/commitment", bundle.ComputeCommitment(sampleNetwork, committed)),
		hashVector("hash/commitment-deployment", bundle.ComputeCommitment(sampleNetwork, committed[:1])),
		hashVector("hash/merkle-0", core.MerkleRoot(nil)),
		hashVector("hash/merkle-1", core.MerkleRoot(numbered(1))),
		hashVector("hash/merkle-7", core.MerkleRoot(numbered(7))),
		hashVector("hash/lane-item-single", core.LaneItem{Tx: tick.Sections[0].Txs[0]}.Leaf()),
		hashVector("hash/lane-item-leg", tick.LaneItems(rollupB)[0].Leaf()),
		hashVector("hash/outcome-leaf", sampleOutcome(t).Leaf()),
		hashVector("hash/rollup-result-leaf", sampleResults()[0].Leaf()),
		hashVector("hash/zone-digest", core.NextZoneDigest(sampleNetwork, zone1, common.Hash{9}, 42, sampleResults())),
		hashVector("hash/possession-consensus", validator.PossessionHash(core.TagProofConsensus)),
		hashVector("hash/possession-ethereum", validator.PossessionHash(core.TagProofEthereum)),
		{"signature/possession-consensus", validator.ConsensusProof},
		{"signature/possession-ethereum", validator.EthereumProof},
		{"hash/consensus-address", addressOf(validator)},
		hashVector("hash/network-id", sampleGenesis(t).NetworkID()),
		{"text/chain-id", []byte(sampleGenesis(t).ChainID())},
		hashVector("predeploy/marker", core.DefaultPredeploy().Marker),
		{"predeploy/address", core.DefaultPredeploy().Address.Bytes()},
		{"predeploy/code", core.DefaultPredeploy().Code},
	}
	for _, row := range sampleTickRecord(t).Lanes {
		list = append(list, hashVector(fmt.Sprintf("hash/lane-root-%s", row.Rollup), row.Root))
		list = append(list, hashVector(fmt.Sprintf("hash/lane-head-%s", row.Rollup), row.Head))
	}
	for _, txType := range []byte{0, 1, 2, 4} {
		list = append(list, hashVector(fmt.Sprintf("hash/transaction-type-%d", txType), sampleTx(t, rollupA, txType).Hash()))
	}
	return list
}

func addressOf(v *core.Validator) []byte {
	address := v.ConsensusAddress()
	return address[:]
}

func committedLegs(t testing.TB, b *core.Bundle) []core.CommittedLeg {
	t.Helper()
	decoded, err := b.DecodeLegs(sampleNetwork, kindOf)
	if err != nil {
		t.Fatal(err)
	}
	legs := make([]core.CommittedLeg, len(b.Legs))
	for i, leg := range b.Legs {
		sender, err := gethtypes.Sender(signer(leg.Rollup), decoded.Txs[i].Eth())
		if err != nil {
			t.Fatal(err)
		}
		legs[i] = core.CommitLeg(decoded.Txs[i].Eth(), leg.Rollup, sender, leg.MayRevert)
	}
	return legs
}

// numbered are n different leaves.
func numbered(n int) []common.Hash {
	leaves := make([]common.Hash, n)
	for i := range leaves {
		leaves[i] = common.Hash{0: byte(i + 1)}
	}
	return leaves
}

func TestFormats_Golden(t *testing.T) {
	var out strings.Builder
	out.WriteString("# Values of every encoding and hash of package core, computed from the samples in sample_test.go.\n")
	out.WriteString("# A change here changes the protocol: networks made before it cannot be read any more.\n")
	for _, v := range vectors(t) {
		fmt.Fprintf(&out, "%s %s\n", v.name, hexutil.Encode(v.value))
	}
	golden.Equal(t, "testdata/formats.golden", out.String())
}

func TestEncodings_BeginWithVersionAndKind(t *testing.T) {
	kinds := map[string]core.EncodingKind{
		"transaction": core.EncTransaction, "bundle": core.EncBundle, "block": core.EncBlock, "report": core.EncReport, "section": core.EncSection,
		"bundle-section": core.EncBundleSection, "system-entry": core.EncSystemEntry,
		"draft": core.EncDraft, "completion": core.EncCompletion, "signed-checkpoint": core.EncSignedCheckpoint,
		"validator-set": core.EncValidatorSet, "vote-extension": core.EncVoteExtension, "gossip-batch": core.EncGossipBatch, "replacing-bundle": core.EncReplacingBundle,
		"cancellation": core.EncCancellation, "control": core.EncControl, "tick-record": core.EncTickRecord,
	}
	for _, v := range vectors(t) {
		name, isEncoding := strings.CutPrefix(v.name, "encoding/")
		if !isEncoding {
			continue
		}
		for _, suffix := range []string{"-opaque", "-first-tick", "-empty", "-signing", "-joining", "-forming", "-cancel", "-members"} {
			name = strings.TrimSuffix(name, suffix)
		}
		if kind, err := core.KindOf(v.value); err != nil || kind != kinds[name] {
			t.Errorf("%s: kind %#x, error %v, want kind %#x", v.name, kind, err, kinds[name])
		}
	}
}
