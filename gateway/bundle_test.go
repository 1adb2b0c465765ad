package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

const (
	sendBundle     = "lockstep_sendBundle"
	simulateBundle = "lockstep_simulateBundle"
)

func TestSendBundle_HandsTheBundleToThePool(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.B, 0))
	b.Legs[1].MayRevert = true
	want := b.ID(h.Genesis.NetworkID())
	got := call[gateway.BundleReceipt](t, h.Dial(t, "http", "/"), sendBundle, b.Bundle)
	if got.BundleID != want || next(t, h.Pool.Added) != want {
		t.Errorf("got id %s, want %s", got.BundleID, want)
	}
}

// badBundle is a bundle that is refused, as JSON with %s for a good leg's transaction.
type badBundle struct {
	name, json string
	code       int
	field      string
	inMessage  string
}

var badBundles = []badBundle{
	{"no object", `17`, 47102, "bundle", "want a JSON object"},
	{"null fields", `{"atomicity":null,"notAfter":null,"legs":null}`, 47102, "atomicity", ""},
	{"unknown field", `{"atomicity":"execution","notAfter":1,"legs":[],"notafter":2}`, 47100, "notafter", "unknown field"},
	{"missing field", `{"atomicity":"execution","legs":[]}`, 47101, "notAfter", "missing field"},
	{"atomicity", `{"atomicity":"sometimes","notAfter":1,"legs":[]}`, 47102, "atomicity", `want "execution" or "inclusion"`},
	{"quoted number", `{"atomicity":"execution","notAfter":"0x5","legs":[]}`, 47102, "notAfter", "without quotes"},
	{"negative number", `{"atomicity":"execution","notAfter":-5,"legs":[]}`, 47102, "notAfter", ""},
	{"fraction", `{"atomicity":"execution","notAfter":1.5,"legs":[]}`, 47102, "notAfter", ""},
	{"number above 2^64", `{"atomicity":"execution","notAfter":18446744073709551616,"legs":[]}`, 47102, "notAfter", ""},
	{"commitment", `{"atomicity":"execution","notAfter":1,"commitment":"0x12","legs":[]}`, 47102, "commitment", "64 hex digits"},
	{"no legs", `{"atomicity":"execution","notAfter":1,"legs":[]}`, 47400, "legs", "bundle without legs"},
	{"legs no array", `{"atomicity":"execution","notAfter":1,"legs":{}}`, 47102, "legs", ""},
	{"1000 legs", `{"atomicity":"execution","notAfter":1,"legs":[` + strings.Repeat(`{},`, 999) + `{}]}`, 47401, "legs", "have 1000, want at most 32"},
	{"unknown field of a leg", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":901,"tx":"%s","revert":true}]}`, 47100, "legs[0].revert", ""},
	{"leg without rollup", `{"atomicity":"execution","notAfter":1,"legs":[{"tx":"%s"}]}`, 47101, "legs[0].rollup", ""},
	{"leg without tx", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":901}]}`, 47101, "legs[0].tx", ""},
	{"leg no object", `{"atomicity":"execution","notAfter":1,"legs":[7]}`, 47102, "legs[0]", ""},
	{"mayRevert", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":901,"tx":"%s","mayRevert":1}]}`, 47102, "legs[0].mayRevert", ""},
	{"hex", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":901,"tx":"0xzz"}]}`, 47102, "legs[0].tx", ""},
	{"oversized leg", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":901,"tx":"0x` + strings.Repeat("00", 128<<10+1) + `"}]}`, 47301, "legs[0].tx", "have 131073 bytes, want at most 131072"},
	{"garbage leg", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":901,"tx":"0x02ffff"}]}`, 47300, "legs[0]", "malformed"},
	{"empty leg", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":901,"tx":"0x"}]}`, 47302, "legs[0]", ""},
	{"blob leg", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":901,"tx":"0x0300"}]}`, 47303, "legs[0]", "type 3"},
	{"unknown rollup", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":5,"tx":"%s"}]}`, 47200, "legs[0]", "unknown rollup: 5"},
	{"wrong chain id", `{"atomicity":"execution","notAfter":1,"legs":[{"rollup":902,"tx":"%s"}]}`, 47305, "legs[0]", "have 901, want 902"},
}

func TestBundles_BadInputIsRefusedWithTheFieldsName(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	tx := raw(gatewaytest.Tx(gatewaytest.A, 0)).String()
	for _, b := range badBundles {
		for _, method := range []string{sendBundle, simulateBundle} {
			t.Run(b.name+"/"+method, func(t *testing.T) {
				err := c.CallContext(t.Context(), nil, method, json.RawMessage(strings.ReplaceAll(b.json, "%s", tx)))
				got := failure(t, err)
				if got.Code != b.code || got.Data.Field != b.field || !strings.HasPrefix(got.Message, b.field+": ") || !strings.Contains(got.Message, b.inMessage) {
					t.Errorf("got %+v, want code %d, field %q, message with %q", got, b.code, b.field, b.inMessage)
				}
				if len(got.Message) > 400 {
					t.Errorf("the message has %d bytes", len(got.Message))
				}
			})
		}
	}
	if len(h.Pool.Added) != 0 {
		t.Error("something reached the pool")
	}
}

func TestSendBundle_PassesThePoolsRefusalOn(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0))
	for _, r := range []struct {
		name    string
		refusal error
		code    int
		field   string
		message string
	}{
		{"expired", fmt.Errorf("notAfter: %w: 5, consensus time 9", core.ErrExpired), 47408, "notAfter", "notAfter: bundle has expired: 5, consensus time 9"},
		{"duplicate", fmt.Errorf("legs[1].tx: %w: as legs[0]", core.ErrDuplicateLeg), 47402, "legs[1].tx", "legs[1].tx: the same transaction is a leg twice: as legs[0]"},
		{"nested path", fmt.Errorf("legs[1].tx: gas: %w: have 3, cap 2", core.ErrGasAboveCap), 47306, "legs[1].tx.gas", "legs[1].tx.gas: transaction gas limit too high: have 3, cap 2"},
		{"path in detail", &gateway.Refusal{Cause: gateway.ErrNonceTooLow, Detail: "legs[2].tx: nonce too low: next nonce 5, tx nonce 3"}, 47309, "legs[2].tx", "legs[2].tx: nonce too low: next nonce 5, tx nonce 3"},
		{"full", &gateway.Refusal{Cause: gateway.ErrPoolFull}, 47500, "", "txpool is full"},
		{"deadline", context.DeadlineExceeded, 47503, "", "request timed out"},
	} {
		t.Run(r.name, func(t *testing.T) {
			h.Pool.Refuse(r.refusal)
			got := failure(t, c.CallContext(t.Context(), nil, sendBundle, b.Bundle))
			if got.Code != r.code || got.Data.Field != r.field || got.Message != r.message {
				t.Errorf("got %+v, want %d %q %q", got, r.code, r.field, r.message)
			}
		})
	}
}

func TestSimulateBundle_ReportsEveryLeg(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	h.Zone.OnSimulate = func(context.Context, core.DecodedBundle) (gateway.Simulation, error) {
		return gateway.Simulation{
			Tick: 1, Code: core.VoidLegReverted, FailingLeg: 1, Reason: "leg 1 reverted: too poor",
			Rule: fmt.Errorf("notAfter: %w: 5", core.ErrExpired),
			Legs: []gateway.SimulatedLeg{
				{Executed: true, GasUsed: 21000, Logs: []*gethtypes.Log{{Address: common.Address{19: 1}, Topics: []common.Hash{{31: 2}}}}},
				{Executed: true, Reverted: true, GasUsed: 30000, ReturnData: []byte{1, 2}, Reason: "too poor"},
				{},
			},
		}, nil
	}
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.B, 0), gatewaytest.Tx(gatewaytest.A, 1))
	got := call[gateway.SimulationView](t, h.Dial(t, "http", "/"), simulateBundle, b.Bundle)
	if got.OK || got.Tick != 1 || got.BundleID != b.Hash || got.FailingLeg == nil || *got.FailingLeg != 1 || got.Code != core.VoidLegReverted || got.Rule == nil || got.Rule.Code != 47408 {
		t.Errorf("bundle: %+v", got)
	}
	if len(got.Legs) != 3 {
		t.Fatalf("got %d legs", len(got.Legs))
	}
	first, second, third := got.Legs[0], got.Legs[1], got.Legs[2]
	if first.Status != "success" || first.Rollup != gatewaytest.A || first.TxHash != b.Txs[0].Hash() || first.GasUsed != 21000 || len(first.Logs) != 1 {
		t.Errorf("first leg: %+v", first)
	}
	if second.Status != "reverted" || second.RevertReason != "too poor" || second.ReturnData.String() != "0x0102" {
		t.Errorf("second leg: %+v", second)
	}
	if third.Status != "notExecuted" || third.Code != nil {
		t.Errorf("third leg: %+v", third)
	}
}

func TestSimulateBundle_ReportsEveryAssertion(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	account, slot, value := common.Address{19: 1}, common.Hash{31: 2}, common.Hash{31: 3}
	h.Zone.OnSimulate = func(context.Context, core.DecodedBundle) (gateway.Simulation, error) {
		a := core.NewAssertion(gatewaytest.B, account, slot, value)
		return gateway.Simulation{
			Tick: 1, Code: core.VoidAssertion, FailingLeg: 1, Reason: "b", Legs: make([]gateway.SimulatedLeg, 2),
			Assertions: []gateway.SimulatedAssertion{
				{Assertion: a, Leg: 0, Holds: true, Found: value}, {Assertion: a, Leg: 1, Found: common.Hash{31: 4}, Reason: "b"},
			},
		}, nil
	}
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.B, 0))
	got := call[gateway.SimulationView](t, h.Dial(t, "http", "/"), simulateBundle, b.Bundle)
	if got.Code != core.VoidAssertion || got.FailingLeg == nil || *got.FailingLeg != 1 || len(got.Assertions) != 2 {
		t.Fatalf("got %+v", got)
	}
	for i, a := range got.Assertions {
		holds := i == 0
		same := a.Leg == i && a.ChainID.ToInt().Uint64() == uint64(gatewaytest.B) && a.Account == account && a.Slot == slot && a.Expected == value
		if !same || a.OK != holds || (a.Found == value) != holds || (a.Reason == "") != holds {
			t.Errorf("assertion %d: %+v", i, a)
		}
	}
}

func TestSimulateBundle_RefusesRollupsOfNoCommonZone(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	for _, r := range []struct {
		name  string
		other core.RollupID
		code  int
	}{{"other zone", gatewaytest.Alone, 47404}, {"executed by others", gatewaytest.Chain, 47404}} {
		t.Run(r.name, func(t *testing.T) {
			b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(r.other, 0))
			if got := failure(t, c.CallContext(t.Context(), nil, simulateBundle, b.Bundle)); got.Code != r.code || got.Data.Field != "legs[1].rollup" {
				t.Errorf("got %+v", got)
			}
		})
	}
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.Alone, 0))
	if got := failure(t, c.CallContext(t.Context(), nil, simulateBundle, b.Bundle)); got.Code != 47504 {
		t.Errorf("zone that is not executed here: %+v", got)
	}
}

