package core_test

import (
	"bytes"
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

// fuzzCanonical checks of any bytes that a decoder accepts that encoding gives the same bytes again.
func fuzzCanonical(f *testing.F, name string) {
	for _, c := range codecs() {
		f.Add(c.sample(f)) // samples of other kinds are good seeds for refusing
	}
	var recode func([]byte) ([]byte, error)
	for _, c := range codecs() {
		if c.name == name {
			recode = c.recode
		}
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		again, err := recode(bytes.Clone(input))
		if err == nil && !bytes.Equal(again, input) {
			t.Errorf("not canonical: %x is read and written as %x", input, again)
		}
	})
}

func FuzzDecodeEntry(f *testing.F)         { fuzzCanonical(f, "transaction") }
func FuzzDecodeOpaqueEntry(f *testing.F)   { fuzzCanonical(f, "opaque") }
func FuzzDecodeBundle(f *testing.F)        { fuzzCanonical(f, "bundle") }
func FuzzDecodeControl(f *testing.F)       { fuzzCanonical(f, "control") }
func FuzzDecodeSection(f *testing.F)       { fuzzCanonical(f, "section") }
func FuzzDecodeBundleSection(f *testing.F) { fuzzCanonical(f, "bundleSection") }
func FuzzDecodeSystemEntry(f *testing.F)   { fuzzCanonical(f, "systemEntry") }
func FuzzDecodeVoteExtension(f *testing.F) { fuzzCanonical(f, "voteExtension") }
func FuzzDecodeGossipBatch(f *testing.F)   { fuzzCanonical(f, "gossipBatch") }
func FuzzDecodeReplacing(f *testing.F)     { fuzzCanonical(f, "replacingBundle") }
func FuzzDecodeCancellation(f *testing.F)  { fuzzCanonical(f, "cancellation") }
func FuzzDecodeTickRecord(f *testing.F)    { fuzzCanonical(f, "tickRecord") }
func FuzzDecodeDraft(f *testing.F)         { fuzzCanonical(f, "draft") }
func FuzzDecodeCompletion(f *testing.F)    { fuzzCanonical(f, "completion") }
func FuzzDecodeSigned(f *testing.F)        { fuzzCanonical(f, "signedCheckpoint") }
func FuzzDecodeValidatorSet(f *testing.F)  { fuzzCanonical(f, "validatorSet") }

// The raw bytes of a transaction come straight from a user.
func FuzzDecodeTransaction(f *testing.F) {
	for _, txType := range []byte{0, 1, 2, 4} {
		f.Add(sampleTx(f, rollupA, txType).Raw())
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		tx, err := core.DecodeTransaction(rollupA, input)
		if err != nil {
			return
		}
		if again, err := tx.Eth().MarshalBinary(); err != nil || !bytes.Equal(again, input) {
			t.Errorf("not canonical: %x is read and written as %x (%v)", input, again, err)
		}
	})
}

// Whatever is accepted as a genesis is valid and keeps its identity when written and read again.
func FuzzDecodeGenesis(f *testing.F) {
	f.Add([]byte(genesisJSON(f, sampleGenesis(f))))
	f.Fuzz(func(t *testing.T, input []byte) {
		g, err := core.ParseGenesis(input)
		if err != nil {
			return
		}
		again, err := core.ParseGenesis([]byte(genesisJSON(t, g)))
		if err != nil {
			t.Fatalf("what was accepted is refused when written again: %v", err)
		}
		if again.NetworkID() != g.NetworkID() {
			t.Errorf("the network id moved from %s to %s", g.NetworkID(), again.NetworkID())
		}
	})
}
