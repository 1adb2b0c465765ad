package core_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/lockstep-network/lockstep/core"
)

var sampleUUID = core.UUID{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x4c, 0xde, 0x8f, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd}

func sampleReplacing(t testing.TB) *core.ReplacingBundle {
	t.Helper()
	b := sampleBundle(t)
	r := core.Replacement{UUID: sampleUUID, Nonce: 7}
	if err := r.Sign(ethKey(t, 5), sampleNetwork, b.ID(sampleNetwork)); err != nil {
		t.Fatal(err)
	}
	return &core.ReplacingBundle{Replacement: r, Bundle: b}
}

func sampleCancellation(t testing.TB) *core.Cancellation {
	t.Helper()
	c := &core.Cancellation{UUID: sampleUUID, Nonce: 8}
	if err := c.Sign(ethKey(t, 5), sampleNetwork); err != nil {
		t.Fatal(err)
	}
	return c
}

// go-ethereum hashes the typed data that wallets are given, which must come to the digest that is checked.
func TestReplacement_DigestsAreThoseOfTheTypedData(t *testing.T) {
	id := common.Hash{9}
	for _, c := range []struct {
		name  string
		typed core.TypedData
		want  common.Hash
	}{
		{"replace", core.ReplaceTypedData(sampleNetwork, sampleUUID, 7, id), core.ReplaceDigest(sampleNetwork, sampleUUID, 7, id)},
		{"cancel", core.CancelTypedData(sampleNetwork, sampleUUID, 8), core.CancelDigest(sampleNetwork, sampleUUID, 8)},
		{"cancel an intent", core.CancelIntentTypedData(sampleNetwork, id), core.CancelIntentDigest(sampleNetwork, id)},
	} {
		encoded, err := json.Marshal(c.typed)
		if err != nil {
			t.Fatal(err)
		}
		var wallet apitypes.TypedData
		if err := json.Unmarshal(encoded, &wallet); err != nil {
			t.Fatal(err)
		}
		got, _, err := apitypes.TypedDataAndHash(wallet)
		if err != nil || common.BytesToHash(got) != c.want {
			t.Errorf("%s: a wallet signs %x (%v), want %s", c.name, got, err, c.want)
		}
	}
}

func TestReplacement_SignerIsWhoSignedExactlyThis(t *testing.T) {
	want := crypto.PubkeyToAddress(ethKey(t, 5).PublicKey)
	r, c := sampleReplacing(t), sampleCancellation(t)
	id := r.Bundle.ID(sampleNetwork)
	if got, err := r.Replacement.Signer(sampleNetwork, id); err != nil || got != want {
		t.Errorf("replacement: %s (%v), want %s", got, err, want)
	}
	if got, err := c.Signer(sampleNetwork); err != nil || got != want {
		t.Errorf("cancellation: %s (%v), want %s", got, err, want)
	}
	moved := r.Replacement
	moved.Nonce++
	for name, signer := range map[string]func() (common.Address, error){
		"another bundle":  func() (common.Address, error) { return r.Replacement.Signer(sampleNetwork, common.Hash{1}) },
		"another network": func() (common.Address, error) { return r.Replacement.Signer(common.Hash{1}, id) },
		"another nonce":   func() (common.Address, error) { return moved.Signer(sampleNetwork, id) },
		"a replacement as a cancellation": func() (common.Address, error) {
			return (&core.Cancellation{UUID: sampleUUID, Nonce: 7, Signature: r.Replacement.Signature}).Signer(sampleNetwork)
		},
	} {
		if got, err := signer(); err == nil && got == want {
			t.Errorf("%s: still signed by %s", name, got)
		}
	}
}

func TestReplacement_RefusesOtherFormsOfASignature(t *testing.T) {
	for name, change := range map[string]func(s []byte) []byte{
		"empty":        func([]byte) []byte { return nil },
		"short":        func(s []byte) []byte { return s[:64] },
		"recovery id":  func(s []byte) []byte { s[64] -= 27; return s },
		"zero":         func(s []byte) []byte { return append(make([]byte, 64), s[64]) },
		"upper half S": func(s []byte) []byte { copy(s[32:64], bytes.Repeat([]byte{0xfe}, 32)); return s },
	} {
		c := sampleCancellation(t)
		c.Signature = change(bytes.Clone(c.Signature))
		if _, err := c.Signer(sampleNetwork); !errors.Is(err, core.ErrReplacementSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUUID_Text(t *testing.T) {
	const text = "01234567-89ab-4cde-8f01-23456789abcd"
	var got core.UUID
	if err := got.UnmarshalText([]byte("01234567-89AB-4cde-8f01-23456789abcd")); err != nil || got != sampleUUID || got.String() != text {
		t.Errorf("have %s (%v), want %s", got, err, text)
	}
	for _, bad := range []string{"", text[1:], text + "0", "0123456789ab4cde8f0123456789abcd", "0123456-789ab-4cde-8f01-23456789abcd", "g" + text[1:], text[:35] + "-"} {
		if err := got.UnmarshalText([]byte(bad)); !errors.Is(err, core.ErrMalformed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
