package gateway_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

const submitIntent = "lockstep_submitIntent"

// signedOrder is the parameter of lockstep_submitIntent.
func signedOrder() map[string]any {
	return map[string]any{"order": gateway.NewOrderView(gatewaytest.Order()), "signature": hexutil.Bytes{1, 2}}
}

// changed is signedOrder with one field of the order as this JSON; "" leaves it out.
func changed(t *testing.T, field, value string) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(signedOrder())
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]map[string]json.RawMessage
	var signature struct{ Signature json.RawMessage }
	_ = json.Unmarshal(b, &whole) // the signature is no object
	if err := json.Unmarshal(b, &signature); err != nil {
		t.Fatal(err)
	}
	order := whole["order"]
	if order[field] = json.RawMessage(value); value == "" {
		delete(order, field)
	}
	out, err := json.Marshal(map[string]any{"order": order, "signature": signature.Signature})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestIntents_OrdersAreReadStrictly(t *testing.T) {
	t.Parallel()
	book := gatewaytest.NewIntents()
	h := gatewaytest.New(t, gatewaytest.Options{Intents: book})
	c := h.Dial(t, "http", "/")
	if id := call[common.Hash](t, c, submitIntent, signedOrder()); id != gatewaytest.OrderID {
		t.Fatalf("the answer is %s", id)
	}
	if got, signature := book.Submitted(); fmt.Sprint(got) != fmt.Sprint(gatewaytest.Order()) || string(signature) != "\x01\x02" {
		t.Errorf("the book got %+v with signature %x", got, signature)
	}
	for _, c2 := range []struct{ field, value, reason, path string }{
		{"nonce", `1`, "", ""},
		{"nonce", `"0x0"`, "", ""},
		{"nonce", `115792089237316195423570985008687907853269984665640564039457584007913129639935`, "", ""},
		{"nonce", `115792089237316195423570985008687907853269984665640564039457584007913129639936`, "badValue", "order.nonce"},
		{"nonce", `"1"`, "badValue", "order.nonce"},
		{"nonce", `-1`, "badValue", "order.nonce"},
		{"nonce", `1e3`, "badValue", "order.nonce"},
		{"nonce", `"0x"`, "badValue", "order.nonce"},
		{"nonce", `"0x-1"`, "badValue", "order.nonce"},
		{"nonce", `null`, "badValue", "order.nonce"},
		{"openDeadline", `4294967295`, "", ""},
		{"openDeadline", `4294967296`, "badValue", "order.openDeadline"},
		{"fillDeadline", `"0x100000000"`, "badValue", "order.fillDeadline"},
		{"originChainId", `"ethereum"`, "badValue", "order.originChainId"},
		{"user", `"0x01"`, "badValue", "order.user"},
		{"user", `null`, "badValue", "order.user"},
		{"originSettler", ``, "missingField", "order.originSettler"},
		{"orderDataType", `"0x01"`, "badValue", "order.orderDataType"},
		{"orderData", `"zz"`, "badValue", "order.orderData"},
		{"orderData", ``, "missingField", "order.orderData"},
		{"amount", `1`, "unknownField", "order.amount"},
	} {
		var id common.Hash
		err := c.CallContext(t.Context(), &id, submitIntent, changed(t, c2.field, c2.value))
		reason, path := "", ""
		var data rpc.DataError
		if errors.As(err, &data) {
			fields, _ := data.ErrorData().(map[string]any)
			reason, _ = fields["reason"].(string)
			path, _ = fields["field"].(string)
		}
		if reason != c2.reason || path != c2.path {
			t.Errorf("%s %s: got %v (%s at %q), want %s at %q", c2.field, c2.value, err, reason, path, c2.reason, c2.path)
		}
	}
}

