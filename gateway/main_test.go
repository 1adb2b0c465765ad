package gateway_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
	"go.uber.org/goleak"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// TestMain also shows that no test, and so no gateway that was shut down, leaves a goroutine.
func TestMain(m *testing.M) {
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); code == 0 && err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		code = 1
	}
	os.Exit(code)
}

// patience bounds every wait for something that must come.
const patience = 10 * time.Second

// rpcErr is a JSON-RPC error taken apart.
type rpcErr struct {
	Code    int
	Message string
	Data    struct{ Reason, Field, Have, Want, RequestID string }
}

// failure takes the error of a call apart; a call that succeeded fails the test.
func failure(t *testing.T, err error) rpcErr {
	t.Helper()
	var coded rpc.Error
	if !errors.As(err, &coded) {
		t.Fatalf("got %v, want a JSON-RPC error", err)
	}
	out := rpcErr{Code: coded.ErrorCode(), Message: err.Error()}
	var withData rpc.DataError
	if errors.As(err, &withData) && withData.ErrorData() != nil {
		b, err := json.Marshal(withData.ErrorData())
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &out.Data); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// call calls a method and reads its result.
func call[T any](t *testing.T, c *rpc.Client, method string, args ...any) T {
	t.Helper()
	var result T
	if err := c.CallContext(t.Context(), &result, method, args...); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return result
}

// next waits for a value.
func next[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came in time")
		panic("unreachable")
	}
}

// background calls a method and hands on its result or error.
func background[T any](t *testing.T, c *rpc.Client, method string, args ...any) <-chan answer[T] {
	t.Helper()
	ch := make(chan answer[T], 1)
	go func() {
		var a answer[T]
		a.err = c.CallContext(t.Context(), &a.result, method, args...)
		ch <- a
	}()
	return ch
}

type answer[T any] struct {
	result T
	err    error
}

const (
	sendRaw   = "eth_sendRawTransaction"
	getStatus = "lockstep_getStatus"
	waitFor   = "lockstep_waitFor"
)

func raw(tx core.Transaction) hexutil.Bytes { return tx.Raw() }

// orderAndDecide orders transactions of A and includes them; it returns the tick.
func orderAndDecide(h *gatewaytest.Harness, txs ...core.Transaction) uint64 {
	first := h.Log.Lane(gatewaytest.A).NextSeq
	tick := h.Log.Append(gatewaytest.Content{Txs: txs})
	var fates []gateway.Fate
	for i, tx := range txs {
		fates = append(fates, gatewaytest.Included(gatewaytest.A, first+uint64(i), tx))
	}
	h.Zone.Decide(tick, fates...)
	return tick
}

// attest appends an empty tick that attests zone 1 up to a tick.
func attest(h *gatewaytest.Harness, tick uint64) uint64 {
	n := h.Log.Append(gatewaytest.Content{Attested: []core.Attested{{Zone: gatewaytest.Zone1, Tick: tick, Digest: common.Hash{31: byte(tick)}}}})
	h.Zone.Decide(n)
	return n
}

// awaitBusy returns when the one waiter that the gateway allows is waiting: until then its own calls, which end at once,
// are let in.
func awaitBusy(t *testing.T, h *gatewaytest.Harness) {
	t.Helper()
	c := h.Dial(t, "ws", "/")
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if err := c.CallContext(t.Context(), nil, waitFor, common.Hash{31: 0xee}, "ordered", 0); err != nil {
			if got := failure(t, err); got.Code != 47501 {
				t.Fatalf("got %+v", got)
			}
			return
		}
	}
	t.Fatal("nobody is waiting")
}