func TestSimulateBundle_IsBoundedInNumber(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxSimulations = 1; c.SimulateTimeout = 2 * patience }})
	running, release := make(chan struct{}, 1), make(chan struct{})
	h.Zone.OnSimulate = func(context.Context, core.DecodedBundle) (gateway.Simulation, error) {
		running <- struct{}{}
		<-release
		return gateway.Simulation{}, nil
	}
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0))
	c := h.Dial(t, "http", "/")
	first := background[gateway.SimulationView](t, c, simulateBundle, b.Bundle)
	next(t, running)
	got := failure(t, c.CallContext(t.Context(), nil, simulateBundle, b.Bundle))
	close(release)
	if got.Code != 47501 {
		t.Errorf("second at once: %+v", got)
	}
	if got := next(t, first); got.err != nil {
		t.Errorf("first: %v", got.err)
	}
}

func TestSimulateBundle_IsBoundedInTime(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.SimulateTimeout = time.Millisecond }})
	h.Zone.OnSimulate = func(ctx context.Context, _ core.DecodedBundle) (gateway.Simulation, error) {
		<-ctx.Done()
		return gateway.Simulation{}, ctx.Err()
	}
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0))
	if got := failure(t, h.Dial(t, "http", "/").CallContext(t.Context(), nil, simulateBundle, b.Bundle)); got.Code != 47503 {
		t.Errorf("endless one: %+v", got)
	}
}
