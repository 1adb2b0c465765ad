package core_test

import (
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

func TestCancelIntent_SignerIsWhoSignedExactlyThis(t *testing.T) {
	key := ethKey(t, 5)
	signature, err := core.SignCancelIntent(key, sampleNetwork, common.Hash{9})
	if err != nil {
		t.Fatal(err)
	}
	want := crypto.PubkeyToAddress(key.PublicKey)
	if got, err := core.CancelIntentSigner(sampleNetwork, common.Hash{9}, signature); err != nil || got != want {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
	if got, err := core.CancelIntentSigner(sampleNetwork, common.Hash{10}, signature); err == nil && got == want {
		t.Error("the signature is good for another order")
	}
	if _, err := core.CancelIntentSigner(sampleNetwork, common.Hash{9}, signature[:64]); !errors.Is(err, core.ErrReplacementSignature) {
		t.Errorf("64 bytes: %v", err)
	}
}
