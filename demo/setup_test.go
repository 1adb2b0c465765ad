package demo

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node/devnet"
)

func TestSharedZone_WantsTwoRollupsTogether(t *testing.T) {
	t.Parallel()
	alone := gateway.ZoneView{ID: 1, Rollups: []core.RollupID{901}}
	if _, err := sharedZone(&gateway.NetworkStatus{Zones: []gateway.ZoneView{alone, alone}}); !errors.Is(err, ErrFailed) {
		t.Errorf("two zones of one rollup: %v", err)
	}
	three := gateway.ZoneView{ID: 2, Rollups: []core.RollupID{7, 8, 9}}
	got, err := sharedZone(&gateway.NetworkStatus{Zones: []gateway.ZoneView{alone, three}})
	if err != nil || !slices.Equal(got, three.Rollups) {
		t.Errorf("got %v, %v; want the three", got, err)
	}
}

// rich answers every call as a node whose accounts hold 5 ETH does.
func rich(t *testing.T) *ethclient.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request struct{ ID json.RawMessage }
		if body, err := io.ReadAll(r.Body); err != nil || json.Unmarshal(body, &request) != nil {
			t.Errorf("not a request: %s (%v)", body, err)
		}
		w.Header().Set("content-type", "application/json")
		_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":`+string(request.ID)+`,"result":"0x4563918244f40000"}`)
	}))
	t.Cleanup(server.Close)
	client, err := ethclient.Dial(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func TestAfford_SaysWhoLacksWhat(t *testing.T) {
	t.Parallel()
	a := actor.On(901, rich(t), devnet.Accounts()[0].Key)
	if err := afford(t.Context(), a, ether(5)); err != nil {
		t.Errorf("5 of 5 ETH: %v", err)
	}
	err := afford(t.Context(), a, ether(6))
	if !errors.Is(err, ErrFunds) {
		t.Fatalf("6 of 5 ETH: %v", err)
	}
	for _, want := range []string{a.Address.Hex(), "rollup 901", "5.0000 ETH", "6.0000 ETH", "--fresh"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %s", err, want)
		}
	}
}
