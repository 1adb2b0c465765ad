package core_test

import (
	"bytes"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// codec is one encoding: a sample, and decoding followed by encoding.
type codec struct {
	name   string
	kind   core.EncodingKind
	sample func(t testing.TB) []byte
	recode func(b []byte) ([]byte, error)
}

func codecs() []codec {
	return []codec{
		{"transaction", core.EncTransaction, func(t testing.TB) []byte { return sampleTx(t, rollupA, 2).EncodeEntry() }, recodeEntry},
		{"opaque", core.EncTransaction, func(testing.TB) []byte { return core.NewOpaqueTransaction(rollupC, []byte{1}).EncodeEntry() }, recodeOpaque},
		{"bundle", core.EncBundle, func(t testing.TB) []byte { return sampleBundle(t).Encode() }, recodeBundle},
		{"control", core.EncControl, func(t testing.TB) []byte { return sampleControl(t).Encode() }, recodeControl},
		{"section", core.EncSection, func(t testing.TB) []byte { return sampleTick(t).Sections[0].Encode() }, recodeSection},
		{"bundleSection", core.EncBundleSection, func(t testing.TB) []byte { return core.EncodeBundleSection(sampleTick(t).Bundles) }, recodeBundleSection},
		{"systemEntry", core.EncSystemEntry, func(testing.TB) []byte { return sampleSystemEntry().Encode() }, recodeSystemEntry},
		{"voteExtension", core.EncVoteExtension, func(testing.TB) []byte { return sampleVoteExtension().Encode() }, recodeVoteExtension},
		{"gossipBatch", core.EncGossipBatch, func(t testing.TB) []byte { return sampleGossipBatch(t).Encode() }, recodeGossipBatch},
		{"replacingBundle", core.EncReplacingBundle, func(t testing.TB) []byte { return sampleReplacing(t).Encode() }, recodeReplacing},
		{"cancellation", core.EncCancellation, func(t testing.TB) []byte { return sampleCancellation(t).Encode() }, recodeCancellation},
		{"draft", core.EncDraft, func(t testing.TB) []byte { return sampleDraft(t).Encode() }, recodeDraft},
		{"completion", core.EncCompletion, func(t testing.TB) []byte { return sampleCompletion(t).Encode() }, recodeCompletion},
		{"signedCheckpoint", core.EncSignedCheckpoint, func(t testing.TB) []byte { return sampleSigned(t).Encode() }, recodeSignedCheckpoint},
		{"validatorSet", core.EncValidatorSet, func(t testing.TB) []byte { return sampleSet(t).Encode() }, recodeValidatorSet},
		{"tickRecord", core.EncTickRecord, func(t testing.TB) []byte { return sampleTickRecord(t).Encode() }, recodeTickRecord},
	}
}

func recodeEntry(b []byte) ([]byte, error) {
	tx, err := core.DecodeEntry(rollupA, core.KindEVM, b)
	return tx.EncodeEntry(), err
}

func recodeOpaque(b []byte) ([]byte, error) {
	tx, err := core.DecodeEntry(rollupC, core.KindOpaque, b)
	return tx.EncodeEntry(), err
}

func recodeBundle(b []byte) ([]byte, error) {
	bundle, err := core.DecodeBundle(b)
	if err != nil {
		return nil, err
	}
	return bundle.Encode(), nil
}

func recodeControl(b []byte) ([]byte, error) {
	c, err := core.DecodeControl(b)
	if err != nil {
		return nil, err
	}
	return c.Encode(), nil
}

func recodeSection(b []byte) ([]byte, error) {
	section, err := core.DecodeSection(b, kindOf)
	return section.Encode(), err
}

func recodeBundleSection(b []byte) ([]byte, error) {
	bundles, err := core.DecodeBundleSection(b, sampleNetwork, kindOf)
	return core.EncodeBundleSection(bundles), err
}

func recodeSystemEntry(b []byte) ([]byte, error) {
	entry, err := core.DecodeSystemEntry(b)
	return entry.Encode(), err
}

func recodeVoteExtension(b []byte) ([]byte, error) {
	v, err := core.DecodeVoteExtension(b, 64)
	if err != nil {
		return nil, err
	}
	return v.Encode(), nil
}

func recodeGossipBatch(b []byte) ([]byte, error) {
	batch, err := core.DecodeGossipBatch(b)
	return batch.Encode(), err
}

func recodeReplacing(b []byte) ([]byte, error) {
	r, err := core.DecodeReplacingBundle(b)
	if err != nil {
		return nil, err
	}
	return r.Encode(), nil
}

func recodeCancellation(b []byte) ([]byte, error) {
	c, err := core.DecodeCancellation(b)
	if err != nil {
		return nil, err
	}
	return c.Encode(), nil
}

func recodeTickRecord(b []byte) ([]byte, error) {
	record, err := core.DecodeTickRecord(b)
	if err != nil {
		return nil, err
	}
	return record.Encode(), nil
}

func TestEncodings_RoundTrip(t *testing.T) {
	for _, c := range codecs() {
		t.Run(c.name, func(t *testing.T) {
			sample := c.sample(t)
			if again, err := c.recode(sample); err != nil || !bytes.Equal(again, sample) {
				t.Errorf("error %v\nhave %x\nwant %x", err, again, sample)
			}
		})
	}
}

func TestEncodings_RefuseOtherVersionsKindsAndLengths(t *testing.T) {
	for _, c := range codecs() {
		sample := c.sample(t)
		for _, broken := range []struct {
			name string
			b    []byte
			want error
		}{
			{"other version", append([]byte{2}, sample[1:]...), core.ErrUnknownVersion},
			{"other kind", append([]byte{core.EncodingVersion, 0xff}, sample[2:]...), core.ErrUnknownKind},
			{"nothing", nil, core.ErrMalformed},
			{"version only", sample[:1], core.ErrMalformed},
		} {
			t.Run(c.name+"/"+broken.name, func(t *testing.T) {
				if _, err := c.recode(broken.b); !errors.Is(err, broken.want) {
					t.Errorf("got %v, want %v", err, broken.want)
				}
			})
		}
		if c.name == "opaque" { // any bytes are an opaque transaction
			continue
		}
		t.Run(c.name+"/trailing byte", func(t *testing.T) {
			if _, err := c.recode(append(slices.Clone(sample), 0)); !errors.Is(err, core.ErrMalformed) {
				t.Errorf("got %v, want ErrMalformed", err)
			}
		})
		t.Run(c.name+"/cut off", func(t *testing.T) {
			for n := range sample {
				if _, err := c.recode(sample[:n]); err == nil {
					t.Errorf("%d of %d bytes are accepted", n, len(sample))
				}
			}
		})
	}
}

// A length prefix is a claim: what it claims must be there before memory is taken for it.
func TestEncodings_HugeLengthsDoNotAllocate(t *testing.T) {
	claims := [][]byte{
		{0xfb, 0x7f, 0xff, 0xff, 0xff},                                                 // a list of 2 GiB
		{0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},                         // a list of 2^63-1 bytes
		{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},                         // a list of 2^64-1 bytes
		{0xc9, 0xbf, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},                   // a string of 2^63-1 bytes in a list
		{0xca, 0x01, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},             // a list in a list
		{0xcb, 0x01, 0x02, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, // the third field
	}
	for _, c := range codecs() {
		if c.name == "opaque" {
			continue
		}
		for _, claim := range claims {
			input := append([]byte{core.EncodingVersion, byte(c.kind)}, claim...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := c.recode(input)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, core.ErrMalformed) {
				t.Errorf("%s: %x gives %v, want ErrMalformed", c.name, input, err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
				t.Errorf("%s: %d bytes of input took %d bytes of memory", c.name, len(input), took)
			}
		}
	}
}

// A list of very many very small things is the largest input in memory; it stays within a constant factor.
func TestEncodings_ManyEmptyItemsStayBounded(t *testing.T) {
	const items = 1 << 20
	empty := make([][]byte, items)
	for name, input := range map[string][]byte{
		"section":        core.Encode(core.EncSection, []any{uint64(rollupA), empty}),
		"bundle section": core.Encode(core.EncBundleSection, empty),
		"gossip bundles": core.Encode(core.EncGossipBatch, []any{[]any{}, empty}),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err1 := core.DecodeSection(input, kindOf)
		_, err2 := core.DecodeBundleSection(input, sampleNetwork, kindOf)
		_, err3 := core.DecodeGossipBatch(input)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 150*items {
			t.Errorf("%s: %d bytes of input took %d bytes of memory (%v, %v, %v)", name, len(input), took, err1, err2, err3)
		}
	}
}

func TestEncode_PanicsOnWhatRLPCannotHold(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a channel was encoded")
		}
	}()
	core.Encode(core.EncSection, make(chan int))
}

func TestVoteExtension_RefusesWrongForm(t *testing.T) {
	digests := func(n int) []common.Hash { return make([]common.Hash, n) }
	for _, c := range []struct {
		name string
		v    core.VoteExtension
	}{
		{"zones not ascending", core.VoteExtension{Zones: []core.ZoneDigests{{Zone: 2, FirstTick: 1, Digests: digests(1)}, {Zone: 1, FirstTick: 1, Digests: digests(1)}}}},
		{"zone twice", core.VoteExtension{Zones: []core.ZoneDigests{{Zone: 1, FirstTick: 1, Digests: digests(1)}, {Zone: 1, FirstTick: 2, Digests: digests(1)}}}},
		{"empty list", core.VoteExtension{Zones: []core.ZoneDigests{{Zone: 1, FirstTick: 1}}}},
		{"long list", core.VoteExtension{Zones: []core.ZoneDigests{{Zone: 1, FirstTick: 1, Digests: digests(65)}}}},
		{"tick zero", core.VoteExtension{Zones: []core.ZoneDigests{{Zone: 1, Digests: digests(1)}}}},
		{"ticks overflow", core.VoteExtension{Zones: []core.ZoneDigests{{Zone: 1, FirstTick: 1<<64 - 1, Digests: digests(2)}}}},
		{"checkpoint's tick alone", core.VoteExtension{Checkpoint: core.CheckpointVote{Tick: 1}}},
		{"checkpoint's digest alone", core.VoteExtension{Checkpoint: core.CheckpointVote{Digest: common.Hash{1}}}},
		{"checkpoint's signature alone", core.VoteExtension{Checkpoint: core.CheckpointVote{Signature: make([]byte, 65)}}},
		{"checkpoint unsigned", core.VoteExtension{Checkpoint: core.CheckpointVote{Tick: 1, Digest: common.Hash{1}}}},
		{"checkpoint's signature short", core.VoteExtension{Checkpoint: core.CheckpointVote{Tick: 1, Digest: common.Hash{1}, Signature: make([]byte, 64)}}},
		{"checkpoint's signature long", core.VoteExtension{Checkpoint: core.CheckpointVote{Tick: 1, Digest: common.Hash{1}, Signature: make([]byte, 66)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := core.DecodeVoteExtension(c.v.Encode(), 64); !errors.Is(err, core.ErrMalformed) {
				t.Errorf("got %v, want ErrMalformed", err)
			}
		})
	}
	longest := core.VoteExtension{Zones: []core.ZoneDigests{{Zone: 1, FirstTick: 1, Digests: digests(64)}}}
	if v, err := core.DecodeVoteExtension(longest.Encode(), 64); err != nil || !reflect.DeepEqual(v.Zones, longest.Zones) {
		t.Errorf("the longest list allowed: %v, %v", v, err)
	}
}
