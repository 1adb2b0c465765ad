package gateway_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// sendTogether sends transactions in one batch, in the background, and gives the elements when they are answered.
func sendTogether(t *testing.T, h *gatewaytest.Harness, txs ...core.Transaction) <-chan []rpc.BatchElem {
	t.Helper()
	c := h.Dial(t, "http", "/rollup/901")
	elements := make([]rpc.BatchElem, len(txs))
	for i, tx := range txs {
		elements[i] = rpc.BatchElem{Method: sendRaw, Args: []any{raw(tx)}, Result: new(common.Hash)}
	}
	answered := make(chan []rpc.BatchElem, 1)
	go func() {
		if err := c.BatchCallContext(t.Context(), elements); err != nil {
			t.Errorf("batch: %v", err)
		}
		answered <- elements
	}()
	return answered
}

func TestBatch_WaitsForAllResultsTogether(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: longWait})
	first, second, void := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 1), gatewaytest.Tx(gatewaytest.A, 2)
	answered := sendTogether(t, h, second, first, void)
	for range 3 { // all are in the pool before one of them is ordered
		next(t, h.Pool.Added)
	}
	tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{first, second, void}})
	h.Zone.Decide(tick, gatewaytest.Included(gatewaytest.A, 0, first), gatewaytest.Included(gatewaytest.A, 1, second),
		gatewaytest.Void(gatewaytest.A, 2, void, core.VoidNonceTooLow, ""))
	for i, e := range next(t, answered) {
		if want := []core.Transaction{second, first, void}[i].Hash(); e.Error != nil || *e.Result.(*common.Hash) != want {
			t.Errorf("element %d: got %s, %v, want %s", i, e.Result, e.Error, want)
		}
	}
}

func TestBatch_AnswersWhenTheWaitIsOver(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.SubmitWait = time.Millisecond }})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	if got := next(t, sendTogether(t, h, tx))[0]; got.Error != nil || *got.Result.(*common.Hash) != tx.Hash() {
		t.Errorf("got %s, %v, want %s", got.Result, got.Error, tx.Hash())
	}
}

func TestBatch_IsRecognisedBehindSpaces(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: longWait})
	body := " \r\n\t" + `[{"jsonrpc":"2.0","id":1,"method":"` + sendRaw + `","params":["` + raw(gatewaytest.Tx(gatewaytest.A, 0)).String() + `"]},` +
		`{"jsonrpc":"2.0","id":2,"method":"` + sendRaw + `","params":["` + raw(gatewaytest.Tx(gatewaytest.A, 1)).String() + `"]}]`
	answered := make(chan error, 1)
	go func() {
		response, err := http.Post(h.URL("http", "/rollup/901"), "application/json", strings.NewReader(body))
		if err == nil {
			err = response.Body.Close()
		}
		answered <- err
	}()
	next(t, h.Pool.Added)
	next(t, h.Pool.Added)
	orderAndDecide(h, gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 1))
	if err := next(t, answered); err != nil {
		t.Error(err)
	}
}
