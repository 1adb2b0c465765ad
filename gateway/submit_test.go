package gateway_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// longWait makes every answer in time due to an event.
func longWait(c *gateway.Config) { c.SubmitWait = 20 * time.Second }

func TestSubmit_AnswersTheHashWhenTheTransactionIsIncluded(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: longWait})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	sent := background[common.Hash](t, h.Dial(t, "http", "/rollup/901"), sendRaw, raw(tx))
	next(t, h.Pool.Added)
	orderAndDecide(h, tx)
	if got := next(t, sent); got.err != nil || got.result != tx.Hash() {
		t.Errorf("got %s, %v, want %s", got.result, got.err, tx.Hash())
	}
}

func TestSubmit_AnswersTheHashAtOnceBehindANonceGap(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: longWait})
	h.Pool.Park()
	tx := gatewaytest.Tx(gatewaytest.A, 7)
	sent := background[common.Hash](t, h.Dial(t, "http", "/rollup/901"), sendRaw, raw(tx))
	select {
	case got := <-sent:
		if got.err != nil || got.result != tx.Hash() {
			t.Errorf("got %s, %v, want %s", got.result, got.err, tx.Hash())
		}
	case <-time.After(10 * time.Second): // half of what it would wait for a result
		t.Error("the call waits for a transaction that cannot be ordered yet")
	}
}

func TestSubmit_AnswersAVoidWithGethsWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		code   core.OutcomeCode
		detail string
		want   string
	}{
		{"nonce too low", core.VoidNonceTooLow, "nonce too low: address 0x01, tx: 0 state: 1", "nonce too low: address 0x01, tx: 0 state: 1"},
		{"insufficient funds", core.VoidInsufficientFunds, "insufficient funds for gas * price + value: address 0x01 have 1 want 2", "insufficient funds for gas * price + value: address 0x01 have 1 want 2"},
		{"without detail", core.VoidFeeCapTooLow, "", "max fee per gas less than block base fee"},
		{"without a text of geth", core.VoidPanic, "", "transaction had no effect: panic"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := gatewaytest.New(t, gatewaytest.Options{Config: longWait})
			tx := gatewaytest.Tx(gatewaytest.A, 0)
			sent := background[common.Hash](t, h.Dial(t, "ws", "/rollup/901"), sendRaw, raw(tx))
			next(t, h.Pool.Added)
			tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
			h.Zone.Decide(tick, gatewaytest.Void(gatewaytest.A, 0, tx, c.code, c.detail))
			if got := failure(t, next(t, sent).err); got.Code != -32000 || got.Message != c.want {
				t.Errorf("got %d %q, want -32000 %q", got.Code, got.Message, c.want)
			}
		})
	}
}

func TestSubmit_IncludedWinsOverAnotherAttemptThatIsVoid(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: longWait})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	sent := background[common.Hash](t, h.Dial(t, "http", "/rollup/901"), sendRaw, raw(tx))
	next(t, h.Pool.Added)
	ticks := subscribe(t, h.Dial(t, "ws", "/"))
	// Ordered twice; the void one is known first, so the call has to wait for the other.
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	second := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	h.Zone.Decide(second-1, gatewaytest.Void(gatewaytest.A, 0, tx, core.VoidNonceTooHigh, ""))
	for m := next(t, ticks); m.Type != "executed"; {
		m = next(t, ticks)
	}
	// The gateway knows of the void now, and has time to act on it wrongly.
	call[gateway.NetworkStatus](t, h.Dial(t, "http", "/"), "lockstep_status")
	h.Zone.Decide(second, gatewaytest.Included(gatewaytest.A, 1, tx))
	if got := next(t, sent); got.err != nil || got.result != tx.Hash() {
		t.Errorf("got %s, %v, want the hash", got.result, got.err)
	}
}

func TestSubmit_AnswersTheHashWhenTheWaitIsOver(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.SubmitWait = time.Millisecond }})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	if got := call[common.Hash](t, h.Dial(t, "http", "/rollup/901"), sendRaw, raw(tx)); got != tx.Hash() {
		t.Errorf("got %s, want %s", got, tx.Hash())
	}
}

func TestSubmit_AnswersTheHashAtOnceWhenTooManyWait(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { longWait(c); c.MaxWaiters = 1 }})
	c := h.Dial(t, "http", "/rollup/901")
	first := background[common.Hash](t, c, sendRaw, raw(gatewaytest.Tx(gatewaytest.A, 0)))
	next(t, h.Pool.Added)
	tx := gatewaytest.Tx(gatewaytest.A, 1)
	if got := call[common.Hash](t, c, sendRaw, raw(tx)); got != tx.Hash() {
		t.Errorf("got %s, want %s", got, tx.Hash())
	}
	orderAndDecide(h, gatewaytest.Tx(gatewaytest.A, 0))
	if got := next(t, first); got.err != nil {
		t.Errorf("the one that waits: %v", got.err)
	}
}

func TestSubmit_AnswersARefusalWithGethsWords(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/rollup/901")
	for _, r := range []struct {
		name    string
		refusal error
		want    string
	}{
		{"detail", &gateway.Refusal{Cause: gateway.ErrNonceTooLow, Detail: "next nonce 5, tx nonce 3"}, "nonce too low: next nonce 5, tx nonce 3"},
		{"detail with the words", &gateway.Refusal{Cause: gateway.ErrNonceTooLow, Detail: "nonce too low: next nonce 5, tx nonce 3"}, "nonce too low: next nonce 5, tx nonce 3"},
		{"bare", &gateway.Refusal{Cause: gateway.ErrReplacement}, "replacement transaction underpriced"},
		{"core", fmt.Errorf("gas: %w: have 3, cap 2", core.ErrGasAboveCap), "transaction gas limit too high: have 3, cap 2"},
		{"chain id", fmt.Errorf("%w: have 5, want 901", core.ErrWrongChainID), "invalid chain id for signer: have 5, want 901"},
	} {
		t.Run(r.name, func(t *testing.T) {
			h.Pool.Refuse(r.refusal)
			err := c.CallContext(t.Context(), nil, sendRaw, raw(gatewaytest.Tx(gatewaytest.A, 0)))
			if got := failure(t, err); got.Code != -32000 || got.Message != r.want {
				t.Errorf("got %d %q, want -32000 %q", got.Code, got.Message, r.want)
			}
		})
	}
}

func TestSubmit_KeepsInternalErrorsFromClients(t *testing.T) {
	t.Parallel()
	var logged bytes.Buffer
	h := gatewaytest.New(t, gatewaytest.Options{Logger: slog.New(slog.NewTextHandler(&logged, nil))})
	h.Pool.Refuse(errors.New("disk /dev/sda1 is on fire"))
	err := h.Dial(t, "http", "/rollup/901").CallContext(t.Context(), nil, sendRaw, raw(gatewaytest.Tx(gatewaytest.A, 0)))
	got := failure(t, err)
	id, ok := strings.CutPrefix(got.Message, "internal error (request ")
	if got.Code != -32603 || !ok {
		t.Fatalf("got %d %q", got.Code, got.Message)
	}
	if err := h.Stop(); err != nil { // the log is complete and no longer written to
		t.Fatal(err)
	}
	if text := logged.String(); !strings.Contains(text, strings.TrimSuffix(id, ")")) || !strings.Contains(text, "on fire") {
		t.Errorf("the log does not explain request %s: %s", id, text)
	}
}