func TestIntents_RefusalsCarryTheirReason(t *testing.T) {
	t.Parallel()
	book := gatewaytest.NewIntents()
	book.Refuse = &gateway.Refusal{Cause: gateway.ErrIntentFunds, Field: "intent.inputAmount", Have: "1", Want: "at least 2"}
	h := gatewaytest.New(t, gatewaytest.Options{Intents: book})
	bundle := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 1), gatewaytest.Tx(gatewaytest.B, 0)).Bundle
	cancellation := gateway.IntentCancellation{OrderID: gatewaytest.OrderID}
	c := h.Dial(t, "ws", "/")
	for method, params := range map[string][]any{
		submitIntent: {signedOrder()}, "lockstep_getIntent": {gatewaytest.OrderID}, "lockstep_cancelIntent": {cancellation},
		"lockstep_submitSolution": {gatewaytest.OrderID, bundle}, "lockstep_subscribe": {"intents"},
	} {
		var answer any
		err := c.CallContext(t.Context(), &answer, method, params...)
		var coded rpc.Error
		if !errors.As(err, &coded) || coded.ErrorCode() != 47706 || !strings.Contains(err.Error(), "have 1, want at least 2") {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestIntents_AreReadInPages(t *testing.T) {
	t.Parallel()
	c := gatewaytest.New(t, gatewaytest.Options{Intents: gatewaytest.NewIntents()}).Dial(t, "http", "/")
	for _, test := range []struct {
		page  string // no parameter if empty
		count int
		code  int
		says  string
	}{
		{"", 1, 0, ""}, {"null", 1, 0, ""}, {"{}", 1, 0, ""}, {`{"limit":1}`, 1, 0, ""},
		{`{"after":"` + gatewaytest.OrderID.Hex() + `","limit":16}`, 0, 0, ""},
		{`{"after":"` + common.Hash{1}.Hex() + `"}`, 0, 47700, ""},
		{`{"limit":0}`, 0, 47102, "page.limit"}, {`{"after":"0x1"}`, 0, 47102, "page.after"}, {`{"from":1}`, 0, 47100, "from"},
	} {
		var params []any
		if test.page != "" {
			params = append(params, json.RawMessage(test.page))
		}
		var views []gateway.IntentView
		err := c.CallContext(t.Context(), &views, "lockstep_getIntents", params...)
		if test.code == 0 {
			if err != nil || views == nil || len(views) != test.count {
				t.Errorf("%s: %d orders, %v", test.page, len(views), err)
			}
			continue
		}
		if got := failure(t, err); got.Code != test.code || !strings.Contains(got.Message, test.says) {
			t.Errorf("%s: %+v", test.page, got)
		}
	}
}

func TestIntents_ANodeWithoutABookSaysSo(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "ws", "/")
	bundle := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 1), gatewaytest.Tx(gatewaytest.B, 0)).Bundle
	for method, params := range map[string][]any{
		submitIntent: {signedOrder()}, "lockstep_getIntent": {gatewaytest.OrderID}, "lockstep_getIntents": {},
		"lockstep_submitSolution": {gatewaytest.OrderID, bundle}, "lockstep_cancelIntent": {gateway.IntentCancellation{}}, "lockstep_subscribe": {"intents"},
	} {
		var answer any
		err := c.CallContext(t.Context(), &answer, method, params...)
		var coded rpc.Error
		if !errors.As(err, &coded) || coded.ErrorCode() != 47504 {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestIntents_SubscribersAreToldAndAtLastWhyNotAnyMore(t *testing.T) {
	t.Parallel()
	book := gatewaytest.NewIntents()
	h := gatewaytest.New(t, gatewaytest.Options{Intents: book})
	c := h.Dial(t, "ws", "/")
	messages := make(chan json.RawMessage, 4)
	if _, err := c.Subscribe(t.Context(), "lockstep", messages, "intents"); err != nil {
		t.Fatal(err)
	}
	all, err := book.List(common.Hash{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	book.Messages <- &gateway.IntentMessage{Event: "opened", Intent: *all[0]}
	if got := string(<-messages); !strings.HasPrefix(got, `{"event":"opened","intent":{"orderId":"0x`) || !strings.Contains(got, `"left":"0x64"`) {
		t.Errorf("got %s", got)
	}
	close(book.Messages)
	if got := string(<-messages); !strings.Contains(got, `"reason":"slowConsumer"`) {
		t.Errorf("at the end: %s", got)
	}
	// A subscriber that leaves frees its place.
	gone := gatewaytest.NewIntents()
	h = gatewaytest.New(t, gatewaytest.Options{Intents: gone})
	c = h.Dial(t, "ws", "/")
	sub, err := c.Subscribe(t.Context(), "lockstep", messages, "intents")
	if err != nil {
		t.Fatal(err)
	}
	sub.Unsubscribe()
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	if gone.Closed() != 1 {
		t.Errorf("%d subscriptions of 1 are closed after the gateway has stopped", gone.Closed())
	}
}
