package e2e

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
)

// from dials the gateway with another address of this machine, as another client has.
func (n *network) from(t *testing.T, address string) *rpc.Client {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	client, err := rpc.DialOptions(t.Context(), n.devnet.Info().RPC, rpc.WithHTTPClient(&http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// A client floods the gateway with bundles that revert. It is refused, with the time after which it may try again; the
// bundle of another client is executed promptly all the while.
func TestFlood_OfFailingBundlesIsChargedToItsClient(t *testing.T) {
	n := start(t)
	flooder := n.from(t, "127.0.0.2")
	var users []user
	for range 8 {
		users = append(users, n.funded(t))
	}
	contract := n.mine(t, rollupB, n.sign(t, rollupB, users[0], &gethtypes.DynamicFeeTx{Data: reverter, Gas: 300_000})).ContractAddress
	u, to := n.funded(t), newUser(t)
	var raws [][]core.Leg
	for _, f := range users {
		raws = append(raws, bundle(t, leg{rollupB, n.sign(t, rollupB, f, &gethtypes.DynamicFeeTx{To: &contract})}).Legs)
	}
	var refused rpc.Error
	accepted, deadline := 0, time.Now().Add(2*patience)
	var slowest time.Duration
	for i := 0; refused == nil; i++ {
		if time.Now().After(deadline) {
			t.Fatalf("the flooder is not refused after %d bundles", accepted)
		}
		b := &core.Bundle{Atomicity: core.AtomicExecution, Legs: raws[i%len(raws)], NotAfter: uint64(time.Now().Add(time.Minute).UnixMilli()) + uint64(i)}
		err := flooder.CallContext(t.Context(), nil, "lockstep_sendBundle", b)
		switch code := (rpc.Error)(nil); {
		case err == nil:
			accepted++
		case errors.As(err, &code) && code.ErrorCode() == 47506:
			refused = code
		case errors.As(err, &code) && code.ErrorCode() == 47505: // as many bundles as one sender may have; some are about to fail
		default:
			t.Fatal(err)
		}
		if i%50 == 0 && refused == nil {
			slowest = max(slowest, n.promptly(t, u, to.address))
		}
	}
	slowest = max(slowest, n.promptly(t, u, to.address))
	t.Logf("the flooder had %d bundles accepted, then: %v; the slowest honest bundle was executed after %s", accepted, refused, slowest.Round(time.Millisecond))
	if !strings.Contains(refused.Error(), "try again in") {
		t.Errorf("%q does not say when to try again", refused)
	}
	if accepted < 64 {
		t.Errorf("refused after %d bundles, the allowance is 64", accepted)
	}
	n.agree(t, 0, 1, 2, 3)
}

// promptly has an honest client send a bundle and says how long it took to be executed.
func (n *network) promptly(t *testing.T, u user, to common.Address) time.Duration {
	t.Helper()
	b := bundle(t, leg{rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to})}, leg{rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &to})})
	began := time.Now()
	id, err := n.client.SendBundle(t.Context(), b)
	if err != nil {
		t.Fatalf("an honest client's bundle: %v", err)
	}
	status, err := n.client.WaitFor(t.Context(), id, core.LevelExecuted, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if len(status.Attempts) != 1 || status.Attempts[0].Outcome == nil || *status.Attempts[0].Outcome != core.Included {
		t.Fatalf("an honest client's bundle: %+v", status)
	}
	return time.Since(began)
}
