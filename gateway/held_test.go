package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// answered posts a JSON-RPC body and gives the answer's header and body.
func answered(t *testing.T, h *gatewaytest.Harness, path string, body []byte) (http.Header, []byte) {
	t.Helper()
	res, err := http.Post(h.URL("http", path), "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.Header, text
}

// Whatever way something comes in: either validators keep it, or the answer says that it is known here alone.
func TestHeld_EveryAnswerSaysWhatWouldBeLost(t *testing.T) {
	t.Parallel()
	leg, kept := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 1)
	few := gatewaytest.New(t, withBook(lonely(kept.Hash())))
	parks := gatewaytest.New(t, lonely(common.Hash{}))
	parks.Pool.ParkLegs(gateway.Parking{Commitment: common.Hash{2}})
	send := string(callBody(sendRaw, fmt.Sprintf("%q", raw(leg))))
	bundle, order := asJSON(t, gatewaytest.Bundle(few.Genesis, leg, gatewaytest.Tx(gatewaytest.B, 0)).Bundle), asJSON(t, signedOrder())
	for _, way := range []struct {
		name string
		h    *gatewaytest.Harness
		path string
		body string
		held string
	}{
		{"a parked leg", parks, "/rollup/901", send, "false"},
		{"a parked leg in a batch", parks, "/rollup/901", "[" + send + "]", "false"},
		{"a transaction that is kept", few, "/rollup/901", string(callBody(sendRaw, fmt.Sprintf("%q", raw(kept)))), ""},
		{"a bundle", few, "/", string(callBody(sendBundle, bundle)), "false"},
		{"a bundle of Flashbots", few, "/rollup/901", string(callBody("eth_sendBundle", fmt.Sprintf(`{"txs":[%q],"blockNumber":"0x8"}`, raw(leg)))), "false"},
		{"a prepared bundle", few, "/", string(callBody(prepareBundle, `{"notAfter": 5, "legs": [`+goodLeg+`]}`)), "false"},
		{"an order", few, "/", string(callBody(submitIntent, order)), "false"},
		{"a solution", few, "/", string(callBody("lockstep_submitSolution", fmt.Sprintf("%q,%s", gatewaytest.OrderID, bundle))), "false"},
		{"a question", few, "/", string(callBody("lockstep_status", "")), ""},
	} {
		header, text := answered(t, way.h, way.path, []byte(way.body))
		if bytes.Contains(text, []byte(`"error"`)) {
			t.Errorf("%s: %s", way.name, text)
		}
		if got := header.Get("Lockstep-Held"); got != way.held {
			t.Errorf("%s: Lockstep-Held %q, want %q", way.name, got, way.held)
		}
	}
}

func withBook(o gatewaytest.Options) gatewaytest.Options {
	o.Intents = gatewaytest.NewIntents()
	return o
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestHeld_FlashbotsReceiptSaysWhoKeepsTheBundle(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, lonely(common.Hash{}))
	result, failed := post(t, h, "", callBody("eth_sendBundle", fmt.Sprintf(`{"txs":[%q],"blockNumber":"0x8"}`, raw(gatewaytest.Tx(gatewaytest.A, 0)))))
	var receipt gateway.FlashbotsReceipt
	if err := json.Unmarshal(result, &receipt); err != nil || failed != nil {
		t.Fatalf("%v %+v", err, failed)
	}
	if a := receipt.AcceptedBy; a == nil || a.Safe || a.Power != 10 || a.Total != 40 {
		t.Errorf("accepted by %+v", a)
	}
}

func TestHeld_IsInTheStatusOfWhatIsParked(t *testing.T) {
	t.Parallel()
	id, bundle := common.Hash{1}, common.Hash{7}
	h := gatewaytest.New(t, lonely(bundle))
	c := h.Dial(t, "http", "/")
	v := call[gateway.ParkingView](t, c, prepareBundle, json.RawMessage(`{"notAfter": 5, "legs": [`+goodLeg+`]}`))
	if v.Held == nil || *v.Held {
		t.Errorf("a prepared bundle is held: %v", v.Held)
	}
	for _, of := range []struct {
		name   string
		bundle common.Hash
		want   bool
	}{{"a leg that waits", common.Hash{}, false}, {"a leg whose bundle few keep", common.Hash{8}, false}, {"a leg whose bundle is kept", bundle, true}} {
		h.Pool.Set(id, gateway.PoolEntry{Waiting: true, Parked: true, Parking: &gateway.Parking{Commitment: common.Hash{2}, Bundle: of.bundle}})
		if of.bundle != (common.Hash{}) {
			h.Pool.Set(of.bundle, gateway.PoolEntry{Waiting: true, Bundle: true})
		}
		s := call[gateway.Status](t, c, getStatus, id)
		if s.Level != core.LevelAccepted || s.Parked == nil || s.Parked.Held == nil || *s.Parked.Held != of.want {
			t.Errorf("%s: %+v", of.name, s.Parked)
		}
	}
}
