package laneapi_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
	"github.com/lockstep-network/lockstep/gateway/laneapi"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
	"github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1/rollupv1connect"
)

// takes is a pool that takes everything.
type takes struct{ *gatewaytest.Pool }

func (takes) AddOperatorEntry(_ context.Context, enc []byte) (common.Hash, error) {
	return crypto.Keccak256Hash(enc), nil
}

// holders are validators with this power of 40.
type holders uint64

func (h holders) Await(context.Context, common.Hash) gateway.Acceptance {
	return gateway.Acceptance{Validators: []common.Address{{1}, {2}}[:h/10], Power: uint64(h), Total: 40, Safe: 3*h > 40}
}

// serve is the API of a gateway whose entries these validators keep.
func serve(t *testing.T, h laneapi.Holders) (url string) {
	t.Helper()
	genesis := gatewaytest.Genesis()
	s, err := laneapi.New(laneapi.Default(), laneapi.Deps{
		Genesis: genesis, Pool: takes{gatewaytest.NewPool(genesis)}, Holders: h, AcceptWait: time.Second,
		Metrics: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// Whatever is handed in, the answer says who keeps it.
func TestAccept_EveryAnswerSaysWhoKeepsWhatWasHandedIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		asked laneapi.Holders
		power uint64
		safe  bool
	}{{"one of four", holders(10), 10, false}, {"two of four", holders(20), 20, true}, {"nobody is asked", nil, 0, false}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			api := rollupv1connect.NewRollupServiceClient(http.DefaultClient, serve(t, test.asked))
			for way, by := range map[string]*rollupv1.Acceptance{
				"a transaction": submitted(t, api), "a bundle": submittedBundle(t, api), "a block": reported(t, api),
			} {
				if test.asked == nil {
					if by != nil {
						t.Errorf("%s: %v", way, by)
					}
					continue
				}
				if by.GetPower() != test.power || by.GetTotal() != 40 || by.GetSafe() != test.safe || uint64(len(by.GetValidators())) != test.power/10 {
					t.Errorf("%s: %v", way, by)
				}
			}
		})
	}
}

func submitted(t *testing.T, api rollupv1connect.RollupServiceClient) *rollupv1.Acceptance {
	t.Helper()
	res, err := api.Submit(t.Context(), connect.NewRequest(&rollupv1.SubmitRequest{Rollup: uint64(gatewaytest.A), Transaction: gatewaytest.Tx(gatewaytest.A, 0).Raw()}))
	if err != nil {
		t.Fatal(err)
	}
	return res.Msg.AcceptedBy
}

func submittedBundle(t *testing.T, api rollupv1connect.RollupServiceClient) *rollupv1.Acceptance {
	t.Helper()
	res, err := api.SubmitBundle(t.Context(), connect.NewRequest(&rollupv1.SubmitBundleRequest{Atomicity: rollupv1.Atomicity_ATOMICITY_INCLUSION}))
	if err != nil {
		t.Fatal(err)
	}
	return res.Msg.AcceptedBy
}

func reported(t *testing.T, api rollupv1connect.RollupServiceClient) *rollupv1.Acceptance {
	t.Helper()
	block := &rollupv1.Block{Rollup: uint64(gatewaytest.A), Hash: make([]byte, 32), Parent: make([]byte, 32)}
	res, err := api.Report(t.Context(), connect.NewRequest(&rollupv1.ReportRequest{Entry: &rollupv1.ReportRequest_Block{Block: block}}))
	if err != nil {
		t.Fatal(err)
	}
	return res.Msg.AcceptedBy
}
