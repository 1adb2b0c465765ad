package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// fewHolders are validators of which too few keep anything but one entry.
type fewHolders struct{ kept common.Hash }

func (f fewHolders) Await(ctx context.Context, id common.Hash) gateway.Acceptance {
	if a := f.Ask(ctx, id); a.Safe {
		return a
	}
	<-ctx.Done()
	return f.Ask(ctx, id)
}

func (f fewHolders) Ask(_ context.Context, id common.Hash) gateway.Acceptance {
	a := gateway.Acceptance{Validators: []common.Address{{1}}, Power: 10, Total: 40}
	if id == f.kept {
		a.Power, a.Safe = 20, true
	}
	return a
}

// lonely is a gateway that gives up at once on what kept is not.
func lonely(kept common.Hash) gatewaytest.Options {
	return gatewaytest.Options{Holders: fewHolders{kept}, Config: func(c *gateway.Config) { c.SubmitWait, c.AcceptWait = time.Millisecond, time.Millisecond }}
}

func isFewHold(t *testing.T, err error, hash common.Hash) {
	t.Helper()
	var data rpc.DataError
	if got := failure(t, err); got.Code != 47511 || got.Data.Reason != "fewHold" || got.Data.Have != "power 10 of 40" {
		t.Errorf("got %+v", got)
	}
	if !errors.As(err, &data) || data.ErrorData().(map[string]any)["entry"] != hash.Hex() {
		t.Errorf("the hash is not in the data of %v", err)
	}
}

func TestAccept_SaysWhenTooFewValidatorsKeepATransaction(t *testing.T) {
	t.Parallel()
	for _, parks := range []bool{false, true} {
		h := gatewaytest.New(t, lonely(gatewaytest.Tx(gatewaytest.A, 1).Hash()))
		if parks {
			h.Pool.Park()
		}
		c := h.Dial(t, "http", "/rollup/901")
		lost, kept := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 1)
		isFewHold(t, c.CallContext(t.Context(), new(common.Hash), sendRaw, raw(lost)), lost.Hash())
		if got := call[common.Hash](t, c, sendRaw, raw(kept)); got != kept.Hash() {
			t.Errorf("got %s, want %s", got, kept.Hash())
		}
	}
}

func TestAccept_SaysSoInABatch(t *testing.T) {
	t.Parallel()
	lost, kept, executed := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 1), gatewaytest.Tx(gatewaytest.A, 2)
	h := gatewaytest.New(t, lonely(kept.Hash()))
	orderAndDecide(h, executed)
	answers := next(t, sendTogether(t, h, lost, kept, executed))
	isFewHold(t, answers[0].Error, lost.Hash())
	for i, tx := range []core.Transaction{kept, executed} {
		if a := answers[1+i]; a.Error != nil || *a.Result.(*common.Hash) != tx.Hash() {
			t.Errorf("got %v, %v, want %s", a.Result, a.Error, tx.Hash())
		}
	}
}

func TestAccept_LeavesLegsToTheirBundle(t *testing.T) {
	t.Parallel()
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	h := gatewaytest.New(t, lonely(common.Hash{7}))
	h.Pool.Set(tx.Hash(), gateway.PoolEntry{Waiting: true, Parked: true, Parking: &gateway.Parking{Bundle: common.Hash{7}}})
	if s := call[gateway.Status](t, h.Dial(t, "http", "/"), getStatus, tx.Hash()); s.AcceptedBy == nil || !s.AcceptedBy.Safe {
		t.Errorf("a leg whose bundle is kept: %+v", s.AcceptedBy)
	}
}

func TestAccept_IsInTheStatusAndTheBundlesReceipt(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, lonely(common.Hash{}))
	c := h.Dial(t, "http", "/")
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.B, 0))
	sent := call[gateway.BundleReceipt](t, c, sendBundle, b.Bundle)
	status := call[gateway.Status](t, c, getStatus, b.Hash)
	for where, got := range map[string]*gateway.Acceptance{"receipt": sent.AcceptedBy, "status": status.AcceptedBy} {
		if got == nil || got.Safe || got.Power != 10 || got.Total != 40 || len(got.Validators) != 1 {
			t.Errorf("%s: %+v", where, got)
		}
	}
	orderAndDecide(h, gatewaytest.Tx(gatewaytest.A, 1))
	var ordered map[string]json.RawMessage
	if err := c.CallContext(t.Context(), &ordered, getStatus, gatewaytest.Tx(gatewaytest.A, 1).Hash()); err != nil || ordered["acceptedBy"] != nil {
		t.Errorf("what is ordered: %s, %v", ordered["acceptedBy"], err)
	}
}
