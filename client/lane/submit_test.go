package lane_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
	"github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1/rollupv1connect"
	"github.com/lockstep-network/lockstep/proof"
)

// keeper answers that validators keep what was handed in.
type keeper struct {
	rollupv1connect.UnimplementedRollupServiceHandler
	by *rollupv1.Acceptance
}

var handedIn = common.Hash{7}

func (k keeper) Submit(context.Context, *connect.Request[rollupv1.SubmitRequest]) (*connect.Response[rollupv1.SubmitResponse], error) {
	return connect.NewResponse(&rollupv1.SubmitResponse{Hash: handedIn[:], AcceptedBy: k.by}), nil
}

func (k keeper) SubmitBundle(context.Context, *connect.Request[rollupv1.SubmitBundleRequest]) (*connect.Response[rollupv1.SubmitBundleResponse], error) {
	return connect.NewResponse(&rollupv1.SubmitBundleResponse{BundleId: handedIn[:], AcceptedBy: k.by}), nil
}

// The hash comes in either case, and an error with it when what was handed in may be lost with the gateway.
func TestClient_SaysWhenTooFewKeepWhatWasHandedIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		by   *rollupv1.Acceptance
		want error
	}{
		{"one of four", &rollupv1.Acceptance{Power: 10, Total: 40}, lane.ErrFewHold},
		{"two of four", &rollupv1.Acceptance{Power: 20, Total: 40, Safe: true}, nil},
		{"a gateway that cannot ask", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.Handle(rollupv1connect.NewRollupServiceHandler(keeper{by: test.by}))
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			c := lane.New(901, proof.Trust{}, server.URL)
			if hash, err := c.Submit(t.Context(), []byte{1}); hash != handedIn || err != nil {
				t.Errorf("a transaction that the gateway has: %s, %v", hash, err)
			}
			if hash, err := c.SubmitHeld(t.Context(), []byte{1}); hash != handedIn || !errors.Is(err, test.want) {
				t.Errorf("a transaction: %s, %v", hash, err)
			}
			if id, err := c.SubmitBundle(t.Context(), new(core.Bundle)); id != handedIn || err != nil {
				t.Errorf("a bundle that the gateway has: %s, %v", id, err)
			}
			if id, err := c.SubmitBundleHeld(t.Context(), new(core.Bundle)); id != handedIn || !errors.Is(err, test.want) {
				t.Errorf("a bundle: %s, %v", id, err)
			}
		})
	}
}
