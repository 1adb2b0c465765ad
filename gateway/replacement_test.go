package gateway_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

func TestReplaceBundle_HandsBothToThePool(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0))
	r := core.Replacement{UUID: core.UUID{15: 1}, Nonce: 3, Signature: make([]byte, core.SignatureSize)}
	for _, method := range []string{sendBundle, "lockstep_replaceBundle"} {
		if got := call[gateway.BundleReceipt](t, c, method, b.Bundle, r); got.BundleID != b.Hash || next(t, h.Pool.Added) != b.Hash {
			t.Errorf("%s: %+v", method, got)
		}
	}
	cancel := core.Cancellation{UUID: r.UUID, Nonce: 4, Signature: r.Signature}
	if got := call[gateway.CancelReceipt](t, c, "lockstep_cancelBundle", cancel); got.BundleID == nil || *got.BundleID != b.Hash {
		t.Errorf("cancelled %+v", got)
	}
	if got := call[gateway.CancelReceipt](t, c, "lockstep_cancelBundle", cancel); got.BundleID != nil {
		t.Errorf("cancelled again: %+v", got)
	}
}

func TestReplaceBundle_NamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	const uuid = `"00000000-0000-0000-0000-000000000001"`
	signature := `"0x` + strings.Repeat("00", 65) + `"`
	for _, bad := range []struct {
		name, json string
		code       int
		field      string
	}{
		{"no object", `5`, 47102, ""},
		{"unknown field", fmt.Sprintf(`{"uuid":%s,"nonce":1,"signature":%s,"signer":"0x"}`, uuid, signature), 47100, "signer"},
		{"no nonce", fmt.Sprintf(`{"uuid":%s,"signature":%s}`, uuid, signature), 47101, "nonce"},
		{"quoted nonce", fmt.Sprintf(`{"uuid":%s,"nonce":"1","signature":%s}`, uuid, signature), 47102, "nonce"},
		{"uuid without hyphens", fmt.Sprintf(`{"uuid":"%s","nonce":1,"signature":%s}`, strings.Repeat("0", 32), signature), 47102, "uuid"},
		{"null uuid", fmt.Sprintf(`{"uuid":null,"nonce":1,"signature":%s}`, signature), 47102, "uuid"},
		{"short signature", fmt.Sprintf(`{"uuid":%s,"nonce":1,"signature":"0x12"}`, uuid), 47102, "signature"},
	} {
		b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0))
		for method, args := range map[string][]any{
			"replacement":  {"lockstep_replaceBundle", b.Bundle, json.RawMessage(bad.json)},
			"cancellation": {"lockstep_cancelBundle", json.RawMessage(bad.json)},
		} {
			field := method
			if bad.field != "" {
				field += "." + bad.field
			}
			if got := failure(t, c.CallContext(t.Context(), nil, args[0].(string), args[1:]...)); got.Code != bad.code || got.Data.Field != field {
				t.Errorf("%s, %s: %+v, want %d for %s", method, bad.name, got, bad.code, field)
			}
		}
	}
}
