package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
	"github.com/lockstep-network/lockstep/internal/golden"
)

const openrpcPage = "../docs/reference/openrpc.json"

func TestOpenRPC_IsServedAndCommitted(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	const discover = `{"jsonrpc":"2.0","id":7,"method":"rpc.discover","params":[]}`
	got := do(t, h, request{path: "/", body: discover})
	if got.rpc.Error != nil || string(got.rpc.ID) != "7" {
		t.Fatalf("got %s", got.body)
	}
	golden.Equal(t, openrpcPage, indent(t, got.rpc.Result))
	batch := do(t, h, request{path: "/", body: "[" + discover + `,{"jsonrpc":"2.0","id":8,"method":"rpc_modules"}]`})
	if !strings.Contains(batch.body, `"openrpc":"1.3.2"`) || !strings.Contains(batch.body, `"id":8,"result":{`) {
		t.Errorf("batch: %.300s", batch.body)
	}
}

// The text in a parameter is nobody's method.
func TestOpenRPC_RenamesTheMethodOnly(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	got := do(t, h, request{path: "/", body: `{"jsonrpc":"2.0","id":7,"method":"lockstep_getTick","params":["rpc.discover"]}`})
	if got.rpc.Error == nil || got.rpc.Error.Code != 47102 || got.rpc.Error.Data.Have != `"rpc.discover"` {
		t.Errorf("got %s", got.body)
	}
}

// The document is valid by the meta-schema that the OpenRPC project publishes.
func TestOpenRPC_IsValidByTheMetaSchema(t *testing.T) {
	const script = "../test/npm"
	if _, err := os.Stat(script + "/node_modules/@open-rpc"); err != nil {
		t.Fatal("the packages of test/npm are not installed: run `make npm`")
	}
	b, err := os.ReadFile(openrpcPage)
	if err != nil {
		t.Fatal(err)
	}
	validate := func(document []byte) (string, error) {
		cmd := exec.CommandContext(t.Context(), "node", "validate-openrpc.mjs")
		cmd.Dir, cmd.Stdin = script, bytes.NewReader(document)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := validate(b); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := validate(bytes.Replace(b, []byte(`"by-position"`), []byte(`"by-chance"`), 1)); err == nil {
		t.Errorf("a wrong document is found valid: %s", out)
	}
}

// The examples of the document are answers of a gateway, asked again here.
func TestOpenRPC_ExamplesAreAnswers(t *testing.T) {
	t.Parallel()
	start := time.UnixMilli(int64(gatewaytest.Start) + 100)
	h := gatewaytest.New(t, gatewaytest.Options{Now: func() time.Time { return start }, Intents: gatewaytest.NewIntents(), Control: gatewaytest.NewControl(gatewaytest.Genesis())})
	single, leg, other := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 1), gatewaytest.Tx(gatewaytest.B, 0)
	bundle := gatewaytest.Bundle(h.Genesis, leg, other)
	h.Zone.OnSimulate = func(context.Context, core.DecodedBundle) (gateway.Simulation, error) {
		success := gateway.SimulatedLeg{Executed: true, GasUsed: 21000}
		asserted := gateway.SimulatedAssertion{Leg: 1, Holds: true, Found: common.Hash{31: 5}}
		asserted.Assertion = core.NewAssertion(gatewaytest.A, common.Address{19: 1}, common.Hash{}, asserted.Found)
		return gateway.Simulation{
			Tick: 2, Success: true, FailingLeg: -1, Legs: []gateway.SimulatedLeg{success, success},
			Assertions: []gateway.SimulatedAssertion{asserted},
		}, nil
	}
	c := h.Dial(t, "ws", "/")
	call[gateway.NetworkStatus](t, c, "lockstep_status") // from here on the gateway follows the log
	h.Zone.Decide(h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{single, told(0, 1, 1, 1, 100), told(0, 2, 1, 1, 110)}}), gatewaytest.Included(gatewaytest.A, 0, single))
	h.Checkpoints.Add(completeCheckpoint(t, h.Genesis.NetworkID(), 2, gatewaytest.Start/1000+1))
	awaitTimes(t, c, single.Hash())

	type example struct {
		Name   string          `json:"name"`
		Method string          `json:"method"`
		Params []any           `json:"params"`
		Result json.RawMessage `json:"result"`
	}
	entry := signedControl(t, h.Genesis.NetworkID())
	examples := []example{
		{Name: "a bundle across two rollups", Method: "lockstep_simulateBundle", Params: []any{bundle.Bundle}},
		{Name: "a bundle across two rollups", Method: "lockstep_sendBundle", Params: []any{bundle.Bundle}},
		{Name: "an included transaction", Method: getStatus, Params: []any{single.Hash()}},
		{Name: "an id that nobody has heard of", Method: getStatus, Params: []any{common.Hash{31: 1}}},
		{Name: "wait at most a second", Method: waitFor, Params: []any{single.Hash(), "executed", 1000}},
		{Name: "the network", Method: "lockstep_status", Params: []any{}},
		{Name: "a tick", Method: "lockstep_getTick", Params: []any{2}},
		{Name: "an order", Method: "lockstep_submitIntent", Params: []any{signedOrder()}},
		{Name: "an order", Method: "lockstep_getIntent", Params: []any{gatewaytest.OrderID}},
		{Name: "all of the book", Method: "lockstep_getIntents", Params: []any{}},
		{Name: "a bundle that fills and claims", Method: "lockstep_submitSolution", Params: []any{gatewaytest.OrderID, bundle.Bundle}},
		{Name: "the user's", Method: "lockstep_cancelIntent", Params: []any{gateway.IntentCancellation{OrderID: gatewaytest.OrderID, Signature: make([]byte, 65)}}},
		{Name: "the newest one", Method: "lockstep_getCheckpoint", Params: []any{"latest"}},
		{Name: "a block whose L1 origin is deep enough", Method: getFinality, Params: []any{gatewaytest.Chain, 1, 10}},
		{Name: "a parameter gets another value", Method: "lockstep_submitControl", Params: []any{hexutil.Bytes(entry.Encode())}},
		{Name: "from the first one on", Method: "lockstep_getControl", Params: []any{1}},
	}
	for i := range examples {
		e := &examples[i]
		e.Result = call[json.RawMessage](t, c, e.Method, e.Params...)
	}
	b, err := json.Marshal(examples)
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, "examples.json", indent(t, b))
}

// signedControl is the network's first change, signed by all.
func signedControl(t *testing.T, network core.NetworkID) *core.Control {
	t.Helper()
	c := &core.Control{Sequence: 1, Effective: 40, NotAfter: gatewaytest.Start + 3_600_000, Change: core.Change{
		SetParameters: &core.SetParameters{Values: []core.ParameterValue{{Name: "maxBundleLegs", Value: 16}}},
	}}
	for n := byte(1); n <= 2; n++ {
		if err := c.Sign(network, gatewaytest.Key(n)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// awaitTimes returns when the gateway remembers when a transaction was executed, which it may learn after the result.
func awaitTimes(t *testing.T, c *rpc.Client, tx common.Hash) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if s := call[gateway.Status](t, c, getStatus, tx); s.Attempts[0].Times != nil && s.Attempts[0].Times.Executed > 0 && s.Attempts[0].Times.Ordered > 0 {
			return
		}
	}
	t.Fatal("the times never came")
}

func indent(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	return b.String() + "\n"
}
