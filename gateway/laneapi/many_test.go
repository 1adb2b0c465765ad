package laneapi_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
	"github.com/lockstep-network/lockstep/gateway/laneapi"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
	"github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1/rollupv1connect"
)

// picky is a pool that takes transactions until one of them is empty; that one it refuses, and goes on.
type picky struct {
	laneapi.Pool
	taken [][]byte
}

func (p *picky) AddTransaction(_ context.Context, _ core.RollupID, raw []byte) (common.Hash, error) {
	switch len(raw) {
	case 0:
		return common.Hash{}, &gateway.Refusal{Cause: gateway.ErrBadValue, Field: "transaction", Want: "some bytes"}
	case 1:
		return common.Hash{}, errors.New("the disk is on fire")
	}
	p.taken = append(p.taken, raw)
	return crypto.Keccak256Hash(raw), nil
}

func (p *picky) AddTransactions(ctx context.Context, rollup core.RollupID, raws [][]byte) ([]common.Hash, []error) {
	hashes, errs := make([]common.Hash, len(raws)), make([]error, len(raws))
	for i, raw := range raws {
		hashes[i], errs[i] = p.AddTransaction(ctx, rollup, raw)
	}
	return hashes, errs
}

func serveMany(t *testing.T, pool laneapi.Pool) rollupv1connect.RollupServiceClient {
	t.Helper()
	s, err := laneapi.New(laneapi.Default(), laneapi.Deps{
		Genesis: gatewaytest.Genesis(), Pool: pool, Metrics: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return rollupv1connect.NewRollupServiceClient(http.DefaultClient, server.URL)
}

func TestSubmitMany_DecidesAboutEachByItself(t *testing.T) {
	t.Parallel()
	pool := new(picky)
	txs := [][]byte{[]byte("first"), {}, []byte("second"), {1}, []byte("third")}
	res, err := serveMany(t, pool).SubmitMany(t.Context(), connect.NewRequest(&rollupv1.SubmitManyRequest{Rollup: uint64(gatewaytest.A), Transactions: txs}))
	if err != nil || len(res.Msg.Results) != len(txs) {
		t.Fatalf("%v, %v", res, err)
	}
	for i, want := range []string{"", "badValue", "", "internal", ""} {
		r := res.Msg.Results[i]
		if r.GetRefusal().GetReason() != want || want == "" && common.BytesToHash(r.GetHash()) != crypto.Keccak256Hash(txs[i]) {
			t.Errorf("transaction %d: %v, want reason %q", i, r, want)
		}
	}
	if internal := res.Msg.Results[3].GetRefusal(); internal.GetRequestId() == "" || internal.GetHave() != "" {
		t.Errorf("an internal error has a number and no details: %v", internal)
	}
	if len(pool.taken) != 3 || string(pool.taken[0]) != "first" || string(pool.taken[2]) != "third" {
		t.Errorf("the pool has %q", pool.taken)
	}
}

func TestSubmitMany_RefusesNoneTooManyAndUnknownRollups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		rollup core.RollupID
		count  int
		want   connect.Code
	}{
		{"none", gatewaytest.A, 0, connect.CodeInvalidArgument},
		{"too many", gatewaytest.A, 4097, connect.CodeInvalidArgument},
		{"unknown rollup", 12345, 1, connect.CodeNotFound},
	} {
		txs := make([][]byte, c.count)
		for i := range txs {
			txs[i] = []byte("tx")
		}
		pool := new(picky)
		_, err := serveMany(t, pool).SubmitMany(t.Context(), connect.NewRequest(&rollupv1.SubmitManyRequest{Rollup: uint64(c.rollup), Transactions: txs}))
		if connect.CodeOf(err) != c.want || len(pool.taken) != 0 {
			t.Errorf("%s: %v, %d taken, want %v", c.name, err, len(pool.taken), c.want)
		}
	}
}
