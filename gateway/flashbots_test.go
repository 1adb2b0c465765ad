package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

const flashbotsPath = "/rollup/901"

// signed is the header for a body, by the n-th key.
func signed(t *testing.T, n byte, body []byte) string {
	t.Helper()
	text := crypto.Keccak256Hash(body).Hex()
	signature, err := crypto.Sign(crypto.Keccak256(fmt.Appendf(nil, "\x19Ethereum Signed Message:\n%d%s", len(text), text)), gatewaytest.Key(n))
	if err != nil {
		t.Fatal(err)
	}
	return crypto.PubkeyToAddress(gatewaytest.Key(n).PublicKey).Hex() + ":" + hexutil.Encode(signature)
}

// post sends a call with a header, which may be empty, and gives back its result or its error.
func post(t *testing.T, h *gatewaytest.Harness, header string, body []byte) (json.RawMessage, *rpcErr) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL("http", flashbotsPath), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if header != "" {
		r.Header.Set("X-Flashbots-Signature", header)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Result json.RawMessage
		Error  *rpcErr
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return out.Result, out.Error
}

func callBody(method, params string) []byte {
	return fmt.Appendf(nil, `{"params":[%s],"method":%q,"id":69,"jsonrpc":"2.0"}`, params, method)
}

func TestFlashbots_ABundleGoesToThePool(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	first, second := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 1)
	params := fmt.Sprintf(`{"txs":[%q,%q],"blockNumber":"0x8","revertingTxHashes":[%q]}`, raw(first), raw(second), second.Hash())
	want := core.Bundle{
		Atomicity: core.AtomicExecution, NotBefore: gatewaytest.Start + 1000, NotAfter: gatewaytest.Start + 1999,
		Legs: []core.Leg{{Rollup: gatewaytest.A, Tx: first.Raw()}, {Rollup: gatewaytest.A, Tx: second.Raw(), MayRevert: true}},
	}
	result, failed := post(t, h, "", callBody("eth_sendBundle", params))
	if failed != nil {
		t.Fatalf("%+v", failed)
	}
	var receipt gateway.FlashbotsReceipt
	if err := json.Unmarshal(result, &receipt); err != nil {
		t.Fatal(err)
	}
	one, two := first.Hash(), second.Hash()
	if receipt.BundleHash != crypto.Keccak256Hash(one[:], two[:]) || receipt.ID != want.ID(h.Genesis.NetworkID()) || next(t, h.Pool.Added) != receipt.ID {
		t.Errorf("got %s", result)
	}
}

func TestFlashbots_WhoSignsMayCancel(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	send := callBody("eth_sendBundle", fmt.Sprintf(`{"txs":[%q],"blockNumber":"0x8","replacementUuid":"mine"}`, raw(tx)))
	cancel := callBody("eth_cancelBundle", `{"replacementUuid":"mine"}`)
	for name, refused := range map[string]struct {
		header string
		body   []byte
	}{
		"an unsigned replacement":                       {"", send},
		"an unsigned cancellation":                      {"", cancel},
		"a wrong signature":                             {signed(t, 1, cancel), send},
		"a wrong signature on a bundle that needs none": {"0x12:0x34", callBody("eth_sendBundle", fmt.Sprintf(`{"txs":[%q]}`, raw(tx)))},
	} {
		if _, failed := post(t, h, refused.header, refused.body); failed == nil || failed.Data.Reason != "bundleSignature" || failed.Data.Field != "X-Flashbots-Signature" {
			t.Errorf("%s: %+v", name, failed)
		}
	}
	if _, failed := post(t, h, signed(t, 1, send), send); failed != nil {
		t.Fatalf("%+v", failed)
	}
	next(t, h.Pool.Added)
	hash := tx.Hash()
	for _, want := range []string{fmt.Sprintf("[%q]", crypto.Keccak256Hash(hash[:])), "[]"} {
		if result, failed := post(t, h, signed(t, 1, cancel), cancel); failed != nil || string(result) != want {
			t.Errorf("cancelled %s (%+v), want %s", result, failed, want)
		}
	}
}

func TestFlashbots_NamesTheTransactionThatIsWrong(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	params := fmt.Sprintf(`{"txs":[%q,"0x1234"],"blockNumber":"0x8"}`, raw(gatewaytest.Tx(gatewaytest.A, 0)))
	for _, method := range []string{"eth_sendBundle", "eth_callBundle"} {
		if _, failed := post(t, h, "", callBody(method, params)); failed == nil || failed.Data.Field != "txs[1]" {
			t.Errorf("%s: %+v", method, failed)
		}
	}
	h.Pool.Refuse(fmt.Errorf("legs[0].tx: %w", gateway.ErrNonceTooLow))
	params = strings.Replace(params, `,"0x1234"`, "", 1)
	if _, failed := post(t, h, "", callBody("eth_sendBundle", params)); failed == nil || failed.Data.Reason != "nonceTooLow" || failed.Data.Field != "txs[0]" {
		t.Errorf("%+v", failed)
	}
}

func TestFlashbots_CallAddsUp(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	h.Zone.OnSimulate = func(context.Context, core.DecodedBundle) (gateway.Simulation, error) {
		return gateway.Simulation{Success: true, FailingLeg: -1, Legs: []gateway.SimulatedLeg{
			{Executed: true, GasUsed: 100, ReturnData: []byte{1}, Block: 7, GasFees: big.NewInt(200), CoinbaseDiff: big.NewInt(1200)},
			{Executed: true, GasUsed: 50, Reverted: true, Reason: "execution reverted: no", ReturnData: []byte{2}, Block: 7, GasFees: big.NewInt(50), CoinbaseDiff: big.NewInt(50)},
		}}, nil
	}
	params := fmt.Sprintf(`{"txs":[%q,%q],"blockNumber":"0x8","stateBlockNumber":"latest"}`, raw(gatewaytest.Tx(gatewaytest.A, 0)), raw(gatewaytest.Tx(gatewaytest.A, 1)))
	result, failed := post(t, h, "", callBody("eth_callBundle", params))
	if failed != nil {
		t.Fatalf("%+v", failed)
	}
	var got gateway.FlashbotsCall
	if err := json.Unmarshal(result, &got); err != nil {
		t.Fatal(err)
	}
	sender := crypto.PubkeyToAddress(gatewaytest.Key(1).PublicKey)
	switch a, b := got.Results[0], got.Results[1]; {
	case got.CoinbaseDiff != "1250" || got.GasFees != "250" || got.EthSentToCoinbase != "1000" || got.BundleGasPrice != "8" || got.TotalGasUsed != 150 || got.StateBlockNumber != 6:
		t.Errorf("got %s", result)
	case a.FromAddress != sender || *a.ToAddress != (common.Address{19: 0xaa}) || a.GasPrice != "12" || a.EthSentToCoinbase != "1000" || a.Value.String() != "0x01" || a.Error != "":
		t.Errorf("first: %+v", a)
	case b.Value != nil || b.Error != "execution reverted: no" || b.Revert != "0x02":
		t.Errorf("second: %+v", b)
	}
	for _, bad := range []string{`"blockNumber":"0x6"`, `"stateBlockNumber":"0x2"`, `"stateBlockNumber":"earliest"`, `"timestamp":5`, `"coinbase":"0x01"`} {
		if _, failed := post(t, h, "", callBody("eth_callBundle", fmt.Sprintf(`{"txs":[%q],%s}`, raw(gatewaytest.Tx(gatewaytest.A, 0)), bad))); failed == nil || !strings.HasPrefix(bad, `"`+failed.Data.Field) {
			t.Errorf("%s: %+v", bad, failed)
		}
	}
	h.Zone.OnSimulate = func(context.Context, core.DecodedBundle) (gateway.Simulation, error) {
		return gateway.Simulation{Code: core.VoidNonceTooHigh, FailingLeg: 1, Reason: "nonce too high: next 1", Legs: make([]gateway.SimulatedLeg, 2)}, nil
	}
	if _, failed := post(t, h, "", callBody("eth_callBundle", params)); failed == nil || failed.Data.Reason != "nonceTooHigh" || failed.Data.Field != "txs[1]" {
		t.Errorf("%+v", failed)
	}
}
